"""The checks between a feature and a prediction at their edges: keys, stores, values, units."""

from __future__ import annotations

import pytest

from mlsdc.diagnostics import Severity
from tests.compiler.checking import at, labelled, only, said

PRODUCTION = "    system shop { tier = production }\n"


class TestKeys:
    """TSC013: whatever a look-up needs comes with the request, or is told on its way."""

    TEXT = """
    entity merchant { key merchant_id: string }
    entity terminal { key terminal_id: string }
    features risk { entity = merchant  disputes: int64 = count() over 30d }
    endpoint score { features = [risk] }
    request authorise {
      rate = 10/s
      body { terminal_id: string  amount: float64 }
      call score
    }
    """

    def test_key_that_nothing_tells(self) -> None:
        found = only(self.TEXT, "TSC013")

        assert found.message == (
            "`risk` is keyed by `merchant_id`; `authorise` carries amount, terminal_id, and "
            "nothing on its way tells the key"
        )
        assert labelled(found, self.TEXT)[0] == "merchant_id"
        assert "merchant_id: string in the `body` of `authorise`" in found.help

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("amount: float64 }", "amount: float64  merchant_id: string }"),
            ("amount: float64 }", "amount: float64  shop: string  carries merchant_id }"),
            ("key merchant_id: string }", "key merchant_id: string  known_from = terminal }"),
            ("call score\n", "call finder\n      call score\n"),
            ("features = [risk] }", "features = [owner, risk] }"),
        ],
    )
    def test_ways_in_which_a_key_is_known(self, old: str, new: str) -> None:
        text = (
            self.TEXT.replace(old, new)
            + "    index finder { finds = merchant }\n"
            + "    features owner { entity = terminal  merchant_id: string }\n"
        )
        assert said(text, "TSC013") == []

    def test_key_of_a_view_that_is_not_read_tells_nothing(self) -> None:
        text = self.TEXT + "    features owner { entity = terminal  merchant_id: string }\n"

        assert len(said(text, "TSC013")) == 1

    def test_table_from_an_unknown_entity_tells_nothing(self) -> None:
        text = self.TEXT.replace(
            "merchant_id: string }", "merchant_id: string  known_from = card }"
        )

        assert len(said(text + "    entity card { key card_id: string }\n", "TSC013")) == 1

    def test_misspelt_key_is_offered_another_name(self) -> None:
        text = self.TEXT.replace("amount: float64 }", "merchantid: string }")

        assert "`merchantid: ...  carries merchant_id`" in only(text, "TSC013").help

    def test_nested_requests_share_their_bodies(self) -> None:
        text = self.TEXT + (
            "    request page {\n      rate = 1/s\n      body { merchant_id: string }\n"
            "      call authorise\n    }\n"
        )
        nested = text.replace("      rate = 10/s\n", "")

        assert said(nested, "TSC013") == []
        assert len(said(text, "TSC013")) == 1  # sent by itself, it lacks the key

    def test_silent_request_is_undecided_in_production_only(self) -> None:
        text = self.TEXT.replace("      body { terminal_id: string  amount: float64 }\n", "")

        assert said(text, "TSC013") == []
        assert only(PRODUCTION + text, "TSC013").missing == ("authorise.body",)

    def test_endpoint_that_nobody_calls_is_not_judged(self) -> None:
        text = self.TEXT.replace("      call score\n", "")

        assert said(text, "TSC013") == []


class TestKeyForms:
    """TSC014: type, order and version of a key."""

    TEXT = """
    entity pair {
      key user_id: string
      key item_id: int64
    }
    online_store kv { }
    stream clicks { rate = 10/s  event { user_id: string  item_id: int64 } }
    pipeline counting { reads = clicks  writes = kv }
    feature_store store { online = kv }
    features seen {
      entity   = pair
      store    = store
      computed = counting
      n: int64 = count() over 1d
    }
    dataset rows { spine = clicks  features = [seen] }
    endpoint rank { features = [seen] }
    request ask {
      rate = 10/s
      body { user_id: string  item: int64  carries item_id }
      call rank
    }
    """

    def test_equal_forms_pass(self) -> None:
        assert said(self.TEXT, "TSC014") == []

    def test_type_of_the_request(self) -> None:
        text = self.TEXT.replace("item: int64  carries", "item: int32  carries")
        found = only(text, "TSC014")

        assert found.message == "`ask` carries `item_id` as int32; the key of `pair` is int64"
        assert at(found, text) == "item"

    def test_type_of_the_events_is_said_once(self) -> None:
        text = self.TEXT.replace("event { user_id: string  item_id: int64 }",
                                 "event { user_id: int64  item_id: int64 }")  # fmt: skip
        found = only(text, "TSC014")

        assert found.message == "`clicks` has `user_id` as int64; the key of `pair` is string"

    def test_order_of_a_composite_key(self) -> None:
        right = self.TEXT.replace("writes = kv }", "writes = kv  key_order = [user_id, item_id] }")
        wrong = self.TEXT.replace("writes = kv }", "writes = kv  key_order = [item_id, user_id] }")

        assert said(right, "TSC014") == []
        found = only(wrong, "TSC014")
        assert at(found, wrong) == "[item_id, user_id]"
        assert found.help == "key_order = [user_id, item_id]"

    def test_version_of_the_layout(self) -> None:
        written = self.TEXT.replace("writes = kv }", "writes = kv  key_version = 2 }")
        both = written.replace("{ online = kv }", "{ online = kv  key_version = {} }")

        assert only(written, "TSC014").missing == ("store.key_version",)
        assert said(both.replace("= {}", "= 2"), "TSC014") == []
        found = only(both.replace("= {}", "= 3"), "TSC014")
        assert "version 2" in found.message
        assert "version 3" in found.message


