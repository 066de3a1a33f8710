"""New rows of a fitted model: blocks of codes, then a table."""

import warnings
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from tabgan.conditioning.conditions import Conditions
from tabgan.errors import InvalidConditionError
from tabgan.parallel import in_parallel
from tabgan.synthesizers.model import FittedModel
from tabgan.synthesizers.redrawing import Redrawing
from tabgan.synthesizers.restricted import RestrictedBlock, draw_restricted
from tabgan.synthesizers.sampler import BLOCK_SIZE, Sampler

# Sets and ranges that not one in a thousand tables of the fit's size would satisfy once: what the
# network says of such rows is noise.
_HOPELESS = 1e-3
# With fewer independent candidates a block would repeat a few rows.
_FEWEST = 100


class _DrawnBlock(NamedTuple):
    """The rows of a block, and how its restricted columns were drawn."""

    codes: np.ndarray
    uniforms: np.ndarray
    search: RestrictedBlock | None

    @property
    def begun(self) -> np.ndarray | None:
        """What of it the restrictions had drawn."""
        return None if self.search is None else self.search.codes


@dataclass(frozen=True)
class RowSource:
    """Rows of one sample, numbered from 0; any part of them can be drawn.

    Parameters
    ----------
    model : FittedModel
        What was learnt.
    conditions : Conditions
        What is known of the rows.
    n_passes : int
        Passes to draw in.
    seed : int
        Names the random streams.
    """

    model: FittedModel
    conditions: Conditions
    n_passes: int
    seed: int

    def rows(self, start: int, stop: int) -> pd.DataFrame:
        """Return the rows from `start` up to `stop`.

        What conditions on all rows cost stands in ``attrs`` of the table: ``probability``, the
        share of unconditional rows that satisfy them, and ``effective_sample_size``, how many
        independent rows the restricted columns are worth.
        """
        sampler = self.model.sampler(self.conditions, self.n_passes)
        silent = self.model.silent_sampler(self.conditions)
        known = probability_of_known(silent) if self.conditions.are_shared else 1.0
        # Few passes are for speed; one column a pass is for faithfulness.
        in_order = self.n_passes >= self.model.passes.most

        redrawing = Redrawing(self.model.rules, sampler, self.seed, self._table)

        def keep(number: int, block: _DrawnBlock) -> _DrawnBlock:
            first = number * BLOCK_SIZE
            n_wanted = min(BLOCK_SIZE, stop - first)
            codes, uniforms = redrawing.kept(
                number, block.codes, block.uniforms, block.begun, n_wanted
            )
            return _DrawnBlock(codes, uniforms, block.search)

        def draw(block: int) -> _DrawnBlock:
            search = None
            if self.conditions.restricted:
                search = draw_restricted(silent, self.seed, block, in_order=in_order)
            begun = None if search is None else search.codes
            drawn = _DrawnBlock(*sampler.block(self.seed, block, begun), search)
            return keep(block, drawn) if self.model.rules.constraints else drawn

        blocks = range(start // BLOCK_SIZE, -(-stop // BLOCK_SIZE))
        # Whether a row repeats another one, only those before it can say.
        one_by_one = bool(self.model.rules.of_tables)
        if one_by_one:
            blocks = range(blocks.stop)
        drawn = in_parallel(draw, blocks[:1])
        searches = [block.search for block in drawn if block.search is not None]
        if searches and start == 0:  # once a sample: other blocks estimate the same
            self._check_rarity(searches[0])
        drawn += map(draw, blocks[1:]) if one_by_one else in_parallel(draw, blocks[1:])
        searches = [block.search for block in drawn if block.search is not None]
        frame = self._decoded(drawn, blocks.start, start, stop)
        lacks = start + np.flatnonzero(self.model.rules.not_added_up(frame))
        if len(lacks) and not self.model.rules.constraints:
            # A row in thousands: only their blocks are looked at row by row.
            for number in map(int, np.unique(lacks // BLOCK_SIZE)):
                place = number - blocks.start
                drawn[place] = keep(number, drawn[place])
            frame = self._decoded(drawn, blocks.start, start, stop)
        frame = self.model.encoder.shown(frame)
        if self.conditions.are_shared and len(frame):
            faithful = self.model.sampler(self.conditions, self.model.passes.most)
            known *= relative_share_taken(faithful, self.seed, searches)
            frame.attrs["conditions"] = _summary(known, searches, len(frame))
        return frame

    def _decoded(
        self, drawn: list[_DrawnBlock], first_block: int, start: int, stop: int
    ) -> pd.DataFrame:
        """Return the rows from `start` up to `stop` of some blocks, with the remainders."""
        n_columns, first = self.model.generator.layout.n_columns, first_block * BLOCK_SIZE
        nothing = np.empty((0, n_columns), dtype=np.int64), np.empty((0, n_columns))
        codes = np.concatenate([nothing[0], *(block.codes for block in drawn)])
        uniforms = np.concatenate([nothing[1], *(block.uniforms for block in drawn)])
        rows = slice(start - first, max(start, stop) - first)
        return self._table(codes[rows], uniforms[rows], np.arange(start, max(start, stop)))

    def _table(self, codes: np.ndarray, uniforms: np.ndarray, numbers: np.ndarray) -> pd.DataFrame:
        """Return the table that codes and uniform numbers of rows with these numbers stand for."""
        first = int(numbers[0]) if len(numbers) else 0
        frame = self.model.encoder.decode(codes, uniforms, first, self.conditions.restricted)
        self._put_exact_values(frame, numbers)
        nowhere = np.zeros(len(frame), dtype=bool)
        free = dict.fromkeys(self.conditions.values, nowhere)
        self.model.rules.arrange(frame, codes, uniforms, free, self.conditions.restricted)
        return frame

    def batches(self, n_rows: int, size: int) -> Iterator[pd.DataFrame]:
        """Yield the first rows in tables of at most so many."""
        if self.model.rules.of_tables:
            # Each row has to know all before it.
            whole = self.rows(0, n_rows)
            yield from (whole.iloc[start : start + size] for start in range(0, n_rows, size))
            return
        for start in range(0, n_rows, size):
            batch = self.rows(start, min(start + size, n_rows))
            batch.index = pd.RangeIndex(start, start + len(batch))
            yield batch

    def _check_rarity(self, found: RestrictedBlock) -> None:
        """Refuse, or warn of, sets and ranges that the table of the fit says nothing about.

        Given the values that are known: a whole row of values is rare by nature.
        """
        expected = found.probability * self.model.n_rows
        rarity = (
            f"the sets and ranges of {self._restricted_names()} together hold in about "
            f"{found.probability:.1g} of the rows that have the values asked for, {expected:.1g} "
            f"in {self.model.n_rows:,}"
        )
        if expected < _HOPELESS or found.effective_size < _FEWEST:
            raise InvalidConditionError(
                f"{rarity}, and {found.n_candidates:,} draws found {found.effective_size:.0f} "
                "independent ones; widen a range, or condition on fewer columns"
            )
        if expected < 1.0:
            warnings.warn(
                f"{rarity}: the model extrapolates. Check the sample, or widen a range.",
                stacklevel=4,
            )

    def _restricted_names(self) -> list[Hashable]:
        learnt = self.model.encoder.learnt
        return [learnt[place].column.name for place in self.conditions.restricted]

    def _put_exact_values(self, frame: pd.DataFrame, numbers: np.ndarray) -> None:
        """Put the very values of the conditions where decoding gave some value of their mode."""
        for name, values in self.conditions.values.items():
            rows = numbers.clip(max=len(values) - 1)
            exact = values.take(rows).reset_index(drop=True)
            if exact.notna().all():  # a missing cell already decodes to itself
                frame[name] = exact.array
            else:
                frame[name] = frame[name].where(exact.isna(), exact)


def probability_of_known(sampler: Sampler) -> float:
    """Return the share of rows that have the known modes, by the chain rule.

    The mean over the learnt order of the columns and its reverse: a network that was not trained
    to the end answers a little differently in each.
    """
    order = [column for column in sampler.passes.order if sampler.conditions.known[0, column] >= 0]
    return (_chained(sampler, order) + _chained(sampler, order[::-1])) / 2


def _chained(sampler: Sampler, order: list[int]) -> float:
    """Return the product of the probability of each known mode, given those before it."""
    wanted = sampler.conditions.known_rows(0, 1)
    codes = np.full_like(wanted, -1)
    probability = 1.0
    for column in order:
        weights = sampler.weights(sampler.features(codes), column)[0]
        probability *= float(weights[wanted[0, column]] / weights.sum())
        codes[0, column] = wanted[0, column]
    return probability


def relative_share_taken(sampler: Sampler, seed: int, searches: list[RestrictedBlock]) -> float:
    """Return how much oftener than others candidates are taken that satisfy the conditions.

    So much commoner are such rows in a sample than the network alone says.
    """
    if sampler.ratio is None:
        return 1.0
    begun = searches[0].codes if searches else None
    candidates, _ = replace(sampler, ratio=None).block(seed, 0, begun)
    return float(sampler.ratio.shares_taken(candidates).mean()) / sampler.ratio.mean_share


def _summary(known: float, searches: list[RestrictedBlock], n_rows: int) -> dict[str, float]:
    found = [search.probability for search in searches] or [1.0]
    independent = [search.effective_rows / BLOCK_SIZE for search in searches] or [1.0]
    return {
        "probability": min(1.0, known * float(np.mean(found))),
        "effective_sample_size": n_rows * float(np.mean(independent)),
    }
