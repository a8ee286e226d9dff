"""The network: one VPC over several zones."""

import pulumi
import pulumi_aws as aws

from providers import aws_provider, region

vpc = aws.ec2.Vpc(
    "search",
    cidr_block="10.0.0.0/16",
    enable_dns_hostnames=True,
    enable_dns_support=True,
    tags={"Name": "search"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

vpc_id = vpc.id

closed = aws.ec2.DefaultSecurityGroup(
    "closed",
    vpc_id=vpc_id,
    tags={"Name": "search-closed"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

zones = aws.get_availability_zones_output(
    state="available",
    filters=[
        aws.GetAvailabilityZonesFilterArgs(
            name="opt-in-status",
            values=["opt-in-not-required"],
        ),
    ],
    opts=pulumi.InvokeOutputOptions(provider=aws_provider),
)

internet_gateway = aws.ec2.InternetGateway(
    "search",
    vpc_id=vpc_id,
    tags={"Name": "search"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

public_subnet_0 = aws.ec2.Subnet(
    "public-0",
    vpc_id=vpc_id,
    availability_zone=zones.names[0],
    cidr_block="10.0.0.0/24",
    map_public_ip_on_launch=False,
    tags={"Name": "search-public-0", "kubernetes.io/role/elb": "1"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

private_subnet_0 = aws.ec2.Subnet(
    "private-0",
    vpc_id=vpc_id,
    availability_zone=zones.names[0],
    cidr_block="10.0.32.0/19",
    map_public_ip_on_launch=False,
    tags={"Name": "search-private-0", "kubernetes.io/role/internal-elb": "1"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

public_subnet_1 = aws.ec2.Subnet(
    "public-1",
    vpc_id=vpc_id,
    availability_zone=zones.names[1],
    cidr_block="10.0.1.0/24",
    map_public_ip_on_launch=False,
    tags={"Name": "search-public-1", "kubernetes.io/role/elb": "1"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

private_subnet_1 = aws.ec2.Subnet(
    "private-1",
    vpc_id=vpc_id,
    availability_zone=zones.names[1],
    cidr_block="10.0.64.0/19",
    map_public_ip_on_launch=False,
    tags={"Name": "search-private-1", "kubernetes.io/role/internal-elb": "1"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

public_subnet_2 = aws.ec2.Subnet(
    "public-2",
    vpc_id=vpc_id,
    availability_zone=zones.names[2],
    cidr_block="10.0.2.0/24",
    map_public_ip_on_launch=False,
    tags={"Name": "search-public-2", "kubernetes.io/role/elb": "1"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

private_subnet_2 = aws.ec2.Subnet(
    "private-2",
    vpc_id=vpc_id,
    availability_zone=zones.names[2],
    cidr_block="10.0.96.0/19",
    map_public_ip_on_launch=False,
    tags={"Name": "search-private-2", "kubernetes.io/role/internal-elb": "1"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

private_subnet_ids = [private_subnet_0.id, private_subnet_1.id, private_subnet_2.id]

table_public = aws.ec2.RouteTable(
    "public",
    vpc_id=vpc_id,
    tags={"Name": "search-public"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

way_out_public = aws.ec2.Route(
    "public",
    route_table_id=table_public.id,
    destination_cidr_block="0.0.0.0/0",
    gateway_id=internet_gateway.id,
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

nat_address_0 = aws.ec2.Eip(
    "nat-0",
    domain="vpc",
    tags={"Name": "search-nat-0"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

nat_gateway_0 = aws.ec2.NatGateway(
    "nat-0",
    allocation_id=nat_address_0.id,
    subnet_id=public_subnet_0.id,
    tags={"Name": "search-nat-0"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

nat_address_1 = aws.ec2.Eip(
    "nat-1",
    domain="vpc",
    tags={"Name": "search-nat-1"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

nat_gateway_1 = aws.ec2.NatGateway(
    "nat-1",
    allocation_id=nat_address_1.id,
    subnet_id=public_subnet_1.id,
    tags={"Name": "search-nat-1"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

nat_address_2 = aws.ec2.Eip(
    "nat-2",
    domain="vpc",
    tags={"Name": "search-nat-2"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

nat_gateway_2 = aws.ec2.NatGateway(
    "nat-2",
    allocation_id=nat_address_2.id,
    subnet_id=public_subnet_2.id,
    tags={"Name": "search-nat-2"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

table_private_0 = aws.ec2.RouteTable(
    "private-0",
    vpc_id=vpc_id,
    tags={"Name": "search-private-0"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

way_out_private_0 = aws.ec2.Route(
    "private-0",
    route_table_id=table_private_0.id,
    destination_cidr_block="0.0.0.0/0",
    nat_gateway_id=nat_gateway_0.id,
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

table_private_1 = aws.ec2.RouteTable(
    "private-1",
    vpc_id=vpc_id,
    tags={"Name": "search-private-1"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

way_out_private_1 = aws.ec2.Route(
    "private-1",
    route_table_id=table_private_1.id,
    destination_cidr_block="0.0.0.0/0",
    nat_gateway_id=nat_gateway_1.id,
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

table_private_2 = aws.ec2.RouteTable(
    "private-2",
    vpc_id=vpc_id,
    tags={"Name": "search-private-2"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

way_out_private_2 = aws.ec2.Route(
    "private-2",
    route_table_id=table_private_2.id,
    destination_cidr_block="0.0.0.0/0",
    nat_gateway_id=nat_gateway_2.id,
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

association_public_0 = aws.ec2.RouteTableAssociation(
    "public-0",
    subnet_id=public_subnet_0.id,
    route_table_id=table_public.id,
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

association_private_0 = aws.ec2.RouteTableAssociation(
    "private-0",
    subnet_id=private_subnet_0.id,
    route_table_id=table_private_0.id,
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

association_public_1 = aws.ec2.RouteTableAssociation(
    "public-1",
    subnet_id=public_subnet_1.id,
    route_table_id=table_public.id,
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

association_private_1 = aws.ec2.RouteTableAssociation(
    "private-1",
    subnet_id=private_subnet_1.id,
    route_table_id=table_private_1.id,
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

association_public_2 = aws.ec2.RouteTableAssociation(
    "public-2",
    subnet_id=public_subnet_2.id,
    route_table_id=table_public.id,
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

association_private_2 = aws.ec2.RouteTableAssociation(
    "private-2",
    subnet_id=private_subnet_2.id,
    route_table_id=table_private_2.id,
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

storage_endpoint = aws.ec2.VpcEndpoint(
    "s3",
    vpc_id=vpc_id,
    service_name=pulumi.Output.concat("com.amazonaws.", region, ".s3"),
    vpc_endpoint_type="Gateway",
    route_table_ids=[table_private_0.id, table_private_1.id, table_private_2.id],
    tags={"Name": "search-s3"},
    opts=pulumi.ResourceOptions(provider=aws_provider),
)
