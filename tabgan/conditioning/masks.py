"""Random known sets for training."""

import numpy as np

# From so many columns on sets are drawn without sorting, which is five times as quick there.
_MANY_COLUMNS = 129


def random_known_sets(
    rng: np.random.Generator, n_rows: int, n_columns: int, share: float = 1.0
) -> np.ndarray:
    """Return which columns are known in each row.

    The size of a known set is uniform on 0 … n_columns - 1 and the set uniform given its size, so
    that each step of drawing the columns in a random order occurs equally often.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of randomness.
    n_rows, n_columns : int
        Shape of the result.
    share : float
        Share of the rows that get such a set; in the others nothing is known.

    Returns
    -------
    numpy.ndarray of bool, shape (n_rows, n_columns)
        True where a column is known; at least one column of each row is not.
    """
    if n_columns >= _MANY_COLUMNS:
        known = _known_by_chance(rng, n_rows, n_columns)
        known[rng.random(n_rows) >= share] = False
        return known
    ranks = rng.random((n_rows, n_columns), dtype=np.float32).argsort(axis=1)
    n_known = rng.integers(0, max(1, n_columns), size=n_rows)
    n_known[rng.random(n_rows) >= share] = 0
    return ranks < n_known[:, None]


def _known_by_chance(rng: np.random.Generator, n_rows: int, n_columns: int) -> np.ndarray:
    """Return sets of the same law: if each column is in by one chance, itself uniform, the size is.

    A set of all columns, one in ``n_columns + 1``, is drawn again.
    """
    known = np.ones((n_rows, n_columns), dtype=bool)
    rows = np.arange(n_rows)
    while len(rows):
        chances = rng.random((len(rows), 1))
        known[rows] = rng.random((len(rows), n_columns), dtype=np.float32) < chances
        rows = rows[known[rows].all(axis=1)]
    return known


def with_one_more(rng: np.random.Generator, known: np.ndarray, share: float) -> np.ndarray:
    """Make one more column known in some rows, as a condition does that is not drawn in turn.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of randomness.
    known : numpy.ndarray of bool, shape (n_rows, n_columns)
        Known sets.
    share : float
        Share of the rows in which a column, of all of them, is made known; rows in which nothing
        would be unknown then stay.
    """
    n_rows, n_columns = known.shape
    if n_columns == 0:
        return known
    rows = np.flatnonzero(rng.random(n_rows) < share)
    more = known.copy()
    more[rows, rng.integers(n_columns, size=len(rows))] = True
    return np.where(more.all(axis=1, keepdims=True), known, more)


def practised_known_sets(
    rng: np.random.Generator, known: np.ndarray, practised: np.ndarray, share: float
) -> np.ndarray:
    """Replace known sets of some rows by those that sampling meets.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of randomness.
    known : numpy.ndarray of bool, shape (n_rows, n_columns)
        Known sets drawn at random.
    practised : numpy.ndarray of bool, shape (n_sets, n_columns)
        The known sets to practise, each as often as the others.
    share : float
        Share of the rows that get one of them.
    """
    if len(practised) == 0:
        return known
    chosen = rng.integers(len(practised), size=len(known))
    replaced = rng.random(len(known)) < share
    return np.where(replaced[:, None], practised[chosen], known)
