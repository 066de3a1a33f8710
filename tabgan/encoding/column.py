"""The contract of a column encoder: one kind of column, one class, one file.

To add a kind: 1. a subclass in a file of its own, 2. its entry in ``registry.ENCODERS``, 3. a row
in the contract test.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Self, TypeVar

import numpy as np
import pandas as pd

from tabgan.encoding.restore import restore_dtype
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
    def decode(self, codes: np.ndarray, uniforms: np.ndarray, first_row: int) -> pd.Series:
        """Return values for the codes.

        Parameters
        ----------
        codes : numpy.ndarray of int, shape (n_rows,)
            Modes drawn.
        uniforms : numpy.ndarray of shape (n_rows,)
            Uniform numbers from which positions inside the modes are drawn.
        first_row : int
            Number of the first of these rows in the sample.
        """

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
        cell = restore_dtype(content, self.column)
        # pandas would turn the text "nan" into a missing cell, 3.7 into the integer 3 and the text
        # "False" into True.
        if cell.isna()[0] != (content[0] is None) or not self._is_same(cell[0], content[0]):
            raise ValueError("the dtype of the column changes the value")
        return cell

    def _is_same(self, held: object, given: object) -> bool:
        if given is None or self.column.kind not in ("integer", "boolean"):
            return True
        return held == given or str(held) == str(given)

    def code_of(self, value: object) -> int | None:
        """Return the mode of one value of the user's, ``None`` if no sample can contain it."""
        codes, _ = self.encode(self.cell(value), np.array([0.5]))
        return int(codes[0]) if codes[0] >= 0 and self.released[codes[0]] else None

    @abstractmethod
    def describe(self) -> str:
        """Return what the encoder releases and withholds, without naming a withheld value."""

    @abstractmethod
    def state(self) -> State:
        """Return everything but the column's schema and the shares, for a model file."""

    @classmethod
    @abstractmethod
    def from_state(cls, state: State, column: ColumnSchema) -> Self:
        """Return the encoder that :meth:`state` describes; its shares are NaN."""
