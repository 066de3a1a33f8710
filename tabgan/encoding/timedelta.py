"""Durations, counted in the unit of their dtype, and times of day, counted since midnight."""

import re
from datetime import time, timedelta
from fractions import Fraction
from numbers import Number
from typing import Any

import numpy as np
import pandas as pd

from tabgan.encoding.numeric import PER_SECOND, NumericEncoder, clock_roundness
from tabgan.encoding.restore import restore_dtype
from tabgan.encoding.roundness import FindRoundness
from tabgan.encoding.scale import Scale
from tabgan.schema import ColumnSchema
from tabgan.schema.dtypes import unit_of
from tabgan.schema.object_cells import count_durations, durations_as
from tabgan.schema.text_cells import (
    has_notation,
    read_any_notation,
    read_text_cells,
    write_in_notation,
    write_text_cells,
)

_UNITLESS = re.compile(r"\s*[+-]*[\d.]+\s*$").match


class TimedeltaEncoder(NumericEncoder):
    """A column of durations."""

    kind = "timedelta"

    @classmethod
    def roundness_on(cls, scale: Scale, column: ColumnSchema) -> FindRoundness | None:
        return clock_roundness(scale, Fraction(1, PER_SECOND[_unit(column)]), has_rhythm=False)

    @classmethod
    def to_numbers(cls, values: pd.Series, column: ColumnSchema) -> tuple[np.ndarray, np.ndarray]:
        if column.object_type is not None:
            present = values.notna().to_numpy(dtype=bool)
            counts = np.zeros(len(values), dtype=np.int64)
            counts[present] = count_durations(read_text_cells(values[present], column))
            return counts, present
        if values.dtype.kind != "m":
            # Anything else pandas would take for nanoseconds.
            raise TypeError("no durations")
        present = values.notna().to_numpy(dtype=bool)
        unit: Any = f"timedelta64[{_unit(column)}]"
        numbers = values.astype(unit).astype("int64").to_numpy(copy=True)
        numbers[~present] = 0
        return numbers, present

    def cell(self, value: object) -> pd.Series:
        if has_notation(self.column) and isinstance(value, str | time):
            value = write_in_notation(value, self.column)
        return super().cell(value)

    def _is_same(self, held: Any, given: Any) -> bool:
        is_number = isinstance(given, Number) and not isinstance(given, np.timedelta64)
        if is_number or (isinstance(given, str) and _UNITLESS(given)):
            return False  # pandas would take it for nanoseconds
        is_length = isinstance(given, timedelta | np.timedelta64)
        return not is_length or pd.Timedelta(held) == pd.Timedelta(given)

    def bound(self, end: object, *, is_low: bool) -> Fraction | float:
        if self.column.object_type == "time":
            end = read_any_notation(end, self.column) if isinstance(end, str) else end
            if not isinstance(end, time):
                raise TypeError("the end of a range of times of day is a time of day")
            return Fraction(int(count_durations(pd.Series([end], dtype=object))[0]))
        if not isinstance(end, str | timedelta | np.timedelta64):
            # pandas would take a number for nanoseconds.
            raise TypeError("the end of a range of durations is a duration")
        if isinstance(end, str) and _UNITLESS(end):
            raise ValueError("a duration needs a unit")
        length = pd.Timedelta(end)
        if pd.isna(length):
            raise ValueError("an end is not a duration; None leaves it open")
        count = int(length.asm8.astype(np.int64))
        return Fraction(count * PER_SECOND[_unit(self.column)], PER_SECOND[length.unit])

    def from_numbers(self, numbers: np.ndarray, present: np.ndarray) -> pd.Series:
        if self.column.object_type is not None:
            cells = durations_as(self.column.object_type, numbers)
            cells[~present] = None
            return restore_dtype(write_text_cells(cells, self.column), self.column)
        durations = pd.Series(numbers.view(f"timedelta64[{_unit(self.column)}]"))
        durations = durations.where(pd.Series(present))
        restored: pd.Series = durations.astype(self.column.dtype.to_pandas())
        return restored


def _unit(column: ColumnSchema) -> Any:
    return "us" if column.object_type is not None else unit_of(column.dtype.to_pandas())
