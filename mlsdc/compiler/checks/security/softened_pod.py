"""SEC012"""

from collections.abc import Iterator

from mlsdc.compiler.checks.patched import REMOVED, Setting, finding, settings
from mlsdc.compiler.design import Design
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Severity

BASELINE = "baseline"
CONTEXT = "securityContext"


@check(
    "SEC012",
    "softened-pod",
    Severity.ERROR,
    source="NSA and CISA, Kubernetes Hardening Guide (2022); Pod Security Standards; checkov "
    "CKV_K8S_20, 22, 23, 37, 40; kube-linter no-read-only-root-fs",
)
def softened_pod(design: Design) -> Iterator[Finding]:
    """A patch takes away what keeps a broken-into container from doing harm.

    Why: every pod is emitted without root, without privileges and with a root file system that
    cannot be written. Whoever breaks into one then has nothing to write to and nothing to rise
    with. What the namespace refuses is told as TYP033; this is what it would let pass.

    Bad:

        endpoint rank { replicas = 3 }
        patch scratch {
          target    = kubernetes
          object    = "Deployment/rank"
          operation = replace
          path      = "/spec/template/spec/containers/0/securityContext/readOnlyRootFilesystem"
          value     = false
          reason    = "it writes to /tmp"
        }

    Good:

        endpoint rank { replicas = 3 }
        patch scratch {
          target    = kubernetes
          object    = "Deployment/rank"
          operation = add
          path      = "/spec/template/spec/volumes/-"
          value     { name = "tmp"  emptyDir = "{}" }
          reason    = "it writes to /tmp"
        }
    """
    made = list(settings(design))
    level = _level(design) if made else ""
    for one in made:
        why = _softens(one, level)
        if why:
            yield finding(
                design,
                one,
                f"`{one.patch.name}` softens `{one.patch.object}`: {why}",
                "an emptyDir where it has to write, and the rights it needs one by one",
            )


def _level(design: Design) -> str:
    """What the namespace enforces: the most that all of its systems can live with."""
    levels = {getattr(one, "pod_security", "") for one in design.components.values()}
    return BASELINE if BASELINE in levels else "restricted"


def _softens(setting: Setting, level: str) -> str:
    """What a setting takes away, in words; empty where nothing, or where it is refused anyway."""
    path, value, removed = setting.path, setting.value, setting.value is REMOVED
    if CONTEXT not in path:
        return ""
    name = setting.name
    if name == "readOnlyRootFilesystem" and (removed or value is False):
        return "its root file system can be written"
    if removed and name == CONTEXT and "containers" in path:
        return "nothing of its hardening is left"
    if level != BASELINE:
        return ""
    if name == "allowPrivilegeEscalation" and (removed or value is True):
        return "its processes can gain rights"
    if name == "runAsNonRoot" and (removed or value is False):
        return "it may run as root"
    if name == "runAsUser" and value == 0:
        return "it runs as root"
    if removed and name in ("capabilities", "drop", "seccompProfile"):
        return f"{name} is taken away"
    return ""
