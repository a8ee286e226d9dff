"""Versions, implementations, time and evidence: whether both paths compute the same feature."""

from __future__ import annotations

import pytest

from mlsdc.compiler.analyses.evidence import Evidence, Level
from mlsdc.diagnostics import Diagnostic, Severity
from tests.compiler.checking import at, fact, labelled, only, shown
from tests.compiler.checking import said as heard

PRODUCTION = 'system shop { tier = production  owner = "ml"  contact = "#ml" }\n'


def said(text: str, *codes: str) -> list[Diagnostic]:
    """The findings of these codes about a design that is sound in itself."""
    wrong = [shown(d) for d in heard(text) if d.code[:3] in ("SYN", "TYP", "INT")]
    assert wrong == []
    return heard(text, *codes)


VERSIONED = """
    entity user {{ key user_id: string }}
    features clicks {{
      entity  = user
      version = 3
      ctr:   float64 version 1
      views: int64 version 3
    }}
    dataset history {{
      features = [clicks]
      {dataset}
    }}
    model ranker {{ dataset = history }}
    endpoint rank {{
      model    = ranker
      features = [clicks]
      {endpoint}
    }}
    """


def versioned(dataset: str = "", endpoint: str = "") -> str:
    return VERSIONED.format(dataset=dataset, endpoint=endpoint)


class TestVersions:
    """TSC004."""

    @pytest.mark.parametrize(
        ("dataset", "endpoint", "severity"),
        [
            ("", "", None),
            ("pin clicks version 3", "", None),
            ("", "pin clicks version 3", None),
            ("pin clicks version 2", "pin clicks version 2", None),
            ("pin clicks version 2", "", Severity.ERROR),
            ("", "pin clicks version 2", Severity.ERROR),
            ("pin clicks version 1", "pin clicks version 2", None),  # nothing changed between them
            ("pin clicks version 4", "", Severity.ERROR),  # what changed is not declared
            ("pin clicks version 2", "feature_versions = with_model", None),
            ("pin clicks version 2", "feature_versions = latest", Severity.ERROR),
            ("", "pin clicks version latest", Severity.ERROR),
            ("pin clicks version latest", "", Severity.NOTE),
        ],
    )
    def test_pins(self, dataset: str, endpoint: str, severity: Severity | None) -> None:
        found = said(versioned(dataset, endpoint), "TSC004")

        assert [d.severity for d in found] == ([] if severity is None else [severity])
        if severity is Severity.NOTE:
            assert found[0].missing == ("a version of clicks in history",)

    def test_a_finding(self) -> None:
        text = versioned("pin clicks version 2", "pin clicks version 3")
        found = only(text, "TSC004")

        assert found.message == (
            "`rank` resolves version 3 of `clicks`; `ranker` was trained on version 2 (dataset "
            "`history`), and `views` changed between the two"
        )
        assert at(found, text) == "3"
        assert labelled(found, text) == ["2", "views"]
        assert found.help == (
            "pin clicks version 2 in `rank`; or pin clicks version 3 in `history`, and retrain"
        )

    def test_following(self) -> None:
        text = versioned("pin clicks version 3", "feature_versions = latest")
        found = only(text, "TSC004")

        assert "follows the latest version of `clicks`" in found.message
        assert at(found, text) == "latest"
        assert labelled(found, text) == ["3"]

    def test_a_view_of_one_side_is_a_matter_of_coverage(self) -> None:
        text = versioned("pin clicks version 2").replace(
            "model    = ranker\n      features = [clicks]", "model    = ranker"
        )
        assert said(text, "TSC004") == []

    @pytest.mark.parametrize("version", ["0", "-1", "true", "newest", "1.5"])
    def test_no_such_version(self, version: str) -> None:
        found = heard(versioned(f"pin clicks version {version}"))

        assert [d.code for d in found if d.code[:3] in ("TYP", "SYN")] != []
        assert [d.code for d in found if d.code[:3] == "INT"] == []

    @pytest.mark.parametrize(
        ("dataset", "endpoint", "words"),
        [
            ("pin prices version 1", "", "`history` pins `prices` and does not read it"),
            ("", "pin prices version 1", "`rank` pins `prices` and does not read it"),
            ("pin clicks version 3\n pin clicks version 2", "", "`history` pins `clicks` twice"),
        ],
    )
    def test_pins_that_fix_nothing(self, dataset: str, endpoint: str, words: str) -> None:
        text = versioned(dataset, endpoint) + "    features prices { p: float64 }\n"
        found = only(text, "TSC004")

        assert found.message == words
        assert found.severity is Severity.WARNING

    def test_what_stands_behind_a_feature_may_be_pinned(self) -> None:
        text = versioned("pin prices version 1\n pin risk version 2").replace(
            "ctr:   float64", "half: float64 = prices.p / 2\n ctr: float64"
        )
        text += """
            model risk { version = 2 }
            features prices { scored_by = risk  p: float64 }
            """

        assert said(text, "TSC004") == []

    def test_a_misspelt_view(self) -> None:
        (found,) = heard(versioned("pin click version 2"), "SYN020")

        assert found.help == "did you mean `clicks`?"


