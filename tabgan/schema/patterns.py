r"""How an identifier is written: a pattern that says the shape and none of the values.

In a pattern ``#`` is a running number, ``9`` a digit, ``A`` an upper-case and ``a`` a lower-case
letter, ``\h`` a hexadecimal digit with the letters ``a`` to ``f``, ``\H`` one with ``A`` to ``F``.
Any other character, and any other one after a backslash, stands for itself: ``INV-2024-9999``,
``\AB-99``, ``user#@site.org``.

What stands for itself is what nearly all identifiers share, and so tells of none of them.
"""

import re
import string
from collections import Counter
from collections.abc import Sequence
from math import gcd, prod

import pandas as pd

_PLAIN_CLASSES = {
    "9": string.digits,
    "A": string.ascii_uppercase,
    "a": string.ascii_lowercase,
}
_HEXADECIMAL_CLASSES = {r"\h": string.digits + "abcdef", r"\H": string.digits + "ABCDEF"}
_CLASSES = _PLAIN_CLASSES | _HEXADECIMAL_CLASSES
# What an identifier without a common shape is replaced by: a running number says what it is.
_ANY_TEXT = "id-#"
# The digits of SHA-512; a longer common shape is prose, not a key.
_MAX_LENGTH = 128
# Share of the texts that a pattern has to cover.
_COVERED = 0.9
# Nothing that fewer share stands in a pattern as it is.
_FEWEST_SHARING = 5

# A sign, as ₹ or <, or letters, that set a currency apart from a code such as ABC23.58.
_CURRENCY = r"(?:[^\w\s.,'#()+-]|[A-Z]{1,3}[$£€¥]|[A-Z]{3}\s)\s?"
_UNIT = r"\s?(?:[^\w\s.,'#()+-]|[A-Za-zµ°]{1,4}(?:/[A-Za-z]{1,4})?)"
_CHECK_LETTER = r"\s?[A-Z]\b"  # 12.345.678 A
# Numbers in groups, which without a currency or unit may as well be codes, phones and addresses.
_GROUPED = r"\d{1,3}(?:[.\s']\d{3}|,\d{2,3})+(?:[.,]\d+)?"
# 5.46e5; 1,234,567; 1.234,50.
_PLAIN = r"""(?:\d+[.,]\d+(?:[eE][-+]?\d+)?|\d{1,3}(?:[,']\d{3})+
    |\d{1,3}(?P<group>[,.'\s])\d{2,3}(?:(?P=group)\d{2,3})*(?!(?P=group))[.,]\d+)"""
_SIGN = r"[-+(]?\s?"
_TIME = r"\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?(?:\s?[AaPp]\.?[Mm]\.?)?"
_MONTH = r"(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
# An amount with a comma or a point, or grouped with a currency or unit, a date, or a time of day.
_MEASURED = re.compile(
    rf"""{_SIGN}(?:{_CURRENCY})?{_SIGN}{_PLAIN}(?:{_UNIT})?[-+)]?
    |{_SIGN}(?:{_CURRENCY}{_SIGN}{_GROUPED}|{_GROUPED}(?!{_CHECK_LETTER}){_UNIT})[-+)]?
    |\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{1,4}}(?:[\sT].*)?
    |\d{{1,2}}[-/.\s]?{_MONTH}[-/.,\s]{{0,2}}\d{{2,4}}(?:[\sT:].*)?
    |(?:[A-Z][a-z]+,?\s)?{_MONTH}\s+\d{{1,2}}(?:,?\s\d{{4}}|\s{_TIME})(?:\s.*)?
    |{_TIME}""",
    re.VERBOSE,
)
_MOST_LOOKED_AT = 1_000


def infer_pattern(values: pd.Series) -> str:
    """Return the pattern that most of these texts follow.

    Parameters
    ----------
    values : pandas.Series of str
        The identifiers; none missing.

    Returns
    -------
    str
        A pattern of at least 9 in 10 of the texts, or ``"id-#"``. In it stands what 9 in 10 of
        them, and at least 5, have at the same place.

    Examples
    --------
    >>> infer_pattern(pd.Series([f"INV-{number:05}" for number in range(400)]))
    'INV-00999'
    >>> infer_pattern(pd.Series([f"user{number}" for number in range(400)]))
    'user#'
    """
    n_needed = _COVERED * len(values)
    texts = [text for text in values if len(text) <= _MAX_LENGTH]
    for shape_of in _SHAPES:
        shapes = Counter(text.translate(shape_of) for text in texts)
        shape, count = shapes.most_common(1)[0] if shapes else ("", 0)
        if count >= n_needed and any(symbol in _CLASSES for symbol in _symbols(shape)):
            alike = [text for text in texts if text.translate(shape_of) == shape]
            pattern = _with_shared(_symbols(shape), alike, n_needed)
            return pattern if _n_texts(_symbols(pattern)) >= len(values) else shape
    return _infer_running_number(texts, n_needed)


