"""The report: scores as frozen values, which other modules of this room render."""

import html
import json
import math
from collections.abc import Hashable
from dataclasses import asdict, dataclass, field
from os import PathLike, fsdecode
from pathlib import Path

import pandas as pd

from tabgan.errors import InvalidParameterError
from tabgan.evaluation.profiles import ColumnProfile, Dependences
from tabgan.evaluation.report.page import as_page
from tabgan.evaluation.report.score import Gate, Score
from tabgan.evaluation.report.text import as_text
from tabgan.persistence.path import is_path

_COLUMNS = [
    "name", "group", "column", "other_column", "value", "low", "high", "floor", "ceiling",
    "p_value", "verdict",
]  # fmt: skip
# To change what to_json writes: 1. raise this number, 2. say so in CHANGELOG.md.
_JSON_FORMAT = 1


@dataclass(frozen=True)
class Report:
    """Everything :func:`tabgan.evaluation.evaluate` found out.

    Parameters
    ----------
    scores : tuple of Score
        Scores of the whole table and, for some names, of each column or pair of columns.
    gates : tuple of Gate
        The gates asked for, with their outcome.
    n_train, n_synthetic, n_holdout : int
        Rows of the three frames.
    left_out : tuple of hashable
        Identifier columns, which are not compared.
    profiles : tuple of ColumnProfile
        How each column is distributed, for the page.
    dependences : Dependences or None
        How much each two columns depend on each other, likewise.
    """

    scores: tuple[Score, ...]
    gates: tuple[Gate, ...]
    n_train: int
    n_synthetic: int
    n_holdout: int
    left_out: tuple[Hashable, ...] = ()
    profiles: tuple[ColumnProfile, ...] = field(default=(), repr=False)
    dependences: Dependences | None = field(default=None, repr=False)

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
            if isinstance(name, str) and score.name == name:
                return score
        raise KeyError(name)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a score.

        `column` is ``None`` for the whole table, and `other_column` but for pairs. The whole table
        comes first, then the columns and pairs of each score, the worst first.
        """
        scores = self._worst_first()
        rows = [[getattr(score, name) for name in _COLUMNS] for score in scores]
        frame = pd.DataFrame(rows, columns=_COLUMNS)
        # Column names may be anything, and None must not turn into NaN beside them.
        for name in ("column", "other_column"):
            frame[name] = pd.Series([getattr(score, name) for score in scores], dtype=object)
        frame["verdict"] = [str(score.verdict) for score in scores]
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
            "scores": [_json_row(asdict(score)) for score in self._worst_first()],
        }
        return json.dumps(form, indent=2, ensure_ascii=False, allow_nan=False)

    def to_html(self, path: str | PathLike[str] | None = None) -> str:
        """Return the report as one HTML page without scripts or downloads.

        It shows how the training rows are distributed: categories that few rows have are left out,
        and numbers at both ends shown together, yet treat it as you treat them.

        Parameters
        ----------
        path : path-like or None
            Where to write it, too, as UTF-8; an existing file is replaced.

        Returns
        -------
        str
            The page.

        Raises
        ------
        InvalidParameterError
            If `path` is none that a file can have.
        """
        if path is not None and not is_path(path):
            raise InvalidParameterError("path must be the path of a file, as text or a Path")
        dependences = self.dependences or Dependences((), (), ())
        page = as_page(
            self._n_rows, self.scores, self.gates, self.left_out, self.profiles, dependences
        )
        if path is not None:
            Path(fsdecode(path)).write_text(page, encoding="utf-8")
        return page

    def _repr_html_(self) -> str:
        # In a frame of its own: the page's style must not reach the notebook's.
        source = html.escape(self.to_html())
        style = "width:100%;height:40rem;border:1px solid #d9dee4"
        return f'<iframe srcdoc="{source}" style="{style}"></iframe>'

    def __str__(self) -> str:
        return as_text(self._n_rows, self._overall(), self.gates, self.left_out)

    @property
    def _n_rows(self) -> tuple[int, int, int]:
        return self.n_train, self.n_synthetic, self.n_holdout

    def _overall(self) -> list[Score]:
        return [score for score in self.scores if score.column is None]

    def _worst_first(self) -> list[Score]:
        overall = self._overall()
        names = list(dict.fromkeys(score.name for score in self.scores))
        parts = [score for score in self.scores if score.column is not None]
        # What is unknown comes last. Scores of columns and pairs are similarities: 1 is best.
        parts.sort(key=lambda s: (names.index(s.name), math.isnan(s.value), s.value))
        return overall + parts


def _json_row(row: dict[str, object]) -> dict[str, object]:
    return {key: _json_value(value) for key, value in row.items()}


def _json_value(value: object) -> object:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else value
    return str(value)
