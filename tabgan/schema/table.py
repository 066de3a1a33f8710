"""The schema of a table: frozen, printable, editable by replacement, JSON both ways."""

import json
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from html import escape
from pathlib import Path
from typing import Any

from tabgan.errors import (
    InvalidDataError,
    InvalidParameterError,
    UnsupportedTypeError,
    meant_instead,
)
from tabgan.schema.date_texts import is_date_format, is_time_format
from tabgan.schema.dtypes import DtypeSpec, zone_of
from tabgan.schema.number_texts import NumberFormat
from tabgan.schema.objects import MOST_COUNTED_DECIMALS, OBJECT_KINDS
from tabgan.schema.values import value_from_json, value_to_json

# No float has more digits that can be told apart.
MOST_CSV_DECIMALS = 15
_TEXT_FIELDS = (
    "reason",
    "date_format",
    "number_format",
    "clock",
    "pattern",
    "object_type",
    "released",
)


class Kind(StrEnum):
    """What a column is, as far as learning it is concerned. Any kind may have missing values."""

    CONTINUOUS = "continuous"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    CATEGORICAL = "categorical"
    DATETIME = "datetime"
    TIMEDELTA = "timedelta"
    IDENTIFIER = "identifier"

    @property
    def is_ordered(self) -> bool:
        """Whether values of this kind are numbers on a line."""
        return self in (Kind.CONTINUOUS, Kind.INTEGER, Kind.DATETIME, Kind.TIMEDELTA)


@dataclass(frozen=True)
class ColumnSchema:
    """One column.

    Parameters
    ----------
    name : hashable
        The column's name.
    kind : Kind
        How the column is learnt.
    dtype : DtypeSpec
        The dtype that the column comes back with.
    reason : str
        Why this kind was chosen.
    decimals : int or None
        Decimals of a continuous column; ``None`` where there is no such rule. Those of
        `number_format`, where it is given.
    csv_decimals : int or None
        Decimals with which a CSV file writes each number, zeros at the end included; ``None`` where
        it writes those that a number needs. The command line alone sets it, and uses it.
    date_format : str or None
        Format of dates that are stored as text (see :mod:`tabgan.schema.date_texts`).
    number_format : str or None
        Notation of numbers that are stored as text (see :mod:`tabgan.schema.number_texts`).
    clock : str or None
        ``"local"`` where points in time of a zone are learnt as its clocks show them, ``None``
        where they are as those of UTC do.
    pattern : str or None
        How an identifier is written (see :mod:`tabgan.schema.patterns`).
    object_type : str or None
        Class of the cells where they are Python objects, or text, that stand for numbers: a key of
        :data:`tabgan.schema.objects.OBJECT_KINDS`. ``"Decimal"`` where a continuous column has a
        `number_format`, ``"time"`` where durations have a `date_format` of times of day.
    released : str
        What a fitted model gives out of this column, and how much it withholds; empty before.
    """

    name: Hashable
    kind: Kind
    dtype: DtypeSpec
    reason: str = ""
    decimals: int | None = None
    csv_decimals: int | None = None
    date_format: str | None = None
    number_format: str | None = None
    clock: str | None = None
    pattern: str | None = None
    object_type: str | None = None
    released: str = ""

    def __post_init__(self) -> None:
        # What a notation of text says of the numbers need not be said again.
        if self.kind == Kind.CONTINUOUS and self.number_format is not None:
            self._fill_in("object_type", "Decimal")
            self._fill_in("decimals", _decimals_of(self.number_format))
        if self.kind == Kind.TIMEDELTA and self.date_format is not None:
            # Of a date with its time the date would be lost; the fit refuses it.
            self._fill_in("object_type", "time" if is_time_format(self.date_format) else None)

    def _fill_in(self, field: str, value: object) -> None:
        if getattr(self, field) is None:
            object.__setattr__(self, field, value)

    def to_json(self) -> dict[str, object]:
        """Return the JSON form, without the fields that are empty."""
        form: dict[str, object] = {
            "name": value_to_json(self.name),
            "kind": str(self.kind),
            "dtype": self.dtype.to_json(),
        }
        fields = {key: getattr(self, key) for key in ("decimals", "csv_decimals", *_TEXT_FIELDS)}
        form.update({key: value for key, value in fields.items() if value not in ("", None)})
        return form

    @classmethod
    def from_json(cls, form: object) -> "ColumnSchema":
        """Return the column that :meth:`to_json` wrote.

        Raises
        ------
        InvalidDataError
            If a field is missing, unknown or of the wrong type, or contradicts another.
        """
        if not isinstance(form, dict) or not {"name", "kind", "dtype"} <= set(form):
            raise InvalidDataError("a column of the schema needs name, kind and dtype")
        name = value_from_json(form["name"])
        column = f"column {name!r} of the schema"
        unknown = sorted(set(form) - set(cls.__dataclass_fields__))
        if unknown:
            raise InvalidDataError(f"{column} has unknown fields {unknown}")
        if form["kind"] not in list(Kind):
            raise InvalidDataError(f"{column}: kind must be one of {[*map(str, Kind)]}")
        decimals = form.get("decimals")
        most = MOST_COUNTED_DECIMALS
        if decimals is not None and (type(decimals) is not int or not 0 <= decimals <= most):
            raise InvalidDataError(f"{column}: decimals must be an integer from 0 to {most}")
        places = form.get("csv_decimals")
        if places is not None and (type(places) is not int or not 1 <= places <= MOST_CSV_DECIMALS):
            raise InvalidDataError(
                f"{column}: csv_decimals must be an integer from 1 to {MOST_CSV_DECIMALS}"
            )
        texts = {key: form[key] for key in _TEXT_FIELDS if key in form}
        if any(not isinstance(text, str) for text in texts.values()):
            raise InvalidDataError(f"{column}: {sorted(texts)} must be text")
        if _decimals_of(form.get("number_format", "0")) is None:
            raise InvalidDataError(
                f"{column}: number_format must be written like #,##0.00, or not be there"
            )
        if not is_date_format(form.get("date_format", "%Y")):
            raise InvalidDataError(
                f"{column}: date_format must be written like %d.%m.%Y or %H:%M, each field once, "
                "or not be there"
            )
        if form.get("clock", "local") != "local":
            raise InvalidDataError(f'{column}: clock must be "local", or not be there')
        if form.get("object_type", "date") not in OBJECT_KINDS:
            raise InvalidDataError(f"{column}: object_type must be one of {[*OBJECT_KINDS]}")
        try:
            dtype = DtypeSpec.from_json(form["dtype"])
        except InvalidDataError as error:
            raise InvalidDataError(f"{column}: {error}") from error
        kind = Kind(form["kind"])
        found = cls(name, kind, dtype, decimals=decimals, csv_decimals=places, **texts)
        contradiction = _contradiction(found)
        if contradiction is not None:
            raise InvalidDataError(f"{column}: {contradiction}")
        return found


