"""The commands and their options; what each does lives in `commands/`.

Law: a command's module is imported when that command runs, so that `--help` and completion stay
quick.
"""

from __future__ import annotations

from typing import Annotated

import typer

from mlsdc.cli.choices import Form, GraphFormat, GraphView, ShowFormat
from mlsdc.cli.experiment_program import app as experiment_app
from mlsdc.cli.options import (
    Assignments,
    Designs,
    Environment,
    Evidence,
    Outputs,
    PolicyFile,
    Severities,
    Standing,
    Today,
    estimates,
    judging_of,
    question_of,
    targets,
    topics_like,
)

app = typer.Typer(
    name="mlsdc",
    help="Proves that the design of a machine-learning system can work, then writes the "
    "infrastructure that runs it.",
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 clean, 1 findings, 2 wrong command line or unreadable input, 3 internal "
    "fault, 4 generated files out of date.",
)

app.add_typer(experiment_app, name="experiment")


@app.callback()
def mlsdc(
    version: Annotated[
        bool, typer.Option("--version", "-V", help="Show the version and exit.")
    ] = False,
) -> None:
    """Proves that a design can work, then writes the infrastructure that runs it."""
    if version:
        from mlsdc import __version__

        print(f"mlsdc {__version__}")
        raise typer.Exit


@app.command()
def check(
    designs: Designs,
    env: Environment = None,
    assignments: Assignments = None,
    outputs: Outputs = None,
    fail_on: Severities = None,
    require_evidence: Evidence = None,
    policy: PolicyFile = None,
    profile: Standing = None,
    today: Today = None,
) -> int:
    """Check a design: syntax, names, units, wiring, latency, capacity, consistency ..."""
    from mlsdc.cli.commands.check import check as run_check

    judging = judging_of(policy, profile, today, fail_on, require_evidence)
    question = question_of(designs, env, assignments, judging)
    return run_check(question, outputs or [])


@app.command("compile")
def compile_(
    designs: Designs,
    env: Environment = None,
    target: Annotated[
        list[str] | None,
        typer.Option(
            "--target",
            metavar="NAME,...",
            autocompletion=targets,
            help="Targets to write, separated by commas; all of mlsdc's where absent.",
        ),
    ] = None,
    folder: Annotated[
        str, typer.Option("--output-dir", "-O", metavar="DIR", help="Where the files go.")
    ] = "out",
    compare: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 4 where files are out of date.")
    ] = False,
    force: Annotated[
        bool,
        typer.Option("--force", help="Replace files that were not written by mlsdc, or edited."),
    ] = False,
    assignments: Assignments = None,
    outputs: Outputs = None,
    fail_on: Severities = None,
    require_evidence: Evidence = None,
    policy: PolicyFile = None,
    profile: Standing = None,
    today: Today = None,
) -> int:
    """Check a design, then write Kubernetes manifests, a Pulumi program and diagrams."""
    from mlsdc.cli.commands.compile import Wish, compile_design

    judging = judging_of(policy, profile, today, fail_on, require_evidence)
    question = question_of(designs, env, assignments, judging)
    names = [name.strip() for value in target or [] for name in value.split(",")]
    return compile_design(question, Wish(names, folder, compare, force), outputs or [])


@app.command("test")
def run_its_tests(
    designs: Designs,
    env: Environment = None,
    only: Annotated[
        str | None, typer.Option("-k", metavar="TEXT", help="Tests whose name holds this text.")
    ] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show what tests that pass have found.")
    ] = False,
    outputs: Annotated[
        list[str] | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FORMAT[=FILE]",
            help="text, json or junit; may be repeated.",
        ),
    ] = None,
    policy: PolicyFile = None,
    profile: Standing = None,
    today: Today = None,
) -> int:
    """Run the tests that a design holds: `test "..." { given ... expect ... }`."""
    from mlsdc.cli.commands.test import Choice, run_tests

    judging = judging_of(policy, profile, today, None, None)
    question = question_of(designs, env, None, judging)
    return run_tests(question, Choice(only, verbose), outputs or [])


@app.command()
def lock(
    designs: Designs,
    compare: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 4 where the file is out of date.")
    ] = False,
    policy: PolicyFile = None,
) -> int:
    """Write mlsdc.lock: digests of all that a design imports from outside its project."""
    from mlsdc.cli.commands.lock import lock as run_lock

    return run_lock(designs, policy, compare)


@app.command()
def graph(
    designs: Designs,
    env: Environment = None,
    format: Annotated[GraphFormat, typer.Option("--format", help="How it is written.")] = (
        GraphFormat.MERMAID
    ),
    view: Annotated[
        GraphView, typer.Option("--view", help="What runs, or where features come from.")
    ] = GraphView.SYSTEM,
    path: Annotated[
        str | None,
        typer.Option("--output-file", "-O", metavar="FILE", help="Where it goes; else printed."),
    ] = None,
    assignments: Assignments = None,
) -> int:
    """Draw a design in one environment (the first where none is named)."""
    from mlsdc.cli.commands.graph import Picture
    from mlsdc.cli.commands.graph import graph as run_graph

    question = question_of(designs, env, assignments)
    return run_graph(question, Picture(format.value, view.value, path))


@app.command()
def config(
    designs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[DESIGN...]", help="A design; the working folder where absent."),
    ] = None,
    fail_on: Severities = None,
    require_evidence: Evidence = None,
    policy: PolicyFile = None,
    profile: Standing = None,
    today: Today = None,
) -> int:
    """Show how a design is judged, and where each setting comes from."""
    from mlsdc.cli.commands.config import config as run_config

    return run_config(designs or [], judging_of(policy, profile, today, fail_on, require_evidence))


