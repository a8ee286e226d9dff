"""What both notations are made of, and damage done to good designs."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from mlsdc.dsl.parse import parse
from mlsdc.dsl.yaml_writer import to_yaml

CORPUS = Path(__file__).parents[1] / "dsl" / "recovery"
FRAUD = Path(__file__).parents[2].joinpath("examples/fraud/design.mlsd").read_text("utf-8")
COMPOSED = "\n".join(
    line
    for name in ("regions_arguments", "fleet_params")
    for line in CORPUS.joinpath(f"{name}.mlsd").read_text("utf-8").split("\n")
    if "#!" not in line
)
YAML = to_yaml(parse(FRAUD, "design.mlsd")[0], FRAUD)
WORDS = [
    "{", "}", "[", "]", "(", ")", "=", ":", ",", ".", "+", "-", "*", "/", "<=", "<", "==", "=>",
    "and", "or", "not", "true", '"', '"""', "'", "`", "#", "//", "--", "<!--", "\n", "\r\n", " ",
    "if", "else", "else if", "elif", "for", "in", "assert", "use", "as", "pattern", "import",
    "param", "let", "test", "given", "expect", "environment", "system", "stream", "endpoint",
    '"${', "${", "}", '"${a}"', "a", "b", "p99", "20ms", "3", "8 x h100", "7 d", "1e9", "range(3)",
    "kafka", "container", "rate", "request", "call", "é", "\0", "\ufeff", "\u202e", ";", "🙂", "\\",
]  # fmt: skip
YAML_WORDS = [
    ": ", "- ", "\n", "\n  ", "\n    ", "{", "}", "[", "]", ", ", "? ", "|", ">", "'", '"', "#",
    "&a ", "*a", "!x ", "<<: ", "---", "...", "%", "@", "\t", "components", "system", "lets",
    "params", "steps", "role", "type", "is", "text", "name", "a", "x", "20ms", "3", '"${a}"', "${",
    "\0", "\ufeff", "\u202e", "é", "\r\n", "if", "for", "use",
]  # fmt: skip


def soup(words: list[str]) -> st.SearchStrategy[str]:
    """Words of a notation in any order, with blanks between them or without."""
    gaps = st.sampled_from(["", " ", "\n"])
    pairs = st.lists(st.tuples(st.sampled_from(words), gaps), max_size=50)
    return pairs.map(lambda found: "".join(word + gap for word, gap in found))


def damaged(text: str, words: list[str]) -> st.SearchStrategy[str]:
    """A text with up to six pieces replaced, doubled or taken out."""
    damages = st.lists(
        st.tuples(
            st.integers(0, len(text)), st.sampled_from([0, 1, 5, 40]), st.sampled_from(["", *words])
        ),
        min_size=1,
        max_size=6,
    )
    return damages.map(lambda found: _damage(text, found))


def _damage(text: str, damages: list[tuple[int, int, str]]) -> str:
    for at, length, piece in damages:
        text = text[:at] + piece + text[at + length :]
    return text
