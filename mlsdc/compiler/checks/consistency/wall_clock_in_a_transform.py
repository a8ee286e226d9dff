"""TSC035"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlsdc.compiler.analyses.transforms import MOST_TOLD, Text, Transforms
from mlsdc.compiler.design import Design
from mlsdc.compiler.foreign import place_in, position
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.schedule import Finding, check
from mlsdc.compiler.sql.outcome import Unread
from mlsdc.diagnostics import Label, Severity

if TYPE_CHECKING:
    from mlsdc.compiler.sql.clock import Asked

MOST_PYTHON = 160_000
"""Characters of Python in a design that are parsed: half a second."""


@check(
    "TSC035",
    "wall-clock-in-a-transform",
    Severity.WARNING,
    source="Tecton, rules for feature definitions: never reference the current time; Hopsworks, "
    "backfilling with injected start and end times",
)
def wall_clock_in_a_transform(design: Design, transforms: Transforms) -> Iterator[Finding]:
    """A job asks the clock or chance, so that running it again gives other values.

    Why: the job ran on Monday with the time of Monday. When its history is filled in on Friday, all
    days get the time of Friday: training sees values that serving never had, and no run can be
    repeated. A column that only tells when its row was written does no harm.

    Bad:

        stream payments { event { card_id: string  amount: float64  at: timestamp  event_time } }
        pipeline spending {
          reads = payments
          transform {
            sql = \"\"\"
              SELECT card_id, SUM(amount) AS spend FROM payments
              WHERE at >= DATE_SUB(CURRENT_DATE, 30) GROUP BY card_id
            \"\"\"
          }
        }

    Good:

        stream payments { event { card_id: string  amount: float64  at: timestamp  event_time } }
        pipeline spending {
          reads = payments
          transform {
            sql = \"\"\"
              SELECT card_id, SUM(amount) AS spend FROM payments
              WHERE at >= DATE_SUB(:end, 30) GROUP BY card_id
            \"\"\"
          }
        }
    """
    used = _used(design) if transforms.of else frozenset[str]()
    left = MOST_PYTHON
    for text in transforms.of.values():
        for one in text.asks[:MOST_TOLD]:
            if not one.alias or one.alias in used:
                yield _asked(design, text, "sql", text.transform.sql or "", one)
        content = text.transform.python
        left -= len(content or "")
        if content is not None and left >= 0:
            yield from _python(design, text, content)


def _used(design: Design) -> frozenset[str]:
    """The names of all features, in lower case."""
    return frozenset(name.lower() for view in design.of(Features) for name in view.columns)


def _python(design: Design, text: Text, content: str) -> Iterator[Finding]:
    from mlsdc.compiler.python_clock import asked

    found = asked(content)
    if isinstance(found, Unread):
        yield _unread(design, text, content, found)
        return
    for one in found[:MOST_TOLD]:
        yield _asked(design, text, "python", content, one)


def _asked(design: Design, text: Text, field: str, content: str, one: Asked) -> Finding:
    span, where = place_in(design, text.owner, (*text.path, field), content, *one.at)
    what = "chance" if one.chance else "the clock"
    parameter = "end" if field == "python" else ":end"
    hint = (
        "a seed, or a hash of the key: hash(card_id) % 100"
        if one.chance
        else f"a parameter of the run that a backfill sets to each day in turn: {parameter}"
    )
    return Finding(
        span,
        f"`{text.owner.name}` asks {what} by `{one.word}`: a run that is repeated gives other "
        f"values{where}",
        subject=text.owner.name,
        labels=(Label(design.place(text.owner), "is run again to fill in its history"),),
        help=hint,
    )


def _unread(design: Design, text: Text, content: str, one: Unread) -> Finding:
    path = (*text.path, "python")
    span, _ = place_in(design, text.owner, path, content, *one.at)
    return Finding(
        span,
        f"the Python of `{text.owner.name}` cannot be read at {position(content, one.at.start)}: "
        f"{one.why}",
        subject=text.owner.name,
        labels=(Label(design.place(text.owner), "nothing is known of what it asks"),),
        help="correct the text, or leave it out and name its code",
    )
