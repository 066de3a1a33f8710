import numpy as np

from tabgan.evaluation.privacy.neighbours import gower_scaled, nearest_rows
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


def test_nearest_rows_are_those_of_the_definition() -> None:
    train, holdout, synthetic = draw(60, 0), draw(60, 1), draw(50, 2)
    synthetic[0, 0], synthetic[1, 1] = 1e9, 3.0  # far out of range; off a constant
    real = np.concatenate([train, holdout])[:, 0]
    width = np.nanmax(real) - np.nanmin(real)
    expected = [min(gower(row, other, width) for other in train) for row in synthetic]
    scaled = [gower_scaled(COLUMNS, train, holdout, rows) for rows in (synthetic, train)]
    # Sums of three terms in float64.
    np.testing.assert_allclose(nearest_rows(*scaled).distance, expected, atol=1e-12)


def test_several_nearest_rows_come_in_order_and_weights_count_columns() -> None:
    train, holdout = draw(40, 3), draw(30, 4)
    real = np.concatenate([train, holdout])[:, 0]
    width = np.nanmax(real) - np.nanmin(real)
    scaled = [gower_scaled(COLUMNS, train, holdout, rows) for rows in (train, holdout)]
    found = nearest_rows(*scaled, 4)
    for row, distances, indices in zip(train, found.distances, found.indices, strict=True):
        expected = sorted(gower(row, other, width) for other in holdout)[:4]
        np.testing.assert_allclose(distances, expected, atol=1e-12)
        of_found = [gower(row, holdout[i], width) for i in indices]
        np.testing.assert_allclose(of_found, expected, atol=1e-12)
    by_city = nearest_rows(*scaled, weights=np.array([0.0, 0.0, 2.0]))
    assert set(by_city.distance) <= {0.0, 1.0}


def test_no_row_is_its_own_neighbour_within_a_table() -> None:
    rows = gower_scaled(COLUMNS, draw(70, 5), draw(70, 6), draw(70, 5))
    found = nearest_rows(rows, rows, 2, are_the_same=True)
    assert not (found.indices == np.arange(70)[:, None]).any()
    twice = np.concatenate([rows, rows])
    np.testing.assert_array_equal(nearest_rows(twice, twice, are_the_same=True).distance, 0.0)


def test_few_references_are_all_there_is() -> None:
    rows = gower_scaled(COLUMNS, draw(9, 7), draw(9, 8), draw(9, 7))
    assert nearest_rows(rows, rows[:3], 5).distances.shape == (9, 3)
