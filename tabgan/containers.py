"""Tables of other packages: in as a DataFrame, out as what came in."""

from collections.abc import Collection, Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types as pandas_types
from sklearn.utils.validation import check_array

from tabgan.errors import InvalidDataError, UnsupportedTypeError

# What polars can hold and nobody else; Decimal holds integers of 128 bits, too.
_WITHOUT_COUNTERPART = {"Object", "Unknown", "Int128", "UInt128"}


@dataclass(frozen=True)
class Container:
    """What a table came in.

    Parameters
    ----------
    package : {"pandas", "numpy", "pyarrow", "polars"}
        Whose table it was.
    form : object
        The dtype of an array; the schema of an Arrow or polars table, as Arrow has it.
    polars_schema : object
        The schema of a polars table, as polars has it.
    """

    package: str = "pandas"
    form: Any = None
    polars_schema: Any = None

    def restore(self, frame: pd.DataFrame, read_as: Mapping[Hashable, object] | None = None) -> Any:
        """Return a frame as a table of this kind.

        A column with cells that its type cannot hold, such as missing ones, has another type.

        Parameters
        ----------
        frame : pandas.DataFrame
            The rows.
        read_as : mapping or None
            Column name to the dtype that the type of the column here stands for: one that has
            another dtype in the frame follows the frame. With ``None`` none does.

        Raises
        ------
        ImportError
            If its package is not installed here.
        InvalidDataError
            If a column holds values of several types, which only pandas can hold.
        """
        if self.package == "pandas":
            return frame
        named = zip(frame.columns, frame.dtypes, strict=True)
        typed = {n for n, dtype in named if read_as is None or read_as.get(n) == dtype}
        if self.package == "numpy":
            return _as_array(frame, self.form if len(typed) == frame.shape[1] else None)
        arrow = import_module("pyarrow")
        table = self._as_arrow(frame, arrow)
        for i, name in enumerate(table.column_names):
            wanted = self.form.field(name).type if name in self.form.names else arrow.null()
            if name in typed and not arrow.types.is_null(wanted):
                with suppress(arrow.ArrowException):
                    table = table.set_column(i, name, _cast(table.column(i), wanted, arrow))
        return self._as_polars(table, typed) if self.package == "polars" else table

    def _as_arrow(self, frame: pd.DataFrame, arrow: Any) -> Any:
        try:
            table = arrow.Table.from_pandas(frame, preserve_index=False)
        except arrow.ArrowException:
            mixed = [n for n in frame.columns if _is_mixed(frame[n])]
            # Not "from" Arrow's error, which quotes a cell.
            raise InvalidDataError(
                f"columns {mixed} would hold values of several types, which {self.package} cannot "
                "hold: give known cells the type of the fit, or the table as one of pandas"
            ) from None
        return table.replace_schema_metadata()

    def _as_polars(self, table: Any, typed: Collection[Hashable]) -> Any:
        polars = import_module("polars")
        frame = polars.from_arrow(table)
        frame.columns = table.column_names  # a name without a letter was replaced by another
        for name, dtype in self.polars_schema.items():
            if name in typed:
                with suppress(polars.exceptions.PolarsError):
                    frame = frame.with_columns(frame[name].cast(dtype))
        return frame


def _is_mixed(column: pd.Series) -> bool:
    return pandas_types.is_object_dtype(column.dtype) and len(set(map(type, column.dropna()))) > 1


def _as_array(frame: pd.DataFrame, dtype: Any) -> np.ndarray:
    """Return a frame as an array of a dtype, or of one that holds its cells; of its own if None."""
    if dtype is None or dtype.kind in "OfmM":
        return frame.to_numpy(dtype=dtype)
    if frame.isna().any(axis=None):
        return frame.astype(object).where(frame.notna(), None).to_numpy()
    if dtype.kind not in "US":
        return frame.to_numpy(dtype=dtype)
    # As wide as its longest text: identifiers may be written in more letters than they had.
    array = frame.to_numpy(dtype=object).astype(dtype.kind)
    return array.astype(np.promote_types(array.dtype, dtype))


def _cast(column: Any, wanted: Any, arrow: Any) -> Any:
    if not arrow.types.is_run_end_encoded(wanted):
        return column.cast(wanted)
    encode = import_module("pyarrow.compute").run_end_encode  # to which Arrow has no cast
    return encode(column.cast(wanted.value_type), run_end_type=wanted.run_end_type)


def read_table(X: Any, name: str = "X") -> tuple[pd.DataFrame, Container]:
    """Return any table as a DataFrame, and what it came in.

    Parameters
    ----------
    X : pandas.DataFrame, polars.DataFrame, pyarrow.Table, numpy.ndarray or nested list
        The table. The columns of an array are numbered from 0; masked cells are missing.
    name : str
        What an error calls it.

    Raises
    ------
    UnsupportedTypeError
        If it is none of these, or a polars or Arrow column has no counterpart in pandas.
    InvalidDataError
        If an array has not two dimensions, or holds complex numbers.
    """
    if isinstance(X, pd.DataFrame):
        return _with_nan_missing(X), Container()
    if is_foreign_table(X):
        return _read_foreign(X)
    _check_array(X, name)
    if isinstance(X, np.ma.MaskedArray):
        frame = pd.DataFrame(X)
        is_plain = all(isinstance(dtype, np.dtype) for dtype in frame.dtypes)
        form = np.result_type(*frame.dtypes) if is_plain else np.dtype(object)
        return frame, Container("numpy", form)
    # Lists as objects: numpy would write numbers as text where there is text beside them.
    given = np.array(X, dtype=object) if isinstance(X, list | tuple) else np.asarray(X)
    is_bytes = given.dtype.kind == "S"  # which pandas holds and cannot count
    array = check_array(
        given.astype(object) if is_bytes else given,
        dtype=None,
        ensure_all_finite=False,  # whoever reads the columns names those that hold infinite numbers
        ensure_min_samples=0,
        ensure_min_features=0,
        estimator="TabGAN",
    )
    frame = pd.DataFrame(array)
    if array.dtype == object:
        frame = frame.infer_objects()
    form = array.dtype
    if isinstance(X, list | tuple):
        is_number = all(
            isinstance(dtype, np.dtype) and dtype.kind in "if" for dtype in frame.dtypes
        )
        form = np.result_type(*frame.dtypes) if is_number else form
    return frame, Container("numpy", given.dtype if is_bytes else form)


