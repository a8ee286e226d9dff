"""CAP007, CAP015, CAP016 and CAP020 at their edges, against published figures and other means."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize

from mlsdc.compiler.analyses.trainings import Run, Trainings
from mlsdc.compiler.estimates.hardware import GIB_OVER_GB
from mlsdc.compiler.figures import Figure, Unknown, duration
from mlsdc.diagnostics import Diagnostic
from tests.compiler.checking import at, fact, labelled, only, said

PRODUCTION = 'system shop { tier = production  owner = "ml"  contact = "#ml" }\n'
TEXT = """
lake states { retention = 30d }
training tune { JOB }
model big { training = tune  framework = pytorch  MODEL }
"""


def design(job: str, model: str = "architecture { params = 7_500_000_000 }") -> str:
    """One training of one model."""
    return TEXT.replace("JOB", job).replace("MODEL", model)


def run(job: str, model: str = "architecture { params = 7_500_000_000 }") -> Run:
    """What is found out about it."""
    return fact(design(job, model), Trainings).of["tune"]


def needed(job: str, model: str = "architecture { params = 7_500_000_000 }") -> float:
    """Bytes on one device."""
    (fit,) = run(job, model).fits
    assert isinstance(fit.needed, Figure)
    return fit.needed.value


class TestMemory:
    """CAP007."""

    @pytest.mark.parametrize(
        ("job", "gigabytes"),
        [
            ("strategy = ddp", 120),
            ("strategy = deepspeed  sharding = zero1", 31.4),
            ("strategy = deepspeed  sharding = zero2", 16.6),
            ("strategy = deepspeed  sharding = zero3", 1.88),
            ("strategy = fsdp", 1.88),
        ],
    )
    def test_the_figures_of_zero(self, job: str, gigabytes: float) -> None:
        """Rajbhandari et al. 2020, figure 1: 7.5 billion parameters on 64 GPUs."""
        found = needed(f"{job}  nodes = 8  gpus = 8 x v100")
        assert found / 1e9 == pytest.approx(gigabytes, rel=0.003)

    @pytest.mark.parametrize(
        ("job", "per_parameter"),
        [
            ("", 16),
            ("precision = fp32", 16),
            ("precision = fp16  optimizer = momentum", 12),
            ("precision = fp32  optimizer = sgd", 8),
            ("optimizer = adafactor", 8),
            ("offload = true", 4),
            ("tensor = 4  nodes = 4", 4),
            ("tensor = 2  pipeline = 4  nodes = 8", 2),
            ("trainable = 75_000_000", 2 + 0.16),
        ],
    )
    def test_bytes_of_a_parameter(self, job: str, per_parameter: float) -> None:
        found = needed(f"strategy = ddp  {job}  gpus = 1 x a100")
        assert found / 7.5e9 == pytest.approx(per_parameter)

    @given(
        st.sampled_from(["none", "zero1", "zero2", "zero3"]),
        st.sampled_from([1, 2, 4, 8]),
        st.integers(1, 4),
    )
    def test_counted_apart(self, sharding: str, gpus: int, nodes: int) -> None:
        """Weights 2, gradients 2, moments and copy 12: each whole or divided among all ranks."""
        ranks = gpus * nodes
        level = ["none", "zero1", "zero2", "zero3"].index(sharding)
        each = [2 / (ranks if level >= 3 else 1), 2 / (ranks if level >= 2 else 1),
                12 / (ranks if level >= 1 else 1)]  # fmt: skip
        job = f"strategy = deepspeed  sharding = {sharding}  nodes = {nodes}  gpus = {gpus} x h100"
        assert needed(job) == pytest.approx(7.5e9 * sum(each))

    def test_activations_where_the_shape_is_known(self) -> None:
        """Korthikanti et al. 2022: s b h L (34 + 5 a s / h) without parallelism."""
        shape = "architecture { params = 1_000_000  layers = 4  hidden = 1024  heads = 16 }"
        job = "gpus = 1 x h100  sequence = 2048  micro_batch = 3"
        extra = 2048 * 3 * 1024 * 4 * (34 + 5 * 16 * 2048 / 1024)
        stored = f"{job}  flash_attention = false"
        assert needed(stored, shape) == pytest.approx(16e6 + extra)
        assert needed(job.replace("sequence = 2048", ""), shape) == 16e6
        assert needed(job, shape) == pytest.approx(16e6 + 2048 * 3 * 1024 * 4 * 34)

    def test_a_published_shape(self) -> None:
        shape = needed("gpus = 8 x h100", 'architecture = "llama-3-8b"')
        assert shape / 16 == pytest.approx(8.03e9, rel=0.01)

    @pytest.mark.parametrize(("more", "found"), [(0, 0), (1, 1)])
    def test_edge(self, more: int, found: int) -> None:
        """An H100 has 80 GB by its data sheet, which are GiB."""
        params = int(80e9 * GIB_OVER_GB / 16) + more
        text = design("gpus = 1 x h100", f"architecture {{ params = {params} }}")
        assert len(said(text, "CAP007")) == found

    def test_the_text_of_a_finding(self) -> None:
        text = design("strategy = ddp  gpus = 8 x h100")
        one = only(text, "CAP007")
        assert one.message == "training `big` takes 112GiB on each h100, which has 80GiB"
        assert at(one, text) == "8 x h100"
        assert labelled(one, text) == ["architecture"]
        assert one.help == "sharding = zero1"
        assert said(text.replace("gpus", f"{one.help}  gpus"), "CAP007") == []

    @pytest.mark.parametrize(
        ("job", "help"),
        [
            ("strategy = ddp  gpus = 8 x v100", "sharding = zero2"),
            ("strategy = ddp  gpus = 8 x t4", "sharding = zero3"),
            ("strategy = fsdp  gpus = 2 x t4",
             "more accelerators with sharding = zero3, or larger ones"),
            ("gpus = 1 x h100", "more accelerators with sharding = zero3, or larger ones"),
            ("memory = 64GiB", "more memory, or a smaller model"),
        ],
    )  # fmt: skip
    def test_the_mildest_remedy(self, job: str, help: str) -> None:
        assert only(design(job), "CAP007").help == help

    def missing(self, job: str, model: str = "") -> list[tuple[str, ...]]:
        text = PRODUCTION + (design(job, model) if model else design(job))
        assert said(text.removeprefix(PRODUCTION), "CAP007") == []
        return [d.missing for d in said(text, "CAP007")]

    def test_undecided(self) -> None:
        deepspeed = "strategy = deepspeed  gpus = 8 x h100"
        assert self.missing(deepspeed) == [("tune.sharding",)]
        assert self.missing(deepspeed, "architecture { params = 1_000_000 }") == []
        assert self.missing("gpus = 1 x h100", "architecture { layers = 3 }") == [
            ("big.architecture.params",)
        ]
        assert self.missing("gpus = 1 x imaginary") == [("tune.gpus",)]
        assert self.missing("") == [("tune.memory",)]
        assert self.missing("gpus = 1 x h100", " ") == []

    def test_too_large_however_it_is_divided(self) -> None:
        text = design("strategy = deepspeed  gpus = 8 x t4",
                      "architecture { params = 70_000_000_000 }")  # fmt: skip
        assert "unknown" not in only(text, "CAP007").message


class TestTime:
    """CAP016."""

    def time(self, job: str, model: str = "") -> float:
        found = run(job, model).time
        assert isinstance(found, Figure)
        return found.value

    def test_from_steps(self) -> None:
        assert self.time("steps = 1000  step_time = 2s") == 2000
        assert self.time("examples = 64_000  epochs = 3  batch = 64  step_time = 500ms") == 1500
        assert self.time("nodes = 2  gpus = 8 x h100  examples = 64_000  batch = 64  "
                         "step_time = 500ms  strategy = ddp") == 500  # fmt: skip
        assert self.time("steps = 1000  step_time = 2s  evaluation = 100s") == 2100
        assert self.time("runtime = 5s  steps = 1000  step_time = 2s") == 5

    def test_from_flops(self) -> None:
        """6 FLOP for each parameter and token, at an assumed share of the data sheet's peak."""
        job = "strategy = fsdp  gpus = 8 x h100  examples = 1_000_000  sequence = 2048"
        found = self.time(job, "architecture { params = 7_000_000_000 }")
        assert 6 * 7e9 * 2048e6 / (8 * 989e12) < found < 6 * 7e9 * 2048e6 / (8 * 989e12) * 5

    @pytest.mark.parametrize(
        ("job", "message"),
        [
            ("every = 1d  runtime = 24h", ""),
            ("every = 1d  runtime = 25h",
             "a run of `tune` takes 25h, the next starts after 1d"),
            ("every = 1d  runtime = 23h  evaluation = 1h", ""),
            ("every = 1d  runtime = 23h  evaluation = 61m",
             "a run of `tune` takes 24h01m with its evaluation, the next starts after 1d"),
            ("every = 1h  steps = 7204  step_time = 500ms",
             "a run of `tune` takes 1h00m02s, the next starts after 1h"),
            ("every = 1h  steps = 7200  step_time = 500ms", ""),
            ("runtime = 900h", ""),
            ("every = 1h", ""),
        ],
    )  # fmt: skip
    def test_edges(self, job: str, message: str) -> None:
        found = said(design(job, ""), "CAP016")
        assert [d.message for d in found] == ([message] if message else [])

    def test_undecided(self) -> None:
        (one,) = said(design("every = 1h  steps = 100", ""), "CAP016")
        assert one.missing == ("tune.runtime",)


