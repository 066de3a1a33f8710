"""From columns to modes and positions, and back.

A cell of the table becomes a *mode* (a category, a spike such as an exact zero, "missing", or one
mode of a number) and, for a mode of a number, a *position* in [-1, 1] inside it.
"""

from tabgan.encoding.layout import Layout
from tabgan.encoding.table import EncodedTable, TableEncoder

__all__ = ["EncodedTable", "Layout", "TableEncoder"]
