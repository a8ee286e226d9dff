"""A cache in, the key that tells its answers apart out: what two checks ask for is one line."""

from __future__ import annotations

from mlsdc.compiler.analyses.caching import caches
from mlsdc.compiler.checks.tests_of_traffic import deciding
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.serving import Endpoint

VERSIONS = frozenset(("model", "model_version", "version"))
VARIANT = "variant"


def told_apart(design: Design, key: tuple[str, ...], cache: str) -> str:
    """`key = [query, model_version, variant]`: by version, and by variant where there is a test.

    TSC044 asks for the version and EXP008 for the variant; whichever help is typed, and in
    whichever order, neither takes away what the other asked for.
    """
    behind = {
        name
        for name, ways in caches(design).items()
        if any(hold.cache.name == cache for way in ways for hold in way)
    }
    more: list[str] = []
    models = (one.model for name in behind if (one := design.get(name, Endpoint)) is not None)
    if any(models) and not VERSIONS & {*key}:
        more.append("model_version")
    for one in deciding(design, "ab", "canary", "bandit"):
        if one.control in behind and not {VARIANT, one.name} & {*key, *more}:
            more.append(VARIANT)
    return f"key = [{', '.join((*key, *more))}]"
