"""Requests in, the rows that they read of each feature view out, and what those take of a store."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mlsdc.compiler.analyses.paths import Paths
from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.consistency.column_size import row_bytes
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known, Unknown, total
from mlsdc.compiler.latency.flows import Flow, visits
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.model.limits import StoreLimits
from mlsdc.compiler.model.request import Request
from mlsdc.units import RATE, digits


def units(size: float, unit: float, eventual: bool = False) -> float:
    """Capacity units of one item: one for each unit of bytes begun, half where eventual."""
    whole = max(1, math.ceil(round(size / unit, 9)))
    return whole / 2 if eventual else float(whole)


@dataclass(frozen=True)
class Reading:
    """What requests read of the views."""

    design: Design
    paths: Paths
    workload: Workload
    _rows: dict[str, list[Known]] = field(default_factory=dict[str, list[Known]])

    def rows(self, views: Iterable[Features]) -> Known:
        """Rows per second that are read of some views."""
        return total([rows for view in views for rows in self._read(view.name)], RATE)

    def units(self, views: Iterable[Features], limits: StoreLimits) -> Known:
        """Read units per second."""
        return total(list(self._units(views, limits)), RATE)

    def _units(self, views: Iterable[Features], limits: StoreLimits) -> Iterator[Known]:
        for view in views:
            row = row_bytes(view)
            for rows in self._read(view.name):
                if isinstance(row, Unknown) or isinstance(rows, Unknown):
                    yield row if isinstance(row, Unknown) else rows
                    continue
                each = units(row.value, limits.read_unit, limits.eventual)
                why = f"{view.name}: {digits(rows.value)} rows/s x {digits(each)} units"
                yield Figure(rows.value * each, RATE, (why,))

    def _read(self, view: str) -> list[Known]:
        """Rows per second of one view, by each call."""
        if not self._rows:
            self._rows[""] = []
            for request in self.design.of(Request):
                path, start = self.paths.of[request.name], Flow(1.0)
                for visit in visits(self.design, path, start, self.workload.outcomes):
                    known = self._visited(
                        request, visit.flow, visit.call.batch if visit.call else 1
                    )
                    self._rows.setdefault(visit.component, []).append(known)
        return self._rows.get(view, [])

    def _visited(self, request: Request, flow: Flow, batch: int) -> Known:
        if request.rate is None:
            return Unknown((f"{request.name}.rate",))
        if flow.missing:
            return Unknown(flow.missing)
        items = f" x {batch} rows" if batch > 1 else ""
        why = f"{request.name}: {request.rate}{flow.path}{items}"
        return Figure(request.rate.value * flow.factor * batch, RATE, (why,))
