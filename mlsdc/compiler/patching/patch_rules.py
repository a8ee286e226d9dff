"""The mistakes of patches."""

from mlsdc.diagnostics import Rule, Severity

UNCLEAR_PATCH = Rule(
    "TYP030",
    "unclear-patch",
    "A patch that does not say what it changes, or why",
    page="A patch names an object, an operation, a path that begins with `/`, a value unless it "
    "removes, and a reason. The value is given once: as `value`, or as `yaml`.",
)
UNKNOWN_OBJECT = Rule(
    "TYP031",
    "unknown-object",
    "A patch of an object that is not emitted",
    page="`object` is `Kind/name` for kubernetes and a resource's name for pulumi, as the files "
    "written without the patch have it. `environments = [prod]` keeps a patch to the environments "
    "that have the object.",
)
UNKNOWN_PATH = Rule(
    "TYP032",
    "unknown-path",
    "A patch of a place that its object does not have",
    page="The path is a JSON Pointer. `replace` and `remove` need something there; `add` needs the "
    "block or list around it.",
)
REFUSED_PATCH = Rule(
    "TYP033",
    "refused-patch",
    "A patch after which its object is refused",
    page="A patched object is judged as any other: by the official models, and by what the "
    "namespace and the policies allow.",
)
CONTRADICTING_PATCH = Rule(
    "TYP034",
    "patch-against-design",
    "A patch of a number that the design says or mlsdc derives",
    Severity.WARNING,
    page="The checks go on with the number of the design, and the cluster runs with that of the "
    "patch. Where the field can be set in the design, set it there.",
)
IDLE_PATCH = Rule(
    "TYP035",
    "patch-without-effect",
    "A patch that changes nothing",
    Severity.WARNING,
    page="What it sets is there already, or its target writes nothing in the environment.",
)

PATCH_RULES = (
    UNCLEAR_PATCH,
    UNKNOWN_OBJECT,
    UNKNOWN_PATH,
    REFUSED_PATCH,
    CONTRADICTING_PATCH,
    IDLE_PATCH,
)
