"""Do synthetic rows lie where real ones do, and everywhere where they do?

Density and coverage by the balls around real rows that reach to the fifth neighbour (Naeem et al.
2020); alpha-precision and beta-recall by the distance to the centre and by the nearest row (Alaa et
al. 2022, as synthcity computes them on rows without a further embedding).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from tabgan.evaluation.tables import FloatArray
from tabgan.parallel import in_parallel

# Neighbours that a ball reaches to, as in Naeem et al.
_N_NEIGHBOURS = 5
# Levels of alpha and beta that their curves are taken at, as in synthcity.
_LEVELS = np.linspace(0.0, 1.0, 30)
_BLOCK_ROWS = 256

# From weights of the rows to a figure.
Weighted = Callable[[FloatArray], float]


@dataclass(frozen=True)
class Manifold:
    """Figures of synthetic rows among real rows, each a function of row weights.

    Parameters
    ----------
    density : callable
        Of weights of the synthetic rows: how many balls around real rows one lies in, by how many
        one would expect. 1 for rows of the same law; more where they crowd.
    coverage : callable
        Of weights of the real rows: share of the balls that hold a synthetic row.
    alpha_precision : callable
        Of weights of the synthetic rows: one at best, where the share of synthetic rows within the
        innermost part of the real rows is that part, whatever the part.
    beta_recall : callable
        Of weights of the real rows: likewise of the shares of real rows that have a synthetic row
        nearer than a real one, within the innermost part of the synthetic rows. About a half for
        rows of the same law, as the nearest row is as likely of either table; 1 for copies.
    """

    density: Weighted
    coverage: Weighted
    alpha_precision: Weighted
    beta_recall: Weighted


@dataclass(frozen=True)
class RealRows:
    """Real rows, and how near each has others; compared with several tables.

    Parameters
    ----------
    rows : ndarray of float64, shape (rows, coordinates)
        Encoded rows.
    reach : ndarray of float64, shape (rows, n_neighbours)
        Distances of the nearest other real rows.
    """

    rows: FloatArray
    reach: FloatArray

    @classmethod
    def of(cls, rows: FloatArray) -> "RealRows":
        """Return real rows with their own distances."""

        def nearest(start: int) -> FloatArray:
            apart = cdist(rows[start : start + _BLOCK_ROWS], rows)
            own = np.arange(len(apart))
            apart[own, start + own] = np.inf
            n_neighbours = min(_N_NEIGHBOURS, len(rows) - 1)
            return np.sort(np.partition(apart, n_neighbours - 1, axis=1)[:, :n_neighbours], axis=1)

        return cls(rows, np.concatenate(in_parallel(nearest, range(0, len(rows), _BLOCK_ROWS))))

    def compare(self, synthetic: FloatArray) -> Manifold:
        """Return how as many synthetic rows lie among them.

        Parameters
        ----------
        synthetic : ndarray of float64, shape (rows, coordinates)
            Encoded rows.
        """
        n_balls, nearest, closest = self._neighbours(synthetic)
        centre, its_centre = self.rows.mean(axis=0), synthetic.mean(axis=0)
        radii = np.quantile(np.linalg.norm(self.rows - centre, axis=1), _LEVELS)
        inner = np.linalg.norm(synthetic - centre, axis=1)[:, np.newaxis] <= radii
        near = nearest <= self.reach[:, 0]
        depth = np.linalg.norm(synthetic[closest] - its_centre, axis=1)
        inner_near = (depth[:, np.newaxis] <= np.quantile(depth, _LEVELS)) & near[:, np.newaxis]
        return Manifold(
            density=lambda weights: float(np.average(n_balls, weights=weights) / _N_NEIGHBOURS),
            coverage=lambda weights: float(
                np.average(nearest < self.reach[:, -1], weights=weights)
            ),
            alpha_precision=lambda weights: _along_the_diagonal(inner, weights),
            beta_recall=lambda weights: _along_the_diagonal(inner_near, weights),
        )

    def _neighbours(
        self, synthetic: FloatArray
    ) -> tuple[NDArray[np.int64], FloatArray, NDArray[np.int64]]:
        """Return balls around each synthetic row, distance and place of each real row's nearest."""

        def compared(start: int) -> tuple[NDArray[np.int64], FloatArray, NDArray[np.int64]]:
            apart = cdist(self.rows[start : start + _BLOCK_ROWS], synthetic)
            closest = apart.argmin(axis=1)
            within = apart < self.reach[start : start + _BLOCK_ROWS, -1:]
            return within.sum(axis=0), apart[np.arange(len(apart)), closest], closest

        blocks = in_parallel(compared, range(0, len(self.rows), _BLOCK_ROWS))
        n_balls, nearest, closest = zip(*blocks, strict=True)
        return np.sum(n_balls, axis=0), np.concatenate(nearest), np.concatenate(closest)


def _along_the_diagonal(inner: NDArray[np.bool_], weights: FloatArray) -> float:
    shares = weights @ inner / weights.sum()
    return float(1.0 - np.abs(_LEVELS - shares).sum() / _LEVELS.sum())
