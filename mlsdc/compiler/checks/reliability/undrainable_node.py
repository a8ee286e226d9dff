"""REL003"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.checks.patched import REMOVED, Setting, finding, settings
from mlsdc.compiler.design import Design
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Severity


@check(
    "REL003",
    "undrainable-node",
    Severity.WARNING,
    source="kube-linter, pdb-max-unavailable, pdb-min-available; Kubernetes, Specifying a "
    "Disruption Budget",
)
def undrainable_node(design: Design, capacity: Capacity) -> Iterator[Finding]:
    """A disruption budget is patched so that no pod may ever be taken away on purpose.

    Why: whoever upgrades the nodes has to move the pods. A budget that allows no move stops the
    upgrade, until somebody deletes it in a hurry, and with it the protection. Every workload of
    several replicas gets a budget of one pod at a time; only a patch can make it otherwise.

    Bad:

        endpoint rank { replicas = 3 }
        patch careful {
          target    = kubernetes
          object    = "PodDisruptionBudget/rank"
          operation = replace
          path      = "/spec/maxUnavailable"
          value     = 0
          reason    = "never fewer than three"
        }

    Good:

        endpoint rank { replicas = 3 }
        patch careful {
          target    = kubernetes
          object    = "PodDisruptionBudget/rank"
          operation = replace
          path      = "/spec/maxUnavailable"
          value     = 1
          reason    = "never fewer than two"
        }
    """
    for one in settings(design):
        if one.kind == "PodDisruptionBudget" and one.path[:1] == ("spec",):
            why = _blocks(one, _replicas(design, capacity, one))
            if why:
                yield finding(
                    design,
                    one,
                    f"`{one.patch.name}` lets no pod of `{one.patch.object}` be moved: {why}",
                    "maxUnavailable of 1 or more",
                )


def _replicas(design: Design, capacity: Capacity, setting: Setting) -> int | None:
    """How many pods the budget is of, where that is known."""
    name = setting.patch.object.partition("/")[2].replace("-", "_")
    stated: object = getattr(design.components.get(name), "replicas", None)
    return capacity.replicas(name) or (stated if isinstance(stated, int) else None)


def _blocks(setting: Setting, replicas: int | None) -> str:
    value = setting.value
    if value is REMOVED or isinstance(value, bool):
        return ""
    if setting.name == "maxUnavailable" and value in (0, "0%", "0"):
        return "none may be away"
    if setting.name != "minAvailable":
        return ""
    if value == "100%":
        return "all of them must be there"
    if isinstance(value, int) and replicas is not None and value >= replicas:
        return f"{value} must be there, and it has {replicas}"
    return ""
