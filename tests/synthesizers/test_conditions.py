"""What a user of conditions is promised: values, sets, ranges, missing, frames."""

import itertools

import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN
from tabgan.errors import InvalidConditionError, InvalidParameterError

ASKED = {
    "yearly_use_kwh": (1_500, 3_000),
    "joined_on": ("2021-07", "2023"),
    "residents": {1, 2},
    "switched": "no",
}


@pytest.fixture(scope="module", params=["auto", 1])
def asked_for(request, gan, table):
    regions = table["region"].value_counts().index[:2].tolist()
    asked = ASKED | {"region": regions}
    return asked, gan.sample(3_000, conditions=asked, passes=request.param, random_state=0)


def test_every_row_satisfies_every_condition(asked_for, table):
    asked, sample = asked_for
    assert sample["yearly_use_kwh"].between(1_500, 3_000).all()
    joined = sample["joined_on"]
    assert joined.between(pd.Timestamp("2021-07-01"), pd.Timestamp("2023-12-31")).all()
    assert set(sample["region"]) == set(asked["region"])
    assert set(sample["residents"]) == {1, 2}
    assert (sample["switched"] == "no").all()
    assert (sample.dtypes == table.dtypes).all()


def test_what_the_conditions_cost_is_reported(asked_for, table):
    asked, sample = asked_for
    report = sample.attrs["conditions"]
    rows = table
    satisfied = (
        rows["yearly_use_kwh"].between(1_500, 3_000)
        & rows["joined_on"].between(pd.Timestamp("2021-07-01"), pd.Timestamp("2023-12-31"))
        & rows["region"].isin(asked["region"])
        & rows["residents"].isin([1, 2])
        & (rows["switched"] == "no")
    )
    # Some hundred rows satisfy them, and the fit was short.
    assert report["probability"] == pytest.approx(satisfied.mean(), rel=0.5)
    assert 1_000 < report["effective_sample_size"] <= 3_000


def test_fewer_conditioned_rows_are_the_head_of_more(gan):
    asked = {"yearly_use_kwh": (1_500, 3_000), "residents": [1, 2]}
    many = gan.sample(1_500, conditions=asked, random_state=7)
    for n_rows in (0, 1, 1_024, 1_025):
        few = gan.sample(n_rows, conditions=asked, random_state=7)
        pd.testing.assert_frame_equal(few, many.head(n_rows))


def test_a_list_of_one_value_is_that_value(gan):
    many, one = (
        gan.sample(200, conditions={"residents": asked}, random_state=1) for asked in ([2], 2)
    )
    assert (many["residents"] == 2).all()
    assert (one["residents"] == 2).all()


def test_missing_may_be_among_the_values(gan):
    sample = gan.sample(2_000, conditions={"satisfaction": [None, 5]}, random_state=0)
    assert sample["satisfaction"].isna().any()
    assert set(sample["satisfaction"].dropna()) == {5}


def test_a_range_holds_no_missing_value(gan):
    sample = gan.sample(1_000, conditions={"satisfaction": (None, None)}, random_state=0)
    assert sample["satisfaction"].notna().all()


def test_conditions_no_row_satisfies_are_refused_with_the_reason(gan):
    with pytest.raises(InvalidConditionError, match="holds no value the model can give"):
        gan.sample(10, conditions={"yearly_use_kwh": (-10, -5)})


def test_a_frame_gives_one_row_for_each_of_its_rows(gan):
    asked = pd.DataFrame(
        {
            "residents": np.tile([1, 2, 3], 500),
            "satisfaction": pd.array([None, 4, 5] * 500, dtype="Int64"),
            "joined_on": pd.date_range("2022-01-01", periods=1_500, freq="12h").normalize(),
        },
        index=np.arange(1_500) * 2,
    )
    sample = gan.sample(conditions=asked, random_state=0)
    assert sample.index.equals(pd.RangeIndex(1_500))
    for name in asked:
        expected = asked[name].reset_index(drop=True).astype(sample[name].dtype)
        pd.testing.assert_series_equal(sample[name], expected)
    head = gan.sample(conditions=asked.head(100), random_state=0)
    pd.testing.assert_frame_equal(head, sample.head(100))