STORED = """
    entity user { key user_id: string }
    online_store kv { }
    online_store other { }
    lake history { }
    feature_store store { online = kv  offline = history }
    stream clicks { rate = 10/s }
    pipeline counting { reads = clicks  writes = kv }
    features recent { store = store  computed = counting  n: int64 = count() over 1d }
    dataset rows { features = [recent]  join = point_in_time }
    endpoint rank { features = [recent] }
    """


class TestMaterialised:
    """TSC015: what is read online is written online."""

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("writes = kv", "writes = store"),
            ("writes = kv", "writes = other"),
            ("store = store  comp", "store = store  push = online  comp"),
        ],
    )
    def test_ways_to_the_online_store(self, old: str, new: str) -> None:
        text = STORED.replace(old, new).replace(
            "over 1d }", "over 1d\n materialize { every = 1h } }" if "other" in new else "over 1d }"
        )
        assert said(text, "TSC015") == []

    def test_other_store(self) -> None:
        text = STORED.replace("writes = kv", "writes = other")
        found = only(text, "TSC015")

        assert found.message == "`recent` is read online, and `counting` writes `other`, not `kv`"
        assert "other" in labelled(found, text)
        assert found.help.startswith("writes = kv in `counting`")

    def test_runs_that_only_keep_history(self) -> None:
        text = STORED.replace("writes = kv", "writes = history").replace(
            "over 1d }", "over 1d\n materialize { every = 1h  online = false } }"
        )
        assert only(text, "TSC015").message.endswith("its runs only keep history")
        assert said(text.replace("  online = false", ""), "TSC015") == []

    def test_push_to_history_only(self) -> None:
        text = STORED.replace("writes = kv", "writes = history")
        text = text.replace("store = store  comp", "store = store  push = offline  comp")

        assert only(text, "TSC015").help == "push = both"

    def test_stream_alone_brings_nothing(self) -> None:
        text = STORED.replace("computed = counting", "computed = clicks")

        assert "nothing brings it from `clicks` to `kv`" in only(text, "TSC015").message

    @pytest.mark.parametrize(
        ("old", "missing"),
        [("  writes = kv", "counting.writes"), ("  computed = counting", "recent.computed")],
    )
    def test_early_designs_are_undecided(self, old: str, missing: str) -> None:
        assert only(STORED.replace(old, ""), "TSC015").missing == (missing,)

    @pytest.mark.parametrize("old", ["    endpoint rank { features = [recent] }\n",
                                     "store = store  comp"])  # fmt: skip
    def test_what_is_not_read_from_a_store_is_not_judged(self, old: str) -> None:
        text = STORED.replace("writes = kv", "writes = other")
        text = text.replace(old, "comp" if "comp" in old else "")

        assert said(text, "TSC015") == []


class TestHistory:
    """TSC016: what is served can be had again for training."""

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("lake history { }", "lake history { from = clicks }"),
            ("writes = kv }", "writes = [kv, history] }"),
            ("store = store  comp", "store = store  push = both  comp"),
            ("store = store  comp", "store = store  logged = true  comp"),
            ("join = point_in_time", "join = logged"),
            ("over 1d }", "over 1d\n materialize { every = 1h } }"),
            ("    dataset rows { features = [recent]  join = point_in_time }\n", ""),
        ],
    )
    def test_ways_to_keep_it(self, old: str, new: str) -> None:
        assert old in STORED
        assert said(STORED.replace(old, new), "TSC016") == []

    def test_nothing_keeps_it(self) -> None:
        found = only(STORED, "TSC016")

        assert found.severity is Severity.WARNING
        assert at(found, STORED) == "kv"
        assert labelled(found, STORED) == ["recent"]

    def test_push_is_online_only_unless_it_says_both(self) -> None:
        text = STORED.replace("store = store  comp", "store = store  push = online  comp")

        assert at(only(text, "TSC016"), text) == "online"

    def test_batch_jobs_have_their_history(self) -> None:
        assert said(STORED.replace("writes = kv }", "writes = kv  every = 1h }"), "TSC016") == []


