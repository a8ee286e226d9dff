"""Patches of Kubernetes objects: what is written, what is refused, and what is said of it."""

from __future__ import annotations

from typing import Any

import kubernetes_validate
import pytest

from mlsdc.diagnostics import Diagnostic, Severity
from mlsdc.targets.kubernetes import KubernetesTarget
from tests.stdlib.design_text import Emitted, emitted

DESIGN = """
endpoint score: container {
  image   = "r.example.com/score:1"
  cpu     = 2
  memory  = 1GiB
  latency { p50 = 1ms  p99 = 2ms  at = 10/s }
}
endpoint other: container { image = "r.example.com/other:1"  replicas = 3 }
request rank {
  rate = 45/s
  call score
}
stream clicks: kafka { rate = 5/s  retention = 7d  partitions = 6 }
"""


def patch(name: str, path: str, value: str | None, **more: str) -> str:
    fields = {
        "target": "kubernetes",
        "object": '"Deployment/score"',
        "operation": "add",
        "path": f'"{path}"',
        **({} if value is None else {"value": value}),
        "reason": '"measured"',
        **more,
    }
    lines = [f"  {k} {'' if v.startswith('{') else '= '}{v}" for k, v in fields.items()]
    return "\n".join([f"patch {name} {{", *lines, "}\n"])


def compiled(*patches: str) -> Emitted:
    return emitted(DESIGN + "".join(patches))


def only(*patches: str) -> Diagnostic:
    (found,) = [d for d in compiled(*patches).said if d.subject and d.code.startswith("TYP03")]
    return found


def spec(design: Emitted, name: str = "score") -> dict[str, Any]:
    found: dict[str, Any] = design["Deployment", name]["spec"]
    return found


TOLERATIONS = "/spec/template/spec/tolerations"
TOLERATE = patch("tolerate", TOLERATIONS, None, yaml='"[{key: gpu, operator: Exists}]"')


def test_the_objects_carry_the_values_in_order() -> None:
    design = compiled(
        TOLERATE,
        patch("more", f"{TOLERATIONS}/-", "{ key = spot  operator = Exists  effect = NoSchedule }"),
        patch("aside", f"{TOLERATIONS}/0", "{ key = first  operator = Exists }"),
        patch("swift", "/spec/strategy/rollingUpdate/maxSurge", '"50%"', operation="replace"),
        patch("slow", "/spec/template/spec/terminationGracePeriodSeconds", None,
              operation="remove"),
    )  # fmt: skip

    assert design.errors == []
    assert design.complaints == []
    pod = spec(design)["template"]["spec"]
    assert pod["tolerations"] == [
        {"key": "first", "operator": "Exists"},
        {"key": "gpu", "operator": "Exists"},
        {"key": "spot", "operator": "Exists", "effect": "NoSchedule"},
    ]
    assert spec(design)["strategy"]["rollingUpdate"]["maxSurge"] == "50%"
    assert "terminationGracePeriodSeconds" not in pod
    kubernetes_validate.validate(design["Deployment", "score"], "1.34", strict=True)
    # Nothing but the patched object changes.
    plain = compiled()
    changed = {p for p in plain.files if plain.files[p].content != design.files[p].content}
    assert changed == {"score/deployment.yaml"}
    assert plain.files.keys() == design.files.keys()


def test_the_manifest_names_the_patch() -> None:
    design = compiled(patch("fewer", "/spec/replicas", "3", operation="replace"), TOLERATE)
    origins = {o.field: o for o in design.files["score/deployment.yaml"].source_map}
    lines = next(source.text.splitlines() for source in design.plan.sources.values())

    for field, path in (("spec.replicas", "/spec/replicas"),
                        ("spec.template.spec.tolerations", TOLERATIONS)):  # fmt: skip
        assert path in lines[origins[field].line - 1]
        assert lines[origins[field].line - 1].strip().startswith("path")


UNKNOWN = [
    # patch, code, message has, help
    (patch("p", "/spec/replicas", "3", object='"Deployment/scor"'), "TYP031",
     "kubernetes emits no `Deployment/scor` in environment only",
     'did you mean `object = "Deployment/score"`?'),
    (patch("p", "/spec/replicas", "3", object='"StatefulSet/score"'), "TYP031",
     "emits no `StatefulSet/score`", 'did you mean `object = "Deployment/score"`?'),
    (patch("p", "/spec/replicas", "3", object='"Zzz/qqq"'), "TYP031", "emits no `Zzz/qqq`",
     "kubernetes has Deployment/other, Deployment/score, Kafka/kafka, "),
    (patch("p", "/spec/replica", "3", operation="replace"), "TYP032", "`/spec` has no `replica`",
     'did you mean `path = "/spec/replicas"`?'),
    (patch("p", "/spec/templat/spec/tolerations", "3"), "TYP032", "`/spec` has no `templat`",
     'did you mean `path = "/spec/template/spec'),
    (patch("p", "/spec/template/spec/containers/1/image", "a", operation="replace"), "TYP032",
     "is a list of 1 item and has no position `1`",
     'did you mean `path = "/spec/template/spec/containers/0/image"`?'),
    (patch("p", "/spec/replicas/x", "3"), "TYP032", "`/spec/replicas` is a value", "did you"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "message", "help"), UNKNOWN)
