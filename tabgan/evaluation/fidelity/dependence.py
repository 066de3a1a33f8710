"""Pairs of columns beyond trend: dependence of any form, of numbers on categories, of gaps."""

import numpy as np

from tabgan.evaluation.association import Levels, mutual_information
from tabgan.evaluation.tables import FloatArray, ViewColumn

# In the order of the matrices that `compare` returns.
FIGURES = ("mutual_information", "correlation_ratio", "missing_together")
# A number whose variance is below this share of its own over all rows does not vary.
_NO_VARIANCE = 1e-9
# Spreads that a number is off by at most: squares of more are infinite.
_FAR = 1e100


class DependenceReference:
    """How the columns of the training rows depend on each other, compared with many tables.

    Parameters
    ----------
    columns : tuple of ViewColumn
        What the columns are.
    train : ndarray of float64, shape (rows, columns)
        The training rows; NaN is missing.
    """

    def __init__(self, columns: tuple[ViewColumn, ...], train: FloatArray) -> None:
        self._is_ordered = np.array([column.is_ordered for column in columns])
        self._levels = Levels.of(columns, train)
        present = ~np.isnan(train)
        counts = np.maximum(1, present.sum(axis=0))
        largest = np.abs(np.where(present, train, 0.0)).max(axis=0, initial=0.0)
        self._unit = np.where(largest > 0, largest, 1.0)
        values = train / self._unit
        self._centre = np.where(present, values, 0.0).sum(axis=0) / counts
        spread = np.sqrt((np.where(present, values - self._centre, 0.0) ** 2).sum(axis=0) / counts)
        self._spread = np.where(spread > 0, spread, 1.0)
        self._has_gaps = ~present.all(axis=0)
        self._relations = self._relations_in(train)
        self._gaps = _missing_together(train)

    def compare(self, rows: FloatArray) -> FloatArray:
        """Return how similar the dependences in other rows are.

        Parameters
        ----------
        rows : ndarray of float64, shape (rows, columns)

        Returns
        -------
        ndarray of float64, shape (figures, columns, columns)
            From 0 to 1 at best, in the order of `FIGURES`: one minus the difference of the mutual
            informations, of the correlation ratios (Pearson 1905: how much of a number's spread a
            category tells; numbers with categories alone), and of the shares of rows in which
            either, both or none of two columns are missing (total variation; columns with gaps in
            the training rows alone). NaN where a figure does not apply.
        """
        relations = self._relations_in(rows)
        similar = 1.0 - np.abs(self._relations - relations)
        variation = np.abs(self._gaps - _missing_together(rows)).sum(axis=0) / 2
        have_gaps = np.logical_and.outer(self._has_gaps, self._has_gaps)
        gaps = np.where(have_gaps, 1.0 - variation, np.nan)
        found = np.concatenate([similar, gaps[np.newaxis]])
        own = np.arange(len(self._is_ordered))
        found[:, own, own] = np.nan
        return found

    def _relations_in(self, rows: FloatArray) -> FloatArray:
        joint = self._levels.joint_shares(rows)
        return np.stack([mutual_information(joint), self._correlation_ratios(rows)])

    def _correlation_ratios(self, rows: FloatArray) -> FloatArray:
        ratios = np.full((len(self._is_ordered),) * 2, np.nan)
        numbers, categories = np.flatnonzero(self._is_ordered), np.flatnonzero(~self._is_ordered)
        present = ~np.isnan(rows[:, numbers])
        scaled = rows[:, numbers] / self._unit[numbers] - self._centre[numbers]
        scaled = np.clip(scaled / self._spread[numbers], -_FAR, _FAR)
        values = np.where(present, scaled, 0.0)
        counts, sums = present.sum(axis=0), values.sum(axis=0)
        total = (values**2).sum(axis=0) - sums**2 / np.maximum(counts, 1)
        levels = self._levels.seen_in(rows)
        for category in categories:
            one_hot = np.zeros((len(rows), self._levels.size))
            one_hot[np.arange(len(rows)), levels[:, category]] = 1.0
            of_level, there = one_hot.T @ values, one_hot.T @ present
            between = (of_level**2 / np.maximum(there, 1)).sum(axis=0) - sums**2 / np.maximum(
                counts, 1
            )
            varies = total > _NO_VARIANCE * np.maximum(counts, 1)
            share = np.where(varies, between / np.where(varies, total, 1.0), 0.0)
            ratio = np.sqrt(np.clip(share, 0.0, 1.0))
            ratios[category, numbers] = ratios[numbers, category] = ratio
        return ratios


def _missing_together(rows: FloatArray) -> FloatArray:
    """Return the shares of rows with both, one or none missing, shape (4, columns, columns)."""
    missing = np.isnan(rows).astype(np.float64)
    both = missing.T @ missing / len(rows)
    first = missing.mean(axis=0)[:, np.newaxis] - both
    return np.stack([both, first, first.T, 1.0 - both - first - first.T])
