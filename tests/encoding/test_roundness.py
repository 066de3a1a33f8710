"""How round numbers are: found from counts, kept by draws, exact in likelihoods."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.encoding.quantile import QuantileModes
from tabgan.encoding.rhythm import Rhythm
from tabgan.encoding.roundness import Roundness
from tabgan.encoding.steps import Steps

DECIMALS = Steps.of_decimals()


def counted(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    distinct, counts = np.unique(values, return_counts=True)
    return distinct.astype(float), counts


def prices(rng: np.random.Generator, n_rows: int) -> np.ndarray:
    """Return prices of which half are in thousands, three in ten in tens, the rest to the unit."""
    exact = rng.lognormal(12.5, 0.5, n_rows)
    step = rng.choice([1, 10, 1000], n_rows, p=[0.2, 0.3, 0.5])
    return np.rint(exact / step) * step


def test_the_steps_that_numbers_were_rounded_to_are_found():
    found = Roundness.of(*counted(prices(np.random.default_rng(0), 40_000)), 5, steps=DECIMALS)
    shares = dict(zip(found.steps, found.shares, strict=True))
    assert shares[1] == pytest.approx(0.2, abs=0.02)
    assert shares[10] == pytest.approx(0.3, abs=0.02)
    assert shares[1000] == pytest.approx(0.5, abs=0.02)


def test_numbers_that_nobody_rounded_stay_as_they_are():
    values = np.random.default_rng(0).integers(0, 100_000, 50_000)
    assert Roundness.of(*counted(values), 5, steps=DECIMALS).is_even


def test_numbers_are_round_counted_from_zero_not_from_the_origin_of_the_grid():
    values = prices(np.random.default_rng(0), 20_000)
    found = Roundness.of(*counted(values + 4), 5, steps=DECIMALS, zero=4.0)
    assert found.zero == 4.0
    assert 1000 in found.steps


@settings(deadline=None)
@given(
    numbers=st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=50),
    share=st.floats(0.01, 0.99),
    step=st.sampled_from([2.0, 5.0, 25.0, 1000.0]),
    zero=st.integers(0, 999),
    below=st.sampled_from([0.0, 1.0]),
)
def test_every_integer_has_a_piece_of_its_own(numbers, share, step, zero, below):
    roundness = Roundness(
        np.array([1.0, step]),
        np.array([share, 1 - share]),
        float(zero),
        below=np.array([0.0, below]),
    )
    integers = np.array(numbers, dtype=float)
    starts, ends = roundness.spread(integers - 1), roundness.spread(integers)
    # As long as the integer is likely.
    is_round = (integers - zero + below) % step == 0
    np.testing.assert_allclose(ends - starts, share + (1 - share) * step * is_round, atol=1e-6)
    for place in (starts, (starts + ends) / 2):
        np.testing.assert_array_equal(roundness.gather(place + 1e-7), integers)


@pytest.fixture
def modes() -> QuantileModes:
    values, counts = counted(prices(np.random.default_rng(1), 30_000))
    return QuantileModes.from_counts(
        values,
        counts,
        rare_threshold=5,
        on_grid=True,
        roundness_of=partial(Roundness.of, steps=DECIMALS),
    )


def test_draws_are_as_round_as_the_rows(modes):
    rng = np.random.default_rng(2)
    values = prices(np.random.default_rng(1), 30_000)
    codes, _ = modes.encode(values, rng.random(len(values)))
    drawn = modes.decode(codes, rng.random(len(values)))
    for step in (10, 100, 1000):
        assert np.mean(drawn % step == 0) == pytest.approx(np.mean(values % step == 0), abs=0.02)
    again, _ = modes.encode(drawn, rng.random(len(values)))
    assert (again == codes).all()


def test_the_masses_of_all_integers_sum_to_one_and_are_the_shares_of_draws(modes):
    code = len(modes.spikes) + modes.n_bins // 2
    uniforms = (np.arange(200_000) + 0.5) / 200_000
    drawn = modes.decode(np.full(200_000, code), uniforms)
    lowest = drawn.min() - 10.0
    integers = np.arange(lowest, drawn.max() + 11.0)
    masses = (modes.cdf(integers + 0.5) - modes.cdf(integers - 0.5))[:, code]
    assert masses.sum() == pytest.approx(1.0)
    shares = np.bincount((drawn - lowest).astype(int), minlength=len(integers)) / 200_000
    np.testing.assert_allclose(shares, masses, atol=1e-5)


def test_a_file_holds_the_roundness(modes):
    read = QuantileModes.from_state(modes.state())
    np.testing.assert_array_equal(read.roundness.steps, modes.roundness.steps)
    uniforms = np.linspace(0, 0.999, 1000)
    codes = np.full(1000, modes.n_modes - 1)
    np.testing.assert_array_equal(read.decode(codes, uniforms), modes.decode(codes, uniforms))


def test_numbers_on_a_grid_are_round_in_their_own_digits():
    rng = np.random.default_rng(4)
    grams = 25 * rng.integers(100, 250, 6_000)
    grams = np.where(rng.random(6_000) < 0.7, np.floor(grams / 100 + 0.5) * 100, grams)
    units, counts = np.unique(grams / 25, return_counts=True)
    roundness = Roundness.of(units, counts, 5, steps=Steps.of_decimals(25))
    assert roundness.steps.tolist() == [1.0, 4.0]
    assert roundness.shares == pytest.approx([0.3, 0.7], abs=0.03)


def test_money_is_round_in_its_own_unit_and_dates_are_not(fit_column):
    rng = np.random.default_rng(3)
    fares = fit_column(pd.Series(rng.integers(5, 1000, 5000) / 2 + (rng.random(5000) < 0.1) / 100))
    assert 50 in fares.modes.roundness.steps
    days = pd.Timestamp("2000-01-01") + pd.to_timedelta(rng.integers(0, 1000, 5000) * 10, "D")
    others = pd.Timestamp("2000-01-01") + pd.to_timedelta(rng.integers(0, 10_000, 500), "D")
    assert fit_column(pd.Series(days.append(others))).modes.roundness.is_even


def drawn_again(encoder, column: pd.Series) -> pd.Series:
    """Return draws from the modes that the cells of a column are in."""
    rng = np.random.default_rng(0)
    codes, _ = encoder.encode(column, rng.random(len(column)))
    return encoder.decode(codes, rng.random(len(column)), 0)


@pytest.mark.parametrize("n_exact", [1, 50, 800])
def test_prices_keep_their_cents_beside_numbers_of_many_digits(fit_column, n_exact):
    rng = np.random.default_rng(5)
    prices = rng.lognormal(3.0, 1.0, 2_000).round(2)
    prices[:n_exact] = rng.lognormal(3.0, 1.0, n_exact)
    column = pd.Series(prices)
    encoder = fit_column(column)
    assert encoder.column.decimals is None
    drawn = drawn_again(encoder, column)
    in_cents = (drawn.round(2) == drawn).mean()
    assert in_cents == pytest.approx(1 - n_exact / 2_000, abs=0.03)
    assert drawn.quantile([0.1, 0.5, 0.9]).to_numpy() == pytest.approx(
        column.quantile([0.1, 0.5, 0.9]).to_numpy(), rel=0.05
    )


@pytest.mark.parametrize("in_cents", [True, False])
def test_prices_that_end_in_ninety_nine_stay_as_frequent(fit_column, in_cents):
    rng = np.random.default_rng(14)
    amounts = rng.lognormal(3.0, 1.0, 3_000).round(2)
    amounts = np.where(rng.random(3_000) < 0.5, np.ceil(amounts) - 0.01, amounts)
    amounts = np.where(rng.random(3_000) < 0.2, np.ceil(amounts) - 0.05, amounts).round(2)
    column = pd.Series(amounts)
    if not in_cents:
        column[:10] = rng.lognormal(3.0, 1.0, 10)  # of which all digits count
    drawn = drawn_again(fit_column(column), column)
    for ending in (99, 95):
        shares = [(np.rint(cells * 100) % 100 == ending).mean() for cells in (column, drawn)]
        assert shares[1] == pytest.approx(shares[0], abs=0.04)


@pytest.mark.parametrize("decimals", [6, 7, 8, 9, 15])
@pytest.mark.parametrize("digits", [0, -2])
def test_whole_numbers_stay_as_frequent_beside_any_number_of_decimals(fit_column, digits, decimals):
    rng = np.random.default_rng(13)
    amounts = rng.lognormal(8.0 if digits else 3.0, 1.0, 2_000)
    column = pd.Series(
        np.where(rng.random(2_000) < 0.6, amounts.round(digits), amounts.round(decimals))
    )
    drawn = drawn_again(fit_column(column), column)
    shares = [(numbers.round(digits) == numbers).mean() for numbers in (column, drawn)]
    assert shares[1] == pytest.approx(shares[0], abs=0.04)


def test_a_mean_filled_in_for_gaps_comes_back_exactly(fit_column):
    rng = np.random.default_rng(6)
    column = pd.Series(rng.lognormal(3.0, 1.0, 2_000).round(2))
    column[:200] = column.mean()
    drawn = drawn_again(fit_column(column), column)
    assert (drawn == column[0]).sum() == 200
    assert (drawn.round(2) == drawn).sum() >= 1_790


def test_codes_of_unknown_beyond_all_others_leave_whole_numbers_whole(fit_column):
    rng = np.random.default_rng(7)
    column = pd.Series(rng.normal(50_000.0, 10_000.0, 3_000).round())
    column[:30] = 1e99
    drawn = drawn_again(fit_column(column), column)
    assert (drawn == 1e99).sum() == 30
    assert (drawn % 1 == 0).all()


def test_real_numbers_that_nobody_rounded_are_even(fit_column):
    rng = np.random.default_rng(8)
    assert fit_column(pd.Series(rng.normal(size=3_000))).modes.roundness.is_even
    assert fit_column(pd.Series(rng.normal(size=3_000) * 1e200)).modes.roundness.is_even


def test_numbers_on_no_step_stay_possible_and_rare(fit_column):
    rng = np.random.default_rng(12)
    column = pd.Series(rng.integers(1_000, 9_000, 5_000) * 10)
    column[0] = 54_321
    encoder = fit_column(column)
    assert encoder.scale.step == 1
    drawn = drawn_again(encoder, column)
    assert (drawn % 10 == 0).mean() > 0.998
    density = encoder.densities(pd.Series([54_321, 54_320])) @ encoder.shares
    assert 0 < density[0] < 0.01 * density[1]


def test_likelihoods_of_real_numbers_count_every_rounded_one(fit_column):
    rng = np.random.default_rng(9)
    column = pd.Series(rng.uniform(0.0, 10.0, 2_000).round(1))
    column[:200] = rng.uniform(0.0, 10.0, 200)
    column[200:400] = rng.uniform(0.0, 10.0, 200).round(2)
    encoder = fit_column(column)
    modes = encoder.modes
    per_unit = modes.roundness.per_unit
    assert per_unit == 1e8
    cells = np.arange(np.ceil(4.05 * per_unit), np.ceil(4.05001 * per_unit)) / per_unit
    masses = modes.pdf(cells) / per_unit
    upto = modes.cdf(np.array([np.nextafter(cells[0], -np.inf), cells[-1]]))
    np.testing.assert_allclose(masses.sum(axis=0), upto[1] - upto[0], atol=1e-9)


@pytest.mark.parametrize("unit", ["s", "us", "ns"])
@pytest.mark.parametrize("n_timed", [1, 400])
def test_midnights_stay_midnights_beside_times(fit_column, unit, n_timed):
    rng = np.random.default_rng(10)
    days = pd.Timestamp("2015-01-01") + pd.to_timedelta(rng.integers(0, 3_000, 2_000), "D")
    column = pd.Series(days.as_unit(unit))
    times = pd.to_timedelta(rng.integers(0, 86_400_000_000, n_timed), "us")
    times = times.floor("s") if unit == "s" else times
    column[:n_timed] = column[:n_timed] + times
    drawn = drawn_again(fit_column(column), column)
    at_midnight = (drawn == drawn.dt.normalize()).mean()
    assert at_midnight == pytest.approx(1 - n_timed / 2_000, abs=0.03)


def test_times_are_as_round_as_people_round_them(fit_column):
    rng = np.random.default_rng(11)
    minutes = rng.integers(0, 60 * 24 * 365, 4_000)
    minutes = np.where(rng.random(4_000) < 0.6, minutes // 30 * 30, minutes)
    for column in (
        pd.Series(pd.Timestamp("2020-01-01") + pd.to_timedelta(minutes, "min")),
        pd.Series(pd.to_timedelta(minutes, "min")),
    ):
        drawn = drawn_again(fit_column(column), column)
        start = drawn.dt.normalize() if drawn.dtype.kind == "M" else pd.Timedelta(0)
        halves = (drawn - start) % pd.Timedelta("30min") == pd.Timedelta(0)
        assert halves.mean() == pytest.approx(0.6 + 0.4 / 30, abs=0.04)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("round_steps", [1.0, 1e300]),
        ("round_steps", [0.0, 60.0]),
        ("round_steps", [1.0, np.nan]),
        ("round_steps", [1.0, 60.0, 3600.0]),
        ("round_shares", [1e15, 1e15]),
        ("round_shares", [-0.5, 1.5]),
        ("round_shares", [0.5, np.nan]),
        ("zero", [np.nan]),
        ("zero", [np.inf]),
        ("round_below", [0.0, 60.0]),
        ("round_below", [0.0]),
        ("per_unit", [0.0]),
        ("per_unit", [np.nan]),
        ("per_day", [0.0]),
        ("per_day", [np.nan]),
        ("days", np.ones(3)),
        ("days", np.zeros(7)),
        ("hours", np.full(24, np.nan)),
        ("hours", np.ones(3)),
        ("knots", [np.nan, 1.0, 2.0]),
        ("coordinates", [0.0, 2.0, 1.0]),
        ("coordinates", [0.0, 0.5, 1.5]),
        ("spikes", [np.inf]),
    ],
)
def test_a_damaged_state_is_refused(name, value):
    even = np.ones(24)
    modes = QuantileModes(
        np.array([7.0]),
        np.array([0.0, 10.0, 20.0]),
        np.array([0.0, 1.0, 2.0]),
        Roundness(
            np.array([1.0, 60.0]),
            np.array([0.5, 0.5]),
            rhythm=Rhythm(even[:7], even, 86_400.0),
        ),
    )
    state = modes.state()
    assert QuantileModes.from_state(state).state().keys() == state.keys()
    with pytest.raises(ValueError, match=r"ascend|step|count|share|weight|each knot"):
        QuantileModes.from_state({**state, name: np.array(value)})