TWINS = """
    entity card {{ key card_id: string }}
    stream payments {{ event {{ card_id: string  at: timestamp  event_time }} }}
    lake history {{ from = payments }}
    pipeline nightly {{ reads = history  every = 1d }}
    pipeline live: flink {{ reads = payments  image = "registry.example.com/live:1" }}
    features velocity {{
      entity  = card
      tx_1h: int64 = count() over 1h
      {view}
    }}
    dataset rows {{ spine = payments  features = [velocity]  join = {join} }}
    model scorer {{ dataset = rows }}
    endpoint score {{
      model    = scorer
      features = [velocity]
    }}
    """
APART = """offline {{ computed = nightly  {offline} }}
      online  {{ computed = live  {online} }}"""


def twins(view: str, join: str = "point_in_time") -> str:
    return TWINS.format(view=view, join=join)


def apart(offline: str, online: str, more: str = "") -> str:
    return APART.format(offline=offline, online=online) + f"\n      {more}"


SAME = 'code = "git:velocity.sql@a1"'
OTHER = 'code = "git:Velocity.java@9c"'


class TestImplementations:
    """TSC003, and the level of evidence that follows."""

    @pytest.mark.parametrize(
        ("view", "severity", "level"),
        [
            ("", None, Level.ASSERTED),
            ("computed = live", None, Level.SHARED),
            ("computed = live\n logged = true", None, Level.LOGGED),
            (apart(f"{SAME} engine = spark", OTHER), Severity.ERROR, Level.NONE),
            (apart(f"{SAME} engine = spark", SAME), Severity.ERROR, Level.NONE),
            (apart(f"{SAME} engine = flink", SAME), None, Level.SHARED),
            (apart(f"{SAME} engine = Flink", SAME), None, Level.SHARED),
            (apart(f'{SAME} engine = flink parameters = "p1"', f'{SAME} parameters = "p2"')
             .replace(" parameters", "\n parameters").replace(" engine", "\n engine"),
             Severity.ERROR, Level.NONE),
            (apart(SAME, SAME), Severity.NOTE, Level.ASSERTED),  # the engine of `nightly`
            (apart("engine = flink", ""), Severity.NOTE, Level.ASSERTED),
            (apart(f"{SAME} engine = spark", OTHER, "parity = test { tolerance = 1% }"), None,
             Level.PARITY_TESTED),
            (apart(f"{SAME} engine = spark", OTHER, "parity = test"), Severity.NOTE, Level.NONE),
            (apart(f"{SAME} engine = spark", OTHER, "logged = true"), None, Level.LOGGED),
            ('computed = live\n offline { language = SQL }\n online { language = Java }',
             Severity.ERROR, Level.NONE),
            (f"computed = live\n offline {{ {SAME} }}", Severity.NOTE, Level.ASSERTED),
            ("computed = live\n online { time = event }", None, Level.SHARED),
        ],
    )  # fmt: skip
    def test_pairs_of_programs(self, view: str, severity: Severity | None, level: Level) -> None:
        text = twins(view.replace(" engine", "\n engine"))

        found = said(text, "TSC003")
        assert [d.severity for d in found] == ([] if severity is None else [severity])
        assert fact(text, Evidence).of["score"].level is level

    def test_a_mutable_reference_is_not_the_same_code(self) -> None:
        code = 'code = "git:velocity.sql"'
        text = twins(apart(f"{code}\n engine = flink", code))

        assert only(text, "TSC003").missing == ("a digest in velocity.offline.code",)

    @pytest.mark.parametrize(
        ("offline", "online", "found"),
        [
            ("select 1", "select 1", []),
            ("select 1", "select 2", [Severity.ERROR]),
            ("select 1", "", [Severity.NOTE]),
        ],
    )
    def test_texts_of_the_design(self, offline: str, online: str, found: list[Severity]) -> None:
        """A text is code that anybody can compare."""

        def block(text: str) -> str:
            return f'transform {{ sql = "{text}" }}' if text else ""

        text = twins(apart(f"{block(offline)}\n engine = flink", block(online)))
        assert [d.severity for d in said(text, "TSC003")] == found

    def test_what_serving_logged_is_one_path(self) -> None:
        text = twins(apart(SAME, OTHER), "logged")

        assert said(text, "TSC003", "TSC009", "TSC012") == []
        assert fact(text, Evidence).of["score"].level is Level.LOGGED

    def test_a_finding(self) -> None:
        text = twins(apart(f"{SAME}\n engine = spark", OTHER))
        found = only(text, "TSC003")

        assert found.message == (
            "`velocity` (`tx_1h`) is spark, git:velocity.sql@a1 offline and flink, "
            "git:Velocity.java@9c online; nothing states that they agree"
        )
        assert at(found, text) == '"git:Velocity.java@9c"'
        assert labelled(found, text) == ['"git:velocity.sql@a1"', "spark"]
        assert "parity = velocity_parity { tolerance = 0.1% }" in found.help


