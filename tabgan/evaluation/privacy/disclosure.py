"""What the synthetic rows say of people whose quasi-identifiers are known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from tabgan.evaluation.privacy.copies import row_numbers
from tabgan.evaluation.ranking import NORMAL_95
from tabgan.evaluation.tables import FloatArray


@dataclass(frozen=True)
class CorrectAttribution:
    """How likely the right secret is among the synthetic rows that are like a real row.

    Parameters
    ----------
    train, holdout : float
        The mean over training rows and over holdout rows, those left out that no synthetic row is
        like; NaN if there are no others.
    low, high : float
        95 % interval of the one over training rows.
    p_value : float
        One-sided, of the one over training rows being no larger.
    n_train, n_holdout : int
        Rows that some synthetic row is like.
    """

    train: float
    holdout: float
    low: float
    high: float
    p_value: float
    n_train: int
    n_holdout: int


@dataclass(frozen=True)
class Groups:
    """How rows of one table share their quasi-identifiers.

    Parameters
    ----------
    k : int
        Rows of the smallest group: k-anonymity (Sweeney 2002).
    distinct : int or None
        Distinct secrets in the group with fewest of them: l-diversity (Machanavajjhala et al.
        2007); ``None`` without a secret.
    presence : float
        The largest share of a group's training rows among its training and holdout rows, of groups
        that occur in the synthetic rows (delta-presence, Nergiz et al. 2007).
    """

    k: int
    distinct: int | None
    presence: float


def correct_attribution(
    synthetic: FloatArray,
    train: FloatArray,
    holdout: FloatArray,
    keys: NDArray[np.int64],
    secret: int,
) -> CorrectAttribution:
    """Return the correct attribution probability of a column given others.

    Of a real row: the share of the synthetic rows with the same keys that have its secret, too
    (Elliot 2014; Taub et al. 2018). Keys and secret have to be equal; a missing value is one.

    Parameters
    ----------
    synthetic, train, holdout : ndarray of float64, shape (rows, columns)
    keys : ndarray of int64
        Which columns are known.
    secret : int
        Which column is to be found out.
    """
    of_keys = row_numbers(*(rows[:, keys] for rows in (synthetic, train, holdout)))
    of_both = row_numbers(*(rows[:, [*keys, secret]] for rows in (synthetic, train, holdout)))
    n_keys, n_both = (_counts(numbers) for numbers in (of_keys, of_both))
    found = []
    for keys_of, both_of in zip(of_keys[1:], of_both[1:], strict=True):
        is_like = n_keys[keys_of] > 0
        found.append(n_both[both_of[is_like]] / n_keys[keys_of[is_like]])
    (mean, error), (control, control_error) = (_mean_and_error(chances) for chances in found)
    both_errors = float(np.hypot(error, control_error))
    p_value = float(stats.norm.sf((mean - control) / both_errors)) if both_errors > 0 else 1.0
    low, high = max(mean - NORMAL_95 * error, 0.0), min(mean + NORMAL_95 * error, 1.0)
    return CorrectAttribution(mean, control, low, high, p_value, len(found[0]), len(found[1]))


def _mean_and_error(values: FloatArray) -> tuple[float, float]:
    if len(values) == 0:
        return float("nan"), float("nan")
    return float(values.mean()), float(values.std()) / len(values) ** 0.5


def groups(
    synthetic: FloatArray,
    train: FloatArray,
    holdout: FloatArray | None,
    keys: NDArray[np.int64],
    secret: int | None,
) -> Groups:
    """Return how large and how varied the groups of equal keys are in the synthetic rows.

    Parameters
    ----------
    synthetic, train : ndarray of float64, shape (rows, columns)
    holdout : ndarray of float64 or None
    keys : ndarray of int64
        Which columns are quasi-identifiers.
    secret : int or None
        Which column is sensitive.
    """
    others = train[:0] if holdout is None else holdout
    drawn, seen, unseen = row_numbers(*(rows[:, keys] for rows in (synthetic, train, others)))
    n_groups = max(int(n.max(initial=-1)) for n in (drawn, seen, unseen)) + 1
    sizes, of_train, of_others = (np.bincount(n, minlength=n_groups) for n in (drawn, seen, unseen))
    there = sizes > 0
    total = of_train + of_others
    known = there & (total > 0)
    presence = float((of_train[known] / total[known]).max(initial=0.0))
    distinct = None
    if secret is not None:
        (secrets,) = row_numbers(synthetic[:, [secret]])
        pairs = np.unique(np.stack([drawn, secrets]), axis=1)
        distinct = int(np.bincount(pairs[0], minlength=n_groups)[there].min())
    return Groups(int(sizes[there].min()), distinct, presence)


def _counts(numbers: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Return how often each number occurs in the first of the tables."""
    return np.bincount(numbers[0], minlength=max(int(n.max(initial=-1)) for n in numbers) + 1)
