"""What can be the path of a file."""

import os


def is_path(value: object) -> bool:
    r"""Say whether a value is a path, and such that a file system can have it.

    Examples
    --------
    >>> is_path("model.tabgan"), is_path(b"model"), is_path(7), is_path("mod\0el")
    (True, True, False, False)
    """
    if not isinstance(value, str | bytes | os.PathLike):
        return False  # to the system an integer is a file that is open already
    try:
        return b"\0" not in os.fsencode(value)
    except UnicodeEncodeError:
        return False  # half of a character
