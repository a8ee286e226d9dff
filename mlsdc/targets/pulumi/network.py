"""A plan in, the network of its own cluster out.

One VPC inside 10.0.0.0/8 (the network policies count on that), a public and a private subnet in
each zone. Law: nothing with data stands in a public subnet, and the default security group is shut.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mlsdc.compiler.bindings import slug
from mlsdc.targets.base import Plan
from mlsdc.targets.pulumi.cloud import REGION, gateway_count, zone_count
from mlsdc.targets.pulumi.resources import (
    Args,
    Concat,
    Lookup,
    Module,
    Named,
    Ref,
    Resource,
    Statement,
    Value,
)

VPC_RANGE = "10.0.0.0/16"
MOST_ZONES = 6
FEWEST_ZONES = 2
"""EKS wants subnets in at least two zones (EKS User Guide, "VPC and subnet requirements")."""
ANYWHERE = "0.0.0.0/0"


def network(plan: Plan) -> Module:
    """The module `network`."""
    statements = [*_vpc(plan), *_subnets(plan), *_ways_out(plan), *_endpoint(plan)]
    return Module("network", "The network: one VPC over several zones.", tuple(statements))


def _name(plan: Plan, rest: str = "") -> dict[str, Value]:
    system = slug(plan.design.system.name)
    return {"Name": f"{system}-{rest}" if rest else system}


def _vpc(plan: Plan) -> Iterator[Statement]:
    system = slug(plan.design.system.name)
    yield Resource(
        "vpc",
        "aws.ec2.Vpc",
        system,
        {
            "cidr_block": VPC_RANGE,
            "enable_dns_hostnames": True,
            "enable_dns_support": True,
            "tags": _name(plan),
        },
    )
    yield Named("vpc_id", Ref("vpc").at("id"))
    yield Resource(
        "closed", "aws.ec2.DefaultSecurityGroup", "closed",
        {"vpc_id": Ref("vpc_id"), "tags": _name(plan, "closed")},
    )  # fmt: skip
    opted = Args(
        "aws.GetAvailabilityZonesFilterArgs",
        {"name": "opt-in-status", "values": ["opt-in-not-required"]},
    )
    yield Lookup(
        "zones", "aws.get_availability_zones_output", {"state": "available", "filters": [opted]}
    )
    yield Resource(
        "internet_gateway", "aws.ec2.InternetGateway", system,
        {"vpc_id": Ref("vpc_id"), "tags": _name(plan)},
    )  # fmt: skip


def _subnets(plan: Plan) -> Iterator[Statement]:
    for number in range(zone_count(plan)):
        for kind, block in (("public", f"10.0.{number}.0/24"),
                            ("private", f"10.0.{32 * (number + 1)}.0/19")):  # fmt: skip
            role = "elb" if kind == "public" else "internal-elb"
            yield Resource(
                f"{kind}_subnet_{number}",
                "aws.ec2.Subnet",
                f"{kind}-{number}",
                {
                    "vpc_id": Ref("vpc_id"),
                    "availability_zone": Ref("zones").at("names", number),
                    "cidr_block": block,
                    "map_public_ip_on_launch": False,
                    "tags": {**_name(plan, f"{kind}-{number}"), f"kubernetes.io/role/{role}": "1"},
                },
            )
    private = [Ref(f"private_subnet_{n}").at("id") for n in range(zone_count(plan))]
    yield Named("private_subnet_ids", private)


def _ways_out(plan: Plan) -> Iterator[Statement]:
    """Routes out through NAT: one gateway a zone where others rely on the system, else one."""
    gateways = gateway_count(plan)
    yield from _route(plan, "public", {"gateway_id": Ref("internet_gateway").at("id")})
    for number in range(gateways):
        yield Resource(
            f"nat_address_{number}", "aws.ec2.Eip", f"nat-{number}",
            {"domain": "vpc", "tags": _name(plan, f"nat-{number}")},
        )  # fmt: skip
        yield Resource(
            f"nat_gateway_{number}",
            "aws.ec2.NatGateway",
            f"nat-{number}",
            {
                "allocation_id": Ref(f"nat_address_{number}").at("id"),
                "subnet_id": Ref(f"public_subnet_{number}").at("id"),
                "tags": _name(plan, f"nat-{number}"),
            },
        )
    for number in range(gateways):
        way = {"nat_gateway_id": Ref(f"nat_gateway_{number}").at("id")}
        yield from _route(plan, f"private-{number}", way)
    for number in range(zone_count(plan)):
        yield _joined(f"public-{number}", "public", f"public_subnet_{number}")
        table = f"private-{min(number, gateways - 1)}"
        yield _joined(f"private-{number}", table, f"private_subnet_{number}")


def _route(plan: Plan, name: str, way: Mapping[str, Value]) -> Iterator[Statement]:
    yield Resource(
        f"table_{name}", "aws.ec2.RouteTable", name,
        {"vpc_id": Ref("vpc_id"), "tags": _name(plan, name)},
    )  # fmt: skip
    yield Resource(
        f"way_out_{name}",
        "aws.ec2.Route",
        name,
        {
            "route_table_id": Ref(f"table_{name}").at("id"),
            "destination_cidr_block": ANYWHERE,
            **way,
        },
    )


def _joined(name: str, table: str, subnet: str) -> Resource:
    return Resource(
        f"association_{name}",
        "aws.ec2.RouteTableAssociation",
        name,
        {"subnet_id": Ref(subnet).at("id"), "route_table_id": Ref(f"table_{table}").at("id")},
    )


def _endpoint(plan: Plan) -> Iterator[Statement]:
    """Traffic to S3 stays inside the network; a gateway endpoint costs nothing."""
    gateways = gateway_count(plan)
    tables = [Ref(f"table_private-{number}").at("id") for number in range(gateways)]
    yield Resource(
        "storage_endpoint",
        "aws.ec2.VpcEndpoint",
        "s3",
        {
            "vpc_id": Ref("vpc_id"),
            "service_name": Concat(("com.amazonaws.", REGION, ".s3")),
            "vpc_endpoint_type": "Gateway",
            "route_table_ids": tables,
            "tags": _name(plan, "s3"),
        },
    )
