"""Integers: they stay integers, of their width and sign, and within their range."""

import numpy as np
import pandas as pd

from tabgan.encoding.numeric import NumericEncoder
from tabgan.encoding.restore import restore_dtype
from tabgan.schema import ColumnSchema


class IntegerEncoder(NumericEncoder):
    """A column of integers."""

    kind = "integer"

    @classmethod
    def to_numbers(cls, values: pd.Series, column: ColumnSchema) -> tuple[np.ndarray, np.ndarray]:
        present = values.notna().to_numpy(dtype=bool)
        unsigned = str(values.dtype).lower().startswith("uint")
        numbers = np.zeros(len(values), dtype=np.uint64 if unsigned else np.int64)
        given = values[present].to_numpy()
        with np.errstate(invalid="ignore"):  # what does not fit is found below
            numbers[present] = given.astype(numbers.dtype)
        if (numbers[present] != given).any():
            raise ValueError("fractions, infinite numbers or integers of more than 64 bits")
        return numbers, present

    def from_numbers(self, numbers: np.ndarray, present: np.ndarray) -> pd.Series:
        if "uint" in self.column.dtype.name.lower():
            numbers = numbers.astype(np.uint64)
        if present.all():
            return restore_dtype(numbers, self.column)
        values = numbers.astype(object)
        values[~present] = None
        return restore_dtype(values, self.column)