CARRIED = """
    entity card {{ key card_id: string }}
    stream events {{
      event {{ card_id: string  amount: float64  at: timestamp  event_time }}
    }}
    pipeline live {{ reads = events }}
    features spend {{ entity = card  computed = live  total: float64 = sum(amount) over 1d }}
    features now {{ entity = card  ratio: float64 = request.{field} / spend.total }}
    dataset rows {{ spine = events  features = [spend, now]  join = {join} }}
    model scorer {{ dataset = rows }}
    endpoint score {{
      model    = scorer
      features = [spend, now]
      {log}
    }}
    request ask {{
      rate = 100/s
      body {{ card_id: string  {field}: float64 }}
      call spend
      call score batch 4
      {call}
    }}
    """


def carried(
    field: str = "amount", join: str = "point_in_time", log: str = "", call: str = ""
) -> str:
    return PRODUCTION + CARRIED.format(field=field, join=join, log=log, call=call)


class TestEvidence:
    """TSC040, and what the request carries."""

    @pytest.mark.parametrize(
        ("text", "level"),
        [
            (carried(), Level.ASSERTED),
            (carried(call="call events  asynchronous"), Level.SHARED),
            (carried(log="logging { to = events }"), Level.SHARED),
            (carried(join="logged"), Level.LOGGED),
            (carried(field="basket"), Level.NONE),
            (carried(call="call events  asynchronous").replace("computed = live  ", ""),
             Level.ASSERTED),
        ],
    )  # fmt: skip
    def test_levels(self, text: str, level: Level) -> None:
        found = fact(text, Evidence).of["score"]

        assert found.level is level
        assert [one.name for one in found.features] == ["spend.total", "now.ratio"]
        assert bool(said(text, "TSC040")) == (level is Level.ASSERTED)

    def test_a_finding(self) -> None:
        found = only(carried(), "TSC040")

        assert found.severity is Severity.WARNING
        assert found.message == (
            "`now.ratio` at `score` is only asserted to be what `scorer` was trained on: "
            "`amount` of the request is taken for that of `events`"
        )
        assert found.arithmetic == (
            "asserted: 1 of 2 features",
            "to log them: log rate 100% x 100/s x 4 rows x at least 16B = at least 6.25KiB/s, "
            "at least 527MiB a day",
        )

    def test_the_volume_of_a_sample(self) -> None:
        found = only(carried(log="logging { sampled = 10%  row = 2KiB }"), "TSC040")

        assert found.arithmetic[1] == (
            "to log them: log rate 10% x 100/s x 4 rows x 2KiB = 80KiB/s, 6.59GiB a day"
        )

    @pytest.mark.parametrize(
        ("old", "new", "line"),
        [("      rate = 100/s\n", "", "to log them: unknown: needs ask.rate"),
         ("      call score batch 4\n", "",
          "to log them: unknown: needs a request that calls score")],
    )  # fmt: skip
    def test_unknown_volume(self, old: str, new: str, line: str) -> None:
        assert only(carried().replace(old, new), "TSC040").arithmetic[1] == line

    def test_only_production_is_asked_for_proof(self) -> None:
        assert said(carried().replace(PRODUCTION, ""), "TSC040") == []
        assert said(carried().replace("production", "internal"), "TSC040") == []

    def test_two_versions_are_two_features(self) -> None:
        text = carried(call="call events  asynchronous").replace(
            "join = point_in_time }", "join = point_in_time\n pin spend version 2\n }"
        )
        levels = {one.name: one.level for one in fact(text, Evidence).of["score"].features}

        assert levels == {"spend.total": Level.NONE, "now.ratio": Level.NONE}

    def test_a_feature_computed_from_itself_ends(self) -> None:
        text = """
            features a { x: float64 = b.y + 1 }
            features b { y: float64 = a.x + 1 }
            dataset rows { features = [a, b] }
            model m { dataset = rows }
            endpoint e { model = m  features = [a, b] }
            """
        found = fact(text, Evidence).of["e"]

        assert [one.level for one in found.features] == [Level.SHARED, Level.SHARED]


