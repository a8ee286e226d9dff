"""LLM011"""

from collections.abc import Iterator

from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Unknown
from mlsdc.compiler.language.prompt_tokens import PartTokens, parts, prompt_of
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity

BLOCK = 16
"""Tokens of one block of vLLM's KV cache (engine argument block-size); whole blocks are shared."""


@check(
    "LLM011",
    "unshared-prefix",
    Severity.WARNING,
    source="vLLM documentation, Automatic Prefix Caching: blocks are found by the tokens before "
    "them, and Cache Isolation: cache_salt; Gu et al. 2025, Auditing Prompt Caching",
)
def unshared_prefix(design: Design) -> Iterator[Finding]:
    """Prefix caching is on, but requests do not begin alike, or tenants can feel each other.

    Why: a block of the cache is found by all tokens before it. One word that differs at the
    beginning makes everything behind it new, however often it was seen. And a first token that
    comes at once tells a stranger that somebody else has just asked the same.

    Bad:

        prompt answer {
          part customer     tokens 60 varies
          part instructions tokens 1800
          part question     tokens 300 varies
        }
        endpoint chat {
          prompt = answer
          engine { prefix_caching = true }
        }

    Good:

        prompt answer {
          part instructions tokens 1800
          part customer     tokens 60 varies
          part question     tokens 300 varies
        }
        endpoint chat {
          prompt = answer
          engine { prefix_caching = true }
        }
    """
    for endpoint in design.of(Endpoint):
        if endpoint.engine is not None and endpoint.engine.prefix_caching:
            yield from _order(design, endpoint)
            yield from _tenants(design, endpoint)


def _order(design: Design, endpoint: Endpoint) -> Iterator[Finding]:
    prompt = prompt_of(design, endpoint)
    if prompt is None or not prompt.parts:
        missing = f"{endpoint.name}.prompt" if prompt is None else f"{prompt.name}.parts"
        yield Finding(
            design.place(endpoint, "engine", "prefix_caching"),
            f"what requests of `{endpoint.name}` begin with is not known",
            subject=endpoint.name,
            missing=(missing,),
        )
        return
    ledger = parts(design, prompt)
    first = next((at for at, part in enumerate(ledger) if part.varies), len(ledger))
    behind = [part for part in ledger[first:] if not part.varies]
    if not behind:
        return
    unknown = [name for part in ledger if not part.varies and isinstance(part.tokens, Unknown)
               for name in part.tokens.missing]  # fmt: skip
    if unknown:
        yield Finding(
            ledger[first].place,
            f"how much of `{prompt.name}` is shared is not known",
            subject=prompt.name,
            missing=tuple(unknown),
        )
        return
    shared, lost = _tokens(ledger[:first]) // BLOCK * BLOCK, _tokens(behind)
    if lost > shared:
        yield Finding(
            ledger[first].place,
            f"requests of `{endpoint.name}` share {shared} tokens: `{ledger[first].name}` differs "
            f"before {lost} tokens that do not",
            subject=prompt.name,
            labels=(
                Label(behind[0].place, "the same in every request, computed each time"),
                Label(design.place(endpoint, "engine", "prefix_caching"), "shares beginnings"),
            ),
            arithmetic=(
                f"shared: {_tokens(ledger[:first])} tokens before it, in blocks of {BLOCK}: "
                f"{shared}",
            ),
            help="what is always the same first, what varies last",
        )


def _tokens(some: list[PartTokens]) -> int:
    return int(sum(p.tokens.value for p in some if not isinstance(p.tokens, Unknown)))


def _tenants(design: Design, endpoint: Endpoint) -> Iterator[Finding]:
    tenant, engine = design.system.tenant, endpoint.engine
    if tenant is not None and engine is not None and engine.cache_salt is None:
        yield Finding(
            design.place(endpoint, "engine", "prefix_caching"),
            f"tenants of `{endpoint.name}` share one prefix cache: the time to the first token "
            "tells what another has asked",
            subject=endpoint.name,
            labels=(Label(design.place("system", "tenant"), "whose requests they are"),),
            help=f"cache_salt = {tenant}",
        )
