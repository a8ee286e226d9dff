"""SEC007"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.decisions import Decision, Decisions
from mlsdc.compiler.analyses.lineage import Lineage
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Label as LabelComponent
from mlsdc.compiler.model.data import Source, Stream
from mlsdc.compiler.model.features import Dataset
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span


@check(
    "SEC007",
    "high-risk-duties",
    Severity.ERROR,
    source="Regulation (EU) 2024/1689 (AI Act), articles 10, 12, 13, 14 and 15, Annex III",
)
def high_risk_duties(design: Design, lineage: Lineage, decisions: Decisions) -> Iterator[Finding]:
    """A system declared as high-risk lacks what the AI Act demands of one.

    Why: governed data (10), records of what was decided (12), reasons that a deployer can read
    (13), oversight by people (14) and a stated accuracy (15) have to be built in; none can be added
    to answers that are already given. This tells what the design lacks; it certifies nothing.

    Bad:

        system credit { risk = high }
        stream decided { retention = 365d }
        source loans { expects { freshness = 1d } }
        dataset history { spine = loans }
        model ranker { dataset = history  gate = recall { at_least = 0.8 } }
        endpoint score { model = ranker }
        endpoint decide { }
        explainer reasons { explains = score }
        request apply {
          rate = 1/s
          call decide { call score }
        }
        review cases { request = apply  fraction = 5%  reviewers = 4  throughput = 6/m }

    Good:

        system credit { risk = high }
        stream decided { retention = 365d }
        source loans { expects { freshness = 1d } }
        dataset history { spine = loans }
        model ranker { dataset = history  gate = recall { at_least = 0.8 } }
        endpoint score { model = ranker }
        endpoint decide { }
        explainer reasons { explains = score }
        request apply {
          rate = 1/s
          call decide {
            call score
            call decided  asynchronous
          }
        }
        review cases { request = apply  fraction = 5%  reviewers = 4  throughput = 6/m }
    """
    if design.system.risk != "high":
        return
    declared = Label(design.place("system", "risk"), "high-risk")
    told: set[str] = set()
    for decision in decisions.of.values():
        for place, subject, what, cure in _lacking(design, lineage, decision, told):
            yield Finding(place, what, subject=subject, labels=(declared,), help=cure)


def _lacking(
    design: Design, lineage: Lineage, decision: Decision, told: set[str]
) -> Iterator[tuple[Span, str, str, str]]:
    request = decision.request
    place, name = design.place(request), request.name
    if not decision.logs:
        yield (
            place, name, f"what `{name}` decides is not recorded (article 12)",
            "call decisions  asynchronous",
        )  # fmt: skip
    if not decision.explainers:
        yield (
            place, name, f"no answer to `{name}` can be explained (article 13)",
            f"explainer reasons {{ explains = {decision.endpoints[0].name} }}",
        )  # fmt: skip
    if not any(one.fraction != 0 for one in decision.reviews):
        yield (
            place, name, f"nobody oversees `{name}` (article 14)",
            f"review cases {{ request = {name}  fraction = 1% }}",
        )  # fmt: skip
    for model in decision.models:
        if model.name not in told:
            told.add(model.name)
            yield from _of_model(design, lineage, model)


def _of_model(
    design: Design, lineage: Lineage, model: Model
) -> Iterator[tuple[Span, str, str, str]]:
    gate, dataset = model.gate, design.get(model.dataset, Dataset)
    if gate is None or (gate.at_least is None and gate.at_most is None):
        yield (
            design.place(model, "gate"), model.name,
            f"no accuracy is declared for `{model.name}` (article 15)",
            "gate = recall { at_least = 0.8 }",
        )  # fmt: skip
    if dataset is None:
        yield (
            design.place(model), model.name,
            f"the data that `{model.name}` learned from is not governed: it names no dataset "
            "(article 10)",
            "dataset = history",
        )  # fmt: skip
        return
    for origin in _origins(design, lineage, dataset):
        if origin.expects is None:
            yield (
                design.place(origin), origin.name,
                f"nothing tests what `{model.name}` learns from `{origin.name}` (article 10)",
                "expects { freshness = 1d  nulls = 1% }",
            )  # fmt: skip


def _origins(design: Design, lineage: Lineage, dataset: Dataset) -> Iterator[Source | Stream]:
    """What rows, labels and features come from; records that the system's requests write apart."""
    label = design.get(dataset.label, LabelComponent)
    names = [dataset.spine, *(label.origin if label else ())]
    names += [
        origin
        for (view, _), traced in lineage.features.items()
        if view in dataset.features
        for origin in traced.origins
    ]
    own = {m.target for m in design.mentions if m.refers.verb == "calls"}
    for name in dict.fromkeys(names):
        origin = design.components.get(name or "")
        if isinstance(origin, Source | Stream) and origin.name not in own:
            yield origin
