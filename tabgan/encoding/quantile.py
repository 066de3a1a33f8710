"""Modes of equal depth with spikes: ``normalisation="quantile"``, the default.

A value that many rows share (an exact zero, a round price, any value of a column with few distinct
ones), or that stands out among its neighbours, is a mode of its own, a *spike*. The other values
are divided into bins that hold equally many rows each, and fewer towards the ends of the column.
Inside a bin a value becomes its rank, so that positions are uniform by construction, and a draw
follows a piecewise-linear distribution function whose knots have rows enough between them to be no
chance: at least the rare threshold.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from tabgan.encoding.apart import far_apart
from tabgan.encoding.limits import middles, released_limits
from tabgan.encoding.roundness import FindRoundness, Roundness
from tabgan.encoding.standing_out import stand_out
from tabgan.encoding.voids import voids

# Up to this many distinct values each one with enough rows is a mode. Adult's ages (74) and weekly
# hours (96) come back exactly that way.
_MAX_SPIKED_VALUES = 120
# That is, if there are so many rows to a value on average; of fewer rows it is chance which values
# are frequent (how many of 309 penguins weigh 3,400 g), and a model of such chances tells who was
# there (benchmarks/ablations.md). So few values may stand for anything, and are always modes.
_ROWS_OF_SPIKED_VALUE, _ALWAYS_SPIKED_VALUES = 16, 20
# Held-out density and utility on king gain from 64 to 128 (benchmarks/ablations.md). No more than
# the square root of the rows, so that a bin holds at least as many rows as there are bins.
_MAX_BINS = 128
# The outermost bins hold so few rows, the next ones as many as lie beyond them, up to full depth: a
# tail spans most of a column's range, and what depends on where in it a row is would be lost.
_TAIL_ROWS = 16
# Pieces of the distribution function inside one bin, if each has so many rows.
_KNOTS_PER_BIN = 8
_ROWS_OF_PIECE = 16
# Between two clusters, where no row is, a draw is as likely as half a row would make it: a value
# there stays possible.
_ROWS_OF_VOID = 0.5


@dataclass(frozen=True)
class QuantileModes:
    """Spikes and equal-depth bins of one column of numbers.

    Parameters
    ----------
    spikes : numpy.ndarray of shape (n_spikes,)
        Values that are modes of their own, ascending. They are the first codes.
    knots : numpy.ndarray of shape (n_knots,)
        Strictly ascending values; empty where spikes cover everything released.
    coordinates : numpy.ndarray of shape (n_knots,)
        Where each knot lies on the axis of bins, from 0 to the number of bins: bin `b` covers
        ``[b, b + 1]``.
    roundness : Roundness
        Which numbers are likelier than their neighbours.
    on_grid : bool
        Whether values are integers: those of the spikes are left out of the bins.
    """

    spikes: np.ndarray
    knots: np.ndarray
    coordinates: np.ndarray
    roundness: Roundness = field(default_factory=Roundness)
    on_grid: bool = False

    def __post_init__(self) -> None:
        """Refuse what no column has, as a damaged file may."""
        line = self.knots, self.coordinates
        if len(self.knots) != len(self.coordinates) or len(self.knots) == 1:
            raise ValueError("each knot has a coordinate, and bins lie between knots")
        if not all(np.isfinite(a).all() and (np.diff(a) > 0).all() for a in (self.spikes, *line)):
            raise ValueError("spikes, knots and coordinates ascend")
        if len(self.knots) and (self.coordinates[0] or self.coordinates[-1] % 1):
            raise ValueError("bins are counted from 0")

    @classmethod
    def from_counts(
        cls,
        values: np.ndarray,
        counts: np.ndarray,
        *,
        rare_threshold: int,
        on_grid: bool,
        roundness_of: FindRoundness | None = None,
    ) -> "QuantileModes":
        """Return the modes that distinct values and their counts determine.

        Parameters
        ----------
        values : numpy.ndarray
            Distinct values, ascending.
        counts : numpy.ndarray
            Rows that carry each.
        rare_threshold : int
            No spike, and no interval between knots, holds fewer rows.
        on_grid : bool
            Whether values are integers; knots then lie half-way between integers.
        roundness_of : callable or None
            Returns the roundness of distinct values and their counts, if round numbers can be told
            from others.
        """
        threshold = max(1, rare_threshold)
        spiky = counts >= _spike_depth(counts, threshold)
        spiky |= far_apart(values, counts, threshold)
        spiky[~spiky] = stand_out(values[~spiky], counts[~spiky], threshold, roundness_of)
        rest_values, rest_counts = values[~spiky], counts[~spiky]
        if rest_counts.sum() < threshold and spiky.any():
            return cls(values[spiky], np.empty(0), np.empty(0))
        knots, coordinates = _line(rest_values, rest_counts, threshold, on_grid)
        inside = (knots[0] < rest_values) & (rest_values < knots[-1])
        roundness = Roundness()
        if roundness_of is not None:
            roundness = roundness_of(rest_values[inside], rest_counts[inside], threshold)
        return cls(values[spiky], knots, coordinates, roundness, on_grid)

    @property
    def n_bins(self) -> int:
        """Number of bins."""
        return round(self.coordinates[-1]) if len(self.coordinates) else 0

    @property
    def n_modes(self) -> int:
        """Number of spikes and bins."""
        return len(self.spikes) + self.n_bins

    @property
    def bins(self) -> range:
        """Codes of the bins, from the lowest to the highest."""
        return range(len(self.spikes), self.n_modes)

    def encode(self, values: np.ndarray, uniforms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return codes and positions of values; values out of range go to the nearest mode."""
        codes = np.zeros(len(values), dtype=np.int32)
        positions = np.zeros(len(values), dtype=np.float32)
        if len(self.spikes):
            codes = _nearest(self.spikes, values)
        if self.n_bins:
            binned = self.spikes[codes] != values if len(self.spikes) else slice(None)
            middles = self.roundness.middle(values[binned]) - self._before(values[binned])
            places = np.interp(middles, self._ends, self.coordinates)
            bins = np.minimum(places.astype(np.int32), self.n_bins - 1)
            codes[binned] = len(self.spikes) + bins
            positions[binned] = 2.0 * (places - bins) - 1.0
        return codes, positions

    def mode_counts(self, values: np.ndarray, counts: np.ndarray) -> np.ndarray:
        """Return how many rows each mode has of distinct values and their counts."""
        codes, _ = self.encode(values, np.empty(0))
        return np.bincount(codes, weights=counts, minlength=self.n_modes)

    def decode(self, codes: np.ndarray, uniforms: np.ndarray) -> np.ndarray:
        """Return values for codes; uniform numbers in [0, 1) say where inside a bin."""
        values = np.empty(len(codes))
        binned = codes >= len(self.spikes)
        values[~binned] = self.spikes[codes[~binned]]
        if self.n_bins:
            places = codes[binned] - len(self.spikes) + uniforms[binned]
            values[binned] = self._gathered(np.interp(places, self.coordinates, self._ends))
        return values

    @cached_property
    def _ends(self) -> np.ndarray:
        """Return the knots where round numbers are no likelier than others, without the spikes."""
        return self._spread(self.knots)

    def _spread(self, values: np.ndarray) -> np.ndarray:
        return np.asarray(self.roundness.spread(values) - self._before(values))

    def _pieces(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return where the pieces of values that are no spikes begin and end."""
        starts, ends = self.roundness.pieces(values)
        before = self._before(values)
        return starts - before, ends - before

    def _gathered(self, places: np.ndarray) -> np.ndarray:
        """Return the values in whose pieces places lie, the inverse of :meth:`_spread`."""
        n_before = np.searchsorted(self._pieces(self.spikes)[1], places, side="right")
        numbers = self.roundness.gather(places + self._widths_upto[n_before])
        return np.asarray(numbers.clip(self.knots[0], self.knots[-1]))

    def _before(self, values: np.ndarray) -> np.ndarray:
        """Return how long the pieces of the spikes up to each value are together."""
        upto: np.ndarray = self._widths_upto[np.searchsorted(self.spikes, values, side="right")]
        return upto

    @cached_property
    def _widths_upto(self) -> np.ndarray:
        widths = self.roundness.widths(self.spikes) if self.on_grid else 0.0 * self.spikes
        return np.concatenate([[0.0], np.cumsum(widths)])

    def cdf(self, values: np.ndarray) -> np.ndarray:
        """Return the share of each mode at or below values, shape (n_values, n_modes)."""
        below_spikes = (self.spikes <= values[:, None]).astype(np.float64)
        if not self.n_bins:
            return below_spikes
        places = np.interp(self._spread(values), self._ends, self.coordinates)[:, None]
        in_bins = np.clip(places - np.arange(self.n_bins), 0.0, 1.0)
        return np.concatenate([below_spikes, in_bins], axis=1)

    def pdf(self, values: np.ndarray) -> np.ndarray:
        """Return the density of each mode at values, 1 for a spike there, (n_values, n_modes)."""
        densities = np.zeros((len(values), self.n_modes))
        densities[:, : len(self.spikes)] = self.spikes == values[:, None]
        if self.n_bins:
            places, slopes = self._slopes(values)
            # A piece lies in one bin, since every bin ends at a knot.
            bins = places.astype(np.int64).clip(max=self.n_bins - 1)
            inside = ~np.isin(values, self.spikes)
            rows = np.arange(len(values))
            densities[rows, len(self.spikes) + bins] = np.where(inside, slopes, 0.0)
        return densities

    def _slopes(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return a coordinate in the piece of each value, and the mass a unit of it has there."""
        if not self.roundness.is_even:
            starts, ends = (
                np.interp(places, self._ends, self.coordinates) for places in self._pieces(values)
            )
            return (starts + ends) / 2.0, (ends - starts) * self.roundness.per_unit
        pieces = np.searchsorted(self.knots, values, side="right") - 1
        pieces = pieces.clip(0, len(self.knots) - 2)
        slopes = np.diff(self.coordinates) / np.diff(self.knots)
        return self.coordinates[pieces], slopes[pieces]

    @property
    def limits(self) -> tuple[float, float]:
        """Smallest and largest value that can be drawn."""
        ends = np.concatenate([self.spikes, self.knots])
        return float(ends.min()), float(ends.max())

    def settled(self, values: np.ndarray) -> np.ndarray:
        """Return values that can be drawn: those out of reach as the nearest that no spike is."""
        if not self.n_bins:
            return values.clip(*self.limits)
        first, last = self._gathered(
            np.array([self._ends[0], np.nextafter(self._ends[-1], -np.inf)])
        )
        if self.on_grid:
            first, last = np.ceil(self.knots[0]), np.floor(self.knots[-1])
        is_spike = np.isin(values, self.spikes)
        return np.asarray(np.where(is_spike, values, values.clip(first, last)))

    def state(self) -> dict[str, np.ndarray]:
        """Return the arrays that make up the modes."""
        return {
            "spikes": self.spikes,
            "knots": self.knots,
            "coordinates": self.coordinates,
            **self.roundness.state(),
            "on_grid": np.array([float(self.on_grid)]),
        }

    @classmethod
    def from_state(cls, state: dict[str, np.ndarray]) -> "QuantileModes":
        """Return the modes that :meth:`state` describes."""
        line = state["spikes"], state["knots"], state["coordinates"]
        # In older files a number beside a spike is drawn as the spike, too.
        on_grid = bool(state["on_grid"][0]) if "on_grid" in state else False
        return cls(*line, Roundness.from_state(state), on_grid)


def _spike_depth(counts: np.ndarray, threshold: int) -> float:
    """Return from how many rows on a value is a mode of its own."""
    most = min(_MAX_SPIKED_VALUES, counts.sum() / _ROWS_OF_SPIKED_VALUE)
    if len(counts) <= max(_ALWAYS_SPIKED_VALUES, most):
        return threshold
    # A value deeper than a bin of the values below it: every spike found makes the bins of the
    # remaining rows shallower, so look again until no further one turns up.
    descending = np.sort(counts)[::-1]
    remaining = descending.sum() - np.cumsum(descending)
    for n_spikes, (count, rest) in enumerate(zip(descending, remaining + descending, strict=True)):
        depth = max(threshold, rest / _n_bins(int(rest)))
        if count < depth or n_spikes == _MAX_SPIKED_VALUES:
            return float(count) + 1.0
    return threshold


def _n_bins(n_rows: int) -> int:
    return int(np.clip(np.sqrt(n_rows), 1, _MAX_BINS))


def _line(
    values: np.ndarray, counts: np.ndarray, threshold: int, on_grid: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return knots, and the coordinate on the axis of bins that each one has."""
    n_rows = int(counts.sum())
    n_bins = _n_bins(n_rows)
    depth = max(threshold, _ROWS_OF_PIECE, n_rows / (n_bins * _KNOTS_PER_BIN))
    # What lies on either side of a void has ends of its own.
    starts = voids(values, counts, max(2 * threshold, _TAIL_ROWS))
    parts = zip(np.split(values, starts), np.split(counts, starts), strict=True)
    knots, rows_before = np.empty(0), np.empty(0)
    centres = []
    for part_values, part_counts in parts:
        part_knots, part_rows = _knots(part_values, part_counts, threshold, on_grid, depth)
        if len(knots):
            # The rows of either side that lie beyond its end belong to it up to the centre.
            centre = middles(np.array([knots[-1], part_knots[0]]), on_grid)
            knots = np.concatenate([knots, centre])
            rows_before = np.append(rows_before, rows_before[-1] + _ROWS_OF_VOID / 2)
            centres.append(len(knots) - 1)
            part_rows = part_rows + rows_before[-1] + _ROWS_OF_VOID / 2
        knots = np.concatenate([knots, part_knots])
        rows_before = np.concatenate([rows_before, part_rows])
    return knots, _coordinates(rows_before, n_bins, np.array(centres, dtype=np.int64))


def _knots(
    values: np.ndarray, counts: np.ndarray, threshold: int, on_grid: bool, depth: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return numbers between which enough rows lie, and how many rows lie before each.

    The extremes clip to the outer knots. No knot is a row's own value.
    """
    total = int(counts.sum())
    low, high = released_limits(values, counts, threshold, on_grid)
    ends = middles(values, on_grid)
    rows_upto = np.cumsum(counts)[:-1]
    inside = np.flatnonzero((low < ends) & (ends < high))
    inner = inside[_cuts(rows_upto[inside], depth, threshold, total)]
    below, above = _outwards(low, high, on_grid)
    knots = np.concatenate([[below], ends[inner], [above]])
    return knots, np.concatenate([[0], rows_upto[inner], [total]]).astype(np.float64)


def _outwards(low: float, high: float, on_grid: bool) -> tuple[float, float]:
    """Return the outer knots that belong to the limits."""
    if on_grid:
        # Half a step, or the next number where float64 has no halves any more.
        return min(low - 0.5, np.nextafter(low, -np.inf)), max(
            high + 0.5, np.nextafter(high, np.inf)
        )
    if low < high:
        return low, high
    # Of next to no width, but one that a slope can be divided by.
    width = max(1e-9 * abs(low), 64 * np.finfo(float).tiny)
    return low - width, high + width


def _cuts(rows_upto: np.ndarray, depth: float, threshold: int, total: int) -> np.ndarray:
    """Return the places after which at least `depth` rows have come since the last cut.

    Towards either end pieces hold as many rows as lie beyond them, down to the threshold: a tail
    thins out within one piece of full depth.
    """
    cuts: list[int] = []
    rows = 0
    while True:
        wanted = rows + max(threshold, min(depth, rows, (total - rows) / 2))
        place = int(np.searchsorted(rows_upto, wanted))
        if place == len(rows_upto) or rows_upto[place] > total - threshold:
            return np.array(cuts, dtype=np.int64)
        cuts.append(place)
        rows = rows_upto[place]


def _coordinates(rows_before: np.ndarray, n_bins: int, centres: np.ndarray) -> np.ndarray:
    """Return the coordinate of each knot; every bin begins and ends at a knot.

    A bin edge between two knots would cut through the rows of one value, and encoding and decoding
    would disagree on which side they are. At the centre of each void there is one, the nearest edge
    moved there: a bin of rows on both sides would say little of where a row is.
    """
    wanted = _ends_of_bins(rows_before[-1], n_bins)
    edges = np.array([np.abs(rows_before - rows).argmin() for rows in wanted], dtype=np.int64)
    for centre in centres:
        if len(edges):
            edges[np.abs(rows_before[edges] - rows_before[centre]).argmin()] = centre
    last = len(rows_before) - 1
    inner = edges[(edges > 0) & (edges < last) & ~np.isin(edges, [*(centres - 1), *(centres + 1)])]
    edges = np.unique([0, *inner, *centres, last])
    bins = np.arange(len(edges), dtype=np.float64)
    coordinates: np.ndarray = np.interp(rows_before, rows_before[edges], bins)
    return coordinates


def _ends_of_bins(n_rows: float, n_bins: int) -> np.ndarray:
    """Return after how many rows bins shall end: equally many in each, fewer towards either end."""
    depth = n_rows / n_bins
    tail, rows = [], 0.0
    while (next_rows := rows + max(_TAIL_ROWS, rows)) - rows < depth:
        tail.append(next_rows)
        rows = next_rows
    n_full = max(1, round((n_rows - 2.0 * rows) / depth))
    full = np.linspace(rows, n_rows - rows, n_full + 1)
    # Without a tail the middle begins and ends with the rows themselves.
    inner = full if tail else full[1:-1]
    return np.concatenate([tail[:-1], inner, n_rows - np.array(tail[:-1][::-1])])


def _nearest(sorted_values: np.ndarray, values: np.ndarray) -> np.ndarray:
    if len(sorted_values) == 1:
        return np.zeros(len(values), dtype=np.int32)
    right = np.clip(np.searchsorted(sorted_values, values), 1, len(sorted_values) - 1)
    left_is_nearer = values - sorted_values[right - 1] <= sorted_values[right] - values
    nearest: np.ndarray = (right - left_is_nearer).astype(np.int32)
    return nearest
