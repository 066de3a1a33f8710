"""The risk of an attack beyond what it would find out about anybody."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tabgan.evaluation.privacy.significance import more_often, of_several
from tabgan.evaluation.ranking import wilson_interval


@dataclass(frozen=True)
class Risk:
    """Share of attacks that succeed on training rows beyond those that succeed on holdout rows.

    Parameters
    ----------
    value : float
        ``(train - holdout) / (1 - holdout)``, and 0 where holdout rows fare no better (Giomi et al.
        2023, Anonymeter): of the secrets that could be kept, the share that learning gave away.
    low, high : float
        95 % interval, from those of both shares (Wilson 1927).
    p_value : float
        One-sided, of attacks on training rows succeeding no more often.
    train, holdout : float
        Share of attacks that succeed.
    """

    value: float
    low: float
    high: float
    p_value: float
    train: float
    holdout: float


def risk(train: np.ndarray, holdout: np.ndarray, p_value: float | None = None) -> Risk:
    """Return the risk of attacks on training rows, with those on holdout rows as control.

    Parameters
    ----------
    train, holdout : ndarray of bool, shape (attacks,)
        Which attacks succeeded.
    p_value : float or None
        Of a test of its own; ``None`` compares the two shares (Fisher 1934).
    """
    of_train, of_holdout = float(train.mean()), float(holdout.mean())
    if p_value is None:
        p_value = more_often(int(train.sum()), len(train), int(holdout.sum()), len(holdout))
    least, most = wilson_interval(of_train, len(train))
    control_least, control_most = wilson_interval(of_holdout, len(holdout))
    value = _beyond(of_train, of_holdout)
    return Risk(
        value,
        min(value, _beyond(least, control_most)),  # but for rounding they are in order
        max(value, _beyond(most, control_least)),
        p_value,
        of_train,
        of_holdout,
    )


def largest(risks: Sequence[Risk]) -> Risk:
    """Return the risk whose interval begins highest, with the p-value of all together (Bonferroni).

    No risk at all where there were no attacks.
    """
    if not risks:
        return Risk(0.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    found = max(risks, key=lambda one: (one.low, one.value))
    return replace(found, p_value=of_several([one.p_value for one in risks]))


def _beyond(share: float, control: float) -> float:
    return max(0.0, (share - control) / (1.0 - control)) if control < 1.0 else 0.0
