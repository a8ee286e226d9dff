"""CAP017"""

import math
from collections.abc import Iterator

from mlsdc.compiler.analyses.backfills import Backfill, Backfills
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Unknown
from mlsdc.compiler.model.data import Pipeline
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import DAY, DURATION, Quantity, show, show_duration

LONGEST = Quantity(14 * DAY, DURATION)
"""What a backfill may take where the design does not say: two weeks, the length of a usual sprint
and of a usual experiment; a corrected feature that takes longer is not tried in either."""


@check(
    "CAP017",
    "endless-backfill",
    Severity.WARNING,
    source="Tecton documentation, feature view backfills; Hopsworks documentation, backfilling of "
    "feature groups",
)
def endless_backfill(design: Design, backfills: Backfills) -> Iterator[Finding]:
    """Computing a feature's history anew takes longer than anyone waits.

    Why: each new feature, and each corrected one, has to be computed for all the time that training
    looks back to. Where that takes weeks, nobody corrects a feature.

    Bad:

        pipeline profiles {
          every   = 1d
          runtime = 3h
        }
        features profile {
          computed = profiles
          visits: int64 = count() over 30d
        }
        dataset history {
          features = profile
          window   = 365d
        }

    Good:

        pipeline profiles {
          every             = 1d
          runtime           = 3h
          backfill_parallel = 8
        }
        features profile {
          computed = profiles
          visits: int64 = count() over 30d
        }
        dataset history {
          features = profile
          window   = 365d
        }
    """
    for name, backfill in backfills.of.items():
        job = design.components[name]
        if not isinstance(job, Pipeline) or job.existing is not None:
            continue
        allowed = job.backfill_within or LONGEST
        if isinstance(backfill.time, Figure):
            if backfill.time.value > allowed.value * (1 + 1e-9):
                yield _late(design, job, backfill, backfill.time, allowed)
        elif job.backfill_within is not None:
            yield _unknown(design, job, backfill.time)


def _unknown(design: Design, job: Pipeline, time: Unknown) -> Finding:
    return Finding(
        design.place(job, "backfill_within"),
        f"how long a backfill of `{job.name}` takes is not known",
        subject=job.name,
        missing=time.missing,
    )


def _late(
    design: Design, job: Pipeline, backfill: Backfill, time: Figure, allowed: Quantity
) -> Finding:
    field = "runtime" if job.every is not None else "replay"
    window = backfill.dataset.window
    looks = show(window) if window else ""
    wanted = f"{show(allowed)} {'is allowed' if job.backfill_within is not None else 'is usual'}"
    parallel = math.ceil(time.value * job.backfill_parallel / max(allowed.value, 1.0))
    remedy = f"backfill_parallel = {parallel}" if job.every is not None else "a larger `replay`"
    return Finding(
        design.place(job, field),
        f"a backfill of `{job.name}` takes {show_duration(time.value)}, {wanted}",
        subject=job.name,
        labels=(Label(design.place(backfill.dataset, "window"), f"training looks back {looks}"),),
        arithmetic=time.because,
        help=f"{remedy}, or backfill_within = {_days(time.value)}d if that is accepted",
    )


def _days(seconds: float) -> int:
    return math.ceil(round(seconds / DAY, 9))
