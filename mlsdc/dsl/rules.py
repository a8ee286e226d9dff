"""The mistakes of writing: what can be wrong with a text before anything is known of its names."""

from mlsdc.diagnostics import Rule

UNEXPECTED = Rule(
    "SYN001",
    "unexpected-text",
    "Text where the language expects something else",
    page="A statement is `key = value`, `name: type`, or words followed by a block in braces. "
    "Statements stand on lines of their own; assignments may share a line.",
)
MISSING_VALUE = Rule(
    "SYN002",
    "missing-value",
    "A field or parameter without a value",
    page="Write a value after `=`: a quantity (`20ms`), a name, a text in double quotes, a list.",
)
UNCLOSED_BLOCK = Rule(
    "SYN003",
    "unclosed-block",
    "A brace, bracket or parenthesis that is never closed",
    page="Each `{`, `[` and `(` needs its partner. Indentation tells where it was probably meant.",
)
STRAY_CLOSE = Rule(
    "SYN004",
    "stray-close",
    "A closing brace, bracket or parenthesis with no partner",
    page="Remove it, or add the opening one. Indentation tells where that was probably meant.",
)
UNCLOSED_TEXT = Rule(
    "SYN005",
    "unclosed-text",
    "A text in quotes that does not end on its line",
    page='A text stands between double quotes on one line; `"""` opens one of several lines.',
)
UNKNOWN_CHARACTER = Rule(
    "SYN006",
    "unknown-character",
    "A character that means nothing in the language",
    page="Names consist of letters, digits and `_`; comments begin with `#`.",
)
BAD_QUANTITY = Rule(
    "SYN007",
    "unknown-unit",
    "A number whose unit is not known",
    page="Durations: ns us ms s m h d w y, and `25h50m`. Sizes: B KB MB GB TB KiB MiB GiB TiB. "
    "Rates: `/s`, `/h`, `/d`. Money: `300EUR/month`. Shares: `80%`. Accelerators: `8 x h100`. "
    "Tokens, cores. The unit follows without a space; a division has spaces around its `/`.",
)
SEPARATED_UNIT = Rule(
    "SYN008",
    "separated-unit",
    "A unit separated from its number",
    page="A quantity is one word: `20ms`, `16GiB`, `1200/s`.",
)
TOO_LARGE = Rule(
    "SYN009",
    "too-large",
    "A text, name or nesting beyond the language's limits",
    page="A file holds at most 8 MiB and 400,000 words, numbers, signs and lines, a name at most "
    "256 characters; blocks and brackets nest at most 64 deep, and an expression has at most 100 "
    "operators on the way to one value. Split the design into several files.",
)
NOT_TEXT = Rule(
    "SYN010",
    "not-text",
    "A file that is not UTF-8 text",
    page="A design is UTF-8 text without NUL bytes.",
)
SEPARATOR = Rule(
    "SYN011",
    "needless-separator",
    "A comma or semicolon between statements",
    page="Statements are separated by a new line, or by a space where they are assignments.",
)
FOREIGN_SPELLING = Rule(
    "SYN012",
    "foreign-spelling",
    "A spelling from another language",
    page="`#` begins a comment, double quotes enclose texts, `=` assigns a value, `:` precedes a "
    "type or a system, a block follows its name on the same line, `and`, `or`, `not` combine, and "
    "names have `_` but no `-`.",
)

LANGUAGE_RULES: tuple[Rule, ...] = (
    UNEXPECTED,
    MISSING_VALUE,
    UNCLOSED_BLOCK,
    STRAY_CLOSE,
    UNCLOSED_TEXT,
    UNKNOWN_CHARACTER,
    BAD_QUANTITY,
    SEPARATED_UNIT,
    TOO_LARGE,
    NOT_TEXT,
    SEPARATOR,
    FOREIGN_SPELLING,
)
