"""Gaps: all filled, what was known untouched, and filled as the table would have them."""

import warnings

import numpy as np
import pandas as pd
import pytest

from tabgan.errors import InvalidDataError, InvalidParameterError, UnsupportedTypeError

N_ROWS = 1_200


@pytest.fixture(scope="module")
def known(table):
    return table.head(N_ROWS).set_axis(np.arange(N_ROWS) * 3 + 7)


@pytest.fixture(scope="module")
def gapped(known):
    gaps = np.random.default_rng(0).random(known.shape) < 0.3
    return known.mask(gaps)


@pytest.mark.parametrize("how", ["draw", "expected"])
@pytest.mark.parametrize("passes", ["auto", 2])
def test_all_gaps_are_filled_and_nothing_else_is_changed(gan, known, gapped, how, passes):
    filled = gan.complete(gapped, how=how, passes=passes, random_state=0)
    assert filled.index.equals(gapped.index)
    assert list(filled.columns) == list(known.columns)
    assert (filled.dtypes == known.dtypes).all()
    assert filled.notna().all(axis=None)
    for name in known:
        was_known = gapped[name].notna()
        expected = gapped[name][was_known].astype(known[name].dtype)
        pd.testing.assert_series_equal(filled[name][was_known], expected)


def test_draws_keep_the_spread_and_guesses_are_nearer(gan, known, gapped):
    drawn = gan.complete(gapped, random_state=0)
    guessed = gan.complete(gapped, how="expected")
    gaps = gapped["yearly_use_kwh"].isna() & known["yearly_use_kwh"].notna()
    real = known["yearly_use_kwh"][gaps]
    errors = [float(((f["yearly_use_kwh"][gaps] - real) ** 2).mean()) for f in (guessed, drawn)]
    assert errors[0] < 0.8 * errors[1]
    assert errors[0] < 0.9 * real.var()
    spread = drawn["yearly_use_kwh"][gaps].std() / real.std()
    assert 0.7 < spread < 1.4
    assert guessed["yearly_use_kwh"][gaps].std() < 0.9 * real.std()
    gaps = gapped["dwelling"].isna()
    right = [
        float((f["dwelling"][gaps] == known["dwelling"][gaps]).mean()) for f in (guessed, drawn)
    ]
    most_common = known["dwelling"].value_counts(normalize=True).iloc[0]
    assert right[0] > max(right[1], most_common + 0.05)


def test_columns_that_are_not_there_are_drawn(gan, table, known):
    filled = gan.complete(known[["dwelling", "residents"]], random_state=1)
    assert list(filled.columns) == list(table.columns)
    assert filled.notna().all(axis=None)
    pd.testing.assert_frame_equal(
        filled[["dwelling", "residents"]], known[["dwelling", "residents"]]
    )
    # Flats rarely have solar panels: the known column decides.
    shares = filled.groupby("dwelling")["solar_panels"].mean()
    assert shares["flat"] < 0.1 < shares["house"]


def test_a_value_the_model_does_not_know_stays_and_the_rest_is_filled(gan, known):
    row = known.head(3).astype({"region": object})
    row["region"] = ["xyzzy-canary", None, "harbour"]
    row["residents"] = None
    filled = gan.complete(row, random_state=0)
    assert filled["region"].tolist()[0::2] == ["xyzzy-canary", "harbour"]
    assert filled.notna().all(axis=None)


def test_a_new_level_stays_and_pandas_is_not_asked_to_hold_it(gan, known):
    row = known[["tariff"]].head(2).astype(object)
    row["tariff"] = ["xyzzy-canary", None]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        filled = gan.complete(row, random_state=0)
    assert filled["tariff"].iloc[0] == "xyzzy-canary"
    assert filled.notna().all(axis=None)


def test_a_column_without_any_cell_is_all_gaps_whatever_its_dtype(gan, known):
    for empty in (None, np.nan, pd.NaT):
        gapped = known.assign(joined_on=empty, tariff=empty, residents=empty)
        assert gan.complete(gapped, random_state=0).notna().all(axis=None)


def test_no_rows_are_guessed_for_no_rows(gan, known):
    assert gan.complete(known.head(0), how="expected").shape == (0, known.shape[1])


def test_a_row_that_can_only_be_missing_is_filled_all_the_same(gan, gapped, monkeypatch):
    weights = dict(gan._model.generator.weights)
    columns = [gan._model.encoder.learnt_index(n) for n in ("satisfaction", "yearly_use_kwh")]
    bias = weights["heads/bias"].copy()
    for column in columns:
        modes = gan._model.generator.layout.modes(column)
        bias[modes] = -1e4
        bias[modes.start + gan._model.encoder.learnt[column].missing_code] = 1e4
    monkeypatch.setitem(gan._model.generator.weights, "heads/bias", bias)
    assert gan.complete(gapped.head(50), random_state=0).notna().all(axis=None)


def test_the_same_seed_fills_alike_and_another_one_otherwise(gan, gapped):
    first, again, other = (gan.complete(gapped, random_state=seed) for seed in (4, 4, 5))
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(other)


def test_no_row_is_no_trouble(gan, gapped):
    assert gan.complete(gapped.head(0)).shape == (0, gapped.shape[1])


def test_what_is_no_table_of_the_fit_is_refused(gan, gapped):
    with pytest.raises(UnsupportedTypeError, match="X must be a table"):
        gan.complete({1, 2})
    with pytest.raises(InvalidDataError, match="'colour'"):
        gan.complete(gapped.assign(colour="red"))
    with pytest.raises(InvalidDataError, match="'residents'"):
        gan.complete(pd.DataFrame({"residents": ["many"]}))
    with pytest.raises(InvalidParameterError, match="how"):
        gan.complete(gapped, how="mean")
