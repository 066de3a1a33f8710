"""How much each two columns depend on each other, whatever they hold: Cramér's V of few levels."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from tabgan.evaluation.tables import FloatArray, ViewColumn

# Tenths of a number, the ten most frequent of other values and the rest, missing.
_N_LEVELS = 10
_SIZE = _N_LEVELS + 2


@dataclass(frozen=True)
class Levels:
    """Few levels of each column, read off one table and seen in any.

    Parameters
    ----------
    is_ordered : list of bool
        Which columns are numbers.
    marks : list of ndarray
        Edges of the tenths of a number; place of each other code among the most frequent ones.
    """

    is_ordered: list[bool]
    marks: list[FloatArray]

    @classmethod
    def of(cls, columns: Sequence[ViewColumn], rows: FloatArray) -> "Levels":
        """Return the levels of a table."""
        marks = []
        for column, values in zip(columns, rows.T, strict=True):
            known = values[~np.isnan(values)]
            if column.is_ordered:
                tenths = np.arange(1, _N_LEVELS) / _N_LEVELS
                marks.append(np.quantile(known, tenths) if len(known) else known)
            else:
                counts = np.bincount(known.astype(np.int64), minlength=max(1, column.n_levels))
                marks.append(np.argsort(np.argsort(-counts, kind="stable")).astype(np.float64))
        return cls([column.is_ordered for column in columns], marks)

    def seen_in(self, rows: FloatArray) -> NDArray[np.int64]:
        """Return the level of each cell, shape (rows, columns); 0 is missing."""
        levels = np.zeros(rows.shape, dtype=np.int64)
        for i, (is_ordered, marks) in enumerate(zip(self.is_ordered, self.marks, strict=True)):
            known = ~np.isnan(rows[:, i])
            values = rows[known, i]
            if is_ordered:
                levels[known, i] = 1 + np.searchsorted(marks, values)
            else:
                levels[known, i] = 1 + np.minimum(marks[values.astype(np.int64)], _N_LEVELS)
        return levels


def associations(levels: NDArray[np.int64]) -> FloatArray:
    """Return Cramér's V of each two columns, from 0 to 1, shape (columns, columns)."""
    n_columns = levels.shape[1]
    related = np.eye(n_columns)
    for i in range(n_columns):
        for j in range(i):
            pairs = np.bincount(levels[:, i] * _SIZE + levels[:, j], minlength=_SIZE**2)
            related[i, j] = related[j, i] = _cramers_v(pairs.reshape(_SIZE, _SIZE))
    return related


def _cramers_v(pairs: NDArray[np.int64]) -> float:
    pairs = pairs[pairs.any(axis=1)][:, pairs.any(axis=0)]
    if min(pairs.shape) < 2:
        return 0.0
    return float(min(1.0, stats.contingency.association(pairs, method="cramer")))
