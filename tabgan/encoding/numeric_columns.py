"""Columns of numbers, dates and durations, and how much their modes leave open of their cells.

Bits are counted in steps of each column's own grid, so that they do not hang on its unit.
"""

from collections.abc import Collection, Hashable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil, log10
from typing import Any

import numpy as np
import pandas as pd

from tabgan.encoding.column import ColumnEncoder
from tabgan.encoding.numeric import NumericEncoder
from tabgan.encoding.steps import Steps
from tabgan.schema import ColumnSchema, Kind
from tabgan.schema.constraints.comparison import as_floats, meanings
from tabgan.schema.constraints.finding import FloatArray
from tabgan.schema.constraints.time_functions import in_calendar

# Fewer cells say nothing. A first choice.
_FEWEST_CELLS = 100
# A column lies on the widest step that so large a share of its cells lie on.
_ON_GRID = 0.9
# Of the last decimal, what floats may be beside a step.
_NEARLY = 1e-2
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
    encoder : NumericEncoder
        Has the modes.
    cells : pandas.Series
        The values as they are in the table.
    """

    column: ColumnSchema
    values: FloatArray
    decimals: int
    step: float
    is_aware: bool
    open_bits: float
    encoder: NumericEncoder
    cells: pd.Series

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
        return _share_on(values[~np.isnan(values)], self.step, 10.0**-self.decimals)

    def drawn_again(self, rng: np.random.Generator) -> FloatArray:
        """Return values of the same modes, which are all that a network knows of them."""
        places = rng.random((2, len(self.cells)))
        codes, _ = self.encoder.encode(self.cells, places[0])
        drawn = self.encoder.decode(codes, places[1], 0)
        return as_floats(meanings(drawn, self.column))

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
    """The numeric columns of a table.

    Parameters
    ----------
    columns : tuple of NumericColumn
        Of the same rows.
    """

    columns: tuple[NumericColumn, ...]

    @classmethod
    def of(
        cls, rows: pd.DataFrame, encoders: list[ColumnEncoder[Any]], without: Collection[Hashable]
    ) -> "NumericColumns":
        """Return the numeric columns of some rows, without some of them."""
        found = (_numeric(rows, e) for e in encoders if e.column.name not in without)
        return cls(tuple(column for column in found if column is not None))

    @cached_property
    def values(self) -> FloatArray:
        """Their values, of shape (n_columns, n_rows)."""
        return np.stack([column.values for column in self.columns])

    @cached_property
    def _alike(self) -> FloatArray:
        return standardised(self.values)

    def nearest(self, rest: FloatArray) -> list[int]:
        """Return all columns, the most correlated with what is left of one first."""
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
    """Return the places of standardised columns, by their correlation with what is left of one."""
    likeness = np.abs(alike @ standardised(rest[None])[0])
    return list(map(int, np.argsort(-likeness, kind="stable")))


def _numeric(rows: pd.DataFrame, encoder: ColumnEncoder[Any]) -> NumericColumn | None:
    """Return a column as a numeric one, if its sums are exact."""
    column = encoder.column
    if not isinstance(encoder, NumericEncoder) or encoder.modes is None:
        return None
    if column.name is None or column.name != column.name:  # None and NaN are no names for a rule
        return None
    cells = rows[column.name]
    meant = meanings(cells, column)
    values = as_floats(meant)
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
    if column.kind is Kind.DATETIME and not in_calendar(present).all():
        return None
    step = _grid(present, decimals, is_time)
    n_modes = encoder.modes.n_modes
    start, end = (
        as_floats(meanings(encoder.decode(np.arange(n_modes), np.full(n_modes, place), 0), column))
        for place in (0.0, np.nextafter(1.0, 0.0))
    )
    shares = encoder.shares[:n_modes] / encoder.shares[:n_modes].sum()
    open_bits = float(shares @ np.log2(1.0 + np.abs(end - start) / step))
    is_aware = getattr(meant.dtype, "tz", None) is not None
    return NumericColumn(column, values, decimals, step, is_aware, open_bits, encoder, cells)


def _grid(present: FloatArray, decimals: int, is_time: bool) -> float:
    """Return the widest step that nearly all values are multiples of."""
    unit, others = 10.0**-decimals, present[present != 0.0]
    if is_time:
        usual = Steps.of_clock(Fraction(1, 10**decimals), has_rhythm=False)
    else:
        usual = Steps.of_decimals()
    common = np.gcd.reduce(np.abs(np.rint(others / unit)).astype(np.int64))
    steps = unit * np.append(usual.sizes[usual.below == 0.0], max(1, common))
    return float(max([unit, *(s for s in steps if _share_on(others, s, unit) >= _ON_GRID)]))


def _share_on(values: FloatArray, step: float, unit: float) -> float:
    beside = np.abs(values - step * np.rint(values / step))
    return float(np.mean(beside < _NEARLY * unit))
