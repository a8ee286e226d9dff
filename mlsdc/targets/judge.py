"""What only a plan can tell of a design: existing components, and patches of emitted objects.

Targets are looked at where a design speaks of them, and nowhere else: a design without patches
pays for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from mlsdc.compiler.model.patch import Patch
from mlsdc.diagnostics import Diagnostic, Severity
from mlsdc.targets.base import Plan, unplaced


def judge(plan: Plan, said: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Findings about a plan; `said` is what was found before: what is broken is not built."""
    found: list[Diagnostic] = []
    if any(c.existing is not None for c in plan.design.components.values()):
        from mlsdc.targets.existing_checks import check_existing

        found += check_existing(plan)
    if not plan.design.of(Patch):
        return found
    if any(one.severity is Severity.ERROR for one in [*said, *found]) or any(unplaced(plan)):
        return found
    from mlsdc.targets.kubernetes.patched import findings as of_kubernetes
    from mlsdc.targets.pulumi.patched import findings as of_pulumi

    return [*found, *of_kubernetes(plan), *of_pulumi(plan)]
