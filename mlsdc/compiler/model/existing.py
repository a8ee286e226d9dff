"""What a design says of a component that is there already: each field, or where it is kept.

A field of `existing { ... }` is a literal (`port = 6379`) or a reference to what holds it:
`password = secret { name = "legacy-redis"  key = "password" }`.
"""

from __future__ import annotations

from typing import Any

from mlsdc.compiler.model.part import Part
from mlsdc.compiler.model.types import Text


class Secret(Part):
    """A key of a Secret in the environment's namespace."""

    name: Text
    """The Secret."""
    key: Text
    """The key in it."""


class ConfigMap(Part):
    """A key of a ConfigMap in the environment's namespace."""

    name: Text
    """The ConfigMap."""
    key: Text
    """The key in it."""


class StackOutput(Part):
    """An output of another Pulumi stack."""

    stack: Text
    """The stack's full name: `organisation/project/stack`."""
    output: Text
    """The name under which the stack exports the value."""


class SsmParameter(Part):
    """A parameter of the AWS Systems Manager Parameter Store."""

    name: Text
    """The parameter's name or ARN."""


class AwsSecret(Part):
    """A secret of AWS Secrets Manager."""

    name: Text
    """The secret's name or ARN."""
    key: Text | None = None
    """The field of the secret's JSON document; the whole secret where absent."""


Reference = Secret | ConfigMap | StackOutput | SsmParameter | AwsSecret


class Given(Part):
    """One field: its value, or one of the places it can be kept in."""

    value: Any = None
    secret: Secret | None = None
    config_map: ConfigMap | None = None
    stack_output: StackOutput | None = None
    ssm_parameter: SsmParameter | None = None
    aws_secret: AwsSecret | None = None

    @property
    def reference(self) -> Reference | None:
        """Where the value is kept; None for a literal."""
        found = (self.secret, self.config_map, self.stack_output, self.ssm_parameter,
                 self.aws_secret)  # fmt: skip
        return next((one for one in found if one is not None), None)


REFERENCES = tuple(name for name in Given.model_fields if name != "value")
"""The words that refer to a value: `secret`, `config_map` ..."""
OF_THE_CLUSTER = ("secret", "config_map")
"""Those that need nothing but the cluster; the others are read by the Pulumi program."""
PLACEMENT = ("port", "cidr", "arn", "key_arn")
"""Fields that tell where a component is and what it is called, whatever its clients are told."""
