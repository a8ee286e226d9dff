"""Streams of the design."""

import json

import pulumi
import pulumi_aws as aws

from cluster import pod_security_group_id
from network import private_subnet_ids, vpc_id
from providers import account, aws_provider, partition, region

cluster_kafka_firewall = aws.ec2.SecurityGroup(
    "kafka",
    description="kafka: reached from the cluster's pods only",
    vpc_id=vpc_id,
    tags={"component": "exposures"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

cluster_kafka_from_pods_kafka = aws.vpc.SecurityGroupIngressRule(
    "kafka-kafka",
    security_group_id=cluster_kafka_firewall.id,
    referenced_security_group_id=pod_security_group_id,
    ip_protocol="tcp",
    from_port=9098,
    to_port=9098,
    description="the pods of the cluster",
    tags={"component": "exposures"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

cluster_kafka_log = aws.cloudwatch.LogGroup(
    "kafka-brokers",
    retention_in_days=30,
    tags={"component": "exposures"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

cluster_kafka_configuration = aws.msk.Configuration(
    "kafka",
    kafka_versions=["3.9.x.kraft"],
    server_properties="auto.create.topics.enable = false\ndefault.replication.factor = 3\noffsets.topic.replication.factor = 3\ntransaction.state.log.replication.factor = 3\ntransaction.state.log.min.isr = 2\nmin.insync.replicas = 2\n",
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

cluster_kafka_msk = aws.msk.Cluster(
    "kafka",
    cluster_name="discovery-kafka",
    kafka_version="3.9.x.kraft",
    number_of_broker_nodes=3,
    broker_node_group_info=aws.msk.ClusterBrokerNodeGroupInfoArgs(
        instance_type="kafka.m7g.large",
        client_subnets=private_subnet_ids,
        security_groups=[cluster_kafka_firewall.id],
        storage_info=aws.msk.ClusterBrokerNodeGroupInfoStorageInfoArgs(
            ebs_storage_info=aws.msk.ClusterBrokerNodeGroupInfoStorageInfoEbsStorageInfoArgs(
                volume_size=9835,
            ),
        ),
    ),
    configuration_info=aws.msk.ClusterConfigurationInfoArgs(
        arn=cluster_kafka_configuration.arn,
        revision=cluster_kafka_configuration.latest_revision,
    ),
    client_authentication=aws.msk.ClusterClientAuthenticationArgs(
        sasl=aws.msk.ClusterClientAuthenticationSaslArgs(iam=True),
        unauthenticated=False,
    ),
    encryption_info=aws.msk.ClusterEncryptionInfoArgs(
        encryption_in_transit=aws.msk.ClusterEncryptionInfoEncryptionInTransitArgs(
            client_broker="TLS",
            in_cluster=True,
        ),
    ),
    logging_info=aws.msk.ClusterLoggingInfoArgs(
        broker_logs=aws.msk.ClusterLoggingInfoBrokerLogsArgs(
            cloudwatch_logs=aws.msk.ClusterLoggingInfoBrokerLogsCloudwatchLogsArgs(
                enabled=True,
                log_group=cluster_kafka_log.name,
            ),
        ),
    ),
    tags={"component": "exposures"},
    opts=pulumi.ResourceOptions(
        provider=aws_provider,
        protect=True,
        retain_on_delete=True,
    ),
)

cluster_kafka_groups = pulumi.Output.concat(
    "arn:",
    partition.partition,
    ":kafka:",
    region,
    ":",
    account.account_id,
    ":",
    "group/",
    cluster_kafka_msk.cluster_name,
    "/",
    cluster_kafka_msk.cluster_uuid,
)

cluster_kafka_transactions = pulumi.Output.concat(
    "arn:",
    partition.partition,
    ":kafka:",
    region,
    ":",
    account.account_id,
    ":",
    "transactional-id/",
    cluster_kafka_msk.cluster_name,
    "/",
    cluster_kafka_msk.cluster_uuid,
)

exposures_topic = aws.msk.Topic(
    "exposures",
    cluster_arn=cluster_kafka_msk.arn,
    name="exposures",
    partition_count=96,
    replication_factor=3,
    configs=json.dumps(
        {
            "retention.ms": "259200000",
            "min.insync.replicas": "2",
            "compression.type": "producer",
        },
    ),
    opts=pulumi.ResourceOptions(
        provider=aws_provider,
        protect=True,
        retain_on_delete=True,
    ),
)

cluster_kafka_history_sink_exposures_control = aws.msk.Topic(
    "history-sink-exposures-control",
    cluster_arn=cluster_kafka_msk.arn,
    name="history-sink-exposures-control",
    partition_count=1,
    replication_factor=3,
    configs=json.dumps({"min.insync.replicas": "2"}),
    opts=pulumi.ResourceOptions(
        provider=aws_provider,
        protect=True,
        retain_on_delete=True,
    ),
)

interactions_topic = aws.msk.Topic(
    "interactions",
    cluster_arn=cluster_kafka_msk.arn,
    name="interactions",
    partition_count=96,
    replication_factor=3,
    configs=json.dumps(
        {
            "retention.ms": "604800000",
            "min.insync.replicas": "2",
            "compression.type": "producer",
        },
    ),
    opts=pulumi.ResourceOptions(
        provider=aws_provider,
        protect=True,
        retain_on_delete=True,
    ),
)

cluster_kafka_history_sink_interactions_control = aws.msk.Topic(
    "history-sink-interactions-control",
    cluster_arn=cluster_kafka_msk.arn,
    name="history-sink-interactions-control",
    partition_count=1,
    replication_factor=3,
    configs=json.dumps({"min.insync.replicas": "2"}),
    opts=pulumi.ResourceOptions(
        provider=aws_provider,
        protect=True,
        retain_on_delete=True,
    ),
)
