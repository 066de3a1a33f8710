"""Learn by which ratio a sample differs from the table, so that candidates can be rejected by it.

A classifier that tells rows of the table from drawn ones knows the ratio of their densities; taking
each candidate with a probability in proportion to it makes the sample what the classifier cannot
tell any more (discriminator rejection sampling; Azadi et al. 2019). Networks draw rows well and
trees judge them well, so the judge here is a forest of boosted trees and not the game's
discriminator, which stands where the generator has already answered it.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from tabgan.encoding import Layout
from tabgan.encoding.order import along_lines, places
from tabgan.parallel import give_up_if_interrupted, in_parallel
from tabgan.randomness import stream
from tabgan.synthesizers.density_ratio import ALL_LEAVES, MAX_LEAVES, DensityRatio
from tabgan.synthesizers.sampler import BLOCK_SIZE, Sampler

# Rows of the table to learn from: drawing as many candidates as these need costs seconds. A first
# choice, as are the share and the number of rows to test by, and the first number of trees.
_MAX_ROWS = 50_000
# Draws a row of the table: three tell the ratio better than one does (benchmarks/ablations.md), as
# long as they are so few in all; and a small table is compared with so many at least.
_DRAWS_PER_ROW = 3
_MOST_DRAWS = 100_000
_FEWEST_DRAWS = 4_000
# Share of the rows by which the number of trees is chosen where none were held out from training.
_TEST_SHARE = 0.15
# Fewer of them choose by chance.
_FEWEST_ROWS = 30
# Trees at most with one pass, which even the last ones still make better (one pass of 32 columns:
# .35 with 200 of them, .42 with 600); the number falls with the root of the passes. With all of
# them the sample is nearly right, and what more trees find is who is in the table: with 600 instead
# of 200 their AUC for that rises from .55 to .59 on King County (benchmarks/ablations.md).
_MAX_TREES = 600
# If so many trees tell unseen rows no better than chance, the others are not grown.
_FIRST_TREES = 20
_RATE = 0.3
# Strength of the ridge on the values of leaves. Trees that may say what they like of a leaf know
# the rows they have learnt from: without it those of King County were told from others with an AUC
# of .62, at this strength of .54, and most of the gain is left (benchmarks/ablations.md).
_RIDGE = 300.0
# Rows that share a leaf at least, but for small tables, where it is this share of them: larger
# leaves know less of single rows, and are better on unseen ones, too.
_ROWS_OF_LEAF = 100
_SHARE_OF_LEAF = 0.01
# The share of the table's law that may be cut off by taking some candidates less often than their
# ratio asks for, with one pass; it falls with the root of their number, down to the least: few
# passes are for speed. The rows with the highest ratios, which are cut, are the rarest of a sample
# (benchmarks/ablations.md).
_CUT_SHARE = 0.1
_LEAST_CUT_SHARE = 0.02
# Corrections of one column move the others; a mode that is further off than this, as a logarithm,
# is not a matter of shares.
_RAKING_ROUNDS = 5
_MAX_OFFSET = 1.0
# Candidates a row on average at most. Where they are told apart so well that more are needed, more
# of the law is cut off; more passes are then the better way. A first choice: with it one pass of
# King County draws a row in the time that all passes need.
_MEAN_CANDIDATES = 8.0


def learn_density_ratio(
    sampler: Sampler,
    ranks: Sequence[np.ndarray],
    learnt: np.ndarray,
    held_out: np.ndarray,
    seed: int,
) -> DensityRatio | None:
    """Return the ratio of the table's density to that of a sample, or None if they are alike.

    Parameters
    ----------
    sampler : Sampler
        Draws the candidates.
    ranks : sequence of numpy.ndarray of shape (n_modes of the column,)
        Place of each column's modes on its line, NaN for a mode without one.
    learnt, held_out : numpy.ndarray of int, shape (n_rows, n_columns)
        Codes of rows to learn from, and of rows to choose the number of trees by; without any, some
        of the others.
    seed : int
        Of the draws.
    """
    rng = stream(seed, "density ratio")
    if len(held_out) == 0:
        learnt = rng.permutation(learnt)
        n_test = round(_TEST_SHARE * len(learnt))
        held_out, learnt = learnt[:n_test], learnt[n_test:]
    learnt, held_out = learnt[:_MAX_ROWS], held_out[:_MAX_ROWS]
    if len(held_out) < _FEWEST_ROWS or not ranks:
        return None
    n_draws = max(_FEWEST_DRAWS, min(_DRAWS_PER_ROW * len(learnt), _MOST_DRAWS))
    n_test = max(_FEWEST_DRAWS, len(held_out))
    known = np.concatenate([learnt, held_out])
    drawn = _draw(sampler, int(rng.integers(2**63)), n_draws + n_test)
    real, fake, real_test, fake_test = (
        along_lines(codes, ranks) for codes in (learnt, drawn[:n_draws], held_out, drawn[n_draws:])
    )
    tree_seed, n_trees = int(rng.integers(2**31)), 0
    most = round(_MAX_TREES / sampler.n_passes**0.5)
    for n_grown in (_FIRST_TREES, most):
        trees = _fit_trees(real, fake, n_grown, tree_seed)
        n_trees = _best_number(trees, real_test, fake_test)
        if n_trees == 0:
            return None
    layout = sampler.generator.layout
    leaves_left, values = _as_words(trees, n_trees, ranks, layout)
    ratio = DensityRatio(layout, leaves_left, values, np.zeros(layout.n_modes, dtype=np.float32))
    columns = zip(known.T, layout.sizes, strict=True)
    wanted = layout.join([np.bincount(codes, minlength=size) for codes, size in columns])
    cut_share = max(_LEAST_CUT_SHARE, _CUT_SHARE / sampler.n_passes**0.5)
    ratio = replace(ratio, offsets=_rake(ratio, drawn, wanted / len(known), cut_share))
    return replace(ratio, mean_share=float(ratio.shares_taken(drawn).mean()))


def _draw(sampler: Sampler, seed: int, n_rows: int) -> np.ndarray:
    blocks = in_parallel(lambda b: sampler.block(seed, b)[0], range(-(-n_rows // BLOCK_SIZE)))
    return np.concatenate(blocks)[:n_rows]


def _fit_trees(real: np.ndarray, fake: np.ndarray, n_trees: int, seed: int) -> Any:
    trees = HistGradientBoostingClassifier(
        learning_rate=_RATE,
        max_iter=n_trees,
        max_leaf_nodes=MAX_LEAVES,
        min_samples_leaf=max(1, min(_ROWS_OF_LEAF, round(_SHARE_OF_LEAF * len(real)))),
        l2_regularization=_RIDGE,
        # Nothing is to stop it early but an interruption, and a score is what asks after each tree.
        early_stopping=True,
        n_iter_no_change=n_trees + 1,
        validation_fraction=None,
        scoring=_go_on,
        random_state=seed,
    )
    is_real = np.repeat([1, 0], [len(real), len(fake)])
    # Each side weighs the same, so that the trees' log-odds are the logarithm of the ratio.
    weights = np.where(is_real, 1.0, len(real) / len(fake))
    # One thread: training's threads may still spin, and waiting for each other costs trees more.
    with threadpool_limits(1, user_api="openmp"):
        return trees.fit(np.concatenate([real, fake]), is_real, sample_weight=weights)


def _go_on(*_asked: object, **_weights: object) -> float:
    give_up_if_interrupted()
    return 0.0


def _best_number(trees: Any, real: np.ndarray, fake: np.ndarray) -> int:
    """Return after how many trees unseen rows are told apart best; 0 if that may be chance."""
    with threadpool_limits(1, user_api="openmp"):
        losses = [
            (np.logaddexp(0.0, -of_real), np.logaddexp(0.0, of_fake))
            for of_real, of_fake in zip(
                trees.staged_decision_function(real),
                trees.staged_decision_function(fake),
                strict=True,
            )
        ]
    best = int(np.argmin([of_real.mean() + of_fake.mean() for of_real, of_fake in losses]))
    gain = sum(np.log(2.0) - loss.mean() for loss in losses[best])
    error = np.sqrt(sum(loss.var() / len(loss) for loss in losses[best]))
    return best + 1 if gain > error else 0


def _log_cap(log_ratios: np.ndarray, cut_share: float) -> float:
    """Return the ratio, as a logarithm, from which on candidates are always taken.

    Parameters
    ----------
    log_ratios : numpy.ndarray of shape (n_rows,)
        Of candidates.
    cut_share : float
        Share of the law that may be cut off.
    """
    ratios = np.sort(np.exp(log_ratios.astype(np.float64)))[::-1]
    # What capping at each ratio cuts off, and the share of the candidates that it takes.
    above = np.cumsum(ratios) - ratios * np.arange(1, len(ratios) + 1)
    taken = (ratios.sum() - above) / (ratios * len(ratios))
    cheap = taken >= 1 / _MEAN_CANDIDATES
    exact = above <= cut_share * ratios.sum()
    # The cheapest of the exact ones, if it is cheap enough; else the most exact of the cheap ones.
    chosen = max(np.flatnonzero(exact)[-1], np.flatnonzero(cheap)[0])
    return float(np.log(ratios[chosen]))


def _rake(
    ratio: DensityRatio, drawn: np.ndarray, wanted: np.ndarray, cut_share: float
) -> np.ndarray:
    """Return offsets with which the candidates that are taken have the shares of the table.

    The cap takes most from the modes whose candidates are wanted most often; raking (Deming and
    Stephan 1940) gives it back, as far as candidates that are not at the cap can.

    Parameters
    ----------
    ratio : DensityRatio
        The trees, without offsets.
    drawn : numpy.ndarray of int, shape (n_rows, n_columns)
        Candidates.
    wanted : numpy.ndarray of shape (n_modes,)
        Share of each mode in the table.
    cut_share : float
        Share of the law that may be cut off.
    """
    layout = ratio.layout
    log_ratios = ratio.log_ratios(drawn).astype(np.float64)
    log_cap = _log_cap(log_ratios, cut_share)
    log_shares = log_ratios - log_cap
    offsets = np.zeros(layout.n_modes)
    for _ in range(_RAKING_ROUNDS):
        for column, codes in enumerate(drawn.T):
            modes = layout.modes(column)
            taken = np.exp(np.minimum(log_shares, 0.0))
            found = np.bincount(codes, weights=taken, minlength=layout.sizes[column]) / taken.sum()
            usable = (found > 0) & (wanted[modes] > 0)
            step = np.zeros(len(found))
            step[usable] = np.log(wanted[modes][usable] / found[usable])
            step = np.clip(offsets[modes] + step, -_MAX_OFFSET, _MAX_OFFSET) - offsets[modes]
            offsets[modes] += step
            log_shares += step[codes]
    # The cap is spread over the columns, of each of which a row has one mode.
    return (offsets - log_cap / layout.n_columns).astype(np.float32)


def _as_words(
    trees: Any, n_trees: int, ranks: Sequence[np.ndarray], layout: Layout
) -> tuple[np.ndarray, np.ndarray]:
    """Return which leaves each mode leaves of each tree, and the values of the leaves."""
    leaves_left = np.full((layout.n_modes, n_trees), ALL_LEAVES)
    values = np.zeros((n_trees, MAX_LEAVES), dtype=np.float32)
    places_of = [places(their_ranks) for their_ranks in ranks]
    # scikit-learn keeps its trees to itself; a test compares what is read here with its verdicts.
    for tree, (predictor,) in enumerate(trees._predictors[:n_trees]):
        words = [leaves_left[layout.modes(i), tree] for i in range(layout.n_columns)]
        leaves: list[float] = []
        _rule_out(predictor.nodes, 0, places_of, words, leaves)
        values[tree, : len(leaves)] = leaves
    return leaves_left, values


def _rule_out(
    nodes: np.ndarray,
    root: int,
    places_of: Sequence[np.ndarray],
    words: Sequence[np.ndarray],
    leaves: list[float],
) -> int:
    """Clear, in the words of modes that go right below a node, the leaves on the left.

    Adds the values of its leaves to the list, from left to right, and returns their bits.
    """
    node = nodes[root]
    if node["is_leaf"]:
        leaves.append(float(node["value"]))
        return 1 << (len(leaves) - 1)
    on_left = _rule_out(nodes, node["left"], places_of, words, leaves)
    column = node["feature_idx"]
    goes_right = places_of[column] > node["num_threshold"]
    words[column][goes_right] &= ALL_LEAVES - np.uint32(on_left)
    return on_left | _rule_out(nodes, node["right"], places_of, words, leaves)
