"""Counts of bins: all that the mixture fit sees of a column.

Counts merge over chunks and partitions and can be made private by noise, so rows end here.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tabgan.errors import InvalidDataError, InvalidParameterError

__all__ = ["Evidence", "Histogram", "evidence_inside", "histogram", "read_bins"]

FloatArray = NDArray[np.float64]

TINY = float(np.finfo(np.float64).tiny)
# One bin in so many is spent on cutting off a wide gap: far values and far groups are few.
WIDEST_GAPS_SHARE = 20


@dataclass(frozen=True, eq=False)
class Histogram:
    """Counts of adjacent bins, all that the fit of a column sees.

    Attributes
    ----------
    centers : ndarray of shape (n_bins,), float64
        Middle of each bin, increasing, in the column's unit. Read-only, as the two others.
    weights : ndarray of shape (n_bins,), float64
        Number of values in each bin; empty bins are kept.
    widths : ndarray of shape (n_bins,), float64
        Width of each bin, in the column's unit.
    """

    centers: FloatArray
    weights: FloatArray
    widths: FloatArray

    def __post_init__(self) -> None:
        """Keep read-only copies, so that the caller's own arrays stay as they are."""
        for name in ("centers", "weights", "widths"):
            array = np.array(getattr(self, name), dtype=np.float64)
            array.flags.writeable = False
            object.__setattr__(self, name, array)


def histogram(
    values: ArrayLike, counts: ArrayLike | None = None, *, n_bins: int = 1000
) -> Histogram:
    """Count values in bins that follow both their range and their ranks.

    Half of the edges are equally spaced, for an even view of the range; half are quantiles, so
    that one far value does not push all others into one bin. The quantile levels crowd at both
    ends (the arcsine rule of Dunning and Ertl, 2019): equal levels leave one wide bin for the
    last values of a heavy tail. The widest gaps are bins of their own, and so is a value too
    frequent to share one, or any when no more than `n_bins` differ: one unit in the last place
    wide.

    Parameters
    ----------
    values : array-like of shape (n,)
        Finite values of any magnitude up to 1e300, in any order.
    counts : array-like of shape (n,) or None, default=None
        How often each of them occurs, finite and above 0; ``None`` says once.
    n_bins : int, default=1000
        About how many bins; frequent values may add as many again. The fit takes time linear in
        it; 1000 keep the likelihood per value within about .001 of the values' own.

    Returns
    -------
    Histogram
        Adjacent bins that cover all values; weights sum to the sum of `counts`.

    Raises
    ------
    InvalidDataError
        If there are no values, some are not finite, or `counts` are no counts of them.
    InvalidParameterError
        If `n_bins` is less than 2.
    """
    if n_bins < 2:
        raise InvalidParameterError(f"n_bins={n_bins} is too few; give 2 or more.")
    column = np.asarray(values, dtype=np.float64).ravel()
    if column.size == 0 or not np.isfinite(column).all():
        raise InvalidDataError(
            "values hold no number, or a missing or infinite one; a histogram needs at least "
            "one and only finite ones, so set missing and infinite cells apart first."
        )
    distinct, places = np.unique(column, return_inverse=True)
    tally = np.bincount(places, weights=_read_counts(counts, column.size)).astype(np.float64)
    edges = _edges(distinct, tally, n_bins)
    before = np.concatenate([[0.0], np.cumsum(tally)])
    return Histogram(
        centers=0.5 * edges[:-1] + 0.5 * edges[1:],
        weights=np.diff(before[np.searchsorted(distinct, edges)]),
        widths=np.diff(edges),
    )


def _read_counts(counts: ArrayLike | None, n_values: int) -> FloatArray:
    if counts is None:
        return np.ones(n_values)
    read = np.asarray(counts, dtype=np.float64).ravel()
    if read.size != n_values or not ((read > 0.0) & np.isfinite(read)).all():
        raise InvalidDataError(
            f"counts of {read.size} values, for {n_values}, are not one finite number above 0 "
            "each; leave out values that do not occur."
        )
    return read


