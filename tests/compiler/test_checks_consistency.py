"""The consistency checks at their edges: what is an error, a warning, undecided, or nothing."""

from __future__ import annotations

import pytest

from mlsdc.diagnostics import Severity
from tests.compiler.checking import at, labelled, only, said

SERVED = """
    entity user { key user_id: string }
    stream events { rate = 10/s  lag = 1s  event { user_id: string  amount: float64 } }
    pipeline counting { reads = events  watermark = 1s  slide = 1s }
    features clicks { entity = user  computed = counting  ctr: int64 = count() over 7d }
    features prices { entity = user  computed = counting  spend: float64 = sum(amount) over 7d }
    features ratio { entity = user  share: float64 = request.basket / prices.spend }
    dataset history {
      spine    = events
      features = [clicks, prices, ratio]
      join     = point_in_time
    }
    model ranker { dataset = history }
    endpoint rank {
      model    = ranker
      features = [clicks, prices, ratio]
    }
    request ask {
      body { user_id: string  basket: float64 }
      call rank
    }
    """
C1 = ("TSC001", "TSC002")
LISTED = "      features = [clicks, prices, ratio]\n    }\n    request"


def listed(*views: str) -> str:
    return SERVED.replace(LISTED, LISTED.replace("clicks, prices, ratio", ", ".join(views)))


def trained(*views: str) -> str:
    old = "      features = [clicks, prices, ratio]\n      join"
    return SERVED.replace(old, old.replace("clicks, prices, ratio", ", ".join(views)))


class TestCoverage:
    """C1: what the model was trained on and what its endpoint resolves are the same."""

    def test_equal_sets_pass(self) -> None:
        assert said(SERVED, *C1) == []
        assert said(listed("ratio", "prices", "clicks"), *C1) == []

    def test_served_but_not_trained(self) -> None:
        text = trained("prices", "ratio")
        found = only(text, "TSC001")

        assert at(found, text) == "clicks"
        assert labelled(found, text) == ["[prices, ratio]"]
        assert "`clicks`" in found.message
        assert "`ranker`" in found.message
        assert "`history`" in found.message
        assert "features = [prices, ratio] in `rank`" in found.help
        assert "features = [prices, ratio, clicks] in `history`" in found.help
        assert said(text, "TSC002") == []

    def test_trained_but_not_served(self) -> None:
        text = listed("prices", "ratio")
        found = only(text, "TSC002")

        assert at(found, text) == "[prices, ratio]"
        assert labelled(found, text) == ["clicks"]
        assert "features = [prices, ratio, clicks]" in found.help
        assert said(text, "TSC001") == []

    def test_swapped_views_are_both(self) -> None:
        text = trained("clicks", "ratio", "prices").replace(
            LISTED, LISTED.replace("clicks, ", "")
        ).replace("features clicks", "features spare { entity = user  computed = counting  "
                  "n: int64 = count() over 1d }\n    features clicks")  # fmt: skip
        text = text.replace("[prices, ratio]", "[spare, prices, ratio]")

        assert {d.code for d in said(text, *C1)} == set(C1)

    def test_signature_adds_inputs(self) -> None:
        signed = SERVED.replace(
            "model ranker { dataset = history }",
            "model ranker {\n      dataset = history\n"
            "      signature { ctr: int64  basket: float64 }\n    }",
        )
        found = only(signed, "TSC002")
        carried = signed.replace(
            "model    = ranker\n", "model    = ranker\n      request_features = [basket]\n"
        )

        assert "`basket`" in found.message
        assert labelled(found, signed) == ["basket"]
        assert said(carried, *C1) == []

    def test_signature_tells_columns_of_an_untrained_view(self) -> None:
        text = """
            features a { x: float64  y: float64 }
            model m { signature { x: float64 } }
            endpoint e { model = m  features = [a] }
            """
        found = only(text, "TSC001")

        assert "`a.y`" in found.message
        assert "`a.x`" not in found.message
        assert labelled(found, text) == ["signature"]

    def test_request_feature_is_trained_where_the_spine_has_it(self) -> None:
        stated = SERVED.replace(
            "model    = ranker\n", "model    = ranker\n      request_features = [{}]\n"
        ).replace("basket: float64 }", "basket: float64  amount: float64  device: string }")
        spine = stated.replace("[{}]", "[amount]")
        nowhere = stated.replace("[{}]", "[device]")

        assert said(spine, *C1) == []
        found = only(nowhere, "TSC001")
        assert at(found, nowhere) == "device"
        silent = nowhere.replace("  event { user_id: string  amount: float64 }", "")
        assert only(silent, "TSC001").missing == ("events.event",)

    def test_view_may_come_with_the_request(self) -> None:
        text = listed("prices", "ratio").replace(
            "model    = ranker\n", "model    = ranker\n      request_features = [ctr]\n"
        )
        assert [d.message for d in said(text, *C1)] == [
            "`ctr` comes with the request, and `ask` does not carry `ctr`"
        ]
        assert said(text.replace("basket: float64 }", "basket: float64  ctr: int64 }"), *C1) == []

    @pytest.mark.parametrize(
        ("old", "new", "missing"),
        [
            ("dataset = history", "", "ranker.dataset"),
            ("      features = [clicks, prices, ratio]\n      join", "      join",
             "history.features"),
        ],
    )  # fmt: skip
    def test_unstated_inputs_are_undecided(self, old: str, new: str, missing: str) -> None:
        text = SERVED.replace(old, new)
        found = said(text, *C1)

        assert [d.code for d in found] == ["TSC001", "TSC002"]
        assert {d.missing for d in found} == {(missing,)}
        assert {d.severity for d in found} == {Severity.NOTE}

    def test_endpoint_that_lists_nothing_is_undecided(self) -> None:
        text = SERVED.replace(LISTED, "    }\n    request")
        found = only(text, "TSC002")

        assert found.missing == ("rank.features",)
        assert said(text, "TSC001") == []

    def test_endpoint_without_a_model_is_not_judged(self) -> None:
        text = listed("clicks").replace("      model    = ranker\n", "")

        assert said(text, *C1) == []

    def test_every_endpoint_is_judged(self) -> None:
        second = "    endpoint other { model = ranker  features = [clicks] }\n"
        found = said(SERVED + second, "TSC002")

        assert [d.subject for d in found] == ["other", "other"]


