"""The security and governance checks at their edges; SEC009's are in the tests of operations."""

from __future__ import annotations

import pytest

from mlsdc.compiler.analyses.secrets import kind
from mlsdc.diagnostics import Diagnostic, Severity
from tests.compiler.checking import at, labelled, only, outcome, shown
from tests.compiler.checking import said as heard

PRODUCTION = "system shop { tier = production }\n"


def said(text: str, *codes: str) -> list[Diagnostic]:
    """The findings of these codes about a design that is sound in itself."""
    wrong = [shown(d) for d in heard(text) if d.code[:3] in ("SYN", "TYP", "INT")]
    assert wrong == []
    return heard(text, *codes)


class TestSensitiveDataSpills:
    """SEC001."""

    TEXT = """
        stream visits { event { user_id: string  sensitivity LEVEL } }
        lake raw { from = visits  classification = ALLOWED }
        """

    @pytest.mark.parametrize(
        ("level", "allowed", "spilt"),
        [("pii", "internal", True), ("pii", "pii", False), ("pii", "special", False),
         ("internal", "public", True), ("special", "pii", True), ("secret", "special", True),
         ("public", "public", False)],
    )  # fmt: skip
    def test_levels(self, level: str, allowed: str, spilt: bool) -> None:
        text = self.TEXT.replace("LEVEL", level).replace("ALLOWED", allowed)

        assert len(said(text, "SEC001")) == spilt

    def test_proposed_fix_passes(self) -> None:
        text = self.TEXT.replace("LEVEL", "pii").replace("ALLOWED", "internal")
        found = only(text, "SEC001")

        assert found.help.startswith("classification = pii, or deidentifies")
        assert labelled(found, text) == ["pii"]
        assert said(text.replace("internal", "pii"), "SEC001") == []

    def test_unclassified_store_is_asked_for_in_production_only(self) -> None:
        text = self.TEXT.replace("LEVEL", "pii").replace("classification = ALLOWED", "")

        assert said(text, "SEC001") == []
        missing = {d.missing for d in said(PRODUCTION + text, "SEC001")}
        assert missing == {("visits.classification",), ("raw.classification",)}

    def test_a_design_that_says_nothing_is_asked_once(self) -> None:
        text = "stream visits { event { user_id: string } }\nlake raw { from = visits }"

        assert said(text, "SEC001") == []
        assert only(PRODUCTION + text, "SEC001").missing == ("visits.user_id.sensitivity",)
        assert said(PRODUCTION, "SEC001") == []


class TestOutsideItsRegions:
    """SEC002, in several environments."""

    TEXT = """
        source patients { residency = ["eu"] }
        environment paris { platform = aws { region = "eu-west-3" } }
        environment ohio { platform = aws { region = "us-east-2" } }
        environment lab { platform = kubernetes { } }
        """

    def test_each_environment_by_itself(self) -> None:
        found = {d.environments: d for d in said(self.TEXT, "SEC002")}

        assert set(found) == {("ohio",), ("lab",)}
        assert found["ohio",].severity is Severity.ERROR
        assert at(found["ohio",], self.TEXT) == '"us-east-2"'
        assert found["lab",].missing == ("lab.platform.region",)

    @pytest.mark.parametrize(
        ("region", "inside"), [("eu-west-1", True), ("europe-west1", False), ("eu", True)]
    )
    def test_a_prefix_ends_at_a_dash(self, region: str, inside: bool) -> None:
        text = f"""
            system shop {{ residency = ["eu"] }}
            environment one {{ platform = aws {{ region = "{region}" }} }}
            """
        assert bool(said(text, "SEC002")) != inside


def test_retention_and_erasure() -> None:
    """SEC003 and SEC004: what is deleted within a month needs no erasure by hand."""
    text = """
        stream visits { retention = 7d  event { user_id: string  sensitivity pii } }
        lake raw { from = visits  KEPT }
        """

    def codes(kept: str) -> list[str]:
        return [d.code for d in said(text.replace("KEPT", kept), "SEC003", "SEC004")]

    assert codes("") == ["SEC003", "SEC004"]
    assert codes("retention = 30d") == []
    assert codes("retention = 31d") == ["SEC004"]
    assert codes("retention = 31d  erasure = user_id") == []
    assert codes("retention = 31d  erasure = card_id") == ["SEC004"]
    assert codes("existing { }") == []
    assert codes("retention = 31d  encryption = none") == ["SEC004"]