def _edges(distinct: FloatArray, counts: FloatArray, n_bins: int) -> FloatArray:
    """Edges of half-open bins; the last edge lies just above the largest value."""
    if distinct.size <= n_bins:
        return np.unique([distinct, np.nextafter(distinct, np.inf)])
    upto = np.cumsum(counts)
    frequent = distinct[counts * n_bins > upto[-1]]
    share = np.linspace(0.0, 1.0, n_bins // 2 + 1)
    lowest, highest = distinct[0], distinct[-1]
    spaced = np.clip(lowest * (1.0 - share) + highest * share, lowest, highest)
    ranks = np.rint((upto[-1] - 1.0) * (0.5 - 0.5 * np.cos(np.pi * share)))
    quantiles = distinct[np.searchsorted(upto[:-1], ranks, side="right")]
    # A bin across a wide gap would draw the values beside it into the void.
    gap = np.argsort(-np.diff(distinct), kind="stable")[: max(1, n_bins // WIDEST_GAPS_SHARE)]
    starts = np.concatenate([frequent, distinct[gap + 1], spaced, quantiles])
    ends = np.concatenate([frequent, distinct[gap], [highest]])
    return np.unique(np.concatenate([starts, np.nextafter(ends, np.inf)]))


def read_bins(centers: ArrayLike, weights: ArrayLike, bin_width: ArrayLike) -> Histogram:
    """Check the three arrays and sort the bins."""
    middles, counts = np.asarray(centers, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    widths = np.asarray(bin_width, dtype=np.float64)
    if middles.ndim != 1 or counts.shape != middles.shape or widths.shape not in ((), counts.shape):
        raise InvalidDataError(
            f"centers of shape {middles.shape}, weights of {counts.shape} and bin_width of "
            f"{widths.shape} do not match; give one weight, and one width or its own, per centre."
        )
    finite = all(np.isfinite(array).all() for array in (middles, counts.sum(), widths))
    if not (finite and (counts >= 0.0).all() and counts.sum() > 0.0 and (widths >= 0.0).all()):
        raise InvalidDataError(
            "The bins hold a missing, infinite or negative number, or no weight at all; give "
            "finite centers, and weights and bin_width of at least 0 (clip noisy weights first)."
        )
    order = np.argsort(middles, kind="stable")
    return Histogram(middles[order], counts[order], np.broadcast_to(widths, order.shape)[order])


@dataclass(frozen=True)
class Evidence:
    """Mean and variance of the values inside each bin that has any, and their weight."""

    locations: FloatArray
    variances: FloatArray
    weights: FloatArray

    def measured(self, origin: float, unit: float) -> "Evidence":
        """Measure from `origin`, in multiples of `unit`."""
        return Evidence((self.locations - origin) / unit, self.variances / unit**2, self.weights)

    def mean_square(self) -> float:
        """Mean squared distance of the values from 0."""
        return float(np.average(self.locations**2 + self.variances, weights=self.weights))

    def groups(self, n_groups: int) -> FloatArray:
        """Responsibilities that cut the sorted bins into groups of equal weight."""
        middle_rank = (np.cumsum(self.weights) - 0.5 * self.weights) / self.weights.sum()
        group = np.minimum((middle_rank * n_groups).astype(np.intp), n_groups - 1)
        responsibilities = np.zeros((n_groups, group.size))
        responsibilities[group, np.arange(group.size)] = 1.0
        return responsibilities

    def moments(self, responsibilities: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Count of each mode, its mean and the sum of squares around it."""
        shares = responsibilities * self.weights
        counts = shares.sum(axis=1)
        means = shares @ self.locations / np.maximum(counts, TINY)
        return counts, means, np.einsum("kn,kn->k", shares, self.squares_around(means))

    def squares_around(self, means: FloatArray) -> FloatArray:
        """Give the expected squared distance of each bin's values from each mean."""
        squares: FloatArray = self.locations - means[:, np.newaxis]
        squares *= squares
        squares += self.variances
        return squares


def evidence_inside(bins: Histogram) -> Evidence:
    """Place the values inside their bins under a density that slopes across each.

    Taking the centre for all values of a bin overstates every variance by a twelfth of the
    squared width (Sheppard, 1898). Subtracting that fails for a mode inside one bin, so the mean
    is moved up the slope instead, by the monotonised central difference of van Leer (1977): the
    same correction where the density is smooth, none at a lone bin.
    """
    # A narrower bin holds one value, whose density would say nothing about the neighbours.
    wide = bins.widths > max(1e-15 * float(np.ptp(bins.centers)), 1e-100)
    density = np.divide(bins.weights, bins.widths, out=np.zeros_like(bins.widths), where=wide)
    padded = np.pad(bins.widths, 1, mode="edge")
    gaps = np.diff(np.pad(bins.centers, 1, mode="edge"))
    gaps = np.maximum(gaps, 0.5 * (padded[:-1] + padded[1:]))
    steps = np.diff(density, prepend=0.0, append=0.0)
    rises = np.divide(steps, gaps, out=np.zeros_like(gaps), where=gaps > 0.0)
    left, right = rises[:-1], rises[1:]
    steepest = np.minimum(2.0 * np.minimum(abs(left), abs(right)), 0.5 * abs(left + right))
    slope = np.where(np.sign(left) == np.sign(right), np.sign(left) * steepest, 0.0)
    lean = np.divide(slope * bins.widths, density, out=np.zeros_like(slope), where=density > 0.0)
    # A density that falls to 0 at one edge moves the mean by a sixth of the width, no further.
    shift = np.clip(lean / 12.0, -1.0 / 6.0, 1.0 / 6.0) * bins.widths
    occupied = bins.weights > 0.0
    return Evidence(
        locations=(bins.centers + shift)[occupied],
        variances=(bins.widths**2 / 12.0 - shift**2)[occupied],
        weights=bins.weights[occupied],
    )
