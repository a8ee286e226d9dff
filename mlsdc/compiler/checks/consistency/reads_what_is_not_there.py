"""TSC050"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.transforms import MOST_TOLD, Text, Transforms
from mlsdc.compiler.checks.returned import place, texts_of, unusable
from mlsdc.compiler.design import Design
from mlsdc.compiler.foreign import place_in, position
from mlsdc.compiler.model.data import Lake, Pipeline, Warehouse
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.schedule import Finding, check
from mlsdc.compiler.sql.outcome import Problem, Query, Spot, Unread
from mlsdc.diagnostics import Label, Severity, Span, nearest


@check(
    "TSC050",
    "reads-what-is-not-there",
    Severity.ERROR,
    source="Sculley et al., Hidden Technical Debt in Machine Learning Systems (2015), undeclared "
    "dependencies; sqlglot, optimizer.qualify and lineage",
)
def reads_what_is_not_there(design: Design, transforms: Transforms) -> Iterator[Finding]:
    """The text of a job reads what its sources do not have, or returns what its view cannot use.

    Why: a column that does not exist stops the job at its first run. A table that the design does
    not know hides where a feature comes from, so that neither leaks of the label nor personal data
    can be followed. A sum over the rows of everybody is no feature of anybody.

    Bad:

        entity card { key card_id: string }
        stream payments { event { card_id: string  amount: float64  at: timestamp  event_time } }
        pipeline spending {
          reads = payments
          transform { sql = "SELECT card_id, SUM(amout) AS spend FROM payments GROUP BY card_id" }
        }
        features spent { entity = card  computed = spending  spend: float64 }

    Good:

        entity card { key card_id: string }
        stream payments { event { card_id: string  amount: float64  at: timestamp  event_time } }
        pipeline spending {
          reads = payments
          transform { sql = "SELECT card_id, SUM(amount) AS spend FROM payments GROUP BY card_id" }
        }
        features spent { entity = card  computed = spending  spend: float64 }
    """
    for text in transforms.of.values():
        if isinstance(text.query, Unread):
            yield _unread(design, text, text.query)
        elif text.query is not None:
            for problem in text.query.problems[:MOST_TOLD]:
                yield _problem(design, text, problem)
    for view in design.of(Features) if transforms.of else ():
        for text in texts_of(transforms, view):
            yield from unusable(design, view, text)


def _unread(design: Design, text: Text, unread: Unread) -> Finding:
    sql = text.transform.sql or ""
    where = Spot(max(unread.at.start, 0), max(unread.at.end, 0))
    span, _ = place_in(design, text.owner, (*text.path, "sql"), sql, *where)
    at = f" at {position(sql, where.start)}" if unread.at.start >= 0 else ""
    stated = f" as {text.dialect}" if text.dialect else ""
    return Finding(
        span,
        f"the SQL of `{text.owner.name}` cannot be read{stated}{at}: {unread.why}",
        subject=text.owner.name,
        labels=(Label(design.place(text.owner), "nothing is known of what it returns"),),
        help="correct the text, or state whose SQL it is: dialect = spark",
        severity=Severity.WARNING,
    )


def _problem(design: Design, text: Text, problem: Problem) -> Finding:
    span, where = place(design, text, problem.at)
    if problem.kind == "table":
        return _undeclared(design, text, problem, span, where)
    near = nearest(problem.name.rpartition(".")[2], problem.known)
    known = ", ".join(problem.known[:8])
    shown = f"known: {known}" if known else ""
    read = text.query.tables if isinstance(text.query, Query) else ()
    return Finding(
        span,
        f"`{text.owner.name}` reads the column `{problem.name}`, which nothing it reads has{where}",
        subject=text.owner.name,
        labels=_declaring(design, text, read),
        help=f"did you mean `{near}`?" if near else shown or "declare it in the `event` it is of",
    )


def _undeclared(design: Design, text: Text, problem: Problem, span: Span, where: str) -> Finding:
    candidates = [*text.reads, *design.components]
    last = problem.name.rpartition(".")[2]
    declared = last if last in design.components else None
    held = [one for name in text.reads
            if isinstance(one := design.components.get(name), Lake | Warehouse)]  # fmt: skip
    if declared:
        hint = f"reads = [{', '.join((*text.reads, declared))}]"
    elif near := nearest(last, candidates):
        hint = f"did you mean `{near}`?"
    else:
        hint = (
            f"{held[0].name}.{last} if it lies there"
            if held
            else f"declare it, and list it in `reads`: reads = [{', '.join((*text.reads, last))}]"
        )
    return Finding(
        span,
        f"`{text.owner.name}` reads the table `{problem.name}`, which is not among what it "
        f"declares to read{where}",
        subject=text.owner.name,
        labels=(Label(_reads(design, text), "what it declares to read"),),
        help=hint,
    )


def _reads(design: Design, text: Text) -> Span:
    """Where it is stated what a text reads."""
    if isinstance(text.owner, Pipeline):
        return design.place(text.owner, "reads")
    return design.place(text.owner, text.path[0], "computed")


def _declaring(design: Design, text: Text, tables: tuple[str, ...]) -> tuple[Label, ...]:
    names = dict.fromkeys(text.ways[table][0] for table in tables if table in text.ways)
    return tuple(
        Label(design.place(name, "event"), f"`{name}` declares its columns here")
        for name in list(names)[:3]
    ) or (Label(_reads(design, text), "what it reads"),)
