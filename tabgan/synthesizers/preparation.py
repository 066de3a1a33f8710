"""From whatever table a user brings to one that can be learnt: schema, encoder, codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tabgan.containers import Container, read_table
from tabgan.encoding import TableEncoder
from tabgan.encoding.column import EncodingOptions
from tabgan.encoding.remainder_search import find_remainders
from tabgan.errors import InvalidDataError
from tabgan.randomness import stream
from tabgan.schema import TableSchema, infer_schema
from tabgan.schema.constraints import (
    Constraint,
    FixedCombinations,
    Unique,
    check_constraints,
    infer_constraints,
)
from tabgan.synthesizers.rules import Rules
from tabgan.synthesizers.trial import try_rules


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
    constraints : tuple of Constraint
        The rules that its rows keep.
    """

    table: pd.DataFrame
    container: Container
    encoder: TableEncoder
    constraints: tuple[Constraint, ...] = ()

    def codes(self, seed: int) -> np.ndarray:
        """Return the codes of its rows, (n_rows, n_learnt_columns)."""
        return self.encoder.encode_codes(self.table, stream(seed, "encoding"))


def prepare_table(
    X: Any,
    schema: TableSchema | None,
    options: EncodingOptions,
    constraints: Sequence[Constraint] | str | None = None,
) -> PreparedTable:
    """Return a table that can be learnt.

    Parameters
    ----------
    X : DataFrame, polars or Arrow table, or array of shape (n_rows, n_columns)
        The table.
    schema : TableSchema or None
        What its columns are; inferred if ``None``.
    options : EncodingOptions
        What the user decides about the encoding.
    constraints : sequence of Constraint, "infer" or None
        Rules that its rows keep; found in it if ``"infer"``.

    Raises
    ------
    InvalidDataError, UnsupportedTypeError
        If the table or a column cannot be learnt.
    ConstraintError
        If it breaks a rule, or no row drawn again keeps them all.
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
    rules = _rules(table, encoder.schema, constraints, options.rare_threshold)
    taken = {name for rule in rules if _determines(rule) for name in rule.columns}
    remainders = find_remainders(table, encoder.of_table, taken)
    encoder = encoder.with_remainders(table, remainders, options)
    try_rules(Rules(rules, encoder), table)
    return PreparedTable(table, container, encoder, rules)


def _determines(rule: Constraint) -> bool:
    """Say whether a rule tells a column's value, rather than only what it may be."""
    return bool(rule.members) or isinstance(rule, FixedCombinations | Unique)


def _rules(
    table: pd.DataFrame,
    schema: TableSchema,
    constraints: Sequence[Constraint] | str | None,
    fewest_rows: int,
) -> tuple[Constraint, ...]:
    found = infer_constraints(table, schema) if isinstance(constraints, str) else constraints or ()
    rules = tuple(found)
    check_constraints(rules, table, schema)
    return tuple(rule.learnt(table, schema, fewest_rows) for rule in rules)
