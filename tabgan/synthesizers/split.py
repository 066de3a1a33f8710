"""Set rows aside to stop by."""

import numpy as np

# With at least this share of distinct rows, a row and its copies are kept together.
_MANY_DISTINCT = 0.5
# But not a row that so many are like, and such a share of the table: an empty form is no copy of
# another, and learnt by nobody if all of them are held out.
_FREQUENT, _FREQUENT_SHARE = 5, 0.01


def hold_out(
    codes: np.ndarray, share: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows to learn from and the rows to stop by.

    Parameters
    ----------
    codes : numpy.ndarray of shape (n_rows, n_columns)
        Encoded rows.
    share : float
        Share to hold out; 0 gives all rows for both.
    rng : numpy.random.Generator
        Chooses them.
    """
    codes = rng.permutation(codes)  # a table may be sorted, and later looks take the first rows
    if share == 0.0:
        return codes, codes
    group_of, n_groups = copies_together(codes)
    held_out = np.zeros(n_groups, dtype=bool)
    held_out[: max(1, round(share * n_groups))] = True
    held_out = rng.permutation(held_out)[group_of]
    return codes[~held_out], codes[held_out]


def copies_together(codes: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the group of each row, and how many there are: what must not be torn apart.

    A row and its copies are one group. Where few rows are distinct each row is one of its own, or
    whole combinations would never be learnt; so is each of those that a large part of the table is
    like.
    """
    _, group_of, copies = np.unique(codes, axis=0, return_inverse=True, return_counts=True)
    if len(copies) < _MANY_DISTINCT * len(codes):
        return np.arange(len(codes)), len(codes)
    group_of = group_of.ravel()
    is_frequent = copies > max(_FREQUENT, _FREQUENT_SHARE * len(codes))
    alone = is_frequent[group_of]
    group_of[alone] = len(copies) + np.arange(alone.sum())
    groups, group_of = np.unique(group_of, return_inverse=True)
    return group_of, len(groups)
