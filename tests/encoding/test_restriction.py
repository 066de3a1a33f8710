"""The allowed part of a column: exactly what lies in it comes out, with the law it has there."""

from collections.abc import Callable
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tabgan.encoding.column import ColumnEncoder
from tabgan.encoding.restriction import Restriction

FitColumn = Callable[..., ColumnEncoder]
RNG = np.random.default_rng(8)
N_ROWS = 4_000
DAYS = pd.Timestamp("2020-01-01") + pd.to_timedelta(RNG.integers(0, 700, N_ROWS), "D")
COLUMNS = {
    "real": pd.Series(RNG.normal(10.0, 2.0, N_ROWS)),
    "money": pd.Series(RNG.lognormal(3.0, 1.0, N_ROWS).round(2)),
    "spiked": pd.Series(np.where(RNG.random(N_ROWS) < 0.4, 0.0, RNG.normal(5.0, 1.0, N_ROWS))),
    "count": pd.Series(RNG.geometric(0.01, N_ROWS)),
    "few": pd.Series(RNG.integers(0, 9, N_ROWS)),
    "far": pd.Series(RNG.integers(0, 1000, N_ROWS) * 1000 + 2**60),
    "gaps": pd.Series(RNG.normal(0.0, 1.0, N_ROWS)).mask(RNG.random(N_ROWS) < 0.3),
    "days": pd.Series(DAYS),
    "seconds": pd.Series(DAYS + pd.to_timedelta(RNG.integers(0, 86_400, N_ROWS), "s")),
    "zoned": pd.Series(DAYS).dt.tz_localize("Europe/Berlin"),
    "written": pd.Series(DAYS.strftime("%d.%m.%Y")),
    "span": pd.Series(pd.to_timedelta(RNG.integers(0, 10_000, N_ROWS), "s")),
}
RANGES: list[tuple[str, object, object]] = [
    ("real", 9.5, 11.25),
    ("real", None, 8.0),
    ("real", -np.inf, 8.0),
    ("money", 10, 20.5),
    ("money", 19.99, 20.01),
    ("spiked", 0, 4.5),
    ("spiked", 0.0, 0.0),
    ("count", 60, 90),
    ("count", 59.5, 60.5),
    ("count", 60, 60),
    ("few", 3, None),
    ("far", 2**60 + 100_000, 2**60 + 300_500),
    ("gaps", 0.5, 1.0),
    ("days", "2020-03-01", "2020-03-31"),
    ("days", "2020-03", "2020-04"),
    ("days", "2021", None),
    ("days", pd.Timestamp("2020-03-01"), pd.Timestamp("2020-03-09").date()),
    ("seconds", "2020-03-01", "2020-03-31"),
    ("seconds", "2020-03-01 12:00", pd.Timestamp("2020-03-01 18:00")),
    ("zoned", "2020-03-01", "2020-03-31"),
    ("written", "01.03.2020", "31.03.2020"),
    ("written", "2020-03-01", "2020-03-31"),
    ("span", "00:10:00", pd.Timedelta("1h")),
]
FAR_DATES: list[tuple[object, object]] = [
    ("2021-06-01", "9999-12-31"),
    (date(2021, 6, 1), date(9999, 12, 31)),
    (datetime(2021, 6, 1), np.datetime64("2500-01-01")),
]


@pytest.mark.parametrize(("low", "high"), FAR_DATES)
def test_dates_that_nobody_will_see_are_open_ends(
    fit_column: FitColumn, low: object, high: object
) -> None:
    encoder = fit_column(COLUMNS["days"])
    open_end = encoder.between("2021-06-01", None)
    np.testing.assert_allclose(encoder.between(low, high).shares, open_end.shares)
    np.testing.assert_allclose(
        encoder.between("1500-01-01", "2021-05").shares, 1.0 - open_end.shares, atol=1e-12
    )


def test_a_day_whose_midnight_the_clock_skips_is_a_day(fit_column: FitColumn) -> None:
    days = pd.date_range("2018-11-01", "2018-11-09", freq="30min", tz="America/Sao_Paulo")
    encoder = fit_column(pd.Series(days))
    for low, high in (("2018-11-04", "2018-11-04"), ("2018-11-03", "2018-11-03")):
        cells, _ = draw(encoder, encoder.between(low, high), 2_000)
        assert set(cells.dt.strftime("%Y-%m-%d")) == {low}


