"""TSC024"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from mlsdc.compiler.analyses.carried import Carried
from mlsdc.compiler.analyses.lineage import Lineage, request_fields
from mlsdc.compiler.analyses.online_reads import OnlineReads
from mlsdc.compiler.checks.time_zones import time_zones
from mlsdc.compiler.consistency.measures import Measured, Misfit, measure, same
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.component import Column
from mlsdc.compiler.model.data import Source, Stream
from mlsdc.compiler.model.features import Dataset, Features
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "TSC024",
    "unit-mismatch",
    Severity.ERROR,
    source="Breck et al., The ML Test Score (2017), Data 1; NASA, Mars Climate Orbiter Mishap "
    "Investigation Board, phase I report (1999)",
)
def unit_mismatch(
    design: Design, lineage: Lineage, carried: Carried, reads: OnlineReads
) -> Iterator[Finding]:
    """Two sides of one value measure it in different units, or in different time zones.

    Why: types agree, every test of shapes passes, and each value is off by a factor of a hundred,
    or each day begins an hour late.

    Bad:

        entity card { key card_id: string }
        stream payments { rate = 10/s  event { amount: float64  unit cents } }
        pipeline profiles { reads = payments }
        features profile {
          entity   = card
          computed = profiles
          spend: float64 = sum(amount) over 30d  unit EUR
        }

    Good:

        entity card { key card_id: string }
        stream payments { rate = 10/s  event { amount: float64  unit EUR } }
        pipeline profiles { reads = payments }
        features profile {
          entity   = card
          computed = profiles
          spend: float64 = sum(amount) over 30d  unit EUR
        }
    """
    units = _Units(design, lineage, carried, reads)
    for view in design.of(Features):
        for name in view.columns:
            yield from units.feature(view, name)
    for endpoint in design.of(Endpoint):
        model = design.get(endpoint.model, Model)
        dataset = design.get(model.dataset, Dataset) if model is not None else None
        if model is not None and dataset is not None:
            yield from units.replayed(endpoint, dataset)
            yield from units.signed(model, dataset)
    for dataset in design.of(Dataset):
        yield from time_zones(design, lineage, dataset)


@dataclass(frozen=True)
class _Units:
    """Where each name has its unit from."""

    design: Design
    lineage: Lineage
    carried: Carried
    reads: OnlineReads

    def feature(self, view: Features, name: str) -> Iterator[Finding]:
        """What a feature is computed from, and what it says it is."""
        column, misfits = view.columns[name], list[Misfit]()
        if column.definition is None:
            return
        made = measure(column.definition, lambda n: self._named(view, name, n, misfits), misfits)
        for misfit in misfits:
            yield self._misfit(view, name, misfit)
        if made is not None and column.unit is not None and not same(made.unit, column.unit):
            place = self.design.place(view, "columns", name, "unit")
            yield Finding(
                place,
                f"`{view.name}.{name}` is in {column.unit}, `{made.name}` it is computed from in "
                f"{made.unit}",
                subject=view.name,
                labels=(Label(made.place, f"in {made.unit} here"),),
                help=f"unit {made.unit}, or the factor in the definition",
            )

    def _misfit(self, view: Features, name: str, misfit: Misfit) -> Finding:
        one, other = misfit.one, misfit.other
        return Finding(
            self.design.place(view, "columns", name, "definition"),
            f"`{name}`: `{one.name}` in {one.unit} {misfit.joined} `{other.name}` in {other.unit}",
            subject=view.name,
            labels=(
                Label(one.place, f"in {one.unit} here"),
                Label(other.place, f"in {other.unit} here"),
            ),
            help=f"one unit for both: {one.unit}, or {other.unit}",
        )

    def _named(
        self, view: Features, feature: str, name: str, misfits: list[Misfit]
    ) -> Measured | None:
        """The unit of a name in a definition; two origins that disagree are a misfit."""
        head, _, tail = name.partition(".")
        other = self.design.get(head, Features)
        if head == "request" and tail:
            found = list(self._requested(view, tail))
        elif other is not None and tail in other.columns:
            found = list(_stated(self.design, other.name, ("columns", tail), other.columns[tail]))
        elif name in view.columns and name != feature:
            found = list(_stated(self.design, view.name, ("columns", name), view.columns[name]))
        else:
            origins = self.lineage.features[view.name, feature].origins
            found = [unit for origin in origins for unit in self._event(origin, name)]
        for one, two in pairwise(found):
            if not same(one.unit, two.unit):
                misfits.append(Misfit(one, two, "beside"))
        return found[0] if found else None

    def _requested(self, view: Features, field: str) -> Iterator[Measured]:
        """A field of the requests for which a view is computed."""
        chains = {chain for read in self.reads.of.get(view.name, ()) for chain in read.chains}
        for request in sorted({request for chain in chains for request in chain}):
            yield from self._body(request, field)

    def _body(self, request: str, field: str) -> Iterator[Measured]:
        body = getattr(self.design.components.get(request), "body", None)
        column = body.columns.get(field) if body is not None else None
        if column is not None and column.unit is not None:
            place = self.design.place(request, "body", "columns", field, "unit")
            yield Measured(f"{request}.{field}", column.unit, place)

    def _event(self, origin: str, name: str) -> Iterator[Measured]:
        one = self.design.components.get(origin)
        if isinstance(one, Stream | Source) and one.event is not None and name in one.event.columns:
            path = ("event", "columns", name)
            yield from _stated(self.design, origin, path, one.event.columns[name])

    def replayed(self, endpoint: Endpoint, dataset: Dataset) -> Iterator[Finding]:
        """What the request brings in serving is read from the spine in training."""
        names = set(endpoint.request_features)
        for view in (self.design.get(name, Features) for name in dataset.features):
            names |= request_fields(view).keys() if view is not None else set()
        chains = self.reads.chains.get(endpoint.name, ())
        requests = sorted({request for chain in chains for request in chain})
        for name in sorted(names):
            for trained in self._event(dataset.spine or "", name):
                for request in requests:
                    for served in self._body(request, name):
                        if not same(trained.unit, served.unit):
                            yield Finding(
                                served.place,
                                f"`{request}` brings `{name}` in {served.unit}; training reads it "
                                f"from `{dataset.spine}` in {trained.unit}",
                                subject=request,
                                labels=(Label(trained.place, f"in {trained.unit} here"),),
                                help=f"unit {trained.unit}, or the factor where it comes in",
                            )

    def signed(self, model: Model, dataset: Dataset) -> Iterator[Finding]:
        """The signature of a model and the features it is trained on."""
        for name, column in model.signature.columns.items() if model.signature else ():
            for view in (self.design.get(one, Features) for one in dataset.features):
                feature = view.columns.get(name) if view is not None else None
                if view is None or feature is None or not (column.unit and feature.unit):
                    continue
                if not same(column.unit, feature.unit):
                    yield Finding(
                        self.design.place(model, "signature", "columns", name, "unit"),
                        f"`{model.name}` takes `{name}` in {column.unit}; `{view.name}` has it in "
                        f"{feature.unit}",
                        subject=model.name,
                        labels=(
                            Label(self.design.place(view, "columns", name, "unit"),
                                  f"in {feature.unit} here"),
                        ),
                        help=f"unit {feature.unit}",
                    )  # fmt: skip


def _stated(
    design: Design, name: str, path: tuple[str, ...], column: Column
) -> Iterator[Measured]:  # fmt: skip
    if column.unit is not None:
        yield Measured(f"{name}.{path[-1]}", column.unit, design.place(name, *path, "unit"))
