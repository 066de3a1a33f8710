"""Trend: is the relation between every two columns that of the training rows?

The definitions are those of SDMetrics' QualityReport with every pair counted: Pearson correlation
for two ordered columns, the table of shares (missing is a level) for two categories, and for a
mixed pair the ordered column cut into ten equal bins. All tables of shares come from one sparse
product of one-hot codes, whatever the number of columns or levels.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tabgan.evaluation.tables import FloatArray, ViewColumn

# The number of equal-width bins of numpy.histogram_bin_edges, which SDMetrics takes.
_N_BINS = 10
# A column whose variance within a pair is below this share of its own is constant there. Sums of
# 100,000 squares of standardised values are exact to some 1e-12.
_CONSTANT_VARIANCE = 1e-9


@dataclass(frozen=True)
class TrendScores:
    """Similarity of the relations in two tables, 1 is best.

    Parameters
    ----------
    own : ndarray of float64, shape (columns, columns)
        Of each two columns, the ordered columns of mixed pairs cut over each table's own range. NaN
        for a column with itself, and for two ordered columns of which one is constant in the
        training rows: no correlation is there to be reproduced.
    training : ndarray of float64, shape (columns, columns)
        The same with both tables cut over the range of the training rows. A shift or a stretched
        range shows here; `own` cannot see it, and one far value changes all of its bins.
    """

    own: FloatArray
    training: FloatArray

    @property
    def own_bins(self) -> float:
        """Mean of `own` over all pairs: SDMetrics' QualityReport, as published; NaN of none."""
        return mean_of_pairs(self.own)

    @property
    def training_bins(self) -> float:
        """Mean of `training` over all pairs."""
        return mean_of_pairs(self.training)

    @property
    def n_pairs(self) -> int:
        """Number of pairs in the means."""
        return int(np.isfinite(self.own).sum() // 2)


def mean_of_pairs(pairs: FloatArray) -> float:
    """Return the mean above the diagonal, shape (columns, columns), but for what is NaN."""
    values = pairs[np.triu_indices(len(pairs), k=1)]
    return _mean(values[~np.isnan(values)])


class TrendReference:
    """The relations in the training rows, computed once and compared with many tables.

    Parameters
    ----------
    columns : tuple of ViewColumn
        What the columns are.
    train : ndarray of float64, shape (rows, columns)
        The training rows.
    """

    def __init__(self, columns: tuple[ViewColumn, ...], train: FloatArray) -> None:
        self._ordered = np.array([i for i, c in enumerate(columns) if c.is_ordered], dtype=int)
        self._categories = np.array([i for i, c in enumerate(columns) if not c.is_ordered], int)
        self._n_levels = [columns[i].n_levels for i in self._categories]
        self._edges = [_bin_edges(train[:, i]) for i in self._ordered]
        self._correlations = correlations(train[:, self._ordered])
        self._shares = self._shares_of(train)

    def compare(self, rows: FloatArray) -> TrendScores:
        """Return how well other rows keep the relations.

        Parameters
        ----------
        rows : ndarray of float64, shape (rows, columns)

        Returns
        -------
        TrendScores
            A correlation with a column that is constant in these rows only counts as 0, the
            relation being lost. SDMetrics leaves such a pair out, which rewards a collapse.
        """
        n_categories, n_ordered = len(self._categories), len(self._ordered)
        own = np.full((n_categories + n_ordered,) * 2, np.nan)
        own[np.ix_(self._ordered, self._ordered)] = self._compare_correlations(rows)
        similarity = 1.0 - self._total_variations(rows)
        own[np.ix_(self._categories, self._categories)] = similarity[:, :n_categories]
        np.fill_diagonal(own, np.nan)
        training = own.copy()
        for pairs, start in ((own, n_categories), (training, n_categories + n_ordered)):
            mixed = similarity[:, start : start + n_ordered]
            pairs[np.ix_(self._categories, self._ordered)] = mixed
            pairs[np.ix_(self._ordered, self._categories)] = mixed.T
        return TrendScores(own, training)

    def _compare_correlations(self, rows: FloatArray) -> FloatArray:
        other = np.nan_to_num(correlations(rows[:, self._ordered]))
        return 1.0 - np.abs(self._correlations - other) / 2

    def _total_variations(self, rows: FloatArray) -> FloatArray:
        difference = abs(self._shares_of(rows) - self._shares)
        first = _block_sums([n + 1 for n in self._n_levels])
        second = _block_sums(
            [*(n + 1 for n in self._n_levels), *[_N_BINS + 2] * (2 * len(self._ordered))]
        )
        return np.asarray((first.T @ difference @ second).todense()) / 2

    def _shares_of(self, rows: FloatArray) -> sparse.csr_array:
        categories = [
            np.where(np.isnan(rows[:, i]), n_levels, rows[:, i]).astype(np.int64)
            for i, n_levels in zip(self._categories, self._n_levels, strict=True)
        ]
        own = [_own_bins(rows[:, i]) for i in self._ordered]
        training = [
            np.digitize(rows[:, i], edges)
            for i, edges in zip(self._ordered, self._edges, strict=True)
        ]
        n_category_levels = [n + 1 for n in self._n_levels]
        n_bin_levels = [_N_BINS + 2] * (2 * len(self._ordered))
        first = _one_hot(categories, n_category_levels, len(rows))
        second = _one_hot(
            [*categories, *own, *training], [*n_category_levels, *n_bin_levels], len(rows)
        )
        return sparse.csr_array(first.T @ second) / len(rows)


def correlations(rows: FloatArray) -> FloatArray:
    """Return the Pearson correlation of every two columns over the rows where both are present.

    Parameters
    ----------
    rows : ndarray of float64, shape (rows, columns)
        NaN is missing.

    Returns
    -------
    ndarray of float64, shape (columns, columns)
        NaN where fewer than two rows have both values or one of the columns is constant on them.
    """
    present = (~np.isnan(rows)).astype(np.float64)
    values = _standardised(rows)
    count = np.maximum(present.T @ present, 1.0)
    # Entry (i, j): over the rows where column j is present too, of column i.
    mean = values.T @ present / count
    variance = np.maximum((values**2).T @ present / count - mean**2, 0.0)
    covariance = values.T @ values / count - mean * mean.T
    constant = (variance < _CONSTANT_VARIANCE) | (variance.T < _CONSTANT_VARIANCE) | (count < 2)
    scale = np.sqrt(np.where(constant, 1.0, variance * variance.T))
    return np.where(constant, np.nan, np.clip(covariance / scale, -1.0, 1.0))


def _standardised(rows: FloatArray) -> FloatArray:
    # Standardised first, because sums of squares of raw dates leave no digits for a variance.
    present = ~np.isnan(rows)
    # And in units of the largest, as squares of very large or small numbers are infinite or none.
    largest = np.abs(np.where(present, rows, 0.0)).max(axis=0, initial=0.0)
    rows = rows / np.where(largest > 0, largest, 1.0)
    count = np.maximum(present.sum(axis=0), 1)
    centred = np.where(present, rows - np.where(present, rows, 0.0).sum(axis=0) / count, 0.0)
    spread = np.sqrt((centred**2).sum(axis=0) / count)
    varies = spread > 1e-14
    return np.where(varies, centred / np.where(varies, spread, 1.0), 0.0)


def _bin_edges(values: FloatArray) -> FloatArray:
    # Open ends: a value outside the training range belongs to the outermost bin. As NaN sorts
    # last, numpy.digitize gives missing a level of its own.
    return np.concatenate([[-np.inf], _equal_bins(values)[1:-1], [np.inf]])


def _own_bins(values: FloatArray) -> NDArray[np.int64]:
    # Closed ends, as in QualityReport: the largest value and missing share the level after the
    # last bin.
    return np.digitize(values, _equal_bins(values))


def _equal_bins(values: FloatArray) -> FloatArray:
    known = values[~np.isnan(values)]
    try:
        return np.histogram_bin_edges(known, bins=_N_BINS)
    except ValueError:  # no ten floats lie between them, or their distance is none
        share = np.arange(_N_BINS + 1) / _N_BINS
        return np.unique(known.min() * (1 - share) + known.max() * share)


def _one_hot(codes: list[NDArray[np.int64]], n_levels: list[int], n_rows: int) -> sparse.csr_array:
    offsets = np.concatenate([[0], np.cumsum(n_levels)]).astype(np.int64)
    cells = [code + offset for code, offset in zip(codes, offsets[:-1], strict=True)]
    indices = np.stack(cells, axis=1).ravel() if cells else np.empty(0, dtype=np.int64)
    starts = np.arange(n_rows + 1, dtype=np.int64) * len(codes)
    shape = (n_rows, int(offsets[-1]))
    return sparse.csr_array((np.ones(len(indices)), indices, starts), shape=shape)


def _block_sums(n_levels: list[int]) -> sparse.csr_array:
    """Return the (levels, columns) indicator of which column a level belongs to."""
    owner = np.repeat(np.arange(len(n_levels)), n_levels)
    shape = (len(owner), len(n_levels))
    return sparse.csr_array((np.ones(len(owner)), (np.arange(len(owner)), owner)), shape=shape)


def _mean(values: FloatArray) -> float:
    return float(values.mean()) if len(values) else float("nan")
