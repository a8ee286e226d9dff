"""Where designs and options are in, the policy they are judged by out.

Law: a policy file is looked for upwards of the design and no farther than the project: the folder
that holds `.git`, or the end of the file system. What is wrong with it is a finding in that file.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from mlsdc.cli.inputs import STDIN
from mlsdc.cli.outputs import Unusable
from mlsdc.compiler.policies.policy import Policy
from mlsdc.diagnostics import Diagnostic, Severity, Source, Span

NAME = "mlsdc.toml"
LARGEST = 2**20
"""Bytes of a policy file."""


@dataclass(frozen=True)
class Judging:
    """What the command line says about judging; None is what it leaves to the policy."""

    policy: str | None = None
    profile: str | None = None
    today: str | None = None
    fail_on: Severity | None = None
    require_evidence: bool | None = None

    def __post_init__(self) -> None:
        from mlsdc.compiler.policies.allowance import is_date

        if self.today is not None and not is_date(self.today):
            raise Unusable(f"--today {self.today}: a day is written YYYY-MM-DD, as in 2027-03-01")


@dataclass(frozen=True)
class Ruling:
    """The policy in force, the file it comes from, and what is wrong with it."""

    policy: Policy = field(default_factory=Policy)
    source: Source | None = None
    said: tuple[Diagnostic, ...] = ()

    @property
    def fail_on(self) -> Severity:
        """The least severity that fails a run."""
        return Severity.ERROR if self.policy.fail_on is None else self.policy.fail_on

    @property
    def require_evidence(self) -> bool:
        """Whether a check that cannot decide fails."""
        return bool(self.policy.require_evidence)

    @property
    def texts(self) -> dict[str, Source]:
        """The file by its name, to point into."""
        return {self.source.file: self.source} if self.source else {}


def read_ruling(designs: Sequence[str], judging: Judging) -> Ruling:
    """The policy file with the options laid over it; options win."""
    path = judging.policy if judging.policy is not None else find_policy(designs)
    ruling = _read(path) if path is not None else Ruling()
    policy = ruling.policy
    policy = replace(
        policy,
        profile=judging.profile or policy.profile,
        fail_on=policy.fail_on if judging.fail_on is None else judging.fail_on,
        require_evidence=(
            policy.require_evidence
            if judging.require_evidence is None
            else judging.require_evidence
        ),
    )
    return replace(ruling, policy=policy)


def find_policy(designs: Sequence[str]) -> str | None:
    """The policy file of the first design: beside it, or above it inside its project.

    A project is what holds `.git`. Outside of one only the design's own folder counts: a file that
    somebody left further up is nobody's policy.
    """
    first = next((name for name in designs if name not in ("-", STDIN)), None)
    folder = os.path.dirname(os.path.abspath(first)) if first and "\0" not in first else os.getcwd()
    for place in _project_folders(folder):
        path = os.path.join(place, NAME)
        if os.path.isfile(path):
            return _shown(path)
    return None


def project_root(designs: Sequence[str]) -> str:
    """The folder, links followed, that the files of a design may come from: its project's."""
    first = next((name for name in designs if name not in ("-", STDIN)), None)
    folder = os.path.dirname(os.path.abspath(first)) if first and "\0" not in first else os.getcwd()
    return os.path.realpath(_project_folders(folder)[-1])


def _project_folders(folder: str) -> list[str]:
    """A folder and those above it, up to the project's root; itself alone outside a project."""
    found = [folder]
    while not os.path.lexists(os.path.join(found[-1], ".git")):
        above = os.path.dirname(found[-1])
        if above == found[-1] or os.path.ismount(found[-1]):
            return [folder]
        found.append(above)
    return found


def _shown(path: str) -> str:
    try:
        return os.path.relpath(path)
    except ValueError:  # another drive of Windows
        return path


def _read(path: str) -> Ruling:
    from mlsdc.cli.known_rules import known_rules
    from mlsdc.compiler.policies.read_policy import read_policy
    from mlsdc.stdlib.find import standard_catalog

    file = path.replace(os.sep, "/")
    try:
        with open(path, "rb") as stream:
            content = stream.read(LARGEST + 1)
        if len(content) > LARGEST:
            return _unreadable(file, f"the file is larger than {LARGEST >> 20} MiB")
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _unreadable(file, f"this is not UTF-8 text: byte {error.start} cannot be part of it")
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        return _unreadable(file, reason[:1].lower() + reason[1:])
    source = Source(file, text)
    policy, said = read_policy(source, known_rules().values(), standard_catalog())
    if policy.prices_file is not None:
        from mlsdc.cli.price_file import read_price_file

        policy = replace(policy, prices=read_price_file(policy, path, said))
    return Ruling(policy, source, tuple(said))


def _unreadable(file: str, why: str) -> Ruling:
    from mlsdc.compiler.policies.policy_rules import UNREADABLE_POLICY

    return Ruling(said=(UNREADABLE_POLICY.at(Span(file, 0, 0), why),))
