"""Rows as distances and linear models want them: every column in steps of comparable size.

Numbers become their rank among the training rows, from 0 to 1, so that no unit and no outlier
decides; a gap is the middle rank beside a column of its own. Categories become indicators of their
frequent levels, scaled so that two different ones are one unit apart, as the ends of a number are.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tabgan.evaluation.association import Levels
from tabgan.evaluation.tables import FloatArray, ViewColumn

# Levels of a category that are told from each other; rarer ones share one more.
_N_LEVELS = 30
# Values that a number's ranks are interpolated between; a thousandth of the rows is a step.
_N_KNOTS = 1_001


@dataclass(frozen=True)
class RowEncoder:
    """What :meth:`encode` needs of the training rows.

    Parameters
    ----------
    levels : Levels
        Frequent levels of the categories.
    n_levels : list of int
        How many of them a category can have, missing among them.
    knots : list of (ndarray, ndarray)
        Of a number, values in rising order and their ranks; empty for a category.
    """

    levels: Levels
    n_levels: list[int]
    knots: list[tuple[FloatArray, FloatArray]]

    @classmethod
    def of(cls, columns: Sequence[ViewColumn], train: FloatArray) -> "RowEncoder":
        """Return the encoder of a table."""
        levels = Levels.of(columns, train, _N_LEVELS)
        n_levels = [min(column.n_levels + 1, levels.size) for column in columns]
        knots = [
            _ranks(values[~np.isnan(values)] if column.is_ordered else np.empty(0))
            for column, values in zip(columns, train.T, strict=True)
        ]
        return cls(levels, n_levels, knots)

    def encode(self, rows: FloatArray) -> FloatArray:
        """Return rows as coordinates, shape (rows, coordinates)."""
        levels = self.levels.seen_in(rows)
        parts = [
            _numbers(rows[:, i], *self.knots[i])
            if is_ordered
            else _indicators(levels[:, i], self.n_levels[i])
            for i, is_ordered in enumerate(self.levels.is_ordered)
        ]
        return np.concatenate(parts, axis=1)


def as_they_are(rows: FloatArray) -> FloatArray:
    """Return rows for learners that take numbers and category codes."""
    return rows


def _ranks(known: FloatArray) -> tuple[FloatArray, FloatArray]:
    if len(known) == 0:
        return known, known
    known = np.sort(known)
    knots = np.unique(np.quantile(known, np.linspace(0.0, 1.0, _N_KNOTS), method="nearest"))
    # The middle of a value's places, so that a frequent value stands in the middle of its own.
    first, last = (np.searchsorted(known, knots, side=side) for side in ("left", "right"))
    return knots, (first + last) / 2 / len(known)


def _numbers(values: FloatArray, knots: FloatArray, ranks: FloatArray) -> FloatArray:
    missing = np.isnan(values)
    known = np.zeros(len(values))
    if len(knots):
        known = np.interp(values, knots, ranks, left=0.0, right=1.0)
    return np.column_stack([np.where(missing, 0.5, known), missing])


def _indicators(levels: NDArray[np.int64], n_levels: int) -> FloatArray:
    indicators = np.zeros((len(levels), n_levels))
    indicators[np.arange(len(levels)), levels] = math.sqrt(0.5)
    return indicators
