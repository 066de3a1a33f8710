"""What all columns of numbers share: a grid, a division into modes, a mode for missing."""

from abc import abstractmethod
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import partial
from math import ceil, floor
from numbers import Integral, Real
from typing import Self

import numpy as np
import pandas as pd

from tabgan.encoding.column import ColumnEncoder, EncodingOptions, State, middle_ranks
from tabgan.encoding.mixture import MixtureModes
from tabgan.encoding.quantile import QuantileModes
from tabgan.encoding.restore import restore_dtype
from tabgan.encoding.restriction import Restriction
from tabgan.encoding.rhythm import Rhythm
from tabgan.encoding.roundness import FindRoundness, Roundness
from tabgan.encoding.scale import Cut, Scale
from tabgan.encoding.steps import Steps
from tabgan.encoding.summary import NumberSummary
from tabgan.errors import InvalidDataError
from tabgan.schema import ColumnSchema

NumberModes = QuantileModes | MixtureModes
_MODES: dict[str, type[QuantileModes] | type[MixtureModes]] = {
    "quantile": QuantileModes,
    "mixture": MixtureModes,
}
_NAMES = {modes: name for name, modes in _MODES.items()}
# Places at which a mode is looked at for its mean.
_PLACES_PER_MODE = 16
# Units of dates and durations.
PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_FARTHEST = 2**70
# Before or behind the point; float64 ends at 324.
_MOST_DIGITS = 400
_LARGEST = Fraction(float(np.finfo(np.float64).max))
# Where numbers lie so close together that no float holds their density: its product with a
# probability is still one.
_MOST_DENSE = 1e300
# Half the width of the neighbourhood that a real number in a list stands for, as a share of the
# range: narrow beside any mode, wide beside rounding.
_NEIGHBOURHOOD = 5e-5