def test_points_that_lie_close_are_each_drawn(fit_column: FitColumn) -> None:
    points = np.linspace(9.5, 10.5, 3_000)
    encoder = fit_column(COLUMNS["real"])
    cells, _ = draw(encoder, encoder.any_of(list(points[::3])))
    found = np.quantile(cells, [0.02, 0.25, 0.5, 0.75, 0.98])
    np.testing.assert_allclose(found, [9.52, 9.75, 10.0, 10.25, 10.48], atol=0.05)


def test_ends_mean_their_shortest_decimals_and_may_be_huge(fit_column: FitColumn) -> None:
    encoder = fit_column(COLUMNS["money"])
    assert encoder.between(np.float32(10.1), np.float32(20.3)).bounds == (1010.0, 2030.0)
    for name in ("real", "count"):
        encoder = fit_column(COLUMNS[name])
        everything = encoder.between(None, None)
        np.testing.assert_array_equal(
            encoder.between(-(10**400), 10**400).shares, everything.shares
        )


def test_one_number_may_be_asked_for_as_a_range(fit_column: FitColumn) -> None:
    encoder = fit_column(COLUMNS["real"])
    assert set(draw(encoder, encoder.between(9.5, 9.5), 100)[0]) == {9.5}


def inside(column: pd.Series, low: object, high: object) -> np.ndarray:
    """Return which cells lie in a closed range, by pandas alone."""
    if column.name == "written":
        column = pd.to_datetime(column, format="%d.%m.%Y")
        low, high = pd.Timestamp("2020-03-01"), pd.Timestamp("2020-03-31")
    if pd.api.types.is_datetime64_any_dtype(column):
        zone = getattr(column.dtype, "tz", None)
        if isinstance(low, str):
            low = pd.Period(low).start_time.tz_localize(zone)
        if isinstance(high, str) or (high is not None and not isinstance(high, pd.Timestamp)):
            high = pd.Period(str(high)).end_time.tz_localize(zone)
    is_inside = column.notna()
    if low is not None:
        is_inside &= column >= low
    if high is not None:
        is_inside &= column <= high
    return is_inside.to_numpy(dtype=bool)


def draw(
    encoder: ColumnEncoder, restriction: Restriction, n_rows: int = 20_000
) -> tuple[pd.Series, float]:
    """Return cells with the training shares inside the restriction, and what it leaves."""
    rng = np.random.default_rng(3)
    weights = encoder.shares * restriction.shares
    codes = rng.choice(encoder.n_modes, n_rows, p=weights / weights.sum())
    cells = encoder.decode(codes, rng.random(n_rows), 0, restriction)
    return cells, weights.sum() / encoder.shares.sum()


@pytest.mark.parametrize("normalisation", ["quantile", "mixture"])
@pytest.mark.parametrize(("name", "low", "high"), RANGES)
def test_a_range_gives_what_lies_in_it_as_often_as_the_table_has_it(
    fit_column: FitColumn, normalisation: str, name: str, low: object, high: object
) -> None:
    column = COLUMNS[name].rename(name)
    encoder = fit_column(column, normalisation=normalisation)
    restriction = encoder.between(low, high)
    cells, mass = draw(encoder, restriction)
    assert inside(cells.rename(name), low, high).all()
    # A Gaussian mixture follows a table of 4,000 rows less closely than quantiles do.
    tolerance = 0.005 if normalisation == "quantile" else 0.03
    assert mass == pytest.approx(inside(column, low, high).mean(), abs=tolerance)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("real", 9.2, 11.7),
        ("money", 7.77, 33.3),
        ("count", 37, 133),
        ("seconds", "2020-02-10", "2020-10-05 07:00"),
    ],
)
def test_inside_a_range_the_law_is_that_of_the_table(
    fit_column: FitColumn, name: str, low: object, high: object
) -> None:
    column = COLUMNS[name].rename(name)
    encoder = fit_column(column)
    cells, _ = draw(encoder, encoder.between(low, high))
    real = np.sort(
        column[inside(column, low, high)].astype("int64" if name == "seconds" else float)
    )
    drawn = np.sort(cells.astype("int64" if name == "seconds" else float))
    levels = np.linspace(0.05, 0.95, 19)
    ranks = np.searchsorted(real, np.quantile(drawn, levels)) / len(real)
    # Three standard errors of a quantile of some 800 rows.
    assert np.abs(ranks - levels).max() < 0.05