@pytest.mark.parametrize(
    ("kept", "said_so"),
    [("encryption = none", True), ("encryption = managed", False), ("", False)],
)
def test_encryption(kept: str, said_so: bool) -> None:
    """SEC018; a store without personal data may be what it likes."""
    stream = "stream visits { event { user_id: string  sensitivity LEVEL } }\n"
    lake = f"lake raw {{ from = visits  {kept} }}"

    assert bool(said(stream.replace("LEVEL", "pii") + lake, "SEC018")) == said_so
    assert said(stream.replace("LEVEL", "internal") + lake, "SEC018") == []


class TestProtectedAttributes:
    """SEC005."""

    def test_by_way_of_another_feature_and_of_the_request(self) -> None:
        text = """
            stream people { event { sex: string  protected  income: float64 } }
            pipeline daily { reads = people  every = 1d }
            features person {
              computed = daily
              rate: float64 = mean(sex) over 30d
            }
            features derived { ratio: float64 = person.rate / request.age  default 0 }
            dataset history { features = derived }
            model credit { dataset = history }
            endpoint score { model = credit  request_features = ["age"] }
            request apply { rate = 1/s
              body { age: int64  protected }
              call score }
            """
        found = said(text, "SEC005")

        assert sorted(d.message.partition(": ")[2] for d in found) == [
            "apply.age -> derived.ratio -> credit",
            "apply.age -> score -> credit",
            "people.sex -> daily -> person.rate -> derived.ratio -> credit",
        ]

    def test_a_model_that_reads_nothing_of_it(self) -> None:
        text = """
            stream people { event { sex: string  protected } }
            lake raw { from = people }
            dataset history { spine = raw }
            model credit { dataset = history }
            """
        assert said(text, "SEC005") == []


class TestDecisions:
    """SEC006, SEC007 and SEC010 look at requests that a model answers in."""

    TEXT = """
        system shop { tier = TIER }
        model ranker { }
        endpoint score { model = ranker }
        stream decided { retention = 1d }
        request apply {
          rate   = 1/s
          EFFECT
          call score
        }
        REVIEW
        """

    def codes(self, tier: str, effect: str, review: str = "") -> list[tuple[str, bool]]:
        text = self.TEXT.replace("TIER", tier).replace("EFFECT", effect)
        found = said(text.replace("REVIEW", review), "SEC006", "SEC010")
        return [(d.code, d.undecided) for d in found]

    def test_significant_effects_are_reviewed(self) -> None:
        review = "review cases { request = apply  fraction = 1% }"

        assert self.codes("internal", "effect = significant") == [("SEC006", False)]
        assert self.codes("internal", "effect = significant", review) == []
        assert self.codes("internal", "effect = minor") == []

    def test_asked_in_production_only(self) -> None:
        assert self.codes("internal", "") == []
        assert self.codes("production", "") == [("SEC006", True)]

    def test_a_request_without_a_model_decides_nothing(self) -> None:
        text = self.TEXT.replace("TIER", "production").replace("EFFECT", "effect = significant")
        text = text.replace("{ model = ranker }", "{ }").replace("REVIEW", "")

        assert said(text, "SEC006") == []

    def test_reasons(self) -> None:
        explained = "explainer why { explains = score }"

        assert self.codes("internal", "reasons = true") == [("SEC010", False)]
        assert self.codes("internal", "reasons = true", explained) == []
        assert self.codes("internal", "reasons = false") == []

    def test_every_duty_of_high_risk(self) -> None:
        text = self.TEXT.replace("TIER", "internal  risk = high").replace("EFFECT", "")
        found = said(text.replace("REVIEW", ""), "SEC007")

        articles = sorted(d.message.rpartition("(")[2].rstrip(")") for d in found)
        assert articles == [f"article {number}" for number in (10, 12, 13, 14, 15)]
        assert all(labelled(d, text.replace("REVIEW", "")) == ["high"] for d in found)
        assert said(text.replace("risk = high", "risk = limited").replace("REVIEW", ""), "SEC007"
                    ) == []  # fmt: skip


