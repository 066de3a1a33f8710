"""Tables in: CSV or Parquet, by the suffix of the path; ``-`` is stdin.

To add a format: 1. its suffixes in ``_FORMATS``, 2. a branch in ``read_table`` and in
``writing.write_batches``, 3. a row in the round-trip test.
"""

import codecs
import csv
import io
import sys
import warnings
from collections.abc import Collection, Hashable
from dataclasses import replace
from pathlib import Path

import pandas as pd
from pandas.api.types import is_float_dtype

from tabgan.cli.cells import fixed_decimals, read_cells
from tabgan.errors import InvalidDataError, InvalidParameterError
from tabgan.schema import ColumnSchema, Kind, TableSchema, infer_schema
from tabgan.schema.text_cells import has_notation

# No suffix at all is what a pipe has: <(zcat data.csv.gz).
_FORMATS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    "": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
}
# A file that comes out as one column with another of these in its name has fields between them.
_SEPARATORS = (",", ";", "\t", "|")
# Where open descriptors have names, such as /dev/fd/63 or /proc/7/fd/pipe:[11].
DESCRIPTORS = ("/dev/", "/proc/")
# The first bytes of a Parquet file.
_PARQUET_MAGIC = b"PAR1"


def table_format(path: str, asked: str | None = None) -> str:
    """Return "csv" or "parquet": what is asked for, or what the suffix stands for.

    Raises
    ------
    InvalidParameterError
        If the suffix is that of no format tabgan reads.
    """
    if asked is not None:
        return asked
    suffix = "" if path == "-" else Path(path).suffix.lower()
    known = "" if path.startswith(DESCRIPTORS) else suffix  # theirs is not worth the name
    if known not in _FORMATS:
        raise InvalidParameterError(
            f"{path}: the suffix {suffix!r} is of no format that tabgan knows; use .csv, .tsv "
            "or .parquet"
        )
    return _FORMATS[known]


def separator_of(path: str, asked: str | None = None) -> str:
    """Return what stands between the fields of a CSV file: what is asked for, or by its suffix."""
    return asked or ("\t" if Path(path).suffix.lower() == ".tsv" else ",")


def read_table(
    path: str, text_columns: Collection[Hashable] = (), separator: str | None = None
) -> pd.DataFrame:
    """Return the table in a file.

    Parameters
    ----------
    path : str
        A CSV or Parquet file; ``-`` reads either from stdin, and so does a path without a suffix.
    text_columns : collection of hashable
        Columns of a CSV file that are text whatever they look like: in another table like it they
        were.
    separator : str or None
        What stands between the fields of a CSV file; see :func:`separator_of`.

    Raises
    ------
    InvalidParameterError
        If the suffix is unknown, or Parquet cannot be read here.
    InvalidDataError
        If the file is not what its suffix says.
    OSError
        If it cannot be opened.
    """
    return _read(path, text_columns, separator)[0]


def read_table_with_schema(
    path: str, schema: TableSchema | None = None, separator: str | None = None
) -> tuple[pd.DataFrame, TableSchema]:
    """Return the table in a file, and what its columns are.

    Parameters
    ----------
    path, separator
        As :func:`read_table` has them.
    schema : TableSchema or None
        What the columns are; inferred if ``None``, with how a CSV file writes its numbers.
    """
    table, decimals = _read(path, () if schema is None else text_columns(schema), separator)
    if schema is not None:
        return table, schema
    inferred = infer_schema(table)
    columns = tuple(
        replace(column, csv_decimals=decimals.get(at)) for at, column in enumerate(inferred)
    )
    return table, replace(inferred, columns=columns)


def _read(
    path: str, text_columns: Collection[Hashable], separator: str | None
) -> tuple[pd.DataFrame, dict[int, int]]:
    """Return the table in a file, and the decimals of columns that all have as many in CSV."""
    wanted = table_format(path)
    content = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    name = "stdin" if path == "-" else path
    has_suffix = path != "-" and not path.startswith(DESCRIPTORS) and Path(path).suffix
    if wanted == "parquet" or (not has_suffix and content.startswith(_PARQUET_MAGIC)):
        return _read_parquet(content, name), {}
    return _read_csv(content, name, text_columns, separator_of(path, separator))


def text_columns(schema: TableSchema) -> list[Hashable]:
    """Return the names of the columns of text, for reading another table like this one."""
    return [column.name for column in schema if _is_text(column)]


