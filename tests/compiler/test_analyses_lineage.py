"""Where features come from, which requests reach an endpoint, and what leads back to itself."""

from __future__ import annotations

import pytest

from mlsdc.compiler.analyses.callers import Callers
from mlsdc.compiler.analyses.cycles import Cycles
from mlsdc.compiler.analyses.lineage import FeatureLineage, Lineage
from tests.compiler.checking import fact, outcome

DATA = """
    entity card { key card_id: string }
    stream payments { rate = 10/s  event { card_id: string  amount: float64 } }
    source disputes { rate = 1/s  event { fraud: bool } }
    lake events: s3 { from = [payments, disputes] }
    lake tables: s3 { }
    pipeline clean { reads = events  writes = tables  every = 1d }
    pipeline profile { reads = tables  every = 1d }
    features spending {
      entity   = card
      computed = profile
      spend_30d: float64 = sum(amount) over 30d
      rate_90d:  float64 = mean(fraud) over 90d
      ratio:     float64 = spend_30d / rate_90d
    }
    features live {
      entity = card
      share: float64 = request.amount / spending.ratio
    }
    """


def lineage(text: str, view: str, feature: str) -> FeatureLineage:
    return fact(text, Lineage).features[view, feature]


def test_column_is_traced_to_the_stream_that_declares_it() -> None:
    """Through jobs and lakes, with every name on the way."""
    (reading,) = lineage(DATA, "spending", "spend_30d").readings

    assert (reading.origin, reading.name) == ("payments", "amount")
    assert reading.path == (
        "payments", "events", "clean", "tables", "profile", "spending.spend_30d",
    )  # fmt: skip


def test_feature_of_features_reads_what_they_read() -> None:
    """In the same view and across views; the request's fields have no origin."""
    assert lineage(DATA, "live", "share").columns == {("payments", "amount"), ("disputes", "fraud")}
    (first, _) = lineage(DATA, "live", "share").readings
    assert first.path[-3:] == ("spending.spend_30d", "spending.ratio", "live.share")


def test_shortest_way_is_taken() -> None:
    """A job that also reads the first lake itself is nearer."""
    text = DATA.replace(
        "pipeline profile { reads = tables", "pipeline profile { reads = [tables, events]"
    )
    (reading,) = lineage(text, "spending", "spend_30d").readings

    assert reading.path == ("payments", "events", "profile", "spending.spend_30d")


def test_undeclared_columns_are_named() -> None:
    """A source that does not declare its columns may have any."""
    text = DATA.replace("event { fraud: bool } ", "").replace(
        "source disputes { rate", "source disputes { lag = 1s  rate"
    )
    found = lineage(text, "spending", "rate_90d")

    assert found.unplaced == ("fraud",)
    assert "disputes" in found.origins


def test_column_without_a_definition_is_read_by_its_name() -> None:
    """`amount: float64` alone takes the column over."""
    text = DATA.replace("spend_30d: float64 = sum(amount) over 30d", "amount: float64").replace(
        "spend_30d / ", "amount / "
    )
    assert lineage(text, "spending", "amount").columns == {("payments", "amount")}


def test_both_implementations_are_upstream() -> None:
    """Offline and online may read from different places."""
    text = DATA.replace(
        "computed = profile", "offline { computed = profile }  online { computed = hot }"
    )
    text += "    pipeline hot { reads = payments }\n"
    found = lineage(text, "spending", "spend_30d")

    assert {"profile", "hot", "payments", "tables"} <= set(found.origins)


def test_many_layers_take_no_time() -> None:
    """Each feature reads two of the layer below: every way is walked once, not twice to the n."""
    layers = "".join(
        f"  a{n}: float64 = a{n - 1} + b{n - 1}\n  b{n}: float64 = a{n - 1} - b{n - 1}\n"
        for n in range(1, 60)
    )
    text = f"features deep {{\n  a0: float64\n  b0: float64\n{layers}}}\n"

    assert lineage(text, "deep", "a59").unplaced == ("a0", "b0")


CALLS = """
    endpoint a { replicas = 1 }
    endpoint b { replicas = 1 }
    endpoint c { replicas = 1 }
    endpoint shadow { replicas = 1 }
    request inner {
      call b  timeout 1ms  fallback c
    }
    request outer {
      rate = 1/s
      call a { call inner }
    }
    request other {
      rate = 1/s
      branch 10% { call a }
    }
    """


def test_chains_run_from_the_client_to_the_endpoint() -> None:
    """A request that only others call is no start; fallbacks are reached as well."""
    found = fact(CALLS, Callers)

    assert found.of("a") == (("other",), ("outer",))
    assert found.of("b") == found.of("c") == (("outer", "inner"),)
    assert found.of("shadow") == ()
    assert found.fetched("b", ("outer", "inner"))
    assert not found.fetched("b", ("other",))


