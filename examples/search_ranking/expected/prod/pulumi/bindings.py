"""What the manifests are told of the cloud, and the stack's exports."""

import pulumi
import pulumi_kubernetes as k8s

from cluster import cluster_provider, namespace
from online_stores import fast_redis, results_redis
from streams import cluster_kafka_msk

changes_brokers = cluster_kafka_msk.bootstrap_brokers_sasl_iam

changes_binding = k8s.core.v1.ConfigMap(
    "changes-binding",
    metadata=k8s.meta.v1.ObjectMetaArgs(
        name="changes-binding",
        namespace=namespace,
        labels={
            "app.kubernetes.io/instance": "changes",
            "app.kubernetes.io/part-of": "search",
            "app.kubernetes.io/managed-by": "pulumi",
        },
    ),
    data={"brokers": changes_brokers},
    opts=pulumi.ResourceOptions(provider=cluster_provider),
)

pulumi.export("changes-binding.brokers", changes_brokers)

clicks_brokers = cluster_kafka_msk.bootstrap_brokers_sasl_iam

clicks_binding = k8s.core.v1.ConfigMap(
    "clicks-binding",
    metadata=k8s.meta.v1.ObjectMetaArgs(
        name="clicks-binding",
        namespace=namespace,
        labels={
            "app.kubernetes.io/instance": "clicks",
            "app.kubernetes.io/part-of": "search",
            "app.kubernetes.io/managed-by": "pulumi",
        },
    ),
    data={"brokers": clicks_brokers},
    opts=pulumi.ResourceOptions(provider=cluster_provider),
)

pulumi.export("clicks-binding.brokers", clicks_brokers)

fast_host = fast_redis.configuration_endpoint_address

fast_binding = k8s.core.v1.ConfigMap(
    "fast-binding",
    metadata=k8s.meta.v1.ObjectMetaArgs(
        name="fast-binding",
        namespace=namespace,
        labels={
            "app.kubernetes.io/instance": "fast",
            "app.kubernetes.io/part-of": "search",
            "app.kubernetes.io/managed-by": "pulumi",
        },
    ),
    data={"host": fast_host},
    opts=pulumi.ResourceOptions(provider=cluster_provider),
)

pulumi.export("fast-binding.host", fast_host)

impressions_brokers = cluster_kafka_msk.bootstrap_brokers_sasl_iam

impressions_binding = k8s.core.v1.ConfigMap(
    "impressions-binding",
    metadata=k8s.meta.v1.ObjectMetaArgs(
        name="impressions-binding",
        namespace=namespace,
        labels={
            "app.kubernetes.io/instance": "impressions",
            "app.kubernetes.io/part-of": "search",
            "app.kubernetes.io/managed-by": "pulumi",
        },
    ),
    data={"brokers": impressions_brokers},
    opts=pulumi.ResourceOptions(provider=cluster_provider),
)

pulumi.export("impressions-binding.brokers", impressions_brokers)

results_host = results_redis.primary_endpoint_address

results_binding = k8s.core.v1.ConfigMap(
    "results-binding",
    metadata=k8s.meta.v1.ObjectMetaArgs(
        name="results-binding",
        namespace=namespace,
        labels={
            "app.kubernetes.io/instance": "results",
            "app.kubernetes.io/part-of": "search",
            "app.kubernetes.io/managed-by": "pulumi",
        },
    ),
    data={"host": results_host},
    opts=pulumi.ResourceOptions(provider=cluster_provider),
)

pulumi.export("results-binding.host", results_host)
