"""Real numbers; those with a fixed number of decimals are counted in units of the last one."""

import numpy as np
import pandas as pd

from tabgan.encoding.numeric import NumericEncoder
from tabgan.encoding.restore import restore_dtype
from tabgan.errors import InvalidDataError
from tabgan.schema import ColumnSchema


class ContinuousEncoder(NumericEncoder):
    """A column of real numbers."""

    kind = "continuous"

    @classmethod
    def to_numbers(
        cls, values: pd.Series, column: ColumnSchema
    ) -> tuple[np.ndarray, np.ndarray]:
        present = values.notna().to_numpy(dtype=bool)
        numbers = np.zeros(len(values), dtype=np.float64)
        numbers[present] = values[present].to_numpy(dtype=np.float64)
        if not np.isfinite(numbers).all():
            raise InvalidDataError(
                f"column {column.name!r} holds infinite numbers; a finite number or a missing "
                "value is needed: replace them with NaN or drop the rows"
            )
        if column.decimals is None:
            return numbers, present
        return np.rint(numbers * 10.0**column.decimals).astype(np.int64), present

    def from_numbers(self, numbers: np.ndarray, present: np.ndarray) -> pd.Series:
        values = numbers.astype(np.float64)
        if self.column.decimals is not None and self.scale.has_grid:
            values /= 10.0**self.column.decimals
        values[~present] = np.nan
        series = pd.Series(values)
        # Nullable and Arrow dtypes know "missing" apart from NaN.
        return restore_dtype(series.astype(object).where(present, None).to_numpy(), self.column) if (
            pd.api.types.is_extension_array_dtype(self.column.dtype.to_pandas())
        ) else restore_dtype(values, self.column)
