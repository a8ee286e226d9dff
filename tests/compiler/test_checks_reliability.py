"""The reliability checks at their edges; REL013's are in the tests of operations."""

from __future__ import annotations

import pytest

from mlsdc.diagnostics import Diagnostic, Severity
from tests.compiler.checking import at, labelled, only, outcome, shown
from tests.compiler.checking import said as heard

PRODUCTION = 'system shop { tier = production  owner = "ml"  contact = "#ml" }\n'
SERVED = "endpoint rank { model = ranker }\n"


def said(text: str, *codes: str) -> list[Diagnostic]:
    """The findings of these codes about a design that is sound in itself."""
    wrong = [shown(d) for d in heard(text) if d.code[:3] in ("SYN", "TYP", "INT")]
    assert wrong == []
    return heard(text, *codes)


class TestKilledWhileStarting:
    """REL001."""

    @pytest.mark.parametrize(
        ("start", "allowed", "killed"),
        [("2m", "1m", True), ("2m", "2m", False), ("2m", "119s", True), ("0s", "0s", False)],
    )
    def test_start_against_its_probe(self, start: str, allowed: str, killed: bool) -> None:
        text = f"endpoint rank {{ cold_start = {start}  startup = {allowed} }}"

        assert len(said(text, "REL001")) == killed

    def test_proposed_time_is_enough(self) -> None:
        text = "endpoint rank { cold_start = 100s  startup = 60s }"
        found = only(text, "REL001")

        assert found.help == "startup = 125s"
        assert said(text.replace("startup = 60s", found.help), "REL001") == []

    def test_asked_where_a_model_is_loaded_in_production(self) -> None:
        assert said("model ranker { }\n" + SERVED, "REL001") == []
        found = only(PRODUCTION + "model ranker { }\n" + SERVED, "REL001")
        assert found.missing == ("rank.cold_start",)
        assert said(PRODUCTION + "endpoint rules { }", "REL001") == []
        assert said(PRODUCTION + "endpoint rank { existing { } }", "REL001") == []

    def test_environments_are_told_apart(self) -> None:
        text = """
            param load: duration = 4m
            endpoint rank { cold_start = load  startup = 2m }
            environment dev { load = 1m }
            environment prod { }
            """
        assert only(text, "REL001").environments == ("prod",)


class TestReplicas:
    """REL002 and REL012 divide one fault: what a fallback stands in for, and what nothing does."""

    TEXT = """
        endpoint a { replicas = 1 }
        endpoint b { replicas = 2 }
        request ask {
          rate = 1/s
          CALLS
        }
        """

    @pytest.mark.parametrize(
        ("calls", "codes"),
        [
            ("call a", ["REL012"]),
            ("call a  timeout 1s  fallback b", ["REL002"]),
            ("call b { call a }", ["REL012"]),
            ("call b\n call a  asynchronous", ["REL002"]),
            ("call b\n branch 5% { call a }", ["REL012"]),
            ("parallel first 1 { call a\n call b }", ["REL002"]),
            ("call b", []),
        ],
    )
    def test_one_finding_for_one_replica(self, calls: str, codes: list[str]) -> None:
        text = self.TEXT.replace("CALLS", calls)

        assert [d.code for d in said(PRODUCTION + text, "REL002", "REL012")] == codes
        assert said(text, "REL002", "REL012") == []

    def test_share_that_fails(self) -> None:
        text = PRODUCTION + self.TEXT.replace("CALLS", "call b\n branch 5% { call a }")

        assert "5% of the requests of `ask`" in only(text, "REL012").message

    def test_stores(self) -> None:
        text = (
            PRODUCTION
            + """
            online_store keys: redis { NODES  memory = 1GiB }
            request ask {
              rate = 1/s
              call keys
            }
            """
        )

        def lone(nodes: str) -> list[str]:
            return [d.help for d in said(text.replace("NODES", nodes), "REL012")]

        assert lone("") == ["nodes = 2"]
        assert lone("nodes = 2") == []
        assert lone("nodes = 3") == []
        assert lone("nodes = 3  followers = 0") == ["followers = 1"]
        assert said(text.replace(": redis { NODES  memory = 1GiB }", " { }"), "REL012") == []

    def test_one_zone_is_told_where_it_is(self) -> None:
        text = (
            PRODUCTION
            + self.TEXT.replace("CALLS", "call b")
            + (
                "environment lab { platform = kubernetes { zones = 1 } }\n"
                'environment prod { platform = aws { region = "eu-west-1" } }\n'
            )
        )
        found = only(text, "REL012")

        assert found.environments == ("lab",)
        assert at(found, text) == "1"


