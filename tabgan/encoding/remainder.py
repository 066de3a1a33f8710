"""A column that others determine but for a remainder, which is learnt in its stead.

The total of a bill is its parts and a fee, a trip ends some minutes after it began. Modes say of
such a column what 64 bins can say; what is left of it once the others are taken away may be a
handful of values. So the network learns the remainder as a column of its own, and a sample computes
the column from it.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tabgan.schema import ColumnSchema, Kind, TableSchema
from tabgan.schema.constraints import Sum
from tabgan.schema.dtypes import DtypeSpec
from tabgan.schema.values import JsonValue, value_from_json, value_to_json


@dataclass(frozen=True)
class Remainder:
    """What is left of a column once others are taken away.

    Parameters
    ----------
    rule : Sum
        What adds up: columns of the table, and the remainder.
    column : hashable
        The column of the table that a sample computes.
    name : hashable
        What the remainder is called in the rule; no column of the table is called so.
    decimals : int or None
        Decimals of the remainder of real numbers; ``None`` for integers and durations.

    Examples
    --------
    >>> from tabgan import Sum
    >>> print(Remainder(Sum("gross", ["net", "rest of gross"]), "gross", "rest of gross"))
    'gross' = 'net' + 'rest of gross'
    """

    rule: Sum
    column: Hashable
    name: Hashable
    decimals: int | None = None

    def __str__(self) -> str:
        return str(self.rule)

    @property
    def columns(self) -> tuple[Hashable, ...]:
        """The columns of the table that it is about."""
        return tuple(name for name in self.rule.columns if name != self.name)

    def cells(self, table: pd.DataFrame, schema: TableSchema) -> pd.Series:
        """Return the remainder of each row, missing where one of the columns is.

        Parameters
        ----------
        table : pandas.DataFrame
            Rows with the columns.
        schema : TableSchema
            What the columns are.
        """
        rest = self.rule.solved(self.name, table, schema)
        if pd.api.types.is_timedelta64_dtype(rest.dtype):
            return rest
        if self.decimals is None:
            return rest.astype("Int64")
        # What is left of decimals that add up is theirs, but for the last digits of a float.
        return pd.Series(rest.to_numpy(dtype=np.float64, na_value=np.nan).round(self.decimals))

    def schema_of(self, cells: pd.Series) -> ColumnSchema:
        """Return what the remainder is as a column.

        Parameters
        ----------
        cells : pandas.Series
            What :meth:`cells` gives.
        """
        if pd.api.types.is_timedelta64_dtype(cells.dtype):
            kind = Kind.TIMEDELTA
        else:
            kind = Kind.INTEGER if self.decimals is None else Kind.CONTINUOUS
        reason = f"what is left of {self.column!r} without the others"
        dtype = DtypeSpec.of(cells.dtype)
        return ColumnSchema(self.name, kind, dtype, reason, decimals=self.decimals)

    def to_json(self) -> dict[str, JsonValue]:
        """Return the JSON form."""
        rule: Any = self.rule.to_json()
        column, name = value_to_json(self.column), value_to_json(self.name)
        return {"rule": rule, "column": column, "name": name, "decimals": self.decimals}

    @classmethod
    def from_json(cls, form: Any) -> "Remainder":
        """Return the remainder that :meth:`to_json` wrote.

        Raises
        ------
        ValueError
            If it is about other columns than its sum.
        """
        rest = cls(
            Sum.from_json(form["rule"]),
            value_from_json(form["column"]),
            value_from_json(form["name"]),
            form["decimals"],
        )
        is_count = rest.decimals is None or (type(rest.decimals) is int and rest.decimals >= 0)
        both = {rest.column, rest.name}
        if not is_count or len(both) < 2 or not both <= set(rest.rule.columns):
            raise ValueError("the column and its remainder are no two parts of a sum")
        return rest
