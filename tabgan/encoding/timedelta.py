"""Durations, counted in the unit of their dtype."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from tabgan.encoding.numeric import PER_SECOND, NumericEncoder
from tabgan.schema import ColumnSchema


class TimedeltaEncoder(NumericEncoder):
    """A column of durations."""

    kind = "timedelta"
    is_decimal = False

    @classmethod
    def to_numbers(cls, values: pd.Series, column: ColumnSchema) -> tuple[np.ndarray, np.ndarray]:
        if values.dtype.kind != "m":
            # Anything else pandas would take for nanoseconds.
            raise TypeError("no durations")
        present = values.notna().to_numpy(dtype=bool)
        unit: Any = f"timedelta64[{_unit(column)}]"
        numbers = values.astype(unit).astype("int64").to_numpy(copy=True)
        numbers[~present] = 0
        return numbers, present

    def bound(self, end: object, *, is_low: bool) -> Fraction | float:
        if not isinstance(end, str | timedelta | np.timedelta64):
            # pandas would take a number for nanoseconds.
            raise TypeError("the end of a range of durations is a duration")
        if isinstance(end, str) and end.strip().lstrip("+-").replace(".", "").isdigit():
            raise ValueError("a duration needs a unit")
        length = pd.Timedelta(end)
        if pd.isna(length):
            raise ValueError("an end is not a duration; None leaves it open")
        count = int(length.asm8.astype(np.int64))
        return Fraction(count * PER_SECOND[_unit(self.column)], PER_SECOND[length.unit])

    def from_numbers(self, numbers: np.ndarray, present: np.ndarray) -> pd.Series:
        durations = pd.Series(numbers.view(f"timedelta64[{_unit(self.column)}]"))
        durations = durations.where(pd.Series(present))
        restored: pd.Series = durations.astype(self.column.dtype.to_pandas())
        return restored


def _unit(column: ColumnSchema) -> str:
    dtype = column.dtype.to_pandas()
    if isinstance(dtype, pd.ArrowDtype):
        return str(dtype.pyarrow_dtype.unit)
    return str(np.datetime_data(dtype)[0])
