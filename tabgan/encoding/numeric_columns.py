"""Columns of numbers, dates and durations, here *lines*, and how much is open of their cells.

Bits are counted in steps of each column's own grid, so that they do not hang on its unit.
"""

from collections.abc import Collection, Hashable
from dataclasses import dataclass
from functools import cached_property
from math import ceil, log10
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tabgan.encoding.column import ColumnEncoder
from tabgan.encoding.numeric import NumericEncoder
from tabgan.schema import ColumnSchema, Kind
from tabgan.schema.constraints.comparison import as_floats, meanings

FloatArray = NDArray[np.float64]

# Fewer cells say nothing. A first choice.
_FEWEST_CELLS = 100
# Steps that numbers are rounded to, besides powers of ten, and times, in seconds; a column lies on
# the widest of them that so large a share of its cells lie on.
_STEPS, _SECONDS = (1.0, 2.0, 2.5, 5.0), (60, 300, 900, 1800, 3600, 86_400)
_ON_GRID = 0.9
# Of a step, what floats may be beside it.
_NEARLY = 1e-3
# Rows that are counted as neighbours when a density is estimated.
_NEIGHBOURS = 20
# Floats hold integers up to here, so sums are exact.
_LARGEST = 2.0**53
# Digits of real numbers that are kept: more are noise of their sums.
DIGITS = 9


@dataclass(frozen=True)
class NumericColumn:
    """A column of numbers, dates or durations of a few thousand rows.

    Parameters
    ----------
    column : ColumnSchema
        What it is.
    values : numpy.ndarray of shape (n_rows,)
        Numbers, or seconds; NaN is missing.
    decimals : int
        Decimals of the numbers; of real numbers those that are more than noise.
    step : float
        The grid that nearly all of the values lie on.
    is_aware : bool
        Whether it is one of points in time of a known zone.
    open_bits : float
        How much its modes leave open of a cell: the entropy of a place in a mode, in steps.
    """

    column: ColumnSchema
    values: FloatArray
    decimals: int
    step: float
    is_aware: bool
    open_bits: float

    @property
    def is_date(self) -> bool:
        """Whether it is one of points in time, which have no sum."""
        return self.column.kind is Kind.DATETIME

    @property
    def is_number(self) -> bool:
        """Whether it counts no time."""
        return self.column.kind in (Kind.CONTINUOUS, Kind.INTEGER)

    @property
    def is_time(self) -> bool:
        """Whether it counts time."""
        return not self.is_number

    @property
    def has_decimals(self) -> bool:
        """Whether it has numbers that end somewhere."""
        is_integer = self.column.kind is Kind.INTEGER
        return self.is_number and (is_integer or self.column.decimals is not None)

    def share_on_grid(self, values: FloatArray) -> float:
        """Return which share of values lie on the grid of the column."""
        return _share_on(values[~np.isnan(values)], self.step)

    def bits_of(self, rest: FloatArray) -> float:
        """Return the entropy of what is left of the column, in its steps.

        That of the shares where values repeat; elsewhere by the distance of near neighbours in
        order (Vasicek 1976).
        """
        steps = np.sort(np.rint(rest[~np.isnan(rest)] / self.step))
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


@dataclass(frozen=True)
class NumericColumns:
    """The lines of a table.

    Parameters
    ----------
    lines : tuple of Line
        Of the same rows.
    """

    lines: tuple[NumericColumn, ...]

    @classmethod
    def of(
        cls, rows: pd.DataFrame, encoders: list[ColumnEncoder[Any]], without: Collection[Hashable]
    ) -> "NumericColumns":
        """Return the lines of some rows, but for those of some columns."""
        found = (_line(rows, e) for e in encoders if e.column.name not in without)
        return cls(tuple(line for line in found if line is not None))

    @cached_property
    def values(self) -> FloatArray:
        """Their values, of shape (n_lines, n_rows)."""
        return np.stack([line.values for line in self.lines])

    @cached_property
    def _alike(self) -> FloatArray:
        return standardised(self.values)

    def nearest(self, rest: FloatArray) -> list[int]:
        """Return all lines, the most correlated with what is left of one first."""
        return most_like(rest, self._alike)


def standardised(values: FloatArray) -> FloatArray:
    """Return rows with a mean of zero and a norm of one, zero where a cell is missing."""
    present = ~np.isnan(values)
    sums = np.where(present, values, 0.0).sum(axis=1)
    means = sums / np.maximum(present.sum(axis=1), 1)
    centred = np.where(present, values - means[:, None], 0.0)
    norms = np.linalg.norm(centred, axis=1, keepdims=True)
    scaled: FloatArray = centred / np.maximum(norms, np.finfo(float).tiny)
    return scaled


def most_like(rest: FloatArray, alike: FloatArray) -> list[int]:
    """Return the places of standardised lines, by their correlation with what is left of one."""
    likeness = np.abs(alike @ standardised(rest[None])[0])
    return list(map(int, np.argsort(-likeness, kind="stable")))


def _line(rows: pd.DataFrame, encoder: ColumnEncoder[Any]) -> NumericColumn | None:
    """Return a column as a line, if it is one whose sums are exact."""
    column = encoder.column
    if not isinstance(encoder, NumericEncoder) or encoder.modes is None:
        return None
    if column.name is None or column.name != column.name:  # None and NaN are no names for a rule
        return None
    cells = meanings(rows[column.name], column)
    values = as_floats(cells)
    present = values[~np.isnan(values)]
    largest = float(np.abs(present).max(initial=0.0))
    if len(present) < _FEWEST_CELLS or not 0.0 < largest < _LARGEST or np.ptp(present) == 0.0:
        return None
    decimals = 0 if column.kind is Kind.INTEGER else column.decimals
    if decimals is None:
        decimals = min(DIGITS, max(0, DIGITS - ceil(log10(largest))))
    is_time = column.kind in (Kind.DATETIME, Kind.TIMEDELTA)
    if is_time:
        decimals = 0 if np.array_equal(present, np.rint(present)) else 6
    if largest * 10.0**decimals >= _LARGEST:
        return None
    step = _grid(present, 10.0**-decimals, is_time)
    n_modes = encoder.modes.n_modes
    start, end = (
        as_floats(meanings(encoder.decode(np.arange(n_modes), np.full(n_modes, place), 0), column))
        for place in (0.0, np.nextafter(1.0, 0.0))
    )
    shares = encoder.shares[:n_modes] / encoder.shares[:n_modes].sum()
    open_bits = float(shares @ np.log2(1.0 + np.abs(end - start) / step))
    is_aware = getattr(cells.dtype, "tz", None) is not None
    return NumericColumn(column, values, decimals, step, is_aware, open_bits)


def _grid(present: FloatArray, unit: float, is_time: bool) -> float:
    """Return the widest step that nearly all values are multiples of."""
    counts = np.abs(np.rint(present / unit)).astype(np.int64)
    wider = [float(np.gcd.reduce(counts))]
    if is_time:
        wider += [seconds / unit for seconds in _SECONDS]
    else:
        powers = 10.0 ** np.arange(int(np.log10(max(counts.max(initial=1), 1))) + 1)
        wider += [float(step) for step in np.outer(powers, _STEPS).ravel()]
    steps = [step * unit for step in wider if step >= 1.0]
    return max([unit, *(step for step in steps if _share_on(present, step) >= _ON_GRID)])


def _share_on(values: FloatArray, step: float) -> float:
    steps = values / step
    return float(np.mean(np.abs(steps - np.rint(steps)) < _NEARLY))
