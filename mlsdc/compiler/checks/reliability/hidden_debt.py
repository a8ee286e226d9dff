"""REL019"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.decisions import Decisions
from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.data import Stream
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span

NOTEBOOKS = ("notebook", "jupyter", ".ipynb")


@check(
    "REL019",
    "hidden-debt",
    Severity.WARNING,
    source="Sculley et al., Hidden Technical Debt in Machine Learning Systems (2015): glue code, "
    "pipeline jungles, undeclared consumers",
)
def hidden_debt(design: Design, decisions: Decisions) -> Iterator[Finding]:
    """A production step is a notebook, or predictions are written for readers nobody names.

    Why: a notebook runs in the order somebody clicked, with what was left in memory; it cannot be
    tested or reviewed like code. Readers that nobody declared come to depend on a model's scores,
    and break the day it is improved.

    Bad:

        system shop { tier = production }
        training nightly { image = "registry.example.com/shop/jupyter-train:1.0.0" }
        model ranker { training = nightly }

    Good:

        system shop { tier = production }
        training nightly { image = "registry.example.com/shop/train:1.0.0" }
        model ranker { training = nightly }
    """
    yield from of_production(design, _notebooks(design))
    yield from of_production(design, _unread(design, decisions))


def _notebooks(design: Design) -> Iterator[Finding]:
    for one in design.components.values():
        if one.existing is not None:
            continue
        for span, text in _code(design, one):
            readers = [(m.source, m.path) for m in design.mentions_of.get(one.name, ())]
            source, path = readers[0] if readers else (one.name, ())
            yield Finding(
                span,
                f"`{one.name}` runs a notebook in production: {text}",
                subject=one.name,
                labels=(Label(design.place(source, *path), "what depends on it"),),
                help="a package with tests, in an image of its own",
            )


def _code(design: Design, component: Component) -> Iterator[tuple[Span, str]]:
    """Where a component states code or an image that is a notebook."""
    if type(component).system == "jupyter":
        yield design.place(component), "jupyter"
    image: object = getattr(component, "image", None)
    if isinstance(image, str) and _is_notebook(image):
        yield design.place(component, "image"), image
    if isinstance(component, Features):
        for side, path in (("offline", component.offline), ("online", component.online)):
            if path is not None and path.code is not None and _is_notebook(path.code):
                yield design.place(component, side, "code"), path.code


def _is_notebook(text: str) -> bool:
    """`team/train-notebook:1.2`, `git:features/spend.ipynb@a1b2c3`"""
    name = text.lower().rpartition("/")[2]
    return any(word in name for word in NOTEBOOKS)


def _unread(design: Design, decisions: Decisions) -> Iterator[Finding]:
    """Streams of answers that nothing here reads, and nobody outside is said to."""
    read = {mention.target for mention in design.mentions if mention.refers.verb != "calls"}
    for decision in decisions.of.values():
        for log in decision.logs:
            if not isinstance(log, Stream) or log.name in read or log.consumers:
                continue
            read.add(log.name)  # told of once
            yield Finding(
                design.place(log),
                f"`{log.name}` carries what `{decision.request.name}` answers, and nobody is said "
                "to read it",
                subject=log.name,
                labels=(Label(design.place(decision.request), "writes it"),),
                help='consumers = ["billing"], or whatever reads it in this design',
            )
