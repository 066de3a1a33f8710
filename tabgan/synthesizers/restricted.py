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

# Candidates drawn at a time, and how many independent ones a block is chosen among at least: then
# choosing costs less than a quarter of the effective sample size.
_CANDIDATES = 4 * BLOCK_SIZE
_WANTED_SIZE = 3 * BLOCK_SIZE
# A block that has not found them among so many candidates (some seconds) ends its search.
_MAX_CANDIDATES = 64 * _CANDIDATES


@dataclass(frozen=True)
class RestrictedBlock:
    """The restricted columns of a block of rows.

    Parameters
    ----------
    codes : numpy.ndarray of int, shape (1024, n_restricted)
        Their modes, columns in the order of the conditions.
    probability : float
        Estimated share of unrestricted rows that satisfy the restrictions.
    effective_size : float
        How many independent candidates they were chosen among (Kish 1965).
    n_candidates : int
        How many candidates there were.
    """

    codes: np.ndarray
    probability: float
    effective_size: float
    n_candidates: int


def draw_restricted(sampler: Sampler, seed: int, block: int) -> RestrictedBlock:
    """Draw the restricted columns of one block.

    Parameters
    ----------
    sampler : Sampler
        On the likelihood path, with conditions that hold for all rows alike.
    seed, block : int
        Name the random stream.
    """
    rng = stream(seed, "restrictions", block)
    restricted = sampler.conditions.restricted
    columns = list(restricted)
    # The rarest first: given it the others have the most even weights.
    groups = [[column] for column in sorted(columns, key=_mass_alone(sampler).__getitem__)]
    codes, log_weights = np.empty((0, len(columns)), dtype=np.int64), np.empty(0)
    size = 0.0
    while size < _WANTED_SIZE and len(codes) < _MAX_CANDIDATES:
        candidates = sampler.conditions.known_rows(0, _CANDIDATES)
        uniforms = rng.random(candidates.shape)
        drawn = sampler.draw(candidates, groups, uniforms, rng, restricted)
        codes = np.concatenate([codes, candidates[:, columns]])
        log_weights = np.concatenate([log_weights, drawn])
        size = _effective_size(log_weights)
    upto = np.cumsum(_relative_weights(log_weights))
    # Systematic resampling: no candidate comes more than once too often.
    wanted = (np.arange(BLOCK_SIZE) + rng.random()) / BLOCK_SIZE * upto[-1]
    chosen = np.searchsorted(upto, wanted, side="right").clip(max=len(upto) - 1)
    probability = float(np.exp(log_weights).mean())
    return RestrictedBlock(codes[rng.permutation(chosen)], probability, size, len(codes))


def _mass_alone(sampler: Sampler) -> dict[int, float]:
    """Return the mass that each restriction leaves given the known cells alone."""
    features = sampler.features(sampler.conditions.known_rows(0, 1))
    masses = {}
    for column, restriction in sampler.conditions.restricted.items():
        weights = sampler.weights(features, column)
        masses[column] = float((weights * restriction.shares).sum() / weights.sum())
    return masses


def _effective_size(log_weights: np.ndarray) -> float:
    if np.isneginf(log_weights).all():
        return 0.0
    weights = _relative_weights(log_weights)
    return float(weights.sum() ** 2 / (weights**2).sum())


def _relative_weights(log_weights: np.ndarray) -> np.ndarray:
    """Return weights of which the largest is 1; all of them, where no candidate has any."""
    highest = log_weights.max(initial=-np.inf)
    weights: np.ndarray = (
        np.exp(log_weights - highest) if highest > -np.inf else np.ones(len(log_weights))
    )
    return weights
