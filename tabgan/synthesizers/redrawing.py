"""Draw rows again that break a rule.

The network learns rules as it learns everything else, and breaks some now and then. A row that
does is drawn again, from the same known cells: what comes out has the law of the model given that
the rules hold.
"""

from collections.abc import Callable, Hashable

import numpy as np
import pandas as pd

from tabgan.errors import ConstraintError
from tabgan.randomness import stream
from tabgan.schema.constraints import Constraint
from tabgan.schema.constraints.constraint import rows_of
from tabgan.synthesizers.rules import Rules
from tabgan.synthesizers.sampler import BLOCK_SIZE, Sampler

# Candidates that an open row has in each round, 64 together: a rule that one row in twenty keeps is
# found in all but a few of a block's rows, and their neighbours' candidates serve for these.
_ROUNDS = (1, 1, 2, 4, 8, 16, 32)
# Up to so many candidates a round rows are drawn again because a remainder does not add up: that
# is no rule, and conditions may make it impossible.
_MOST_FOR_REMAINDERS = 4


class Redrawing:
    """Draws the rows of blocks again until they keep the rules.

    Parameters
    ----------
    rules : Rules
        What to keep.
    sampler : Sampler
        Draws rows.
    seed : int
        Names the random streams.
    table_of : callable
        Returns the table that codes and uniform numbers stand for, given the numbers of the rows;
        with the remainders.
    """

    def __init__(
        self,
        rules: Rules,
        sampler: Sampler,
        seed: int,
        table_of: Callable[[np.ndarray, np.ndarray, np.ndarray], pd.DataFrame],
    ) -> None:
        self.rules = rules
        self.sampler = sampler
        self.seed = seed
        self.table_of = table_of
        # What the rows of the blocks before hold, for each rule about several rows.
        self._seen: list[set[Hashable]] = [set() for _ in rules.of_tables]

    def kept(
        self,
        block: int,
        codes: np.ndarray,
        uniforms: np.ndarray,
        begun: np.ndarray | None,
        n_wanted: int,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of a block, those that break a rule drawn again.

        Where there are rules about several rows, blocks have to come in their order.

        Parameters
        ----------
        block : int
            Its number.
        codes, uniforms : numpy.ndarray of shape (1024, n_columns)
            The block as it was drawn.
        begun : numpy.ndarray or None
            What of it was known or drawn under restrictions; if ``None``, what the conditions know.
        n_wanted : int
            How many of its first rows are asked for. The earlier a row, the sooner it is found, so
            that rules that only so many rows can keep are not asked of more.

        Raises
        ------
        ConstraintError
            If not so many rows were found that keep all rules.
        """
        codes, uniforms = codes.copy(), uniforms.copy()
        rng = stream(self.seed, "redraws", block)
        numbers = block * BLOCK_SIZE + np.arange(len(codes))
        known = self.sampler.conditions.known_rows(block * BLOCK_SIZE, len(codes))
        are_alike = len(self.sampler.conditions.known) == 1
        for n_each in (*_ROUNDS, 0):
            table = self.table_of(codes, uniforms, numbers)
            adds_up = n_each and n_each <= _MOST_FOR_REMAINDERS
            broken = self._broken(table)
            if adds_up:
                broken |= self.rules.not_added_up(table)
            if not broken[:n_wanted].any():
                break
            if not n_each:
                raise ConstraintError(self._hopeless(table.iloc[:n_wanted]))
            open_rows = np.flatnonzero(broken)
            # Where rows differ, all have candidates: none may depend on how many others are open.
            rows = np.repeat(open_rows if are_alike else np.arange(len(codes)), n_each)
            start = (
                known[rows] if begun is None else begun[rng.integers(len(begun), size=len(rows))]
            )
            drawn, their_uniforms = self.sampler.fill(start, rng)
            candidates = self.table_of(drawn, their_uniforms, numbers[rows])
            are_kept = ~self.rules.broken(candidates)
            if adds_up:
                are_kept &= ~self.rules.not_added_up(candidates)
            of_row = np.full(len(rows), -1) if are_alike else rows
            if self.rules.of_tables:
                places, chosen = self._matched(table, broken, candidates, are_kept, of_row)
            else:
                places, chosen = _first_kept(open_rows, are_kept, of_row)
            codes[places], uniforms[places] = drawn[chosen], their_uniforms[chosen]
        for seen, rule in zip(self._seen, self.rules.of_tables, strict=True):
            seen.update(rows_of(table.iloc[:n_wanted], rule.columns))
        return codes, uniforms

    def _broken(self, table: pd.DataFrame) -> np.ndarray:
        broken = self.rules.broken(table)
        for rule in self.rules.of_tables:
            broken |= self._broken_by(rule, table)
        return broken

    def _matched(
        self,
        table: pd.DataFrame,
        broken: np.ndarray,
        candidates: pd.DataFrame,
        are_kept: np.ndarray,
        of_row: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return which rows get which candidates, so that no row repeats an earlier one.

        A row is not asked to differ from later ones: those are drawn again in the next round.
        """
        taken: list[set[Hashable]] = [set() for _ in self._seen]
        keys = _keys_of_rules(table, self.rules.of_tables)
        theirs = _keys_of_rules(candidates, self.rules.of_tables)
        waiting: dict[int, list[int]] = {}
        for candidate in np.flatnonzero(are_kept)[::-1]:
            waiting.setdefault(int(of_row[candidate]), []).append(int(candidate))
        places: list[int] = []
        chosen: list[int] = []
        for row in range(len(table)):
            found = keys[row]
            if broken[row]:
                queue = waiting.get(row) or waiting.get(-1) or []
                while queue and any(
                    key in here or key in before
                    for key, here, before in zip(theirs[queue[-1]], taken, self._seen, strict=True)
                ):
                    queue.pop()
                if not queue:
                    continue
                places.append(row)
                chosen.append(queue.pop())
                found = theirs[chosen[-1]]
            for key, here in zip(found, taken, strict=True):
                here.add(key)
        return np.array(places, dtype=np.int64), np.array(chosen, dtype=np.int64)

    def _broken_by(self, rule: Constraint, table: pd.DataFrame) -> np.ndarray:
        """Return which rows break a rule about several, by themselves or with earlier blocks."""
        seen = self._seen[self.rules.of_tables.index(rule)]
        repeats = np.array([key in seen for key in rows_of(table, rule.columns)], dtype=bool)
        return np.asarray(rule.broken(table, self.rules.schema) | repeats)

    def _hopeless(self, table: pd.DataFrame) -> str:
        counts = {
            str(rule): int(rule.broken(table, self.rules.schema).sum())
            for rule in self.rules.constraints
        }
        listed = "; ".join(f"{rule} (rows: {count})" for rule, count in counts.items() if count)
        listed = listed or "some repeat rows of earlier blocks"
        return (
            f"after {sum(_ROUNDS)} draws a row some of {len(table):,} break a rule: {listed}. "
            "Ask for conditions that go together under it, for fewer rows, or fit without the rule"
        )


def _first_kept(
    open_rows: np.ndarray, are_kept: np.ndarray, of_row: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return which open rows get which candidates: the first of their own, or any if of row -1."""
    kept = np.flatnonzero(are_kept)
    if of_row[0] < 0:
        chosen = kept[: len(open_rows)]
        return open_rows[: len(chosen)], chosen
    kept = kept[np.isin(of_row[kept], open_rows)]
    places, first = np.unique(of_row[kept], return_index=True)
    return places, kept[first]


def _keys_of_rules(
    table: pd.DataFrame, rules: tuple[Constraint, ...]
) -> list[tuple[Hashable, ...]]:
    """Return for each row what each rule about several rows compares."""
    return list(zip(*(rows_of(table, rule.columns) for rule in rules), strict=True))
