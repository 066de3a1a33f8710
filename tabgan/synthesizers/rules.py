"""The rules of a fitted table: which rows break one, and what a rule determines."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from tabgan.encoding import TableEncoder
from tabgan.encoding.restore import restore_meanings
from tabgan.encoding.restriction import Restriction
from tabgan.schema import TableSchema
from tabgan.schema.constraints import Constraint, Inequality
from tabgan.synthesizers.computing import Way, ways_to_compute
from tabgan.synthesizers.placing import DrawnRows, put_cells

# How often sums are computed where one hangs on another: each round leaves a part of the error, a
# fifth where tax is a fifth. A first choice.
_ROUNDS_OF_SUMS = 8


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

    @cached_property
    def schema(self) -> TableSchema:
        """What the columns are."""
        return self.encoder.full_schema

    @property
    def of_rows(self) -> tuple[Constraint, ...]:
        """Those that each row keeps by itself."""
        return tuple(rule for rule in self.constraints if rule.is_of_rows)

    @cached_property
    def _ways(self) -> tuple[Way, ...]:
        return ways_to_compute(self.constraints)

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

    def not_added_up(self, table: pd.DataFrame) -> np.ndarray:
        """Return in which rows a sum with a remainder does not hold, bool of shape (n_rows,)."""
        broken = np.zeros(len(table), dtype=bool)
        for rest in self.encoder.remainders:
            broken |= rest.rule.broken(table, self.schema)
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
        by computing one column from the others; columns with a remainder are computed from it.

        Parameters
        ----------
        table : pandas.DataFrame
            What the codes and uniform numbers stand for, and known values.
        codes, uniforms : numpy.ndarray of shape (n_rows, n_learnt_columns)
            Modes, and uniform numbers that places inside them are drawn from.
        free : mapping of hashable to numpy.ndarray of bool, shape (n_rows,)
            Which cells of a column may be changed; all, where a column is not named.
        restricted : mapping of int to Restriction or None
            Learnt column to the part of it that its values shall lie in.
        """
        drawn = DrawnRows(self.encoder, self.schema, codes, uniforms, free, restricted or {})
        orders = [rule for rule in self.constraints if isinstance(rule, Inequality)]
        for rule in _narrowest(orders):
            if not self._is_computed(rule):
                drawn.place(rule, table)
        if orders:
            self._add_up(table, free, self._within(restricted))
        for _ in orders:  # the lower column of one may be the higher of another
            n_moved = 0
            for rule in orders:
                # Only rows that break it are moved, and whether one is does not hang on the others:
                # it must become what it would alone.
                if not rule.broken(table, self.schema).any():
                    continue
                n_moved += 1
                # Down, where the higher column cannot rise so far inside its mode; else that rises,
                # and the lower column keeps its law.
                highest = table[list(rule.columns)].copy()
                drawn.put_far(rule.high, highest)
                drawn.move(rule, rule.low, table, highest)
                drawn.move(rule, rule.high, table, table)
            if not n_moved:
                break
        self.solve(table, free, restricted)

    def solve(
        self,
        table: pd.DataFrame,
        free: Mapping[Hashable, np.ndarray],
        restricted: Mapping[int, Restriction] | None = None,
    ) -> None:
        """Compute cells that remainders or rules determine, in place.

        Parameters
        ----------
        table, free, restricted
            As in :meth:`arrange`.
        """
        within = self._within(restricted)
        way, *others = self._ways
        sums_may_yield = bool(self.encoder.remainders and self.constraints)
        as_drawn = table.copy() if sums_may_yield else table
        self._add_up(table, free, within)
        drawn = table.copy() if others else table
        self._compute(way, table, free, within)
        if sums_may_yield:
            # A rule is kept rather than a sum that nobody asked for.
            drawn, others = as_drawn, [way, *others]
        summed = {name for rest in self.encoder.remainders for name in rest.columns}
        for way in others:
            rows = self.broken(table)
            if not rows.any():
                break
            part = drawn.loc[rows].reset_index(drop=True)
            self._compute(way, part, {name: cells[rows] for name, cells in free.items()}, within)
            kept = ~self.broken(part)
            for name in summed | {name for rule, _ in way for name in rule.members}:
                put_cells(table, name, np.flatnonzero(rows)[kept], part[name][kept])

    def _within(self, restricted: Mapping[int, Restriction] | None) -> dict[Hashable, Restriction]:
        """Return the parts of columns that their values shall lie in, by the columns' names."""
        learnt = self.encoder.learnt
        return {learnt[place].column.name: part for place, part in (restricted or {}).items()}

    def _is_computed(self, rule: Inequality) -> bool:
        """Say whether a remainder tells how far apart the two columns are."""
        return any(
            set(rule.columns) <= set(rest.columns) and rest.column in rule.columns
            for rest in self.encoder.remainders
        )

    def _add_up(
        self,
        table: pd.DataFrame,
        free: Mapping[Hashable, np.ndarray],
        within: Mapping[Hashable, Restriction],
    ) -> None:
        """Compute the columns that are learnt by their remainders.

        Where something is asked of one, a part is computed, and again what that part determines:
        tax is a share of the net, and both are to add up to what was asked for.
        """
        nowhere = np.zeros(len(table), dtype=bool)
        computed = dict.fromkeys((rest.column for rest in self.encoder.remainders), nowhere)
        is_asked = any(n in within or (n in free and not free[n].all()) for n in computed)
        for _ in range(_ROUNDS_OF_SUMS):
            for rest in self.encoder.remainders:
                of_rule = {**free, **computed, rest.name: nowhere}
                of_rule[rest.column] = free.get(rest.column, ~nowhere)
                self._solve(rest.rule, rest.column, table, of_rule, within)
            if not is_asked or not self.not_added_up(table).any():
                break

    def _compute(
        self,
        way: Way,
        table: pd.DataFrame,
        free: Mapping[Hashable, np.ndarray],
        within: Mapping[Hashable, Restriction],
    ) -> None:
        for _ in way:  # one may be computed from what another computes
            for rule, computed in way:
                self._solve(rule, computed, table, free, within)

    def _solve(
        self,
        rule: Constraint,
        computed: Hashable,
        table: pd.DataFrame,
        free: Mapping[Hashable, np.ndarray],
        within: Mapping[Hashable, Restriction],
    ) -> None:
        broken = rule.broken(table, self.schema)
        everywhere = np.ones(len(table), dtype=bool)
        # The other members keep their law, but where something is asked of the computed one.
        asked = everywhere if computed in within else ~free.get(computed, everywhere)
        others = (member for member in rule.members if member != computed)
        for member in (computed, *others):
            rows = broken & free.get(member, everywhere)
            if member != computed:
                rows &= asked
            if not rows.any():
                continue
            part = table.loc[rows].reset_index(drop=True)
            cells = restore_meanings(rule.solved(member, part, self.schema), self.schema[member])
            possible = cells.notna().to_numpy(dtype=bool, copy=True)
            if member != rule.members[0] or member in within or rule not in self.constraints:
                # What is left of a total may be no value that the table could have, and keeps
                # the rule no more once it is rounded. Where no rule asks for it, nor is a total.
                possible &= self.encoder.encoder_of(member).holds(cells, within.get(member))
                part[member] = cells.array
                possible &= ~rule.broken(part, self.schema)
            places = np.flatnonzero(rows)[possible]
            put_cells(table, member, places, cells[possible])
            broken[places] = False
            if rule not in self.constraints and member not in within and not possible.all():
                # Nearer to what adds up than anything that was drawn.
                near = self.encoder.encoder_of(member).nearest(cells[~possible])
                there = near.notna().to_numpy(dtype=bool)
                put_cells(table, member, np.flatnonzero(rows)[~possible][there], near[there])


def _narrowest(orders: list[Inequality]) -> list[Inequality]:
    """Return for each higher column the rule with the smallest gaps: it says most about it."""
    chosen: dict[Hashable, Inequality] = {}
    with_gaps = [rule for rule in orders if rule.gaps is not None]
    for rule in sorted(with_gaps, key=lambda rule: float(np.median(rule.gaps or ()))):
        chosen.setdefault(rule.high, rule)
    return list(chosen.values())
