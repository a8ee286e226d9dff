"""Feature definitions in, the columns each feature is computed from and the way they take out.

Column names in a definition are looked up in the events of everything upstream of the job that
computes the view.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from mlsdc.compiler.analyses.text_lineage import Reaching, TextLineage
from mlsdc.compiler.analyses.transforms import Transforms
from mlsdc.compiler.design import Design
from mlsdc.compiler.functions import is_aggregation
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.data import Lake, Pipeline, Source, Stream, Warehouse
from mlsdc.compiler.model.features import FeatureColumn, Features
from mlsdc.compiler.schedule import analysis
from mlsdc.dsl import ast


@dataclass(frozen=True)
class Reading:
    """A column that a feature reads.

    `origin` is the stream or source that declares it, None where none upstream does; `path` leads
    from the origin through lakes, jobs and other features to the feature itself. `ways` holds
    everything upstream of the job that reads it, each with the names on its way to that job; `lag`
    is how many seconds of young rows are left out on the way. It is not `direct` where it only
    decides which rows count, as the filter of a query does.
    """

    name: str
    origin: str | None
    path: tuple[str, ...]
    lag: float = 0.0
    ways: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict[str, tuple[str, ...]], compare=False, repr=False
    )
    direct: bool = True


@dataclass(frozen=True)
class FeatureLineage:
    """Where one feature comes from; `origins` is everything upstream of its job.

    `reaching` are the columns that its job returns, where texts on the way tell; they may not be
    all where `open`.
    """

    readings: tuple[Reading, ...]
    origins: tuple[str, ...]
    reaching: Mapping[str, object] | None = field(default=None, compare=False, repr=False)
    open: bool = False

    @property
    def columns(self) -> frozenset[tuple[str, str]]:
        """The origin and the name of every column that is read."""
        return frozenset((r.origin, r.name) for r in self.readings if r.origin is not None)

    @property
    def unplaced(self) -> tuple[str, ...]:
        """Names that no origin declares."""
        return tuple(r.name for r in self.readings if r.origin is None)


@dataclass(frozen=True)
class Lineage:
    """The lineage of every feature, by view and column."""

    features: dict[tuple[str, str], FeatureLineage] = field(
        default_factory=dict[tuple[str, str], FeatureLineage]
    )


@analysis
def lineage(design: Design, transforms: Transforms) -> Lineage:
    """Trace every feature to the columns it reads."""
    ways = _Ways(design)
    texts = TextLineage(design, transforms, ways.read_by) if transforms.of else None
    trace = _Trace(design, ways, texts)
    found: dict[tuple[str, str], FeatureLineage] = {}
    for view in design.of(Features):
        reaching = trace.reaching(view)
        columns, opened = (reaching.columns, reaching.open) if reaching else (None, False)
        for name in view.columns:
            found[view.name, name] = FeatureLineage(
                trace.readings(view, name), tuple(ways.of(view)), columns, opened
            )
    return Lineage(found)


@dataclass
class _Trace:
    design: Design
    ways: _Ways
    texts: TextLineage | None = None
    _reaching: dict[str, Reaching | None] = field(default_factory=dict[str, "Reaching | None"])
    _known: dict[str, tuple[Reading, ...]] = field(default_factory=dict[str, tuple[Reading, ...]])

    def readings(self, view: Features, feature: str) -> tuple[Reading, ...]:
        """What a feature reads, each column of an origin once, by the way with the least lag."""
        here = f"{view.name}.{feature}"
        if here not in self._known:
            self._known[here] = ()  # a feature computed from itself ends here (REL013)
            found: dict[tuple[str, str | None], Reading] = {}
            for reading in self._read(view, feature, here):
                known = found.get((reading.name, reading.origin))
                if known is None or (reading.lag, known.direct) < (known.lag, reading.direct):
                    found[reading.name, reading.origin] = reading
            self._known[here] = tuple(found.values())
        return self._known[here]

    def _read(self, view: Features, feature: str, here: str) -> Iterator[Reading]:
        own = view.columns[feature].lag
        lag = own.value if own is not None else 0.0
        reaching = self.reaching(view)
        if reaching is not None and feature in reaching.columns:
            yield from self._place(view, feature, here, lag)  # its job's text returns it as it is
            return
        for name in read_names(view, feature):
            inner = feature_named(self.design, view, feature, name)
            if inner is not None:
                for reading in self.readings(*inner):
                    yield replace(reading, path=(*reading.path, here), lag=reading.lag + lag)
            elif name.partition(".")[0] != "request":
                yield from self._place(view, name, here, lag)

    def _place(self, view: Features, name: str, here: str, lag: float) -> Iterator[Reading]:
        """The declared columns behind a name, or the name itself where nothing declares it."""
        ways, reaching = self.ways.of(view), self.reaching(view)
        if reaching is not None:
            placed = reaching.columns.get(name, ())
            for one in placed:
                yield Reading(one.column, one.origin, (*one.way, here), lag, ways, one.direct)
            if name not in reaching.columns:
                yield Reading(name, None, (here,), lag, ways)
            return
        holders = [o for o in ways if name in event_columns(self.design.components.get(o))]
        for origin in holders:
            yield Reading(name, origin, (*ways[origin], here), lag, ways)
        if not holders:
            yield Reading(name, None, (here,), lag, ways)

    def reaching(self, view: Features) -> Reaching | None:
        """What texts let through to a view; None where none stands on the way."""
        if self.texts is None:
            return None
        if view.name not in self._reaching:
            applies = self.texts.applies(self.ways.of(view), view.name)
            jobs = self.ways.jobs(view)
            self._reaching[view.name] = self.texts.at(jobs, view.name) if applies else None
        return self._reaching[view.name]


def read_names(view: Features, feature: str) -> list[str]:
    """The names a feature's definition reads; without one, the column of its own name."""
    definition = view.columns[feature].definition
    return [feature] if definition is None else list(dict.fromkeys(names_in(definition)))


