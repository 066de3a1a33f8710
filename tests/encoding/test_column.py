"""The contract of every kind of column: what is encoded and decoded is the column itself."""

import json
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr

from tabgan.encoding.column import ColumnEncoder, EncodingOptions
from tabgan.encoding.mixture import MixtureModes
from tabgan.encoding.numeric import NumericEncoder
from tabgan.encoding.registry import ENCODERS
from tabgan.schema import ColumnSchema, infer_schema

N_ROWS = 400
RNG = np.random.default_rng(0)
# Positions travel as float32: 2**-24 of the bin, itself no wider than the range of the column.
POSITION_ERROR = 1e-7


def with_gaps(values: pd.Series) -> pd.Series:
    """Return the column with one cell in ten missing."""
    gaps = np.arange(N_ROWS) % 10 == 3
    return values.where(pd.Series(~gaps))


def numbers() -> dict[str, pd.Series]:
    normal, small = RNG.normal(size=N_ROWS), RNG.integers(0, 40, N_ROWS)
    columns = {
        "int8": pd.Series(RNG.integers(-128, 128, N_ROWS), dtype="int8"),
        "uint8": pd.Series(RNG.integers(0, 256, N_ROWS), dtype="uint8"),
        "uint64 near its end": pd.Series(2**64 - 1 - RNG.integers(0, 900, N_ROWS).astype("u8")),
        "uint64 whole range": pd.Series(RNG.integers(0, 2**64, N_ROWS, dtype="u8")),
        "int64 whole range": pd.Series(RNG.integers(-(2**63), 2**63, N_ROWS)),
        "int64 in steps of 25": pd.Series(25 * RNG.integers(-500, 500, N_ROWS) + 3),
        "Int64": with_gaps(pd.Series(RNG.integers(0, 10**12, N_ROWS), dtype="Int64")),
        "UInt16": with_gaps(pd.Series(small, dtype="UInt16")),
        "integers as objects": with_gaps(pd.Series(small, dtype="object")),
        "float64": with_gaps(pd.Series(normal)),
        "float32": pd.Series(normal, dtype="float32"),
        "Float32": with_gaps(pd.Series(normal, dtype="Float32")),
        "Float64": with_gaps(pd.Series(np.exp(normal), dtype="Float64")),
        "two decimals": pd.Series(np.round(100 * np.exp(normal), 2)),
        "two decimals, float32": pd.Series(np.round(9 * normal, 2), dtype="float32"),
        "whole floats": with_gaps(pd.Series(small, dtype="float64")),
        "floats as objects": with_gaps(pd.Series(normal, dtype="object")),
        "with a spike": pd.Series(np.where(RNG.random(N_ROWS) < 0.4, 0.0, np.exp(normal))),
        "of 1e-300": pd.Series(1e-300 * normal),
        "of 1e300": pd.Series(1e300 * normal),
        "constant": pd.Series(np.full(N_ROWS, np.pi)),
        "constant integer": pd.Series(np.full(N_ROWS, 7)),
        "missing everywhere": pd.Series(np.full(N_ROWS, np.nan)),
        "Int64 missing everywhere": pd.Series([None] * N_ROWS, dtype="Int64"),
        "of 1e-310": pd.Series(1e-310 * normal),
        "big-endian": pd.Series(small.astype(">i4")),
        "decimals as objects": with_gaps(
            pd.Series([Decimal(f"{x:.2f}") for x in 9 * normal], dtype="object")
        ),
        "int64[pyarrow]": with_gaps(pd.Series(small, dtype="int64[pyarrow]")),
        "double[pyarrow]": with_gaps(pd.Series(normal, dtype="double[pyarrow]")),
    }
    return columns


