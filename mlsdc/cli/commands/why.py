"""`mlsdc why`: the name of a number and a design in, its derivation out.

Law: standard output carries nothing but what was asked for; what keeps the design from being
understood goes to standard error. A number that is not known is an answer: it names what is
missing.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace

from mlsdc.cli.complain import say_findings
from mlsdc.cli.examine import Examined, Question, examine
from mlsdc.cli.exits import Exit
from mlsdc.cli.fault import fault
from mlsdc.cli.outputs import Unusable, say
from mlsdc.cli.terminal import style_of
from mlsdc.cli.why.inquiry import Inquiry, ask

USUAL = ("design.mlsd", "design.mlsd.yaml")
"""The design where none is named."""
_DESIGN = (".mlsd", ".yaml", ".yml")


def split_target(arguments: Sequence[str], listed: bool) -> tuple[str | None, list[str]]:
    """The number asked for, and the files of the design: those named, else the usual one here.

    Raises `Unusable` where there are no files, or nothing is asked.
    """
    words = list(arguments)
    target = None
    if words and not listed and not _is_design(words[0]):
        target = words.pop(0)
    designs = words or [name for name in USUAL if os.path.isfile(name)][:1]
    if not designs:
        asked = "--list" if listed else target or "--list"
        raise Unusable(f"which design? mlsdc why {asked} design.mlsd")
    return target, designs


def _is_design(word: str) -> bool:
    return word == "-" or word.lower().endswith(_DESIGN) or os.path.exists(word)


def why(target: str | None, question: Question, format: str = "text") -> Exit:
    """Print how a number came about, or list all that can be asked where there is no target.

    Raises `Unusable` where the design has no number of this name.
    """
    if target is not None and "#" in target:
        raise Unusable(
            f"{target!r} is a field of a generated file; mlsdc.manifest.json beside the files maps "
            "it to its place in the design"
        )
    examined = examine(question)
    try:
        found = inquiries(examined, question)
        if not found:
            say_findings(examined.report)
            return examined.report.exit or Exit.FINDINGS
        text = _answer(target, found, format)
    except Unusable:
        raise
    except Exception as error:
        say_findings(examined.ended(Exit.FAULT, [fault(error)]))
        return Exit.FAULT
    say(text, sys.stdout)
    return Exit.CLEAN


def _answer(target: str | None, inquired: list[Inquiry], format: str) -> str:
    from mlsdc.cli.why import as_json, as_text

    style = style_of(sys.stdout)
    if target is None:
        if format == "text":
            return as_text.listing(inquired, style)
        every = [(one, list(one.figures.values())) for one in inquired]
        return json.dumps(as_json.document(every, None), indent=2)
    found = ask(inquired, target)
    if format == "text":
        return as_text.derivations(found, style)
    return json.dumps(as_json.document(found, target), indent=2)


def inquiries(examined: Examined, question: Question) -> list[Inquiry]:
    """Every environment asked for."""
    from mlsdc.cli.settings import read_settings

    if examined.outcome is None:
        return []
    report = replace(
        examined.report, sources={**examined.outcome.sources, **examined.report.sources}
    )
    found: list[Inquiry] = []
    for one in examined.outcome.compiled:
        collected = one.resolved.collected
        settings = read_settings(question.environment, question.assignments, collected)
        found.append(Inquiry(one, settings.given, report))
    return found
