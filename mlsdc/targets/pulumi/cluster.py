"""A plan in, its EKS cluster out: control plane, nodes, add-ons, and the program's way into it.

An environment that names a cluster gets none: the program looks it up. Law: secrets are encrypted
with a key of the account, nodes answer metadata requests by token only, and the API server is open
to the addresses that the configuration names.
"""

from __future__ import annotations

from collections.abc import Iterator

from mlsdc.compiler.bindings import slug
from mlsdc.targets.base import Plan
from mlsdc.targets.pulumi.cloud import (
    CLUSTER_NAME,
    PRIVATE_SUBNETS,
    REGION,
    lasting,
    managed_policy,
    metadata,
    stateful,
    trust,
)
from mlsdc.targets.pulumi.nodes import Pool, pools
from mlsdc.targets.pulumi.resources import (
    Args,
    Json,
    Lookup,
    Module,
    Named,
    Options,
    Ref,
    Resource,
    Setting,
    Statement,
    Text,
    Value,
)

KUBERNETES = "1.34"
API_ACCESS = "apiAccess"
"""The setting that names the address ranges the API server answers."""
LOGS = ("api", "audit", "authenticator", "controllerManager", "scheduler")
NODE_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy",
                 "AmazonEC2ContainerRegistryPullOnly")  # fmt: skip
_EKS = "aws.eks."
_EC2 = "aws.ec2."


def cluster(plan: Plan) -> Module:
    """The module `cluster`."""
    named = plan.design.environment.platform.cluster
    made = [*_control_plane(plan), *_nodes(plan), *_addons(plan)]
    statements = [*(_found(named) if named is not None else made), *_inside(plan, named is None)]
    return Module("cluster", "The Kubernetes cluster and the way into it.", tuple(statements))


def _found(name: str) -> Iterator[Statement]:
    """An existing cluster, and the network it stands in."""
    yield Lookup("eks", "aws.eks.get_cluster_output", {"name": name})
    eks = Ref("eks")
    yield Named("vpc_id", eks.at("vpc_config", "vpc_id"))
    yield Named("private_subnet_ids", eks.at("vpc_config", "subnet_ids"))
    yield from _handles(eks.at("certificate_authorities", 0, "data"))


def _handles(authority: Ref) -> Iterator[Statement]:
    eks = Ref("eks")
    yield Named("cluster_name", eks.at("name"))
    yield Named("cluster_arn", eks.at("arn"))
    yield Named("pod_security_group_id", eks.at("vpc_config", "cluster_security_group_id"))
    yield Named("cluster_authority", authority)


def _role(key: str, service: str, policies: tuple[str, ...]) -> Iterator[Resource]:
    yield Resource(f"{key}_role", "aws.iam.Role", key, {"assume_role_policy": Json(trust(service))})
    for policy in policies:
        args: dict[str, Value] = {
            "role": Ref(f"{key}_role").at("name"),
            "policy_arn": managed_policy(policy),
        }
        name = f"{key}-{slug(policy)}"
        yield Resource(f"{key}_{policy}", "aws.iam.RolePolicyAttachment", name, args)


def _control_plane(plan: Plan) -> Iterator[Statement]:
    yield Setting("api_access", None, API_ACCESS, "object")
    yield Resource(
        "secrets_key",
        "aws.kms.Key",
        "cluster-secrets",
        {"description": "Secrets of the cluster", "enable_key_rotation": True},
        options=stateful(plan),
    )
    yield from _role("control_plane", "eks", ("AmazonEKSClusterPolicy",))
    place = {
        "subnet_ids": PRIVATE_SUBNETS,
        "endpoint_private_access": True,
        "endpoint_public_access": True,
        "public_access_cidrs": Ref("api_access"),
    }
    entry: dict[str, Value] = {
        "authentication_mode": "API",
        "bootstrap_cluster_creator_admin_permissions": True,
    }
    key = Args(
        f"{_EKS}ClusterEncryptionConfigProviderArgs", {"key_arn": Ref("secrets_key").at("arn")}
    )
    encryption: dict[str, Value] = {"provider": key, "resources": ["secrets"]}
    yield Resource(
        "eks",
        f"{_EKS}Cluster",
        slug(plan.design.system.name),
        {
            "version": KUBERNETES,
            "role_arn": Ref("control_plane_role").at("arn"),
            "vpc_config": Args(f"{_EKS}ClusterVpcConfigArgs", place),
            "access_config": Args(f"{_EKS}ClusterAccessConfigArgs", entry),
            "encryption_config": Args(f"{_EKS}ClusterEncryptionConfigArgs", encryption),
            "enabled_cluster_log_types": list(LOGS),
            "deletion_protection": lasting(plan),
        },
        options=Options(
            protect=lasting(plan), depends_on=(Ref("control_plane_AmazonEKSClusterPolicy"),)
        ),
    )
    yield from _handles(Ref("eks").at("certificate_authority", "data"))


def _nodes(plan: Plan) -> Iterator[Statement]:
    yield from _role("nodes", "ec2", NODE_POLICIES)
    for pool in pools(plan)[0]:
        yield from _pool(pool)


