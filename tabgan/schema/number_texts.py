"""Numbers that are written as text: their notation guessed, read and written.

A notation is written as a spreadsheet has it: ``$#,##0.00`` groups thousands by commas and has two
decimals, ``0,## kg`` has a comma before up to two. A minus stands in front, or where the notation
has one: ``$-0.00``; in ``($0.00)`` parentheses stand for it. The sign of a zero is read and not
written.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property

import pandas as pd

from tabgan.schema.objects import count_decimal_places

# Nine decimals still distinguish a millimetre on a map; more are those of a float.
MOST_DECIMALS = 9
# Before the point; a Decimal of few bytes may have a billion.
_MOST_DIGITS = 400
_SPACES = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE} "
# What groups thousands, and what stands before decimals; the likeliest first.
_MARKS = [("", "."), (",", "."), ("", ","), (".", ","), *((s, ",") for s in _SPACES), ("'", ".")]
_NOTATION = re.compile(
    rf"(?P<before>[^#0]*)(?:#(?P<group>[,.'{_SPACES}])##)?0"
    rf"(?:(?P<point>[.,])(?P<places>0{{1,{MOST_DECIMALS}}}|#{{1,{MOST_DECIMALS}}}))?(?P<after>[^#0]*)"
)
# Letters that touch a number are a code, as in ABC23.58, but for the currencies traded most.
_CURRENCIES = (
    "AUD|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HKD|HUF|IDR|ILS|INR|JPY|KRW|MXN|MYR|NOK|NZD|PHP|PLN|RON|"
    "RUB|SEK|SGD|THB|TRY|TWD|USD|ZAR"
)
# A currency or a unit is a sign or a few letters; more, and the text is a name with a number in it.
_TEXT = re.compile(
    rf"[-(]?(?P<before>(?:{_CURRENCIES}|[A-Z]{{3}}(?=[{_SPACES}])|[^\w\s.,'#()+-])?[{_SPACES}]?)-?"
    rf"\d(?:[\d.,'{_SPACES}]*\d)?"
    rf"(?P<after>[{_SPACES}]?(?:[^\w\s.,'#()+-]|[A-Za-z]{{1,3}})?)\)?"
)


@dataclass(frozen=True)
class NumberFormat:
    """A notation of numbers.

    Parameters
    ----------
    notation : str
        As the module says.

    Raises
    ------
    ValueError
        If it is none.

    Examples
    --------
    >>> NumberFormat("$#,##0.00").read("$1,015.80")
    Decimal('1015.80')
    >>> NumberFormat("0,## kg").write(Decimal("-12.50"))
    '-12,5 kg'
    """

    notation: str

    def __post_init__(self) -> None:
        _ = self._parts  # raises what the class says

    @cached_property
    def _parts(self) -> dict[str, str]:
        found = _NOTATION.fullmatch(self.notation)
        if found is None:
            raise ValueError("no notation of numbers")
        return found.groupdict(default="")

    @property
    def decimals(self) -> int:
        """The most decimals that are written."""
        return len(self._parts["places"])

    def read(self, text: str) -> Decimal:
        """Return the number that a text stands for.

        Raises
        ------
        ValueError
            If this notation would write it otherwise.
        """
        point = self._parts["point"]
        digits = (c for c in text if c in "0123456789" or c == point)
        try:
            size = Decimal("".join("." if c == point else c for c in digits))
        except InvalidOperation:
            raise ValueError("no number in this notation") from None
        if self._write(size, is_negative=False) == text:
            return size
        if self._write(size, is_negative=True) == text:
            return -size
        raise ValueError("no number in this notation")

    def write(self, number: Decimal) -> str:
        """Return a number as text.

        Raises
        ------
        ValueError
            If it has more digits before the point than any number of a column.
        """
        # Half a step is rounded to zero, which has no sign.
        half_step = Decimal(5).scaleb(-1 - self.decimals)
        return self._write(number, is_negative=number < -half_step)

    def _write(self, number: Decimal, *, is_negative: bool) -> str:
        if number.adjusted() > _MOST_DIGITS:
            raise ValueError("too many digits")
        before, group, point, places, after = self._parts.values()
        whole, _, rest = f"{abs(number):.{len(places)}f}".partition(".")
        if places.startswith("#"):
            rest = rest.rstrip("0")
        whole = f"{int(whole):,}".replace(",", group)
        if not is_negative:
            if "(" in before:
                after = after.replace(")", "")
            before = re.sub("[-(]", "", before)
        elif not re.search("[-(]", before):
            before = f"-{before}"
        return f"{before}{whole}{point if rest else ''}{rest}{after}"


def guess_number_format(present: pd.Series) -> str | None:
    """Return the one notation that reads every number back exactly as it was written.

    Only the sign of a zero is lost. ``None`` also for integers without thousands in groups, which
    are codes as often as counts.

    Parameters
    ----------
    present : pandas.Series of str
        The texts, none missing.
    """
    texts = list(present.unique())
    first = _TEXT.fullmatch(texts[0]) if texts else None
    if first is None:
        return None
    for notation in _notations(texts, first["before"], first["after"]):
        numbers = _read_all(texts, NumberFormat(notation))
        if numbers is not None and count_decimal_places(numbers) is not None:
            return notation
    return None


def are_codes(present: pd.Series, notation: str) -> bool:
    """Say whether texts of a notation are codes in blocks: ``57.414.158``, ``375 579 841``.

    They are two groups of thousands or more, without a sign, a currency or a unit, and all of one
    length. So are some counts; ask this of texts that differ in nearly every row.
    """
    if re.fullmatch("#[^#]##0", notation) is None or present.str.len().nunique() != 1:
        return False
    return bool(present.str.fullmatch(r"(?:\d+\D){2,}\d+").all())


def _notations(texts: list[str], before: str, after: str) -> Iterable[str]:
    """Yield notations that texts may be written in, the likeliest first."""
    found = set().union(*texts)
    for group, point in _MARKS:
        if not {group, point} & found:
            continue
        lengths = {sum(c.isdigit() for c in text.partition(point)[2]) for text in texts}
        most = max(lengths)
        is_grouped = group != "" and any(re.search(rf"\d{re.escape(group)}\d", t) for t in texts)
        if most > MOST_DECIMALS or not (most or is_grouped):
            continue
        places = point + ("0" if len(lengths) == 1 else "#") * most if most else ""
        number = (f"#{group}##0" if group else "0") + places
        if "(" in found:
            yield f"({before}{number}{after})"
        else:
            yield f"{before}{number}{after}"
            if before:
                yield f"{before}-{number}{after}"


def _read_all(texts: list[str], written: NumberFormat) -> list[Decimal] | None:
    try:
        return [written.read(text) for text in texts]
    except ValueError:
        return None
