"""Real numbers; those with a fixed number of decimals are counted in units of the last one."""

from decimal import Decimal
from fractions import Fraction
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from tabgan.encoding.numeric import NumericEncoder
from tabgan.encoding.restore import restore_dtype
from tabgan.encoding.summary import NumberSummary
from tabgan.errors import InvalidDataError
from tabgan.schema import ColumnSchema
from tabgan.schema.number_texts import NumberFormat
from tabgan.schema.object_cells import count_decimals, decimals_of
from tabgan.schema.text_cells import (
    has_notation,
    read_any_notation,
    read_text_cells,
    write_in_notation,
    write_text_cells,
)

# Of what 64 bits count.
_FARTHEST_UNIT = 2**62


class ContinuousEncoder(NumericEncoder):
    """A column of real numbers."""

    kind = "continuous"

    @classmethod
    def to_numbers(cls, values: pd.Series, column: ColumnSchema) -> tuple[np.ndarray, np.ndarray]:
        present = values.notna().to_numpy(dtype=bool)
        if column.object_type is not None:
            counts = np.zeros(len(values), dtype=np.int64)
            counts[present] = count_decimals(
                read_text_cells(values[present], column), column.decimals or 0
            )
            return counts, present
        numbers = np.zeros(len(values), dtype=np.float64)
        numbers[present] = values[present].to_numpy(dtype=np.float64)
        if not np.isfinite(numbers).all():
            raise InvalidDataError(
                f"column {column.name!r} holds infinite numbers; a finite number or a missing "
                "value is needed: replace them with NaN or drop the rows"
            )
        decimals = _decimals(column)
        if decimals is None:
            return numbers, present
        units = np.rint(numbers * 10.0**decimals)
        # Far beyond the values of a fit, which fit, an int64 would wrap round.
        return np.clip(units, -_FARTHEST_UNIT, _FARTHEST_UNIT).astype(np.int64), present

    @classmethod
    def summarise(cls, values: pd.Series, column: ColumnSchema) -> NumberSummary:
        numbers, present = cls.read_numbers(values, column)
        if not _are_held(numbers[present], values[present], column):
            raise InvalidDataError(
                f"column {column.name!r} holds numbers that would change with "
                f"decimals={column.decimals}, as the schema says: correct it, or infer the schema "
                "of this table"
            )
        return NumberSummary.of(numbers, present)

    def cell(self, value: object) -> pd.Series:
        is_number = isinstance(value, Real | Decimal) and not isinstance(value, bool | np.bool_)
        if has_notation(self.column) and (is_number or isinstance(value, str)):
            given: Any = value
            if is_number and not pd.isna(given):
                given = Decimal(str(given))
            value = None if pd.isna(given) else write_in_notation(given, self.column)
        return super().cell(value)

    def bound(self, end: object, *, is_low: bool) -> Fraction | float:
        if has_notation(self.column) and isinstance(end, str):
            end = read_any_notation(end, self.column)
        number = super().bound(end, is_low=is_low)
        return number * 10 ** (_decimals(self.column) or 0) if self.scale.has_grid else number

    @property
    def _step_width(self) -> float:
        return self.scale.step / 10.0 ** (_decimals(self.column) or 0)

    def from_numbers(self, numbers: np.ndarray, present: np.ndarray) -> pd.Series:
        if self.column.object_type is not None:
            objects = decimals_of(numbers, self.column.decimals or 0)
            objects[~present] = None
            return restore_dtype(write_text_cells(objects, self.column), self.column)
        values = numbers.astype(np.float64)
        decimals = _decimals(self.column)
        if decimals is not None and self.scale.has_grid:
            values /= 10.0**decimals
        dtype = self.column.dtype.to_pandas()
        if isinstance(dtype, np.dtype) and dtype.kind == "f":
            values[~present] = np.nan
            return restore_dtype(values, self.column)
        # The other dtypes know "missing" apart from NaN.
        cells = values.astype(object)
        cells[~present] = None
        return restore_dtype(cells, self.column)

    def _is_same(self, held: Any, given: Any) -> bool:
        if isinstance(held, Decimal):
            return isinstance(given, Real | Decimal) and Decimal(str(given)) == held
        is_decimal = isinstance(given, Decimal)
        return super()._is_same(held, given) and (not is_decimal or Decimal(str(held)) == given)


def _are_held(numbers: np.ndarray, cells: pd.Series, column: ColumnSchema) -> bool:
    """Say whether counts of the last decimal are all that the cells say."""
    if column.object_type is None and (
        column.decimals is None or pd.api.types.is_integer_dtype(cells.dtype)
    ):
        return True
    decimals = column.decimals or 0
    if (np.abs(numbers) >= _FARTHEST_UNIT).any():
        return False
    if column.object_type is None:
        # In the column's own precision, as decimals are found.
        is_float = pd.api.types.is_float_dtype(cells.dtype)
        given = cells.to_numpy() if is_float else cells.to_numpy(dtype=np.float64)
        return np.array_equal((numbers / 10.0**decimals).astype(given.dtype), given)
    if has_notation(column):
        return decimals >= NumberFormat(str(column.number_format)).decimals
    counted = decimals_of(numbers, decimals)
    return all(one == Decimal(str(cell)) for one, cell in zip(counted, cells, strict=True))


def _decimals(column: ColumnSchema) -> int | None:
    # Integers that a user calls continuous have to come back as integers.
    return 0 if pd.api.types.is_integer_dtype(column.dtype.to_pandas()) else column.decimals