def _pool(pool: Pool) -> Iterator[Statement]:
    disk: dict[str, Value] = {
        "volume_size": pool.disk,
        "volume_type": "gp3",
        "encrypted": "true",
        "delete_on_termination": "true",
    }
    device: dict[str, Value] = {
        "device_name": "/dev/xvda",
        "ebs": Args(f"{_EC2}LaunchTemplateBlockDeviceMappingEbsArgs", disk),
    }
    instance_metadata: dict[str, Value] = {
        "http_endpoint": "enabled",
        "http_tokens": "required",
        "http_put_response_hop_limit": 1,
    }
    template = f"{pool.name}_template"
    yield Resource(
        template,
        f"{_EC2}LaunchTemplate",
        pool.name,
        {
            "block_device_mappings": [
                Args(f"{_EC2}LaunchTemplateBlockDeviceMappingArgs", device)
            ],
            "metadata_options": Args(
                f"{_EC2}LaunchTemplateMetadataOptionsArgs", instance_metadata
            ),
            "update_default_version": True,
        },
    )  # fmt: skip
    version = {
        "id": Ref(template).at("id"),
        "version": Text(Ref(template).at("latest_version")),
    }
    size: dict[str, Value] = {
        "desired_size": pool.nodes,
        "min_size": pool.nodes,
        "max_size": pool.nodes * 2,
    }
    labels: dict[str, Value] = {"mlsdc.dev/pool": pool.name}
    yield Resource(
        f"{pool.name}_nodes",
        f"{_EKS}NodeGroup",
        pool.name,
        {
            "cluster_name": CLUSTER_NAME,
            "node_role_arn": Ref("nodes_role").at("arn"),
            "subnet_ids": PRIVATE_SUBNETS,
            "instance_types": [pool.machine.name],
            "ami_type": "AL2023_x86_64_NVIDIA" if pool.gpu else "AL2023_x86_64_STANDARD",
            "launch_template": Args(f"{_EKS}NodeGroupLaunchTemplateArgs", version),
            "scaling_config": Args(f"{_EKS}NodeGroupScalingConfigArgs", size),
            "labels": labels,
            **({"capacity_type": "SPOT"} if pool.purchase == "spot" else {}),
        },
        options=Options(depends_on=tuple(Ref(f"nodes_{policy}") for policy in NODE_POLICIES)),
    )


def _addons(plan: Plan) -> Iterator[Statement]:
    nodes = (Ref("general_nodes"),)
    yield from _role("volumes", "pods.eks", ("service-role/AmazonEBSCSIDriverPolicy",))
    identity = Args(
        f"{_EKS}AddonPodIdentityAssociationArgs",
        {"role_arn": Ref("volumes_role").at("arn"), "service_account": "ebs-csi-controller-sa"},
    )
    policies: dict[str, Value] = {"enableNetworkPolicy": "true"}
    more: dict[str, dict[str, Value]] = {
        "vpc-cni": {"configuration_values": Json(policies)},
        "aws-ebs-csi-driver": {"pod_identity_associations": [identity]},
    }
    names = ("vpc-cni", "kube-proxy", "coredns", "eks-pod-identity-agent", "aws-ebs-csi-driver")
    for name in names:
        yield Resource(
            f"addon_{name}",
            f"{_EKS}Addon",
            name,
            {
                "cluster_name": CLUSTER_NAME,
                "addon_name": name,
                "resolve_conflicts_on_create": "OVERWRITE",
                "resolve_conflicts_on_update": "OVERWRITE",
                **more.get(name, {}),
            },
            # Nodes become ready only with a network; what runs in pods waits for nodes.
            options=Options(depends_on=() if name in ("vpc-cni", "kube-proxy") else nodes),
        )


def _inside(plan: Plan, own: bool) -> Iterator[Statement]:
    """The Kubernetes provider, the namespace, and the default kind of volume."""
    waits = (Ref("general_nodes"), Ref("addon_vpc-cni")) if own else ()
    yield Resource(
        "cluster_provider",
        "k8s.Provider",
        "cluster",
        {"kubeconfig": Json(_kubeconfig()), "enable_server_side_apply": True},
        options=Options(depends_on=waits),
    )
    standard = "pod-security.kubernetes.io"
    labels = {
        "app.kubernetes.io/part-of": slug(plan.design.system.name),
        f"{standard}/enforce": "restricted",
        f"{standard}/enforce-version": "v1.34",
        f"{standard}/warn": "restricted",
    }
    yield Resource(
        "namespace_object",
        "k8s.core.v1.Namespace",
        plan.namespace,
        {"metadata": metadata(plan.namespace, **labels)},
        options=stateful(plan),
    )
    yield Named("namespace", Ref("namespace_object").at("metadata", "name"))
    if own:
        default = Args(
            "k8s.meta.v1.ObjectMetaArgs",
            {
                "name": "gp3",
                "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
            },
        )
        yield Resource(
            "volumes",
            "k8s.storage.v1.StorageClass",
            "gp3",
            {
                "metadata": default,
                "provisioner": "ebs.csi.aws.com",
                "parameters": {"type": "gp3", "encrypted": "true"},
                "volume_binding_mode": "WaitForFirstConsumer",
                "allow_volume_expansion": True,
                "reclaim_policy": "Retain" if lasting(plan) else "Delete",
            },
        )


def _kubeconfig() -> Value:
    login: dict[str, Value] = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "interactiveMode": "Never",
        "command": "aws",
        "args": ["eks", "get-token", "--cluster-name", CLUSTER_NAME, "--region", REGION],
    }
    place: dict[str, Value] = {
        "server": Ref("eks").at("endpoint"),
        "certificate-authority-data": Ref("cluster_authority"),
    }
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "cluster", "cluster": place}],
        "users": [{"name": "deployer", "user": {"exec": login}}],
        "contexts": [{"name": "cluster", "context": {"cluster": "cluster", "user": "deployer"}}],
        "current-context": "cluster",
    }