@dataclass(frozen=True, repr=False)
class TableSchema:
    """The columns of a table, in their order.

    Parameters
    ----------
    columns : tuple of ColumnSchema
        One entry a column; names are unique.
    level_names : tuple of hashable or None
        Names of the levels where the columns are a ``MultiIndex``; one name for a flat index
        that has one (and no tuples in it); else ``None``.

    Examples
    --------
    >>> import pandas as pd
    >>> from tabgan.schema import infer_schema
    >>> schema = infer_schema(pd.DataFrame({"age": [31, 45, 31], "city": ["Bonn", "Kiel", "Bonn"]}))
    >>> schema["age"].kind
    <Kind.INTEGER: 'integer'>
    >>> schema = schema.with_kinds({"age": "categorical"})
    >>> schema == TableSchema.from_json(schema.to_json())
    True
    """

    columns: tuple[ColumnSchema, ...]
    level_names: tuple[Hashable, ...] | None = None

    @property
    def names(self) -> list[Hashable]:
        """Column names, in order."""
        return [column.name for column in self.columns]

    def __iter__(self) -> Iterator[ColumnSchema]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)

    def __getitem__(self, name: Hashable) -> ColumnSchema:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def with_kinds(self, kinds: dict[Any, Kind | str]) -> "TableSchema":
        """Return a schema in which the named columns are of another kind.

        Parameters
        ----------
        kinds : dict
            Column name to kind.

        Raises
        ------
        UnsupportedTypeError
            If it is no dictionary.
        InvalidParameterError
            If a name is not a column or a kind does not exist.
        """
        if not isinstance(kinds, dict):
            raise UnsupportedTypeError(
                f"kinds must be a dictionary of column name to kind, got {type(kinds).__name__}"
            )
        unknown = [name for name in kinds if name not in self.names]
        if unknown:
            raise InvalidParameterError(
                f"kinds names columns the table does not have: {unknown}; "
                f"{meant_instead(unknown[0], self.names)}"
            )
        known = [*Kind]
        wrong = [n for n, kind in kinds.items() if not isinstance(kind, str) or kind not in known]
        if wrong:
            raise InvalidParameterError(f"kinds of {wrong} must be one of {[*map(str, Kind)]}")
        return TableSchema(
            tuple(
                replace(column, kind=Kind(kinds[column.name]), reason="chosen by the user")
                if column.name in kinds
                else column
                for column in self.columns
            ),
            self.level_names,
        )

    def require_table(self, inferred: "TableSchema") -> None:
        """Raise InvalidDataError unless a table has the columns and dtypes of this schema.

        Parameters
        ----------
        inferred : TableSchema
            The schema that was inferred from the table.
        """
        if self.names != inferred.names:
            unknown = [name for name in inferred.names if name not in self.names]
            lacking = [name for name in self.names if name not in inferred.names]
            raise InvalidDataError(
                "the table must have the columns of the schema, in its order; it has "
                f"{unknown or 'none'} besides and lacks {lacking or 'none'}: correct the schema, "
                "or infer it again"
            )
        other = [c.name for c, i in zip(self, inferred, strict=True) if c.dtype != i.dtype]
        if other:
            raise InvalidDataError(
                f"columns {other} have another dtype than in schema (or other levels); convert "
                "them, or infer the schema again"
            )

    def to_json(self) -> str:
        """Return the schema as indented JSON text."""
        form: dict[str, object] = {"columns": [column.to_json() for column in self.columns]}
        if self.level_names is not None:
            form["level_names"] = [value_to_json(name) for name in self.level_names]
        return json.dumps(form, indent=2, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str | Path) -> "TableSchema":
        """Return the schema written by :meth:`to_json`, from its text or a file's path.

        Raises
        ------
        InvalidDataError
            If the text is not the JSON of a schema.
        UnsupportedTypeError, InvalidParameterError
            If it is neither text nor a path, or a path that no file can have.
        """
        if not isinstance(text, str | Path):
            raise UnsupportedTypeError(
                f"text must be the JSON of a schema or a pathlib.Path, got {type(text).__name__}"
            )
        source = _text_of(text) if isinstance(text, Path) else text
        try:
            form = json.loads(source.removeprefix("\ufeff"))
        except (ValueError, RecursionError) as error:
            raise InvalidDataError("the schema is not valid JSON") from error
        if not isinstance(form, dict) or not isinstance(form.get("columns"), list):
            raise InvalidDataError('the schema needs a list under "columns"')
        columns = tuple(ColumnSchema.from_json(column) for column in form["columns"])
        schema = cls(columns, _level_names(form.get("level_names"), columns))
        if len(set(schema.names)) != len(schema):
            raise InvalidDataError("the schema names a column twice")
        return schema

    def __str__(self) -> str:
        rows = self._cells()
        widths = [max(len(row[i]) for row in rows) for i in range(3)] + [0]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        )

    # In a Python shell the table says more than the call that would make it.
    __repr__ = __str__

    def _repr_html_(self) -> str:
        header, *rows = self._cells()
        lines = [_html_row("th", header), *(_html_row("td", row) for row in rows)]
        return f"<table>{''.join(lines)}</table>"

    def _cells(self) -> list[list[str]]:
        """Return the schema as lines of four cells, names of the columns first."""
        fitted = any(column.released for column in self.columns)
        header = ["column", "kind", "dtype", "released" if fitted else "reason"]
        return [
            header,
            *(
                [str(c.name), str(c.kind), c.dtype.name, c.released if fitted else c.reason]
                for c in self.columns
            ),
        ]