def test_request_with_a_rate_of_its_own_is_sent_as_well() -> None:
    """It is called by others, and by clients."""
    text = CALLS.replace("request inner {", "request inner {\n      rate = 1/s")

    assert fact(text, Callers).of("b") == (("inner",), ("outer", "inner"))


@pytest.mark.parametrize(
    ("experiment", "chains"),
    [
        ("control = a  treatment = shadow", (("other",), ("outer",))),
        ("control = a  treatment = shadow  request = other", (("other",),)),
        ("control = a", ()),
    ],
)
def test_treatments_are_reached_by_what_is_split(
    experiment: str, chains: tuple[tuple[str, ...], ...]
) -> None:
    """The experiment's request, else whatever reaches the control."""
    text = CALLS + f"    experiment trial {{ {experiment} }}\n"

    assert fact(text, Callers).of("shadow") == chains


def test_requests_that_call_each_other_are_all_walked_once() -> None:
    """No start and no end, and still no endless walk."""
    text = """
        endpoint a { replicas = 1 }
        request one {
          call a
          call two
        }
        request two { call one }
        """
    assert fact(text, Callers).of("a") == (("one",), ("two", "one"))


def chains(text: str) -> dict[str, list[str]]:
    found = outcome(text).compiled[0].facts.get(Cycles)
    kinds = {"calls": found.calls, "computations": found.computations, "flows": found.flows,
             "stores": found.stores}  # fmt: skip
    return {kind: [" ".join(c.chain) for c in cycles] for kind, cycles in kinds.items() if cycles}


PIPES = """
    stream a { rate = 1/s }
    stream b { rate = 1/s }
    lake raw: s3 { from = a }
    lake gold: s3 { }
    """


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (CALLS, {}),
        (CALLS.replace("call a { call inner }", "call a { call b { call a } }"),
         {"calls": ["a b a"]}),
        (CALLS.replace("call a { call inner }", "call a { call b { call c { call a } } }"),
         {"calls": ["a b c a"]}),
        (CALLS.replace("call a { call inner }", "call a { call b { call a  asynchronous } }"), {}),
        (CALLS.replace("call a { call inner }", "call a { call a }"), {"calls": ["a a"]}),
        (CALLS.replace("fallback c", "fallback c\n      call outer"),
         {"calls": ["inner outer inner"]}),
        (CALLS.replace("fallback c", "fallback c\n      call inner"), {"calls": ["inner inner"]}),
        (CALLS.replace("fallback c", "fallback c\n      call outer  asynchronous"), {}),
        (PIPES + "pipeline p { reads = a  writes = b }", {}),
        (PIPES + "pipeline p { reads = a  writes = a }", {"flows": ["a p a"]}),
        (PIPES + "pipeline p { reads = a  writes = b }\npipeline q { reads = b  writes = a }",
         {"flows": ["a p b q a"]}),
        (PIPES + "pipeline p { reads = a  writes = b  dead_letter = a }", {}),
        (PIPES + "pipeline p { reads = raw  writes = raw }", {}),
        (PIPES + "pipeline p { reads = raw  writes = gold }\n"
                 "pipeline q { reads = gold  writes = gold }", {}),
        (PIPES + "pipeline p { reads = raw  writes = gold }\n"
                 "pipeline q { reads = gold  writes = raw }", {"stores": ["gold q raw p gold"]}),
        (PIPES + "pipeline p { reads = raw  writes = a }", {"stores": ["a raw p a"]}),
        (PIPES + "pipeline p { reads = [a, raw]  writes = a }", {"flows": ["a p a"]}),
        ("features v { x: float64 = y + 1\n y: float64 = x + 1 }",
         {"computations": ["v.x v.y v.x"]}),
        ("features v { x: float64 = w.y }\nfeatures w { y: float64 = v.x }",
         {"computations": ["v.x w.y v.x"]}),
        ("features v { x: float64 = w.y\n z: float64 }\nfeatures w { y: float64 = v.z }", {}),
    ],
)  # fmt: skip
def test_cycles(text: str, expected: dict[str, list[str]]) -> None:
    """Each kind by itself; what only looks like a cycle is none."""
    assert chains(text) == expected


def test_two_cycles_are_two_findings() -> None:
    """Cycles that share nothing are reported each, with the place of every link."""
    text = PIPES + (
        "pipeline p { reads = a  writes = a }\npipeline q { reads = b  writes = b }"
        "\nfeatures v { x: float64 = y\n y: float64 = x }"
    )
    assert chains(text) == {"flows": ["a p a", "b q b"], "computations": ["v.x v.y v.x"]}
    one = outcome(text).compiled[0].facts.get(Cycles).flows[0]
    assert [ends for _, ends in one.links] == ["a -> p", "p -> a"]
