"""The commands and their options; what each does lives in `commands/`.

Law: a command's module is imported when that command runs, so that `--help` and completion stay
quick; every mistake in calling is one line on standard error and exit code 2.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.main import get_command

from mlsdc.cli.choices import FailOn, Form, GraphFormat, GraphView, Profile, ShowFormat
from mlsdc.cli.exits import Exit
from mlsdc.cli.experiment_program import app as experiment_app

if TYPE_CHECKING:
    from mlsdc.cli.examine import Question
    from mlsdc.cli.policy_file import Judging

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


def _formats(incomplete: str) -> list[str]:
    from mlsdc.cli.formats import FORMATS

    return [name for name in FORMATS if name.startswith(incomplete)]


def _targets(incomplete: str) -> list[str]:
    from mlsdc.cli.find_targets import TARGETS

    before, comma, last = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in TARGETS if name.startswith(last)]


def _topics(incomplete: str) -> list[str]:
    from mlsdc.cli.commands.explain import topics

    return [name for name in topics() if name.lower().startswith(incomplete.lower())]


def _estimates(incomplete: str) -> list[str]:
    from mlsdc.compiler.estimates.kinds import KINDS

    return [name for name in KINDS if name.startswith(incomplete)]


Designs = Annotated[
    list[str],
    typer.Argument(metavar="DESIGN...", help="Files of one design; - is standard input."),
]
Environment = Annotated[
    str | None, typer.Option("--env", metavar="ENV", help="One environment; all where absent.")
]
Assignments = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="A parameter's value; may be repeated."),
]
Outputs = Annotated[
    list[str] | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FORMAT[=FILE]",
        autocompletion=_formats,
        help="text, json, sarif, github, gitlab, junit or markdown; may be repeated.",
    ),
]
Severities = Annotated[
    FailOn | None,
    typer.Option("--fail-on", help="The least severity that gives exit code 1; else error."),
]
Evidence = Annotated[
    bool | None,
    typer.Option(
        "--require-evidence/--no-require-evidence",
        help="A check that cannot decide fails as an error.",
    ),
]
PolicyFile = Annotated[
    str | None,
    typer.Option(
        "--policy", metavar="FILE", help="Policy file; else mlsdc.toml beside the design or above."
    ),
]
Standing = Annotated[
    Profile | None, typer.Option("--profile", help="Severities for this standing of the design.")
]
Today = Annotated[
    str | None,
    typer.Option(
        "--today",
        metavar="YYYY-MM-DD",
        help="The day that allowances are judged on; else none ends.",
    ),
]


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

    judging = _judging(policy, profile, today, fail_on, require_evidence)
    question = _question(designs, env, assignments, judging)
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
            autocompletion=_targets,
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

    judging = _judging(policy, profile, today, fail_on, require_evidence)
    question = _question(designs, env, assignments, judging)
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

    judging = _judging(policy, profile, today, None, None)
    question = _question(designs, env, None, judging)
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

    question = _question(designs, env, assignments)
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

    return run_config(designs or [], _judging(policy, profile, today, fail_on, require_evidence))


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
            autocompletion=_topics,
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
    return run_show(name, _question(designs, env, assignments), format.value)


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

    judging = _judging(policy, None, None, None, None)
    return run_cost(_question(designs, env, assignments, judging), format.value, why)


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
    return run_why(target, _question(designs, env, assignments), format.value)


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

    judging = _judging(policy, None, None, None, None)
    return run_score(_question(designs, env, assignments, judging), format.value, fail_under)


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
            autocompletion=_estimates,
            help="training, memory, serving, queue, cost, drift or experiment, and its inputs.",
        ),
    ] = None,
) -> int:
    """Answer a question of capacity by itself: time, memory, replicas, waits, money, drift."""
    from mlsdc.cli.commands.estimate import estimate as run_estimate

    return run_estimate(words or [])


def _question(
    designs: list[str],
    env: str | None,
    assignments: list[str] | None,
    judging: Judging | None = None,
) -> Question:
    from mlsdc.cli.examine import Question
    from mlsdc.cli.policy_file import Judging

    return Question(designs, env, assignments or [], judging or Judging())


def _judging(
    policy: str | None,
    profile: Profile | None,
    today: str | None,
    fail_on: FailOn | None,
    require_evidence: bool | None,
) -> Judging:
    from mlsdc.cli.policy_file import Judging
    from mlsdc.diagnostics import Severity

    severity = Severity[fail_on.name] if fail_on else None
    standing = profile.value if profile else None
    return Judging(policy, standing, today, severity, require_evidence)


def run(arguments: list[str]) -> int:
    """Run one command; its exit code."""
    command: Any = get_command(app)
    if not arguments and "_MLSDC_COMPLETE" not in os.environ:
        print(command.get_help(command.make_context("mlsdc", ["--help"], resilient_parsing=True)))
        return Exit.UNUSABLE
    from mlsdc.cli.outputs import Unusable

    try:
        return command.main(arguments, prog_name="mlsdc", standalone_mode=False) or Exit.CLEAN
    except Unusable as error:
        return _usage(str(error))
    except typer.Abort:
        return Exit.INTERRUPTED
    except Exception as error:
        # Usage errors of the parser: it is typer's own or click's, depending on typer's version.
        format_message = getattr(error, "format_message", None)
        if format_message is None:
            raise
        return _usage(format_message())


def _usage(message: str) -> Exit:
    from mlsdc.cli.cells import safe
    from mlsdc.cli.outputs import say

    text = message[:1].lower() + message[1:]
    say(f"mlsdc: error: {safe(text.rstrip('.'))}", sys.stderr)
    return Exit.UNUSABLE