def _decimals_of(number_format: str) -> int | None:
    """Return with how many decimals a notation writes numbers, ``None`` if it is none."""
    try:
        return NumberFormat(number_format).decimals
    except ValueError:
        return None


def _contradiction(column: ColumnSchema) -> str | None:
    """Return what must change where fields that a column's kind uses exclude each other."""
    kind, of_objects = column.kind, column.object_type
    if column.clock is not None and zone_of(column.dtype.to_pandas()) is None:
        return "clock is for dates of a time zone, which its dtype is not; leave it out"
    if kind in OBJECT_KINDS.values() and of_objects and OBJECT_KINDS[of_objects] != kind:
        return f"object_type {of_objects} is not of the kind {kind}; correct one, or leave it out"
    if kind == Kind.CONTINUOUS and column.number_format is not None:
        written = _decimals_of(column.number_format)
        if column.decimals != written:
            return f"decimals must be {written}, as number_format says, or not be there"
    if kind == Kind.DATETIME and column.date_format is not None and of_objects is not None:
        return "dates are text (date_format) or objects (object_type); leave one out"
    if kind == Kind.TIMEDELTA and column.date_format is not None:
        if not is_time_format(column.date_format):
            return "date_format must have fields of a time of day alone, like %H:%M, for its kind"
        if of_objects != "time":
            return 'object_type must be "time", as date_format says, or not be there'
    return None


def _html_row(tag: str, cells: list[str]) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in cells)}</tr>"


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InvalidDataError("the schema is not text in UTF-8; write it again") from None
    except ValueError:
        raise InvalidParameterError(
            "text is a path with a character that no file's name can have, such as NUL"
        ) from None


def _level_names(form: object, columns: tuple[ColumnSchema, ...]) -> tuple[Hashable, ...] | None:
    if form is None:
        return None
    tuples = [column.name for column in columns if isinstance(column.name, tuple)]
    lengths = [*map(len, tuples)] if tuples else [1] * len(columns)
    if not isinstance(form, list) or [len(form)] * len(columns) != lengths:
        raise InvalidDataError("level_names of the schema must name each level of every column")
    return tuple(value_from_json(name) for name in form)
