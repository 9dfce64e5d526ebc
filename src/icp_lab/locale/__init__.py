"""The lab's languages: every sentence that a reader sees passes through here.

English is written in the code and in the notebooks; the Japanese catalogue beside this file (`ja/*.po`) translates it.
The language of a process is set once, when a command or a step starts.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

LANGUAGES = ("en", "ja")
_current: ContextVar[str] = ContextVar("icp_lab_language", default="en")


@cache
def catalogue(language: str) -> NullTranslations:
    """Load the sentences of a language, once a process.

    Parameters
    ----------
    language : str
        A language that the lab speaks: `en` is the source and has none, so that its sentences stay as they are.

    Returns
    -------
    NullTranslations
        Its method `gettext` says a sentence of the code in the language; one that it does not know stays as it is.

    Raises
    ------
    OSError
        When there is no catalogue of that language.

    Examples
    --------
    >>> catalogue("ja").gettext("Did you mean {word}?"), catalogue("en").gettext("Did you mean {word}?")
    ('{word}のことですか？', 'Did you mean {word}?')
    """
    if language == "en":
        return NullTranslations()
    from babel.messages.mofile import write_mo  # noqa: PLC0415  (English readers need not wait for it)
    from babel.messages.pofile import read_po  # noqa: PLC0415

    compiled = BytesIO()
    with files("icp_lab.locale").joinpath(language, "icp_lab.po").open("rb") as stream:
        write_mo(compiled, read_po(stream, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def language() -> str:
    """Tell the language in force.

    Returns
    -------
    str
        `en` or `ja`; `en` until one is set.

    Examples
    --------
    >>> with in_language("ja"):
    ...     language()
    'ja'
    """
    return _current.get()


def set_language(code: str) -> None:
    """Put a language in force for this process.

    Parameters
    ----------
    code : str
        `en` or `ja`; that it is one of `LANGUAGES` is not checked here.

    Examples
    --------
    >>> before = language()
    >>> set_language("ja")
    >>> _("Did you mean {word}?")
    '{word}のことですか？'
    >>> set_language(before)
    """
    _current.set(code)


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Put a language in force for a block; the one before is back afterwards, whatever happens in it.

    Parameters
    ----------
    code : str
        `en` or `ja`.

    Yields
    ------
    None
        Nothing: the language is in force while the block runs.

    Examples
    --------
    >>> with in_language("ja"):
    ...     with in_language("en"):
    ...         inside = language()
    ...     inside, language()
    ('en', 'ja')
    """
    token = _current.set(code)
    try:
        yield
    finally:
        _current.reset(token)


def _(message: str) -> str:
    """Say a sentence in the language in force; fill its `{names}` afterwards with `.format`."""
    return catalogue(language()).gettext(message) if message else message


def ngettext(one: str, many: str, n: int) -> str:
    """Say a sentence that depends on a count in the language in force.

    Parameters
    ----------
    one : str
        The English sentence for 1.
    many : str
        The English sentence for any other count, with `{n}` in it.
    n : int
        The count; it is filled in afterwards with `.format`.

    Returns
    -------
    str
        The one that the language uses for this count.

    Examples
    --------
    >>> [ngettext("**One customer**.", "**{n} customers**.", n).format(n=n) for n in (1, 2)]
    ['**One customer**.', '**2 customers**.']
    >>> with in_language("ja"):  # no plural
    ...     ngettext("**One customer**.", "**{n} customers**.", 1).format(n=1)
    '**顧客は1社**。'
    """
    return catalogue(language()).ngettext(one, many, n)


def say_date(day: object) -> str:
    """Write a day as the language does; what is no day stays as it is.

    Parameters
    ----------
    day : object
        A date, a moment, or text that begins as ISO 8601 writes a day.

    Returns
    -------
    str
        The day in the language in force, without the time.

    Examples
    --------
    >>> with in_language("ja"):
    ...     say_date("2026-03-31"), say_date("spring")
    ('2026年3月31日', 'spring')
    """
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?:[ T]\d\d:.*)?", str(day))
    year, month, number = map(int, found.groups()) if found else (0, 0, 0)
    return _("{year}-{month:02d}-{day:02d}").format(year=year, month=month, day=number) if found else str(day)


def N_(message: str) -> str:  # noqa: N802  (gettext's own name for a sentence that is translated later)
    """Mark a sentence for the catalogue where it is declared; `_` says it where it is shown.

    Parameters
    ----------
    message : str
        The English sentence.

    Returns
    -------
    str
        The same.

    Examples
    --------
    >>> with in_language("ja"):
    ...     N_("JPY"), _(N_("JPY"))
    ('JPY', '円')
    """
    return message


# Codes that readers know by another name in their language; any other is shown as it is.
CURRENCIES: tuple[str, ...] = (N_("JPY"), N_("USD"), N_("EUR"), N_("GBP"))
