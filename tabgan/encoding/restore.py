"""Give drawn values the dtype that the column came with."""

import numpy as np
import pandas as pd

from tabgan.schema import ColumnSchema

_NULLABLE = {"b": "boolean", "i": "Int{}", "u": "UInt{}"}


def restore_dtype(values: np.ndarray, column: ColumnSchema) -> pd.Series:
    """Return the values as a series of the column's dtype.

    Parameters
    ----------
    values : numpy.ndarray
        Values; in an object array ``None`` stands for missing.
    column : ColumnSchema
        Names the dtype.
    """
    dtype = column.dtype.to_pandas()
    if isinstance(dtype, pd.CategoricalDtype):
        return pd.Series(pd.Categorical(values, dtype=dtype))
    if isinstance(dtype, np.dtype) and dtype.kind in "biu" and any(v is None for v in values):
        # A column without missing cells gets them where it releases no value at all.
        dtype = _NULLABLE[dtype.kind].format(8 * dtype.itemsize)
    restored: pd.Series = pd.Series(values, dtype=dtype)
    return restored
