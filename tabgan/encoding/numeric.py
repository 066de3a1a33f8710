"""What all columns of numbers share: a grid, a division into modes, a mode for missing."""

from abc import abstractmethod
from typing import Self

import numpy as np
import pandas as pd

from tabgan.encoding.column import ColumnEncoder, EncodingOptions, State
from tabgan.encoding.mixture import MixtureModes
from tabgan.encoding.quantile import QuantileModes
from tabgan.encoding.scale import Scale
from tabgan.encoding.summary import NumberSummary
from tabgan.errors import InvalidDataError
from tabgan.schema import ColumnSchema

NumberModes = QuantileModes | MixtureModes
_MODES: dict[str, type[QuantileModes] | type[MixtureModes]] = {
    "quantile": QuantileModes,
    "mixture": MixtureModes,
}
_NAMES = {modes: name for name, modes in _MODES.items()}


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
    def _missing_code(self) -> int:
        n_values = 0 if self.modes is None else self.modes.n_modes
        return n_values if n_values < self.n_modes else -1

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
            return cls.to_numbers(values, column)
        except InvalidDataError:
            raise
        except (TypeError, ValueError, OverflowError, AttributeError):
            # Not "from" the error of pandas, which quotes a cell.
            raise InvalidDataError(
                f"column {column.name!r}, of dtype {values.dtype}, holds values that are not of "
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
            units, summary.counts, rare_threshold=options.rare_threshold, on_grid=scale.has_grid
        )
        counts = modes.mode_counts(units, summary.counts)
        return cls(column, scale, modes, np.concatenate([counts, missing]) / summary.n_rows)

    def encode(self, values: pd.Series, uniforms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        numbers, present = self.read_numbers(values, self.column)
        other = self._missing_code if self.withheld else -1
        codes = np.where(present, other, self._missing_code).astype(np.int32)
        positions = np.zeros(len(values), dtype=np.float32)
        if self.modes is not None:
            units = self.scale.to_units(numbers[present])
            codes[present], positions[present] = self.modes.encode(units, uniforms[present])
        return codes, positions

    def decode(self, codes: np.ndarray, uniforms: np.ndarray, first_row: int) -> pd.Series:
        present = codes != self._missing_code
        numbers = np.zeros(len(codes), dtype=self._number_dtype)
        if self.modes is not None:
            units = self.modes.decode(codes[present], uniforms[present])
            if self.scale.has_grid:
                lowest, highest = self.modes.limits
                units = np.clip(np.rint(units), np.ceil(lowest), np.floor(highest))
            numbers[present] = self.scale.from_units(units, self._number_dtype)
        return self.from_numbers(numbers, present)

    def code_of(self, value: object) -> int | None:
        code = super().code_of(value)
        cell = self.cell(value)
        numbers, present = self.to_numbers(cell, self.column)
        if self.withheld and present[0]:
            return None
        if code is None or code == self._missing_code or self.modes is None:
            return code
        units = self.scale.to_units(numbers)
        lowest, highest = self.modes.limits
        in_mode = code >= len(self.modes.spikes) or self.modes.spikes[code] == units[0]
        if not in_mode or not lowest <= units[0] <= highest:
            return None
        # A number between two points of the grid would be moved to one of them.
        moved = self.from_numbers(self.scale.from_units(units, self._number_dtype), present)
        return code if moved[0] == cell[0] else None

    def describe(self) -> str:
        if self.withheld:
            return f"withheld: fewer than {self.withheld} values"
        if self.modes is None:
            return "missing everywhere"
        lowest, highest = self.modes.limits
        if self.scale.has_grid:
            lowest, highest = np.ceil(lowest), np.floor(highest)
        numbers = self.scale.from_units(np.array([lowest, highest]), self._number_dtype)
        shown = self.from_numbers(numbers, np.ones(2, dtype=bool))
        return f"{shown.iloc[0]} to {shown.iloc[1]}"

    def state(self) -> State:
        return {
            "origin": str(self.scale.origin),
            "step": str(self.scale.step),
            "normalisation": None if self.modes is None else _NAMES[type(self.modes)],
            "modes": {} if self.modes is None else self.modes.state(),
            "n_modes": self.n_modes,
            "withheld": self.withheld,
        }

    @classmethod
    def from_state(cls, state: State, column: ColumnSchema) -> Self:
        scale = Scale(int(state["origin"]), int(state["step"]))
        name = state["normalisation"]
        modes = None if name is None else _MODES[name](**state["modes"])
        n_values = 0 if modes is None else modes.n_modes
        # Each mode needs a number somewhere, so a damaged file cannot ask for millions of them.
        n_held = sum(len(array) for array in state["modes"].values())
        if state["n_modes"] - n_values not in (0, 1) or n_values > n_held:
            raise ValueError("the number of modes is not that of the values")
        return cls(column, scale, modes, np.full(state["n_modes"], np.nan), state["withheld"])
