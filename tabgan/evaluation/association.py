"""How each two columns depend on each other, whatever they hold, by few levels of each.

All tables of counts come from one product of one-hot levels, so that the pairs of many columns
cost little.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tabgan.evaluation.tables import FloatArray, ViewColumn

# Tenths of a number, or the ten most frequent of other values and the rest; and missing.
_N_LEVELS = 10
# Rows whose one-hot levels are held at once: 60 columns are then 25 MB.
_BLOCK_ROWS = 8_192


@dataclass(frozen=True)
class Levels:
    """Few levels of each column, read off one table and seen in any.

    Parameters
    ----------
    is_ordered : list of bool
        Which columns are numbers.
    marks : list of ndarray
        Inner edges of a number's levels; place of each other code among the most frequent ones.
    n_levels : int
        Levels aimed at; there is one more for all rare values together, or for a value that many
        rows have.
    """

    is_ordered: list[bool]
    marks: list[FloatArray]
    n_levels: int

    @classmethod
    def of(
        cls, columns: Sequence[ViewColumn], rows: FloatArray, n_levels: int = _N_LEVELS
    ) -> "Levels":
        """Return the levels of a table."""
        marks = []
        for column, values in zip(columns, rows.T, strict=True):
            known = values[~np.isnan(values)]
            if column.is_ordered:
                marks.append(_edges(known, n_levels))
            else:
                counts = np.bincount(known.astype(np.int64), minlength=max(1, column.n_levels))
                marks.append(np.argsort(np.argsort(-counts, kind="stable")).astype(np.float64))
        return cls([column.is_ordered for column in columns], marks, n_levels)

    @property
    def size(self) -> int:
        """Number of levels that a column can have, missing among them."""
        return self.n_levels + 2

    def seen_in(self, rows: FloatArray) -> NDArray[np.int64]:
        """Return the level of each cell, shape (rows, columns); 0 is missing."""
        levels = np.zeros(rows.shape, dtype=np.int64)
        for i, (is_ordered, marks) in enumerate(zip(self.is_ordered, self.marks, strict=True)):
            known = ~np.isnan(rows[:, i])
            values = rows[known, i]
            if is_ordered:
                levels[known, i] = 1 + np.searchsorted(marks, values)
            else:
                levels[known, i] = 1 + np.minimum(marks[values.astype(np.int64)], self.n_levels)
        return levels

    def joint_shares(self, rows: FloatArray) -> FloatArray:
        """Return the share of rows in each two levels, shape (columns, levels, columns, levels)."""
        levels = self.seen_in(rows)
        n_columns = levels.shape[1]
        cells = levels + self.size * np.arange(n_columns)
        counts = np.zeros((n_columns * self.size,) * 2)
        for start in range(0, len(cells), _BLOCK_ROWS):
            block = cells[start : start + _BLOCK_ROWS]
            one_hot = np.zeros((len(block), n_columns * self.size), dtype=np.float32)
            np.put_along_axis(one_hot, block, 1.0, axis=1)
            counts += one_hot.T @ one_hot  # whole numbers, exact in float32
        return counts.reshape(n_columns, self.size, n_columns, self.size) / max(1, len(rows))


def _edges(known: FloatArray, n_levels: int) -> FloatArray:
    if len(known) == 0:
        return known
    marks, counts = np.unique(
        np.quantile(known, np.arange(1, n_levels) / n_levels), return_counts=True
    )
    # A value that spans a level, or that nothing lies above, would share one with all below it.
    own = marks[(counts > 1) | (marks == known.max())]
    return np.unique(np.concatenate([marks, np.nextafter(own, -np.inf)]))


def associations(joint: FloatArray) -> FloatArray:
    """Return Cramér's V of each two columns (Cramér 1946), from 0 to 1.

    Parameters
    ----------
    joint : ndarray of float64, shape (columns, levels, columns, levels)
        Of :meth:`Levels.joint_shares`.

    Returns
    -------
    ndarray of float64, shape (columns, columns)
        0 with a column that has a single level.
    """
    own = _own_shares(joint)
    expected = own[:, :, np.newaxis, np.newaxis] * own
    chi_squared = (_ratio((joint - expected) ** 2, expected)).sum(axis=(1, 3))
    n_levels = (own > 0).sum(axis=1)
    most = np.minimum.outer(n_levels, n_levels) - 1
    return np.sqrt(np.clip(_ratio(chi_squared, most), 0.0, 1.0))


def mutual_information(joint: FloatArray) -> FloatArray:
    """Return the mutual information of each two columns as a share of the smaller entropy.

    Parameters
    ----------
    joint : ndarray of float64, shape (columns, levels, columns, levels)
        Of :meth:`Levels.joint_shares`.

    Returns
    -------
    ndarray of float64, shape (columns, columns)
        From 0, independent, to 1, where one column tells the other; 0 with a column that has a
        single level. (Vinh, Epps and Bailey 2010 compare the ways to norm it.)
    """
    own = _own_shares(joint)
    expected = own[:, :, np.newaxis, np.newaxis] * own
    with np.errstate(divide="ignore", invalid="ignore"):
        information = np.where(joint > 0, joint * np.log(joint / expected), 0.0).sum(axis=(1, 3))
        entropy = -np.where(own > 0, own * np.log(own), 0.0).sum(axis=1)
    return np.clip(_ratio(information, np.minimum.outer(entropy, entropy)), 0.0, 1.0)


def _own_shares(joint: FloatArray) -> FloatArray:
    places = np.arange(len(joint))
    return np.asarray(np.einsum("ckk->ck", joint[places, :, places, :]))


def _ratio(above: FloatArray, below: FloatArray) -> FloatArray:
    # An entropy of rounding errors is none.
    return np.divide(above, below, out=np.zeros_like(above), where=below > 1e-12)