class TestInactivity:
    """TSC018: a value that is written at events lives until the next one."""

    TEXT = """
    entity user { key user_id: string  gap = 20d }
    stream clicks { rate = 10/s }
    pipeline counting { reads = clicks }
    features seen { entity = user  computed = counting  max_age = 20d  n: int64 = count() over 7d }
    """

    def test_just_inside(self) -> None:
        assert said(self.TEXT, "TSC018") == []

    def test_just_outside_by_the_gap(self) -> None:
        text = self.TEXT.replace("max_age = 20d", "max_age = 18d")
        found = only(text, "TSC018")

        assert found.message == (
            "a value is used online for 18d; one `user` in twenty is quiet for 20d"
        )
        assert labelled(found, text) == ["20d"]
        assert found.help == "max_age = 20d"

    def test_window_counts_where_it_is_longer(self) -> None:
        text = self.TEXT.replace("over 7d", "over 30d")

        assert "`n` covers 30d" in only(text, "TSC018").message
        assert said(text.replace("max_age = 20d", "max_age = 30d"), "TSC018") == []

    def test_each_lifetime_is_judged(self) -> None:
        text = self.TEXT.replace("max_age = 20d", "max_age = 1d  lookback = 2d  expiry = 30d")

        assert [d.help for d in said(text, "TSC018")] == ["max_age = 20d", "lookback = 20d"]

    def test_runs_that_write_everybody_keep_quiet_ones_fresh(self) -> None:
        text = self.TEXT.replace("max_age = 20d", "max_age = 1d")
        batch = text.replace("reads = clicks }", "reads = clicks  every = 6h  runtime = 1h }")
        runs = "over 7d\n materialize { every = 6h  incremental = true } }"

        assert len(said(text, "TSC018")) == 1
        assert said(batch, "TSC018") == []
        assert len(said(batch.replace("over 7d }", runs), "TSC018")) == 1

    def test_no_lifetime_no_finding(self) -> None:
        assert said(self.TEXT.replace("  max_age = 20d", ""), "TSC018") == []


class TestOverrun:
    """TSC020: a run ends before the next one, and after what it reads is there."""

    TEXT = """
    lake raw { }
    lake clean { }
    lake daily { }
    pipeline first { reads = raw  writes = clean  every = 1d  runtime = 3h  starts = 1h }
    pipeline second { reads = clean  writes = daily  every = 1d  runtime = 1h  starts = 4h }
    """

    def test_just_in_time(self) -> None:
        assert said(self.TEXT, "TSC020") == []
        assert said(self.TEXT.replace("runtime = 1h", "runtime = 24h"), "TSC020") == []

    def test_just_too_long(self) -> None:
        text = self.TEXT.replace("runtime = 1h", "runtime = 1441m")
        found = only(text, "TSC020")

        assert found.message.startswith("a run of `second` takes 24h01m and is due every 1d")
        for policy in ("forbid", "allow"):
            allowed = text.replace("runtime = 1441m", f"runtime = 1441m  overlap = {policy}")
            assert said(allowed, "TSC020") == []
        never = text.replace("runtime = 1441m", "runtime = 1441m  overlap = replace")
        assert "each is stopped by the next" in only(never, "TSC020").message

    def test_child_before_its_parent_has_ended(self) -> None:
        text = self.TEXT.replace("starts = 4h", "starts = 239m")
        found = only(text, "TSC020")

        assert found.message == (
            "`second` starts at 3h59m, before `first` has ended at 4h: "
            "it reads what the run before has written"
        )
        assert labelled(found, text) == ["1h"]
        assert said(text.replace("starts = 239m", "starts = 239m  after = first"), "TSC020") == []

    def test_unknown_runtime_of_the_parent(self) -> None:
        text = self.TEXT.replace("runtime = 3h  ", "")

        assert only(text, "TSC020").missing == ("first.runtime",)
        early = text.replace("starts = 4h", "starts = 30m")
        assert not only(early, "TSC020").undecided

    def test_runs_of_a_view(self) -> None:
        text = self.TEXT + (
            "    features seen { computed = second  n: int64 = count() over 1d\n"
            "      materialize { every = 1h  runtime = 90m } }\n"
        )
        assert only(text, "TSC020").subject == "seen"
        assert said(text.replace("runtime = 90m", "runtime = 60m"), "TSC020") == []


class TestMissingValues:
    """TSC021: one stand-in for a value that is not there."""

    TEXT = """
    entity user { key user_id: string }
    features clicks { entity = user  ctr: float64 {} }
    dataset history { features = [clicks] }
    model ranker { dataset = history }
    endpoint rank { model = ranker  features = [clicks] }
    request ask {
      rate = 10/s
      body { user_id: string }
      call rank { call clicks  timeout 5ms }
    }
    """

    @pytest.mark.parametrize(
        "words", ["default 0", "default 0 imputed 0", "default 0 on_timeout 0.0 imputed 0",
                  "default null imputed null", "default 0 on_timeout 0"],
    )  # fmt: skip
    def test_one_value_for_all(self, words: str) -> None:
        assert said(self.TEXT.replace("{}", words), "TSC021") == []

    def test_timeout_value_of_its_own(self) -> None:
        text = self.TEXT.replace("{}", "default 0.031 on_timeout 0")
        found = only(text, "TSC021")

        assert found.message == (
            "on timeout `rank` sends 0 for `ctr`; training puts 0.031"
        )  # fmt: skip
        assert at(found, text) == "0"
        assert labelled(found, text) == ["0.031"]

    def test_mean_of_the_training_rows(self) -> None:
        found = only(self.TEXT.replace("{}", "default 0 imputed mean"), "TSC021")

        assert "`rank` sends 0 for `ctr`; training puts mean" in found.message
        assert found.severity is Severity.ERROR

    def test_rows_that_are_left_out_never_show_the_default(self) -> None:
        found = only(self.TEXT.replace("{}", "default 0 imputed drop"), "TSC021")

        assert found.severity is Severity.WARNING
        assert "it never occurs there" in found.message

    def test_nothing_is_said(self) -> None:
        text = self.TEXT.replace("{}", "")

        assert only(text, "TSC021").missing == ("clicks.ctr.default",)
        assert said(text.replace("  timeout 5ms", ""), "TSC021") == []
        assert said(self.TEXT.replace("{}", "on_timeout 0"), "TSC021") != []

    def test_imputed_without_a_default_is_undecided(self) -> None:
        text = self.TEXT.replace("{}", "imputed 3").replace("  timeout 5ms", "")

        assert only(text, "TSC021").missing == ("clicks.ctr.default",)

    def test_view_that_no_model_learns_is_not_judged(self) -> None:
        text = self.TEXT.replace("{}", "default 0 on_timeout 1")
        text = text.replace("features = [clicks] }\n    model", "features = [] }\n    model")

        assert said(text, "TSC021") == []

    def test_fallback_view_that_no_model_learns(self) -> None:
        text = self.TEXT.replace("{}", "default 0").replace("5ms }", "5ms  fallback coarse }")
        text += "    features coarse { entity = user  ctr: float64  default 0 }\n"
        found = only(text, "TSC021")

        assert found.severity is Severity.WARNING
        assert "`coarse` is read instead" in found.message
        both = text.replace("features = [clicks] }\n    model", "features = [clicks, coarse] }\n"
                            "    model")  # fmt: skip
        assert said(both, "TSC021") == []


