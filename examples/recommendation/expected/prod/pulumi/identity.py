"""Who may do what: one role for each component, from the edges of the design."""

import pulumi
import pulumi_aws as aws

from cluster import cluster_arn, cluster_name, namespace
from lakes import history_bucket, job_state_bucket, model_files_bucket
from providers import aws_provider
from streams import (
    cluster_kafka_groups,
    cluster_kafka_history_sink_exposures_control,
    cluster_kafka_history_sink_interactions_control,
    cluster_kafka_msk,
    cluster_kafka_transactions,
    exposures_topic,
    interactions_topic,
)

history_role = aws.iam.Role(
    "history",
    assume_role_policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "pods.eks.amazonaws.com"},
                    "Action": ["sts:AssumeRole", "sts:TagSession"],
                    "Condition": {
                        "StringEquals": {
                            "aws:RequestTag/eks-cluster-arn": cluster_arn,
                            "aws:RequestTag/kubernetes-namespace": namespace,
                            "aws:RequestTag/kubernetes-service-account": "history",
                        },
                    },
                },
            ],
        },
    ),
    tags={"component": "history"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

history_rights = aws.iam.RolePolicy(
    "history",
    role=history_role.name,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "ConsumesExposures1",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:Connect",
                        "kafka-cluster:DescribeCluster",
                    ],
                    "Resource": [cluster_kafka_msk.arn],
                },
                {
                    "Sid": "ConsumesExposures2",
                    "Effect": "Allow",
                    "Action": ["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"],
                    "Resource": [exposures_topic.arn],
                },
                {
                    "Sid": "ConsumesExposures3",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:DescribeGroup",
                        "kafka-cluster:AlterGroup",
                    ],
                    "Resource": [
                        pulumi.Output.concat(cluster_kafka_groups, "/history"),
                        pulumi.Output.concat(cluster_kafka_groups, "/history-*"),
                    ],
                },
                {
                    "Sid": "ConsumesExposures4",
                    "Effect": "Allow",
                    "Action": ["kafka-cluster:WriteDataIdempotently"],
                    "Resource": [cluster_kafka_msk.arn],
                },
                {
                    "Sid": "ConsumesExposures5",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:DescribeTopic",
                        "kafka-cluster:ReadData",
                        "kafka-cluster:WriteData",
                    ],
                    "Resource": [cluster_kafka_history_sink_exposures_control.arn],
                },
                {
                    "Sid": "ConsumesExposures6",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:DescribeTransactionalId",
                        "kafka-cluster:AlterTransactionalId",
                    ],
                    "Resource": [
                        pulumi.Output.concat(
                            cluster_kafka_transactions,
                            "/history-sink-exposures-*",
                        ),
                    ],
                },
                {
                    "Sid": "ConsumesExposures7",
                    "Effect": "Allow",
                    "Action": ["s3:GetBucketLocation", "s3:ListBucket"],
                    "Resource": [history_bucket.arn],
                },
                {
                    "Sid": "ConsumesExposures8",
                    "Effect": "Allow",
                    "Action": [
                        "s3:GetObject",
                        "s3:PutObject",
                        "s3:AbortMultipartUpload",
                        "s3:ListMultipartUploadParts",
                        "s3:DeleteObject",
                    ],
                    "Resource": [pulumi.Output.concat(history_bucket.arn, "/*")],
                },
                {
                    "Sid": "ConsumesInteractions9",
                    "Effect": "Allow",
                    "Action": ["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"],
                    "Resource": [interactions_topic.arn],
                },
                {
                    "Sid": "ConsumesInteractions10",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:DescribeTopic",
                        "kafka-cluster:ReadData",
                        "kafka-cluster:WriteData",
                    ],
                    "Resource": [cluster_kafka_history_sink_interactions_control.arn],
                },
                {
                    "Sid": "ConsumesInteractions11",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:DescribeTransactionalId",
                        "kafka-cluster:AlterTransactionalId",
                    ],
                    "Resource": [
                        pulumi.Output.concat(
                            cluster_kafka_transactions,
                            "/history-sink-interactions-*",
                        ),
                    ],
                },
            ],
        },
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

