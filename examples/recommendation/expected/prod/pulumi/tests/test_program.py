"""What has to hold for every program, whatever the design behind it."""

import json
from typing import Any

from conftest import StrictMocks

BUCKET = "aws:s3/bucket:Bucket"
ANYWHERE = {"0.0.0.0/0", "::/0"}


def test_nothing_is_refused(program: StrictMocks) -> None:
    assert program.resources
    assert program.faults == []


def test_buckets_are_private_encrypted_and_versioned(program: StrictMocks) -> None:
    for kind in (
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "aws:s3/bucketServerSideEncryptionConfiguration:"
        "BucketServerSideEncryptionConfiguration",
        "aws:s3/bucketVersioning:BucketVersioning",
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    ):
        assert program.of(kind).keys() == program.of(BUCKET).keys(), kind
    blocks = program.of("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")
    for block in blocks.values():
        assert all(value is True for key, value in block.items() if key != "bucket")


def test_data_is_encrypted_at_rest_and_in_transit(program: StrictMocks) -> None:
    for store in program.of(
        "aws:elasticache/replicationGroup:ReplicationGroup"
    ).values():
        assert store["atRestEncryptionEnabled"] is True
        assert store["transitEncryptionEnabled"] is True
        assert "authToken" in store
    for kafka in program.of("aws:msk/cluster:Cluster").values():
        transit = kafka["encryptionInfo"]["encryptionInTransit"]
        assert transit == {"clientBroker": "TLS", "inCluster": True}
        assert kafka["clientAuthentication"]["unauthenticated"] is False
    for cluster in program.of("aws:eks/cluster:Cluster").values():
        assert cluster["encryptionConfig"]["resources"] == ["secrets"]


def test_nothing_is_open_to_the_world(program: StrictMocks) -> None:
    kind = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    for name, rule in program.of(kind).items():
        assert "referencedSecurityGroupId" in rule, name
        assert rule.get("cidrIpv4") not in ANYWHERE, name
    for group in program.of("aws:ec2/securityGroup:SecurityGroup").values():
        assert not group.get("ingress")
    for cluster in program.of("aws:eks/cluster:Cluster").values():
        assert not ANYWHERE & set(cluster["vpcConfig"]["publicAccessCidrs"])
    for subnet in program.of("aws:ec2/subnet:Subnet").values():
        assert subnet["mapPublicIpOnLaunch"] is False


def test_a_role_belongs_to_one_service_account(program: StrictMocks) -> None:
    kind = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
    roles = program.of("aws:iam/role:Role")
    for name, association in program.of(kind).items():
        trust: dict[str, Any] = json.loads(roles[name]["assumeRolePolicy"])
        (statement,) = trust["Statement"]
        tags = statement["Condition"]["StringEquals"]
        account = tags["aws:RequestTag/kubernetes-service-account"]
        assert account == association["serviceAccount"]


def test_every_export_is_published_in_the_cluster(program: StrictMocks) -> None:
    published = {
        f"{name}.{key}"
        for name, config in program.of("kubernetes:core/v1:ConfigMap").items()
        for key in config["data"]
    }
    assert program.exports.keys() == published
