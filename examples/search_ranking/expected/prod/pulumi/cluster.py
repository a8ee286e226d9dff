"""The Kubernetes cluster and the way into it."""

import json

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s

from network import private_subnet_ids
from providers import aws_provider, partition, region

api_access = pulumi.Config().require_object("apiAccess")

secrets_key = aws.kms.Key(
    "cluster-secrets",
    description="Secrets of the cluster",
    enable_key_rotation=True,
    opts=pulumi.ResourceOptions(
        provider=aws_provider,
        protect=True,
        retain_on_delete=True,
    ),
)

control_plane_role = aws.iam.Role(
    "control_plane",
    assume_role_policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "eks.amazonaws.com"},
                    "Action": ["sts:AssumeRole"],
                },
            ],
        },
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

control_plane_amazoneksclusterpolicy = aws.iam.RolePolicyAttachment(
    "control_plane-amazoneksclusterpolicy",
    role=control_plane_role.name,
    policy_arn=pulumi.Output.concat(
        "arn:",
        partition.partition,
        ":iam::aws:policy/AmazonEKSClusterPolicy",
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

eks = aws.eks.Cluster(
    "search",
    version="1.34",
    role_arn=control_plane_role.arn,
    vpc_config=aws.eks.ClusterVpcConfigArgs(
        subnet_ids=private_subnet_ids,
        endpoint_private_access=True,
        endpoint_public_access=True,
        public_access_cidrs=api_access,
    ),
    access_config=aws.eks.ClusterAccessConfigArgs(
        authentication_mode="API",
        bootstrap_cluster_creator_admin_permissions=True,
    ),
    encryption_config=aws.eks.ClusterEncryptionConfigArgs(
        provider=aws.eks.ClusterEncryptionConfigProviderArgs(key_arn=secrets_key.arn),
        resources=["secrets"],
    ),
    enabled_cluster_log_types=[
        "api",
        "audit",
        "authenticator",
        "controllerManager",
        "scheduler",
    ],
    deletion_protection=True,
    opts=pulumi.ResourceOptions(
        provider=aws_provider,
        protect=True,
        retain_on_delete=True,
        depends_on=[control_plane_amazoneksclusterpolicy],
    ),
)

cluster_name = eks.name

cluster_arn = eks.arn

pod_security_group_id = eks.vpc_config.cluster_security_group_id

cluster_authority = eks.certificate_authority.data

nodes_role = aws.iam.Role(
    "nodes",
    assume_role_policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "ec2.amazonaws.com"},
                    "Action": ["sts:AssumeRole"],
                },
            ],
        },
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

