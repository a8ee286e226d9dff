"""The judge itself can fail: known mistakes are refused, in the server's own words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from tests.conformance import sample_manifests as sample
from tests.conformance.judge import Judge, Verdict
from tests.conformance.manifests import read_text
from tests.conformance.requirement import missing, shared

pytestmark = pytest.mark.conformance
Ask = Callable[..., Verdict]


@pytest.fixture
def ask(api_server: Judge, tmp_path: Path) -> Ask:
    """Judge documents as one folder with one file."""

    def verdict_on(*documents: str) -> Verdict:
        text = "---\n".join(dedent(d).lstrip() for d in documents)
        (tmp_path / "objects.yaml").write_text(text, encoding="utf-8")
        if shared() is None and any(kind in text for kind in sample.CUSTOM_KINDS):
            missing("no ../shared/crds: the server cannot learn the custom kinds of this test")
        return api_server.folder(tmp_path)

    return verdict_on


@pytest.mark.parametrize("good", sample.GOOD, ids=lambda s: s.kind)
def test_a_good_object_is_accepted(ask: Ask, good: sample.Sample) -> None:
    verdict = ask(sample.NAMESPACE, good.text)
    assert verdict.report() == ""
    assert verdict.judged == 2


@pytest.mark.parametrize("bad", sample.BAD, ids=lambda s: s.mistake)
def test_a_mistake_is_refused(ask: Ask, bad: sample.Mistake) -> None:
    verdict = ask(sample.NAMESPACE, bad.text)
    assert [(r.file, r.document, r.kind) for r in verdict.refusals] == [
        ("objects.yaml", 2, bad.kind)
    ]
    assert bad.words in verdict.refusals[0].message


def test_each_mistake_is_one_edit_away_from_a_good_object() -> None:
    good = {s.text for s in sample.GOOD}
    assert all(bad.good in good and bad.text != bad.good for bad in sample.BAD)


def test_a_missing_namespace_is_refused(ask: Ask) -> None:
    verdict = ask(sample.DEPLOYMENT)
    assert [r.message for r in verdict.refusals] == ['namespaces "scoring" not found']


def test_a_namespace_of_one_set_does_not_help_the_next(ask: Ask) -> None:
    assert ask(sample.NAMESPACE, sample.DEPLOYMENT).refusals == []
    assert ask(sample.DEPLOYMENT).refusals
    assert ask(sample.NAMESPACE, sample.DEPLOYMENT).refusals == []


def test_pods_that_pod_security_forbids_are_refused(ask: Ask) -> None:
    restricted = sample.NAMESPACE + "  labels: {pod-security.kubernetes.io/enforce: restricted}\n"
    (refusal,) = ask(restricted, sample.DEPLOYMENT).refusals
    assert refusal.kind == "Deployment"
    assert 'violates PodSecurity "restricted:latest"' in refusal.message


def test_the_volumes_of_claim_templates_are_known(ask: Ask) -> None:
    assert ask(sample.NAMESPACE, sample.STATEFUL_SET).report() == ""


def test_an_unknown_kind_is_refused_and_named(ask: Ask) -> None:
    verdict = ask("apiVersion: example.invalid/v1\nkind: Nothing\nmetadata: {name: x}\n")
    assert [r.message for r in verdict.refusals] == [
        "the server knows no example.invalid/v1 Nothing"
    ]
    assert verdict.unknown == verdict.refusals


def test_an_object_with_a_generated_name_is_judged(ask: Ask) -> None:
    job = sample.JOB.replace("name: score\n", "generateName: score-\n", 1)
    assert job != sample.JOB
    assert ask(sample.NAMESPACE, job).refusals == []
    (refusal,) = ask(sample.NAMESPACE, job.replace("backoffLimit", "backofLimit")).refusals
    assert 'unknown field "spec.backofLimit"' in refusal.message


def test_the_items_of_a_list_are_judged(ask: Ask) -> None:
    items = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, "
    assert ask(items + "metadata: {name: a}}\n").refusals == []
    (refusal,) = ask(items + "metadata: {name: A_}}\n").refusals
    assert (refusal.kind, refusal.name) == ("ConfigMap", "A_")


def test_the_same_question_has_the_same_answer(ask: Ask) -> None:
    bad = sample.BAD[0]
    assert ask(sample.NAMESPACE, bad.text) == ask(sample.NAMESPACE, bad.text)


def test_what_is_no_object_is_a_refusal() -> None:
    manifests, refusals = read_text("f.yaml", "a: 1\n---\n[1]\n---\n# nothing\n---\na: b: c\n")
    assert manifests == []
    assert [r.document for r in refusals] == [1, 2, 3]
    assert "not YAML" in refusals[2].message


def test_client_side_kinds_and_their_patches_are_left_out(
    api_server: Judge, tmp_path: Path
) -> None:
    (tmp_path / "kustomization.yaml").write_text(
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
        "patches: [{path: half.yaml}]\n",
        encoding="utf-8",
    )
    (tmp_path / "half.yaml").write_text("spec: {replicas: 2}\n", encoding="utf-8")
    verdict = api_server.folder(tmp_path)
    assert (verdict.judged, verdict.refusals) == (0, [])
