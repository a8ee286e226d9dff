"""Trees with comments and findings in, what still speaks, what is accepted, and complaints out.

Law: nothing disappears: every finding is either kept or told as suppressed with its reason, and an
allowance that does nothing is itself a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mlsdc.compiler.policies.allowance import Allowance
from mlsdc.compiler.policies.policy import NO_POLICY, Policy, is_fixed
from mlsdc.compiler.policies.stated_allowances import Ranges, stated_allowances
from mlsdc.compiler.policies.suppression_rules import EXPIRED, REFUSED, UNKNOWN_RULE, UNUSED
from mlsdc.diagnostics import (
    Confidence,
    Diagnostic,
    Edit,
    Fix,
    Label,
    Rule,
    Source,
    Span,
    nearest,
)
from mlsdc.dsl.ast import Name, Tree

_OWN_FAMILY = "SUP"


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that the design accepts, why, until when, and the comment that says so."""

    diagnostic: Diagnostic
    reason: str
    until: str | None
    allowance: Span


@dataclass(frozen=True)
class Suppression:
    """The findings after the allowances were heard; `said` is about the allowances themselves."""

    kept: list[Diagnostic]
    suppressed: list[Suppressed] = field(default_factory=list[Suppressed])
    said: list[Diagnostic] = field(default_factory=list[Diagnostic])


@dataclass(frozen=True)
class Circumstances:
    """Under which conditions allowances are judged.

    `today` is `YYYY-MM-DD`, None where nothing expires; `complete` tells whether the run has seen
    all that an allowance may be meant for: every environment, every check, the design's own values.
    """

    rules: Sequence[Rule]
    policy: Policy = NO_POLICY
    today: str | None = None
    complete: bool = True


@dataclass(eq=False, slots=True)
class _Grant:
    """One name of an allowance, and where it reaches; `used` once it has met a finding."""

    allowance: Allowance
    name: Name
    code: str
    ranges: Ranges
    expired: bool
    used: bool = False

    @property
    def width(self) -> int:
        return sum(end - start for start, end in self.ranges)

    def reaches(self, span: Span) -> bool:
        """Whether a finding at this place is meant."""
        if span.file != self.allowance.span.file:
            return False
        return any(start <= span.start < end for start, end in self.ranges)


def suppress(
    trees: Iterable[Tree],
    sources: Mapping[str, Source],
    diagnostics: Sequence[Diagnostic],
    circumstances: Circumstances,
) -> Suppression:
    """Take out what the design accepts, and judge how it does so."""
    said: list[Diagnostic] = []
    stated = [
        (allowance, ranges)
        for tree in trees
        for allowance, ranges in stated_allowances(tree, sources[tree.file], said)
    ]
    if not stated:
        return Suppression(list(diagnostics), said=said)
    grants = list(_grants(stated, circumstances, said))
    result = Suppression([], [], said)
    _sort(diagnostics, grants, result)
    understood = not any(is_fixed(d.code, d.severity) for d in diagnostics)
    said += _judge(grants, circumstances, sources, circumstances.complete and understood)
    return result


def _grants(
    stated: Sequence[tuple[Allowance, Ranges]],
    circumstances: Circumstances,
    said: list[Diagnostic],
) -> Iterator[_Grant]:
    """The allowances that may be heard, one for each rule; the others are complained of."""
    known = {key: rule for rule in circumstances.rules for key in (rule.slug, rule.code)}
    for allowance, ranges in stated:
        expired = _expired(allowance, circumstances.today)
        for name in allowance.names:
            rule = known.get(name.text) or known.get(name.text.upper())
            if rule is None:
                said.append(_unknown(name, known))
            elif refusal := _refusal(rule, name, circumstances.policy):
                said.append(refusal)
            else:
                yield _Grant(allowance, name, rule.code, ranges, expired)


def _expired(allowance: Allowance, today: str | None) -> bool:
    return today is not None and allowance.until is not None and today > allowance.until


