"""The modes of columns that are computed: what adds up in a drawn row, rather than what was drawn.

The network draws such a column like any other, for rows in which something is missing. Elsewhere
the row's other columns decide, and whatever looks at modes has to see what the row will show.
"""

from collections.abc import Hashable
from dataclasses import dataclass
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

    def lacking(self, codes: np.ndarray) -> dict[int, np.ndarray]:
        """Return, by the place of each remainder, the rows that lack it, and nothing else.

        A table has no such row: a remainder is missing where one of the columns is.
        """
        found = {}
        for remainder in self.encoder.remainders:
            place, *others = (
                self._place(name) for name in (remainder.name, *self._others(remainder))
            )
            rows = self._is_missing(codes, place)
            for other in others:
                rows &= ~self._is_missing(codes, other)
            if rows.any():
                found[place] = np.flatnonzero(rows)
        return found

    def present(self, place: int) -> Restriction:
        """Return the restriction of a learnt column to cells that are not missing."""
        return self.encoder.learnt[place].present()

    def _others(self, remainder: Remainder) -> list[Hashable]:
        """Return the columns from which, with the remainder, one is computed."""
        return [name for name in remainder.columns if name != remainder.column]

    def _is_missing(self, codes: np.ndarray, place: int) -> np.ndarray:
        encoder: Any = self.encoder.learnt[place]  # of numbers: others have no remainder
        return np.asarray(codes[:, place] == encoder.missing_code)

    def put(self, codes: np.ndarray, known: np.ndarray, rng: np.random.Generator) -> None:
        """Put them into drawn rows, in place.

        Parameters
        ----------
        codes : numpy.ndarray of int, shape (n_rows, n_columns)
            Rows.
        known : numpy.ndarray of bool, shape (n_columns,)
            Which columns were not drawn; these stay.
        rng : numpy.random.Generator
            Of the places inside the modes.
        """
        for remainder in self.encoder.remainders:
            place = self._place(remainder.column)
            if not known[place]:
                found = self._modes(remainder, codes, rng)
                codes[found >= 0, place] = found[found >= 0]

    def _modes(
        self, remainder: Remainder, codes: np.ndarray, rng: np.random.Generator
    ) -> np.ndarray:
        """Return the mode of what adds up in each row, -1 where nothing does."""
        names = [remainder.name, *self._others(remainder)]
        cells = {name: self._cells(name, codes, rng) for name in names}
        column = self.schema[remainder.column]
        computed = remainder.rule.solved(remainder.column, pd.DataFrame(cells), self.schema)
        values = restore_meanings(computed, column)
        modes, _ = self.encoder.encoder_of(remainder.column).encode(values, rng.random(len(values)))
        return np.where(values.notna(), modes, -1)

    def _cells(self, name: Hashable, codes: np.ndarray, rng: np.random.Generator) -> pd.Series:
        modes = codes[:, self._place(name)]
        return self.encoder.encoder_of(name).decode(modes, rng.random(len(modes)), 0)

    def _place(self, name: Hashable) -> Any:
        return self.encoder.learnt_index(name)
