"""What the manifests are told of the cloud, and the stack's exports."""

import pulumi
import pulumi_kubernetes as k8s

from cluster import cluster_provider, namespace
from online_stores import fast_redis
from streams import cluster_kafka_msk

exposures_brokers = cluster_kafka_msk.bootstrap_brokers_sasl_iam

exposures_binding = k8s.core.v1.ConfigMap(
    "exposures-binding",
    metadata=k8s.meta.v1.ObjectMetaArgs(
        name="exposures-binding",
        namespace=namespace,
        labels={
            "app.kubernetes.io/instance": "exposures",
            "app.kubernetes.io/part-of": "recommendation",
            "app.kubernetes.io/managed-by": "pulumi",
        },
    ),
    data={"brokers": exposures_brokers},
    opts=pulumi.ResourceOptions(provider=cluster_provider),
)

pulumi.export("exposures-binding.brokers", exposures_brokers)

fast_host = fast_redis.configuration_endpoint_address

fast_binding = k8s.core.v1.ConfigMap(
    "fast-binding",
    metadata=k8s.meta.v1.ObjectMetaArgs(
        name="fast-binding",
        namespace=namespace,
        labels={
            "app.kubernetes.io/instance": "fast",
            "app.kubernetes.io/part-of": "recommendation",
            "app.kubernetes.io/managed-by": "pulumi",
        },
    ),
    data={"host": fast_host},
    opts=pulumi.ResourceOptions(provider=cluster_provider),
)

pulumi.export("fast-binding.host", fast_host)

interactions_brokers = cluster_kafka_msk.bootstrap_brokers_sasl_iam

interactions_binding = k8s.core.v1.ConfigMap(
    "interactions-binding",
    metadata=k8s.meta.v1.ObjectMetaArgs(
        name="interactions-binding",
        namespace=namespace,
        labels={
            "app.kubernetes.io/instance": "interactions",
            "app.kubernetes.io/part-of": "recommendation",
            "app.kubernetes.io/managed-by": "pulumi",
        },
    ),
    data={"brokers": interactions_brokers},
    opts=pulumi.ResourceOptions(provider=cluster_provider),
)

pulumi.export("interactions-binding.brokers", interactions_brokers)
