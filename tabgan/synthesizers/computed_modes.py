"""The modes of columns that are computed: what adds up in a drawn row, rather than what was drawn.

The network draws such a column like any other, for rows in which something is missing. Elsewhere
the row's other columns decide, and whatever looks at modes has to see what the row will show.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from tabgan.encoding import TableEncoder
from tabgan.encoding.remainder import Remainder
from tabgan.encoding.restore import restore_meanings
from tabgan.encoding.restriction import Restriction
from tabgan.schema import TableSchema


@dataclass(frozen=True)
class ComputedModes:
    """Puts the modes of what is computed in the place of modes that were drawn.

    Parameters
    ----------
    encoder : TableEncoder
        Of a table with remainders.
    schema : TableSchema
        Its full schema.
    """

    encoder: TableEncoder
    schema: TableSchema

    @classmethod
    def of(cls, encoder: TableEncoder) -> "ComputedModes | None":
        """Return what puts them there, ``None`` if nothing is computed."""
        return cls(encoder, encoder.full_schema) if encoder.remainders else None

    def lacking(self, remainder: Remainder, codes: np.ndarray) -> np.ndarray:
        """Return the rows that lack a remainder and nothing else; a table has none.

        A remainder is missing where one of the columns is.
        """
        rows = self._is_missing(codes, remainder.name)
        for name in remainder.columns:
            rows &= ~self._is_missing(codes, name)
        return np.flatnonzero(rows)

    def present(self, place: int) -> Restriction:
        """Return the restriction of a learnt column to cells that are not missing."""
        return self.encoder.learnt[place].present()

    def place(self, name: Hashable) -> Any:
        """Return the place of a learnt column."""
        return self._places[name]

    @cached_property
    def _places(self) -> dict[Hashable, int]:
        return {column.column.name: i for i, column in enumerate(self.encoder.learnt)}

    def _is_missing(self, codes: np.ndarray, name: Hashable) -> np.ndarray:
        encoder: Any = self.encoder.learnt[self.place(name)]  # of numbers: others have no remainder
        return np.asarray(codes[:, self.place(name)] == encoder.missing_code)

    def put(self, remainder: Remainder, codes: np.ndarray, rng: np.random.Generator) -> None:
        """Put the modes of one computed column into drawn rows, in place.

        The places inside the modes are others than those that cells will be decoded from, so the
        mode agrees with the cell in law, not row by row.

        Parameters
        ----------
        remainder : Remainder
            What computes the column.
        codes : numpy.ndarray of int, shape (n_rows, n_columns)
            Rows.
        rng : numpy.random.Generator
            Of the places inside the modes.
        """
        found = self._modes(remainder, codes, rng)
        codes[found >= 0, self.place(remainder.column)] = found[found >= 0]

    def _modes(
        self, remainder: Remainder, codes: np.ndarray, rng: np.random.Generator
    ) -> np.ndarray:
        """Return the mode of what adds up in each row, -1 where nothing does."""
        names = [name for name in remainder.rule.columns if name != remainder.column]
        cells = {name: self._cells(name, codes, rng) for name in names}
        column = self.schema[remainder.column]
        computed = remainder.rule.solved(remainder.column, pd.DataFrame(cells), self.schema)
        values = restore_meanings(computed, column)
        modes, _ = self.encoder.encoder_of(remainder.column).encode(values, rng.random(len(values)))
        return np.where(values.notna(), modes, -1)

    def _cells(self, name: Hashable, codes: np.ndarray, rng: np.random.Generator) -> pd.Series:
        modes = codes[:, self.place(name)]
        return self.encoder.encoder_of(name).decode(modes, rng.random(len(modes)), 0)
