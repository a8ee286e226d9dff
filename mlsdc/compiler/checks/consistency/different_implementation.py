"""TSC003"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.twins import Twin, Twins
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "TSC003",
    "different-implementation",
    Severity.ERROR,
    source="Zinkevich, Rules of Machine Learning, rule 32; Hopsworks, a taxonomy for data "
    "transformations in AI systems",
)
def different_implementation(design: Design, twins: Twins) -> Iterator[Finding]:
    """A feature is computed by one program for training and by another for serving.

    Why: two programs that were meant to be the same differ in rounding, in time zones, in what they
    do with nulls and late rows, and drift further apart with each change. A test that compares them
    on the same rows shows that they agree; nothing else does.

    Bad:

        entity card { key card_id: string }
        features velocity {
          entity  = card
          tx_1h: int64 = count() over 1h
          offline { engine = spark  code = "git:velocity.sql@a1f0" }
          online  { engine = flink  code = "git:Velocity.java@9c3e" }
        }

    Good:

        entity card { key card_id: string }
        features velocity {
          entity  = card
          tx_1h: int64 = count() over 1h
          offline { engine = spark  code = "git:velocity.sql@a1f0" }
          online  { engine = flink  code = "git:Velocity.java@9c3e" }
          parity  = velocity_parity { tolerance = 0.1%  rows = 100_000 }
        }
    """
    for name, twin in twins.of.items():
        view = design.get(name, Features)
        if view is None or twin.kind != "two":
            continue
        if view.parity is not None:
            yield from _tested(design, view)
        elif twin.differs:
            yield _differing(design, view, twin)
        else:
            yield Finding(
                design.place(view, "online" if view.online is not None else "offline"),
                f"whether `{view.name}` is computed by the same code offline and online is not "
                "stated",
                subject=view.name,
                missing=twin.missing,
            )


def _tested(design: Design, view: Features) -> Iterator[Finding]:
    """A test without a tolerance does not say what it shows."""
    if view.parity is not None and view.parity.tolerance is None:
        yield Finding(
            design.place(view, "parity"),
            f"how far apart `{view.parity.test}` lets the implementations of `{view.name}` be is "
            "not stated",
            subject=view.name,
            missing=(f"{view.name}.parity.tolerance",),
        )


def _differing(design: Design, view: Features, twin: Twin) -> Finding:
    first = twin.differs[0]
    listed = list(view.columns)
    names = ", ".join(f"`{name}`" for name in listed[:3]) + (" ..." if len(listed) > 3 else "")
    of = f" ({names})" if names else ""
    return Finding(
        twin.online.places[first],
        f"`{view.name}`{of} is {twin.offline.words} offline and {twin.online.words} online; "
        "nothing states that they agree",
        subject=view.name,
        labels=tuple(
            Label(twin.offline.places[name], f"offline {name} {twin.offline.values[name]}")
            for name in twin.differs
        ),
        arithmetic=tuple(
            f"{name}: {twin.offline.values[name]} offline, {twin.online.values[name]} online"
            for name in twin.differs
        ),
        help=f"parity = {view.name}_parity {{ tolerance = 0.1% }}, one `computed` for both paths, "
        "or logged = true where training reads what serving logged",
    )
