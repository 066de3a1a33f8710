"""What may be taken away from a column to see what is left of it.

From a number: other numbers, plainly, by a factor or as a product of two. From a date: another date
or the midnight of a year, month and day, and then durations and counts of days, hours, minutes or
seconds.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, compress
from typing import ClassVar, NamedTuple

import numpy as np

from tabgan.encoding.numeric_columns import (
    NumericColumn,
    NumericColumns,
    most_like,
    standardised,
)
from tabgan.schema.constraints.expression import as_written
from tabgan.schema.constraints.finding import FloatArray
from tabgan.schema.constraints.time_functions import UNITS, parts_of_date, seconds_of_date

# The numbers below are first choices. Bits that a term must save for each digit of a factor, or as
# a product of two columns.
_PRICE_OF_DIGIT, _PRICE_OF_PRODUCT = 0.02, 0.1
# Columns that are tried at each step, of more those that are most correlated with what is left; so
# many of them by twos, as a product; and products, or columns with a factor or as counts, that are
# looked at.
_MOST_TRIED, _MOST_IN_PRODUCTS, _MOST_LIKELY = 32, 16, 5
# Of so many columns a quarter of that, and nothing but plain ones: a thousand would take longer
# than some fits.
_MANY_COLUMNS, _TRIED_OF_MANY = 128, 8
# Digits that a factor may have: tax rates, units.
_DIGITS_OF_FACTOR = (2, 4, 6)
# How far the slope of a count may be from one.
_MOST_ASLANT = 0.05
# The largest denominator of a factor that is written as a fraction.
_LARGEST_DENOMINATOR = 12
# In how many rows a column has to be the year, month or day of a date, as a share of those in which
# chance does not tell it: in another time zone it is another day for part of the day.
_LEAST_AGREEING = 0.5
# Share of the rows whose year, month or day is the same, if no column says which it is.
_SAME = 0.9


@dataclass(frozen=True)
class Term:
    """A column, or the product of two, times a factor.

    Parameters
    ----------
    columns : tuple of int
        Places of one numeric column or two.
    factor : float
        What it is multiplied by.
    """

    columns: tuple[int, ...]
    factor: float = 1.0

    @property
    def is_plain(self) -> bool:
        """Whether it is a column that is added or taken away as it is."""
        return len(self.columns) == 1 and abs(self.factor) == 1.0

    @property
    def price(self) -> float:
        """Bits that it must save besides: of terms that leave as much the simplest is meant."""
        digits = Decimal(repr(self.factor)).normalize().as_tuple().digits
        n_digits = 0 if abs(self.factor) == 1.0 else len(digits)
        if (fraction := _fraction(self.factor)) is not None:
            n_digits = len(f"{abs(fraction.numerator)}{fraction.denominator}".removeprefix("1"))
        of_product = _PRICE_OF_PRODUCT if len(self.columns) > 1 else 0.0
        return _PRICE_OF_DIGIT * n_digits + of_product

    def of(self, numeric: NumericColumns) -> FloatArray:
        """Return it for each row."""
        product: FloatArray = self.factor * np.prod(numeric.values[list(self.columns)], axis=0)
        return product

    def written(self, numeric: NumericColumns) -> str | None:
        """Return it as text, with its sign before it; ``None`` if a name cannot be written."""
        names = [as_written(numeric.columns[place].column.name) for place in self.columns]
        if None in names:
            return None
        size, product = abs(self.factor), " * ".join(map(str, names))
        fraction = _fraction(size) or (Fraction(size) if size.is_integer() else None)
        times = repr(size) if fraction is None else str(fraction.numerator)
        product = product if times == "1" else f"{times} * {product}"
        if fraction is not None and fraction.denominator > 1:
            product = f"{product} / {fraction.denominator}"
        return f"{' - ' if self.factor < 0.0 else ' + '}{product}"


def _fraction(factor: float) -> Fraction | None:
    """Return a factor whose digits have no end as a fraction: a third of each of three."""
    fraction = Fraction(factor).limit_denominator(_LARGEST_DENOMINATOR)
    has_end = len(repr(factor)) < len(repr(1 / 3)) - 2
    return None if has_end or float(fraction) != factor else fraction


@dataclass(frozen=True)
class Midnight:
    """The midnight of a day, whose year, month and day are columns or the same in all rows.

    Parameters
    ----------
    places : tuple of (int or None)
        Places of the year, the month and the day.
    fixed : tuple of (int or None)
        What they are in all rows, where no column says.
    """

    places: tuple[int | None, ...]
    fixed: tuple[int | None, ...]
    factor: ClassVar[float] = 1.0
    is_plain: ClassVar[bool] = False
    price: ClassVar[float] = 0.0

    @property
    def columns(self) -> tuple[int, ...]:
        """Places of the columns."""
        return tuple(place for place in self.places if place is not None)

    def of(self, numeric: NumericColumns) -> FloatArray:
        """Return it for each row, in seconds from 1970."""
        parts = [
            np.array(float(fixed or 0)) if place is None else numeric.values[place]
            for place, fixed in zip(self.places, self.fixed, strict=True)
        ]
        return seconds_of_date(*parts)

    def written(self, numeric: NumericColumns) -> str | None:
        """Return it as text, with its sign before it; ``None`` if a name cannot be written."""
        parts = [
            str(fixed) if place is None else as_written(numeric.columns[place].column.name)
            for place, fixed in zip(self.places, self.fixed, strict=True)
        ]
        return None if None in parts else f" + date({', '.join(map(str, parts))})"


@dataclass(frozen=True)
class Count:
    """A number of seconds, minutes, hours or days, as exact as the dates that they are added to.

    Parameters
    ----------
    column : int
        Place of the number.
    unit : str
        What it counts.
    step : int or None
        Seconds that it is rounded to, if need be.
    """

    column: int
    unit: str
    step: int | None
    factor: ClassVar[float] = 1.0
    is_plain: ClassVar[bool] = False
    price: ClassVar[float] = 0.0

    @property
    def columns(self) -> tuple[int]:
        """The number."""
        return (self.column,)

    @property
    def _steps(self) -> Fraction:
        """How many steps the unit has."""
        return Fraction(int(UNITS[self.unit]), self.step or int(UNITS[self.unit]))

    def of(self, numeric: NumericColumns) -> FloatArray:
        """Return it for each row, in seconds."""
        counts = numeric.values[self.column]
        if self.step is None:
            seconds: FloatArray = counts * UNITS[self.unit]
        else:
            many, few = self._steps.as_integer_ratio()
            seconds = np.round(counts * many / few) * self.step
        return seconds

    def written(self, numeric: NumericColumns) -> str | None:
        """Return it as text, with its sign before it; ``None`` if a name cannot be written."""
        name = as_written(numeric.columns[self.column].column.name)
        if name is None or self.step is None:
            return None if name is None else f" + {self.unit}({name})"
        many, few = self._steps.as_integer_ratio()
        times = "" if many == 1 else f" * {many}"
        steps = f"round({name}{times}{'' if few == 1 else f' / {few}'})"
        unit = next(unit for unit, size in UNITS.items() if self.step % size == 0.0)
        size = self.step // int(UNITS[unit])
        return f" + {unit}({'' if size == 1 else f'{size} * '}{steps})"


AnyTerm = Term | Midnight | Count


class TermKinds(NamedTuple):
    """What may be taken away besides plain columns, or instead of the first of them."""

    has_products: bool = False
    has_rates: bool = False
    has_midnight: bool = False
    has_counts: bool = False


# One after the other, since the best first step of one kind may be one to nowhere of another.
_KINDS = (TermKinds(), TermKinds(has_products=True), TermKinds(has_products=True, has_rates=True))
_KINDS_OF_DATE = tuple(
    TermKinds(has_midnight=has_midnight, has_counts=has_counts)
    for has_midnight in (False, True)
    for has_counts in (False, True)
)


def kinds_of_terms(column: int, numeric: NumericColumns) -> tuple[TermKinds, ...]:
    """Return what is searched for a column, one kind after the other."""
    own = numeric.columns[column]
    if own.is_date:
        return _KINDS_OF_DATE
    return _KINDS if own.is_number and len(numeric.columns) <= _MANY_COLUMNS else _KINDS[:1]


def next_terms(
    column: int,
    rest: FloatArray,
    so_far: Sequence[AnyTerm],
    used: set[int],
    numeric: NumericColumns,
    kind: TermKinds,
) -> Iterator[AnyTerm]:
    """Return what could be taken away next.

    Parameters
    ----------
    column : int
        Place of the column that others may tell.
    rest : numpy.ndarray of shape (n_rows,)
        What is left of it.
    so_far : sequence of AnyTerm
        What was taken away.
    used : set of int
        Columns that may not be taken.
    numeric : NumericColumns
        All of them.
    kind : TermKinds
        What may be taken.
    """
    if numeric.columns[column].is_date:
        if not so_far:
            return _first_of_date(column, used, numeric, kind)
        return _further_of_date(column, rest, used, numeric) if kind.has_counts else iter(())
    # One rate at most: more are a regression.
    has_rates = kind.has_rates and all(abs(term.factor) == 1.0 for term in so_far)
    return _of_number(column, rest, used, numeric, kind._replace(has_rates=has_rates))


def _of_number(
    column: int, rest: FloatArray, used: set[int], numeric: NumericColumns, kind: TermKinds
) -> Iterator[Term]:
    """Yield what could be taken away next from a number, or a duration."""
    own = numeric.columns[column]
    n_tried = _MOST_TRIED if len(numeric.columns) <= _MANY_COLUMNS else _TRIED_OF_MANY
    nearest = [
        other
        for other in numeric.nearest(rest)
        if other not in used
        and numeric.columns[other].is_date == own.is_date
        and numeric.columns[other].is_aware == own.is_aware
        and numeric.columns[other].is_number == own.is_number
    ][:n_tried]
    for other in sorted(nearest):
        yield Term((other,))
        yield Term((other,), -1.0)
    if not own.is_number:
        return
    for other in nearest[: _MOST_LIKELY if kind.has_rates else 0]:
        slope = _slope(rest, numeric.values[other])
        rounded = {float(f"{slope:.{digits}g}") for digits in _DIGITS_OF_FACTOR}
        yield from (Term((other,), factor) for factor in sorted(rounded - {0.0, 1.0, -1.0}))
    pairs = list(combinations(sorted(nearest[:_MOST_IN_PRODUCTS]), 2))
    if pairs and kind.has_products:
        products = np.stack([Term(pair).of(numeric) for pair in pairs])
        for pair in most_like(rest, standardised(products))[:_MOST_LIKELY]:
            yield Term(pairs[pair])


def _first_of_date(
    column: int, used: set[int], numeric: NumericColumns, kind: TermKinds
) -> Iterator[AnyTerm]:
    """Yield what could be taken away from a date to leave a duration."""
    own = numeric.columns[column]
    others = [other for other in numeric.nearest(own.values) if other not in used]
    if not kind.has_midnight:
        dates = [other for other in others if numeric.columns[other].is_date]
        alike = [other for other in dates if numeric.columns[other].is_aware == own.is_aware]
        yield from (Term((other,)) for other in sorted(alike[:_MOST_TRIED]))
    elif not own.is_aware:
        yield from _midnights(own, others, numeric)


def _further_of_date(
    column: int, rest: FloatArray, used: set[int], numeric: NumericColumns
) -> Iterator[AnyTerm]:
    """Yield what could be taken away next from the duration that is left of a date."""
    own = numeric.columns[column]
    others = [other for other in numeric.nearest(rest) if other not in used]
    is_duration = [numeric.columns[o].is_time and not numeric.columns[o].is_date for o in others]
    yield from (Term((other,)) for other in compress(others, is_duration))
    step = int(own.step) if own.step >= 1.0 else None
    numbers = [other for other in others if numeric.columns[other].is_number]
    for other in numbers[:_MOST_LIKELY]:
        is_whole = numeric.columns[other].decimals == 0
        for unit, size in UNITS.items():
            is_on_grid = step is None or (is_whole and size % step == 0.0)
            count = Count(other, unit, None if is_on_grid else step)
            # One more is one unit more, or the number is no count but goes along with it. Least
            # squares know it from rounded counts, the resistant line from rows that do not add up.
            slopes = [line(rest, count.of(numeric)) for line in (_slope, _resistant_slope)]
            if min(abs(slope - 1.0) for slope in slopes) <= _MOST_ASLANT:
                yield count


def _midnights(
    own: NumericColumn, others: Collection[int], numeric: NumericColumns
) -> Iterator[Midnight]:
    """Yield the midnight of a date, if its year, month and day are columns, too."""
    whole = [o for o in others if numeric.columns[o].is_number and not numeric.columns[o].decimals]
    places: list[int | None] = []
    fixed: list[int | None] = []
    for meant in parts_of_date(own.values).values():
        found, counts = np.unique(meant[~np.isnan(meant)], return_counts=True)
        commonest, most = found[counts.argmax()], counts.max() / counts.sum()
        agree = {other: float(np.mean(numeric.values[other] == meant)) for other in whole}
        best = max(agree, key=lambda other: agree[other], default=None)
        # Far more often than a number that is always the commonest one.
        if best is not None and agree[best] >= most + _LEAST_AGREEING * (1.0 - most):
            places, fixed = [*places, best], [*fixed, None]
        elif most >= _SAME:
            places, fixed = [*places, None], [*fixed, int(commonest)]
        else:
            return
    if any(place is not None for place in places):
        yield Midnight(tuple(places), tuple(fixed))


def _resistant_slope(rest: FloatArray, other: FloatArray) -> float:
    """Return how fast what is left rises with a column, by the medians of its outer thirds.

    A few rows that do not add up leave it as it is (the resistant line of Tukey 1977).
    """
    both = ~np.isnan(rest + other)
    if not both.any():
        return 0.0
    lower, upper = np.quantile(other[both], [1 / 3, 2 / 3])
    outer = [both & (other <= lower), both & (other >= upper)]
    run, rise = (np.diff([np.median(v[rows]) for rows in outer])[0] for v in (other, rest))
    return float(rise / run) if run > 0.0 else 0.0


def _slope(rest: FloatArray, other: FloatArray) -> float:
    """Return how fast what is left rises with a column, by least squares."""
    both = ~np.isnan(rest + other)
    centred = other[both] - other[both].mean() if both.any() else np.zeros(0)
    variation = float(centred @ centred)
    return float(centred @ rest[both]) / variation if variation > 0.0 else 0.0
