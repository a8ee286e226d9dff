"""TSC008"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.pairs import Pair, Pairs
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.consistency import Preprocessing
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity

TRAVELLING = ("graph", "feature_store")
"""Places that training and serving share: what is done there is done once."""


@check(
    "TSC008",
    "preprocessing-in-two-places",
    Severity.WARNING,
    source="Zinkevich, Rules of Machine Learning, rule 32; Sculley et al., Hidden Technical Debt "
    "in Machine Learning Systems (2015), pipeline jungles",
)
def preprocessing_in_two_places(design: Design, pairs: Pairs) -> Iterator[Finding]:
    """Inputs are prepared by one piece of code in training and by another in serving.

    Why: what stands in a notebook is written again for the server, or by every client in its own
    language, and each fix reaches one of them.

    Bad:

        dataset history { }
        model ranker {
          dataset       = history
          preprocessing = notebook { code = "git:train.ipynb@1f2e" }
        }
        endpoint rank {
          model         = ranker
          preprocessing = server { code = "git:prepare.go@77aa" }
        }

    Good:

        dataset history { }
        model ranker {
          dataset       = history
          preprocessing = library { code = "git:prepare.py@1f2e" }
        }
        endpoint rank {
          model         = ranker
          preprocessing = server { code = "git:prepare.py@1f2e" }
        }
    """
    for pair in pairs.of.values():
        learned, served = pair.model.preprocessing, pair.endpoint.preprocessing
        if learned is not None and served is not None:
            yield from _both(design, pair, learned, served)
        elif served is not None:
            yield _silent(design, pair, pair.endpoint.name, f"{pair.model.name}.preprocessing")
        elif learned is not None and learned.place not in TRAVELLING:
            yield _silent(design, pair, pair.model.name, f"{pair.endpoint.name}.preprocessing")


def _both(
    design: Design, pair: Pair, learned: Preprocessing, served: Preprocessing
) -> Iterator[Finding]:
    codes = (learned.code, served.code)
    if served.place == "client" or (None not in codes and codes[0] != codes[1]):
        yield _apart(design, pair, learned, served)
    elif learned.place == served.place and learned.place in TRAVELLING:
        return
    elif None in codes:
        sides = ((pair.model.name, learned), (pair.endpoint.name, served))
        missing = tuple(f"{name}.preprocessing.code" for name, one in sides if one.code is None)
        yield _silent(design, pair, pair.endpoint.name, *missing)
    elif "@" not in (learned.code or ""):
        missing = f"a digest in {pair.endpoint.name}.preprocessing.code"
        yield _silent(design, pair, pair.endpoint.name, missing)


def _apart(design: Design, pair: Pair, learned: Preprocessing, served: Preprocessing) -> Finding:
    where = "by who calls it" if served.place == "client" else f"in {_words(served)}"
    return Finding(
        design.place(pair.endpoint, "preprocessing", "place"),
        f"inputs of `{pair.model.name}` are prepared in {_words(learned)} for training and {where} "
        f"for `{pair.endpoint.name}`",
        subject=pair.endpoint.name,
        labels=(Label(design.place(pair.model, "preprocessing", "place"), "for training"),),
        help="preprocessing = graph on both sides, a Triton ensemble, a KServe transformer or the "
        "feature store, with one `code`",
    )


def _words(one: Preprocessing) -> str:
    place = {"graph": "the model's graph", "feature_store": "the feature store"}.get(one.place)
    return (place or f"a {one.place}") + (f" ({one.code})" if one.code else "")


def _silent(design: Design, pair: Pair, holder: str, *missing: str) -> Finding:
    return Finding(
        design.place(holder, "preprocessing", "place"),
        f"whether inputs of `{pair.model.name}` are prepared by the same code for "
        f"`{pair.endpoint.name}` is not stated",
        subject=pair.endpoint.name,
        missing=missing,
    )
