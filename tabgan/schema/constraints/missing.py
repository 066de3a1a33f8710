"""Columns are missing together or not at all."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.schema.constraints.constraint import BoolArray, Constraint, as_names, check_names
from tabgan.schema.table import TableSchema
from tabgan.schema.values import JsonValue, value_from_json, value_to_json


@dataclass(frozen=True, init=False)
class MissingTogether(Constraint):
    """Columns are all missing in a row, or none of them is.

    Parameters
    ----------
    columns : list or tuple of hashable
        Names of two columns or more.

    Examples
    --------
    >>> from tabgan import MissingTogether
    >>> print(MissingTogether(["width", "height"]))
    'width', 'height' missing together
    """

    kind: ClassVar[str] = "missing_together"
    needs: ClassVar[str] = "columns"

    names: tuple[Hashable, ...]

    def __init__(self, columns: list[Any] | tuple[Any, ...]) -> None:
        object.__setattr__(self, "names", as_names(columns))
        check_names("MissingTogether", self.names, 2)

    def __repr__(self) -> str:
        return f"MissingTogether({list(self.names)!r})"

    @property
    def columns(self) -> tuple[Hashable, ...]:
        return self.names

    def __str__(self) -> str:
        return f"{', '.join(map(repr, self.names))} missing together"

    def broken(self, table: pd.DataFrame, schema: TableSchema) -> BoolArray:
        missing = np.column_stack([table[name].isna() for name in self.names])
        return np.asarray(missing.any(axis=1) & ~missing.all(axis=1))

    def to_json(self) -> dict[str, JsonValue]:
        return {"columns": [value_to_json(name) for name in self.names]}

    @classmethod
    def from_json(cls, form: dict[str, Any]) -> Self:
        return cls([value_from_json(name) for name in form["columns"]])
