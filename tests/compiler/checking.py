"""Design text in, what the compiler says about it out."""

from __future__ import annotations

from textwrap import dedent
from typing import TypeVar

from mlsdc.diagnostics import Diagnostic, Source
from mlsdc.pipeline import Compiled, Outcome, check
from mlsdc.stdlib.find import standard_catalog

FILE = "design.mlsd"
T = TypeVar("T")


def outcome(text: str, environment: str | None = None) -> Outcome:
    """The outcome of checking a design."""
    return check([Source(FILE, dedent(text))], standard_catalog(), environment=environment)


def said(text: str, *codes: str, environment: str | None = None) -> list[Diagnostic]:
    """The findings of these codes; all of them where no code is given."""
    found = outcome(text, environment).diagnostics
    return [d for d in found if not codes or d.code in codes]


def only(text: str, code: str, environment: str | None = None) -> Diagnostic:
    """The one finding of a code."""
    found = said(text, code, environment=environment)
    assert len(found) == 1, [shown(d) for d in found]
    return found[0]


def compiled(text: str, environment: str | None = None) -> Compiled:
    """The design of the only environment, which holds no error of names or types."""
    made = outcome(text, environment)
    wrong = [shown(d) for d in made.diagnostics if d.code[:3] in ("SYN", "TYP", "INT")]
    assert wrong == []
    (one,) = made.compiled
    return one


def fact(text: str, kind: type[T], environment: str | None = None) -> T:
    """One fact about a sound design."""
    return compiled(text, environment).facts.get(kind)


def at(diagnostic: Diagnostic, text: str) -> str:
    """The text that a finding's primary span covers."""
    return dedent(text)[diagnostic.span.start : diagnostic.span.end]


def labelled(diagnostic: Diagnostic, text: str) -> list[str]:
    """The texts that a finding's secondary spans cover."""
    return [dedent(text)[label.span.start : label.span.end] for label in diagnostic.labels]


def shown(diagnostic: Diagnostic) -> str:
    """One line for a failed assertion."""
    where = f"{diagnostic.severity.word}[{diagnostic.code}] {diagnostic.subject}"
    return f"{where}: {diagnostic.message}"