class TestUnits:
    """TSC024: what is added, compared or said to be the same is measured alike."""

    TEXT = """
    entity card { key card_id: string }
    stream payments {
      rate = 10/s
      event { card_id: string  amount: float64  unit EUR  at: timestamp  event_time {} }
    }
    pipeline profiles { reads = payments }
    features profile {
      entity   = card
      computed = profiles
      spend: float64 = sum(amount) over 30d  unit EUR
    }
    features ticket { entity = card  ratio: float64 = request.amount / profile.spend }
    dataset history { spine = payments  features = [profile, ticket] }
    model scorer { dataset = history }
    endpoint score { model = scorer  features = [profile, ticket] }
    request authorise {
      rate = 10/s
      body { card_id: string  amount: float64  unit EUR }
      call score
    }
    """.replace("{}", "")

    def test_one_unit_passes(self) -> None:
        assert said(self.TEXT, "TSC024") == []
        assert said(self.TEXT.replace("unit EUR }", "unit eur }"), "TSC024") == []

    def test_feature_in_another_unit(self) -> None:
        text = self.TEXT.replace("over 30d  unit EUR", "over 30d  unit USD")
        found = said(text, "TSC024")

        assert found[0].message == (
            "`profile.spend` is in USD, `payments.amount` it is computed from in EUR"
        )

    def test_request_in_another_unit_is_wrong_in_both_places(self) -> None:
        text = self.TEXT.replace("unit EUR }", "unit cents }")
        messages = [d.message for d in said(text, "TSC024")]

        assert messages == [
            "`ratio`: `authorise.amount` in cents divided by `profile.spend` in EUR",
            "`authorise` brings `amount` in cents; training reads it from `payments` in EUR",
        ]

    @pytest.mark.parametrize(
        ("definition", "wrong"),
        [
            ("request.amount + profile.spend", True),
            ("request.amount > profile.spend", True),
            ("max(request.amount, profile.spend)", True),
            ("request.amount * profile.spend", True),
            ("(request.amount * 100) + profile.spend", False),
            ("log(request.amount) + profile.spend", False),
            ("request.amount + 1", False),
        ],
    )
    def test_arithmetic(self, definition: str, wrong: bool) -> None:
        text = self.TEXT.replace("request.amount / profile.spend", definition)
        text = text.replace("unit EUR }", "unit cents }")
        found = [d for d in said(text, "TSC024") if d.subject == "ticket"]

        assert bool(found) == wrong

    def test_things_of_two_kinds_may_be_divided(self) -> None:
        text = self.TEXT.replace("unit EUR }", "unit km }")

        assert [d.subject for d in said(text, "TSC024")] == ["authorise"]

    def test_two_streams_that_disagree(self) -> None:
        text = self.TEXT.replace("reads = payments", "reads = [payments, refunds]")
        text += "    stream refunds { rate = 1/s  event { amount: float64  unit cents } }\n"

        assert "beside" in said(text, "TSC024")[0].message

    def test_signature(self) -> None:
        text = self.TEXT.replace(
            "dataset = history }",
            "dataset = history\n      signature { spend: float64 unit USD } }",
        )
        assert "`scorer` takes `spend` in USD" in only(text, "TSC024").message

    def test_units_that_nobody_states_are_no_finding(self) -> None:
        assert said(self.TEXT.replace("  unit EUR", ""), "TSC024") == []

    def test_time_zones(self) -> None:
        local = self.TEXT.replace("event_time ", 'event_time  timezone "Europe/Paris" ')
        text = local.replace("spine = payments", "spine = decisions") + (
            "    stream decisions { rate = 1/s\n"
            "      event { amount: float64  at: timestamp  event_time {} } }\n"
        )
        assert said(local, "TSC024") == []
        assert only(text.replace("{}", ""), "TSC024").missing == ("decisions.at.timezone",)
        found = only(text.replace("{}", " timezone naive"), "TSC024")
        assert "naive" in found.message
        assert said(text.replace("{}", 'timezone "Europe/Paris"'), "TSC024") == []


