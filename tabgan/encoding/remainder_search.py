"""Find the columns that others determine but for a remainder.

A column is worth learning by its remainder where the remainder's law alone says more of a cell than
the mode of the cell does: then the others and a draw from that law are better than whatever a
network could say of the mode. Both are counted in bits, at the column's own precision.
"""

from collections.abc import Collection, Hashable
from dataclasses import dataclass
from math import ceil, log10
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tabgan.encoding.column import ColumnEncoder
from tabgan.encoding.numeric import NumericEncoder
from tabgan.encoding.remainder import Remainder
from tabgan.parallel import in_parallel
from tabgan.schema import ColumnSchema, Kind
from tabgan.schema.constraints import Sum
from tabgan.schema.constraints.comparison import as_floats, meanings

FloatArray = NDArray[np.float64]

# Rows that are looked at; and so few say nothing. First choices, as are the next four.
_MOST_ROWS, _FEWEST_ROWS = 4_000, 100
# Share of a column's rows in which the others have to be there, too.
_LEAST_SHARE = 0.5
# Modes that leave less than this open are as good as the values themselves.
_FEWEST_BITS = 1.0
# What a further column must save, and columns at most.
_LEAST_SAVED, _MOST_OTHERS = 0.1, 6
# Of more columns than this only those are tried that are most correlated with what is left so far.
_MOST_TRIED = 32
# Rows that are counted as neighbours when a density is estimated.
_NEIGHBOURS = 20
# Floats hold integers up to here, so sums are exact.
_LARGEST = 2.0**53
# Digits of real numbers that are kept: more are noise of their sums.
_DIGITS = 12


@dataclass(frozen=True)
class _Line:
    """A column of numbers, dates or durations.

    Parameters
    ----------
    column : ColumnSchema
        What it is.
    values : numpy.ndarray of shape (n_rows,)
        Numbers, or seconds; NaN is missing.
    step : float
        Its precision.
    bits : float
        How much its modes leave open of a cell.
    """

    column: ColumnSchema
    values: FloatArray
    step: float
    bits: float

    @property
    def is_date(self) -> bool:
        return self.column.kind is Kind.DATETIME

    @property
    def unit(self) -> str:
        """What it counts: numbers and times have no sum."""
        is_time = self.column.kind in (Kind.DATETIME, Kind.TIMEDELTA)
        return "time" if is_time else "number"


@dataclass(frozen=True)
class _Finding:
    """A column and what is to be taken away from it.

    Parameters
    ----------
    column : int
        Its line.
    added, removed : tuple of int
        Lines that make it up, and those that make up another one with it.
    saved : float
        Bits that the remainder saves.
    rises : bool
        Whether the remainder is mostly positive.
    """

    column: int
    added: tuple[int, ...]
    removed: tuple[int, ...]
    saved: float
    rises: bool

    @property
    def lines(self) -> tuple[int, ...]:
        return self.column, *self.added, *self.removed


def find_remainders(
    table: pd.DataFrame,
    encoders: list[ColumnEncoder[Any]],
    taken: Collection[Hashable] = (),
) -> tuple[Remainder, ...]:
    """Return which columns of a table are to be learnt by their remainders.

    Parameters
    ----------
    table : pandas.DataFrame
        The table.
    encoders : list of ColumnEncoder
        Of its columns.
    taken : collection of hashable
        Columns that something else determines.
    """
    # Names of several levels have no room for one more.
    if len(table) < _FEWEST_ROWS or any(isinstance(name, tuple) for name in table.columns):
        return ()
    rows = table.iloc[:: ceil(len(table) / _MOST_ROWS)]
    lines = [
        line
        for encoder in encoders
        if encoder.column.name not in taken and (line := _line(rows, encoder)) is not None
    ]
    if len(lines) < 2:
        return ()
    values = np.stack([line.values for line in lines])
    alike = _standardised(values) if len(lines) > _MOST_TRIED else None
    open_columns = [column for column, line in enumerate(lines) if line.bits >= _FEWEST_BITS]
    searched = in_parallel(lambda column: _search(column, lines, values, alike), open_columns)
    findings = [finding for finding in searched if finding is not None]
    # Of a bill the total can be computed, or any part: what saves most is and, where that is nearly
    # the same, a total, which is never negative because of others. Of two dates it is the later.
    findings.sort(key=lambda f: (-round(f.saved), bool(f.removed), not f.rises, -f.saved))
    chosen: list[_Finding] = []
    for finding in findings:
        told = {line for other in chosen for line in other.lines}
        if finding.column not in told:
            chosen.append(finding)
    named = [_named(finding, lines, set(table.columns)) for finding in chosen]
    return tuple(remainder for remainder in named if remainder is not None)


def _line(rows: pd.DataFrame, encoder: ColumnEncoder[Any]) -> _Line | None:
    """Return a column as a line, if it is one whose sums are exact."""
    column = encoder.column
    if not isinstance(encoder, NumericEncoder) or encoder.modes is None or column.name is None:
        return None
    cells = rows[column.name]
    values = as_floats(meanings(cells, column))
    present = values[~np.isnan(values)]
    largest = np.abs(present).max(initial=0.0)
    if len(present) < _FEWEST_ROWS or not 0.0 < largest < _LARGEST or np.ptp(present) == 0.0:
        return None
    step = 10.0 ** -(_decimals_of(column, float(largest)) or 0)
    if column.kind in (Kind.DATETIME, Kind.TIMEDELTA):
        step = 1.0 if np.array_equal(present, np.rint(present)) else 1e-6
    n_modes = encoder.modes.n_modes
    ends = [
        as_floats(meanings(encoder.decode(np.arange(n_modes), np.full(n_modes, place), 0), column))
        for place in (0.0, np.nextafter(1.0, 0.0))
    ]
    shares = encoder.shares[:n_modes] / encoder.shares[:n_modes].sum()
    bits = float(shares @ np.log2(1.0 + np.abs(ends[1] - ends[0]) / step))
    return _Line(column, values, step, bits)


