"""What a team demands beyond the catalogue, and how severe each finding is under it.

A policy and findings come in, the findings with their severities go out. Law: severities move,
predicates never do; what the compiler cannot understand or write stays an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from mlsdc.compiler.capacity.prices import Prices
from mlsdc.compiler.policies.policy_rules import POLICY_FILE_RULES
from mlsdc.compiler.policies.profiles import PROFILES, Move
from mlsdc.diagnostics import Diagnostic, Severity, Span

FIXED_FAMILIES = ("USE", "EMT", "INT")
LANGUAGE_FAMILIES = ("SYN", "TYP")
_FIXED_CODES = frozenset(rule.code for rule in POLICY_FILE_RULES)


@dataclass(frozen=True)
class Policy:
    """One policy file, read; without a file, nothing is demanded.

    `severities` are by code, None switches a rule off; `unsuppressible` are codes;
    `require_fields` are by role, and a path such as `latency.p99` reaches into a block.
    """

    profile: str | None = None
    severities: Mapping[str, Severity | None] = field(default_factory=dict[str, Severity | None])
    unsuppressible: frozenset[str] = frozenset()
    require: tuple[str, ...] = ()
    require_fields: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict[str, tuple[str, ...]]
    )
    fail_on: Severity | None = None
    require_evidence: bool | None = None
    import_folders: tuple[str, ...] = ()
    """Folders outside the project that designs may import from, relative to the policy file."""
    prices_file: str | None = None
    """A price list of one's own, relative to the policy file."""
    prices: Prices = field(default_factory=Prices)
    """Its rows; they win over those of mlsdc."""
    places: Mapping[tuple[str, ...], Span] = field(default_factory=dict[tuple[str, ...], Span])
    """Where each key stands: `("policy", "require")`, and one more step for an item of a list."""

    def place(self, *path: str) -> Span | None:
        """Where a key or an item of its list stands; the nearest enclosing key that is known."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path)

    def move(self, code: str, severity: Severity) -> Move | None:
        """What the profile does to a finding of this rule and severity."""
        moves = PROFILES[self.profile] if self.profile else ()
        return next((m for m in moves if code.startswith(m.codes) and m.before is severity), None)

    def severity(self, code: str, own: Severity) -> Severity | None:
        """How severe a decided finding is: by the file, else by the profile, else as it is.

        None where the file switches the rule off.
        """
        if is_fixed(code, own):
            return own
        if code in self.severities:
            return self.severities[code]
        move = self.move(code, own)
        return move.after if move else own


NO_POLICY = Policy()


def is_fixed(code: str, severity: Severity) -> bool:
    """Whether a finding is beyond policy and allowance: something cannot be understood or made."""
    if code.startswith(LANGUAGE_FAMILIES):
        return severity is Severity.ERROR
    return code.startswith(FIXED_FAMILIES) or code in _FIXED_CODES


def settle(diagnostics: Iterable[Diagnostic], policy: Policy) -> list[Diagnostic]:
    """The findings with the severities of a policy, without those it switches off.

    A check that could not decide stays a note: how much evidence is asked for is another question
    than how bad a proven fault is.
    """
    if policy.profile is None and not policy.severities:
        return list(diagnostics)
    settled: list[Diagnostic] = []
    for diagnostic in diagnostics:
        severity = policy.severity(diagnostic.code, diagnostic.severity)
        if severity is None:
            continue
        if severity is diagnostic.severity or diagnostic.undecided:
            settled.append(diagnostic)
        else:
            settled.append(replace(diagnostic, severity=severity))
    return settled
