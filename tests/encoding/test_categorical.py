"""Categories: frequent ones are released, rare ones leave no trace but their number."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from tabgan.encoding.categorical import CategoricalEncoder
from tabgan.errors import UnsupportedTypeError

FitColumn = Callable[..., CategoricalEncoder]
CANARY = "xyzzy-canary"


def colours(n_rare: int) -> pd.Series:
    return pd.Series(["red"] * 50 + ["blue"] * 30 + [CANARY] * n_rare + [None] * 20)


def test_the_most_frequent_value_comes_first(fit_column: FitColumn) -> None:
    encoder = fit_column(pd.Series(["b"] * 5 + ["a"] * 9 + ["c"] * 5))
    assert encoder.values == ["a", "b", "c"]
    assert encoder.shares.tolist() == [9 / 19, 5 / 19, 5 / 19]


@pytest.mark.parametrize("dtype", ["object", "string", "category"])
def test_a_rare_value_is_in_no_state_and_no_sample(fit_column: FitColumn, dtype: str) -> None:
    encoder = fit_column(colours(4).astype(dtype))
    assert encoder.values == ["red", "blue"]
    assert CANARY not in repr(encoder.state())
    assert CANARY not in encoder.describe()
    assert encoder.describe() == "2 values; 1 rare ones withheld"
    assert encoder.released.tolist() == [True, True, False, True]
    assert encoder.shares == pytest.approx(np.array([50, 30, 4, 20]) / 104)
    assert encoder.code_of(CANARY) is None
    every_mode = encoder.decode(np.arange(4), np.zeros(4), 0)
    assert every_mode.tolist()[:2] == ["red", "blue"]
    assert every_mode.isna().tolist() == [False, False, True, True]


def test_a_value_at_the_threshold_is_released(fit_column: FitColumn) -> None:
    assert CANARY in fit_column(colours(5)).values
    assert CANARY in fit_column(colours(4), rare_threshold=4).values
    assert CANARY not in fit_column(colours(5), rare_threshold=6).values


def test_threshold_zero_releases_a_value_of_one_row(fit_column: FitColumn) -> None:
    encoder = fit_column(colours(1), rare_threshold=0)
    assert CANARY in encoder.values
    assert encoder.released.all()


def test_rare_rows_are_encoded_as_one_mode(fit_column: FitColumn) -> None:
    values = pd.concat([colours(4), pd.Series(["green", "grey"])], ignore_index=True)
    encoder = fit_column(values)
    codes, _ = encoder.encode(values, np.zeros(len(values)))
    assert np.bincount(codes).tolist() == [50, 30, 6, 20]
    assert encoder.n_rare == 3


def test_a_value_that_was_never_seen_is_like_a_rare_one(fit_column: FitColumn) -> None:
    news = pd.Series(["never seen"])
    assert fit_column(colours(4)).encode(news, np.zeros(1))[0].tolist() == [2]
    # Without a rare mode there is none to put it in.
    assert fit_column(colours(0)).encode(news, np.zeros(1))[0].tolist() == [-1]


def test_missing_is_unknown_where_none_was_missing(fit_column: FitColumn) -> None:
    encoder = fit_column(pd.Series(["a"] * 9))
    assert encoder.encode(pd.Series([None, "a"]), np.zeros(2))[0].tolist() == [-1, 0]


@pytest.mark.parametrize("kind", ["int64", "uint8", "bool", "float64", "object", "datetime64[s]"])
def test_a_column_of_rare_values_alone_gives_missing_cells(
    fit_column: FitColumn, kind: str
) -> None:
    values = pd.Series([0, 1, 2]).astype(kind)
    encoder = fit_column(values, "categorical")
    assert encoder.decode(np.zeros(2, dtype=int), np.zeros(2), 0).isna().all()
    # The one mode stands for no value, so none can be asked for.
    assert encoder.code_of(values[0]) is None


def test_codes_do_not_depend_on_the_order_of_the_rows(fit_column: FitColumn) -> None:
    values = pd.Series([1, "1", 2.5, "a", b"a"] * 6, dtype=object)
    backwards = values[::-1].reset_index(drop=True)
    assert fit_column(values).values == fit_column(backwards).values


def test_a_level_that_does_not_exist_is_no_condition(fit_column: FitColumn) -> None:
    # pandas would make a missing cell of it, which this column can give.
    encoder = fit_column(colours(5).astype("category"))
    assert encoder.code_of(None) == encoder.n_modes - 1
    with pytest.raises(ValueError, match="no such level"):
        encoder.code_of("never seen")


def test_a_declared_level_without_rows_is_kept_and_not_drawn(fit_column: FitColumn) -> None:
    dtype = pd.CategoricalDtype(["low", "unused", "high"], ordered=True)
    encoder = fit_column(pd.Series(["low", "high"] * 10).astype(dtype))
    assert encoder.values == ["high", "low"]
    decoded = encoder.decode(np.array([0, 1]), np.zeros(2), 0)
    assert decoded.dtype == dtype
    assert decoded.max() == "high"


@pytest.mark.parametrize("text", ["False", "no", "0"])
def test_text_is_not_the_truth_value_it_would_be_cast_to(fit_column: FitColumn, text: str) -> None:
    encoder = fit_column(pd.Series([True, False] * 10))
    with pytest.raises(ValueError, match="changes the value"):
        encoder.code_of(text)
    assert encoder.decode(np.array([encoder.code_of(False)]), np.zeros(1), 0).tolist() == [False]


def test_intervals_of_integers_of_which_none_is_released_come_back_missing(
    fit_column: FitColumn,
) -> None:
    encoder = fit_column(pd.Series(pd.interval_range(0, 100)), rare_threshold=5)
    decoded = encoder.decode(np.zeros(3, dtype=int), np.zeros(3), 0)
    assert decoded.isna().all()
    assert decoded.dtype == "interval[float64, right]"


def test_lists_are_refused_by_the_name_of_their_column(fit_column: FitColumn) -> None:
    encoder = fit_column(pd.Series(["u", "v"] * 50))
    with pytest.raises(UnsupportedTypeError, match="column 'c' holds values that are not scalars"):
        encoder.encode(pd.Series([["u"], "v"]), np.zeros(2))
