"""Tables of other packages: in as a DataFrame, out as what came in."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_array

from tabgan.errors import InvalidDataError, UnsupportedTypeError


@dataclass(frozen=True)
class Container:
    """What a table came in.

    Parameters
    ----------
    package : {"pandas", "numpy", "pyarrow", "polars"}
        Whose table it was.
    form : object
        The dtype of an array; the schema of an Arrow or polars table, as Arrow has it.
    """

    package: str = "pandas"
    form: Any = None

    def restore(self, frame: pd.DataFrame) -> Any:
        """Return a frame as a table of this kind.

        Raises
        ------
        ImportError
            If its package is not installed here.
        """
        if self.package == "pandas":
            return frame
        if self.package == "numpy":
            return frame.to_numpy(dtype=self.form)
        arrow = import_module("pyarrow")
        table = arrow.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata()
        for i, name in enumerate(table.column_names):
            wanted = self.form.field(name).type if name in self.form.names else arrow.null()
            if not arrow.types.is_null(wanted):
                table = table.set_column(i, name, table.column(i).cast(wanted))
        return import_module("polars").from_arrow(table) if self.package == "polars" else table


def read_table(X: Any, name: str = "X") -> tuple[pd.DataFrame, Container]:
    """Return any table as a DataFrame, and what it came in.

    Parameters
    ----------
    X : pandas.DataFrame, polars.DataFrame, pyarrow.Table, numpy.ndarray or nested list
        The table. The columns of an array are numbered from 0.
    name : str
        What an error calls it.

    Raises
    ------
    UnsupportedTypeError
        If it is none of these.
    InvalidDataError
        If an array has not two dimensions, or holds complex numbers.
    """
    if isinstance(X, pd.DataFrame):
        return X, Container()
    if is_foreign_table(X):
        package = _package_of(X)
        arrow = import_module("pyarrow")
        table = X if package == "pyarrow" else X.to_arrow()
        frame = _with_dates(table, arrow).to_pandas(
            types_mapper=_nullable_dtypes(arrow).get, ignore_metadata=True
        )
        return frame, Container(package, table.schema)
    # What has toarray is sparse, which scikit-learn refuses in its own words.
    is_array = hasattr(X, "__array__") or hasattr(X, "toarray") or isinstance(X, list | tuple)
    if isinstance(X, pd.Series) or not is_array:
        raise UnsupportedTypeError(
            f"{name} must be a table: a DataFrame, a polars or Arrow table, or an array of two "
            f"dimensions; got {type(X).__name__}"
        )
    _check_numbers(X, name)
    array = check_array(
        X, dtype=None, ensure_all_finite="allow-nan", ensure_min_samples=0, estimator="TabGAN"
    )
    frame = pd.DataFrame(array)
    if array.dtype == object:
        frame = frame.infer_objects()
    return frame, Container("numpy", array.dtype)


def is_foreign_table(X: Any) -> bool:
    """Say whether it is a table of polars (not a lazy one) or Arrow."""
    package = _package_of(X)
    return (package == "polars" and hasattr(X, "to_arrow") and hasattr(X, "columns")) or (
        package == "pyarrow" and hasattr(X, "to_pandas") and hasattr(X, "columns")
    )


def _check_numbers(X: Any, name: str) -> None:
    """Refuse arrays that scikit-learn would refuse, too, but with their values in the message."""
    array = X if hasattr(X, "ndim") else np.asarray(X)
    if array.ndim != 2:
        raise InvalidDataError(
            f"{name} must have two dimensions, rows and columns, and has {array.ndim}. Reshape "
            "your data, for a single column with array.reshape(-1, 1)"
        )
    if getattr(array, "dtype", None) is not None and np.iscomplexobj(array):
        raise InvalidDataError(
            f"Complex data not supported: {name} holds complex numbers; give their real and "
            "imaginary parts as two columns"
        )


def _package_of(X: Any) -> str:
    return type(X).__module__.partition(".")[0]


def _with_dates(table: Any, arrow: Any) -> Any:
    """Return the table with days as points in time: pandas would make Python objects of them."""
    for i, column in enumerate(table.schema):
        if arrow.types.is_date(column.type):
            days = table.column(i).cast(arrow.timestamp("ms"))
            table = table.set_column(i, column.name, days)
    return table


def _nullable_dtypes(arrow: Any) -> dict[Any, Any]:
    """Return Arrow's types that pandas would turn into others where values are missing."""
    dtypes = {arrow.bool_(): pd.BooleanDtype(), arrow.string(): pd.StringDtype()}
    dtypes[arrow.large_string()] = pd.StringDtype()
    for bits in (8, 16, 32, 64):
        dtypes[getattr(arrow, f"int{bits}")()] = getattr(pd, f"Int{bits}Dtype")()
        dtypes[getattr(arrow, f"uint{bits}")()] = getattr(pd, f"UInt{bits}Dtype")()
    return dtypes