def _unknown(name: Name, known: Mapping[str, Rule]) -> Diagnostic:
    near = nearest(name.text, known)
    return UNKNOWN_RULE.at(
        name.span,
        f"there is no rule `{name.text[:60]}`",
        help=f"did you mean `{near}`?" if near else "mlsdc explain rules",
        fix=Fix(f"write `{near}`", (Edit(name.span, near),)) if near else None,
    )


def _refusal(rule: Rule, name: Name, policy: Policy) -> Diagnostic | None:
    labels: list[Label] = []
    if rule.code in policy.unsuppressible:
        why = "the policy makes it unsuppressible"
        place = policy.place("policy", "unsuppressible", rule.slug)
        place = policy.places.get(("policy", "unsuppressible", rule.code), place)
        labels = [Label(place, "the policy")] if place else []
    elif is_fixed(rule.code, rule.severity):
        why = "it tells what mlsdc cannot understand or write"
    elif rule.code.startswith(_OWN_FAMILY):
        why = "an allowance cannot answer for allowances"
    else:
        return None
    return REFUSED.at(
        name.span,
        f"`{rule.slug}` cannot be suppressed: {why}",
        labels=labels,
        help=f"mlsdc explain {rule.code}",
    )


def _sort(diagnostics: Iterable[Diagnostic], grants: Iterable[_Grant], result: Suppression) -> None:
    """Give every finding to the narrowest allowance that holds, or keep it."""
    by_code: dict[str, list[_Grant]] = {}
    for grant in sorted(grants, key=lambda g: g.width):
        by_code.setdefault(grant.code, []).append(grant)
    for diagnostic in diagnostics:
        meant = [g for g in by_code.get(diagnostic.code, ()) if g.reaches(diagnostic.span)]
        if is_fixed(diagnostic.code, diagnostic.severity):
            meant = []
        holding = next((g for g in meant if not g.expired), None)
        for grant in meant if holding is None else [holding]:
            grant.used = True
        if holding is None:
            result.kept.append(diagnostic)
        else:
            one = holding.allowance
            result.suppressed.append(Suppressed(diagnostic, one.reason, one.until, one.span))


def _judge(
    grants: Sequence[_Grant],
    circumstances: Circumstances,
    sources: Mapping[str, Source],
    complete: bool,
) -> Iterator[Diagnostic]:
    """What is to be said of allowances that are over, or without effect."""
    groups: dict[Span, list[_Grant]] = {}
    for grant in grants:
        groups.setdefault(grant.allowance.span, []).append(grant)
    for span, group in groups.items():
        one = group[0].allowance
        idle = [grant for grant in group if not grant.used]
        if complete and len(idle) == len(one.names):
            yield UNUSED.at(
                span,
                f"this allowance suppresses nothing: there is no finding of {_listed(idle)} here",
                help="remove it",
                fix=Fix("remove it", (_removal(span, sources[span.file]),), Confidence.SAFE),
            )
            continue
        if group[0].expired:
            yield EXPIRED.at(
                span,
                f"this allowance ended on {one.until}, and today is {circumstances.today}",
                help="mend what it accepts, or give a later day with a reason that still holds",
            )
        if complete:
            for grant in idle:
                yield UNUSED.at(
                    grant.name.span,
                    f"this suppresses nothing: there is no finding of {_listed([grant])} here",
                    help=f"remove `{grant.name.text}` from the list",
                )


def _listed(grants: Sequence[_Grant]) -> str:
    return ", ".join(f"`{grant.name.text}`" for grant in grants)


def _removal(span: Span, source: Source) -> Edit:
    """Take out a comment: its line where it stands alone, else with the blanks before it."""
    at = source.position(span.start)
    line, start = source.line(at.line), span.start - at.column + 1
    if line.strip() == source.text[span.start : span.end]:
        end = source.text.find("\n", span.end)
        return Edit(Span(span.file, start, len(source.text) if end < 0 else end + 1), "")
    before = line[: at.column - 1].rstrip(" \t")
    return Edit(Span(span.file, start + len(before), span.end), "")