class TestEncodings:
    """TSC025: one category, one number."""

    TEXT = """
    entity card { key card_id: string }
    features last { entity = card  merchant: int64 { encoding = TRAINED  served = SERVED } }
    """

    def text(self, encoding: str, served: str) -> str:
        return self.TEXT.replace("TRAINED", encoding).replace("SERVED", served)

    @pytest.mark.parametrize(
        ("trained", "served", "words"),
        [
            ("hash { buckets = 8 }", "hash { buckets = 9 }", "number of buckets is 9"),
            ('hash { salt = "a" }', 'hash { salt = "b" }', "salt"),
            ("hash { function = murmur3 }", "hash { function = md5 }", "hash function is md5"),
            ("bucket { edges = [1, 2] }", "bucket { edges = [1, 3] }", "bucket edges is [1, 3]"),
            ("hash { buckets = 8 }", "bucket { buckets = 8 }", "encoded by bucket here"),
            ('vocabulary { artifact = "v@1"  unknown = own }',
             'vocabulary { artifact = "v@2"  unknown = own }', 'vocabulary is "v@2"'),
            ('vocabulary { artifact = "v@1"  unknown = own }',
             'vocabulary { artifact = "v@1"  unknown = null }', "value for the unknown is null"),
        ],
    )  # fmt: skip
    def test_every_part_counts(self, trained: str, served: str, words: str) -> None:
        assert words in only(self.text(trained, served), "TSC025").message
        assert said(self.text(trained, trained), "TSC025") == []

    def test_part_that_one_side_does_not_state(self) -> None:
        text = self.text("hash { buckets = 8  salt = x }", "hash { buckets = 8 }")

        assert only(text, "TSC025").missing == ("last.merchant.served.salt",)

    def test_vocabulary_without_an_answer_to_the_unknown(self) -> None:
        text = self.text("vocabulary", "vocabulary")
        found = only(text, "TSC025")

        assert found.severity is Severity.WARNING
        assert found.help == "unknown = own"

    def test_definition_that_encodes_itself(self) -> None:
        text = """
        entity card { key card_id: string }
        features last { entity = card  m: int64 = hash(request.x, 64) { encoding = hash {} } }
        """
        assert said(text.replace("{}", "{ buckets = 64 }"), "TSC025") == []
        assert "64 in training" in only(text.replace("{}", "{ buckets = 65 }"), "TSC025").message

    def test_signature_of_the_model(self) -> None:
        text = (
            self.text("hash { buckets = 8 }", "hash { buckets = 8 }")
            + """
    dataset rows { features = [last] }
    model scorer {
      dataset = rows
      signature { merchant: int64 { encoding = hash { buckets = 16 } } }
    }
    """
        )
        assert "16 in training" in only(text, "TSC025").message


class TestOnDemand:
    """TSC029 and TSC030: what is computed when it is asked for."""

    TEXT = """
    entity card { key card_id: string }
    stream decisions { rate = 10/s  event { card_id: string  amount: float64 } }
    features base { entity = card  cost = 2ms  doubled: float64 = request.amount * 2 }
    features ratio { entity = card  cost = 3ms  share: float64 = base.doubled / 100 }
    dataset history { spine = decisions  features = [base, ratio] }
    model scorer { dataset = history }
    endpoint score { model = scorer  features = [ratio, base]  feature_budget = 50ms }
    request ask {
      rate = 10/s
      body { card_id: string  amount: float64 }
      call score  batch 10
    }
    """

    def test_each_view_is_paid_once_for_every_row(self) -> None:
        assert said(self.TEXT, "TSC029") == []
        found = only(self.TEXT.replace("50ms", "49ms"), "TSC029")
        assert found.message == (
            "features computed on demand take 50ms for 10 rows; `score` has 49ms"
        )
        assert found.arithmetic == ("(2ms base + 3ms ratio) x 10 = 50ms",)

    def test_parents_that_are_not_listed_count(self) -> None:
        text = self.TEXT.replace("features = [ratio, base]  feature", "features = [ratio]  feature")

        assert len(said(text.replace("50ms", "49ms"), "TSC029")) == 1

    def test_computed_when_written_costs_nothing_on_read(self) -> None:
        text = self.TEXT.replace("50ms", "49ms").replace(
            "cost = 3ms", "cost = 3ms  computed_on_write = true"
        )
        assert said(text, "TSC029") == []

    def test_unknown_cost(self) -> None:
        text = self.TEXT.replace("  cost = 3ms", "")

        assert only(text, "TSC029").missing == ("ratio.cost",)
        assert not only(text.replace("50ms", "10ms"), "TSC029").undecided  # 20 ms already

    def test_without_a_budget_the_whole_request_bounds_it(self) -> None:
        text = self.TEXT.replace("  feature_budget = 50ms", "")
        stated = text.replace("rate = 10/s\n      body", "rate = 10/s\n      budget { p99 <= {} }\n"
                              "      body")  # fmt: skip

        assert only(text, "TSC029").missing == ("score.feature_budget",)
        assert "`ask` as a whole has 40ms" in only(stated.replace("{}", "40ms"), "TSC029").message
        assert only(stated.replace("{}", "60ms"), "TSC029").undecided
        assert said(text.replace("cost = 2ms", "").replace("cost = 3ms", ""), "TSC029") == []

    def test_timeout_of_a_look_up(self) -> None:
        text = self.TEXT.replace("batch 10", "{ call ratio  timeout 4ms }")

        assert "the look-up of `ratio` has 4ms" in only(text, "TSC029").message
        assert said(text.replace("timeout 4ms", "timeout 5ms"), "TSC029") == []

    def test_field_that_training_does_not_have(self) -> None:
        text = self.TEXT.replace("event { card_id: string  amount: float64 }",
                                 "event { card_id: string  amounts: float64 }")  # fmt: skip
        found = only(text, "TSC030")

        assert said(self.TEXT, "TSC030") == []
        assert found.message == (
            "`base.doubled` is computed from `amount` of the request, which rows of `decisions` do "
            "not have"
        )
        assert found.help == "is it `amounts`? one name for both"
        logged = text.replace(
            "features = [base, ratio] }", "features = [base, ratio]  join = logged }"
        )
        assert said(logged, "TSC030") == []

    def test_rows_in_a_lake_have_what_is_landed_there(self) -> None:
        text = self.TEXT.replace("spine = decisions", "spine = kept")
        lacking = text.replace("  amount: float64 } }\n    features", " } }\n    features")
        landed = "    lake kept { from = decisions }\n"

        assert said(text + landed, "TSC030") == []
        assert len(said(lacking + landed, "TSC030")) == 1
        assert only(PRODUCTION + text + "    lake kept { }\n", "TSC030").missing == ("kept.from",)
        assert said(text + "    lake kept { }\n", "TSC030") == []


