"""A column that others determine but for a remainder, which is learnt in its stead.

The total of a bill is its parts and a fee, a trip ends some minutes after it began. Modes say of
such a column what its bins can say; what is left of it once the others are taken away may be a
handful of values. So the network learns the remainder as a column of its own, and a sample computes
the column from it.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tabgan.schema import ColumnSchema, Kind, TableSchema
from tabgan.schema.constraints import Formula, Sum, constraints_from_json, constraints_to_json
from tabgan.schema.dtypes import DtypeSpec
from tabgan.schema.values import value_from_json, value_to_json

# No float has more digits that can be told apart.
_DECIMALS = 15


@dataclass(frozen=True)
class Remainder:
    """What is left of a column once others are taken away.

    Parameters
    ----------
    rule : Sum or Formula
        What adds up to the column: others, and the remainder.
    name : hashable
        What the remainder is called in the rule; no column of the table is called so.
    decimals : int or None
        Decimals of the remainder of real numbers; ``None`` for integers and durations.

    Examples
    --------
    >>> from tabgan import Sum
    >>> print(Remainder(Sum("gross", ["net", "rest of gross"]), "rest of gross"))
    'gross' = 'net' + 'rest of gross'
    """

    rule: Sum | Formula
    name: Hashable
    decimals: int | None = None

    def __str__(self) -> str:
        return str(self.rule)

    @property
    def column(self) -> Hashable:
        """The column of the table that a sample computes."""
        return self.rule.members[0]

    @property
    def columns(self) -> tuple[Hashable, ...]:
        """The columns of the table that it is about."""
        return tuple(name for name in self.rule.columns if name != self.name)

    def of(self, table: pd.DataFrame, schema: TableSchema) -> pd.Series:
        """Return the remainder of each row as what it means, missing where one of the columns is.

        Parameters
        ----------
        table : pandas.DataFrame
            Rows with the columns.
        schema : TableSchema
            What the columns are.
        """
        return self.rule.solved(self.name, table, schema)

    def as_column(self, rest: pd.Series) -> ColumnSchema:
        """Return what the remainder is as a column.

        Parameters
        ----------
        rest : pandas.Series
            What :meth:`of` gives.
        """
        reason = f"what is left of {self.column!r} without the others"
        if pd.api.types.is_timedelta64_dtype(rest.dtype):
            return ColumnSchema(self.name, Kind.TIMEDELTA, DtypeSpec.of(rest.dtype), reason)
        if self.decimals is None:
            return ColumnSchema(self.name, Kind.INTEGER, DtypeSpec.of(pd.Int64Dtype()), reason)
        dtype = DtypeSpec.of(np.dtype(np.float64))
        # What is left of decimals that add up is theirs, but for the last digits of a float.
        return ColumnSchema(self.name, Kind.CONTINUOUS, dtype, reason, decimals=self.decimals)

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        (rule,) = constraints_to_json((self.rule,))
        return {"rule": rule, "name": value_to_json(self.name), "decimals": self.decimals}

    @classmethod
    def from_json(cls, form: Any) -> "Remainder":
        """Return the remainder that :meth:`to_json` wrote.

        Raises
        ------
        InvalidDataError
            If its rule is none.
        ValueError
            If the rule does not tell the remainder.
        """
        (rule,) = constraints_from_json([form["rule"]])
        name, decimals = value_from_json(form["name"]), form["decimals"]
        if not isinstance(rule, Sum | Formula) or name not in rule.members[1:]:
            raise ValueError("no sum or formula that tells the remainder")
        if decimals is not None and (type(decimals) is not int or not 0 <= decimals <= _DECIMALS):
            raise ValueError("decimals are no count")
        return cls(rule, name, decimals)
