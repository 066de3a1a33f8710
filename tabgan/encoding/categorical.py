"""Categories and booleans: a mode a released value, one for the rare ones, one for missing."""

from collections.abc import Hashable
from typing import Self

import numpy as np
import pandas as pd

from tabgan.encoding.column import ColumnEncoder, EncodingOptions, State, middle_ranks
from tabgan.encoding.restore import restore_dtype
from tabgan.encoding.restriction import Restriction
from tabgan.encoding.summary import CategorySummary
from tabgan.errors import UnsupportedTypeError
from tabgan.schema import ColumnSchema
from tabgan.schema.dtypes import countable
from tabgan.schema.supported import NO_SCALARS
from tabgan.schema.values import value_from_json, value_to_json

# So many released values an error lists, the commonest first, if none is longer.
_MOST_SHOWN = 10
_LONGEST_SHOWN = 40


class CategoricalEncoder(ColumnEncoder[CategorySummary]):
    """A column of categories.

    Values carried by fewer rows than the rare threshold share one mode. The generator learns that
    mode like any other, but a sample never contains it: the sampler draws among the released
    values instead, given the rest of the row.

    Parameters
    ----------
    column : ColumnSchema
        What the column is.
    values : list of hashable
        Released values; their index is their code.
    shares : numpy.ndarray
        Share of training rows in each mode: values, then rare, then missing where they occur;
        NaN where it is not known any more.
    n_rare : int
        How many distinct values were withheld.
    has_missing : bool
        Whether the last mode is "missing".
    """

    kind = "categorical"

    def __init__(
        self,
        column: ColumnSchema,
        values: list[Hashable],
        shares: np.ndarray,
        n_rare: int,
        has_missing: bool,
    ) -> None:
        self.column = column
        self.values = values
        self.shares = shares
        self.n_rare = n_rare
        self.has_missing = has_missing
        self.released = np.ones(len(shares), dtype=bool)
        # Without a single released value the rare mode has to stand: it decodes to missing.
        if n_rare and len(shares) > 1:
            self.released[len(values)] = False
        # A rare value is redrawn as another value, not as a missing one, if there is any.
        is_value = np.arange(len(shares)) < len(values)
        self.stand_ins = is_value if values else self.released
        self._code_of = {value: code for code, value in enumerate(values)}

    @classmethod
    def summarise(cls, values: pd.Series, column: ColumnSchema) -> CategorySummary:
        return CategorySummary.of(values)

    @classmethod
    def from_summary(
        cls, summary: CategorySummary, column: ColumnSchema, options: EncodingOptions
    ) -> Self:
        common = {v: n for v, n in summary.counts.items() if n >= options.rare_threshold}
        # By frequency, then by text, so that the codes do not depend on the order of the rows; by
        # type, since the number 1 and the text "1" may be two categories of one column.
        values = sorted(common, key=lambda v: (-common[v], str(v), type(v).__name__))
        counts = [common[value] for value in values]
        n_rare = len(summary.counts) - len(common)
        if n_rare:
            counts.append(sum(summary.counts.values()) - sum(counts))
        if summary.n_missing:
            counts.append(summary.n_missing)
        shares = np.array(counts) / summary.n_rows
        return cls(column, values, shares, n_rare, summary.n_missing > 0)

    @property
    def withholds_all(self) -> bool:
        return self.n_rare > 0 and not self.values

    @property
    def ranks(self) -> np.ndarray:
        ranks = super().ranks
        dtype = self.column.dtype.to_pandas()
        if isinstance(dtype, pd.CategoricalDtype) and dtype.ordered and self.values:
            levels = list(dtype.categories)
            places = np.array([levels.index(value) for value in self.values])
            ranks[: len(places)] = middle_ranks(places, self.shares[: len(places)])
        return ranks

    def encode(self, values: pd.Series, uniforms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        unknown = len(self.values) if self.n_rare else -1
        try:
            codes, distinct = pd.factorize(countable(values))
        except TypeError:
            raise UnsupportedTypeError(f"column {self.column.name!r} holds {NO_SCALARS}") from None
        known = np.array([self._code_of.get(value, unknown) for value in distinct] + [-1])
        codes = known[codes].astype(np.int32)
        codes[values.isna().to_numpy()] = self.n_modes - 1 if self.has_missing else -1
        return codes, np.zeros(len(codes), dtype=np.float32)

    @property
    def missing_code(self) -> int:
        return self.n_modes - 1 if self.has_missing else -1

    def between(self, low: object, high: object) -> Restriction:
        dtype = self.column.dtype.to_pandas()
        if not isinstance(dtype, pd.CategoricalDtype) or not dtype.ordered:
            raise TypeError("values without an order have no ranges")
        place = {level: i for i, level in enumerate(dtype.categories)}
        if any(end is not None and end not in place for end in (low, high)):
            raise ValueError("an end of the range is no level of the column")
        first = 0 if low is None else place[low]
        last = len(place) - 1 if high is None else place[high]
        allowed = np.zeros(self.n_modes, dtype=bool)
        allowed[: len(self.values)] = [first <= place[value] <= last for value in self.values]
        return Restriction.of_modes(allowed)

    def decode(
        self,
        codes: np.ndarray,
        uniforms: np.ndarray,
        first_row: int,
        restriction: Restriction | None = None,
    ) -> pd.Series:
        blank = len(self.values)
        table = np.empty(blank + 1, dtype=object)
        table[:blank] = self.values
        table[blank] = None
        return restore_dtype(table[np.minimum(codes, blank)], self.column)

    def cell(self, value: object) -> pd.Series:
        cell = super().cell(value)
        if cell.dtype == object and cell[0] in self._code_of:
            # The column's own: True, where 1 is asked for.
            cell[0] = self.values[self._code_of[cell[0]]]
        return cell

    def code_of(self, value: object) -> int | None:
        code = super().code_of(value)
        # The rare mode stands for no value in particular, even where it is all there is.
        return None if self.n_rare and code == len(self.values) else code

    def describe(self) -> str:
        text = f"{len(self.values)} values"
        return text + (f"; {self.n_rare} rare ones withheld" if self.n_rare else "")

    def offer(self) -> str:
        shown = [repr(value) for value in self.values[:_MOST_SHOWN]]
        if not shown or max(map(len, shown)) > _LONGEST_SHOWN:
            return self.describe()
        more = ", ..." if len(self.values) > len(shown) else ""
        return f"{self.describe()}: {', '.join(shown)}{more}"

    def state(self) -> State:
        return {
            "values": [value_to_json(value) for value in self.values],
            "n_modes": self.n_modes,
            "n_rare": self.n_rare,
            "has_missing": self.has_missing,
        }

    @classmethod
    def from_state(cls, state: State, column: ColumnSchema) -> Self:
        values = [value_from_json(form) for form in state["values"]]
        n_rare, has_missing = state["n_rare"], state["has_missing"]
        if state["n_modes"] != len(values) + bool(n_rare) + bool(has_missing):
            raise ValueError("the number of modes is not that of the values")
        return cls(column, values, np.full(state["n_modes"], np.nan), n_rare, has_missing)
