"""What the other columns say of one column: a forest, asked only of trees that never saw the row.

Trees find the places where a table bends, such as a threshold of a number, from far fewer rows than
a network does; the network then learns from what they say. A tree is grown on part of the rows, so
of any row the other trees know nothing but what the table as a whole says. Every tree has to answer
with some columns unknown, so rows are shown to it as a network sees them in training, each with
known sets of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from tabgan.encoding import Layout
from tabgan.encoding.order import places
from tabgan.networks.forward import Floats
from tabgan.parallel import in_parallel
from tabgan.randomness import stream
from tabgan.synthesizers.split import copies_together
from tabgan.training.lesson import KnownSetsSource

# Fifty trees tell unseen rows nearly what three hundred do (those .16 nats more on king's 1,000
# rows and none on smaller tables). Leaves of 3 rows tell .4 nats more there and give more of their
# rows away, of 10 rows a nat less. With fewer columns to choose from at a split, as in a random
# forest, trees are worse: the known sets make them different enough (benchmarks/ablations.md).
_N_TREES = 50
_ROWS_OF_LEAF = 5
# Times that a tree sees each of its rows, with other known sets; four or eight are no better.
_COPIES = 2
# Share of the rows that a tree sees: that of a bootstrap sample. And at most so many; a first
# choice.
_SHARE_OF_TREE = 0.632
_MOST_ROWS_OF_TREE = 10_000
# Work on all forests, in rows times columns times depth: at most two minutes on two cores (38 s on
# covertype, of flags). Wide tables have fewer trees, down to so many, and then fewer columns to
# choose from at a split; both are first choices.
_MOST_WORK = 1e10
_FEWEST_TREES = 10
# Columns that a tree is shown at most, drawn for each tree anew (random subspaces; Ho 1998), of
# more columns fewer by the root, and trees of all columns together, of each at least so many. Work
# grows with the square of the columns otherwise: trees of 1,000 columns took 1.2 s a column on
# a table of a hundred rows. Up to 128 columns neither matters.
_MOST_COLUMNS_OF_TREE = 128
_MOST_TREES = 5_000
_FEWEST_TREES_OF_MANY = 5
# Enough to tell whether a column gains by trees.
_A_FEW_TREES = 5
# Each split of a category is judged by all of its levels: more rows times levels than this take
# minutes (10,000 rows have 200 levels).
_MOST_CLASS_WORK = 2_000_000
# Rows' worth of doubt about a level of a category, when its levels are put in order; 30 serve as
# well (taxis 24.31 for 24.32 nats, adult's 5,000 rows 19.92 for 19.93).
_DOUBT = 10.0
# Questions by which the smoothing is chosen, of many columns fewer in proportion; widths of the
# kernel, in modes; and shares of the column's own law that are mixed in.
_TUNING_QUESTIONS = 4_000
_WIDTHS = (0.0, 0.3, 0.7, 1.5, 3.0, 6.0)
_MIXED_IN = (0.01, 0.03, 0.1, 0.3, 1.0)
# Questions at a time: what is known of them stays in a fast cache.
_QUESTIONS_AT_A_TIME = 4096


@dataclass(frozen=True)
class ForestSize:
    """How many trees a column has, of how many rows, and what they choose from.

    Parameters
    ----------
    n_trees : int
        Trees a column.
    n_rows : int
        Rows that each tree sees.
    n_columns : int
        Columns that each tree is shown.
    share_of_columns : float
        Share of these to choose from at each split.
    work : float
        Rows times columns times depth, of all trees of all columns.
    """

    n_trees: int
    n_rows: int
    n_columns: int
    share_of_columns: float
    work: float


def forest_size(n_rows: int, n_columns: int) -> ForestSize:
    """Return the size of the forests of a table."""
    n_seen = max(1, min(round(_SHARE_OF_TREE * n_rows), _MOST_ROWS_OF_TREE))
    n_shown = n_columns
    if n_columns > _MOST_COLUMNS_OF_TREE:
        n_shown = round(_MOST_COLUMNS_OF_TREE * (_MOST_COLUMNS_OF_TREE / n_columns) ** 0.5)
    of_split = _COPIES * n_seen * float(np.log2(_COPIES * n_seen)) * n_columns
    affordable = _MOST_WORK / of_split  # trees times columns to choose from
    n_trees = int(np.clip(affordable / n_shown, _FEWEST_TREES, _N_TREES))
    if n_columns > _MOST_COLUMNS_OF_TREE:
        n_trees = min(n_trees, max(_FEWEST_TREES_OF_MANY, _MOST_TREES // n_columns))
    share = min(1.0, affordable / (n_trees * n_shown))
    return ForestSize(n_trees, n_seen, n_shown, share, of_split * n_trees * share * n_shown)


@dataclass(frozen=True)
class _Tree:
    """A grown tree.

    Parameters
    ----------
    splits : sklearn.tree._tree.Tree
        Which leaf a row falls into, by the columns below.
    columns : numpy.ndarray of int
        The columns that it asks for.
    laws : numpy.ndarray of float32, shape (n_nodes, size)
        The law of the column in each leaf.
    levels : dict of int to numpy.ndarray
        Column of categories to the number that stands for each of its levels.
    saw : numpy.ndarray of bool, shape (n_rows,)
        The rows that it was grown on, and their copies.
    """

    splits: Any
    columns: np.ndarray
    laws: Floats
    levels: dict[int, Floats]
    saw: NDArray[np.bool_]


@dataclass(frozen=True)
class Forest:
    """What trees say of one column.

    Parameters
    ----------
    places : sequence of numpy.ndarray of shape (n_modes of the column,)
        Where each column's modes lie along its line (:func:`tabgan.encoding.order.places`).
    trees : list
        Grown trees.
    kernel : numpy.ndarray of float32, shape (size, size), or None
        What a mode that trees say lends to those beside it.
    law : numpy.ndarray of float32, shape (size,)
        Share of each mode in the table.
    mixed_in : float
        Share of that law in every answer.
    """

    places: Sequence[Floats]
    trees: list[_Tree]
    kernel: Floats | None
    law: Floats
    mixed_in: float

    def __call__(
        self, codes: np.ndarray, known: np.ndarray, rows: np.ndarray | None = None
    ) -> Floats:
        """Return the law of the column in each row, shape (n_rows, size).

        Parameters
        ----------
        codes : numpy.ndarray of int, shape (n_rows, n_columns)
            Rows.
        known : numpy.ndarray of bool, shape (n_rows, n_columns)
            What of them may be looked at.
        rows : numpy.ndarray of int, shape (n_rows,) or None
            Which rows of the forest's table they are, so that only trees answer that did not see
            them; ``None`` for other rows.
        """
        said = _ask(self.trees, self.places, codes, known, rows, self.law)
        if self.kernel is not None:
            said = said @ self.kernel
        return (1.0 - self.mixed_in) * said + self.mixed_in * self.law


@dataclass(frozen=True)
class ForestGrower:
    """Grows a forest for any column of a table.

    Parameters
    ----------
    codes : numpy.ndarray of int, shape (n_rows, n_columns)
        The table.
    layout : Layout
        The mode axis.
    ranks : sequence of numpy.ndarray of shape (n_modes of the column,)
        Place of each column's modes on its line, NaN for a mode without one.
    seed : int
        Of the trees.
    """

    codes: np.ndarray
    layout: Layout
    ranks: Sequence[np.ndarray]
    seed: int

    def __call__(
        self, column: int, known_sets: KnownSetsSource, few: bool = False
    ) -> Forest | None:
        """Grow a forest, unless the column has too many categories for it.

        Parameters
        ----------
        column : int
            What to tell.
        known_sets : callable
            What is known when it will be asked; never the column itself.
        few : bool
            Whether a few trees will do, to see whether the others are worth their time.
        """
        codes, size = self.codes, self.layout.sizes[column]
        if not self._has_line(column) and self._size.n_rows * size > _MOST_CLASS_WORK:
            return None

        def grow(number: int) -> _Tree:
            return self._grow_tree(column, known_sets, stream(self.seed, "forests", column, number))

        n_trees = min(_A_FEW_TREES, self._size.n_trees) if few else self._size.n_trees
        trees = in_parallel(grow, range(n_trees))
        counts = np.bincount(codes[:, column], minlength=size) + 0.5
        law = (counts / counts.sum()).astype(np.float32)
        rng = stream(self.seed, "forests", column)
        excess = max(codes.shape[1], _MOST_COLUMNS_OF_TREE)
        n_questions = _TUNING_QUESTIONS * _MOST_COLUMNS_OF_TREE // excess
        rows = np.resize(rng.permutation(len(codes)), n_questions)
        said = _ask(trees, self._places, codes[rows], known_sets(rng, len(rows)), rows, law)
        kernel, mixed_in = self._smoothing(column, said, codes[rows, column], law)
        return Forest(self._places, trees, kernel, law, mixed_in)

    @cached_property
    def _size(self) -> ForestSize:
        return forest_size(*self.codes.shape)

    @cached_property
    def _places(self) -> list[Floats]:
        return [places(ranks) for ranks in self.ranks]

    @cached_property
    def _copies(self) -> tuple[np.ndarray, int]:
        return copies_together(self.codes)

    def _has_line(self, column: int) -> bool:
        """Say whether the modes of a column lie in an order that means something."""
        return bool(np.isfinite(self.ranks[column]).sum() > 2)

    def _grow_tree(
        self, column: int, known_sets: KnownSetsSource, rng: np.random.Generator
    ) -> _Tree:
        size, share = self.layout.sizes[column], self._size.n_rows / len(self.codes)
        group_of, n_groups = self._copies
        chosen = np.zeros(n_groups, dtype=bool)
        chosen[rng.permutation(n_groups)[: max(1, round(share * n_groups))]] = True
        saw = chosen[group_of]
        seen = self.codes[saw]
        shown = self._shown(column, rng)
        levels = {
            other: self._levels(other, column, seen)
            for other in map(int, shown)
            if other != column and self.layout.sizes[other] > 2 and not self._has_line(other)
        }
        rows = np.tile(seen, (_COPIES, 1))
        features = _features(rows, known_sets(rng, len(rows)), shown, self._places, levels)
        wanted = rows[:, column].astype(np.int64)
        kind = DecisionTreeRegressor if self._has_line(column) else DecisionTreeClassifier
        tree = kind(
            min_samples_leaf=_ROWS_OF_LEAF * _COPIES,
            max_features=self._size.share_of_columns,
            random_state=int(rng.integers(2**31)),
        ).fit(features, self._places[column][wanted] if self._has_line(column) else wanted)
        splits = tree.tree_
        leaves = splits.apply(features)
        counts = np.bincount(leaves * size + wanted, minlength=splits.node_count * size)
        laws = counts.reshape(-1, size).astype(np.float32)
        laws /= np.maximum(laws.sum(axis=1, keepdims=True), 1.0)
        asked = shown[_renumber_columns(splits)]
        levels = {other: numbers for other, numbers in levels.items() if other in asked}
        return _Tree(splits, asked, laws, levels, saw)

    def _shown(self, column: int, rng: np.random.Generator) -> np.ndarray:
        """Return the columns that a tree is shown."""
        others = np.arange(self.layout.n_columns)
        if len(others) == self._size.n_columns:
            return others
        others = np.delete(others, column)
        return np.sort(rng.choice(others, self._size.n_columns, replace=False))

    def _levels(self, other: int, column: int, codes: np.ndarray) -> Floats:
        """Return a number for each level of a category: where it lies along the main difference.

        A tree cuts along one line, and the order of levels' names says nothing. So levels are put
        in the order of the column's mean place among their rows or, where it has no line, of their
        first coordinate in a correspondence analysis (Greenacre 1984).
        """
        n_levels, size = self.layout.sizes[other], self.layout.sizes[column]
        level, mode = codes[:, other].astype(np.int64), codes[:, column].astype(np.int64)
        counts = np.bincount(level, minlength=n_levels)
        if self._has_line(column):
            line = self._places[column][mode]
            sums = np.bincount(level, line - line.mean(), minlength=n_levels)[:, None]
        else:
            pairs = np.bincount(level * size + mode, minlength=n_levels * size)
            pairs = pairs.reshape(n_levels, size)
            pairs = pairs[:, pairs.any(axis=0)]
            shares = pairs.sum(axis=0) / len(codes)
            sums = (pairs - counts[:, None] * shares) / np.sqrt(shares)
        means = sums / (counts + _DOUBT)[:, None]
        _, _, directions = np.linalg.svd(np.sqrt(counts)[:, None] * means, full_matrices=False)
        numbers: Floats = (means @ directions[0]).astype(np.float32)
        return numbers

    def _smoothing(
        self, column: int, said: Floats, found: np.ndarray, law: Floats
    ) -> tuple[Floats | None, float]:
        """Return the kernel and the share of the column's law that tell unseen cells best."""
        questions = np.arange(len(found))
        best: tuple[Floats | None, float] = (None, _MIXED_IN[-1])
        best_nats = np.inf
        for width in _WIDTHS if self._has_line(column) else _WIDTHS[:1]:
            kernel = _kernel(self.ranks[column], width) if width else None
            smoothed = (said if kernel is None else said @ kernel)[questions, found]
            for share in _MIXED_IN:
                nats = -np.log((1.0 - share) * smoothed + share * law[found]).mean()
                if nats < best_nats:
                    best, best_nats = (kernel, share), nats
        return best


