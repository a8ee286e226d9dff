"""What a policy file can demand of a design, and the mistakes in the policy file itself."""

from mlsdc.diagnostics import Rule

SYSTEM_FIELD_MISSING = Rule(
    "POL001",
    "required-system-field",
    "A system block without a field that the policy requires",
    page="`require` under `[policy]` in `mlsdc.toml` lists the fields that every design's `system` "
    "block states.",
)
ROLE_FIELD_MISSING = Rule(
    "POL002",
    "required-role-field",
    "A component without a field that the policy requires of its role",
    page="`[policy.require_fields]` in `mlsdc.toml` lists, for a role, the fields that each of its "
    "components states. A default does not count; the system's `owner` counts for its components.",
)
UNREADABLE_POLICY = Rule(
    "POL010",
    "unreadable-policy",
    "A policy file that is missing or no TOML",
    page="The file named by `--policy`, or the `mlsdc.toml` beside the design or above it.",
)
UNKNOWN_POLICY_KEY = Rule(
    "POL011",
    "unknown-policy-key",
    "A key that a policy file does not have",
    page="Keys: `profile`, `[severity]`, and under `[policy]` `unsuppressible`, `require`, "
    "`require_fields`, `fail_on` and `require_evidence`.",
)
WRONG_POLICY_VALUE = Rule(
    "POL012",
    "wrong-policy-value",
    "A value that its policy key does not accept",
    page="A profile is `dev`, `prod` or `regulated`; a severity `error`, `warning`, `note` or "
    "`off`; lists hold texts.",
)
UNKNOWN_POLICY_RULE = Rule(
    "POL013",
    "unknown-policy-rule",
    "A policy about a rule that does not exist",
    page="A rule is named by its slug or its code; `mlsdc explain rules` lists both.",
)
FIXED_SEVERITY = Rule(
    "POL014",
    "fixed-severity",
    "A severity that no policy can move",
    page="What the compiler cannot understand or write stays an error, and so do mistakes in "
    "calling mlsdc, in the policy itself, and faults of mlsdc.",
)

POLICY_FILE_RULES: tuple[Rule, ...] = (
    UNREADABLE_POLICY,
    UNKNOWN_POLICY_KEY,
    WRONG_POLICY_VALUE,
    UNKNOWN_POLICY_RULE,
    FIXED_SEVERITY,
)
POLICY_RULES: tuple[Rule, ...] = (SYSTEM_FIELD_MISSING, ROLE_FIELD_MISSING, *POLICY_FILE_RULES)
