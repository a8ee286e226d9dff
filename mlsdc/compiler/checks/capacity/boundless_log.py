"""CAP018"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.logs import Kept, Logs
from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.checks.typed import duration_at_most, share_at_most
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Unknown
from mlsdc.compiler.model.data import Lake, Warehouse
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import BYTES, Quantity, show, show_bytes

LARGEST = Quantity(2.0**50, BYTES)
"""What a log may hold where its lake does not say: a pebibyte, for which object storage alone takes
about 24,000 USD a month (Amazon S3 Standard, us-east-1, list price since December 2016: 0.021 to
0.023 USD for a GB and month)."""


@check(
    "CAP018",
    "boundless-log",
    Severity.WARNING,
    source="AWS, Well-Architected Machine Learning Lens, cost optimisation; Amazon S3 pricing",
)
def boundless_log(design: Design, logs: Logs) -> Iterator[Finding]:
    """What requests log adds up to more than is planned to be kept.

    Why: a log of served features grows with every request, every column and every day it is kept.
    Nobody reads most of it: a sample is as good for drift, and columns compress where rows do not.

    Bad:

        stream served {
          event_size = 20KiB
          retention  = 3d
        }
        lake history {
          from      = served
          retention = 730d
          size      = 500TiB
        }
        endpoint rank { }
        request search {
          rate = 2000/s
          call rank
          call served  asynchronous
        }

    Good:

        stream served {
          event_size = 20KiB
          retention  = 3d
        }
        lake history {
          from      = served
          retention = 90d
          size      = 500TiB
        }
        endpoint rank { }
        request search {
          rate = 2000/s
          call rank
          call served  asynchronous
        }
    """
    unknown: dict[str, list[str]] = {}
    for kept in logs.kept:
        if kept.keeper.existing is not None:
            continue
        if isinstance(kept.size, Unknown):
            unknown.setdefault(kept.log.name, []).extend(kept.size.missing)
        elif kept.size.value > _allowed(kept).value * (1 + 1e-9):
            yield _large(design, kept, kept.size)
    yield from of_production(design, _unknown(design, unknown))


def _allowed(kept: Kept) -> Quantity:
    stated = kept.keeper.size if isinstance(kept.keeper, Lake | Warehouse) else None
    return stated or LARGEST


def _unknown(design: Design, unknown: dict[str, list[str]]) -> Iterator[Finding]:
    for name, missing in unknown.items():
        yield Finding(
            design.place(name),
            f"how much is kept of the log `{name}` is not known",
            subject=name,
            missing=tuple(dict.fromkeys(missing)),
        )


def _large(design: Design, kept: Kept, size: Figure) -> Finding:
    allowed, keeper = _allowed(kept), kept.keeper
    share = allowed.value / size.value
    labels = [Label(design.place(kept.log, "event_size"), "the size of a row")]
    if isinstance(keeper, Lake | Warehouse) and keeper.size is not None:
        labels.append(Label(design.place(keeper, "size"), "what is planned"))
    assert keeper.retention is not None
    return Finding(
        design.place(keeper, "retention"),
        f"`{keeper.name}` comes to hold {show_bytes(size.value)} of the log `{kept.log.name}`, "
        f"more than {show(allowed)}",
        subject=keeper.name,
        labels=tuple(labels),
        arithmetic=size.because,
        help=f"retention = {duration_at_most(keeper.retention.value * share)}, or a sample of "
        f"{share_at_most(share)}",
    )
