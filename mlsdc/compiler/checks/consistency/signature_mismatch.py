"""TSC028"""

from collections.abc import Iterator
from dataclasses import dataclass

from mlsdc.compiler.analyses.pairs import Pair, Pairs, spine_columns, unstated_spine
from mlsdc.compiler.analyses.signatures import Inputs, Signatures, Slot
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, nearest

SHOWN = 6
"""Positions that one finding lists."""


@check(
    "TSC028",
    "signature-mismatch",
    Severity.ERROR,
    source="MLflow, model signatures; NVIDIA Triton, model configuration: names of inputs",
)
def signature_mismatch(design: Design, pairs: Pairs, signatures: Signatures) -> Iterator[Finding]:
    """What an endpoint hands to its model is not what the model's signature says.

    Why: an input of another name or type is refused at best. Where inputs are found by their
    position and two of one type change places, every check at run time passes, and every
    prediction is wrong.

    Bad:

        entity user { key user_id: string }
        features clicks { entity = user  ctr_7d: float64 }
        features prices { entity = user  basket: float64 }
        dataset history { features = [clicks, prices] }
        model ranker { dataset = history  inputs = positional }
        endpoint rank { model = ranker  features = [prices, clicks] }

    Good:

        entity user { key user_id: string }
        features clicks { entity = user  ctr_7d: float64 }
        features prices { entity = user  basket: float64 }
        dataset history { features = [clicks, prices] }
        model ranker { dataset = history  inputs = positional }
        endpoint rank { model = ranker  features = [clicks, prices] }
    """
    untold = set[str]()
    for name, inputs in signatures.of.items():
        pair = pairs.of[name]
        one = _Judged(design, pair, inputs)
        if pair.model.name not in untold:  # once for each model, however many serve it
            untold.add(pair.model.name)
            yield from one.untrained()
        if one.inputs.declared:
            yield from one.declared()
        yield from one.order()


@dataclass(frozen=True)
class _Judged:
    design: Design
    pair: Pair
    inputs: Inputs

    def untrained(self) -> Iterator[Finding]:
        """Inputs of the signature that no row of the dataset has."""
        model, dataset = self.pair.model, self.pair.dataset
        if model.signature is None or dataset is None:
            return
        views = [v for n in dataset.features if (v := self.design.get(n, Features)) is not None]
        known = {column for view in views for column in view.columns}
        spine = spine_columns(self.design, dataset)
        extra = [name for name in model.signature.columns if name not in known]
        if extra and spine is None:
            names = ", ".join(f"`{name}`" for name in extra)
            yield Finding(
                self.design.place(model, "signature"),
                f"whether the rows of `{dataset.name}` have {names} is not stated",
                subject=model.name,
                missing=(unstated_spine(self.design, dataset),),
            )
            return
        for name in extra:
            if spine is None or name in spine:
                continue
            near = nearest(name, sorted(known | spine))
            yield Finding(
                self.design.place(model, "signature", "columns", name),
                f"`{model.name}` takes in `{name}`, which neither the features nor the rows of "
                f"`{dataset.name}` have",
                subject=model.name,
                labels=(
                    Label(self.design.place(dataset, "features"), "what it is trained on"),
                    Label(self.design.place(dataset, "spine"), "and the rows it begins with"),
                ),
                help=f"did you mean `{near}`?"
                if near
                else f"add it to a view of `{dataset.name}`, or remove it from the signature",
            )

    def declared(self) -> Iterator[Finding]:
        """The server's own declaration against what the model takes in."""
        taken = {slot.name: slot for slot in self.inputs.taken}
        handed = {slot.name: slot for slot in self.inputs.handed}
        model, endpoint = self.pair.model, self.pair.endpoint
        for name, slot in handed.items():
            other = taken.get(name)
            if other is not None:
                yield from self._differing(slot, other)
            elif taken:
                near = nearest(name, taken.keys() - handed.keys())
                yield self._said(
                    slot,
                    f"`{endpoint.name}` declares input `{name}`, which `{model.name}` does not "
                    "take in",
                    self._model_inputs(),
                    f"did you mean `{near}`?" if near else f"remove `{name}`",
                )
        absent = self.inputs.absent
        if absent:
            names = ", ".join(f"`{slot.name}`" for slot in absent)
            yield Finding(
                self.design.place(endpoint, "signature"),
                f"`{endpoint.name}` declares no input {names}, which `{model.name}` takes in",
                subject=endpoint.name,
                labels=tuple(Label(slot.at, "the model takes it in") for slot in absent),
                help="; ".join(f"{slot.name}: {slot.type}" for slot in absent),
            )

    def _differing(self, slot: Slot, other: Slot) -> Iterator[Finding]:
        model, endpoint = self.pair.model, self.pair.endpoint
        if slot.type != other.type:
            yield self._said(
                slot,
                f"`{endpoint.name}` declares `{slot.name}` as {slot.type}, `{model.name}` takes it "
                f"in as {other.type}",
                Label(other.at, f"{other.type} here"),
                f"{slot.name}: {other.type}",
            )
        if slot.optional and not other.optional and self.inputs.signed:
            yield self._said(
                slot,
                f"`{slot.name}` is optional at `{endpoint.name}`, and `{model.name}` does not "
                "answer without it",
                Label(other.at, "not optional here"),
                f"remove `optional`, or {other.name}: {other.type} optional in `{model.name}`",
            )

    def order(self) -> Iterator[Finding]:
        """Inputs that are found by their position stand in the same order on both sides."""
        model, endpoint = self.pair.model, self.pair.endpoint
        moved, count = self.inputs.moved, len(self.inputs.orders[0])
        if not moved or model.inputs == "named":
            return
        place = self.design.place(endpoint, "signature" if self.inputs.declared else "features")
        what = (
            f"`{endpoint.name}` hands over `{moved[0][2].name}` where `{model.name}` takes in "
            f"`{moved[0][1].name}`"
        )
        if model.inputs is None:
            yield Finding(
                place,
                f"{what}; whether inputs are found by name or by position is not stated",
                subject=endpoint.name,
                missing=(f"{model.name}.inputs",),
            )
            return
        yield Finding(
            place,
            f"{what}: its inputs are found by position, and {len(moved)} of {count} change places",
            subject=endpoint.name,
            labels=(self._model_inputs(),),
            arithmetic=tuple(
                f"input {at + 1}: {one.name} in training, {other.name} in serving"
                for at, one, other in moved[:SHOWN]
            ),
            help=self._ordered(),
        )

    def _ordered(self) -> str:
        names = [slot.name for slot in self.inputs.orders[0]]
        if self.inputs.declared:
            return "this order: " + ", ".join(names)
        places = {name.rpartition(".")[2]: at for at, name in reversed([*enumerate(names)])}

        def first(name: str) -> int:
            view = self.design.get(name, Features)
            return min((places.get(c, len(names)) for c in view.columns), default=0) if view else 0

        listed = sorted(self.pair.endpoint.features, key=first)
        return f"features = [{', '.join(listed)}] in `{self.pair.endpoint.name}`"

    def _model_inputs(self) -> Label:
        model, dataset = self.pair.model, self.pair.dataset
        if self.inputs.signed or dataset is None:
            return Label(self.design.place(model, "signature"), f"`{model.name}` takes these in")
        return Label(self.design.place(dataset, "features"), f"`{model.name}` learned from these")

    def _said(self, slot: Slot, message: str, label: Label, advice: str) -> Finding:
        return Finding(slot.at, message, self.pair.endpoint.name, (label,), help=advice)
