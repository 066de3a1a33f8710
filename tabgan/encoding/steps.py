"""What people round to: prices to tens and to 9.99, times to minutes, hours and days."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

# What people round numbers to, in units of the last digit: steps, and how far below a multiple.
_DECIMAL_STEPS = np.array(
    [
        *((step, 0) for step in (1, 2, 5)),
        *((m * 10**k, 0) for k in range(1, 7) for m in (1, 2, 2.5, 5)),
        *((10**k, 0) for k in range(7, 13)),
        # 9.99 and 9.95.
        *((10**k, below * 10 ** (k - 2)) for k in range(2, 13) for below in (1, 5)),
    ]
)
# What they round times to, in seconds.
_CLOCK_STEPS = [
    *(Fraction(1, 10**k) for k in (6, 3, 2, 1)),
    *map(Fraction, (1, 5, 10, 15, 30)),
    *(Fraction(60 * minutes) for minutes in (1, 5, 10, 15, 30, 60)),
    Fraction(86_400),
]
# All steps of numbers divide it.
_PERIOD = 1e13


@dataclass(frozen=True)
class Steps:
    """What the numbers of a grid may be rounded to.

    Parameters
    ----------
    sizes : numpy.ndarray of shape (n_steps,)
        Steps in units of the grid; the first is 1.
    below : numpy.ndarray of shape (n_steps,)
        How far below the multiples of each step the numbers lie: 9.99 is .01 below ten.
    period : float
        All of them divide it.
    per_day : float
        Units in a day, where days and hours may have a rhythm; else 0.
    """

    sizes: np.ndarray
    below: np.ndarray
    period: float
    per_day: float = 0.0

    @classmethod
    def of_decimals(cls, unit: int = 1) -> "Steps":
        """Return what people round numbers to: tens are two steps of fives.

        Parameters
        ----------
        unit : int
            Units of the last digit in one of the grid.
        """
        on_grid = _DECIMAL_STEPS[(_DECIMAL_STEPS % unit == 0).all(axis=1)] / unit
        on_grid = on_grid if len(on_grid) else _DECIMAL_STEPS
        sizes, below = on_grid[on_grid[:, 0] > 1.0].T
        return cls(np.append(1.0, sizes), np.append(0.0, below), _PERIOD)

    @classmethod
    def of_clock(cls, unit: Fraction, *, has_rhythm: bool) -> "Steps":
        """Return what people round points in time and durations to.

        Parameters
        ----------
        unit : Fraction
            Seconds in one of the grid; a day is so many of them.
        has_rhythm : bool
            Whether days of the week and hours of the day may be unlike each other.
        """
        sizes = [float(step / unit) for step in _CLOCK_STEPS if (step / unit).denominator == 1]
        week = 7.0 * sizes[-1]
        per_day = sizes[-1] if has_rhythm else 0.0
        steps = np.unique([1.0, *sizes])
        return cls(steps, np.zeros(len(steps)), week, per_day)
