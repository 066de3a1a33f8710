"""Identifiers: never learnt, written anew by the column's pattern, a different one in each row."""

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
    """Nothing is counted of an identifier."""

    def merge(self, other: "IdentifierSummary") -> "IdentifierSummary":
        """Return the summary of both parts together."""
        return self


class IdentifierEncoder(ColumnEncoder[IdentifierSummary]):
    """A column whose values only tell the rows apart."""

    kind = "identifier"

    def __init__(self, column: ColumnSchema) -> None:
        self.column = column
        self.shares = np.empty(0)
        self.released = np.empty(0, dtype=bool)
        self.stand_ins = self.released

    @classmethod
    def summarise(cls, values: pd.Series, column: ColumnSchema) -> IdentifierSummary:
        dtype = column.dtype.to_pandas()
        if _largest_number(dtype) is None and not _holds_text(dtype):
            raise InvalidDataError(
                f"column {column.name!r} is of dtype {dtype}, which cannot hold an identifier: "
                "convert it to text or integers, or choose another kind"
            )
        return IdentifierSummary()

    @classmethod
    def from_summary(
        cls, summary: IdentifierSummary, column: ColumnSchema, options: EncodingOptions
    ) -> Self:
        return cls(column)

    def encode(self, values: pd.Series, uniforms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32)

    @property
    def missing_code(self) -> int:
        return -1

    def decode(
        self,
        codes: np.ndarray,
        uniforms: np.ndarray,
        first_row: int,
        restriction: Restriction | None = None,
    ) -> pd.Series:
        numbers = np.arange(first_row, first_row + len(uniforms))
        largest = _largest_number(self.column.dtype.to_pandas())
        if largest is not None:
            # A type too narrow to number all rows starts again.
            return restore_dtype(numbers % largest + 1, self.column)
        pattern = self.column.pattern or "id-#"
        if pattern == "#" and pd.api.types.is_object_dtype(self.column.dtype.to_pandas()):
            return restore_dtype((numbers + 1).astype(object), self.column)  # integers as objects
        texts = np.array([write_identifier(pattern, int(n)) for n in numbers], dtype=object)
        return restore_dtype(texts, self.column)

    def expected(self, weights: np.ndarray) -> pd.Series:
        nothing = np.zeros(len(weights))
        return self.decode(nothing, nothing, 0)

    def describe(self) -> str:
        return f"written anew as {self.column.pattern or 'id-#'}"

    def state(self) -> State:
        return {}

    @classmethod
    def from_state(cls, state: State, column: ColumnSchema) -> Self:
        return cls(column)


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
