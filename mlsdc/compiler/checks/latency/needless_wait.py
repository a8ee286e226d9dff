"""LAT019"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.paths import Paths
from mlsdc.compiler.design import Design
from mlsdc.compiler.latency.path import leaves
from mlsdc.compiler.model.learning import Explainer
from mlsdc.compiler.model.operations import Experiment
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "LAT019",
    "needless-wait",
    Severity.WARNING,
    source="KServe, explainers: a route of their own beside :predict; shadow traffic is answered "
    "and dropped",
)
def needless_wait(design: Design, paths: Paths) -> Iterator[Finding]:
    """A request waits for an explanation or a shadow model that its answer does not contain.

    Why: attributions by sampling take hundreds of predictions, and a shadow model as long as the
    one that counts. Where the answer does not carry them, the request gains nothing by waiting.

    Bad:

        endpoint score { latency { p50 = 4ms  p99 = 12ms  at = 900/s } }
        explainer reasons { explains = score  method = kernelshap }
        request rank {
          rate = 50/s
          call score
          call reasons
        }

    Good:

        endpoint score { latency { p50 = 4ms  p99 = 12ms  at = 900/s } }
        explainer reasons { explains = score  method = kernelshap }
        request rank {
          rate = 50/s
          call score
          call reasons asynchronous
        }
    """
    shadows = {one.treatment: one for one in design.of(Experiment) if one.kind == "shadow"}
    said: set[object] = set()
    for request in design.of(Request):
        for leaf in leaves(paths.of[request.name], waited=True):
            component = design.components[leaf.component]
            if leaf.place in said:
                continue
            explains = isinstance(component, Explainer) and not request.reasons
            shadow = shadows.get(component.name)
            if not explains and shadow is None:
                continue
            said.add(leaf.place)
            other = shadow if shadow is not None else component
            why = f"compared in the shadow by `{other.name}`" if shadow else "an explainer"
            yield Finding(
                leaf.place,
                f"the request waits for `{component.name}`, {why}, and its answer needs no "
                f"{'second answer' if shadow else 'reasons'}",
                subject=request.name,
                labels=(Label(design.place(other), f"`{other.name}` is declared here"),),
                help=f"call {component.name}  asynchronous"
                + ("" if shadow else ", or `reasons = true` where each answer carries them"),
            )