VALUES: list[tuple[str, list[object]]] = [
    ("real", [9.0, 10.5, 12.0]),
    ("money", [10.0, 20.55]),
    ("spiked", [0.0]),
    ("count", [40, 70, 71]),
    ("few", [1, 5, 5]),
    ("far", [2**60 + 123_000, 2**60 + 456_000]),
    ("gaps", [None, 0.25]),
    ("days", ["2020-03-01", "2020-03-09"]),
    ("zoned", [pd.Timestamp("2020-03-01", tz="Europe/Berlin")]),
    ("written", ["01.03.2020", "09.03.2020"]),
    ("span", [pd.Timedelta("10s"), pd.Timedelta("20s")]),
]


@pytest.mark.parametrize("normalisation", ["quantile", "mixture"])
@pytest.mark.parametrize(("name", "values"), VALUES)
def test_a_set_gives_its_values_and_all_of_them(
    fit_column: FitColumn, normalisation: str, name: str, values: list[object]
) -> None:
    encoder = fit_column(COLUMNS[name], normalisation=normalisation)
    cells, _ = draw(encoder, encoder.any_of(values))
    expected = pd.concat([encoder.cell(value) for value in values])
    given, wanted = set(cells.dropna()), set(expected.dropna())
    # Missing cells are .3 of the rows and a single real number next to none.
    assert given == wanted or (name == "gaps" and cells.isna().any() and given <= wanted)
    assert cells.isna().any() == expected.isna().any()


def test_values_of_a_set_are_as_frequent_as_in_the_table(fit_column: FitColumn) -> None:
    encoder = fit_column(pd.Series(RNG.geometric(0.01, 100_000)))
    cells, _ = draw(encoder, encoder.any_of([10, 100, 300]))
    law = 0.99 ** np.array([9, 99, 299])
    shares = cells.value_counts(normalize=True).reindex([10, 100, 300]).to_numpy()
    assert shares == pytest.approx(law / law.sum(), abs=0.04)


def test_missing_is_neither_in_a_range_nor_present(fit_column: FitColumn) -> None:
    encoder = fit_column(COLUMNS["gaps"])
    for restriction in (encoder.between(None, None), encoder.present()):
        cells, mass = draw(encoder, restriction)
        assert cells.notna().all()
        assert mass == pytest.approx(COLUMNS["gaps"].notna().mean(), abs=0.005)


def test_an_ordered_category_has_ranges(fit_column: FitColumn) -> None:
    sizes = pd.Categorical(RNG.choice(["S", "M", "L"], N_ROWS), ["S", "M", "L", "XL"], ordered=True)
    encoder = fit_column(pd.Series(sizes))
    assert set(draw(encoder, encoder.between("M", None))[0]) == {"M", "L"}
    assert not encoder.between("XL", None).is_possible


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("real", "9", 10.0),
        ("real", True, 10.0),
        ("real", float("nan"), 10.0),
        ("days", 3, None),
        ("days", "soon", None),
        ("days", "03/10/2020", None),
        ("days", pd.Timestamp("2020-01-01", tz="UTC"), None),
        ("span", 3, None),
        ("span", "60", None),
    ],
)
def test_ends_of_another_kind_are_refused(
    fit_column: FitColumn, name: str, low: object, high: object
) -> None:
    with pytest.raises((TypeError, ValueError)):
        fit_column(COLUMNS[name]).between(low, high)


def test_a_range_out_of_the_released_one_is_impossible(fit_column: FitColumn) -> None:
    encoder = fit_column(COLUMNS["real"])
    assert not encoder.between(100.0, None).is_possible
    assert not encoder.between(11.0, 9.0).is_possible


pieces = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 9), st.integers(1, 3)), min_size=1, max_size=12
)


@given(pieces=pieces)
def test_places_lie_in_the_pieces_and_fill_them_evenly(pieces: list[tuple[int, int, int]]) -> None:
    # Tenths of a mode, each at most once.
    tenths = sorted(
        {(mode, tenth) for mode, start, n in pieces for tenth in range(start, min(10, start + n))}
    )
    modes = np.array([mode for mode, _ in tenths])
    lows = np.array([tenth / 10 for _, tenth in tenths])
    restriction = Restriction.of_pieces(5, modes, lows, lows + 0.1)
    for mode in np.unique(modes):
        mine = [tenth for other, tenth in tenths if other == mode]
        uniforms = (np.arange(100 * len(mine)) + 0.5) / (100 * len(mine))
        placed = restriction.place(np.full(len(uniforms), mode), uniforms)
        found, counts = np.unique(np.floor(placed * 10 + 1e-9).astype(int), return_counts=True)
        assert found.tolist() == mine
        assert (np.abs(counts - 100) <= 1).all()
