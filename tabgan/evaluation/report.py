"""The report: scores as frozen values, first summarised, then rendered."""

import json
import math
import textwrap
from collections.abc import Hashable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

import pandas as pd

_WIDTH = 80
_UNKNOWN = float("nan")
_COLUMNS = [
    "name", "group", "column", "value", "low", "high", "floor", "ceiling", "p_value", "verdict",
]  # fmt: skip
_TITLES = {
    "fidelity": "fidelity (1 is best)",
    "utility": "utility (tested on the holdout)",
    "overfitting": "privacy: overfitting checks",
    "attack": "privacy: attacks",
}
_CAUTION = (
    "Passing these checks is no proof of anonymity, and the report itself tells something about "
    "the training rows: treat it as you treat them."
)
# To change what to_json writes: 1. raise this number, 2. say so in CHANGELOG.md.
_JSON_FORMAT = 1


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
        ``"fidelity"``, ``"utility"``, ``"overfitting"`` or ``"attack"``.
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
    """

    name: str
    group: str
    column: Hashable | None = None
    value: float = _UNKNOWN
    low: float = _UNKNOWN
    high: float = _UNKNOWN
    floor: float = _UNKNOWN
    ceiling: float = _UNKNOWN
    p_value: float = _UNKNOWN
    verdict: Verdict = Verdict.UNKNOWN
    note: str = ""

    def judged_by_floor(self) -> "Score":
        """Return the score judged against independent columns.

        ``flag`` where its interval lies below what independent columns get: not even that much of
        the relations was learnt. ``ok`` where it lies above, ``unknown`` in between. Whether above
        is enough for a purpose is for a gate to say.
        """
        if self.high < self.floor:
            return replace(self, verdict=Verdict.FLAG)
        return replace(self, verdict=Verdict.OK if self.low > self.floor else Verdict.UNKNOWN)


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
        return f"gate {self.name}: {_figure(self.value)}, required {required}: {outcome}"


@dataclass(frozen=True)
class Report:
    """Everything :func:`tabgan.evaluation.evaluate` found out.

    Parameters
    ----------
    scores : tuple of Score
        Scores of the whole table and, for some names, of each column.
    gates : tuple of Gate
        The gates asked for, with their outcome.
    n_train, n_synthetic, n_holdout : int
        Rows of the three frames.
    left_out : tuple of hashable
        Identifier columns, which are not compared.
    """

    scores: tuple[Score, ...]
    gates: tuple[Gate, ...]
    n_train: int
    n_synthetic: int
    n_holdout: int
    left_out: tuple[Hashable, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every gate is passed; true where none was asked for."""
        return all(gate.passed for gate in self.gates)

    def __getitem__(self, name: str) -> Score:
        """Return the score of the whole table of this name.

        Raises
        ------
        KeyError
            If there is none.
        """
        for score in self._overall():
            if score.name == name:
                return score
        raise KeyError(name)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a score, `column` being ``None`` for the whole table."""
        rows = [[getattr(score, name) for name in _COLUMNS] for score in self.scores]
        frame = pd.DataFrame(rows, columns=_COLUMNS)
        # Column names may be anything, and None must not turn into NaN beside them.
        frame["column"] = pd.Series([score.column for score in self.scores], dtype=object)
        frame["verdict"] = [str(score.verdict) for score in self.scores]
        return frame

    def to_json(self) -> str:
        """Return the report as JSON text; what is not known is ``null``."""
        gates = [{**asdict(gate), "passed": gate.passed} for gate in self.gates]
        form = {
            "format": _JSON_FORMAT,
            "n_train": self.n_train,
            "n_synthetic": self.n_synthetic,
            "n_holdout": self.n_holdout,
            "left_out": [str(name) for name in self.left_out],
            "passed": self.passed,
            "gates": [_json_row(gate) for gate in gates],
            "scores": [_json_row(asdict(score)) for score in self.scores],
        }
        return json.dumps(form, indent=2, ensure_ascii=False, allow_nan=False)

    def __str__(self) -> str:
        rows = (
            f"{self.n_train:,} training, {self.n_synthetic:,} synthetic, "
            f"{self.n_holdout:,} holdout rows"
        )
        lines = [rows, "", _table_line("", "value", "low", "high", "floor", "ceiling", "verdict")]
        for group, title in _TITLES.items():
            lines += [title, *(_score_line(s) for s in self._overall() if s.group == group)]
        lines += [str(gate) for gate in self.gates]
        if self.left_out:
            names = ", ".join(map(str, self.left_out))
            lines += _wrapped(f"not compared, being identifiers: {names}")
        for note, concerned in self._notes().items():
            lines += _wrapped(f"{', '.join(concerned)}: {note}")
        return "\n".join([*lines, *_wrapped(_CAUTION)])

    def _notes(self) -> dict[str, list[str]]:
        notes: dict[str, list[str]] = {}
        for score in self._overall():
            for note in score.note.split("; ") if score.note else []:
                notes.setdefault(note, []).append(score.name)
        return notes

    def _overall(self) -> list[Score]:
        return [score for score in self.scores if score.column is None]


def _score_line(score: Score) -> str:
    figures = (score.value, score.low, score.high, score.floor, score.ceiling)
    return _table_line(f"  {score.name}", *map(_figure, figures), str(score.verdict))


def _table_line(name: str, *cells: str) -> str:
    *figures, verdict = cells
    return f"{name:<23}{''.join(f'{figure:>9}' for figure in figures)}  {verdict}".rstrip()


def _figure(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, subsequent_indent="  ")


def _json_row(row: dict[str, object]) -> dict[str, object]:
    return {key: _json_value(value) for key, value in row.items()}


def _json_value(value: object) -> object:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else value
    return str(value)
