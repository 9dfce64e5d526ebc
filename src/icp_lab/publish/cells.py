"""What a cell of a sheet may hold, what it is written as, and how many lines it takes."""

import re
from math import ceil

import pandas as pd
from pandas.api.types import is_float, is_integer

RISKY = ("=", "+", "-", "@", "'")
_LONGEST = 32_767  # characters in a cell


def tell_kind(value: object) -> str:
    """Tell from a value how it is written.

    Parameters
    ----------
    value : object
        What a cell holds, none that is missing.

    Returns
    -------
    str
        The kind: date, integer, number or text.

    Examples
    --------
    >>> [tell_kind(value) for value in (pd.Timestamp("2026-06-30"), 3, 3.0, True, "3")]
    ['date', 'integer', 'number', 'text', 'text']
    """
    if isinstance(value, pd.Timestamp):
        return "date"
    return "integer" if is_integer(value) else "number" if is_float(value) else "text"


def count_lines(text: str, width: float) -> int:
    """Count the lines that a text takes in a column; Japanese characters are twice as wide.

    Parameters
    ----------
    text : str
        What is written; where it breaks is not looked at, but allowed for.
    width : float
        Width of the column in letters.

    Returns
    -------
    int
        At least 1.

    Examples
    --------
    >>> count_lines("Ann", 20), count_lines("a" * 30, 20), count_lines("顧" * 30, 20)
    (1, 2, 4)
    """
    wide = sum(1 + (ord(mark) > 0x2E80) for mark in text)
    return 1 if wide < width else ceil(1.15 * wide / width)


def clean(text: str) -> str:
    r"""Take out what no cell may hold: control characters, halves of characters, and what is too long.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        At most 32,767 characters; what may not be becomes a space, and breaks of lines stay.

    Examples
    --------
    >>> clean("A\x07B\nC"), len(clean("a" * 40_000))
    ('A B\nC', 32767)
    """
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]", " ", text)[:_LONGEST]


def is_missing(value: object) -> bool:
    """Tell whether a cell stays empty.

    Parameters
    ----------
    value : object
        What a frame holds there.

    Returns
    -------
    bool
        True for no value, a number that is not finite, and a list of none; False for an empty text.

    Examples
    --------
    >>> [is_missing(value) for value in (None, float("inf"), pd.NaT, (), "", 0)]
    [True, True, True, True, False, False]
    """
    if isinstance(value, (tuple, list)):
        return not value
    return value is None or bool(pd.isna(value)) or value in (float("inf"), float("-inf"))  # type: ignore[call-overload]
