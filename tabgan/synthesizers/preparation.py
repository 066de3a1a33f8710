"""From whatever table a user brings to one that can be learnt: schema, encoder, codes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tabgan.containers import Container, read_table
from tabgan.encoding import TableEncoder
from tabgan.encoding.column import EncodingOptions
from tabgan.errors import InvalidDataError
from tabgan.randomness import stream
from tabgan.schema import TableSchema, infer_schema


@dataclass(frozen=True)
class PreparedTable:
    """A table that can be learnt.

    Parameters
    ----------
    table : pandas.DataFrame
        Its rows.
    container : Container
        What it came in.
    encoder : TableEncoder
        Between its rows and their codes.
    """

    table: pd.DataFrame
    container: Container
    encoder: TableEncoder

    def codes(self, seed: int) -> np.ndarray:
        """Return the codes of its rows, (n_rows, n_learnt_columns)."""
        return self.encoder.encode_codes(self.table, stream(seed, "encoding"))


def prepare_table(X: Any, schema: TableSchema | None, options: EncodingOptions) -> PreparedTable:
    """Return a table that can be learnt.

    Parameters
    ----------
    X : DataFrame, polars or Arrow table, or array of shape (n_rows, n_columns)
        The table.
    schema : TableSchema or None
        What its columns are; inferred if ``None``.
    options : EncodingOptions
        What the user decides about the encoding.

    Raises
    ------
    InvalidDataError, UnsupportedTypeError
        If the table or a column cannot be learnt.
    """
    table, container = read_table(X)
    inferred = infer_schema(table)
    if schema is not None:
        schema.require_table(inferred)
    if len(table) < max(2, options.rare_threshold):
        raise InvalidDataError(
            f"the table has n_samples={len(table)} rows; at least 2 are needed, and as many as "
            f"rare_threshold={options.rare_threshold}, or no value could be released"
        )
    encoder = TableEncoder.from_frame(table, inferred if schema is None else schema, options)
    if encoder.layout.n_columns == 0:
        raise InvalidDataError(
            "every column is an identifier, so there is nothing to learn; give a schema in "
            "which one is not"
        )
    return PreparedTable(table, container, encoder)
