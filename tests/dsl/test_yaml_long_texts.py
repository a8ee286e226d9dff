"""Long texts stand in YAML as blocks of lines, wherever such a block can carry them."""

from __future__ import annotations

import pytest

from mlsdc.diagnostics import Source
from mlsdc.dsl import ast
from mlsdc.dsl.parse import parse
from mlsdc.dsl.unparse import unparse
from mlsdc.dsl.yaml_layout import block_scalar
from mlsdc.dsl.yaml_reader import read_yaml
from mlsdc.dsl.yaml_words import long_text
from mlsdc.dsl.yaml_writer import to_yaml
from mlsdc.pipeline import check
from mlsdc.stdlib.find import standard_catalog

SPENDING = '''
entity card { key card_id: string }
stream payments { rate = 1/s  event { card_id: string  amount: float64  at: timestamp event_time } }
lake history { from = payments }

# what is spent
pipeline spending {
  reads = history
  every = 1d
  transform {
    dialect = spark
    sql = """
      SELECT
        card_id,   -- the card
        SUM(nope) AS spend_30d
      FROM history.payments

      WHERE at >= :start AND at < :end
      GROUP BY card_id
    """  # trailing
  }
  # own
}
features profile { entity = card  computed = spending  spend_30d: float64 }
'''


def written(text: str) -> str:
    """A design as YAML."""
    tree, said = parse(text, "design.mlsd")
    assert said == []
    made = to_yaml(tree, text)
    back, more = read_yaml(made, "design.mlsd.yaml")
    assert more == []
    assert back.statements == tree.statements
    assert [(c.text, c.trailing) for c in back.comments] == [
        (c.text, c.trailing) for c in tree.comments
    ]
    return made


def test_sql_reads_as_sql() -> None:
    """Line by line, indented as YAML is, with the comments around it."""
    made = written(SPENDING)

    assert (
        """\
      sql: |  # trailing
        SELECT
          card_id,   -- the card
          SUM(nope) AS spend_30d
        FROM history.payments

        WHERE at >= :start AND at < :end
        GROUP BY card_id
    # own
"""
        in made
    )
    assert "\\n" not in made


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_finding_inside_points_at_its_word_in_the_yaml(newline: str) -> None:
    """As exactly as in the language."""
    made = written(SPENDING).replace("\n", newline)

    (found,) = check([Source("design.mlsd.yaml", made)], standard_catalog()).diagnostics

    assert found.code == "TSC050"
    assert made[found.span.start : found.span.end] == "nope"
    assert "of the text" not in found.message


def test_a_folded_text_is_told_in_words() -> None:
    """Where lines are joined, the whole text is shown, and the place said."""
    made = written(SPENDING).replace("sql: |", "sql: >")

    (found,) = check([Source("design.mlsd.yaml", made)], standard_catalog()).diagnostics

    assert found.code == "TSC050"
    assert made[found.span.start : found.span.end].startswith(">")
    assert "of the text" in found.message


@pytest.mark.parametrize(
    ("value", "header"),
    [
        ("a\nb\n", "|"),
        ("a\nb", "|-"),
        ("  a\nb\n", "|2"),
        ("\ta\nb\n", "|2"),
        ("\na\n", "|2"),
        ("  a\nb", "|2-"),
        ("a  \nb\t\n", "|"),
        ("# a\n- b: {\n", "|"),
        ("a\n\n\nb\n", "|"),
        ("${a}\n\\n\n", "|"),
    ],
)
def test_what_a_block_carries(value: str, header: str) -> None:
    """Blanks, tabs, signs of YAML and a missing last line end stay."""
    form = long_text(value)
    assert form is not None
    made = written(f"system s {{ owner = {form}  tier = experiment }} # end\n# more\n")

    assert f"owner: {header}\n" in made.replace("  # end", "")


@pytest.mark.parametrize("value", ["a\n\n", "\n", "a\x85\nb\n", "a\u2028b\n", "\ufeffa\nb\n"])
def test_what_no_block_carries_is_quoted(value: str) -> None:
    """Empty lines at the end would be mixed up with the layout's; some characters need escapes."""
    assert block_scalar(value) is None
    form = long_text(value)
    assert form is None or "|" not in written(f"system s {{ owner = {form} }}\n")


@pytest.mark.parametrize("value", ["a", "a\n  ", 'a"""\nb\n', 'a\nb"', "  a\n  b\n"])
def test_what_the_long_form_cannot_say(value: str) -> None:
    """One line, blanks that would be lost, and quotes that would end it."""
    assert long_text(value) is None


def test_carriage_returns_are_refused_as_ever() -> None:
    """No text of a design holds one, however it is written."""
    _, said = read_yaml('system: {name: s, owner: "a\\r\\nb"}', "f.yaml")

    assert [d.code for d in said] == ["SYN039"]


def test_a_long_text_comes_back_indented() -> None:
    """YAML in, the language out: the lines stand below the field."""
    text = unparse(read_yaml(written(SPENDING), "design.mlsd.yaml")[0])

    assert '    sql = """\n      SELECT\n        card_id,   -- the card\n' in text
    assert '\n      GROUP BY card_id\n    """  # trailing\n' in text


def test_how_far_a_text_is_indented_is_no_difference() -> None:
    """What it says is; and so is how it is quoted."""

    def literal(text: str) -> ast.Expression:
        statement = parse(f"x = {text}\n", "f")[0].statements[0]
        assert isinstance(statement, ast.Assignment)
        return statement.value

    assert literal('"""\n  a\n  b\n  """') == literal('"""\na\nb\n"""')
    assert literal('"""\n  a\n   b\n  """') != literal('"""\na\nb\n"""')
    assert literal('"a\\nb\\n"') != literal('"""\na\nb\n"""')
    assert literal("1.10") != literal("1.1")
