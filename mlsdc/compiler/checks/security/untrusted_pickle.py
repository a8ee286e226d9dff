"""SEC016"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.decisions import Decisions
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity

RUNS_CODE = ("pickle", "torchscript")


@check(
    "SEC016",
    "untrusted-pickle",
    Severity.WARNING,
    source="Python documentation, pickle: it is possible to construct data which will execute code "
    "during unpickling; OWASP, Top 10 for LLM Applications, supply chain",
)
def untrusted_pickle(design: Design, decisions: Decisions) -> Iterator[Finding]:
    """A server loads a model that may run any code, from somewhere else or unverified.

    Why: reading a pickle runs what is in it, with the rights of the server. What nobody here
    trained, and nobody signed, is a program from a stranger.

    Bad:

        model ranker { framework = pytorch  format = pickle }
        endpoint rank { model = ranker }

    Good:

        model ranker { framework = pytorch  format = safetensors }
        endpoint rank { model = ranker }
    """
    for name, endpoints in decisions.serving.items():
        model = design.get(name, Model)
        if model is None or model.format not in RUNS_CODE or model.signed:
            continue
        if model.training is not None and model.registry is not None:
            continue  # made and kept here: whoever may write there may run code anyway
        yield Finding(
            design.place(model, "format"),
            f"`{model.name}` is a {model.format} that "
            + ("nobody here trained" if model.training is None else "no registry keeps")
            + ", and loading it runs what is in it",
            subject=model.name,
            labels=tuple(Label(design.place(one, "model"), "loads it") for one in endpoints),
            help="format = safetensors, or signed = true",
        )
