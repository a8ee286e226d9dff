"""Who may do what: one role for each component, from the edges of the design."""

import pulumi
import pulumi_aws as aws

from cluster import cluster_arn, cluster_name, namespace
from lakes import history_bucket, job_state_bucket, model_files_bucket
from providers import aws_provider
from streams import (
    changes_topic,
    clicks_topic,
    cluster_kafka_groups,
    cluster_kafka_history_sink_changes_control,
    cluster_kafka_history_sink_clicks_control,
    cluster_kafka_history_sink_impressions_control,
    cluster_kafka_msk,
    cluster_kafka_transactions,
    impressions_topic,
)

broker_role = aws.iam.Role(
    "broker",
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
                            "aws:RequestTag/kubernetes-service-account": "broker",
                        },
                    },
                },
            ],
        },
    ),
    tags={"component": "broker"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

broker_rights = aws.iam.RolePolicy(
    "broker",
    role=broker_role.name,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "PublishesImpressions1",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:Connect",
                        "kafka-cluster:DescribeCluster",
                        "kafka-cluster:WriteDataIdempotently",
                    ],
                    "Resource": [cluster_kafka_msk.arn],
                },
                {
                    "Sid": "PublishesImpressions2",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:DescribeTopic",
                        "kafka-cluster:WriteData",
                    ],
                    "Resource": [impressions_topic.arn],
                },
            ],
        },
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

broker_identity = aws.eks.PodIdentityAssociation(
    "broker",
    cluster_name=cluster_name,
    namespace=namespace,
    service_account="broker",
    role_arn=broker_role.arn,
    tags={"component": "broker"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

click_counts_role = aws.iam.Role(
    "click-counts",
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
                            "aws:RequestTag/kubernetes-service-account": "click-counts",
                        },
                    },
                },
            ],
        },
    ),
    tags={"component": "click_counts"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

click_counts_rights = aws.iam.RolePolicy(
    "click-counts",
    role=click_counts_role.name,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "ConsumesClicks1",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:Connect",
                        "kafka-cluster:DescribeCluster",
                    ],
                    "Resource": [cluster_kafka_msk.arn],
                },
                {
                    "Sid": "ConsumesClicks2",
                    "Effect": "Allow",
                    "Action": ["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"],
                    "Resource": [clicks_topic.arn],
                },
                {
                    "Sid": "ConsumesClicks3",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:DescribeGroup",
                        "kafka-cluster:AlterGroup",
                    ],
                    "Resource": [
                        pulumi.Output.concat(cluster_kafka_groups, "/click-counts"),
                        pulumi.Output.concat(cluster_kafka_groups, "/click-counts-*"),
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

click_counts_identity = aws.eks.PodIdentityAssociation(
    "click-counts",
    cluster_name=cluster_name,
    namespace=namespace,
    service_account="click-counts",
    role_arn=click_counts_role.arn,
    tags={"component": "click_counts"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

embed_role = aws.iam.Role(
    "embed",
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
                            "aws:RequestTag/kubernetes-service-account": "embed",
                        },
                    },
                },
            ],
        },
    ),
    tags={"component": "embed"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

embed_rights = aws.iam.RolePolicy(
    "embed",
    role=embed_role.name,
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

embed_identity = aws.eks.PodIdentityAssociation(
    "embed",
    cluster_name=cluster_name,
    namespace=namespace,
    service_account="embed",
    role_arn=embed_role.arn,
    tags={"component": "embed"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

encoder_health_role = aws.iam.Role(
    "encoder-health",
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
                            "aws:RequestTag/kubernetes-service-account": "encoder-health",
                        },
                    },
                },
            ],
        },
    ),
    tags={"component": "encoder_health"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

encoder_health_rights = aws.iam.RolePolicy(
    "encoder-health",
    role=encoder_health_role.name,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "ConsumesImpressions1",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:Connect",
                        "kafka-cluster:DescribeCluster",
                    ],
                    "Resource": [cluster_kafka_msk.arn],
                },
                {
                    "Sid": "ConsumesImpressions2",
                    "Effect": "Allow",
                    "Action": ["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"],
                    "Resource": [impressions_topic.arn],
                },
                {
                    "Sid": "ConsumesImpressions3",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:DescribeGroup",
                        "kafka-cluster:AlterGroup",
                    ],
                    "Resource": [
                        pulumi.Output.concat(cluster_kafka_groups, "/encoder-health"),
                        pulumi.Output.concat(cluster_kafka_groups, "/encoder-health-*"),
                    ],
                },
            ],
        },
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

