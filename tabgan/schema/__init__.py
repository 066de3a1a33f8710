"""What each column of a table is: its kind, its dtype, its number of decimals.

A :class:`TableSchema` is inferred with a reason for each guess, printed as a table, edited by
replacing columns, and written to and read from JSON. It describes a table and holds none of its
rows.
"""

from tabgan.schema.dtypes import DtypeSpec
from tabgan.schema.infer import infer_schema
from tabgan.schema.table import ColumnSchema, Kind, TableSchema

__all__ = ["ColumnSchema", "DtypeSpec", "Kind", "TableSchema", "infer_schema"]