SPOT = "purchase = spot  checkpoint = states  interruptions = 1/d  nodes = 8  save_time = 2m"


class TestCheckpoints:
    """CAP015."""

    def found(self, job: str) -> list[Diagnostic]:
        return said(design(job, ""), "CAP015")

    @given(st.floats(0.1, 3600), st.floats(3600, 1e7))
    def test_the_interval_wastes_least(self, save: float, failures: float) -> None:
        """Against a numerical minimum of the share that is lost."""
        made = self.made(save, failures)
        assert isinstance(made.interval, Figure)

        def lost(interval: float) -> float:
            return save / interval + interval / (2 * failures)

        best = made.interval.value
        # SciPy ships no types.
        minimize: Any = optimize.minimize_scalar  # pyright: ignore[reportUnknownMemberType]
        found = minimize(lost, bounds=(best / 50, best * 50), method="bounded",
                         options={"xatol": best * 1e-6})  # fmt: skip
        assert best == pytest.approx(float(found.x), rel=1e-3)
        assert made.wasted(best) == pytest.approx(float(found.fun), rel=1e-6)

    def made(self, save: float, failures: float) -> Run:
        best = math.sqrt(2 * save * failures)
        return Run((), Unknown(()), duration(failures), duration(best))

    def test_the_waste_against_simulation(self) -> None:
        """Work of 200 days, saved every half hour, interrupted at random once in 6 hours."""
        chance, failures, every, save = random.Random(1), 6 * 3600.0, 1800.0, 60.0
        predicted = self.made(save, failures).wasted(every)
        done = clock = 0.0
        strike = chance.expovariate(1 / failures)
        while done < 200 * 86400:
            if clock + every + save <= strike:
                clock, done = clock + every + save, done + every
            else:
                clock = strike
                strike += chance.expovariate(1 / failures)
        assert predicted is not None
        assert 1 - done / clock == pytest.approx(predicted, rel=0.1)

    @pytest.mark.parametrize(
        ("every", "found"),
        [
            ("27m", ""),  # sqrt(2 x 2 m x 3 h)
            ("1h10m", ""),  # 2.6 times as long wastes 1.5 times as much
            ("1h11m", "rarely"),
            ("11m", ""),
            ("10m", "often"),
        ],
    )
    def test_far(self, every: str, found: str) -> None:
        messages = [d.message for d in self.found(f"{SPOT}  save_every = {every}")]
        assert len(messages) == bool(found)
        assert all(f"too {found}" in message for message in messages)

    def test_what_nobody_notices(self) -> None:
        """Far from the best, and less than one percent is lost by it."""
        job = "checkpoint = states  interruptions = 0.1/d  save_time = 1s  save_every = 4h"
        assert self.found(job) == []

    def test_the_text_of_a_finding(self) -> None:
        text = design(f"{SPOT}  save_every = 6h", "")
        one = only(text, "CAP015")
        assert one.message == (
            "`tune` saves too rarely: every 6h loses all of the time, every 26m50s 14.9%"
        )
        assert one.help == "save_every = 27m"
        assert said(text.replace("save_every = 6h", one.help), "CAP015") == []
        assert one.arithmetic[-1] == "sqrt(2 x 2m x 3h) = 26m50s"

    def test_never(self) -> None:
        (one,) = self.found("purchase = spot")
        assert one.message == "`tune` runs on nodes that may be taken away, and saves nothing"
        assert self.found("runtime = 3h") == []

    @pytest.mark.parametrize(
        ("job", "missing"),
        [
            ("purchase = spot  checkpoint = states",
             ("tune.save_every", "tune.save_time", "tune.interruptions")),
            ("save_every = 1h  save_time = 1s", ("tune.interruptions",)),
            ("save_every = 1h  save_time = 1s  interruptions = 0/d", ("tune.interruptions",)),
        ],
    )  # fmt: skip
    def test_undecided(self, job: str, missing: tuple[str, ...]) -> None:
        assert [d.missing for d in self.found(job)] == [missing]

    def test_no_time_at_all(self) -> None:
        """A save that takes no time is best made always: nothing is divided by zero."""
        job = "checkpoint = states  interruptions = 1/d  save_time = 0s  save_every = 4h"
        assert [d.help for d in self.found(job)] == ["save_every = 0us"]


