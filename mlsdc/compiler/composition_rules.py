"""The mistakes of composition: imports, patterns, loops, conditions, assertions."""

from mlsdc.diagnostics import Rule

IMPORT_MISSING = Rule(
    "SYN040",
    "import-not-found",
    "An import of something that cannot be read",
    page='`import "./features.mlsd"` names a file, relative to the file that imports it; '
    '`import "std:..."` a module that comes with mlsdc.',
)
IMPORT_CYCLE = Rule(
    "SYN041",
    "import-cycle",
    "Files that import each other",
    page="An import reads a file as if it stood here, so a file cannot be part of itself. Move "
    "what both need into a third file.",
)
IMPORT_OUTSIDE = Rule(
    "SYN042",
    "import-outside-project",
    "An import that leaves the project",
    page="A design reads files of its own project only, so that a review of the project is a "
    "review of the design. Links are followed before this is judged. A folder outside is opened by "
    '`[imports] folders = ["../platform"]` in `mlsdc.toml`, and what is read there is fixed by '
    "`mlsdc lock`.",
)
UNKNOWN_PATTERN = Rule(
    "SYN043",
    "unknown-pattern",
    "A `use` of a pattern that nothing declares",
    page="`pattern name(parameter: type) { ... }` declares one, here or in an imported file; "
    "`use name(parameter = value) as instance` makes its components.",
)
BAD_ARGUMENT = Rule(
    "SYN044",
    "bad-argument",
    "Arguments that a pattern's parameters do not take",
    page="Each parameter without a default takes one argument, by name or in order.",
)
RECURSIVE_PATTERN = Rule(
    "SYN045",
    "recursive-pattern",
    "A pattern that uses itself",
    page="A pattern that leads back to itself would never end.",
)
TOO_MUCH = Rule(
    "SYN046",
    "too-much",
    "Loops, patterns or requests that make more than a design can hold",
    page="A design holds at most 100,000 statements after expansion, the lists that the language "
    "makes 10,000 items, a text 65,536 characters, a request 1,000 calls with all that the "
    "requests it calls make.",
)
BAD_LOOP = Rule(
    "SYN047",
    "bad-loop",
    "A `for` that has nothing to go over",
    page="`for region in [eu, us] { ... }` repeats what it holds; a name declared inside gets the "
    "item behind it: `stream events` becomes `events_eu` and `events_us`.",
)
NOT_LOCKED = Rule(
    "SYN048",
    "not-locked",
    "An import from outside the project that is not what `mlsdc.lock` says",
    page="What lies outside the project can change without a review, so `mlsdc.lock` holds its "
    "digest. `mlsdc lock DESIGN` writes the file anew; the difference is then reviewed.",
)
ASSERTION_FAILED = Rule(
    "TYP011",
    "assertion-failed",
    "An `assert` that does not hold",
    page="`assert condition` states what this design relies on. The condition may read parameters, "
    "fields (`score.replicas`), and figures: `authorise.p99`, `score.rate`.",
)
CONSTRAINT_BROKEN = Rule(
    "TYP012",
    "constraint-broken",
    "A parameter with a value that its declaration rules out",
    page="`param peak: rate = 100/s { peak <= 2000/s }` limits the values that an environment or "
    "the command line may give; `one_of = [...]` lists them.",
)

COMPOSITION_RULES: tuple[Rule, ...] = (
    IMPORT_MISSING,
    IMPORT_CYCLE,
    IMPORT_OUTSIDE,
    UNKNOWN_PATTERN,
    BAD_ARGUMENT,
    RECURSIVE_PATTERN,
    TOO_MUCH,
    BAD_LOOP,
    NOT_LOCKED,
    ASSERTION_FAILED,
    CONSTRAINT_BROKEN,
)