class TestOnDemand:
    """An on-demand view resolves with the request's fields and the other features."""

    def test_field_that_the_request_lacks(self) -> None:
        text = SERVED.replace("basket: float64 }", "baskets: float64 }")
        found = only(text, "TSC002")

        assert at(found, text) == "ratio"
        assert labelled(found, text) == ["body"]
        assert "`request.basket`" in found.message
        assert found.help == "did you mean `baskets`?"

    def test_request_without_a_body_is_undecided(self) -> None:
        text = SERVED.replace("      body { user_id: string  basket: float64 }\n", "")

        assert only(text, "TSC002").missing == ("ask.body",)

    def test_no_request_is_undecided(self) -> None:
        text = SERVED.replace("      call rank\n", "")

        assert only(text, "TSC002").missing == ("a request that calls rank",)

    def test_broken_request_may_carry_it(self) -> None:
        text = SERVED.replace("      call rank\n", "      call rank\n      rate = 5ms\n")

        assert [d.code for d in said(text) if d.code[:3] == "TYP"] == ["TYP002"]
        assert said(text, *C1) == []

    def test_every_request_has_to_carry_it(self) -> None:
        text = (
            SERVED
            + """
    request refund {
      body { user_id: string }
      call rank
    }
    """
        )
        found = only(text, "TSC002")

        assert "`refund`" in found.message

    def test_outer_request_may_carry_it(self) -> None:
        text = SERVED.replace("body { user_id: string  basket: float64 }", "body { id: string }")
        nested = (
            text
            + """
    request outer {
      rate = 1/s
      body { user_id: string  basket: float64 }
      call ask
    }
    """
        )
        assert said(nested, *C1) == []

    def test_shadow_gets_the_requests_of_its_control(self) -> None:
        shadow = (
            SERVED
            + """
    endpoint next {
      model    = ranker
      features = [clicks, prices, ratio]
    }
    experiment trial { kind = shadow  control = rank  treatment = next }
    """
        )
        assert said(shadow, *C1) == []
        assert [d.subject for d in said(shadow.replace("  basket: float64 }", " }"), *C1)] == [
            "rank", "next",
        ]  # fmt: skip

    def test_other_view_has_to_be_there(self) -> None:
        text = listed("clicks", "ratio").replace("[clicks, prices, ratio]", "[clicks, ratio]")
        found = only(text, "TSC002")

        assert "neither `rank` nor its request reads `prices`" in found.message
        assert "features = [clicks, ratio, prices]" in found.help
        fetched = text.replace("      call rank\n", "      call rank { call prices }\n")
        assert said(fetched, *C1) == []

    def test_several_features_are_one_finding(self) -> None:
        text = SERVED.replace(
            "share: float64 = request.basket / prices.spend",
            "share: float64 = request.basket / prices.spend\n"
            "      twice: float64 = request.basket * 2",
        ).replace("basket: float64 }", "price: float64 }")

        assert "`ratio.share` and 1 more" in only(text, "TSC002").message