STREAMED = """
    entity card {{ key card_id: string }}
    stream payments {{ event {{ card_id: string  at: timestamp  event_time }} }}
    stream other {{ event {{ card_id: string  at: timestamp  event_time }} }}
    pipeline live {{ reads = payments  watermark = 1s }}
    features velocity {{
      entity   = card
      computed = live
      tx_1h: int64 = count() over 1h
      {view}
    }}
    dataset rows {{
      spine    = {spine}
      features = [velocity]
      join     = point_in_time
      {dataset}
    }}
    endpoint score {{ features = [velocity] }}
    request ask {{
      rate = 1/s
      {calls}
    }}
    """
BEFORE = "call payments\n call velocity\n call score"
AFTER = "call velocity\n call score\n call payments  asynchronous"
NEVER = "call velocity\n call score"


def streamed(calls: str = NEVER, view: str = "", dataset: str = "", spine: str = "payments") -> str:
    return STREAMED.format(calls=calls, view=view, dataset=dataset, spine=spine)


class TestCurrentEvent:
    """TSC010."""

    @pytest.mark.parametrize(
        ("text", "severity"),
        [
            (streamed(BEFORE, dataset="boundary = before"), Severity.WARNING),
            (streamed(BEFORE, dataset="boundary = at"), None),
            (streamed(AFTER, dataset="boundary = before"), None),
            (streamed(AFTER, dataset="boundary = at"), Severity.WARNING),
            (streamed(BEFORE), Severity.NOTE),
            (streamed(NEVER, dataset="boundary = at"), Severity.NOTE),
            (streamed(NEVER), None),  # an early design
            (PRODUCTION + streamed(NEVER), Severity.NOTE),
            (PRODUCTION + streamed(NEVER, spine="other"), None),
            (streamed(BEFORE.replace("call payments", "call payments  asynchronous"),
                      dataset="boundary = before"), Severity.NOTE),  # nobody knows who is first
            (streamed(NEVER, "online { includes_current = true }", "boundary = before"),
             Severity.WARNING),
            (streamed(NEVER, "online { includes_current = true }", "boundary = at"), None),
            (streamed(BEFORE, "offline { includes_current = false }"), Severity.WARNING),
            (streamed(BEFORE, "offline { includes_current = true }"), None),
            # Two implementations that differ by what they say are TSC009's.
            (streamed(BEFORE, "offline { includes_current = false }\n"
                      "online { includes_current = true }"), None),
            (streamed(BEFORE, dataset="boundary = before").replace(
                "watermark = 1s", "every = 1d"), None),  # a nightly job counts nothing at once
        ],
    )  # fmt: skip
    def test_both_sides(self, text: str, severity: Severity | None) -> None:
        found = said(text, "TSC010")

        assert [d.severity for d in found] == ([] if severity is None else [severity])

    def test_a_finding(self) -> None:
        text = streamed(BEFORE, dataset="boundary = before")
        found = only(text, "TSC010")

        assert found.message == (
            "`velocity` counts the event being scored online (the request publishes to "
            "`payments` before it reads); in training it does not (`rows` joins rows strictly "
            "before the prediction time)"
        )
        assert labelled(found, text) == ["before", "velocity"]

    def test_steps_inside_steps(self) -> None:
        text = streamed("parallel { call payments }\n call score { call velocity }",
                        dataset="boundary = before")  # fmt: skip
        assert [d.severity for d in said(text, "TSC010")] == [Severity.WARNING]


