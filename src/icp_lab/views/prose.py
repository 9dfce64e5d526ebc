"""Sentences as results: a paragraph that a cell ends in."""

import re
from numbers import Integral
from string import Formatter
from typing import Any, Self

from icp_lab.locale import _
from icp_lab.views.table import say, say_interval


class Prose(str):
    """What does the result say, in a sentence or a paragraph?

    The page escapes the text, so names out of the data are safe in it; `**bold**` is its only markup.

    Examples
    --------
    >>> Prose("**12** of 80 accounts are best customers.")
    **12** of 80 accounts are best customers.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Make a sentence out of text."""
        # Sentences are joined by a space, which Japanese does not set after its full stop.
        return super().__new__(cls, re.sub(r"(。(?:\*\*)?) ", r"\1", text))

    def __repr__(self) -> str:
        return str(self)


def begin(text: str) -> str:
    """How does a sentence or a title begin with these words?

    Examples
    --------
    >>> begin("employees under 50"), begin("**tech stack** has it")
    ('Employees under 50', '**Tech stack** has it')
    """
    place = 2 if text.startswith("**") else 0
    return text[:place] + text[place:place + 1].upper() + text[place + 1:]


class _Writer(Formatter):
    def format_field(self, word: Any, kind: Any) -> str:
        if isinstance(word, list):
            return _(", ").join(word)
        if isinstance(word, tuple):
            return say_interval(word[0], word[1], kind)
        return say(word, kind or "integer") if kind or isinstance(word, Integral) else str(word)


def tell(sentence: str, **words: object) -> Prose:
    """How does a sentence read with these words in it?

    Parameters
    ----------
    sentence
        With words in braces. `{share:share}` says how a figure is written, by the kinds of `Column`.
    words
        Whole numbers are written as counts, lists as their words one after the other, pairs as intervals.

    Examples
    --------
    >>> tell("**{n}** of {all} accounts, {share:share} ({ends:share}).", n=12, all=1234, share=0.01, ends=(0.0, 0.02))
    **12** of 1,234 accounts, 1.0 % (0.0 to 2.0 %).
    """
    return Prose(_WRITER.format(sentence, **words))


_WRITER = _Writer()


def say_count(yes: float, n: float) -> Prose:
    """How is a part of a count written?

    Examples
    --------
    >>> say_count(12, 1234)
    12 of 1,234
    """
    return tell(_("{yes} of {n}"), yes=int(yes), n=int(n))


def join(*sentences: str) -> Prose:
    """How do sentences read as one paragraph? Empty ones are left out."""
    return Prose(" ".join(filter(None, sentences)))
