"""Budgets of disruption, tenants, notebooks, levels, patches and vendors at their edges."""

from __future__ import annotations

import pytest

from mlsdc.compiler.analyses.automation import Automation
from mlsdc.diagnostics import Diagnostic, Severity
from tests.compiler.checking import at, fact, only, shown
from tests.compiler.checking import said as heard

PRODUCTION = 'system shop { tier = production  owner = "ml"  contact = "#ml" }\n'
RANK = "endpoint rank { replicas = 3 }\n"


def said(text: str, *codes: str) -> list[Diagnostic]:
    """The findings of these codes about a design that is sound in itself."""
    wrong = [shown(d) for d in heard(text) if d.code[:3] in ("SYN", "TYP", "INT")]
    assert wrong == []
    return heard(text, *codes)


def patch(object: str, path: str, value: str = "", operation: str = "replace", **more: str) -> str:
    given = value and f"  {value}\n"
    extra = "".join(f"  {key} = {text}\n" for key, text in more.items())
    return (
        f'patch p {{\n  target = kubernetes\n  object = "{object}"\n  operation = {operation}\n'
        f'  path = "{path}"\n{given}  reason = "r"\n{extra}}}\n'
    )


PODS = "/spec/template/spec"


class TestPatches:
    """REL003, SEC012, SEC013, SEC015: what a patch of a Kubernetes object may bring about."""

    CODES = ("REL003", "SEC012", "SEC013", "SEC015")

    def codes(self, *parts: str) -> list[str]:
        return [d.code for d in heard(RANK + "".join(parts), *self.CODES)]

    @pytest.mark.parametrize(
        ("path", "value", "found"),
        [
            ("/spec/maxUnavailable", "value = 0", True),
            ("/spec/maxUnavailable", 'value = "0%"', True),
            ("/spec/maxUnavailable", "value = 1", False),
            ("/spec/minAvailable", "value = 3", True),
            ("/spec/minAvailable", "value = 2", False),
            ("/spec/minAvailable", 'value = "100%"', True),
            ("/spec", "value { minAvailable = 3 }", True),
            ("/metadata/labels/maxUnavailable", "value = 0", False),
        ],
    )
    def test_budgets(self, path: str, value: str, found: bool) -> None:
        made = self.codes(patch("PodDisruptionBudget/rank", path, value))

        assert made == (["REL003"] if found else [])

    @pytest.mark.parametrize(
        ("path", "value", "found"),
        [
            ("containers/0/securityContext/readOnlyRootFilesystem", "value = false", True),
            ("containers/0/securityContext/readOnlyRootFilesystem", "value = true", False),
            ("containers/0/securityContext", "value { readOnlyRootFilesystem = false }", True),
            ("containers/0/env/0/readOnlyRootFilesystem", "value = false", False),
            ("containers/0/securityContext/runAsUser", "value = 0", False),  # TYP033 says it
        ],
    )
    def test_pods(self, path: str, value: str, found: bool) -> None:
        made = self.codes(patch("Deployment/rank", f"{PODS}/{path}", value))

        assert made == (["SEC012"] if found else [])

    def test_hardening_that_is_removed(self) -> None:
        path = f"{PODS}/containers/0/securityContext"

        assert self.codes(patch("Deployment/rank", path, operation="remove")) == ["SEC012"]

    def test_a_namespace_that_lets_more_pass(self) -> None:
        """An operator of Feast makes pods that only the level `baseline` accepts."""
        feast = "feature_store f: feast { }\n"
        root = patch("Deployment/rank", f"{PODS}/securityContext/runAsNonRoot", "value = false")

        assert self.codes(feast, root) == ["SEC012"]
        assert self.codes(root) == []

    @pytest.mark.parametrize(
        ("path", "value", "found"),
        [
            ("/spec/ingress/-", 'yaml = "{}"', True),
            ("/spec/egress", 'yaml = "[{}]"', True),
            ("/spec/podSelector", 'yaml = "{}"', False),
            ("/spec/ingress/-", "yaml = \"{from: [{ipBlock: {cidr: '::/0'}}]}\"", True),
            ("/spec/ingress/-", 'yaml = "{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}"', False),
        ],
    )
    def test_policies(self, path: str, value: str, found: bool) -> None:
        made = self.codes(patch("NetworkPolicy/rank", path, value, "add"))

        assert made == (["SEC013"] if found else [])

    def test_a_policy_without_its_types(self) -> None:
        gone = patch("NetworkPolicy/default-deny", "/spec/policyTypes", operation="remove")

        assert self.codes(gone) == ["SEC013"]

    @pytest.mark.parametrize(
        ("path", "value", "found"),
        [
            ("automountServiceAccountToken", "value = true", True),
            ("automountServiceAccountToken", "value = false", False),
            ("serviceAccountName", 'value = "decide"', True),
            ("serviceAccountName", 'value = "rank"', False),
        ],
    )
    def test_identities(self, path: str, value: str, found: bool) -> None:
        made = self.codes(patch("Deployment/rank", f"{PODS}/{path}", value))

        assert made == (["SEC015"] if found else [])

    def test_patches_of_elsewhere(self) -> None:
        """One of another target, or of an environment that this is not."""
        soft = patch("Deployment/rank", f"{PODS}/automountServiceAccountToken", "value = true")
        here = "environment dev { }\nenvironment prod { }\n"
        only_prod = soft.replace("  reason", "  environments = [prod]\n  reason")
        found = [d.environments for d in heard(RANK + here + only_prod, "SEC015")]

        assert found == [("prod",)]
        assert self.codes(soft.replace("target = kubernetes", "target = pulumi")) == []

    def test_values_that_are_no_data(self) -> None:
        assert self.codes(patch("Deployment/rank", "/spec", 'yaml = "{a: ["')) == []


