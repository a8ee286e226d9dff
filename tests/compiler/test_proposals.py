"""What findings propose to a newcomer is complete, possible, and no other finding's opposite."""

from __future__ import annotations

import pytest

from mlsdc.compiler.design import Design
from mlsdc.compiler.graph import Graph
from tests.compiler.checking import compiled, fact, only, outcome, said

PRODUCTION = "system shop { tier = production }\n"


class TestModelsOfOthers:
    """Nobody here trained them: what is asked of them can be known."""

    TEXT = PRODUCTION.replace("{", "{{").replace("}", "}}") + (
        'model llama {{ architecture = "llama-3-8b"  {more} }}\n'
        "endpoint chat {{ model = llama }}\n"
        "request ask {{\n rate = 1/s\n call chat\n}}\n"
    )

    def test_a_gate_stands_before_a_new_version(self) -> None:
        one = only(self.TEXT.format(more=""), "REL009")
        assert one.message == "no gate stands between a new version of `llama` and its requests"
        assert one.help == "gate = groundedness { at_least = 0.9 }"

    def test_training_is_spoken_of_where_there_is_one(self) -> None:
        text = PRODUCTION + "training t { }\nmodel m { training = t }\nendpoint e { model = m }\n"
        assert "between the training of `m`" in only(text, "REL009").message

    def test_a_pinned_revision_can_be_put_back(self) -> None:
        assert said(self.TEXT.format(more='revision = "5206a32"'), "REL006") == []
        one = only(self.TEXT.format(more=""), "REL006")
        assert one.help == "registry = models, and registry models: mlflow { }"

    def test_the_registry_that_is_there_is_named(self) -> None:
        assert only(self.TEXT.format(more="") + "registry shelf { }", "REL006").help == (
            "registry = shelf"
        )

    def test_what_they_learned_from_is_not_asked(self) -> None:
        """Their requests are compared with rows of one's own."""
        watched = self.TEXT.format(more="") + "monitor health { watches = chat  {reference} }\n"
        (asked,) = said(watched.replace("{reference}", ""), "MON002")
        assert asked.missing == ("health.reference",)
        own = watched.replace("{reference}", "reference = usual") + "dataset usual { }\n"
        assert said(own, "MON002") == []

    def test_the_proposed_monitor_has_a_system_and_no_dataset(self) -> None:
        one = only(self.TEXT.format(more=""), "MON001")
        assert one.message == "nothing watches what `chat` is asked and what `llama` answers"
        assert one.help == "monitor chat_health: evidently { watches = chat  staleness = [model] }"


def test_a_monitor_of_the_same_rows_watches_both() -> None:
    """No second monitor is proposed beside one that compares with the same training set."""
    text = PRODUCTION + (
        "dataset rows { }\nmodel m { dataset = rows }\nmodel n { dataset = rows }\n"
        "endpoint a { model = m }\nendpoint b { model = n }\n"
        "monitor health { watches = a  reference = rows }\n"
    )
    assert only(text, "MON001").help == "watches = [a, b] in `health`"
    assert said(text.replace("watches = a ", "watches = [a, b] "), "MON001") == []


def test_the_next_version_of_a_model_is_staged() -> None:
    """The proposed experiment names nothing that is not there."""
    text = PRODUCTION + (
        "model m { }\nendpoint rank { model = m }\nrequest r {\n rate = 1/s\n call rank\n}\n"
    )
    (line,) = (one.help for one in said(text, "REL007"))
    assert "treatment = m " in line
    found = outcome(text + line).diagnostics
    assert [d.code for d in found if d.code[:3] in ("SYN", "TYP") or d.code == "REL007"] == []

    waiting = text + "endpoint rank_next { model = m }\n"
    assert "treatment = rank_next " in said(waiting, "REL007")[0].help


def test_a_system_in_use_is_proposed_again() -> None:
    """A design of its own registry is not told to take another."""
    design = compiled("endpoint a: triton { }").design
    assert design.proposed("endpoint", "b") == "endpoint b: triton { }"
    assert design.proposed("stream", "s", "rate = 1/s") == "stream s: kafka { rate = 1/s }"
    assert design.proposed("tool", "t") == "tool t { }"


def test_an_unknown_name_is_declared_by_what_is_proposed() -> None:
    """`stream rejected: kafka { }` can be typed; `<system> { ... }` could not."""
    text = "stream s { rate = 1/s }\npipeline p { reads = s  dead_letter = zzz }\n"
    one = only(text, "SYN020")
    assert one.help == "declare it: stream zzz: kafka { }"
    assert said(text + one.help.removeprefix("declare it: "), "SYN020") == []


@pytest.mark.parametrize(("store", "verb"), [("stream", "publishes"), ("lake", "writes")])
def test_dead_letters_go_to_a_stream_or_a_lake(store: str, verb: str) -> None:
    """Both are documented, and both are joined."""
    text = f"stream s {{ }}\n{store} rejected {{ }}\n"
    text += "pipeline p { reads = s  dead_letter = rejected }\n"
    edges = fact(text, Graph).into("rejected")
    assert [(edge.source, edge.verb) for edge in edges] == [("p", verb)]