def times() -> dict[str, pd.Series]:
    seconds = RNG.integers(0, 10**8, N_ROWS)
    columns = {}
    for unit, per_second in (("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)):
        counts = seconds * per_second
        columns[f"datetime64[{unit}]"] = pd.Series(counts.view(f"datetime64[{unit}]"))
        columns[f"timedelta64[{unit}]"] = with_gaps(pd.Series(counts.view(f"timedelta64[{unit}]")))
    naive = columns["datetime64[us]"]
    days = naive.dt.floor("D")
    odd_nanoseconds = 10**9 * seconds + RNG.integers(0, 10**9, N_ROWS)
    columns |= {
        "odd nanoseconds": pd.Series(odd_nanoseconds.view("datetime64[ns]")),
        "datetime of zone": with_gaps(naive.dt.tz_localize("UTC").dt.tz_convert("Asia/Kolkata")),
        "datetime[s] of zone": columns["datetime64[s]"].dt.tz_localize("UTC"),
        "NaT everywhere": pd.Series([pd.NaT] * N_ROWS, dtype="datetime64[us]"),
        "text dates": with_gaps(days.dt.strftime("%d.%m.%Y").astype("object")),
        "text dates, string": with_gaps(days.dt.strftime("%Y-%m-%d").astype("string")),
        "timestamp[ms][pyarrow]": with_gaps(columns["datetime64[ms]"]).astype(
            "timestamp[ms][pyarrow]"
        ),
        "timestamp[us, tz=Asia/Kolkata][pyarrow]": naive.dt.tz_localize("UTC").astype(
            "timestamp[us, tz=Asia/Kolkata][pyarrow]"
        ),
        "periods": with_gaps(pd.Series(pd.PeriodIndex(naive, freq="h"))),
        "dates as objects": with_gaps(pd.Series(days.dt.date, dtype="object")),
        "times as objects": with_gaps(pd.Series(naive.dt.time, dtype="object")),
        "datetimes as objects": pd.Series([*naive.to_numpy().astype("object")], dtype="object"),
        "Timestamps as objects": with_gaps(naive.astype("object")),
        "date32[pyarrow]": with_gaps(days.astype("date32[pyarrow]")),
        "duration[ms][pyarrow]": columns["timedelta64[ms]"].astype("duration[ms][pyarrow]"),
    }
    return columns


def categories() -> dict[str, pd.Series]:
    text = pd.Series(RNG.choice(["red", "green", "blue"], N_ROWS))
    truth = pd.Series(RNG.random(N_ROWS) < 0.3)
    ordered = pd.CategoricalDtype(["blue", "unused", "green", "red"], ordered=True)
    return {
        "text": with_gaps(text.astype("object")),
        "default text": with_gaps(text),
        "string": with_gaps(text.astype("string")),
        "utf8[pyarrow]": with_gaps(text.astype("utf8[pyarrow]")),
        "ordered category": with_gaps(text.astype(ordered)),
        "category of integers": pd.Series(pd.Categorical(RNG.integers(5, 8, N_ROWS))),
        "category of intervals": pd.Series(pd.cut(RNG.random(N_ROWS), 3)),
        "bool": truth,
        "boolean": with_gaps(truth.astype("boolean")),
        "bool[pyarrow]": with_gaps(truth.astype("bool[pyarrow]")),
        "booleans as objects": with_gaps(truth.astype("object")),
        "mixed objects": pd.Series(RNG.choice(np.array([1, "1", 2.5, b"x"], "object"), N_ROWS)),
        "tuples": pd.Series([(i % 3, "a") for i in range(N_ROWS)]),
        "text missing everywhere": pd.Series([None] * N_ROWS, dtype="object"),
    }


COLUMNS = numbers() | times() | categories()
NUMERIC = [name for name in COLUMNS if name not in categories()]
each_column = pytest.mark.parametrize("name", COLUMNS)
each_number = pytest.mark.parametrize("name", NUMERIC)
each_normalisation = pytest.mark.parametrize("normalisation", ["quantile", "mixture"])


def schema_of(values: pd.Series) -> ColumnSchema:
    return infer_schema(pd.DataFrame({"c": values}))["c"]


@cache
def fitted(name: str, normalisation: str = "quantile") -> ColumnEncoder[Any]:
    values = COLUMNS[name]
    column = schema_of(values)
    encoder = ENCODERS[column.kind]
    summary = encoder.summarise(values, column)
    return encoder.from_summary(summary, column, EncodingOptions(normalisation=normalisation))


def numbers_in(encoder: ColumnEncoder[Any], values: pd.Series) -> np.ndarray:
    """Return the present numbers of a column, exactly, as Python integers or floats."""
    assert isinstance(encoder, NumericEncoder)
    found, present = encoder.to_numbers(values, encoder.column)
    return found[present].astype(object)


def is_released(encoder: ColumnEncoder[Any], given: np.ndarray) -> np.ndarray:
    """Return which numbers lie in the range that is not clipped."""
    assert isinstance(encoder, NumericEncoder)
    if encoder.modes is None:
        return np.zeros(len(given), dtype=bool)
    modes = encoder.modes
    units = encoder.scale.to_units(np.array(given.tolist()))
    ends = modes.bounds if isinstance(modes, MixtureModes) else modes.knots
    inside = np.isin(units, modes.spikes)
    return inside | (ends[0] <= units) & (units <= ends[-1]) if len(ends) else inside


def uniforms_of(encoder: ColumnEncoder[Any], codes: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Return the uniform numbers from which decoding gets the positions of encoded values."""
    modes = getattr(encoder, "modes", None)
    if not isinstance(modes, MixtureModes) or not len(modes.means):
        return (where.astype(np.float64) + 1.0) / 2.0
    place = np.clip(codes - len(modes.spikes), 0, len(modes.means) - 1)
    low, high = (ndtr((end - modes.means[place]) / modes.scales[place]) for end in modes.bounds)
    return np.clip((ndtr(4.0 * where.astype(np.float64)) - low) / (high - low), 0.0, 1.0)


def drawn(
    encoder: ColumnEncoder[Any], n_rows: int = 1000, shares: np.ndarray | None = None
) -> pd.Series:
    """Return a sample of the column alone: modes by their shares, positions uniform."""
    rng = np.random.default_rng(1)
    shares = np.where(encoder.released, encoder.shares if shares is None else shares, 0.0)
    codes = rng.choice(encoder.n_modes, n_rows, p=shares / shares.sum())
    return encoder.decode(codes, rng.random(n_rows), 0)


@each_column
@each_normalisation
def test_the_dtype_comes_back(name: str, normalisation: str) -> None:
    sample = drawn(fitted(name, normalisation))
    assert sample.dtype == COLUMNS[name].dtype
    types = {type(value) for value in COLUMNS[name].dropna()}
    assert {type(value) for value in sample.dropna()} <= types


@each_column
@each_normalisation
def test_a_released_value_comes_back_by_its_own_position(name: str, normalisation: str) -> None:
    encoder, values = fitted(name, normalisation), COLUMNS[name]
    codes, positions = encoder.encode(values, np.full(N_ROWS, 0.5))
    decoded = encoder.decode(codes, uniforms_of(encoder, codes, positions), 0)
    assert decoded.isna().tolist() == values.isna().tolist()
    if name not in NUMERIC:
        assert decoded.dropna().tolist() == values.dropna().tolist()
        return
    before, after = numbers_in(encoder, values), numbers_in(encoder, decoded)
    # Beyond four standard deviations of a Gaussian mode there are no positions.
    inside = is_released(encoder, before) & (np.abs(positions[values.notna()]) < 1.0)
    if inside.any():
        error = np.abs(after - before)[inside].astype(np.float64)
        reach = float(before.max() - before.min())
        # Values are exact where float32 tells the points of the grid apart, and the grid is theirs.
        exact = encoder.scale.has_grid and reach < 1e6 * encoder.scale.step < 1e12
        assert error.max() <= (0 if exact else max(encoder.scale.step, POSITION_ERROR * reach))
        assert inside.mean() > 0.9


@each_column
@each_normalisation
def test_missing_cells_keep_their_share(name: str, normalisation: str) -> None:
    encoder, values = fitted(name, normalisation), COLUMNS[name]
    codes, _ = encoder.encode(values, RNG.random(N_ROWS))
    decoded = encoder.decode(codes, RNG.random(N_ROWS), 0)
    assert decoded.isna().tolist() == values.isna().tolist()
    if values.isna().any():
        assert encoder.shares[-1] == pytest.approx(values.isna().mean())


@each_number
@each_normalisation
@pytest.mark.parametrize("uniform", [0.0, 0.5, 1.0 - 2.0**-53])
def test_no_draw_leaves_the_range_of_the_column(
    name: str, normalisation: str, uniform: float
) -> None:
    encoder, values = fitted(name, normalisation), COLUMNS[name]
    codes = np.arange(encoder.n_modes)
    decoded = numbers_in(encoder, encoder.decode(codes, np.full(len(codes), uniform), 0))
    given = numbers_in(encoder, values)
    if len(given):
        # A grid coarser than the values (more digits than float64 has) begins below the first.
        step = encoder.scale.step if encoder.scale.step > 1 else 0
        assert min(given) - step <= min(decoded)
        assert max(decoded) <= max(given)


@each_column
@each_normalisation
def test_a_draw_is_encoded_again(name: str, normalisation: str) -> None:
    encoder = fitted(name, normalisation)
    sample = drawn(encoder)
    codes, positions = encoder.encode(sample, np.full(len(sample), 0.5))
    assert codes.dtype == np.int32
    assert positions.dtype == np.float32
    assert codes.min() >= 0
    assert encoder.released[codes].all()
    assert np.abs(positions).max() <= 1.0


@each_column
@each_normalisation
def test_shares_are_those_of_the_training_rows(name: str, normalisation: str) -> None:
    encoder, values = fitted(name, normalisation), COLUMNS[name]
    assert encoder.shares.sum() == pytest.approx(1.0)
    assert len(encoder.shares) == len(encoder.released) == encoder.n_modes
    codes = np.concatenate([encoder.encode(values, RNG.random(N_ROWS))[0] for _ in range(20)])
    counted = np.bincount(codes, minlength=encoder.n_modes) / len(codes)
    # Exact where a value has one mode; else 8,000 draws, five standard errors of a share of .5.
    tolerance = 5 * 0.5 / np.sqrt(len(codes)) if normalisation == "mixture" else 1e-12
    assert counted == pytest.approx(encoder.shares, abs=tolerance)


@each_column
@each_normalisation
def test_an_encoder_comes_back_from_its_state(name: str, normalisation: str) -> None:
    encoder = fitted(name, normalisation)
    state = encoder.state()
    read = type(encoder).from_state(state, encoder.column)
    assert written(read.state()) == written(state)
    pd.testing.assert_series_equal(drawn(read, shares=encoder.shares), drawn(encoder))
    assert read.describe() == encoder.describe()
    assert read.released.tolist() == encoder.released.tolist()


@each_column
@each_normalisation
def test_shares_are_not_written_down(name: str, normalisation: str) -> None:
    encoder = fitted(name, normalisation)
    state = encoder.state()
    assert "shares" not in state
    assert state["n_modes"] == encoder.n_modes
    read = type(encoder).from_state(state, encoder.column)
    assert read.n_modes == encoder.n_modes
    assert np.isnan(read.shares).all()
    for wrong in (-1, encoder.n_modes + 2):
        with pytest.raises(ValueError, match="number of modes"):
            type(encoder).from_state(state | {"n_modes": wrong}, encoder.column)


def written(state: dict[str, Any]) -> str:
    """Return the state as a model file would hold it: JSON values and arrays."""
    return json.dumps(state, default=lambda array: [str(array.dtype), array.tolist()])


@each_column
@each_normalisation
def test_parts_merge_into_the_encoder_of_the_whole(name: str, normalisation: str) -> None:
    encoder, values = fitted(name, normalisation), COLUMNS[name]
    kind = type(encoder)
    parts = [values.iloc[250:], values.iloc[:0], values.iloc[:250]]
    first, second, third = (kind.summarise(part, encoder.column) for part in parts)
    merged = first.merge(second).merge(third)
    options = EncodingOptions(normalisation=normalisation)
    assert written(kind.from_summary(merged, encoder.column, options).state()) == written(
        encoder.state()
    )


@each_number
@each_normalisation
def test_a_sample_has_the_quantiles_of_the_column(name: str, normalisation: str) -> None:
    encoder, values = fitted(name, normalisation), COLUMNS[name]
    given = np.sort(numbers_in(encoder, values).astype(np.float64))
    sample = np.sort(numbers_in(encoder, drawn(encoder, 10_000)).astype(np.float64))
    if not len(given):
        assert not len(sample)
        return
    apart = [
        np.searchsorted(given, given, side) / len(given)
        - np.searchsorted(sample, given, side) / len(sample)
        for side in ("left", "right")
    ]
    # Kolmogorov's distance: 1.63 / sqrt(10,000) of sampling at 1 %, and two steps of 5 rows in 400
    # between which a bin is linear. Ten Gaussians are a coarser picture, of a uniform most of all.
    tolerance = 0.0163 + 2 * 5 / N_ROWS + (0.04 if normalisation == "mixture" else 0.0)
    assert np.abs(apart).max() <= tolerance


@each_column
def test_every_released_value_can_be_a_condition(name: str) -> None:
    encoder = fitted(name)
    for value in drawn(encoder, 10):
        code = encoder.code_of(value)
        assert code is not None
        assert encoder.released[code]


@each_column
def test_missing_can_be_a_condition_where_it_occurs(name: str) -> None:
    encoder = fitted(name)
    expected = encoder.n_modes - 1 if COLUMNS[name].isna().any() else None
    assert encoder.code_of(None) == expected
    assert encoder.code_of(np.nan) == expected
