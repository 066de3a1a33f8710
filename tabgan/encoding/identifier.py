"""Identifiers: never learnt, written anew by the column's pattern, a different one in each row."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from tabgan.encoding.column import ColumnEncoder, EncodingOptions, State
from tabgan.encoding.restore import restore_dtype
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
        self.ranks = np.empty(0)

    @classmethod
    def summarise(cls, values: pd.Series, column: ColumnSchema) -> IdentifierSummary:
        return IdentifierSummary()

    @classmethod
    def from_summary(
        cls, summary: IdentifierSummary, column: ColumnSchema, options: EncodingOptions
    ) -> Self:
        return cls(column)

    def encode(self, values: pd.Series, uniforms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32)

    def decode(self, codes: np.ndarray, uniforms: np.ndarray, first_row: int) -> pd.Series:
        numbers = np.arange(first_row, first_row + len(uniforms))
        if pd.api.types.is_numeric_dtype(self.column.dtype.to_pandas()):
            return restore_dtype(numbers + 1, self.column)
        pattern = self.column.pattern or "id-#"
        texts = np.array([write_identifier(pattern, int(n)) for n in numbers], dtype=object)
        return restore_dtype(texts, self.column)

    def describe(self) -> str:
        return f"written anew as {self.column.pattern or 'id-#'}"

    def state(self) -> State:
        return {}

    @classmethod
    def from_state(cls, state: State, column: ColumnSchema) -> Self:
        return cls(column)