nodes_amazoneksworkernodepolicy = aws.iam.RolePolicyAttachment(
    "nodes-amazoneksworkernodepolicy",
    role=nodes_role.name,
    policy_arn=pulumi.Output.concat(
        "arn:",
        partition.partition,
        ":iam::aws:policy/AmazonEKSWorkerNodePolicy",
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

nodes_amazoneks_cni_policy = aws.iam.RolePolicyAttachment(
    "nodes-amazoneks-cni-policy",
    role=nodes_role.name,
    policy_arn=pulumi.Output.concat(
        "arn:",
        partition.partition,
        ":iam::aws:policy/AmazonEKS_CNI_Policy",
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

nodes_amazonec2containerregistrypullonly = aws.iam.RolePolicyAttachment(
    "nodes-amazonec2containerregistrypullonly",
    role=nodes_role.name,
    policy_arn=pulumi.Output.concat(
        "arn:",
        partition.partition,
        ":iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

general_template = aws.ec2.LaunchTemplate(
    "general",
    block_device_mappings=[
        aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
            device_name="/dev/xvda",
            ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
                volume_size=100,
                volume_type="gp3",
                encrypted="true",
                delete_on_termination="true",
            ),
        ),
    ],
    metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
        http_endpoint="enabled",
        http_tokens="required",
        http_put_response_hop_limit=1,
    ),
    update_default_version=True,
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

general_nodes = aws.eks.NodeGroup(
    "general",
    cluster_name=cluster_name,
    node_role_arn=nodes_role.arn,
    subnet_ids=private_subnet_ids,
    instance_types=["m7i.12xlarge"],
    ami_type="AL2023_x86_64_STANDARD",
    launch_template=aws.eks.NodeGroupLaunchTemplateArgs(
        id=general_template.id,
        version=general_template.latest_version.apply(str),
    ),
    scaling_config=aws.eks.NodeGroupScalingConfigArgs(
        desired_size=6,
        min_size=6,
        max_size=12,
    ),
    labels={"mlsdc.dev/pool": "general"},
    opts=pulumi.ResourceOptions(
        provider=aws_provider,
        depends_on=[
            nodes_amazoneksworkernodepolicy,
            nodes_amazoneks_cni_policy,
            nodes_amazonec2containerregistrypullonly,
        ],
    ),
)

volumes_role = aws.iam.Role(
    "volumes",
    assume_role_policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "pods.eks.amazonaws.com"},
                    "Action": ["sts:AssumeRole", "sts:TagSession"],
                },
            ],
        },
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

volumes_service_role_amazonebscsidriverpolicy = aws.iam.RolePolicyAttachment(
    "volumes-service-role-amazonebscsidriverpolicy",
    role=volumes_role.name,
    policy_arn=pulumi.Output.concat(
        "arn:",
        partition.partition,
        ":iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy",
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

addon_vpc_cni = aws.eks.Addon(
    "vpc-cni",
    cluster_name=cluster_name,
    addon_name="vpc-cni",
    resolve_conflicts_on_create="OVERWRITE",
    resolve_conflicts_on_update="OVERWRITE",
    configuration_values=json.dumps({"enableNetworkPolicy": "true"}),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

addon_kube_proxy = aws.eks.Addon(
    "kube-proxy",
    cluster_name=cluster_name,
    addon_name="kube-proxy",
    resolve_conflicts_on_create="OVERWRITE",
    resolve_conflicts_on_update="OVERWRITE",
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

addon_coredns = aws.eks.Addon(
    "coredns",
    cluster_name=cluster_name,
    addon_name="coredns",
    resolve_conflicts_on_create="OVERWRITE",
    resolve_conflicts_on_update="OVERWRITE",
    opts=pulumi.ResourceOptions(provider=aws_provider, depends_on=[general_nodes]),
)

addon_eks_pod_identity_agent = aws.eks.Addon(
    "eks-pod-identity-agent",
    cluster_name=cluster_name,
    addon_name="eks-pod-identity-agent",
    resolve_conflicts_on_create="OVERWRITE",
    resolve_conflicts_on_update="OVERWRITE",
    opts=pulumi.ResourceOptions(provider=aws_provider, depends_on=[general_nodes]),
)

addon_aws_ebs_csi_driver = aws.eks.Addon(
    "aws-ebs-csi-driver",
    cluster_name=cluster_name,
    addon_name="aws-ebs-csi-driver",
    resolve_conflicts_on_create="OVERWRITE",
    resolve_conflicts_on_update="OVERWRITE",
    pod_identity_associations=[
        aws.eks.AddonPodIdentityAssociationArgs(
            role_arn=volumes_role.arn,
            service_account="ebs-csi-controller-sa",
        ),
    ],
    opts=pulumi.ResourceOptions(provider=aws_provider, depends_on=[general_nodes]),
)

cluster_provider = k8s.Provider(
    "cluster",
    kubeconfig=pulumi.Output.json_dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {
                    "name": "cluster",
                    "cluster": {
                        "server": eks.endpoint,
                        "certificate-authority-data": cluster_authority,
                    },
                },
            ],
            "users": [
                {
                    "name": "deployer",
                    "user": {
                        "exec": {
                            "apiVersion": "client.authentication.k8s.io/v1",
                            "interactiveMode": "Never",
                            "command": "aws",
                            "args": [
                                "eks",
                                "get-token",
                                "--cluster-name",
                                cluster_name,
                                "--region",
                                region,
                            ],
                        },
                    },
                },
            ],
            "contexts": [
                {
                    "name": "cluster",
                    "context": {"cluster": "cluster", "user": "deployer"},
                },
            ],
            "current-context": "cluster",
        },
    ),
    enable_server_side_apply=True,
    opts=pulumi.ResourceOptions(depends_on=[general_nodes, addon_vpc_cni]),
)

namespace_object = k8s.core.v1.Namespace(
    "search",
    metadata=k8s.meta.v1.ObjectMetaArgs(
        name="search",
        labels={
            "app.kubernetes.io/part-of": "search",
            "pod-security.kubernetes.io/enforce": "restricted",
            "pod-security.kubernetes.io/enforce-version": "v1.34",
            "pod-security.kubernetes.io/warn": "restricted",
            "app.kubernetes.io/managed-by": "pulumi",
        },
    ),
    opts=pulumi.ResourceOptions(
        provider=cluster_provider,
        protect=True,
        retain_on_delete=True,
    ),
)

namespace = namespace_object.metadata.name

volumes = k8s.storage.v1.StorageClass(
    "gp3",
    metadata=k8s.meta.v1.ObjectMetaArgs(
        name="gp3",
        annotations={"storageclass.kubernetes.io/is-default-class": "true"},
    ),
    provisioner="ebs.csi.aws.com",
    parameters={"type": "gp3", "encrypted": "true"},
    volume_binding_mode="WaitForFirstConsumer",
    allow_volume_expansion=True,
    reclaim_policy="Retain",
    opts=pulumi.ResourceOptions(provider=cluster_provider),
)