history_identity = aws.eks.PodIdentityAssociation(
    "history",
    cluster_name=cluster_name,
    namespace=namespace,
    service_account="history",
    role_arn=history_role.arn,
    tags={"component": "history"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

home_role = aws.iam.Role(
    "home",
    assume_role_policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "pods.eks.amazonaws.com"},
                    "Action": ["sts:AssumeRole", "sts:TagSession"],
                    "Condition": {
                        "StringEquals": {
                            "aws:RequestTag/eks-cluster-arn": cluster_arn,
                            "aws:RequestTag/kubernetes-namespace": namespace,
                            "aws:RequestTag/kubernetes-service-account": "home",
                        },
                    },
                },
            ],
        },
    ),
    tags={"component": "home"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

home_rights = aws.iam.RolePolicy(
    "home",
    role=home_role.name,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "PublishesExposures1",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:Connect",
                        "kafka-cluster:DescribeCluster",
                        "kafka-cluster:WriteDataIdempotently",
                    ],
                    "Resource": [cluster_kafka_msk.arn],
                },
                {
                    "Sid": "PublishesExposures2",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:DescribeTopic",
                        "kafka-cluster:WriteData",
                    ],
                    "Resource": [exposures_topic.arn],
                },
            ],
        },
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

home_identity = aws.eks.PodIdentityAssociation(
    "home",
    cluster_name=cluster_name,
    namespace=namespace,
    service_account="home",
    role_arn=home_role.arn,
    tags={"component": "home"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

models_role = aws.iam.Role(
    "models",
    assume_role_policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "pods.eks.amazonaws.com"},
                    "Action": ["sts:AssumeRole", "sts:TagSession"],
                    "Condition": {
                        "StringEquals": {
                            "aws:RequestTag/eks-cluster-arn": cluster_arn,
                            "aws:RequestTag/kubernetes-namespace": namespace,
                            "aws:RequestTag/kubernetes-service-account": "models",
                        },
                    },
                },
            ],
        },
    ),
    tags={"component": "models"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

models_rights = aws.iam.RolePolicy(
    "models",
    role=models_role.name,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "WritesModelFiles1",
                    "Effect": "Allow",
                    "Action": ["s3:GetBucketLocation", "s3:ListBucket"],
                    "Resource": [model_files_bucket.arn],
                },
                {
                    "Sid": "WritesModelFiles2",
                    "Effect": "Allow",
                    "Action": [
                        "s3:GetObject",
                        "s3:PutObject",
                        "s3:AbortMultipartUpload",
                        "s3:ListMultipartUploadParts",
                        "s3:DeleteObject",
                    ],
                    "Resource": [pulumi.Output.concat(model_files_bucket.arn, "/*")],
                },
            ],
        },
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

models_identity = aws.eks.PodIdentityAssociation(
    "models",
    cluster_name=cluster_name,
    namespace=namespace,
    service_account="models",
    role_arn=models_role.arn,
    tags={"component": "models"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

nightly_role = aws.iam.Role(
    "nightly",
    assume_role_policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "pods.eks.amazonaws.com"},
                    "Action": ["sts:AssumeRole", "sts:TagSession"],
                    "Condition": {
                        "StringEquals": {
                            "aws:RequestTag/eks-cluster-arn": cluster_arn,
                            "aws:RequestTag/kubernetes-namespace": namespace,
                            "aws:RequestTag/kubernetes-service-account": "nightly",
                        },
                    },
                },
            ],
        },
    ),
    tags={"component": "nightly"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

nightly_rights = aws.iam.RolePolicy(
    "nightly",
    role=nightly_role.name,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "ReadsHistory1",
                    "Effect": "Allow",
                    "Action": ["s3:GetBucketLocation", "s3:ListBucket"],
                    "Resource": [history_bucket.arn],
                },
                {
                    "Sid": "ReadsHistory2",
                    "Effect": "Allow",
                    "Action": ["s3:GetObject"],
                    "Resource": [pulumi.Output.concat(history_bucket.arn, "/*")],
                },
            ],
        },
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

