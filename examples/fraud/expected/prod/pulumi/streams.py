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
    tags={"component": "decisions"},
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
    tags={"component": "decisions"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

cluster_kafka_from_pods_metrics = aws.vpc.SecurityGroupIngressRule(
    "kafka-metrics",
    security_group_id=cluster_kafka_firewall.id,
    referenced_security_group_id=pod_security_group_id,
    ip_protocol="tcp",
    from_port=11001,
    to_port=11001,
    description="the pods of the cluster",
    tags={"component": "decisions"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

cluster_kafka_log = aws.cloudwatch.LogGroup(
    "kafka-brokers",
    retention_in_days=30,
    tags={"component": "decisions"},
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
    cluster_name="fraud-kafka",
    kafka_version="3.9.x.kraft",
    number_of_broker_nodes=3,
    broker_node_group_info=aws.msk.ClusterBrokerNodeGroupInfoArgs(
        instance_type="kafka.m7g.large",
        client_subnets=private_subnet_ids,
        security_groups=[cluster_kafka_firewall.id],
        storage_info=aws.msk.ClusterBrokerNodeGroupInfoStorageInfoArgs(
            ebs_storage_info=aws.msk.ClusterBrokerNodeGroupInfoStorageInfoEbsStorageInfoArgs(
                volume_size=8209,
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
    open_monitoring=aws.msk.ClusterOpenMonitoringArgs(
        prometheus=aws.msk.ClusterOpenMonitoringPrometheusArgs(
            jmx_exporter=aws.msk.ClusterOpenMonitoringPrometheusJmxExporterArgs(
                enabled_in_broker=True,
            ),
        ),
    ),
    tags={"component": "decisions"},
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

decisions_topic = aws.msk.Topic(
    "decisions",
    cluster_arn=cluster_kafka_msk.arn,
    name="decisions",
    partition_count=3,
    replication_factor=3,
    configs=json.dumps(
        {
            "retention.ms": "1209600000",
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

cluster_kafka_history_lake_sink_decisions_control = aws.msk.Topic(
    "history-lake-sink-decisions-control",
    cluster_arn=cluster_kafka_msk.arn,
    name="history-lake-sink-decisions-control",
    partition_count=1,
    replication_factor=3,
    configs=json.dumps({"min.insync.replicas": "2"}),
    opts=pulumi.ResourceOptions(
        provider=aws_provider,
        protect=True,
        retain_on_delete=True,
    ),
)

payments_topic = aws.msk.Topic(
    "payments",
    cluster_arn=cluster_kafka_msk.arn,
    name="payments",
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

cluster_kafka_history_lake_sink_payments_control = aws.msk.Topic(
    "history-lake-sink-payments-control",
    cluster_arn=cluster_kafka_msk.arn,
    name="history-lake-sink-payments-control",
    partition_count=1,
    replication_factor=3,
    configs=json.dumps({"min.insync.replicas": "2"}),
    opts=pulumi.ResourceOptions(
        provider=aws_provider,
        protect=True,
        retain_on_delete=True,
    ),
)
