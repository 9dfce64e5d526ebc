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
    """Load the sentences of a language; English is the source and needs none."""
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
    """Tell the language in force: `en` or `ja`."""
    return _current.get()


def set_language(code: str) -> None:
    """Put a language in force for this process."""
    _current.set(code)


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Put a language in force for a block."""
    token = _current.set(code)
    try:
        yield
    finally:
        _current.reset(token)


def _(message: str) -> str:
    """Say a sentence in the language in force; fill its `{names}` afterwards with `.format`."""
    return catalogue(language()).gettext(message) if message else message


def ngettext(one: str, many: str, n: int) -> str:
    """Say a sentence that depends on a count in the language in force."""
    return catalogue(language()).ngettext(one, many, n)


def say_date(day: object) -> str:
    """Write a day as the language does; what is no day stays as it is.

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
    """Mark a sentence for the catalogue where it is declared; `_` says it where it is shown."""
    return message


# Codes that readers know by another name in their language; any other is shown as it is.
CURRENCIES: tuple[str, ...] = (N_("JPY"), N_("USD"), N_("EUR"), N_("GBP"))
