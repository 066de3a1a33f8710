"""Nearest rows by Gower's distance (1971).

The mean over columns of ``|a - b| / range`` for ordered columns, 0 or 1 for categories, 0 between
two missing values and 1 between a missing and a present one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tabgan.evaluation.tables import FloatArray, ViewColumn
from tabgan.parallel import in_parallel

# A block of distances, 32 rows to some thousand references in float64, stays in the cache.
BLOCK_ROWS = 32
# A millionth of the columns' ranges is no distance; added where logarithms or ratios are taken.
NOTHING = 1e-6
# Scaled values lie in [-1, 2], so that missing is at a distance of at least 1 from every value
# and 0 from itself, and the one formula min(|a - b|, 1) serves all columns.
_MISSING = 5.0


@dataclass(frozen=True)
class Nearest:
    """The nearest reference rows of each row, the nearest first.

    Parameters
    ----------
    distances : ndarray of float64, shape (rows, n_nearest)
        Gower distances, from 0 to 1.
    indices : ndarray of int64, shape (rows, n_nearest)
        Which reference rows they are; of equally near ones any.
    """

    distances: FloatArray
    indices: NDArray[np.int64]

    @property
    def distance(self) -> FloatArray:
        """Distance of the nearest one, shape (rows,)."""
        return self.distances[:, 0]

    @property
    def index(self) -> NDArray[np.int64]:
        """The nearest one, shape (rows,)."""
        return self.indices[:, 0]

    def first_of(self, chosen: NDArray[np.bool_], n_first: int) -> FloatArray:
        """Return the distances of the nearest chosen references, shape (rows, n_first).

        The last one that is known, where fewer are.

        Parameters
        ----------
        chosen : ndarray of bool, shape (references,)
            Which references count.
        n_first : int
            How many.
        """
        hits = chosen[self.indices]
        rows, last = np.arange(len(hits)), hits.shape[1] - 1
        first = np.empty((len(hits), n_first))
        for i in range(n_first):
            place = hits.argmax(axis=1)
            place[~hits[rows, place]] = last
            first[:, i] = self.distances[rows, place]
            hits[rows, place] = False
        return first


def gower_scaled(
    columns: tuple[ViewColumn, ...], train: FloatArray, holdout: FloatArray, rows: FloatArray
) -> FloatArray:
    """Return rows scaled so that Gower's distance is the mean of ``min(|a - b|, 1)``.

    Parameters
    ----------
    columns : tuple of ViewColumn
        What the columns are.
    train, holdout : ndarray of float64, shape (rows, columns)
        The real rows, whose joint range divides the ordered columns.
    rows : ndarray of float64, shape (rows, columns)
        The rows to scale; NaN is missing.
    """
    scaled = rows.copy()
    for i, column in enumerate(columns):
        if not column.is_ordered:
            continue
        real = np.concatenate([train[:, i], holdout[:, i]])
        real = real[~np.isnan(real)]
        smallest, largest = (real.min(), real.max()) if len(real) else (0.0, 0.0)
        # A constant column: any other value is a whole distance away.
        width = max(largest - smallest, np.finfo(np.float64).tiny)
        with np.errstate(over="ignore"):
            scaled[:, i] = np.clip((rows[:, i] - smallest) / width, -1.0, 2.0)
    missing = np.isnan(scaled)
    missing_codes = np.array([_MISSING if column.is_ordered else -1.0 for column in columns])
    return np.where(missing, missing_codes, scaled)


def nearest_rows(
    rows: FloatArray,
    references: FloatArray,
    n_nearest: int = 1,
    *,
    weights: FloatArray | None = None,
    are_the_same: bool = False,
) -> Nearest:
    """Return the nearest reference rows of each row.

    Parameters
    ----------
    rows, references : ndarray of float64, shape (rows, columns)
        Scaled by :func:`gower_scaled`.
    n_nearest : int
        How many; fewer where there are fewer references.
    weights : ndarray of float64, shape (columns,), or None
        What each column counts; ``None`` for all alike.
    are_the_same : bool
        Whether both are one table, in which no row is its own neighbour.
    """
    n_nearest = min(n_nearest, len(references) - are_the_same)
    weights = np.ones(rows.shape[1]) if weights is None else weights
    reference_columns = np.ascontiguousarray(references.T)

    def nearest_of(start: int) -> Nearest:
        block = rows[start : start + BLOCK_ROWS]
        total = np.zeros((len(block), len(references)))
        for weight, part in zip(weights, column_distances(block, reference_columns), strict=True):
            total += np.multiply(part, weight, out=part)
        if are_the_same:
            own = np.arange(len(block))
            total[own, start + own] = np.inf
        found = smallest(total, n_nearest)
        return Nearest(np.take_along_axis(total, found, axis=1) / weights.sum(), found)

    blocks = in_parallel(nearest_of, range(0, len(rows), BLOCK_ROWS))
    return Nearest(
        np.concatenate([block.distances for block in blocks]),
        np.concatenate([block.indices for block in blocks]),
    )


def merged(first: Nearest, second: Nearest) -> Nearest:
    """Return the nearest of two lots of references, as many as of each."""
    n_nearest = min(first.indices.shape[1], second.indices.shape[1])
    distances = np.concatenate([first.distances, second.distances], axis=1)
    indices = np.concatenate([first.indices, second.indices], axis=1)
    order = distances.argsort(axis=1, kind="stable")[:, :n_nearest]
    both = (np.take_along_axis(of_both, order, axis=1) for of_both in (distances, indices))
    return Nearest(*both)


def column_distances(rows: FloatArray, reference_columns: FloatArray) -> Iterator[FloatArray]:
    """Yield the distances in each column, shape (rows, references), all in the same memory.

    Parameters
    ----------
    rows : ndarray of float64, shape (rows, columns)
        A block of rows, scaled by :func:`gower_scaled`.
    reference_columns : ndarray of float64, shape (columns, references)
        Likewise, column by column.
    """
    part = np.empty((len(rows), reference_columns.shape[1]))
    for column, reference in zip(rows.T, reference_columns, strict=True):
        np.subtract(column[:, np.newaxis], reference, out=part)
        np.abs(part, out=part)
        yield np.minimum(part, 1.0, out=part)


def smallest(distances: FloatArray, n_smallest: int) -> NDArray[np.int64]:
    """Return where the smallest distances of each row are, in rising order."""
    if n_smallest == 1:
        return np.asarray(distances.argmin(axis=1)[:, np.newaxis])
    if n_smallest < distances.shape[1]:
        found = distances.argpartition(n_smallest - 1, axis=1)[:, :n_smallest]
    else:
        found = np.broadcast_to(np.arange(distances.shape[1]), distances.shape)
    order = np.take_along_axis(distances, found, axis=1).argsort(axis=1, kind="stable")
    return np.asarray(np.take_along_axis(found, order, axis=1))
