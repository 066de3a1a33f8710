"""Fit the modes of one continuous column from its histogram.

The map of this file::

    histogram(values, counts)  ──►  Histogram  ──►  fit_mixture(centers, weights)  ──►  Mixture
    (histogram.py; rows end)        (bins)          (variational Bayes)                 (the modes)

The model is the truncated Dirichlet process mixture of Blei and Jordan (2006) with the
normal-gamma prior of Bishop (2006, section 10.2) in one dimension, which CTGAN (Xu et al., 2019)
fits with scikit-learn. It deviates where that fit fails on real columns:

- the prior of a scale is the typical scale of a tenth of the values, not the variance of the
  column, which one far value or two far groups inflate;
- sticks are broken in the order of falling counts (Kurihara, Welling and Teh, 2007);
- modes merge while that raises the evidence bound (Hughes and Sudderth, 2013), since coordinate
  ascent alone leaves one true mode split over several.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln, digamma, gammaln

from tabgan.encoding.histogram import (
    TINY,
    Evidence,
    FloatArray,
    Histogram,
    evidence_inside,
    read_bins,
)
from tabgan.errors import InvalidParameterError

__all__ = ["Mixture", "fit_mixture"]

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
    bins = read_bins(centers, weights, bin_width)
    # A power of two rescales without rounding, and keeps every square below within range.
    exponent = int(np.frexp(np.abs(bins.centers).max() + bins.widths.max())[1])
    bins = Histogram(
        np.ldexp(bins.centers, -exponent), bins.weights, np.ldexp(bins.widths, -exponent)
    )
    evidence = evidence_inside(bins)
    origin, unit = _origin_and_unit(evidence, max_modes)
    belief = _best_belief(evidence.measured(origin, unit), max_modes, concentration)
    return _mixture_of(belief, min_weight, origin, unit, exponent)


def _origin_and_unit(evidence: Evidence, n_groups: int) -> tuple[float, float]:
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

    evidence: Evidence
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


def _best_belief(evidence: Evidence, max_modes: int, concentration: float) -> _Belief:
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
