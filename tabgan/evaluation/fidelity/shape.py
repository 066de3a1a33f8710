"""Single columns: is every one distributed as in the training rows, and as often missing?

Kolmogorov-Smirnov, total variation, coverage and adherence are defined as in SDMetrics. Missing
values are left out of all but the Jensen-Shannon distance; how often they occur is a score of its
own, so that leaving them out hides nothing.
"""

import numpy as np

from tabgan.evaluation.association import Levels
from tabgan.evaluation.tables import FloatArray, ViewColumn
from tabgan.schema import Kind

# In the order of the rows that `compare` returns: of distributions, then of what occurs at all.
DISTRIBUTION = ("shape", "wasserstein", "jensen_shannon", "missing")
SUPPORT = ("value_coverage", "value_adherence")
FIGURES = (*DISTRIBUTION, *SUPPORT)
_FAR = 1e100


class ColumnReference:
    """The columns of the training rows, prepared once and compared with many tables.

    Parameters
    ----------
    columns : tuple of ViewColumn
        What the columns are.
    train : ndarray of float64, shape (rows, columns)
        The training rows; NaN is missing.
    """

    def __init__(self, columns: tuple[ViewColumn, ...], train: FloatArray) -> None:
        self._columns = columns
        self._values = [np.sort(values[~np.isnan(values)]) for values in train.T]
        self._missing = np.isnan(train).mean(axis=0)
        self._levels = Levels.of(columns, train)
        self._shares = self._shares_of_levels(train)

    def compare(self, rows: FloatArray) -> FloatArray:
        """Return how similar the columns of other rows are.

        Parameters
        ----------
        rows : ndarray of float64, shape (rows, columns)

        Returns
        -------
        ndarray of float64, shape (figures, columns)
            From 0 to 1 at best, in the order of `FIGURES`: one minus the Kolmogorov-Smirnov
            distance of numbers, dates and durations and the total variation of others; one minus
            the Wasserstein distance of the former, in units of what the best constant has; one
            minus the Jensen-Shannon distance of few levels; one minus the difference of the shares
            of missing values; the share of the training rows' range or categories that occurs; the
            share of the values that lie in it, and are whole where those of the training rows are.
            NaN for a column without a single value in the training rows, where there is nothing to
            compare; 0 for one that has values only there.
        """
        of_values = np.empty((4, len(self._columns)))
        for i, column in enumerate(self._columns):
            values = np.sort(rows[~np.isnan(rows[:, i]), i])
            of_values[:, i] = _of_values(column, self._values[i], values)
        missing = 1.0 - np.abs(self._missing - np.isnan(rows).mean(axis=0))
        return np.stack([*of_values[:2], self._jensen_shannon(rows), missing, *of_values[2:]])

    def _jensen_shannon(self, rows: FloatArray) -> FloatArray:
        train, other = self._shares, self._shares_of_levels(rows)
        middle = (train + other) / 2
        with np.errstate(divide="ignore", invalid="ignore"):
            divergence = sum(
                np.where(part > 0, part * np.log2(part / middle), 0.0).sum(axis=1)
                for part in (train, other)
            )
        return np.asarray(1.0 - np.sqrt(np.clip(divergence / 2, 0.0, 1.0)))

    def _shares_of_levels(self, rows: FloatArray) -> FloatArray:
        levels = self._levels.seen_in(rows)
        counts = [np.bincount(column, minlength=self._levels.size) for column in levels.T]
        return np.stack(counts) / max(1, len(rows))


def _of_values(column: ViewColumn, train: FloatArray, other: FloatArray) -> tuple[float, ...]:
    """Return shape, Wasserstein, coverage and adherence of values in rising order."""
    nan = float("nan")
    if len(train) == 0:
        return (nan,) * 4
    if len(other) == 0:
        return (0.0, 0.0 if column.is_ordered else nan, 0.0, 0.0)
    if column.is_ordered:
        return (*_of_numbers(train, other), *_of_ranges(column, train, other))
    return _of_categories(train, other, column.n_levels)


def _of_numbers(train: FloatArray, other: FloatArray) -> tuple[float, float]:
    """Return the similarities by Kolmogorov and Smirnov, and by Wasserstein, of sorted numbers."""
    steps = np.concatenate([train, other])
    steps.sort(kind="stable")  # two sorted halves are merged
    below_train = np.searchsorted(train, steps, side="right") / len(train)
    below_other = np.searchsorted(other, steps, side="right") / len(other)
    apart = np.abs(below_train - below_other)
    # In units of the largest, and not further than can be added up.
    unit = max(abs(train[0]), abs(train[-1])) or 1.0
    moved = float(apart[:-1] @ np.diff(np.clip(steps / unit, -_FAR, _FAR)))
    # How far the training rows are from the one value that is nearest to all of them.
    spread = float(np.abs(train / unit - train[len(train) // 2] / unit).mean())
    far = min(1.0, moved / spread) if spread > 0 else float(moved > 0)
    return 1.0 - float(apart.max()), 1.0 - far


def _of_ranges(column: ViewColumn, train: FloatArray, other: FloatArray) -> tuple[float, float]:
    """Return how much of the range is covered, and how many values lie in it."""
    low, high = train[0], train[-1]
    width = high - low
    if width > 0:
        lost = max(0.0, other[0] - low) / width + max(0.0, high - other[-1]) / width
    else:
        lost = float(not other[0] <= low <= other[-1])
    inside = (other >= low) & (other <= high)
    if column.kind is Kind.INTEGER:
        inside &= other == np.floor(other)
    return max(0.0, 1.0 - lost), float(inside.mean())


def _of_categories(
    train: FloatArray, other: FloatArray, n_levels: int
) -> tuple[float, float, float, float]:
    counts, others = (
        np.bincount(codes.astype(np.int64), minlength=n_levels) for codes in (train, other)
    )
    variation = float(np.abs(counts / len(train) - others / len(other)).sum() / 2)
    covered = float((others[counts > 0] > 0).mean())
    known = float(others[counts > 0].sum() / len(other))
    return 1.0 - variation, float("nan"), covered, known
