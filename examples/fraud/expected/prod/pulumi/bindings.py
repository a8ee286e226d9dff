"""What the manifests are told of the cloud, and the stack's exports."""

import pulumi
import pulumi_kubernetes as k8s

from cluster import cluster_provider, namespace
from online_stores import features_online_redis
from streams import cluster_kafka_msk

decisions_brokers = cluster_kafka_msk.bootstrap_brokers_sasl_iam

decisions_binding = k8s.core.v1.ConfigMap(
    "decisions-binding",
    metadata=k8s.meta.v1.ObjectMetaArgs(
        name="decisions-binding",
        namespace=namespace,
        labels={
            "app.kubernetes.io/instance": "decisions",
            "app.kubernetes.io/part-of": "fraud",
            "app.kubernetes.io/managed-by": "pulumi",
        },
    ),
    data={"brokers": decisions_brokers},
    opts=pulumi.ResourceOptions(provider=cluster_provider),
)

pulumi.export("decisions-binding.brokers", decisions_brokers)

features_online_host = features_online_redis.configuration_endpoint_address

features_online_binding = k8s.core.v1.ConfigMap(
    "features-online-binding",
    metadata=k8s.meta.v1.ObjectMetaArgs(
        name="features-online-binding",
        namespace=namespace,
        labels={
            "app.kubernetes.io/instance": "features-online",
            "app.kubernetes.io/part-of": "fraud",
            "app.kubernetes.io/managed-by": "pulumi",
        },
    ),
    data={"host": features_online_host},
    opts=pulumi.ResourceOptions(provider=cluster_provider),
)

pulumi.export("features-online-binding.host", features_online_host)

payments_brokers = cluster_kafka_msk.bootstrap_brokers_sasl_iam

payments_binding = k8s.core.v1.ConfigMap(
    "payments-binding",
    metadata=k8s.meta.v1.ObjectMetaArgs(
        name="payments-binding",
        namespace=namespace,
        labels={
            "app.kubernetes.io/instance": "payments",
            "app.kubernetes.io/part-of": "fraud",
            "app.kubernetes.io/managed-by": "pulumi",
        },
    ),
    data={"brokers": payments_brokers},
    opts=pulumi.ResourceOptions(provider=cluster_provider),
)

pulumi.export("payments-binding.brokers", payments_brokers)
