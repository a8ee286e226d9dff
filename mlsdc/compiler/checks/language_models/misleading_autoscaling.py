"""LLM014"""

from collections.abc import Iterator

from mlsdc.compiler.design import Design
from mlsdc.compiler.language.language_models import generates
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity

BLIND = {"cpu": "idles", "gpu": "is near 100%", "memory": "is full"}
"""What each signal shows of an engine with work and of one with too much, alike."""


@check(
    "LLM014",
    "misleading-autoscaling",
    Severity.WARNING,
    source="Google Cloud, Best practices for autoscaling LLM inference workloads with GPUs on GKE; "
    "vLLM documentation, Production Metrics: num_requests_waiting, kv_cache_usage_perc",
)
def misleading_autoscaling(design: Design) -> Iterator[Finding]:
    """A language model is scaled by a signal that does not tell load from overload.

    Why: an engine batches all it can, so its accelerator is busy with one request and with a
    hundred; its memory is taken when it starts, and its processor waits. The queue grows meanwhile.

    Bad:

        endpoint chat {
          engine  { max_model_len = 8192 }
          scaling { minimum = 2  maximum = 8  signal = gpu }
        }

    Good:

        endpoint chat {
          engine  { max_model_len = 8192 }
          scaling { minimum = 2  maximum = 8  signal = queue_depth }
        }
    """
    for endpoint in design.of(Endpoint):
        if endpoint.scaling is None or not generates(endpoint):
            continue
        signal = endpoint.scaling.signal
        if signal is None:
            yield Finding(
                design.place(endpoint, "scaling"),
                f"by what `{endpoint.name}` is scaled is not known",
                subject=endpoint.name,
                missing=(f"{endpoint.name}.scaling.signal",),
            )
        elif signal in BLIND:
            yield Finding(
                design.place(endpoint, "scaling", "signal"),
                f"`{endpoint.name}` is scaled by its {signal}, which {BLIND[signal]} under any "
                "load",
                subject=endpoint.name,
                labels=(Label(design.place(endpoint), "makes text token by token"),),
                help="signal = queue_depth, or kv_usage, or ttft",
            )
