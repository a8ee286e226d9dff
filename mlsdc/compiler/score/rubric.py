"""The table of tests: what a design can tell of each, and the checks that decide it.

`reach` is how far a design can decide: `decided` (a whole point), `partly` (half a point at most)
or `never`. A code that ends in `*` is a whole family. A code that the catalogue does not have yet
is undecided.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Reach = Literal["decided", "partly", "never"]
SECTIONS = ("Data", "Model", "Infra", "Monitor")


class Item(NamedTuple):
    """One of the 28 tests. `wanted` is what a design states to have the mechanism."""

    id: str
    section: str
    title: str
    reach: Reach
    checks: tuple[str, ...]
    wanted: str

    @property
    def most(self) -> float:
        """The points that a design can reach."""
        return {"decided": 1.0, "partly": 0.5, "never": 0.0}[self.reach]


TESTS: tuple[Item, ...] = (
    Item("Data1", "Data", "expectations of the data are in a schema", "decided",
         ("TSC047", "TSC005"),
         "typed columns of every feature view, and `event { ... }` of what they read"),
    Item("Data2", "Data", "every feature is beneficial", "never",
         ("TSC048",), "data: an ablation job tells"),
    Item("Data3", "Data", "no feature costs too much", "partly",
         ("LAT*", "CAP*"), "a `budget` of the request that the features are read for"),
    Item("Data4", "Data", "features meet requirements of policy", "decided",
         ("SEC005",), "`protected` columns, or a policy that makes SEC005 unsuppressible"),
    Item("Data5", "Data", "privacy controls along the pipeline", "decided",
         ("SEC001", "SEC002", "SEC003", "SEC004"),
         "`sensitivity` of columns, `classification` of stores"),
    Item("Data6", "Data", "new features can be added quickly", "partly",
         ("TSC003", "REL019"), "one `computed` for both paths of every feature view"),
    Item("Data7", "Data", "the code of features is tested", "partly",
         ("TSC003",), "`parity` of the feature view, or `tests` of the pipeline that computes it"),
    Item("Model1", "Model", "model specifications are reviewed and kept", "partly",
         ("REL018", "REL019"), "an `image` of the training, not a notebook"),
    Item("Model2", "Model", "offline and online metrics move together", "partly",
         ("EXP015",), "`gate = METRIC { moves = ONLINE_METRIC }`"),
    Item("Model3", "Model", "hyperparameters are tuned", "partly",
         ("CAP020",), "a `tuning` of the model"),
    Item("Model4", "Model", "the effect of staleness is known", "partly",
         ("TSC031",), "`max_staleness` of the model and `every` of its training"),
    Item("Model5", "Model", "a simpler model is not better", "partly",
         ("REL009",), "`gate = METRIC { baseline = NAME }`"),
    Item("Model6", "Model", "quality holds on important slices", "partly",
         ("MON012",), "`slices` of the gate and of the monitor"),
    Item("Model7", "Model", "the model has been tested for inclusion", "partly",
         ("SEC005", "MON012"), "a `protected` column among the `slices` of the gate"),
    Item("Infra1", "Infra", "training is reproducible", "decided",
         ("REL018",), "`image` of the training, and `snapshot` or a versioned lake of the dataset"),
    Item("Infra2", "Infra", "model specifications are unit tested", "partly",
         (), "`tests` of the training"),
    Item("Infra3", "Infra", "the pipeline is integration tested", "partly",
         (), "a `test \"...\" { }` in the design of the whole path"),
    Item("Infra4", "Infra", "quality is validated before serving", "decided",
         ("REL009", "TSC042"), "`gate = METRIC { at_least = ... }` of every served model"),
    Item("Infra5", "Infra", "a model can be debugged example by example", "partly",
         ("TSC030", "EXP013"), "a stream or store that the request logs its decisions to"),
    Item("Infra6", "Infra", "models are released by canary", "decided",
         ("REL007", "REL008"), "a shadow, canary or A/B `experiment` on every serving endpoint"),
    Item("Infra7", "Infra", "a model can be rolled back", "decided",
         ("REL006",), "a `registry` that keeps 2 versions or more"),
    Item("Mon1", "Monitor", "changes of dependencies are announced", "decided",
         ("MON014", "TSC043"), "`contract` of every source that is read"),
    Item("Mon2", "Monitor", "invariants hold for inputs", "decided",
         ("MON007",), "`expects { ... }` of every source and stream that is read"),
    Item("Mon3", "Monitor", "training and serving agree", "decided",
         ("TSC*", "MON001"), "a `monitor` with a `reference` of every serving endpoint"),
    Item("Mon4", "Monitor", "models are not too stale", "decided",
         ("TSC019", "TSC031", "MON009"),
         "`freshness` of feature views, and `staleness = [model]` of a monitor"),
    Item("Mon5", "Monitor", "models are numerically stable", "partly",
         ("MON011",), "`metrics` that scrape every serving endpoint"),
    Item("Mon6", "Monitor", "speed and use of resources do not regress", "decided",
         ("LAT002", "MON011"),
         "a `budget` of every request and `metrics` that scrape the endpoints"),
    Item("Mon7", "Monitor", "the quality of predictions does not regress", "decided",
         ("MON005",), "`quality` of a monitor, and a label of the model's dataset"),
)  # fmt: skip
"""In the order of the paper."""
