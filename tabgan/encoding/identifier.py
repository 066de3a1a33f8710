"""Identifiers: written anew by the column's pattern, a different one in each row.

No value is learnt; whether a row has one is, where some have none.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from tabgan.encoding.column import ColumnEncoder, EncodingOptions, State
from tabgan.encoding.restore import restore_dtype
from tabgan.encoding.restriction import Restriction
from tabgan.errors import InvalidDataError
from tabgan.schema import ColumnSchema
from tabgan.schema.patterns import write_identifier


@dataclass(frozen=True)
class IdentifierSummary:
    """All that is counted of identifiers: rows, and how many of them have none."""

    n_rows: int
    n_missing: int

    def merge(self, other: "IdentifierSummary") -> "IdentifierSummary":
        """Return the summary of both parts together."""
        return IdentifierSummary(self.n_rows + other.n_rows, self.n_missing + other.n_missing)


_MISSING = 1


class IdentifierEncoder(ColumnEncoder[IdentifierSummary]):
    """A column whose values only tell the rows apart.

    Parameters
    ----------
    column : ColumnSchema
        What the column is.
    shares : numpy.ndarray of shape (2,) or (0,)
        Share of training rows with a value, then without one; empty where all have one.
    """

    kind = "identifier"

    def __init__(self, column: ColumnSchema, shares: np.ndarray) -> None:
        self.column = column
        self.shares = shares
        self.released = np.ones(len(shares), dtype=bool)
        self.stand_ins = self.released

    @classmethod
    def summarise(cls, values: pd.Series, column: ColumnSchema) -> IdentifierSummary:
        dtype = column.dtype.to_pandas()
        if _largest_number(dtype) is None and not _holds_text(dtype):
            raise InvalidDataError(
                f"column {column.name!r} is of dtype {dtype}, which cannot hold an identifier: "
                "convert it to text or integers, or choose another kind"
            )
        return IdentifierSummary(len(values), int(values.isna().sum()))

    @classmethod
    def from_summary(
        cls, summary: IdentifierSummary, column: ColumnSchema, options: EncodingOptions
    ) -> Self:
        if not summary.n_missing:
            return cls(column, np.empty(0))
        missing = summary.n_missing / summary.n_rows
        return cls(column, np.array([1.0 - missing, missing]))

    def encode(self, values: pd.Series, uniforms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        codes = np.where(values.isna(), self.missing_code, 0).astype(np.int32)
        return codes, np.zeros(len(values), dtype=np.float32)

    @property
    def missing_code(self) -> int:
        return _MISSING if self.n_modes else -1

    def code_of(self, value: object) -> int | None:
        code = super().code_of(value)
        return code if code == self.missing_code else None  # no value is one of a sample's

    def decode(
        self,
        codes: np.ndarray,
        uniforms: np.ndarray,
        first_row: int,
        restriction: Restriction | None = None,
    ) -> pd.Series:
        cells = self._written(np.arange(first_row, first_row + len(uniforms)))
        if self.n_modes:
            cells[codes == _MISSING] = None
        return restore_dtype(cells, self.column)

    def _written(self, numbers: np.ndarray) -> np.ndarray:
        """Return the identifiers of rows with these numbers, as objects."""
        largest = _largest_number(self.column.dtype.to_pandas())
        if largest is not None:
            # A type too narrow to number all rows starts again.
            return (numbers % largest + 1).astype(object)
        pattern = self.column.pattern or "id-#"
        if pattern == "#" and pd.api.types.is_object_dtype(self.column.dtype.to_pandas()):
            return (numbers + 1).astype(object)  # integers as objects
        return np.array([write_identifier(pattern, int(n)) for n in numbers], dtype=object)

    def expected(self, weights: np.ndarray) -> pd.Series:
        codes = weights.argmax(axis=1) if self.n_modes else np.zeros(len(weights))
        return self.decode(codes, np.zeros(len(weights)), 0)

    def holds(self, values: pd.Series, restriction: Restriction | None = None) -> np.ndarray:
        return np.ones(len(values), dtype=bool)

    def describe(self) -> str:
        return f"written anew as {self.column.pattern or 'id-#'}"

    def offer(self) -> str:
        return "None, for missing: values are written anew" if self.n_modes else self.describe()

    def state(self) -> State:
        return {"has_missing": True} if self.n_modes else {}

    @classmethod
    def from_state(cls, state: State, column: ColumnSchema) -> Self:
        return cls(column, np.full(2 if state.get("has_missing") is True else 0, np.nan))


def _largest_number(dtype: Any) -> int | None:
    """Return up to where a dtype of numbers can count, ``None`` for another dtype."""
    if pd.api.types.is_float_dtype(dtype):
        return 2**53
    if not pd.api.types.is_integer_dtype(dtype):
        return None
    return min(int(np.iinfo(getattr(dtype, "numpy_dtype", dtype)).max), 2**63 - 1)


def _holds_text(dtype: Any) -> bool:
    is_category = isinstance(dtype, pd.CategoricalDtype)
    return not is_category and bool(pd.api.types.is_string_dtype(dtype))
