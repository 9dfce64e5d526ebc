"""What the views say, as TOML declares it: names of codes, sentences, tables and pictures; and how they are filled."""

import re
from collections.abc import Callable
from functools import cache
from numbers import Integral
from string import Formatter
from typing import Any, Self

import pandas as pd

from icp_lab.locale import _, say_date
from icp_lab.locale.declared import read_declared
from icp_lab.rule import name_attribute
from icp_lab.views.picture import About, Picture, paint
from icp_lab.views.privacy import hide
from icp_lab.views.table import Column, Table, name_attributes, say, say_interval, say_value


class Prose(str):
    """Hold what a result says, in a sentence or a paragraph.

    The page escapes the text, so names out of the data are safe in it; `**bold**` is its only markup.

    Parameters
    ----------
    text : str
        The sentences. The blank that follows a Japanese full stop is taken out.

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
    """Begin a sentence or a title with these words, in a capital.

    Parameters
    ----------
    text : str
        May begin with bold words.

    Returns
    -------
    str
        The same words; nothing but the first letter is changed.

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
        return say(word, kind or "integer") if kind or isinstance(word, Integral) else say_date(say_value(word))


def tell(sentence: str, **words: object) -> Prose:
    """Write a sentence with these words in it.

    Parameters
    ----------
    sentence : str
        With words in braces. `{share:share}` says how a figure is written, by the kinds of `Column`.
    **words : object
        Whole numbers are written as counts, lists as their words one after the other, pairs as intervals.

    Returns
    -------
    Prose
        The sentence, as it is shown.

    Examples
    --------
    >>> tell("**{n}** of {all} accounts, {share:share} ({ends:share}).", n=12, all=1234, share=0.01, ends=(0.0, 0.02))
    **12** of 1,234 accounts, 1.0 % (0.0 to 2.0 %).
    """
    return Prose(_WRITER.format(sentence, **words))


_WRITER = _Writer()


def say_count(yes: float, n: float) -> Prose:
    """Write a part of a count.

    Parameters
    ----------
    yes, n : float
        The part and the whole; cut to whole numbers.

    Returns
    -------
    Prose
        Such as "12 of 80".

    Examples
    --------
    >>> say_count(12, 1234)
    12 of 1,234
    """
    return tell(_("{yes} of {n}"), yes=int(yes), n=int(n))


def join(*sentences: str) -> Prose:
    """Join sentences to one paragraph.

    Parameters
    ----------
    *sentences : str
        Empty ones are left out.

    Returns
    -------
    Prose
        With a blank between two sentences, save after a Japanese full stop.

    Examples
    --------
    >>> join("Few are known.", "", "Ask for more.")
    Few are known. Ask for more.
    """
    return Prose(" ".join(filter(None, sentences)))


@cache
def _declared(file: str) -> dict[str, dict[str, Any]]:
    return read_declared("icp_lab.views", file)


def names(kind: str) -> dict[str, str]:
    """Name all codes of a kind, in the order of their declaration.

    Parameters
    ----------
    kind : str
        A table of `names.toml`.

    Returns
    -------
    dict of str to str
        The names by code, in the language in force.

    Examples
    --------
    >>> names("fit")
    {'in': 'in the profile', 'out': 'outside', 'unknown': 'unknown'}
    """
    return {code: _(name) for code, name in _declared("names.toml")[kind].items()}


