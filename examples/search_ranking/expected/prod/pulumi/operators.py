"""The operators that the manifests rely on, each pinned."""

import pulumi
import pulumi_kubernetes as k8s

from cluster import cluster_provider

operator_cert_manager = k8s.helm.v3.Release(
    "cert-manager",
    name="cert-manager",
    chart="oci://quay.io/jetstack/charts/cert-manager",
    version="v1.19.4",
    namespace="cert-manager",
    create_namespace=True,
    atomic=True,
    values={"crds": {"enabled": True}},
    opts=pulumi.ResourceOptions(provider=cluster_provider),
)

operator_cloudnative_pg = k8s.helm.v3.Release(
    "cloudnative-pg",
    name="cloudnative-pg",
    chart="cloudnative-pg",
    version="0.29.0",
    repository_opts=k8s.helm.v3.RepositoryOptsArgs(
        repo="https://cloudnative-pg.github.io/charts",
    ),
    namespace="cnpg-system",
    create_namespace=True,
    atomic=True,
    opts=pulumi.ResourceOptions(
        provider=cluster_provider,
        depends_on=[operator_cert_manager],
    ),
)

operator_envoy_gateway = k8s.helm.v3.Release(
    "envoy-gateway",
    name="envoy-gateway",
    chart="oci://docker.io/envoyproxy/gateway-helm",
    version="v1.9.0",
    namespace="envoy-gateway-system",
    create_namespace=True,
    atomic=True,
    values={
        "config": {
            "envoyGateway": {
                "provider": {"kubernetes": {"deploy": {"type": "GatewayNamespace"}}},
            },
        },
    },
    opts=pulumi.ResourceOptions(
        provider=cluster_provider,
        depends_on=[operator_cert_manager],
    ),
)

operator_feast_operator = k8s.helm.v3.Release(
    "feast-operator",
    name="feast-operator",
    chart="feast-operator",
    version="0.66.0",
    repository_opts=k8s.helm.v3.RepositoryOptsArgs(
        repo="https://feast-helm-charts.storage.googleapis.com",
    ),
    namespace="feast-operator-system",
    create_namespace=True,
    atomic=True,
    opts=pulumi.ResourceOptions(
        provider=cluster_provider,
        depends_on=[operator_cert_manager],
    ),
)

operator_flink_kubernetes_operator = k8s.helm.v3.Release(
    "flink-kubernetes-operator",
    name="flink-kubernetes-operator",
    chart="flink-kubernetes-operator",
    version="1.15.0",
    repository_opts=k8s.helm.v3.RepositoryOptsArgs(
        repo="https://downloads.apache.org/flink/flink-kubernetes-operator-1.15.0/",
    ),
    namespace="flink",
    create_namespace=True,
    atomic=True,
    opts=pulumi.ResourceOptions(
        provider=cluster_provider,
        depends_on=[operator_cert_manager],
    ),
)

operator_prometheus_operator = k8s.helm.v3.Release(
    "prometheus-operator",
    name="prometheus-operator",
    chart="kube-prometheus-stack",
    version="88.2.0",
    repository_opts=k8s.helm.v3.RepositoryOptsArgs(
        repo="https://prometheus-community.github.io/helm-charts",
    ),
    namespace="monitoring",
    create_namespace=True,
    atomic=True,
    values={
        "prometheus": {
            "prometheusSpec": {
                "podMonitorSelectorNilUsesHelmValues": False,
                "ruleSelectorNilUsesHelmValues": False,
            },
        },
    },
    opts=pulumi.ResourceOptions(
        provider=cluster_provider,
        depends_on=[operator_cert_manager],
    ),
)
