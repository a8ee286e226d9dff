"""The mistakes of calling: what can be wrong with files and options before a design is read."""

from mlsdc.diagnostics import Rule

UNREADABLE = Rule(
    "USE001",
    "unreadable-file",
    "A design file that cannot be read",
    page="Name files that exist and may be read, or `-` for standard input. A folder is no design: "
    "name its files.",
)
NOTHING_DECLARED = Rule(
    "USE002",
    "nothing-declared",
    "A design that declares nothing",
    page="The files hold no declaration, so there is nothing to check. A check of nothing does not "
    "pass, because in a pipeline it would hide a wrong path.",
)
BAD_SETTING = Rule(
    "USE003",
    "bad-setting",
    "A `--set` that does not give a parameter a value",
    page="Write `--set name=value` with the name of a `param` of the design and a value in the "
    "language: `--set peak=1200/s`. A text needs its quotes, which the shell must leave alone: "
    "`--set 'region=\"eu-west-1\"'`; they may be left out where the default is a text.",
)

CALLING_RULES: tuple[Rule, ...] = (UNREADABLE, NOTHING_DECLARED, BAD_SETTING)
