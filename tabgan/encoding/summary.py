"""Sufficient statistics of a column: the only door through which its values enter an encoder.

Summaries of parts merge into the summary of the whole, so a table may come in chunks or in
partitions, and noise for a private fit has one place to go.
"""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tabgan.schema.dtypes import countable


@dataclass(frozen=True)
class CategorySummary:
    """How often each value of a categorical column occurs.

    Parameters
    ----------
    counts : dict
        Value to number of rows.
    n_missing : int
        Rows without a value.
    """

    counts: dict[Hashable, int]
    n_missing: int

    @classmethod
    def of(cls, column: pd.Series) -> "CategorySummary":
        """Return the summary of one (part of a) column."""
        counts = countable(column).value_counts(sort=False, dropna=True)
        occurring = {value: int(count) for value, count in counts.items() if count > 0}
        return cls(occurring, int(column.isna().sum()))

    def merge(self, other: "CategorySummary") -> "CategorySummary":
        """Return the summary of both parts together."""
        counts = dict(self.counts)
        for value, count in other.counts.items():
            counts[value] = counts.get(value, 0) + count
        return CategorySummary(counts, self.n_missing + other.n_missing)

    @property
    def n_rows(self) -> int:
        """Rows summarised."""
        return sum(self.counts.values()) + self.n_missing


@dataclass(frozen=True)
class NumberSummary:
    """How often each number of a column occurs.

    Parameters
    ----------
    values : numpy.ndarray
        Distinct numbers, ascending: int64, uint64 or float64.
    counts : numpy.ndarray
        Rows that carry each, int64.
    n_missing : int
        Rows without a number.
    """

    values: np.ndarray
    counts: np.ndarray
    n_missing: int

    @classmethod
    def of(cls, numbers: np.ndarray, present: np.ndarray) -> "NumberSummary":
        """Return the summary of numbers, of which only those `present` count."""
        values, counts = np.unique(numbers[present], return_counts=True)
        return cls(values, counts.astype(np.int64), int(np.sum(~present)))

    def merge(self, other: "NumberSummary") -> "NumberSummary":
        """Return the summary of both parts together."""
        values, places = np.unique(np.concatenate([self.values, other.values]), return_inverse=True)
        counts = np.zeros(len(values), dtype=np.int64)
        np.add.at(counts, places, np.concatenate([self.counts, other.counts]))
        return NumberSummary(values, counts, self.n_missing + other.n_missing)

    @property
    def n_rows(self) -> int:
        """Rows summarised."""
        return int(self.counts.sum()) + self.n_missing