def _is_text(column: ColumnSchema) -> bool:
    dtype = column.dtype.to_pandas()
    if isinstance(dtype, pd.CategoricalDtype):
        dtype = dtype.categories.dtype
    if pd.api.types.is_object_dtype(dtype):
        # An object column may hold numbers or booleans; dates in one are written as text.
        return has_notation(column) or column.kind not in (
            Kind.INTEGER,
            Kind.CONTINUOUS,
            Kind.BOOLEAN,
        )
    return pd.api.types.is_string_dtype(dtype)


def _read_csv(
    content: bytes, name: str, text_columns: Collection[Hashable], separator: str
) -> tuple[pd.DataFrame, dict[int, int]]:
    try:
        header = _parse(content, separator, header=None, nrows=1)
        _check_header([str(cell) for cell in header.iloc[0].dropna()], name, separator)
        if header.shape[1] == 1:
            # A blank line is a missing cell here, but for those above the names.
            content = content.removeprefix(codecs.BOM_UTF8).lstrip()
        cells = _parse(
            content, separator, header=0, nrows=None, skip_blank_lines=header.shape[1] > 1
        )
        # pandas fills a row that is too short; only then can its last cell be missing.
        if cells.iloc[:, -1].isna().any() and _has_short_row(content, cells.shape[1], separator):
            raise pd.errors.ParserError
    except UnicodeDecodeError as error:
        raise InvalidDataError(
            f"{name} is not text in UTF-8; convert it first (iconv -f LATIN1 -t UTF-8)"
        ) from error
    except pd.errors.EmptyDataError as error:
        raise InvalidDataError(f"{name} is empty; a line of column names is needed") from error
    except (pd.errors.ParserError, pd.errors.ParserWarning) as error:
        raise InvalidDataError(
            f"{name}: its rows do not have as many fields as its first line has names; put fields "
            "that contain the separator or line breaks in double quotes"
        ) from error
    names = header.iloc[0]
    if names.isna().sum() == 1:
        # A name may be blank; several would be one, and are numbered by pandas.
        cells.columns = names.fillna("").tolist()
    table = pd.DataFrame(
        {name: read_cells(cells[name], name in text_columns) for name in cells.columns},
        index=cells.index,
    )
    decimals = {
        at: count
        for at, name in enumerate(cells.columns)
        if is_float_dtype(table[name]) and (count := fixed_decimals(cells[name])) is not None
    }
    return table, decimals


def _parse(
    content: bytes,
    separator: str,
    header: int | None,
    nrows: int | None,
    skip_blank_lines: bool = True,
) -> pd.DataFrame:
    with warnings.catch_warnings():
        # What pandas only warns about is a row with more fields than names: it drops the rest.
        warnings.simplefilter("error", pd.errors.ParserWarning)
        return pd.read_csv(
            io.BytesIO(content),
            sep=separator,
            header=header,
            nrows=nrows,
            dtype=str,
            index_col=False,
            keep_default_na=False,
            na_values=[""],
            skipinitialspace=True,
            skip_blank_lines=skip_blank_lines,
            encoding="utf-8-sig",  # spreadsheets put a byte-order mark in front
        )


def _has_short_row(content: bytes, n_fields: int, separator: str) -> bool:
    """Say whether a row, but for blank lines, has fewer fields."""
    lines = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")
    try:
        rows = csv.reader(lines, delimiter=separator, skipinitialspace=True)
        return any(len(row) < n_fields and any(row) for row in rows)
    except csv.Error:
        return False  # a cell that is too long for this reader, say


def _check_distinct(names: list[str], where: str) -> None:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise InvalidDataError(
            f"{where}: column names {repeated} occur more than once; rename them"
        )


def _check_header(names: list[str], where: str, separator: str) -> None:
    _check_distinct(names, where)
    others = [other for other in _SEPARATORS if other != separator and other in "".join(names)]
    if len(names) == 1 and others:
        raise InvalidDataError(
            f"{where} has one column with separators in its name, if {separator!r} separates its "
            f"fields; say what does, as in --sep {others[0]!r}"
        )


def _read_parquet(content: bytes, name: str) -> pd.DataFrame:
    require_parquet()
    from pyarrow.parquet import read_schema

    try:
        _check_distinct(read_schema(io.BytesIO(content)).names, name)
        return pd.read_parquet(io.BytesIO(content))
    except InvalidDataError:
        raise
    except (ValueError, OSError) as error:
        raise InvalidDataError(
            f"{name} is not a Parquet file that can be read; write it again, or use .csv"
        ) from error


def require_parquet() -> None:
    """Raise InvalidParameterError if there is nothing to read and write Parquet with."""
    from importlib.util import find_spec

    if find_spec("pyarrow") is None:
        raise InvalidParameterError(
            "Parquet files need the package pyarrow, which is not installed; install it or use .csv"
        )