def _infer_running_number(texts: list[str], n_needed: float) -> str:
    """Return the pattern of texts that differ in the length of one number: user7, user12."""
    shapes = Counter(_shape_around_numbers(text) for text in texts)
    shape, count = shapes.most_common(1)[0] if shapes else ("", 0)
    if count < n_needed:
        return _ANY_TEXT
    alike = [_NUMBER_OR_CHARACTER.findall(t) for t in texts if _shape_around_numbers(t) == shape]
    pattern = _with_shared(_symbols(shape), alike, n_needed)
    # A number and nothing else is how integers are written that are no text.
    has_one = _symbols(pattern).count("#") == 1 and pattern != "#"
    return pattern if has_one else _ANY_TEXT


def _with_shared(symbols: list[str], texts: Sequence[Sequence[str]], n_needed: float) -> str:
    """Return a pattern with the parts of texts in it that enough of them have in common.

    Parameters
    ----------
    symbols : list of str
        What each part of a text is.
    texts : sequence of str or list of str
        The texts, or their parts.
    n_needed : float
        How many must share all that is shared.
    """
    written = []
    for at, symbol in enumerate(symbols):
        part, count = Counter(text[at] for text in texts).most_common(1)[0]
        if count >= max(n_needed, _FEWEST_SHARING):
            texts = [text for text in texts if text[at] == part]
            symbol = "".join(map(_literal, part))
        written.append(symbol)
    return "".join(written)


def look_measured(values: pd.Series) -> bool:
    """Say whether texts look like amounts, dates or times, which somebody may want learnt.

    Parameters
    ----------
    values : pandas.Series of str
        Texts, none missing.
    """
    texts = [str(text).strip() for text in values.iloc[:_MOST_LOOKED_AT]]
    n_measured = sum(_MEASURED.fullmatch(text) is not None for text in texts)
    return len(texts) > 0 and n_measured >= 0.95 * len(texts)


def write_identifier(pattern: str, number: int) -> str:
    """Return the identifier with a running number, written as the pattern says.

    Different numbers give different texts, however many of them spread evenly over those of the
    pattern. Once its digits and letters are used up, the digits that stand before them count on,
    and then the number itself is appended.

    Examples
    --------
    >>> write_identifier("9999-AA", 27)
    '6869-DV'
    >>> write_identifier("id-#", 27)
    'id-28'
    >>> write_identifier("INV-0099", 327)
    'INV-0347'
    """
    symbols = _symbols(pattern)
    n_texts = _n_texts(symbols)
    rounds, place = divmod(number, n_texts)
    overflow = ""
    if rounds and "#" not in symbols:
        counted_on = _counted_on(symbols, rounds)
        symbols, overflow = (symbols, f"-{number}") if counted_on is None else (counted_on, "")
    written = []
    remainder = _scattered(place, n_texts)
    for symbol in reversed(symbols):
        if symbol in _CLASSES:
            alphabet = _CLASSES[symbol]
            remainder, digit = divmod(remainder, len(alphabet))
            written.append(alphabet[digit])
        else:
            written.append(str(number + 1) if symbol == "#" else symbol[-1])
    return "".join(reversed(written)) + overflow


def _counted_on(symbols: list[str], rounds: int) -> list[str] | None:
    """Return a pattern whose constant digits before a running one have counted rounds.

    ``None`` if there are none, or too few.
    """
    for end in range(len(symbols) - 1, 0, -1):
        start = end
        while symbols[end] == "9" and start and _is_constant_digit(symbols[start - 1]):
            start -= 1
        if start < end:
            before = "".join(symbol[-1] for symbol in symbols[start:end])
            after = str(int(before) + rounds).zfill(len(before))
            is_room = len(after) == len(before)
            return [*symbols[:start], *map(_literal, after), *symbols[end:]] if is_room else None
    return None


def _is_constant_digit(symbol: str) -> bool:
    return symbol != "9" and symbol[-1] in string.digits


def _n_texts(symbols: list[str]) -> int:
    return prod(len(_CLASSES[symbol]) for symbol in symbols if symbol in _CLASSES)


def _scattered(place: int, n_places: int) -> int:
    """Return another place for each place, neighbours far apart.

    Steps of the golden section fill a circle evenly, however many there are (Knuth, The Art of
    Computer Programming, volume 3, section 6.4).
    """
    # Whole numbers: a float cannot count the texts of a long pattern.
    step = n_places * 61_803_398_874_989_484_820 // 10**20
    while gcd(step, n_places) != 1:
        step += 1
    return place * step % n_places


def _literal(character: str) -> str:
    return "\\" + character if character in {*_PLAIN_CLASSES, "#", "\\"} else character


def _shape_table(*classes: str) -> dict[int, str]:
    """Return what str.translate makes of each character; of two classes the last counts."""
    table = {"#": r"\#", "\\": r"\\"}
    for symbol in classes:
        table |= dict.fromkeys(_CLASSES[symbol], symbol)
    return str.maketrans(table)


# The narrowest first.
_SHAPES = [_shape_table(*_PLAIN_CLASSES, *more) for more in ([], [r"\h"], [r"\H"])]
_NUMBER_OR_CHARACTER = re.compile("[0-9]+|[^0-9]")


def _shape_around_numbers(text: str) -> str:
    return re.sub("9+", "#", text.translate(_SHAPES[0]))


def _symbols(pattern: str) -> list[str]:
    symbols, rest = [], pattern
    while rest:
        length = 2 if rest[0] == "\\" and len(rest) > 1 else 1
        symbols.append(rest[:length])
        rest = rest[length:]
    return symbols