class TestDegrees:
    """CAP020."""

    @pytest.mark.parametrize(
        ("job", "message"),
        [
            ("strategy = megatron  nodes = 2  gpus = 8 x h100  tensor = 8  pipeline = 2", ""),
            ("strategy = megatron  nodes = 2  gpus = 8 x h100  tensor = 4  pipeline = 2", ""),
            ("strategy = megatron  nodes = 2  gpus = 8 x h100  tensor = 4  pipeline = 3",
             "`tune` has 16 processes, which is no multiple of tensor x pipeline = 12"),
            ("strategy = megatron  nodes = 2  gpus = 8 x h100  tensor = 4  data = 4", ""),
            ("strategy = megatron  nodes = 2  gpus = 8 x h100  tensor = 4  data = 2",
             "`tune` has 16 processes, which is not tensor x data = 8"),
            ("strategy = fsdp  gpus = 8 x h100", ""),
            ("strategy = ddp  nodes = 3", ""),
            ("strategy = ddp", "`tune` spreads by ddp over 1 process"),
            ("strategy = ddp  gpus = 1 x h100", "`tune` spreads by ddp over 1 process"),
            ("strategy = single  gpus = 4 x h100", ""),
            ("nodes = 2", "`tune` trains on one node by its strategy, and has 2"),
            ("tuning { trials = 4  parallel = 4 }", ""),
            ("tuning { trials = 4  parallel = 5 }", "`tune` tries 5 at a time, of 4 trials"),
        ],
    )  # fmt: skip
    def test_edges(self, job: str, message: str) -> None:
        found = [d.message for d in said(design(job, ""), "CAP020")]
        assert found == ([message] if message else [])

    def test_the_help(self) -> None:
        text = design("strategy = megatron  gpus = 8 x h100  tensor = 2  data = 8", "")
        assert only(text, "CAP020").help == "data = 4"
        text = design("strategy = megatron  gpus = 8 x h100  tensor = 3", "")
        assert only(text, "CAP020").help == "nodes x gpus = 9, or degrees whose product divides 8"
