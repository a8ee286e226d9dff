"""The account, the region, and the tags of every resource."""

import pulumi
import pulumi_aws as aws

region = pulumi.Config("aws").require("region")

aws_provider = aws.Provider(
    "aws",
    region=region,
    allowed_account_ids=["111122223333"],
    default_tags=aws.ProviderDefaultTagsArgs(
        tags={
            "system": "recommendation",
            "environment": "prod",
            "owner": "discovery",
            "managed-by": "mlsdc",
        },
    ),
)

partition = aws.get_partition_output(
    opts=pulumi.InvokeOutputOptions(provider=aws_provider),
)

account = aws.get_caller_identity_output(
    opts=pulumi.InvokeOutputOptions(provider=aws_provider),
)
