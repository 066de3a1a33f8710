"""The contract of a rule."""

from abc import ABC, abstractmethod
from collections.abc import Hashable
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tabgan.errors import ConstraintError, InvalidParameterError
from tabgan.schema.constraints.comparison import meanings
from tabgan.schema.table import TableSchema
from tabgan.schema.values import JsonValue, value_from_json

BoolArray = NDArray[np.bool_]
# What pandas raises where columns or values cannot be compared or added.
_REFUSALS = (TypeError, ValueError, AttributeError, OverflowError)


class Constraint(ABC):
    """A rule that every row of a table keeps, and so every row of a sample.

    Rules are values: frozen, comparable, printable.
    """

    kind: ClassVar[str]
    # What it can be asked of, in words.
    needs: ClassVar[str]
    # Whether a row keeps or breaks it by itself, whatever the other rows are.
    is_of_rows: ClassVar[bool] = True

    @property
    @abstractmethod
    def columns(self) -> tuple[Hashable, ...]:
        """Names of the columns that it is about."""

    @abstractmethod
    def __str__(self) -> str: ...

    @abstractmethod
    def broken(self, table: pd.DataFrame, schema: TableSchema) -> BoolArray:
        """Return which rows break it, bool of shape (n_rows,).

        Parameters
        ----------
        table : pandas.DataFrame
            Rows with the columns of the schema.
        schema : TableSchema
            What the columns are.

        Raises
        ------
        TypeError
            If the columns are not of kinds that it can be about.
        """

    def learnt(self, table: pd.DataFrame, schema: TableSchema, fewest_rows: int) -> Self:
        """Return the rule with what the table says about it.

        Parameters
        ----------
        table : pandas.DataFrame
            The rows to learn.
        schema : TableSchema
            What the columns are.
        fewest_rows : int
            What fewer rows carry is not released.
        """
        return self

    @property
    def members(self) -> tuple[Hashable, ...]:
        """Columns that can be computed from the others, in order of preference; mostly none."""
        return ()

    def solved(self, member: Hashable, table: pd.DataFrame, schema: TableSchema) -> pd.Series:
        """Return the cells of a member that the other columns determine, as their meanings.

        Missing where one of the others is.
        """
        raise NotImplementedError

    @abstractmethod
    def to_json(self) -> dict[str, JsonValue]:
        """Return the JSON form, without the kind."""

    @classmethod
    @abstractmethod
    def from_json(cls, form: dict[str, Any]) -> Self:
        """Return the rule that :meth:`to_json` wrote."""


def meaning_of(name: Hashable, table: pd.DataFrame, schema: TableSchema) -> pd.Series:
    """Return the cells of a column as what they mean."""
    return meanings(table[name], schema[name])


def rows_of(table: pd.DataFrame, names: tuple[Hashable, ...]) -> list[tuple[Hashable, ...]]:
    """Return the cells of some columns, a tuple a row, with ``None`` for missing."""
    columns = [table[name].astype(object) for name in names]
    present = [cells.where(cells.notna(), None) for cells in columns]
    return list(zip(*present, strict=True))


def check_names(rule: str, names: tuple[Hashable, ...], fewest: int) -> None:
    """Raise InvalidParameterError unless a rule is about enough columns, each named once."""
    try:
        set(names)
    except TypeError:
        raise InvalidParameterError(f"{rule} needs names of columns, not lists of them") from None
    if len(names) < fewest:
        raise InvalidParameterError(f"{rule} needs at least {fewest} columns, got {len(names)}")
    if len(set(names)) < len(names):
        raise InvalidParameterError(f"{rule} names a column twice: {list(names)}")


def as_names(columns: object) -> tuple[Hashable, ...]:
    """Return one name or several as a tuple; a tuple of names is several."""
    if isinstance(columns, list | tuple):
        return tuple(columns)
    single: Any = columns
    return (single,)


def number_from_json(form: Any) -> Any:
    """Return a number, written plainly by hand or typed by :func:`value_to_json`, or ``None``."""
    is_plain = form is None or (isinstance(form, int | float) and not isinstance(form, bool))
    return form if is_plain else value_from_json(form)


def check_constraints(
    constraints: tuple[Constraint, ...], table: pd.DataFrame, schema: TableSchema
) -> None:
    """Raise an error that names every rule that a table breaks, or that is not about it.

    Raises
    ------
    ConstraintError
        If a rule names columns that are not there or are of other kinds, or rows break it.
    """
    problems = [
        f"{rule}: {problem}"
        for rule in constraints
        if (problem := _misplaced(rule, table, schema)) is not None
    ]
    if problems:
        raise ConstraintError(f"constraints do not fit the table: {'; '.join(problems)}")
    counts = [_count_broken(rule, table, schema) for rule in constraints]
    broken = [
        f"{count:,} break {rule}" for rule, count in zip(constraints, counts, strict=True) if count
    ]
    if broken:
        raise ConstraintError(
            f"of the {len(table):,} rows {'; '.join(broken)}. Correct or drop these rows, "
            "or leave the rule out: a sample keeps what every row keeps"
        )


def _misplaced(rule: Constraint, table: pd.DataFrame, schema: TableSchema) -> str | None:
    absent = [name for name in rule.columns if name not in schema.names]
    if absent:
        return f"the table has no columns {absent}"
    try:
        rule.broken(table.iloc[:2], schema)
    except _REFUSALS:
        # Not the message of pandas, which quotes cells.
        kinds = ", ".join(f"{name!r} is {schema[name].kind}" for name in rule.columns)
        return f"{rule.needs} are needed ({kinds})"
    return None


def _count_broken(rule: Constraint, table: pd.DataFrame, schema: TableSchema) -> int:
    try:
        return int(rule.broken(table, schema).sum())
    except _REFUSALS:
        raise ConstraintError(
            f"{rule} cannot be judged: its columns hold numbers or dates that are too far apart"
        ) from None
