"""How round the numbers of a column are: prices in thousands, fares in halves, dates at midnight.

Inside a bin a number is drawn from a smooth law, but people round, and trees find a 1,847 among
multiples of ten at once. Every number is taken as rounded to one of a few steps; the shares of the
steps are found by maximum likelihood. A number then stands for as long a piece of the line as it is
likely: laid end to end, the pieces have no bumps any more.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from tabgan.encoding.rhythm import Rhythm
from tabgan.encoding.steps import Steps
from tabgan.randomness import last_digits
from tabgan.schema.number_texts import MOST_DECIMALS

# Steps of smaller shares are left out; to tell them from none takes a table of a size few have.
_SMALLEST_SHARE = 0.01
# And those within so many standard errors of none.
_N_ERRORS = 4.0
# Numbers on no step at all stay possible, however few rows have them.
_SHARE_OF_ANY = 1e-3
# Rounds are cheap, since rows count by what divides them; rare steps converge last.
_N_ROUNDS = 200
# Beyond, float64 counts no more. Long before, pieces next to each other cannot be told apart; round
# numbers among them can.
_FARTHEST = 2.0**53
# No file has more steps, nor finer units.
_MOST_STEPS, _MOST_PER_UNIT = 64, 1e15
# Real numbers are round where at least this share of them has so few decimals; more decimals are
# told apart up to so many beyond the usual ones.
_FEWEST_ROUND, _FURTHER_DECIMALS = 0.05, 6

# Halvings that find any number of 64 bits.
_MOST_HALVINGS = 64


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
    per_unit : float
        Units of the grid in one of the numbers: 1 where they are integers, a power of ten where
        they are real.
    below : numpy.ndarray of shape (n_steps,)
        How far below the multiples of each step the numbers lie; empty for nowhere.
    rhythm : Rhythm or None
        Which days of the week and hours of the day are likelier, of points in time.
    """

    steps: np.ndarray = field(default_factory=lambda: np.empty(0))
    shares: np.ndarray = field(default_factory=lambda: np.empty(0))
    zero: float = 0.0
    per_unit: float = 1.0
    below: np.ndarray = field(default_factory=lambda: np.empty(0))
    rhythm: Rhythm | None = None

    def __post_init__(self) -> None:
        """Refuse what no column has, as a damaged file may."""
        steps, shares = self.steps, self.shares
        if steps.shape != shares.shape or steps.shape > (_MOST_STEPS,):
            raise ValueError("each of a few steps has a share")
        if len(steps) and (steps[0] != 1.0 or not ((steps >= 1.0) & (steps <= _FARTHEST)).all()):
            raise ValueError("steps are counted in units of the grid, from 1 on")
        if len(self.below) and (len(self.below) != len(steps) or not self._lies_below()):
            raise ValueError("numbers lie less than a step below its multiples")
        if not (shares > 0.0).all():
            raise ValueError("each step has a share of the numbers")
        if len(steps) and not abs(shares.sum() - 1.0) < 1e-6:
            raise ValueError("shares of the steps add up to 1")
        if not abs(self.zero) <= _FARTHEST or not 1.0 <= self.per_unit <= _MOST_PER_UNIT:
            raise ValueError("units of a grid are counted in 64 bits")

    def _lies_below(self) -> bool:
        return bool(((self.below >= 0.0) & (self.below < self.steps)).all())

    @classmethod
    def of(
        cls,
        values: np.ndarray,
        counts: np.ndarray,
        threshold: int,
        *,
        steps: Steps,
        zero: float = 0.0,
    ) -> "Roundness":
        """Return the roundness of distinct integers and their counts.

        Parameters
        ----------
        values, counts : numpy.ndarray
            Distinct integers, in units of the grid, and the rows that carry each.
        threshold : int
            Fewer rows than this do not make a step.
        steps : Steps
            What they may be rounded to.
        zero : float
            Where the number zero lies; of points in time, midnight before some Thursday.
        """
        zero %= steps.period
        if not len(values) or np.abs(values - zero).max() > _FARTHEST:
            return cls()
        longest = max(1.0, float(np.ptp(values)) / 2.0)
        sizes, below = steps.sizes[longest >= steps.sizes], steps.below[longest >= steps.sizes]
        # The likelihood of a number under a step: one in `step` is a multiple of it.
        is_multiple = ((values - zero)[:, None] + below) % sizes == 0
        digits = np.arange(len(sizes))
        numbered, pattern = np.unique(is_multiple @ (1 << digits), return_inverse=True)
        patterns = numbered[:, None] >> digits & 1 == 1
        rows = np.bincount(pattern, weights=counts)
        likelihood = np.where(patterns, sizes, 0.0)
        shares = _mixture_shares(likelihood, rows)
        # Of the share of a step alone beside unrounded numbers.
        errors = 1.0 / np.sqrt(rows.sum() * np.maximum(1.0, sizes - 1.0))
        least = max(_SMALLEST_SHARE, threshold / rows.sum())
        kept = shares >= np.maximum(_N_ERRORS * errors, least)
        kept[0] = True
        shares = np.where(kept, shares, 0.0)
        shares[0] = max(shares[0], _SHARE_OF_ANY)
        rhythm = None
        if steps.per_day:
            joint = likelihood * shares
            of_hours = joint[:, sizes < steps.per_day].sum(axis=1) / joint.sum(axis=1)
            of_hours = counts * of_hours[pattern]
            rhythm = Rhythm.of(values - zero, counts, of_hours, steps.per_day)
        if kept.sum() == 1 and rhythm is None:
            return cls()
        shares = shares[kept] / shares[kept].sum()
        return cls(sizes[kept], shares, zero, below=below[kept], rhythm=rhythm)

    @classmethod
    def on_line(cls, values: np.ndarray, counts: np.ndarray, threshold: int) -> "Roundness":
        """Return the roundness of distinct real numbers, some of which have few decimals.

        Parameters
        ----------
        values, counts : numpy.ndarray
            Distinct real numbers and the rows that carry each.
        threshold : int
            Fewer rows than this do not make a step.
        """
        decimals = _decimals_told_apart(values)
        if decimals is None:
            return cls()
        per_unit = 10.0**decimals
        units = np.rint(values * per_unit)
        return replace(
            cls.of(units, counts, threshold, steps=Steps.of_decimals()), per_unit=per_unit
        )

    @property
    def is_even(self) -> bool:
        """Whether no number is rounder than another."""
        return len(self.steps) == 0

    def widths(self, numbers: np.ndarray) -> np.ndarray:
        """Return how likely each number is beside its neighbours: the length of its piece."""
        if self.is_even:
            return np.ones(len(numbers))
        starts, ends = self.pieces(numbers)
        return np.asarray(ends - starts)

    def spread(self, numbers: np.ndarray) -> np.ndarray:
        """Return where the piece of the largest number of the grid up to each number ends."""
        if self.is_even:
            return numbers
        units = np.asarray(numbers)
        if self.per_unit != 1.0:
            units = np.rint(numbers * self.per_unit)
            units -= units / self.per_unit > numbers
        return self._ends(units)

    def pieces(self, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return where the piece of the nearest number of the grid begins and ends."""
        if self.is_even:
            return numbers - 0.5, numbers + 0.5
        units = np.rint(numbers * self.per_unit)
        return self._ends(units - 1.0), self._ends(units)

    def middle(self, numbers: np.ndarray) -> np.ndarray:
        """Return the middle of the piece of each number."""
        if self.is_even:
            return numbers
        starts, ends = self.pieces(numbers)
        return np.asarray((starts + ends) / 2.0)

    def gather(self, places: np.ndarray) -> np.ndarray:
        """Return the number in whose piece each place lies, the inverse of :meth:`spread`."""
        if self.is_even:
            return places
        if self.rhythm is not None and len(self.steps) == 1:
            return self.rhythm.at(places, 1.0) + self.zero
        # The piece of an integer ends near it, by less than the mean step; with a rhythm it ends
        # within a week of it.
        reach = np.ceil(self.steps @ self.shares)
        reach += 0.0 if self.rhythm is None else 7.0 * self.rhythm.per_day
        low = np.floor(places + self.zero) - reach
        high: np.ndarray = low + 2.0 * reach + 2.0
        for _ in range(_MOST_HALVINGS):  # beyond 2**53 floats have no next integer to end it
            if not (high > low).any():
                break
            centre = np.floor((low + high) / 2.0)
            beyond = self._ends(centre) > places
            low, high = np.where(beyond, low, centre + 1.0), np.where(beyond, centre, high)
        return high / self.per_unit

    def rounded(self, numbers: np.ndarray, uniforms: np.ndarray) -> np.ndarray:
        """Return numbers each rounded to one of the steps, which uniform numbers choose."""
        if self.is_even:
            return numbers
        chosen = np.searchsorted(np.cumsum(self.shares)[:-1], uniforms, side="right")
        step, below = self.steps[chosen], self._zeros[chosen] - self.zero
        units = numbers * self.per_unit - self.zero
        if self.rhythm is None:
            units = np.rint((units - below) / step) * step + below
        else:
            units = self.rhythm.rounded(units, step, last_digits(uniforms))
        rounded: np.ndarray = (units + self.zero) / self.per_unit
        return rounded

    def _ends(self, units: np.ndarray) -> np.ndarray:
        if self.rhythm is not None:
            upto = [self.rhythm.upto(units - self.zero, step) for step in self.steps]
            return np.asarray(np.stack(upto, axis=-1) @ self.shares)
        multiples = np.floor((units[..., None] - self._zeros) / self.steps)
        ends: np.ndarray = (multiples * self.steps) @ self.shares
        return ends

    @property
    def _zeros(self) -> np.ndarray:
        """Return a number that is round by each step."""
        return self.zero - self.below if len(self.below) else np.full(len(self.steps), self.zero)

    def state(self) -> dict[str, np.ndarray]:
        """Return the arrays that make up the roundness."""
        rhythm = self.rhythm
        return {
            "round_steps": self.steps,
            "round_shares": self.shares,
            "zero": np.array([self.zero]),
            "per_unit": np.array([self.per_unit]),
            "round_below": self.below,
            "days": np.empty(0) if rhythm is None else rhythm.days,
            "hours": np.empty(0) if rhythm is None else rhythm.hours,
            "per_day": np.empty(0) if rhythm is None else np.array([rhythm.per_day]),
        }

    @classmethod
    def from_state(cls, state: dict[str, np.ndarray]) -> "Roundness":
        """Return the roundness that :meth:`state` describes; older files know steps alone."""
        rhythm = None
        if len(state.get("days", [])):
            rhythm = Rhythm(state["days"], state["hours"], float(state["per_day"][0]))
        return cls(
            state["round_steps"],
            state["round_shares"],
            float(state["zero"][0]),
            float(state["per_unit"][0]) if "per_unit" in state else 1.0,
            state.get("round_below", np.empty(0)),
            rhythm,
        )


# Finds the roundness of distinct values and the rows that carry each, of a threshold.
FindRoundness = Callable[[np.ndarray, np.ndarray, int], Roundness]


def _mixture_shares(likelihood: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return the weights of a mixture that rows are likeliest under, by expectation maximisation.

    Parameters
    ----------
    likelihood : numpy.ndarray of shape (n_patterns, n_steps)
        Of a row of each pattern under each part of the mixture.
    rows : numpy.ndarray of shape (n_patterns,)
        Rows of each pattern.
    """
    shares = np.full(likelihood.shape[1], 1.0 / likelihood.shape[1])
    for _ in range(_N_ROUNDS):
        joint = likelihood * shares
        shares = rows @ (joint / joint.sum(axis=1, keepdims=True)) / rows.sum()
    return shares


def _decimals_told_apart(values: np.ndarray) -> int | None:
    """Return how many decimals tell round numbers from others, ``None`` if hardly any is round."""
    decimals = np.full(len(values), -1)
    largest = np.abs(values).max(initial=0.0)
    with np.errstate(over="ignore"):  # so large a number has no decimals to tell apart
        for places in range(MOST_DECIMALS, -1, -1):
            decimals[np.round(values, places) == values] = places
    is_round = decimals >= 0
    if not largest or is_round.mean() < _FEWEST_ROUND:
        return None
    usual = int(np.bincount(decimals[is_round]).argmax())
    most = min(usual + _FURTHER_DECIMALS, np.log10(_FARTHEST) - np.log10(largest))
    return int(most) if usual <= most else None
