"""Text that stands for Python objects, in the notation of its column: times of day, numbers.

They are learnt as what they stand for, and come back written as the column writes them.
"""

import datetime
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import pandas as pd

from tabgan.errors import InvalidDataError
from tabgan.schema.date_texts import read_dates, write_dates
from tabgan.schema.number_texts import NumberFormat
from tabgan.schema.object_cells import read_time
from tabgan.schema.table import ColumnSchema

_ANY_DAY = datetime.date(1900, 1, 1)


def has_notation(column: ColumnSchema) -> bool:
    """Say whether the cells of a column are text that stands for objects."""
    is_time = column.object_type == "time" and column.date_format is not None
    return is_time or (column.object_type == "Decimal" and column.number_format is not None)


def read_text_cells(values: pd.Series, column: ColumnSchema) -> pd.Series:
    """Return cells as the objects that they stand for, missing where they are.

    Raises
    ------
    InvalidDataError
        If one is not written as those of the column are.
    """
    if not has_notation(column):
        return values
    is_number = column.object_type == "Decimal"
    notation = str(column.number_format if is_number else column.date_format)
    try:
        return (_read_numbers if is_number else _read_times)(values, notation)
    except (ValueError, TypeError):
        # Not "from" the error, which may quote a cell.
        raise InvalidDataError(
            f"column {column.name!r} holds what is not written {notation}, as the schema says; "
            "correct it, or set the column's kind to categorical"
        ) from None


def _read_numbers(texts: pd.Series, notation: str) -> pd.Series:
    read = NumberFormat(notation).read
    numbers = [None if pd.isna(text) else read(text) for text in texts]
    return pd.Series(numbers, index=texts.index, dtype=object)


def _read_times(texts: pd.Series, notation: str) -> pd.Series:
    points = read_dates(texts.astype(object), notation)
    if points.isna().sum() != texts.isna().sum():
        raise ValueError("text in another notation")
    times: pd.Series = points.dt.time
    return times


def write_text_cells(cells: np.ndarray, column: ColumnSchema) -> np.ndarray:
    """Return objects, ``None`` for missing, as the cells of a column: text, if it holds text."""
    if not has_notation(column):
        return cells
    if column.object_type == "Decimal":
        write = NumberFormat(str(column.number_format)).write
        return np.array([None if cell is None else write(cell) for cell in cells], dtype=object)
    moments = [
        None if cell is None else datetime.datetime.combine(_ANY_DAY, cell) for cell in cells
    ]
    points = pd.Series(moments, dtype="datetime64[us]")
    texts = write_dates(points, str(column.date_format))
    return texts.where(points.notna(), None).to_numpy()


def read_any_notation(text: str, column: ColumnSchema) -> Any:
    """Return the object that a user's text stands for, in the column's notation or a plain one.

    Raises
    ------
    ValueError
        If it is in neither.
    """
    if has_notation(column):
        with suppress(ValueError):
            return read_text_cells(pd.Series([text], dtype=object), column)[0]
    if column.object_type == "time":
        return read_time(text)
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError("no number") from None


def write_in_notation(value: Any, column: ColumnSchema) -> str:
    """Return a value of a user's as the text that the column would have for it.

    Raises
    ------
    ValueError, TypeError
        If it would have none.
    """
    given = read_any_notation(value, column) if isinstance(value, str) else value
    written = write_text_cells(np.array([given], dtype=object), column)
    if read_text_cells(pd.Series(written, dtype=object), column)[0] != given:
        raise ValueError("the text of the column does not say this much")
    return str(written[0])
