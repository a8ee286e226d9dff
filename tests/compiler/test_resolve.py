"""Names, roles, systems, fields, environments: each mistake once, at its place, with a way out."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Lake, Pipeline, Stream
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.diagnostics import Severity, Source
from mlsdc.dsl import ast
from mlsdc.dsl.parse import parse
from mlsdc.pipeline import check
from mlsdc.stdlib.find import standard_catalog
from tests.compiler.checking import FILE, at, compiled, labelled, only, outcome, said, shown

MISTAKES = [
    # text, code, where, message has, help has, the other places
    ("endpont a { }", "SYN022", "endpont", "no role `endpont`", "did you mean `endpoint`?", []),
    ("zzz a { }", "SYN022", "zzz", "no role `zzz`", "roles: cache, dataset, endpoint", []),
    ("stream s: kafak { }", "SYN023", "kafak", "no system `kafak`", "did you mean `kafka`?", []),
    ("stream s: redis { }", "SYN023", "redis", "`redis` runs online_store, not stream",
     "systems of stream: kafka", []),
    ("dataset d: kafka { }", "SYN023", "kafka", "takes no system", "dataset d { ... }", []),
    ("stream s kafka { }", "SYN026", "kafka", "a colon", "stream s: kafka { ... }", []),
    ("stream { }", "SYN026", "stream", "has no name", "stream name { ... }", []),
    ("x = 1", "SYN026", "x = 1", "outside any component", "let x = ...", []),
    ("stream s { retenton = 7d }", "SYN024", "retenton", "no field `retenton` in a stream",
     "did you mean `retention`?", []),
    ("stream s: kafka { zzz = 7d }", "SYN024", "zzz", "in a stream run by kafka", "its fields:",
     []),
    ("endpoint a { latency { p5 = 1ms } }", "SYN024", "p5", "`latency` block",
     "did you mean `p95`?", []),
    ("experiment e { metric { } }", "SYN025", "metric", "needs `name`", "name = ...", []),
    ("stream s { rate = 1/s  rate = 2/s }", "SYN021", "rate", "given twice", "keep one", ["rate"]),
    ("features v {\n x: int64\n x: int64\n}", "SYN021", "x", "given twice", "keep one", ["x"]),
    ("stream s {}\nlake s {}", "SYN021", "s", "declared twice", "another name", ["s"]),
    ("stream s {}\nlet s = 1", "SYN021", "s", "declared twice", "another name", ["s"]),
    ("system a {}\nsystem b {}", "SYN021", "system", "one `system` block", "", ["system a {}"]),
    ("environment a {}\nenvironment a {}", "SYN021", "a", "declared twice", "", ["a"]),
    ("stream clicks {}\npipeline p { reads = click }", "SYN020", "click",
     "nothing is called `click`", "did you mean `clicks`?", []),
    ("stream clicks {}\npipeline p { reads = [clicks, zzz] }", "SYN020", "zzz",
     "nothing is called `zzz`", "declare it: stream", []),
    ("entity e {}\npipeline p { reads = e }", "TYP004", "e", "here stands a stream or source", "",
     ["e"]),
    ("stream s { rate = 5ms }", "TYP002", "5ms", "wants a rate", "rate = 1200/s", []),
    ("stream s { partitions = 0 }", "TYP003", "0", "at least 1", "", []),
    ("endpoint a { utilisation = 120% }", "TYP003", "120%", "between 0% and 100%", "", []),
    ("dataset a { split = time { train = 85%  validation = 20% } }", "TYP003", "20%",
     "`train = 85%`", "", []),
    ("lake l { format = icebreg }", "TYP002", "icebreg", "cannot be", "did you mean `iceberg`?",
     []),
    ("features v { x: float46 }", "TYP002", "float46", "is not a data type",
     "did you mean `float64`?", []),
    ("endpoint a { batching = 5 }", "TYP002", "5", "is a block", "batching { ... }", []),
    ("stream s { rate { } }", "TYP002", "rate { }", "is a value", "rate = ...", []),
    ("endpoint a { latency { p50 = 10ms  p99 = 5ms } }", "TYP010", "5ms", "below the p50 of 10ms",
     "p99 = 10ms or more", ["10ms"]),
    ("let a = 1", "SYN028", "a", "let `a` is not used", "remove it", []),
    ("request r { call s retry 2 retry 3 }\nendpoint s { }", "SYN021", "retry",
     "`retry` is given twice", "keep one of them", ["retry"]),
    ("stream s { event { a: float64 unit EUR unit USD } }", "SYN021", "unit",
     "`unit` is given twice", "keep one of them", ["unit"]),
    ("stream s { event { a: timestamp event_time event_time } }", "SYN021", "event_time",
     "`event_time` is given twice", "keep one of them", ["event_time"]),
    ("request r { budget { p98 <= 5ms } }", "TYP002", "p98", "no objective `p98`", "`p99`", []),
    ("request r { budget { p99 <= 5% } }", "TYP002", "5%", "wants a duration", "p99 <= 20ms", []),
    ("request r { budget { p99 <= 0ms } }", "TYP003", "0ms", "`p99` must be more than 0",
     "p99 <= 20ms", []),
    ("request r { budget { p99 >= 9ms } }", "TYP002", "9ms", "`p99 >= ...` asks for the opposite",
     "p99 <= 9ms", []),
    ("request r { budget { availability >= 120% } }", "TYP003", "120%",
     "`availability` must lie between 0% and 100%, this is `120%`", "availability >= 99.9%", []),
    ("request r { budget { p101 <= 5% } }", "TYP002", "p101", "no objective `p101`", "`p50`", []),
    ("request r { budget { p99 <= 9ms  p99 <= 20ms } }", "SYN021", "p99 <= 20ms",
     "`p99` is limited twice, to 9ms and to 20ms", "keep p99 <= 9ms", ["p99 <= 9ms"]),
    ("request r { budget { availability >= 99%  availability >= 99.9% } }", "SYN021",
     "availability >= 99.9%", "to 99% and to 99.9%", "keep availability >= 99.9%",
     ["availability >= 99%"]),
    ("request r { budget { p50 <= 50ms  p90 <= 9ms  p99 <= 20ms } }", "TYP014",
     "p50 <= 50ms", "p50 <= 50ms decides nothing: whatever meets p90 <= 9ms meets it too",
     "p50 <= 9ms", ["p90 <= 9ms"]),
    ("slo s { target { availability >= 100% } }", "TYP003", "availability >= 100%",
     "leaves an error budget of 0", "availability >= 99.9%", []),
    ("slo s { target { errors <= 0% } }", "TYP003", "errors <= 0%", "leaves an error budget of 0",
     "errors <= 0.1%", []),
    ("endpoint s {}\nrequest r { call s  times 0 }", "TYP003", "0", "`times` must be at least 1",
     "times 1", []),
    ("endpoint s {}\nrequest r { call s  retry 30 }", "TYP003", "30",
     "`retry` must be at most 20, this is `30`", "retry 20", []),
    ("endpoint s {}\nrequest r { call s  hedge at -1ms }", "TYP003", "-1ms",
     "`hedge` must be at least 0", "hedge at 20ms", []),
    ("endpoint s {}\nrequest r { branch 120% { call s } }", "TYP003", "120%",
     "`branch` must lie between 0% and 100%", "branch 80%", []),
    ("endpoint s {}\nrequest r { call s  timeout 0ms }", "TYP003", "0ms",
     "`timeout` must be more than 0", "timeout 20ms", []),
    ("endpoint s {}\nrequest r { parallel first 3 {\n call s\n call s\n} }", "TYP003", "3",
     "`first 3` waits for 3 answers, and 2 steps stand in the block", "parallel first 2", []),
    ("endpoint s {}\nrequest r {\n call s  timeout 5ms  fallback s\n}", "TYP013", "s",
     "`s` is asked again by its own fallback", "retry 1", ["s"]),
    ("endpoint s { memory = 0B }", "TYP003", "0B", "more than 0", "memory = 16GiB", []),
    ("endpoint s { gpus = 0 x l4 }", "TYP003", "0 x l4", "at least 1", "gpus = 1 x l4", []),
    ("endpoint s { latency { p50 = 0ms  p99 = 2ms } }", "TYP003", "0ms", "more than 0",
     "p50 = 20ms", []),
    ("stream s { rate = 1e300/s }", "TYP003", "1e300/s", "at most 1e+18/s, this is `1e+300/s`",
     "rate = 1200/s", []),
    ("monitor m { drift = psi { warn = 0.3  critical = 0.1 } }", "TYP013", "0.3",
     "`warn = 0.3` is passed after `critical = 0.1`: psi rises",
     "drift = psi { warn = 0.1  critical = 0.3 }", ["0.1"]),
    ("monitor m { drift = chi_squared { warn = 0.01  critical = 0.05 } }", "TYP013", "0.01",
     "chi_squared falls", "drift = chi_squared { warn = 0.05  critical = 0.01 }", ["0.05"]),
    ("monitor m { drift = ks { warn = 5  critical = 7 } }", "TYP003", "5", "between 0 and 1",
     "warn = 0.1", []),
    ("monitor m { drift = psi { critical = -1 } }", "TYP003", "-1", "at least 0",
     "critical = 0.1", []),
    ("dataset a { split = time { train = 85%  validation = 20% } }", "TYP003", "20%",
     "together they make 105%", "validation = 7.5%", []),
    ("experiment e { metric = clicks { baseline = 120% } }", "TYP002", "120%",
     "`baseline` wants a number, this is `120%` (share)", "baseline = 0.1", []),
    ("dataset d { delayed_feedback = 5 }", "TYP002", "5", "wants true or false, this is `5`",
     "delayed_feedback = true", []),
    ("stream a { existing }", "SYN026", "existing", "needs a block", "existing { ... }", []),
    ("cache c: redis {}", "SYN023", "redis", "`redis` runs online_store, not cache",
     "write cache c { ... }", []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code", "where", "message", "help", "others"),
    MISTAKES,
    ids=[f"{m[1]}-{m[0].splitlines()[-1][:30]}" for m in MISTAKES],
)
def test_each_mistake_is_reported_once(
    text: str, code: str, where: str, message: str, help: str, others: list[str]
) -> None:
    """One finding, at the word, with the other half of it, and nothing else of names or types."""
    found = [d for d in outcome(text).diagnostics if d.code[:3] in ("SYN", "TYP", "INT")]

    assert [d.code for d in found] == [code], [shown(d) for d in found]
    assert at(found[0], text) == where
    assert message in found[0].message
    assert help in found[0].help
    assert labelled(found[0], text) == others


def test_unknown_word_behind_a_call() -> None:
    """`tiemout 2ms` is one mistake, not two."""
    found = only("endpoint a {}\nrequest r {\n  call a tiemout 2ms\n}", "SYN024")

    assert found.help == "did you mean `timeout`?"


def test_twenty_mistakes_are_twenty_findings() -> None:
    """A mistake hides no other, and none is reported twice."""
    lines = [f"stream s{n} {{ retenton = {n}d }}" for n in range(10)]
    lines += [f"pipeline p{n} {{ reads = nothing{n} }}" for n in range(5)]
    lines += [f"endpoint e{n} {{ replicas = {n}ms }}" for n in range(5)]
    found = said("\n".join(lines))

    assert [d.code for d in found] == ["SYN024"] * 10 + ["SYN020"] * 5 + ["TYP002"] * 5
    assert len({d.span for d in found}) == 20


BROKEN = """
    stream clicks: kafak { rate = 10/s }
    entity user { key user_id: string }
    pipeline counting { reads = clicks }
    features profile { computed = counting  freshness = 1s  n: int64 = count() over 1d }
    dataset history { features = [profile]  join = latest }
    model ranker { dataset = history }
    endpoint rank { model = ranker  features = [] }
    request ask {
      rate = 1/s
      budget { p99 <= 1ms }
      call rank
    }
    dataset other { features = [alone]  join = latest }
    features alone { computed = alone_job }
    pipeline alone_job { }
    """


def test_broken_declaration_taints_its_dependents_only() -> None:
    """Nothing is concluded from what is not known, and everything else is still judged."""
    found = said(BROKEN)

    assert [(d.code, d.subject) for d in found] == [("SYN023", "clicks"), ("TSC011", "other")]


def test_mended_declaration_is_judged() -> None:
    """The same design without the mistake has its findings."""
    codes = {d.code for d in said(BROKEN.replace("kafak", "kafka"))}

    assert {"TSC002", "TSC011", "TSC019", "CAP001", "LAT002"} <= codes


@pytest.mark.parametrize(
    "broken",
    [
        "stream clicks { rate = 10ms }",
        "stream clicks { rte = 10/s }",
        "stram clicks { rate = 10/s }",
        "stream clicks kafka { rate = 10/s }",
        "stream clicks { rate = }",
        "stream clicks { rate = 10/s",
        "stream clicks { rate = unknown_name }",
        "stream clicks { rate = 1 / 0 }",
    ],
)
def test_no_cascade_from_one_mistake(broken: str) -> None:
    """Whatever is wrong with a declaration, its users do not complain as well."""
    users = """
