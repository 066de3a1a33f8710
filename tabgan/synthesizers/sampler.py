"""Draw rows in passes, in NumPy, from saved weights alone.

Rows are drawn in blocks of 1,024, each from a random stream named by the seed and the block's
number. A block is always computed whole and then cut, so a row does not depend on how many rows
were asked for, nor on threads.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from tabgan.conditioning.conditions import Conditions
from tabgan.encoding.restriction import Restriction
from tabgan.networks.forward import NumpyGenerator
from tabgan.randomness import stream
from tabgan.synthesizers.compatibility import CompatibleModes
from tabgan.synthesizers.computed_modes import ComputedModes
from tabgan.synthesizers.density_ratio import DensityRatio
from tabgan.synthesizers.passes import PassPlan

BLOCK_SIZE = 1024
# Candidates drawn at a time: fewer cost nearly as much, and more would not stay in a fast cache.
_FEWEST_AT_A_TIME, _MOST_AT_A_TIME = 256, 4096
# Candidates a row at most; then one of the last ones stays. Refinement allows eight on average; of
# rows that differ, and so need candidates of their own, one in seventy ends so then.
_MOST_CANDIDATES = 32
# Where rows have conditions of their own, a row must not depend on how many candidates another one
# needs: all have so many. With two on average, one row in sixteen is none that was taken.
_CANDIDATES_OF_DIFFERENT_ROWS = 4
# Shown each column that is drawn and the weights, (n_rows, size), that its modes are drawn by.
Observer = Callable[[int, np.ndarray], None]


@dataclass(frozen=True)
class Sampler:
    """A generator, an order of its columns, and what a sample may contain.

    Parameters
    ----------
    generator : NumpyGenerator
        The fitted generator.
    passes : PassPlan
        The order of the columns.
    conditions : Conditions
        What is known of the rows, and what may be drawn.
    n_passes : int
        Passes to draw in.
    offsets : numpy.ndarray of shape (n_modes,) or None
        Added to the logits (see :mod:`tabgan.synthesizers.calibration`).
    ratio : DensityRatio or None
        By which candidates are rejected (see :mod:`tabgan.synthesizers.refinement`); with ``None``
        each row is the first that is drawn.
    compatible : CompatibleModes or None
        Which modes go together under the rules of the table; all, if ``None``.
    computed : ComputedModes or None
        Puts the modes of what is computed in the place of those drawn; ``None`` if nothing is.
    """

    generator: NumpyGenerator
    passes: PassPlan
    conditions: Conditions
    n_passes: int
    offsets: np.ndarray | None = None
    ratio: DensityRatio | None = None
    compatible: CompatibleModes | None = None
    computed: ComputedModes | None = None

    def block(
        self,
        seed: int,
        block: int,
        begun: np.ndarray | None = None,
        observe: Observer | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Draw one block of rows.

        Parameters
        ----------
        seed, block : int
            Name the random stream.
        begun : numpy.ndarray of int, shape (1024, n_columns) or None
            Modes that are drawn already, -1 elsewhere
            (:func:`tabgan.synthesizers.restricted.draw_restricted`); if ``None``, what the
            conditions know.
        observe : callable or None
            Is shown what is drawn.

        Returns
        -------
        codes : numpy.ndarray of int64, shape (1024, n_columns)
            Modes drawn.
        uniforms : numpy.ndarray of the same shape
            Uniform numbers that positions are drawn from.
        """
        rng = stream(seed, "blocks", block)
        codes = self.conditions.known_rows(block * BLOCK_SIZE, BLOCK_SIZE)
        if begun is not None:
            codes = begun.copy()
        return self.fill(codes, rng, observe)

    def fill(
        self, codes: np.ndarray, rng: np.random.Generator, observe: Observer | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return rows with their unknown cells drawn, and uniform numbers for the positions.

        Parameters
        ----------
        codes : numpy.ndarray of int, shape (n_rows, n_columns)
            Modes; -1 where a cell is unknown. May be written to.
        rng : numpy.random.Generator
            Of everything random.
        observe : callable or None
            Is shown what is drawn.
        """
        mode_uniforms = rng.random(codes.shape)
        position_uniforms = rng.random(codes.shape)
        groups = self.groups(codes)
        if self.ratio is None or not groups:
            self._draw_whole(codes, groups, mode_uniforms, rng, observe)
        elif (codes == codes[0]).all():
            codes = self._draw_accepted_alike(codes, groups, self.ratio, rng)
        else:
            codes = self._draw_accepted(codes, groups, self.ratio, rng)
        return codes, position_uniforms

    def _draw_accepted_alike(
        self,
        codes: np.ndarray,
        groups: list[list[int]],
        ratio: DensityRatio,
        rng: np.random.Generator,
    ) -> np.ndarray:
        """Return rows of which the same is known: the first candidates that are taken."""
        parts, n_open = [], len(codes)
        n_left, share = _MOST_CANDIDATES * len(codes), ratio.mean_share
        while n_open:
            # What the open rows need, and twice the error of it, so that one round mostly does.
            n_needed = math.ceil((n_open + 2.0 * (n_open * (1.0 - share)) ** 0.5) / share)
            n_drawn = min(max(n_needed, _FEWEST_AT_A_TIME), _MOST_AT_A_TIME, n_left)
            n_left -= n_drawn
            candidates = np.repeat(codes[:1], n_drawn, axis=0)
            self._draw_whole(candidates, groups, rng.random(candidates.shape), rng)
            shares = ratio.shares_taken(candidates)
            taken = np.flatnonzero(rng.random(n_drawn) < shares)[:n_open]
            if not n_left:
                likely = rng.choice(n_drawn, n_open - len(taken), p=shares / shares.sum())
                taken = np.append(taken, likely)
            parts.append(candidates[taken])
            n_open -= len(taken)
        return np.concatenate(parts)

    def _draw_accepted(
        self,
        codes: np.ndarray,
        groups: list[list[int]],
        ratio: DensityRatio,
        rng: np.random.Generator,
    ) -> np.ndarray:
        """Return the rows with their unknown cells drawn, each until one of its own is taken."""
        completed, open_rows = codes.copy(), np.arange(len(codes))
        rows_differ = len(self.conditions.known) > 1
        n_left = _CANDIDATES_OF_DIFFERENT_ROWS if rows_differ else _MOST_CANDIDATES
        while len(open_rows) and n_left:
            # The first round finds most rows, the last few get several candidates at a time.
            n_efficient = -(-_FEWEST_AT_A_TIME // len(open_rows))
            n_each = n_left if rows_differ else min(n_left, n_efficient)
            candidates = np.repeat(codes[open_rows], n_each, axis=0)
            self._draw_whole(candidates, groups, rng.random(candidates.shape), rng)
            shares = ratio.shares_taken(candidates)
            taken = (rng.random(len(candidates)) < shares).reshape(-1, n_each)
            found = taken.any(axis=1)
            likely = draw_modes(shares.reshape(-1, n_each), rng.random(len(open_rows)))
            chosen = np.where(found, taken.argmax(axis=1), likely)
            completed[open_rows] = candidates[np.arange(len(open_rows)) * n_each + chosen]
            open_rows, n_left = open_rows[~found], n_left - n_each
        return completed

    def _draw_whole(
        self,
        codes: np.ndarray,
        groups: list[list[int]],
        uniforms: np.ndarray,
        rng: np.random.Generator,
        observe: Observer | None = None,
    ) -> None:
        """Draw all unknown cells, in place, and compute those that are to be computed."""
        known = np.all(codes >= 0, axis=0)
        self.draw(codes, groups, uniforms, rng, observe=observe)
        if self.computed is None:
            return
        # All rows take the same numbers, whichever need them, and no noise: else a row would depend
        # on those beside it.
        alone = replace(self, n_passes=max(2, self.n_passes))
        for remainder in self.computed.encoder.remainders:
            again = rng.random(codes.shape)
            rows = self.computed.lacking(remainder, codes)
            rest = self.computed.place(remainder.name)
            if len(rows) and not known[rest]:
                part = codes[rows]
                part[:, rest] = -1
                alone.draw(part, [[rest]], again[rows], rng, {rest: self.computed.present(rest)})
                codes[rows] = part
            if not known[self.computed.place(remainder.column)]:
                self.computed.put(remainder, codes, rng)

    def groups(self, codes: np.ndarray) -> list[list[int]]:
        """Return the columns of each pass for rows in which some cells are unknown."""
        columns = np.flatnonzero((codes < 0).any(axis=0))
        return self.passes.groups([int(column) for column in columns], self.n_passes)

    def draw(
        self,
        codes: np.ndarray,
        groups: list[list[int]],
        uniforms: np.ndarray,
        rng: np.random.Generator,
        restricted: Mapping[int, Restriction] | None = None,
        observe: Observer | None = None,
    ) -> np.ndarray:
        """Draw the unknown cells of some columns, in place.

        Parameters
        ----------
        codes : numpy.ndarray of int, shape (n_rows, n_columns)
            Modes; -1 where a cell is unknown.
        groups : list of list of int
            The columns of each pass.
        uniforms : numpy.ndarray of the shape of codes
            Uniform numbers that modes are drawn from.
        rng : numpy.random.Generator
            Of the noise, where a pass draws several columns.
        restricted : mapping of int to Restriction or None
            Column to the part of it that may be drawn.
        observe : callable or None
            Is shown what is drawn.

        Returns
        -------
        numpy.ndarray of shape (n_rows,)
            Logarithm of each row's weight: the product of the masses that its restrictions left.
            Rows drawn in proportion to it have the law that the restrictions leave of the table's.
        """
        generator, restricted = self.generator, restricted or {}
        unknown = codes < 0
        sums = generator.sums(codes)
        # One column a pass is the likelihood path: nothing is left that noise could agree on. The
        # last column alone in the only pass may be, too, but one pass is the pure GAN.
        silent = all(len(group) == 1 for group in groups) and self.n_passes > 1
        log_weights = np.zeros(len(codes))
        for group in groups:
            # Fresh noise a pass: what was drawn from the old one is known now, and in training the
            # noise tells nothing about what is known.
            if not silent:
                shape = (len(codes), generator.spec.noise_dim)
                noise = generator.stir(rng.standard_normal(shape, dtype=np.float32))
                features = generator.trunk(sums + noise)
            elif group is groups[0] and (codes == codes[0]).all():
                # Rows that have the same cells known, or none, differ from here on.
                features = np.repeat(generator.trunk(sums[:1]), len(codes), axis=0)
            else:
                features = generator.trunk(sums)
            for column in group:
                rows = unknown[:, column]
                drawn = np.full(len(codes), -1)
                for part in generator.spec.rows_at_a_time(len(codes), column):
                    weights = self.weights(features[part], column)
                    if self.compatible is not None:
                        weights = self.compatible.weigh(column, weights, codes[part])
                    if observe is not None:
                        observe(column, weights)
                    if column in restricted:
                        weights, log_masses = restrict(weights, restricted[column])
                        log_weights[part][rows[part]] += log_masses[rows[part]]
                    drawn[part] = draw_modes(weights, uniforms[part, column])
                drawn[~rows] = -1
                codes[rows, column] = drawn[rows]
                if group is not groups[-1]:  # after the last pass nobody looks any more
                    generator.reveal(sums, column, drawn)
        return log_weights

    def features(self, codes: np.ndarray) -> np.ndarray:
        """Return what the heads read of rows in which some cells are unknown, without noise."""
        return self.generator.trunk(self.generator.sums(codes))

    def weights(self, features: np.ndarray, column: int) -> np.ndarray:
        """Return the weights that the modes of a column are drawn by, (n_rows, size)."""
        logits = self.generator.logits(features, column)
        if self.offsets is not None:
            logits += self.offsets[self.generator.layout.modes(column)]
        # Drawn in proportion, so that they need not add up to one: the most probable weighs one.
        logits -= logits.max(axis=1, keepdims=True)
        return self.conditions.weigh(column, np.exp(logits, out=logits))


def restrict(weights: np.ndarray, restriction: Restriction) -> tuple[np.ndarray, np.ndarray]:
    """Return weights with the restriction, and the logarithm of the share that is left of them.

    Where nothing is left the allowed modes are drawn by their shares, for a row without weight.
    """
    allowed = weights * restriction.shares
    masses = allowed.sum(axis=1) / weights.sum(axis=1)
    possible = masses > 0
    log_masses = np.log(masses, out=np.full(len(masses), -np.inf), where=possible)
    return np.where(possible[:, None], allowed, restriction.shares), log_masses


def draw_modes(weights: np.ndarray, uniforms: np.ndarray) -> np.ndarray:
    """Draw a mode a row, by inversion.

    Parameters
    ----------
    weights : numpy.ndarray of shape (n_rows, size)
        Not negative; at least one in a row is positive.
    uniforms : numpy.ndarray of shape (n_rows,)
        In [0, 1).
    """
    upto = np.cumsum(weights, axis=1)
    # The first that is strictly above a share of the total: a mode without mass is never drawn.
    drawn: np.ndarray = (upto > (uniforms * upto[:, -1])[:, None]).argmax(axis=1)
    return drawn