class TestMemoryTooSmall:
    """REL004."""

    @pytest.mark.parametrize(
        ("fields", "found"),
        [("memory = 4GiB", True), ("memory = 6GiB", True), ("memory = 7GiB", False),
         ("memory = 4GiB  gpus = 1 x l4", False), ("", False)],
    )  # fmt: skip
    def test_model_in_memory(self, fields: str, found: bool) -> None:
        text = f"model ranker {{ size = 6GiB }}\nendpoint rank {{ model = ranker  {fields} }}"

        assert bool(said(text, "REL004")) == found

    def test_guesses_are_told_in_production_only(self) -> None:
        text = 'endpoint rank: container { image = "registry.example.com/rank:1"  cpu = 1 }'
        found = only(PRODUCTION + text, "REL004")

        assert said(text, "REL004") == []
        assert found.severity is Severity.WARNING
        assert "its memory" in found.message
        assert found.help == "memory = 4GiB"
        assert said(PRODUCTION + "endpoint rank { }", "REL004") == []  # nothing runs yet


class TestAvailabilityOverstated:
    """REL010."""

    TEXT = """
        endpoint a { availability = 99.9% }
        endpoint b { FIELD }
        request ask {
          rate = 10/s
          budget { OBJECTIVE }
          call a
          call b
        }
        """

    def found(self, objective: str, field: str = "availability = 99.9%") -> list[str]:
        text = self.TEXT.replace("OBJECTIVE", objective).replace("FIELD", field)
        return [d.help for d in said(text, "REL010")]

    @pytest.mark.parametrize(
        ("objective", "over"),
        [("availability >= 99.9%", True), ("availability >= 99.8%", False),
         ("errors <= 0.1%", True), ("errors <= 0.2%", False), ("p99 <= 1ms", False),
         ("availability >= 99.9%  p99 <= 1ms", True)],
    )  # fmt: skip
    def test_objectives(self, objective: str, over: bool) -> None:
        assert bool(self.found(objective)) == over

    def test_proposed_objective_passes(self) -> None:
        (proposed,) = self.found("availability >= 99.99%")

        assert proposed == "availability >= 99.8001%, or a fallback of `a`"
        assert self.found(proposed.partition(",")[0]) == []

    def test_upper_bound_decides_without_the_rest(self) -> None:
        assert self.found("availability >= 99.99%", "") != []
        assert self.found("availability >= 99.9%", "") == []

    def test_unknown_is_asked_for_in_production(self) -> None:
        text = self.TEXT.replace("OBJECTIVE", "availability >= 99.9%").replace("FIELD", "")

        assert only(PRODUCTION + text, "REL010").missing == ("b.availability",)

    def test_slo_is_a_promise_too(self) -> None:
        text = self.TEXT.replace("budget { OBJECTIVE }", "").replace("FIELD", "availability = 99%")
        text += "slo steady { request = ask  target { availability >= 99.9% } }\n"
        found = only(text, "REL010")

        assert at(found, text) == "availability >= 99.9%"
        assert labelled(found, text) == ["b", "a"]