WINDOWS = """
    features spending {{
      spend_7d: float64 = sum(amount) over 7d {column}
      visits:   int64   = count() over 1d
      {offline}
      {online}
      {more}
    }}
    """


def windows(offline: str = "", online: str = "", column: str = "", more: str = "") -> str:
    return WINDOWS.format(
        offline=f"offline {{ {offline} }}" if offline else "",
        online=f"online {{ {online} }}" if online else "",
        column=column,
        more=more,
    )


class TestWindows:
    """TSC009"""

    @pytest.mark.parametrize(
        ("offline", "online", "words"),
        [
            ("window = tumbling", "window = sliding", ("window = tumbling", "window = sliding")),
            ("over = 7d", "over = 6d", ("over = 7d", "over = 6d")),
            ("slide = 1h", "slide = 1m", ("slide = 1h", "slide = 1m")),
            ('timezone = "UTC"', 'timezone = "CET"', ("timezone = UTC", "timezone = CET")),
            ("includes_current = false", "includes_current = true",
             ("includes_current = false", "includes_current = true")),
            ("function = sum", "function = mean", ("function = sum", "function = mean")),
        ],
    )  # fmt: skip
    def test_each_attribute(self, offline: str, online: str, words: tuple[str, str]) -> None:
        text = windows(offline, online)
        found = only(text, "TSC009")

        assert found.severity is Severity.ERROR
        assert f"offline {words[0]}" in found.message
        assert f"online {words[1]}" in found.message
        assert at(found, text) == online.partition(" = ")[2]
        assert labelled(found, text) == [offline.partition(" = ")[2]]
        assert said(windows(offline, offline), "TSC009") == []

    def test_all_differences_are_one_finding(self) -> None:
        text = windows('window = calendar  timezone = "UTC"', 'window = sliding  timezone = "CET"')
        found = only(text, "TSC009")

        assert "offline window = calendar, timezone = UTC" in found.message
        assert len(found.labels) == 2

    def test_one_side_may_take_the_features_own_window(self) -> None:
        found = only(windows(online="over = 7d"), "TSC009")

        assert "`spending.visits`: offline over = 1d; online over = 7d" in found.message
        assert said(windows(online="over = 7d").replace("over 1d", "over 7d"), "TSC009") == []

    def test_function_of_the_definition_counts(self) -> None:
        text = windows(online="function = mean").replace(
            "      visits:   int64   = count() over 1d\n", ""
        )
        found = only(text, "TSC009")

        assert "offline function = sum; online function = mean" in found.message

    @pytest.mark.parametrize(
        ("offline", "online", "missing"),
        [
            ("window = calendar", "", "spending.online.window"),
            ("", 'timezone = "UTC"', "spending.offline.timezone"),
            ("engine = spark", "includes_current = true", "spending.offline.includes_current"),
        ],
    )
    def test_half_a_statement_is_undecided(self, offline: str, online: str, missing: str) -> None:
        found = only(windows(offline, online), "TSC009")

        assert found.missing == (missing,)
        assert found.severity is Severity.NOTE

    def test_column_stands_in_for_a_silent_side(self) -> None:
        assert said(windows(online="window = sliding", column="window sliding").replace(
            "visits:   int64   = count() over 1d", ""), "TSC009") == []  # fmt: skip

    def test_one_definition_for_both_is_no_matter(self) -> None:
        assert said(windows(), "TSC009") == []
        assert said(windows("engine = spark", "engine = flink"), "TSC009") == []

    def test_logged_features_have_one_path(self) -> None:
        text = windows("over = 7d", "over = 6d")
        logs = text + "dataset d { features = [spending]  join = logged }\n"
        joined = text + "dataset d { features = [spending]  join = point_in_time }\n"

        assert (
            said(text.replace("      visits", "      logged = true\n      visits"), "TSC009") == []
        )
        assert said(logs, "TSC009") == []
        assert len(said(joined, "TSC009")) == 1
        assert len(said(logs + joined.partition("}\n    dataset")[2], "TSC009")) == 0


