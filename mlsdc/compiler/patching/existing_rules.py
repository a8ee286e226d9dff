"""The mistakes of components that are there already."""

from mlsdc.diagnostics import Rule, Severity

SECRET_IN_TEXT = Rule(
    "TYP020",
    "secret-in-text",
    "A secret written into the design",
    page="A design lies in version control and its files in a Git repository: a password in it is "
    "known to everybody who reads them. Refer to what holds it: "
    '`password = secret { name = "legacy-redis"  key = "password" }` for a Secret of the cluster, '
    '`password = aws_secret { name = "legacy/redis"  key = "password" }` for AWS Secrets Manager.',
)
UNKNOWN_BINDING_FIELD = Rule(
    "TYP021",
    "unknown-binding-field",
    "A field of `existing` that the system's clients are never told",
    page="`existing { ... }` takes the fields that the system hands to its clients, and `port`, "
    "`cidr`, `arn` and `key_arn`, which tell where it is and what AWS calls it.",
)
MISSING_BINDING_FIELD = Rule(
    "TYP022",
    "missing-binding-field",
    "An existing component that does not tell what its clients need",
    page="Every edge to the component hands its fields over. Nothing is created for an existing "
    "component, so only the design can know them.",
)
UNREADABLE_REFERENCE = Rule(
    "TYP023",
    "unreadable-reference",
    "A reference to a value that cannot be read from there",
    page="`secret` and `config_map` are read by the pods and work everywhere. `stack_output`, "
    "`ssm_parameter` and `aws_secret` are read by the Pulumi program, which is written for the "
    "platform `aws`. What configuration files are written from has to be a literal.",
)
UNREACHABLE = Rule(
    "TYP024",
    "unknown-way",
    "An existing component to which the network policies know no way",
    page="Everything that no edge asks for is closed, so the port of the other end has to be "
    "known: in a literal address, or as `port = 6379` beside it.",
)
WRONG_ARN = Rule(
    "TYP025",
    "wrong-arn",
    "An ARN that does not name one resource of the right service",
    page="The ARN becomes the resource of its clients' IAM policies: it names exactly one bucket, "
    "cluster or key, and holds no wildcard.",
)
UNKNOWN_IDENTITY = Rule(
    "TYP026",
    "unnamed-resource",
    "An existing AWS resource whose clients get no rights",
    Severity.WARNING,
    page="Clients are known to the service by their IAM role. Without `arn` no policy can name the "
    "resource, and without keys among its fields nothing lets a client in.",
)

EXISTING_RULES = (
    SECRET_IN_TEXT,
    UNKNOWN_BINDING_FIELD,
    MISSING_BINDING_FIELD,
    UNREADABLE_REFERENCE,
    UNREACHABLE,
    WRONG_ARN,
    UNKNOWN_IDENTITY,
)
