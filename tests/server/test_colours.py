"""Colours agree with what the language's own reader sees."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from pygments.lexers import get_lexer_by_name
from pygments.token import (
    Comment,
    Error,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Token,
)

from mlsdc.dsl.findings import Findings
from mlsdc.dsl.lexer import lex
from mlsdc.dsl.parse import arrange, parse
from mlsdc.server.colours import MlsdLexer

ROOT = Path(__file__).parents[2]
GRAMMAR = json.loads((ROOT / "editors/mlsd.tmLanguage.json").read_text("utf-8"))
FENCE = re.compile(r"^```mlsd[^\n]*\n(.*?)^```$", re.S | re.M)
DESIGNS = {
    **{
        str(path.relative_to(ROOT)): path.read_text("utf-8")
        for folder in ("examples", "mlsdc/stdlib", "tests/dsl/recovery")
        for path in sorted((ROOT / folder).rglob("*.mlsd"))
    },
    **{
        f"{path.relative_to(ROOT)}:{at}": text
        for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
        for at, text in enumerate(FENCE.findall(path.read_text("utf-8")))
    },
}
VALID = {name: text for name, text in DESIGNS.items() if not parse(text, name)[1]}
ALWAYS = {
    "QUANTITY": Number,
    "ACCELERATORS": Number,
    "STRING": String,
    "BOOLEAN": Keyword.Constant,
    "AND": Operator.Word,
    "OR": Operator.Word,
    "NOT": Operator.Word,
    "EQUALS": Operator,
    "LBRACE": Punctuation,
    "RBRACE": Punctuation,
    "CONDITION": Keyword,
}
"""Kinds of the language's tokens, and the class that each of them has."""
MOSTLY = {"KEY": (Name,), "HEAD": (Keyword,), "LABEL": (Name,), "NAME": (Name, Keyword)}


def coloured(text: str) -> dict[int, tuple[Any, str]]:
    return {at: (kind, value) for at, kind, value in MlsdLexer().get_tokens_unprocessed(text)}


@pytest.mark.parametrize("name", DESIGNS)
def test_nothing_is_lost(name: str) -> None:
    text = DESIGNS[name]
    tokens = list(MlsdLexer().get_tokens_unprocessed(text))
    assert "".join(value for _, _, value in tokens) == text
    if name in VALID:
        assert [value for _, kind, value in tokens if kind in Error] == []


@pytest.mark.parametrize("name", VALID)
def test_classes_are_those_of_the_reader(name: str) -> None:
    text, found = VALID[name], coloured(VALID[name])
    findings = Findings(name)
    lexed = lex(text, findings)
    for comment in lexed.comments:
        assert found[comment.span.start][0] in Comment
    for token in arrange(lexed.tokens, text, findings):
        wanted = ALWAYS.get(token.kind)
        if wanted is not None:
            assert found[token.start][0] in wanted, (token.kind, token.text)


def test_heads_and_keys_are_told_apart() -> None:
    right, wrong = 0, Counter[tuple[str, str, str]]()
    for name, text in VALID.items():
        found, findings = coloured(text), Findings(name)
        for token in arrange(lex(text, findings).tokens, text, findings):
            for kind in MOSTLY.get(token.kind, ()):
                if found.get(token.start, (Token, ""))[0] in kind:
                    right += 1
                    break
            else:
                if token.kind in MOSTLY:
                    wrong[token.kind, token.text, str(found.get(token.start))] += 1
    assert right > 3000
    assert wrong.total() <= right / 100, wrong.most_common(12)


def test_words_of_the_language_are_not_reserved() -> None:
    text = "for = 3\nendpoint if: triton {}\nstream let: kafka { use = 3 }\n"
    assert parse(text, "f")[1] == []
    words = [value for kind, value in coloured(text).values() if kind in Keyword]
    assert words == ["endpoint", "stream"]


def test_pygments_finds_it() -> None:
    assert isinstance(get_lexer_by_name("mlsd"), MlsdLexer)


@pytest.mark.parametrize(
    "piece", ["a", "a ", '"', '"""', "${", "#", "{", "3", "3 x ", "a:", "\\", "é"]
)
def test_time_is_linear(piece: str) -> None:
    start = time.process_time()
    list(MlsdLexer().get_tokens_unprocessed(piece * 20_000))
    assert time.process_time() - start < 5


def _rules(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, dict):
        return [node, *(rule for inner in node.values() for rule in _rules(inner))]
    return [rule for inner in node for rule in _rules(inner)] if isinstance(node, list) else []


def test_the_textmate_grammar_is_one() -> None:
    assert GRAMMAR["scopeName"] == "source.mlsd"
    for rule in _rules(GRAMMAR):
        for key in ("match", "begin", "end"):
            if isinstance(rule.get(key), str):
                re.compile(rule[key])
        if "include" in rule:
            assert rule["include"].removeprefix("#") in GRAMMAR["repository"]


def _scopes(line: str) -> dict[int, str]:
    """The scope of what begins at each column, by the rules of one line, the first that fits."""
    repository = GRAMMAR["repository"]
    found: dict[int, str] = {}
    at = 0
    while at < len(line):
        for group in ("comments", "statements", "values"):
            for rule in repository[group]["patterns"]:
                pattern = rule.get("match") or rule.get("begin")
                match = pattern and re.compile(pattern).match(line, at)
                if match and match.end() > at:
                    for number, capture in rule.get("captures", {}).items():
                        if match[int(number)]:
                            found[match.start(int(number))] = capture["name"]
                    found.setdefault(at, rule.get("name", ""))
                    at = match.end()
                    if "begin" in rule:
                        at = (line.find(match[0], at) + 1) or len(line)
                    break
            else:
                continue
            break
        else:
            at += 1
    return found


@pytest.mark.parametrize("name", [n for n in VALID if n.startswith("examples")])
def test_textmate_scopes_are_those_of_the_reader(name: str) -> None:
    text = VALID[name]
    findings = Findings(name)
    tokens = arrange(lex(text, findings).tokens, text, findings)
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    wanted: dict[str, str | tuple[str, ...]] = {
        "KEY": "variable.other",
        "HEAD": ("storage", "keyword"),
        "QUANTITY": "constant.numeric",
        "STRING": "string",
        "CONDITION": "keyword.control",
    }
    right = wrong = 0
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(text)
        scopes = _scopes(text[start:end].rstrip("\n"))
        for token in tokens:
            if start <= token.start < end and token.kind in wanted and '"""' not in token.text:
                fits = scopes.get(token.start - start, "").startswith(wanted[token.kind])
                right, wrong = right + fits, wrong + (not fits)
    assert right > 40
    assert wrong <= right / 50
