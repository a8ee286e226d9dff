"""LAT014"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.paths import Paths
from mlsdc.compiler.design import Design
from mlsdc.compiler.latency.path import leaves
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.data import FeatureStore, Lake, Warehouse
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.model.operations import Review
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "LAT014",
    "waits-for-batch-system",
    Severity.WARNING,
    source="Feast, offline stores: for training sets, not for low latency; BigQuery and Snowflake "
    "documentation: queries are queued and planned, seconds at p99",
)
def waits_for_batch_system(design: Design, paths: Paths) -> Iterator[Finding]:
    """A request waits for something that answers in seconds or hours.

    Why: warehouses, lakes and offline stores are made for throughput: a query is queued and planned
    before it reads, and its p99 is seconds. A queue of people answers when they have time.

    Bad:

        warehouse history { }
        request profile {
          rate = 5/s
          call history
        }

    Good:

        warehouse history { }
        request profile {
          rate = 5/s
          call history  asynchronous
        }
    """
    said: set[tuple[str, object]] = set()
    for request in design.of(Request):
        for leaf in leaves(paths.of[request.name], waited=True):
            component = design.components[leaf.component]
            found = _batch(design, component)
            if found is None or (leaf.component, leaf.place) in said:
                continue
            said.add((leaf.component, leaf.place))
            slow, what = found
            via = f" by way of `{component.name}`" if slow is not component else ""
            yield Finding(
                leaf.place,
                f"the request waits for `{slow.name}`{via}, {what}",
                subject=request.name,
                labels=(Label(design.place(slow), f"`{slow.name}` is declared here"),),
                help=_help(component),
            )


def _batch(design: Design, component: Component) -> tuple[Component, str] | None:
    """The slow system behind a call, and what it is; None where it answers at once."""
    if isinstance(component, Warehouse):
        return component, "a warehouse: seconds at p99"
    if isinstance(component, Lake):
        return component, "object storage: whole files, and no index"
    if isinstance(component, Review):
        return component, "a queue of people"
    store = component
    if isinstance(component, Features):
        store = design.components.get(component.store or "")
    if isinstance(store, FeatureStore) and store.online is None and store.offline is not None:
        offline = design.components.get(store.offline)
        return None if offline is None else (offline, "the offline store: seconds at p99")
    return None


def _help(component: Component) -> str:
    if isinstance(component, Features | FeatureStore):
        return "give the feature store an `online` store, and materialise the view into it"
    if isinstance(component, Review):
        return f"call {component.name}  asynchronous, and answer without it meanwhile"
    return f"call {component.name}  asynchronous, or read what it computes from an online store"