JOIN = """
    entity user { key user_id: string }
    stream events { rate = 10/s  event { amount: float64 } }
    pipeline counting { reads = events }
    features clicks { entity = user  computed = counting  ctr: int64 = count() over 7d }
    features fresh { entity = user  doubled: float64 = request.amount * 2 }
    dataset history {
      features = [clicks, fresh]
      JOIN
    }
    """


class TestPointInTime:
    """TSC011"""

    def test_latest_is_an_error_with_a_fix(self) -> None:
        text = JOIN.replace("JOIN", "window = 90d  join = latest")
        found = only(text, "TSC011")

        assert at(found, text) == "latest"
        assert labelled(found, text) == ["clicks"]
        assert "90d" in found.message
        assert found.fix is not None
        (edit,) = found.fix.edits
        assert edit.span == found.span
        assert edit.text == "point_in_time"

    @pytest.mark.parametrize("join", ["point_in_time", "logged"])
    def test_joins_by_time_pass(self, join: str) -> None:
        assert said(JOIN.replace("JOIN", f"join = {join}"), "TSC011") == []

    def test_unstated_join_is_undecided(self) -> None:
        assert only(JOIN.replace("JOIN", ""), "TSC011").missing == ("history.join",)

    def test_rows_that_bring_their_values_need_no_join(self) -> None:
        text = JOIN.replace("[clicks, fresh]", "[fresh]")

        assert said(text.replace("JOIN", "join = latest"), "TSC011") == []
        assert said(text.replace("JOIN", ""), "TSC011") == []

    def test_view_computed_from_a_changing_one_changes(self) -> None:
        text = JOIN.replace("request.amount * 2", "request.amount / clicks.ctr")
        text = text.replace("[clicks, fresh]", "[fresh]").replace("JOIN", "join = latest")

        assert only(text, "TSC011").code == "TSC011"


BATCH = """
    entity user { key user_id: string }
    stream events { rate = 10/s  lag = 1s  event { amount: float64 } }
    pipeline daily { reads = events  every = 1d  runtime = 90m }
    features profile {
      entity   = user
      computed = daily
      materialize { every = 1d  runtime = 90m  delay = 30m  load = 20m }
      LINE
      visits: int64 = count() over 30d
    }
    """


def batch(line: str) -> str:
    return BATCH.replace("LINE", line)


