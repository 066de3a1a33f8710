"""Days of the week and hours of the day are as frequent in draws as in the table."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tabgan.encoding.rhythm import Rhythm


def drawn_again(encoder, column: pd.Series) -> pd.Series:
    """Return draws from the modes that the cells of a column are in."""
    rng = np.random.default_rng(1)
    codes, _ = encoder.encode(column, rng.random(len(column)))
    return encoder.decode(codes, rng.random(len(column)), 0)


def on_workdays(n_rows: int, rng: np.random.Generator) -> pd.Series:
    """Return days over three years, of which few are at a weekend."""
    days = pd.Series(
        pd.Timestamp("2019-03-05") + pd.to_timedelta(rng.integers(0, 1_100, n_rows), "D")
    )
    return days.where((days.dt.day_of_week < 5) | (rng.random(n_rows) < 0.1)).dropna(
        ignore_index=True
    )


def test_weekends_stay_as_rare_as_they_are(fit_column):
    column = on_workdays(8_000, np.random.default_rng(2))
    drawn = drawn_again(fit_column(column), column)
    shares = [
        frame.dt.day_of_week.value_counts(normalize=True).sort_index() for frame in (column, drawn)
    ]
    np.testing.assert_allclose(shares[1], shares[0], atol=0.015)


def test_hours_stay_as_rare_as_they_are_beside_dates_without_a_time(fit_column):
    rng = np.random.default_rng(3)
    days = on_workdays(8_000, rng)
    hours = rng.normal(14.0, 3.0, len(days)) % 24
    times = days + pd.to_timedelta((hours * 3600).round(), "s")
    column = times.where(rng.random(len(days)) < 0.7, days)
    drawn = drawn_again(fit_column(column), column)
    for name in ("hour", "day_of_week"):
        shares = [getattr(frame.dt, name).value_counts(normalize=True) for frame in (column, drawn)]
        distance = shares[0].sub(shares[1], fill_value=0).abs().sum() / 2
        assert distance < 0.03, name
    # Nobody rounds to these hours, but many rows have no time.
    is_midnight = [(frame == frame.dt.normalize()).mean() for frame in (column, drawn)]
    assert is_midnight[1] == pytest.approx(is_midnight[0], abs=0.02)


@pytest.mark.parametrize(("n_days", "is_found"), [(27, False), (28, True)])
def test_a_rhythm_is_seen_four_times(fit_column, n_days, is_found):
    rng = np.random.default_rng(9)
    days = pd.Series(pd.date_range("2020-01-02", periods=n_days))
    column = days.repeat(np.where(days.dt.day_of_week < 5, 40, 8))
    # Few days are a spike each; seconds are not.
    times = column + pd.to_timedelta(rng.integers(0, 86_400, len(column)), "s")
    rhythm = fit_column(times.reset_index(drop=True)).modes.roundness.rhythm
    assert (rhythm is not None and bool(rhythm.days.std() > 0)) == is_found


@pytest.mark.parametrize("n_days", [20, 2_000])
def test_dates_without_a_rhythm_have_none(fit_column, n_days):
    rng = np.random.default_rng(4)
    column = pd.Series(
        pd.Timestamp("2019-03-05") + pd.to_timedelta(rng.integers(0, n_days, 3_000), "D")
    )
    assert fit_column(column).modes.roundness.rhythm is None


@given(
    moments=st.lists(st.integers(-(10**9), 10**9), min_size=2, max_size=50),
    step=st.sampled_from([1.0, 60.0, 3600.0, 86_400.0]),
    seed=st.integers(0, 99),
)
def test_what_comes_later_lies_further(moments, step, seed):
    rng = np.random.default_rng(seed)
    days, hours = rng.uniform(0.01, 2.0, 7), rng.uniform(0.01, 2.0, 24)
    rhythm = Rhythm(days / days.mean(), hours / hours.mean(), 86_400.0)
    points = np.sort(np.array(moments, dtype=float))
    assert (np.diff(rhythm.upto(points, step)) >= -1e-6).all()
    # Each point on the grid of the step is found again.
    on_grid = np.floor(points / step) * step
    middle = (rhythm.upto(on_grid - step, step) + rhythm.upto(on_grid, step)) / 2
    np.testing.assert_allclose(rhythm.at(middle, step), on_grid, atol=1e-6)
    # A week is as long as it was.
    week = 7 * 86_400.0
    np.testing.assert_allclose(
        rhythm.upto(points + week, step) - rhythm.upto(points, step), week, rtol=1e-9
    )


def test_likelihoods_follow_the_rhythm(fit_column):
    column = on_workdays(8_000, np.random.default_rng(5))
    encoder = fit_column(column)
    week = pd.Series(pd.date_range("2020-06-01", periods=7))
    mass = encoder.densities(week) @ encoder.shares
    assert mass[5:].max() < 0.2 * mass[:5].min()


def test_what_never_happened_stays_possible(fit_column):
    rng = np.random.default_rng(6)
    days = pd.Series(pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 700, 6_000), "D"))
    at_work = days + pd.to_timedelta(rng.integers(9 * 3600, 17 * 3600, 6_000), "s")
    column = at_work[at_work.dt.day_of_week < 5].reset_index(drop=True)
    encoder = fit_column(column)
    others = pd.Series(pd.to_datetime(["2021-03-06 12:00:01", "2021-03-03 03:00:01"]))
    usual = pd.Series(pd.to_datetime(["2021-03-03 12:00:01"]))
    density = [encoder.densities(cells) @ encoder.shares for cells in (others, usual)]
    assert (density[0] > 0).all()
    assert (density[0] < 0.02 * density[1]).all()


def test_rows_of_one_moment_say_once_when_things_happen(fit_column):
    for seed in range(10):
        rng = np.random.default_rng(seed)
        days = rng.choice(3_000, 400, replace=False)
        stamps = pd.Timestamp("2015-01-01") + pd.to_timedelta(np.repeat(days, 20), "D")
        assert fit_column(pd.Series(stamps)).modes.roundness.rhythm is None


def test_dates_of_millions_of_years_have_no_rhythm_and_take_no_memory(fit_column):
    rng = np.random.default_rng(7)
    stamps = pd.Series(rng.integers(-(2**48), 2**48, 3_000).view("datetime64[s]"))
    assert fit_column(stamps).modes.roundness.rhythm is None


def test_nanoseconds_keep_working_hours(fit_column):
    rng = np.random.default_rng(8)
    days = pd.bdate_range("2012-01-01", periods=2_500)[rng.integers(0, 2_500, 4_000)]
    seconds = (days - pd.Timestamp(0)).total_seconds().to_numpy() + rng.uniform(8, 18, 4_000) * 3600
    column = pd.Series(pd.to_datetime(seconds, unit="s").as_unit("ns"))
    drawn = drawn_again(fit_column(column), column)
    assert (drawn.dt.day_of_week >= 5).mean() < 0.02
    assert drawn.dt.hour.between(8, 17).mean() > 0.97