encoder_health_identity = aws.eks.PodIdentityAssociation(
    "encoder-health",
    cluster_name=cluster_name,
    namespace=namespace,
    service_account="encoder-health",
    role_arn=encoder_health_role.arn,
    tags={"component": "encoder_health"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

first_rank_role = aws.iam.Role(
    "first-rank",
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
                            "aws:RequestTag/kubernetes-service-account": "first-rank",
                        },
                    },
                },
            ],
        },
    ),
    tags={"component": "first_rank"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

first_rank_rights = aws.iam.RolePolicy(
    "first-rank",
    role=first_rank_role.name,
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

first_rank_identity = aws.eks.PodIdentityAssociation(
    "first-rank",
    cluster_name=cluster_name,
    namespace=namespace,
    service_account="first-rank",
    role_arn=first_rank_role.arn,
    tags={"component": "first_rank"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
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
                    "Sid": "ConsumesChanges1",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:Connect",
                        "kafka-cluster:DescribeCluster",
                    ],
                    "Resource": [cluster_kafka_msk.arn],
                },
                {
                    "Sid": "ConsumesChanges2",
                    "Effect": "Allow",
                    "Action": ["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"],
                    "Resource": [changes_topic.arn],
                },
                {
                    "Sid": "ConsumesChanges3",
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
                    "Sid": "ConsumesChanges4",
                    "Effect": "Allow",
                    "Action": ["kafka-cluster:WriteDataIdempotently"],
                    "Resource": [cluster_kafka_msk.arn],
                },
                {
                    "Sid": "ConsumesChanges5",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:DescribeTopic",
                        "kafka-cluster:ReadData",
                        "kafka-cluster:WriteData",
                    ],
                    "Resource": [cluster_kafka_history_sink_changes_control.arn],
                },
                {
                    "Sid": "ConsumesChanges6",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:DescribeTransactionalId",
                        "kafka-cluster:AlterTransactionalId",
                    ],
                    "Resource": [
                        pulumi.Output.concat(
                            cluster_kafka_transactions,
                            "/history-sink-changes-*",
                        ),
                    ],
                },
                {
                    "Sid": "ConsumesChanges7",
                    "Effect": "Allow",
                    "Action": ["s3:GetBucketLocation", "s3:ListBucket"],
                    "Resource": [history_bucket.arn],
                },
                {
                    "Sid": "ConsumesChanges8",
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
                    "Sid": "ConsumesClicks9",
                    "Effect": "Allow",
                    "Action": ["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"],
                    "Resource": [clicks_topic.arn],
                },
                {
                    "Sid": "ConsumesClicks10",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:DescribeTopic",
                        "kafka-cluster:ReadData",
                        "kafka-cluster:WriteData",
                    ],
                    "Resource": [cluster_kafka_history_sink_clicks_control.arn],
                },
                {
                    "Sid": "ConsumesClicks11",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:DescribeTransactionalId",
                        "kafka-cluster:AlterTransactionalId",
                    ],
                    "Resource": [
                        pulumi.Output.concat(
                            cluster_kafka_transactions,
                            "/history-sink-clicks-*",
                        ),
                    ],
                },
                {
                    "Sid": "ConsumesImpressions12",
                    "Effect": "Allow",
                    "Action": ["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"],
                    "Resource": [impressions_topic.arn],
                },
                {
                    "Sid": "ConsumesImpressions13",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:DescribeTopic",
                        "kafka-cluster:ReadData",
                        "kafka-cluster:WriteData",
                    ],
                    "Resource": [cluster_kafka_history_sink_impressions_control.arn],
                },
                {
                    "Sid": "ConsumesImpressions14",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:DescribeTransactionalId",
                        "kafka-cluster:AlterTransactionalId",
                    ],
                    "Resource": [
                        pulumi.Output.concat(
                            cluster_kafka_transactions,
                            "/history-sink-impressions-*",
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

indexer_role = aws.iam.Role(
    "indexer",
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
                            "aws:RequestTag/kubernetes-service-account": "indexer",
                        },
                    },
                },
            ],
        },
    ),
    tags={"component": "indexer"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

indexer_rights = aws.iam.RolePolicy(
    "indexer",
    role=indexer_role.name,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "ConsumesChanges1",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:Connect",
                        "kafka-cluster:DescribeCluster",
                    ],
                    "Resource": [cluster_kafka_msk.arn],
                },
                {
                    "Sid": "ConsumesChanges2",
                    "Effect": "Allow",
                    "Action": ["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"],
                    "Resource": [changes_topic.arn],
                },
                {
                    "Sid": "ConsumesChanges3",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:DescribeGroup",
                        "kafka-cluster:AlterGroup",
                    ],
                    "Resource": [
                        pulumi.Output.concat(cluster_kafka_groups, "/indexer"),
                        pulumi.Output.concat(cluster_kafka_groups, "/indexer-*"),
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

indexer_identity = aws.eks.PodIdentityAssociation(
    "indexer",
    cluster_name=cluster_name,
    namespace=namespace,
    service_account="indexer",
    role_arn=indexer_role.arn,
    tags={"component": "indexer"},
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
                    "Sid": "ConsumesImpressions1",
                    "Effect": "Allow",
                    "Action": [
                        "kafka-cluster:Connect",
                        "kafka-cluster:DescribeCluster",
                    ],
                    "Resource": [cluster_kafka_msk.arn],
                },
                {
                    "Sid": "ConsumesImpressions2",
                    "Effect": "Allow",
                    "Action": ["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"],
                    "Resource": [impressions_topic.arn],
                },
                {
                    "Sid": "ConsumesImpressions3",
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

second_rank_candidate_role = aws.iam.Role(
    "second-rank-candidate",
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
                            "aws:RequestTag/kubernetes-service-account": "second-rank-candidate",
                        },
                    },
                },
            ],
        },
    ),
    tags={"component": "second_rank_candidate"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

second_rank_candidate_rights = aws.iam.RolePolicy(
    "second-rank-candidate",
    role=second_rank_candidate_role.name,
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

second_rank_candidate_identity = aws.eks.PodIdentityAssociation(
    "second-rank-candidate",
    cluster_name=cluster_name,
    namespace=namespace,
    service_account="second-rank-candidate",
    role_arn=second_rank_candidate_role.arn,
    tags={"component": "second_rank_candidate"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

second_rank_current_role = aws.iam.Role(
    "second-rank-current",
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
                            "aws:RequestTag/kubernetes-service-account": "second-rank-current",
                        },
                    },
                },
            ],
        },
    ),
    tags={"component": "second_rank_current"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

second_rank_current_rights = aws.iam.RolePolicy(
    "second-rank-current",
    role=second_rank_current_role.name,
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

second_rank_current_identity = aws.eks.PodIdentityAssociation(
    "second-rank-current",
    cluster_name=cluster_name,
    namespace=namespace,
    service_account="second-rank-current",
    role_arn=second_rank_current_role.arn,
    tags={"component": "second_rank_current"},
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

weekly_role = aws.iam.Role(
    "weekly",
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
                            "aws:RequestTag/kubernetes-service-account": "weekly",
                        },
                    },
                },
            ],
        },
    ),
    tags={"component": "weekly"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

weekly_rights = aws.iam.RolePolicy(
    "weekly",
    role=weekly_role.name,
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

weekly_identity = aws.eks.PodIdentityAssociation(
    "weekly",
    cluster_name=cluster_name,
    namespace=namespace,
    service_account="weekly",
    role_arn=weekly_role.arn,
    tags={"component": "weekly"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)
