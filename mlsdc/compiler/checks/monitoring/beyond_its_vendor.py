"""MON015"""

from collections.abc import Iterator, Mapping

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.capability import Capability
from mlsdc.compiler.model.operations import Monitor
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity

LISTS = ("quality", "proxies", "staleness", "slices")


@check(
    "MON015",
    "beyond-its-vendor",
    Severity.ERROR,
    source="Evidently, drift algorithms: which return a distance, and which a p-value",
)
def beyond_its_vendor(design: Design) -> Iterator[Finding]:
    """A monitor is to do what the system that runs it does not.

    Why: the vendor takes the configuration all the same, and answers with another number or with
    none. The alert then never fires, or always.

    Bad:

        endpoint rank { replicas = 3 }
        monitor health: evidently {
          watches = rank
          drift   = ks { warn = 0.1  critical = 0.2 }
          image   = "registry.example.com/shop/drift:1.0.0"
        }

    Good:

        endpoint rank { replicas = 3 }
        monitor health: evidently {
          watches = rank
          drift   = wasserstein { warn = 0.1  critical = 0.2 }
          image   = "registry.example.com/shop/drift:1.0.0"
        }
    """
    for monitor in design.of(Monitor):
        table: Mapping[str, Capability] = getattr(type(monitor), "capabilities", {})
        for key, path in _wanted(monitor):
            known = table.get(key)
            if known is not None:
                yield from _judge(design, monitor, key, path, known)


def _wanted(monitor: Monitor) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """What a monitor is to do, as capability tables call it, and where that is stated."""
    if monitor.drift is not None:
        yield f"drift.{monitor.drift.statistic}", ("drift", "statistic")
    for name in LISTS:
        stated: object = getattr(monitor, name)
        if isinstance(stated, tuple):
            for at, item in enumerate(stated):  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
                yield f"{name}.{item}", (name, at)
        elif stated is not None:
            yield name, (name,)


def _judge(
    design: Design, monitor: Monitor, key: str, path: tuple[str | int, ...], known: Capability
) -> Iterator[Finding]:
    vendor = type(monitor).system
    if known.supported and (not known.requires or design.wrote(monitor, known.requires)):
        return
    word = key.rpartition(".")[2]
    why = f"without `{known.requires}`" if known.supported else "at all"
    yield Finding(
        design.place(monitor, *path),
        f"`{monitor.name}` is to use {word}, which {vendor} does not offer as it is meant {why}: "
        f"{known.source}",
        subject=monitor.name,
        labels=(Label(design.place(monitor), f"run by {vendor}"),),
        help=(known.requires and f"{known.requires} = ...") or _instead(monitor, key),
    )


def _instead(monitor: Monitor, key: str) -> str:
    """Statistics that the system does offer."""
    table: Mapping[str, Capability] = getattr(type(monitor), "capabilities", {})
    if not key.startswith("drift."):
        return "remove it, or run it by another system"
    offered = [name.partition(".")[2] for name, one in table.items()
               if one.supported and name.startswith("drift.")]  # fmt: skip
    return "drift = " + ", or ".join(offered)
