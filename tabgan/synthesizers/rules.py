"""The rules of a fitted table: which rows break one, and what a rule determines."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tabgan.encoding import TableEncoder
from tabgan.encoding.restore import restore_meanings
from tabgan.encoding.restriction import Restriction
from tabgan.schema import TableSchema
from tabgan.schema.constraints import Constraint, Inequality

# How finely a mode is searched for where a rule begins to be kept: to a 65,536th.
_N_HALVINGS = 16


@dataclass(frozen=True)
class Rules:
    """The rules of a fitted table.

    Parameters
    ----------
    constraints : tuple of Constraint
        The rules.
    encoder : TableEncoder
        Of the table.
    """

    constraints: tuple[Constraint, ...]
    encoder: TableEncoder

    @property
    def schema(self) -> TableSchema:
        """What the columns are."""
        return self.encoder.schema

    @property
    def of_rows(self) -> tuple[Constraint, ...]:
        """Those that each row keeps by itself."""
        return tuple(rule for rule in self.constraints if rule.is_of_rows)

    @property
    def of_tables(self) -> tuple[Constraint, ...]:
        """Those about several rows."""
        return tuple(rule for rule in self.constraints if not rule.is_of_rows)

    def broken(self, table: pd.DataFrame) -> np.ndarray:
        """Return which rows break a rule about rows, bool of shape (n_rows,)."""
        broken = np.zeros(len(table), dtype=bool)
        for rule in self.of_rows:
            broken |= rule.broken(table, self.schema)
        return broken

    def arrange(
        self,
        table: pd.DataFrame,
        codes: np.ndarray,
        uniforms: np.ndarray,
        free: Mapping[Hashable, np.ndarray],
        restricted: Mapping[int, Restriction] | None = None,
    ) -> None:
        """Make drawn rows keep what can be kept without drawing modes again, in place.

        Inequalities by another place inside the mode of one of the two columns, sums and formulas
        by computing one column from the others.

        Parameters
        ----------
        table : pandas.DataFrame
            What the codes and uniform numbers stand for, and known values.
        codes, uniforms : numpy.ndarray of shape (n_rows, n_learnt_columns)
            Modes, and uniform numbers that places inside them are drawn from.
        free : mapping of hashable to numpy.ndarray of bool, shape (n_rows,)
            Which cells of a column may be changed; all, where a column is not named.
        restricted : mapping of int to Restriction or None
            Learnt column to the part of it that its values lie in: these are moved within it, and
            never computed.
        """
        restricted = restricted or {}
        orders = [rule for rule in self.constraints if isinstance(rule, Inequality)]
        for _ in orders:  # the lower column of one may be the higher of another
            for rule in orders:
                # Upwards if possible: then the lower column keeps its law.
                for name in (rule.high, rule.low):
                    self._move(rule, name, table, codes, uniforms, free, restricted)
        names = [column.column.name for column in self.encoder.learnt]
        nowhere = np.zeros(len(table), dtype=bool)
        self.solve(table, {**free, **{names[place]: nowhere for place in restricted}})

    def _move(
        self,
        rule: Inequality,
        name: Hashable,
        table: pd.DataFrame,
        codes: np.ndarray,
        uniforms: np.ndarray,
        free: Mapping[Hashable, np.ndarray],
        restricted: Mapping[int, Restriction],
    ) -> None:
        """Redraw one column of an inequality inside its modes, where a row breaks it."""
        place = self.encoder.learnt_index(name)
        rows = rule.broken(table, self.schema)
        if name in free:
            rows = rows & free[name]
        if place is None or not rows.any():
            return
        column = self.encoder.learnt[place]
        pair = table.loc[rows, list(rule.columns)].reset_index(drop=True)
        modes, upwards = codes[rows, place], name == rule.high

        def cells_at(shares: np.ndarray) -> pd.Series:
            """Return the column so far along each mode, towards where the rule is kept."""
            inside = (shares if upwards else 1.0 - shares).clip(0.0, np.nextafter(1.0, 0.0))
            return column.decode(modes, inside, 0, restricted.get(place))

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
        cells = cells_at(above + uniforms[rows, place] * (1.0 - above))
        _put(table, name, np.flatnonzero(rows)[can_be_kept], cells[can_be_kept])

    def solve(self, table: pd.DataFrame, free: Mapping[Hashable, np.ndarray]) -> None:
        """Compute cells that rules determine, in place.

        Parameters
        ----------
        table : pandas.DataFrame
            Rows, some of which may break rules.
        free : mapping of hashable to numpy.ndarray of bool, shape (n_rows,)
            Which cells of a column may be changed; all, where a column is not named.
        """
        determined = [rule for rule in self.constraints if rule.members]
        for _ in determined:  # one may be computed from what another computes
            for rule in determined:
                self._solve(rule, table, free)

    def _solve(
        self, rule: Constraint, table: pd.DataFrame, free: Mapping[Hashable, np.ndarray]
    ) -> None:
        encoders = {encoder.column.name: encoder for encoder in self.encoder.encoders}
        broken = rule.broken(table, self.schema)
        for member in rule.members:
            rows = broken if member not in free else broken & free[member]
            if not rows.any():
                continue
            part = table.loc[rows].reset_index(drop=True)
            cells = restore_meanings(rule.solved(member, part, self.schema), self.schema[member])
            possible = cells.notna().to_numpy(dtype=bool)
            if member != rule.members[0]:
                # A part that is what is left of a total may be none that the table could have.
                possible = possible & encoders[member].holds(cells)
            places = np.flatnonzero(rows)[possible]
            _put(table, member, places, cells[possible])
            broken[places] = False


def _put(table: pd.DataFrame, name: Hashable, places: np.ndarray, cells: pd.Series) -> None:
    """Put cells in the rows at these places, in the column's own dtype."""
    column = table[name].copy()
    column.iloc[places] = cells.array
    table[name] = column
