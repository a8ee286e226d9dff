"""TSC044"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.ages import Ages
from mlsdc.compiler.analyses.caching import Hold, caches
from mlsdc.compiler.checks.cache_keys import VERSIONS, told_apart
from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.checks.typed import duration_at_most
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show_duration

ROUNDING = 1 + 1e-9


@check(
    "TSC044",
    "stale-cache",
    Severity.WARNING,
    source="Triton, response cache; Chalk, max_staleness: freshness belongs to the consumer",
)
def stale_cache(design: Design, ages: Ages) -> Iterator[Finding]:
    """A cache hands out features that are too old, or answers of a model that is gone.

    Why: a value is as old as it was when it was put there, and then grows older. A key without the
    model's version goes on answering for the old model after the new one has been released.

    Bad:

        entity user { key user_id: string }
        pipeline counting { every = 1h  runtime = 5m }
        features recent {
          entity    = user
          computed  = counting
          freshness = 2h
          materialize { every = 1h  runtime = 5m  delay = 1m  load = 1m }
          n: int64 = count() over 1d
        }
        cache kept { ttl = 1h }
        request ask {
          rate = 10/s
          cached by kept hit 80% { call recent }
        }

    Good:

        entity user { key user_id: string }
        pipeline counting { every = 1h  runtime = 5m }
        features recent {
          entity    = user
          computed  = counting
          freshness = 2h
          materialize { every = 1h  runtime = 5m  delay = 1m  load = 1m }
          n: int64 = count() over 1d
        }
        cache kept { ttl = 10m }
        request ask {
          rate = 10/s
          cached by kept hit 80% { call recent }
        }
    """
    told: set[str] = set()
    for name, ways in caches(design).items():
        component = design.components.get(name)
        if isinstance(component, Features):
            yield from _aged(design, ages, component, ways)
        model = design.get(component.model, Model) if isinstance(component, Endpoint) else None
        for hold in (hold for way in ways for hold in way):
            if model is not None and hold.cache.name not in told:
                told.add(hold.cache.name)
                yield from _versions(design, hold, model, name)


def _aged(
    design: Design, ages: Ages, view: Features, ways: list[tuple[Hold, ...]]
) -> Iterator[Finding]:
    """A view that is fresh enough, and no longer so behind its caches."""
    worst, cached, sought = ages.worst[view.name], ages.cached[view.name], view.freshness
    if sought is None or worst.seconds > sought.value * ROUNDING:
        return  # TSC019
    held = {hold.cache.name: hold for way in ways for hold in way}
    unknown = tuple(name for name in cached.missing if name not in worst.missing)
    if cached.seconds <= sought.value * ROUNDING:
        if unknown:
            yield Finding(
                design.place(view, "freshness"),
                f"how long {', '.join(f'`{name}`' for name in held)} keeps `{view.name}` is not "
                "stated",
                subject=view.name,
                missing=unknown,
            )
        return
    longest = max(held.values(), key=lambda hold: hold.ttl.value if hold.ttl else 0.0)
    room = sought.value - worst.seconds
    yield Finding(
        longest.place(design, "ttl"),
        f"`{longest.cache.name}` hands out `{view.name}` at an age of "
        f"{show_duration(cached.seconds)}; freshness is {show_duration(sought.value)}",
        subject=longest.cache.name,
        labels=(Label(design.place(view, "freshness"), "as old as it may be"),),
        arithmetic=(f"{show_duration(cached.seconds)} = {cached.words}",),
        help=f"ttl = {duration_at_most(room)}, or a longer freshness"
        if room > 0
        else "no cache, or a longer freshness",
    )


def _versions(design: Design, hold: Hold, model: Model, endpoint: str) -> Iterator[Finding]:
    """A key that finds answers whatever model gave them."""
    cache, key, ttl = hold.cache, hold.key, hold.ttl
    if not key:
        unknown = Finding(
            design.place(cache),
            f"whether `{cache.name}` tells answers of one version of `{model.name}` from those of "
            "the next is not known",
            subject=cache.name,
            missing=(f"{cache.name}.key",),
        )
        yield from of_production(design, [unknown])
        return
    if VERSIONS & {*key} or any(part.startswith(model.name) for part in key):
        return
    kept = f"for {show_duration(ttl.value)}" if ttl is not None else "for as long as it keeps them"
    yield Finding(
        hold.place(design, "key"),
        f"after a release of `{model.name}`, `{cache.name}` gives answers of the last one {kept}",
        subject=cache.name,
        labels=(Label(design.place(endpoint, "model"), "behind this cache"),),
        help=told_apart(design, key, cache.name),
    )
