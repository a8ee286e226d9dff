"""The sum of two independent latencies, by convolution on a ladder of grids.

In: two `Summand`s (a distribution prepared for addition, worth keeping). Out: the knots of the
sum. Law: the mean of the sum is the sum of the means; point masses add to point masses exactly.

Times are never negative, so the sum below T depends only on the parts below T. Each rung of the
ladder is one uniform grid over [0, T], four times as far as the rung below, and answers for its
upper three quarters: microseconds and seconds in one path keep the same relative resolution.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mlsdc.compiler.distribution_knots import (
    Atoms,
    Floats,
    Knots,
    atoms_of,
    ended,
    frozen,
    moments_of,
    thinned,
)

_CELLS = 256
_RATIO = 4
_LOW = 0.02
_CELLS_TO_LOW = 16.0
_CELLS_TO_START = 2048.0
_RANGE = 1e-7
_EXACT_ATOMS = 6
_DISCRETE = 400
_ROUNDING = 1e-12
_NEGLIGIBLE = 5e-4
"""Spread of one part, against the earliest times of the sum, that may count as a constant."""


@dataclass(frozen=True)
class Summand:
    """One distribution, prepared for `add`: point masses apart, the rest integrated."""

    knots: Knots

    @cached_property
    def mean(self) -> float:
        return moments_of(self.knots)[0]

    @cached_property
    def start(self) -> float:
        return float(self.knots.seconds[0])

    @cached_property
    def reach(self) -> float:
        """From the earliest to the latest time, in seconds."""
        return float(self.knots.seconds[-1]) - self.start

    @cached_property
    def low(self) -> float:
        """How far after the start the first two percent have come."""
        return self._reached(self.knots.probability, _LOW)

    @cached_property
    def low_smooth(self) -> float:
        """The same, of the part without point masses."""
        return self._reached(self.smooth, _LOW * float(self.smooth[-1]))

    def _reached(self, probability: Floats, level: float) -> float:
        knot = min(int(probability.searchsorted(level)), probability.size - 1)
        return float(self.knots.seconds[knot]) - self.start

    @cached_property
    def every_atom(self) -> Atoms:
        """All point masses, in order of time."""
        return atoms_of(self.knots)

    @cached_property
    def is_discrete(self) -> bool:
        """Whether there is nothing but point masses."""
        mass = self.every_atom.mass
        return mass.size > 0 and float(mass.sum()) > 1.0 - 1e-12

    @cached_property
    def atoms(self) -> Atoms:
        """The heaviest point masses, in order of time; the grid smears any others by a cell."""
        every = self.every_atom
        if every.mass.size <= _EXACT_ATOMS:
            return every
        heaviest = np.sort(np.argsort(-every.mass, kind="stable")[:_EXACT_ATOMS])
        return Atoms(every.knot[heaviest], every.seconds[heaviest], every.mass[heaviest])

    @cached_property
    def smooth(self) -> Floats:
        """Probability at each knot, less the point masses taken apart."""
        knot, _, mass = self.atoms
        probability = self.knots.probability
        if not knot.size:
            return probability
        removed = np.zeros_like(probability)
        removed[knot + 1] = mass
        return probability - np.cumsum(removed)

    @cached_property
    def _integral(self) -> tuple[Floats, Floats, Floats]:
        """Times from the start, integral of `smooth` up to each, half its slope after each."""
        offsets = self.knots.seconds - self.start
        half_width = 0.5 * (offsets[1:] - offsets[:-1])
        smooth = self.smooth
        integral = np.zeros_like(offsets)
        np.cumsum((smooth[1:] + smooth[:-1]) * half_width, out=integral[1:])
        half_slope = np.zeros_like(offsets)
        # A cell without width is never looked up; the addend only keeps its quotient finite.
        half_slope[:-1] = 0.25 * (smooth[1:] - smooth[:-1]) / (half_width + 1e-290)
        return offsets, integral, half_slope

    def integrated(self, offsets: Floats) -> Floats:
        """The integral of P(smooth part <= u) for u from 0 to each offset (seconds)."""
        own, integral, half_slope = self._integral
        knot = own.searchsorted(offsets, "right")
        knot -= 1
        beyond = offsets - own.take(knot)
        result = half_slope.take(knot)
        result *= beyond
        result += self.smooth.take(knot)
        result *= beyond
        result += integral.take(knot)
        return result


def add(one: Summand, other: Summand) -> Knots:
    """The distribution of the sum of two independent latencies."""
    if one.reach <= _NEGLIGIBLE * (one.start + other.start + other.low):
        return shifted(other.knots, one.mean)
    if other.reach <= _NEGLIGIBLE * (one.start + other.start + one.low):
        return shifted(one.knots, other.mean)
    if one.is_discrete and other.is_discrete:
        exact = _sum_of_atoms(one.every_atom, other.every_atom)
        if exact is not None:
            return exact
    times, probability = _ladder(one, other)
    if one.atoms.mass.size or other.atoms.mass.size:
        times, probability = _with_atoms(times, probability, one, other)
    end = one.start + one.reach + other.start + other.reach
    np.minimum(times, end, out=times)
    probability[times >= end] = 1.0
    return thinned(times, probability)


def shifted(knots: Knots, seconds: float) -> Knots:
    """The same distribution, later by a constant."""
    return Knots(frozen(knots.seconds + seconds), knots.probability)


def _sum_of_atoms(one: Atoms, other: Atoms) -> Knots | None:
    if one.mass.size * other.mass.size > _DISCRETE:
        return None
    times, mass = _pairs_of_atoms(one, other)
    after = np.cumsum(mass)
    probability = np.column_stack([after - mass, after]).ravel()
    return ended(np.repeat(times, 2), probability)


def _pairs_of_atoms(one: Atoms, other: Atoms) -> tuple[Floats, Floats]:
    """Times and masses of all pairs; times that differ by rounding only are one."""
    times = np.add.outer(one.seconds, other.seconds).ravel()
    order = times.argsort(kind="stable")
    times = times[order]
    distinct = np.ones(times.size, dtype=np.bool_)
    distinct[1:] = times[1:] - times[:-1] > _ROUNDING * times[1:]
    first = distinct.nonzero()[0]
    mass = np.multiply.outer(one.mass, other.mass).ravel()[order]
    return times[first], np.add.reduceat(mass, first)


def _cell_widths(one: Summand, other: Summand) -> Floats:
    """The width of a cell on each rung, narrowest first, in seconds."""
    reach = one.reach + other.reach
    low = max(one.low, other.low)
    if low <= 0.0:
        low = min(one.low_smooth, other.low_smooth)
    width = max(low / _CELLS_TO_LOW, (one.start + other.start) / _CELLS_TO_START, reach * _RANGE)
    rungs = 1
    if width * (_CELLS - 2) < reach:
        rungs += math.ceil(math.log(reach / (width * (_CELLS - 2)), _RATIO))
    else:
        width = reach / (_CELLS - 2)
    return width * np.power(float(_RATIO), np.arange(rungs, dtype=np.float64))


def _ladder(one: Summand, other: Summand) -> tuple[Floats, Floats]:
    """Times, and the probability that both smooth parts are in and their sum has come.

    The mass of a cell is shared by its two ends so that its mean is kept (second difference of
    the integral); the result is read half a cell around each grid point.
    """
    widths = _cell_widths(one, other)
    rungs = widths.size
    offsets = np.multiply.outer(widths, np.arange(_CELLS + 1, dtype=np.float64))
    flat = offsets.ravel()
    first = one.integrated(flat).reshape(rungs, -1)
    second = other.integrated(flat).reshape(rungs, -1)
    rows = np.empty((2 * rungs, _CELLS))
    change = first[:, 1:] - first[:, :-1]
    rows[:rungs] = change
    rows[:rungs, 1:] -= change[:, :-1]
    rows[rungs:] = second[:, 1:]
    rows[rungs:, 1:] -= second[:, :-2]
    spectrum = np.fft.rfft(rows, 2 * _CELLS)
    both = np.fft.irfft(spectrum[:rungs] * spectrum[rungs:], 2 * _CELLS)[:, :_CELLS]
    both /= (2.0 * widths * widths)[:, np.newaxis]
    both[0, 0] = 0.0
    below = _CELLS // _RATIO
    times = np.concatenate([offsets[0, :below], offsets[:, below:-1].ravel()])
    times += one.start + other.start
    return times, np.concatenate([both[0, :below], both[:, below:].ravel()])


def _with_atoms(
    times: Floats, probability: Floats, one: Summand, other: Summand
) -> tuple[Floats, Floats]:
    """Adds what the point masses of either part contribute to the ladder's result."""
    pairs: tuple[Floats, Floats] | None = None
    if one.atoms.mass.size and other.atoms.mass.size:
        pairs = _pairs_of_atoms(one.atoms, other.atoms)
        grid, smooth = times, probability
        times = np.sort(np.concatenate([grid, pairs[0], pairs[0]]), kind="stable")
        probability = np.interp(times, grid, smooth)
    for here, there in ((one, other), (other, one)):
        for seconds, mass in here.atoms.pairs():
            rest = np.interp(times - seconds, there.knots.seconds, there.smooth, left=0.0)
            probability = probability + mass * rest
    if pairs:
        probability = probability + _stairs(times, *pairs)
    return times, probability


def _stairs(times: Floats, steps: Floats, mass: Floats) -> Floats:
    """The probability of point masses, on a grid that holds each of them twice or more."""
    after = np.concatenate([np.zeros(1), np.cumsum(mass)])
    result = after[steps.searchsorted(times, "right")]
    result[times.searchsorted(steps, "left")] -= mass
    return result
