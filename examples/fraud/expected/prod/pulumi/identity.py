"""Who may do what: one role for each component, from the edges of the design."""

import pulumi
import pulumi_aws as aws

from cluster import cluster_arn, cluster_name, namespace
from lakes import history_lake_bucket, job_state_bucket, model_files_bucket
from providers import aws_provider
from streams import (
    cluster_kafka_groups,
    cluster_kafka_history_lake_sink_decisions_control,
    cluster_kafka_history_lake_sink_payments_control,
    cluster_kafka_msk,
    cluster_kafka_transactions,
    decisions_topic,
    payments_topic,
)

activity_role = aws.iam.Role(
    "activity",
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
                            "aws:RequestTag/kubernetes-service-account": "activity",
                        },
                    },
                },
            ],
        },
    ),
    tags={"component": "activity"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

activity_rights = aws.iam.RolePolicy(
    "activity",
    role=activity_role.name,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "CheckpointsJobState1",
                    "Effect": "Allow",
                    "Action": ["s3:GetBucketLocation", "s3:ListBucket"],
                    "Resource": [job_state_bucket.arn],
                },
                {
                    "Sid": "CheckpointsJobState2",
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
                {
                    "Sid": "ConsumesPayments3",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:Connect",
                        "kafka-cluster:DescribeCluster",
                    ],
                    "Resource": [cluster_kafka_msk.arn],
                },
                {
                    "Sid": "ConsumesPayments4",
                    "Effect": "Allow",
                    "Action": ["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"],
                    "Resource": [payments_topic.arn],
                },
                {
                    "Sid": "ConsumesPayments5",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:DescribeGroup",
                        "kafka-cluster:AlterGroup",
                    ],
                    "Resource": [
                        pulumi.Output.concat(cluster_kafka_groups, "/activity"),
                        pulumi.Output.concat(cluster_kafka_groups, "/activity-*"),
                    ],
                },
            ],
        },
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

activity_identity = aws.eks.PodIdentityAssociation(
    "activity",
    cluster_name=cluster_name,
    namespace=namespace,
    service_account="activity",
    role_arn=activity_role.arn,
    tags={"component": "activity"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

cases_role = aws.iam.Role(
    "cases",
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
                            "aws:RequestTag/kubernetes-service-account": "cases",
                        },
                    },
                },
            ],
        },
    ),
    tags={"component": "cases"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

cases_rights = aws.iam.RolePolicy(
    "cases",
    role=cases_role.name,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "ConsumesDecisions1",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:Connect",
                        "kafka-cluster:DescribeCluster",
                    ],
                    "Resource": [cluster_kafka_msk.arn],
                },
                {
                    "Sid": "ConsumesDecisions2",
                    "Effect": "Allow",
                    "Action": ["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"],
                    "Resource": [decisions_topic.arn],
                },
                {
                    "Sid": "ConsumesDecisions3",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:DescribeGroup",
                        "kafka-cluster:AlterGroup",
                    ],
                    "Resource": [
                        pulumi.Output.concat(cluster_kafka_groups, "/cases"),
                        pulumi.Output.concat(cluster_kafka_groups, "/cases-*"),
                    ],
                },
            ],
        },
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

cases_identity = aws.eks.PodIdentityAssociation(
    "cases",
    cluster_name=cluster_name,
    namespace=namespace,
    service_account="cases",
    role_arn=cases_role.arn,
    tags={"component": "cases"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

decide_role = aws.iam.Role(
    "decide",
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
                            "aws:RequestTag/kubernetes-service-account": "decide",
                        },
                    },
                },
            ],
        },
    ),
    tags={"component": "decide"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

decide_rights = aws.iam.RolePolicy(
    "decide",
    role=decide_role.name,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "PublishesDecisions1",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:Connect",
                        "kafka-cluster:DescribeCluster",
                        "kafka-cluster:WriteDataIdempotently",
                    ],
                    "Resource": [cluster_kafka_msk.arn],
                },
                {
                    "Sid": "PublishesDecisions2",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:DescribeTopic",
                        "kafka-cluster:WriteData",
                    ],
                    "Resource": [decisions_topic.arn],
                },
            ],
        },
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

