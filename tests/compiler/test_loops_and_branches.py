"""`for` and `if`: what they make, and what is said where they cannot."""

from __future__ import annotations

import pytest

from tests.compiler.composing import STREAM, design, names, said, told

CHOICE = f"""
param peak: rate = 10/s
if peak > 100/s {{ stream busy: kafka {{ {STREAM} }} }}
else if peak > 50/s {{ stream steady: kafka {{ {STREAM} }} }}
else {{ stream quiet: kafka {{ {STREAM} }} }}
"""


class TestLoops:
    def test_a_component_for_each_item(self) -> None:
        text = f"for region in [eu, us] {{ stream events: kafka {{ {STREAM} }} }}"
        assert names(text) == ["events_eu", "events_us"]

    @pytest.mark.parametrize(
        ("items", "suffixes"),
        [
            ("range(3)", ["0", "1", "2"]),
            ("range(2, 4)", ["2", "3"]),
            ('["eu-west-1", "us east"]', ["eu_west_1", "us_east"]),
            ("[10m, 1h]", ["10m", "1h"]),
            ("[[a, b], [c]]", ["0", "1"]),
            ("[x for x in [1, 2, 3] if x > 1]", ["2", "3"]),
            ("[true, false]", ["false", "true"]),
            ("[]", []),
        ],
    )
    def test_items_become_parts_of_names(self, items: str, suffixes: list[str]) -> None:
        text = f"for item in {items} {{ stream events: kafka {{ {STREAM} }} }}"
        assert names(text) == [f"events_{suffix}" for suffix in suffixes]

    def test_the_variable_stands_for_the_item(self) -> None:
        text = """
        for limit in [10/s, 20/s] {
          stream events: kafka "at ${limit}" { rate = limit * 2  retention = 1d }
        }
        """
        found = design(text).components
        assert found["events_10_s"].title == "at 10/s"
        assert str(found["events_20_s"].rate.value) == "40.0"  # type: ignore[attr-defined]

    def test_names_inside_mean_what_the_loop_makes(self) -> None:
        text = f"""
        for region in [eu, us] {{
          stream events: kafka {{ {STREAM} }}
          lake copy: s3 {{ from = events }}
        }}
        """
        assert design(text).components["copy_us"].origin == ("events_us",)  # type: ignore[attr-defined]

    def test_loops_within_loops(self) -> None:
        text = f"""
        for region in [eu, us] {{
          for zone in range(2) {{ stream events: kafka "${{region}} ${{zone}}" {{ {STREAM} }} }}
        }}
        """
        found = design(text).components
        assert {n: c.title for n, c in found.items()} == {
            "events_eu_0": "eu 0",
            "events_eu_1": "eu 1",
            "events_us_0": "us 0",
            "events_us_1": "us 1",
        }

    def test_an_inner_variable_hides_an_outer_one(self) -> None:
        text = f"for x in [a] {{ for x in [b] {{ stream s: kafka '${{x}}' {{ {STREAM} }} }} }}"
        assert design(text.replace("'", '"')).components["s_a_b"].title == "b"

    def test_steps_of_a_request(self) -> None:
        text = """
        for n in range(2) {
          endpoint shard: container {
            image = "registry.example.com/shard:1"  latency { p50 = 2ms  p99 = 9ms  at = 90/s }
          }
        }
        let shards = [shard_0, shard_1]
        request search { rate = 5/s  for s in shards { call s timeout 20ms } }
        """
        steps = design(text).components["search"].steps  # type: ignore[attr-defined]
        assert [step.target for step in steps] == ["shard_0", "shard_1"]

    def test_columns_of_features(self) -> None:
        text = """
        entity card { key card_id: string }
        stream payments: kafka {
          rate = 1/s  retention = 1d
          event { card_id: string  amount: float64  at: timestamp event_time }
        }
        feature_store store: feast { online = fast  offline = events }
        online_store fast: redis { nodes = 1  memory = 1GiB }
        lake events: s3 { from = payments }
        features activity {
          entity = card  store = store
          for window in [10m, 1h] { spend: float64 = sum(amount) over window }
        }
        """
        columns = design(text).components["activity"].columns  # type: ignore[attr-defined]
        assert {name: column.over.value for name, column in columns.items()} == {
            "spend_10m": 600.0,
            "spend_1h": 3600.0,
        }

    def test_overlays_of_an_environment(self) -> None:
        text = f"""
        for n in range(2) {{ stream events: kafka {{ {STREAM} }} }}
        environment prod {{
          platform = kubernetes
          for name in [events_0, events_1] {{ name {{ partitions = 7 }} }}
        }}
        """
        found = design(text, "prod").components
        assert [c.partitions for c in found.values()] == [7, 7]  # type: ignore[attr-defined]

    @pytest.mark.parametrize(
        ("head", "code", "at"),
        [
            ("for x in 3", "SYN047", "3"),
            ("for x in nothing", "SYN047", "nothing"),
            ("for x", "SYN047", "x"),
            ("for x of [a]", "SYN047", "x of [a]"),
            ("for 3 in [a]", "SYN047", "3 in [a]"),
            ("for x in [a, b, a]", "SYN047", "a"),
            ("for x in range(100_000)", "TYP006", "range(100_000)"),
            ("for x in [1/0]", "TYP007", "1/0"),
        ],
    )
    def test_what_cannot_be_gone_over(self, head: str, code: str, at: str) -> None:
        text = f"{head.replace('1/0', '1 / 0')} {{ stream s: kafka {{ {STREAM} }} }}"
        assert told(text) == [(code, at.replace("1/0", "1 / 0"))]

    def test_a_broken_loop_breaks_nothing_else(self) -> None:
        text = f"""
        for x in nothing {{ stream s: kafka {{ {STREAM} }} }}
        lake copy: s3 {{ from = s_a }}
        lake other: s3 {{ from = absent }}
        """
        assert told(text) == [("SYN047", "nothing"), ("SYN020", "absent")]

    def test_loops_end(self) -> None:
        inner = "stream s: kafka { rate = 1/s }"
        for letter in "abcdef":
            inner = f"for {letter} in range(60) {{ {inner} }}"
        assert [d.code for d in said(inner)] == ["SYN046"]


