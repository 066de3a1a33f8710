"""The unit a column of numbers counts in.

Integers, money with two decimals and dates all lie on a grid: ``origin + step * k``. Learning
``k`` keeps them on it, exactly, whatever their size.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np

# Integers up to here are exact in float64, the type all further arithmetic is done in.
_EXACT = 2**53
# Real numbers below 2**-600 are learnt as multiples of it: the slopes of laws over them would
# overflow. A power of two, so that no digit is lost.
_TINY_EXPONENT = 600
# Columns that reach above 2**1000 are learnt as fractions of it: distances and sums would overflow.
_HUGE_EXPONENT, _HUGE_SHIFT = 1000, 32
# Origins are multiples of at least 2**32 steps: 0 for most columns, whatever their values are,
# and far from spending the 2**53.
_ORIGIN_BITS = 32
# A stretch without values is left out between multiples of so many steps, which say as little of
# the values beside it; a column has a few numbers that lie apart, for "never" and "unknown".
_CUT_BITS, _MOST_CUTS = 40, 16


class Cut(NamedTuple):
    """A stretch of the number line without values, from `start` on, that is not counted."""

    start: int
    length: int


@dataclass(frozen=True)
class Scale:
    """A grid of integers, or the real line where there is no grid.

    Where a few numbers lie so far from the others that float64 could not count all steps between
    them, the widest stretches without values are left out.

    Parameters
    ----------
    origin : int
        A round number below the values; 0 on the real line.
    step : int
        Distance between neighbours on the grid; 0 on the real line.
    exponent: int
        On the real line, the power of two that numbers are multiplied by.
    cuts : tuple of Cut
        Stretches of the grid that are left out, ascending.
    """

    origin: int = 0
    step: int = 0
    exponent: int = 0
    cuts: tuple[Cut, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no column has, as a damaged file may."""
        numbers = [self.origin, *(cut.start for cut in self.cuts)]
        lengths = [self.step, *(cut.length for cut in self.cuts)]
        if not all(-(2**63) <= n < 2**64 for n in numbers) or not all(
            0 <= n < 2**64 for n in lengths
        ):
            raise ValueError("a scale is counted in 64 bits")

    @classmethod
    def of(cls, values: np.ndarray) -> "Scale":
        """Return the coarsest grid that distinct, ascending values lie on.

        Floats get the real line, integers the grid of their greatest common divisor.
        """
        if len(values) == 0:
            return cls()
        if values.dtype.kind == "f":
            largest = np.abs(values).max()
            if largest > 2.0**_HUGE_EXPONENT:
                return cls(exponent=-_HUGE_SHIFT)
            is_tiny = 0.0 < largest < 2.0**-_TINY_EXPONENT
            return cls(exponent=_TINY_EXPONENT if is_tiny else 0)
        lowest, highest = int(values[0]), int(values[-1])
        gaps = np.diff(values).astype(np.uint64)
        step = int(np.gcd.reduce(gaps)) if len(gaps) else 1
        cuts: tuple[Cut, ...] = ()
        if (highest - lowest) // step >= _EXACT // 2:
            cuts = _cuts(values, gaps, step)
        length = highest - lowest - sum(cut.length for cut in cuts)
        if length // step >= _EXACT // 2:
            cuts, length = (), highest - lowest
        offset = lowest % step
        # Finer than float64 can count, as nanoseconds over years are: give up the last digits.
        while length // step >= _EXACT // 2:
            step, offset = 10 * step, 0
        # A round origin, so that the file does not hold the smallest value of the table.
        reach = step << max(_ORIGIN_BITS, (length // step).bit_length())
        origin = (lowest - offset) // reach * reach + offset
        # Distances from the origin have to fit 64 bits, so it may not lie below the type's range.
        smallest = int(np.iinfo(values.dtype).min)
        if origin < smallest:
            origin = lowest - (lowest - smallest) // step * step
        return cls(origin, step, cuts=cuts)

    @property
    def has_grid(self) -> bool:
        """Whether values are integers on a grid."""
        return self.step > 0

    @property
    def zero(self) -> float | None:
        """Where the number zero lies, in steps above the origin.

        ``None`` if it is off the grid, or if numbers beyond a cut are no whole tens above it.
        """
        if not self.step or self.origin % self.step or self.cuts:
            return None
        return -float(self.origin // self.step)

    def to_units(self, values: np.ndarray) -> np.ndarray:
        """Return how many steps values lie above the origin, float64."""
        if not self.has_grid:
            with np.errstate(over="ignore"):  # of another table than that of the fit
                units: np.ndarray = np.ldexp(values.astype(np.float64), self.exponent)
                return units
        origin = np.uint64(self.origin % 2**64)
        # Modulo 2**64 a difference is exact if taken the right way round. Values of a fit lie
        # above the origin, but those of another table need not.
        below = values < self.origin
        distance = np.where(
            below, origin - values.astype(np.uint64), values.astype(np.uint64) - origin
        )
        for cut in self.cuts:
            start, length = np.uint64(cut.start % 2**64), np.uint64(cut.length)
            beyond = np.where(values > cut.start, values.astype(np.uint64) - start, np.uint64(0))
            distance -= np.minimum(beyond, length)
        units = (distance // np.uint64(self.step)).astype(np.float64)
        return np.where(below, -units, units)

    def to_exact_units(self, number: Fraction) -> Fraction:
        """Return how many steps of the grid a number lies above the origin, parts of them, too."""
        nothing = Fraction(0)
        for cut in self.cuts:
            nothing += min(max(number - cut.start, Fraction(0)), Fraction(cut.length))
        return (number - nothing - self.origin) / self.step

    def from_units(self, units: np.ndarray, dtype: np.dtype) -> np.ndarray:
        """Return the values that lie this many steps above the origin."""
        if not self.has_grid:
            numbers: np.ndarray = np.ldexp(units, -self.exponent).astype(dtype)
            return numbers
        steps = np.rint(units).astype(np.uint64) * np.uint64(self.step)
        # Modulo 2**64, which is two's complement: right for signed and unsigned columns.
        distance = steps + np.uint64(self.origin % 2**64)
        for cut in self.cuts:
            is_beyond = units > float(self.to_exact_units(Fraction(cut.start)))
            distance += np.where(is_beyond, np.uint64(cut.length), np.uint64(0))
        values: np.ndarray = distance.astype(dtype)
        return values


def _cuts(values: np.ndarray, gaps: np.ndarray, step: int) -> tuple[Cut, ...]:
    """Return what can be left out of the widest gaps between ascending values."""
    raster = step << _CUT_BITS
    cuts = []
    for place in np.sort(np.argsort(-gaps.astype(np.float64), kind="stable")[:_MOST_CUTS]):
        start = (int(values[place]) // raster + 1) * raster
        stop = (int(values[place + 1]) - 1) // raster * raster
        if start < stop:
            cuts.append(Cut(start, stop - start))
    return tuple(cuts)