nightly_identity = aws.eks.PodIdentityAssociation(
    "nightly",
    cluster_name=cluster_name,
    namespace=namespace,
    service_account="nightly",
    role_arn=nightly_role.arn,
    tags={"component": "nightly"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

profile_role = aws.iam.Role(
    "profile",
    assume_role_policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "pods.eks.amazonaws.com"},
                    "Action": ["sts:AssumeRole", "sts:TagSession"],
                    "Condition": {
                        "StringEquals": {
                            "aws:RequestTag/eks-cluster-arn": cluster_arn,
                            "aws:RequestTag/kubernetes-namespace": namespace,
                            "aws:RequestTag/kubernetes-service-account": "profile",
                        },
                    },
                },
            ],
        },
    ),
    tags={"component": "profile"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

profile_rights = aws.iam.RolePolicy(
    "profile",
    role=profile_role.name,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "ReadsHistory1",
                    "Effect": "Allow",
                    "Action": ["s3:GetBucketLocation", "s3:ListBucket"],
                    "Resource": [history_bucket.arn],
                },
                {
                    "Sid": "ReadsHistory2",
                    "Effect": "Allow",
                    "Action": ["s3:GetObject"],
                    "Resource": [pulumi.Output.concat(history_bucket.arn, "/*")],
                },
            ],
        },
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

profile_identity = aws.eks.PodIdentityAssociation(
    "profile",
    cluster_name=cluster_name,
    namespace=namespace,
    service_account="profile",
    role_arn=profile_role.arn,
    tags={"component": "profile"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

rank_candidate_role = aws.iam.Role(
    "rank-candidate",
    assume_role_policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "pods.eks.amazonaws.com"},
                    "Action": ["sts:AssumeRole", "sts:TagSession"],
                    "Condition": {
                        "StringEquals": {
                            "aws:RequestTag/eks-cluster-arn": cluster_arn,
                            "aws:RequestTag/kubernetes-namespace": namespace,
                            "aws:RequestTag/kubernetes-service-account": "rank-candidate",
                        },
                    },
                },
            ],
        },
    ),
    tags={"component": "rank_candidate"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

rank_candidate_rights = aws.iam.RolePolicy(
    "rank-candidate",
    role=rank_candidate_role.name,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "LoadsModelFiles1",
                    "Effect": "Allow",
                    "Action": ["s3:GetBucketLocation", "s3:ListBucket"],
                    "Resource": [model_files_bucket.arn],
                },
                {
                    "Sid": "LoadsModelFiles2",
                    "Effect": "Allow",
                    "Action": ["s3:GetObject"],
                    "Resource": [pulumi.Output.concat(model_files_bucket.arn, "/*")],
                },
            ],
        },
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

rank_candidate_identity = aws.eks.PodIdentityAssociation(
    "rank-candidate",
    cluster_name=cluster_name,
    namespace=namespace,
    service_account="rank-candidate",
    role_arn=rank_candidate_role.arn,
    tags={"component": "rank_candidate"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

rank_current_role = aws.iam.Role(
    "rank-current",
    assume_role_policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "pods.eks.amazonaws.com"},
                    "Action": ["sts:AssumeRole", "sts:TagSession"],
                    "Condition": {
                        "StringEquals": {
                            "aws:RequestTag/eks-cluster-arn": cluster_arn,
                            "aws:RequestTag/kubernetes-namespace": namespace,
                            "aws:RequestTag/kubernetes-service-account": "rank-current",
                        },
                    },
                },
            ],
        },
    ),
    tags={"component": "rank_current"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

rank_current_rights = aws.iam.RolePolicy(
    "rank-current",
    role=rank_current_role.name,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "LoadsModelFiles1",
                    "Effect": "Allow",
                    "Action": ["s3:GetBucketLocation", "s3:ListBucket"],
                    "Resource": [model_files_bucket.arn],
                },
                {
                    "Sid": "LoadsModelFiles2",
                    "Effect": "Allow",
                    "Action": ["s3:GetObject"],
                    "Resource": [pulumi.Output.concat(model_files_bucket.arn, "/*")],
                },
            ],
        },
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

