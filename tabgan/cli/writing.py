"""Tables and text out, a file whole or not at all; ``-`` is stdout."""

import contextlib
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import BinaryIO

import pandas as pd

from tabgan.cli.cells import escape_formula, escape_formulas
from tabgan.cli.tables import require_parquet, table_format
from tabgan.errors import InvalidParameterError

# What is being written lies beside its place under its name with this suffix.
_UNFINISHED = ".part"


def write_table(frame: pd.DataFrame, path: str) -> None:
    """Write a table in the format of the path's suffix; see :func:`write_batches`."""
    write_batches([frame], path, table_format(path))


def write_batches(
    batches: Iterable[pd.DataFrame], path: str, file_format: str, *, escape: bool = False
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
            _write_csv(batches, file, escape)


def print_result(text: str) -> None:
    """Write text to stdout; a reader that has had enough ends it quietly."""
    write_text(text, "-")


def write_text(text: str, path: str) -> None:
    """Write lines of text; ``-`` is stdout."""
    with _opened(path) as file:
        file.write(f"{text}\n".encode())


def check_writable(path: str, *, must_be_file: bool = False) -> None:
    """Refuse a path where nothing can be written, before long work begins.

    Parameters
    ----------
    path : str
        Where something is going to be written; ``-`` is stdout.
    must_be_file : bool, default=False
        Whether a pipe or a device will not do.

    Raises
    ------
    InvalidParameterError
        If the folder does not exist, or it or the file is not to be written to.
    """
    if path == "-":
        return
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise InvalidParameterError(f"{path} is a folder; give the path of a file in it")
    if not target.parent.is_dir():
        raise InvalidParameterError(f"{path}: the folder does not exist; make it first")
    is_stream = target.exists() and not target.is_file()
    if must_be_file and is_stream:
        raise InvalidParameterError(f"{path} is no regular file; give the path of one")
    places = [target] if target.exists() else []
    if not is_stream:
        places.append(target.parent)
    for place in places:
        if not os.access(place, os.W_OK):
            raise InvalidParameterError(f"{place} is not yours to write to; choose another path")


@contextlib.contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    """Open a place to write bytes to: so neither the locale nor the system change what they are."""
    target = Path(os.path.realpath(path))
    if path == "-":
        with _quiet_when_closed():
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
    elif target.exists() and not target.is_file():
        with target.open("wb") as stream:
            yield stream
    else:
        unfinished = target.with_name(target.name + _UNFINISHED)
        try:
            with unfinished.open("wb") as file:
                yield file
            if target.exists():
                shutil.copymode(target, unfinished)
            unfinished.replace(target)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise


@contextlib.contextmanager
def _quiet_when_closed() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        # `| head` is no failure, and what comes after (a gate's exit code) still counts. Python
        # flushes stdout once more when it ends, so the descriptor has to lead somewhere.
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _write_csv(batches: Iterable[pd.DataFrame], file: BinaryIO, escape: bool) -> None:
    for i, batch in enumerate(batches):
        table = _without_formulas(batch) if escape else batch
        file.write(table.to_csv(index=False, header=i == 0, lineterminator="\n").encode())


def _without_formulas(table: pd.DataFrame) -> pd.DataFrame:
    columns = [escape_formulas(table.iloc[:, i]) for i in range(table.shape[1])]
    escaped = pd.concat(columns, axis=1)
    escaped.columns = pd.Index([escape_formula(name) for name in table.columns])
    return escaped


def _write_parquet(batches: Iterable[pd.DataFrame], file: BinaryIO) -> None:
    require_parquet()
    arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    writer = None
    try:
        for batch in batches:
            if writer is None:
                schema = arrow.Table.from_pandas(batch, preserve_index=False).schema
                for i, field in enumerate(schema):
                    if arrow.types.is_null(field.type):
                        # Text of which the first batch happens to have none.
                        schema = schema.set(i, field.with_type(arrow.string()))
                writer = parquet.ParquetWriter(file, schema)
            writer.write_table(arrow.Table.from_pandas(batch, schema, preserve_index=False))
    finally:
        if writer is not None:
            writer.close()
