"""A view and the text that computes it in, what is wrong between the two out (TSC050)."""

from collections.abc import Iterator

from mlsdc.compiler.analyses.transforms import Text, Transforms
from mlsdc.compiler.design import Design
from mlsdc.compiler.foreign import place_in
from mlsdc.compiler.model.data import Entity
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.schedule import Finding
from mlsdc.compiler.sql.outcome import Output, Relation, Spot
from mlsdc.diagnostics import Label, Span, nearest


def place(design: Design, text: Text, spot: Spot | None) -> tuple[Span, str]:
    """Where in the design a place of a text is, and in words where that is not exact."""
    path = (*text.path, "sql")
    if spot is None:
        return design.place(text.owner, *path), ""
    return place_in(design, text.owner, path, text.transform.sql or "", *spot)


def texts_of(transforms: Transforms, view: Features) -> list[Text]:
    """The texts whose results are the values of a view."""
    offline, online = (view.offline and view.offline.computed, view.online and view.online.computed)
    names = [f"{view.name}.offline", f"{view.name}.online", view.computed, offline, online]
    return [transforms.of[name] for name in dict.fromkeys(names) if name in transforms.of]


def unusable(design: Design, view: Features, text: Text) -> Iterator[Finding]:
    """What a text returns that its view cannot use."""
    returns, entity = text.returns, design.get(view.entity, Entity)
    if returns is None:
        return
    keys = tuple(entity.keys) if entity is not None else ()
    for name, column in view.columns.items():
        if column.definition is None and returns.complete and name.lower() not in returns.columns:
            yield _absent(design, view, text, returns, name)
    if returns.complete:
        absent = [key for key in keys if key.lower() not in returns.columns]
        if absent:
            yield _keyless(design, view, text, absent)
            return
    yield from _ungrouped(design, view, text, returns, keys)


def _absent(design: Design, view: Features, text: Text, returns: Relation, name: str) -> Finding:
    listed = [output.name for output in returns.columns.values()]
    near = nearest(name, listed)
    return Finding(
        design.place(view, "columns", name),
        f"`{name}` of `{view.name}` is not among the columns that `{text.owner.name}` returns",
        subject=view.name,
        labels=(Label(design.place(text.owner, *text.path, "sql"), "they are returned here"),),
        help=f"did you mean `{near}`?" if near else "it returns: " + ", ".join(listed[:8]),
    )


def _keyless(design: Design, view: Features, text: Text, absent: list[str]) -> Finding:
    names = ", ".join(f"`{key}`" for key in absent)
    return Finding(
        design.place(text.owner, *text.path, "sql"),
        f"`{text.owner.name}` does not return {names}, by which `{view.name}` is found",
        subject=text.owner.name,
        labels=(Label(design.place(view, "entity"), f"`{view.name}` is of `{view.entity}`"),),
        help=f"SELECT {', '.join(absent)}, ...",
    )


def _ungrouped(
    design: Design, view: Features, text: Text, returns: Relation, keys: tuple[str, ...]
) -> Iterator[Finding]:
    """Aggregations over the rows of more than one entity."""
    entity = Label(design.place(view, "entity"), f"`{view.name}` is of `{view.entity}`")
    listed = ", ".join(keys)
    if keys and returns.grouped is not None:
        missing = [key for key in keys if key.lower() not in returns.grouped]
        if missing:
            span, where = place(design, text, returns.grouping)
            by = ", ".join(sorted(returns.grouped)) or "nothing"
            yield Finding(
                span,
                f"`{text.owner.name}` aggregates by {by}, and `{view.name}` needs one row for "
                f"each {listed}{where}",
                subject=text.owner.name,
                labels=(entity,),
                help=f"GROUP BY {listed}",
            )
            return
    for name in view.columns:
        output: Output | None = returns.columns.get(name.lower())
        if keys and output is not None and output.unpartitioned is not None:
            span, where = place(design, text, output.unpartitioned)
            yield Finding(
                span,
                f"`{name}` aggregates the rows of every {view.entity}: its window is not "
                f"partitioned by {listed}{where}",
                subject=text.owner.name,
                labels=(entity,),
                help=f"OVER (PARTITION BY {listed} ...)",
            )
