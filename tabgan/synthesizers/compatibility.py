"""Which modes of two columns go together under the rules of the table.

The table has no row that breaks a rule, so what the network gives to such a mode of a column, given
the columns drawn before it, is an error in this column: it goes to the modes that are left, and the
law of the columns before stays as it is. (Under a user's condition it is otherwise: there is mass
beyond it, and the columns before have to answer for it. See
:mod:`tabgan.synthesizers.restricted`.)
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd

from tabgan.encoding import TableEncoder
from tabgan.encoding.column import ColumnEncoder
from tabgan.schema import TableSchema
from tabgan.schema.constraints import (
    Constraint,
    FixedCombinations,
    Inequality,
    MissingTogether,
)
from tabgan.schema.constraints.comparison import as_floats, meanings


@dataclass(frozen=True)
class CompatibleModes:
    """Which modes of a column a row may have, given those of other columns.

    Parameters
    ----------
    tables : dict of int to dict of int to numpy.ndarray of bool
        Column drawn, other column: shape (n_modes of the other, n_modes of the column).
    """

    tables: dict[int, dict[int, np.ndarray]]

    @classmethod
    def of(cls, constraints: Iterable[Constraint], encoder: TableEncoder) -> "CompatibleModes":
        """Return what the rules say about modes."""
        tables: dict[int, dict[int, np.ndarray]] = {}
        for rule in constraints:
            for first, second in permutations(rule.columns, 2):
                allowed = _allowed(rule, first, second, encoder)
                if allowed is None:
                    continue
                other, column = encoder.learnt_index(first), encoder.learnt_index(second)
                if other is not None and column is not None:
                    of_column = tables.setdefault(column, {})
                    of_column[other] = of_column.get(other, True) & allowed
        return cls(tables)

    def weigh(self, column: int, weights: np.ndarray, codes: np.ndarray) -> np.ndarray:
        """Return the weights of a column's modes without those that do not go with the row so far.

        Parameters
        ----------
        column : int
            Learnt column that is drawn.
        weights : numpy.ndarray of shape (n_rows, n_modes of the column)
            Not negative.
        codes : numpy.ndarray of int, shape (n_rows, n_columns)
            The rows so far; -1 where a cell is unknown.
        """
        for other, allowed in self.tables.get(column, {}).items():
            known = codes[:, other]
            kept = np.where((known >= 0)[:, None], weights * allowed[known], weights)
            # Where nothing would be left, the row is one to be drawn again.
            weights = np.where(kept.sum(axis=1, keepdims=True) > 0, kept, weights)
        return weights


def _allowed(
    rule: Constraint, first: Hashable, second: Hashable, encoder: TableEncoder
) -> np.ndarray | None:
    """Return which modes of two columns go together, (n_modes first, n_modes second)."""
    one, other = encoder.encoder_of(first), encoder.encoder_of(second)
    match rule:
        # Values of identifiers are no modes, and have no order: no inequality is about them.
        case FixedCombinations() if "identifier" not in (one.kind, other.kind):
            return _combined(rule, first, second, encoder)
        case MissingTogether():
            return np.asarray(_is_missing(one)[:, None] == _is_missing(other))
        case Inequality():
            return _ordered(rule, first, second, encoder)
    return None


def _combined(
    rule: FixedCombinations, first: Hashable, second: Hashable, encoder: TableEncoder
) -> np.ndarray:
    one, other = encoder.encoder_of(first), encoder.encoder_of(second)
    first_place, second_place = rule.columns.index(first), rule.columns.index(second)
    pairs = {(row[first_place], row[second_place]) for row in rule.combinations or ()}
    code_of_one = {value: _code_of(value, one) for value, _ in pairs}
    code_of_other = {value: _code_of(value, other) for _, value in pairs}
    allowed = np.zeros((one.n_modes, other.n_modes), dtype=bool)
    for value, its_value in pairs:
        code, its_code = code_of_one[value], code_of_other[its_value]
        if code is not None and its_code is not None:
            allowed[code, its_code] = True
    # A mode of withheld values may stand for any of them.
    allowed[~one.released] = True
    allowed[:, ~other.released] = True
    return allowed


def _code_of(value: Hashable, column: ColumnEncoder[Any]) -> int | None:
    try:
        return column.code_of(value)
    except (ValueError, TypeError, OverflowError):
        return None  # a combination of the user's that no row of the table has


def _ordered(
    rule: Inequality, first: Hashable, second: Hashable, encoder: TableEncoder
) -> np.ndarray:
    """Return which modes hold numbers that may be in order, and no further apart than rows are."""
    first_end, last_end = 0.0, np.nextafter(1.0, 0.0)
    farthest = _pairs(first, second, {rule.low: first_end, rule.high: last_end}, encoder)
    schema: TableSchema = encoder.schema
    allowed = ~rule.broken(farthest, schema)
    if rule.gaps:
        nearest = _pairs(first, second, {rule.low: last_end, rule.high: first_end}, encoder)
        low, high = (as_floats(meanings(nearest[name], schema[name])) for name in rule.columns)
        allowed &= ~(high - low > rule.gaps[-1])  # not where one is missing
    return np.asarray(
        allowed.reshape(encoder.encoder_of(first).n_modes, encoder.encoder_of(second).n_modes)
    )


def _pairs(
    first: Hashable, second: Hashable, ends: dict[Hashable, float], encoder: TableEncoder
) -> pd.DataFrame:
    """Return each mode of one column beside each of another, by numbers at these ends of them."""
    one, other = (_end_of_modes(encoder.encoder_of(name), ends[name]) for name in (first, second))
    return pd.DataFrame(
        {
            first: one.repeat(len(other)).array,
            second: pd.concat([other] * len(one)).array,
        }
    )


def _end_of_modes(column: ColumnEncoder[Any], uniform: float) -> pd.Series:
    modes = np.arange(column.n_modes)
    return column.decode(modes, np.full(len(modes), uniform), 0)


def _is_missing(column: ColumnEncoder[Any]) -> np.ndarray:
    return np.asarray(np.arange(column.n_modes) == column.missing_code)
