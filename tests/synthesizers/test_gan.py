"""What a user of TabGAN is promised."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from tabgan import TabGAN, infer_schema, load_demo
from tabgan.errors import InvalidDataError, InvalidParameterError, UnsupportedTypeError

CATEGORICAL = ["region", "dwelling", "tariff", "heating", "solar_panels", "switched"]


def test_a_sample_has_the_columns_order_and_dtypes_of_the_table(gan, table):
    sample = gan.sample(200, random_state=0)
    assert list(sample.columns) == list(table.columns)
    assert (sample.dtypes == table.dtypes).all()
    assert sample.index.equals(pd.RangeIndex(200))


def test_a_sample_is_as_large_as_the_table_unless_told(gan, table):
    assert len(gan.sample(random_state=0)) == len(table)


@pytest.mark.parametrize("passes", [1, 4, "auto"])
def test_unconditional_shares_are_those_of_the_table(gan, table, passes):
    """CTGAN draws its own conditions by log-frequency: a 95 % class comes back at 50 %."""
    sample = gan.sample(20_000, passes=passes, random_state=0)
    for name in CATEGORICAL:
        real = table[name].value_counts(normalize=True)
        synthetic = sample[name].value_counts(normalize=True).reindex(real.index).fillna(0.0)
        # Three standard errors of a share in 1,600 rows are .037; a short fit adds to that.
        assert (real - synthetic).abs().max() < 0.06, name


@pytest.mark.parametrize("passes", [1, "auto"])
def test_missing_shares_are_those_of_the_table(gan, table, passes):
    sample = gan.sample(5_000, passes=passes, random_state=0)
    assert (sample.isna().mean() - table.isna().mean()).abs().max() < 0.05


def test_every_released_value_of_every_category_can_be_asked_for(gan, table):
    """CTGAN sets a bit of the first column, whichever column is asked for."""
    for name in CATEGORICAL:
        for value in table[name].value_counts().loc[lambda counts: counts >= 5].index:
            sample = gan.sample(40, conditions={name: value}, random_state=0, passes=1)
            assert (sample[name] == value).all(), name


def test_numbers_dates_and_missing_can_be_asked_for(gan):
    day = pd.Timestamp("2022-03-01")
    asked = {"residents": 2, "joined_on": day, "satisfaction": None}
    sample = gan.sample(50, conditions=asked, random_state=0)
    assert (sample["residents"] == 2).all()
    assert (sample["joined_on"] == day).all()
    assert sample["satisfaction"].isna().all()
    assert str(sample["satisfaction"].dtype) == "Int64"


def test_a_condition_changes_the_columns_that_depend_on_it(gan, table):
    real = table.groupby("solar_panels")["dwelling"].value_counts(normalize=True)
    for value in (True, False):
        sample = gan.sample(4_000, conditions={"solar_panels": value}, random_state=0)
        shares = sample["dwelling"].value_counts(normalize=True)
        # Flats rarely have solar panels: the two laws are half of the rows apart.
        assert (real[value] - real[not value]).abs().max() > 0.4
        assert (real[value] - shares).abs().max() < 0.12


def test_values_stay_in_the_range_of_the_table(gan, table):
    sample = gan.sample(5_000, random_state=0)
    for name in ["residents", "joined_on", "yearly_use_kwh", "arrears_eur", "satisfaction"]:
        assert sample[name].min() >= table[name].min()
        assert sample[name].max() <= table[name].max()


def test_money_keeps_its_two_decimals_and_its_exact_zeros(gan, table):
    arrears = gan.sample(5_000, random_state=0)["arrears_eur"].dropna()
    assert (arrears.round(2) == arrears).all()
    real_share = (table["arrears_eur"].dropna() == 0).mean()
    assert abs((arrears == 0).mean() - real_share) < 0.05


def test_fewer_rows_are_the_head_of_more(gan):
    many = gan.sample(3_000, random_state=7)
    for n_rows in (0, 1, 1_023, 1_024, 1_025):
        pd.testing.assert_frame_equal(gan.sample(n_rows, random_state=7), many.head(n_rows))


def test_without_a_seed_every_call_gives_other_rows(gan):
    assert not gan.sample(50).equals(gan.sample(50))


def test_numpys_global_random_numbers_are_left_alone(gan):
    np.random.seed(3)
    expected = np.random.random()
    np.random.seed(3)
    gan.sample(10)
    assert np.random.random() == expected


def test_threads_get_what_one_caller_gets(gan):
    alone = [gan.sample(300, random_state=seed) for seed in range(8)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda seed: gan.sample(300, random_state=seed), range(8)))
    assert all(a.equals(b) for a, b in zip(alone, together, strict=True))


def test_the_history_shows_the_game(gan):
    history = gan.history_
    assert set(history["phase"]) == {"likelihood", "adversarial"}
    game = history[history["phase"] == "adversarial"]
    assert game[["real_score", "fake_score"]].notna().all(axis=None)
    assert (game[["real_score", "fake_score"]] - 0.5).abs().max(axis=None) < 0.5
    assert {"generator_loss", "discriminator_loss", "modes_covered"} <= set(history)


def test_held_out_likelihood_improves_on_independent_columns(gan):
    likelihood = gan.history_.query("phase == 'likelihood'")["held_out_likelihood"]
    encoder = gan._model.encoder
    entropy = sum(-(c.shares * np.log(np.maximum(c.shares, 1e-12))).sum() for c in encoder.learnt)
    assert likelihood.min() < entropy - 0.3


def test_sampling_before_fit_says_so():
    with pytest.raises(NotFittedError, match="call fit"):
        TabGAN().sample(3)
    assert not hasattr(TabGAN(), "schema_")


def test_clone_and_get_params_know_every_argument():
    gan = TabGAN(epochs=3, passes=2, objective="wasserstein", max_time="5m")
    assert clone(gan).get_params() == gan.get_params()


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"epochs": 0}, "epochs"),
        ({"batch_size": 1.5}, "batch_size"),
        ({"passes": "many"}, "passes"),
        ({"objective": "hinge"}, "objective"),
        ({"normalisation": "minmax"}, "normalisation"),
        ({"max_time": "soon"}, "max_time"),
        ({"rare_threshold": -1}, "rare_threshold"),
        ({"device": "tpu"}, "device"),
        ({"verbose": 3}, "verbose"),
        ({"random_state": -1}, "random_state"),
        ({"schema": {}}, "schema"),
    ],
)
def test_an_argument_out_of_its_range_is_named(table, arguments, name):
    with pytest.raises(InvalidParameterError, match=name):
        TabGAN(**arguments).fit(table)


def test_what_is_not_a_table_is_refused(table):
    with pytest.raises(UnsupportedTypeError, match="X must be a table"):
        TabGAN().fit(table["region"])
    with pytest.raises(InvalidDataError, match="0 rows"):
        TabGAN().fit(table.iloc[:0])
    with pytest.raises(InvalidDataError, match="0 columns"):
        TabGAN().fit(pd.DataFrame())


def test_a_schema_of_another_table_is_refused(table):
    schema = infer_schema(table.drop(columns="region"))
    with pytest.raises(InvalidDataError, match="schema"):
        TabGAN(schema=schema).fit(table)
    with pytest.raises(InvalidDataError, match="residents"):
        TabGAN(schema=infer_schema(table)).fit(table.astype({"residents": "float64"}))


def test_a_table_of_identifiers_alone_is_refused():
    with pytest.raises(InvalidDataError, match="identifier"):
        TabGAN().fit(pd.DataFrame({"key": [f"k{i}" for i in range(100)]}))


def test_fewer_rows_than_a_value_needs_to_be_released_are_refused(table):
    with pytest.raises(InvalidDataError, match="rare_threshold=5"):
        TabGAN().fit(table.head(4))


def test_a_failed_fit_leaves_the_previous_model(gan, table):
    before = gan.sample(20, random_state=0)
    with pytest.raises(InvalidDataError):
        gan.fit(table.iloc[:0])
    assert gan.sample(20, random_state=0).equals(before)


@pytest.mark.parametrize("n_samples", [-1, 2.5, True])
def test_a_number_of_samples_that_is_no_count_is_refused(gan, n_samples):
    with pytest.raises(InvalidParameterError, match="n_samples"):
        gan.sample(n_samples)


def test_max_time_ends_a_fit(table):
    columns = ["residents", "switched"]
    gan = TabGAN(epochs=100_000, max_time="1s", verbose=0, random_state=0).fit(table[columns])
    assert set(gan.history_["phase"]) == {"likelihood", "adversarial"}
    assert gan.n_epochs_ < 10_000


def test_rare_values_are_withheld_and_identifiers_written_anew(tmp_path):
    frame = load_demo(400)[["region", "switched"]].astype(object)
    frame.loc[:2, "region"] = "Canary-Castle"
    frame["key"] = [f"AB-{number:05d}" for number in range(500, 900)]
    gan = TabGAN(epochs=1, early_stopping=False, verbose=0, random_state=0).fit(frame)
    sample = gan.sample(5_000, random_state=0)
    assert "Canary-Castle" not in set(sample["region"])
    assert "withheld" in gan.schema_["region"].released
    gan.save(tmp_path / "m.tabgan")
    assert b"Canary-Castle" not in (tmp_path / "m.tabgan").read_bytes()
    assert sample["key"].is_unique
    assert sample["key"].str.fullmatch(r"[A-Z]{2}-\d{5}").all()


def test_the_joint_of_dependent_columns_is_learnt_in_one_pass_and_in_many():
    rng = np.random.default_rng(0)
    first = rng.integers(3, size=4_000)
    second = np.where(rng.random(4_000) < 0.9, first, rng.integers(3, size=4_000))
    third = (first + second) % 3
    frame = pd.DataFrame({"a": first, "b": second, "c": third}).astype(str)
    gan = TabGAN(epochs=45, batch_size=256, verbose=0, random_state=0).fit(frame)
    real = frame.value_counts(normalize=True)
    for passes, tolerance in ((1, 0.5), (3, 0.05)):
        drawn = gan.sample(20_000, passes=passes, random_state=0).value_counts(normalize=True)
        distance = real.subtract(drawn, fill_value=0.0).abs().sum() / 2
        # Independent columns are .80 away; one pass gets as near as .3 in so short a game.
        assert distance < tolerance, (passes, distance)