def _decimals_of(column: ColumnSchema, largest: float) -> int | None:
    """Return the decimals of a column of numbers, ``None`` for integers."""
    if column.kind is Kind.INTEGER:
        return None
    if column.decimals is not None:
        return column.decimals
    return min(_DIGITS, max(0, _DIGITS - ceil(log10(largest))))


def _search(
    column: int, lines: list[_Line], values: FloatArray, alike: FloatArray | None
) -> _Finding | None:
    """Take away one column after the other, each time the one that leaves the fewest bits.

    Parameters
    ----------
    column : int
        The column that may be told by others.
    lines : list of _Line
        All columns.
    values : numpy.ndarray of shape (n_columns, n_rows)
        Their values.
    alike : numpy.ndarray of the same shape, or None
        The same standardised; ``None`` where all columns are tried.
    """
    line, rest = lines[column], values[column]
    signs: dict[int, float] = {}
    n_present = np.count_nonzero(~np.isnan(rest))
    bits = _bits(rest, line.step)
    while len(signs) < _MOST_OTHERS:
        options = [
            (_bits(left, line.step), other, sign, left)
            for other in _tried(rest, len(lines), alike)
            if other != column and other not in signs and lines[other].unit == line.unit
            for sign in (1.0, -1.0)
            if _adds_up(line, lines[other], sign, signs)
            and np.count_nonzero(~np.isnan(left := rest - sign * values[other]))
            >= _LEAST_SHARE * n_present
        ]
        if not options:
            break
        fewest, other, sign, left = min(options, key=lambda option: option[:3])
        if fewest > bits - _LEAST_SAVED:
            break
        bits, rest, signs[other] = fewest, left, sign
    if not signs or bits > line.bits:
        return None
    added = tuple(other for other, sign in signs.items() if sign > 0)
    removed = tuple(other for other, sign in signs.items() if sign < 0)
    return _Finding(column, added, removed, line.bits - bits, bool(np.nanmedian(rest) >= 0.0))


def _adds_up(line: _Line, other: _Line, sign: float, signs: dict[int, float]) -> bool:
    """Say whether what is left after one column more can be written as a sum."""
    if line.is_date or other.is_date:
        # Another date leaves a duration, and of that nothing else is taken.
        return line.is_date and other.is_date and sign > 0 and not signs
    n_added = sum(known > 0 for known in signs.values()) + (sign > 0)
    n_removed = len(signs) + 1 - n_added
    return n_added < 2 or n_removed == 0


def _standardised(values: FloatArray) -> FloatArray:
    """Return columns with a mean of zero and a norm of one, zero where a cell is missing."""
    centred = np.nan_to_num(values - np.nanmean(values, axis=1, keepdims=True))
    standardised: FloatArray = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    return standardised


def _tried(rest: FloatArray, n_columns: int, alike: FloatArray | None) -> list[int]:
    """Return the columns that are worth taking away: all, or those most like what is left."""
    if alike is None:
        return list(range(n_columns))
    likeness = np.abs(alike @ np.nan_to_num(rest - np.nanmean(rest)))
    return list(map(int, np.argsort(-likeness, kind="stable")[:_MOST_TRIED]))


def _bits(values: FloatArray, step: float) -> float:
    """Return the entropy of values at a precision.

    That of the shares where values repeat; elsewhere by the distance of near neighbours in order
    (Vasicek 1976).
    """
    steps = np.sort(np.rint(values[~np.isnan(values)] / step))
    n_rows = len(steps)
    counts = np.unique(steps, return_counts=True)[1]
    repeats = counts > _NEIGHBOURS
    shares = counts[repeats] / n_rows
    places = np.flatnonzero(np.repeat(~repeats, counts))
    first = (places - _NEIGHBOURS // 2).clip(min=0)
    last = (places + _NEIGHBOURS // 2).clip(max=n_rows - 1)
    distances = np.maximum(steps[last] - steps[first], 1.0)
    densities = np.minimum((last - first) / n_rows / distances, 1.0)
    return float(-(shares @ np.log2(shares)) - np.log2(densities).sum() / n_rows)


def _named(finding: _Finding, lines: list[_Line], names: set[Hashable]) -> Remainder | None:
    """Return a finding as a sum with a remainder."""
    columns = [lines[line].column for line in finding.lines]
    column, *others = (each.name for each in columns)
    name = f"rest of {column}"
    if name in names:
        return None
    n_added = len(finding.added)
    if not finding.removed:
        rule = Sum(column, [*others, name])
    elif n_added:
        rule = Sum(others[0], [column, *others[1:], name])
    else:
        rule = Sum(name, [column, *others])
    decimals = [
        _decimals_of(lines[line].column, float(np.nanmax(np.abs(lines[line].values))))
        for line in finding.lines
    ]
    is_number = lines[finding.column].unit == "number"
    known = [of_column for of_column in decimals if of_column is not None]
    return Remainder(rule, column, name, max(known) if is_number and known else None)
