"""Dates and times of day that are written as text: their format guessed, read and written.

A format is one of ``strftime``, with three fields more. ``%-d`` (``%-m``, ``%-H``, ``%-I``) is a
number without its leading zero and ``%^b`` (``%^B``, ``%^a``, ``%^A``) a name in capitals, which
not every system's ``strftime`` writes, and ``%3f`` is a fraction of a second in three digits (1 to
5). Years of two digits are 1969 to 2068. A month without a day is its first.
"""

import re
import warnings
from collections.abc import Iterable
from itertools import product
from typing import Any

import pandas as pd
from pandas.tseries.api import guess_datetime_format

# So many texts show every format in use; each format is then tried on all of them.
_SAMPLE = 100
# A longer text is no date, and pandas would look through all of it for one.
_LONGEST = 100
_FIELD = re.compile(r"%(?:-(?P<unpadded>[dmHI])|\^(?P<capitals>[bBaA])|(?P<digits>[1-5])f|.)")
_TIME_FIELDS = {*"HIMSpf%"}
# Fields that some write without a leading zero, where they write day, month and year.
_MAY_BE_UNPADDED = ("%d", "%m", "%H", "%I")
# Stand before a number that is to lose its zero, before how many digits of a fraction stay, and
# around a name that is to be in capitals.
_UNPADDED, _CUT, _CAPITALS = "\x01", "\x02", "\x03"
_TIME = r"\d{1,2}:\d\d(?::\d\d)?"
# 3/8/19, 3-Aug-19 and 03Aug19; 19-08-03.
_SHORT_YEAR_LAST = re.compile(
    r"(\d\d?([-/. ])(?:\d\d?|[A-Za-z]{3})\2|\d\d[A-Za-z]{3})(\d\d(?:[T ,:].*)?)"
)
_SHORT_YEAR_FIRST = re.compile(r"()(\d\d([-/.])\d\d?\3\d\d?(?:[T ,].*)?)")
# 12/2011, Jun-2014 and June 2014; Jun-14 is a day as often as a month.
_MONTH = re.compile(r"(?:\d\d(?=/)|[A-Za-z]{3,9})([-/ ])\d{4}")
# The month of 20-MAY-16; what stands last is a zone.
_NAME_IN_CAPITALS = re.compile(r"(?<![A-Za-z])[A-Z]{3,9}(?![A-Za-z])(?!$)")


def read_dates(texts: Any, date_format: str, errors: Any = "coerce") -> Any:
    """Return what texts say in a format, as :func:`pandas.to_datetime` does; NaT if nothing."""

    def readable(field: re.Match[str]) -> str:
        if field["digits"]:
            return "%f"
        plain = field["unpadded"] or field["capitals"]
        return f"%{plain}" if plain else field[0]

    return pd.to_datetime(texts, format=_FIELD.sub(readable, date_format), errors=errors)


def write_dates(points: pd.Series, date_format: str) -> pd.Series:
    """Return points in time as text; missing where they are.

    Examples
    --------
    >>> points = pd.Series(pd.to_datetime(["2019-08-03 09:05:07.861"]))
    >>> write_dates(points, "%-d/%-m/%y %H:%M:%S.%3f").tolist()
    ['3/8/19 09:05:07.861']
    """

    def marked(field: re.Match[str]) -> str:
        if field["digits"]:
            return f"%f{_CUT}{field['digits']}"
        if field["capitals"]:
            return f"{_CAPITALS}%{field['capitals']}{_CAPITALS}"
        return f"{_UNPADDED}%{field['unpadded']}" if field["unpadded"] else field[0]

    texts: pd.Series = points.dt.strftime(_FIELD.sub(marked, date_format))
    if re.search(r"%[-^]|%\df", date_format):
        texts = texts.str.replace(rf"{_UNPADDED}0?(?=\d)", "", regex=True)
        texts = texts.str.replace(
            rf"(\d{{6}}){_CUT}(\d)", lambda cut: cut[1][: int(cut[2])], regex=True
        )
        texts = texts.str.replace(
            rf"{_CAPITALS}(\w+){_CAPITALS}", lambda name: name[1].upper(), regex=True
        )
    return texts.astype(object)


def is_date_format(date_format: str) -> bool:
    """Say whether dates can be written in a format and read from it.

    Examples
    --------
    >>> is_date_format("%d.%m.%Y"), is_date_format("%d/%d/%Y"), is_date_format("")
    (True, False, False)
    """
    moment = pd.Series(pd.to_datetime(["2019-08-03 09:05:07.861"]))
    try:
        texts = write_dates(moment, date_format)
        return "%" in date_format and bool(read_dates(texts, date_format).notna().all())
    except (ValueError, re.error):  # the latter of a field that is there twice
        return False


def is_time_format(date_format: str) -> bool:
    """Say whether a format has no fields but those of a time of day.

    Examples
    --------
    >>> is_time_format("%-I:%M %p"), is_time_format("%d.%m.%Y %H:%M")
    (True, False)
    """
    fields = {field[0][-1] for field in _FIELD.finditer(date_format)}
    return fields <= _TIME_FIELDS


