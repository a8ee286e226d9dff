"""TSC007"""

from collections.abc import Iterator
from dataclasses import dataclass

from mlsdc.compiler.analyses.pairs import Pair, Pairs
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.consistency import Fitted
from mlsdc.compiler.model.features import Dataset, Features
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "TSC007",
    "foreign-fitted-state",
    Severity.ERROR,
    source="Hopsworks, model-dependent transformations; Kaufman et al., Leakage in Data Mining "
    "(2012)",
)
def foreign_fitted_state(design: Design, pairs: Pairs) -> Iterator[Finding]:
    """A scaler, vocabulary or encoding was fitted on other rows than the model learned from.

    Why: the same function with other statistics is another function: 0.3 is one standard deviation
    in training and two in serving. State that was fitted on the test rows as well has seen the
    answer.

    Bad:

        dataset clicks_v2 { }
        dataset clicks_v3 { }
        model ranker {
          dataset = clicks_v3
          fitted scaler on clicks_v3 rows train
        }
        endpoint rank {
          model = ranker
          fitted scaler on clicks_v2 rows train
        }

    Good:

        dataset clicks_v2 { }
        dataset clicks_v3 { }
        model ranker {
          dataset = clicks_v3
          fitted scaler on clicks_v3 rows train
        }
        endpoint rank {
          model = ranker
          fitted scaler on clicks_v3 rows train
        }
    """
    judged = set[str]()
    for pair in pairs.of.values():
        if pair.model.name not in judged:
            judged.add(pair.model.name)
            yield from _of_model(design, pair)
        yield from _served(design, pair)


def _of_model(design: Design, pair: Pair) -> Iterator[Finding]:
    """What was fitted beside the model, and what the views of its dataset depend on."""
    model, dataset = pair.model, pair.dataset
    for at, fitted in enumerate(model.fitted):
        yield from _State(design, model, at, fitted, pair).judge()
    for name in dataset.features if dataset else ():
        view = design.get(name, Features)
        if view is None:
            continue
        for at, fitted in enumerate(view.fitted):
            yield from _State(design, view, at, fitted, pair).judge()
        if view.kind == "model_dependent" and not view.fitted:
            yield Finding(
                design.place(view, "kind"),
                f"whose statistics `{view.name}` depends on is not stated",
                subject=view.name,
                missing=(f"{view.name}.fitted",),
            )


def _served(design: Design, pair: Pair) -> Iterator[Finding]:
    """What the endpoint loads is what was fitted beside the model."""
    endpoint, model = pair.endpoint, pair.model
    known = {fitted.what: (at, fitted) for at, fitted in enumerate(model.fitted)}
    loaded = {fitted.what for fitted in endpoint.fitted}
    for at, fitted in enumerate(endpoint.fitted):
        same = known.get(fitted.what)
        digests = same is not None and same[1].digest is not None and fitted.digest is not None
        if same is not None and digests and same[1].digest != fitted.digest:
            yield Finding(
                design.place(endpoint, "fitted", at, "digest"),
                f"`{fitted.what}` at `{endpoint.name}` is {fitted.digest}; `{model.name}` was "
                f"trained with {same[1].digest}",
                subject=endpoint.name,
                labels=(Label(design.place(model, "fitted", same[0], "digest"), "in training"),),
                help=f"package it with the model: fitted {fitted.what} ... packaged",
            )
        elif not (digests and fitted.on is None and fitted.rows != "served"):
            yield from _State(design, endpoint, at, fitted, pair).judge()
    for what, (at, fitted) in known.items():
        if what not in loaded and not fitted.packaged:
            yield Finding(
                design.place(model, "fitted", at),
                f"which `{what}` `{endpoint.name}` loads is not stated",
                subject=endpoint.name,
                missing=(f"{endpoint.name}.fitted",),
            )


@dataclass(frozen=True)
class _State:
    """One fitted thing, where it is stated, and the pair it has to fit."""

    design: Design
    holder: Component
    at: int
    fitted: Fitted
    pair: Pair

    def judge(self) -> Iterator[Finding]:
        """It comes from the training rows of the model's own dataset."""
        fitted, dataset, model = self.fitted, self.pair.dataset, self.pair.model
        what = f"`{fitted.what}` of `{self.holder.name}`"
        if fitted.rows == "served":
            yield self._said(
                "rows", f"{what} is fitted on what is served, not on what `{model.name}` learned "
                "from",
            )  # fmt: skip
        elif fitted.on is None:
            yield self._open("on", f"what {what} was fitted on is not stated")
        elif dataset is None:
            if model.dataset is None:
                yield Finding(
                    self.design.place(self.holder, "fitted", self.at, "on"),
                    f"what `{model.name}` was trained on is not stated",
                    subject=model.name,
                    missing=(f"{model.name}.dataset",),
                )
        elif self._made_of() != (dataset.name, dataset.version):
            yield self._said(
                "version" if fitted.on == dataset.name else "on",
                f"{what} was fitted on {_named(*self._made_of())}; `{model.name}` was trained on "
                f"{_named(dataset.name, dataset.version)}",
            )
        elif fitted.rows == "all":
            yield self._said(
                "rows", f"{what} was fitted on all rows of `{dataset.name}`, those of its test "
                "among them",
            )  # fmt: skip
        elif fitted.rows is None and dataset.split is not None:
            yield self._open("rows", f"whether {what} has seen the test rows is not stated")

    def _made_of(self) -> tuple[str, int]:
        name = self.fitted.on or ""
        declared = self.design.get(name, Dataset)
        return name, self.fitted.version or (declared.version if declared is not None else 1)

    def _said(self, field: str, message: str) -> Finding:
        model, dataset = self.pair.model, self.pair.dataset
        learned = self.design.place(model, "dataset")
        labels = [Label(learned, f"`{model.name}` learned from this")]
        if dataset is not None and self.fitted.rows == "all" and dataset.split is not None:
            labels.append(Label(self.design.place(dataset, "split"), "the test rows"))
        name = dataset.name if dataset is not None else "<dataset>"
        return Finding(
            self.design.place(self.holder, "fitted", self.at, field),
            message,
            subject=self.holder.name,
            labels=tuple(labels),
            help=f"fitted {self.fitted.what} on {name} rows train, packaged with the model",
        )

    def _open(self, field: str, message: str) -> Finding:
        return Finding(
            self.design.place(self.holder, "fitted", self.at),
            message,
            subject=self.holder.name,
            missing=(f"{self.holder.name}.fitted.{field}",),
        )


def _named(dataset: str, version: int) -> str:
    return f"`{dataset}`" if version == 1 else f"`{dataset}` version {version}"
