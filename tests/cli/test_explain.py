"""`mlsdc explain`: every rule, role and system has a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import pytest

from mlsdc.cli.field_docs import field_docs
from mlsdc.cli.known_rules import known_rules
from mlsdc.cli.rules import CALLING_RULES
from mlsdc.compiler.catalog import roles
from mlsdc.compiler.model import types
from mlsdc.compiler.model.part import Part, clause_classes
from mlsdc.compiler.model.request import Budget, Call, Request
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.stdlib.find import standard_catalog
from tests.cli.conftest import Ended

Mlsdc = Callable[..., Ended]


def test_a_check_is_explained_by_code_or_slug(mlsdc: Mlsdc) -> None:
    page = mlsdc("explain", "LAT002")
    assert page.code == 0
    assert page.out.startswith(
        "error[LAT002] path-over-budget\nA request is slower than its budget.\n"
    )
    for heading in ("Why: ", "Bad:\n", "Good:\n", "Source: Dean and Barroso"):
        assert f"\n{heading}" in page.out
    assert mlsdc("explain", "lat002").out == page.out
    assert mlsdc("explain", "path-over-budget").out == page.out


def test_every_rule_is_explained(mlsdc: Mlsdc) -> None:
    listed = mlsdc("explain", "rules").out
    for rule in known_rules().values():
        page = mlsdc("explain", rule.slug)
        assert page.out.startswith(f"{rule.severity.word}[{rule.code}] {rule.slug}\n")
        assert len(page.out.splitlines()) > 2, f"{rule.code} has a title and no page"
        assert f"{rule.code}  " in listed


def test_codes_and_slugs_are_unique() -> None:
    from mlsdc.compiler.rules import MODEL_RULES
    from mlsdc.compiler.schedule import standard_checks
    from mlsdc.dsl.rules import LANGUAGE_RULES

    every = [*LANGUAGE_RULES, *CALLING_RULES, *MODEL_RULES]
    every += {check.rule.code: check.rule for check in standard_checks()}.values()
    assert len({rule.code for rule in every}) == len(every)
    assert len({rule.slug for rule in every}) == len(every)


def test_a_field_is_explained_by_its_block(mlsdc: Mlsdc) -> None:
    """What a finding misses has a name, and the name a page."""
    page = mlsdc("explain", "index.query_encoder")
    assert page.code == 0
    assert page.out.startswith("query_encoder of index\n\n  query_encoder ")
    assert "What turns queries into vectors." in page.out

    inner = mlsdc("explain", "endpoint.latency")
    assert "\n    p99 " in inner.out
    assert "\n  latency.at " not in inner.out
    assert mlsdc("explain", "endpoint.latency.at").out.startswith("latency.at of endpoint\n")
    assert mlsdc("explain", "kafka.retention").code == 0


@pytest.mark.parametrize(
    ("topic", "hint"),
    [
        ("index.query_encodre", "did you mean index.query_encoder?"),
        ("near.query_encoder", "mlsdc explain ROLE.FIELD"),
        ("index.zzzzzz", "try: mlsdc explain index"),
        ("index.", "nothing called"),
        (".", "nothing called"),
        ("index..", "nothing called"),
    ],
)
def test_what_is_no_field_has_a_hint(mlsdc: Mlsdc, topic: str, hint: str) -> None:
    """Also for the name of a component, which a finding tells."""
    page = mlsdc("explain", topic)
    assert page.code == 2
    assert hint in page.err


def test_roles_list_their_systems(mlsdc: Mlsdc) -> None:
    page = mlsdc("explain", "roles").out
    for role in roles():
        assert f"\n  {role} " in page
    assert "systems: container" in page


def test_every_role_and_system_is_explained(mlsdc: Mlsdc) -> None:
    for word in {*roles(), *standard_catalog().names()}:
        page = mlsdc("explain", word)
        assert page.code == 0, word
        assert "Fields" in page.out, word


def test_a_role_lists_fields_with_type_default_and_meaning(mlsdc: Mlsdc) -> None:
    lines = [line.split() for line in mlsdc("explain", "endpoint").out.splitlines()]
    page = "\n".join(" ".join(words) for words in lines)
    assert "\nreplicas whole number from 1, or auto default auto\n" in page
    assert (
        "\nutilisation share, such as 80% default 0.7\nThe load one replica is planned for" in page
    )
    assert "\nsize whole number from 1 to 10,000 required\n" in page
    assert "\nmodel name of: model\n" in page
    assert "\nfeatures one or several: features\n" in page
    assert page.index("\nreplicas") < page.index("\nowner"), "what every component has comes last"


def test_a_request_lists_its_statements(mlsdc: Mlsdc) -> None:
    page = mlsdc("explain", "request").out
    assert "call | parallel | branch | cached statements, in order" in page
    assert "p99 <= 50ms       objectives" in page
    assert "      timeout         duration, such as 20ms" in page


def parts() -> set[type[Part]]:
    """Every class a design can hold."""
    found: set[type[Part]] = set()
    open_ = [*roles().values(), *standard_catalog().all(), *clause_classes().values()]
    while open_:
        cls = open_.pop()
        if cls not in found:
            found.add(cls)
            open_ += [doc.inner for doc in field_docs(cls) if doc.inner is not None]
    return found


def test_every_field_type_has_words() -> None:
    for cls in parts():
        for doc in field_docs(cls):
            assert doc.type, f"{cls.__name__}.{doc.name}"
            assert not any(
                word in doc.type for word in ("Annotated", "typing", "Quantity", "<class")
            ), f"{cls.__name__}.{doc.name}: {doc.type}"


def test_defaults_and_meanings_are_those_of_the_class() -> None:
    docs = {doc.name: doc for doc in field_docs(Endpoint)}
    assert docs["replicas"].default == "auto"
    assert docs["memory"].default == ""
    assert docs["cold_start"].text == "Image pull, weight load and warm-up."
    calls = {doc.name: doc for doc in field_docs(Call)}
    assert calls["target"].required
    assert calls["asynchronous"].default == "false"
    assert calls["times"].text == "Calls made one after the other."
    assert "p99 <= 50ms" in {doc.name for doc in field_docs(Budget)}
    assert "name" not in {doc.name for doc in field_docs(Request)}
    assert get_args(types.Share)[0] is float


@pytest.mark.parametrize(
    ("topic", "hint"),
    [
        ("LAT0002", "did you mean LAT002?"),
        ("pathoverbudget", "did you mean path-over-budget?"),
        ("endpiont", "did you mean endpoint?"),
        ("xyzzy", "try: mlsdc explain rules, mlsdc explain roles"),
        ("", "try: mlsdc explain rules, mlsdc explain roles"),
    ],
)
def test_a_topic_that_does_not_exist(mlsdc: Mlsdc, topic: str, hint: str) -> None:
    ended = mlsdc("explain", topic)
    assert ended.code == 2
    assert ended.out == ""
    assert ended.err == f"mlsdc: error: there is nothing called {topic!r} to explain; {hint}\n"
