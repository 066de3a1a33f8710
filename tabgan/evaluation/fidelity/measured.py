"""A similarity of the synthetic rows beside what independent columns and fresh real rows get."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from tabgan.evaluation.ranking import NORMAL_95
from tabgan.evaluation.tables import FloatArray, Tables, draw_rows, independent_columns
from tabgan.parallel import in_parallel

# Subsamples behind the interval of a similarity; the spread of 20 is known within a sixth.
_N_SUBSAMPLES = 20
_SUBSAMPLE_MAX_ROWS = 5_000
_NO_HOLDOUT = "ceiling unknown: needs holdout rows"

# From rows to similarities to the training rows: numbers, each 1 at best, of any fixed shape.
Similarity = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True)
class Measured:
    """Similarities of the synthetic rows, arrays of one shape.

    Parameters
    ----------
    value : ndarray of float64
        What the synthetic rows get.
    low, high : ndarray of float64
        95 % interval, over other draws of as many synthetic rows.
    floor : ndarray of float64
        What independent columns get.
    ceiling : ndarray of float64
        What as many fresh real rows get; NaN without holdout rows.
    note : str
        How the ceiling is known, if not by measuring it.
    """

    value: FloatArray
    low: FloatArray
    high: FloatArray
    floor: FloatArray
    ceiling: FloatArray
    note: str

    def figures(self, *place: int) -> tuple[float, float, float, float, float]:
        """Return value, low, high, floor and ceiling of one similarity."""
        value, low, high, floor, ceiling = (
            float(part[place])
            for part in (self.value, self.low, self.high, self.floor, self.ceiling)
        )
        return value, low, high, floor, ceiling


def measured(similarity: Similarity, tables: Tables, generator: np.random.Generator) -> Measured:
    """Return what a similarity to the training rows comes to.

    Parameters
    ----------
    similarity : callable
        From rows, shape (rows, columns), to an array of numbers from 0 to 1.
    tables : Tables
    generator : numpy.random.Generator
    """
    value = similarity(tables.synthetic)
    half = NORMAL_95 * _standard_error(similarity, tables.synthetic, generator)
    n_synthetic = len(tables.synthetic)
    floor = similarity(independent_columns(tables.train, n_synthetic, generator))
    ceiling, note = _fresh_rows(similarity, tables, generator)
    low, high = np.maximum(value - half, 0.0), np.minimum(value + half, 1.0)
    return Measured(value, low, high, floor, np.broadcast_to(ceiling, value.shape), note)


def cut_to_holdout(tables: Tables, generator: np.random.Generator) -> tuple[Tables, str]:
    """Return tables of no more synthetic than holdout rows, and a note if there were more.

    For figures that depend on the number of rows in other ways than noise does: their ceiling is
    measured at the same number.
    """
    if tables.holdout is None or len(tables.holdout) >= len(tables.synthetic):
        return tables, ""
    n_rows = len(tables.holdout)
    cut = replace(tables, synthetic=draw_rows(tables.synthetic, n_rows, generator))
    return cut, f"of {n_rows:,} synthetic rows, as many as holdout rows"


def means_first(rows: FloatArray) -> FloatArray:
    """Return each row of similarities after its mean, shape (rows, 1 + columns).

    What is not known, NaN, is left out of a mean; a mean of nothing is NaN.
    """
    known = ~np.isnan(rows)
    counts = known.sum(axis=1, keepdims=True)
    sums = np.where(known, rows, 0.0).sum(axis=1, keepdims=True)
    means = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    return np.concatenate([means, rows], axis=1)


def _standard_error(
    similarity: Similarity, rows: FloatArray, generator: np.random.Generator
) -> FloatArray:
    """Return the standard error over draws of the synthetic rows (delete-d jackknife).

    Source: Shao and Wu (1989). A bootstrap would do worse: its repeated rows lower a similarity.
    """
    n_rows = min(len(rows) // 2, _SUBSAMPLE_MAX_ROWS)
    subsamples = [draw_rows(rows, n_rows, generator) for _ in range(_N_SUBSAMPLES)]
    draws = in_parallel(similarity, subsamples)
    scale = math.sqrt(n_rows / (len(rows) - n_rows))
    return np.asarray(np.std(draws, axis=0) * scale)


def _fresh_rows(
    similarity: Similarity, tables: Tables, generator: np.random.Generator
) -> tuple[FloatArray, str]:
    """Return what as many fresh real rows get, and the note on how this is known."""
    if tables.holdout is None:
        return np.array(math.nan), _NO_HOLDOUT
    n_train, n_synthetic = len(tables.train), len(tables.synthetic)
    fresh = draw_rows(tables.holdout, n_synthetic, generator)
    if len(fresh) == n_synthetic:
        return similarity(fresh), ""
    # What real rows lack to 1 is sampling noise, which shrinks with the root of the rows. Against
    # disjoint halves of real tables with a tenth as holdout this is right within .002; columns of
    # thousands of categories make it too high.
    shrinkage = math.sqrt((1 / n_synthetic + 1 / n_train) / (1 / len(fresh) + 1 / n_train))
    note = f"ceiling estimated for {n_synthetic:,} rows from {len(fresh):,} holdout rows"
    return 1.0 - (1.0 - similarity(fresh)) * shrinkage, note
