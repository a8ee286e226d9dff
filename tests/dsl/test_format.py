"""The canonical layout, by example."""

from __future__ import annotations

from textwrap import dedent

import pytest

from mlsdc.dsl.format import WIDTH, format  # noqa: A004
from mlsdc.dsl.parse import parse
from tests.dsl.seeded import DESIGN, MISTAKES, Mistake

CASES = {
    "blanks": (
        "system   x  { a=1\nb  =[ 1 ,2,3 ]\nc = f( a,b=2 ) [ 0 ] . d  }",
        """\
        system x {
          a = 1
          b = [1, 2, 3]
          c = f(a, b = 2)[0].d
        }
        """,
    ),
    "operators": (
        "a = - 1 *( b+c )/-d  \nx = not( a==b )and c",
        "a = -1 * (b + c) / -d\nx = not (a == b) and c\n",
    ),
    "fields align at their sign, and short blocks with them": (
        """\
        x y {
          image = "i"
          latency { p50 = 1ms   p99 = 2ms }
          drift = psi { warn = 0.1 }
          concurrency = 2

          cpu = 4
        }
        """,
        """\
        x y {
          image       = "i"
          latency     { p50 = 1ms  p99 = 2ms }
          drift       = psi { warn = 0.1 }
          concurrency = 2

          cpu = 4
        }
        """,
    ),
    "objectives align": (
        "b {\np50 <= 1ms\navailability >= 99%\n}",
        "b {\n  p50          <= 1ms\n  availability >= 99%\n}\n",
    ),
    "a block on several lines aligns with nothing": (
        """\
        x y {
          a = 1
          event {
            b = 2
          }
          long = 3
        }
        """,
        """\
        x y {
          a = 1
          event {
            b = 2
          }
          long = 3
        }
        """,
    ),
    "members align at their types, words and values": (
        """\
        event {
          card_id: string
          amount: float64 unit EUR
          at: timestamp event_time
        }
        features f {
          a: int64 = count() over 10m  default 0
          spend: float64 = sum(amount) over 1h
        }
        """,
        """\
        event {
          card_id: string
          amount:  float64    unit EUR
          at:      timestamp  event_time
        }
        features f {
          a:     int64   = count() over 10m  default 0
          spend: float64 = sum(amount) over 1h
        }
        """,
    ),
    "clauses that stood apart stand apart": (
        "call score     timeout 25ms   fallback   rules x\n",
        "call score  timeout 25ms  fallback  rules x\n",
    ),
    "one statement a line": (
        "a = 1 b { c = 2 d = 3 } \n e { f = 4  g { h = 5 } }",
        "a = 1\nb { c = 2  d = 3 }\ne { f = 4  g { h = 5 } }\n",
    ),
    "empty lines group": ("\n\na = 1\n\n\n\nb {\n\n\nc = 2\n\n}\n\n", "a = 1\n\nb {\n  c = 2\n}\n"),
    "empty blocks": ("a { }\nbb {\n}\nc d: e {\n\n}", "a  {}\nbb {}\nc d: e {}\n"),
    "comments": (
        """\
        # one


        # two
        a {   # three
            # four
          b = 1# five
          cc = 2     # six

          # seven
        }  # eight
        # nine
        """,
        """\
        # one

        # two
        a {  # three
          # four
          b  = 1  # five
          cc = 2  # six

          # seven
        }  # eight
        # nine
        """,
    ),
    "comments at the end of neighbouring lines align": (
        "a = 1 # x\nb = [1, 2] # y\nc = 3\nd = 4 # z\n",
        "a = 1       # x\nb = [1, 2]  # y\nc = 3\nd = 4  # z\n",
    ),
    "a comma at the end keeps a list in lines": (
        "a = [b,]\nc = [\n d,\n e\n]\n",
        "a = [\n  b,\n]\nc = [d, e]\n",
    ),
    "comments keep a list in lines": (
        "a = f(\n b, # one\n # two\n c # three\n)",
        "a = f(\n  b,  # one\n  # two\n  c,  # three\n)\n",
    ),
    "expressions break where their writer broke them": (
        "a = b + # why\n  c",
        "a = b +  # why\n    c\n",
    ),
    "texts stay as they are": (
        'a = """\n   x\n  y\n"""\nb = "\\t"',
        'a = """\n   x\n  y\n"""\nb = "\\t"\n',
    ),
    "parentheses stay": ("a = (b * c) + (d)", "a = (b * c) + (d)\n"),
    "numbers stay": ("a = 1_000.50e3\nb = 8   x  h100", "a = 1_000.50e3\nb = 8 x h100\n"),
}


def formatted(text: str) -> str:
    return format(parse(text, "design.mlsd")[0], text)


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_layout(case: tuple[str, str]) -> None:
    text, expected = dedent(case[0]), dedent(case[1])
    assert parse(text, "design.mlsd")[1] == []
    assert formatted(text) == expected
    assert formatted(expected) == expected


def test_a_design_in_canonical_layout_stays() -> None:
    assert formatted(DESIGN) == DESIGN


def test_a_block_that_does_not_fit_is_broken() -> None:
    names = [f"objective_number_{at}" for at in range(5)]
    text = (
        "budget { " + "  ".join(f"{name} <= {10**at}ms" for at, name in enumerate(names)) + " }\n"
    )
    assert len(text) > WIDTH
    assert formatted(text).splitlines()[:2] == ["budget {", "  objective_number_0 <= 1ms"]
    assert max(map(len, formatted(text).splitlines())) <= WIDTH


def test_a_block_that_alignment_pushes_over_the_edge_is_broken() -> None:
    inner = "  ".join(f"p{at} = {at}ms" for at in range(9))
    assert len("  b { " + inner + " }") <= WIDTH < len("  " + "k" * 12 + " { " + inner + " }")
    text = "x y {\n  " + "k" * 12 + " = 1\n  b { " + inner + " }\n  cc = 2\n}\n"
    made = formatted(text)
    assert "  b {\n" in made
    assert formatted(made) == made


def test_a_list_that_does_not_fit_has_one_item_a_line() -> None:
    names = [f"feature_view_number_{at}" for at in range(6)]
    lines = formatted(f"features = [{', '.join(names)}]\n").splitlines()
    assert lines == ["features = [", *(f"  {name}," for name in names), "]"]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_line_ends_of_the_file_are_kept(end: str) -> None:
    text = f"a=1{end}# b{end}{end}c = '''{end}".replace("'''", '"""') + f'x{end}"""{end}'
    made = formatted(text)
    assert made.count(end) == made.count("\n") == 6
    assert made.startswith(f"a = 1{end}# b{end}")


def test_a_byte_order_mark_is_left_out() -> None:
    assert formatted("\ufeffa=1") == "a = 1\n"


def test_nothing_stays_nothing() -> None:
    assert formatted("") == formatted(" \n\n") == ""


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_text_with_mistakes_comes_back_as_it_is(mistake: Mistake) -> None:
    text = "a=1\n" + mistake.seed()
    unknown_unit = mistake.said.startswith("SYN007")  # the layout is clear even so
    assert (formatted(text) == text) is not unknown_unit


def test_the_example_is_in_canonical_layout(fraud: str) -> None:
    """What the project shows is what its formatter writes."""
    assert formatted(fraud) == fraud