class TestBranches:
    @pytest.mark.parametrize(
        ("peak", "made"), [("10/s", "quiet"), ("60/s", "steady"), ("200/s", "busy")]
    )
    def test_one_branch_is_taken(self, peak: str, made: str) -> None:
        assert names(CHOICE, peak=peak) == [made]

    def test_each_environment_decides(self) -> None:
        text = CHOICE + "environment dev { peak = 1/s }\nenvironment prod { peak = 900/s }"
        assert names(text, "dev") == ["quiet"]
        assert names(text, "prod") == ["busy"]

    def test_fields_of_a_component(self) -> None:
        text = """
        param big: bool = true
        stream s: kafka { rate = 1/s  retention = 1d
          if big { partitions = 96 } else { partitions = 3 } }
        """
        assert design(text).components["s"].partitions == 96  # type: ignore[attr-defined]
        assert design(text, big="false").components["s"].partitions == 3  # type: ignore[attr-defined]

    def test_a_conditional_value(self) -> None:
        text = """
        param big: bool = true
        stream s: kafka { rate = 1/s  retention = 1d  partitions = 96 if big else 3 }
        """
        assert design(text, big="false").components["s"].partitions == 3  # type: ignore[attr-defined]

    def test_what_only_another_branch_uses_is_used(self) -> None:
        text = f"""
        param big: bool = true
        let many = 96
        stream s: kafka {{ {STREAM}  partitions = 3 if big else many }}
        if big {{}} else {{ stream t: kafka {{ {STREAM} partitions = many }} }}
        """
        assert names(text) == ["s"]

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("else { }", [("SYN026", "else")]),
            ("if true { }\nsystem s {}\nelse { }", [("SYN026", "else")]),
            ("if true { }\nelse { }\nelse { }", [("SYN026", "else")]),
            ("if 3 { }", [("TYP002", "3")]),
            ("if { }", [("SYN026", "if { }")]),
            ("if 3ms > 2GiB { }", [("TYP001", "3ms > 2GiB")]),
            ("if true { param p = 3 }", [("SYN026", "param p = 3")]),
            ("if true { environment e { } }", [("SYN026", "environment e { }")]),
        ],
    )
    def test_mistakes(self, text: str, found: list[tuple[str, str]]) -> None:
        assert told(text) == found

    def test_a_broken_condition_breaks_nothing_else(self) -> None:
        text = f"""
        if 3 {{ stream a: kafka {{ {STREAM} }} }} else {{ stream b: kafka {{ {STREAM} }} }}
        lake copy: s3 {{ from = a }}
        lake other: s3 {{ from = b }}
        """
        assert told(text) == [("TYP002", "3")]
