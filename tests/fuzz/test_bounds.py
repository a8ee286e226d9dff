"""Whatever a file holds: an answer within the bounds, with a code and never a traceback."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.fuzz.bounds import MEBIBYTES, check, cpu_seconds

DEEP = 10_000
MANY = 2**20
FULL = 8 * 2**20
HEBREW, ARABIC = "שלום", "مرحبا"
DESIGN = "stream a: kafka {\n  rate = 3/s\n  event { x: string  at: timestamp event_time }\n}\n"

LANGUAGE: dict[str, tuple[str | bytes, str]] = {
    "nested blocks": ("a { " * DEEP + "}" * DEEP, "SYN009"),
    "nested parentheses": ("x = " + "(" * DEEP + "1" + ")" * DEEP, "SYN009"),
    "nested lists": ("x = " + "[" * DEEP + "]" * DEEP, "SYN009"),
    "nested calls": ("let x = " + "f(" * DEEP + ")" * DEEP, "SYN009"),
    "nested indexes": ("let x = " + "a[" * DEEP + "0" + "]" * DEEP, "SYN009"),
    "nested signs": ("let x = " + "-" * DEEP + "1", "SYN009"),
    "nested negations": ("let x = " + "not " * DEEP + "a", "SYN009"),
    "dots": ("let x = a" + ".b" * DEEP, "SYN009"),
    "conditionals": ("let x = " + "1 if a else " * DEEP + "2", "SYN009"),
    "comprehensions": (
        "let x = " + "[" * DEEP + "1" + " for a in b]" * DEEP, "SYN009"),
    "parameters": ("pattern p(" + "a: t, " * DEEP + "b: t[" + "[" * DEEP, "SYN009"),
    "conditions": ("if a {\n" * DEEP + "}\n" * DEEP, "SYN009"),
    "branches": ("if true { } " + "else if true { } " * DEEP, ""),
    "loops": ("for a in [1] {\n" * DEEP + "}\n" * DEEP, "SYN009"),
    "templates": ('let x = "' + "${a}" * DEEP + '"', "SYN"),
    "open templates": ('let x = "' + "${" * DEEP + '"', "SYN003"),
    "templates of operators": ('let x = "${' + "-" * DEEP + '1}"', "SYN009"),
    "a name": ("a" * MANY + " = 3", "SYN009"),
    "a number": ("let x = " + "9" * MANY, "SYN009"),
    "a text": (f'system a "{"b" * MANY}" {{ }}', ""),
    "an open text": ('let x = "' + "b" * MANY, "SYN005"),
    "a comment": ("# " + "b" * MANY + "\n}", "SYN004"),
    "a NUL": (DESIGN.replace("3/s", "3\0/s"), "SYN010"),
    "mixed line ends": (DESIGN.replace("\n", "\r\n", 1).replace("3/s\n", "3\r"), "TYP002"),
    "a mark of order": ("\ufeff" + DESIGN + "}", "SYN004"),
    "a mark of order inside": (DESIGN.replace("rate", "\ufeffrate"), "SYN006"),
    "right to left in a name": (f"let {HEBREW} = 3", "SYN006"),
    "right to left in a text": (f'system a "{ARABIC} \u202e{HEBREW}" {{ }}', "SYN006"),
    "no UTF-8": (DESIGN.encode() + b"\xff\xfe\x80", "SYN010"),
    "UTF-16": (DESIGN.encode("utf-16"), "SYN010"),
    "an overlong form": (b"let x = \xc0\xaf", "SYN010"),
    "half a surrogate": (b"let x = \xed\xa0\x80", "SYN010"),
    "loops in loops": (
        "".join(f"for a{i} in range(100) {{ " for i in range(6)) + "let x = 1 " + "}" * 6, "SYN"),
    "a range without end": (
        "let x = len(range(1000000000))\nstream a: kafka { rate = x * 1/s }", "TYP006"),
    "texts of texts": (
        'let t0 = "aaaaaaaaaa"\n'
        + "".join(f'let t{i} = "{f"${{t{i - 1}}}" * 10}"\n' for i in range(1, 12))
        + 'system a "${t11}" { }\n',
        "SYN",
    ),
}  # fmt: skip
YAML: dict[str, tuple[str | bytes, str]] = {
    "flow lists": ("a: " + "[" * DEEP + "]" * DEEP, "SYN"),
    "flow mappings": ("a: " + "{b: " * DEEP + "}" * DEEP, "SYN"),
    "block mappings": (
        "\n".join(" " * depth + "a:" for depth in range(2000)), "SYN"),
    "lists of lists": ("- " * DEEP + "a", "SYN"),
    "aliases of aliases": (
        "a0: &a0 [x, x]\n"
        + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 40)), "SYN033"),
    "an alias of itself": ("a: &a [*a]", "SYN034"),
    "a key": ("a" * MANY + ": 3", "SYN"),
    "a scalar": ("lets:\n  a: " + "b" * MANY, "SYN"),
    "an expression": ("lets:\n  a: 1" + " + 1" * DEEP, "SYN009"),
    "an expression in brackets": ("lets:\n  a: x" + "(" * DEEP, "SYN009"),
    "a template": ('lets:\n  a: "' + "${" * DEEP + '"', "SYN003"),
    "a NUL": ("lets:\n  a: 3\0", "SYN010"),
    "tabs": ("lets:\n\ta: 3", "SYN039"),
    "a mark of order inside": ("lets:\n  \ufeffa: 3", "SYN"),
    "right to left": (f'system: {{name: a, title: "\u202e{HEBREW}"}}', "SYN039"),
    "no UTF-8": (b"lets:\n  a: \xff", "SYN010"),
    "UTF-16": ("lets:\n  a: 3".encode("utf-16"), "SYN010"),
    "tags": ("lets:\n" + "  a: !x 3\n" * DEEP, "SYN"),
    "anchors": ("".join(f"a{i}: &b{i} 1\n" for i in range(DEEP)), "SYN038"),
    "quotes": ("a: '" + "''" * 100_000, "SYN030"),
    "documents": ("---\n" * DEEP, "SYN035"),
    "directives": ("%YAML 9.9\n" * DEEP, "SYN030"),
    "question marks": ("? " * DEEP, "SYN"),
}  # fmt: skip
CASES = [
    *(pytest.param("design.mlsd", *case, id=name) for name, case in LANGUAGE.items()),
    *(pytest.param("design.mlsd.yaml", *case, id=f"yaml: {n}") for n, case in YAML.items()),
]


@pytest.mark.parametrize(("name", "content", "code"), CASES)
def test_a_monster_is_answered(name: str, content: str | bytes, code: str, tmp_path: Path) -> None:
    """The expected code (none for what is odd, but no mistake), and the bounds."""
    ran = check(tmp_path, name, content if isinstance(content, bytes) else content.encode())
    _judge(ran.status, ran.said)
    assert f"[{code}" in ran.said if code else ran.status == 0, ran.said[-500:]
    assert ran.cpu <= cpu_seconds()
    assert ran.mebibytes <= MEBIBYTES


def _judge(status: int, said: str) -> None:
    assert "Traceback" not in said
    assert "INT001" not in said
    assert status in (0, 1, 2), said[-500:]
    assert status == 0 or re.search(r"\[[A-Z]{3}\d{3}\]", said), said[-500:]


@pytest.mark.parametrize("name", ["design.mlsd", "design.mlsd.yaml"])
def test_an_empty_file_is_told_of(name: str, tmp_path: Path) -> None:
    """Nothing is declared: that is said, not passed over."""
    ran = check(tmp_path, name, b"")
    assert ran.status == 1
    assert "[USE002]" in ran.said


CHARACTERS = [*"\n\r \ta0\"'#{}[(,=:-./*\\$!&?|%@é", "\u202e", "🙂"]


FULL_FILES = [
    *(pytest.param(sign, "design.mlsd", id=f"U+{ord(sign):04X}") for sign in CHARACTERS),
    *(pytest.param(s, "design.mlsd.yaml", id=f"yaml: U+{ord(s):04X}") for s in "\n a-:[{\"'#&?"),
]


@pytest.mark.parametrize(("sign", "name"), FULL_FILES)
def test_eight_mebibytes_of_one_character(sign: str, name: str, tmp_path: Path) -> None:
    """The largest file there may be, and nothing in it."""
    content = (sign * FULL).encode()[: FULL - FULL % len(sign.encode())]
    ran = check(tmp_path, name, content)
    _judge(ran.status, ran.said)
    assert ran.cpu <= cpu_seconds()
    assert ran.mebibytes <= MEBIBYTES