class TestTenants:
    """REL016."""

    TEXT = """
        system shop { TENANT }
        gateway edge { LIMIT }
        endpoint rank { replicas = 3 }
        stream events { event { shop_id: string  at: timestamp  event_time } QUOTA }
        request ask {
          rate = 100/s
          call edge
          call rank
        }
        """

    def subjects(self, tenant: str, limit: str, quota: str) -> list[str]:
        text = self.TEXT.replace("TENANT", tenant).replace("LIMIT", limit).replace("QUOTA", quota)
        return [d.subject for d in said(text, "REL016")]

    def test_edges(self) -> None:
        assert self.subjects("", "", "") == []
        assert self.subjects("tenant = shop_id", "limit = 9/s", "") == ["edge", "events"]
        assert self.subjects("tenant = shop_id", "tenant_limit = 9/s", "") == ["events"]
        assert self.subjects("tenant = shop_id", "tenant_limit = 9/s", "quota = 5/s") == []
        assert self.subjects("tenant = region", "tenant_limit = 9/s", "") == []

    def test_no_gateway(self) -> None:
        text = self.TEXT.replace("TENANT", "tenant = region").replace("LIMIT", "")
        text = text.replace("QUOTA", "").replace("          call edge\n", "")

        assert "no gateway limits `ask`" in only(text, "REL016").message


class TestDebt:
    """REL019."""

    @pytest.mark.parametrize(
        ("image", "found"),
        [
            ("registry.example.com/a/train-notebook:1.0.0", True),
            ("registry.example.com/a/Jupyter:1.0.0".lower(), True),
            ("registry.example.com/notebooks/train:1.0.0", False),  # a folder's name says nothing
            ("registry.example.com/a/train:1.0.0", False),
        ],
    )
    def test_images(self, image: str, found: bool) -> None:
        text = f'training t {{ image = "{image}" }}\n'

        assert bool(said(PRODUCTION + text, "REL019")) == found
        assert said(text, "REL019") == []

    def test_code(self) -> None:
        text = PRODUCTION + (
            'features f { offline { code = "git:features/spend.ipynb@a1b2c3" } x: int64 }\n'
            "dataset d { features = [f] }\n"
        )
        assert at(only(text, "REL019"), text) == '"git:features/spend.ipynb@a1b2c3"'

    def test_answers_that_nobody_reads(self) -> None:
        text = (
            PRODUCTION
            + "stream answers { MORE }\nmodel m { }\nendpoint rank { model = m }\n"
            + "request ask {\n  rate = 1/s\n  call rank\n  call answers  asynchronous\n}\n"
        )
        reader = "pipeline job { reads = answers }\n"

        assert only(text.replace("MORE", ""), "REL019").subject == "answers"
        assert said(text.replace("MORE", 'consumers = ["billing"]'), "REL019") == []
        assert said(text.replace("MORE", "") + reader, "REL019") == []


