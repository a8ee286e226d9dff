"""The mistakes of writing a design as YAML, before anything is known of its names."""

from mlsdc.diagnostics import Rule

MALFORMED = Rule(
    "SYN030",
    "malformed-yaml",
    "Text that is not YAML",
    page="The place is where reading stopped; the cause often stands a line above: a missing "
    "quote, bracket or space behind a colon. Nothing else of the file is judged until it is YAML.",
)
DUPLICATE_KEY = Rule(
    "SYN031",
    "yaml-duplicate-key",
    "A key that occurs twice in one mapping",
    page="Most YAML readers keep the last one silently. Remove one, or give it another name.",
)
TAG = Rule(
    "SYN032",
    "yaml-tag",
    "A YAML tag",
    page="Tags such as `!!str` or `!ref` are not read: what a value is follows from its place. "
    'Write a text in quotes: `owner: "risk-ml"`.',
)
BEYOND_LIMITS = Rule(
    "SYN033",
    "yaml-too-large",
    "YAML beyond the limits",
    page="A file holds at most 8 MiB, 300,000 values, 64 levels and 1,000 aliases, and its aliases "
    "stand for at most 10,000 values. Larger files are refused before anything is built of them.",
)
ALIAS = Rule(
    "SYN034",
    "yaml-alias",
    "An alias that cannot be followed, or a merge key",
    page="An alias `*name` needs an anchor `&name` before it, outside itself. `<<` is not read: "
    "name a shared value under `lets:` and use the name.",
)
DOCUMENTS = Rule(
    "SYN035",
    "yaml-documents",
    "More than one YAML document in a file",
    page="Put each document into a file of its own and name both files on the command line.",
)
SHAPE = Rule(
    "SYN036",
    "yaml-shape",
    "A mapping, list or scalar where another kind is needed",
    page="Plain scalars are expressions, quoted ones are texts, lists are lists, mappings are "
    "blocks; docs/yaml.md shows how each statement is written.",
)
BAD_KEY = Rule(
    "SYN037",
    "yaml-key",
    "A key that is no name",
    page="Keys are names of letters, digits and `_`. A `$` before a name takes a key as a name "
    "where it would otherwise be a word of the YAML form, such as `$type`.",
)
SECTION = Rule(
    "SYN038",
    "yaml-section",
    "An unknown section at the top of the file",
    page="The sections are `system`, `params`, `lets`, `components`, `environments`, `statements`.",
)
CHARACTER = Rule(
    "SYN039",
    "yaml-character",
    "A character that YAML does not allow here",
    page="YAML is indented with spaces, never with tabs, and holds no control characters "
    "and none that turn the direction of a text, in quotes or out of them.",
)

YAML_RULES: tuple[Rule, ...] = (
    MALFORMED,
    DUPLICATE_KEY,
    TAG,
    BEYOND_LIMITS,
    ALIAS,
    DOCUMENTS,
    SHAPE,
    BAD_KEY,
    SECTION,
    CHARACTER,
)
