"""Which columns are drawn in which pass.

Columns drawn in one pass are independent given what was drawn before, but for what the noise makes
them agree on. So columns that depend on each other belong in different passes.
"""

from dataclasses import dataclass

import numpy as np

# Columns up to which ``passes="auto"`` draws one a pass: two that are drawn together show
# (benchmarks/ablations.md). Of more the passes are so many: they cost in proportion, and a wide
# table has to end.
_MOST_ONE_BY_ONE, _PASSES_OF_MANY = 128, 32
# Enough rows to rank pairs by mutual information.
_MAX_ROWS = 10_000
# Beyond, all pairs cost more than the order gains.
_MAX_PAIRED_COLUMNS = 128


@dataclass(frozen=True)
class PassPlan:
    """The learnt order of the columns, and how much each pair depends on each other.

    Parameters
    ----------
    order : tuple of int
        Columns in the order in which they are drawn one by one.
    dependence : numpy.ndarray of shape (n_columns, n_columns)
        Mutual information of each pair, in nats: what is lost by drawing them independently.
    computed : tuple of int
        Columns that are mostly computed from others, and so come last in the order: what is drawn
        of them shall tell the others nothing.
    """

    order: tuple[int, ...]
    dependence: np.ndarray
    computed: tuple[int, ...] = ()

    @property
    def most(self) -> int:
        """Passes of ``passes="auto"``: one for each column that is drawn, within reason."""
        n_drawn = len(self.order) - len(self.computed)
        return n_drawn if n_drawn <= _MOST_ONE_BY_ONE else _PASSES_OF_MANY

    def known_sets(self, pass_counts: tuple[int, ...]) -> np.ndarray:
        """Return what is known before each pass of an unconditional sample, bool.

        Parameters
        ----------
        pass_counts : tuple of int
            Numbers of passes.

        Returns
        -------
        numpy.ndarray of bool, shape (n_sets, n_columns)
            One row for each pass but the first of each number of passes; the first has nothing.
        """
        n_columns = len(self.order)
        sets = []
        for n_passes in pass_counts:
            known = np.zeros(n_columns, dtype=bool)
            for group in self.groups(list(range(n_columns)), n_passes)[:-1]:
                known[group] = True
                sets.append(known.copy())
        return np.array(sets, dtype=bool).reshape(-1, n_columns)

    def groups(self, columns: list[int], n_passes: int) -> list[list[int]]:
        """Divide columns into passes.

        Parameters
        ----------
        columns : list of int
            Columns still to be drawn.
        n_passes : int
            Number of passes, at least 1; more than columns means one column a pass. Computed
            columns join the last pass or, where all others have one each, come on top of them.

        Returns
        -------
        list of list of int
            The columns of each pass, in the order of the passes.
        """
        ordered = [column for column in self.order if column in columns]
        computed = [column for column in ordered if column in self.computed]
        if computed and len(computed) < len(ordered) and n_passes < len(ordered):
            drawn = self.groups([column for column in ordered if column not in computed], n_passes)
            one_by_one = all(len(group) == 1 for group in drawn)
            last = [[column] for column in computed]
            return drawn + last if one_by_one else [*drawn[:-1], drawn[-1] + computed]
        n_passes = min(n_passes, len(ordered))
        if n_passes == len(ordered):
            return [[column] for column in ordered]
        capacity = -(-len(ordered) // n_passes)
        groups: list[list[int]] = [[] for _ in range(n_passes)]
        # The most dependent columns choose first, while there is still a pass to go to.
        for column in sorted(ordered, key=lambda c: -self.dependence[c].sum()):
            open_groups = [group for group in groups if len(group) < capacity]
            cost = [(self.dependence[column, group].sum(), len(group)) for group in open_groups]
            open_groups[cost.index(min(cost))].append(column)
        place = {column: i for i, column in enumerate(ordered)}
        filled = [sorted(group, key=place.__getitem__) for group in groups if group]
        return sorted(filled, key=lambda group: np.mean([place[column] for column in group]))


def learn_passes(
    codes: np.ndarray, sizes: tuple[int, ...], computed: tuple[int, ...] = ()
) -> PassPlan:
    """Measure how columns depend on each other and order them.

    The first column is the one that tells most about the others, each next one the one that those
    before it tell most about. The order is chosen before training, so that training can practise
    it; then the order itself matters little.

    Parameters
    ----------
    codes : numpy.ndarray of shape (n_rows, n_columns)
        Training rows, shuffled.
    sizes : tuple of int
        Modes of each column.
    computed : tuple of int
        Columns that are mostly computed from others.
    """
    dependence = mutual_information(codes[:_MAX_ROWS], sizes)
    order = _most_informed_order(dependence)
    drawn = [column for column in order if column not in computed]
    return PassPlan((*drawn, *computed), dependence, computed)


def mutual_information(codes: np.ndarray, sizes: tuple[int, ...]) -> np.ndarray:
    """Return the mutual information of each pair of columns, in nats, shape (n_columns, n_columns).

    Corrected for the bias of sparse tables (Miller 1955) and never negative; zero on the diagonal.
    """
    n_columns = codes.shape[1]
    information = np.zeros((n_columns, n_columns))
    if n_columns > _MAX_PAIRED_COLUMNS:
        return information
    codes = codes.astype(np.int64)
    for i in range(n_columns):
        for j in range(i):
            information[i, j] = information[j, i] = _pair_information(
                codes[:, i] * sizes[j] + codes[:, j], sizes[j]
            )
    return information


def _pair_information(pairs: np.ndarray, second_size: int) -> float:
    """Return the mutual information of two columns from the codes of their pairs."""
    occurring, joint = np.unique(pairs, return_counts=True)
    first, second = np.divmod(occurring, second_size)
    n_rows = joint.sum()
    firsts = np.bincount(first, weights=joint)
    seconds = np.bincount(second, weights=joint)
    plug_in = np.sum(joint * np.log(joint * n_rows / (firsts[first] * seconds[second]))) / n_rows
    free = len(joint) - (firsts > 0).sum() - (seconds > 0).sum() + 1
    return float(max(0.0, plug_in - free / (2 * n_rows)))


def _most_informed_order(dependence: np.ndarray) -> list[int]:
    """Start with the column that tells most about the others, then always the best-told one."""
    order = [int(dependence.sum(axis=1).argmax())]
    while len(order) < len(dependence):
        told = dependence[order].max(axis=0)
        told[order] = -1.0
        order.append(int(told.argmax()))
    return order
