"""SEC013"""

from collections.abc import Iterator

from mlsdc.compiler.checks.patched import REMOVED, Setting, finding, settings
from mlsdc.compiler.design import Design
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Severity


@check(
    "SEC013",
    "opened-network-policy",
    Severity.WARNING,
    source="NSA and CISA, Kubernetes Hardening Guide (2022), network separation; checkov "
    "CKV2_K8S_6; kube-linter non-isolated-pod",
)
def opened_network_policy(design: Design) -> Iterator[Finding]:
    """A patch opens to everybody what only edges of the design may use.

    Why: everything is closed by default, and opened only where the design draws an edge. What is
    opened besides is in no diagram, and stays open when the edge it was for is gone. That a gateway
    reaches a store by itself is refused as TYP008.

    Bad:

        endpoint rank { replicas = 3 }
        patch debug {
          target    = kubernetes
          object    = "NetworkPolicy/rank"
          operation = add
          path      = "/spec/ingress/-"
          yaml      = "{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}"
          reason    = "to look at it from a laptop"
        }

    Good:

        endpoint rank { replicas = 3 }
        patch debug {
          target    = kubernetes
          object    = "NetworkPolicy/rank"
          operation = add
          path      = "/spec/ingress/-"
          yaml      = "{from: [{ipBlock: {cidr: 10.8.0.7/32}}]}"
          reason    = "to look at it from a laptop"
        }
    """
    for one in settings(design):
        why = _opens(one)
        if why:
            yield finding(
                design,
                one,
                f"`{one.patch.name}` opens `{one.patch.object}`: {why}",
                "an edge of the design: a call, a read, a scrape; its policy follows from it",
            )


def _opens(setting: Setting) -> str:
    if setting.kind != "NetworkPolicy" or setting.path[:1] != ("spec",):
        return ""
    if setting.value is REMOVED and setting.name in ("policyTypes", "spec", "from", "to", "ports"):
        return f"{setting.name} is taken away"
    if setting.value == {} and set(setting.path) & {"ingress", "egress"}:
        return "an empty rule lets in everybody" if "ingress" in setting.path else (
            "an empty rule lets it out everywhere"
        )  # fmt: skip
    if setting.name == "cidr" and str(setting.value) in ("0.0.0.0/0", "::/0"):
        return f"{setting.value} is everybody"
    return ""