class TestLifetimes:
    """TSC017: worst age 26h20m, 50h20m after one failed run."""

    @pytest.mark.parametrize("name", ["lookback", "max_age", "expiry"])
    @pytest.mark.parametrize(
        ("lifetime", "severity"),
        [("26h", Severity.ERROR), ("1580m", Severity.WARNING), ("50h", Severity.WARNING),
         ("3020m", None), ("60h", None)],
    )  # fmt: skip
    def test_thresholds(self, name: str, lifetime: str, severity: Severity | None) -> None:
        text = batch(f"{name} = {lifetime}")
        found = said(text, "TSC017")

        assert [d.severity for d in found] == ([severity] if severity else [])
        for one in found:
            assert at(one, text) == lifetime
            assert labelled(one, text) == ["1d"]
            assert one.help == f"{name} = 51h"
            assert ("26h20m" if severity is Severity.ERROR else "50h20m") in one.message

    def test_proposed_line_passes(self) -> None:
        found = only(batch("max_age = 1d"), "TSC017")

        assert said(batch(found.help), "TSC017") == []

    def test_tolerated_failures_move_the_warning(self) -> None:
        none = batch("max_age = 30h").replace("load = 20m", "load = 20m  tolerated_failures = 0")
        three = batch("max_age = 60h").replace("load = 20m", "load = 20m  tolerated_failures = 3")

        assert said(none, "TSC017") == []
        assert "after 3 failed runs" in only(three, "TSC017").message

    def test_each_lifetime_is_judged(self) -> None:
        assert len(said(batch("lookback = 1h  max_age = 2h  expiry = 3h"), "TSC017")) == 3

    def test_unknown_age_is_undecided(self) -> None:
        unstated = batch("max_age = 60h").replace("  load = 20m", "")
        found = only(unstated, "TSC017")

        assert found.missing == ("profile.materialize.load",)
        assert found.severity is Severity.NOTE

    def test_known_part_alone_can_decide(self) -> None:
        unstated = batch("max_age = 20h").replace("  load = 20m", "")
        found = only(unstated, "TSC017")

        assert not found.undecided
        assert found.severity is Severity.ERROR
        assert "at least 26h" in found.message

    def test_view_without_lifetimes_is_not_judged(self) -> None:
        assert said(batch("").replace("  load = 20m", ""), "TSC017") == []


class TestFreshness:
    """TSC019"""

    def test_message_holds_both_numbers_and_the_sum(self) -> None:
        text = batch("freshness = 20h")
        found = only(text, "TSC019")

        assert at(found, text) == "20h"
        assert labelled(found, text) == ["1d"]
        assert found.message == (
            "freshness is 20h, the worst age is 26h20m = 1d period + 1h30m run + 20m load "
            "+ 30m source delay"
        )
        assert "every = 1060m" in found.help

    @pytest.mark.parametrize(("sought", "period"), [("20h", "1060m"), ("3h", "40m"),
                                                    ("150m", "600s")])  # fmt: skip
    def test_proposed_period_is_the_largest(self, sought: str, period: str) -> None:
        text = batch(f"freshness = {sought}")
        found = only(text, "TSC019")
        proposed = found.help.removeprefix("materialize { every = ").partition(" }")[0]
        longer = {"1060m": "1061m", "40m": "41m", "10m": "11m"}[proposed]

        assert proposed == period.replace("600s", "10m")
        assert (
            said(text.replace("every = 1d  runtime", f"every = {proposed}  runtime"), "TSC019")
            == []
        )
        assert said(text.replace("every = 1d  runtime", f"every = {longer}  runtime"), "TSC019")

    def test_no_period_is_short_enough(self) -> None:
        found = only(batch("freshness = 1h"), "TSC019")

        assert "no period is short enough: the rest alone takes 2h20m" in found.help
        assert "streaming" in found.help

    def test_exactly_met_is_met(self) -> None:
        assert said(batch("freshness = 1580m"), "TSC019") == []

    def test_unknown_age_is_undecided_and_its_known_part_decides(self) -> None:
        unstated = batch("freshness = FRESH").replace("  load = 20m", "")

        assert only(unstated.replace("FRESH", "30h"), "TSC019").missing == (
            "profile.materialize.load",
        )
        decided = only(unstated.replace("FRESH", "20h"), "TSC019")
        assert not decided.undecided
        assert "at least 26h" in decided.message

    def test_view_without_an_objective_is_not_judged(self) -> None:
        assert said(batch("").replace("  load = 20m", ""), "TSC019") == []

    def test_short_window_by_batch_is_a_warning_whatever_is_asked(self) -> None:
        text = batch("views_1h: int64 = count() over 1h")
        found = only(text, "TSC019")

        assert found.severity is Severity.WARNING
        assert at(found, text) == "views_1h"
        assert labelled(found, text) == ["1d"]
        assert said(text.replace("over 1h", "over 61m"), "TSC019") == []
        assert len(said(text.replace("views_1h", "freshness = 30h\n      views_1h"), "TSC019")) == 1

    def test_streaming_view_names_what_takes_longest(self) -> None:
        text = """
            stream events { rate = 10/s  lag = 1s }
            pipeline counting { reads = events  watermark = 20s  slide = 2s }
            features recent {
              computed  = counting
              freshness = 10s
              n: int64 = count() over 10m
            }
            """
        found = only(text, "TSC019")

        assert "1s source lag + 20s watermark + 2s slide" in found.message
        assert found.help.startswith("a watermark of 7s or less")
        assert labelled(found, text) == ["20s"]
        assert said(text.replace("watermark = 20s", "watermark = 7s"), "TSC019") == []

    def test_cache_on_the_path_makes_it_older(self) -> None:
        text = """
            stream events { rate = 10/s  lag = 1s }
            pipeline counting { reads = events  watermark = 2s  slide = 1s }
            features recent {
              computed  = counting
              freshness = 10s
              n: int64 = count() over 10m
            }
            cache answers { ttl = 1m }
            endpoint score { replicas = 1 }
            request one {
              call score { cached by answers hit 80% { call recent } }
            }
            """
        found = only(text, "TSC044")
        assert "1m cache" in found.arithmetic[0]
        assert found.help == "ttl = 6s, or a longer freshness"
        assert said(text, "TSC019") == []  # without the cache it is fresh enough
        assert said(text.replace("ttl = 1m", "ttl = 6s"), "TSC044") == []


