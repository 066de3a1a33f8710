"""Find the columns that others determine but for a remainder.

A column is worth learning by its remainder where the remainder's law alone says more of a cell than
the mode of the cell does: then the others and a draw from that law are better than whatever a
network could say of the mode. Both are counted in bits, at the column's own precision.
"""

from collections.abc import Collection, Hashable, Iterator
from dataclasses import dataclass
from itertools import combinations
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
from tabgan.schema.constraints import Formula, Sum
from tabgan.schema.constraints.comparison import as_floats, meanings
from tabgan.schema.constraints.expression import as_written

FloatArray = NDArray[np.float64]

# Rows that are looked at; and so few say nothing. First choices, as are the next five.
_MOST_ROWS, _FEWEST_ROWS = 4_000, 100
# Share of a column's rows in which the others have to be there, too.
_LEAST_SHARE = 0.5
# Modes that leave less than this open are as good as the values themselves.
_FEWEST_BITS = 1.0
# What a further term must save, more so if it is no plain column; and terms at most.
_LEAST_SAVED, _PRICE_OF_FACTOR, _MOST_TERMS = 0.1, 0.1, 6
# Columns that are tried at each step, of more those that are most correlated with what is left; so
# many of them by twos, as a product; and products, or columns with a factor, that are looked at.
_MOST_TRIED, _MOST_IN_PRODUCTS, _MOST_LIKELY = 32, 16, 5
# Of so many columns a quarter of that: a thousand would take longer than some fits.
_MANY_COLUMNS, _TRIED_OF_MANY = 128, 8
# Rows that are counted as neighbours when a density is estimated.
_NEIGHBOURS = 20
# Floats hold integers up to here, so sums are exact.
_LARGEST = 2.0**53
# Digits of real numbers that are kept: more are noise of their sums. And those of a factor.
_DIGITS, _DIGITS_OF_FACTOR = 12, 6


@dataclass(frozen=True)
class _Line:
    """A column of numbers, dates or durations.

    Parameters
    ----------
    column : ColumnSchema
        What it is.
    values : numpy.ndarray of shape (n_rows,)
        Numbers, or seconds; NaN is missing.
    decimals : int
        Decimals of the numbers; of real numbers those that are more than noise.
    step : float
        Its precision.
    bits : float
        How much its modes leave open of a cell.
    """

    column: ColumnSchema
    values: FloatArray
    decimals: int
    step: float
    bits: float

    @property
    def is_date(self) -> bool:
        """Whether it is one of points in time, which have no sum."""
        return self.column.kind is Kind.DATETIME

    @property
    def is_number(self) -> bool:
        """Whether it counts no time."""
        return self.column.kind in (Kind.CONTINUOUS, Kind.INTEGER)


@dataclass(frozen=True)
class _Term:
    """A column, or the product of two, times a factor.

    Parameters
    ----------
    lines : tuple of int
        One line or two.
    factor : float
        What it is multiplied by.
    """

    lines: tuple[int, ...]
    factor: float = 1.0

    @property
    def is_plain(self) -> bool:
        """Whether it is a column that is added or taken away as it is."""
        return len(self.lines) == 1 and abs(self.factor) == 1.0

    def of(self, values: FloatArray) -> FloatArray:
        """Return it for each row."""
        product: FloatArray = self.factor * np.prod(values[list(self.lines)], axis=0)
        return product


@dataclass(frozen=True)
class _Finding:
    """A column and what determines it.

    Parameters
    ----------
    column : int
        Its line.
    terms : tuple of _Term
        What adds up to it.
    left : float
        Bits of the remainder.
    saved : float
        Bits that it saves.
    rises : bool
        Whether the remainder is mostly positive.
    """

    column: int
    terms: tuple[_Term, ...]
    left: float
    saved: float
    rises: bool

    @property
    def lines(self) -> tuple[int, ...]:
        """The column and the others."""
        return self.column, *(line for term in self.terms for line in term.lines)

    @property
    def is_total(self) -> bool:
        """Whether it is the plain sum of the others."""
        return all(term.is_plain and term.factor > 0.0 for term in self.terms)


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

    Returns
    -------
    tuple of Remainder
        In an order in which they can be computed.
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
    alike = _standardised(values)
    open_columns = [column for column, line in enumerate(lines) if line.bits >= _FEWEST_BITS]
    searched = in_parallel(lambda column: _search(column, lines, values, alike), open_columns)
    findings = [finding for finding in searched if finding is not None]
    # Of a bill the total can be computed, or any part: what leaves least open is and, where that is
    # nearly the same, a total, which is never negative because of others. Of two dates it is the
    # later.
    findings.sort(key=lambda f: (round(f.left), not f.is_total, not f.rises, -f.saved))
    told: set[int] = set()
    chosen = []
    for finding in findings:
        if finding.column not in told:
            told |= set(finding.lines)
            chosen.append(_named(finding, lines, set(table.columns)))
    return tuple(remainder for remainder in chosen if remainder is not None)


