"""The part of a column that rows are asked to lie in."""

from dataclasses import dataclass
from typing import Self

import numpy as np


@dataclass(frozen=True)
class Restriction:
    """Which modes of a column a row may have, and which part of each.

    A part of a mode is one or more *pieces*: intervals of the uniform number from which the
    position inside the mode is drawn. So the length of a mode's pieces is the share of its mass
    that is allowed, whatever the law inside it.

    Parameters
    ----------
    shares : numpy.ndarray of shape (n_modes,)
        Share of each mode's mass that is allowed, from 0 to 1.
    modes, lows, highs : numpy.ndarray of shape (n_pieces,)
        The pieces, ordered by mode: 0 <= low <= high <= 1.
    bounds : tuple of float or None
        Lowest and highest number that may come out, in the column's units, against rounding.
    points : numpy.ndarray or None
        The only numbers that may come out, ascending, in the column's units.
    """

    shares: np.ndarray
    modes: np.ndarray
    lows: np.ndarray
    highs: np.ndarray
    bounds: tuple[float, float] | None = None
    points: np.ndarray | None = None

    @classmethod
    def of_modes(cls, allowed: np.ndarray) -> Self:
        """Return the restriction to whole modes, given bool of shape (n_modes,)."""
        modes = np.flatnonzero(allowed)
        whole = np.ones(len(modes))
        return cls(allowed.astype(np.float64), modes, 0.0 * whole, whole)

    @classmethod
    def of_pieces(
        cls,
        n_modes: int,
        modes: np.ndarray,
        lows: np.ndarray,
        highs: np.ndarray,
        bounds: tuple[float, float] | None = None,
        points: np.ndarray | None = None,
    ) -> Self:
        """Return the restriction to pieces in any order that do not overlap."""
        order = np.lexsort((lows, modes))
        modes, lows, highs = modes[order], lows[order], highs[order]
        shares = np.bincount(modes, weights=highs - lows, minlength=n_modes).clip(max=1.0)
        return cls(shares, modes, lows, highs, bounds, points)

    @property
    def is_possible(self) -> bool:
        """Whether any value is allowed."""
        return bool((self.shares > 0).any())

    def place(self, codes: np.ndarray, uniforms: np.ndarray) -> np.ndarray:
        """Return uniform numbers inside the pieces of each row's mode.

        Parameters
        ----------
        codes : numpy.ndarray of int, shape (n_rows,)
            Modes that are allowed.
        uniforms : numpy.ndarray of shape (n_rows,)
            Uniform in [0, 1).
        """
        ends = np.cumsum(self.highs - self.lows)
        starts = ends - (self.highs - self.lows)
        first_piece = np.searchsorted(self.modes, codes)
        along = starts[first_piece] + uniforms * self.shares[codes]
        pieces = np.searchsorted(ends, along, side="right")
        # Rounding may step over the last piece of a mode.
        pieces = pieces.clip(first_piece, np.searchsorted(self.modes, codes, side="right") - 1)
        placed: np.ndarray = self.lows[pieces] + (along - starts[pieces])
        return placed.clip(self.lows[pieces], self.highs[pieces])

    def settle(self, numbers: np.ndarray) -> np.ndarray:
        """Return numbers moved by a rounding error at most, to where they may lie."""
        if self.points is not None and len(self.points):
            right = np.searchsorted(self.points, numbers).clip(1).clip(max=len(self.points) - 1)
            left = np.maximum(right - 1, 0)
            nearer = numbers - self.points[left] <= self.points[right] - numbers
            numbers = np.where(nearer, self.points[left], self.points[right])
        elif self.bounds is not None:
            numbers = numbers.clip(*self.bounds)
        return numbers
