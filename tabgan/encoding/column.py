"""The contract of a column encoder: one kind of column, one class, one file.

To add a kind: 1. a subclass in a file of its own, 2. its entry in ``registry.ENCODERS``, 3. a row
in the contract test.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Self, TypeVar

import numpy as np
import pandas as pd

from tabgan.encoding.restore import restore_dtype
from tabgan.encoding.restriction import Restriction
from tabgan.schema import ColumnSchema

Summary = TypeVar("Summary")
# State that is written to a model file: JSON values and arrays, under names.
State = dict[str, Any]


@dataclass(frozen=True)
class EncodingOptions:
    """What the user decides about the encoding.

    Parameters
    ----------
    rare_threshold : int
        A value carried by fewer rows is not released; 0 releases every value.
    normalisation : {"quantile", "mixture"}
        How numbers are divided into modes.
    """

    rare_threshold: int = 5
    normalisation: str = "quantile"


class ColumnEncoder(ABC, Generic[Summary]):
    """Between the values of one column and its modes and positions.

    Attributes
    ----------
    column : ColumnSchema
        What the column is.
    n_modes : int
        Modes of the column; 0 for a column that is not learnt.
    shares : numpy.ndarray of shape (n_modes,)
        Share of training rows in each mode; the generator starts from these. Known only during a
        fit, NaN in an encoder read from a file: a share times the number of rows would be the
        count of rows behind a withheld value.
    released : numpy.ndarray of bool, shape (n_modes,)
        Which modes a sample may contain.
    stand_ins : numpy.ndarray of bool, shape (n_modes,)
        Among which modes a mode that is not released is redrawn.
    """

    kind: ClassVar[str]

    column: ColumnSchema
    shares: np.ndarray
    released: np.ndarray
    stand_ins: np.ndarray

    @property
    def n_modes(self) -> int:
        """Modes of the column."""
        return len(self.shares)

    @property
    def withholds_all(self) -> bool:
        """Whether the column has values, all of them too rare to be released."""
        return False

    @property
    def withheld_share(self) -> float:
        """Share of training rows whose values are too rare to be released; known during a fit."""
        return float(self.shares[~self.released].sum())

    @property
    def ranks(self) -> np.ndarray:
        """Place of each mode on the column's line, the middle of its rows, from 0 to 1.

        NaN for a mode without a place: a category, "missing". Known only during a fit.
        """
        return np.full(self.n_modes, np.nan)

    @property
    def neighbours(self) -> np.ndarray:
        """Codes of the mode below each mode and of the one above, int32 of shape (n_modes, 2).

        Only bins have neighbours, and the outermost one of them; every other mode is its own: a
        spike is a value like no other.
        """
        return np.repeat(np.arange(self.n_modes, dtype=np.int32)[:, None], 2, axis=1)

    @classmethod
    @abstractmethod
    def summarise(cls, values: pd.Series, column: ColumnSchema) -> Summary:
        """Return the sufficient statistics of one part of the column."""

    @classmethod
    @abstractmethod
    def from_summary(cls, summary: Summary, column: ColumnSchema, options: EncodingOptions) -> Self:
        """Return the encoder that the statistics of the whole column determine."""

    @abstractmethod
    def encode(self, values: pd.Series, uniforms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the codes (int32; -1 for a value the encoder does not know) and positions.

        Parameters
        ----------
        values : pandas.Series
            The column.
        uniforms : numpy.ndarray of shape (n_rows,)
            Uniform numbers, for encodings in which a value may belong to several modes.
        """

    @abstractmethod
    def decode(
        self,
        codes: np.ndarray,
        uniforms: np.ndarray,
        first_row: int,
        restriction: Restriction | None = None,
    ) -> pd.Series:
        """Return values for the codes.

        Parameters
        ----------
        codes : numpy.ndarray of int, shape (n_rows,)
            Modes drawn.
        uniforms : numpy.ndarray of shape (n_rows,)
            Uniform numbers from which positions inside the modes are drawn.
        first_row : int
            Number of the first of these rows in the sample.
        restriction : Restriction or None
            The part of their modes that values shall lie in.
        """

    def expected(self, weights: np.ndarray) -> pd.Series:
        """Return a guess for each row: the most probable value, or the mean of a number.

        Parameters
        ----------
        weights : numpy.ndarray of shape (n_rows, n_modes)
            Probability of each mode.
        """
        return self.decode(weights.argmax(axis=1), np.full(len(weights), 0.5), 0)

    def cell(self, value: object) -> pd.Series:
        """Return one value of the user's as a column of one cell.

        Raises
        ------
        ValueError, TypeError, OverflowError
            If the column's dtype cannot hold the value.
        """
        is_scalar: Any = pd.api.types.is_scalar
        given: Any = value
        content = np.empty(1, dtype=object)
        content[0] = None if is_scalar(given) and pd.isna(given) else given
        levels = self.column.dtype.levels
        if content[0] is not None and levels is not None and content[0] not in levels:
            raise ValueError("the column has no such level")
        cell = self._restored(restore_dtype(content, self.column))
        # pandas would turn the text "nan" into a missing cell, 3.7 into the integer 3 and the text
        # "False" into True.
        if cell.isna()[0] != (content[0] is None) or not self._is_same(cell[0], content[0]):
            raise ValueError("the dtype of the column changes the value")
        return cell

    def _restored(self, cell: pd.Series) -> pd.Series:
        """Return a cell as decoding would write it, where the dtype leaves that open."""
        return cell

    def _is_same(self, held: object, given: object) -> bool:
        if given is None:
            return True
        if isinstance(given, bytes) and not isinstance(held, bytes):
            return False  # pandas would read it as text
        if self.column.kind not in ("integer", "boolean"):
            return True
        return held == given or str(held) == str(given)

    def code_of(self, value: object) -> int | None:
        """Return the mode of one value of the user's, ``None`` if no sample can contain it."""
        codes, _ = self.encode(self.cell(value), np.array([0.5]))
        return int(codes[0]) if codes[0] >= 0 and self.released[codes[0]] else None

    def any_of(self, values: Sequence[object]) -> Restriction:
        """Return the restriction to a few values, ``None`` for missing.

        Raises
        ------
        ValueError, TypeError, OverflowError
            If a sample cannot contain one of them.
        """
        allowed = np.zeros(self.n_modes, dtype=bool)
        for value in values:
            allowed[self._released_code(value)] = True
        return Restriction.of_modes(allowed)

    def _released_code(self, value: object) -> int:
        code = self.code_of(value)
        if code is None:
            raise ValueError("no sample contains the value")
        return code

    def between(self, low: object, high: object) -> Restriction:
        """Return the restriction to a closed range, ``None`` for an open end.

        Raises
        ------
        ValueError, TypeError, OverflowError
            If the column has no order, or an end is not of its kind.
        """
        raise TypeError("values without an order have no ranges")

    def present(self) -> Restriction:
        """Return the restriction to values, everything but missing, that a sample may contain."""
        missing = self.missing_code
        return Restriction.of_modes(self.released & (np.arange(self.n_modes) != missing))

    @property
    @abstractmethod
    def missing_code(self) -> int:
        """Mode of a missing cell, -1 where there is none."""

    def densities(self, values: pd.Series) -> np.ndarray:
        """Return how likely each cell is in each mode, shape (n_rows, n_modes).

        A mass for categories, missing, integers and dates, a density in the column's own unit for
        real numbers; for those that are modes of their own, too, if the column is on a grid, and a
        mass otherwise. Numbers out of range count as the nearest in it, values that were never seen
        have zeros.
        """
        codes, _ = self.encode(values, np.full(len(values), 0.5))
        known = codes >= 0
        densities = np.zeros((len(values), self.n_modes))
        densities[np.flatnonzero(known), codes[known]] = 1.0
        return densities

    def holds(self, values: pd.Series, restriction: Restriction | None = None) -> np.ndarray:
        """Return which cells lie where the column's values do, bool of shape (n_rows,).

        Parameters
        ----------
        values : pandas.Series
            The column.
        restriction : Restriction or None
            The part of it that they shall lie in.
        """
        codes, _ = self.encode(values, np.full(len(values), 0.5))
        shares = np.ones(self.n_modes) if restriction is None else restriction.shares
        return np.asarray((codes >= 0) & (shares[codes] > 0))

    def nearest(self, values: pd.Series) -> pd.Series:
        """Return cells, moved to the nearest that the column can have where they lie beyond."""
        return values

    @abstractmethod
    def describe(self) -> str:
        """Return what the encoder releases and withholds, without naming a withheld value."""

    def offer(self) -> str:
        """Return what a condition may ask for, for an error about one that may not."""
        return self.describe()

    @abstractmethod
    def state(self) -> State:
        """Return everything but the column's schema and the shares, for a model file."""

    @classmethod
    @abstractmethod
    def from_state(cls, state: State, column: ColumnSchema) -> Self:
        """Return the encoder that :meth:`state` describes; its shares are NaN."""


def middle_ranks(places: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return where the middle row of each mode stands among all rows, from 0 to 1.

    Parameters
    ----------
    places : numpy.ndarray of shape (n_modes,)
        Where the modes lie on their line, in any unit.
    shares : numpy.ndarray of shape (n_modes,)
        Share of the rows in each.
    """
    order = np.argsort(places, kind="stable")
    upto = np.cumsum(shares[order])
    ranks = np.empty(len(places))
    ranks[order] = (upto - shares[order] / 2) / upto[-1]
    return ranks
