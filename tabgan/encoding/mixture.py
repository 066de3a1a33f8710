"""Gaussian modes: ``normalisation="mixture"``, the mode-specific normalisation of CTGAN.

Xu et al. (2019), section 4.2: a value belongs to one of the modes with the probability that the
mixture gives, and its position is its distance from the mode's mean in units of four standard
deviations. Deviation: values that many rows share are spikes of their own, since no Gaussian has a
point mass.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from tabgan.encoding.apart import far_apart
from tabgan.encoding.histogram import Histogram, histogram
from tabgan.encoding.limits import released_limits
from tabgan.encoding.mixture_fit import Mixture, fit_mixture
from tabgan.encoding.roundness import FindRoundness
from tabgan.encoding.standing_out import stand_out

# A position of 1 is this many standard deviations from the mean (Xu et al. 2019).
_SCALES_PER_POSITION = 4.0
# A value carried by one row in twenty outweighs what one of ten Gaussian modes can blur.
_SPIKE_SHARE = 0.05


@dataclass(frozen=True)
class MixtureModes:
    """Spikes and Gaussian modes of one column of numbers.

    Parameters
    ----------
    spikes : numpy.ndarray of shape (n_spikes,)
        Values that are modes of their own, ascending. They are the first codes.
    weights, means, scales : numpy.ndarray of shape (n_gaussians,)
        The Gaussian modes, ascending by mean.
    bounds : numpy.ndarray of shape (2,)
        Other values are clipped to this range, of means of outermost rows; empty where spikes cover
        everything released.
    """

    spikes: np.ndarray
    weights: np.ndarray
    means: np.ndarray
    scales: np.ndarray
    bounds: np.ndarray

    @classmethod
    def from_counts(
        cls,
        values: np.ndarray,
        counts: np.ndarray,
        *,
        rare_threshold: int,
        on_grid: bool,
        roundness_of: FindRoundness | None = None,
    ) -> "MixtureModes":
        """Return the modes that distinct values and their counts determine.

        Parameters
        ----------
        values : numpy.ndarray
            Distinct values, ascending.
        counts : numpy.ndarray
            Rows that carry each.
        rare_threshold : int
            No spike has fewer rows, and the bounds are means of so many.
        on_grid : bool
            Whether values are integers; off the grid no bound is a row's own value.
        roundness_of : callable or None
            Finds how round values are: round ones are spikes only if they are frequent beside
            others as round. Inside a Gaussian they are no likelier than others.
        """
        threshold = max(1, rare_threshold)
        spiky = counts >= max(threshold, _SPIKE_SHARE * counts.sum())
        spiky |= far_apart(values, counts, threshold)
        spiky[~spiky] = stand_out(values[~spiky], counts[~spiky], threshold, roundness_of)
        rest_values, rest_counts = values[~spiky], counts[~spiky]
        if rest_counts.sum() < threshold and spiky.any():
            empty = np.empty(0)
            return cls(values[spiky], empty, empty, empty, empty)
        # Of the rest alone: half-way between a spike and a rare value would give the latter away.
        bounds = np.array(released_limits(rest_values, rest_counts, threshold, on_grid))
        counted = histogram(rest_values.clip(*bounds), rest_counts)
        fitted = fit_mixture(counted.centers, counted.weights, bin_width=counted.widths)
        fitted = _supported(fitted, counted, threshold)
        return cls(
            values[spiky],
            np.array(fitted.weights),
            np.array(fitted.means),
            np.array(fitted.scales),
            bounds,
        )

    @property
    def n_modes(self) -> int:
        """Number of spikes and Gaussian modes."""
        return len(self.spikes) + len(self.means)

    @property
    def bins(self) -> range:
        """None: Gaussian modes overlap, and none is a bin beside another."""
        return range(0)

    @property
    def limits(self) -> tuple[float, float]:
        """Smallest and largest value that can be drawn."""
        ends = np.concatenate([self.spikes, self.bounds])
        return float(ends.min()), float(ends.max())

    def encode(self, values: np.ndarray, uniforms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return codes and positions; uniform numbers choose among modes that overlap."""
        codes = np.zeros(len(values), dtype=np.int32)
        positions = np.zeros(len(values), dtype=np.float32)
        is_spike = np.isin(values, self.spikes)
        codes[is_spike] = np.searchsorted(self.spikes, values[is_spike])
        if not len(self.means):
            gaps = np.abs(values[~is_spike, None] - self.spikes)
            codes[~is_spike] = gaps.argmin(axis=1)
            return codes, positions
        rest = np.clip(values[~is_spike], *self.bounds)
        upto = np.cumsum(self._mixture.responsibilities(rest), axis=1)
        modes = (uniforms[~is_spike, None] >= upto[:, :-1]).sum(axis=1)
        codes[~is_spike] = len(self.spikes) + modes
        steps = (rest - self.means[modes]) / (_SCALES_PER_POSITION * self.scales[modes])
        positions[~is_spike] = np.clip(steps, -1.0, 1.0)
        return codes, positions

    def mode_counts(self, values: np.ndarray, counts: np.ndarray) -> np.ndarray:
        """Return how many rows each mode has, on average, of distinct values and their counts."""
        is_spike = np.isin(values, self.spikes)
        if not len(self.means):
            codes, _ = self.encode(values, np.empty(len(values)))
            return np.bincount(codes, weights=counts, minlength=self.n_modes)
        spikes = counts[is_spike].astype(np.float64)
        shares = self._mixture.responsibilities(values[~is_spike].clip(*self.bounds))
        return np.concatenate([spikes, counts[~is_spike] @ shares])

    def decode(self, codes: np.ndarray, uniforms: np.ndarray) -> np.ndarray:
        """Return values for codes; uniform numbers are turned into normal positions."""
        values = np.empty(len(codes))
        gaussian = codes >= len(self.spikes)
        values[~gaussian] = self.spikes[codes[~gaussian]]
        if not len(self.means):
            return values
        modes = codes[gaussian] - len(self.spikes)
        # Drawn within the bounds rather than clipped to them, which would pile up rows there.
        lower, upper = (
            ndtr((bound - self.means[modes]) / self.scales[modes]) for bound in self.bounds
        )
        normals = ndtri(np.clip(lower + uniforms[gaussian] * (upper - lower), 1e-12, 1 - 1e-12))
        values[gaussian] = np.clip(self.means[modes] + self.scales[modes] * normals, *self.bounds)
        return values

    def cdf(self, values: np.ndarray) -> np.ndarray:
        """Return the share of each mode at or below values, shape (n_values, n_modes)."""
        below_spikes = (self.spikes <= values[:, None]).astype(np.float64)
        if not len(self.means):
            return below_spikes
        lower, upper = (ndtr((bound - self.means) / self.scales) for bound in self.bounds)
        below = ndtr((values[:, None] - self.means) / self.scales)
        # A mode whose bounds are one number has all its mass there.
        reach = upper - lower
        inside = np.where(
            reach > 0,
            (below - lower) / np.where(reach > 0, reach, 1.0),
            values[:, None] >= self.bounds[0],
        )
        shares: np.ndarray = np.concatenate([below_spikes, np.clip(inside, 0.0, 1.0)], axis=1)
        return shares

    def pdf(self, values: np.ndarray) -> np.ndarray:
        """Return the density of each mode at values, 1 for a spike there, (n_values, n_modes)."""
        at_spikes: np.ndarray = (self.spikes == values[:, None]).astype(np.float64)
        if not len(self.means):
            return at_spikes
        lower, upper = (ndtr((bound - self.means) / self.scales) for bound in self.bounds)
        steps = (values[:, None] - self.means) / self.scales
        with np.errstate(over="ignore"):  # so far from a mode is nothing of it
            heights = np.exp(-0.5 * steps**2) / (np.sqrt(2.0 * np.pi) * self.scales)
        heights /= np.maximum(upper - lower, np.finfo(float).tiny)
        heights[np.isin(values, self.spikes)] = 0.0
        densities: np.ndarray = np.concatenate([at_spikes, heights], axis=1)
        return densities

    @property
    def _mixture(self) -> Mixture:
        return Mixture(tuple(self.weights), tuple(self.means), tuple(self.scales))

    def settled(self, values: np.ndarray) -> np.ndarray:
        """Return values that can be drawn: those out of reach as the nearest that no spike is."""
        if not len(self.means):
            return values.clip(*self.limits)
        is_spike = np.isin(values, self.spikes)
        return np.asarray(np.where(is_spike, values, values.clip(*self.bounds)))

    def state(self) -> dict[str, np.ndarray]:
        """Return the arrays that make up the modes."""
        return {
            "spikes": self.spikes,
            "weights": self.weights,
            "means": self.means,
            "scales": self.scales,
            "bounds": self.bounds,
        }

    @classmethod
    def from_state(cls, state: dict[str, np.ndarray]) -> "MixtureModes":
        """Return the modes that :meth:`state` describes."""
        return cls(**state)


def _supported(mixture: Mixture, counted: Histogram, threshold: int) -> Mixture:
    """Return the mixture without the modes of too few rows, whose means are those rows' values."""
    rows = counted.weights @ mixture.responsibilities(counted.centers)
    # Half a row, since no share is a whole number of rows.
    kept = np.flatnonzero(rows >= threshold - 0.5)
    if len(kept) == len(mixture.means):
        return mixture
    if not len(kept):
        return _one_mode(counted)
    weights = np.array(mixture.weights)[kept]
    return Mixture(
        tuple(weights / weights.sum()),
        tuple(np.array(mixture.means)[kept]),
        tuple(np.array(mixture.scales)[kept]),
    )


def _one_mode(counted: Histogram) -> Mixture:
    """Return the one Gaussian with the mean and the variance of all rows."""
    shares = counted.weights / counted.weights.sum()
    mean = float(shares @ counted.centers)
    distances = counted.centers - mean
    unit = max(float(np.abs(distances).max()), float(counted.widths.max()))  # squares overflow
    return Mixture((1.0,), (mean,), (unit * float(np.sqrt(shares @ (distances / unit) ** 2)),))
