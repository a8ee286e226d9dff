"""SEC015"""

from collections.abc import Iterator

from mlsdc.compiler.checks.patched import REMOVED, Setting, finding, settings
from mlsdc.compiler.design import Design
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Severity


@check(
    "SEC015",
    "borrowed-identity",
    Severity.WARNING,
    source="NSA and CISA, Kubernetes Hardening Guide (2022), authentication and authorization; "
    "checkov CKV_K8S_38, 41",
)
def borrowed_identity(design: Design) -> Iterator[Finding]:
    """A patch gives a workload another one's identity, or a token of the cluster that it lacked.

    Why: each workload is emitted with an identity of its own, that may do what its edges need. With
    a shared one each may do what all need together, and who did what is not known any more. Rights
    with a wildcard are refused as TYP033.

    Bad:

        endpoint rank { replicas = 3 }
        patch token {
          target    = kubernetes
          object    = "Deployment/rank"
          operation = replace
          path      = "/spec/template/spec/automountServiceAccountToken"
          value     = true
          reason    = "it lists its peers"
        }

    Good:

        endpoint rank { replicas = 3 }
        patch token {
          target    = kubernetes
          object    = "Deployment/rank"
          operation = add
          path      = "/metadata/annotations/team"
          value     = "ranking"
          reason    = "it is found by its team"
        }
    """
    for one in settings(design):
        why = _borrows(one)
        if why:
            yield finding(
                design,
                one,
                f"`{one.patch.name}` changes who `{one.patch.object}` is: {why}",
                "an edge of the design: the rights of an identity follow from its edges",
            )


def _borrows(setting: Setting) -> str:
    name, value = setting.name, setting.value
    own = setting.patch.object.partition("/")[2]
    if name == "automountServiceAccountToken" and (value is True or value is REMOVED):
        return "it gets a token of the cluster"
    if name in ("serviceAccountName", "serviceAccount") and value != own:
        whose = "the default one" if value is REMOVED else f"`{value}`"
        return f"it takes the identity {whose}"
    return ""
