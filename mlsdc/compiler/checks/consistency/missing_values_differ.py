"""TSC021"""

from collections.abc import Iterator
from dataclasses import dataclass

from mlsdc.compiler.analyses.online_reads import OnlineReads
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.features import Dataset, FeatureColumn, Features
from mlsdc.compiler.schedule import Finding, check
from mlsdc.compiler.values import in_words
from mlsdc.diagnostics import Label, Severity

LEFT_OUT = "drop"


@check(
    "TSC021",
    "missing-values-differ",
    Severity.ERROR,
    source="Breck et al., The ML Test Score (2017), Data 1; TensorFlow Data Validation, presence "
    "and valency",
)
def missing_values_differ(design: Design, reads: OnlineReads) -> Iterator[Finding]:
    """Training and serving put different values where there is none.

    Why: a look-up that is late or empty is the rule for new users, and the model has learned what
    such a row looks like. Another stand-in is a row it has never seen.

    Bad:

        entity user { key user_id: string }
        features clicks { entity = user  ctr: float64  default 0  imputed mean }
        dataset history { features = [clicks] }
        model ranker { dataset = history }
        endpoint rank { model = ranker  features = [clicks] }

    Good:

        entity user { key user_id: string }
        features clicks { entity = user  ctr: float64  default 0 }
        dataset history { features = [clicks] }
        model ranker { dataset = history }
        endpoint rank { model = ranker  features = [clicks] }
    """
    trained: dict[str, Dataset] = {}
    for dataset in design.of(Dataset):
        for name in dataset.features:
            trained.setdefault(name, dataset)
    for name, found in reads.of.items():
        if name not in trained:
            continue
        view = found[0].view
        reader = next((r.reader.name for r in found if r.reader is not None), "serving")
        for column in view.columns:
            yield from _Column(design, view, column, reader).judge()
        late = [read for read in found if read.call is not None and read.call.timeout is not None]
        yield from _unstated(design, view, bool(late))
        for read in late:
            other = design.get(read.call.fallback if read.call else None, Features)
            if other is not None and other.name not in trained:
                yield Finding(
                    read.place,
                    f"when `{name}` is late `{other.name}` is read instead, which no model was "
                    "trained on",
                    subject=name,
                    labels=(Label(design.place(other), "read instead"),),
                    help="no fallback, and a `default` for each feature",
                    severity=Severity.WARNING,
                )


@dataclass(frozen=True)
class _Column:
    """One feature, with what stands in for it."""

    design: Design
    view: Features
    name: str
    reader: str

    @property
    def column(self) -> FeatureColumn:
        """What is said about it."""
        return self.view.columns[self.name]

    def judge(self) -> Iterator[Finding]:
        """Compare what stands in for an empty and for a late look-up with training."""
        column = self.column
        trained = column.default if column.imputed is None else column.imputed
        if column.imputed is not None and column.default is None:
            yield Finding(
                self.design.place(self.view, "columns", self.name, "imputed"),
                f"what serving puts where `{self.name}` has no value is not stated; training puts "
                f"{in_words(trained)}",
                subject=self.view.name,
                missing=(f"{self.view.name}.{self.name}.default",),
            )
        elif column.imputed is not None and not _same(trained, column.default):
            yield self._differ("default", f"where there is no value `{self.reader}` sends")
        if column.on_timeout is not None and not _same(trained, column.on_timeout):
            yield self._differ("on_timeout", f"on timeout `{self.reader}` sends")

    def _differ(self, field: str, where: str) -> Finding:
        column = self.column
        stands, other = getattr(column, field), "imputed"
        trained = column.imputed
        if trained is None:
            trained, other = column.default, "default"
        dropped = trained == LEFT_OUT
        training = "nothing stands for it in training"
        if dropped:
            training = "training leaves such rows out, so that it never occurs there"
        elif trained is not None:
            training = f"training puts {in_words(trained)}"
        path = ("columns", self.name)
        same = f"{field} {in_words(trained)}" if not dropped and trained is not None else ""
        return Finding(
            self.design.place(self.view, *path, field),
            f"{where} {in_words(stands)} for `{self.name}`; {training}",
            subject=self.view.name,
            labels=(Label(self.design.place(self.view, *path, other), "in training"),),
            help=f"one value for both: {same}"
            if same and trained not in ("mean", "median")
            else f"imputed {in_words(stands)}, and rows in training that lack `{self.name}`",
            severity=Severity.WARNING if dropped else None,
        )


def _same(one: object, other: object) -> bool:
    """Whether two values are the same; no value is a value like any other."""
    return one == other or (one is None and other == "null") or (other is None and one == "null")


def _unstated(design: Design, view: Features, late: bool) -> Iterator[Finding]:
    """Features that can be late, with nothing that stands in for them."""
    silent = [
        name
        for name, column in view.columns.items()
        if column.default is None and column.on_timeout is None
    ]
    if late and silent:
        names = ", ".join(f"`{name}`" for name in silent)
        yield Finding(
            design.place(view, "columns", silent[0]),
            f"what the model gets when `{view.name}` is late is not stated for {names}",
            subject=view.name,
            missing=tuple(f"{view.name}.{name}.default" for name in silent),
        )
