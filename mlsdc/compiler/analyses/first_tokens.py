"""Requests that end in a language model in, the latency until the first token of its answer out.

The last language model of a path streams what it says: of its time only the first token counts, and
all that comes before it counts whole. Where anything waits for the answer to be complete (a guard
behind it, a call made with it) nothing is streamed, and the request has no first token of its own.
Source: vLLM documentation, `vllm bench serve`: TTFT, the time from the request to its first token.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from mlsdc.compiler.analyses.latency import Latencies, RequestLatency
from mlsdc.compiler.analyses.responses import Responses
from mlsdc.compiler.analyses.service import fitted, service_time
from mlsdc.compiler.design import Design
from mlsdc.compiler.latency.path import Leaf, leaves
from mlsdc.compiler.latency.response import Response, joined, leaf_time
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import analysis


@dataclass(frozen=True)
class FirstTokens:
    """The latency of each request until the first token; absent where nothing is streamed."""

    requests: dict[str, RequestLatency] = field(default_factory=dict[str, RequestLatency])


@analysis
def first_tokens(design: Design, latencies: Latencies, responses: Responses) -> FirstTokens:
    """Look at every request that reaches an endpoint whose `generation` is stated."""
    if not any(one.generation is not None for one in design.of(Endpoint)):
        return FirstTokens()
    found: dict[str, RequestLatency] = {}
    for name, latency in latencies.requests.items():
        streams = tuple(_streaming(design, latency))
        if streams:
            found[name] = _until_the_first(design, responses, latency, streams)
    return FirstTokens(found)


def _streaming(design: Design, latency: RequestLatency) -> Iterator[Leaf]:
    """The last language model that is waited for, and those that answer in its stead."""
    for leaf in reversed(list(leaves(latency.path, waited=True))):
        endpoint = design.get(leaf.answering, Endpoint)
        if endpoint is not None and endpoint.generation is not None:
            yield leaf
        if not leaf.aside:
            return


def _until_the_first(
    design: Design, responses: Responses, latency: RequestLatency, streams: tuple[Leaf, ...]
) -> RequestLatency:
    times, hops = dict(latency.times), list(latency.hops)
    for leaf in streams:
        answer = responses.of.get(leaf.answering or "")
        service = service_time(design, design.components[leaf.answering or ""])
        first = fitted(replace(service, per_token=None, tokens=None)) if service else None
        if not isinstance(answer, Response) or first is None:
            continue  # overloaded or not stated: both are told of the whole answer
        whole = first if answer.waiting is None else joined(answer.waiting, first)
        time = times[leaf] = leaf_time(design, leaf, replace(answer, whole=whole, own=first))
        hops = [
            replace(hop, p50=time.quantile(0.5), p99=time.quantile(0.99), notes=("first token",))
            if hop.place == leaf.place
            else hop
            for hop in hops
        ]
    return replace(latency.with_times(times), hops=tuple(hops))