class TestTime:
    """TSC012."""

    @pytest.mark.parametrize(
        ("view", "severity"),
        [
            ("", None),
            ("offline { time = event }\n online { time = event }", None),
            ("offline { time = processing }\n online { time = processing }", None),
            ("offline { time = processing }\n online { time = event }", Severity.ERROR),
            ("online { time = processing }", Severity.ERROR),  # the join goes by event time
            ("online { time = event }", None),
            ("offline { time = processing }", Severity.ERROR),  # the job has a watermark
            ("offline { time = event }", None),
        ],
    )
    def test_both_sides(self, view: str, severity: Severity | None) -> None:
        found = said(streamed(view=view), "TSC012")

        assert [d.severity for d in found] == ([] if severity is None else [severity])

    def test_one_side_alone_is_undecided(self) -> None:
        text = streamed(view="offline { time = event }").replace("  watermark = 1s", "")
        assert only(text, "TSC012").missing == ("velocity.online.time",)

        online = streamed(view="online { time = processing }").replace(
            "join     = point_in_time", "join     = latest"
        )
        assert only(online, "TSC012").missing == ("velocity.offline.time",)

    @pytest.mark.parametrize("spine", ["payments", "other"])
    def test_rows_without_a_time(self, spine: str) -> None:
        text = streamed(spine=spine)
        stream = f"stream {spine} {{ event {{ card_id: string  at: timestamp  event_time }}"
        timeless = text.replace(stream, stream.replace("  event_time", ""))
        found = only(timeless, "TSC012")

        assert found.message == (
            f"`rows` joins as of a point in time, and `{spine}`, which gives the rows of `rows`, "
            "does not tell when its events happened"
        )
        assert labelled(found, timeless) == ["event"]
        assert said(timeless.replace("point_in_time", "latest"), "TSC012") == []

    def test_features_of_rows_without_a_time(self) -> None:
        """`count()` names no column, and counts rows all the same."""
        text = streamed(spine="other")
        stream = "stream payments { event { card_id: string  at: timestamp  event_time }"
        timeless = text.replace(stream, stream.replace("  event_time", ""))

        assert "gives `velocity.tx_1h`" in only(timeless, "TSC012").message

    def test_undeclared_events_are_asked_for_in_production_only(self) -> None:
        text = streamed(spine="other").replace(
            "stream other { event { card_id: string  at: timestamp  event_time } }",
            "stream other { }",
        )
        assert said(text, "TSC012") == []
        assert only(PRODUCTION + text, "TSC012").missing == ("other.event",)