rank_current_identity = aws.eks.PodIdentityAssociation(
    "rank-current",
    cluster_name=cluster_name,
    namespace=namespace,
    service_account="rank-current",
    role_arn=rank_current_role.arn,
    tags={"component": "rank_current"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

ranker_health_role = aws.iam.Role(
    "ranker-health",
    assume_role_policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "pods.eks.amazonaws.com"},
                    "Action": ["sts:AssumeRole", "sts:TagSession"],
                    "Condition": {
                        "StringEquals": {
                            "aws:RequestTag/eks-cluster-arn": cluster_arn,
                            "aws:RequestTag/kubernetes-namespace": namespace,
                            "aws:RequestTag/kubernetes-service-account": "ranker-health",
                        },
                    },
                },
            ],
        },
    ),
    tags={"component": "ranker_health"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

ranker_health_rights = aws.iam.RolePolicy(
    "ranker-health",
    role=ranker_health_role.name,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "ConsumesExposures1",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:Connect",
                        "kafka-cluster:DescribeCluster",
                    ],
                    "Resource": [cluster_kafka_msk.arn],
                },
                {
                    "Sid": "ConsumesExposures2",
                    "Effect": "Allow",
                    "Action": ["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"],
                    "Resource": [exposures_topic.arn],
                },
                {
                    "Sid": "ConsumesExposures3",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:DescribeGroup",
                        "kafka-cluster:AlterGroup",
                    ],
                    "Resource": [
                        pulumi.Output.concat(cluster_kafka_groups, "/ranker-health"),
                        pulumi.Output.concat(cluster_kafka_groups, "/ranker-health-*"),
                    ],
                },
            ],
        },
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

ranker_health_identity = aws.eks.PodIdentityAssociation(
    "ranker-health",
    cluster_name=cluster_name,
    namespace=namespace,
    service_account="ranker-health",
    role_arn=ranker_health_role.arn,
    tags={"component": "ranker_health"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

session_role = aws.iam.Role(
    "session",
    assume_role_policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "pods.eks.amazonaws.com"},
                    "Action": ["sts:AssumeRole", "sts:TagSession"],
                    "Condition": {
                        "StringEquals": {
                            "aws:RequestTag/eks-cluster-arn": cluster_arn,
                            "aws:RequestTag/kubernetes-namespace": namespace,
                            "aws:RequestTag/kubernetes-service-account": "session",
                        },
                    },
                },
            ],
        },
    ),
    tags={"component": "session"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

session_rights = aws.iam.RolePolicy(
    "session",
    role=session_role.name,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "ConsumesInteractions1",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:Connect",
                        "kafka-cluster:DescribeCluster",
                    ],
                    "Resource": [cluster_kafka_msk.arn],
                },
                {
                    "Sid": "ConsumesInteractions2",
                    "Effect": "Allow",
                    "Action": ["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"],
                    "Resource": [interactions_topic.arn],
                },
                {
                    "Sid": "ConsumesInteractions3",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:DescribeGroup",
                        "kafka-cluster:AlterGroup",
                    ],
                    "Resource": [
                        pulumi.Output.concat(cluster_kafka_groups, "/session"),
                        pulumi.Output.concat(cluster_kafka_groups, "/session-*"),
                    ],
                },
                {
                    "Sid": "CheckpointsJobState4",
                    "Effect": "Allow",
                    "Action": ["s3:GetBucketLocation", "s3:ListBucket"],
                    "Resource": [job_state_bucket.arn],
                },
                {
                    "Sid": "CheckpointsJobState5",
                    "Effect": "Allow",
                    "Action": [
                        "s3:GetObject",
                        "s3:PutObject",
                        "s3:AbortMultipartUpload",
                        "s3:ListMultipartUploadParts",
                        "s3:DeleteObject",
                    ],
                    "Resource": [pulumi.Output.concat(job_state_bucket.arn, "/*")],
                },
            ],
        },
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

