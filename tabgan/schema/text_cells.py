"""Text that stands for Python objects, in the notation of its column: times of day.

They are learnt as what they stand for, and come back written as the column writes them.
"""

import datetime
from typing import Any

import numpy as np
import pandas as pd

from tabgan.schema.date_texts import read_dates, write_dates
from tabgan.schema.object_cells import read_time
from tabgan.schema.table import ColumnSchema

_ANY_DAY = datetime.date(1900, 1, 1)


def has_notation(column: ColumnSchema) -> bool:
    """Say whether the cells of a column are text that stands for objects."""
    return column.object_type == "time" and column.date_format is not None


def read_text_cells(values: pd.Series, column: ColumnSchema) -> pd.Series:
    """Return cells as the objects that they stand for, missing where they are.

    Raises
    ------
    ValueError
        If one is not written as those of the column are.
    """
    if not has_notation(column):
        return values
    points = read_dates(values.astype(object), str(column.date_format))
    if points.isna().sum() != values.isna().sum():
        raise ValueError("text in another notation")
    cells: pd.Series = points.dt.time
    return cells


def write_text_cells(cells: np.ndarray, column: ColumnSchema) -> np.ndarray:
    """Return objects, ``None`` for missing, as the cells of a column: text, if it holds text."""
    if not has_notation(column):
        return cells
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
    try:
        return read_text_cells(pd.Series([text], dtype=object), column)[0]
    except ValueError:
        return read_time(text)