def _line(rows: pd.DataFrame, encoder: ColumnEncoder[Any]) -> _Line | None:
    """Return a column as a line, if it is one whose sums are exact."""
    column = encoder.column
    if not isinstance(encoder, NumericEncoder) or encoder.modes is None or column.name is None:
        return None
    values = as_floats(meanings(rows[column.name], column))
    present = values[~np.isnan(values)]
    largest = float(np.abs(present).max(initial=0.0))
    if len(present) < _FEWEST_ROWS or not 0.0 < largest < _LARGEST or np.ptp(present) == 0.0:
        return None
    decimals = 0 if column.kind is Kind.INTEGER else column.decimals
    if decimals is None:
        decimals = min(_DIGITS, max(0, _DIGITS - ceil(log10(largest))))
    if column.kind in (Kind.DATETIME, Kind.TIMEDELTA):
        decimals = 0 if np.array_equal(present, np.rint(present)) else 6
    step = 10.0**-decimals
    n_modes = encoder.modes.n_modes
    ends = [
        as_floats(meanings(encoder.decode(np.arange(n_modes), np.full(n_modes, place), 0), column))
        for place in (0.0, np.nextafter(1.0, 0.0))
    ]
    shares = encoder.shares[:n_modes] / encoder.shares[:n_modes].sum()
    bits = float(shares @ np.log2(1.0 + np.abs(ends[1] - ends[0]) / step))
    return _Line(column, values, decimals, step, bits)


def _search(
    column: int, lines: list[_Line], values: FloatArray, alike: FloatArray
) -> _Finding | None:
    """Take away one term after the other, each time the one that leaves the fewest bits.

    Parameters
    ----------
    column : int
        The column that may be told by others.
    lines : list of _Line
        All columns.
    values, alike : numpy.ndarray of shape (n_columns, n_rows)
        Their values, and the same standardised.
    """
    line, rest = lines[column], values[column]
    terms: list[_Term] = []
    fewest_rows = _LEAST_SHARE * np.count_nonzero(~np.isnan(rest))
    bits = _bits(rest, line.step)
    while len(terms) < _MOST_TERMS:
        used = {column, *(other for term in terms for other in term.lines)}
        best: tuple[float, _Term, FloatArray] | None = None
        for term in _terms(line, rest, used, lines, values, alike):
            left = rest - term.of(values)
            if np.count_nonzero(~np.isnan(left)) < fewest_rows:
                continue
            cost = _bits(left, line.step) + (0.0 if term.is_plain else _PRICE_OF_FACTOR)
            if best is None or cost < best[0]:
                best = cost, term, left
        if best is None or best[0] > bits - _LEAST_SAVED:
            break
        rest = best[2]
        bits = _bits(rest, line.step)
        terms.append(best[1])
    if not terms or bits > line.bits:
        return None
    rises = bool(np.nanmedian(rest) >= 0.0)
    return _Finding(column, tuple(terms), bits, line.bits - bits, rises)