@app.command()
def convert(
    design: Annotated[str, typer.Argument(metavar="FILE", help="A design; - is standard input.")],
    to: Annotated[
        Form | None, typer.Option("--to", help="The form; the other one where absent.")
    ] = None,
    path: Annotated[
        str | None,
        typer.Option("--output-file", "-O", metavar="FILE", help="Where it goes; else printed."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
) -> int:
    """Write a design as YAML, or a YAML design in the language, comments included."""
    from mlsdc.cli.commands.convert import Conversion
    from mlsdc.cli.commands.convert import convert as run_convert

    return run_convert(design, Conversion(to.value if to else None, path, force))


@app.command()
def fmt(
    designs: Annotated[
        list[str], typer.Argument(metavar="DESIGN...", help="Designs; - is standard input.")
    ],
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 4 where a file would change.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Print what would change.")] = False,
) -> int:
    """Bring designs into their canonical layout."""
    from mlsdc.cli.commands.fmt import Wish
    from mlsdc.cli.commands.fmt import fmt as run_fmt

    return run_fmt(designs, Wish(check, diff))


@app.command()
def explain(
    topic: Annotated[
        str,
        typer.Argument(
            metavar="TOPIC",
            autocompletion=topics_like,
            help="A rule's code or slug, a role, a system, `roles` or `rules`.",
        ),
    ],
) -> int:
    """Explain a rule, a role or a system."""
    from mlsdc.cli.commands.explain import explain as run_explain

    return run_explain(topic)


@app.command()
def show(
    name_and_designs: Annotated[
        list[str],
        typer.Argument(
            metavar="[NAME] DESIGN...",
            help="A component, and the files of the design; without a component all are listed.",
        ),
    ],
    env: Environment = None,
    format: Annotated[ShowFormat, typer.Option("--format", help="How it is written.")] = (
        ShowFormat.TEXT
    ),
    assignments: Assignments = None,
) -> int:
    """Show a component as it is in one environment, and where each value comes from."""
    from mlsdc.cli.commands.show import show as run_show
    from mlsdc.cli.commands.show import split_name

    name, designs = split_name(name_and_designs)
    return run_show(name, question_of(designs, env, assignments), format.value)


@app.command()
def cost(
    designs: Designs,
    env: Environment = None,
    format: Annotated[ShowFormat, typer.Option("--format", help="How it is written.")] = (
        ShowFormat.TEXT
    ),
    why: Annotated[
        bool, typer.Option("--why", help="Print the arithmetic and the dated prices as well.")
    ] = False,
    assignments: Assignments = None,
    policy: PolicyFile = None,
) -> int:
    """Show what a month costs in one environment (the first where none is named), line by line."""
    from mlsdc.cli.commands.cost import cost as run_cost

    judging = judging_of(policy, None, None, None, None)
    return run_cost(question_of(designs, env, assignments, judging), format.value, why)


@app.command()
def why(
    target_and_designs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TARGET] [DESIGN...]",
            help="A number, such as score.replicas or authorise.p99, or a component for all of its "
            "numbers; then the files of the design, else design.mlsd here.",
        ),
    ] = None,
    listed: Annotated[
        bool, typer.Option("--list", "-l", help="List everything that can be asked.")
    ] = False,
    env: Environment = None,
    format: Annotated[ShowFormat, typer.Option("--format", help="How it is written.")] = (
        ShowFormat.TEXT
    ),
    assignments: Assignments = None,
) -> int:
    """Tell how a number came about: formula, arithmetic, and the lines of the design behind it."""
    from mlsdc.cli.commands.why import split_target
    from mlsdc.cli.commands.why import why as run_why

    target, designs = split_target(target_and_designs or [], listed)
    return run_why(target, question_of(designs, env, assignments), format.value)


@app.command()
def score(
    designs: Designs,
    env: Environment = None,
    format: Annotated[ShowFormat, typer.Option("--format", help="How it is written.")] = (
        ShowFormat.TEXT
    ),
    fail_under: Annotated[
        float | None,
        typer.Option("--fail-under", metavar="POINTS", help="Exit 1 where the score is less."),
    ] = None,
    assignments: Assignments = None,
    policy: PolicyFile = None,
) -> int:
    """Score a design by the ML Test Score: which of its 28 tests have a mechanism."""
    from mlsdc.cli.commands.score import score as run_score

    judging = judging_of(policy, None, None, None, None)
    return run_score(question_of(designs, env, assignments, judging), format.value, fail_under)


@app.command()
def schema(
    compact: Annotated[
        bool, typer.Option("--compact", help="On one line, without blanks.")
    ] = False,
    path: Annotated[
        str | None,
        typer.Option("--output-file", "-O", metavar="FILE", help="Where it goes; else printed."),
    ] = None,
) -> int:
    """Print the JSON Schema of designs written as YAML, for editors."""
    from mlsdc.cli.commands.schema import schema as run_schema

    return run_schema(compact, path)


@app.command(
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def estimate(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="KIND [--INPUT VALUE]...",
            autocompletion=estimates,
            help="training, memory, serving, queue, cost, drift or experiment, and its inputs.",
        ),
    ] = None,
) -> int:
    """Answer a question of capacity by itself: time, memory, replicas, waits, money, drift."""
    from mlsdc.cli.commands.estimate import estimate as run_estimate

    return run_estimate(words or [])