def guess_date_format(present: pd.Series) -> str | None:
    """Return the one format that reads every value back exactly as it was written.

    Parameters
    ----------
    present : pandas.Series of str
        The texts, none missing.
    """
    distinct = pd.Series(present.unique(), dtype=object)
    if max(map(len, distinct), default=0) > _LONGEST:
        return None
    sample = distinct.iloc[:_SAMPLE]
    exact = (f for f in _formats(sample) if _is_exact(f, sample) and _is_exact(f, distinct))
    found = next(exact, None)
    if found is None or "%y" not in found:
        return found
    # Of two digits that may be either, the years are those that vary the least.
    return min([found, *exact], key=lambda f: read_dates(distinct, f).dt.year.nunique())


def guess_time_format(present: pd.Series) -> str | None:
    """Return the one format that reads every time of day back exactly as it was written.

    Parameters
    ----------
    present : pandas.Series of str
        The texts, none missing.
    """
    if not len(present) or not re.match(_TIME, present.iloc[0]):
        return None
    date_format = guess_date_format("2000-01-01 " + present.astype(object)) or ""
    return date_format.removeprefix("%Y-%m-%d ") or None


def _is_exact(date_format: str, texts: pd.Series) -> bool:
    read = read_dates(texts, date_format)
    return bool(read.notna().all() and (write_dates(read, date_format) == texts).all())


def _formats(texts: pd.Series) -> Iterable[str]:
    """Return the formats that some of the texts may be written in, the likeliest first."""
    with warnings.catch_warnings():
        # pandas warns of a day above 12 in the wrong place, which is what we try, and of zones that
        # it does not know.
        warnings.simplefilter("ignore")
        guesses = {guess for text in texts for guess in _guesses(text)}
    # After the year comes the month, everywhere; before it, more countries write the day first.
    likeliest = sorted(guesses, key=lambda g: (re.match(r"%[Yy]\W?%d", g) is not None, g))
    return (written for guess in likeliest for written in _unpadded(guess))


def _guesses(text: str) -> Iterable[str]:
    """Yield formats that a text may be written in, but for leading zeros."""
    if _NAME_IN_CAPITALS.search(text):
        # pandas knows no months in capitals.
        known = _NAME_IN_CAPITALS.sub(lambda name: name[0].capitalize(), text)
        yield from (re.sub(r"%(?=[bBaA])", "%^", of_known) for of_known in _guesses(known))
        return
    month = _MONTH.fullmatch(text)
    if month:
        # pandas guesses formats of days.
        of_day = _guess(f"01{month[1]}{text}", day_first=True)
        if of_day is not None:
            yield of_day.removeprefix(f"%d{month[1]}")
    for year in ("%Y", "%y"):
        forms = {text} if year == "%Y" else _with_four_digits(text)
        for form, day_first in product(forms, (False, True)):
            guess = _guess(form, day_first)
            if guess is not None:
                yield guess.replace("%Y", year)


def _with_four_digits(text: str) -> set[str]:
    """Return readings of a date whose year has two digits, with four."""
    found = (pattern.fullmatch(text) for pattern in (_SHORT_YEAR_LAST, _SHORT_YEAR_FIRST))
    return {text[: match.end(1)] + "20" + text[match.end(1) :] for match in found if match}


def _guess(text: str, day_first: bool) -> str | None:
    """Return the format that pandas guesses, also of what it does not know.

    These are commas before fractions, colons before hours, AM and PM.
    """
    half = re.search(rf"(?<= ){_TIME}(?P<space> ?)[AP]M$", text)
    comma = re.search(rf"{_TIME},\d{{1,6}}", text)
    plain = re.sub(r" ?[AP]M$", "", text) if half else text
    plain = plain.replace(",", ".") if comma else plain
    # 20May2016:09:05:07, as of statistics programs and logs of web servers.
    colon = re.match(rf"([^: ]{{7,11}}):(?={_TIME})", plain)
    plain = f"{colon[1]} {plain[colon.end() :]}" if colon else plain
    guess = guess_datetime_format(plain, dayfirst=day_first)
    if guess is None:
        return None
    guess = guess.replace(" %H", ":%H") if colon else guess
    if half:
        guess = guess.replace("%H", "%I") + half["space"] + "%p"
    digits = re.search(r":\d\d[.,](\d{1,5})(?!\d)", text)
    if digits:
        guess = guess.replace("%f", f"%{len(digits[1])}f")
    if comma:
        guess = re.sub(r"\.(?=%\d?f)", ",", guess)
    # A zone that all have is text like any other, and comes back as it.
    zone = re.search(r"([A-Za-z]+|[+-]\d\d:?\d\d)$", text)
    return re.sub("%[zZ]$", zone[0], guess) if zone else guess


def _unpadded(date_format: str) -> Iterable[str]:
    """Yield a format, and the same with fields that lack their leading zeros."""
    yield date_format
    # Of a date in full alone: 1.5 and 10-2019 are hardly ever dates.
    if not re.search("%[Yy]", date_format) or "%d" not in date_format:
        return
    fields = [field for field in _MAY_BE_UNPADDED if field in date_format]
    for n_chosen in product((False, True), repeat=len(fields)):
        if any(n_chosen):
            written = date_format
            for field, is_unpadded in zip(fields, n_chosen, strict=True):
                if is_unpadded:
                    written = written.replace(field, f"%-{field[1]}")
            yield written
