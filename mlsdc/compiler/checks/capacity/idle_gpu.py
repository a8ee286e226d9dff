"""CAP012"""

import math
from collections.abc import Iterator

from mlsdc.compiler.analyses.callers import Callers
from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.analyses.service import fitted, service_time
from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.capacity.choices import CPU, Choice, Choices
from mlsdc.compiler.capacity.sizing import FEWEST_REPLICAS
from mlsdc.compiler.checks.load import load_labels
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Unknown
from mlsdc.compiler.model.operations import Experiment
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.model.types import AUTO
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import digits

LEAST_BUSY = 0.3
"""Share of its capacity below which an accelerator is not worth its price."""
PLANNED = 0.7
MEASURING = "gpus = auto; with a `measured` line for each smaller accelerator and for the CPU, or "
SHARING = (
    "several models on one replica, a share of the GPU (MIG, time-slicing), or "
    '# mlsdc: allow(idle-gpu) because "..." where it has to wait'
)


@check(
    "CAP012",
    "idle-gpu",
    Severity.WARNING,
    source="NVIDIA Triton, instance groups and model concurrency; Little's law",
)
def idle_gpu(
    design: Design, workload: Workload, capacity: Capacity, choices: Choices, callers: Callers
) -> Iterator[Finding]:
    """A GPU does nothing for most of the time, or work that the CPU does within the budget.

    Why: an accelerator is the dearest part of most designs and costs the same when it idles. Below
    30% at peak it is shared, or not needed.

    Bad:

        endpoint score {
          gpus        = 1 x l4
          concurrency = 4
          replicas    = 2
          latency     { p50 = 8ms  p99 = 20ms  at = 200/s }
        }
        request ask {
          rate = 50/s
          call score
        }

    Good:

        endpoint score {
          gpus        = 1 x l4
          concurrency = 4
          replicas    = 2
          latency     { p50 = 8ms  p99 = 20ms  at = 400/s }
        }
        request ask {
          rate = 600/s
          call score
        }
    """
    staged = {one.treatment for one in design.of(Experiment)}
    called = frozenset[str]().union(*callers.called.values())
    for endpoint in design.of(Endpoint):
        if endpoint.gpus is None or endpoint.existing is not None:
            continue
        if endpoint.name in staged - called:
            continue  # it gets the little that its experiment gives it
        choice = choices.of.get(endpoint.name)
        if endpoint.gpus.model == AUTO:
            yield _unchosen(design, endpoint, choice)
            continue
        yield from _utilisation(design, endpoint, workload, capacity)
        if choice is not None and not choice.auto:
            yield from _needless(design, endpoint, choice)


def _unchosen(design: Design, endpoint: Endpoint, choice: Choice | None) -> Finding:
    return Finding(
        design.place(endpoint, "gpus"),
        f"which accelerator `{endpoint.name}` is to run on is not known",
        subject=endpoint.name,
        arithmetic=choice.because if choice else (),
        missing=choice.missing if choice else (f"{endpoint.name}.measured",),
    )


def _utilisation(
    design: Design, endpoint: Endpoint, workload: Workload, capacity: Capacity
) -> Iterator[Finding]:
    """Requests at work at the same time, of those that all replicas could work on."""
    arriving = workload.of(endpoint)
    if arriving is None:
        return  # nothing calls it
    replicas = capacity.sizings[endpoint.name].replicas
    time = fitted(service_time(design, endpoint))
    missing = [m for one in (arriving, replicas) if isinstance(one, Unknown) for m in one.missing]
    if time is None:
        missing.append(f"{endpoint.name}.latency")
    if not isinstance(arriving, Figure) or not isinstance(replicas, Figure) or time is None:
        yield Finding(
            design.place(endpoint, "gpus"),
            f"how busy the GPUs of `{endpoint.name}` are is not known",
            subject=endpoint.name,
            missing=tuple(dict.fromkeys(missing)),
        )
        return
    each = endpoint.concurrency or 1
    mean = time.mean()
    at_work, room = arriving.value * mean, replicas.value * each
    busy = at_work / room
    if busy < LEAST_BUSY * (1 - 1e-9):
        enough = max(FEWEST_REPLICAS, math.ceil(at_work / each / PLANNED))
        fewer = f"replicas = {enough}, or " if enough < replicas.value else ""
        yield Finding(
            design.place(endpoint, "gpus"),
            f"the GPUs of `{endpoint.name}` are {digits(busy * 100)}% busy at peak, under "
            f"{digits(LEAST_BUSY * 100)}%",
            subject=endpoint.name,
            labels=tuple(load_labels(design, endpoint)),
            arithmetic=(
                *arriving.because,
                f"{arriving} x {digits(mean * 1000)} ms mean = {digits(at_work)} requests at work",
                f"{digits(replicas.value)} replicas x {each} at a time = {digits(room)}",
                f"{digits(at_work)} / {digits(room)} = {digits(busy * 100)}%",
            ),
            help=f"{fewer}{SHARING if endpoint.generation else MEASURING + SHARING}",
        )


def _needless(design: Design, endpoint: Endpoint, choice: Choice) -> Iterator[Finding]:
    """The CPU was measured, meets every budget, and is not known to cost more."""
    stated = endpoint.gpus.model.lower() if endpoint.gpus else CPU
    cpu = next((o for o in choice.options if o.on == CPU and o.works and o.met), None)
    gpu = next((o for o in choice.options if o.on.lower() == stated), None)
    if cpu is None or stated == CPU:
        return
    ours, theirs = (gpu.cost if gpu else None), cpu.cost
    if isinstance(ours, Figure) and isinstance(theirs, Figure) and theirs.value >= ours.value:
        return
    saved = ""
    if isinstance(ours, Figure) and isinstance(theirs, Figure):
        saved = f", and {digits(round(ours.value - theirs.value))} USD a month are saved"
    yield Finding(
        design.place(endpoint, "gpus"),
        f"`{endpoint.name}` has {endpoint.gpus}, and the CPU meets every budget{saved}",
        subject=endpoint.name,
        labels=tuple(_measured(design, endpoint, CPU)),
        arithmetic=tuple(one.line for one in (gpu, cpu) if one is not None),
        help="remove gpus, or gpus = auto",
    )


def _measured(design: Design, endpoint: Endpoint, on: str) -> Iterator[Label]:
    for at, measured in enumerate(endpoint.measured):
        if measured.on.lower() == on:
            yield Label(design.place(endpoint, "measured", at), "as measured here")