class TestLevels:
    """REL021."""

    FIRST = (
        "training t { every = 1d  IMAGE }\nregistry r { }\n"
        "model m { training = t  registry = r  gate = recall { at_least = 0.5 } }\n"
        "endpoint rank { model = m }\nendpoint next { model = m }\nmonitor w { watches = rank }\n"
    )
    STAGE = "experiment e { kind = canary  control = rank  treatment = next }\n"

    def level(self, text: str) -> int:
        return fact(text, Automation).level

    def test_levels(self) -> None:
        image = 'image = "registry.example.com/a:1.0.0"'
        first, second = self.FIRST.replace("IMAGE", ""), self.FIRST.replace("IMAGE", image)
        system = 'system s { delivery = "github" }\n'

        assert self.level("model m { }\nendpoint rank { model = m }\n") == 0
        assert self.level(first) == 1
        assert self.level(system + second) == 1  # nothing stages it
        assert self.level(system + second + self.STAGE) == 2
        assert self.level(system + first + self.STAGE) == 1  # no image

    @pytest.mark.parametrize(
        "gone",
        [
            "every = 1d",
            "registry = r",
            "gate = recall { at_least = 0.5 }",
            "monitor w { watches = rank }",
            "training = t",
        ],
    )
    def test_each_part_of_the_first(self, gone: str) -> None:
        assert self.level(self.FIRST.replace("IMAGE", "").replace(gone, "")) == 0

    def test_what_is_missing_is_told(self) -> None:
        text = "system s { mlops_level = 2 }\n" + self.FIRST.replace("IMAGE", "")
        found = only(text, "REL021")

        assert found.severity is Severity.NOTE
        assert found.message == (
            "s is held to level 2 and is at level 1: no system that delivers its pipelines, "
            "`t` has no image that is built and tested, `m` has no stage before all traffic"
        )
        assert said(text.replace("mlops_level = 2", "mlops_level = 1"), "REL021") == []
        assert said(text.replace("mlops_level = 2", ""), "REL021") == []

    def test_nothing_is_served(self) -> None:
        assert said("system s { mlops_level = 2 }\nmodel m { }\n", "REL021") == []

    def test_a_level_that_does_not_exist(self) -> None:
        (found,) = heard("system s { mlops_level = 3 }\n")
        assert found.code[:3] == "TYP"


def test_disclosure() -> None:
    """SEC008: of production systems whose requests reach what generates."""
    text = (
        "endpoint chat { generation { ttft { p50 = 9ms  p99 = 12ms } tpot { p50 = 1ms  p99 = 2ms }"
        " output { p50 = 8 } } }\nrequest talk {\n  rate = 5/s\n  MORE\n  call chat\n}\n"
    )
    assert only(PRODUCTION + text.replace("MORE", ""), "SEC008").subject == "talk"
    assert said(text.replace("MORE", ""), "SEC008") == []
    for how in ("notice", "label", "watermark"):
        assert said(PRODUCTION + text.replace("MORE", f"disclosure = {how}"), "SEC008") == []


@pytest.mark.parametrize(
    ("statistic", "found"),
    [("ks", True), ("psi", False), ("kl", False), ("wasserstein", False),
     ("jensen_shannon", False), ("chi_squared", False)],
)  # fmt: skip
def test_vendors(statistic: str, found: bool) -> None:
    """MON015: the language's ks is a distance, Evidently's a p-value."""
    text = f"{RANK}monitor m: SYSTEM {{ watches = rank  drift = {statistic} {{ warn = 0.1 }} }}\n"

    assert bool(said(text.replace("SYSTEM", "evidently"), "MON015")) == found
    assert said(text.replace(": SYSTEM", ""), "MON015") == []
