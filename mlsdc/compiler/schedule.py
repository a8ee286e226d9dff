"""Analyses and checks, matched by the types they name.

An analysis is a function from the facts it names to one fact; a check is a generator over the facts
it names. Analyses compute and never complain; checks complain and never compute. Nothing sees what
it did not ask for, and nothing is computed that no check or target asks for.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType
from typing import Any, TypeVar

from mlsdc.diagnostics import NOWHERE, Diagnostic, Fix, Label, Rule, Severity, Span

T = TypeVar("T")
Function = Callable[..., Any]


@dataclass(frozen=True)
class Analysis:
    """A function that derives one fact from others."""

    function: Function
    wants: tuple[type, ...]
    gives: type


@dataclass(frozen=True)
class Finding:
    """What a check says; the check's own code and severity are added to it."""

    at: Span
    message: str
    subject: str = ""
    labels: tuple[Label, ...] = ()
    arithmetic: tuple[str, ...] = ()
    help: str = ""
    fix: Fix | None = None
    missing: tuple[str, ...] = ()
    """What the design would have to state: the check could not decide."""
    severity: Severity | None = None
    """Where the catalogue tells cases of one check apart by severity."""


@dataclass(frozen=True)
class Check:
    """One rule of the catalogue and the function that applies it."""

    rule: Rule
    function: Function
    wants: tuple[type, ...]


@dataclass
class _Registered:
    analyses: list[Analysis] = field(default_factory=list[Analysis])
    checks: list[Check] = field(default_factory=list[Check])


_REGISTERED = _Registered()


def analysis(function: Callable[..., T]) -> Callable[..., T]:
    """Register a function as the one way to derive the fact it returns."""
    wants, gives = signature(function)
    _REGISTERED.analyses.append(Analysis(function, wants, gives))
    return function


def check(
    code: str, slug: str, severity: Severity, source: str = ""
) -> Callable[[Function], Function]:
    """Register a generator of findings as a check; its docstring is its page.

    `source` names what justifies the rule: a paper, a vendor's page, a book.
    """

    def register(function: Function) -> Function:
        wants, _ = signature(function)
        page = function.__doc__ or ""
        rule = Rule(code, slug, page.partition("\n")[0].rstrip("."), severity, page, source)
        _REGISTERED.checks.append(Check(rule, function, wants))
        return function

    return register


def signature(function: Function) -> tuple[tuple[type, ...], type]:
    """The parameter types and the return type, from the annotations."""
    names = vars(sys.modules[function.__module__])
    hints: dict[str, Any] = {
        key: names.get(text, text) if isinstance(text, str) else text
        for key, text in function.__annotations__.items()
    }
    gives = hints.pop("return", type(None))
    for key, hint in hints.items():
        if not isinstance(hint, type):
            raise TypeError(f"{function.__module__}.{function.__name__}: `{key}` needs a fact type")
    return tuple(hints.values()), gives


def import_all(package: str) -> None:
    """Load every module of a package, so that what is registered in them is known."""
    root: ModuleType = import_module(package)
    for module in sorted(m.name for m in walk_packages(root.__path__, f"{package}.")):
        import_module(module)


@cache
def standard_analyses() -> tuple[Analysis, ...]:
    """Every analysis of the compiler, found by being there."""
    import_all("mlsdc.compiler.analyses")
    return tuple(_REGISTERED.analyses)


@cache
def standard_checks() -> tuple[Check, ...]:
    """Every check, found by being there, those of third parties included; by code."""
    import_all("mlsdc.compiler.checks")
    return tuple(sorted(_REGISTERED.checks, key=lambda c: c.rule.code))


class Facts:
    """The facts of one design: given ones, and derived ones computed when first asked for."""

    def __init__(self, given: Iterable[object], analyses: Iterable[Analysis]) -> None:
        self._known: dict[type, Any] = {type(fact): fact for fact in given}
        self._by_type = {a.gives: a for a in analyses}
        _refuse_cycles(self._by_type)

    def get(self, kind: type[T]) -> T:
        """The fact of this type.

        Raises:
            LookupError: nothing gives it.
        """
        if kind not in self._known:
            found = self._by_type.get(kind)
            if found is None:
                raise LookupError(f"no analysis gives {kind.__name__}")
            self._known[kind] = found.function(*(self.get(want) for want in found.wants))
        return self._known[kind]


def _refuse_cycles(by_type: dict[type, Analysis]) -> None:
    try:
        TopologicalSorter({gives: a.wants for gives, a in by_type.items()}).prepare()
    except CycleError as error:
        chain = " -> ".join(kind.__name__ for kind in error.args[1])
        raise TypeError(f"analyses depend on each other: {chain}") from error


@dataclass(frozen=True)
class Verdicts:
    """What the checks said, and how many of them could speak."""

    diagnostics: list[Diagnostic]
    passed: int
    failed: int
    undecided: int


def run_checks(facts: Facts, checks: Iterable[Check]) -> Verdicts:
    """Apply every check; a check that breaks becomes a diagnostic of its own."""
    said: list[Diagnostic] = []
    passed = failed = undecided = 0
    for one in checks:
        found = list(_apply(one, facts))
        said += found
        if any(not d.undecided for d in found):
            failed += 1
        elif found:
            undecided += 1
        else:
            passed += 1
    return Verdicts(said, passed, failed, undecided)


def _apply(one: Check, facts: Facts) -> Iterator[Diagnostic]:
    try:
        for finding in one.function(*(facts.get(want) for want in one.wants)):
            yield one.rule.at(
                finding.at,
                finding.message,
                subject=finding.subject,
                labels=finding.labels,
                arithmetic=finding.arithmetic,
                help=finding.help,
                fix=finding.fix,
                severity=Severity.NOTE if finding.missing else finding.severity,
                missing=finding.missing,
            )
    except Exception as error:
        what = f"check {one.rule.code} ({one.rule.slug})"
        yield internal(what, error, "the other checks are not affected")


def internal(what: str, error: Exception, help: str) -> Diagnostic:
    """A fault of mlsdc itself, told like any other finding."""
    from mlsdc.compiler import rules

    message = f"{what} failed: {type(error).__name__}: {error}"
    return rules.INTERNAL.at(NOWHERE, message, help=help)
