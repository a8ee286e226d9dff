"""Patterns: what a `use` makes, what it may change, and what is said where it cannot."""

from __future__ import annotations

import pytest

from tests.compiler.composing import STREAM, design, names, said, told

BASE = """
registry models: mlflow {}
model scorer { framework = xgboost  registry = models }
"""
RANKED = """
pattern ranked(model: model, replicas: count = 2, slow: duration = 20ms) {
  let spare = replicas + 1
  endpoint self: container "the endpoint of ${model}" {
    model    = model
    image    = "registry.example.com/ranker:1"
    replicas = spare
    latency { p50 = 2ms  p99 = slow  at = 400/s }
  }
  request ask {
    rate = 10/s
    call self timeout slow
  }
}
"""


class TestUse:
    def test_names_are_those_of_the_instance(self) -> None:
        assert names(f"{BASE}{RANKED}use ranked(model = scorer) as shop") == [
            "models", "scorer", "shop", "shop_ask",
        ]  # fmt: skip

    def test_arguments_defaults_and_positions(self) -> None:
        text = f"{BASE}{RANKED}use ranked(scorer, 4) as a\nuse ranked(scorer, slow = 8ms) as b"
        found = design(text).components
        a, b = found["a"], found["b"]
        assert (a.replicas, a.latency.p99.value) == (5, 0.02)  # type: ignore[attr-defined]
        assert (b.replicas, b.latency.p99.value) == (3, 0.008)  # type: ignore[attr-defined]
        assert a.title == "the endpoint of scorer"

    def test_references_inside_mean_the_instance(self) -> None:
        step = design(f"{BASE}{RANKED}use ranked(scorer) as shop").components["shop_ask"].steps[0]  # type: ignore[attr-defined]
        assert (step.target, step.timeout.value) == ("shop", 0.02)

    def test_an_argument_is_not_taken_for_a_name_of_the_pattern(self) -> None:
        text = f"""
        stream events: kafka {{ {STREAM} }}
        pattern landed(from_stream: stream) {{
          stream events: kafka {{ {STREAM} }}
          lake copy: s3 {{ from = [from_stream, events] }}
        }}
        use landed(events) as x
        """
        assert design(text).components["x_copy"].origin == ("events", "x_events")  # type: ignore[attr-defined]

    def test_a_word_that_is_also_a_field_stays_one(self) -> None:
        text = """
        endpoint score: container {
          image = "registry.example.com/a:1"  latency { p50 = 1ms  p99 = 2ms  at = 9/s }
        }
        pattern asked(timeout: duration) {
          request ask { call score timeout timeout }
        }
        use asked(30ms) as it
        """
        assert design(text).components["it_ask"].steps[0].timeout.value == 0.03  # type: ignore[attr-defined]

    def test_overrides(self) -> None:
        text = f"{BASE}{RANKED}use ranked(scorer) as shop {{ self {{ latency {{ p50 = 1ms }} }} }}"
        latency = design(text).components["shop"].latency  # type: ignore[attr-defined]
        assert (latency.p50.value, latency.p99.value) == (0.001, 0.02)

    def test_an_environment_overrides_the_override(self) -> None:
        text = f"""{BASE}{RANKED}
        use ranked(scorer) as shop {{ self {{ replicas = 7 }} }}
        environment prod {{ platform = kubernetes  shop {{ replicas = 8 }} }}
        """
        assert design(text, "prod").components["shop"].replicas == 8  # type: ignore[attr-defined]

    def test_patterns_in_patterns(self) -> None:
        text = """
        pattern inner(of: rate) { stream events: kafka { rate = of  retention = 1d } }
        pattern outer(of: rate) {
          use inner(of * 2) as first
          lake copy: s3 { from = first_events }
        }
        use outer(5/s) as top { first_events { partitions = 9 } }
        """
        found = design(text).components
        assert sorted(found) == ["top_copy", "top_first_events"]
        assert found["top_copy"].origin == ("top_first_events",)  # type: ignore[attr-defined]
        assert found["top_first_events"].rate.value == 10  # type: ignore[attr-defined]
        assert found["top_first_events"].partitions == 9  # type: ignore[attr-defined]

    def test_loops_in_patterns_and_patterns_in_loops(self) -> None:
        text = f"""
        pattern both(regions: list) {{
          for region in regions {{ stream events: kafka "${{region}}" {{ {STREAM} }} }}
          lake copy: s3 {{ from = [events_eu] }}
        }}
        for team in [a, b] {{ use both([eu, team]) as its }}
        """
        found = design(text).components
        assert sorted(found) == [
            "its_a_copy", "its_a_events_a", "its_a_events_eu",
            "its_b_copy", "its_b_events_b", "its_b_events_eu",
        ]  # fmt: skip
        assert found["its_b_copy"].origin == ("its_b_events_eu",)  # type: ignore[attr-defined]
        assert found["its_b_events_b"].title == "b"

    def test_conditions_on_parameters(self) -> None:
        text = f"""
        pattern maybe(big: bool = false) {{
          if big {{ stream many: kafka {{ {STREAM} }} }} else {{ stream few: kafka {{ {STREAM} }} }}
        }}
        use maybe() as a
        use maybe(big = true) as b
        """
        assert names(text) == ["a_few", "b_many"]

    def test_an_unused_let_is_told_once(self) -> None:
        text = f"pattern p() {{ let idle = 3  stream s: kafka {{ {STREAM} }} }}\n"
        text = text.replace("idle = 3  ", "idle = 3\n")
        assert told(text + "use p() as a\nuse p() as b") == [("SYN028", "idle")]

    def test_a_finding_tells_where_it_was_made(self) -> None:
        text = "pattern p() { stream s: kafka { rate = 3ms } }\nuse p() as a\nuse p() as b"
        (found,) = said(text)
        assert found.code == "TYP002"
        assert [label.text for label in found.labels] == ["`a` is made here"]