def request_fields(view: Features) -> dict[str, str]:
    """The fields of the request that a view's features read, each with the first that does."""
    found: dict[str, str] = {}
    for feature in view.columns:
        for name in read_names(view, feature):
            head, _, tail = name.partition(".")
            if head == "request" and tail:
                found.setdefault(tail, feature)
    return found


def feature_named(
    design: Design, view: Features, feature: str, name: str
) -> tuple[Features, str] | None:
    """The other feature that a name in a feature's definition means, if it means one."""
    head, _, tail = name.partition(".")
    other = design.get(head, Features)
    if other is not None and tail in other.columns:
        return other, tail
    return (view, name) if name in view.columns and name != feature else None


def event_columns(component: Component | None) -> tuple[str, ...]:
    """The declared columns of what a stream or source emits."""
    if isinstance(component, Stream | Source) and component.event is not None:
        return tuple(component.event.columns)
    return ()


class _Ways:
    """The shortest way to a view's jobs from everything upstream of them."""

    def __init__(self, design: Design) -> None:
        self._design = design
        self._found: dict[tuple[str, ...], Mapping[str, tuple[str, ...]]] = {}
        self._writers: dict[str, list[str]] = {}
        for pipeline in design.of(Pipeline):
            for name in pipeline.writes:
                self._writers.setdefault(name, []).append(pipeline.name)

    def jobs(self, view: Features) -> tuple[str, ...]:
        """What computes a view, on either path."""
        named = (view.computed, view.offline and view.offline.computed,
                 view.online and view.online.computed)  # fmt: skip
        return tuple(dict.fromkeys(name for name in named if name))

    def of(self, view: Features) -> Mapping[str, tuple[str, ...]]:
        """Everything upstream of a view, nearest first, each with the names on its way."""
        jobs = self.jobs(view)
        if jobs not in self._found:
            self._found[jobs] = self._search(jobs)
        return self._found[jobs]

    def _search(self, jobs: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        frontier = deque[tuple[str, tuple[str, ...]]]((name, (name,)) for name in jobs)
        while frontier:
            name, way = frontier.popleft()
            if name not in found:
                found[name] = way
                frontier.extend((other, (other, *way)) for other in self.read_by(name))
        return found

    def read_by(self, name: str) -> list[str]:
        """What a component takes in, as far as columns go."""
        component = self._design.components.get(name)
        if isinstance(component, Pipeline):
            return list(component.reads)
        landed = component.origin if isinstance(component, Lake | Warehouse) else ()
        return [*landed, *self._writers.get(name, ())]


def on_demand(view: Features) -> bool:
    """Whether the view is computed when it is asked for: expressions only, and no job."""
    jobs = view.computed or view.offline or view.online or view.materialize
    return not jobs and bool(view.columns) and all(map(is_expression, view.columns.values()))


def is_expression(column: FeatureColumn) -> bool:
    """Whether a feature is computed from other values of its row, not aggregated over rows."""
    node = column.definition
    if node is None or column.over is not None:
        return False
    if not isinstance(node, ast.Call) or not isinstance(node.function, ast.Reference):
        return True
    return not is_aggregation(node.function.name, len(node.arguments))


def mentioned_views(design: Design, view: Features) -> list[Features]:
    """The views that an on-demand view's expressions read."""
    names = [
        name.partition(".")[0]
        for column in view.columns.values()
        if column.definition is not None
        for name in names_in(column.definition)
    ]
    found = [design.get(name, Features) for name in dict.fromkeys(names)]
    return [other for other in found if other is not None and other is not view]


def names_in(node: ast.Expression) -> Iterator[str]:
    """The dotted names an expression reads; function names are not among them."""
    if isinstance(node, ast.Reference):
        yield node.name
    elif isinstance(node, ast.Attribute):
        for base in names_in(node.base):
            yield f"{base}.{node.name.text}"
    elif isinstance(node, ast.Call):
        for argument in node.arguments:
            yield from names_in(argument.value)
    elif isinstance(node, ast.Binary):
        yield from names_in(node.left)
        yield from names_in(node.right)
    elif isinstance(node, ast.Unary):
        yield from names_in(node.operand)
    elif isinstance(node, ast.Index):
        yield from names_in(node.base)
    elif isinstance(node, ast.ListLiteral):
        for item in node.items:
            yield from names_in(item)
