"""The commands of `mlsdc experiment` and their options."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(
    help="Plan and read experiments.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
Repeated = list[str] | None


@app.callback()
def experiment() -> None:
    """Plan experiments, and read their results."""


@app.command("analyze")
def analyze(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="The results: CSV, or Parquet with pyarrow.")
    ],
    metric: Annotated[
        str | None, typer.Option("--metric", metavar="COLUMN", help="The metric that decides.")
    ] = None,
    control: Annotated[
        str | None,
        typer.Option("--control", metavar="NAME", help="The control's variant; else `control`."),
    ] = None,
    secondary: Annotated[
        Repeated, typer.Option("--secondary", metavar="COLUMN", help="More metrics; repeatable.")
    ] = None,
    guardrail: Annotated[
        Repeated,
        typer.Option(
            "--guardrail",
            metavar="TEXT",
            help="revenue>=-1% or latency<=+5 against the control; approval>=0.94 as a limit.",
        ),
    ] = None,
    ratio: Annotated[
        Repeated,
        typer.Option("--ratio", metavar="NAME=A/B", help="A metric that is a ratio of columns."),
    ] = None,
    kind: Annotated[
        Repeated,
        typer.Option(
            "--kind", metavar="COLUMN=KIND", help="binary, mean or total; else found out."
        ),
    ] = None,
    allocation: Annotated[
        str | None,
        typer.Option("--allocation", metavar="A=SHARE,...", help="As planned; even where absent."),
    ] = None,
    alpha: Annotated[float | None, typer.Option("--alpha", help="Error rate; else 0.05.")] = None,
    correction: Annotated[
        str,
        typer.Option("--correction", help="none, bonferroni, holm or benjamini-hochberg."),
    ] = "holm",
    lower_is_better: Annotated[
        bool, typer.Option("--lower-is-better", help="A fall of the metric is the gain.")
    ] = False,
    minimum_effect: Annotated[
        str | None,
        typer.Option("--minimum-effect", metavar="SHARE", help="The least gain worth having: 2%."),
    ] = None,
    covariate: Annotated[
        str | None,
        typer.Option("--covariate", metavar="COLUMN", help="The metric before the test (CUPED)."),
    ] = None,
    look: Annotated[
        str | None,
        typer.Option("--look", metavar="K/N", help="Which of the planned looks this is: 2/5."),
    ] = None,
    spending: Annotated[
        str, typer.Option("--spending", help="obrien-fleming or pocock, with --look.")
    ] = "obrien_fleming",
    variant: Annotated[
        str, typer.Option("--variant", metavar="COLUMN", help="Who got what.")
    ] = "variant",
    unit: Annotated[
        str | None,
        typer.Option("--unit", metavar="COLUMN", help="What was randomised, with several rows."),
    ] = None,
    segment: Annotated[
        str | None, typer.Option("--segment", metavar="COLUMN", help="Groups to look at apart.")
    ] = None,
    design: Annotated[
        Repeated, typer.Option("--design", metavar="FILE", help="Where the plan is stated.")
    ] = None,
    experiment: Annotated[
        str | None,
        typer.Option("--experiment", metavar="NAME", help="The design's experiment of this name."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> int:
    """Decide an experiment from its results: ship, iterate or kill.

    Exit code 1 says that the units were not divided as planned, and nothing can be decided.
    """
    from mlsdc.cli.commands.experiment import Analysis
    from mlsdc.cli.commands.experiment import analyze as run_analyze
    from mlsdc.cli.examine import Question
    from mlsdc.cli.experiment.options import Wish
    from mlsdc.cli.experiment.read_results import Columns

    wish = Wish(
        control, metric, secondary or (), ratio or (), kind or (), guardrail or (), alpha,
        correction, allocation, lower_is_better, minimum_effect, covariate, look, spending,
    )  # fmt: skip
    question = Question(design) if design else None
    columns = Columns(variant, unit, segment)
    return run_analyze(Analysis(file, columns, wish, question, experiment, json))


@app.command("size")
def size(
    baseline: Annotated[
        str | None, typer.Option("--baseline", metavar="SHARE", help="The control's share: 10%.")
    ] = None,
    deviation: Annotated[
        float | None, typer.Option("--deviation", help="Standard deviation, for a mean.")
    ] = None,
    absolute: Annotated[
        str | None, typer.Option("--absolute", metavar="EFFECT", help="In the metric's unit.")
    ] = None,
    relative: Annotated[
        str | None, typer.Option("--relative", metavar="SHARE", help="Of the baseline: 5%.")
    ] = None,
    alpha: Annotated[float, typer.Option("--alpha", help="Error rate.")] = 0.05,
    power: Annotated[str, typer.Option("--power", metavar="SHARE", help="Power.")] = "80%",
    sides: Annotated[int, typer.Option("--sides", help="1 or 2.")] = 2,
    method: Annotated[
        str, typer.Option("--method", help="Of shares: pooled, unpooled, baseline or arcsine.")
    ] = "pooled",
    allocation: Annotated[
        str, typer.Option("--allocation", metavar="SHARE,...", help="The control's share first.")
    ] = "50%,50%",
    metrics: Annotated[int, typer.Option("--metrics", help="Metrics that decide.")] = 1,
    correction: Annotated[
        str, typer.Option("--correction", help="none, bonferroni or holm.")
    ] = "bonferroni",
    cluster_size: Annotated[
        float, typer.Option("--cluster-size", help="Observations in one randomised cluster.")
    ] = 1.0,
    icc: Annotated[float, typer.Option("--icc", help="Intra-class correlation.")] = 0.0,
    cuped: Annotated[
        float, typer.Option("--cuped", help="Correlation with the pre-period covariate.")
    ] = 0.0,
    looks: Annotated[int, typer.Option("--looks", help="Equally spaced looks.")] = 1,
    spending: Annotated[
        str, typer.Option("--spending", help="obrien-fleming or pocock.")
    ] = "obrien_fleming",
    traffic: Annotated[
        str | None, typer.Option("--traffic", metavar="RATE", help="New units: 20000/d.")
    ] = None,
    exposure: Annotated[
        str, typer.Option("--exposure", metavar="SHARE", help="Traffic in any arm.")
    ] = "100%",
    ramp: Annotated[
        str | None, typer.Option("--ramp", metavar="DURATION=SHARE,...", help="1d=5%,2d=20%.")
    ] = None,
    matures: Annotated[
        str, typer.Option("--matures", metavar="DURATION", help="Until an outcome is known.")
    ] = "0d",
    units: Annotated[
        float | None, typer.Option("--units", help="Units of all arms: tell their power.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> int:
    """How many units an experiment needs, and how many days."""
    from mlsdc.cli.commands.experiment_size import Asked
    from mlsdc.cli.commands.experiment_size import size as run_size

    asked = Asked(
        baseline, deviation, absolute, relative, alpha, power, sides, method, allocation, metrics,
        correction, cluster_size, icc, cuped, looks, spending, traffic, exposure, ramp, matures,
        units, json,
    )  # fmt: skip
    return run_size(asked)
