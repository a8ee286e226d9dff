"""What realisations on AWS share: the names the foundation gives, tags, options, small resources.

A system's `aws(plan)` yields resources and published fields; these are the words it speaks in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mlsdc.compiler.graph import Edge
from mlsdc.compiler.model.component import Component
from mlsdc.targets.base import Plan
from mlsdc.targets.pulumi.names import tag_value
from mlsdc.targets.pulumi.resources import Args, Concat, Options, Ref, Resource, Value

REGION = Ref("region")
PARTITION = Ref("partition").at("partition")
ACCOUNT = Ref("account").at("account_id")
AWS_PROVIDER = Ref("aws_provider")
CLUSTER_PROVIDER = Ref("cluster_provider")
VPC = Ref("vpc_id")
PRIVATE_SUBNETS = Ref("private_subnet_ids")
PODS = Ref("pod_security_group_id")
"""The security group of the cluster's nodes, and so of its pods."""
CLUSTER_NAME = Ref("cluster_name")
CLUSTER_ARN = Ref("cluster_arn")
NAMESPACE = Ref("namespace")

LOG_DAYS = 30


@dataclass(frozen=True)
class Right:
    """One statement of a policy: exact actions on named resources."""

    actions: tuple[str, ...]
    resources: tuple[Value, ...]


@dataclass(frozen=True)
class Access:
    """What one edge grants to the component it starts from."""

    edge: Edge
    rights: tuple[Right, ...]


def key(component: Component | str, part: str) -> str:
    """The key of something a component owns in the program."""
    return f"{component if isinstance(component, str) else component.name}.{part}"


def zone_count(plan: Plan) -> int:
    """How many availability zones the environment spans."""
    return plan.design.environment.platform.zones


def private_subnets(plan: Plan, at_most: int) -> Value:
    """The private subnets of the first zones: some services take one, two or three only."""
    if plan.design.environment.platform.cluster is not None or zone_count(plan) <= at_most:
        return PRIVATE_SUBNETS
    return [PRIVATE_SUBNETS.at(number) for number in range(at_most)]


def lasting(plan: Plan) -> bool:
    """Whether what holds state is protected: in tiers that others rely on."""
    return plan.design.system.tier in ("production", "critical")


def gateway_count(plan: Plan) -> int:
    """NAT gateways: one a zone where others rely on the system, else one."""
    return zone_count(plan) if lasting(plan) else 1


def stateful(plan: Plan, *, ignore: tuple[str, ...] = ()) -> Options:
    """The options of what holds state."""
    return Options(protect=lasting(plan), ignore_changes=ignore)


def tags(component: Component, **more: str) -> dict[str, Value]:
    """The tags of one component's resources; the provider adds the system's own."""
    owner = {"owner": tag_value(component.owner)} if component.owner else {}
    return {**more, "component": tag_value(component.name), **owner}


def arn(service: str, *rest: Value) -> Concat:
    """An ARN in the stack's partition, region and account."""
    return Concat(("arn:", PARTITION, f":{service}:", REGION, ":", ACCOUNT, ":", *rest))


def managed_policy(name: str) -> Concat:
    """The ARN of a policy that AWS maintains."""
    return Concat(("arn:", PARTITION, f":iam::aws:policy/{name}"))


def allowed(right: Right) -> dict[str, Value]:
    """A statement that allows exactly this."""
    return {
        "Effect": "Allow",
        "Action": list(right.actions),
        "Resource": list(right.resources),
    }


def trust(service: str, **more: Value) -> dict[str, Value]:
    """A trust document by which a service of AWS may take the role.

    EKS Pod Identity also tags the session (EKS User Guide, "Create the role for Pod Identity").
    """
    principal: dict[str, Value] = {"Service": f"{service}.amazonaws.com"}
    session = ("sts:TagSession",) if service == "pods.eks" else ()
    actions = ["sts:AssumeRole", *session]
    statement: dict[str, Value] = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": actions,
    }
    return {"Version": "2012-10-17", "Statement": [{**statement, **more}]}


def metadata(name: str, namespace: Value | None = None, **labels: str) -> Args:
    """The metadata of an object that the program itself puts into the cluster."""
    space = {} if namespace is None else {"namespace": namespace}
    common = {**labels, "app.kubernetes.io/managed-by": "pulumi"}
    return Args("k8s.meta.v1.ObjectMetaArgs", {"name": name, **space, "labels": common})


def opened_to_pods(
    component: Component, subject: str, name: str, ports: tuple[tuple[str, int], ...]
) -> Iterator[Resource]:
    """A security group under `<subject>.firewall` that lets in the cluster's pods and nobody else.

    `subject` is the prefix of the keys, `name` the group's logical name.
    """
    group = key(subject, "firewall")
    yield Resource(
        group,
        "aws.ec2.SecurityGroup",
        name,
        {
            "description": f"{name}: reached from the cluster's pods only",
            "vpc_id": VPC,
            "tags": tags(component),
        },
        component.name,
    )
    for label, port in ports:
        yield Resource(
            key(subject, f"from_pods_{label}"),
            "aws.vpc.SecurityGroupIngressRule",
            f"{name}-{label}",
            {
                "security_group_id": Ref(group).at("id"),
                "referenced_security_group_id": PODS,
                "ip_protocol": "tcp",
                "from_port": port,
                "to_port": port,
                "description": "the pods of the cluster",
                "tags": tags(component),
            },
            component.name,
        )
