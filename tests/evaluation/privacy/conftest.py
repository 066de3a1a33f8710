"""Mixed, categorical and numeric tables with known laws, and samples with a share of copies."""

from collections.abc import Callable

import numpy as np
import pytest

from tabgan.evaluation.privacy.sides import Sides
from tabgan.evaluation.tables import ViewColumn
from tabgan.schema import Kind

N_LEVELS = 12
DrawRows = Callable[[str, int, np.random.Generator], np.ndarray]


def columns_of(kind: str) -> tuple[ViewColumn, ...]:
    n_numbers, n_categories = {"mixed": (4, 4), "categorical": (0, 8), "numeric": (6, 0)}[kind]
    numbers = [ViewColumn(f"x{i}", Kind.CONTINUOUS, 0) for i in range(n_numbers)]
    return (
        *numbers,
        *(ViewColumn(f"c{i}", Kind.CATEGORICAL, N_LEVELS) for i in range(n_categories)),
    )


def draw(kind: str, n_rows: int, generator: np.random.Generator) -> np.ndarray:
    """Columns that share one hidden number; a holdout row hardly ever equals a training row."""
    hidden = generator.normal(size=n_rows)
    columns = []
    for column in columns_of(kind):
        values = 0.6 * hidden + 0.8 * generator.normal(size=n_rows)
        if not column.is_ordered:
            values = np.clip(np.round(2 * values + N_LEVELS / 2), 0, N_LEVELS - 1)
        columns.append(values)
    return np.column_stack(columns)


def with_copies(
    synthetic: np.ndarray, train: np.ndarray, share: float, noise: float, kind: str
) -> np.ndarray:
    """Replace the first rows by training rows whose numbers move by some of their spread."""
    n_copies = round(share * len(synthetic))
    moved = train[:n_copies].copy()
    is_number = np.array([column.is_ordered for column in columns_of(kind)])
    generator = np.random.default_rng(9)
    moved[:, is_number] += noise * generator.normal(size=(n_copies, int(is_number.sum())))
    return np.concatenate([moved, synthetic[n_copies:]])


def draw_sides(kind: str, n_rows: int, seed: int, share: float = 0.0, noise: float = 0.0) -> Sides:
    generator = np.random.default_rng([seed, 5])
    train, holdout, synthetic = (draw(kind, n_rows, generator) for _ in range(3))
    synthetic = with_copies(synthetic, train, share, noise, kind)
    return Sides(columns_of(kind), train, holdout, synthetic)


@pytest.fixture(scope="session")
def sides_of() -> Callable[..., Sides]:
    return draw_sides