def _kernel(ranks: np.ndarray, width: float) -> Floats:
    """Return a Gaussian kernel along the line, shape (size, size); modes without a place stay."""
    kernel = np.eye(len(ranks), dtype=np.float32)
    along = np.flatnonzero(np.isfinite(ranks))
    place = places(ranks)[along]
    near = np.exp(-0.5 * ((place[:, None] - place) / width) ** 2)
    kernel[np.ix_(along, along)] = near / near.sum(axis=1, keepdims=True)
    return kernel


def _features(
    codes: np.ndarray,
    known: np.ndarray,
    columns: np.ndarray,
    places_of: Sequence[Floats],
    levels: dict[int, Floats],
) -> Floats:
    """Return what trees look at of some columns, (n_rows, n_shown); NaN where nothing is known."""
    features = np.empty((len(codes), len(columns)), dtype=np.float32)
    for i, column in enumerate(map(int, columns)):
        features[:, i] = levels.get(column, places_of[column])[codes[:, column]]
    features[~known[:, columns]] = np.nan
    return features


def _renumber_columns(splits: Any) -> np.ndarray:
    """Return the columns that a tree splits by, and let it count these alone.

    A tree of a wide table asks for few of them; no others have to be put together for it.
    """
    of_node = splits.feature
    inner = of_node >= 0
    columns, of_node[inner] = np.unique(of_node[inner], return_inverse=True)
    return columns


def _ask(
    trees: Sequence[_Tree],
    places_of: Sequence[Floats],
    codes: np.ndarray,
    known: np.ndarray,
    rows: np.ndarray | None,
    law: Floats,
) -> Floats:
    """Return the mean of what trees say that did not see the row; the law where all of them did."""

    def ask(start: int) -> Floats:
        part = slice(start, start + _QUESTIONS_AT_A_TIME)
        n_rows = len(codes[part])
        total = np.zeros((n_rows, len(law)), dtype=np.float32)
        n_asked = np.zeros((n_rows, 1), dtype=np.float32)
        for tree in trees:
            asked = np.arange(n_rows) if rows is None else np.flatnonzero(~tree.saw[rows[part]])
            features = _features(
                codes[part][asked], known[part][asked], tree.columns, places_of, tree.levels
            )
            total[asked] += tree.laws[tree.splits.apply(features)]
            n_asked[asked] += 1.0
        said: Floats = np.where(n_asked > 0.0, total / np.maximum(n_asked, 1.0), law)
        return said

    starts = range(0, len(codes), _QUESTIONS_AT_A_TIME)
    laws: Floats = np.concatenate([np.empty((0, len(law)), np.float32), *in_parallel(ask, starts)])
    return laws
