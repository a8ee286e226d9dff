"""LLM009"""

from collections.abc import Iterator

from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.language.language_models import generates
from mlsdc.compiler.model.serving import Endpoint, Gateway
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "LLM009",
    "unguarded-answers",
    Severity.WARNING,
    source="OWASP Top 10 for LLM Applications 2025, LLM05 Improper Output Handling and LLM10 "
    "Unbounded Consumption",
)
def unguarded_answers(design: Design) -> Iterator[Finding]:
    """A language model in production answers anything, to anyone, at any length.

    Why: what it says is nobody's text: it can hold another person's data, an insult or an invented
    fact. And one caller with long texts in a loop uses up the accelerators, or the money, of all.

    Bad:

        system desk { tier = production }
        endpoint chat { provider = acme { model = "acme-2026-05-01" } }

    Good:

        system desk { tier = production }
        endpoint chat {
          provider       = acme { model = "acme-2026-05-01" }
          guards         { output = [pii, groundedness]  max_input = 4000 }
          tokens_per_key = 20_000tokens/m
        }
    """
    yield from of_production(design, _unguarded(design))


def _unguarded(design: Design) -> Iterator[Finding]:
    limited = any(gateway.tokens_per_key is not None for gateway in design.of(Gateway))
    for endpoint in design.of(Endpoint):
        if not generates(endpoint):
            continue
        lacks = _lacks(endpoint, limited)
        if lacks:
            yield Finding(
                design.place(endpoint),
                f"`{endpoint.name}` answers without {_listed(list(lacks))}",
                subject=endpoint.name,
                labels=(Label(design.place("system", "tier"), "in production"),),
                help=_typed(lacks),
            )


def _lacks(endpoint: Endpoint, limited: bool) -> dict[str, str]:
    """What is missing, and the field that states it."""
    guards = endpoint.guards
    found: dict[str, str] = {}
    if guards is None or not guards.output:
        found["an output guard"] = "output = [pii, toxicity, groundedness]"
    if guards is None or (guards.max_input is None and "length" not in guards.input):
        found["a limit of its input"] = "max_input = 4000"
    if endpoint.tokens_per_key is None and not limited:
        found["a limit of tokens for each caller"] = "tokens_per_key = 20_000tokens/m"
    return found


def _typed(lacks: dict[str, str]) -> str:
    """All fields in one line, those of the guards in their one block."""
    fields = list(lacks.values())
    guards = [one for one in fields if not one.startswith("tokens_per_key")]
    block = [f"guards {{ {'  '.join(guards)} }}"] if guards else []
    return "  ".join([*block, *(one for one in fields if one not in guards)])


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