decide_identity = aws.eks.PodIdentityAssociation(
    "decide",
    cluster_name=cluster_name,
    namespace=namespace,
    service_account="decide",
    role_arn=decide_role.arn,
    tags={"component": "decide"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

features_role = aws.iam.Role(
    "features",
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
                            "aws:RequestTag/kubernetes-service-account": "features",
                        },
                    },
                },
            ],
        },
    ),
    tags={"component": "features"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

features_rights = aws.iam.RolePolicy(
    "features",
    role=features_role.name,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "ReadsHistoryLake1",
                    "Effect": "Allow",
                    "Action": ["s3:GetBucketLocation", "s3:ListBucket"],
                    "Resource": [history_lake_bucket.arn],
                },
                {
                    "Sid": "ReadsHistoryLake2",
                    "Effect": "Allow",
                    "Action": [
                        "s3:GetObject",
                        "s3:PutObject",
                        "s3:AbortMultipartUpload",
                        "s3:ListMultipartUploadParts",
                        "s3:DeleteObject",
                    ],
                    "Resource": [pulumi.Output.concat(history_lake_bucket.arn, "/*")],
                },
            ],
        },
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

features_identity = aws.eks.PodIdentityAssociation(
    "features",
    cluster_name=cluster_name,
    namespace=namespace,
    service_account="features",
    role_arn=features_role.arn,
    tags={"component": "features"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

health_role = aws.iam.Role(
    "health",
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
                            "aws:RequestTag/kubernetes-service-account": "health",
                        },
                    },
                },
            ],
        },
    ),
    tags={"component": "health"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

health_rights = aws.iam.RolePolicy(
    "health",
    role=health_role.name,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "ConsumesDecisions1",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:Connect",
                        "kafka-cluster:DescribeCluster",
                    ],
                    "Resource": [cluster_kafka_msk.arn],
                },
                {
                    "Sid": "ConsumesDecisions2",
                    "Effect": "Allow",
                    "Action": ["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"],
                    "Resource": [decisions_topic.arn],
                },
                {
                    "Sid": "ConsumesDecisions3",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:DescribeGroup",
                        "kafka-cluster:AlterGroup",
                    ],
                    "Resource": [
                        pulumi.Output.concat(cluster_kafka_groups, "/health"),
                        pulumi.Output.concat(cluster_kafka_groups, "/health-*"),
                    ],
                },
            ],
        },
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

