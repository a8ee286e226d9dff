"""`mlsdc show`: a component after overlays, each value with where it comes from."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from mlsdc.cli.value_text import value_text
from mlsdc.compiler.quantity_text import quantity_text
from mlsdc.dsl.ast import Assignment, Literal
from mlsdc.dsl.parse import parse
from mlsdc.units import parse_quantity
from tests.cli.conftest import SOUND, Ended

Design = Callable[..., str]
Mlsdc = Callable[..., Ended]
ARRIVING = """\
stream payments "What is paid" {
  rate  = 8000/s
  event { amount: float64  unit EUR }
}
"""


def lines(ended: Ended) -> dict[str, str]:
    """The comment of each line, by its code without blanks."""
    pairs = [line.strip().partition("  # ") for line in ended.out.splitlines()]
    return {" ".join(code.split()): comment for code, _, comment in pairs}


def test_values_and_their_origins(mlsdc: Mlsdc, design: Design) -> None:
    ended = mlsdc("show", "rank", design(), "--env", "dev")
    assert (ended.code, ended.err) == (0, "")
    told = lines(ended)
    assert told["request rank {"] == "design.mlsd:8:9, environment dev"
    assert told["rate = 5/s"] == (
        "design.mlsd:9:10, parameter peak = 5/s (environment dev, design.mlsd:13:49)"
    )
    assert told["p99 <= 50ms"] == "design.mlsd:10:12"
    assert told["call score"] == "design.mlsd:11:3"


def test_a_block_may_stand_without_the_value_it_can_have(mlsdc: Mlsdc, design: Design) -> None:
    text = "model m { architecture { layers = 4 }  tokenizer = acme { revision = one } }"
    out = mlsdc("show", "m", design(text)).out
    assert "\n  architecture {" in out
    assert "None" not in out
    assert "tokenizer = " in out


def test_an_overlay_is_named(mlsdc: Mlsdc, design: Design) -> None:
    text = SOUND.replace("peak = 5/s }", "peak = 5/s  score { concurrency = 3 } }")
    told = lines(mlsdc("show", "score", design(text), "--env", "dev"))
    assert told["concurrency = 3"] == "environment dev, design.mlsd:13:76"
    assert told["utilisation = 0.7"] == "default of endpoint"


def test_a_value_from_the_command_line(mlsdc: Mlsdc, design: Design) -> None:
    told = lines(mlsdc("show", "rank", design(), "--env", "dev", "--set", "peak=7/s"))
    assert told["rate = 7/s"] == "design.mlsd:9:10, parameter peak = 7/s (--set)"


def test_derived_replicas_show_the_arithmetic(mlsdc: Mlsdc, design: Design) -> None:
    ended = mlsdc("show", "score", design(), "--env", "prod")
    assert lines(ended)["replicas = auto"] == "default of endpoint -> 2"
    assert "  #   rank: 200/s\n" in ended.out
    assert "  #   ceil(200/s / 100/s) = 2\n" in ended.out


def test_comments_are_aligned_and_nothing_trails(mlsdc: Mlsdc, design: Design) -> None:
    out = mlsdc("show", "score", design(), "--env", "prod").out
    columns = {line.index("  # ") for line in out.splitlines() if line[:5] != "  #  " and
               "  # " in line.lstrip() and line.strip()[0] != "#"}  # fmt: skip
    starts = {line.index("# ") for line in out.splitlines() if " # " in line.strip()}
    assert columns
    assert len(starts) == 1
    assert all(line == line.rstrip() for line in out.splitlines())


def test_the_first_environment_where_none_is_named(mlsdc: Mlsdc, design: Design) -> None:
    assert "environment dev" in mlsdc("show", "rank", design()).out


def test_the_list_of_components(mlsdc: Mlsdc, design: Design) -> None:
    text = (
        SOUND + "cache answers: unknown_system { }\n" + 'source files { existing { host = "x" } }\n'
    )
    ended = mlsdc("show", "--env", "prod", design(text))
    assert ended.code == 0
    assert [line.split() for line in ended.out.splitlines()] == [
        ["NAME", "ROLE", "SYSTEM", "REALISED"],
        ["files", "source", "-", "existing"],
        ["rank", "request", "-", "-"],
        ["score", "endpoint", "-", "nowhere", "yet"],
    ]


def test_json_tells_the_same(mlsdc: Mlsdc, design: Design) -> None:
    ended = mlsdc("show", "rank", design(), "--env", "dev", "--format", "json")
    document: Any = json.loads(ended.out)
    assert (document["schema_version"], document["environment"]) == (1, "dev")
    component = document["component"]
    assert (component["name"], component["role"], component["line"]) == ("rank", "request", 8)
    fields = {each["path"]: each for each in component["fields"]}
    assert fields["rate"] == {
        "path": "rate",
        "value": "5/s",
        "origin": {"kind": "written", "file": "design.mlsd", "line": 9, "column": 10},
        "through": [
            {
                "name": "peak", "kind": "param", "value": "5/s", "given_by": "environment",
                "environment": "dev", "file": "design.mlsd", "line": 13, "column": 49,
            }
        ],
    }  # fmt: skip
    assert fields["existing"] == {"path": "existing", "value": None, "origin": {"kind": "unset"}}


def test_json_of_derived_values_and_of_the_list(mlsdc: Mlsdc, design: Design) -> None:
    name = design()
    shown: Any = json.loads(mlsdc("show", "score", name, "--env", "prod", "--format", "json").out)
    fields = {each["path"]: each for each in shown["component"]["fields"]}
    assert fields["replicas"]["derived"]["value"] == 2
    assert fields["replicas"]["origin"] == {"kind": "default", "of": "endpoint"}
    listed: Any = json.loads(mlsdc("show", name, "--format", "json").out)
    assert [each["name"] for each in listed["components"]] == ["rank", "score"]
    assert [each["realised"] for each in listed["components"]] == [None, "nowhere"]


def test_titles_members_and_units(mlsdc: Mlsdc, design: Design) -> None:
    ended = mlsdc("show", "payments", design(SOUND + ARRIVING), "--env", "prod")
    told = lines(ended)
    assert 'stream payments "What is paid" {' in told
    assert "amount: float64 unit EUR" in told
    unset = next(line for line in ended.out.splitlines() if line.startswith("  # unset: "))
    names = unset.removeprefix("  # unset: ").split(", ")
    assert names[:2] == ["event_size", "retention"]
    assert names[-2:] == ["owner", "existing"]
    assert "rate" not in names


@pytest.mark.parametrize(
    ("name", "says"),
    [("scor", "did you mean score?"), ("payments", "mlsdc show DESIGN lists all components")],
)
def test_unknown_names(mlsdc: Mlsdc, design: Design, name: str, says: str) -> None:
    ended = mlsdc("show", name, design())
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == f"mlsdc: error: the design has no component '{name}'; {says}\n"


def test_a_component_that_cannot_be_understood(mlsdc: Mlsdc, design: Design) -> None:
    ended = mlsdc("show", "score", design(SOUND.replace("p50 = 8ms", "p50 = 8GiB")))
    assert ended.code == 2
    assert "`score` cannot be understood" in ended.err


def test_a_name_without_a_design(mlsdc: Mlsdc, design: Design) -> None:
    design()
    ended = mlsdc("show", "score")
    assert ended.code == 2
    assert "mlsdc show score design.mlsd" in ended.err


def test_a_missing_file_and_a_missing_environment(mlsdc: Mlsdc, design: Design) -> None:
    assert mlsdc("show", "score", "absent.mlsd").code == 2
    ended = mlsdc("show", "score", design(), "--env", "prd")
    assert ended.code == 2
    assert "did you mean `prod`?" in ended.err


@pytest.mark.parametrize(
    "text",
    ["90m", "25h50m", "1h30m30s", "1.5s", "850us", "45d", "16GiB", "600B", "1.5MiB", "1200/s",
     "2/m", "0.1/d", "80%", "0.4%", "5MiB/s", "50tokens/s", "300EUR/month", "12.3456789ms",
     "1234567B", "33.3/h"],
)  # fmt: skip
def test_quantities_read_back_exactly(text: str) -> None:
    quantity = parse_quantity(text)
    written = quantity_text(quantity)
    assert parse_quantity(written) == quantity
    tree, said = parse(f"v = {written}", "x")
    assert said == []
    found = tree.statements[0]
    assert isinstance(found, Assignment)
    assert isinstance(found.value, Literal)
    assert found.value.value == quantity


def test_texts_numbers_and_lists() -> None:
    assert value_text('a "b"\n\\') == '"a \\"b\\"\\n\\\\"'
    assert value_text([1, 2.5, True, "x"]) == '[1, 2.5, true, "x"]'
    assert value_text(4.0) == "4"


def test_free_blocks_read_as_they_are_written(mlsdc: Mlsdc, design: Design) -> None:
    text = """\
source crm { existing { port = 5432  token = secret { name = "crm"  key = "token" } } }
patch more {
  target    = kubernetes
  object    = "NetworkPolicy/default-deny"
  operation = add
  path      = "/metadata/annotations"
  value     { note = "a"  deep { on = true } }
  reason    = "audited"
}
"""
    told = lines(mlsdc("show", "crm", design(text)))
    assert told['token = secret { name = "crm" key = "token" }'] == "design.mlsd:1:46"
    assert told["port = 5432"] == "design.mlsd:1:32"
    told = lines(mlsdc("show", "more", design(text)))
    assert told['note = "a"'] == "design.mlsd:7:22"
    assert "deep {" in told
    assert "on = true" in told
