"""Tables and text out, a file whole or not at all; ``-`` is stdout."""

import contextlib
import csv
import os
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd
from pandas.api.types import (
    is_datetime64_any_dtype,
    is_datetime64_dtype,
    is_float_dtype,
    is_numeric_dtype,
    is_timedelta64_dtype,
)

from tabgan.cli.cells import escape_formula, escape_formulas
from tabgan.cli.tables import DESCRIPTORS, require_parquet, separator_of, table_format
from tabgan.errors import InvalidDataError, InvalidParameterError
from tabgan.persistence.atomic import replacing
from tabgan.persistence.path import is_path

# The finest of a column's dates decides how they all are written.
_DAYS = "%Y-%m-%d"


def write_table(frame: pd.DataFrame, path: str) -> None:
    """Write a table in the format of the path's suffix; see :func:`write_batches`."""
    write_batches([frame], path, table_format(path))


def write_batches(
    batches: Iterable[pd.DataFrame],
    path: str,
    file_format: str,
    *,
    escape: bool = False,
    decimals: Sequence[int | None] = (),
    separator: str | None = None,
) -> None:
    """Write the batches of one table as they come.

    A reader of stdout that has had enough ends it quietly. A file appears when it is complete;
    what stood in its place stays until then.

    Parameters
    ----------
    batches : iterable of pandas.DataFrame
        At least one; all with the same columns and dtypes.
    path : str
        Where to; ``-`` is stdout.
    file_format : {"csv", "parquet"}
        As :func:`tabgan.cli.tables.table_format` has it.
    escape : bool, default=False
        Whether cells that begin as formulas do are made harmless; of CSV alone.
    decimals : sequence of int or None, default=()
        Of each column with how many decimals its numbers are written, ``None`` for those that they
        need; of CSV alone.
    separator : str or None
        What stands between the fields of CSV, as :func:`tabgan.cli.tables.separator_of` has it.

    Raises
    ------
    InvalidParameterError
        If Parquet cannot be written here.
    OSError
        If the file cannot be written.
    """
    with _opened(path) as file:
        if file_format == "parquet":
            _write_parquet(batches, file)
        else:
            _write_csv(batches, file, escape, decimals, separator_of(path, separator))


def print_result(text: str) -> None:
    """Write text to stdout; a reader that has had enough ends it quietly."""
    write_text(text, "-")


def write_text(text: str, path: str) -> None:
    """Write lines of text; ``-`` is stdout."""
    with _opened(path) as file:
        file.write(f"{text}\n".encode())


def check_writable(
    path: str, inputs: Collection[str | None] = (), *, must_be_file: bool = False
) -> None:
    """Refuse a path where nothing can or should be written, before long work begins.

    Parameters
    ----------
    path : str
        Where something is going to be written; ``-`` is stdout.
    inputs : collection of str or None
        Other files of the command, none of which it shall replace.
    must_be_file : bool, default=False
        Whether a pipe or a device will not do.

    Raises
    ------
    InvalidParameterError
        If the folder does not exist, it or the file is not to be written to, or it is an input.
    """
    if path == "-":
        if must_be_file:
            raise InvalidParameterError("- is stdout; give the path of a file")
        return
    if not os.path.basename(path) or not is_path(path):
        raise InvalidParameterError(f"{path!r} is no path of a file; give one")
    target = Path(os.path.realpath(path))
    if target in {Path(os.path.realpath(name)) for name in inputs if name not in (None, "-")}:
        raise InvalidParameterError(
            f"{path} is another file of this command, which would be replaced; give another path"
        )
    if target.is_dir():
        raise InvalidParameterError(f"{path} is a folder; give the path of a file in it")
    if _is_stream(path):
        if must_be_file:
            raise InvalidParameterError(f"{path} is no regular file; give the path of one")
        places = [Path(path)]
    elif not target.parent.is_dir():
        raise InvalidParameterError(f"{path}: the folder does not exist; make it first")
    else:
        places = [target.parent, *([target] if target.exists() else [])]
    for place in places:
        if not os.access(place, os.W_OK):
            raise InvalidParameterError(f"{place} is not yours to write to; choose another path")


def _is_stream(path: str) -> bool:
    """Say whether a path leads to a pipe, a device or an open descriptor."""
    is_descriptor = path.startswith(DESCRIPTORS)
    return is_descriptor or (os.path.exists(path) and not os.path.isfile(path))


@contextlib.contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    """Open a place to write bytes to: so neither the locale nor the system change what they are."""
    if path == "-":
        with _quiet_when_closed():
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
    elif _is_stream(path):
        # Appending, or /dev/stdout behind >> would begin the file anew.
        with open(path, "ab") as stream:
            yield stream
    else:
        with replacing(path, is_private=False) as file:
            yield file


