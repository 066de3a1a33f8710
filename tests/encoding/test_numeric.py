"""Numbers of all kinds: the bulk is learnt, extremes clip, and one far row does not show."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan.encoding.column import EncodingOptions
from tabgan.encoding.numeric import NumericEncoder
from tabgan.errors import InvalidDataError
from tabgan.schema import Kind, TableSchema, infer_schema
from tabgan.synthesizers.preparation import prepare_table

FitColumn = Callable[..., NumericEncoder]
CANARY = "xyzzy-canary"
each_normalisation = pytest.mark.parametrize("normalisation", ["quantile", "mixture"])
RNG = np.random.default_rng(5)
NORMAL = RNG.normal(10.0, 2.0, 2000)


def draw(encoder: NumericEncoder, n_rows: int = 5000) -> pd.Series:
    rng = np.random.default_rng(2)
    codes = rng.choice(encoder.n_modes, n_rows, p=encoder.shares)
    return encoder.decode(codes, rng.random(n_rows), 0)


@each_normalisation
@pytest.mark.parametrize("far", [1e12, -1e12, 1e300])
def test_one_far_value_does_not_destroy_the_bulk(
    fit_column: FitColumn, normalisation: str, far: float
) -> None:
    encoder = fit_column(pd.Series([*NORMAL, far]), normalisation=normalisation)
    sample = draw(encoder)
    # Three standard errors of 5,000 rows, and the little that clipping the extremes takes.
    assert sample.mean() == pytest.approx(NORMAL.mean(), abs=3 * 2.0 / np.sqrt(5000) + 0.02)
    assert sample.std() == pytest.approx(NORMAL.std(), rel=3 / np.sqrt(2 * 5000) + 0.02)
    assert np.abs(sample).max() < 20.0
    assert repr(far) not in repr(encoder.state())


@each_normalisation
@pytest.mark.parametrize("scale", [1e-300, 1e-12, 1.0, 1e12, 1e300])
def test_a_column_of_any_scale_has_the_same_shape(
    fit_column: FitColumn, normalisation: str, scale: float
) -> None:
    sample = draw(fit_column(pd.Series(NORMAL * scale), normalisation=normalisation)) / scale
    expected = draw(fit_column(pd.Series(NORMAL), normalisation=normalisation))
    # The mixture stops its sweeps a little short, in another place for another scale.
    assert sample.to_numpy() == pytest.approx(expected.to_numpy(), abs=0.02)


@each_normalisation
@pytest.mark.parametrize("lowest", [-1.0, 0.9, 1 - 1e-5])
def test_the_largest_floats_are_learnt(
    fit_column: FitColumn, normalisation: str, lowest: float
) -> None:
    for seed, n_rows in enumerate((20, 300, 300)):
        shares = np.random.default_rng(seed).uniform(lowest, 1.0, n_rows)
        column = pd.Series(shares * np.finfo(float).max)
        encoder = fit_column(column, normalisation=normalisation)
        sample = draw(encoder)
        assert column.min() <= sample.min() <= sample.max() <= column.max()
        assert (encoder.densities(column).max(axis=1) > 0).all()
        assert encoder.between(sample.min(), sample.max()).is_possible


@each_normalisation
@pytest.mark.parametrize("threshold", [3, 5, 50])
def test_extremes_clip_to_the_mean_of_the_outermost_rows(
    fit_column: FitColumn, normalisation: str, threshold: int
) -> None:
    encoder = fit_column(pd.Series(NORMAL), normalisation=normalisation, rare_threshold=threshold)
    ascending = np.sort(NORMAL)
    lowest, highest = encoder.modes.limits
    # Those beyond their median count as it.
    outer = ascending[:threshold].clip(min=ascending[threshold // 2])
    assert lowest == pytest.approx(outer.mean())
    outer = ascending[-threshold:].clip(max=ascending[-1 - threshold // 2])
    assert highest == pytest.approx(outer.mean())
    sample = draw(encoder)
    assert lowest <= sample.min() <= sample.max() <= highest
    ends = pd.Series([NORMAL.min() - 1.0, NORMAL.max() + 1.0])
    codes, positions = encoder.encode(ends, np.array([0.5, 0.5]))
    assert (codes >= 0).all()
    assert np.abs(positions).max() <= 1.0


@each_normalisation
@pytest.mark.parametrize("values", [NORMAL, np.rint(1000 * NORMAL)], ids=["real", "integers"])
def test_nothing_shows_of_how_far_out_the_last_two_rows_are(
    fit_column: FitColumn, normalisation: str, values: np.ndarray
) -> None:
    far = values.copy()
    far[values.argsort()[-2:]] = 30.0 * values.max(), 50.0 * values.max()
    states = [
        fit_column(pd.Series(column), normalisation=normalisation).state()["modes"]
        for column in (values, far)
    ]
    for name, held in states[0].items():
        np.testing.assert_array_equal(held, states[1][name])


@each_normalisation
def test_no_extreme_value_is_in_the_state(fit_column: FitColumn, normalisation: str) -> None:
    state = fit_column(pd.Series(NORMAL), normalisation=normalisation).state()
    held = np.concatenate([np.ravel(array) for array in state["modes"].values()])
    ends = np.sort(NORMAL)
    assert not np.isin(np.concatenate([ends[:4], ends[-4:]]), held).any()


@pytest.mark.parametrize("n_rows", [5, 7, 9, 10, 11, 40, 500, 2000])
@each_normalisation
def test_the_state_of_a_float_column_holds_no_value_of_a_row(
    fit_column: FitColumn, normalisation: str, n_rows: int
) -> None:
    values = NORMAL[:n_rows]
    state = fit_column(pd.Series(values), normalisation=normalisation).state()
    held = np.concatenate([np.ravel(array) for array in state["modes"].values()])
    assert len(held)
    assert not np.isin(values, held).any()


@each_normalisation
def test_spikes_come_back_with_their_shares(fit_column: FitColumn, normalisation: str) -> None:
    values = np.concatenate([NORMAL, np.zeros(600), np.full(400, 9.99)])
    sample = draw(fit_column(pd.Series(values), normalisation=normalisation), 20_000)
    # Four standard errors of a share of .2 of 20,000 rows.
    tolerance = 4 * np.sqrt(0.2 * 0.8 / 20_000)
    assert (sample == 0.0).mean() == pytest.approx(600 / 3000, abs=tolerance)
    assert (sample == 9.99).mean() == pytest.approx(400 / 3000, abs=tolerance)


def test_a_spike_of_too_few_rows_is_none(fit_column: FitColumn) -> None:
    values = pd.Series([1.5] * 20 + [2.5] * 20 + [777.25] * 4)
    encoder = fit_column(values)
    assert encoder.decode(np.arange(encoder.n_modes), np.zeros(2), 0).tolist() == [1.5, 2.5]
    assert encoder.code_of(777.25) is None
    assert "777" not in encoder.describe()


def test_the_description_names_the_released_range(fit_column: FitColumn) -> None:
    assert fit_column(pd.Series([3, 9, 5] * 10)).describe() == "3 to 9"
    assert fit_column(pd.Series([np.nan] * 9)).describe() == "missing everywhere"
    days = pd.Series(pd.to_datetime(["2020-01-01", "2021-06-30"] * 9))
    assert fit_column(days).describe() == "2020-01-01 00:00:00 to 2021-06-30 00:00:00"


def test_a_value_in_a_column_without_values_is_unknown(fit_column: FitColumn) -> None:
    encoder = fit_column(pd.Series([np.nan] * 9))
    assert encoder.encode(pd.Series([1.0, np.nan]), np.zeros(2))[0].tolist() == [-1, 0]
    assert encoder.code_of(1.0) is None


FEW = {
    "float": pd.Series([1234.5, 987.65, np.pi, -1e12]),
    "two decimals": pd.Series([1234.25, 1987.65, 5555.5, 7321.75]),
    "integer": pd.Series([10, 20, 31, 123_456_789]),
    "same integer": pd.Series([123_456_789] * 4),
    "Int64": pd.Series([7654, None, 987_654, None], dtype="Int64"),
    "uint8": pd.Series([101, 201, 30, 41], dtype="uint8"),
    "datetime": pd.Series(pd.to_datetime(["1987-06-05 04:03:21", "1999-12-31 00:00:00"])),
    "zone": pd.Series(pd.to_datetime(["1987-06-05 04:03:21"])).dt.tz_localize("UTC"),
    "duration": pd.Series(pd.to_timedelta([123_456_789, 99, 8], unit="s")),
}


@pytest.mark.parametrize("name", FEW)
@pytest.mark.parametrize("n_missing", [0, 20])
@each_normalisation
def test_fewer_values_than_the_threshold_leave_no_trace(
    fit_column: FitColumn, normalisation: str, n_missing: int, name: str
) -> None:
    values = FEW[name].reindex(range(len(FEW[name]) + n_missing))
    encoder = fit_column(values, normalisation=normalisation)
    assert encoder.describe() == "withheld: fewer than 5 values"
    assert encoder.state() == {
        "origin": "0",
        "step": "0",
        "exponent": 0,
        "cuts": [],
        "normalisation": None,
        "modes": {},
        "n_modes": 1,
        "withheld": 5,
    }
    read = type(encoder).from_state(encoder.state(), encoder.column)
    assert read.describe() == encoder.describe()
    for each in (encoder, read):
        codes, positions = each.encode(values, np.full(len(values), 0.5))
        assert codes.tolist() == positions.tolist() == [0] * len(values)
        assert each.decode(codes, np.full(len(values), 0.5), 0).isna().all()
        # Which values occur can not be asked either.
        assert each.code_of(FEW[name][0]) is None
        assert each.code_of(None) == 0


@pytest.mark.parametrize("name", FEW)
@pytest.mark.parametrize("threshold", [0, 1])
def test_without_a_threshold_few_values_are_released(
    fit_column: FitColumn, threshold: int, name: str
) -> None:
    values = FEW[name]
    encoder = fit_column(values, rare_threshold=threshold)
    codes, _ = encoder.encode(values, np.zeros(len(values)))
    pd.testing.assert_series_equal(encoder.decode(codes, np.zeros(len(values)), 0), values)


@each_normalisation
def test_as_many_values_as_the_threshold_are_released(
    fit_column: FitColumn, normalisation: str
) -> None:
    values = pd.Series([10, 20, 31, 42, 55, None], dtype="Int64")
    encoder = fit_column(values, normalisation=normalisation)
    sample = draw(encoder, 50).dropna()
    assert 10 <= sample.min() == sample.max() <= 55
    assert encoder.describe() == f"{sample.min()} to {sample.max()}"


@pytest.mark.parametrize("n_rows", [5, 6, 9, 10, 14])
@each_normalisation
def test_a_few_rows_give_values_between_them(
    fit_column: FitColumn, normalisation: str, n_rows: int
) -> None:
    values = pd.Series(NORMAL[:n_rows])
    sample = draw(fit_column(values, normalisation=normalisation), 50)
    slack = 1e-6 * values.abs().max()
    assert values.min() - slack <= sample.min() <= sample.max() <= values.max() + slack


@pytest.mark.parametrize("kind", ["integer", "continuous", "datetime", "timedelta"])
@pytest.mark.parametrize("dtype", ["object", "string", "category"])
def test_text_is_refused_with_its_column_and_without_a_value(
    fit_column: FitColumn, kind: str, dtype: str
) -> None:
    with pytest.raises(InvalidDataError, match=f"column 'c'.*{kind}") as caught:
        fit_column(pd.Series([CANARY, "x"], dtype=dtype), kind)
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("kind", ["datetime", "timedelta"])
def test_numbers_are_no_dates_and_no_durations(fit_column: FitColumn, kind: str) -> None:
    with pytest.raises(InvalidDataError, match="column 'c'"):
        fit_column(pd.Series([1, 2, 3]), kind)


@each_normalisation
@pytest.mark.parametrize("dtype", ["int8", "Int64", "uint16"])
def test_integers_called_continuous_stay_integers(
    fit_column: FitColumn, normalisation: str, dtype: str
) -> None:
    values = pd.Series(RNG.integers(0, 120, 500), dtype=dtype)
    sample = draw(fit_column(values, "continuous", normalisation=normalisation), 200)
    assert sample.dtype == values.dtype
    assert set(sample) <= set(range(120))


def test_whole_floats_may_be_called_integers(fit_column: FitColumn) -> None:
    values = pd.Series([1.0, 2.0, np.nan] * 10)
    sample = draw(fit_column(values, "integer"), 100)
    assert sample.dtype == values.dtype
    assert set(sample.dropna()) == {1.0, 2.0}
    assert sample.isna().any()


@pytest.mark.parametrize("value", [1.5, 1e30])
def test_fractions_may_not_be_called_integers(fit_column: FitColumn, value: float) -> None:
    with pytest.raises(InvalidDataError, match=r"column 'c'.*integer") as caught:
        fit_column(pd.Series([1.0, value]), "integer")
    assert str(value) not in str(caught.value)


@each_normalisation
def test_decimals_are_kept(fit_column: FitColumn, normalisation: str) -> None:
    values = pd.Series(np.round(RNG.lognormal(3.0, 1.0, 2000), 2))
    sample = draw(fit_column(values, normalisation=normalisation))
    assert (sample.round(2) == sample).all()
    assert sample.nunique() > 500


@pytest.mark.parametrize("decimals", [None, 2])
def test_infinite_numbers_are_refused_with_their_column(
    fit_column: FitColumn, decimals: int | None
) -> None:
    values = pd.Series([0.25 if decimals else np.pi, -np.inf])
    with pytest.raises(InvalidDataError, match="column 'c' holds infinite"):
        fit_column(values)


def test_numbers_far_from_those_of_the_fit_go_to_the_nearest_end(fit_column: FitColumn) -> None:
    for values in (pd.Series(np.round(NORMAL, 1)), pd.Series(NORMAL)):
        encoder = fit_column(values)
        far = pd.Series([-1e300, -5.0, 50.0, 1e300])
        codes, positions = encoder.encode(far, np.zeros(4))
        decoded = encoder.decode(codes, (positions + 1.0) / 2.0, 0)
        ends = np.array(encoder.modes.limits) / (10.0 if encoder.scale.has_grid else 1.0)
        assert decoded.to_numpy() == pytest.approx(np.repeat(ends, 2), abs=0.1)


@pytest.mark.parametrize(
    ("value", "possible"),
    [
        (4, True),
        (4.0, True),
        (np.int8(4), True),
        (3, False),
        (3.7, False),
        (-2, False),
        (2**70, False),
    ],
)
def test_a_condition_is_a_number_that_a_sample_can_hold(
    fit_column: FitColumn, value: object, possible: bool
) -> None:
    encoder = fit_column(pd.Series(range(0, 2000, 2)).repeat(2).reset_index(drop=True))
    assert encoder.scale.step == 2
    try:
        code = encoder.code_of(value)
    except (ValueError, OverflowError):
        code = None
    assert (code is not None) is possible


@pytest.mark.parametrize(
    ("values", "decimals", "possible"),
    [
        (np.round(NORMAL, 2), 2, True),
        (np.round(NORMAL, 2), 1, False),
        (np.round(NORMAL, 2), 6, True),
        (np.round(NORMAL, 2), 18, False),
        (np.round(NORMAL, 2).astype("float32"), 2, True),
        (np.round(NORMAL, 2).astype("float32"), 1, False),
        (pd.array(np.round(NORMAL, 2), "Float64"), 1, False),
        (NORMAL, None, True),
        (NORMAL, 2, False),
        (NORMAL.astype(int), 0, True),
        ([Decimal(n).scaleb(-2) for n in range(99, 999)], 2, True),
        ([Decimal(n).scaleb(-2) for n in range(99, 999)], 1, False),
        ([Decimal(n).scaleb(-2) for n in range(99, 999)], None, False),
        ([Decimal(n).scaleb(-2) for n in range(99, 999)], 18, False),
        ([Decimal(10 * n).scaleb(-2) for n in range(99, 999)], 1, True),
    ],
)
def test_a_schema_whose_decimals_would_change_numbers_is_refused_at_fit(
    values: Any, decimals: int | None, possible: bool
) -> None:
    given = pd.Series(values)
    # The first cell is missing, where the dtype can say so.
    table = pd.DataFrame({"c": given if given.dtype.kind == "i" else given.mask(given.index == 0)})
    column = infer_schema(table)["c"]
    column = replace(column, kind=Kind.CONTINUOUS, decimals=decimals)
    if possible:
        prepare_table(table, TableSchema((column,)), EncodingOptions())
    else:
        with pytest.raises(InvalidDataError, match=r"'c'.*decimals"):
            prepare_table(table, TableSchema((column,)), EncodingOptions())


@pytest.mark.parametrize(("value", "possible"), [(9.99, True), ("9.99", True), (9.991, False)])
def test_a_condition_has_the_decimals_of_the_column(
    fit_column: FitColumn, value: object, possible: bool
) -> None:
    encoder = fit_column(pd.Series(np.round(NORMAL, 2)))
    assert (encoder.code_of(value) is not None) is possible


@each_normalisation
@pytest.mark.parametrize("dtype", ["float64", "float32", "Float32", "float16"])
def test_the_outermost_numbers_of_a_sample_can_be_asked_for(
    fit_column: FitColumn, normalisation: str, dtype: str
) -> None:
    encoder = fit_column(pd.Series(NORMAL).astype(dtype), normalisation=normalisation)
    codes = np.repeat(np.arange(encoder.n_modes), 2)
    ends = np.tile([0.0, np.nextafter(1.0, 0.0)], encoder.n_modes)
    drawn = encoder.decode(codes, ends, 0)
    for value in (drawn.min(), drawn.max()):
        assert encoder.code_of(value) is not None
        assert encoder.between(value, value).is_possible
        assert encoder.between(float(value), float(value)).is_possible
    assert encoder.between(float(drawn.max()), None).is_possible
    assert encoder.between(None, float(drawn.min())).is_possible
    for far in (drawn.min() - 1, drawn.max() + 1, np.inf):
        assert not encoder.between(far, far).is_possible
    assert encoder.holds(drawn).all()


@pytest.mark.parametrize("normalisation", ["quantile", "mixture"])
@pytest.mark.parametrize("seed", range(10))
def test_the_outermost_rows_and_those_beside_a_far_code_are_likely_as_their_neighbours(
    fit_column: FitColumn, normalisation: str, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    exact = rng.uniform(47.0, 48.0, 2_000)
    column = pd.Series(np.where(rng.random(2_000) < 0.5, exact.round(2), exact))
    column[:50] = -999.0
    encoder = fit_column(column, normalisation=normalisation)
    numbers = column[50:]
    cells = pd.Series(
        [numbers.min(), numbers.max(), numbers.min() - 1.0, numbers.max() + 1.0, -500.0]
    )
    assert ((encoder.densities(cells) @ encoder.shares) > 0).all()


HUGE, TINY = Decimal("1e99999999"), Decimal("1e-99999999")
MINUS_HUGE, MINUS_TINY = Decimal("-1e99999999"), Decimal("-1e-99999999")


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([*range(-200, 200)] * 2),
        pd.Series(np.round(NORMAL - 10.0, 2)),
        pd.Series(NORMAL - 10.0),
        pd.Series([Decimal(n).scaleb(-2) for n in range(-999, 999)]),
        pd.Series([f"{n:,}.50" for n in range(-4000, 4000, 10)]),
    ],
    ids=["integers", "decimals", "reals", "objects", "texts"],
)
def test_a_range_may_end_farther_than_any_number_is_written(
    fit_column: FitColumn, column: pd.Series
) -> None:
    encoder = fit_column(column)
    everything = encoder.holds(column)
    assert (encoder.holds(column, encoder.between(MINUS_HUGE, HUGE)) == everything).all()
    assert not encoder.between(HUGE, None).is_possible
    assert not encoder.between(None, MINUS_HUGE).is_possible
    for low, high in ((TINY, None), (Decimal("0e-99999999"), None), (None, MINUS_TINY)):
        restriction = encoder.between(low, high)
        held = column[encoder.holds(column, restriction)]
        signs = {str(cell).startswith("-") for cell in held}
        assert signs == {low is None}
    assert encoder.bound(TINY, is_low=True) > 0 > encoder.bound(MINUS_TINY, is_low=False)
    assert encoder.bound(Decimal("0e99999999"), is_low=True) == 0
