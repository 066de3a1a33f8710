"""Triples of columns: are the shares of each three of them those of the training rows?"""

from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from tabgan.evaluation.association import Levels
from tabgan.evaluation.tables import FloatArray, ViewColumn

# Levels of a column: of more, most of the cells of three columns hold no row.
_N_LEVELS = 5
# Triples looked at, chosen by chance where there are more; all of a dozen columns.
_MAX_TRIPLES = 220


class TripleReference:
    """The shares of three columns' levels in the training rows, compared with many tables.

    Parameters
    ----------
    columns : tuple of ViewColumn
        What the columns are.
    train : ndarray of float64, shape (rows, columns)
        The training rows; NaN is missing.
    generator : numpy.random.Generator
        Chooses triples.
    """

    def __init__(
        self, columns: tuple[ViewColumn, ...], train: FloatArray, generator: np.random.Generator
    ) -> None:
        self._levels = Levels.of(columns, train, _N_LEVELS)
        self.triples = _triples(len(columns), generator)
        self._shares = self._shares_of(train)

    def compare(self, rows: FloatArray) -> FloatArray:
        """Return one minus the total variation of each triple, shape (triples,)."""
        return np.asarray(1.0 - np.abs(self._shares - self._shares_of(rows)).sum(axis=1) / 2)

    def _shares_of(self, rows: FloatArray) -> FloatArray:
        levels, size = self._levels.seen_in(rows), self._levels.size
        columns = np.ascontiguousarray(levels.T)
        counts = [
            np.bincount((columns[i] * size + columns[j]) * size + columns[k], minlength=size**3)
            for i, j, k in self.triples
        ]
        return np.stack(counts) / max(1, len(rows)) if counts else np.empty((0, size**3))


def _triples(n_columns: int, generator: np.random.Generator) -> NDArray[np.int64]:
    if comb(n_columns, 3) <= _MAX_TRIPLES:
        return np.array(list(combinations(range(n_columns), 3)), dtype=np.int64).reshape(-1, 3)
    drawn: set[tuple[int, ...]] = set()
    while len(drawn) < _MAX_TRIPLES:
        drawn.add(tuple(sorted(generator.choice(n_columns, 3, replace=False).tolist())))
    return np.array(sorted(drawn), dtype=np.int64)
