"""Find the rules that every row of a table keeps."""

import numpy as np
import pandas as pd

from tabgan.errors import InvalidDataError, UnsupportedTypeError
from tabgan.randomness import stream
from tabgan.schema.constraints.combinations import FixedCombinations
from tabgan.schema.constraints.comparison import as_floats, meanings
from tabgan.schema.constraints.constraint import Constraint
from tabgan.schema.constraints.finding import (
    FEWEST_ROWS,
    FloatArray,
    candidate_orders,
    determined_values,
    is_rule,
    keeps_order,
)
from tabgan.schema.constraints.finding_sums import candidate_sums, keeps_sum
from tabgan.schema.constraints.inequality import Inequality
from tabgan.schema.constraints.missing import MissingTogether
from tabgan.schema.constraints.sums import Sum
from tabgan.schema.infer import infer_schema
from tabgan.schema.table import ColumnSchema, Kind, TableSchema

_UNITS = {Kind.CONTINUOUS: "number", Kind.INTEGER: "number"}
# Numbers of more values are not a list of values that combine with others.
_MOST_VALUES = 100
# Rows with and without a value that say that columns are missing together.
_FEWEST_MISSING = 20


def infer_constraints(
    table: pd.DataFrame, schema: TableSchema | None = None
) -> tuple[Constraint, ...]:
    """Return rules that every row of a table keeps and independent columns would break.

    Found are columns that are never above others (but for what follows from two such rules), sums
    (of three parts and more among at most 128 numbers), columns that tell another, and columns that
    are missing together. Whether they are rules of the matter or of this table, you know: read
    them, and give those that are to ``TabGAN(constraints=...)``.

    Parameters
    ----------
    table : pandas.DataFrame
        At least 500 rows: fewer are no evidence, and give no rules.
    schema : TableSchema or None
        What the columns are; inferred if ``None``.

    Raises
    ------
    UnsupportedTypeError, InvalidDataError
        If the table or the schema is none, or one is not of the other.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from tabgan import infer_constraints
    >>> net = np.random.default_rng(0).gamma(2.0, 50.0, 1_000).round(2)
    >>> table = pd.DataFrame({"net": net, "tax": (net * 0.2).round(2)})
    >>> table["gross"] = table["net"] + table["tax"]
    >>> for rule in infer_constraints(table):
    ...     print(rule)
    'net' <= 'gross'
    'tax' <= 'net'
    'gross' = 'net' + 'tax'
    """
    schema = infer_schema(table) if schema is None else _checked_schema(schema, table)
    columns = [column for column in schema if column.kind is not Kind.IDENTIFIER]
    if len(table) < FEWEST_ROWS or not columns:
        return ()
    rows = np.column_stack([_numbers(table[column.name], column) for column in columns])
    independent = stream(0, "rules").permuted(rows, axis=0)
    names = [column.name for column in columns]
    units = [_unit(table[column.name], column) for column in columns]
    pairs = [
        (low, high)
        for low, high in candidate_orders(rows, units)
        if is_rule(keeps_order(rows, low, high), keeps_order(independent, low, high))
    ]
    orders = [Inequality(names[low], names[high]) for low, high in _without_implied(pairs)]
    numbers = [i for i, column in enumerate(columns) if column.kind in _UNITS]
    sums = [
        Sum(names[total], [names[part] for part in parts])
        for total, parts in candidate_sums(rows, numbers)
        if is_rule(keeps_sum(rows, total, parts), keeps_sum(independent, total, parts))
    ]
    found = (*orders, *sums, *_combinations(rows, names, columns), *_missing(rows, names))
    # Doubles see no difference where large integers have one.
    return tuple(rule for rule in found if not rule.broken(table, schema).any())


def _checked_schema(schema: object, table: object) -> TableSchema:
    if not isinstance(table, pd.DataFrame):
        raise UnsupportedTypeError(f"table must be a DataFrame, got {type(table).__name__}")
    if not isinstance(schema, TableSchema):
        raise UnsupportedTypeError(
            f"schema must be a TableSchema or None, got {type(schema).__name__}"
        )
    theirs, its = (
        pd.Index(list(names), tupleize_cols=False) for names in (schema.names, table.columns)
    )
    if not its.equals(theirs):
        raise InvalidDataError(
            f"schema is of a table with the columns {schema.names}; infer the schema of this table"
        )
    return schema


def _numbers(cells: pd.Series, column: ColumnSchema) -> FloatArray:
    if column.kind.is_ordered:
        return as_floats(meanings(cells, column))
    codes = pd.factorize(cells.astype(object))[0].astype(np.float64)
    return np.where(codes < 0, np.nan, codes)


def _unit(cells: pd.Series, column: ColumnSchema) -> str:
    """Return what a column counts; empty for one without an order."""
    if not column.kind.is_ordered:
        return ""
    if column.kind is Kind.DATETIME and meanings(cells.head(1), column).dt.tz is not None:
        return "date with a zone"
    return _UNITS.get(column.kind, str(column.kind))


def _without_implied(orders: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return orders without those that two others imply."""
    pairs = set(orders)
    columns = {column for pair in orders for column in pair}
    return [
        (low, high)
        for low, high in orders
        if not any(
            (low, between) in pairs
            and (between, high) in pairs
            # Equal columns would imply each other in turn.
            and (between, low) not in pairs
            and (high, between) not in pairs
            for between in columns
        )
    ]


def _combinations(
    rows: FloatArray, names: list[object], columns: list[ColumnSchema]
) -> list[FixedCombinations]:
    """Return pairs of columns of which one tells the other, each pair once."""
    pairs: dict[frozenset[int], FixedCombinations] = {}
    for key, value, keys, _ in determined_values(rows):
        is_list = all(not columns[i].kind.is_ordered for i in (key, value))
        if is_list or len(keys) <= _MOST_VALUES:
            pairs.setdefault(frozenset((key, value)), FixedCombinations([names[key], names[value]]))
    return list(pairs.values())


def _missing(rows: FloatArray, names: list[object]) -> list[MissingTogether]:
    missing = np.isnan(rows)
    groups: dict[bytes, list[object]] = {}
    for i, name in enumerate(names):
        n_missing = int(missing[:, i].sum())
        if min(n_missing, len(rows) - n_missing) >= _FEWEST_MISSING:
            groups.setdefault(missing[:, i].tobytes(), []).append(name)
    return [MissingTogether(group) for group in groups.values() if len(group) > 1]
