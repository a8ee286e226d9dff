"""The mistakes of accepting a finding: allowances without a reason, without effect, or refused."""

from mlsdc.diagnostics import Rule, Severity

NO_REASON = Rule(
    "SUP001",
    "allowance-without-reason",
    "An allowance that does not say why",
    page="Accepting a finding is a decision, and the reason is what the next reader needs. Without "
    "one the finding stays.",
)
EXPIRED = Rule(
    "SUP002",
    "expired-allowance",
    "An allowance whose last day is over",
    Severity.WARNING,
    page="`until 2027-03-01` holds through that day. It is compared with `--today` only, never "
    "with a clock, so that a run gives the same result on every day that it is told.",
)
UNUSED = Rule(
    "SUP003",
    "unused-allowance",
    "An allowance that suppresses nothing",
    Severity.WARNING,
    page="What it accepted is gone, or it stands in the wrong place; left there, it would hide the "
    "next finding of that rule. It is judged only where all environments were examined, with the "
    "design's own parameters, and the whole design could be understood.",
)
UNKNOWN_RULE = Rule(
    "SUP004",
    "unknown-allowance",
    "An allowance of a rule that does not exist",
    Severity.WARNING,
    page="A rule is named by its slug or its code; `mlsdc explain rules` lists both.",
)
MALFORMED = Rule(
    "SUP005",
    "malformed-allowance",
    "A `# mlsdc:` comment that cannot be followed",
    page='Write `# mlsdc: allow(path-over-budget) because "the budget is raised in May" until '
    "2027-05-31`, behind something on its line, or on a line of its own directly above a "
    "statement. `allow-file(...)` stands above the first statement of a file. The date may be left "
    "out.",
)
REFUSED = Rule(
    "SUP006",
    "refused-allowance",
    "An allowance of a rule that cannot be suppressed",
    page="What the compiler cannot understand or write cannot be accepted, nor can a fault of "
    "mlsdc, nor a finding about allowances; and a policy file may list further rules under "
    "`unsuppressible`. The finding stays.",
)

SUPPRESSION_RULES: tuple[Rule, ...] = (
    NO_REASON,
    EXPIRED,
    UNUSED,
    UNKNOWN_RULE,
    MALFORMED,
    REFUSED,
)
