"""What a report is made of: scores and gates, as frozen values."""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

UNKNOWN = float("nan")
# Groups of scores, in the order in which they are shown: three of fidelity, one of utility, two of
# privacy.
COLUMNS, RELATIONS, ROWS = "columns", "relations", "rows"
UTILITY = "utility"
OVERFITTING, ATTACK = "overfitting", "attack"


# Of honest tables so many raise an alarm at most, by all tests together.
SIGNIFICANCE = 0.05


def figure(value: float) -> str:
    """Return three digits, or a dash for what is not known."""
    return "-" if math.isnan(value) else f"{value:.3f}"


class Verdict(StrEnum):
    """What a score says: fine, look at it, or nothing either way."""

    OK = "ok"
    FLAG = "flag"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Score:
    """One figure with what it takes to read it.

    Parameters
    ----------
    name : str
        Which score, for example ``"c2st"``.
    group : str
        ``"columns"``, ``"relations"`` or ``"rows"``, of fidelity; ``"utility"``; ``"overfitting"``
        or ``"attack"``, of privacy.
    column : hashable or None
        The column it is about; ``None`` for the whole table.
    value : float
        The score; NaN if it could not be computed, and `note` says why.
    low, high : float
        95 % interval.
    floor : float
        What independent columns get: the training rows, each column permuted on its own.
    ceiling : float
        What honest real rows get.
    p_value : float
        One-sided, against rows that owe nothing to the training rows; NaN where no test is made.
    verdict : Verdict
        ``ok``, ``flag`` or ``unknown``.
    note : str
        What a reader has to know about this figure; often empty.
    other_column : hashable or None
        The second column, where it is about a pair.
    """

    name: str
    group: str
    column: Hashable | None = None
    value: float = UNKNOWN
    low: float = UNKNOWN
    high: float = UNKNOWN
    floor: float = UNKNOWN
    ceiling: float = UNKNOWN
    p_value: float = UNKNOWN
    verdict: Verdict = Verdict.UNKNOWN
    note: str = ""
    other_column: Hashable | None = None

    def judged_by_floor(self) -> "Score":
        """Return the score judged against independent columns.

        ``flag`` where its interval lies below what independent columns get: not even that much of
        the relations was learnt. ``ok`` where it lies above, ``unknown`` in between. Whether above
        is enough for a purpose is for a gate to say.
        """
        if self.high < self.floor:
            return replace(self, verdict=Verdict.FLAG)
        return replace(self, verdict=Verdict.OK if self.low > self.floor else Verdict.UNKNOWN)


def level_of_each(scores: Sequence[Score]) -> float:
    """Return the level of each test of the whole table, so that all keep theirs (Bonferroni)."""
    n_tests = sum(not math.isnan(score.p_value) and score.column is None for score in scores)
    return SIGNIFICANCE / max(1, n_tests)


@dataclass(frozen=True)
class Gate:
    """A closed range that a score has to lie in, and whether it does.

    Parameters
    ----------
    name : str
        Name of the score.
    low, high : float or None
        The range; ``None`` is open.
    value : float
        What the score came to. A score that could not be computed passes no gate.
    """

    name: str
    low: float | None
    high: float | None
    value: float

    @property
    def passed(self) -> bool:
        """Whether the value lies in the range."""
        return (
            not math.isnan(self.value)
            and (self.low is None or self.value >= self.low)
            and (self.high is None or self.value <= self.high)
        )

    def __str__(self) -> str:
        bounds = [f">= {self.low:g}"] if self.low is not None else []
        bounds += [f"<= {self.high:g}"] if self.high is not None else []
        outcome = "passed" if self.passed else "failed"
        required = " and ".join(bounds) or "anything known"
        return f"gate {self.name}: {figure(self.value)}, required {required}: {outcome}"
