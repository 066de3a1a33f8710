"""Linkability: do both halves of a training row lead to the same synthetic row?"""

import numpy as np
from numpy.typing import NDArray

from tabgan.evaluation.privacy.neighbours import nearest_rows
from tabgan.evaluation.privacy.risk import Risk, largest, risk
from tabgan.evaluation.privacy.sides import Sides
from tabgan.evaluation.tables import FloatArray

# Rows of each real table that are attacked; the error of a risk near zero is then a hundredth.
_N_ATTACKS = 2_000
# Synthetic rows nearest to each half that may be the same one.
_N_NEAREST = (1, 5, 10)


def linkability(sides: Sides, rng: np.random.Generator) -> Risk | None:
    """Return the risk that two tables that share no column can be linked by the synthetic rows.

    The attacker has some columns of a person in one table and the others in another, looks for the
    synthetic rows nearest to each, and links them if one is the same (Giomi et al. 2023). Of
    several numbers of nearest rows the largest risk, with the p-value of all together. None with
    fewer than two columns.
    """
    n_columns = len(sides.columns)
    if n_columns < 2:
        return None
    order = rng.permutation(n_columns)
    halves = order[: n_columns // 2], order[n_columns // 2 :]
    linked = [_linked(rows[:_N_ATTACKS], sides.scaled_synthetic, halves) for rows in _real(sides)]
    found = [risk(*outcomes) for outcomes in zip(*linked, strict=True)]
    return largest(found)


def _real(sides: Sides) -> tuple[FloatArray, FloatArray]:
    return sides.scaled_train, sides.scaled_holdout


def _linked(
    rows: FloatArray, synthetic: FloatArray, halves: tuple[NDArray[np.int64], NDArray[np.int64]]
) -> list[NDArray[np.bool_]]:
    """Return which rows are linked, for each number of nearest rows."""
    first, second = (
        nearest_rows(rows[:, half], synthetic[:, half], max(_N_NEAREST)).indices for half in halves
    )
    same = first[:, :, None] == second[:, None, :]
    return [same[:, :count, :count].any(axis=(1, 2)) for count in _N_NEAREST]
