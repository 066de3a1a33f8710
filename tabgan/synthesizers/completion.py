"""Fill the gaps of a table: each row's unknown cells, given its known ones."""

import warnings
from collections.abc import Hashable

import numpy as np
import pandas as pd

from tabgan.conditioning.conditions import no_conditions
from tabgan.encoding import TableEncoder
from tabgan.encoding.restriction import Restriction
from tabgan.randomness import stream
from tabgan.synthesizers.model import FittedModel
from tabgan.synthesizers.placing import put_cells
from tabgan.synthesizers.rules import Rules
from tabgan.synthesizers.sampler import BLOCK_SIZE, Sampler, draw_modes, restrict

# Where a row has several gaps that could be missing values, how many completions to choose one
# from: that no cell shall be missing changes the law of the others. A first choice, not ablated.
_N_CANDIDATES = 8
# How often to fill the gaps of rows that break a rule: of those with an even chance each time, one
# in a million is left.
_N_ATTEMPTS = 20
# How many of these are for remainders, too: that a row adds up is no rule, and may be impossible
# with what is known. A first choice.
_ATTEMPTS_TO_ADD_UP = 8


def complete_table(
    model: FittedModel, table: pd.DataFrame, how: str, n_passes: int, seed: int
) -> pd.DataFrame:
    """Return the table with its gaps filled.

    Parameters
    ----------
    model : FittedModel
        What was learnt.
    table : pandas.DataFrame
        Columns of the training table, some or all; missing cells are gaps.
    how : {"draw", "expected"}
        Draw all gaps of a row together, or give each its most probable category or its mean.
    n_passes : int
        Passes to draw in.
    seed : int
        Names the random streams.
    """
    encoder = model.encoder
    # pandas widens integers and booleans that have gaps; what they hold decides, not their dtype.
    codes = encoder.encode_known(table).astype(np.int64)
    for place, column in enumerate(encoder.learnt):
        cells = encoder.cells_of(table, column.column.name)
        if cells is not None:
            codes[cells.isna().to_numpy(dtype=bool), place] = -1
    # A gap is filled with a value, if the column has any to give.
    present = {i: column.present() for i, column in enumerate(encoder.learnt)}
    present = {i: restriction for i, restriction in present.items() if restriction.is_possible}
    rules = model.rules
    if how == "draw":
        sampler = model.sampler(no_conditions(encoder), n_passes)
        filled = _drawn_by_rules(rules, sampler, table, codes, present, seed)
    else:
        sampler = model.silent_sampler(no_conditions(encoder))
        filled = _expected_by_rules(rules, sampler, table, codes, present)
    n_broken = int(rules.broken(filled).sum())
    if n_broken:
        warnings.warn(
            f"{n_broken:,} of {len(filled):,} rows break a rule with what is known of them, or no "
            "way to fill their gaps was found that keeps it; they are filled as if there was none",
            stacklevel=3,
        )
    return encoder.shown(filled)


def _with_known(table: pd.DataFrame, filled: pd.DataFrame, encoder: TableEncoder) -> pd.DataFrame:
    """Return the given cells and remainders, and the filled ones where there are none."""
    filled.index = table.index
    for column in encoder.encoders:
        name = column.column.name
        known = encoder.cells_of(table, name)
        if known is not None:
            known.index = table.index
            filled[name] = _keep_known(known, filled[name])
    return filled


def _gaps(table: pd.DataFrame, encoder: TableEncoder) -> dict[Hashable, np.ndarray]:
    """Return which cells of each column are gaps."""
    everywhere = np.ones(len(table), dtype=bool)
    return {
        column.column.name: table[column.column.name].isna().to_numpy(dtype=bool)
        if column.column.name in table.columns
        else everywhere
        for column in encoder.encoders
    }


def _drawn_by_rules(
    rules: Rules,
    sampler: Sampler,
    table: pd.DataFrame,
    codes: np.ndarray,
    present: dict[int, Restriction],
    seed: int,
) -> pd.DataFrame:
    """Return the table with its gaps filled, again and again in rows that break a rule."""
    filled = _drawn(rules, sampler, table, codes, present, seed, 0)
    for attempt in range(1, _N_ATTEMPTS):
        broken = rules.broken(filled)
        if attempt <= _ATTEMPTS_TO_ADD_UP:
            broken |= rules.not_added_up(filled)
        open_rows = np.flatnonzero(broken)
        if not len(open_rows):
            return filled
        part = table.iloc[open_rows]
        again = _drawn(rules, sampler, part, codes[open_rows], present, seed, attempt)
        _put_kept(rules, filled, open_rows, again)
    return filled


