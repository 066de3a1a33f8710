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


def test_pairs_are_those_of_the_training_gaps_whatever_is_compared() -> None:
    generator = np.random.default_rng(0)
    gap = generator.random(400) < 0.3
    train = pd.DataFrame(generator.normal(size=(400, 4))).add_prefix("x")
    train.loc[gap, ["x0", "x1"]] = np.nan
    apart = train.assign(x1=train["x1"].sample(frac=1, random_state=0).to_numpy())
    apart.loc[0, ["x2", "x3"]] = np.nan  # gaps that the training rows have not
    found = compare(align_tables(train, apart, None))["missing_together"]
    assert np.isfinite(found).sum() == 2
    assert found[0, 1] < 0.7


@pytest.mark.parametrize("scale", [1.0, 1e160, 1e300, 1e-200])
def test_no_unit_hides_a_lost_relation(scale: float) -> None:
    generator = np.random.default_rng(0)
    kind = generator.choice(["a", "b"], 500)
    x = np.where(kind == "a", 1.0, 3.0) + generator.normal(size=500) / 10
    train = pd.DataFrame({"kind": kind, "x": x * scale})
    lost = train.assign(x=generator.permutation(train["x"]))
    found = compare(align_tables(train, lost, None))
    assert found["correlation_ratio"][0, 1] < 0.3