class TestMistakes:
    @pytest.mark.parametrize(
        ("use", "found"),
        [
            ("use ranket(scorer) as x", [("SYN043", "ranket")]),
            ("use ranked() as x", [("SYN044", "ranked()")]),
            ("use ranked(scorer, 3, 2ms, 4) as x", [("SYN044", "4")]),
            ("use ranked(scorer, replica = 4) as x", [("SYN044", "replica")]),
            ("use ranked(scorer, model = scorer) as x", [("SYN021", "model = scorer")]),
            ("use ranked(model: model) as x", [("SYN044", "model: model")]),
            ("use ranked(scorer, 2GiB) as x", [("TYP002", "2GiB")]),
            ("use ranked(absent) as x", [("SYN020", "absent")]),
            ("use ranked(models) as x", [("TYP004", "models")]),
            ("use ranked(3) as x", [("TYP002", "3")]),
            ("use ranked(scorer)", [("SYN044", "ranked(scorer)")]),
            ("use ranked(scorer) like x", [("SYN044", "ranked(scorer)")]),
            ("use ranked(scorer) as x { ask { rate = 3/s }\nno { } }", [("SYN020", "no")]),
            ("use ranked(scorer) as x { replicas = 4 }", [("SYN026", "replicas = 4")]),
            ("use ranked(scorer) as x\nuse ranked(scorer) as x", [("SYN021", "x")]),
        ],
    )  # fmt: skip
    def test_uses(self, use: str, found: list[tuple[str, str]]) -> None:
        assert told(f"{BASE}{RANKED}{use}") == found

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("pattern p(a) { }", [("TYP002", "a")]),
            ("pattern p(a = 3) { }", [("TYP002", "a = 3")]),
            ("pattern p(a: count, a: rate) { }", [("SYN021", "a")]),
            ("pattern p(a: number) { }\npattern p() { }", [("SYN021", "p")]),
            ("pattern p(a: nomber) { }\nuse p(3) as x", [("TYP002", "nomber")]),
            ("pattern p()", [("SYN026", "pattern p()")]),
            ("pattern p() { environment e { } }\nuse p() as x", [("SYN026", "environment e { }")]),
            ("pattern p() { param q = 3 }\nuse p() as x", [("SYN026", "param q = 3")]),
            ("pattern p() { use p() as y }\nuse p() as x", [("SYN045", "p")]),
        ],
    )
    def test_declarations(self, text: str, found: list[tuple[str, str]]) -> None:
        assert told(text) == found

    def test_a_circle_of_patterns_is_a_chain(self) -> None:
        text = "pattern p() { use q() as y }\npattern q() { use p() as z }\nuse p() as x"
        (found,) = said(text)
        assert "p -> q -> p" in found.message

    def test_a_use_that_fails_breaks_nothing_else(self) -> None:
        text = f"""{BASE}{RANKED}
        use ranket(scorer) as shop
        request r {{ call shop }}
        monitor m: evidently {{ watches = shop_other  reference = shop_x }}
        environment prod {{ platform = kubernetes  shop_ask {{ rate = 3/s }} }}
        """
        assert told(text) == [("SYN043", "ranket")]

    def test_patterns_end(self) -> None:
        text = f"pattern p0() {{ stream s: kafka {{ {STREAM} }} }}\n"
        for at in range(20):
            uses = "\n".join(f"use p{at}() as u{n}" for n in range(4))
            text += f"pattern p{at + 1}() {{\n{uses}\n}}\n"
        assert [d.code for d in said(text + "use p20() as x")] == ["SYN046"]
