"""The checks of images, models, their training and their release at their edges."""

from __future__ import annotations

import pytest

from mlsdc.compiler.analyses.images import Images
from mlsdc.diagnostics import Diagnostic
from tests.compiler.checking import fact, shown
from tests.compiler.checking import said as heard

PRODUCTION = 'system shop { tier = production  owner = "ml"  contact = "#ml" }\n'
SERVED = "endpoint rank { model = ranker }\n"


def said(text: str, *codes: str) -> list[Diagnostic]:
    """The findings of these codes about a design that is sound in itself."""
    wrong = [shown(d) for d in heard(text) if d.code[:3] in ("SYN", "TYP", "INT")]
    assert wrong == []
    return heard(text, *codes)


class TestImages:
    """REL005."""

    @pytest.mark.parametrize(
        ("image", "tag", "moving"),
        [
            ("registry.example.com/rank:1.2.0", "1.2.0", False),
            ("registry.example.com:5000/rank:latest", "latest", True),
            ("registry.example.com/rank:Latest", "Latest", True),
            ("registry.example.com/rank:main", "main", True),
            ("registry.example.com/rank:latest-1.2", "latest-1.2", False),
            ("registry.example.com/rank:latest@sha256:" + "a" * 64, "latest", False),
            ("registry.example.com:5000/rank@sha256:" + "a" * 64, "", False),
        ],
    )
    def test_tags(self, image: str, tag: str, moving: bool) -> None:
        text = f'endpoint rank: container {{ image = "{image}" }}'
        (running,) = fact(text, Images).of["rank"]

        assert (running.tag, running.moving) == (tag, moving)
        assert bool(said(PRODUCTION + text, "REL005")) == moving
        assert said(text, "REL005") == []

    def test_every_field_that_holds_an_image(self) -> None:
        text = (
            PRODUCTION
            + """
            stream a: kafka { rate = 1/s }
            lake b: s3 { from = a  sink_image = "registry.example.com/sink:latest" }
            training t { image = "registry.example.com/train:nightly" }
            """
        )
        assert [d.subject for d in said(text, "REL005")] == ["b", "t"]


class TestModels:
    """REL006, REL007 and REL009."""

    def codes(self, text: str) -> list[str]:
        return sorted(d.code for d in said(text, "REL006", "REL007", "REL009"))

    def test_a_small_design_is_left_alone(self) -> None:
        text = "model ranker { }\n" + SERVED + "request ask { rate = 1/s\n call rank }"

        assert self.codes(text) == []
        assert self.codes(PRODUCTION + text) == ["REL006", "REL007", "REL009"]

    @pytest.mark.parametrize(("keep", "found"), [("1", ["REL006"]), ("2", []), ("5", [])])
    def test_versions_kept(self, keep: str, found: list[str]) -> None:
        text = f"registry models {{ keep = {keep} }}\nmodel ranker {{ registry = models }}\n"

        assert self.codes(text + SERVED) == found
        assert self.codes(text) == []  # nothing serves it

    @pytest.mark.parametrize(
        ("gate", "found"),
        [("at_least = 0.8", []), ("at_most = 0.1", []), ('baseline = "rules"', []),
         ("", ["REL009"]), ("slices = [country]", ["REL009"])],
    )  # fmt: skip
    def test_gates(self, gate: str, found: list[str]) -> None:
        assert self.codes(f"model ranker {{ gate = recall {{ {gate} }} }}\n" + SERVED) == found

    @pytest.mark.parametrize("kind", ["shadow", "canary", "ab"])
    def test_stages(self, kind: str) -> None:
        text = (
            PRODUCTION
            + "model ranker { }\nendpoint next { model = ranker }\n"
            + SERVED
            + (
                "request ask { rate = 1/s\n call rank }\n"
                f"experiment e {{ kind = {kind}  control = rank  treatment = next }}"
            )
        )
        assert "REL007" not in self.codes(text)


def test_unroutable_experiment() -> None:
    """REL008: behind the gateway, or behind an endpoint, a route can split."""
    text = """
        gateway edge { }
        endpoint a { }
        endpoint b { }
        endpoint c { }
        request ask {
          rate = 1/s
          CALLS
        }
        experiment e { kind = KIND  control = a  treatment = b  gateway = edge }
        """

    def found(calls: str, kind: str = "canary") -> bool:
        return bool(said(text.replace("CALLS", calls).replace("KIND", kind), "REL008"))

    assert found("call a")
    assert found("call a\n call edge")
    assert not found("call edge\n call a")
    assert not found("call c { call a }")
    assert not found("call c")  # nothing calls the control: nothing is split wrongly
    assert not found("call a", "interleaving")


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ("every = 1d  runtime = 8h  retries = 2", []),
        ("every = 1d  runtime = 9h  retries = 2", ["retries = 1, or a checkpoint in a lake"]),
        ("every = 1d  runtime = 20h  retries = 2", ["retries = 0, or a checkpoint in a lake"]),
        ("every = 1d  runtime = 30h  retries = 0", []),  # it never fits: not a matter of retries
        ("every = 1d  runtime = 9h  checkpoint = files", []),
        ("runtime = 9h", []),
        ("every = 1d", []),
    ],
)
def test_restarts_from_nothing(fields: str, found: list[str]) -> None:
    """REL015."""
    text = f"lake files {{ }}\ntraining job {{ {fields} }}"

    assert [d.help for d in said(text, "REL015")] == found


def test_unrepeatable_training() -> None:
    """REL018."""
    text = (
        PRODUCTION
        + """
        lake raw { FORMAT }
        dataset history { spine = raw  DATA }
        training job { IMAGE }
        model ranker { dataset = history  training = job }
        """
    )
    image = 'image = "registry.example.com/train:1"'

    def subjects(form: str, data: str, code: str) -> list[str]:
        made = text.replace("FORMAT", form).replace("DATA", data).replace("IMAGE", code)
        return [d.subject for d in said(made, "REL018")]

    assert subjects("", "", "") == ["history", "job"]
    assert subjects("format = delta", "", image) == []
    assert subjects("", 'snapshot = "v3"', image) == []
    assert subjects("existing { }", "", image) == []
    assert said(text.replace("production", "internal").replace("FORMAT", "").replace(
        "DATA", "").replace("IMAGE", ""), "REL018") == []  # fmt: skip