class NumericEncoder(ColumnEncoder[NumberSummary]):
    """A column of numbers; subclasses say how a kind becomes numbers and back.

    Parameters
    ----------
    column : ColumnSchema
        What the column is.
    scale : Scale
        The grid the numbers lie on.
    modes : QuantileModes or MixtureModes or None
        How the line is divided; ``None`` if every cell is missing or the values are withheld.
    shares : numpy.ndarray
        Share of training rows in each mode, missing last where it occurs; NaN where it is not
        known any more.
    withheld : int
        The rare threshold, where fewer rows than that have a value: then nothing of the values is
        kept, and "missing" stands for all of them. 0 where the values are learnt.
    """

    def __init__(
        self,
        column: ColumnSchema,
        scale: Scale,
        modes: NumberModes | None,
        shares: np.ndarray,
        withheld: int = 0,
    ) -> None:
        self.column = column
        self.scale = scale
        self.modes = modes
        self.shares = shares
        self.withheld = withheld
        self.released = np.ones(len(shares), dtype=bool)
        self.stand_ins = self.released

    @classmethod
    @abstractmethod
    def to_numbers(cls, values: pd.Series, column: ColumnSchema) -> tuple[np.ndarray, np.ndarray]:
        """Return int64, uint64 or float64 numbers, and which of them are present."""

    @abstractmethod
    def from_numbers(self, numbers: np.ndarray, present: np.ndarray) -> pd.Series:
        """Return the column with these numbers where present, of the column's dtype."""

    @property
    def _number_dtype(self) -> np.dtype:
        """Return the type that :meth:`to_numbers` gives."""
        return np.dtype(np.int64 if self.scale.has_grid else np.float64)

    @property
    def missing_code(self) -> int:
        n_values = 0 if self.modes is None else self.modes.n_modes
        return n_values if n_values < self.n_modes else -1

    @classmethod
    def roundness_on(cls, scale: Scale, column: ColumnSchema) -> FindRoundness | None:
        """Return what finds the roundness of values on a scale, ``None`` if they have none."""
        if not scale.has_grid:
            return None if scale.exponent else Roundness.on_line
        if scale.zero is None:
            return None
        return partial(Roundness.of, steps=Steps.of_decimals(scale.step), zero=scale.zero)

    @classmethod
    def summarise(cls, values: pd.Series, column: ColumnSchema) -> NumberSummary:
        return NumberSummary.of(*cls.read_numbers(values, column))

    @classmethod
    def read_numbers(cls, values: pd.Series, column: ColumnSchema) -> tuple[np.ndarray, np.ndarray]:
        """Return what :meth:`to_numbers` does, or say which column does not hold its kind.

        Raises
        ------
        InvalidDataError
            If there are values that are not of the column's kind.
        """
        try:
            if pd.api.types.is_complex_dtype(values.dtype):
                raise TypeError("no numbers on a line")  # NumPy would drop the imaginary part
            return cls.to_numbers(values, column)
        except (InvalidDataError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
            if values.isna().all():  # pandas gives a column without a value some dtype or other
                return np.zeros(len(values)), np.zeros(len(values), dtype=bool)
            if isinstance(error, InvalidDataError):
                raise
            # Not "from" the error of pandas, which quotes a cell.
            raise InvalidDataError(
                f"column {column.name!r} holds values that are not of "
                f"the kind {cls.kind}: correct them, or choose another kind for the column"
            ) from None

    @classmethod
    def from_summary(
        cls, summary: NumberSummary, column: ColumnSchema, options: EncodingOptions
    ) -> Self:
        # Not even a mean of so few rows, nor the grid they lie on.
        if 0 < summary.counts.sum() < options.rare_threshold:
            return cls(column, Scale(), None, np.ones(1), options.rare_threshold)
        scale = Scale.of(summary.values)
        missing = [summary.n_missing] if summary.n_missing else []
        if len(summary.values) == 0:
            return cls(column, scale, None, np.array(missing) / max(1, summary.n_rows))
        units = scale.to_units(summary.values)
        modes = _MODES[options.normalisation].from_counts(
            units,
            summary.counts,
            rare_threshold=options.rare_threshold,
            on_grid=scale.has_grid,
            roundness_of=cls.roundness_on(scale, column),
        )
        counts = modes.mode_counts(units, summary.counts)
        return cls(column, scale, modes, np.concatenate([counts, missing]) / summary.n_rows)

    @property
    def withholds_all(self) -> bool:
        return self.withheld > 0

    @property
    def ranks(self) -> np.ndarray:
        ranks = super().ranks
        if self.modes is not None:
            n_values = self.modes.n_modes
            middles = self.modes.decode(np.arange(n_values), np.full(n_values, 0.5))
            ranks[:n_values] = middle_ranks(middles, self.shares[:n_values])
        return ranks

    @property
    def neighbours(self) -> np.ndarray:
        neighbours = super().neighbours
        if self.modes is not None and len(self.modes.bins):
            bins = np.array(self.modes.bins)
            neighbours[bins] += np.array([-1, 1], dtype=np.int32)
            neighbours[bins] = neighbours[bins].clip(bins[0], bins[-1])
        return neighbours

    def encode(self, values: pd.Series, uniforms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        numbers, present = self.read_numbers(values, self.column)
        other = self.missing_code if self.withheld else -1
        codes = np.where(present, other, self.missing_code).astype(np.int32)
        positions = np.zeros(len(values), dtype=np.float32)
        if self.modes is not None:
            units = self.scale.to_units(numbers[present])
            codes[present], positions[present] = self.modes.encode(units, uniforms[present])
        return codes, positions

    def decode(
        self,
        codes: np.ndarray,
        uniforms: np.ndarray,
        first_row: int,
        restriction: Restriction | None = None,
    ) -> pd.Series:
        if self.modes is None:  # of whatever dtype pandas gave a column without a value
            return restore_dtype(np.full(len(codes), None, dtype=object), self.column)
        present = codes != self.missing_code
        numbers = np.zeros(len(codes), dtype=self._number_dtype)
        if restriction is not None:
            uniforms = restriction.place(codes, uniforms)
        units = self.modes.decode(codes[present], uniforms[present])
        if self.scale.has_grid:
            units = np.clip(np.rint(units), *self._limits(self.modes))
        if restriction is not None:
            units = restriction.settle(units)
        numbers[present] = self.scale.from_units(units, self._number_dtype)
        return self.from_numbers(numbers, present)

    @property
    def rhythm(self) -> Rhythm | None:
        """Which days of the week and hours of the day are likelier, of points in time."""
        return self.modes.roundness.rhythm if isinstance(self.modes, QuantileModes) else None

    def rhythm_at(self, cells: pd.Series) -> np.ndarray:
        """Return how likely the days and hours of cells are, 1 on average and where it is open."""
        numbers, present = self.read_numbers(cells, self.column)
        if self.rhythm is None or not isinstance(self.modes, QuantileModes):
            return np.ones(len(cells))
        moments = self.scale.to_units(numbers) - self.modes.roundness.zero
        return np.where(present, self.rhythm.weights_at(moments), 1.0)

    def rounded(self, cells: pd.Series, uniforms: np.ndarray) -> pd.Series:
        """Return cells that were computed, as round as those of the column.

        Parameters
        ----------
        cells : pandas.Series
            Cells of the column's kind that may lie anywhere.
        uniforms : numpy.ndarray of shape (n_rows,)
            Uniform in [0, 1): how round each becomes.
        """
        numbers, present = self.read_numbers(cells, self.column)
        units = self.scale.to_units(numbers + numbers.dtype.type(self.scale.step // 2))
        if isinstance(self.modes, QuantileModes):
            units = self.modes.roundness.rounded(units, uniforms)
        numbers = self.scale.from_units(units, self._number_dtype)
        return self.from_numbers(numbers, present)

    def expected(self, weights: np.ndarray) -> pd.Series:
        if self.modes is None:
            return super().expected(weights)
        n_modes = self.modes.n_modes
        places = (np.arange(_PLACES_PER_MODE) + 0.5) / _PLACES_PER_MODE
        inside = self.modes.decode(
            np.repeat(np.arange(n_modes), len(places)), np.tile(places, n_modes)
        )
        # Halved before they are added, and doubled afterwards: large numbers overflow.
        means = 2.0 * (inside.reshape(n_modes, -1) / (2.0 * len(places))).sum(axis=1)
        values = weights[:, :n_modes]
        units = (values / values.sum(axis=1, keepdims=True)) @ means
        if self.scale.has_grid:
            units = np.rint(units)
        numbers = self.scale.from_units(units.clip(*self._limits(self.modes)), self._number_dtype)
        return self.from_numbers(numbers, np.ones(len(numbers), dtype=bool))

    def cell(self, value: object) -> pd.Series:
        if isinstance(value, Decimal) and _is_beyond(value):
            raise ValueError("no column has a number so large or so small")
        return super().cell(value)

    def _restored(self, cell: pd.Series) -> pd.Series:
        if self.column.object_type is None:
            return cell
        return self.from_numbers(*self.to_numbers(cell, self.column))

    def code_of(self, value: object) -> int | None:
        code = super().code_of(value)
        cell = self.cell(value)
        numbers, present = self.to_numbers(cell, self.column)
        if self.withheld and present[0]:
            return None
        if code is None or code == self.missing_code or self.modes is None:
            return code
        units = self.scale.to_units(numbers)
        lowest, highest = self._held_limits(self.modes)
        in_mode = code >= len(self.modes.spikes) or self.modes.spikes[code] == units[0]
        if not in_mode or not lowest <= units[0] <= highest:
            return None
        # A number between two points of the grid would be moved to one of them.
        moved = self.from_numbers(self.scale.from_units(units, self._number_dtype), present)
        return code if moved[0] == cell[0] else None

    def between(self, low: object, high: object) -> Restriction:
        nothing = Restriction.of_modes(np.zeros(self.n_modes, dtype=bool))
        if self.modes is None:
            return nothing
        lowest, highest = self._held_limits(self.modes)
        start = lowest if low is None else self._to_bound(low, is_low=True)
        stop = highest if high is None else self._to_bound(high, is_low=False)
        is_value = start == stop and np.isfinite(start) and not self.scale.has_grid
        if not is_value:  # that the dtype of the column may hold just beyond the limits
            start, stop = max(lowest, start), min(highest, stop)
        if not start <= stop:
            return nothing
        if start == stop and not self.scale.has_grid:
            value = float(np.ldexp(start, -self.scale.exponent))
            return nothing if self.code_of(value) is None else self.any_of([value])
        modes, lows, highs = self._pieces(self.modes, np.array([start]), np.array([stop]))
        return Restriction.of_pieces(self.n_modes, modes, lows, highs, bounds=(start, stop))

    def any_of(self, values: Sequence[object]) -> Restriction:
        codes = np.array([self._released_code(value) for value in values])
        is_missing = codes == self.missing_code
        missing = np.unique(codes[is_missing])
        if self.modes is None or is_missing.all():
            return Restriction.of_modes(np.isin(np.arange(self.n_modes), codes))
        cells = [self.cell(v) for v, gone in zip(values, is_missing, strict=True) if not gone]
        numbers = np.concatenate([self.to_numbers(cell, self.column)[0] for cell in cells])
        points = np.unique(self.scale.to_units(numbers))
        reach = self._reach(self.modes, points)
        modes, lows, highs = self._pieces(self.modes, points - reach, points + reach)
        # Not for a spike nearby, which has a mass of its own.
        wanted = np.ones(self.n_modes, dtype=bool)
        wanted[: len(self.modes.spikes)] = np.isin(self.modes.spikes, points)
        modes, lows, highs = modes[wanted[modes]], lows[wanted[modes]], highs[wanted[modes]]
        return Restriction.of_pieces(
            self.n_modes,
            np.concatenate([modes, missing]),
            np.concatenate([lows, np.zeros(len(missing))]),
            np.concatenate([highs, np.ones(len(missing))]),
            points=points,
        )

    def densities(self, values: pd.Series) -> np.ndarray:
        if self.modes is None:
            return super().densities(values)
        numbers, present = self.read_numbers(values, self.column)
        densities = np.zeros((len(values), self.n_modes))
        if self.missing_code >= 0:
            densities[~present, self.missing_code] = 1.0
        units = self.modes.settled(self.scale.to_units(numbers[present]))
        n_values = self.modes.n_modes
        if not self.scale.has_grid:
            per_unit = self.modes.pdf(units)
            is_spike = np.arange(n_values) < len(self.modes.spikes)
            with np.errstate(over="ignore"):
                per_number = np.ldexp(per_unit, self.scale.exponent).clip(max=_MOST_DENSE)
            densities[present, :n_values] = np.where(is_spike, per_unit, per_number)
            return densities
        below, above = self._edges(units)
        masses = self.modes.cdf(above) - self.modes.cdf(below)
        # Spikes, too: a value would say by its unit whether enough training rows have it.
        densities[present, :n_values] = masses / self._step_width
        return densities

    def holds(self, values: pd.Series, restriction: Restriction | None = None) -> np.ndarray:
        if self.modes is None or not values.notna().any():
            return super().holds(values, restriction)
        numbers, present = self.read_numbers(values, self.column)
        units = self.scale.to_units(numbers)
        lowest, highest = self._held_limits(self.modes)
        inside = (lowest <= units) & (units <= highest)
        if restriction is not None and restriction.points is not None:
            inside = np.isin(units, restriction.points)
        elif restriction is not None and restriction.bounds is not None:
            lowest, highest = restriction.bounds
            inside &= (lowest <= units) & (units <= highest)
        return np.asarray(np.where(present, inside, self.missing_code >= 0))

    def nearest(self, values: pd.Series) -> pd.Series:
        if self.modes is None:
            return values
        numbers, present = self.read_numbers(values, self.column)
        units = self.scale.to_units(numbers).clip(*self._held_limits(self.modes))
        return self.from_numbers(self.scale.from_units(units, self._number_dtype), present)

    @property
    def _step_width(self) -> float:
        """Width of a step of the grid, in the unit that a density is stated in; 1 for a mass."""
        return 1.0

    def _limits(self, modes: NumberModes) -> tuple[float, float]:
        """Return the smallest and largest number that can be drawn, in units."""
        lowest, highest = modes.limits
        if self.scale.has_grid:
            return float(np.ceil(lowest)), float(np.floor(highest))
        return lowest, highest

    def _held_limits(self, modes: NumberModes) -> tuple[float, float]:
        """Return the limits as the dtype of the column holds them: float32 may round outwards."""
        limits = np.array(self._limits(modes))
        if self.scale.has_grid:
            return float(limits[0]), float(limits[1])
        present = np.ones(2, dtype=bool)
        cells = self.from_numbers(self.scale.from_units(limits, self._number_dtype), present)
        held = self.scale.to_units(self.to_numbers(cells, self.column)[0])
        return float(min(limits[0], held[0])), float(max(limits[1], held[1]))

    def _pieces(
        self, modes: NumberModes, starts: np.ndarray, stops: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return modes, and uniform numbers in them, that closed intervals of units cover."""
        below, upto = modes.cdf(self._edges(starts)[0]), modes.cdf(self._edges(stops)[1])
        intervals, codes = np.nonzero(upto > below)
        return codes, below[intervals, codes], upto[intervals, codes]

    def _reach(self, modes: NumberModes, points: np.ndarray) -> np.ndarray:
        """Return how far the neighbourhood reaches that each of ascending numbers stands for.

        A real number alone has no mass. Neighbourhoods do not overlap.
        """
        if self.scale.has_grid:
            return np.zeros(len(points))
        gaps = np.concatenate([[np.inf], np.diff(points), [np.inf]]) / 2
        reach: np.ndarray = np.minimum(gaps[:-1], gaps[1:])
        return reach.clip(max=_NEIGHBOURHOOD * float(np.ptp(self._limits(modes))))

    def _edges(self, units: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the numbers between which each one lies alone."""
        lower, upper = np.nextafter(units, -np.inf), np.nextafter(units, np.inf)
        if self.scale.has_grid:
            return np.minimum(units - 0.5, lower), np.maximum(units + 0.5, upper)
        return lower, units

    def _to_bound(self, end: object, *, is_low: bool) -> float:
        """Return an end of a range in units, moved inwards to the grid."""
        number = self.bound(end, is_low=is_low)
        if number in (np.inf, -np.inf):
            return float(number)
        if not self.scale.has_grid:
            in_range = float(min(max(number, -_LARGEST), _LARGEST))
            with np.errstate(over="ignore"):
                return float(np.ldexp(in_range, self.scale.exponent))
        units = self.scale.to_exact_units(Fraction(number))
        # No column reaches so far, and float64 no farther.
        units = min(max(units, Fraction(-_FARTHEST)), Fraction(_FARTHEST))
        return float(ceil(units) if is_low else floor(units))

    def bound(self, end: object, *, is_low: bool) -> Fraction | float:
        """Return an end of a range on the axis of :meth:`to_numbers`, exactly or infinite.

        Raises
        ------
        ValueError, TypeError, OverflowError
            If it is not of the column's kind.
        """
        if isinstance(end, bool | np.bool_) or not isinstance(end, Real | Decimal):
            raise TypeError("the end of a range of numbers is a number")
        if end != end:
            raise ValueError("an end is not a number; None leaves it open")
        if isinstance(end, Integral):
            return Fraction(int(end))
        if end in (np.inf, -np.inf):
            return float(end)
        if isinstance(end, Decimal) and _is_beyond(end):
            # A fraction would have all its digits.
            sign = -1 if end < 0 else 1
            return sign * np.inf if end.adjusted() > 0 else Fraction(sign, 10**_MOST_DIGITS)
        # By its shortest decimals: the float 0.1 stands for a tenth, of whatever precision.
        return Fraction(str(end) if end else 0)

    def describe(self) -> str:
        if self.withheld:
            return f"withheld: fewer than {self.withheld} values"
        if self.modes is None:
            return "missing everywhere"
        numbers = self.scale.from_units(np.array(self._limits(self.modes)), self._number_dtype)
        shown = self.from_numbers(numbers, np.ones(2, dtype=bool))
        return f"{shown.iloc[0]} to {shown.iloc[1]}"

    def state(self) -> State:
        return {
            "origin": str(self.scale.origin),
            "step": str(self.scale.step),
            "exponent": self.scale.exponent,
            "cuts": [[str(cut.start), str(cut.length)] for cut in self.scale.cuts],
            "normalisation": None if self.modes is None else _NAMES[type(self.modes)],
            "modes": {} if self.modes is None else self.modes.state(),
            "n_modes": self.n_modes,
            "withheld": self.withheld,
        }

    @classmethod
    def from_state(cls, state: State, column: ColumnSchema) -> Self:
        cuts = tuple(Cut(int(start), int(length)) for start, length in state.get("cuts", []))
        exponent = int(state.get("exponent", 0))
        scale = Scale(int(state["origin"]), int(state["step"]), exponent, cuts)
        name = state["normalisation"]
        modes = None if name is None else _MODES[name].from_state(state["modes"])
        n_values = 0 if modes is None else modes.n_modes
        # Each mode needs a number somewhere, so a damaged file cannot ask for millions of them.
        n_held = sum(len(array) for array in state["modes"].values())
        if state["n_modes"] - n_values not in (0, 1) or n_values > n_held:
            raise ValueError("the number of modes is not that of the values")
        return cls(column, scale, modes, np.full(state["n_modes"], np.nan), state["withheld"])


def _is_beyond(number: Decimal) -> bool:
    """Say whether a number is larger, or nearer to zero, than those of any column."""
    return number.is_finite() and number != 0 and abs(number.adjusted()) > _MOST_DIGITS


def clock_roundness(scale: Scale, unit: Fraction, *, has_rhythm: bool) -> FindRoundness | None:
    """Return what finds to which minutes, hours or days times are rounded, if to any.

    Parameters
    ----------
    scale : Scale
        The grid of points in time, or of durations.
    unit : Fraction
        Seconds that one of its numbers stands for.
    has_rhythm : bool
        Whether days of the week and hours of the day may be unlike each other.
    """
    step = scale.step * unit
    if scale.zero is None or (86_400 / step).denominator != 1:
        return None
    steps = Steps.of_clock(step, has_rhythm=has_rhythm)
    return partial(Roundness.of, steps=steps, zero=scale.zero)
