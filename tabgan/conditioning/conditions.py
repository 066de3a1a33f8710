"""A user's conditions as codes: which cells are known, which parts of a column may be drawn."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from tabgan.encoding import TableEncoder
from tabgan.encoding.column import ColumnEncoder
from tabgan.encoding.restriction import Restriction
from tabgan.errors import InvalidConditionError, UnsupportedTypeError, meant_instead

# What a value that is not allowed raises in an encoder.
_REFUSALS = (ValueError, TypeError, ArithmeticError, NotImplementedError, AttributeError)


@dataclass(frozen=True)
class Conditions:
    """What is known of the rows to be drawn, and what may be drawn.

    Parameters
    ----------
    released : tuple of numpy.ndarray of bool
        For each learnt column, the modes a sample may contain.
    stand_ins : tuple of numpy.ndarray of bool
        For each learnt column, the modes among which one that is not released is redrawn.
    known : numpy.ndarray of int, shape (n_rows, n_learnt_columns) or (1, n_learnt_columns)
        Code of each known cell, -1 where nothing is known; one row stands for all rows.
    restricted : dict of int to Restriction
        Learnt column to the part of it that rows may lie in.
    values : dict of hashable to pandas.Series
        Column name to the very values that were asked for, as many as rows in ``known``.
    """

    released: tuple[np.ndarray, ...]
    stand_ins: tuple[np.ndarray, ...]
    known: np.ndarray
    restricted: dict[int, Restriction] = field(default_factory=dict)
    values: Mapping[Hashable, pd.Series] = field(default_factory=dict)

    @property
    def are_shared(self) -> bool:
        """Whether there are conditions, the same for all rows."""
        return len(self.known) == 1 and (bool(self.restricted) or bool((self.known >= 0).any()))

    def known_rows(self, start: int, n_rows: int) -> np.ndarray:
        """Return the known codes of some rows, a copy; beyond the last row it is repeated."""
        rows: np.ndarray = self.known[
            np.arange(start, start + n_rows).clip(max=len(self.known) - 1)
        ]
        return rows

    def weigh(self, column: int, weights: np.ndarray) -> np.ndarray:
        """Return the weights of a column's modes as a sample may draw them.

        What a mode that may not be drawn weighs goes to its stand-ins, in proportion: a value that
        is too rare becomes another value, as likely given the rest of the row as among themselves.

        Parameters
        ----------
        column : int
            Learnt column.
        weights : numpy.ndarray of shape (..., n_modes of the column)
            Probabilities, or numbers proportional to them.
        """
        released, stand_ins = self.released[column], self.stand_ins[column]
        if released.all():
            return weights
        withheld = np.where(released, 0.0, weights).sum(axis=-1, keepdims=True)
        standing = np.where(stand_ins, weights, 0.0)
        # Where no stand-in has any weight they share it evenly.
        standing = np.where(standing.sum(axis=-1, keepdims=True) > 0, standing, stand_ins)
        shares = standing / standing.sum(axis=-1, keepdims=True)
        weighed: np.ndarray = np.where(released, weights, 0.0) + withheld * shares
        return weighed


def no_conditions(encoder: TableEncoder) -> Conditions:
    """Return the conditions of an unconditional sample."""
    return Conditions(
        tuple(column.released for column in encoder.learnt),
        tuple(column.stand_ins for column in encoder.learnt),
        np.full((1, len(encoder.learnt)), -1),
    )


def read_conditions(
    conditions: Mapping[Hashable, object] | None, encoder: TableEncoder
) -> Conditions:
    """Return a user's conditions on all rows as codes.

    Parameters
    ----------
    conditions : mapping or None
        Column name to what every row shall have there: a value; ``None`` or NaN for missing; a
        list or set of values, any of which will do; a tuple ``(low, high)``, a closed range of
        numbers, dates or durations with ``None`` for an open end.
    encoder : TableEncoder
        Knows the columns and their released values.

    Raises
    ------
    UnsupportedTypeError
        If it is not a mapping, or a condition is of none of these types.
    InvalidConditionError
        If a column does not exist or cannot be conditioned on, or a value was never seen or not
        released.
    """
    free = no_conditions(encoder)
    if conditions is None:
        return free
    if not isinstance(conditions, Mapping):
        raise UnsupportedTypeError(
            "conditions must be a mapping of column name to value, or a DataFrame with a row for "
            f"each row to draw, got {type(conditions).__name__}"
        )
    known = free.known.copy()
    restricted: dict[int, Restriction] = {}
    values: dict[Hashable, pd.Series] = {}
    for name, condition in conditions.items():
        place, column = _find(name, encoder)
        if _is_value(condition):
            known[:, place], values[name] = _read_values(name, column, [condition])
        else:
            restricted[place] = _read_restriction(name, column, condition)
    _add_remainders(encoder, known, values)
    return replace(free, known=known, restricted=restricted, values=values)


def read_condition_rows(conditions: pd.DataFrame, encoder: TableEncoder) -> Conditions:
    """Return conditions that differ from row to row as codes.

    Parameters
    ----------
    conditions : pandas.DataFrame of shape (n_rows, n_conditions)
        One value a cell; a missing cell asks for a missing one.
    encoder : TableEncoder
        Knows the columns and their released values.

    Raises
    ------
    UnsupportedTypeError
        If a cell holds a list, a set or a tuple.
    InvalidConditionError
        As :func:`read_conditions` does.
    """
    repeated = conditions.columns[conditions.columns.duplicated()].unique().tolist()
    if repeated:
        raise InvalidConditionError(
            f"conditions name the columns {repeated} more than once; give each column one value a "
            "row"
        )
    known = np.full((len(conditions), len(encoder.learnt)), -1)
    values: dict[Hashable, pd.Series] = {}
    for i, name in enumerate(conditions.columns):
        place, column = _find(name, encoder)
        cells = conditions.iloc[:, i].astype(object)
        if not all(map(_is_value, cells)):
            raise UnsupportedTypeError(
                f"column {name!r} of the conditions holds lists or tuples; a DataFrame gives one "
                "value for each row, a mapping gives sets and ranges for all rows"
            )
        codes, distinct = pd.factorize(cells.where(cells.notna(), None), use_na_sentinel=False)
        distinct_codes, distinct_cells = _read_values(name, column, list(distinct))
        known[:, place] = distinct_codes[codes]
        values[name] = distinct_cells.take(codes).reset_index(drop=True)
    _add_remainders(encoder, known, values)
    return replace(no_conditions(encoder), known=known, values=values)


def _add_remainders(
    encoder: TableEncoder, known: np.ndarray, values: dict[Hashable, pd.Series]
) -> None:
    """Add the remainders of which all columns are known, in place."""
    for remainder in encoder.remainders:
        if set(remainder.columns) <= set(values):
            rows = pd.DataFrame({name: values[name] for name in remainder.columns})
            place: Any = encoder.learnt_index(remainder.name)
            rest = pd.Series(encoder.cells_of(rows, remainder.name))
            known[:, place], _ = encoder.learnt[place].encode(rest, np.full(len(rest), 0.5))
            values[remainder.name] = rest


def _find(name: Hashable, encoder: TableEncoder) -> tuple[int, ColumnEncoder[Any]]:
    """Return place and encoder of a learnt column."""
    names = [column.column.name for column in encoder.of_table]
    if name not in names:
        raise InvalidConditionError(
            f"conditions name the column {name!r}, which the table does not have; "
            f"{meant_instead(name, names)}"
        )
    place = encoder.learnt_index(name)
    if place is None:
        raise InvalidConditionError(
            f"column {name!r} is an identifier that every row has: it is written anew and cannot "
            "be conditioned on"
        )
    return place, encoder.learnt[place]


def _is_value(condition: object) -> bool:
    return pd.api.types.is_scalar(condition) or isinstance(condition, pd.Interval | pd.Period)


def _read_values(
    name: Hashable, column: ColumnEncoder[Any], values: list[object]
) -> tuple[np.ndarray, pd.Series]:
    """Return values as codes and as cells of the column."""
    codes, cells = [], []
    for value in values:
        try:
            code = column.code_of(value)
        except _REFUSALS:
            code = None
        if code is None:
            raise InvalidConditionError(_not_released(name, column, value))
        codes.append(code)
        cells.append(column.cell(value))
    if not cells:
        return np.empty(0, dtype=np.int64), pd.Series(dtype=object)
    return np.array(codes), pd.concat(cells, ignore_index=True)


def _not_released(name: Hashable, column: ColumnEncoder[Any], value: object) -> str:
    """Say why no sample can have a value, without the value."""
    is_scalar: Any = pd.api.types.is_scalar
    given: Any = value
    # A signalling NaN is asked by no other way.
    is_decimal = isinstance(given, Decimal)
    if given.is_qnan() if is_decimal else is_scalar(given) and pd.isna(given):
        return (
            f"the condition on column {name!r} asks for a missing value, and the column had none "
            "(or too few); leave it out to have no condition"
        )
    hint = "; a day or a month is a range, (low, high)" if column.kind == "datetime" else ""
    return (
        f"the condition on column {name!r}, of type {type(value).__name__}, is not a value the "
        f"model can give: the column is of kind {column.kind} and released {column.offer()}"
        f"{hint}"
    )


def _read_restriction(name: Hashable, column: ColumnEncoder[Any], condition: object) -> Restriction:
    if isinstance(condition, tuple):
        if len(condition) != 2 or not all(map(_is_value, condition)):
            raise UnsupportedTypeError(
                f"the condition on column {name!r} is a tuple of {len(condition)}; a range is "
                "(low, high), with None for an open end, and several values are a list"
            )
        try:
            restriction = column.between(*condition)
        except _REFUSALS:
            raise InvalidConditionError(
                f"the condition on column {name!r} is a range whose ends are not of its kind, "
                f"{column.kind} (or it has no order); several values are a list, not a tuple"
            ) from None
        if not restriction.is_possible:
            raise InvalidConditionError(
                f"the range on column {name!r} holds no value the model can give (or its ends are "
                f"reversed): it released {column.offer()}"
            )
        return restriction
    if isinstance(condition, np.ndarray) and condition.ndim == 1:
        condition = list(condition)
    if not isinstance(condition, list | set | frozenset | pd.Series | pd.Index):
        raise UnsupportedTypeError(
            f"the condition on column {name!r} is of type {type(condition).__name__}; a value, a "
            "list of values, a range (low, high) or None for missing is needed"
        )
    if not len(condition):
        raise InvalidConditionError(
            f"the condition on column {name!r} is an empty list; give a value, or leave it out"
        )
    try:
        return column.any_of(list(condition))
    except _REFUSALS:
        raise InvalidConditionError(
            f"the condition on column {name!r} lists what is not a value the model can give: it "
            f"released {column.offer()}"
        ) from None
