"""The three tables in the sizes that attacks can afford, and who is near whom."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tabgan.evaluation.privacy.neighbours import Nearest, gower_scaled, merged, nearest_rows
from tabgan.evaluation.tables import FloatArray, Tables, ViewColumn, draw_rows

# Rows of each of the three tables: twice 25 million distances of 15 columns take two seconds.
MAX_ROWS = 5_000
# Nearest real rows that are known of a row. Of so many at least two are of one table, whichever
# half of the real rows is taken for it, but for one row in four thousand.
_N_REAL = 16
# Nearest synthetic rows: the fifth is where densities are read off.
N_NEAREST = 5


@dataclass(frozen=True)
class Sides:
    """What attacks look at; as many training as holdout rows.

    Parameters
    ----------
    columns : tuple of ViewColumn
        The columns compared.
    train, holdout, synthetic : ndarray of float64, shape (rows, columns)
        Values or category codes; NaN is missing.
    """

    columns: tuple[ViewColumn, ...]
    train: FloatArray
    holdout: FloatArray
    synthetic: FloatArray

    @classmethod
    def drawn(cls, tables: Tables, holdout: FloatArray, rng: np.random.Generator) -> "Sides":
        """Return some rows of each table."""
        n_real = min(len(tables.train), len(holdout), MAX_ROWS)
        return cls(
            tables.columns,
            draw_rows(tables.train, n_real, rng),
            draw_rows(holdout, n_real, rng),
            draw_rows(tables.synthetic, min(len(tables.synthetic), MAX_ROWS), rng),
        )

    @property
    def n_real(self) -> int:
        """Rows of either real table."""
        return len(self.train)

    def scale(self, rows: FloatArray) -> FloatArray:
        """Return rows as distances want them."""
        return gower_scaled(self.columns, self.train, self.holdout, rows)

    @cached_property
    def scaled_train(self) -> FloatArray:
        """The training rows, scaled."""
        return self.scale(self.train)

    @cached_property
    def scaled_holdout(self) -> FloatArray:
        """The holdout rows, scaled."""
        return self.scale(self.holdout)

    @cached_property
    def scaled_synthetic(self) -> FloatArray:
        """The synthetic rows, scaled."""
        return self.scale(self.synthetic)

    @cached_property
    def synthetic_to_train(self) -> Nearest:
        """The training rows nearest to each synthetic row."""
        return nearest_rows(self.scaled_synthetic, self.scaled_train, _N_REAL)

    @cached_property
    def synthetic_to_holdout(self) -> Nearest:
        """The holdout rows nearest to each synthetic row."""
        return nearest_rows(self.scaled_synthetic, self.scaled_holdout, _N_REAL)

    @cached_property
    def synthetic_to_real(self) -> Nearest:
        """The real rows nearest to each synthetic row, training rows counted first."""
        train, holdout = self.synthetic_to_train, self.synthetic_to_holdout
        return merged(train, replace(holdout, indices=holdout.indices + self.n_real))

    @cached_property
    def real_to_real(self) -> Nearest:
        """The other real rows nearest to each real row, training rows counted first."""
        real = np.concatenate([self.scaled_train, self.scaled_holdout])
        return nearest_rows(real, real, _N_REAL, are_the_same=True)

    @property
    def is_train(self) -> NDArray[np.bool_]:
        """Which real rows are training rows, these counted first."""
        return np.repeat([True, False], self.n_real)

    @cached_property
    def train_to_synthetic(self) -> Nearest:
        """The synthetic rows nearest to each training row."""
        return nearest_rows(self.scaled_train, self.scaled_synthetic, N_NEAREST)

    @cached_property
    def holdout_to_synthetic(self) -> Nearest:
        """The synthetic rows nearest to each holdout row."""
        return nearest_rows(self.scaled_holdout, self.scaled_synthetic, N_NEAREST)

    def first(self, n_rows: int) -> "Sides":
        """Return the first rows of each table."""
        if max(self.n_real, len(self.synthetic)) <= n_rows:
            return self
        tables = (self.train, self.holdout, self.synthetic)
        return Sides(self.columns, *(rows[:n_rows] for rows in tables))
