"""What systems make of the words of a design: their tables, versions, and the findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

import pytest

from mlsdc.compiler.analyses.claims import Claims, version
from mlsdc.compiler.model.capability import Capability, Claim
from mlsdc.compiler.model.component import Component
from mlsdc.stdlib.feature_stores.feast import Feast
from mlsdc.stdlib.find import standard_catalog
from mlsdc.stdlib.streams.kafka import Kafka
from tests.compiler.checking import at, fact, labelled, only, said

TABLES = [cls for cls in standard_catalog().all() if cls.capabilities]

TEXT = """
    entity user { key user_id: string }
    stream clicks: kafka { rate = 10/s }
    stream counts: kafka { rate = 10/s }
    lake state: s3 { }
    online_store kv: redis { nodes = 3  memory = 1GiB }
    feature_store store: feast { online = kv }
    pipeline counting: flink {
      reads       = clicks
      writes      = [kv, counts]
      delivery    = exactly_once
      checkpoints = state
    }
    features recent { store = store  computed = counting  n: int64 = count() over 1d }
    dataset rows { features = [recent]  join = point_in_time }
    """


@pytest.mark.parametrize("system", TABLES, ids=lambda cls: cls.system)
def test_tables_are_complete(system: type[Component]) -> None:
    """Known claims, a source for each, a way out of each refusal, and fields that exist."""
    for claim, can in system.capabilities.items():
        field = claim.partition(".")[0]
        assert claim in get_args(Claim) or field in system.model_fields
        assert len(can.source) > 15
        assert can.supported or can.limits or field in system.model_fields
        assert not can.requires or can.requires in system.model_fields
        assert not can.since or version(can.since)


def test_systems_without_a_word_say_nothing() -> None:
    """Neither yes nor no."""
    claims = fact(TEXT, Claims)

    assert claims.of("state", "max_age") is None
    assert claims.of(None, "max_age") is None
    assert claims.of("nobody", "expiry") is None


def test_claims_of_the_standard_systems() -> None:
    """As their vendors say; a claim that needs a field is honoured with it only."""
    claims = fact(TEXT, Claims)
    honoured = {
        (name, claim): standing.honoured
        for name, table in claims.standings.items()
        for claim, standing in table.items()
    }
    assert honoured == {
        ("store", "lookback"): True,
        ("store", "max_age"): False,
        ("store", "expiry"): False,
        ("store", "point_in_time"): True,
        ("store", "join_delay"): False,
        ("store", "created_time"): True,
        ("kv", "expiry"): True,
        ("kv", "max_age"): False,
        ("kv", "transactions"): False,
        ("counting", "exactly_once"): True,
        ("clicks", "transactions"): True,
        ("counts", "transactions"): True,
    }
    with_ttl = fact(TEXT.replace("{ online = kv }", "{ online = kv  key_ttl = 2d }"), Claims)
    standing = with_ttl.of("store", "expiry")
    assert standing is not None
    assert standing.honoured
    assert standing.value == Feast(name="x", key_ttl=standing.value).key_ttl  # type: ignore[arg-type]


@pytest.mark.parametrize(("tag", "honoured"), [("0.66.0", True), ("0.65.3", False), ("1.0", True)])
def test_version_of_the_image_counts(tag: str, honoured: bool) -> None:
    """A filter by creation time came with 0.66."""
    text = TEXT.replace(
        "{ online = kv }", f'{{ online = kv  image = "quay.io/feastdev/feature-server:{tag}" }}'
    )
    standing = fact(text, Claims).of("store", "created_time")

    assert standing is not None
    assert standing.honoured == honoured
    assert honoured or standing.reason == "feast does from 0.66 on, this is 0.65.3"


def test_filter_that_an_old_version_does_not_know() -> None:
    """The skew is judged as if the filter were not asked for."""
    text = TEXT.replace("join = point_in_time", "join = point_in_time  availability = created_time")
    text = text.replace(
        "n: int64", "materialize { every = 1d  runtime = 1h  delay = 0s  load = 0s }\n n: int64"
    )
    image = "quay.io/feastdev/feature-server:0.50.0"
    old = text.replace("{ online = kv }", f'{{ online = kv  image = "{image}" }}')

    assert said(text, "TSC034") == []
    assert "feast does from 0.66 on, this is 0.50.0" in only(old, "TSC034").message


def test_exactly_once_into_a_log_that_takes_part() -> None:
    assert said(TEXT, "REL014") == []


def test_exactly_once_without_what_it_needs() -> None:
    text = TEXT.replace("      checkpoints = state\n", "")
    found = only(text, "REL014")

    assert found.message == (
        "`counting` does not deliver exactly once: it does only with `checkpoints`"
    )
    assert at(found, text) == "exactly_once"


def table(system: type[Component], **claims: Capability) -> Mapping[str, Capability]:
    return {**system.capabilities, **claims}


def test_exactly_once_into_a_log_that_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """The job keeps its word, its sink does not; a key-value store may get a row twice."""
    refusing = Capability(False, "a page of the vendor", limits="a retry writes a row again")
    monkeypatch.setattr(Kafka, "capabilities", table(Kafka, transactions=refusing))
    found = only(TEXT, "REL014")

    assert found.message == (
        "`counting` does not deliver exactly once into `counts`: a retry writes a row again"
    )
    assert labelled(found, TEXT) == ["counts"]


def test_join_by_time_that_a_store_does_not_do(monkeypatch: pytest.MonkeyPatch) -> None:
    refusing = Capability(False, "a page of the vendor", limits="it joins the latest values")
    monkeypatch.setattr(Feast, "capabilities", table(Feast, point_in_time=refusing))
    found = only(TEXT, "TSC011")

    assert found.message == (
        "`rows` joins `recent` point in time, and `store` does not: it joins the latest values"
    )
    assert found.help == "join = logged"
    assert labelled(found, TEXT) == ["recent", "store"]


@pytest.mark.parametrize(
    ("text", "numbers"), [("v2_1", (2, 1)), ("0.66.0", (0, 66, 0)), ("4.3.1", (4, 3, 1)), ("x", ())]
)
def test_versions(text: str, numbers: tuple[int, ...]) -> None:
    assert version(text) == numbers