LABEL = """
    entity card { key card_id: string }
    stream payments { rate = 10/s  lag = 1s  event { card_id: string  amount: float64 } }
    source disputes { rate = 1/h  event { card_id: string  fraud: bool  reason: string } }
    lake history: s3 { from = [payments, disputes] }
    pipeline daily { reads = history  every = 1d  runtime = 1h }
    features profile {
      entity   = card
      computed = daily
      rate_90d: float64 = DEFINITION
    }
    label is_fraud { from = disputes  column = fraud  matures = 45d }
    dataset rows { features = [profile]  label = is_fraud  join = point_in_time }
    """


OWN_DELAY = "entity   = card  join_delay = 45d"


def leak(definition: str, text: str = LABEL) -> str:
    return text.replace("DEFINITION", definition)


class TestLabelLeakage:
    """TSC022"""

    def test_path_is_printed(self) -> None:
        text = leak("mean(fraud) over 90d")
        found = only(text, "TSC022")

        assert found.message.endswith("disputes.fraud -> history -> daily -> profile.rate_90d")
        assert at(found, text) == "rate_90d"
        assert labelled(found, text) == ["disputes", "is_fraud", "profile"]
        assert "lag 45d" in found.help

    def test_other_columns_pass(self) -> None:
        assert said(leak("sum(amount) over 90d"), "TSC022") == []
        assert said(leak("count_distinct(reason) over 90d"), "TSC022") == []

    @pytest.mark.parametrize(("lag", "count"), [("44d", 1), ("45d", 0), ("60d", 0)])
    def test_lag_of_the_feature(self, lag: str, count: int) -> None:
        found = said(leak(f"mean(fraud) over 90d lag {lag}"), "TSC022")

        assert len(found) == count
        assert all("44d < 45d" in one.arithmetic for one in found)

    def test_delay_of_the_join(self) -> None:
        text = leak("mean(fraud) over 90d")

        assert (
            said(
                text.replace("label = is_fraud  join", "label = is_fraud  join_delay = 45d  join"),
                "TSC022",
            )
            == []
        )
        short = text.replace("label = is_fraud  join", "label = is_fraud  join_delay = 2h  join")
        assert "2h later; it is mature after 45d" in only(short, "TSC022").message

    def test_delay_of_the_view(self) -> None:
        text = leak("mean(fraud) over 90d").replace("entity   = card", OWN_DELAY)

        assert said(text, "TSC022", "SYN001", "SYN026") == []

    def test_a_delay_that_the_store_does_not_honour_counts_for_nothing(self) -> None:
        """Feast joins at the spine's times, whatever delay is stated."""
        text = leak("mean(fraud) over 90d").replace("entity   = card", OWN_DELAY)
        feast = "feature_store shop: feast { }\n" + text.replace(
            "computed = daily", "computed = daily  store = shop"
        )
        found = only(feast, "TSC022")

        assert any(line.startswith("join_delay counts for nothing: ") for line in found.arithmetic)

    def test_lag_and_delay_add_up(self) -> None:
        text = leak("mean(fraud) over 90d lag 30d")
        delayed = "label = is_fraud  join_delay = {}  join"

        for delay, count in (("14d", 1), ("15d", 0)):
            found = text.replace("label = is_fraud  join", delayed.format(delay))
            assert len(said(found, "TSC022")) == count

    def test_lag_without_maturity_is_undecided(self) -> None:
        text = leak("mean(fraud) over 90d lag 60d").replace("  matures = 45d", "")

        assert only(text, "TSC022").missing == ("is_fraud.matures",)
        assert not only(text.replace(" lag 60d", ""), "TSC022").undecided

    def test_row_is_the_label_where_no_column_is(self) -> None:
        rows = LABEL.replace("  column = fraud", "")

        assert "disputes.reason ->" in only(leak("count(reason) over 90d", rows), "TSC022").message
        assert said(leak("sum(amount) over 90d", rows), "TSC022") == []

    def test_undeclared_origin_is_undecided(self) -> None:
        text = leak("mean(flag) over 90d").replace(
            "  event { card_id: string  fraud: bool  reason: string }", ""
        )
        found = only(text, "TSC022")

        assert found.missing == ("disputes.event",)
        assert found.severity is Severity.NOTE

    def test_label_by_name_is_found_in_an_undeclared_origin(self) -> None:
        text = leak("mean(fraud) over 90d").replace(
            "  event { card_id: string  fraud: bool  reason: string }", ""
        )
        found = only(text, "TSC022")

        assert not found.undecided
        assert "disputes.fraud -> history -> daily -> profile.rate_90d" in found.message

    def test_through_features_of_other_views(self) -> None:
        text = leak("mean(fraud) over 90d").replace("[profile]", "[risk]")
        text += "    features risk { risk: float64 = request.amount * profile.rate_90d }\n"
        found = only(text, "TSC022")

        assert found.subject == "risk"
        assert found.message.endswith("profile.rate_90d -> risk.risk")
        assert said(text.replace("over 90d", "over 90d lag 45d"), "TSC022") == []

    def test_label_known_at_once_may_be_used_at_once(self) -> None:
        assert said(leak("mean(fraud) over 90d").replace("45d", "0d"), "TSC022") == []
        assert len(said(leak("mean(fraud) over 90d").replace("  matures = 45d", ""), "TSC022")) == 1

    def test_way_with_the_least_lag_counts(self) -> None:
        text = leak("mean(fraud) over 90d lag 45d").replace("[profile]", "[risk]")
        text += "    features risk { computed = daily  risk: float64 = profile.rate_90d + fraud }\n"

        assert only(text, "TSC022").message.endswith("daily -> risk.risk")

    def test_one_leak_is_one_finding(self) -> None:
        text = leak("mean(fraud) over 90d").replace("[profile]", "[profile, risk]")
        text += "    features risk { risk: float64 = request.amount * profile.rate_90d }\n"

        assert only(text, "TSC022").subject == "profile"

    def test_label_that_lies_in_the_lake(self) -> None:
        text = leak("mean(fraud) over 90d").replace("from = disputes", "from = history")

        assert "`is_fraud` comes from `history`" in [x.text for x in only(text, "TSC022").labels]

    def test_decisions_of_reviewers_are_the_label(self) -> None:
        text = leak("count(verdict) over 90d").replace(
            "from = disputes  column = fraud", "from = cases"
        )
        text = text.replace("from = [payments, disputes]", "from = [payments, disputes, cases]")
        text += "    review cases { }\n"

        assert "`is_fraud` comes from `cases`" in [
            label.text for d in said(text, "TSC022") for label in d.labels
        ]

    def test_feedback_counts_as_an_origin(self) -> None:
        text = leak("count(outcome) over 90d").replace("from = disputes  column = fraud", "")
        text = text.replace("[payments, disputes]", "[payments, disputes, results]")
        text += (
            "    stream results { rate = 1/s  event { outcome: string } }\n"
            "    feedback loop { from = results  into = is_fraud }\n"
        )
        assert "results.outcome ->" in only(text, "TSC022").message

    def test_dataset_without_a_label_is_not_judged(self) -> None:
        text = leak("mean(fraud) over 90d").replace("label = is_fraud  ", "")

        assert said(text, "TSC022") == []
