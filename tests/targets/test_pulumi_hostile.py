"""Whatever a design is called: the program stays a program, and texts stay data."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsdc.targets.pulumi import PulumiTarget
from mlsdc.targets.pulumi.names import identifiers, shortened, tag_value
from mlsdc.targets.pulumi.printer import literal, print_modules
from mlsdc.targets.pulumi.resources import Json, Module, Named, Ref, Value
from tests.targets.pulumi_program import emitted, plan, put, run

HOSTILE = r'a"b' + "'''" + r"\\n{{ 7 * 7 }} ${HOME} \" + __import__(\"os\") + \" ]]> # <b>"
DESIGN = """
system {name} {title} {{
  owner = {title}
  tier  = internal
}}
stream class: kafka {title} {{ rate = 10/s  event_size = 1KiB  retention = 1d }}
stream json: kafka {{ rate = 10/s  event_size = 1KiB  retention = 1d  owner = {title} }}
lake import: s3 {title} {{ retention = 10d  encryption = customer_key }}
lake pulumi: s3 {{ format = iceberg }}
online_store lambda: redis {{ nodes = 1  memory = 1GiB }}
environment prod {{ platform = aws {{ region = "eu-west-1" }} }}
"""


def _design(title: str, name: str = "aws") -> str:
    escaped = title.replace('"', '\\"').replace("${", "\\${")
    return DESIGN.format(title=f'"{escaped}"', name=name)


def test_hostile_texts_give_a_valid_program(tmp_path: Path) -> None:
    pytest.importorskip("pulumi_aws", reason="needs the extra `aws`")
    files = emitted(plan(_design(HOSTILE.replace('\\"', "").replace("\\", "/"))))
    report = run(put(files, tmp_path))
    names = {name for typ, name, _ in report["resources"] if typ == "aws:s3/bucket:Bucket"}
    assert names == {"import", "pulumi"}
    code = "".join(f.content.decode() for path, f in files.items() if path.endswith(".py"))
    assert "__import__" not in "".join(
        node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)
    )


@pytest.mark.parametrize("clash", ["a_b", "A_b", "a__b"])
def test_two_names_that_become_one_are_a_finding(clash: str) -> None:
    text = _design("x") + f"lake {clash}: s3 {{}}\nlake a_B: s3 {{}}\n"
    said = list(PulumiTarget().complaints(plan(text)))
    assert said
    assert all(d.code == "EMT002" and "are called" in d.message for d in said)


@given(st.text())
def test_a_literal_reads_back(text: str) -> None:
    assert ast.literal_eval(literal(text)) == text


@given(st.recursive(st.text() | st.integers() | st.booleans(),
                    lambda inner: st.lists(inner, max_size=3)
                    | st.dictionaries(st.text(), inner, max_size=3), max_leaves=12))  # fmt: skip
def test_a_document_prints_to_itself(document: Value) -> None:
    modules = [Module("m", "A module.", (Named("import", Json(document)),))]
    space: dict[str, str] = {}
    exec(print_modules(modules)["m"], space)
    assert json.loads(space["import_"]) == document


def test_a_reference_to_what_does_not_exist_yet_is_refused() -> None:
    first, second = Module("a", "A.", (Named("x", Ref("y")),)), Module("b", "B.", (Named("y", 1),))
    with pytest.raises(KeyError):
        print_modules([first, second])
    assert "from b import y" in print_modules([second, first])["a"]


@given(st.lists(st.text(), unique=True, max_size=20))
def test_identifiers_are_legal_and_unique(keys: list[str]) -> None:
    found = identifiers(keys, {"aws", "pulumi"})
    assert len(set(found.values())) == len(keys)
    assert not {"aws", "pulumi"} & set(found.values())
    for name in found.values():
        compile(f"{name} = 1", "x", "exec")


@given(st.text())
def test_a_tag_is_legal(text: str) -> None:
    assert 1 <= len(tag_value(text)) <= 256
    assert all(c.isascii() and (c.isalnum() or c in " _.:/=+-@") for c in tag_value(text))


def test_a_long_name_is_cut_by_a_digest() -> None:
    one, other = shortened("a" * 80, 40), shortened("a" * 81, 40)
    assert len(one) == len(other) == 40
    assert one != other
