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
from tabgan.synthesizers.rules import Rules
from tabgan.synthesizers.sampler import BLOCK_SIZE, Sampler

# Candidates that an open row has in each round, 64 together: a rule that one row in twenty keeps is
# found in all but a few of a block's rows, and their neighbours' candidates serve for these.
_ROUNDS = (1, 1, 2, 4, 8, 16, 32)


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
        Returns the table that codes and uniform numbers stand for, given the numbers of the rows.
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
        for n_each in _ROUNDS:
            table = self.table_of(codes, uniforms, numbers)
            broken = self._broken(table)
            if not broken[:n_wanted].any():
                break
            open_rows = np.flatnonzero(broken)
            rows = np.repeat(open_rows, n_each)
            start = (
                known[rows] if begun is None else begun[rng.integers(len(begun), size=len(rows))]
            )
            drawn, their_uniforms = self.sampler.fill(start, rng)
            candidates = self.table_of(drawn, their_uniforms, numbers[rows])
            are_kept = self._kept_beside(candidates, table[~broken])
            if are_alike:
                chosen = np.flatnonzero(are_kept)[: len(open_rows)]
                places = open_rows[: len(chosen)]
            else:
                of_row = are_kept.reshape(-1, n_each)
                found = np.flatnonzero(of_row.any(axis=1))
                chosen, places = found * n_each + of_row[found].argmax(axis=1), open_rows[found]
            codes[places], uniforms[places] = drawn[chosen], their_uniforms[chosen]
        table = self.table_of(codes, uniforms, numbers).iloc[:n_wanted]
        if self._broken(table).any():
            raise ConstraintError(self._hopeless(table))
        for seen, rule in zip(self._seen, self.rules.of_tables, strict=True):
            seen.update(_keys(table, rule.columns))
        return codes, uniforms

    def _broken(self, table: pd.DataFrame) -> np.ndarray:
        broken = self.rules.broken(table)
        for rule in self.rules.of_tables:
            broken |= self._broken_by(rule, table)
        return broken

    def _kept_beside(self, candidates: pd.DataFrame, kept: pd.DataFrame) -> np.ndarray:
        """Return which candidates keep all rules as the next rows of a table."""
        broken = self.rules.broken(candidates)
        for rule in self.rules.of_tables:
            names = list(rule.columns)
            rows = pd.concat([kept[names], candidates.loc[~broken, names]], ignore_index=True)
            broken[~broken] = self._broken_by(rule, rows)[len(kept) :]
        return ~broken

    def _broken_by(self, rule: Constraint, table: pd.DataFrame) -> np.ndarray:
        """Return which rows break a rule about several, by themselves or with earlier blocks."""
        seen = self._seen[self.rules.of_tables.index(rule)]
        repeats = np.array([key in seen for key in _keys(table, rule.columns)], dtype=bool)
        return np.asarray(rule.broken(table, self.rules.schema) | repeats)

    def _hopeless(self, table: pd.DataFrame) -> str:
        counts = {
            str(rule): int(rule.broken(table, self.rules.schema).sum())
            for rule in self.rules.constraints
        }
        listed = "; ".join(f"{count} break {rule}" for rule, count in counts.items() if count)
        listed = listed or "the others repeat earlier rows"
        return (
            f"after {sum(_ROUNDS)} draws a row some of {len(table):,} break a rule: {listed}. "
            "Ask for fewer rows or for other conditions, or fit without the rule"
        )


def _keys(table: pd.DataFrame, names: tuple[Hashable, ...]) -> list[Hashable]:
    columns = [table[name].astype(object) for name in names]
    present = [cells.where(cells.notna(), None) for cells in columns]
    return list(zip(*present, strict=True))
