"""Trainings in, the memory of each device, the time of a run and the best checkpoint interval out.

Sources: Rajbhandari et al. 2020 (states and what is divided), Korthikanti et al. 2022
(activations), Young 1974 and Daly 2006 (checkpoints).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from mlsdc.compiler.capacity.hardware_tables import HardwareTables
from mlsdc.compiler.design import Design
from mlsdc.compiler.estimates.hardware import GIB_OVER_GB, Hardware
from mlsdc.compiler.figures import Figure, Known, Unknown, duration
from mlsdc.compiler.model.learning import Model, Training
from mlsdc.compiler.schedule import analysis
from mlsdc.units import BYTES, show, show_bytes, show_duration


@dataclass(frozen=True)
class Fit:
    """One model of a training in the memory of one device."""

    model: Model
    device: Known
    """Bytes that one device has at the most."""
    on: str
    """What the device is: `h100`, `node`."""
    needed: Known
    """Bytes of states, and of activations where the model's shape is stated."""
    divided: tuple[Known, ...] = ()
    """The same at each ZeRO stage, 0 to 3; only where it does not fit, or no stage is stated."""


@dataclass(frozen=True)
class Run:
    """What one run of a training takes."""

    fits: tuple[Fit, ...]
    time: Known
    """Seconds of one run, evaluation included."""
    failures: Known
    """Seconds between two interruptions of the run."""
    interval: Known
    """Seconds between two checkpoints that lose the least."""

    def wasted(self, interval: float) -> float | None:
        """The share of time lost to saving every so often, and to what is computed again."""
        if isinstance(self.failures, Unknown) or isinstance(self.interval, Unknown):
            return None
        saving = self.interval.value**2 / (2 * self.failures.value)
        return saving / interval + interval / (2 * self.failures.value)


@dataclass(frozen=True)
class Trainings:
    """Every training of the design."""

    of: dict[str, Run] = field(default_factory=dict[str, Run])


@analysis
def trainings(design: Design, tables: HardwareTables) -> Trainings:
    """Work out every training."""
    found: dict[str, Run] = {}
    models: dict[str, list[Model]] = {}
    for model in design.of(Model):
        if model.training is not None:
            models.setdefault(model.training, []).append(model)
    for training in design.of(Training):
        shaped = [m for m in models.get(training.name, []) if m.architecture is not None]
        hardware = tables.read() if shaped or training.gpus else Hardware()
        fits = tuple(_fit(training, model, hardware) for model in shaped)
        failures = _failures(training)
        interval = _interval(training, failures)
        time = _time(training, shaped, hardware)
        found[training.name] = Run(fits, time, failures, interval)
    return Trainings(found)


def _fit(training: Training, model: Model, hardware: Hardware) -> Fit:
    from mlsdc.compiler.capacity.training_inputs import ranks, shape_inputs, stage, world

    shape = shape_inputs(model, hardware)
    device, on = _device(training, hardware)
    if "params" not in shape:
        return Fit(model, device, on, Unknown((f"{model.name}.architecture.params",)))
    copies = ranks(training)
    # With one device there is nothing to divide among.
    level = 0 if world(training) == 1 else stage(training)
    needed: Known = Unknown((f"{training.name}.sharding",))
    if level is not None:
        needed = _needed(training, model, hardware, level, copies)
        if not isinstance(needed, Figure) or not _over(needed, device):
            return Fit(model, device, on, needed)
    divided = tuple(_needed(training, model, hardware, at, copies) for at in range(4))
    return Fit(model, device, on, needed, divided)


def _over(needed: Figure, device: Known) -> bool:
    return isinstance(device, Figure) and needed.value > device.value


def _device(training: Training, hardware: Hardware) -> tuple[Known, str]:
    from mlsdc.compiler.estimates.refusal import Refusal

    if training.gpus is None:
        if training.memory is None:
            return Unknown((f"{training.name}.memory",)), "node"
        why = f"node: {show(training.memory)}"
        return Figure(training.memory.value, BYTES, (why,)), "node"
    try:
        row = hardware.accelerator(training.gpus.model)
    except Refusal:
        return Unknown((f"{training.name}.gpus",)), training.gpus.model
    size = row.memory * GIB_OVER_GB
    why = f"{row.name}: {show_bytes(size)} ({row.source}, {row.date})"
    return Figure(size, BYTES, (why,)), training.gpus.model


