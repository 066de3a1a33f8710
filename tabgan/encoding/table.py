"""A table as integer codes and positions, and back: the one-hot form is never built here."""

import warnings
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd

from tabgan.encoding.column import ColumnEncoder, EncodingOptions, State
from tabgan.encoding.layout import Layout
from tabgan.encoding.registry import ENCODERS
from tabgan.encoding.remainder import Remainder
from tabgan.encoding.restore import restore_meanings
from tabgan.encoding.restriction import Restriction
from tabgan.errors import InvalidDataError
from tabgan.schema import Kind, TableSchema
from tabgan.schema.patterns import look_measured

# Where more of a column's rows are withheld, what is left is hardly the column any more.
_MOSTLY = 0.5


@dataclass(frozen=True)
class EncodedTable:
    """The learnt columns of a table.

    Parameters
    ----------
    codes : numpy.ndarray of shape (n_rows, n_learnt_columns)
        Mode of each cell, in the smallest unsigned integer type that fits.
    positions : numpy.ndarray of float32, same shape
        Position inside the mode, in [-1, 1]; 0 where the mode is a single value.
    """

    codes: np.ndarray
    positions: np.ndarray


class TableEncoder:
    """Between a DataFrame and its codes and positions.

    Parameters
    ----------
    encoders : list of ColumnEncoder
        One a column of the table, in its order, then one a remainder.
    level_names : tuple of hashable or None
        See :class:`~tabgan.schema.TableSchema`.
    remainders : tuple of Remainder
        Columns that are learnt by their remainders. The encoders of these come after those of the
        table's columns.

    Attributes
    ----------
    layout : Layout
        The mode axis of the learnt columns (all but identifiers, if every row has one).
    learnt : list of ColumnEncoder
        The encoders of those columns.
    """

    def __init__(
        self,
        encoders: list[ColumnEncoder[Any]],
        level_names: tuple[Hashable, ...] | None = None,
        remainders: tuple[Remainder, ...] = (),
    ) -> None:
        self.encoders = encoders
        self.level_names = level_names
        self.remainders = remainders
        self.of_table = encoders[: len(encoders) - len(remainders)]
        self.learnt = [encoder for encoder in encoders if encoder.n_modes > 0]
        self.layout = Layout([encoder.n_modes for encoder in self.learnt])

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, schema: TableSchema, options: EncodingOptions) -> Self:
        """Return the encoder of a table: summarise each column, then divide it into modes.

        Warns of columns of which no value is released: samples have missing cells only there.

        Raises
        ------
        InvalidDataError
            If columns hold what is not of their kind; all of them are named.
        """
        encoders, problems = [], []
        for i, column in enumerate(schema):
            encoder_class = ENCODERS[column.kind]
            try:
                summary = encoder_class.summarise(frame.iloc[:, i], column)
            except InvalidDataError as error:
                problems.append(str(error))
                continue
            encoders.append(encoder_class.from_summary(summary, column, options))
        if problems:
            raise InvalidDataError("\n".join(problems))
        withheld = [e.column.name for e in encoders if e.withholds_all]
        if withheld:
            warnings.warn(
                f"columns {withheld}: every value is carried by fewer than "
                f"rare_threshold={options.rare_threshold} rows, so none is released and samples "
                "have missing cells there. If the values only tell rows apart, make the column an "
                "identifier or drop it; otherwise group them, or convert them to numbers or dates",
                stacklevel=5,  # where fit was called
            )
        mostly = [
            e.column.name for e in encoders if not e.withholds_all and e.withheld_share > _MOSTLY
        ]
        if mostly:
            warnings.warn(
                f"columns {mostly}: most rows carry values that fewer than "
                f"rare_threshold={options.rare_threshold} rows share. These are withheld, and "
                "samples have the others in their place: group the rare values, or make the column "
                "an identifier, or convert it to numbers or dates if that is what it holds",
                stacklevel=5,  # where fit was called
            )
        measured = [
            column.name
            for i, column in enumerate(schema)
            # Where a user says identifier, it is one.
            if column.kind is Kind.IDENTIFIER
            and column.reason.startswith("text")
            and look_measured(frame.iloc[:, i].dropna())
        ]
        if measured:
            warnings.warn(
                f"columns {measured} look like amounts, dates or times that are written as text. "
                "Nearly every row has another one, so they are taken for identifiers and written "
                "anew: convert them with pandas.to_numeric or pandas.to_datetime to have them "
                "learnt",
                stacklevel=5,  # where fit was called
            )
        return cls(encoders, schema.level_names)

    def with_remainders(
        self, frame: pd.DataFrame, remainders: tuple[Remainder, ...], options: EncodingOptions
    ) -> Self:
        """Return the encoder of the same table with remainders as further columns.

        Without those that are too large to be exact in some row.
        """
        encoders, kept = list(self.of_table), list[Remainder]()
        for remainder in remainders:
            rest = remainder.of(frame, self._plain_schema)
            column = remainder.as_column(rest)
            encoder_class = ENCODERS[column.kind]
            try:
                summary = encoder_class.summarise(restore_meanings(rest, column), column)
            except InvalidDataError:  # numbers so large that their decimals are lost
                continue
            encoders.append(encoder_class.from_summary(summary, column, options))
            kept.append(remainder)
        return type(self)(encoders, self.level_names, tuple(kept))

    @property
    def schema(self) -> TableSchema:
        """The table's schema, with what each column releases."""
        return self._schema_of(self.of_table)

    @property
    def full_schema(self) -> TableSchema:
        """That of the columns of the table and of the remainders."""
        return self._schema_of(self.encoders)

    @cached_property
    def _plain_schema(self) -> TableSchema:
        """What the columns of the table are, without what they release."""
        return TableSchema(tuple(e.column for e in self.of_table), self.level_names)

    def _schema_of(self, encoders: list[ColumnEncoder[Any]]) -> TableSchema:
        columns = tuple(replace(e.column, released=e.describe()) for e in encoders)
        return TableSchema(columns, self.level_names)

    @property
    def computed(self) -> dict[int, int]:
        """Place of each learnt column that is computed, and of its remainder."""
        places = {e.column.name: place for place, e in enumerate(self.learnt)}
        return {places[rest.column]: places[rest.name] for rest in self.remainders}

    @property
    def log_shares(self) -> np.ndarray:
        """Logarithm of each mode's share of the training rows, along the mode axis.

        Known only during a fit; NaN after :meth:`from_state`.
        """
        # A mode that no row has (possible where modes overlap) starts at half a row in a million.
        shares = self.layout.join([encoder.shares for encoder in self.learnt])
        logarithms: np.ndarray = np.log(np.maximum(shares, 5e-7)).astype(np.float32)
        return logarithms

    @property
    def neighbours(self) -> np.ndarray:
        """Codes of the modes below and above each mode, int32 of shape (n_modes, 2)."""
        sides = (self.layout.join([e.neighbours[:, i] for e in self.learnt]) for i in (0, 1))
        return np.stack(list(sides), axis=1).astype(np.int32)

    def encoder_of(self, name: object) -> ColumnEncoder[Any]:
        """Return the encoder of a column."""
        return next(encoder for encoder in self.encoders if encoder.column.name == name)

    def learnt_index(self, name: object) -> int | None:
        """Return the place of a column among the learnt ones, ``None`` for an identifier."""
        names = [encoder.column.name for encoder in self.learnt]
        return names.index(name) if name in names else None

    def encode(self, frame: pd.DataFrame, rng: np.random.Generator) -> EncodedTable:
        """Return codes and positions of the rows of a table with this schema.

        Raises
        ------
        InvalidDataError
            If a learnt column is not there, or holds values the encoder does not know.
        """
        self.check_columns(frame)
        codes = np.empty((len(frame), self.layout.n_columns), dtype=self._smallest)
        positions = np.empty(codes.shape, dtype=np.float32)
        for place, of_column, inside in self._columns(frame, rng):
            codes[:, place], positions[:, place] = self._seen(place, of_column), inside
        return EncodedTable(codes, positions)

    def encode_codes(self, frame: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
        """Return the codes that :meth:`encode` gives, alone: of a long table that is a fifth.

        Raises
        ------
        InvalidDataError
            As there.
        """
        self.check_columns(frame)
        codes = np.empty((len(frame), self.layout.n_columns), dtype=self._smallest)
        for place, of_column, _ in self._columns(frame, rng):
            codes[:, place] = self._seen(place, of_column)
        return codes

    @property
    def _smallest(self) -> np.dtype[Any]:
        return np.min_scalar_type(max(self.layout.sizes, default=1))

    def _seen(self, place: int, codes: np.ndarray) -> np.ndarray:
        """Return the codes of a column, if there is one for each cell."""
        if (codes < 0).any():
            raise InvalidDataError(
                f"column {self.learnt[place].column.name!r} holds values the model has not seen "
                "(or missing ones, where it saw none); use the table it was fitted on"
            )
        return codes

    def encode_known(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the codes of any table, int32 of shape (n_rows, n_columns).

        -1 stands for a value that the encoder does not know, and for a column that is not there. A
        value of several modes gets the middle one: a row does not depend on its place.
        """
        codes = np.full((len(frame), self.layout.n_columns), -1, dtype=np.int32)
        for place, of_column, _ in self._columns(frame, None):
            codes[:, place] = of_column
        return codes

    def check_columns(self, frame: pd.DataFrame) -> None:
        """Raise InvalidDataError if the table lacks a learnt column."""
        learnt = [e.column.name for e in self.of_table if e.n_modes > 0]
        absent = [name for name in learnt if name not in frame.columns]
        if absent:
            raise InvalidDataError(
                f"the table lacks the columns {absent}; give it the columns of the fit"
            )

    def _columns(
        self, frame: pd.DataFrame, rng: np.random.Generator | None
    ) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
        """Yield the place of each learnt column that is there, its codes and its positions."""
        for place, encoder in enumerate(self.learnt):
            uniforms = np.full(len(frame), 0.5) if rng is None else rng.random(len(frame))
            cells = self.cells_of(frame, encoder.column.name)
            if cells is not None:
                yield place, *encoder.encode(cells, uniforms)

    def cells_of(self, frame: pd.DataFrame, name: Hashable) -> pd.Series | None:
        """Return a column of a table, or a remainder; ``None`` if it is not there."""
        remainder = next((rest for rest in self.remainders if rest.name == name), None)
        if remainder is None:
            return frame[name] if name in frame.columns else None
        if not set(remainder.columns) <= set(frame.columns):
            return None
        read = {column: self._as_stored(frame[column]) for column in remainder.columns}
        rest = remainder.of(pd.DataFrame(read), self._plain_schema)
        return restore_meanings(rest, self.encoder_of(name).column)

    def _as_stored(self, cells: pd.Series) -> pd.Series:
        """Return numbers or dates, of whatever dtype they are, in that of their column."""
        encoder: Any = self.encoder_of(cells.name)  # of numbers: others have no remainder
        try:
            stored: pd.Series = encoder.from_numbers(*encoder.read_numbers(cells, encoder.column))
        except (ValueError, OverflowError):  # a number that the dtype of the fit does not hold
            return cells
        return stored

    def shown(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a table that :meth:`decode` gave without the remainders."""
        if not self.remainders:
            return frame
        frame = frame.iloc[:, : len(self.of_table)]
        frame.columns = self._names(self.of_table)
        return frame

    def decode(
        self,
        codes: np.ndarray,
        uniforms: np.ndarray,
        first_row: int = 0,
        restricted: Mapping[int, Restriction] | None = None,
    ) -> pd.DataFrame:
        """Return the table that the codes stand for.

        Parameters
        ----------
        codes : numpy.ndarray of int, shape (n_rows, n_learnt_columns)
            Modes drawn.
        uniforms : numpy.ndarray of the same shape
            Uniform numbers from which positions are drawn.
        first_row : int
            Number of the first row in the sample: identifiers count on from it.
        restricted : mapping of int to Restriction or None
            Learnt column to the part of it that values shall lie in.
        """
        restricted = restricted or {}
        place_of = {id(encoder): place for place, encoder in enumerate(self.learnt)}
        unused = np.zeros(len(codes))
        columns = []
        for encoder in self.encoders:
            place = place_of.get(id(encoder))
            drawn = unused if place is None else codes[:, place]
            inside = unused if place is None else uniforms[:, place]
            restriction = None if place is None else restricted.get(place)
            columns.append(encoder.decode(drawn, inside, first_row, restriction))
        return self._assemble(columns)

    def expected(self, weights: Sequence[np.ndarray]) -> pd.DataFrame:
        """Return a guess of each cell: the most probable value, or the mean of a number.

        Parameters
        ----------
        weights : sequence of numpy.ndarray of shape (n_rows, n_modes of the column)
            Probabilities of the modes of each learnt column.
        """
        weights_of = dict(zip(map(id, self.learnt), weights, strict=True))
        nothing = np.empty((len(weights[0]), 0))
        return self._assemble([e.expected(weights_of.get(id(e), nothing)) for e in self.encoders])

    def _assemble(self, columns: list[pd.Series]) -> pd.DataFrame:
        frame = pd.concat(columns, axis=1) if columns else pd.DataFrame()
        frame.columns = self._names(self.encoders)
        return frame

    def _names(self, encoders: list[ColumnEncoder[Any]]) -> pd.Index:
        names: list[Any] = [encoder.column.name for encoder in encoders]
        if self.level_names is not None and isinstance(names[0], tuple):
            return pd.MultiIndex.from_tuples(names, names=list(self.level_names))
        # Left alone, pandas makes levels of names that all are tuples, and NaN of None.
        dtype: Any = object if None in names else None
        flat: pd.Index = pd.Index(names, dtype=dtype, tupleize_cols=False)
        return flat if self.level_names is None else flat.rename(self.level_names[0])

    def state(self) -> list[State]:
        """Return the state of each column's encoder, in order."""
        return [encoder.state() for encoder in self.encoders]

    @classmethod
    def from_state(
        cls, states: list[State], schema: TableSchema, remainders: tuple[Remainder, ...] = ()
    ) -> Self:
        """Return the encoder that :meth:`state` describes; the schema is the full one."""
        return cls(
            [
                ENCODERS[column.kind].from_state(state, column)
                for column, state in zip(schema, states, strict=True)
            ],
            schema.level_names,
            remainders,
        )
