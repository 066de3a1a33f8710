"""Draw the columns that a sample's conditions restrict to sets and ranges.

Each restricted column is drawn in a pass of its own, inside what is allowed, and the share of its
mass that was allowed given the columns before is the row's weight. Drawing candidates and choosing
among them in proportion to their weights (sampling-importance-resampling; Rubin 1987) leaves the
law of the table given all restrictions. Truncating one column after the other would satisfy the
restrictions just as well and get that law wrong.
"""

from dataclasses import dataclass

import numpy as np

from tabgan.randomness import stream
from tabgan.synthesizers.sampler import BLOCK_SIZE, Sampler

# How many independent candidates a block is chosen among at least.
_WANTED_SIZE = BLOCK_SIZE
# A block that has not found them among so many candidates (some seconds) ends its search.
_MAX_CANDIDATES = 256 * BLOCK_SIZE
# Candidates drawn at a time: no more than memory takes lightly, no fewer than a call is worth.
_MOST_AT_A_TIME = 8 * BLOCK_SIZE
_FEWEST_AT_A_TIME = BLOCK_SIZE // 8
# How many more candidates to draw than the share of independent ones so far asks for: a last round
# of a few costs more than these. A first choice.
_MARGIN = 1.02
# Below this share of independent candidates the restricted columns are drawn before all others:
# then the rarest restriction costs nothing. A first choice.
_EVEN_ENOUGH = 0.05


@dataclass(frozen=True)
class RestrictedBlock:
    """A block of rows in which the restricted columns are drawn, and maybe others.

    Parameters
    ----------
    codes : numpy.ndarray of int, shape (1024, n_columns)
        Modes; -1 where a column is still to be drawn.
    probability : float
        Estimated share of unrestricted rows that satisfy the restrictions.
    effective_size : float
        How many independent candidates they were chosen among (Kish 1965).
    effective_rows : float
        How many independent rows the block is worth in the restricted columns: fewer, since some
        candidates were chosen more than once.
    n_candidates : int
        How many candidates there were.
    """

    codes: np.ndarray
    probability: float
    effective_size: float
    effective_rows: float
    n_candidates: int


def draw_restricted(sampler: Sampler, seed: int, block: int, *, in_order: bool) -> RestrictedBlock:
    """Draw the restricted columns of one block.

    Parameters
    ----------
    sampler : Sampler
        On the likelihood path, with conditions that hold for all rows alike.
    seed, block : int
        Name the random stream.
    in_order : bool
        Whether to draw the columns before the restricted ones, too, in the order in which an
        unconditional sample draws them: conditioned rows are then those that filtering such a
        sample would leave. Otherwise the restricted columns come first, which is cheaper.
    """
    rng = stream(seed, "restrictions", block)
    plan = _order_up_to_restricted(sampler) if in_order else _rarest_first(sampler)
    codes, log_weights = _candidates(sampler, plan, BLOCK_SIZE, rng)
    if in_order and _effective_size(log_weights) < _EVEN_ENOUGH * BLOCK_SIZE:
        plan = _rarest_first(sampler)
        codes, log_weights = _candidates(sampler, plan, BLOCK_SIZE, rng)
    while n_more := _n_more(log_weights):
        more, their_weights = _candidates(sampler, plan, n_more, rng)
        codes, log_weights = np.concatenate([codes, more]), np.append(log_weights, their_weights)
    upto = np.cumsum(_relative_weights(log_weights))
    # Systematic resampling: no candidate comes more than once too often.
    wanted = (np.arange(BLOCK_SIZE) + rng.random()) / BLOCK_SIZE * upto[-1]
    chosen = np.searchsorted(upto, wanted, side="right").clip(max=len(upto) - 1)
    return RestrictedBlock(
        codes[rng.permutation(chosen)],
        float(np.exp(log_weights).mean()),
        _effective_size(log_weights),
        float(BLOCK_SIZE**2 / (np.bincount(chosen) ** 2).sum()),
        len(codes),
    )


def _n_more(log_weights: np.ndarray) -> int:
    """Return how many candidates to draw next; 0 if the ones so far are enough, or too many."""
    size, n_drawn = _effective_size(log_weights), len(log_weights)
    if size >= _WANTED_SIZE:
        return 0
    wanted = _MARGIN * _WANTED_SIZE * n_drawn / max(size, 1.0) - n_drawn
    n_more = max(_FEWEST_AT_A_TIME, min(_MOST_AT_A_TIME, round(wanted)))
    return min(n_more, _MAX_CANDIDATES - n_drawn)


def _candidates(
    sampler: Sampler, plan: list[list[int]], n_rows: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return rows in which the columns of the plan are drawn, and their log-weights."""
    codes = sampler.conditions.known_rows(0, n_rows)
    uniforms = rng.random(codes.shape)
    return codes, sampler.draw(codes, plan, uniforms, rng, sampler.conditions.restricted)


def _order_up_to_restricted(sampler: Sampler) -> list[list[int]]:
    """Return the learnt order of the columns, one a pass, up to the last restricted one."""
    known = sampler.conditions.known_rows(0, 1)[0] >= 0
    order = [column for column in sampler.passes.order if not known[column]]
    last = max(order.index(column) for column in sampler.conditions.restricted)
    return [[column] for column in order[: last + 1]]


def _rarest_first(sampler: Sampler) -> list[list[int]]:
    """Return the restricted columns alone, one a pass.

    The rarest restriction first, by the mass that it leaves given the known cells alone: given it
    the others have the most even weights.
    """
    features = sampler.features(sampler.conditions.known_rows(0, 1))
    masses = {}
    for column, restriction in sampler.conditions.restricted.items():
        weights = sampler.weights(features, column)
        masses[column] = float((weights * restriction.shares).sum() / weights.sum())
    return [[column] for column in sorted(masses, key=masses.__getitem__)]


def _effective_size(log_weights: np.ndarray) -> float:
    if np.isneginf(log_weights).all():
        return 0.0
    weights = _relative_weights(log_weights)
    return float(weights.sum() ** 2 / (weights**2).sum())


def _relative_weights(log_weights: np.ndarray) -> np.ndarray:
    """Return weights of which the largest is 1; all are, where no candidate has any."""
    highest = log_weights.max()
    if np.isneginf(highest):
        return np.ones(len(log_weights))
    weights: np.ndarray = np.exp(log_weights - highest)
    return weights
