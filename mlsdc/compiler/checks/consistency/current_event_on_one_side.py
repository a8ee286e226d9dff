"""TSC010"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.current_event import Counted, CurrentEvent
from mlsdc.compiler.checks.tiers import PRODUCTION
from mlsdc.compiler.design import Design
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "TSC010",
    "current-event-on-one-side",
    Severity.WARNING,
    source="Feast, point-in-time joins; Tecton, aggregation of the current event",
)
def current_event_on_one_side(design: Design, current: CurrentEvent) -> Iterator[Finding]:
    """The event being scored counts in a feature online and not in training, or the reverse.

    Why: a first payment has `tx_count_10m = 1` online and 0 in training. For everybody who comes
    seldom, and that is where fraud is, the feature is wrong by all of its value.

    Bad:

        stream payments { }
        pipeline counting { reads = payments }
        features velocity { computed = counting  tx_10m: int64 = count() over 10m }
        dataset history { spine = payments  features = [velocity]  boundary = before }
        endpoint score { }
        request authorise {
          call payments
          call velocity
          call score
        }

    Good:

        stream payments { }
        pipeline counting { reads = payments }
        features velocity { computed = counting  tx_10m: int64 = count() over 10m }
        dataset history { spine = payments  features = [velocity]  boundary = at }
        endpoint score { }
        request authorise {
          call payments
          call velocity
          call score
        }
    """
    for one in current.all:
        if one.offline is not None and one.online is not None:
            both = one.offline.own and one.online.own
            if one.offline.included != one.online.included and not both:
                yield _finding(design, one)
        elif not any(side is not None and side.own for side in (one.offline, one.online)):
            yield from _open(design, one)


def _finding(design: Design, one: Counted) -> Finding:
    assert one.offline is not None
    assert one.online is not None
    name = one.view.name
    online, offline = ("counts", "does not") if one.online.included else ("does not count", "does")
    flag = "true" if one.online.included else "false"
    return Finding(
        one.online.at,
        f"`{name}` {online} the event being scored online ({one.online.because}); in training it "
        f"{offline} ({one.offline.because})",
        subject=name,
        labels=(
            Label(one.offline.at, "the rows of training"),
            Label(design.place(one.view), f"`{name}` counts events"),
        ),
        help=f"offline {{ includes_current = {flag} }}  "
        f"online {{ includes_current = {flag} }}; or read the view before the event is published, "
        "and boundary = before",
    )


def _open(design: Design, one: Counted) -> Iterator[Finding]:
    """One side is known; or neither, where a production model scores the very events it counts."""
    offline = (
        f"{one.dataset.name}.boundary" if one.own_rows
        else f"{one.view.name}.offline.includes_current"
    )  # fmt: skip
    online = f"{one.view.name}.online.includes_current"
    known = (one.offline is not None) + (one.online is not None)
    if known == 0 and not (one.own_rows and design.system.tier in PRODUCTION):
        return
    missing = [
        name for name, side in ((offline, one.offline), (online, one.online)) if side is None
    ]
    yield Finding(
        design.place(one.view),
        f"whether `{one.view.name}` counts the event being scored is not stated for both paths",
        subject=one.view.name,
        missing=tuple(missing),
    )
