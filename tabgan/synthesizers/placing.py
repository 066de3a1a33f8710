"""Draw cells again inside their modes, so that two columns keep an inequality.

Modes say roughly where a value lies; where in its mode, nobody has learnt. So the place is free to
keep a rule, and to be as far from the other column's value as rows of the table are.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tabgan.encoding import TableEncoder
from tabgan.encoding.numeric import PER_SECOND, NumericEncoder
from tabgan.encoding.restore import restore_meanings
from tabgan.encoding.restriction import Restriction
from tabgan.randomness import last_digits
from tabgan.schema import TableSchema
from tabgan.schema.constraints import Inequality
from tabgan.schema.constraints.comparison import as_floats, fits_nanoseconds, meanings

# How finely a mode is searched for where a rule begins to be kept: to a 65,536th.
_N_HALVINGS = 16
# Places in a mode at which the gaps to the other column's mode are looked at.
_N_PLACES = 32
# Gaps among which one is chosen that leads to a likely hour.
_N_CANDIDATES = 16
# Share of the gaps of a table that must fit between a value and the mode of the other column: where
# fewer do, the network asks for what the table hardly has, and the law of the gaps says nothing.
_FEWEST_GAPS = 1e-3


@dataclass(frozen=True)
class DrawnRows:
    """Rows as they were drawn, whose cells can be drawn again inside their modes.

    The parameters are those of :meth:`Rules.arrange`.
    """

    encoder: TableEncoder
    schema: TableSchema
    codes: np.ndarray
    uniforms: np.ndarray
    free: Mapping[Hashable, np.ndarray]
    restricted: Mapping[int, Restriction]

    def place(self, rule: Inequality, table: pd.DataFrame) -> None:
        """Draw two columns again inside their modes, as far apart as rows of the table are.

        Where the higher one may not be changed, the lower one alone, and the other way round.
        """
        gaps = np.array(rule.gaps)
        present = table[list(rule.columns)].notna().all(axis=1).to_numpy(dtype=bool)
        low_moves, high_moves = (present & self._movable(name) for name in rule.columns)
        both = low_moves & high_moves
        if both.any():
            self._draw_near(rule, gaps, both, table)
        for name, other, rows, sign in (
            (rule.high, rule.low, high_moves, 1.0),
            (rule.low, rule.high, low_moves & ~high_moves, -1.0),
        ):
            if not rows.any():
                continue
            start = meanings(table[other][rows], self.schema[other])
            from_start = as_floats(start)
            ends = [sign * (as_floats(end) - from_start) for end in self._ends(name, rows)]
            uniforms = self.uniforms[rows, self.encoder.learnt_index(name)]
            nearest, farthest = np.minimum(*ends), np.maximum(*ends)
            drawn, are_found = self._gaps(name, gaps, nearest, farthest, uniforms, start, sign)
            cells = restore_meanings(_moved(start, sign * drawn), self.schema[name])
            found = are_found & cells.notna().to_numpy(dtype=bool)
            # As round as the column is where the gap allows it, and on its grid at least.
            for rounded in (
                self._rounded(name, cells, np.zeros(len(cells))),
                self._rounded(name, cells, last_digits(uniforms)),
            ):
                gap = sign * (as_floats(meanings(rounded, self.schema[name])) - from_start)
                fits = (gap >= nearest.clip(min=0.0)) & (gap <= farthest)
                cells = cells.where(~fits, rounded)
            put_cells(table, name, np.flatnonzero(rows)[found], cells[found])

    def _gaps(
        self,
        name: Hashable,
        gaps: np.ndarray,
        nearest: np.ndarray,
        farthest: np.ndarray,
        uniforms: np.ndarray,
        start: pd.Series,
        sign: float,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return gaps of the table that lead into the modes of a column, and where there are any.

        Of several, those are likelier that lead to hours and days at which more happens.
        """
        encoder = self.encoder.encoder_of(name)
        if not isinstance(encoder, NumericEncoder) or encoder.rhythm is None:
            return _gaps_between(gaps, nearest, farthest, uniforms)
        candidates, weights = [], []
        for place in range(_N_CANDIDATES):
            shifted = (uniforms + place / _N_CANDIDATES) % 1.0
            drawn, are_found = _gaps_between(gaps, nearest, farthest, shifted)
            cells = restore_meanings(_moved(start, sign * drawn), self.schema[name])
            candidates.append(drawn)
            weights.append(encoder.rhythm_at(cells))
        upto = np.cumsum(weights, axis=0)
        chosen = (upto > last_digits(uniforms) * upto[-1]).argmax(axis=0)
        return np.array(candidates)[chosen, np.arange(len(chosen))], are_found

    def _rounded(self, name: Hashable, cells: pd.Series, uniforms: np.ndarray) -> pd.Series:
        """Return computed cells as round as those of their column."""
        encoder = self.encoder.encoder_of(name)
        return encoder.rounded(cells, uniforms) if isinstance(encoder, NumericEncoder) else cells

    def _draw_near(
        self, rule: Inequality, gaps: np.ndarray, rows: np.ndarray, table: pd.DataFrame
    ) -> None:
        """Draw the lower column again, by how many gaps lead from it to the higher one's mode."""
        shares = (np.arange(_N_PLACES) + 0.5) / _N_PLACES
        lowest, highest, first, last = (
            as_floats(ends) for ends in (*self._ends(rule.low, rows), *self._ends(rule.high, rows))
        )
        along = (lowest + shares[:, None] * (highest - lowest)).T
        weights = np.subtract(
            _share_below(gaps, last[:, None] - along, upto=True),
            _share_below(gaps, first[:, None] - along, upto=False),
        ).clip(min=0.0)
        upto = np.cumsum(weights, axis=1)
        wanted = self.uniforms[rows, self.encoder.learnt_index(rule.low)] * upto[:, -1]
        chosen = (upto > wanted[:, None]).argmax(axis=1)
        row = np.arange(len(chosen))
        found = upto[:, -1] > _FEWEST_GAPS * _N_PLACES
        # How far into its piece the uniform number lies: a uniform number again.
        inside = 1.0 - (upto[row, chosen] - wanted) / np.where(found, weights[row, chosen], 1.0)
        cells = self._cells(rule.low, rows, (chosen + inside) / _N_PLACES)
        put_cells(table, rule.low, np.flatnonzero(rows)[found], cells[found])

    def _ends(self, name: Hashable, rows: np.ndarray) -> tuple[pd.Series, pd.Series]:
        """Return where the modes of a column begin and end in some rows."""
        column, n_rows = self.schema[name], int(rows.sum())
        low, high = (
            meanings(self._cells(name, rows, shares), column)
            for shares in (np.zeros(n_rows), np.ones(n_rows))
        )
        return low, high

    def put_far(self, name: Hashable, table: pd.DataFrame) -> None:
        """Put the cells of a column at the upper ends of their modes, where they may move."""
        rows = self._movable(name) & table[name].notna().to_numpy(dtype=bool)
        cells = self._cells(name, rows, np.ones(int(rows.sum())))
        put_cells(table, name, np.flatnonzero(rows), cells)

    def move(
        self, rule: Inequality, name: Hashable, table: pd.DataFrame, beside: pd.DataFrame
    ) -> None:
        """Draw a column again inside the part of each mode in which a rule is kept.

        Parameters
        ----------
        rule : Inequality
            The rule.
        name : hashable
            The lower or the higher column of it.
        table : pandas.DataFrame
            The rows; changed in place.
        beside : pandas.DataFrame
            The rows with such values of the other column as the rule shall be kept with.
        """
        rows = rule.broken(beside, self.schema) & self._movable(name)
        if not rows.any():
            return
        pair = beside.loc[rows, list(rule.columns)].reset_index(drop=True)

        def cells_at(shares: np.ndarray) -> pd.Series:
            """Return the column so far along each mode, towards where the rule is kept."""
            return self._cells(name, rows, shares if name == rule.high else 1.0 - shares)

        def breaks_at(shares: np.ndarray) -> np.ndarray:
            moved = pair.copy()
            moved[name] = cells_at(shares).array
            return rule.broken(moved, self.schema)

        can_be_kept = ~breaks_at(np.ones(len(pair)))
        below, above = np.zeros(len(pair)), np.ones(len(pair))
        for _ in range(_N_HALVINGS):
            middle = (below + above) / 2
            breaks = breaks_at(middle)
            below, above = np.where(breaks, middle, below), np.where(breaks, above, middle)
        uniforms = self.uniforms[rows, self.encoder.learnt_index(name)]
        cells = cells_at(above + uniforms * (1.0 - above))
        put_cells(table, name, np.flatnonzero(rows)[can_be_kept], cells[can_be_kept])

    def _movable(self, name: Hashable) -> np.ndarray:
        """Return in which rows a column may be changed."""
        return self.free.get(name, np.ones(len(self.codes), dtype=bool))

    def _cells(self, name: Hashable, rows: np.ndarray, shares: np.ndarray) -> pd.Series:
        """Return a learnt column so far along the modes of some rows."""
        place: Any = self.encoder.learnt_index(name)
        inside = shares.clip(0.0, np.nextafter(1.0, 0.0))
        modes = self.codes[rows, place]
        return self.encoder.encoder_of(name).decode(modes, inside, 0, self.restricted.get(place))


