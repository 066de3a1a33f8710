import itertools

import numpy as np
import pandas as pd
import pytest

from tabgan.evaluation.fidelity.trend import TrendReference, TrendScores, correlations
from tabgan.evaluation.tables import Tables, align_tables
from tabgan.schema import infer_schema

# SDMetrics computes the same sums in another order.
AGREEMENT = 1e-6


def compare(tables: Tables) -> TrendScores:
    return TrendReference(tables.columns, tables.train).compare(tables.synthetic)


@pytest.fixture
def pair_of_tables(draw_table) -> tuple[pd.DataFrame, pd.DataFrame]:
    synthetic = draw_table(300, 1)
    synthetic["x"] = synthetic["x"] * 1.5 + 1
    synthetic["city"] = synthetic["city"].sample(frac=1, random_state=0).to_numpy()
    return draw_table(400, 0), synthetic


def test_trend_agrees_with_the_quality_report_of_sdmetrics(pair_of_tables) -> None:
    properties = pytest.importorskip("sdmetrics.reports.single_table._properties")
    train, synthetic = pair_of_tables
    sdtypes = {"x": "numerical", "y": "numerical", "visits": "numerical"}
    sdtypes |= {"city": "categorical", "member": "boolean", "joined": "datetime"}
    metadata = {"columns": {name: {"sdtype": sdtype} for name, sdtype in sdtypes.items()}}
    theirs = properties.ColumnPairTrends().get_score(train.copy(), synthetic.copy(), metadata)
    ours = compare(align_tables(train, synthetic, None))
    assert ours.own_bins == pytest.approx(theirs, abs=AGREEMENT)
    assert ours.n_pairs == 15


def test_training_bins_agree_with_the_contingency_metric_of_sdmetrics(pair_of_tables) -> None:
    column_pairs = pytest.importorskip("sdmetrics.column_pairs")
    train, synthetic = (frame[["x", "y", "city", "member"]] for frame in pair_of_tables)
    ordered = {column.name for column in infer_schema(train) if column.kind.is_ordered}
    theirs = []
    for pair in map(list, itertools.combinations(train.columns, 2)):
        real, other = train[pair].copy(), synthetic[pair].copy()
        if ordered.issuperset(pair):
            theirs.append(column_pairs.CorrelationSimilarity.compute(real, other))
        else:
            binned = [name for name in pair if name in ordered]
            theirs.append(column_pairs.ContingencySimilarity.compute(real, other, binned))
    ours = compare(align_tables(train, synthetic, None))
    assert ours.training_bins == pytest.approx(np.mean(theirs), abs=AGREEMENT)


def test_a_shifted_number_shows_in_training_bins_only(draw_table) -> None:
    train = draw_table(500, 0)[["x", "city"]]
    scores = compare(align_tables(train, train.assign(x=train["x"] + 10), None))
    assert scores.own_bins == pytest.approx(1.0)
    assert scores.training_bins < 0.2


def test_correlations_are_those_of_pandas_with_missing_values(draw_table) -> None:
    frame = draw_table(300, 0)[["x", "y", "visits"]].astype(float)
    frame.loc[::7, "visits"] = np.nan
    frame["x"] = frame["x"] * 1e-5 + 1.6e3  # digits that a sum of raw squares would lose
    np.testing.assert_allclose(correlations(frame.to_numpy()), frame.corr(), atol=1e-6)


def test_a_constant_training_column_is_left_out() -> None:
    generator = np.random.default_rng(0)
    train = pd.DataFrame(generator.normal(size=(50, 3)), columns=list("abc")).assign(c=0.1)
    scores = compare(align_tables(train, train, None))
    np.testing.assert_array_equal(
        scores.own, [[np.nan, 1, np.nan], [1, np.nan, np.nan], [np.nan] * 3]
    )
    assert (scores.own_bins, scores.training_bins, scores.n_pairs) == (1.0, 1.0, 1)


def test_a_collapsed_synthetic_column_counts_as_uncorrelated() -> None:
    x = np.random.default_rng(0).normal(size=50)
    train = pd.DataFrame({"a": x, "b": x})
    scores = compare(align_tables(train, train.assign(b=0.5), None))
    assert scores.own_bins == pytest.approx(0.5)


def test_without_a_pair_there_is_no_trend() -> None:
    frame = pd.DataFrame({"a": [1.5, 2.5, 2.0]})
    scores = compare(align_tables(frame, frame, None))
    assert np.isnan(scores.own_bins)
    assert scores.n_pairs == 0


@pytest.mark.parametrize("scale", [1.0, 1e160, 1e300, 1e-200])
def test_no_unit_hides_a_lost_correlation(scale: float) -> None:
    x = np.random.default_rng(0).normal(size=200)
    train = pd.DataFrame({"a": x * scale, "b": x + 0.1 * x**2})
    lost = train.assign(b=np.random.default_rng(1).permutation(train["b"]))
    assert compare(align_tables(train, lost, None)).own_bins < 0.6


@pytest.mark.parametrize(
    "values", [2**62 + np.arange(3), np.array([1e17, 1e17 + 16]), np.array([-5e307, 5e307, 1.5])]
)
def test_values_that_no_ten_bins_fit_between_are_survived(values: np.ndarray) -> None:
    table = pd.DataFrame({"x": np.resize(values, 60), "c": np.resize(list("aab"), 60)})
    assert compare(align_tables(table, table, None)).own_bins == 1.0
