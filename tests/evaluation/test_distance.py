import numpy as np
import pytest

from tabgan.evaluation.distance import gower_scaled, nearer_share, nearest_rows
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


def gower(first: np.ndarray, second: np.ndarray, width: float) -> float:
    """Gower's distance as it is defined, for one pair of rows of `COLUMNS`."""
    parts = []
    for i, (a, b) in enumerate(zip(first, second, strict=True)):
        if np.isnan(a) or np.isnan(b):
            parts.append(float(np.isnan(a) != np.isnan(b)))
        elif i == 0:
            parts.append(min(abs(a - b) / width, 1.0))
        else:
            parts.append(float(a != b))
    return float(np.mean(parts))


def share_of(synthetic: np.ndarray, train: np.ndarray, holdout: np.ndarray):
    rows, near, far = (
        gower_scaled(COLUMNS, train, holdout, t) for t in (synthetic, train, holdout)
    )
    return nearer_share(nearest_rows(rows, near), nearest_rows(rows, far))


def test_nearest_rows_are_those_of_the_definition() -> None:
    train, holdout, synthetic = draw(60, 0), draw(60, 1), draw(50, 2)
    synthetic[0, 0], synthetic[1, 1] = 1e9, 3.0  # far out of range; off a constant
    real = np.concatenate([train, holdout])[:, 0]
    width = np.nanmax(real) - np.nanmin(real)
    expected = [min(gower(row, other, width) for other in train) for row in synthetic]
    scaled = [gower_scaled(COLUMNS, train, holdout, rows) for rows in (synthetic, train)]
    # Sums of three terms in float64.
    np.testing.assert_allclose(nearest_rows(*scaled).distance, expected, atol=1e-12)


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
