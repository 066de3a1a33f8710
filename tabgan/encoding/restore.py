"""Give drawn values the dtype that the column came with."""

import numpy as np
import pandas as pd

from tabgan.schema import ColumnSchema


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
    if isinstance(dtype, np.dtype) and dtype == np.dtype(bool) and any(v is None for v in values):
        # Cannot come from a fit (a bool column has no missing cells), only from an edited schema.
        return pd.Series(values, dtype="boolean")
    return pd.Series(values, dtype=dtype)
