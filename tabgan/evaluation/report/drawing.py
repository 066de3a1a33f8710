"""The pictures of the page, as SVG and HTML text without scripts."""

import html
import math
from collections.abc import Sequence

from tabgan.evaluation.profiles import ALL_OTHERS, ColumnProfile
from tabgan.evaluation.report.score import Score

_RULER_WIDTH, _RULER_HEIGHT = 240, 26
_BARS_WIDTH, _BARS_HEIGHT = 260, 84
# A cell of a matrix, from few columns to many, and letters of a name beside it.
_CELLS = (22, 9)
_FEW_COLUMNS, _MANY_COLUMNS = 12, 40
_NAME_LETTERS = 16


def text(value: object, n_letters: int | None = None) -> str:
    """Return anything as HTML text, cut to so many letters."""
    written = " ".join(str(value).split()) or "(no name)"
    if n_letters is not None and len(written) > n_letters:
        written = written[: n_letters - 1] + "…"
    return html.escape(written)


def ruler(score: Score) -> str:
    """Return a line with the floor, the ceiling, the interval and the value of a score."""
    marks = (score.value, score.low, score.high, score.floor, score.ceiling)
    known = [mark for mark in marks if not math.isnan(mark)]
    if math.isnan(score.value):
        return ""
    least, most = min(0.0, *known), max(1.0, *known)

    def place(mark: float) -> float:
        return round(8 + (mark - least) / (most - least) * (_RULER_WIDTH - 16), 1)

    middle = _RULER_HEIGHT / 2
    parts = [f'<path class="axis" d="M8 {middle}H{_RULER_WIDTH - 8}"/>']
    for mark, name in ((score.floor, "floor"), (score.ceiling, "ceiling")):
        if not math.isnan(mark):
            parts.append(f'<path class="{name}" d="M{place(mark)} 4V{_RULER_HEIGHT - 4}"/>')
    if not math.isnan(score.low) and not math.isnan(score.high):
        parts.append(
            f'<path class="interval" d="M{place(score.low)} {middle}H{place(score.high)}"/>'
        )
    parts.append(f'<circle class="{score.verdict}" cx="{place(score.value)}" cy="{middle}" r="5"/>')
    return _svg(_RULER_WIDTH, _RULER_HEIGHT, parts, f"{score.name} {score.value:.3f}")


def bars(profile: ColumnProfile) -> str:
    """Return the distribution of a column in the real and in the synthetic rows."""
    if not profile.train:
        return '<p class="note">too few values in the training rows to be shown</p>'
    return _line_of_bars(profile) if profile.is_ordered else _list_of_bars(profile)


def _line_of_bars(profile: ColumnProfile) -> str:
    highest = max(*profile.train, *profile.synthetic, 1e-9)
    width = _BARS_WIDTH / len(profile.train)
    floor = _BARS_HEIGHT - 16

    def height(share: float) -> float:
        return round(share / highest * (floor - 4), 1)

    parts = [
        f'<rect class="real" x="{i * width:.1f}" y="{floor - height(share)}" '
        f'width="{max(1.0, width - 1):.1f}" height="{height(share)}"/>'
        for i, share in enumerate(profile.train)
    ]
    steps = [f"M0 {floor - height(profile.synthetic[0])}"]
    for i, share in enumerate(profile.synthetic):
        steps.append(f"V{floor - height(share)}H{(i + 1) * width:.1f}")
    parts.append(f'<path class="synthetic" d="{"".join(steps)}"/>')
    parts.append(f'<path class="axis" d="M0 {floor}H{_BARS_WIDTH}"/>')
    for label, x, anchor in zip(profile.labels, (0, _BARS_WIDTH), ("start", "end"), strict=True):
        parts.append(
            f'<text x="{x}" y="{_BARS_HEIGHT - 3}" text-anchor="{anchor}">{text(label, 22)}</text>'
        )
    return _svg(_BARS_WIDTH, _BARS_HEIGHT, parts, f"distribution of {profile.name}")


def _list_of_bars(profile: ColumnProfile) -> str:
    # The rest together would dwarf all that has a bar of its own.
    n_own = len(profile.labels) - (profile.labels[-1] == ALL_OTHERS and len(profile.labels) > 1)
    own = [share for shares in (profile.train, profile.synthetic) for share in shares[:n_own]]
    highest = max([*own, 1e-9])
    rows = []
    for label, real, synthetic in zip(
        profile.labels, profile.train, profile.synthetic, strict=True
    ):
        pair = "".join(
            f'<i class="{name}" style="width:{100 * min(1.0, share / highest):.1f}%"></i>'
            for name, share in (("real", real), ("synthetic", synthetic))
        )
        rows.append(
            f'<tr><th title="{text(label)}">{text(label, 26)}</th><td>{pair}</td>'
            f"<td>{real:.1%}</td><td>{synthetic:.1%}</td></tr>"
        )
    return f'<table class="bars">{"".join(rows)}</table>'


def matrix(
    names: Sequence[object], values: Sequence[Sequence[float]], title: str, *, is_difference: bool
) -> str:
    """Return a matrix of columns by columns as coloured squares.

    Parameters
    ----------
    names : sequence
        Of the columns.
    values : sequence of sequence of float
        From 0 to 1, or from -1 to 1 for a difference.
    title : str
        What it shows.
    is_difference : bool
        Whether red and blue stand for more and less.
    """
    n_columns = len(names)
    share = (n_columns - _FEW_COLUMNS) / (_MANY_COLUMNS - _FEW_COLUMNS)
    cell = round(_CELLS[0] + (_CELLS[1] - _CELLS[0]) * min(1.0, max(0.0, share)))
    letter = min(11, cell)
    margin = round(letter * 0.66 * min(_NAME_LETTERS, max(len(str(name)) for name in names))) + 6
    parts = []
    for i, (name, row) in enumerate(zip(names, values, strict=True)):
        y = i * cell
        parts.append(
            f'<text style="font-size:{letter}px" x="{margin - 4}" y="{y + cell * 0.75:.1f}" '
            f'text-anchor="end">{text(name, _NAME_LETTERS)}</text>'
        )
        for j, value in enumerate(row):
            if i == j:
                continue
            what = f"{text(name)} and {text(names[j])}: {value:+.2f}"
            # Names in all of sixty columns' pairs, three times, would be most of the page.
            told = f"><title>{what}</title></rect>" if is_difference else "/>"
            parts.append(
                f'<rect x="{margin + j * cell}" y="{y}" width="{cell - 1}" height="{cell - 1}" '
                f'fill="{_colour(value, is_difference)}"{told}'
            )
    size = n_columns * cell
    drawn = _svg(margin + size, size, parts, title)
    return f"<figure><figcaption>{text(title)}</figcaption>{drawn}</figure>"


def _colour(value: float, is_difference: bool) -> str:
    if not is_difference:
        return _mixed((238, 242, 246), (38, 84, 124), min(1.0, max(0.0, value)))
    strength = min(1.0, 3 * abs(value))  # a third is as far off as a pair can be called learnt
    return _mixed((244, 244, 242), (178, 34, 34) if value > 0 else (38, 84, 160), strength)


def _mixed(first: tuple[int, ...], second: tuple[int, ...], share: float) -> str:
    mixed = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _svg(width: float, height: float, parts: Sequence[str], title: str) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{text(title)}">{"".join(parts)}</svg>'
    )
