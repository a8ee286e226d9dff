"""TSC009"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mlsdc.compiler.analyses.current_event import CurrentEvent
from mlsdc.compiler.analyses.twins import Twins
from mlsdc.compiler.design import Design
from mlsdc.compiler.functions import is_aggregation
from mlsdc.compiler.model.features import FeatureColumn, Features, Implementation
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span
from mlsdc.dsl import ast
from mlsdc.units import Quantity, show

ATTRIBUTES = ("function", "over", "window", "slide", "timezone", "includes_current")
_OF_THE_FEATURE = ("over", "window", "slide")


@check(
    "TSC009",
    "window-mismatch",
    Severity.ERROR,
    source="Tiled window aggregations of Tecton and Feast; windows of Apache Flink",
)
def window_mismatch(design: Design, twins: Twins, current: CurrentEvent) -> Iterator[Finding]:
    """A feature is aggregated over one window offline and over another online.

    Why: both are called `spend_7d`, and the model learns from one number and is asked with another.
    Nothing fails; the predictions are wrong by the difference of the windows.

    Bad:

        entity card { key card_id: string }
        features spending {
          entity = card
          spend_7d: float64 = sum(amount) over 7d
          offline { window = calendar  timezone = "UTC" }
          online  { window = sliding   timezone = "UTC" }
        }

    Good:

        entity card { key card_id: string }
        features spending {
          entity = card
          spend_7d: float64 = sum(amount) over 7d
          offline { window = sliding  timezone = "UTC" }
          online  { window = sliding  timezone = "UTC" }
        }
    """
    # What the order of a request tells of the other path is compared by TSC010, and told there.
    ordered = {one.view.name for one in current.all if one.offline and one.online}
    for view in design.of(Features):
        if (view.offline is None and view.online is None) or _logged(twins, view):
            continue
        sides = list(_sides(design, view))
        differing = [pair for pair in sides if pair.differs]
        if differing:
            yield _mismatch(view, differing)
        unclear = [
            pair
            for pair in sides
            if pair.unstated
            and not differing
            and not (pair.attribute == "includes_current" and view.name in ordered)
        ]
        for pair in unclear:
            yield Finding(
                pair.at,
                f"`{pair.attribute}` is stated for one path only",
                subject=view.name,
                missing=(pair.unstated,),
            )


@dataclass(frozen=True)
class _Pair:
    """One attribute of a feature's window on both paths; None where neither says."""

    feature: str
    attribute: str
    offline: Any
    online: Any
    offline_at: Span
    online_at: Span
    unstated: str
    """The field to state where exactly one path is known."""

    @property
    def differs(self) -> bool:
        """Whether both are known and are not the same."""
        return not self.unstated and self.offline != self.online

    @property
    def at(self) -> Span:
        """Where the paths part."""
        return self.online_at if self.online is not None else self.offline_at


def _logged(twins: Twins, view: Features) -> bool:
    """Whether training reads what serving logged, so that there is one path only."""
    return twins.of[view.name].kind == "logged"


def _sides(design: Design, view: Features) -> Iterator[_Pair]:
    aggregated = {n: c for n, c in view.columns.items() if _function(c) or c.over} or {"": None}
    for attribute in ATTRIBUTES:
        seen: set[tuple[Any, Any]] = set()
        for feature, column in aggregated.items():
            own = _own(column, attribute)
            offline, offline_at = _side(design, view, "offline", attribute, own, feature)
            online, online_at = _side(design, view, "online", attribute, own, feature)
            if (offline, online) in seen:
                continue
            seen.add((offline, online))
            known = (offline is not None) + (online is not None)
            silent = "online" if online is None else "offline"
            unstated = f"{view.name}.{silent}.{attribute}" if known == 1 else ""
            yield _Pair(feature, attribute, offline, online, offline_at, online_at, unstated)


def _side(
    design: Design, view: Features, path: str, attribute: str, own: Any, feature: str
) -> tuple[Any, Span]:
    """What one path does, and where that is said: its own block, else the feature itself."""
    implementation: Implementation | None = getattr(view, path)
    value: Any = getattr(implementation, attribute) if implementation is not None else None
    if value is not None:
        return value, design.place(view, path, attribute)
    said = (attribute,) if attribute in _OF_THE_FEATURE else ("definition",)
    return own, design.place(view, "columns", feature, *said) if feature else design.place(view)


def _own(column: FeatureColumn | None, attribute: str) -> Any:
    if column is None:
        return None
    if attribute == "function":
        return _function(column)
    return getattr(column, attribute) if attribute in _OF_THE_FEATURE else None


def _function(column: FeatureColumn) -> str | None:
    node = column.definition
    if not isinstance(node, ast.Call) or not isinstance(node.function, ast.Reference):
        return None
    return node.function.name if is_aggregation(node.function.name, len(node.arguments)) else None


def _mismatch(view: Features, pairs: list[_Pair]) -> Finding:
    first = pairs[0]
    names = {pair.feature for pair in pairs if pair.feature}
    what = f"{view.name}.{min(names)}" if len(names) == 1 else view.name
    written = first.online if isinstance(first.online, Quantity | bool) else f'"{first.online}"'
    word = first.attribute in ("window", "function")
    typed = str(first.online) if word else _said(first.attribute, written).partition(" = ")[2]
    return Finding(
        first.online_at,
        f"`{what}`: offline "
        + ", ".join(_said(pair.attribute, pair.offline) for pair in pairs)
        + "; online "
        + ", ".join(_said(pair.attribute, pair.online) for pair in pairs),
        subject=view.name,
        labels=tuple(
            Label(pair.offline_at, f"offline {_said(pair.attribute, pair.offline)}")
            for pair in pairs
        ),
        help=f"offline {{ {first.attribute} = {typed} }}, or one definition for both paths",
    )


def _said(attribute: str, value: Any) -> str:
    if isinstance(value, Quantity):
        value = show(value)
    return f"{attribute} = {str(value).lower() if isinstance(value, bool) else value}"
