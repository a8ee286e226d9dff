"""TSC018"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.refresh import scheduled, serving_job
from mlsdc.compiler.checks.typed import duration_at_least
from mlsdc.compiler.consistency.age import update_gap
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Entity
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span
from mlsdc.units import Quantity, show_duration

ROUNDING = 1 + 1e-9
LIFETIMES = {
    "lookback": "training looks back",
    "max_age": "a value is used online for",
    "expiry": "the online store keeps a key for",
}


@check(
    "TSC018",
    "ttl-shorter-than-inactivity",
    Severity.WARNING,
    source="Aerospike, velocity features with Feast: TTL and rolling window; feast-dev/feast "
    "issue 4133",
)
def ttl_shorter_than_inactivity(design: Design) -> Iterator[Finding]:
    """A value that is written at an event expires before the next one, while it still holds.

    Why: a count of thirty days is not zero after a quiet week. If the value is gone by then, the
    model gets the default for exactly those who come back.

    Bad:

        entity user { key user_id: string }
        stream clicks { rate = 10/s }
        pipeline counting { reads = clicks }
        features visits {
          entity   = user
          computed = counting
          max_age  = 7d
          n: int64 = count() over 30d
        }

    Good:

        entity user { key user_id: string }
        stream clicks { rate = 10/s }
        pipeline counting { reads = clicks }
        features visits {
          entity   = user
          computed = counting
          max_age  = 30d
          n: int64 = count() over 30d
        }
    """
    for view in design.of(Features):
        stated = [name for name in LIFETIMES if getattr(view, name) is not None]
        if stated and _written_at_events(design, view):
            for name in stated:
                yield from _judge(design, view, name, getattr(view, name))


def _written_at_events(design: Design, view: Features) -> bool:
    """Whether a value is written only when its entity does something.

    A run that writes every entity anew keeps the values of quiet ones fresh.
    """
    if scheduled(design, view):
        return view.materialize is not None and view.materialize.incremental
    return serving_job(design, view) is not None or view.push is not None


def _judge(design: Design, view: Features, name: str, lifetime: Quantity) -> Iterator[Finding]:
    entity = design.get(view.entity, Entity)
    gap = entity.gap if entity is not None else None
    windows = {n: c.over for n, c in view.columns.items() if c.over is not None}
    widest = max(windows, key=lambda n: windows[n].value, default=None)
    needed = update_gap(
        windows[widest].value if widest is not None else 0.0, gap.value if gap else 0.0
    )
    if lifetime.value * ROUNDING >= needed:
        return
    by_window = widest is not None and windows[widest].value >= needed
    place: Span
    if by_window and widest is not None:
        place, why = design.place(view, "columns", widest), f"`{widest}` covers"
    else:
        entity_name = entity.name if entity is not None else ""
        place, why = design.place(entity_name, "gap"), f"one `{entity_name}` in twenty is quiet for"
    yield Finding(
        design.place(view, name),
        f"{LIFETIMES[name]} {show_duration(lifetime.value)}; {why} {show_duration(needed)}",
        subject=view.name,
        labels=(Label(place, f"{show_duration(needed)} here"),),
        arithmetic=(f"{show_duration(lifetime.value)} < {show_duration(needed)}",),
        help=f"{name} = {duration_at_least(needed)}",
    )
