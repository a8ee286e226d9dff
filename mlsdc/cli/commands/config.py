"""`mlsdc config`: a policy file and options in, the settings in force and their origins out."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mlsdc.cli.exits import Exit
from mlsdc.cli.outputs import Unusable, say
from mlsdc.cli.policy_file import Judging, Ruling, read_ruling


class Setting(NamedTuple):
    """One line: what is set, to what, and by whom."""

    name: str
    value: str
    origin: str


def config(designs: Sequence[str], judging: Judging) -> Exit:
    """Print every setting; what is wrong with the policy file is said instead of it.

    Raises `Unusable` for an option that means nothing, and for a design that is not there.
    """
    for design in designs:
        if design != "-" and not os.path.exists(design):
            raise Unusable(f"{design}: there is no such file")
    ruling = read_ruling(designs, judging)
    rows = [*_settings(ruling, judging), *_severities(ruling)]
    widths = [max(len(row[at]) for row in rows) for at in (0, 1)]
    for name, value, origin in rows:
        say(f"{name:<{widths[0]}}  {value:<{widths[1]}}  {origin}", sys.stdout)
    if not ruling.said:
        return Exit.CLEAN
    from mlsdc.cli.formats import render
    from mlsdc.cli.report import Report
    from mlsdc.cli.terminal import style_of

    report = Report(ruling.said, ruling.texts)
    text = render("text", report, style_of(sys.stderr)).rstrip("\n")
    say("\n" + text.rpartition("\n\n")[0], sys.stderr)
    return Exit.UNUSABLE


def _settings(ruling: Ruling, judging: Judging) -> Iterator[Setting]:
    policy = ruling.policy
    option = "--policy" if judging.policy is not None else "found"
    file = ruling.source.file if ruling.source else "none"
    yield Setting("policy", file, option if ruling.source else "default")
    if policy.prices_file is not None:
        rows = f"{policy.prices_file}, {len(policy.prices.rows)} rows"
        yield Setting("prices", rows, _place(ruling, "prices"))
    origin = "--profile" if judging.profile else _place(ruling, "profile")
    yield Setting("profile", policy.profile or "none", origin)
    origin = "--fail-on" if judging.fail_on is not None else _place(ruling, "policy", "fail_on")
    yield Setting("fail-on", ruling.fail_on.word, origin)
    given = judging.require_evidence is not None
    flag = f"--{'' if judging.require_evidence else 'no-'}require-evidence"
    origin = flag if given else _place(ruling, "policy", "require_evidence")
    yield Setting("require-evidence", "yes" if ruling.require_evidence else "no", origin)
    origin = "--today" if judging.today else "default: no allowance ends"
    yield Setting("today", judging.today or "none", origin)
    origin = _place(ruling, "policy", "unsuppressible")
    yield Setting("unsuppressible", _listed(_slugs(policy.unsuppressible)), origin)
    origin = _place(ruling, "policy", "require")
    yield Setting("require of the system", _listed(policy.require), origin)
    for role, names in sorted(policy.require_fields.items()):
        origin = _place(ruling, "policy", "require_fields", role)
        yield Setting(f"require of {role}", _listed(names), origin)


def _severities(ruling: Ruling) -> Iterator[Setting]:
    """What the file says of single rules, and what the profile does to the rest."""
    from mlsdc.cli.known_rules import known_rules
    from mlsdc.compiler.policies.profiles import PROFILES

    policy = ruling.policy
    for code, chosen in sorted(policy.severities.items()):
        slug = known_rules()[code].slug
        place = policy.places.get(("severity", slug), policy.place("severity", code))
        origin = _line(ruling, place.start) if place else "default"
        yield Setting(f"{code} {slug}", chosen.word if chosen else "off", origin)
    for move in PROFILES[policy.profile] if policy.profile else ():
        rule = known_rules().get(move.codes)
        name = f"{rule.code} {rule.slug}" if rule else f"{move.codes} {move.before.word}s"
        origin = f"profile {policy.profile}: {move.reason}"
        yield Setting(name, move.after.word, origin)


def _slugs(codes: frozenset[str]) -> list[str]:
    from mlsdc.cli.known_rules import known_rules

    return [known_rules()[code].slug for code in sorted(codes)]


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words) or "none"


def _place(ruling: Ruling, *path: str) -> str:
    span = ruling.policy.places.get(path)
    return _line(ruling, span.start) if span else "default"


def _line(ruling: Ruling, offset: int) -> str:
    assert ruling.source is not None
    return f"{ruling.source.file}:{ruling.source.position(offset).line}"
