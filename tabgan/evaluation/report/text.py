"""A report as text of 80 columns."""

import textwrap
from collections.abc import Hashable, Sequence

from tabgan.evaluation.report.score import (
    ATTACK,
    COLUMNS,
    OVERFITTING,
    RELATIONS,
    ROWS,
    UTILITY,
    Gate,
    Score,
    figure,
)

_WIDTH = 80
_TITLES = {
    COLUMNS: "fidelity: single columns (1 is best)",
    RELATIONS: "fidelity: relations between columns",
    ROWS: "fidelity: whole rows",
    UTILITY: "utility (tested on the holdout)",
    OVERFITTING: "privacy: overfitting checks",
    ATTACK: "privacy: attacks",
}
CAUTION = (
    "Passing these checks is no proof of anonymity, and the report itself tells something about "
    "the training rows: treat it as you treat them."
)


def as_text(
    n_rows: tuple[int, int, int],
    scores: Sequence[Score],
    gates: Sequence[Gate],
    left_out: Sequence[Hashable],
) -> str:
    """Return a report as text.

    Parameters
    ----------
    n_rows : tuple of int
        Training, synthetic and holdout rows.
    scores : sequence of Score
        Of the whole table.
    gates : sequence of Gate
    left_out : sequence of hashable
        Columns that are not compared.
    """
    train, synthetic, holdout = n_rows
    rows = f"{train:,} training, {synthetic:,} synthetic, {holdout:,} holdout rows"
    lines = [rows, "", _table_line("", "value", "low", "high", "floor", "ceiling", "verdict")]
    for group, title in _TITLES.items():
        lines += [title, *(_score_line(s) for s in scores if s.group == group)]
    lines += [str(gate) for gate in gates]
    if left_out:
        names = ", ".join(map(str, left_out))
        lines += _wrapped(f"not compared, being identifiers: {names}")
    for note, concerned in _notes(scores).items():
        lines += _wrapped(f"{', '.join(concerned)}: {note}")
    return "\n".join([*lines, *_wrapped(CAUTION)])


def _notes(scores: Sequence[Score]) -> dict[str, list[str]]:
    notes: dict[str, list[str]] = {}
    for score in scores:
        for note in score.note.split("; ") if score.note else []:
            notes.setdefault(note, []).append(score.name)
    return notes


def _score_line(score: Score) -> str:
    figures = (score.value, score.low, score.high, score.floor, score.ceiling)
    return _table_line(f"  {score.name}", *map(figure, figures), str(score.verdict))


def _table_line(name: str, *cells: str) -> str:
    *figures, verdict = cells
    return f"{name:<24}{''.join(f'{figure:>9}' for figure in figures)}  {verdict}".rstrip()


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, subsequent_indent="  ")
