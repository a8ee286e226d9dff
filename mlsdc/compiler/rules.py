"""The mistakes of meaning: names, fields, types, units and wiring."""

from mlsdc.compiler.patching.existing_rules import EXISTING_RULES
from mlsdc.compiler.patching.patch_rules import PATCH_RULES
from mlsdc.diagnostics import Rule, Severity

UNKNOWN_NAME = Rule(
    "SYN020",
    "unknown-name",
    "A name that nothing declares",
    page="A value that is a name must be a parameter, a `let`, a component, or one of the words "
    "the field accepts. Names may be used before they are declared.",
)
DUPLICATE = Rule(
    "SYN021",
    "duplicate-declaration",
    "Two declarations of one name",
    page="Components, parameters and lets share one namespace; a field is given once "
    "in a block, and a word once behind a call or a member.",
)
UNKNOWN_ROLE = Rule(
    "SYN022",
    "unknown-role",
    "A declaration whose role does not exist",
    page="A component is declared `role name: system { ... }`; `mlsdc explain roles` lists them.",
)
UNKNOWN_SYSTEM = Rule(
    "SYN023",
    "unknown-system",
    "A role with a system that cannot play it",
    page="Each role lists the systems that can run it; a role such as `dataset` takes none.",
)
UNKNOWN_FIELD = Rule(
    "SYN024",
    "unknown-field",
    "A field that the block does not have",
    page="The fields of a block come from its role and its system.",
)
MISSING_FIELD = Rule(
    "SYN025",
    "missing-field",
    "A block without a field it cannot do without",
    page="The named field has no default, because any default would be a guess.",
)
MISPLACED = Rule(
    "SYN026",
    "misplaced-statement",
    "A statement that means nothing where it stands",
    page="Fields and members stand inside a component's block; components, parameters, lets and "
    "environments stand at the top of a file.",
)
UNKNOWN_ENVIRONMENT = Rule(
    "SYN027",
    "unknown-environment",
    "An environment that is not declared",
    page="`--env` names an `environment` block of the design; `extends` names another environment.",
)
MIXED_DIMENSIONS = Rule(
    "TYP001",
    "mixed-dimensions",
    "An operation on two things that do not measure the same",
    page="`100ms + 2GiB` has no meaning. Sums and comparisons need one dimension.",
)
WRONG_TYPE = Rule(
    "TYP002",
    "wrong-type",
    "A value of another type than its field wants",
    page="A duration is written `20ms`, a rate `1200/s`, a size `16GiB`, a share `80%`.",
)
OUT_OF_RANGE = Rule(
    "TYP003",
    "out-of-range",
    "A value outside what is possible",
    page="Shares lie between 0% and 100%, counts and rates are not negative.",
)
WRONG_ROLE = Rule(
    "TYP004",
    "wrong-role",
    "A reference to a component of the wrong role",
    page="A field that refers to a component accepts certain roles only: `online` wants an "
    "`online_store`.",
)
CIRCULAR_VALUE = Rule(
    "TYP005",
    "circular-value",
    "A `let` or parameter that depends on itself",
    page="Values are computed once; a chain that leads back to its start has none.",
)
BAD_CALL = Rule(
    "TYP006",
    "bad-call",
    "A function that does not exist, or with the wrong arguments",
    page="Functions of values: min, max, sum, ceil, floor, round, abs, len, range, contains, join. "
    "Aggregations: "
    "count, sum, mean, min, max, last, first, stddev, count_distinct.",
)
NO_VALUE = Rule(
    "TYP007",
    "no-value",
    "An expression that has no value",
    page="A division by zero, or an attribute of something that has none.",
)
UNKNOWN_PAIR = Rule(
    "TYP008",
    "unknown-pair",
    "Two components that cannot be joined in this way",
    page="Each verb joins certain kinds of components; the table of edges lists them.",
)
BINDING_CLASH = Rule(
    "TYP009",
    "binding-clash",
    "Two edges that hand over a value under one name",
    page="A component receives `<NAME>_<FIELD>` for every edge; two may not produce one name.",
)
IMPOSSIBLE_LATENCY = Rule(
    "TYP010",
    "impossible-latency",
    "Quantiles that no distribution has",
    page="A higher quantile is never smaller than a lower one: p99 >= p95 >= p50.",
)
CONTRADICTION = Rule(
    "TYP013",
    "contradiction",
    "Two statements that cannot both hold",
    page="Each is possible by itself: a warning beyond the critical threshold, a fallback that is "
    "what has just failed, an experiment whose control is its treatment.",
)
IDLE_OBJECTIVE = Rule(
    "TYP014",
    "idle-objective",
    "An objective that a stricter one always meets",
    Severity.WARNING,
    page="p50 is never above p99, so `p50 <= 50ms` beside `p99 <= 10ms` can decide nothing. One of "
    "the two numbers is not what was meant.",
)
UNREADABLE_PROFILE = Rule(
    "TYP040",
    "unreadable-profile",
    "A file of measurements that cannot be read",
    page="`profile` names a file below the project, from the folder of the design: a JSON "
    "histogram, a Prometheus histogram, a k6 summary, a wrk2 or HdrHistogram table, or a result of "
    "`vllm bench serve`.",
)
UNUSED_VALUE = Rule(
    "SYN028",
    "unused-value",
    "A parameter or let that nothing uses",
    Severity.WARNING,
    page="It documents nothing that the design does.",
)
CANNOT_EMIT = Rule(
    "EMT001",
    "no-realisation",
    "A component that the environment's platform cannot run",
    page="The system has no realisation on this platform, or the declaration names no system yet. "
    "Choose a system that runs there, mark the component `existing`, or place it elsewhere.",
)
EMITTER_FAULT = Rule(
    "EMT002",
    "object-refused",
    "A generated object that the official models refuse",
    page="The object is checked before anything is written; nothing was written.",
)
INTERNAL = Rule(
    "INT001",
    "internal-fault",
    "A fault of mlsdc itself",
    page="Please report it with the design (or the part that triggers it) and the message.",
)

MODEL_RULES: tuple[Rule, ...] = (
    UNKNOWN_NAME,
    DUPLICATE,
    UNKNOWN_ROLE,
    UNKNOWN_SYSTEM,
    UNKNOWN_FIELD,
    MISSING_FIELD,
    MISPLACED,
    UNKNOWN_ENVIRONMENT,
    UNUSED_VALUE,
    MIXED_DIMENSIONS,
    WRONG_TYPE,
    OUT_OF_RANGE,
    WRONG_ROLE,
    CIRCULAR_VALUE,
    BAD_CALL,
    NO_VALUE,
    UNKNOWN_PAIR,
    BINDING_CLASH,
    IMPOSSIBLE_LATENCY,
    CONTRADICTION,
    IDLE_OBJECTIVE,
    UNREADABLE_PROFILE,
    CANNOT_EMIT,
    EMITTER_FAULT,
    INTERNAL,
    *EXISTING_RULES,
    *PATCH_RULES,
)
