"""MON008"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.monitoring import Monitoring
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Unknown
from mlsdc.compiler.model.operations import Monitor
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import digits

BEARABLE = 1.0
"""False alarms a month."""


@check(
    "MON008",
    "false-alarms-expected",
    Severity.WARNING,
    source="Benjamini and Hochberg (1995); Breck et al., The ML Test Score (2017), Monitor 2: "
    "alerts must be useful",
)
def false_alarms_expected(design: Design, monitoring: Monitoring) -> Iterator[Finding]:
    """So many columns are tested so often that alarms without drift come every month.

    Why: each test is wrong now and then; many columns times many windows make an alarm that nobody
    believes, and the true one is not believed either.

    Bad:

        entity user { key user_id: string }
        features profile { entity = user  country: string  device: string }
        endpoint rank { features = [profile] }
        monitor health {
          watches = rank
          every   = 1h
          drift   = chi_squared { warn = 0.05 }
        }

    Good:

        entity user { key user_id: string }
        features profile { entity = user  country: string  device: string }
        endpoint rank { features = [profile] }
        monitor health {
          watches = rank
          every   = 1h
          drift   = chi_squared { warn = 0.0005 }
        }
    """
    for monitor in design.of(Monitor):
        watch = monitoring.of[monitor.name]
        least, most = watch.per_month, watch.per_month_at_most
        if monitor.drift is None or monitor.drift.columns is not None or not watch.features:
            continue
        if isinstance(least, Unknown) or isinstance(most, Unknown):
            yield Finding(
                design.place(monitor, "drift"),
                f"how many false alarms `{monitor.name}` gives is not known",
                subject=monitor.name,
                missing=least.missing
                if isinstance(least, Unknown)
                else (f"{monitor.name}.drift.rows",),
            )
        elif least.value > BEARABLE:
            first = watch.features[0].view
            yield Finding(
                design.place(monitor, "drift"),
                f"`{monitor.name}` gives {digits(least.value)} false alarms a month",
                subject=monitor.name,
                labels=(Label(design.place(first), f"{len(watch.features)} features"),),
                arithmetic=least.because,
                help=f"columns = 20% in the `drift` of `{monitor.name}`: alarm only where so many "
                "drift at once; or a longer `every`, or a stricter `warn`",
            )
        elif most.value > BEARABLE:
            yield Finding(
                design.place(monitor, "drift"),
                f"`{monitor.name}` gives up to {digits(most.value)} false alarms a month, by the "
                "rows of its reference",
                subject=monitor.name,
                missing=(f"rows of the reference of {monitor.name}",),
            )