def head_columns(frame: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Give the columns that a kind of names lists under these names, in their order.

    Parameters
    ----------
    frame : DataFrame
        With a column a code; others are left out.
    kind : str
        A table of `names.toml`.

    Returns
    -------
    DataFrame
        The same rows.

    Examples
    --------
    >>> head_columns(pd.DataFrame({"in": [12], "out": [80], "unknown": [8], "all": [100]}), "fit")
       in the profile  outside  unknown
    0              12       80        8
    """
    heads = names(kind)
    return frame[list(heads)].set_axis(list(heads.values()), axis=1)


def name(kind: str, code: str) -> str:
    """Name a code.

    Parameters
    ----------
    kind, code : str
        A table of `names.toml`, and a key of it; another one is a KeyError.

    Returns
    -------
    str
        Its name, in the language in force.

    Examples
    --------
    >>> name("verdict", "supported")
    'supported by the data'
    """
    return _(_declared("names.toml")[kind][code])


def phrase(kind: str, code: str, /, **words: object) -> Prose:
    """Write a declared sentence with these words in it.

    Parameters
    ----------
    kind, code : str
        A table of `sentences.toml`, and a key of it.
    **words : object
        As in `tell`; those that the sentence does not name are let go.

    Returns
    -------
    Prose
        The sentence, in the language in force.

    Examples
    --------
    >>> phrase("segmented", "one_kind", n=310)
    There are **no stable segments**: the 310 customers form one cloud without gaps.
    """
    return tell(_(_declared("sentences.toml")[kind][code]), **words)


def show(  # noqa: PLR0913  (what a picture needs beyond its declaration, all of it named)
    picture: str, draw: Callable[..., None], about: About, /, *, height: int, narrow_height: int | None = None,
    title: str = "title", alt: str = "", counts: str = "", figure: bool = False, **words: object,
) -> Picture:
    """Draw a declared picture.

    Parameters
    ----------
    picture : str
        Its name in `pictures.toml`.
    draw, about, height, narrow_height : callable, About, int, int or None
        As in `paint`; `about` is what the foot says beside the counts.
    title : str, default 'title'
        The key of its title, where the finding decides between several.
    alt, counts : str, default ''
        Take the place of the declared text for those who cannot see it, and of the declared foot.
    figure : bool, default False
        As in `paint`.
    **words : object
        What title, subtitle, foot and the text for those who cannot see it name in braces.

    Returns
    -------
    Picture
        With its words in the language in force.

    Examples
    --------
    >>> from datetime import date
    >>> about = About(date(2026, 6, 30), "EUR", "Demo")
    >>> show("stability", lambda axes, narrow: None, about, title="loose", height=60, alt="Two bars", counts="7 cases")
    Other samples would pick out other cases
    The profile's own attributes in colour; from the right line on firm, left of the left one loose
    [Two bars]
    7 cases. As of 2026-06-30. Source: Demo.
    """
    return paint(draw, **caption(picture, about, title=title, alt=alt, counts=counts, **words), height=height,
                 narrow_height=narrow_height, figure=figure)


def caption(picture: str, about: About, /, *, title: str = "title", alt: str = "", counts: str = "",
            **words: object) -> dict[str, str]:
    """Give the words that a declared picture carries, without drawing it.

    Parameters
    ----------
    picture, about, title, alt, counts, **words : str, About, str, str, str, object
        As in `show`.

    Returns
    -------
    dict of str to str
        The texts `title`, `subtitle`, `foot` and `alt`.

    Examples
    --------
    >>> from datetime import date
    >>> caption("stability", About(date(2026, 6, 30), "EUR", "Demo"), title="loose", alt="-", counts="7 cases")["foot"]
    '7 cases. As of 2026-06-30. Source: Demo.'
    """
    said = {key: tell(_(sentence), **words) for key, sentence in _declared("pictures.toml")[picture].items()
            if key in (title, "subtitle", "foot", "alt")}
    return {"title": begin(said[title]), "subtitle": said["subtitle"], "foot": about.foot(counts or said["foot"]),
            "alt": alt or said["alt"]}


def lay_out(  # noqa: PLR0913  (what a table may need beyond its declaration, all of it named)
    table: str, frame: pd.DataFrame, *, title: str = "", note: str = "", sort: str = "", more: tuple[Column, ...] = (),
    **words: object,
) -> Table:
    """Lay out a declared table with these rows.

    Parameters
    ----------
    table : str
        Its name in `tables.toml`.
    frame : DataFrame
        The rows, with the columns that the declaration names.
    title, note, sort : str, default ''
        What takes the place of the declared title; what follows the declared note; and as in `Table`.
    more : tuple of Column, default ()
        Columns that only the data know; they follow the first.
    **words : object
        What title, note and headings name in braces; `currency` is the unit of money. Names by code for a column that
        is `called` what no declaration names; `of` is the column of the codes, where it is another.

    Returns
    -------
    Table
        With its words in the language in force.

    Examples
    --------
    >>> lay_out("measures", pd.DataFrame({"measure": ["Usage"], "used": [True], "what": ["-"], "n": [7]}), k=1)
    Success is measured on 1 of 5 measures
    Measure  Used  What it is  Customers with a value
    Usage    yes   -                                7
    """
    declared = _declared("tables.toml")[table]
    frame = frame.assign(**{column["name"]: _say_cells(frame, column, words) for column in declared["columns"]
                            if {"or", "called", "free"} & {*column}})
    first, *others = (_head(column, words) for column in declared["columns"])
    columns = (first, *more, *others)
    if declared.get("only_filled"):
        columns = tuple(one for one in columns if (frame[one.name].notna() & (frame[one.name] != "")).any())
    return Table(frame, columns, title=title or _say(declared, "title", words), folded=declared.get("folded", False),
                 note=join(_say(declared, "note", words), note), sort=sort or declared.get("sort", ""))


def tabulate(table: str, frame: pd.DataFrame, /, **words: Any) -> Table | Prose:
    """Lay out a declared table as `lay_out` does; where there are no rows, say so.

    Parameters
    ----------
    table : str
        Its name in `tables.toml`; the sentence stands under the same name in `sentences.toml`.
    frame : DataFrame
        The rows, may be none.
    **words : object
        As in `lay_out`.

    Returns
    -------
    Table or Prose
        Without rows the sentence, which is empty where none is declared.

    Examples
    --------
    >>> tabulate("minorities", pd.DataFrame())
    Nobody votes at the other end of the scale than most.
    """
    said = _declared("sentences.toml")["nothing"].get(table, "")
    return lay_out(table, frame, **words) if len(frame) else tell(_(said), **words) if said else Prose("")


def _say_cells(frame: pd.DataFrame, column: dict[str, str], words: dict[str, Any]) -> pd.Series:
    """Write cells in words: codes of a kind that is declared, or that the code hands over under its name."""
    cells, kind = frame[column.get("of", column["name"])], column.get("called", "")
    if "or" in column:
        cells = cells.fillna(frame[column["or"]])
    if kind:
        called = {} if kind in _SPOKEN else words[kind] if kind in words else names(kind)
        cells = cells.map(_SPOKEN.get(kind) or (lambda code: called.get(code, code)))
    return cells.map(hide, na_action="ignore") if "free" in column else cells


_SPOKEN = {"attribute": name_attribute, "attributes": name_attributes}


def _head(column: dict[str, str], words: dict[str, object]) -> Column:
    head = _say(column, "head", words) or begin(str(words[column["name"]]))
    unit = words["currency"] if column.get("kind") == "money" else _say(column, "unit", words)
    own = {key: said for key, said in column.items() if key not in ("called", "of", "or", "free")}
    return Column(**{**own, "head": head, "unit": unit})  # type: ignore[arg-type]


def _say(declared: dict[str, str], key: str, words: dict[str, object]) -> str:
    return tell(_(declared.get(key, "")), **words)