def _with_nan_missing(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table with NaN as a missing value, also where pandas keeps the two apart."""
    for i, dtype in enumerate(frame.dtypes):
        if not isinstance(dtype, np.dtype) and dtype.kind == "f":
            column = frame.iloc[:, i]
            is_nan = np.isnan(column.to_numpy(dtype=np.float64, na_value=np.nan))
            if (is_nan & column.notna().to_numpy(dtype=bool)).any():
                frame = frame.copy(deep=False)
                frame.isetitem(i, column.mask(is_nan).array)
    return frame


def _read_foreign(table: Any) -> tuple[pd.DataFrame, Container]:
    package = _package_of(table)
    arrow = import_module("pyarrow")
    polars_schema = None
    if package == "polars":
        polars_schema = table.schema
        unknown = [c for c, dtype in polars_schema.items() if str(dtype) in _WITHOUT_COUNTERPART]
        if unknown:
            raise UnsupportedTypeError(
                f"columns {unknown} are of the types {sorted(_WITHOUT_COUNTERPART)}, of which "
                "pandas has no counterpart; cast them to another type, or drop them"
            )
        table = table.to_arrow()
    frame = _as_frame(table, arrow)
    if frame is None:
        unheld = [
            i for i in range(len(table.schema)) if _as_frame(table.select([i]), arrow) is None
        ]
        raise UnsupportedTypeError(
            f"columns {[table.schema.field(i).name for i in unheld]}, of types "
            f"{sorted({str(table.schema.field(i).type) for i in unheld})}, are such as pandas "
            "cannot hold; cast them to numbers, text or dates, or drop them"
        )
    return frame, Container(package, table.schema, polars_schema)


def _as_frame(table: Any, arrow: Any) -> pd.DataFrame | None:
    """Return an Arrow table as a DataFrame, ``None`` if pandas cannot hold it."""
    try:
        frame: pd.DataFrame = _with_dates(table, arrow).to_pandas(
            types_mapper=_nullable_dtypes(arrow).get, ignore_metadata=True
        )
    except (arrow.ArrowException, NotImplementedError, ValueError, TypeError):
        return None
    return frame


def is_foreign_table(X: Any) -> bool:
    """Say whether it is a table of polars (not a lazy one) or Arrow."""
    package = _package_of(X)
    return (package == "polars" and hasattr(X, "to_arrow") and hasattr(X, "columns")) or (
        package == "pyarrow" and hasattr(X, "to_pandas") and hasattr(X, "columns")
    )


def _check_array(X: Any, name: str) -> None:
    """Refuse what is no array of two dimensions, and complex numbers.

    scikit-learn would refuse most of it, too, but with the values in the message.
    """
    # What has toarray is sparse.
    is_array = hasattr(X, "__array__") or hasattr(X, "toarray") or isinstance(X, list | tuple)
    if isinstance(X, pd.Series | type) or not is_array:
        raise UnsupportedTypeError(
            f"{name} must be a table: a DataFrame, a polars or Arrow table, or an array of two "
            f"dimensions; got {type(X).__name__}"
        )
    if hasattr(X, "toarray"):
        raise UnsupportedTypeError(
            f"Sparse data was passed, but dense data is required: {name} is of type "
            f"{type(X).__name__}; use .toarray(), or pandas.DataFrame.sparse.from_spmatrix"
        )
    array = X if hasattr(X, "ndim") else np.array(X, dtype=object)
    if array is not X and array.ndim == 1 and any(isinstance(row, list | tuple) for row in X):
        raise InvalidDataError(
            f"the rows of {name} are not equally long; give each row a cell for every column"
        )
    if getattr(array.dtype, "names", None):
        raise UnsupportedTypeError(
            f"{name} is an array of records; wrap it in pandas.DataFrame, which makes columns of "
            "its fields"
        )
    if array.dtype.kind == "V" or array.dtype in (np.dtype("m8"), np.dtype("M8")):
        raise UnsupportedTypeError(
            f"{name} is an array of dtype {array.dtype}, which pandas cannot hold; convert it to "
            'numbers or text, or to dates or durations of a unit, such as "datetime64[s]"'
        )
    if array.ndim != 2:
        raise InvalidDataError(
            f"{name} must have two dimensions, rows and columns, and has {array.ndim}. Reshape "
            "your data, for a single column with array.reshape(-1, 1); wrap a list of "
            "dictionaries in pandas.DataFrame"
        )
    if array.shape[1] == 0:
        # The sentence that scikit-learn's own estimators say.
        raise InvalidDataError(
            f"Found array with 0 feature(s) (shape={array.shape}) while a minimum of 1 is required."
        )
    if _holds_complex(array):
        raise InvalidDataError(
            f"Complex data not supported: {name} holds complex numbers; give their real and "
            "imaginary parts as two columns"
        )


def _holds_complex(array: Any) -> bool:
    if array.dtype == object:
        return any(isinstance(cell, complex | np.complexfloating) for cell in np.ravel(array))
    return bool(np.iscomplexobj(array))


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
