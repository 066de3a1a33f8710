"""How much is open of a cell, in steps of its column's own grid."""

import numpy as np
import pandas as pd
import pytest

from tabgan import infer_schema
from tabgan.encoding import TableEncoder
from tabgan.encoding.column import EncodingOptions
from tabgan.encoding.numeric_columns import NumericColumn, NumericColumns

N_ROWS = 4_000


def columns_of(table: pd.DataFrame, without: tuple[str, ...] = ()) -> dict[str, NumericColumn]:
    encoder = TableEncoder.from_frame(table, infer_schema(table), EncodingOptions())
    found = NumericColumns.of(table, encoder.encoders, without)
    return {column.column.name: column for column in found.columns}


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_entropy_is_that_of_the_law(rng):
    (column,) = columns_of(pd.DataFrame({"x": rng.integers(0, 10**6, N_ROWS)})).values()
    even, coin = rng.integers(0, 2**12, N_ROWS).astype(float), rng.integers(0, 2, N_ROWS)
    assert column.bits_of(even) == pytest.approx(12.0, abs=0.2)
    assert column.bits_of(coin.astype(float)) == pytest.approx(1.0, abs=0.01)
    assert column.bits_of(np.zeros(N_ROWS)) == 0.0
    normal = rng.normal(0.0, 1_000.0, N_ROWS)
    wanted = 0.5 * np.log2(2.0 * np.pi * np.e * 1_000.0**2)
    assert column.bits_of(normal) == pytest.approx(wanted, abs=0.2)
    half = np.where(rng.random(N_ROWS) < 0.5, 0.0, even)
    assert column.bits_of(half) == pytest.approx(1.0 + 6.0, abs=0.2)


@pytest.mark.parametrize("unit", [1, 7, 1_000])
def test_what_modes_leave_open_does_not_hang_on_the_unit(rng, unit):
    numbers = rng.gamma(2.0, 500.0, N_ROWS).round().astype(int)
    plain, scaled = columns_of(pd.DataFrame({"x": numbers, "y": numbers * unit})).values()
    assert scaled.step == unit
    assert scaled.open_bits == pytest.approx(plain.open_bits, abs=0.2)
    # A mode is one of some sixty.
    assert plain.open_bits == pytest.approx(plain.bits_of(plain.values) - 6.0, abs=1.0)


@pytest.mark.parametrize(("freq", "seconds"), [("D", 86_400), ("h", 3_600), ("15min", 900)])
def test_a_few_times_beside_the_grid_do_not_hide_it(rng, freq, seconds):
    times = pd.Series(
        pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 10**7, N_ROWS), "s")
    )
    times = times.dt.floor(freq).where(rng.random(N_ROWS) < 0.97, times)
    (column,) = columns_of(pd.DataFrame({"t": times})).values()
    assert column.step == seconds
    assert column.share_on_grid(column.values) > 0.95


def test_only_columns_of_numbers_and_times_are_there(rng):
    table = pd.DataFrame(
        {
            "x": rng.normal(size=N_ROWS),
            "same": 1.0,
            "few": np.where(np.arange(N_ROWS) < 50, 1.0, np.nan),
            "text": rng.choice(["a", "b"], N_ROWS),
            "flag": rng.random(N_ROWS) < 0.5,
            "huge": rng.random(N_ROWS) * 1e18,
            "left out": rng.normal(size=N_ROWS),
        }
    )
    assert list(columns_of(table, ("left out",))) == ["x"]


def test_a_heavy_tail_or_many_zeros_are_no_wide_grid(rng):
    heavy = rng.lognormal(3.0, 3.0, N_ROWS).round().astype(int)
    zeros = np.where(rng.random(N_ROWS) < 0.95, 0, rng.integers(1, 10**6, N_ROWS))
    steps = {name: c.step for name, c in columns_of(pd.DataFrame({"x": heavy, "y": zeros})).items()}
    assert steps == {"x": 1.0, "y": 1.0}