pipeline counting { reads = clicks }
endpoint rank { replicas = 1 }
request ask {
  call rank { call clicks  asynchronous }
}
review cases { from = clicks  fraction = 1%  reviewers = 1  throughput = 99/m }
"""
    errors = [d for d in said(broken + "\n" + users) if d.severity is Severity.ERROR]

    assert len(errors) == 1, [shown(d) for d in errors]


def design(text: str, environment: str | None = None) -> Design:
    return compiled(text, environment).design


def get(text: str, name: str, environment: str | None = None) -> Any:
    return design(text, environment).components[name]


ENVIRONMENTS = """
    param peak: rate = 1000/s
    let half = peak / 2
    stream clicks: kafka { rate = peak  partitions = 48  retention = 7d }
    endpoint score {
      latency  { p50 = 4ms  p99 = 9ms }
      scaling  { minimum = 2  maximum = 9 }
      replicas = 5
    }
    request ask {
      rate = half
      call score
    }
    environment base { peak = 10/s  score { replicas = 2 } }
    environment dev {
      extends  = base
      platform = kubernetes { namespace = "dev" }
      score    { latency { p99 = 20ms } }
      clicks   { partitions = 3 }
    }
    environment small { extends = dev  peak = 2/s  score { replicas = 1  scaling { minimum = 1 } } }
    environment prod { platform = aws { region = "eu-west-1" } }
    """


class TestEnvironments:
    """Overlays, parameter values and what they extend."""

    def test_parameter_of_the_environment_reaches_every_use(self) -> None:
        rates = {
            env: (
                get(ENVIRONMENTS, "clicks", env).rate.value,
                get(ENVIRONMENTS, "ask", env).rate.value,
            )
            for env in ("prod", "base", "dev", "small")
        }
        assert rates == {"prod": (1000, 500), "base": (10, 5), "dev": (10, 5), "small": (2, 1)}

    def test_overlays_replace_fields_and_leave_the_rest(self) -> None:
        assert get(ENVIRONMENTS, "clicks", "dev").partitions == 3
        assert str(get(ENVIRONMENTS, "clicks", "dev").retention) == "7d"
        assert get(ENVIRONMENTS, "clicks", "prod").partitions == 48

    def test_nested_blocks_are_merged(self) -> None:
        score = get(ENVIRONMENTS, "score", "dev")

        assert (str(score.latency.p50), str(score.latency.p99)) == ("4ms", "20ms")
        assert (score.scaling.minimum, score.scaling.maximum) == (2, 9)

    def test_the_innermost_environment_wins(self) -> None:
        replicas = {e: get(ENVIRONMENTS, "score", e).replicas for e in ("prod", "base", "small")}

        assert replicas == {"prod": 5, "base": 2, "small": 1}
        assert get(ENVIRONMENTS, "score", "small").scaling.minimum == 1
        assert str(get(ENVIRONMENTS, "score", "small").latency.p99) == "20ms"

    def test_platform_is_inherited(self) -> None:
        platform = design(ENVIRONMENTS, "small").environment.platform

        assert (platform.name, platform.namespace) == ("kubernetes", "dev")
        assert design(ENVIRONMENTS, "prod").environment.platform.region == "eu-west-1"

    def test_places_point_into_the_overlay(self) -> None:
        made = compiled(ENVIRONMENTS, "dev")
        span = made.design.place("clicks", "partitions")
        assert dedent(ENVIRONMENTS)[span.start : span.end] == "3"

    def test_every_environment_is_checked_by_default(self) -> None:
        assert [c.environment for c in outcome(ENVIRONMENTS).compiled] == [
            "base", "dev", "prod", "small",
        ]  # fmt: skip

    def test_design_without_environments_has_one(self) -> None:
        assert [c.environment for c in outcome("stream s { rate = 1/s }").compiled] == ["default"]

    def test_value_from_outside_wins(self) -> None:
        tree, _ = parse("let x = 77/s", "--set")
        (statement,) = tree.statements
        assert isinstance(statement, ast.Declaration)
        assert statement.value is not None
        source = Source(FILE, dedent(ENVIRONMENTS))
        made = check(
            [source], standard_catalog(), environment="dev", given={"peak": statement.value}
        ).compiled[0]

        clicks = made.design.get("clicks", Stream)
        assert clicks is not None
        assert str(clicks.rate) == "77/s"

    @pytest.mark.parametrize(
        ("text", "code", "where", "help", "environments"),
        [
            ("environment a { extends = bb }\nenvironment b {}", "SYN027", "bb",
             "did you mean `b`?", ("a",)),
            ("stream clicks { rate = 1/s }\nenvironment a { click { rate = 2/s } }", "SYN020",
             "click", "did you mean `clicks`?", ()),
            ("stream s { rate = 1/s }\nenvironment a { s { rte = 2/s } }\nenvironment b {}",
             "SYN024", "rte", "did you mean `rate`?", ("a",)),
            ("environment a { platfrom = aws }", "SYN024", "platfrom", "did you mean `platform`?",
             ()),
            ("environment a { platform = azure }", "TYP002", "azure", "kubernetes", ()),
        ],
    )  # fmt: skip
    def test_mistakes(
        self, text: str, code: str, where: str, help: str, environments: tuple[str, ...]
    ) -> None:
        found = only(text, code)

        assert at(found, text) == where
        assert help in found.help
        assert found.environments == environments
        assert [d for d in said(text) if d.code[:3] in ("SYN", "TYP") and d != found] == []

    def test_environments_that_extend_each_other_end(self) -> None:
        text = (
            "environment a { extends = b }\nenvironment b { extends = c }\n"
            "environment c { extends = a }\nenvironment d { extends = a }"
        )
        found = only(text, "TYP005")
        assert found.message == "the environments extend each other: a -> b -> c -> a"
        assert (at(found, text), found.help) == ("a", "remove `extends = a`")

    def test_an_environment_that_is_not_there(self) -> None:
        found = only("environment a { extends = nowhere }", "SYN027")
        assert found.help == "declare it: environment nowhere { platform = kubernetes }"

    def test_an_overlay_of_nothing(self) -> None:
        found = only("stream s {}\nenvironment a { other { rate = 2/s } }", "SYN020")
        assert found.help == "components: `s`"


class TestRequestSizes:
    """Requests that call requests are written out, so that their size has a bound."""

    def doubling(self, levels: int) -> str:
        calls = "\n".join(
            f"request r{at} {{\n  rate = 1/s\n  call r{at + 1}\n  call r{at + 1}\n}}"
            for at in range(levels)
        )
        return f"endpoint s {{}}\n{calls}\nrequest r{levels} {{ call s }}\n"

    def test_each_level_calls_the_next_one_twice(self) -> None:
        """The lowest request that is too large is told of, and nothing of those that call it."""
        text = self.doubling(24)
        found = only(text, "SYN046")
        assert found.message == (
            "up to here `r15` makes 1,534 calls with what the requests that it calls make, "
            "1,000 are the most"
        )
        assert at(found, text) == "r16"
        assert {d.subject for d in said(text)}.isdisjoint({f"r{level}" for level in range(15)})

    def test_what_a_design_can_hold(self) -> None:
        assert said(self.doubling(6), "SYN046") == []

    def test_a_long_request(self) -> None:
        text = "endpoint s {}\nrequest r {\n" + "  call s\n" * 1001 + "}\n"
        found = only(text, "SYN046")
        assert found.message == "up to here `r` makes 1,001 calls, 1,000 are the most"
        assert found.help == "call s times N, in place of one call after the other"

    def test_a_fallback_that_leads_back_is_a_cycle(self) -> None:
        text = "endpoint s {}\nrequest r {\n  call s  timeout 5ms  fallback r\n}\n"
        assert only(text, "REL013").message.startswith("r -> r: each waits")


def _literals(text: str) -> dict[str, Any]:
    return {name: given.value for name, given in (get(text, "s").existing or {}).items()}


class TestExisting:
    """Components that are there already; see test_existing.py."""

    def test_binding_fields_are_taken_as_they_are(self) -> None:
        text = (
            'stream s: kafka { existing { brokers = "kafka:9092"  topic = clicks  port = 9092 } }'
        )

        assert _literals(text) == {"brokers": "kafka:9092", "topic": "clicks", "port": 9092}

    def test_values_are_evaluated(self) -> None:
        text = 'let broker = "kafka:9092"\nsource s { existing { brokers = broker } }'

        assert _literals(text) == {"brokers": "kafka:9092"}

    def test_what_is_not_existing_has_none(self) -> None:
        assert get("stream s { rate = 1/s }", "s").existing is None


class TestShapes:
    """How statements fill fields."""

    def test_names_may_be_used_before_they_are_declared(self) -> None:
        text = "pipeline p { reads = s }\nstream s { rate = r }\nlet r = 5/s"

        assert said(text) == []
        assert get(text, "p").reads == ("s",)

    def test_one_name_is_a_list_of_one(self) -> None:
        assert get("stream s { rate = 1/s }\nlake l { from = s }", "l").origin == ("s",)

    def test_title_behind_the_name(self) -> None:
        assert get('stream s "All clicks" { rate = 1/s }', "s").title == "All clicks"

    def test_calls_with_their_words(self) -> None:
        text = """
            endpoint a { replicas = 1 }
            endpoint b { replicas = 1 }
            request r {
              call a  times 3  batch 16  payload 2KiB  timeout 20ms  retry 2  backoff 1ms
              call a  hedge at 5ms  fallback b  asynchronous
              parallel first 1 {
                call a
                call b
              }
            }
            """
        request = get(text, "r")
        assert isinstance(request, Request)
        first, second, third = request.steps
        stated = {name: str(getattr(first, name)) for name in first.model_fields_set - {"steps"}}
        assert stated == {
            "target": "a", "times": "3", "batch": "16", "payload": "2KiB", "timeout": "20ms",
            "retry": "2", "backoff": "1ms",
        }  # fmt: skip
        assert getattr(second, "asynchronous", None) is True
        assert getattr(third, "first", None) == 1

    def test_choice_with_its_block(self) -> None:
        text = "monitor m { drift = psi { warn = 0.1  critical = 0.2  then = retrain } }"
        drift = get(text, "m").drift

        assert (drift.statistic, drift.warn, drift.critical, drift.then) == (
            "psi", 0.1, 0.2, "retrain",
        )  # fmt: skip

    def test_bare_latency_is_a_p99(self) -> None:
        endpoint = get("endpoint a { latency = 12ms }", "a")
        assert isinstance(endpoint, Endpoint)
        assert endpoint.latency is not None
        assert endpoint.latency.quantiles == {0.99: pytest.approx(0.012)}

    def test_members_modifiers_and_definitions(self) -> None:
        text = """
            features v {
              a: float64 = sum(amount) over 30d lag 2d default 0 unit EUR
              b: float32[128]
            }
            """
        columns = get(text, "v").columns

        assert list(columns) == ["a", "b"]
        assert str(columns["a"].over) == "30d"
        assert str(columns["a"].lag) == "2d"
        assert columns["a"].default == 0
        assert columns["a"].unit == "EUR"
        assert str(columns["b"].type) == "float32[128]"

    def test_mentions_hold_every_reference(self) -> None:
        text = """
            stream s { rate = 1/s }
            lake l { from = s }
            pipeline p { reads = [s, l] }
            endpoint a { replicas = 1 }
            request r {
              branch 10% { call a { call s  asynchronous } }
            }
            """
        found = {(m.source, m.target, m.path) for m in design(text).mentions}

        assert found == {
            ("l", "s", ("from", 0)),
            ("p", "s", ("reads", 0)),
            ("p", "l", ("reads", 1)),
            ("r", "a", ("steps", 0, "steps", 0, "target")),
            ("r", "s", ("steps", 0, "steps", 0, "steps", 0, "target")),
        }

    def test_components_are_found_by_kind_and_name(self) -> None:
        made = design("stream s { rate = 1/s }\nlake l { from = s }\npipeline p { reads = s }")

        assert [c.name for c in made.of(Stream)] == ["s"]
        assert made.get("l", Lake) is made.components["l"]
        assert made.get("l", Pipeline) is None
        assert made.get(None, Lake) is None
        assert made.wrote(made.components["s"], "rate")
        assert not made.wrote(made.components["s"], "retention")


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("lake l: s3 replicated 3 { retention = 1d }", "replicated 3"),
        ("entity e foo { key a: string }", "foo"),
        ("let y = 3 of 4\nlake l: s3 { retention = y }", "of 4"),
        ("lake l: s3 = 4", "4"),
    ],
)
def test_no_word_is_passed_over_in_silence(text: str, marked: str) -> None:
    """Words that a declaration has no use for are pointed at, as one mistake."""
    checked = check([Source("d.mlsd", text)], standard_catalog())

    found = [text[d.span.start : d.span.end] for d in checked.diagnostics if d.code == "SYN026"]
    assert found == [marked]
