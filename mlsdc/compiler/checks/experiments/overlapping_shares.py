"""EXP007"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.experiments import Experiments
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.operations import Experiment
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show_percent


@check(
    "EXP007",
    "overlapping-shares",
    Severity.ERROR,
    source="Tang, Agarwal, O'Brien and Meyer, Overlapping Experiment Infrastructure (2010)",
)
def overlapping_shares(design: Design, experiments: Experiments) -> Iterator[Finding]:
    """Shares exceed all of the traffic, or two layers assign by the same hash.

    Why: traffic that is promised twice goes to one of the two, and two layers with one salt put the
    same units into both treatments: their effects can no longer be told apart.

    Bad:

        endpoint old { }
        endpoint new { }
        experiment titles {
          control   = old
          treatment = new
          share     = 70%
          layer     = ranking
        }
        experiment order {
          control   = old
          treatment = new
          share     = 40%
          layer     = ranking
        }

    Good:

        endpoint old { }
        endpoint new { }
        experiment titles {
          control   = old
          treatment = new
          share     = 50%
          layer     = ranking
        }
        experiment order {
          control   = old
          treatment = new
          share     = 40%
          layer     = ranking
        }
    """
    groups: dict[str, list[Experiment]] = {}
    salts: dict[str, Experiment] = {}
    for one in design.of(Experiment):
        if one.kind == "shadow":
            continue  # a copy of the traffic takes none of it away
        groups.setdefault(one.layer or f"{one.name} alone", []).append(one)
        if one.salt is None:
            continue
        first = salts.setdefault(one.salt, one)
        if first is not one and (first.layer or first.name) != (one.layer or one.name):
            yield _same_salt(design, first, one)
    for layer, members in groups.items():
        yield from _shares(design, experiments, layer, members)


def _same_salt(design: Design, first: Experiment, one: Experiment) -> Finding:
    return Finding(
        design.place(one, "salt"),
        f"`{one.name}` assigns units by the same hash as `{first.name}`, of another layer",
        subject=one.name,
        labels=(Label(design.place(first, "salt"), "the same salt"),),
        help=f"salt = {one.name}",
    )


def _shares(
    design: Design, experiments: Experiments, layer: str, members: list[Experiment]
) -> Iterator[Finding]:
    last = members[-1]
    unstated = tuple(f"{one.name}.share" for one in members if one.share is None)
    taken = {one.name: (one.share or 0.0) * experiments.of[one.name].treatments for one in members}
    total = sum(taken.values())
    if total > 1 + 1e-9:
        sums = " + ".join(show_percent(share) for share in taken.values())
        yield Finding(
            design.place(last, "share"),
            f"treatments take {show_percent(total)} of the traffic"
            + (f" of layer `{layer}`" if last.layer else ""),
            subject=last.name,
            labels=tuple(Label(design.place(one, "share"), f"`{one.name}`") for one in members[:-1])
            or (Label(design.place(last, "variants"), "for each treatment"),),
            arithmetic=(f"{sums} = {show_percent(total)}",),
            help="shares that sum to 100% at most, the controls left something",
        )
    elif unstated and len(members) > 1:
        yield Finding(
            design.place(last),
            f"whether the experiments of layer `{layer}` fit into its traffic is not known",
            subject=last.name,
            missing=unstated,
        )
