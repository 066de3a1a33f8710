"""scikit-learn's contract, and the tables of other packages."""

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import GridSearchCV
from sklearn.utils.estimator_checks import parametrize_with_checks

from tabgan import TabGAN, load_demo
from tabgan.errors import InvalidDataError, UnsupportedTypeError

# The shortest fit there is; what these tests ask does not depend on how much was learnt.
BRIEF = TabGAN(epochs=1, objective=None, early_stopping=False, passes=2, verbose=0, random_state=0)


@pytest.mark.slow  # each of some forty checks compiles a training of its own
@parametrize_with_checks([BRIEF])  # with no expected failures
def test_every_check_of_scikit_learn_passes(estimator, check):
    check(estimator)


def brief_fit(table) -> TabGAN:
    return TabGAN(**BRIEF.get_params()).fit(table)


@pytest.mark.slow
def test_a_grid_search_finds_the_better_model_by_its_likelihood():
    table = load_demo(300)[["dwelling", "residents", "switched"]]
    search = GridSearchCV(BRIEF, {"normalisation": ["quantile", "mixture"]}, cv=2).fit(table)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert search.best_score_ == max(search.cv_results_["mean_test_score"])
    assert len(search.best_estimator_.sample(7)) == 7


def test_an_array_comes_back_as_an_array():
    rng = np.random.default_rng(0)
    table = rng.normal(size=(200, 3)).astype(np.float32)
    table[:20, 1] = np.nan
    gan = brief_fit(table)
    sample = gan.sample(50, random_state=0)
    assert isinstance(sample, np.ndarray)
    assert sample.dtype == np.float32
    assert sample.shape == (50, 3)
    filled = gan.complete(table, random_state=0)
    assert np.isfinite(filled).all()
    np.testing.assert_array_equal(filled[20:], table[20:])
    assert np.isfinite(gan.score_samples(table)).all()
    with pytest.raises(InvalidDataError, match=r"2 features.*expecting 3"):
        gan.score_samples(table[:, :2])


MIXED = pd.DataFrame(
    {
        "name": ["a", "b", None, "a"] * 60,
        "count": pd.array([1, None, 3, 4] * 60, dtype="Int64"),
        "share": np.linspace(0.0, 1.0, 240),
        "flag": [True, False, True, True] * 60,
        "day": pd.date_range("2024-01-01", periods=240),
    }
)


@pytest.mark.parametrize("package", ["polars", pytest.param("pyarrow", marks=pytest.mark.slow)])
def test_tables_of_other_packages_come_back_as_they_were(package):
    arrow = pytest.importorskip("pyarrow")
    table = arrow.Table.from_pandas(MIXED, preserve_index=False)
    schema = table.schema.set(4, arrow.field("day", arrow.date32()))
    table = table.cast(schema)
    if package == "polars":
        table = pytest.importorskip("polars").from_arrow(table)
    gan = brief_fit(table)
    for rows in (gan.sample(30, random_state=0), gan.complete(table, random_state=0)):
        assert type(rows) is type(table)
        assert rows.schema == table.schema
    assert gan.complete(table, random_state=0).to_pandas()["count"].notna().all()
    assert gan.score_samples(table).shape == (240,)
    asked = table.select(["flag", "name"])
    given = gan.sample(conditions=asked, random_state=0).select(["flag", "name"])
    assert given.equals(asked)
    batches = list(gan.sample_batches(30, batch_size=20, random_state=0))
    assert [len(batch) for batch in batches] == [20, 10]


def test_an_arrow_table_may_lack_columns_or_carry_an_index():
    arrow = pytest.importorskip("pyarrow")
    table = arrow.Table.from_pandas(MIXED[MIXED["flag"]])
    gan = brief_fit(table)
    assert gan.sample(5, random_state=0).column_names == table.column_names
    part = table.select(["flag", "share"])
    filled = gan.complete(part, random_state=0)
    assert filled.column_names == table.column_names
    assert filled.column("share").equals(part.column("share"))
    nothing = part.append_column("name", arrow.nulls(len(part)))
    assert gan.complete(nothing, random_state=0).column("name").null_count == 0


def test_a_known_number_that_the_dtype_of_the_fit_cannot_hold_stays():
    table = pd.DataFrame({"a": np.arange(200, dtype=np.uint8) % 7, "b": [1.5, 2.5] * 100})
    filled = brief_fit(table).complete(pd.DataFrame({"a": [300, None], "b": [None, 2.5]}))
    assert filled["a"].iloc[0] == 300
    assert filled.notna().all(axis=None)


@pytest.mark.parametrize("table", [pd.Series([1.0]), "abc", {"a": [1]}, 3], ids=type)
def test_what_is_no_table_is_refused_by_its_type(table):
    with pytest.raises(UnsupportedTypeError, match="X must be a table"):
        TabGAN().fit(table)


@pytest.mark.parametrize("array", [np.array([123.4, 5.0]), np.ones((3, 2)) * 123.4j])
def test_an_array_that_is_no_table_is_refused_without_its_values(array):
    with pytest.raises(InvalidDataError) as caught:
        TabGAN().fit(array)
    assert "123" not in str(caught.value)


def test_a_lazy_table_is_refused_by_its_type():
    polars = pytest.importorskip("polars")
    with pytest.raises(UnsupportedTypeError, match="LazyFrame"):
        TabGAN().fit(polars.DataFrame({"a": [1]}).lazy())


def test_no_public_attribute_holds_rows(gan, table):
    for name in dir(gan):
        if name.endswith("_") and not name.startswith("_"):
            value = getattr(gan, name)
            assert not isinstance(value, pd.DataFrame) or len(value) != len(table), name