class TestSkew:
    """TSC034: a join that sees what serving sees, neither earlier nor later."""

    TEXT = """
    entity user { key user_id: string }
    pipeline profiles { every = 1d  runtime = 90m }
    features profile {
      entity   = user
      computed = profiles
      materialize { every = 1d  runtime = 90m  delay = 15m  load = 20m }
      visits: int64 = count() over 30d
    }
    dataset history { features = [profile]  join = point_in_time  join_delay = 125m }
    """

    def test_exactly_the_skew_passes(self) -> None:
        assert said(self.TEXT, "TSC034") == []
        assert said(self.TEXT.replace("125m", "24h"), "TSC034") == []

    def test_a_minute_less(self) -> None:
        text = self.TEXT.replace("join_delay = 125m", "join_delay = 124m")
        found = only(text, "TSC034")

        assert found.message == "`history` sees `profile` 1m earlier than serving ever does"
        assert found.arithmetic[0] == "2h05m = 1h30m run + 20m load + 15m source delay"
        assert found.help == (
            "join_delay = 125m in `profile`, or availability = created_time"
        )  # fmt: skip

    def test_view_may_have_a_delay_of_its_own(self) -> None:
        own = self.TEXT.replace("      visits", "      join_delay = 125m\n      visits")

        assert said(own.replace("  join_delay = 125m }", " }"), "TSC034") == []
        assert said(own.replace("  join_delay = 125m }", "  join_delay = 1m }"), "TSC034") == []

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("join_delay = 125m", "availability = created_time"),
            ("join = point_in_time  join_delay = 125m", "join = logged"),
            ("join = point_in_time  join_delay = 125m", "join = latest"),
        ],
    )
    def test_other_joins(self, old: str, new: str) -> None:
        assert said(self.TEXT.replace(old, new), "TSC034") == []

    def test_longer_than_any_age(self) -> None:
        text = self.TEXT.replace("125m", "27h")
        found = only(text, "TSC034")

        assert found.message.startswith("training sees `profile` 27h late")
        assert said(self.TEXT.replace("125m", "26h"), "TSC034") == []

    def test_unknown_parts(self) -> None:
        text = self.TEXT.replace("  load = 20m", "")

        assert only(text, "TSC034").missing == ("profile.materialize.load",)
        less = text.replace("join_delay = 125m", "join_delay = 1m")
        assert "at least 1h44m" in only(less, "TSC034").message

    def test_streaming_view_has_no_runs_to_wait_for(self) -> None:
        text = self.TEXT.replace(
            "every = 1d  runtime = 90m }\n    feat", "watermark = 1s }\n    feat"
        )
        runs = "      materialize { every = 1d  runtime = 90m  delay = 15m  load = 20m }\n"
        text = text.replace(runs, "").replace("  join_delay = 125m", "")

        assert said(text, "TSC034") == []


