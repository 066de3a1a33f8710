"""Singling out: do descriptions read off synthetic rows fit exactly one training row?

A description is a conjunction of conditions on a few columns (Cohen and Nissim 2020; Giomi et al.
2023, Anonymeter). It is a table of numbers here: no query is ever written out and parsed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from tabgan.evaluation.privacy.risk import Risk, largest, risk
from tabgan.evaluation.privacy.sides import Sides
from tabgan.evaluation.tables import FloatArray

# Descriptions that are tried; the error of a risk near zero is then less than a hundredth.
_N_ATTACKS = 1_000
# Conditions of a description on several columns: from, to.
_CONDITIONS = (2, 6)


@dataclass(frozen=True)
class _Descriptions:
    """Conditions ``low <= value <= high``, shape (attacks, columns).

    NaN asks for a missing value; from minus to plus infinity is no condition.
    """

    low: FloatArray
    high: FloatArray

    def n_fitting(self, rows: FloatArray) -> NDArray[np.int64]:
        """Return how many of the rows fit each description."""
        columns = np.ascontiguousarray(rows.T)
        counts = np.empty(len(self.low), dtype=np.int64)
        for i, (lows, highs) in enumerate(zip(self.low, self.high, strict=True)):
            fits = np.ones(len(rows), dtype=bool)
            for column in np.flatnonzero(~(np.isneginf(lows) & np.isposinf(highs))):
                values, low, high = columns[column], lows[column], highs[column]
                fits &= np.isnan(values) if np.isnan(low) else (low <= values) & (values <= high)
            counts[i] = fits.sum()
        return counts


def singling_out(sides: Sides, rng: np.random.Generator) -> Risk:
    """Return the risk of being singled out by descriptions of one or several conditions.

    Of descriptions of one column (a value that one synthetic row has, or more extreme than all of
    them) and of several the larger risk, with the p-value of both together.
    """
    found = [
        _risk(sides, descriptions)
        for descriptions in (_of_one_column(sides, rng), _of_several_columns(sides, rng))
        if len(descriptions.low)
    ]
    return largest(found)


def _risk(sides: Sides, descriptions: _Descriptions) -> Risk:
    train, holdout = (descriptions.n_fitting(rows) == 1 for rows in (sides.train, sides.holdout))
    # The same description is tried on both tables, so only those count that fit one of them.
    only_train, only_holdout = int((train & ~holdout).sum()), int((holdout & ~train).sum())
    n_discordant = only_train + only_holdout
    p_value = 1.0
    if n_discordant:
        test = stats.binomtest(only_train, n_discordant, 0.5, alternative="greater")
        p_value = float(test.pvalue)
    return risk(train, holdout, p_value)


def _of_one_column(sides: Sides, rng: np.random.Generator) -> _Descriptions:
    n_columns = len(sides.columns)
    low, high = np.empty((0, n_columns)), np.empty((0, n_columns))
    for i, column in enumerate(sides.columns):
        known = sides.synthetic[~np.isnan(sides.synthetic[:, i]), i]
        if len(known) == 0:
            continue
        distinct, counts = np.unique(known, return_counts=True)
        once = distinct[counts == 1]
        ends = [once, once]
        if column.is_ordered:
            ends = [
                np.append(once, [-np.inf, distinct[-1]]),
                np.append(once, [distinct[0], np.inf]),
            ]
        bounds = np.full((2, len(ends[0]), n_columns), [[[-np.inf]], [[np.inf]]])
        bounds[:, :, i] = ends
        low, high = np.concatenate([low, bounds[0]]), np.concatenate([high, bounds[1]])
    chosen = rng.permutation(len(low))[:_N_ATTACKS]
    return _Descriptions(low[chosen], high[chosen])


def _of_several_columns(sides: Sides, rng: np.random.Generator) -> _Descriptions:
    """Return what a synthetic row is like in some columns, numbers being at least or at most its.

    On the side of the median where fewer rows are.
    """
    n_columns = len(sides.columns)
    fewest, most = (min(count, n_columns) for count in _CONDITIONS)
    rows = sides.synthetic[rng.integers(len(sides.synthetic), size=_N_ATTACKS)]
    n_asked = rng.integers(fewest, most + 1, size=_N_ATTACKS)
    places = rng.random(rows.shape).argsort(axis=1)
    asked = places < n_asked[:, None]
    is_ordered = np.array([column.is_ordered for column in sides.columns])
    known = ~np.isnan(sides.synthetic)
    medians = np.array(
        [
            np.median(values[there]) if there.any() else 0.0
            for values, there in zip(sides.synthetic.T, known.T, strict=True)
        ]
    )
    is_above = rows >= medians
    low = np.where(is_ordered & ~is_above & ~np.isnan(rows), -np.inf, rows)
    high = np.where(is_ordered & is_above, np.inf, rows)
    return _Descriptions(np.where(asked, low, -np.inf), np.where(asked, high, np.inf))