def test_one_key_answers_both_findings_of_a_cache() -> None:
    """TSC044 asks for the version, EXP008 for the variant: each proposes both."""
    text = """
    model m { }
    model n { }
    endpoint encode { model = m }
    endpoint old { model = m }
    endpoint new { model = n }
    cache answers { ttl = 1m  key = [query] }
    request search {
      rate = 100/s
      cached by answers hit 60% {
        call encode
        call old
      }
    }
    experiment ranking { control = old  treatment = new  request = search }
    """
    version, variant = only(text, "TSC044").help, only(text, "EXP008").help
    assert version == "key = [query, model_version, variant]"
    assert variant == f"{version} in `answers`"
    assert said(text.replace("key = [query]", version), "TSC044", "EXP008") == []


class TestIndexes:
    """What is asked of an index follows from what it finds by."""

    def test_an_index_of_words_has_no_dimensions(self) -> None:
        words = PRODUCTION + "index words { memory = 8GiB  replicas = 2 }"
        assert said(words, "LLM005") == []
        near = PRODUCTION + "index near { memory = 8GiB  vectors = 1_000 }"
        assert only(near, "LLM005").missing == ("near.dimensions",)

    def test_its_availability_can_be_stated(self) -> None:
        text = PRODUCTION + (
            "endpoint e { availability = 99.99% }\nindex near { MORE }\n"
            "request r {\n rate = 1/s\n budget { availability >= 99% }\n"
            " call e { call near  timeout 9ms }\n}\n"
        )
        assert only(text.replace("MORE", ""), "REL010").missing == ("near.availability",)
        assert said(text.replace("MORE", "availability = 99.9%"), "REL010", "SYN024") == []


CALLED = (
    "endpoint", "explainer", "gateway", "online_store", "cache", "index", "stream", "review",
    "feature_store", "warehouse", "lake",
)  # fmt: skip


@pytest.mark.parametrize("role", CALLED)
def test_whatever_a_request_calls_may_state_its_availability(role: str) -> None:
    """REL010 asks for it by this name."""
    from mlsdc.compiler.catalog import roles

    assert "availability" in roles()[role].model_fields


def test_the_little_load_of_a_treatment_is_on_purpose() -> None:
    """REL007 asks for the shadow; CAP012 does not ask to take its GPU away."""
    text = """
    endpoint rank { gpus = 1 x l4  replicas = 2  concurrency = 1
      latency { p50 = 10ms  p99 = 10ms  at = 90/s } }
    endpoint next { gpus = 1 x l4  replicas = 2  concurrency = 1
      latency { p50 = 10ms  p99 = 10ms  at = 90/s } }
    request ask {
      rate = 100/s
      call rank
    }
    experiment stage { kind = shadow  control = rank  treatment = next  share = 10% }
    """
    assert said(text, "CAP012") == []
    assert only(text.replace("rate = 100/s", "rate = 10/s"), "CAP012").subject == "rank"


def test_what_stands_behind_a_gateway_is_called_by_an_endpoint() -> None:
    """A gateway that is to ask a cache is told who can."""
    text = "gateway edge { }\nindex near { }\nrequest r {\n rate = 1/s\n call edge\n call near\n}\n"
    one = only(text, "TYP008")
    assert one.help.startswith("endpoint serve: container { }, and this call inside")
    assert [label.text for label in one.labels] == ["`near` is an index"]
    inside = text.replace("call near", "call serve { call near }") + "endpoint serve { }"
    assert said(inside, "TYP008") == []


def test_a_delay_does_not_ask_for_a_load() -> None:
    """A job that writes the online store itself loads nothing afterwards, whatever is delayed."""
    text = """
    entity user { key user_id: string }
    online_store kv { }
    feature_store store { online = kv }
    pipeline job { every = 1d  runtime = 1h  writes = kv }
    features f {
      entity = user  store = store  computed = job  freshness = 30h
      MORE
      n: int64
    }
    """
    assert only(text.replace("MORE", ""), "TSC019").missing == ("f.materialize.delay",)
    assert said(text.replace("MORE", "materialize { delay = 5m }"), "TSC019") == []
    run = text.replace("MORE", "materialize { every = 1d  delay = 5m }")
    assert only(run, "TSC019").missing == ("f.materialize.load",)


def test_the_training_that_delays_joins_is_named() -> None:
    """`delays_joins` belongs to one training, and the help says to which."""
    text = """
    entity user { key user_id: string }
    online_store kv { }
    feature_store store: feast { online = kv }
    pipeline job { every = 1d  runtime = 1h  writes = kv }
    features f { entity = user  store = store  computed = job  n: int64 }
    dataset rows { features = f  join = point_in_time  join_delay = 2h }
    training nightly { }
    model m { dataset = rows  training = nightly }
    """
    one = only(text, "TSC034")
    assert one.help == "delays_joins = true in `nightly`, or availability = created_time"


def test_a_design_without_a_catalogue_proposes_no_system() -> None:
    """The language is read without the standard library, too."""
    from mlsdc.compiler.model.environment import Environment, Platform, System

    bare = Design(System.model_construct(), Environment(
        name="", platform=Platform(name="kubernetes")), {})  # fmt: skip
    assert bare.proposed("stream", "s") == "stream s { }"