class TestStaleCaches:
    """TSC044: caches that make values, or models, older than they may be."""

    PREDICTIONS = """
    dataset rows { }
    model ranker { dataset = rows }
    endpoint rank { model = ranker }
    cache answers { ttl = 5m  key = [query] }
    request ask {
      rate = 10/s
      cached by answers hit 50% { call rank }
    }
    """

    def test_key_without_the_version(self) -> None:
        found = only(self.PREDICTIONS, "TSC044")

        assert found.message == (
            "after a release of `ranker`, `answers` gives answers of the last one for 5m"
        )
        assert found.help == "key = [query, model_version]"

    @pytest.mark.parametrize("part", ["model_version", "model", "ranker", "ranker_version"])
    def test_keys_that_tell_versions_apart(self, part: str) -> None:
        text = self.PREDICTIONS.replace("[query]", f"[query, {part}]")

        assert said(text, "TSC044") == []

    def test_key_of_the_step_counts_first(self) -> None:
        text = self.PREDICTIONS.replace("hit 50% {", "hit 50% key [query, model_version] {")

        assert said(text, "TSC044") == []

    def test_unknown_key(self) -> None:
        text = self.PREDICTIONS.replace("  key = [query]", "")

        assert said(text, "TSC044") == []
        assert only(PRODUCTION + text, "TSC044").missing == ("answers.key",)

    def test_rules_have_no_version(self) -> None:
        assert said(self.PREDICTIONS.replace("{ model = ranker }", "{ }"), "TSC044") == []

    NESTED = """
    stream events { rate = 10/s  lag = 1s }
    pipeline counting { reads = events  watermark = 2s  slide = 1s }
    features recent { computed = counting  freshness = 34s  n: int64 = count() over 10m }
    cache near { ttl = 10s }
    cache far { ttl = 20s }
    request ask {
      rate = 10/s
      cached by near hit 50% { cached by far hit 50% { call recent } }
    }
    """

    def test_nested_caches_add_up(self) -> None:
        assert said(self.NESTED, "TSC044") == []
        found = only(self.NESTED.replace("34s", "33s"), "TSC044")
        assert found.message == "`far` hands out `recent` at an age of 34s; freshness is 33s"

    def test_time_to_live_of_the_step_counts_first(self) -> None:
        text = self.NESTED.replace("near hit 50% {", "near hit 50% ttl 1m {")

        assert len(said(text, "TSC044")) == 1

    def test_unknown_time_to_live(self) -> None:
        text = self.NESTED.replace("{ ttl = 20s }", "{ }")

        assert only(text, "TSC044").missing == ("far.ttl",)

    def test_too_old_already_is_another_finding(self) -> None:
        text = self.NESTED.replace("34s", "3s")

        assert said(text, "TSC044") == []
        assert len(said(text, "TSC019")) == 1


class TestSegments:
    """TSC046: nobody is judged by a model that has never seen his like."""

    TEXT = """
    dataset history { population { {} } }
    model scorer { dataset = history }
    endpoint score { model = scorer  serves { [] } }
    """

    @pytest.mark.parametrize(
        ("trained", "served", "value"),
        [
            ('country == ["DE", "FR"]', 'country == ["DE", "PL"]', '"PL"'),
            ('country == "DE"', 'platform == "ios"', "any other"),
            ('country != "US"', 'country == ["US", "DE"]', '"US"'),
            ("amount >= 10", "amount >= 5", "5"),
            ("amount < 100", "amount <= 100", "100"),
            ("amount >= 10", 'country == "DE"', "9"),
            ("known == true", "known == [true, false]", "false"),
            ('country == "DE"', 'country != "US"', "any other"),
        ],
    )
    def test_excluded(self, trained: str, served: str, value: str) -> None:
        text = self.TEXT.replace("{}", trained).replace("[]", served)
        found = only(text, "TSC046")

        assert f"{trained.split()[0]}` {value}, and" in found.message

    @pytest.mark.parametrize(
        ("trained", "served"),
        [
            ('country == ["DE", "FR"]', 'country == "DE"'),
            ('country == ["DE", "FR"]', 'country == ["DE", "US"]\n country != "US"'),
            ('country != "US"', 'country == "DE"'),
            ('country != "US"', 'country != ["US", "CA"]'),
            ("amount >= 10", "amount > 10"),
            ("amount < 100", "amount == [1, 99.5]"),
            ("known == true", "known != false"),
        ],
    )
    def test_covered(self, trained: str, served: str) -> None:
        text = self.TEXT.replace("{}", trained).replace("[]", served)

        assert said(text, "TSC046") == []

    def test_everybody_was_trained_on(self) -> None:
        text = self.TEXT.replace(" population { {} }", "").replace("[]", 'country == "DE"')

        assert said(text, "TSC046") == []

    def test_endpoint_that_does_not_say_is_undecided(self) -> None:
        text = self.TEXT.replace("{}", 'country == "DE"').replace("  serves { [] }", "")

        assert only(text, "TSC046").missing == ("score.serves",)


class TestDomains:
    """TSC047: a production feature says which values it can have."""

    TEXT = (
        PRODUCTION
        + """
    entity user { key user_id: string }
    stream clicks { rate = 10/s }
    pipeline counting { reads = clicks }
    features seen { entity = user  computed = counting  {} }
    dataset rows { features = [seen] }
    """
    )

    @pytest.mark.parametrize(
        "column",
        [
            "n: int64 = count() over 1d",
            "n: float64 = sum(x) over 1d  at_least 0",
            "n: float64  at_most -1.5",
            'n: string  values ["a", "b"]',
            "n: bool",
            "n: float32[128]",
            "n: bool = request.x > 3",
            "n: int64 { encoding = hash { buckets = 8 } }",
        ],
    )
    def test_bounded(self, column: str) -> None:
        assert said(self.TEXT.replace("{}", column), "TSC047") == []

    @pytest.mark.parametrize(
        "column", ["n: float64", "n: float64 = sum(x) over 1d", "n: string", "n: float64 unit EUR"]
    )
    def test_unbounded(self, column: str) -> None:
        text = self.TEXT.replace("{}", column)

        assert only(text, "TSC047").message == "which values `n` of `seen` can have is not said"
        assert said(text.replace("tier = production", "tier = internal"), "TSC047") == []
        assert said(text.replace("dataset rows { features = [seen] }", ""), "TSC047") == []

    def test_schema_that_the_store_infers(self) -> None:
        assert "infers" in only(self.TEXT.replace("{}", ""), "TSC047").message


