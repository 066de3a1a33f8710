"""Slow facts on real tables; skipped where the folder of tables is not at hand."""

import pandas as pd
import pytest

from tabgan import TabGAN

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def adult(data_folder) -> pd.DataFrame:
    return pd.read_parquet(data_folder / "adult.parquet")


@pytest.fixture(scope="module")
def adult_gan(adult) -> TabGAN:
    return TabGAN(max_time="2m", verbose=0, random_state=0).fit(adult)


def test_every_released_category_of_adult_can_be_asked_for(adult, adult_gan):
    for name in adult.select_dtypes(exclude="number"):
        counts = adult[name].value_counts()
        for value in counts[counts >= 5].index:
            sample = adult_gan.sample(20, conditions={name: value}, random_state=0)
            assert (sample[name] == value).all(), name


def test_unconditional_shares_of_adult_are_those_of_the_table(adult, adult_gan):
    sample = adult_gan.sample(len(adult), random_state=0)
    for name in adult.select_dtypes(exclude="number"):
        real = adult[name].value_counts(normalize=True)
        drawn = sample[name].value_counts(normalize=True).reindex(real.index).fillna(0)
        # Two samples of 48,842 rows differ by up to .01 in a share (four standard errors); two
        # minutes of training add to that.
        assert (real - drawn).abs().max() < 0.02, name


@pytest.mark.parametrize("name", ["airbnb", "taxis", "lending"])
def test_dates_missing_values_and_long_categories_come_back(data_folder, name):
    table = pd.read_parquet(data_folder / f"{name}.parquet")
    gan = TabGAN(max_time="60s", verbose=0, random_state=0).fit(table)
    sample = gan.sample(len(table), random_state=0)
    assert (sample.dtypes == table.dtypes).all()
    assert (sample.isna().mean() - table.isna().mean()).abs().max() < 0.03