@contextlib.contextmanager
def _quiet_when_closed() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        # `| head` is no failure, and what comes after (a gate's exit code) still counts. Python
        # flushes stdout once more when it ends, so the descriptor has to lead somewhere.
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _write_csv(
    batches: Iterable[pd.DataFrame],
    file: BinaryIO,
    escape: bool,
    decimals: Sequence[int | None],
    separator: str,
) -> None:
    days: set[int] = set()
    for i, batch in enumerate(batches):
        if i == 0:
            days = {at for at in range(batch.shape[1]) if _are_days(batch.iloc[:, at])}
        table = _with_text(batch, days)
        table = _without_formulas(table) if escape else table
        table = _with_decimals(table, decimals)
        # Lines end in \n, so that a lone \r is not quoted of itself, and ends a line for readers.
        quoting: Any = csv.QUOTE_ALL if _has_return(table) else csv.QUOTE_MINIMAL
        text = table.to_csv(
            index=False, header=i == 0, sep=separator, lineterminator="\n", quoting=quoting
        )
        file.write(text.encode())


def _has_return(table: pd.DataFrame) -> bool:
    """Say whether a name or a cell holds the character that typewriters return by."""
    columns = (table.iloc[:, at] for at in range(table.shape[1]))
    texts = (column.astype(str) for column in columns if not _is_number_or_time(column.dtype))
    return any("\r" in str(name) for name in table.columns) or any(
        text.str.contains("\r", regex=False).any() for text in texts
    )


def _is_number_or_time(dtype: Any) -> bool:
    kinds = (is_numeric_dtype, is_datetime64_any_dtype, is_timedelta64_dtype)
    return any(is_kind(dtype) for is_kind in kinds)


def _are_days(column: pd.Series) -> bool:
    """Say whether a column holds points in time that all are midnights, or durations of days."""
    present = column.dropna()
    if is_timedelta64_dtype(column):
        return bool((present.dt.floor("D") == present).all())
    return is_datetime64_dtype(column) and bool((present.dt.normalize() == present).all())


def _with_text(batch: pd.DataFrame, days: set[int]) -> pd.DataFrame:
    """Return a batch with dates and durations as text, in one form whatever batch they are in.

    Left to itself, pandas writes a batch of midnights as days and the next one with hours.
    """
    columns = []
    for at in range(batch.shape[1]):
        column = batch.iloc[:, at]
        are_days = at in days and _are_days(column)
        if are_days and is_timedelta64_dtype(column):
            column = column.astype(object).map(_in_days, na_action="ignore")
        elif are_days:
            column = column.dt.strftime(_DAYS)
        elif is_datetime64_any_dtype(column) or is_timedelta64_dtype(column):
            column = column.astype(object).map(str, na_action="ignore")
        columns.append(column)
    return pd.concat(columns, axis=1) if columns else batch


def _with_decimals(table: pd.DataFrame, decimals: Sequence[int | None]) -> pd.DataFrame:
    """Return a batch in which the numbers of some columns are text with so many decimals."""
    columns = [table.iloc[:, at] for at in range(table.shape[1])]
    for at, places in enumerate(decimals):
        if places is not None and is_float_dtype(columns[at]):
            written = f"{{:.{places}f}}".format
            columns[at] = columns[at].astype(object).map(written, na_action="ignore")
    return pd.concat(columns, axis=1) if any(decimals) else table


def _in_days(duration: pd.Timedelta) -> str:
    return f"{duration.days} days"  # one is "1 days" to pandas


def _without_formulas(table: pd.DataFrame) -> pd.DataFrame:
    columns = [escape_formulas(table.iloc[:, at]) for at in range(table.shape[1])]
    escaped = pd.concat(columns, axis=1)
    escaped.columns = pd.Index([escape_formula(name) for name in table.columns])
    return escaped


def _write_parquet(batches: Iterable[pd.DataFrame], file: BinaryIO) -> None:
    require_parquet()
    arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    writer = None
    try:
        for batch in batches:
            table = arrow.Table.from_pandas(batch, preserve_index=False)
            if writer is None:
                schema = table.schema
                for at, field in enumerate(schema):
                    if arrow.types.is_null(field.type):
                        # Text of which the first batch happens to have none.
                        schema = schema.set(at, field.with_type(arrow.string()))
                writer = parquet.ParquetWriter(file, schema)
            writer.write_table(table.cast(schema))
    except arrow.lib.ArrowException as error:
        raise InvalidDataError(
            "the rows cannot be written as Parquet, since a column mixes values of several types; "
            "write CSV"
        ) from error
    finally:
        if writer is not None:
            writer.close()
