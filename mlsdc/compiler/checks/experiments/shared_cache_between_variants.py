"""EXP008"""

from collections.abc import Iterator

from mlsdc.compiler.called_steps import walk
from mlsdc.compiler.checks.cache_keys import VARIANT, told_apart
from mlsdc.compiler.checks.tests_of_traffic import deciding
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.request import Cached, Call, Request
from mlsdc.compiler.model.serving import Cache
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "EXP008",
    "shared-cache-between-variants",
    Severity.WARNING,
    source="Kohavi, Tang and Xu, Trustworthy Online Controlled Experiments (2020), chapter 22 "
    "(leakage and interference)",
)
def shared_cache_between_variants(design: Design) -> Iterator[Finding]:
    """The variants answer from one cache that does not tell them apart.

    Why: whichever variant fills the cache answers for the other too: part of the treatment's users
    see the control, and the measured difference shrinks towards zero.

    Bad:

        endpoint old { }
        endpoint new { }
        cache answers { key = [query] }
        request search {
          rate = 100/s
          cached by answers hit 60% {
            call old
          }
        }
        experiment ranking {
          control   = old
          treatment = new
          request   = search
        }

    Good:

        endpoint old { }
        endpoint new { }
        cache answers { key = [query, variant] }
        request search {
          rate = 100/s
          cached by answers hit 60% {
            call old
          }
        }
        experiment ranking {
          control   = old
          treatment = new
          request   = search
        }
    """
    for one in deciding(design, "ab", "canary", "bandit"):
        for request in design.of(Request):
            for cached in walk(request.steps):
                step = cached.step
                if not isinstance(step, Cached) or not _calls(step, one.control):
                    continue
                cache = design.components.get(step.by)
                if not isinstance(cache, Cache):
                    continue
                if not cache.key:
                    yield Finding(
                        design.place(cache),
                        f"whether `{cache.name}` tells variants of `{one.name}` apart is not known",
                        subject=cache.name,
                        missing=(f"{cache.name}.key",),
                    )
                elif VARIANT not in cache.key and one.name not in cache.key:
                    yield Finding(
                        design.place(one, "control"),
                        f"answers of `{one.control}` and `{one.treatment}` are cached in "
                        f"`{cache.name}` without the variant in the key",
                        subject=one.name,
                        labels=(
                            Label(design.place(cache, "key"), "what an entry is found by"),
                            Label(
                                design.place(request, *cached.path), "the variants stand behind it"
                            ),
                        ),
                        help=f"{told_apart(design, cache.key, cache.name)} in `{cache.name}`",
                    )


def _calls(cached: Cached, name: str | None) -> bool:
    inside = (one.step for one in walk(cached.steps))
    return any(isinstance(step, Call) and step.target == name for step in inside)
