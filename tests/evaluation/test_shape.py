import numpy as np
import pandas as pd
import pytest

from tabgan.evaluation.shape import column_shapes, missing_shares
from tabgan.evaluation.tables import align_tables


def test_shapes_agree_with_sdmetrics(draw_table) -> None:
    single_column = pytest.importorskip("sdmetrics.single_column")
    train, synthetic = draw_table(300, 0), draw_table(200, 1)
    synthetic["x"] = synthetic["x"] * 2 + 1
    synthetic.loc[:50, "city"] = "never seen"
    tables = align_tables(train, synthetic, None)
    ours = column_shapes(tables.columns, tables.train, tables.synthetic)
    for column, value in zip(tables.columns, ours, strict=True):
        metric = single_column.KSComplement if column.is_ordered else single_column.TVComplement
        theirs = metric.compute(train[column.name], synthetic[column.name])
        # SDMetrics adds a millionth of a row to the frequency of unseen levels.
        assert value == pytest.approx(theirs, abs=1e-6)


def test_a_shape_without_values_is_never_a_silent_nan() -> None:
    train = pd.DataFrame({"empty": [np.nan] * 3, "full": [1.5, 2.5, 3.5]})
    synthetic = pd.DataFrame({"empty": [1.0, 2.0, 3.0], "full": [np.nan] * 3})
    tables = align_tables(train, synthetic, None)
    shapes = column_shapes(tables.columns, tables.train, tables.synthetic)
    np.testing.assert_array_equal(shapes, [np.nan, 0.0])
    np.testing.assert_array_equal(missing_shares(tables.train, tables.synthetic), [0.0, 0.0])


def test_missing_shares_differ_by_their_difference() -> None:
    train = np.array([[1.0], [np.nan], [2.0], [3.0]])
    other = np.array([[np.nan], [np.nan], [np.nan], [3.0]])
    np.testing.assert_allclose(missing_shares(train, other), [0.5])
