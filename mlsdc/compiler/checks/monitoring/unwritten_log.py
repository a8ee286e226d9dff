"""MON004"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.monitoring import Monitoring
from mlsdc.compiler.design import Design
from mlsdc.compiler.graph import Graph
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.data import Entity, Lake, Stream, Warehouse
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.model.operations import Monitor
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "MON004",
    "unwritten-log",
    Severity.ERROR,
    source="Breck et al., The ML Test Score (2017), Monitor 3; Sculley et al., "
    "Hidden Technical Debt in Machine Learning Systems (2015)",
)
def unwritten_log(design: Design, graph: Graph, monitoring: Monitoring) -> Iterator[Finding]:
    """A monitor reads a log that nothing writes, or that cannot be joined with the features.

    Why: the monitor is there, has a schedule and a threshold, and compares nothing: it is green for
    ever.

    Bad:

        stream served { event { user_id: string  score: float64 } }
        endpoint rank { }
        request search {
          rate = 10/s
          call rank
        }
        monitor health { watches = rank  logs = served }

    Good:

        stream served { event { user_id: string  score: float64 } }
        endpoint rank { }
        request search {
          rate = 10/s
          call rank { call served  asynchronous }
        }
        monitor health { watches = rank  logs = served }
    """
    for monitor in design.of(Monitor):
        log = design.components.get(monitor.logs or "")
        if monitor.logs is None:
            yield Finding(
                design.place(monitor),
                f"where what `{monitor.name}` watches is logged is not stated",
                subject=monitor.name,
                missing=(f"{monitor.name}.logs",),
            )
        if log is None or log.existing is not None:
            continue  # what writes an existing log stands in another design
        if not _written(graph, log):
            yield Finding(
                design.place(monitor, "logs"),
                f"`{monitor.name}` reads `{log.name}`, which nothing writes",
                subject=monitor.name,
                labels=(Label(design.place(log), "nothing writes it"),),
                help=_logged(design, monitor, log),
            )
        if isinstance(log, Stream) and log.event is not None:
            yield from _unjoinable(design, monitoring, monitor, log)


def _logged(design: Design, monitor: Monitor, log: Component) -> str:
    """Whoever answers writes it: what a client writes is no log of what was served."""
    watched = [e for one in monitor.watches if (e := design.get(one, Endpoint)) is not None]
    if isinstance(log, Stream) and watched:
        return f"logging {{ to = {log.name} }} in `{watched[0].name}`"
    written = next((e.logging.to for e in watched if e.logging and e.logging.to), None)
    if written is not None:
        return f"from = {written} in `{log.name}`"
    return f"`{log.name}` lands a stream, to which an endpoint writes: logging {{ to = <stream> }}"


def _written(graph: Graph, log: Component) -> bool:
    """Whether anything puts rows into it; a lake fetches what it lands."""
    if isinstance(log, Lake | Warehouse) and log.origin:
        return True
    return any(edge.rule.access in ("write", "read_write") for edge in graph.into(log))


def _unjoinable(
    design: Design, monitoring: Monitoring, monitor: Monitor, log: Stream
) -> Iterator[Finding]:
    """Keys of watched features that no event of the log carries."""
    told: set[str] = set()
    for feature in monitoring.of[monitor.name].features:
        view = design.get(feature.view, Features)
        entity = design.get(view.entity, Entity) if view else None
        for key in entity.keys if entity else ():
            if log.event is None or key in log.event.columns or key in told:
                continue
            told.add(key)
            yield Finding(
                design.place(monitor, "logs"),
                f"events of `{log.name}` have no `{key}` to join `{feature.view}` by",
                subject=monitor.name,
                labels=(Label(design.place(log, "event"), "what is logged"),),
                help=f"{key}: string in the `event` of `{log.name}`",
            )
