"""A user's conditions as codes: which cells are known, which modes may be drawn."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from tabgan.encoding import TableEncoder
from tabgan.errors import InvalidConditionError, UnsupportedTypeError


@dataclass(frozen=True)
class Conditions:
    """What is known of every row to be drawn, and what may be drawn.

    Parameters
    ----------
    released : tuple of numpy.ndarray of bool
        For each learnt column, the modes a sample may contain.
    stand_ins : tuple of numpy.ndarray of bool
        For each learnt column, the modes among which one that is not released is redrawn.
    known : dict of int to int
        Learnt column to the code that every row has.
    values : dict of hashable to object
        Column name to the value that the user asked for.
    """

    released: tuple[np.ndarray, ...]
    stand_ins: tuple[np.ndarray, ...]
    known: dict[int, int] = field(default_factory=dict)
    values: Mapping[Hashable, object] = field(default_factory=dict)

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
    )


def read_conditions(
    conditions: Mapping[Hashable, object] | None, encoder: TableEncoder
) -> Conditions:
    """Return a user's conditions as codes.

    Parameters
    ----------
    conditions : mapping or None
        Column name to the value that every row shall have; ``None`` or NaN for missing.
    encoder : TableEncoder
        Knows the columns and their released values.

    Raises
    ------
    UnsupportedTypeError
        If it is not a mapping, or a condition is not a single value.
    InvalidConditionError
        If a column does not exist or cannot be conditioned on, or a value was never seen or not
        released.
    """
    if conditions is None:
        return no_conditions(encoder)
    if not isinstance(conditions, Mapping):
        raise UnsupportedTypeError(
            f"conditions must be a mapping of column name to value, got {type(conditions).__name__}"
        )
    known = {}
    for name, value in conditions.items():
        column, code = _read_condition(name, value, encoder)
        known[column] = code
    return replace(no_conditions(encoder), known=known, values=dict(conditions))


def _read_condition(name: Hashable, value: object, encoder: TableEncoder) -> tuple[int, int]:
    names = [column.column.name for column in encoder.encoders]
    if name not in names:
        raise InvalidConditionError(
            f"conditions name the column {name!r}, which the table does not have; columns: {names}"
        )
    place = encoder.learnt_index(name)
    if place is None:
        raise InvalidConditionError(
            f"column {name!r} is an identifier: it is written anew and cannot be conditioned on"
        )
    if not pd.api.types.is_scalar(value) and not isinstance(value, pd.Interval | pd.Period):
        raise UnsupportedTypeError(
            f"the condition on column {name!r} is of type {type(value).__name__}; one value "
            "(or None for missing) is needed"
        )
    column_encoder = encoder.learnt[place]
    try:
        code = column_encoder.code_of(value)
    except (ValueError, TypeError, OverflowError, NotImplementedError):
        code = None
    if code is None:
        raise InvalidConditionError(
            f"the condition on column {name!r} is not a value the model can give: it released "
            f"{column_encoder.describe()}"
        )
    return place, code
