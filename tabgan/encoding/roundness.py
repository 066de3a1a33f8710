"""How round the numbers of a column are: prices in thousands, areas in tens, fares in halves.

Inside a bin a number is drawn from a smooth law, but people round, and trees find a 1,847 among
multiples of ten at once. Every number is taken as rounded to one of a few steps; the shares of the
steps are found by maximum likelihood. A number then stands for as long a piece of the line as it is
likely: laid end to end, the pieces have no bumps any more.
"""

from dataclasses import dataclass, field

import numpy as np

# What people round to, in units of the last digit.
_STEPS = np.array([1, 2, 5, *(m * 10**k for k in range(1, 7) for m in (1, 2, 2.5, 5))])
# Steps of smaller shares are left out; to tell them from none takes a table of a size few have.
_SMALLEST_SHARE = 0.01
# And those within so many standard errors of none.
_N_ERRORS = 4.0
# Rounds are cheap, since rows count by what divides them; rare steps converge last.
_N_ROUNDS = 200
# All steps divide it.
_PERIOD = 1e7
# Beyond, the pieces could not be told apart in float64, and nobody rounds numbers of 13 digits.
_FARTHEST = 2.0**40


@dataclass(frozen=True)
class Roundness:
    """A monotone map under which round numbers are no more likely than others.

    Parameters
    ----------
    steps : numpy.ndarray of shape (n_steps,)
        What numbers are rounded to, in units of the grid; empty where they are not rounded.
    shares : numpy.ndarray of shape (n_steps,)
        Share of the numbers rounded to each; their sum is 1.
    zero : float
        Where the number zero lies, in units of the grid.
    """

    steps: np.ndarray = field(default_factory=lambda: np.empty(0))
    shares: np.ndarray = field(default_factory=lambda: np.empty(0))
    zero: float = 0.0

    @classmethod
    def of(
        cls,
        values: np.ndarray,
        counts: np.ndarray,
        zero: float,
        threshold: int,
        unit: int = 1,
    ) -> "Roundness":
        """Return the roundness of distinct integers and their counts.

        Parameters
        ----------
        values, counts : numpy.ndarray
            Distinct integers, in units of the grid, and the rows that carry each.
        zero : float
            Where the number zero lies.
        threshold : int
            Fewer rows than this do not make a step.
        unit : int
            Units of the last digit in one of the grid.
        """
        if not len(values) or np.abs(values - zero).max() > _FARTHEST:
            return cls()
        longest = max(1.0, float(np.ptp(values)) / 2.0)
        steps = _steps_on(unit)
        steps = steps[longest >= steps]
        # The likelihood of a number under a step: one in `step` is a multiple of it.
        is_multiple = (values - zero)[:, None] % steps == 0
        patterns, pattern = np.unique(is_multiple, axis=0, return_inverse=True)
        rows = np.bincount(pattern.ravel(), weights=counts)
        likelihood = np.where(patterns, steps, 0.0)
        shares = np.full(len(steps), 1.0 / len(steps))
        for _ in range(_N_ROUNDS):  # expectation maximisation of the mixture's weights
            joint = likelihood * shares
            shares = rows @ (joint / joint.sum(axis=1, keepdims=True)) / rows.sum()
        # Of the share of a step alone beside unrounded numbers.
        errors = 1.0 / np.sqrt(rows.sum() * np.maximum(1.0, steps - 1.0))
        least = max(_SMALLEST_SHARE, threshold / rows.sum())
        kept = shares >= np.maximum(_N_ERRORS * errors, least)
        # Every integer stays possible, if only as often as the dropped steps together.
        kept[0] = True
        shares = np.where(kept, shares, 0.0)
        shares[0] = max(shares[0], _SMALLEST_SHARE)
        if kept.sum() == 1:
            return cls()
        return cls(steps[kept], shares[kept] / shares[kept].sum(), zero % _PERIOD)

    @property
    def is_even(self) -> bool:
        """Whether no number is rounder than another."""
        return len(self.steps) == 0

    def spread(self, numbers: np.ndarray) -> np.ndarray:
        """Return where the piece of the largest integer up to each number ends."""
        if self.is_even:
            return numbers
        multiples = np.floor((np.asarray(numbers)[..., None] - self.zero) / self.steps)
        ends: np.ndarray = (multiples * self.steps) @ self.shares
        return ends

    def middle(self, integers: np.ndarray) -> np.ndarray:
        """Return the middle of the piece of each integer."""
        if self.is_even:
            return integers
        middles: np.ndarray = (self.spread(integers) + self.spread(integers - 1.0)) / 2.0
        return middles

    def gather(self, places: np.ndarray) -> np.ndarray:
        """Return the integer in whose piece each place lies, the inverse of :meth:`spread`."""
        if self.is_even:
            return places
        # The piece of an integer ends before it, by less than the mean step.
        low = np.floor(places + self.zero)
        high: np.ndarray = low + np.ceil(self.steps @ self.shares) + 1.0
        while (high > low).any():
            centre = np.floor((low + high) / 2.0)
            beyond = self.spread(centre) > places
            low, high = np.where(beyond, low, centre + 1.0), np.where(beyond, centre, high)
        return high


def _steps_on(unit: int) -> np.ndarray:
    """Return what people round to in units of a grid: tens are two steps of fives."""
    on_grid = _STEPS[_STEPS % unit == 0] / unit
    return np.unique(np.append(1.0, on_grid)) if len(on_grid) else _STEPS