health_identity = aws.eks.PodIdentityAssociation(
    "health",
    cluster_name=cluster_name,
    namespace=namespace,
    service_account="health",
    role_arn=health_role.arn,
    tags={"component": "health"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

history_lake_role = aws.iam.Role(
    "history-lake",
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
                            "aws:RequestTag/kubernetes-service-account": "history-lake",
                        },
                    },
                },
            ],
        },
    ),
    tags={"component": "history_lake"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

history_lake_rights = aws.iam.RolePolicy(
    "history-lake",
    role=history_lake_role.name,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "ConsumesDecisions1",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:Connect",
                        "kafka-cluster:DescribeCluster",
                    ],
                    "Resource": [cluster_kafka_msk.arn],
                },
                {
                    "Sid": "ConsumesDecisions2",
                    "Effect": "Allow",
                    "Action": ["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"],
                    "Resource": [decisions_topic.arn],
                },
                {
                    "Sid": "ConsumesDecisions3",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:DescribeGroup",
                        "kafka-cluster:AlterGroup",
                    ],
                    "Resource": [
                        pulumi.Output.concat(cluster_kafka_groups, "/history-lake"),
                        pulumi.Output.concat(cluster_kafka_groups, "/history-lake-*"),
                    ],
                },
                {
                    "Sid": "ConsumesDecisions4",
                    "Effect": "Allow",
                    "Action": ["kafka-cluster:WriteDataIdempotently"],
                    "Resource": [cluster_kafka_msk.arn],
                },
                {
                    "Sid": "ConsumesDecisions5",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:DescribeTopic",
                        "kafka-cluster:ReadData",
                        "kafka-cluster:WriteData",
                    ],
                    "Resource": [cluster_kafka_history_lake_sink_decisions_control.arn],
                },
                {
                    "Sid": "ConsumesDecisions6",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:DescribeTransactionalId",
                        "kafka-cluster:AlterTransactionalId",
                    ],
                    "Resource": [
                        pulumi.Output.concat(
                            cluster_kafka_transactions,
                            "/history-lake-sink-decisions-*",
                        ),
                    ],
                },
                {
                    "Sid": "ConsumesDecisions7",
                    "Effect": "Allow",
                    "Action": ["s3:GetBucketLocation", "s3:ListBucket"],
                    "Resource": [history_lake_bucket.arn],
                },
                {
                    "Sid": "ConsumesDecisions8",
                    "Effect": "Allow",
                    "Action": [
                        "s3:GetObject",
                        "s3:PutObject",
                        "s3:AbortMultipartUpload",
                        "s3:ListMultipartUploadParts",
                        "s3:DeleteObject",
                    ],
                    "Resource": [pulumi.Output.concat(history_lake_bucket.arn, "/*")],
                },
                {
                    "Sid": "ConsumesPayments9",
                    "Effect": "Allow",
                    "Action": ["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"],
                    "Resource": [payments_topic.arn],
                },
                {
                    "Sid": "ConsumesPayments10",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:DescribeTopic",
                        "kafka-cluster:ReadData",
                        "kafka-cluster:WriteData",
                    ],
                    "Resource": [cluster_kafka_history_lake_sink_payments_control.arn],
                },
                {
                    "Sid": "ConsumesPayments11",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:DescribeTransactionalId",
                        "kafka-cluster:AlterTransactionalId",
                    ],
                    "Resource": [
                        pulumi.Output.concat(
                            cluster_kafka_transactions,
                            "/history-lake-sink-payments-*",
                        ),
                    ],
                },
            ],
        },
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

history_lake_identity = aws.eks.PodIdentityAssociation(
    "history-lake",
    cluster_name=cluster_name,
    namespace=namespace,
    service_account="history-lake",
    role_arn=history_lake_role.arn,
    tags={"component": "history_lake"},
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
                    "Sid": "ReadsHistoryLake1",
                    "Effect": "Allow",
                    "Action": ["s3:GetBucketLocation", "s3:ListBucket"],
                    "Resource": [history_lake_bucket.arn],
                },
                {
                    "Sid": "ReadsHistoryLake2",
                    "Effect": "Allow",
                    "Action": ["s3:GetObject"],
                    "Resource": [pulumi.Output.concat(history_lake_bucket.arn, "/*")],
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
                    "Sid": "ReadsHistoryLake1",
                    "Effect": "Allow",
                    "Action": ["s3:GetBucketLocation", "s3:ListBucket"],
                    "Resource": [history_lake_bucket.arn],
                },
                {
                    "Sid": "ReadsHistoryLake2",
                    "Effect": "Allow",
                    "Action": ["s3:GetObject"],
                    "Resource": [pulumi.Output.concat(history_lake_bucket.arn, "/*")],
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

score_role = aws.iam.Role(
    "score",
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
                            "aws:RequestTag/kubernetes-service-account": "score",
                        },
                    },
                },
            ],
        },
    ),
    tags={"component": "score"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

score_rights = aws.iam.RolePolicy(
    "score",
    role=score_role.name,
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

score_identity = aws.eks.PodIdentityAssociation(
    "score",
    cluster_name=cluster_name,
    namespace=namespace,
    service_account="score",
    role_arn=score_role.arn,
    tags={"component": "score"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

scorer_next_role = aws.iam.Role(
    "scorer-next",
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
                            "aws:RequestTag/kubernetes-service-account": "scorer-next",
                        },
                    },
                },
            ],
        },
    ),
    tags={"component": "scorer_next"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

scorer_next_rights = aws.iam.RolePolicy(
    "scorer-next",
    role=scorer_next_role.name,
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

scorer_next_identity = aws.eks.PodIdentityAssociation(
    "scorer-next",
    cluster_name=cluster_name,
    namespace=namespace,
    service_account="scorer-next",
    role_arn=scorer_next_role.arn,
    tags={"component": "scorer_next"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)