session_identity = aws.eks.PodIdentityAssociation(
    "session",
    cluster_name=cluster_name,
    namespace=namespace,
    service_account="session",
    role_arn=session_role.arn,
    tags={"component": "session"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

store_role = aws.iam.Role(
    "store",
    assume_role_policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "pods.eks.amazonaws.com"},
                    "Action": ["sts:AssumeRole", "sts:TagSession"],
                    "Condition": {
                        "StringEquals": {
                            "aws:RequestTag/eks-cluster-arn": cluster_arn,
                            "aws:RequestTag/kubernetes-namespace": namespace,
                            "aws:RequestTag/kubernetes-service-account": "store",
                        },
                    },
                },
            ],
        },
    ),
    tags={"component": "store"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

store_rights = aws.iam.RolePolicy(
    "store",
    role=store_role.name,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "ReadsHistory1",
                    "Effect": "Allow",
                    "Action": ["s3:GetBucketLocation", "s3:ListBucket"],
                    "Resource": [history_bucket.arn],
                },
                {
                    "Sid": "ReadsHistory2",
                    "Effect": "Allow",
                    "Action": [
                        "s3:GetObject",
                        "s3:PutObject",
                        "s3:AbortMultipartUpload",
                        "s3:ListMultipartUploadParts",
                        "s3:DeleteObject",
                    ],
                    "Resource": [pulumi.Output.concat(history_bucket.arn, "/*")],
                },
            ],
        },
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

store_identity = aws.eks.PodIdentityAssociation(
    "store",
    cluster_name=cluster_name,
    namespace=namespace,
    service_account="store",
    role_arn=store_role.arn,
    tags={"component": "store"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

tower_health_role = aws.iam.Role(
    "tower-health",
    assume_role_policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "pods.eks.amazonaws.com"},
                    "Action": ["sts:AssumeRole", "sts:TagSession"],
                    "Condition": {
                        "StringEquals": {
                            "aws:RequestTag/eks-cluster-arn": cluster_arn,
                            "aws:RequestTag/kubernetes-namespace": namespace,
                            "aws:RequestTag/kubernetes-service-account": "tower-health",
                        },
                    },
                },
            ],
        },
    ),
    tags={"component": "tower_health"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

tower_health_rights = aws.iam.RolePolicy(
    "tower-health",
    role=tower_health_role.name,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "ConsumesExposures1",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:Connect",
                        "kafka-cluster:DescribeCluster",
                    ],
                    "Resource": [cluster_kafka_msk.arn],
                },
                {
                    "Sid": "ConsumesExposures2",
                    "Effect": "Allow",
                    "Action": ["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"],
                    "Resource": [exposures_topic.arn],
                },
                {
                    "Sid": "ConsumesExposures3",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:DescribeGroup",
                        "kafka-cluster:AlterGroup",
                    ],
                    "Resource": [
                        pulumi.Output.concat(cluster_kafka_groups, "/tower-health"),
                        pulumi.Output.concat(cluster_kafka_groups, "/tower-health-*"),
                    ],
                },
            ],
        },
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

tower_health_identity = aws.eks.PodIdentityAssociation(
    "tower-health",
    cluster_name=cluster_name,
    namespace=namespace,
    service_account="tower-health",
    role_arn=tower_health_role.arn,
    tags={"component": "tower_health"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

visitor_tower_role = aws.iam.Role(
    "visitor-tower",
    assume_role_policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "pods.eks.amazonaws.com"},
                    "Action": ["sts:AssumeRole", "sts:TagSession"],
                    "Condition": {
                        "StringEquals": {
                            "aws:RequestTag/eks-cluster-arn": cluster_arn,
                            "aws:RequestTag/kubernetes-namespace": namespace,
                            "aws:RequestTag/kubernetes-service-account": "visitor-tower",
                        },
                    },
                },
            ],
        },
    ),
    tags={"component": "visitor_tower"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

visitor_tower_rights = aws.iam.RolePolicy(
    "visitor-tower",
    role=visitor_tower_role.name,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "LoadsModelFiles1",
                    "Effect": "Allow",
                    "Action": ["s3:GetBucketLocation", "s3:ListBucket"],
                    "Resource": [model_files_bucket.arn],
                },
                {
                    "Sid": "LoadsModelFiles2",
                    "Effect": "Allow",
                    "Action": ["s3:GetObject"],
                    "Resource": [pulumi.Output.concat(model_files_bucket.arn, "/*")],
                },
            ],
        },
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

visitor_tower_identity = aws.eks.PodIdentityAssociation(
    "visitor-tower",
    cluster_name=cluster_name,
    namespace=namespace,
    service_account="visitor-tower",
    role_arn=visitor_tower_role.arn,
    tags={"component": "visitor_tower"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)
