"""TSC042"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.pairs import Pair, Pairs
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.learning import Training
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span

QUANTISED = ("fp8", "int8", "fp4", "int4")
"""Number formats that a model reaches by quantisation, whatever it was trained in."""


@check(
    "TSC042",
    "ungated-conversion",
    Severity.ERROR,
    source="Breck et al., The ML Test Score (2017), Infra 4; vLLM engine arguments, quantization",
)
def ungated_conversion(design: Design, pairs: Pairs) -> Iterator[Finding]:
    """The artifact that is served is not the one whose quality was measured.

    Why: quantising, pruning, distilling and compiling change what a model answers, sometimes for a
    few inputs only, sometimes for all. The gate has judged a model that nobody will ever ask.

    Bad:

        model chat {
          precision = bf16
          gate      = accuracy { at_least = 0.81  measured = trained }
        }
        endpoint answer { model = chat  artifact { precision = fp8 } }

    Good:

        model chat {
          precision = bf16
          gate      = accuracy { at_least = 0.81  measured = served }
        }
        endpoint answer { model = chat  artifact { precision = fp8 } }
    """
    for pair in pairs.of.values():
        changes = list(_changes(design, pair))
        gate, artifact = pair.model.gate, pair.endpoint.artifact
        if gate is not None and gate.measured == "served":
            continue
        if not changes:
            if artifact is not None and artifact.precision and _before(design, pair) is None:
                yield Finding(
                    design.place(pair.endpoint, "artifact", "precision"),
                    f"whether {artifact.precision} is what `{pair.model.name}` was trained in is "
                    "not stated",
                    subject=pair.endpoint.name,
                    missing=(f"{pair.model.name}.precision",),
                )
            continue
        what = ", ".join(said for said, _ in changes)
        if gate is not None and gate.measured == "trained":
            yield Finding(
                changes[0][1],
                f"`{pair.endpoint.name}` serves `{pair.model.name}` {what}; its {gate.metric} was "
                "measured before that",
                subject=pair.endpoint.name,
                labels=(
                    Label(design.place(pair.model, "gate", "measured"), "on what training wrote"),
                    *(Label(at, said) for said, at in changes[1:]),
                ),
                help=f"measured = served in the `gate` of `{pair.model.name}`: gate the artifact "
                "that ships",
            )
            continue
        missing = f"{pair.model.name}.gate" + ("" if gate is None else ".measured")
        yield Finding(
            changes[0][1],
            f"whether the quality of `{pair.model.name}` was measured {what}, as "
            f"`{pair.endpoint.name}` serves it, is not stated",
            subject=pair.endpoint.name,
            missing=(missing,),
        )


def _changes(design: Design, pair: Pair) -> Iterator[tuple[str, Span]]:
    """What was done to the file that training wrote, and where that is stated."""
    model, endpoint, artifact = pair.model, pair.endpoint, pair.endpoint.artifact
    if model.format == "onnx" and model.framework not in (None, "onnx"):
        yield "converted to onnx", design.place(model, "format")
    if model.quantisation is not None:
        yield f"quantised by {model.quantisation}", design.place(model, "quantisation")
    if artifact is None:
        return

    def place(field: str) -> Span:
        return design.place(endpoint, "artifact", field)

    before = _before(design, pair)
    known = before is not None or artifact.precision in QUANTISED
    if artifact.precision is not None and known and artifact.precision != before:
        instead = f" instead of {before}" if before else ""
        yield f"in {artifact.precision}{instead}", place("precision")
    if artifact.quantisation is not None:
        yield f"quantised by {artifact.quantisation}", place("quantisation")
    if artifact.conversion is not None and artifact.conversion != model.format:
        yield f"converted to {artifact.conversion}", place("conversion")
    if artifact.pruned:
        yield "pruned", place("pruned")
    if artifact.distilled:
        yield "distilled", place("distilled")


def _before(design: Design, pair: Pair) -> str | None:
    """The format of the weights that training wrote: the model's own, else the training's."""
    training = design.get(pair.model.training, Training)
    return pair.model.precision or (training.precision if training is not None else None)
