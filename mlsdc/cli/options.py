"""Options that several commands share, what a shell completes them with, and what they ask for.

Law: nothing but `typer` is imported before a command runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mlsdc.cli.choices import FailOn, Profile

if TYPE_CHECKING:
    from mlsdc.cli.examine import Question
    from mlsdc.cli.policy_file import Judging


def formats(incomplete: str) -> list[str]:
    from mlsdc.cli.formats import FORMATS

    return [name for name in FORMATS if name.startswith(incomplete)]


def targets(incomplete: str) -> list[str]:
    from mlsdc.cli.find_targets import TARGETS

    before, comma, last = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in TARGETS if name.startswith(last)]


def topics_like(incomplete: str) -> list[str]:
    from mlsdc.cli.commands.explain import topics

    return [name for name in topics() if name.lower().startswith(incomplete.lower())]


def estimates(incomplete: str) -> list[str]:
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
        autocompletion=formats,
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


def question_of(
    designs: list[str],
    env: str | None,
    assignments: list[str] | None,
    judging: Judging | None = None,
) -> Question:
    from mlsdc.cli.examine import Question
    from mlsdc.cli.policy_file import Judging

    return Question(designs, env, assignments or [], judging or Judging())


def judging_of(
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
