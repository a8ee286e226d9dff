"""MON010"""

from collections.abc import Iterator

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.operations import Metrics, Slo
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show


@check(
    "MON010",
    "slo-without-alerts",
    Severity.WARNING,
    source="Google, Site Reliability Workbook, chapter 5: alerting on SLOs (burn rates)",
)
def slo_without_alerts(design: Design) -> Iterator[Finding]:
    """An objective without burn-rate alerts, or over a longer time than metrics are kept.

    Why: an objective that nobody is alerted on is found missed at the end of its window, and one
    over a longer window than the metrics' retention cannot be computed at all.

    Bad:

        request search { rate = 10/s }
        metrics telemetry { retention = 15d }
        slo fast {
          request = search
          metrics = telemetry
          window  = 30d
          alerts  = "ranking"
        }

    Good:

        request search { rate = 10/s }
        metrics telemetry { retention = 30d }
        slo fast {
          request = search
          metrics = telemetry
          window  = 30d
          alerts  = "ranking"
        }
    """
    for slo in design.of(Slo):
        metrics = design.get(slo.metrics, Metrics)
        if slo.alerts is None:
            yield Finding(
                design.place(slo),
                f"nobody is alerted when the budget of `{slo.name}` burns",
                subject=slo.name,
                labels=(Label(design.place(slo, "request"), "whose objective it is"),),
                help=f'alerts = "{slo.owner or design.system.owner or "team"}"',
            )
        stated = {
            f"{slo.name}.window": slo.window,
            f"{slo.name}.metrics": slo.metrics,
            f"{slo.metrics}.retention": metrics.retention if metrics else None,
        }
        missing = [name for name, value in stated.items() if value is None]
        if missing:
            yield Finding(
                design.place(slo),
                f"whether metrics are kept as long as `{slo.name}` needs them is not known",
                subject=slo.name,
                missing=tuple(name for name in missing if not name.startswith("None")),
            )
            continue
        assert metrics is not None
        assert metrics.retention is not None
        assert slo.window is not None
        if slo.window.value > metrics.retention.value * (1 + 1e-9):
            yield Finding(
                design.place(slo, "window"),
                f"`{slo.name}` looks back {show(slo.window)}, `{metrics.name}` keeps "
                f"{show(metrics.retention)}",
                subject=slo.name,
                labels=(Label(design.place(metrics, "retention"), "what is kept"),),
                help=f"retention = {show(slo.window)} in `{metrics.name}`",
            )
