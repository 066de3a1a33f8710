"""Distances to training rows against distances to rows that were not learnt from."""

import numpy as np
import pytest

from tabgan.evaluation.privacy.nearness import nearer_share, nearer_shares, ratio_quantile
from tabgan.evaluation.privacy.neighbours import gower_scaled, nearest_rows
from tabgan.evaluation.privacy.sides import Sides
from tabgan.evaluation.tables import ViewColumn
from tabgan.schema import Kind

COLUMNS = (
    ViewColumn("number", Kind.CONTINUOUS, 0),
    ViewColumn("constant", Kind.CONTINUOUS, 0),
    ViewColumn("city", Kind.CATEGORICAL, 5),
)


def draw(n_rows: int, seed: int) -> np.ndarray:
    generator = np.random.default_rng(seed)
    rows = np.column_stack(
        [generator.normal(size=n_rows), np.zeros(n_rows), generator.integers(0, 5, n_rows)]
    )
    return np.where(generator.random(rows.shape) < 0.1, np.nan, rows)


def share_of(synthetic: np.ndarray, train: np.ndarray, holdout: np.ndarray):
    rows, near, far = (
        gower_scaled(COLUMNS, train, holdout, t) for t in (synthetic, train, holdout)
    )
    return nearer_share(nearest_rows(rows, near), nearest_rows(rows, far))


def test_copies_of_training_rows_are_nearer_to_them() -> None:
    train, holdout = draw(200, 0)[:, :], draw(200, 1)
    train[:, 0], holdout[:, 0] = np.arange(200), np.arange(200) + 0.5  # no row in both
    copied = share_of(train, train, holdout)
    assert copied.value == 1.0
    assert copied.p_value < 1e-6
    assert share_of(holdout, train, holdout).value == 0.0
    assert share_of(holdout, train, holdout).p_value > 0.99


def test_equal_distances_count_half_and_prove_nothing() -> None:
    rows = draw(50, 0)
    share = share_of(rows, rows, rows)
    assert (share.value, share.low, share.high, share.p_value) == (0.5, 0.5, 0.5, 1.0)


def test_honest_rows_on_a_small_domain_raise_few_alarms() -> None:
    # 3,000 rows with 40 x 5 possible values and 100 real rows a side: many share their nearest
    # row, and a test that takes rows for independent alarms in a third of the draws.
    def small(n_rows: int, seed: int) -> np.ndarray:
        rows = draw(n_rows, seed)
        rows[:, 0] = np.round(rows[:, 0] * 8)
        return rows

    alarms = [
        share_of(small(3000, 3 * i), small(100, 3 * i + 1), small(100, 3 * i + 2)).p_value < 0.05
        for i in range(40)
    ]
    # A level of .05 gives 2 of 40; more than 6 has a probability below .01.
    assert sum(alarms) <= 6


@pytest.mark.parametrize("factor", [-1.0, 1000.0])
def test_the_share_ignores_the_sign_and_unit_of_a_number(factor: float) -> None:
    tables = [draw(100, seed) for seed in range(3)]
    scaled = [table * [factor, 1.0, 1.0] for table in tables]
    assert share_of(*scaled).value == pytest.approx(share_of(*tables).value)


def test_the_ratio_is_that_of_the_two_nearest_rows() -> None:
    train, holdout, synthetic = draw(80, 0), draw(80, 1), draw(60, 2)
    sides = Sides(COLUMNS, train, holdout, synthetic)
    expected = []
    for real in (sides.scaled_train, sides.scaled_holdout):
        table = np.minimum(np.abs(sides.scaled_synthetic[:, None] - real), 1.0).mean(axis=2)
        first, second = np.sort(table, axis=1)[:, :2].T
        expected.append(np.quantile((first + 1e-6) / (second + 1e-6), 0.05))
    found = ratio_quantile(sides, np.random.default_rng(0))
    assert (found.train, found.holdout) == pytest.approx(tuple(expected))
    assert found.low <= found.train <= found.high


def test_the_ratio_is_low_beside_single_training_rows() -> None:
    generator = np.random.default_rng(0)
    columns = tuple(ViewColumn(f"x{i}", Kind.CONTINUOUS, 0) for i in range(4))
    train, holdout, synthetic = (generator.normal(size=(300, 4)) for _ in range(3))
    synthetic[:30] = train[:30] + 1e-5
    found = ratio_quantile(Sides(columns, train, holdout, synthetic), generator)
    assert found.train < 0.01 < found.holdout
    assert found.p_value < 0.003


def test_few_real_rows_beside_many_synthetic_ones_raise_no_alarm() -> None:
    alarms = 0
    for seed in range(25):
        generator = np.random.default_rng(seed)
        train, holdout, synthetic = (draw(n, 3 * seed + i) for i, n in enumerate((60, 60, 600)))
        sides = Sides(COLUMNS, train, holdout, synthetic)
        alarms += ratio_quantile(sides, generator).p_value < 0.05
    # More than 4 of 25 has a probability below .01 at a level of .05.
    assert alarms <= 4


def test_a_third_of_a_row_copied_is_seen_by_the_columns_that_were() -> None:
    generator = np.random.default_rng(0)
    columns = tuple(ViewColumn(f"x{i}", Kind.CONTINUOUS, 0) for i in range(12))
    train, holdout, synthetic = (
        np.repeat(generator.normal(size=(300, 3)), 4, axis=1)
        + 0.1 * generator.normal(size=(300, 12))
        for _ in range(3)
    )
    synthetic[:, :4] = train[:, :4]
    shares = nearer_shares(Sides(columns, train, holdout, synthetic), generator)
    assert max(share.value for share in shares[1:]) == 1.0
    assert shares[0].value < 0.7
