"""Mistakes to seed into a good design: what stands there, what is written instead, what is said."""

from __future__ import annotations

from dataclasses import dataclass

DESIGN = """\
system demo "A demo" {
  owner = "me"
}

stream payments: kafka {
  rate      = 8000/s
  retention = 7d
  event {
    card_id: string
    amount:  float64  unit EUR
  }
}

request authorise {
  rate   = 100/s
  budget { p50 <= 20ms  p99 <= 50ms }
  call edge
  call score  timeout 25ms  fallback rules
}

label fraud { horizon = 0d }
"""
NAMES = ["demo", "payments", "authorise", "fraud"]
"""What the top-level declarations are called."""


@dataclass(frozen=True)
class Mistake:
    """One mistake: `said` is what the reports are, as "code:line"; `lost` are declarations that are
    not read because of it, and `broken` counts the statements that could not be read."""

    name: str
    old: str
    new: str
    said: str
    broken: int = 0
    lost: str = ""

    def seed(self, text: str = DESIGN) -> str:
        """The design with the mistake in it."""
        assert self.old in text, self.name
        return text.replace(self.old, self.new, 1)


EVENT_END = "unit EUR\n  }\n"
CALL = "  call edge\n"
MISTAKES = [
    # Braces, brackets, quotes
    Mistake("no brace behind a nested block", EVENT_END, "unit EUR\n", "SYN003:8"),
    Mistake("no brace behind a block", "  }\n}\n\nreq", "  }\n\nreq", "SYN003:5"),
    Mistake("no brace on one line", "p99 <= 50ms }", "p99 <= 50ms", "SYN003:16"),
    Mistake("no brace at the end", "{ horizon = 0d }", "{", "SYN003:21"),
    Mistake("no brace in front", "payments: kafka {", "payments: kafka", "SYN004:5"),
    Mistake("no brace in front of a nested block", "  event {", "  event", "SYN004:8"),
    Mistake("a brace too many", "label", "}\nlabel", "SYN004:21"),
    Mistake("a brace too many inside", "p99 <= 50ms }", "p99 <= 50ms } }", "SYN004:16"),
    Mistake("a parenthesis too many", "= 7d", "= 7d)", "SYN004:7"),
    Mistake("a bracket never closed", "= 7d", "= [a, b", "SYN003:7"),
    Mistake("a call never closed", "= 7d", "= f(a, b", "SYN003:7"),
    Mistake("a bracket never closed, over lines", "= 7d", "= [\n    a,\n    b", "SYN003:7"),
    Mistake("a type never closed", "float64  unit", "float64[  unit", "SYN003:10", 1),
    Mistake("the wrong closing bracket", "= 7d", "= [a, b)", "SYN004:7"),
    Mistake("a text never closed", '"me"', '"me', "SYN005:2"),
    Mistake("a long text never closed", '"me"', '"""me', "SYN005:2"),
    Mistake("single quotes", '"me"', "'me'", "SYN012:2"),
    Mistake("curly quotes", '"me"', "“me”", "SYN012:2"),
    # Values
    Mistake("no value", "retention = 7d", "retention =", "SYN002:7", 1),
    Mistake("no bound", "p99 <= 50ms }", "p99 <= }", "SYN002:16", 1),
    Mistake("no operand", "= 7d", "= 7d *", "SYN002:7", 1),
    Mistake("no type", "card_id: string", "card_id:", "SYN002:9", 1),
    Mistake("no system", "payments: kafka {", "payments: {", "SYN002:5", 0, "payments"),
    Mistake("no name behind a dot", "= 7d", "= a.", "SYN002:7", 1),
    Mistake("an unknown unit", "= 7d", "= 7dd", "SYN007:7"),
    Mistake("no division", "= 7d", "= 100/peak", "SYN007:7"),
    Mistake("a unit apart", "= 7d", "= 7 d", "SYN008:7"),
    Mistake("a unit apart in words", "timeout 25ms", "timeout 25 ms", "SYN008:18"),
    Mistake("a compound unit apart", "= 8000/s", "= 16 GiB/s", "SYN008:6"),
    Mistake("no digit before the point", "= 7d", "= .5", "SYN012:7"),
    Mistake("two words", '"me"', "me too", "SYN001:2", 1),
    Mistake("a stray value", "= 7d", "= 7d 8d", "SYN001:7", 1),
    # Separators
    Mistake("a comma behind a field", "= 8000/s", "= 8000/s,", "SYN011:6"),
    Mistake("a comma between fields", "20ms  p99", "20ms, p99", "SYN011:16"),
    Mistake("a semicolon", "= 8000/s", "= 8000/s;", "SYN011:6"),
    Mistake("values without brackets", "= 7d", "= a, b", "SYN011:7", 1),
    Mistake("no comma in a list", "= 7d", "= [a b]", "SYN001:7"),
    Mistake("two commas in a list", "= 7d", "= [a, , b]", "SYN002:7"),
    # Operators and signs
    Mistake("an operator the wrong way round", "p99 <=", "p99 =<", "SYN012:16"),
    Mistake("an operator in two", "p99 <=", "p99 < =", "SYN012:16"),
    Mistake("one sign twice", "= 7d", "= = 7d", "SYN012:7"),
    Mistake("an operator in front", "= 7d", "= 7d\n    + 3d", "SYN001:8", 1),
    Mistake("a sign of another language", "= 7d", "= a && b", "SYN012:7"),
    Mistake("an arrow", CALL, "  call edge -> score\n", "SYN006:17"),
    Mistake("a stray sign", "retention =", "retention * =", "SYN001:7", 1),
    Mistake("no name", "retention = 7d", "= 7d", "SYN001:7", 1),
    Mistake("a number for a name", "retention = 7d", "7d = retention", "SYN001:7", 1),
    Mistake("a block without a name", CALL, "  { x = 1 }\n", "SYN001:17", 1),
    Mistake("a word of the language for a name", "retention =", "and =", "SYN001:7", 1),
    Mistake("brackets in words", CALL, "  call edge(3)(4)\n", "SYN001:17", 1),
    # Habits
    Mistake("a colon for an equals sign", "retention = 7d", "retention: 7d", "SYN012:7"),
    Mistake("an equals sign before a block", "event {", "event = {", "SYN012:8"),
    Mistake("a colon before a block", "event {", "event: {", "SYN012:8"),
    Mistake("a brace on its own line", "kafka {", "kafka\n{", "SYN012:6"),
    Mistake("a list in lines", "= 7d", "=\n    - a\n    - b", "SYN002:7", 1),
    Mistake("a hyphen in a name", "stream pay", "stream card-pay", "SYN012:5", 0, "payments"),
    Mistake("a hyphen in a field", "retention", "reten-tion", "SYN012:7"),
    Mistake("two slashes", "100/s\n", "100/s  // often\n", "SYN012:15"),
    Mistake("a slash and a star", "100/s\n", "100/s  /* often */\n", "SYN012:15"),
    Mistake("a name in quotes", "owner =", '"owner" =', "SYN012:2"),
    Mistake("two dashes", "100/s\n", "100/s  -- often\n", "SYN012:15"),
    Mistake("a comment of HTML", "100/s\n", "100/s  <!-- often -->\n", "SYN012:15"),
    Mistake("backticks", '"me"', "`me`", "SYN012:2"),
    Mistake("a letter before a text", '"me"', 'f"me of {owner}"', "SYN012:2"),
    Mistake("labels in quotes", "payments: kafka {", '"payments" "kafka" {', "SYN012:5"),
    Mistake("a name in quotes before its system", "payments:", '"payments":', "SYN012:5"),
    Mistake(
        "brackets around a block",
        "{ p50 <= 20ms  p99 <= 50ms }",
        "(p50 <= 20ms, p99 <= 50ms)",
        "SYN012:16",
    ),
    Mistake("a list item for a value", "retention = 7d", "retention: - 7d", "SYN012:7"),
    Mistake("a type in quotes", "card_id: string", 'card_id: "string"', "SYN012:9"),
    Mistake("a sign from a textbook", "p99 <=", "p99 ≤", "SYN012:16"),
    Mistake("two signs", "retention =", "retention =:", "SYN012:7"),
    Mistake("no type before a value", "= 7d", ": = 7d", "SYN002:7"),
    Mistake(
        "a word of the language as a name", "label fraud", "label not", "SYN001:21", 0, "fraud"
    ),
    Mistake(
        "no value before a field", "rate      = 8000/s\n", "rate = retention = 3d\n", "SYN002:6", 1
    ),
    Mistake("a variable of a template", "= 7d", "= ${var.days}", "SYN006:7", 1),
    Mistake("a text that swallows a brace", '"A demo" {', '"A demo {', "SYN005:1"),
    Mistake("a text that swallows brackets", '"me"', '["me", f("me)]', "SYN005:2"),
    Mistake(
        "a block closed with the wrong sign",
        "{ p50 <= 20ms  p99 <= 50ms }",
        "{ p50 <= 20ms  a ( b = 3 } }",
        "SYN004:16",
    ),
    Mistake("two braces missing at the end", "{ horizon = 0d }", "{ a { b = 0d", "SYN003:21"),
    Mistake(
        "no operand before a declaration", "label fraud", "x = 3 *\nlabel fraud", "SYN002:21", 1
    ),
    # Characters
    Mistake("a no-break space", "= 7d", "=\u00a07d", "SYN006:7"),
    Mistake("a picture", "= 7d", "= 7d 🙂", "SYN006:7"),
    Mistake("a letter beyond a-z", "retention", "retentiön", "SYN006:7"),
    Mistake("a dollar sign", "= 7d", "= $7", "SYN006:7"),
    Mistake("a direction mark", '"me"', '"m\u202ee"', "SYN006:2"),
    Mistake("a NUL byte", '"me"', '"m\0e"', "SYN010:2"),
    Mistake("a name without end", "retention", "r" * 300, "SYN009:7"),
]