def _gaps_between(
    quantiles: np.ndarray, lows: np.ndarray, highs: np.ndarray, uniforms: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return gaps of the law with these quantiles that lie in intervals, and where there are any.

    Parameters
    ----------
    quantiles : numpy.ndarray of shape (n_steps + 1,)
        Rising; equal ones in a row are a value that many rows have.
    lows, highs : numpy.ndarray of shape (n_rows,)
        The intervals.
    uniforms : numpy.ndarray of shape (n_rows,)
        Uniform in [0, 1).
    """
    start = _share_below(quantiles, lows, upto=False)
    stop = _share_below(quantiles, highs, upto=True)
    steps = np.linspace(0.0, 1.0, len(quantiles))
    gaps = np.interp(start + uniforms * (stop - start), steps, quantiles)
    return gaps.clip(lows, np.maximum(lows, highs)), stop - start > _FEWEST_GAPS


def _share_below(quantiles: np.ndarray, gaps: np.ndarray, *, upto: bool) -> np.ndarray:
    """Return the share of a law with these quantiles below some gaps, or upto and with them."""
    steps = np.linspace(0.0, 1.0, len(quantiles))
    rises = np.diff(quantiles) > 0
    # The first of equal quantiles is the share below, the last the share upto.
    known = np.append(rises, True) if upto else np.append(True, rises)
    return np.asarray(np.interp(gaps, quantiles[known], steps[known], left=0.0, right=1.0))


def _moved(start: pd.Series, gaps: np.ndarray) -> pd.Series:
    """Return numbers, dates or durations with gaps added."""
    if not pd.api.types.is_datetime64_any_dtype(start.dtype) and start.dtype.kind != "m":
        return start + pd.Series(gaps)
    # Days may be so far apart that nanoseconds cannot count them, so no finer than what is there.
    coarse: pd.Series = start.dt.as_unit("us") + _durations(gaps, "us")
    if start.dt.unit != "ns" or (coarse.notna() & ~fits_nanoseconds(coarse)).any():
        return coarse
    return start + _durations(gaps, "ns")


def _durations(seconds: np.ndarray, unit: str) -> pd.Series:
    return pd.Series(np.rint(seconds * PER_SECOND[unit]).astype(f"timedelta64[{unit}]"))


def put_cells(table: pd.DataFrame, name: Hashable, places: np.ndarray, cells: pd.Series) -> None:
    """Put cells in the rows at these places, in the column's own dtype."""
    column = table[name].copy()
    column.iloc[places] = cells.array
    table[name] = column
