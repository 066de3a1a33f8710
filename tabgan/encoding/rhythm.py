"""How often points in time fall on which days of the week and hours of the day.

A bin of dates may be weeks wide, and what happens on a Sunday is not what happens on a Monday: few
houses are sold then, and few taxis are called at four in the morning.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import chdtrc

_DAYS, _HOURS = 7, 24
# Of a rhythm a column shows so many turns at least, and chance does so once in as many columns.
_TURNS, _CHANCE = 4, 1e-4


@dataclass(frozen=True)
class Rhythm:
    """How often each day of the week and each hour of the day occurs: 1 on average.

    Parameters
    ----------
    days : numpy.ndarray of shape (7,)
        Weights of the days, from Thursday on: 1970-01-01 was one.
    hours : numpy.ndarray of shape (24,) or (0,)
        Weights of the hours of a day; empty if none is likelier than another.
    per_day : float
        Units of the grid in a day.
    """

    days: np.ndarray
    hours: np.ndarray
    per_day: float

    def __post_init__(self) -> None:
        """Refuse what no column has, as a damaged file may."""
        is_whole = len(self.days) == _DAYS and len(self.hours) in (0, _HOURS)
        weights = np.concatenate([self.days, self.hours])
        if not is_whole or not (weights > 0).all() or not (weights < 1e3).all():
            raise ValueError("a rhythm has a weight for each day of a week and hour of a day")
        if not 1.0 <= self.per_day <= 86_400e9:
            raise ValueError("days are counted in whole units, down to nanoseconds")

    @classmethod
    def of(
        cls, moments: np.ndarray, rows: np.ndarray, rows_of_hours: np.ndarray, per_day: float
    ) -> "Rhythm | None":
        """Return the rhythm of points in time, ``None`` if they have none.

        Parameters
        ----------
        moments : numpy.ndarray
            Distinct points in time, in units after midnight before some Thursday.
        rows : numpy.ndarray
            Rows that carry each.
        rows_of_hours : numpy.ndarray
            How many of them are not rounded to days, and say something of hours.
        per_day : float
            Units in a day.
        """
        first, last = moments.min() // per_day, moments.max() // per_day
        n_days = int(last - first) + 1
        days = hours = None
        # Rows of one moment say once, not each, when things happen.
        together = float((rows.astype(np.float64) ** 2).sum() / rows.sum())
        if n_days >= _TURNS * _DAYS:
            shown = np.full(_DAYS, n_days // _DAYS)
            shown[(int(first) + np.arange(n_days % _DAYS)) % _DAYS] += 1
            day = (moments // per_day % _DAYS).astype(np.int64)
            days = _weights(np.bincount(day, rows, _DAYS), shown / n_days, together)
        if n_days >= _TURNS and per_day % _HOURS == 0:
            hour = (moments % per_day // (per_day / _HOURS)).astype(np.int64)
            even = np.full(_HOURS, 1.0 / _HOURS)
            hours = _weights(np.bincount(hour, rows_of_hours, _HOURS), even, together)
        if days is None and hours is None:
            return None
        return cls(
            np.ones(_DAYS) if days is None else days,
            np.empty(0) if hours is None else hours,
            per_day,
        )

    def weights_at(self, moments: np.ndarray) -> np.ndarray:
        """Return how often days and hours such as those of points in time occur."""
        weights, _, length = self._cells(0.0)
        places = (moments // length % len(weights)).astype(np.int64)
        return np.asarray(weights[places])

    def upto(self, moments: np.ndarray, step: float) -> np.ndarray:
        """Return how many units there would be up to points in time, were each day as likely.

        Parameters
        ----------
        moments : numpy.ndarray
            Points in time, in units after midnight before some Thursday.
        step : float
            Units that they are rounded to: parts of an hour, or days.
        """
        weights, before, length = self._cells(step)
        cells, rest = np.divmod(moments, length)
        weeks, cells = np.divmod(cells, len(weights))
        places = cells.astype(np.int64)
        whole: np.ndarray = length * (weeks * len(weights) + before[places])
        return whole + weights[places] * step * (np.floor(rest / step) + 1.0)

    def at(self, units: np.ndarray, step: float) -> np.ndarray:
        """Return the point in time that a number of units leads to, the inverse of :meth:`upto`."""
        weights, before, length = self._cells(step)
        week = length * len(weights)
        weeks, rest = np.divmod(units, week)
        cells = np.searchsorted(before[1:-1] * length, rest, side="right")
        steps = np.floor((rest - before[cells] * length) / (weights[cells] * step))
        inside = steps.clip(0.0, length / step - 1.0) * step
        return np.asarray(weeks * week + cells * length + inside)

    def rounded(self, moments: np.ndarray, steps: np.ndarray, uniforms: np.ndarray) -> np.ndarray:
        """Return points in time rounded to steps that are as frequent as the rhythm has them.

        Beside a Sunday that hardly ever occurs, the Friday or the Monday is taken.

        Parameters
        ----------
        moments, steps : numpy.ndarray
            As :meth:`upto` has them, a step for each point in time.
        uniforms : numpy.ndarray
            Uniform in [0, 1): which of the steps nearby.
        """
        rounded = np.empty(len(moments))
        for step in np.unique(steps):
            rows = steps == step
            earlier, parts = np.divmod(moments[rows], step)
            ends = [self.upto((earlier + place) * step, step) for place in (-1.0, 0.0, 1.0)]
            middle = (ends[0] + ends[1]) / 2 + parts / step * (ends[2] - ends[0]) / 2
            rounded[rows] = self.at(middle + (uniforms[rows] - 0.5) * step, step)
        return rounded

    def _cells(self, step: float) -> tuple[np.ndarray, np.ndarray, float]:
        """Return weights of the parts of a week, their sums before each, and the parts' length."""
        weights = self.days if step >= self.per_day else self._weights_of_week
        before = np.concatenate([[0.0], np.cumsum(weights)])
        return weights, before, _DAYS * self.per_day / len(weights)

    @cached_property
    def _weights_of_week(self) -> np.ndarray:
        return np.outer(self.days, self.hours).ravel() if len(self.hours) else self.days


def _weights(rows: np.ndarray, shares: np.ndarray, together: float) -> np.ndarray | None:
    """Return how often places of a turn occur, ``None`` if that may be chance.

    Parameters
    ----------
    rows : numpy.ndarray
        Rows of each place.
    shares : numpy.ndarray
        Share of the rows that each would have without a rhythm.
    together : float
        Rows that come together, and count as one.
    """
    expected = rows.sum() * shares
    if expected.min() < 5 * together:  # the usual limit of the test
        return None
    distance = float(((rows - expected) ** 2 / expected).sum()) / together
    if chdtrc(len(rows) - 1, distance) > _CHANCE:
        return None
    weights = (rows + 1.0) / (expected + 1.0)  # no place is impossible
    return np.asarray(weights / weights.mean())
