"""No two rows are equal in some columns."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import pandas as pd

from tabgan.schema.constraints.constraint import BoolArray, Constraint, as_names, check_names
from tabgan.schema.dtypes import countable
from tabgan.schema.table import TableSchema
from tabgan.schema.values import JsonValue, value_from_json, value_to_json


@dataclass(frozen=True, init=False)
class Unique(Constraint):
    """No two rows are equal in a column, or in several together; missing equals missing.

    Identifiers are unique by nature and need no rule.

    Parameters
    ----------
    columns : hashable, or list or tuple of hashable
        Name or names.

    Examples
    --------
    >>> from tabgan import Unique
    >>> print(Unique(["store", "day"]))
    'store', 'day' unique
    """

    kind: ClassVar[str] = "unique"
    needs: ClassVar[str] = "columns of single values"
    is_of_rows: ClassVar[bool] = False

    names: tuple[Hashable, ...]

    def __init__(self, columns: Any) -> None:
        object.__setattr__(self, "names", as_names(columns))
        check_names("Unique", self.names, 1)

    def __repr__(self) -> str:
        return f"Unique({list(self.names)!r})"

    @property
    def columns(self) -> tuple[Hashable, ...]:
        return self.names

    def __str__(self) -> str:
        return f"{', '.join(map(repr, self.names))} unique"

    def broken(self, table: pd.DataFrame, schema: TableSchema) -> BoolArray:
        """Return which rows repeat an earlier one."""
        columns = [countable(table[name]) for name in self.names]
        repeated = pd.concat(columns, axis=1).duplicated()
        broken: BoolArray = repeated.to_numpy()
        return broken

    def to_json(self) -> dict[str, JsonValue]:
        return {"columns": [value_to_json(name) for name in self.names]}

    @classmethod
    def from_json(cls, form: dict[str, Any]) -> Self:
        return cls([value_from_json(name) for name in form["columns"]])
