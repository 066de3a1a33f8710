"""Find the columns that others determine but for a remainder.

A column is worth learning by its remainder where the remainder's law alone says more of a cell than
the mode of the cell does: then the others and a draw from that law are better than whatever a
network could say of the mode. Both are counted in bits, at the column's own precision.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import ks_2samp

from tabgan.encoding.column import ColumnEncoder
from tabgan.encoding.numeric_columns import DIGITS, NumericColumn, NumericColumns
from tabgan.encoding.remainder import Remainder
from tabgan.encoding.remainder_terms import AnyTerm, Term, TermKinds, kinds_of_terms, next_terms
from tabgan.parallel import in_parallel
from tabgan.randomness import stream
from tabgan.schema import Kind
from tabgan.schema.constraints import Formula, Sum
from tabgan.schema.constraints.balances import find_balances
from tabgan.schema.constraints.expression import MAX_LENGTH, as_written
from tabgan.schema.constraints.finding import FloatArray

# The numbers below are first choices. Rows that are looked at, of more columns than so many fewer
# in proportion, down to a quarter; and so few say nothing.
_MOST_ROWS, _FEW_COLUMNS, _FEWEST_ROWS = 4_000, 40, 100
# Share of a column's rows in which the others have to be there, too; and, where one date follows
# from another, a count: without the count the two would not even be in order.
_LEAST_SHARE, _LEAST_SHARE_OF_DATE = 0.5, 0.99
# Modes that leave less than this open are as good as the values themselves.
_FEWEST_BITS = 1.0
# What a further term must save; and terms at most.
_LEAST_SAVED, _MOST_TERMS = 0.1, 6
# What a column of a rate may leave open: it is told nearly exactly, or it is no rate but a
# regression.
_MOST_BITS_OF_RATE = 1.0
# What a few wrong rows among thousands leave open of a balance.
_BITS_OF_WRONG_ROWS = 0.02
# What a column may lose by being computed: share of its values that lie on its grid, and of rows
# that have one value (so many of the commonest are looked at); share of rows that leave its range;
# bits by which its last digits are less alike.
_MOST_LOST, _MOST_LOST_OF_A_VALUE, _MOST_OUTSIDE, _MOST_BITS_OF_DIGITS = 0.05, 0.025, 0.1, 1.0
_MOST_COMMON = 20
# How far the law of a column may move (the distance of Kolmogorov and Smirnov) where those that it
# adds up with are drawn anew inside their modes.
_MOST_MOVED = 0.02
# Values of a flag: a network tells which one of a group is up, and sums of them may be neither.
_FLAG = 2


@dataclass(frozen=True)
class _Finding:
    """A column and what determines it.

    Parameters
    ----------
    column : int
        Its place among the numeric columns.
    terms : tuple of Term, Midnight or Count
        What adds up to it.
    left : float
        Bits of the remainder.
    saved : float
        Bits that it saves.
    rises : bool
        Whether the remainder is mostly positive.
    balance : int or None
        The number of the balance that says so: each tells one column.
    """

    column: int
    terms: tuple[AnyTerm, ...]
    left: float
    saved: float
    rises: bool
    balance: int | None = None

    @property
    def others(self) -> tuple[int, ...]:
        """The numeric columns that it is computed from."""
        return tuple(column for term in self.terms for column in term.columns)

    @property
    def is_total(self) -> bool:
        """Whether nothing is taken away in it."""
        return all(term.factor > 0.0 for term in self.terms)

    @property
    def is_sum(self) -> bool:
        """Whether it is the plain sum of the others."""
        return self.is_total and all(term.is_plain for term in self.terms)

    @cached_property
    def rank(self) -> tuple[Any, ...]:
        """How likely it is what is meant; the lowest comes first.

        Of a bill the total can be computed, or any part: what leaves least open is and, where that
        is nearly the same, a total, which is never negative because of others, a sum rather than
        multiples, and a mean rather than a multiple of it. Of two dates it is the later.
        """
        price = sum(term.price for term in self.terms)
        size = 0.0 if self.is_sum else sum(abs(term.factor) for term in self.terms)
        is_other_way = not self.is_total, not self.is_sum, price, size, not self.rises
        return int(self.left), *is_other_way, -self.saved


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
    most_rows = max(_MOST_ROWS // 4, _MOST_ROWS * _FEW_COLUMNS // max(_FEW_COLUMNS, len(encoders)))
    # Every second row of a panel is of every second year.
    rows = np.sort(stream(0, "remainders").permutation(len(table))[:most_rows])
    numeric = NumericColumns.of(table.iloc[rows], encoders, taken)
    if len(numeric.columns) < 2:
        return ()

    def only_named(findings: Iterable[_Finding | None]) -> list[_Finding]:
        has_name = (f for f in findings if f is not None)
        return [f for f in has_name if _named(f, numeric, table.columns) is not None]

    def search(column: int, barred: Collection[int] = ()) -> _Finding | None:
        kinds = kinds_of_terms(column, numeric)
        found = only_named(_search(column, barred, numeric, kind) for kind in kinds)
        # The simpler one comes first, and has to be beaten.
        return min(found, key=lambda finding: round(finding.left, 1), default=None)

    is_open = [column.open_bits >= _FEWEST_BITS for column in numeric.columns]
    candidates = [int(column) for column in np.flatnonzero(is_open)]
    searched = only_named(in_parallel(search, candidates))
    chosen = _without_circles([*searched, *only_named(_told_by_balances(numeric))], search)
    found: dict[Hashable, Remainder] = {}
    for finding in chosen:
        remainder = _named(finding, numeric, table.columns)
        # Columns 0 and "0" would both have a "rest of 0".
        if remainder is not None and remainder.name not in found:
            found[remainder.name] = remainder
    return tuple(found.values())


def _told_by_balances(numeric: NumericColumns) -> Iterator[_Finding]:
    """Yield how each sum that is nearly the same in every row tells each of its columns."""
    numbers = [place for place, column in enumerate(numeric.columns) if column.is_number]
    balances = find_balances(numeric.values.T, numbers)
    drawn = {
        column: numeric.columns[column].drawn_again(stream(0, "remainders"))
        for column in {column for balance in balances for column in balance}
    }
    for which, balance in enumerate(balances):
        for column in balance:
            if (finding := _told_by(balance, column, numeric, drawn)) is not None:
                yield replace(finding, balance=which)


def _told_by(
    balance: Mapping[int, float],
    column: int,
    numeric: NumericColumns,
    drawn: Mapping[int, FloatArray],
) -> _Finding | None:
    """Return how a balance tells one of its columns, unless that would not stay what it is."""
    own = numeric.columns[column]
    others = {part: weight for part, weight in balance.items() if part != column}
    # Else several times it are told, and drawn others hardly ever leave it a whole number.
    is_total = all(weight * balance[column] < 0.0 for weight in others.values())
    is_flag = len(np.unique(own.values[~np.isnan(own.values)])) <= _FLAG
    if is_flag or not (is_total or abs(balance[column]) == 1.0):
        return None
    terms = tuple(Term((part,), -weight / balance[column]) for part, weight in others.items())
    rest: FloatArray = own.values - np.sum([term.of(numeric) for term in terms], axis=0)
    # A network knows modes alone: of shares the last may be less than none, and its law is gone.
    factors = np.array([term.factor for term in terms])
    told_again: FloatArray = factors @ np.stack([drawn[part] for part in others])
    present = ~np.isnan(rest)
    before, after = (np.rint(v[present] / own.step) for v in (own.values, told_again + rest))
    moved = ks_2samp(before, after, method="asymp").statistic
    return None if moved > _MOST_MOVED else _as_finding(column, terms, rest, own, told_again)


def _without_circles(
    findings: list[_Finding], search: Callable[[int, Collection[int]], _Finding | None]
) -> list[_Finding]:
    """Return what is computed from what, in an order in which it can be.

    Parameters
    ----------
    findings : list of _Finding
        What was found for each column; of a balance for several.
    search : callable
        Searches for a column again, without some others.
    """
    chosen: dict[int, _Finding] = {}
    balances = set[int]()
    while findings:
        findings.sort(key=lambda finding: finding.rank)
        finding = findings.pop(0)
        if finding.column in chosen or finding.balance in balances:
            continue
        barred = {finding.column}  # and what would be computed from the column that it computes
        while wider := {c for c, f in chosen.items() if barred & set(f.others)} - barred:
            barred |= wider
        if not barred & set(finding.others):
            chosen[finding.column] = finding
            balances |= set() if finding.balance is None else {finding.balance}
        elif finding.balance is None and (other_way := search(finding.column, barred)) is not None:
            findings.append(other_way)
    order = TopologicalSorter({column: finding.others for column, finding in chosen.items()})
    return [chosen[column] for column in order.static_order() if column in chosen]


def _search(
    column: int, barred: Collection[int], numeric: NumericColumns, kind: TermKinds
) -> _Finding | None:
    """Take away one term after the other, each time the one that leaves the fewest bits.

    Parameters
    ----------
    column : int
        Place of the one that others may tell.
    barred : collection of int
        Those that may not tell it.
    numeric : NumericColumns
        All of them.
    kind : TermKinds
        What may be taken away.
    """
    own = numeric.columns[column]
    rest, terms = own.values, list[AnyTerm]()
    bits = own.bits_of(rest)
    while len(terms) < _MOST_TERMS:
        used = {column, *barred, *(other for term in terms for other in term.columns)}
        before, share = own.values, _LEAST_SHARE
        if own.is_date and terms:
            before, share = rest, _LEAST_SHARE_OF_DATE
        fewest_rows = share * np.count_nonzero(~np.isnan(before))
        best: tuple[float, AnyTerm, FloatArray] | None = None
        for term in next_terms(column, rest, terms, used, numeric, kind):
            left = rest - term.of(numeric)
            if np.count_nonzero(~np.isnan(left)) < fewest_rows:
                continue
            cost = own.bits_of(left) + term.price
            if best is None or cost < best[0]:
                best = cost, term, left
        if best is None or best[0] > bits - _LEAST_SAVED:
            break
        terms.append(best[1])
        rest = best[2]
        bits = own.bits_of(rest)
    return _as_finding(column, tuple(terms), rest, own) if terms else None


def _as_finding(
    column: int,
    terms: tuple[AnyTerm, ...],
    rest: FloatArray,
    own: NumericColumn,
    told_again: FloatArray | None = None,
) -> _Finding | None:
    """Return what was found, if it tells enough of the column, and the column stays what it is.

    Parameters
    ----------
    column, terms
        Of the finding.
    rest : numpy.ndarray of shape (n_rows,)
        What is left of the column.
    own : NumericColumn
        The column.
    told_again : numpy.ndarray of shape (n_rows,) or None
        What the others of a balance may tell in a sample; ``None`` if it is none.
    """
    is_rate = any(abs(term.factor) != 1.0 for term in terms)
    bits = own.bits_of(rest)
    told = own.values - rest
    if is_rate and own.has_decimals:
        told = told.round(own.decimals)
        rest = own.values - told
        bits = max(bits, own.bits_of(rest))
    most_bits = min(_MOST_BITS_OF_RATE, own.open_bits) if is_rate else own.open_bits
    if bits > (most_bits if told_again is None else max(_BITS_OF_WRONG_ROWS, most_bits)):
        return None
    if _loses_its_values(own, told if told_again is None else told_again, rest):
        return None
    rises = bool(np.nanmedian(rest) >= 0.0)
    return _Finding(column, terms, bits, own.open_bits - bits, rises)


def _loses_its_values(own: NumericColumn, told: FloatArray, rest: FloatArray) -> bool:
    """Say whether a column would lose what its values have in common if it was computed.

    Sums of drawn numbers need not be round, nor zero, nor -999, nor end in .99. So the remainder of
    another row is put in the place of each, which is what a network draws that knows no better.
    """
    present = np.flatnonzero(~np.isnan(rest))
    before, of_others = own.values[present].round(own.decimals), told[present]
    after = (of_others + stream(0, "remainders").permutation(rest[present])).round(own.decimals)
    outside = np.mean((after < before.min()) | (after > before.max()))
    lost_grid = own.share_on_grid(before) - own.share_on_grid(after)
    gained = _bits_of_digits(after, own) - _bits_of_digits(before, own)
    is_rounded = own.has_decimals or own.is_time
    return bool(
        outside > _MOST_OUTSIDE
        or _lost_of_a_value(before, after) > _MOST_LOST_OF_A_VALUE
        or (is_rounded and lost_grid > _MOST_LOST)
        or (is_rounded and gained > _MOST_BITS_OF_DIGITS)
    )


def _lost_of_a_value(before: FloatArray, after: FloatArray) -> float:
    """Return by how much the share of a value falls at most."""
    values, counts = np.unique(before, return_counts=True)
    commonest = np.argsort(-counts, kind="stable")[:_MOST_COMMON]
    left = [np.count_nonzero(after == value) for value in values[commonest]]
    return float((counts[commonest] - left).max() / len(before))


def _bits_of_digits(values: FloatArray, own: NumericColumn) -> float:
    """Return the entropy of what stands behind the point."""
    digits = np.rint(values * 10.0**own.decimals) % 10.0**own.decimals
    shares = np.unique(digits, return_counts=True)[1] / len(values)
    return float(-(shares @ np.log2(shares)))


def _named(
    finding: _Finding, numeric: NumericColumns, names: Collection[Hashable]
) -> Remainder | None:
    """Return a finding as a rule with a remainder, ``None`` where it cannot be written."""
    own = numeric.columns[finding.column]
    column, name = own.column, f"rest of {own.column.name}"
    if name in names:
        return None
    # Decimals that the column does not have are rounded away before the remainder is added, so that
    # this is zero where the column is what the others say.
    digits = max(sum(numeric.columns[other].decimals for other in t.columns) for t in finding.terms)
    is_exact = all(t.factor.is_integer() for t in finding.terms) and digits <= own.decimals
    is_rounded = own.is_number and own.has_decimals and not is_exact
    decimals = own.decimals if is_rounded else max(digits, own.decimals)
    is_integer = column.kind is Kind.INTEGER and decimals == 0
    kept = None if is_integer or not own.is_number else min(decimals, DIGITS)
    if finding.is_sum and not is_rounded:
        parts = [numeric.columns[other].column.name for other in finding.others]
        return Remainder(Sum(column.name, [*parts, name]), name, kept)
    terms = sorted(finding.terms, key=lambda term: term.factor < 0.0)
    written, rest = [term.written(numeric) for term in terms], as_written(name)
    if None in (*written, rest):
        return None
    text = "".join(map(str, written)).strip().removeprefix("+ ")
    if is_rounded:
        scale = 10**own.decimals
        text = f"round({text})" if scale == 1 else f"round(({text}) * {scale}) / {scale}"
    text = f"{text} + {rest}"
    return None if len(text) > MAX_LENGTH else Remainder(Formula(column.name, text), name, kept)