def test_the_probability_of_values_is_their_share(gan, table):
    sample = gan.sample(10, conditions={"switched": "yes", "residents": 1}, random_state=0)
    share = ((table["switched"] == "yes") & (table["residents"] == 1)).mean()
    assert sample.attrs["conditions"]["probability"] == pytest.approx(share, rel=0.3)
    assert sample.attrs["conditions"]["effective_sample_size"] == 10
    assert "conditions" not in gan.sample(10).attrs


@pytest.mark.filterwarnings("error")
def test_a_whole_row_of_values_may_be_asked_for(gan, table):
    """Each of them is a mode among many, so together they are rarer than any range."""
    row = table.drop(columns="switched").dropna().iloc[0]
    sample = gan.sample(20, conditions=row.to_dict(), random_state=0)
    for name, value in row.items():
        assert (sample[name] == value).all(), name
    # Far less than one row of the table: a range as rare as that would give a warning.
    assert sample.attrs["conditions"]["probability"] < 0.01 / len(table)


def test_ranges_that_next_to_no_row_satisfies_are_refused(gan):
    # Rare prepaid customers who have lived together in great number and use next to nothing.
    asked = {"residents": (6, 6), "yearly_use_kwh": (None, 600), "arrears_eur": (550, None)}
    with pytest.raises(InvalidConditionError, match=r"sets and ranges of .* hold in about"):
        gan.sample(10, conditions=asked | {"tariff": ["prepaid"]}, random_state=0)


def test_a_frame_without_rows_gives_none(gan, table):
    sample = gan.sample(conditions=pd.DataFrame({"residents": [], "region": []}))
    assert sample.shape == (0, table.shape[1])


def test_a_frame_says_how_many_rows_there_are(gan):
    with pytest.raises(InvalidParameterError, match="conditions has 2 rows"):
        gan.sample(5, conditions=pd.DataFrame({"residents": [1, 2]}))


@pytest.mark.parametrize("conditions", [None, {"residents": [1, 2]}, {"switched": "no"}])
def test_batches_together_are_the_sample(gan, conditions):
    sample = gan.sample(2_500, conditions=conditions, random_state=3)
    batches = gan.sample_batches(2_500, batch_size=700, conditions=conditions, random_state=3)
    sizes, parts = zip(*((len(batch), batch) for batch in batches), strict=True)
    assert sizes == (700, 700, 700, 400)
    pd.testing.assert_frame_equal(pd.concat(parts), sample)


def test_batches_are_drawn_when_they_are_asked_for(gan):
    endless = gan.sample_batches(10**12, batch_size=10, random_state=3)
    first = pd.concat(itertools.islice(endless, 3))
    pd.testing.assert_frame_equal(first, gan.sample(30, random_state=3))


def test_parameters_of_batches_are_checked_at_once(gan):
    with pytest.raises(InvalidParameterError, match="batch_size"):
        gan.sample_batches(10, batch_size=0)


def test_conditions_survive_save_and_load(gan, tmp_path):
    gan.save(tmp_path / "model.tabgan")
    again = TabGAN.load(tmp_path / "model.tabgan")
    asked = ASKED | {"region": ["harbour", "moor"]}
    pd.testing.assert_frame_equal(
        gan.sample(100, conditions=asked, random_state=5),
        again.sample(100, conditions=asked, random_state=5),
    )
    known = gan.sample(50, random_state=0)[["region", "residents"]]
    pd.testing.assert_frame_equal(
        gan.complete(known, random_state=5), again.complete(known, random_state=5)
    )
    np.testing.assert_array_equal(
        gan.score_samples(gan.complete(known, random_state=5)),
        again.score_samples(again.complete(known, random_state=5)),
    )
