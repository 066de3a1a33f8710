import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.spatial.distance import jensenshannon

from tabgan.evaluation.fidelity.shape import FIGURES, ColumnReference
from tabgan.evaluation.tables import Tables, align_tables


def compare(tables: Tables) -> dict[str, np.ndarray]:
    found = ColumnReference(tables.columns, tables.train).compare(tables.synthetic)
    return dict(zip(FIGURES, found, strict=True))


def of_numbers(train: list[float], other: list[float]) -> dict[str, float]:
    tables = align_tables(pd.DataFrame({"x": train}), pd.DataFrame({"x": other}), None)
    return {name: float(values[0]) for name, values in compare(tables).items()}


@pytest.fixture
def spoilt(draw_table) -> Tables:
    synthetic = draw_table(200, 1)
    synthetic["x"] = synthetic["x"] * 2 + 1
    synthetic.loc[:50, "city"] = "never seen"
    return align_tables(draw_table(300, 0), synthetic, None)


def test_figures_agree_with_sdmetrics(draw_table, spoilt: Tables) -> None:
    metrics = pytest.importorskip("sdmetrics.single_column")
    found = compare(spoilt)
    of_kind = {
        "shape": (metrics.KSComplement, metrics.TVComplement),
        "value_coverage": (metrics.RangeCoverage, metrics.CategoryCoverage),
        "value_adherence": (metrics.BoundaryAdherence, metrics.CategoryAdherence),
    }
    for i, column in enumerate(spoilt.columns):
        train, synthetic = (pd.Series(rows[:, i]) for rows in (spoilt.train, spoilt.synthetic))
        for name, (of_numbers, of_categories) in of_kind.items():
            metric = of_numbers if column.is_ordered else of_categories
            # SDMetrics adds a millionth of a row to the frequency of unseen levels, and counts
            # gaps as categories.
            theirs = metric.compute(train.dropna(), synthetic.dropna())
            assert found[name][i] == pytest.approx(theirs, abs=1e-6)


def test_distances_agree_with_scipy(spoilt: Tables) -> None:
    found = compare(spoilt)
    for i, column in enumerate(spoilt.columns):
        train, other = (rows[~np.isnan(rows[:, i]), i] for rows in (spoilt.train, spoilt.synthetic))
        if not column.is_ordered:
            assert np.isnan(found["wasserstein"][i])
            continue
        spread = np.abs(train - np.median(train)).mean()
        moved = stats.wasserstein_distance(train, other)
        assert found["wasserstein"][i] == pytest.approx(1 - min(1, moved / spread), abs=1e-3)
        edges = [-np.inf, *np.quantile(train, np.arange(1, 10) / 10), np.inf]
        shares = [
            np.append(np.bincount(np.searchsorted(edges[1:-1], values), minlength=10), gaps)
            for values, gaps in (
                (train, len(spoilt.train) - len(train)),
                (other, len(spoilt.synthetic) - len(other)),
            )
        ]
        assert found["jensen_shannon"][i] == pytest.approx(1 - jensenshannon(*shares, base=2))


def test_a_column_like_its_best_constant_or_worse_has_moved_all_the_way() -> None:
    train = [0.0, 1.0, 2.0, 3.0, 4.0]
    assert of_numbers(train, [2.0] * 3)["wasserstein"] == pytest.approx(0.0)
    assert of_numbers(train, [50.0, 60.0])["wasserstein"] == 0.0
    assert of_numbers(train, train)["wasserstein"] == 1.0


def test_coverage_is_lost_at_either_end_and_adherence_beyond_it() -> None:
    train = [0.0, 4.5, 10.0]
    assert of_numbers(train, [1.0, 2.0, 8.0])["value_coverage"] == pytest.approx(0.7)
    beyond = of_numbers(train, [1.0, 2.0, 8.0, 12.0])
    assert beyond["value_coverage"] == pytest.approx(0.9)
    assert beyond["value_adherence"] == pytest.approx(0.75)


def test_fractions_do_not_belong_in_a_column_of_whole_numbers() -> None:
    train = pd.DataFrame({"visits": [1, 2, 3, 7]})
    synthetic = pd.DataFrame({"visits": [1.5, 2.0, 3.0, 6.5]})
    assert compare(align_tables(train, synthetic, None))["value_adherence"] == [0.5]


def test_constants_are_all_or_nothing() -> None:
    same, other = of_numbers([0.5] * 4, [0.5] * 3), of_numbers([0.5] * 4, [0.75] * 3)
    assert {same[name] for name in FIGURES} == {1.0}
    for name in ("shape", "wasserstein", "value_coverage", "value_adherence"):
        assert other[name] == 0.0


def test_columns_without_values_are_never_a_silent_nan() -> None:
    train = pd.DataFrame({"empty": [np.nan] * 3, "full": [1.5, 2.5, 3.5]})
    synthetic = pd.DataFrame({"empty": [1.0, 2.0, 3.0], "full": [np.nan] * 3})
    found = compare(align_tables(train, synthetic, None))
    for name in ("shape", "wasserstein", "value_coverage", "value_adherence"):
        np.testing.assert_array_equal(found[name], [np.nan, 0.0])
    np.testing.assert_array_equal(found["missing"], [0.0, 0.0])


def test_missing_shares_differ_by_their_difference() -> None:
    nan = np.nan
    found = of_numbers([1.0, nan, 2.0, 3.0], [nan, nan, nan, 3.0])
    assert found["missing"] == pytest.approx(0.5)