def _expected_by_rules(
    rules: Rules,
    sampler: Sampler,
    table: pd.DataFrame,
    codes: np.ndarray,
    present: dict[int, Restriction],
) -> pd.DataFrame:
    """Return the table with guesses for its gaps, moved inside the likeliest modes by the rules."""
    weights = _weights(sampler, codes, present)
    filled = _with_known(table, rules.encoder.expected(weights), rules.encoder)
    gaps = _gaps(table, rules.encoder)
    rules.solve(filled, gaps)
    names = {name for rule in rules.constraints for name in rule.columns}
    ruled = [i for i, column in enumerate(rules.encoder.learnt) if column.column.name in names]
    for _ in range(_N_ATTEMPTS):
        open_rows = np.flatnonzero(rules.broken(filled))
        if not len(open_rows):
            break
        known = codes[open_rows]
        likeliest = np.stack([column[open_rows].argmax(axis=1) for column in weights], axis=1)
        again = filled.iloc[open_rows].copy()
        rules.arrange(
            again,
            np.where(known < 0, likeliest, known),
            np.full(known.shape, 0.5),
            {name: is_gap[open_rows] for name, is_gap in gaps.items()},
        )
        _put_kept(rules, filled, open_rows, again)
        for place in ruled:  # the next likeliest, where these modes do not do
            weights[place][open_rows, likeliest[:, place]] = 0.0
    return filled


def _put_kept(
    rules: Rules, filled: pd.DataFrame, open_rows: np.ndarray, again: pd.DataFrame
) -> None:
    """Put other fillings of some rows in their places, where they keep the rules.

    And where they add up, but for rows that broke a rule before.
    """
    kept = ~rules.broken(again)
    kept &= rules.broken(filled.iloc[open_rows]) | ~rules.not_added_up(again)
    for column in rules.encoder.learnt:
        if column.kind != "identifier":  # one that was written stays
            put_cells(filled, column.column.name, open_rows[kept], again[column.column.name][kept])


def _drawn(
    rules: Rules,
    sampler: Sampler,
    table: pd.DataFrame,
    codes: np.ndarray,
    present: dict[int, Restriction],
    seed: int,
    attempt: int,
) -> pd.DataFrame:
    """Return the table with its gaps filled, and made to keep rules as far as places do."""
    codes, uniforms = codes.copy(), np.empty(codes.shape)
    for start in range(0, len(codes), BLOCK_SIZE):
        rows = slice(start, start + BLOCK_SIZE)
        block = start // BLOCK_SIZE
        rng = stream(seed, "completions", *((block, attempt) if attempt else (block,)))
        codes[rows] = _complete_rows(sampler, codes[rows], present, rng)
        uniforms[rows] = rng.random(codes[rows].shape)
    filled = _with_known(table, rules.encoder.decode(codes, uniforms), rules.encoder)
    rules.arrange(filled, codes, uniforms, _gaps(table, rules.encoder))
    return filled


def _complete_rows(
    sampler: Sampler, codes: np.ndarray, present: dict[int, Restriction], rng: np.random.Generator
) -> np.ndarray:
    """Return rows with their unknown cells drawn, given the known ones and that none is missing."""
    gaps = codes < 0
    partial = [column for column, allowed in present.items() if (allowed.shares < 1).any()]
    n_candidates = _N_CANDIDATES if (gaps[:, partial].sum(axis=1) > 1).any() else 1
    candidates = np.repeat(codes, n_candidates, axis=0)
    log_weights = sampler.draw(
        candidates, sampler.groups(candidates), rng.random(candidates.shape), rng, present
    )
    log_weights = log_weights.reshape(-1, n_candidates)
    # A row in which only a missing value was thinkable has candidates without weight: any will do.
    highest = log_weights.max(axis=1, keepdims=True)
    hopeless = np.isneginf(highest)
    weights = np.where(hopeless, 1.0, np.exp(log_weights - np.where(hopeless, 0.0, highest)))
    chosen = draw_modes(weights, rng.random(len(codes)))
    completed: np.ndarray = candidates.reshape(len(codes), n_candidates, -1)[
        np.arange(len(codes)), chosen
    ]
    return completed


def _weights(
    sampler: Sampler, codes: np.ndarray, present: dict[int, Restriction]
) -> list[np.ndarray]:
    """Return the probabilities of the modes of each column, given the known cells."""
    parts = []
    for start in range(0, max(1, len(codes)), BLOCK_SIZE):  # once for no rows at all
        features = sampler.features(codes[start : start + BLOCK_SIZE])
        weights = [sampler.weights(features, place) for place in range(codes.shape[1])]
        for place, restriction in present.items():
            weights[place], _ = restrict(weights[place], restriction)
        if sampler.compatible is not None:
            known = codes[start : start + BLOCK_SIZE]
            weights = [sampler.compatible.weigh(i, w, known) for i, w in enumerate(weights)]
        weights = [column / column.sum(axis=1, keepdims=True) for column in weights]
        parts.append(weights)
    return [np.concatenate(blocks) for blocks in zip(*parts, strict=True)]


def _keep_known(given: pd.Series, filled: pd.Series) -> pd.Series:
    """Return the given cells, and the filled ones where there are none, in the filled dtype.

    Cells that have no place in this dtype, such as a level or text among booleans, stay objects.
    """
    known = given.notna()
    cells = filled.astype(object).where(~known, given.astype(object))
    dtype = filled.dtype
    if isinstance(dtype, pd.CategoricalDtype) and not given[known].isin(dtype.categories).all():
        return cells
    try:
        kept: pd.Series = cells.astype(dtype)
        # Real numbers and times are at most rounded; pandas takes any text for True, though, and
        # makes text of any number.
        is_same = dtype.kind in "fmM" or (kept[known].astype(object) == cells[known]).all()
    except (ValueError, TypeError, OverflowError):
        return cells  # an integer too large for the dtype of the fit, say
    return kept if is_same and kept[known].notna().all() else cells
