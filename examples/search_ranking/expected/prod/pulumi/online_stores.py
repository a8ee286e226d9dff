"""Online stores of the design."""

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s

from cluster import cluster_provider, namespace, pod_security_group_id
from network import private_subnet_ids, vpc_id
from providers import aws_provider

fast_firewall = aws.ec2.SecurityGroup(
    "fast",
    description="fast: reached from the cluster's pods only",
    vpc_id=vpc_id,
    tags={"component": "fast"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

fast_from_pods_redis = aws.vpc.SecurityGroupIngressRule(
    "fast-redis",
    security_group_id=fast_firewall.id,
    referenced_security_group_id=pod_security_group_id,
    ip_protocol="tcp",
    from_port=6379,
    to_port=6379,
    description="the pods of the cluster",
    tags={"component": "fast"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

fast_subnets = aws.elasticache.SubnetGroup(
    "fast",
    subnet_ids=private_subnet_ids,
    tags={"component": "fast"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

fast_parameters = aws.elasticache.ParameterGroup(
    "fast",
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
    tags={"component": "fast"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

fast_drawn = aws.secretsmanager.get_random_password_output(
    password_length=48,
    exclude_punctuation=True,
    opts=pulumi.InvokeOutputOptions(provider=aws_provider),
)

fast_password = pulumi.Output.secret(fast_drawn.random_password)

fast_secret = aws.secretsmanager.Secret(
    "fast-redis",
    description="fast: password of its clients",
    tags={"component": "fast"},
    opts=pulumi.ResourceOptions(
        provider=aws_provider,
        protect=True,
        retain_on_delete=True,
    ),
)

fast_secret_value = aws.secretsmanager.SecretVersion(
    "fast-redis",
    secret_id=fast_secret.id,
    secret_string=pulumi.Output.json_dumps({"password": fast_password}),
    opts=pulumi.ResourceOptions(
        provider=aws_provider,
        protect=True,
        retain_on_delete=True,
        ignore_changes=["secret_string"],
    ),
)

fast_client_secret = k8s.core.v1.Secret(
    "fast-redis",
    metadata=k8s.meta.v1.ObjectMetaArgs(
        name="fast-redis",
        namespace=namespace,
        labels={
            "app.kubernetes.io/instance": "fast",
            "app.kubernetes.io/part-of": "search",
            "app.kubernetes.io/managed-by": "pulumi",
        },
    ),
    string_data={"password": fast_password},
    opts=pulumi.ResourceOptions(
        provider=cluster_provider,
        protect=True,
        retain_on_delete=True,
        ignore_changes=["data", "string_data"],
    ),
)

fast_redis = aws.elasticache.ReplicationGroup(
    "fast",
    replication_group_id="search-fast",
    description="fast of search",
    engine="redis",
    engine_version="7.1",
    node_type="cache.r7g.xlarge",
    cluster_mode="enabled",
    num_node_groups=3,
    replicas_per_node_group=1,
    automatic_failover_enabled=True,
    multi_az_enabled=True,
    port=6379,
    parameter_group_name=fast_parameters.name,
    subnet_group_name=fast_subnets.name,
    security_group_ids=[fast_firewall.id],
    at_rest_encryption_enabled=True,
    transit_encryption_enabled=True,
    transit_encryption_mode="required",
    auth_token=fast_password,
    auth_token_update_strategy="ROTATE",
    snapshot_retention_limit=7,
    tags={"component": "fast"},
    opts=pulumi.ResourceOptions(
        provider=aws_provider,
        protect=True,
        retain_on_delete=True,
        ignore_changes=["auth_token"],
    ),
)

results_firewall = aws.ec2.SecurityGroup(
    "results",
    description="results: reached from the cluster's pods only",
    vpc_id=vpc_id,
    tags={"component": "results"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

results_from_pods_redis = aws.vpc.SecurityGroupIngressRule(
    "results-redis",
    security_group_id=results_firewall.id,
    referenced_security_group_id=pod_security_group_id,
    ip_protocol="tcp",
    from_port=6379,
    to_port=6379,
    description="the pods of the cluster",
    tags={"component": "results"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

results_subnets = aws.elasticache.SubnetGroup(
    "results",
    subnet_ids=private_subnet_ids,
    tags={"component": "results"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

results_parameters = aws.elasticache.ParameterGroup(
    "results",
    family="redis7",
    parameters=[
        aws.elasticache.ParameterGroupParameterArgs(
            name="reserved-memory-percent",
            value="25",
        ),
    ],
    tags={"component": "results"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

results_drawn = aws.secretsmanager.get_random_password_output(
    password_length=48,
    exclude_punctuation=True,
    opts=pulumi.InvokeOutputOptions(provider=aws_provider),
)

results_password = pulumi.Output.secret(results_drawn.random_password)

results_secret = aws.secretsmanager.Secret(
    "results-redis",
    description="results: password of its clients",
    tags={"component": "results"},
    opts=pulumi.ResourceOptions(
        provider=aws_provider,
        protect=True,
        retain_on_delete=True,
    ),
)

results_secret_value = aws.secretsmanager.SecretVersion(
    "results-redis",
    secret_id=results_secret.id,
    secret_string=pulumi.Output.json_dumps({"password": results_password}),
    opts=pulumi.ResourceOptions(
        provider=aws_provider,
        protect=True,
        retain_on_delete=True,
        ignore_changes=["secret_string"],
    ),
)

results_client_secret = k8s.core.v1.Secret(
    "results-redis",
    metadata=k8s.meta.v1.ObjectMetaArgs(
        name="results-redis",
        namespace=namespace,
        labels={
            "app.kubernetes.io/instance": "results",
            "app.kubernetes.io/part-of": "search",
            "app.kubernetes.io/managed-by": "pulumi",
        },
    ),
    string_data={"password": results_password},
    opts=pulumi.ResourceOptions(
        provider=cluster_provider,
        protect=True,
        retain_on_delete=True,
        ignore_changes=["data", "string_data"],
    ),
)

results_redis = aws.elasticache.ReplicationGroup(
    "results",
    replication_group_id="search-results",
    description="results of search",
    engine="redis",
    engine_version="7.1",
    node_type="cache.r7g.large",
    num_cache_clusters=2,
    automatic_failover_enabled=True,
    multi_az_enabled=True,
    port=6379,
    parameter_group_name=results_parameters.name,
    subnet_group_name=results_subnets.name,
    security_group_ids=[results_firewall.id],
    at_rest_encryption_enabled=True,
    transit_encryption_enabled=True,
    transit_encryption_mode="required",
    auth_token=results_password,
    auth_token_update_strategy="ROTATE",
    snapshot_retention_limit=7,
    tags={"component": "results"},
    opts=pulumi.ResourceOptions(
        provider=aws_provider,
        protect=True,
        retain_on_delete=True,
        ignore_changes=["auth_token"],
    ),
)