def _terms(
    line: _Line,
    rest: FloatArray,
    used: set[int],
    lines: list[_Line],
    values: FloatArray,
    alike: FloatArray,
) -> Iterator[_Term]:
    """Yield what could be taken away next."""
    nearest = [other for other in _most_like(rest, alike) if other not in used]
    if line.is_date:
        # Another date leaves a duration, and of that nothing else is taken.
        if len(used) == 1:
            yield from (_Term((other,)) for other in nearest if lines[other].is_date)
        return
    nearest = [
        other
        for other in nearest
        if lines[other].is_number == line.is_number and not lines[other].is_date
    ][: _MOST_TRIED if len(lines) <= _MANY_COLUMNS else _TRIED_OF_MANY]
    for other in sorted(nearest):
        yield _Term((other,))
        yield _Term((other,), -1.0)
    if not line.is_number:
        return
    for other in nearest[:_MOST_LIKELY]:
        slope = _slope(rest, values[other])
        if slope not in (0.0, 1.0, -1.0):
            yield _Term((other,), slope)
    pairs = list(combinations(sorted(nearest[:_MOST_IN_PRODUCTS]), 2))
    if pairs:
        products = np.stack([values[one] * values[other] for one, other in pairs])
        for pair in _most_like(rest, _standardised(products))[:_MOST_LIKELY]:
            yield _Term(pairs[pair])


def _standardised(values: FloatArray) -> FloatArray:
    """Return columns with a mean of zero and a norm of one, zero where a cell is missing."""
    present = ~np.isnan(values)
    filled = np.where(present, values, 0.0)
    means = filled.sum(axis=1) / np.maximum(present.sum(axis=1), 1)
    centred = np.where(present, values - means[:, None], 0.0)
    norms = np.linalg.norm(centred, axis=1, keepdims=True)
    standardised: FloatArray = centred / np.maximum(norms, np.finfo(float).tiny)
    return standardised


def _most_like(rest: FloatArray, alike: FloatArray) -> list[int]:
    """Return standardised columns in the order of their correlation with what is left."""
    likeness = np.abs(alike @ _standardised(rest[None])[0])
    return list(map(int, np.argsort(-likeness, kind="stable")))


def _slope(rest: FloatArray, other: FloatArray) -> float:
    """Return how fast what is left rises with a column, by least squares."""
    both = ~np.isnan(rest + other)
    centred = other[both] - other[both].mean() if both.any() else np.zeros(0)
    variation = float(centred @ centred)
    slope = float(centred @ rest[both]) / variation if variation > 0.0 else 0.0
    return float(f"{slope:.{_DIGITS_OF_FACTOR}g}")


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
    """Return a finding as a rule with a remainder, ``None`` where it cannot be written."""
    line = lines[finding.column]
    column, name = line.column, f"rest of {line.column.name}"
    if name in names:
        return None
    # Decimals that the column does not have are rounded away before the remainder is added, so that
    # this is zero where the column is what the others say.
    digits = max(sum(lines[other].decimals for other in term.lines) for term in finding.terms)
    is_exact = all(abs(term.factor) == 1.0 for term in finding.terms) and digits <= line.decimals
    is_rounded = line.is_number and not is_exact and _has_decimals(column)
    decimals = line.decimals if is_rounded else max(digits, line.decimals)
    is_integer = column.kind is Kind.INTEGER and decimals == 0
    kept = None if is_integer or not line.is_number else min(decimals, _DIGITS)
    if finding.is_total and not is_rounded:
        parts = [lines[term.lines[0]].column.name for term in finding.terms]
        return Remainder(Sum(column.name, [*parts, name]), name, kept)
    terms = sorted(finding.terms, key=lambda term: term.factor < 0.0)
    written, rest = [_written(term, lines) for term in terms], as_written(name)
    if None in (*written, rest):
        return None
    text = "".join(map(str, written)).strip().removeprefix("+ ")
    if is_rounded:
        scale = 10**line.decimals
        text = f"round({text})" if scale == 1 else f"round(({text}) * {scale}) / {scale}"
    return Remainder(Formula(column.name, f"{text} + {rest}"), name, kept)


def _has_decimals(column: ColumnSchema) -> bool:
    return column.kind is Kind.INTEGER or column.decimals is not None


def _written(term: _Term, lines: list[_Line]) -> str | None:
    """Return a term as text, with its sign before it; ``None`` if a name cannot be written."""
    names = [as_written(lines[line].column.name) for line in term.lines]
    if None in names:
        return None
    size = abs(term.factor)
    factors = [*([] if size == 1.0 else [f"{size!r}"]), *map(str, names)]
    return f"{' - ' if term.factor < 0.0 else ' + '}{' * '.join(factors)}"
