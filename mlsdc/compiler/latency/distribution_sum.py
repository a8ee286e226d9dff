"""The sum of independent latencies, by convolution on a ladder of grids.

In: `Summand`s (distributions prepared for addition, worth keeping). Out: the knots of their sum.
Law: the mean of the sum is the sum of the means; sums of constants are exact, and so is the
point mass where every part is at its heaviest one (nobody waits, every cache hits).

Times are never negative, so the sum below T depends only on the parts below T. Each rung of the
ladder is one uniform grid over [0, T], four times as far as the rung below, and answers for its
upper three quarters: microseconds and seconds in one path keep the same relative resolution, a
cell of 1/128 to 1/512 of the time. Two sharp features closer than that are seen as one.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mlsdc.compiler.latency.distribution_knots import (
    TAIL,
    Atoms,
    Floats,
    Knots,
    atoms_of,
    ended,
    frozen,
    thinned,
)

_CELLS = 512
_RATIO = 4.0
_BELOW = 128
_LOW = 0.02
_CELLS_TO_LOW = 16.0
_CELLS_TO_START = 2048.0
_RANGE = 1e-10
_AT_ONCE = 16
_DISCRETE = 400
_ROUNDING = 1e-12
_NEGLIGIBLE = 5e-4
"""Spread of one part, against the earliest times of the sum, that may count as a constant."""

# A transform of twice the grid would wrap the far end of three or more parts onto its beginning.
# Damping the cells geometrically first, and undoing it afterwards, leaves 1e-10 of that.
_DAMPING = np.power(1e-10, np.arange(_CELLS) / (2.0 * _CELLS))
_UNDAMPING = 1.0 / _DAMPING


class Summand(NamedTuple):
    """One distribution, prepared for addition; offsets count from its earliest time, `start`.

    `reach` is the offset of the latest time (0 for a constant), `mean` and `variance` are those of
    the offset, `low` is the offset of the first two percent. The heaviest point mass is `atom`, at
    `atom_offset`. `integral` is that of the probability up to each knot, `half_slope` half the
    probability's slope after it.
    """

    knots: Knots
    start: float
    reach: float
    mean: float
    variance: float
    low: float
    atom: float
    atom_offset: float
    offsets: Floats
    integral: Floats
    half_slope: Floats

    def low_moving(self) -> float:
        """The offset of the first two percent of what is not at offset 0."""
        probability = self.knots.probability
        at_start = float(probability[self.offsets.searchsorted(0.0, "right") - 1])
        level = 1.0 - (1.0 - _LOW) * (1.0 - at_start)
        return float(self.offsets[probability.searchsorted(level)])

    def discrete(self) -> Atoms | None:
        """The point masses, if there is nothing else."""
        if self.offsets[1] > 0.0 or self.offsets[-1] > self.offsets[-2]:
            return None
        atoms = atoms_of(self.knots)
        return atoms if float(atoms.mass.sum()) > 1.0 - _ROUNDING else None

    def integrated(self, offsets: Floats) -> Floats:
        """The integral of P(latency <= start + u) for u from 0 to each offset (seconds)."""
        knot = self.offsets.searchsorted(offsets, "right")
        knot -= 1
        beyond = offsets - self.offsets.take(knot)
        result = self.half_slope.take(knot)
        result *= beyond
        result += self.knots.probability.take(knot)
        result *= beyond
        result += self.integral.take(knot)
        return result


def summand(knots: Knots) -> Summand:
    """The distribution with everything an addition needs of it; worth keeping."""
    seconds, probability = knots
    start = float(seconds[0])
    offsets = seconds - start
    left, right = offsets[:-1], offsets[1:]
    half_width = 0.5 * (right - left)
    mass = probability[1:] - probability[:-1]
    integral = np.zeros(offsets.size)
    np.cumsum((probability[1:] + probability[:-1]) * half_width, out=integral[1:])
    half_slope = np.zeros(offsets.size)
    # A cell without width is never looked up; the addend only keeps its quotient finite.
    np.divide(0.25 * mass, half_width + 1e-290, out=half_slope[:-1])
    reach = float(offsets[-1])
    mean = reach - float(integral[-1])
    both = left + right
    square = float(np.add.reduce(mass * (both * both - left * right))) / 3.0
    variance = max(0.0, square - mean * mean)
    low = float(offsets[probability.searchsorted(_LOW)])
    steps = np.where(left == right, mass, 0.0)
    heaviest = int(steps.argmax())
    atom, atom_offset = float(steps[heaviest]), float(offsets[heaviest])
    return Summand(
        knots, start, reach, mean, variance, low, atom, atom_offset, offsets, integral, half_slope
    )


def shifted(knots: Knots, seconds: float) -> Knots:
    """The same distribution, later by a constant."""
    return Knots(frozen(knots.seconds + seconds), knots.probability)


def total(parts: Sequence[Summand]) -> Knots:
    """The distribution of the sum of one or more independent latencies."""
    constant, varying = _separated(parts)
    if not varying:
        return ended(np.array([constant, constant]), np.array([0.0, 1.0]))
    while len(varying) > _AT_ONCE:
        head, varying = varying[:_AT_ONCE], varying[_AT_ONCE:]
        varying.append(summand(_sum_of_varying(head)))
    return shifted(_sum_of_varying(varying), constant)


def _separated(parts: Sequence[Summand]) -> tuple[float, list[Summand]]:
    """The sum of what is constant, or as good as that, and the rest, widest first."""
    ordered = sorted(parts, key=lambda part: (-part.reach, part.start))
    earliest = math.fsum(part.start for part in parts) + max(part.low for part in parts)
    varying = [part for part in ordered if part.reach > _NEGLIGIBLE * earliest]
    # The widest part stays whole whatever it is, so that its bound is kept.
    if not varying and ordered[0].reach > 0.0:
        varying = ordered[:1]
    fixed = ordered[len(varying) :]
    return math.fsum(part.start + part.mean for part in fixed), varying


def _sum_of_varying(parts: Sequence[Summand]) -> Knots:
    if len(parts) == 1:
        return parts[0].knots
    discrete = [atoms for part in parts if (atoms := part.discrete())]
    exact = _sum_of_atoms(discrete) if len(discrete) == len(parts) else None
    return exact or _ladder(parts)


def _sum_of_atoms(parts: Sequence[Atoms]) -> Knots | None:
    """The exact sum of point masses, None where it takes too many of them."""
    times, mass = parts[0].seconds, parts[0].mass
    for part in parts[1:]:
        if mass.size * part.mass.size > _DISCRETE:
            return None
        times, mass = _pairs(times, mass, part)
    after = np.cumsum(mass)
    probability = np.column_stack([after - mass, after]).ravel()
    return ended(np.repeat(times, 2), probability)


def _pairs(times: Floats, mass: Floats, other: Atoms) -> tuple[Floats, Floats]:
    """All sums of two point masses; times that differ by rounding only become one."""
    times = np.add.outer(times, other.seconds).ravel()
    order = times.argsort(kind="stable")
    times = times[order]
    distinct = np.ones(times.size, dtype=np.bool_)
    distinct[1:] = times[1:] - times[:-1] > _ROUNDING * times[1:]
    first = distinct.nonzero()[0]
    return times[first], np.add.reduceat(np.multiply.outer(mass, other.mass).ravel()[order], first)


def _cell_widths(parts: Sequence[Summand]) -> Floats:
    """The width of a cell on each rung, narrowest first, in seconds.

    Narrow enough for the sum's first two percent, and for its spread: sharing a cell's mass by
    its two ends adds a sixth of a squared width to the variance for each part.
    """
    start = math.fsum(part.start for part in parts)
    mean = math.fsum(part.mean for part in parts)
    deviation = math.sqrt(math.fsum(part.variance for part in parts))
    reach = math.fsum(part.reach for part in parts)
    reach = min(reach, mean + 12.0 * deviation + max(part.reach for part in parts))
    low = max(max(part.low for part in parts), mean - 7.0 * deviation)
    if low <= 0.0:
        low = min(part.low_moving() for part in parts)
    width = min(low / _CELLS_TO_LOW, deviation * math.sqrt(0.12 / len(parts)))
    width = max(width, start / _CELLS_TO_START, reach * _RANGE)
    covered = width * (_CELLS - 2)
    if covered >= reach:
        return np.array([reach / (_CELLS - 2)])
    rungs = 1 + math.ceil(math.log(reach / covered, _RATIO))
    return width * np.power(_RATIO, np.arange(rungs, dtype=np.float64))


def _ladder(parts: Sequence[Summand]) -> Knots:
    widths = _cell_widths(parts)
    offsets = np.multiply.outer(widths, np.arange(_CELLS + 1, dtype=np.float64))
    steps = _steps_to_atoms(parts, widths)
    mass = _convolved(parts, offsets, widths, steps)
    atom = math.prod(part.atom for part in parts)
    atom_offset = math.fsum(part.atom_offset for part in parts)
    atom_step = steps.sum(axis=0)
    rungs = np.flatnonzero(atom_step < _CELLS)
    mass[rungs, atom_step[rungs].astype(np.intp)] -= atom
    # A grid point's mass counts as spread half a cell to either side of it.
    probability = np.cumsum(mass, axis=1)
    mass *= 0.5
    probability -= mass
    offsets -= (atom_step * widths - atom_offset)[:, np.newaxis]
    times = np.concatenate([offsets[0, :_BELOW], offsets[:, _BELOW:-1].ravel()])
    reached = np.concatenate([probability[0, :_BELOW], probability[:, _BELOW:].ravel()])
    if atom_offset > 0.0:
        order = times.argsort(kind="stable")
        times, reached = times[order], reached[order]
    reached[times <= 0.0] = 0.0
    np.maximum(times, 0.0, out=times)
    if atom > TAIL:
        times, reached = _with_atom(times, reached, atom_offset, atom)
    end = math.fsum(part.reach for part in parts)
    np.minimum(times, end, out=times)
    reached[times >= end] = 1.0
    times += math.fsum(part.start for part in parts)
    return thinned(times, reached)


def _steps_to_atoms(parts: Sequence[Summand], widths: Floats) -> Floats:
    """Cells from the beginning of the grid to the heaviest point mass, by part and rung.

    Each part is moved by a fraction of a cell so that its heaviest point mass lies on the grid.
    """
    offsets = np.array([part.atom_offset for part in parts])
    return np.ceil(offsets[:, np.newaxis] / widths - _ROUNDING)


def _convolved(parts: Sequence[Summand], offsets: Floats, widths: Floats, steps: Floats) -> Floats:
    """The mass of the sum at each grid point, a row for each rung.

    The mass of a part's cell is shared by its two ends so that its mean is kept: the second
    difference of the integrated probability.
    """
    rungs = widths.size
    rows = np.empty((len(parts), rungs, _CELLS))
    for row, part, step in zip(rows, parts, steps, strict=True):
        at = offsets
        if part.atom_offset > 0.0:
            at = np.maximum(offsets - (step * widths - part.atom_offset)[:, np.newaxis], 0.0)
        integral = part.integrated(at.ravel()).reshape(rungs, -1)
        change = integral[:, 1:] - integral[:, :-1]
        row[:] = change
        row[:, 1:] -= change[:, :-1]
    rows *= _DAMPING
    rows /= widths[:, np.newaxis]
    spectra = np.fft.rfft(rows, 2 * _CELLS)
    mass = np.fft.irfft(np.multiply.reduce(spectra, axis=0), 2 * _CELLS)[:, :_CELLS]
    mass *= _UNDAMPING
    return mass


def _with_atom(
    times: Floats, reached: Floats, seconds: float, mass: float
) -> tuple[Floats, Floats]:
    """The same polyline with one more point mass, as a step."""
    after = int(times.searchsorted(seconds, "right"))
    before = np.interp(seconds, times, reached)
    return (
        np.concatenate([times[:after], np.array([seconds, seconds]), times[after:]]),
        np.concatenate(
            [reached[:after], np.array([before, before + mass]), reached[after:] + mass]
        ),
    )
