import numpy as np
import pandas as pd
import pytest

from tabgan.evaluation.fidelity.dependence import FIGURES, DependenceReference
from tabgan.evaluation.tables import Tables, align_tables


def compare(tables: Tables) -> dict[str, np.ndarray]:
    found = DependenceReference(tables.columns, tables.train).compare(tables.synthetic)
    return dict(zip(FIGURES, found, strict=True))


def test_correlation_ratios_are_those_of_grouped_means(draw_table) -> None:
    train, synthetic = draw_table(400, 0), draw_table(300, 1)
    synthetic["y"] = synthetic["y"].sample(frac=1, random_state=0).to_numpy()

    def ratio(frame: pd.DataFrame, number: str, category: str) -> float:
        known = frame.dropna(subset=[number])
        groups = known.groupby(known[category].fillna("missing"))[number]
        return float(np.sqrt(groups.transform("mean").var() / known[number].var()))

    tables = align_tables(train, synthetic, None)
    found = compare(tables)["correlation_ratio"]
    for number in ("x", "y", "visits"):
        for category in ("city", "member"):
            expected = 1 - abs(ratio(train, number, category) - ratio(synthetic, number, category))
            place = tables.position(number), tables.position(category)
            assert found[place] == pytest.approx(expected)
            assert found[place[::-1]] == found[place]
    assert np.isnan(found[tables.position("x"), tables.position("y")])


def test_a_dependence_that_no_correlation_sees_is_missed_when_lost() -> None:
    x = np.random.default_rng(0).normal(size=2_000)
    train = pd.DataFrame({"x": x, "y": x**2})
    lost = train.assign(y=np.random.default_rng(1).permutation(train["y"]))
    kept, broken = (
        compare(align_tables(train, table, None))["mutual_information"][0, 1]
        for table in (train, lost)
    )
    assert kept == 1.0
    assert broken < 0.6


def test_gaps_in_the_same_rows_are_told_from_gaps_in_others() -> None:
    nan = np.nan
    together = pd.DataFrame({"a": [nan, 1.5, 2.5, 3.5], "b": [nan, 1.5, 2.5, 3.5], "c": [0.5] * 4})
    apart = together.assign(b=[1.5, nan, 2.5, 3.5])
    found = compare(align_tables(together, apart, None))["missing_together"]
    # A quarter of the rows has both gaps, the same quarter neither is left of: half of all moved.
    assert found[0, 1] == pytest.approx(0.5)
    assert np.isnan(found[0, 2])  # c has no gap in either table


def test_gaps_that_only_synthetic_rows_have_count() -> None:
    full = pd.DataFrame({"a": [0.5, 1.5, 2.5, 3.5], "b": [0.5, 1.5, 2.5, 3.5]})
    gaps = full.mask(full > 2)
    assert compare(align_tables(full, gaps, None))["missing_together"][0, 1] == pytest.approx(0.5)
