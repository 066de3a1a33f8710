"""How an identifier is written: a pattern that says the shape and none of the values.

In a pattern ``#`` is a running number, ``9`` a digit, ``A`` an upper-case and ``a`` a lower-case
letter; any other character, and any character after a backslash, stands for itself.
"""

import re
import string
from collections import Counter
from math import gcd, prod

import pandas as pd

_CLASSES = {"9": string.digits, "A": string.ascii_uppercase, "a": string.ascii_lowercase}
# What an identifier without a common shape is replaced by: a running number says what it is.
_ANY_TEXT = "id-#"
# A longer common shape is prose, not a key.
_MAX_LENGTH = 40


# An amount with a comma or a point, a date, or a time of day.
_MEASURED = re.compile(
    r"""[^\w\s]?\s?[-+(]?\s?(?:\d{1,3}(?:[,.']\d{3})+(?:[.,]\d+)?|\d+[.,]\d+)\s?[^\w\s]?\)?
    |\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[\sT].*)?
    |\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?""",
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
        A pattern of at least 9 in 10 of the texts, or ``"id-#"``.
    """
    shapes = Counter(_shape(text) for text in values if len(text) <= _MAX_LENGTH)
    if not shapes:
        return _ANY_TEXT
    pattern, count = shapes.most_common(1)[0]
    has_variable_part = any(symbol in _CLASSES for symbol in _symbols(pattern))
    return pattern if has_variable_part and count >= 0.9 * len(values) else _ANY_TEXT


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
    pattern. Once its digits and letters are used up, the number itself is appended.

    Examples
    --------
    >>> write_identifier("9999-AA", 27)
    '6869-DV'
    >>> write_identifier("id-#", 27)
    'id-28'
    """
    symbols = _symbols(pattern)
    written = []
    n_texts = prod(len(_CLASSES[symbol]) for symbol in symbols if symbol in _CLASSES)
    rounds, place = divmod(number, n_texts)
    remainder = _scattered(place, n_texts)
    for symbol in reversed(symbols):
        if symbol in _CLASSES:
            alphabet = _CLASSES[symbol]
            remainder, digit = divmod(remainder, len(alphabet))
            written.append(alphabet[digit])
        else:
            written.append(str(number + 1) if symbol == "#" else symbol[-1])
    overflow = f"-{number}" if rounds and "#" not in symbols else ""
    return "".join(reversed(written)) + overflow


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


def _shape(text: str) -> str:
    return "".join(_symbol(character) for character in text)


def _symbol(character: str) -> str:
    for symbol, alphabet in _CLASSES.items():
        if character in alphabet:
            return symbol
    return "\\" + character if character in "#\\" else character


def _symbols(pattern: str) -> list[str]:
    symbols, rest = [], pattern
    while rest:
        length = 2 if rest[0] == "\\" and len(rest) > 1 else 1
        symbols.append(rest[:length])
        rest = rest[length:]
    return symbols