class TestUse:
    """TSC048: what is kept is read, and what is read is kept."""

    def test_written_and_read_by_nobody(self) -> None:
        text = STORED.replace("endpoint rank { features = [recent] }", "endpoint rank { }")
        found = only(text, "TSC048")

        assert found.severity is Severity.NOTE
        assert not found.undecided
        assert said(STORED, "TSC048") == []

    def test_design_without_endpoints_is_not_judged(self) -> None:
        text = STORED.replace("    endpoint rank { features = [recent] }\n", "")

        assert said(text, "TSC048") == []

    def test_read_through_another_view(self) -> None:
        text = STORED.replace("features = [recent] }\n    ", "features = [ratio] }\n    ")
        text += "    features ratio { entity = user  r: float64 = request.x / recent.n }\n"

        assert said(text, "TSC048") == []

    def test_deprecated_feature_in_use(self) -> None:
        text = STORED.replace("over 1d }", "over 1d  status deprecated }")
        found = only(text, "TSC048")

        assert found.severity is Severity.WARNING
        assert found.message == "`recent.n` is deprecated, and still read here"
        assert at(found, text) == "recent"


FEAST = """
    entity user { key user_id: string }
    online_store kv: redis { nodes = 3  memory = 1GiB }
    feature_store store: feast { online = kv }
    features clicks { entity = user  store = store  lookback = 2h  ctr: float64 }
    endpoint rank { features = [clicks] }
    """


class TestTtlOnOneSide:
    """TSC049: training and serving drop a value at the same age."""

    def test_online_reads_do_not_look_at_the_age(self) -> None:
        found = only(FEAST, "TSC049")

        assert found.severity is Severity.ERROR
        assert found.message == (
            "training sees nothing after 2h; `rank` gets a value of `clicks` of any age: online "
            "reads return a value of any age as present"
        )
        assert found.help.startswith("max_age = 2h in `clicks`, and rejects_stale = true in `rank`")

    def test_max_age_is_a_claim_that_feast_does_not_honour(self) -> None:
        text = FEAST.replace("lookback = 2h", "lookback = 2h  max_age = 2h")
        alone = FEAST.replace("lookback = 2h", "max_age = 2h")

        assert "2h" in labelled(only(text, "TSC049"), text)
        assert only(alone, "TSC049").message.startswith("max_age of `clicks` does nothing")

    def test_endpoint_that_compares_ages(self) -> None:
        text = FEAST.replace("lookback = 2h", "lookback = 2h  max_age = 2h").replace(
            "[clicks] }", "[clicks]  rejects_stale = true }"
        )
        assert said(text, "TSC049") == []
        longer = text.replace("max_age = 2h", "max_age = 3h")
        shorter = text.replace("max_age = 2h", "max_age = 1h")
        assert only(longer, "TSC049").severity is Severity.ERROR
        assert only(shorter, "TSC049").severity is Severity.WARNING
        assert only(text.replace("lookback = 2h  ", ""), "TSC049").missing == ("clicks.lookback",)

    def test_every_reader_has_to_compare(self) -> None:
        text = FEAST.replace("lookback = 2h", "lookback = 2h  max_age = 2h").replace(
            "[clicks] }", "[clicks]  rejects_stale = true }"
        )
        assert len(said(text + "    endpoint other { features = [clicks] }\n", "TSC049")) == 1

    def test_values_that_a_client_reads_are_compared_by_who_takes_them_in(self) -> None:
        text = FEAST.replace("lookback = 2h", "lookback = 2h  max_age = 2h")
        text += "    request ask { rate = 1/s  call clicks\n call rank }\n"

        assert len(said(text, "TSC049")) == 1
        assert said(text.replace("[clicks] }", "[clicks]  rejects_stale = true }"), "TSC049") == []

    def test_key_that_expires(self) -> None:
        text = FEAST.replace("{ online = kv }", "{ online = kv  key_ttl = 2h }")
        shared = text + "    features visits { entity = user  store = store  n: int64 }\n"

        assert said(text, "TSC049") == []
        assert len(said(text.replace("key_ttl = 2h", "key_ttl = 3h"), "TSC049")) == 1
        assert "a key holds all views of its entity" in only(shared, "TSC049").message

    def test_expiry_needs_the_key_ttl(self) -> None:
        text = FEAST.replace("lookback = 2h", "expiry = 2h")

        assert "it does only with `key_ttl`" in only(text, "TSC049").message

    def test_monitor_of_ages_makes_it_a_warning(self) -> None:
        text = FEAST + "    monitor health { watches = rank  staleness = [features] }\n"

        assert only(text, "TSC049").severity is Severity.WARNING
        assert only(text.replace("[features]", "[model]"), "TSC049").severity is Severity.ERROR

    def test_store_that_nobody_runs_yet(self) -> None:
        text = FEAST.replace("store: feast", "store")

        assert said(text, "TSC049") == []
        assert only(PRODUCTION + text, "TSC049").missing == ("store: the system that runs it",)

    @pytest.mark.parametrize(
        "old", ["  lookback = 2h", "    endpoint rank { features = [clicks] }\n"]
    )
    def test_designs_without_the_subject(self, old: str) -> None:
        assert said(FEAST.replace(old, ""), "TSC049") == []
