"""Fit the modes of one continuous column from its histogram.

The map of this file::

    histogram(values)  ──►  Histogram  ──►  fit_mixture(centers, weights)  ──►  Mixture
    (rows end here)         (bins)          (variational Bayes)                 (the modes)

Counts of bins merge over chunks and partitions and can be made private by noise, so the fit sees
bins and never rows. The model is the truncated Dirichlet process mixture of Blei and Jordan
(2006) with the normal-gamma prior of Bishop (2006, section 10.2) in one dimension, which CTGAN
(Xu et al., 2019) fits with scikit-learn. It deviates where that fit fails on real columns:

- the prior of a scale is the typical scale of a tenth of the values, not the variance of the
  column, which one far value or two far groups inflate;
- sticks are broken in the order of falling counts (Kurihara, Welling and Teh, 2007);
- modes merge while that raises the evidence bound (Hughes and Sudderth, 2013), since coordinate
  ascent alone leaves one true mode split over several.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, digamma, gammaln

from tabgan.errors import InvalidDataError, InvalidParameterError

__all__ = ["Histogram", "Mixture", "fit_mixture", "histogram"]

FloatArray = NDArray[np.float64]

TINY = float(np.finfo(np.float64).tiny)
HALF_LOG_TWO_PI = 0.5 * np.log(2.0 * np.pi)
# Scales from a mode: a difference of more cannot be told apart, a square of more overflows.
FARTHEST = 1e300
FARTHEST_SQUARED = 1e150
# One pseudo-observation for each scale, as scikit-learn's one degree of freedom: a gamma law of
# this shape and rate for the precision, in units of the typical scale.
PRIOR_SHAPE = PRIOR_RATE = 0.5
# Ascent stops when the bound gains less, in nats per value, over one round of sweeps, or after as
# many sweeps as scikit-learn has by default. A hundred times less gains under .01 nats per value.
TOLERANCE = 1e-4
SWEEPS_A_ROUND = 5
MAX_ROUNDS = 20
# With many values the bound resents even the passing misfit of a good merger: a first fit as if
# there were only so many lets one true mode come together. The bound then picks the better.
COARSE_COUNT = 2000.0
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


@dataclass(frozen=True)
class Mixture:
    """Gaussian modes in one dimension; tuples, so that it compares, hashes and prints.

    Attributes
    ----------
    weights : tuple of float, length n_modes
        Share of each mode, positive, summing to 1.
    means : tuple of float, length n_modes
        Middle of each mode, never decreasing, in the column's unit.
    scales : tuple of float, length n_modes
        Standard deviation of each mode, positive, in the column's unit.

    Raises
    ------
    InvalidParameterError
        If the numbers are no such modes.

    Examples
    --------
    >>> mixture = Mixture(weights=(0.5, 0.5), means=(0.0, 10.0), scales=(1.0, 1.0))
    >>> mixture.responsibilities([0.0, 5.0, 1e9]).round(3).tolist()
    [[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]
    """

    weights: tuple[float, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse numbers that are no mixture."""
        sound = 0 < len(self.weights) == len(self.means) == len(self.scales)
        if sound:
            weights, means, scales = modes = np.array([self.weights, self.means, self.scales])
            sound = bool(np.isfinite(modes).all() and (np.diff(means) >= 0.0).all())
            sound = sound and bool((weights > 0.0).all() and (scales > 0.0).all())
            sound = sound and abs(weights.sum() - 1.0) < 1e-6
        if not sound:
            raise InvalidParameterError(
                f"Mixture got {len(self.weights)} weights, {len(self.means)} means and "
                f"{len(self.scales)} scales that are no mixture; give each mode a positive weight, "
                f"weights that sum to 1, finite means in increasing order and positive scales."
            )

    def log_density(self, values: ArrayLike) -> FloatArray:
        """Natural logarithm of the density at each value.

        Parameters
        ----------
        values : array-like of shape (n,)
            Values in the column's unit. NaN gives NaN.

        Returns
        -------
        ndarray of shape (n,)
            Log-density per unit of the column, finite however far the value.
        """
        logs, nearest = self._log_terms(values)
        highest = logs.max(axis=1)
        density: FloatArray = np.log(np.exp(logs - highest[:, np.newaxis]).sum(axis=1)) + highest
        return density - 0.5 * np.minimum(nearest, FARTHEST_SQUARED) ** 2

    def responsibilities(self, values: ArrayLike) -> FloatArray:
        """Probability that each value came from each mode.

        Parameters
        ----------
        values : array-like of shape (n,)
            Values in the column's unit. NaN gives a row of NaN.

        Returns
        -------
        ndarray of shape (n, n_modes)
            Rows sum to 1, however far the value.
        """
        logs, _ = self._log_terms(values)
        shares: FloatArray = np.exp(logs - logs.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        return shares

    def _log_terms(self, values: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Log-density of each mode, short of half the square of the smallest distance; it.

        Far in a tail the squares are so large that subtracting them would round away what tells
        the modes apart, so their difference is taken as a product.
        """
        column = np.asarray(values, dtype=np.float64)[:, np.newaxis]
        weights, means, scales = np.array([self.weights, self.means, self.scales])
        with np.errstate(over="ignore"):
            distance = np.minimum(np.abs((column - means) / scales), FARTHEST)
            nearest = distance.min(axis=1, keepdims=True)
            excess = (distance - nearest) * (distance + nearest)
        logs = np.log(weights) - np.log(scales) - HALF_LOG_TWO_PI - 0.5 * excess
        return logs, nearest[:, 0]


def histogram(values: ArrayLike, *, n_bins: int = 1000) -> Histogram:
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
    n_bins : int, default=1000
        About how many bins; frequent values may add as many again. The fit takes time linear in
        it; 1000 keep the likelihood per value within about .001 of the values' own.

    Returns
    -------
    Histogram
        Adjacent bins that cover all values; weights sum to n.

    Raises
    ------
    InvalidDataError
        If there are no values or some are not finite.
    InvalidParameterError
        If `n_bins` is less than 2.
    """
    if n_bins < 2:
        raise InvalidParameterError(f"n_bins={n_bins} is too few; give 2 or more.")
    ordered = np.sort(np.asarray(values, dtype=np.float64), axis=None)
    # NaN sorts last, so the two ends tell about all values.
    if ordered.size == 0 or not np.isfinite(ordered[[0, -1]]).all():
        raise InvalidDataError(
            "values hold no number, or a missing or infinite one; a histogram needs at least "
            "one and only finite ones, so set missing and infinite cells apart first."
        )
    edges = _edges(ordered, n_bins)
    return Histogram(
        centers=0.5 * edges[:-1] + 0.5 * edges[1:],
        weights=np.diff(np.searchsorted(ordered, edges)).astype(np.float64),
        widths=np.diff(edges),
    )


def _edges(ordered: FloatArray, n_bins: int) -> FloatArray:
    """Edges of half-open bins; the last edge lies just above the largest value."""
    distinct, counts = np.unique(ordered, return_counts=True)
    if distinct.size <= n_bins:
        return np.unique([distinct, np.nextafter(distinct, np.inf)])
    frequent = distinct[counts * n_bins > ordered.size]
    share = np.linspace(0.0, 1.0, n_bins // 2 + 1)
    spaced = np.clip(ordered[0] * (1.0 - share) + ordered[-1] * share, ordered[0], ordered[-1])
    ranks = np.rint((ordered.size - 1) * (0.5 - 0.5 * np.cos(np.pi * share))).astype(np.intp)
    # A bin across a wide gap would draw the values beside it into the void.
    gap = np.argsort(-np.diff(distinct), kind="stable")[: max(1, n_bins // WIDEST_GAPS_SHARE)]
    starts = np.concatenate([frequent, distinct[gap + 1], spaced, ordered[ranks]])
    ends = np.concatenate([frequent, distinct[gap], ordered[-1:]])
    return np.unique(np.concatenate([starts, np.nextafter(ends, np.inf)]))


def fit_mixture(
    centers: ArrayLike,
    weights: ArrayLike,
    *,
    bin_width: ArrayLike = 0.0,
    max_modes: int = 10,
    min_weight: float = 0.005,
    concentration: float = 1e-3,
) -> Mixture:
    """Fit Gaussian modes to a histogram by variational Bayes.

    Deterministic: it starts from groups of equal weight, not from random numbers. Any unit and
    offset will do, as long as the values differ by more than 1e-12 of their magnitude.

    Parameters
    ----------
    centers : array-like of shape (n_bins,)
        Middle of each bin, finite, in any order.
    weights : array-like of shape (n_bins,)
        Count of each bin: finite, not negative, not all zero; fractions (noise) are welcome.
    bin_width : float or array-like of shape (n_bins,), default=0
        Width of each bin in the unit of `centers`; 0 says that the centres are the values.
    max_modes : int, default=10
        Most modes to find; 10 as CTGAN (Xu et al., 2019).
    min_weight : float, default=0.005
        Modes with a smaller share are dropped and the others rescaled, as CTGAN does.
    concentration : float, default=1e-3
        Of the Dirichlet process, above 0; smaller means fewer modes. 1e-3 as CTGAN.

    Returns
    -------
    Mixture
        Modes in the order of their means, in the unit of `centers`. A single point gets a
        scale of a rounding error.

    Raises
    ------
    InvalidDataError
        If the bins are not as described above.
    InvalidParameterError
        If a parameter is out of its range.
    """
    if max_modes < 1 or not 0.0 <= min_weight < 1.0 or not 0.0 < concentration < np.inf:
        raise InvalidParameterError(
            f"max_modes={max_modes}, min_weight={min_weight} or concentration={concentration} is "
            f"out of range; give at least 1 mode, 0 <= min_weight < 1 and 0 < concentration."
        )
    bins = _read_bins(centers, weights, bin_width)
    # A power of two rescales without rounding, and keeps every square below within range.
    exponent = int(np.frexp(np.abs(bins.centers).max() + bins.widths.max())[1])
    bins = Histogram(
        np.ldexp(bins.centers, -exponent), bins.weights, np.ldexp(bins.widths, -exponent)
    )
    evidence = _inside_bins(bins)
    origin, unit = _origin_and_unit(evidence, max_modes)
    belief = _best_belief(evidence.measured(origin, unit), max_modes, concentration)
    return _mixture_of(belief, min_weight, origin, unit, exponent)


def _read_bins(centers: ArrayLike, weights: ArrayLike, bin_width: ArrayLike) -> Histogram:
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
class _Evidence:
    """Mean and variance of the values inside each bin that has any, and their weight."""

    locations: FloatArray
    variances: FloatArray
    weights: FloatArray

    def measured(self, origin: float, unit: float) -> "_Evidence":
        """Measure from `origin`, in multiples of `unit`."""
        return _Evidence((self.locations - origin) / unit, self.variances / unit**2, self.weights)

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


def _inside_bins(bins: Histogram) -> _Evidence:
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
    slope = np.where(left * right > 0.0, np.sign(left) * steepest, 0.0)
    lean = np.divide(slope * bins.widths, density, out=np.zeros_like(slope), where=density > 0.0)
    # A density that falls to 0 at one edge moves the mean by a sixth of the width, no further.
    shift = np.clip(lean / 12.0, -1.0 / 6.0, 1.0 / 6.0) * bins.widths
    occupied = bins.weights > 0.0
    return _Evidence(
        locations=(bins.centers + shift)[occupied],
        variances=(bins.widths**2 / 12.0 - shift**2)[occupied],
        weights=bins.weights[occupied],
    )


def _origin_and_unit(evidence: _Evidence, n_groups: int) -> tuple[float, float]:
    """Weighted median of the column and the typical standard deviation inside a group.

    The median over groups is what makes the unit, and with it the prior, blind to far values.
    """
    cumulated = np.cumsum(evidence.weights)
    origin = float(evidence.locations[np.searchsorted(cumulated, 0.5 * cumulated[-1])])
    centred = evidence.measured(origin, 1.0)
    counts, _, squares = centred.moments(centred.groups(n_groups))
    variances = squares[squares > 0.0] / counts[squares > 0.0]
    # No spread inside any group (few distinct values): a share of the spread between them.
    between = centred.mean_square() / n_groups**2
    unit = float(np.sqrt(np.median(variances) if variances.size else between))
    # The floors keep squares within range: of values far from the bulk, and of a single point.
    return origin, max(unit, 1e-100 * float(np.ptp(evidence.locations)), 1e-150)


@dataclass(frozen=True)
class _Belief:
    """Normal-gamma law of each mode, in the order of falling counts."""

    responsibilities: FloatArray
    counts: FloatArray
    mean_precisions: FloatArray
    means: FloatArray
    shapes: FloatArray
    rates: FloatArray


@dataclass(frozen=True)
class _Ascent:
    """Coordinate ascent on the evidence bound of one sample; the prior's mean is 0."""

    evidence: _Evidence
    concentration: float
    mean_precision: float

    def believe(self, responsibilities: FloatArray) -> _Belief:
        """Update the modes (Bishop, 2006, equations 10.58 to 10.63)."""
        counts, centres, squares = self.evidence.moments(responsibilities)
        order = np.argsort(-counts, kind="stable")
        if (np.diff(order) < 0).any():
            counts, centres, squares = counts[order], centres[order], squares[order]
            responsibilities = responsibilities[order]
        mean_precisions = self.mean_precision + counts
        squares = squares + self.mean_precision * counts / mean_precisions * centres**2
        return _Belief(
            responsibilities=responsibilities,
            counts=counts,
            mean_precisions=mean_precisions,
            means=counts * centres / mean_precisions,
            shapes=PRIOR_SHAPE + 0.5 * counts,
            rates=PRIOR_RATE + 0.5 * squares,
        )

    def assign(self, belief: _Belief) -> FloatArray:
        """Update the responsibilities (Bishop, 2006, equations 10.46, 10.64 and 10.65)."""
        taken, left = self._sticks(belief)
        whole = digamma(taken + left)
        passed = np.cumsum(digamma(left) - whole) - (digamma(left) - whole)
        height = digamma(taken) - whole + passed
        height += 0.5 * (digamma(belief.shapes) - np.log(belief.rates))
        height -= 0.5 / belief.mean_precisions
        precisions = belief.shapes / belief.rates
        # One array from here on, in place: this is where the time of a fit goes.
        logs = self.evidence.squares_around(belief.means)
        logs *= -0.5 * precisions[:, np.newaxis]
        logs += height[:, np.newaxis]
        logs -= logs.max(axis=0)
        responsibilities: FloatArray = np.exp(logs, out=logs)
        responsibilities /= responsibilities.sum(axis=0)
        return responsibilities

    def bound(self, belief: _Belief) -> float:
        """Lower bound on the log-evidence, right after `believe`.

        Every term has that of the prior taken off, so that an empty mode counts for nothing and
        bounds with different numbers of modes can be compared.
        """
        logs = np.log(np.maximum(belief.responsibilities, TINY))
        entropy = -((belief.responsibilities * logs) @ self.evidence.weights).sum()
        gains = (
            gammaln(belief.shapes)
            - gammaln(PRIOR_SHAPE)
            - belief.shapes * np.log(belief.rates)
            + PRIOR_SHAPE * np.log(PRIOR_RATE)
            - 0.5 * np.log(belief.mean_precisions / self.mean_precision)
            - belief.counts * HALF_LOG_TWO_PI
            + betaln(*self._sticks(belief))
            - betaln(1.0, self.concentration)
        )
        return float(gains.sum() + entropy)

    def _sticks(self, belief: _Belief) -> tuple[FloatArray, FloatArray]:
        """Parameters of the beta law of the share that each mode takes of what is left."""
        later = np.cumsum(belief.counts[::-1])[::-1] - belief.counts
        return 1.0 + belief.counts, self.concentration + np.maximum(later, 0.0)

    def mergers(self, belief: _Belief) -> list[_Belief]:
        """Every belief in which two modes with neighbouring means have become one."""
        ordered = belief.responsibilities[np.argsort(belief.means, kind="stable")]
        firsts = np.arange(len(ordered))
        return [
            self.believe(np.add.reduceat(ordered, np.delete(firsts, second), axis=0))
            for second in firsts[1:]
        ]

    def climb(self, belief: _Belief) -> _Belief:
        """Sweep, merge where that raises the bound most, until a round gains next to nothing."""
        enough = TOLERANCE * self.evidence.weights.sum()
        bound = self.bound(belief)
        for _ in range(MAX_ROUNDS):
            for _ in range(SWEEPS_A_ROUND):
                belief = self.believe(self.assign(belief))
            previous, bound = bound, self.bound(belief)
            merged = max(self.mergers(belief), key=self.bound, default=belief)
            if merged is not belief and self.bound(merged) >= bound:
                belief, bound = merged, self.bound(merged)
            elif bound - previous <= enough:
                break
        return belief


def _best_belief(evidence: _Evidence, max_modes: int, concentration: float) -> _Belief:
    """Fit from two starts, the groups and a coarse fit of them, and keep the higher bound."""
    # Means scatter as the column does, scales as its typical group: with less, far groups blur.
    mean_precision = 1.0 / max(1.0, evidence.mean_square())
    ascent = _Ascent(evidence, concentration, mean_precision)
    starts = [ascent.believe(evidence.groups(max_modes))]
    thinning = COARSE_COUNT / evidence.weights.sum()
    if thinning < 1.0:
        thinned = replace(evidence, weights=thinning * evidence.weights)
        coarse = _Ascent(thinned, concentration, mean_precision).climb(starts[0])
        starts.append(ascent.believe(coarse.responsibilities))
    return max((ascent.climb(start) for start in starts), key=ascent.bound)


def _mixture_of(
    belief: _Belief, min_weight: float, origin: float, unit: float, exponent: int
) -> Mixture:
    """Prune, sort and return to the unit of the column."""
    weights = belief.counts / belief.counts.sum()
    kept = np.flatnonzero((weights >= max(min_weight, TINY)) | (weights == weights.max()))
    order = kept[np.argsort(belief.means[kept], kind="stable")]
    means = np.ldexp(origin + unit * belief.means[order], exponent)
    scales = np.ldexp(unit * np.sqrt(belief.rates / belief.shapes)[order], exponent)
    finest = np.maximum(np.spacing(np.abs(means)), TINY)
    return Mixture(
        weights=tuple((weights[order] / weights[order].sum()).tolist()),
        means=tuple(means.tolist()),
        scales=tuple(np.maximum(scales, finest).tolist()),
    )