class TestSecrets:
    """SEC011. No value here was ever anybody's."""

    @pytest.mark.parametrize(
        ("name", "value", "what"),
        [
            ("key", "AKIA" + "Q" * 16, "an AWS access key"),
            ("url", "postgresql://ml:hunter2@db.example.com/x", "an address with a password"),
            ("url", "https://user@db.example.com/x", ""),
            ("url", "http://catalog.data.svc:8181", ""),
            ("note", "ghp_" + "a" * 36, "a GitHub token"),
            ("alerts", "https://hooks.slack.com/services/T00/B00/xyz",
             "the address of a Slack webhook"),
            ("password", "hunter2", "a password"),
            ("db_password", "hunter2", "a password"),
            ("api_key", "12345", "an api key"),
            ("password", "", ""),
            ("password", "/run/secrets/db", ""),
            ("password", "vault:db/password", ""),
            ("secret", "arn:aws:secretsmanager:eu-west-1:1:secret:db", ""),
            ("password_file", "x.txt", ""),
            ("tokenizer", "bert", ""),
            ("token", "-----BEGIN RSA PRIVATE KEY-----", "a private key"),
            ("host", "sales.example.com", ""),
        ],
    )  # fmt: skip
    def test_kinds(self, name: str, value: str, what: str) -> None:
        assert kind(name, value) == what

    def test_the_secret_itself_is_not_repeated(self) -> None:
        text = 'system w { contact = "postgresql://ml:hunter2@db.example.com/x" }'
        found = only(text, "SEC011")

        words = [found.message, found.help, *found.arithmetic, *(one.text for one in found.labels)]
        assert not any("hunter2" in word for word in words)

    def test_anywhere_in_the_design(self) -> None:
        text = f"""
            system shop {{ contact = "xoxb-{"1" * 12}" }}
            stream a {{ expects {{ ranges = ["sk-{"a" * 24}"] }} }}
            environment e {{ platform = aws {{ account = "AKIA{"Q" * 16}" }} }}
            """
        found = said(text, "SEC011")

        assert {d.subject for d in found} == {"system", "a", "environment e"}
        assert all(text[d.span.start : d.span.end].strip() for d in found)


class TestOpenGateway:
    """SEC014."""

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ("auth = jwt  limit = 1/s", []),
            ("auth = none  limit = 1/s", [Severity.ERROR]),
            ("auth = mtls", [Severity.WARNING]),
            ("limit = 1/s", [Severity.NOTE]),
            ("existing { }", []),
        ],
    )
    def test_what_is_open(self, fields: str, expected: list[Severity]) -> None:
        text = f"gateway edge {{ {fields} }}"

        assert said(text, "SEC014") == []
        assert [d.severity for d in said(PRODUCTION + text, "SEC014")] == expected


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ("format = pickle", True),
        ("format = torchscript", True),
        ("format = pickle  signed = true", False),
        ("format = onnx", False),
        ("", False),
        ("format = pickle  training = job", True),
        ("format = pickle  training = job  registry = models", False),
    ],
)
def test_untrusted_pickle(fields: str, found: bool) -> None:
    """SEC016: made and kept here, or signed, or no program at all."""
    text = f"""
        training job {{ }}
        registry models {{ }}
        model ranker {{ {fields} }}
        endpoint rank {{ model = ranker }}
        """
    assert bool(said(text, "SEC016")) == found


def test_tenants() -> None:
    """SEC017: silent for one customer, asks for a key that is not stated."""
    cache = "cache answers { KEY }\n"
    tenant = "system desk { tenant = tenant_id }\n"

    assert said(cache.replace("KEY", "key = [query]"), "SEC017") == []
    assert only(tenant + cache.replace("KEY", ""), "SEC017").missing == ("answers.key",)
    found = only(tenant + cache.replace("KEY", "key = [query]"), "SEC017")
    assert said(tenant + cache.replace("KEY", found.help), "SEC017") == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("lake a { classification = personal }", "classification"),
        ("request a { effect = big }", "effect"),
        ("request a { reasons = 3 }", "reasons"),
        ("system a { risk = unbearable }", "risk"),
        ("lake a { erasure = 3 }", "erasure"),
        ("model a { format = zip }", "format"),
        ("lake a { residency = 3 }", "residency"),
    ],
)
def test_wrong_values(text: str, word: str) -> None:
    """A word that means nothing is an error with the field's name, and nothing else is said."""
    found = [d for d in outcome(text).diagnostics if d.severity is Severity.ERROR]

    assert [d.code for d in found] == ["TYP002"]
    assert word in found[0].message