def test_what_is_not_there(text: str, code: str, message: str, help: str) -> None:
    found = only(text)

    assert (found.code, found.severity) == (code, Severity.ERROR)
    assert message in found.message
    assert found.help.startswith(help)


SECURITY = "/spec/template/spec/containers/0/securityContext"
REFUSED = [
    (patch("p", "/spec/replicas", '"three"', operation="replace"), "Input should be a valid int"),
    (patch("p", "/spec/replicas", "-3", operation="replace"), "-3 replicas are fewer than none"),
    (patch("p", "/spec", "3", operation="replace"), "Input should be a valid dictionary"),
    (patch("p", "/spec/template/spec/containers", "[]", operation="replace"), "at least one"),
    (patch("p", "/spec/template/spec/containers", "[a]", operation="replace"), "is no container"),
    (patch("p", "/spec/template/spec/containers/0/resources", "a"), "is no block of requests"),
    (patch("p", "/spec/replica", "3"), "spec.replica: Extra inputs are not permitted"),
    (patch("p", "/spec/selector", None, operation="remove"), "spec.selector: Field required"),
    (patch("p", f"{SECURITY}/privileged", "true"), "refuses the privileged container `score`"),
    (patch("p", SECURITY, None, operation="remove"), "without allowPrivilegeEscalation = false"),
    (patch("p", f"{SECURITY}/capabilities/add", "[SYS_ADMIN]"), "the capability SYS_ADMIN"),
    (patch("p", "/spec/template/spec/hostNetwork", "true"), "refuses hostNetwork"),
    (patch("p", "/spec/template/spec/volumes/-", '{ name = h  hostPath { path = "/" } }'),
     "refuses the hostPath volume `h`"),
    (patch("p", "/spec/template/spec/securityContext/runAsNonRoot", "false"),
     "without runAsNonRoot = true"),
    (patch("p", "/spec/template/spec/containers/0/resources/requests/cpu", '"lots"'),
     "requests 'lots' of cpu, which is no quantity"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_what_the_cluster_would_refuse(text: str, message: str) -> None:
    found = [d for d in compiled(text).said if d.code == "TYP033"]

    assert found
    assert any(message in d.message for d in found)
    assert {d.severity for d in found} == {Severity.ERROR}
    source = DESIGN + text
    head = 'system demo { owner = "team" }\n'
    assert all(d.span.start > len(head) + source.index("patch p") for d in found)


def test_rights_stay_exact() -> None:
    text = """
lake state: s3 { retention = 30d }
pipeline activity: flink { reads = clicks  checkpoints = state  image = "r.example.com/a:1" }
"""
    rule = patch("p", "/rules/0/verbs/-", '"*"', object='"Role/activity"')
    (found,) = [d for d in emitted(DESIGN + text + rule).said if d.code == "TYP033"]

    assert "its rules grant every one of `verbs`" in found.message


def test_a_refused_patch_hides_no_other() -> None:
    found = compiled(
        patch("bad", "/spec/replicas", '"three"', operation="replace"),
        patch("gone", "/spec/zzz", None, operation="remove"),
        patch("good", "/spec/replicas", "4", operation="replace"),
    ).said

    assert [(d.subject, d.code) for d in found if d.code.startswith("TYP03")] == [
        ("bad", "TYP033"),
        ("gone", "TYP032"),
        ("good", "TYP034"),
    ]


def test_complaints_tell_the_errors_too() -> None:
    plan = compiled(patch("p", "/spec/zzz", None, operation="remove")).plan

    assert [d.code for d in KubernetesTarget().complaints(plan)] == ["TYP032"]


RESOURCES = "/spec/template/spec/containers/0/resources"
NUMBERS = [
    # patch, message, label, help, arithmetic has
    (patch("p", "/spec/replicas", "3", operation="replace"),
     "/spec/replicas of Deployment/score is 5, as mlsdc derives, and `p` sets 3",
     "mlsdc derives 5 here", "say it in `score`: replicas = ...", "ceil(45/s / 10/s) = 5"),
    (patch("p", "/spec/replicas", "4", operation="replace", object='"Deployment/other"'),
     "/spec/replicas of Deployment/other is 3, as the design says, and `p` sets 4",
     "the design says 3 here", "say it in `other`: replicas = ...", ""),
    (patch("p", "/spec/replicas", None, operation="remove"),
     "/spec/replicas of Deployment/score is 5, as mlsdc derives, and `p` removes it",
     "mlsdc derives 5 here", "say it in `score`: replicas = ...", ""),
    (patch("p", f"{RESOURCES}/limits/memory", '"2Gi"', operation="replace"),
     f'{RESOURCES}/limits/memory of Deployment/score is "1Gi", as the design says, and `p` '
     'sets "2Gi"', 'the design says "1Gi" here', "say it in `score`: memory = ...", ""),
    (patch("p", "/spec/partitions", "9", operation="replace", object='"KafkaTopic/clicks"'),
     "/spec/partitions of KafkaTopic/clicks is 6, as the design says, and `p` sets 9",
     "the design says 6 here", "say it in `clicks`: partitions = ...", ""),
    (patch("p", "/spec/config/retention.ms", '"1000"', operation="replace",
           object='"KafkaTopic/clicks"'),
     '/spec/config/retention.ms of KafkaTopic/clicks is "604800000", as the design says, and `p` '
     'sets "1000"', 'the design says "604800000" here', "say it in `clicks`: retention = ...", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message", "label", "help", "arithmetic"), NUMBERS)
def test_a_number_of_the_design(
    text: str, message: str, label: str, help: str, arithmetic: str
) -> None:
    found = only(text)

    assert (found.code, found.severity) == ("TYP034", Severity.WARNING)
    assert found.message == message
    assert [one.text for one in found.labels] == [label]
    assert found.help == help
    assert arithmetic in " ".join(found.arithmetic)


def test_a_whole_block_is_compared_number_by_number() -> None:
    block = '{ requests { cpu = "2"  memory = "3Gi" } }'
    found = compiled(patch("p", RESOURCES, block, operation="replace")).said
    told = [d.message.partition(" of ")[0] for d in found if d.code == "TYP034"]

    below = {"requests/memory", "requests/ephemeral-storage", "limits/cpu", "limits/memory",
             "limits/ephemeral-storage"}  # fmt: skip
    assert set(told) == {f"{RESOURCES}/{one}" for one in below}


def test_what_no_number_of_the_design_is_goes_without_a_word() -> None:
    design = compiled(TOLERATE, patch("p", "/metadata/labels/team", "risk"))

    assert [d for d in design.said if d.code.startswith("TYP03")] == []
    assert design["Deployment", "score"]["metadata"]["labels"]["team"] == "risk"


def test_a_patch_without_effect() -> None:
    found = only(patch("p", "/spec/strategy/rollingUpdate/maxSurge", "1"))

    assert (found.code, found.severity) == ("TYP035", Severity.WARNING)
    assert "/spec/strategy/rollingUpdate/maxSurge of Deployment/score is 1 already" in found.message


def test_a_warning_can_be_accepted() -> None:
    text = patch("p", "/spec/replicas", "3", operation="replace")
    comment = '# mlsdc: allow(patch-against-design) because "three licences"\n'
    codes = [d.code for d in emitted(DESIGN + comment + text).said]

    assert "TYP034" not in codes
    assert "SUP003" not in codes


def test_a_patch_of_another_environment() -> None:
    two = """
environment dev { platform = kubernetes }
environment prod { platform = kubernetes  score { replicas = 8 } }
"""
    from mlsdc.diagnostics import Source
    from mlsdc.pipeline import check, emit
    from mlsdc.stdlib.find import standard_catalog

    text = "system s { }\n" + DESIGN + patch("p", "/spec/replicas", "9", environments="[prod]")
    outcome = check([Source("design.mlsd", text + two)], standard_catalog(), checks=())
    files, said = emit(outcome, [KubernetesTarget()])

    assert not outcome.failed
    assert said == []
    assert [d.environments for d in outcome.diagnostics if d.code == "TYP034"] == [("prod",)]
    assert b"replicas: 5" in files["dev/kubernetes/score/deployment.yaml"].content
    assert b"replicas: 9" in files["prod/kubernetes/score/deployment.yaml"].content


def test_hostile_values_stay_data() -> None:
    text = '"a: 1\\n---\\nkind: Secret # \\u0000 {{ x }}"'
    design = compiled(patch("p", "/metadata/annotations/note", text))

    note = design["Deployment", "score"]["metadata"]["annotations"]["note"]
    assert note.startswith("a: 1\n---\nkind: Secret")
