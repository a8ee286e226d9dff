"""MON003"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.monitoring import Monitoring
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Unknown
from mlsdc.compiler.model.operations import Monitor
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show_percent

LIKELY = 0.05
"""More than this share of windows in a false alarm is noise."""
NAMES = ("string", "bool", "bytes")
CONTINUOUS = ("float16", "bfloat16", "float32", "float64", "decimal")


@check(
    "MON003",
    "unsuited-statistic",
    Severity.WARNING,
    source="TensorFlow Data Validation, comparators by type; Yurdakul, Statistical Properties "
    "of the Population Stability Index (2018); Smirnov 1948",
)
def unsuited_statistic(design: Design, monitoring: Monitoring) -> Iterator[Finding]:
    """A drift statistic that does not fit its columns, or whose threshold chance alone passes.

    Why: a distance between ranks means nothing for names, and counts of each value mean nothing for
    real numbers; with too few rows in a window, noise is taken for drift.

    Bad:

        entity user { key user_id: string }
        features profile { entity = user  country: string }
        endpoint rank { features = [profile] }
        monitor health {
          watches = rank
          every   = 1d
          drift   = ks { warn = 0.1  rows = 50_000 }
        }

    Good:

        entity user { key user_id: string }
        features profile { entity = user  country: string }
        endpoint rank { features = [profile] }
        monitor health {
          watches = rank
          every   = 1d
          drift   = psi { warn = 0.1  rows = 50_000  bins = 20 }
        }
    """
    for monitor in design.of(Monitor):
        drift = monitor.drift
        if drift is None:
            continue
        watch = monitoring.of[monitor.name]
        for feature in watch.features:
            if not _suits(drift.statistic, feature.type.name):
                yield Finding(
                    design.place(monitor, "drift"),
                    f"{drift.statistic} does not suit `{feature.view}.{feature.name}`, which is "
                    f"{feature.type}",
                    subject=monitor.name,
                    labels=(
                        Label(design.place(feature.view, "columns", feature.name), "this column"),
                    ),
                    help="drift = psi { warn = 0.1  critical = 0.2  bins = 10 }",
                )
        least, most = watch.false_alarm, watch.false_alarm_at_most
        if isinstance(least, Unknown) or isinstance(most, Unknown):
            missing = least.missing if isinstance(least, Unknown) else ()
            yield Finding(
                design.place(monitor, "drift"),
                f"whether chance alone passes the threshold of `{monitor.name}` is not known",
                subject=monitor.name,
                missing=missing or (f"{monitor.name}.drift.rows",),
            )
        elif least.value > LIKELY and not drift.by_p_value:
            yield Finding(
                design.place(monitor, "drift", "warn"),
                f"without any drift, {show_percent(least.value)} of the windows of "
                f"`{monitor.name}` pass its threshold",
                subject=monitor.name,
                labels=(Label(design.place(monitor, "every"), "rows of one window"),),
                arithmetic=watch.rows.because if isinstance(watch.rows, Figure) else (),
                help="a longer `every`, fewer bins or a higher threshold",
            )


def _suits(statistic: str, column: str) -> bool:
    if statistic in ("ks", "wasserstein"):
        return column not in NAMES
    return statistic != "chi_squared" or column not in CONTINUOUS
