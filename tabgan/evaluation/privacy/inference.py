"""Attribute inference: do synthetic rows tell more of a training row's secret than of anybody's?"""

import numpy as np
from numpy.typing import NDArray

from tabgan.evaluation.privacy.neighbours import BLOCK_ROWS, column_distances
from tabgan.evaluation.privacy.risk import Risk, risk
from tabgan.evaluation.privacy.sides import Sides
from tabgan.evaluation.tables import FloatArray
from tabgan.parallel import in_parallel
from tabgan.schema import Kind

# Rows of each real table whose secrets are guessed.
_N_ATTACKS = 1_000
# A guessed number is right within this share of the secret, or of this share of the range where the
# secret is near zero (Giomi et al. 2023; they take the share of a negative secret, which is none).
_TOLERANCE = 0.05
_LEAST_SHARE_OF_RANGE = 0.01


def attribute_inference(sides: Sides) -> dict[int, Risk]:
    """Return the risk of each column being guessed from all others, by the column's position.

    The attacker knows a row but for one column and guesses what the synthetic row has there that is
    nearest by the others (Giomi et al. 2023, Anonymeter). Empty with fewer than two columns.
    """
    n_columns = len(sides.columns)
    if n_columns < 2:
        return {}
    of_train, of_holdout = (
        _right_guesses(sides, rows[:_N_ATTACKS], scaled[:_N_ATTACKS])
        for rows, scaled in (
            (sides.train, sides.scaled_train),
            (sides.holdout, sides.scaled_holdout),
        )
    )
    return {i: risk(of_train[:, i], of_holdout[:, i]) for i in range(n_columns)}


def _right_guesses(sides: Sides, rows: FloatArray, scaled: FloatArray) -> NDArray[np.bool_]:
    """Return which columns of which rows are guessed, shape (rows, columns)."""
    nearest = _nearest_without(scaled, sides.scaled_synthetic)
    guesses = np.take_along_axis(sides.synthetic, nearest, axis=0)
    real = np.concatenate([sides.train, sides.holdout])
    ranges = np.array([np.ptp(v[~np.isnan(v)]) if (~np.isnan(v)).any() else 0.0 for v in real.T])
    is_ordered = np.array([column.is_ordered for column in sides.columns])
    allowed = _TOLERANCE * np.maximum(np.abs(rows), _LEAST_SHARE_OF_RANGE * ranges)
    # The year zero is no zero: of a date a share of the range counts, not of the years since.
    is_date = np.array([column.kind is Kind.DATETIME for column in sides.columns])
    allowed = np.where(is_date, _LEAST_SHARE_OF_RANGE * ranges, allowed)
    close = np.abs(guesses - rows) <= np.where(is_ordered, allowed, 0.0)
    return np.asarray(close | (np.isnan(guesses) & np.isnan(rows)))


def _nearest_without(rows: FloatArray, synthetic: FloatArray) -> NDArray[np.int64]:
    """Return the synthetic row nearest by all columns but one, shape (rows, columns)."""
    synthetic_columns = np.ascontiguousarray(synthetic.T)

    def nearest_of(start: int) -> NDArray[np.int64]:
        block = rows[start : start + BLOCK_ROWS]
        total = np.zeros((len(block), len(synthetic)))
        for part in column_distances(block, synthetic_columns):
            total += part
        without_one = (total - part for part in column_distances(block, synthetic_columns))
        return np.stack([distances.argmin(axis=1) for distances in without_one], axis=1)

    return np.concatenate(in_parallel(nearest_of, range(0, len(rows), BLOCK_ROWS)))