class TestLostOrDoubledEvents:
    """REL014."""

    TEXT = """
        stream clicks { KEPT }
        stream copies { }
        online_store keys { }
        pipeline job { reads = clicks  writes = WRITES  FIELDS }
        """

    def found(self, fields: str, kept: str = "", writes: str = "keys", text: str = "") -> list[str]:
        text += self.TEXT.replace("KEPT", kept).replace("WRITES", writes)
        return [d.severity.word for d in said(text.replace("FIELDS", fields), "REL014")]

    def test_retention(self) -> None:
        assert self.found("recovery = 2d", "retention = 1d") == ["warning"]
        assert self.found("recovery = 1d", "retention = 1d") == []

    def test_what_is_written_twice(self) -> None:
        assert self.found("delivery = at_least_once", writes="copies") == ["warning"]
        assert self.found("delivery = exactly_once", writes="copies") == []
        assert self.found("delivery = at_least_once", writes="keys") == []

    def test_production_states_what_happens(self) -> None:
        whole = "recovery = 1h  "
        kept = "retention = 1d"

        assert self.found("") == []
        assert self.found(whole, kept, text=PRODUCTION) == ["warning"]
        assert self.found(whole + "on_error = drop", kept, text=PRODUCTION) == ["warning"]
        assert self.found(whole + "on_error = stop", kept, text=PRODUCTION) == []
        assert self.found(whole + "dead_letter = copies", kept, text=PRODUCTION) == []
        assert self.found("on_error = stop", text=PRODUCTION) == ["note"]
        assert self.found("every = 1d", text=PRODUCTION) == []


@pytest.mark.parametrize(
    ("promise", "fields", "found"),
    [
        (
            "recovery_time = 2h",
            "restore = 6h",
            ["restore = 2h, or recovery_time = 6h in the system"],
        ),
        ("recovery_time = 6h", "restore = 6h", []),
        (
            "recovery_point = 1h",
            "backup = 1d",
            ["backup = 1h, or recovery_point = 1d in the system"],
        ),
        ("recovery_point = 1d", "backup = 1d", []),
        ("recovery_point = 1d", "existing { }", []),
        ("", "backup = 1d  restore = 9d", []),
    ],
)
def test_late_recovery(promise: str, fields: str, found: list[str]) -> None:
    """REL011."""
    text = f"system shop {{ {promise} }}\nlake raw {{ {fields} }}"

    assert [d.help for d in said(text, "REL011")] == found


def test_recovery_that_is_not_stated() -> None:
    """What is promised is asked of every store; nothing is where nothing is promised."""
    text = "system shop { recovery_time = 2h }\nlake raw { }\nonline_store keys { }\n"

    assert [d.missing for d in said(text, "REL011")] == [("raw.restore",), ("keys.restore",)]
    assert said(text.replace("recovery_time = 2h", ""), "REL011") == []


def test_nobody_answers() -> None:
    """REL017: one finding for all that have no owner."""
    names = "abcde"
    text = "system shop { tier = critical }\n" + "".join(f"endpoint {n} {{ }}\n" for n in names)
    messages = [d.message for d in said(text, "REL017")]

    assert sorted(messages) == [
        "nobody is named who is called when shop fails",
        "nobody owns `a`, `b`, `c` and 2 more",
    ]
    assert said(text.replace("critical", "internal"), "REL017") == []
    assert said("system shop { tier = critical }\n", "REL017") == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("endpoint a { availability = 101% }", "availability"),
        ("endpoint a { replica_availability = 3s }", "replica_availability"),
        ("endpoint a { startup = 3 }", "startup"),
        ("pipeline a { on_error = ignore }", "on_error"),
        ("pipeline a { recovery = often }", "recovery"),
        ("environment a { platform = kubernetes { zone_availability = 2 } }", "zone_availability"),
    ],
)
def test_wrong_values(text: str, word: str) -> None:
    found = [d for d in outcome(text).diagnostics if d.severity is Severity.ERROR]

    assert [d.code for d in found] in (["TYP002"], ["TYP003"], ["SYN020"])
    assert word in found[0].message