def _needed(training: Training, model: Model, hardware: Hardware, level: int, copies: int) -> Known:
    """Bytes on one device at a ZeRO stage."""
    from mlsdc.compiler.capacity.training_inputs import memory_inputs, shape_inputs
    from mlsdc.compiler.estimates.methods import memory
    from mlsdc.compiler.estimates.refusal import Missing
    from mlsdc.compiler.estimates.working import Working
    from mlsdc.compiler.language.model_sheet import lines

    inputs = memory_inputs(training, shape_inputs(model, hardware), level, copies)
    working = Working(inputs, hardware)
    size = 0.0
    if training.trainable is not None:
        parts = training.tensor * training.pipeline * (copies if level == 3 else 1)
        size = memory.weight_bytes(working) * memory.needed(working, "params") / parts
        working.step("frozen weights", f"over {parts} devices", size, "B")
        working.inputs = {**inputs, "params": float(training.trainable)}
    size += memory.model_states(working)
    if all(name in inputs for name in ("layers", "hidden", "heads", "seq_len")):
        try:
            size += memory.activations(working)
        except Missing as error:
            return Unknown(tuple(f"{model.name}.architecture.{f}" for f in error.fields))
    return Figure(size, BYTES, lines(working.steps))


def _time(training: Training, models: list[Model], hardware: Hardware) -> Known:
    """As stated, else from steps, else from FLOPs; the evaluation comes on top."""
    if training.runtime is not None:
        run: Known = duration(training.runtime.value, f"run: {show(training.runtime)}")
    else:
        run = _derived_time(training, models, hardware)
    if isinstance(run, Unknown) or training.evaluation is None:
        return run
    whole = run.value + training.evaluation.value
    evaluated = f"evaluation: {show(training.evaluation)}, {show_duration(whole)} with the run"
    return duration(whole, *run.because, evaluated)


def _derived_time(training: Training, models: list[Model], hardware: Hardware) -> Known:
    from mlsdc.compiler.capacity.training_inputs import shape_inputs, time_inputs
    from mlsdc.compiler.estimates.methods.training import METHODS
    from mlsdc.compiler.estimates.refusal import Missing, Refusal
    from mlsdc.compiler.estimates.working import evaluate
    from mlsdc.compiler.language.model_sheet import lines

    shape = shape_inputs(models[0], hardware) if len(models) == 1 else {}
    inputs = time_inputs(training, shape)
    for method in METHODS:
        if method.quantity != "training_time" or not method.applies(inputs):
            continue
        try:
            estimate = evaluate(method, inputs, hardware)
        except (Missing, Refusal):
            continue
        return duration(estimate.value, *lines(estimate.steps))
    return Unknown((f"{training.name}.runtime",))


def _failures(training: Training) -> Known:
    """The run stands when any of its nodes is gone."""
    each = training.interruptions
    if each is None or not each.value:
        return Unknown((f"{training.name}.interruptions",))
    value = 1 / (each.value * training.nodes)
    return duration(value, f"{training.nodes} nodes x {show(each)}: one in {show_duration(value)}")


def _interval(training: Training, failures: Known) -> Known:
    """Young's first-order optimum, sqrt(2 x save time x time between interruptions)."""
    missing = [] if training.save_time is not None else [f"{training.name}.save_time"]
    if isinstance(failures, Unknown):
        missing += failures.missing
    if missing or training.save_time is None or isinstance(failures, Unknown):
        return Unknown(tuple(missing))
    value = math.sqrt(2 * training.save_time.value * failures.value)
    line = (f"sqrt(2 x {show(training.save_time)} x {show_duration(failures.value)}) = "
            f"{show_duration(value)}")  # fmt: skip
    return duration(value, *failures.because, line)
