"""Codes for "unknown" are modes of their own, and tails are not taken for them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tabgan.encoding.apart import far_apart
from tabgan.encoding.column import EncodingOptions
from tabgan.encoding.table import TableEncoder
from tabgan.schema import infer_schema


def counted(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.unique(values, return_counts=True)


@pytest.mark.parametrize("normalisation", ["quantile", "mixture"])
@pytest.mark.parametrize(("n_rows", "n_unknown"), [(300, 15), (1_000, 28), (20_000, 100)])
@pytest.mark.parametrize(
    ("unknown", "start", "unit"),
    [(-999.0, 50.0, 0.01), ("9999-12-31", "2020-01-01", pd.Timedelta("1D"))],
    ids=["numbers", "dates"],
)
def test_a_code_for_unknown_comes_back_as_often_and_nothing_lies_before_it(
    normalisation, n_rows, n_unknown, unknown, start, unit
) -> None:
    rng = np.random.default_rng(0)
    steps = pd.Series(rng.normal(0.0, 500.0, n_rows).astype(int))
    if isinstance(start, str):
        start, unknown = (pd.Timestamp(day).as_unit("us") for day in (start, unknown))
    column = start + steps * unit
    column = column.round(2) if isinstance(start, float) else column
    column[rng.permutation(n_rows)[:n_unknown]] = unknown
    table = pd.DataFrame({"c": column})
    options = EncodingOptions(5, normalisation)
    encoder = TableEncoder.from_frame(table, infer_schema(table), options)
    codes = encoder.encode_codes(table, rng).astype(np.int64)
    drawn = encoder.decode(codes, rng.random(codes.shape))["c"]
    assert (drawn == unknown).sum() == n_unknown
    known = column[column != unknown]
    assert drawn[drawn != unknown].between(known.min(), known.max()).all()


@given(
    seed=st.integers(0, 2**32 - 1),
    law=st.sampled_from(["normal", "exponential", "uniform", "lognormal"]),
    decimals=st.integers(0, 3),
)
def test_values_of_one_law_are_not_apart(seed: int, law: str, decimals: int) -> None:
    rng = np.random.default_rng(seed)
    draws = getattr(rng, law)(size=2_000) * 10.0
    assert not far_apart(*counted(draws.round(decimals)), 5).any()


def test_several_codes_at_either_end_are_found_if_enough_rows_have_them() -> None:
    numbers = np.linspace(0.0, 100.0, 1_001)
    codes = np.repeat([-9_999.0, -999.0, 1e6, 1e9], [5, 9, 5, 4])
    values, counts = counted(np.concatenate([numbers, codes]))
    assert values[far_apart(values, counts, 5)].tolist() == [-9_999.0, -999.0]
    assert values[far_apart(values, counts, 4)].tolist() == [-9_999.0, -999.0, 1e6, 1e9]


def test_the_largest_floats_do_not_overflow() -> None:
    values, counts = np.array([-1.7e308, 0.0, 1.0, 2.0, 1.7e308]), np.full(5, 50)
    assert far_apart(values, counts, 5).tolist() == [False] * 5
