"""The one-dimensional mixture against scikit-learn, known modes and hard scales."""

import time
import warnings
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import BayesianGaussianMixture

from tabgan.encoding.histogram import histogram
from tabgan.encoding.mixture_fit import Mixture, fit_mixture
from tabgan.errors import InvalidDataError, InvalidParameterError

SAMPLES: dict[str, Callable[[np.random.Generator], np.ndarray]] = {
    "bimodal": lambda rng: np.concatenate([rng.normal(0, 1, 1500), rng.normal(6, 0.5, 1500)]),
    "skewed": lambda rng: rng.gamma(2.0, 1.0, 3000),
    "very skewed": lambda rng: rng.lognormal(0.0, 1.0, 3000),
    "uniform": lambda rng: rng.uniform(0.0, 1.0, 3000),
    "heavy-tailed": lambda rng: rng.standard_t(3, 5000),
    "very heavy-tailed": lambda rng: rng.standard_cauchy(2000),
}


def fit(values: np.ndarray, n_bins: int = 1000, **parameters: float) -> Mixture:
    bins = histogram(values, n_bins=n_bins)
    return fit_mixture(bins.centers, bins.weights, bin_width=bins.widths, **parameters)


def three_modes(n_values: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    sizes = np.array([0.5, 0.3, 0.2]) * n_values
    modes = zip((-5.0, 0.0, 8.0), (1.0, 0.5, 2.0), sizes.astype(int), strict=True)
    return np.concatenate([rng.normal(mean, scale, size) for mean, scale, size in modes])


def columns_of(mixture: Mixture) -> np.ndarray:
    return np.array([mixture.weights, mixture.means, mixture.scales])


@pytest.mark.parametrize("shape", SAMPLES)
def test_the_likelihood_is_that_of_scikit_learn_or_better(shape: str) -> None:
    values = SAMPLES[shape](np.random.default_rng(7))
    oracle = BayesianGaussianMixture(
        n_components=10,
        weight_concentration_prior_type="dirichlet_process",
        weight_concentration_prior=1e-3,
        random_state=0,
    )
    with warnings.catch_warnings():
        # It stops after its 100 sweeps, as it does inside CTGAN.
        warnings.simplefilter("ignore", ConvergenceWarning)
        oracle.fit(values[:, np.newaxis])
    # scikit-learn prunes nothing, so neither do we: without its rare modes a heavy tail costs
    # either fit thousands of nats.
    ours = fit(values, min_weight=0.0).log_density(values).mean()
    assert ours > oracle.score(values[:, np.newaxis]) - 0.01


@pytest.mark.parametrize("n_values", [3_000, 100_000])
def test_three_known_modes_are_recovered(n_values: int) -> None:
    mixture = fit(three_modes(n_values))
    assert mixture.weights == pytest.approx((0.5, 0.3, 0.2), abs=0.02)
    # Five percent, of the mode's scale for the mean that is 0.
    assert mixture.means == pytest.approx((-5.0, 0.0, 8.0), rel=0.05, abs=0.025)
    assert mixture.scales == pytest.approx((1.0, 0.5, 2.0), rel=0.05)


@pytest.mark.parametrize("n_values", [1_000, 100_000])
def test_one_normal_mode_is_not_split(n_values: int) -> None:
    values = np.random.default_rng(1).normal(3.0, 2.0, n_values)
    mixture = fit(values)
    assert len(mixture.weights) == 1
    # The prior is worth one value.
    assert mixture.scales[0] == pytest.approx(values.std(), rel=2.0 / n_values + 1e-3)


@pytest.mark.parametrize("factor", [1e-300, 1e-9, -1.0, 3.0, 1e294])
def test_rescaled_values_give_the_rescaled_mixture(factor: float) -> None:
    values = three_modes(2_000)
    expected = columns_of(fit(values))
    if factor < 0:
        expected = expected[:, ::-1]
    weights, means, scales = columns_of(fit(values * factor))
    # A hundredth of a scale: the sweeps stop a little short, in another place when mirrored.
    assert weights == pytest.approx(expected[0], abs=1e-3)
    assert means / factor == pytest.approx(expected[1], rel=1e-3, abs=5e-3)
    assert scales / abs(factor) == pytest.approx(expected[2], rel=1e-2)


def test_shifted_values_give_the_shifted_mixture() -> None:
    values = three_modes(2_000)
    weights, means, scales = columns_of(fit(values + 1000.0))
    expected = columns_of(fit(values))
    assert weights == pytest.approx(expected[0], abs=1e-3)
    assert means - 1000.0 == pytest.approx(expected[1], rel=1e-3, abs=1e-3)
    assert scales == pytest.approx(expected[2], rel=1e-3)


# Down to 1e-12 of the magnitude, where float64 still tells 4,500 values a spread apart.
@pytest.mark.parametrize("spread", [1.0, 1e-3, 1e-6])
def test_a_small_spread_around_a_million_is_seen(spread: float) -> None:
    mixture = fit(1e6 + spread * three_modes(2_000))
    assert mixture.weights == pytest.approx((0.5, 0.3, 0.2), abs=0.02)
    means = (np.array(mixture.means) - 1e6) / spread
    assert means == pytest.approx([-5.0, 0.0, 8.0], rel=0.05, abs=0.05)
    assert np.array(mixture.scales) / spread == pytest.approx([1.0, 0.5, 2.0], rel=0.1)


@pytest.mark.parametrize("value", [0.0, 1e6, -3.5e-300, 1e300])
def test_a_single_point_is_one_narrow_mode(value: float) -> None:
    for mixture in (fit(np.full(100, value)), fit_mixture([value], [3.0])):
        assert mixture.weights == (1.0,)
        # The point's own bin is one unit in the last place wide.
        assert mixture.means[0] == pytest.approx(value, rel=1e-15, abs=1e-300)
        assert 0.0 < mixture.scales[0] <= max(1e-15 * abs(value), 1e-150)
        assert mixture.responsibilities([value, -value]).tolist() == [[1.0], [1.0]]


@pytest.mark.parametrize("far", [1e3, 1e12, -1e12])
def test_a_far_value_does_not_blur_the_bulk(far: float) -> None:
    bulk = np.random.default_rng(2).normal(10.0, 1.0, 2_000)
    mixture = fit(np.append(bulk, far))
    assert mixture.weights == (1.0,)
    assert mixture.means[0] == pytest.approx(bulk.mean(), abs=5e-3)
    assert mixture.scales[0] == pytest.approx(bulk.std(), rel=1e-2)


def test_two_groups_far_apart_keep_their_own_scales() -> None:
    rng = np.random.default_rng(3)
    near, far = rng.normal(0.0, 1.0, 2_000), rng.normal(1e9, 2.0, 1_000)
    mixture = fit(np.concatenate([near, far]))
    assert mixture.weights == pytest.approx((2 / 3, 1 / 3), abs=0.01)
    assert mixture.scales == pytest.approx((1.0, 2.0), rel=0.05)


@pytest.mark.parametrize("width", [0.25, 0.5, 1.0])
def test_coarse_bins_do_not_widen_the_mode(width: float) -> None:
    centers = np.arange(-8.0, 8.0, width) + 0.1 * width
    ends = np.array([centers - width / 2, centers + width / 2])
    weights = 10_000 * np.diff(norm.cdf(ends), axis=0)[0]
    mixture = fit_mixture(centers, weights, bin_width=width)
    # Taking each value for its centre makes the mode wider by the root of 1 + width**2 / 12,
    # 4 % at width 1; two thirds of that must be gone even there.
    excess = np.sqrt(1.0 + width**2 / 12.0) - 1.0
    assert mixture.scales == pytest.approx((1.0,), abs=0.35 * excess + 1e-3)


def test_a_lone_wide_bin_is_as_wide_as_uniform_values_in_it() -> None:
    mixture = fit_mixture([5.0], [1_000.0], bin_width=6.0)
    assert mixture.means == pytest.approx((5.0,))
    assert mixture.scales == pytest.approx((6.0 / np.sqrt(12.0),), rel=0.01)


def test_weights_may_be_noisy_fractions() -> None:
    bins = histogram(three_modes(5_000), n_bins=200)
    noise = np.random.default_rng(4).laplace(0.0, 1.0, bins.weights.shape)
    noisy = np.clip(bins.weights + noise, 0.0, None)
    mixture = fit_mixture(bins.centers, noisy, bin_width=bins.widths, min_weight=0.05)
    assert mixture.means == pytest.approx((-5.0, 0.0, 8.0), abs=0.5)


def test_rare_modes_are_dropped_and_the_others_rescaled() -> None:
    rng = np.random.default_rng(5)
    values = np.concatenate([rng.normal(0.0, 1.0, 1_990), rng.normal(100.0, 1.0, 8)])
    assert len(fit(values).means) == 1
    assert len(fit(values, min_weight=0.001).means) == 2
    assert sum(fit(values).weights) == pytest.approx(1.0)


def test_no_more_modes_than_asked_for() -> None:
    values = np.random.default_rng(6).uniform(size=5_000)
    assert len(fit(values, max_modes=1).means) == 1
    assert 1 < len(fit(values, max_modes=3).means) <= 3


def test_the_order_of_the_bins_does_not_matter() -> None:
    bins = histogram(three_modes(2_000))
    shuffled = np.random.default_rng(8).permutation(len(bins.centers))
    mixed = fit_mixture(
        bins.centers[shuffled], bins.weights[shuffled], bin_width=bins.widths[shuffled]
    )
    assert mixed == fit_mixture(bins.centers, bins.weights, bin_width=bins.widths)


def test_a_fit_of_many_values_is_fast() -> None:
    bins = histogram(np.random.default_rng(9).lognormal(0.0, 1.0, 100_000))
    seconds = []
    for _ in range(3):
        start = time.process_time()
        fit_mixture(bins.centers, bins.weights, bin_width=bins.widths)
        seconds.append(time.process_time() - start)
    # Measured .07 s on one core; process time counts all threads of a busy machine.
    assert min(seconds) < 0.4


def test_the_density_is_that_of_its_modes() -> None:
    mixture = Mixture(weights=(0.3, 0.7), means=(-1.0, 2.0), scales=(0.5, 2.0))
    values = np.linspace(-8.0, 12.0, 101)
    expected = 0.3 * norm.pdf(values, -1.0, 0.5) + 0.7 * norm.pdf(values, 2.0, 2.0)
    assert np.exp(mixture.log_density(values)) == pytest.approx(expected)
    share = 0.7 * norm.pdf(values, 2.0, 2.0) / expected
    assert mixture.responsibilities(values)[:, 1] == pytest.approx(share)


def test_far_tails_belong_to_the_widest_mode() -> None:
    mixture = Mixture(weights=(0.9, 0.1), means=(0.0, 0.0), scales=(1.0, 1.0001))
    # The two log-densities agree to within a rounding error of their size at 1e12.
    far = np.array([-1e300, -1e12, 1e12, 1e300])
    assert mixture.responsibilities(far)[:, 1] == pytest.approx(1.0)
    assert np.isfinite(mixture.log_density(far)).all()


def test_missing_values_stay_missing() -> None:
    mixture = Mixture(weights=(1.0,), means=(0.0,), scales=(1.0,))
    assert np.isnan(mixture.log_density([0.0, np.nan])).tolist() == [False, True]
    assert np.isnan(mixture.responsibilities([0.0, np.nan])[:, 0]).tolist() == [False, True]


@pytest.mark.parametrize(
    ("weights", "means", "scales"),
    [
        ((), (), ()),
        ((1.0,), (0.0, 1.0), (1.0,)),
        ((0.5, 0.4), (0.0, 1.0), (1.0, 1.0)),
        ((0.5, 0.5), (1.0, 0.0), (1.0, 1.0)),
        ((1.0,), (0.0,), (0.0,)),
        ((1.0,), (np.nan,), (1.0,)),
    ],
)
def test_numbers_that_are_no_mixture_are_refused(
    weights: tuple[float, ...], means: tuple[float, ...], scales: tuple[float, ...]
) -> None:
    with pytest.raises(InvalidParameterError, match="no mixture"):
        Mixture(weights, means, scales)


@pytest.mark.parametrize(
    "parameters",
    [{"max_modes": 0}, {"min_weight": 1.0}, {"min_weight": -0.1}, {"concentration": 0.0}],
)
def test_parameters_out_of_range_are_refused(parameters: dict[str, float]) -> None:
    with pytest.raises(InvalidParameterError, match=next(iter(parameters))):
        fit_mixture([0.0, 1.0], [1.0, 1.0], **parameters)


@pytest.mark.parametrize(
    ("centers", "weights", "width"),
    [
        ([], [], 0.0),
        ([0.0], [1.0, 1.0], 0.0),
        ([0.0, 1.0], [1.0, 1.0], [1.0]),
        ([np.nan], [1.0], 0.0),
        ([0.0], [np.inf], 0.0),
        ([0.0, 1.0], [1.0, -1.0], 0.0),
        ([0.0, 1.0], [0.0, 0.0], 0.0),
        ([0.0], [1.0], -1.0),
    ],
)
def test_bins_that_are_none_are_refused(
    centers: list[float], weights: list[float], width: float | list[float]
) -> None:
    with pytest.raises(InvalidDataError, match="give"):
        fit_mixture(centers, weights, bin_width=width)


# Any magnitude that a square would overflow or underflow at.
numbers = st.floats(-1e300, 1e300, allow_subnormal=False)


@settings(max_examples=40, deadline=None)
@given(
    centers=st.lists(numbers, min_size=1, max_size=40),
    seed=st.integers(0, 1000),
    width=st.sampled_from([0.0, 1e-290, 1.0, 1e290]),
)
def test_every_histogram_gives_a_sound_mixture(
    centers: list[float], seed: int, width: float
) -> None:
    weights = np.random.default_rng(seed).exponential(10.0, len(centers))
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        mixture = fit_mixture(centers, weights, bin_width=width)
    shares, means, scales = columns_of(mixture)
    assert np.isfinite([shares, means, scales]).all()
    assert shares.sum() == pytest.approx(1.0)
    assert (shares > 0).all()
    assert (scales > 0).all()
    assert (np.diff(means) >= 0).all()
    responsibilities = mixture.responsibilities(centers)
    assert responsibilities.shape == (len(centers), len(means))
    assert responsibilities.sum(axis=1) == pytest.approx(1.0)
    assert np.isfinite(mixture.log_density(centers)).all()


@settings(max_examples=40, deadline=None)
@given(
    means=st.lists(st.floats(-100, 100), min_size=1, max_size=5),
    value=st.floats(allow_nan=False, allow_infinity=False),
    seed=st.integers(0, 1000),
)
def test_responsibilities_sum_to_one_anywhere(means: list[float], value: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.ones(len(means)))
    assume((weights > 0).all())
    scales = 10.0 ** rng.uniform(-12, 12, len(means))
    mixture = Mixture(tuple(weights), tuple(sorted(means)), tuple(scales))
    assert mixture.responsibilities([value]).sum() == pytest.approx(1.0)
    assert np.isfinite(mixture.log_density([value])).all()
