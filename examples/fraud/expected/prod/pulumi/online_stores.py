"""Online stores of the design."""

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s

from cluster import cluster_provider, namespace, pod_security_group_id
from network import private_subnet_ids, vpc_id
from providers import aws_provider

features_online_firewall = aws.ec2.SecurityGroup(
    "features-online",
    description="features-online: reached from the cluster's pods only",
    vpc_id=vpc_id,
    tags={"component": "features_online"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

features_online_from_pods_redis = aws.vpc.SecurityGroupIngressRule(
    "features-online-redis",
    security_group_id=features_online_firewall.id,
    referenced_security_group_id=pod_security_group_id,
    ip_protocol="tcp",
    from_port=6379,
    to_port=6379,
    description="the pods of the cluster",
    tags={"component": "features_online"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

features_online_subnets = aws.elasticache.SubnetGroup(
    "features-online",
    subnet_ids=private_subnet_ids,
    tags={"component": "features_online"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

features_online_parameters = aws.elasticache.ParameterGroup(
    "features-online",
    family="redis7",
    parameters=[
        aws.elasticache.ParameterGroupParameterArgs(
            name="reserved-memory-percent",
            value="25",
        ),
        aws.elasticache.ParameterGroupParameterArgs(
            name="cluster-enabled",
            value="yes",
        ),
    ],
    tags={"component": "features_online"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

features_online_drawn = aws.secretsmanager.get_random_password_output(
    password_length=48,
    exclude_punctuation=True,
    opts=pulumi.InvokeOutputOptions(provider=aws_provider),
)

features_online_password = pulumi.Output.secret(features_online_drawn.random_password)

features_online_secret = aws.secretsmanager.Secret(
    "features-online-redis",
    description="features-online: password of its clients",
    tags={"component": "features_online"},
    opts=pulumi.ResourceOptions(
        provider=aws_provider,
        protect=True,
        retain_on_delete=True,
    ),
)

features_online_secret_value = aws.secretsmanager.SecretVersion(
    "features-online-redis",
    secret_id=features_online_secret.id,
    secret_string=pulumi.Output.json_dumps({"password": features_online_password}),
    opts=pulumi.ResourceOptions(
        provider=aws_provider,
        protect=True,
        retain_on_delete=True,
        ignore_changes=["secret_string"],
    ),
)

features_online_client_secret = k8s.core.v1.Secret(
    "features-online-redis",
    metadata=k8s.meta.v1.ObjectMetaArgs(
        name="features-online-redis",
        namespace=namespace,
        labels={
            "app.kubernetes.io/instance": "features-online",
            "app.kubernetes.io/part-of": "fraud",
            "app.kubernetes.io/managed-by": "pulumi",
        },
    ),
    string_data={"password": features_online_password},
    opts=pulumi.ResourceOptions(
        provider=cluster_provider,
        protect=True,
        retain_on_delete=True,
        ignore_changes=["data", "string_data"],
    ),
)

features_online_redis = aws.elasticache.ReplicationGroup(
    "features-online",
    replication_group_id="fraud-features-online",
    description="features-online of fraud",
    engine="redis",
    engine_version="7.1",
    node_type="cache.r7g.xlarge",
    cluster_mode="enabled",
    num_node_groups=3,
    replicas_per_node_group=1,
    automatic_failover_enabled=True,
    multi_az_enabled=True,
    port=6379,
    parameter_group_name=features_online_parameters.name,
    subnet_group_name=features_online_subnets.name,
    security_group_ids=[features_online_firewall.id],
    at_rest_encryption_enabled=True,
    transit_encryption_enabled=True,
    transit_encryption_mode="required",
    auth_token=features_online_password,
    auth_token_update_strategy="ROTATE",
    snapshot_retention_limit=7,
    tags={"component": "features_online"},
    opts=pulumi.ResourceOptions(
        provider=aws_provider,
        protect=True,
        retain_on_delete=True,
        ignore_changes=["auth_token"],
    ),
)
