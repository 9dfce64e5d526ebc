"""What every page has in common, and results as HTML. What comes from data is escaped here; nothing is fetched."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from operator import attrgetter
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader
from markupsafe import Markup, escape

from icp_lab.locale import _, language, say_date
from icp_lab.process import NOTEBOOKS
from icp_lab.views.picture import Picture
from icp_lab.views.table import LEFT, MISSING, Column, Table
from icp_lab.views.words import Prose

TEMPLATES = str(files("icp_lab.pages") / "templates")


@dataclass(frozen=True)
class Entry:
    """Hold a line of the way through the process: a notebook, with a link where it has a page.

    Parameters
    ----------
    name : str
        The notebook.
    number : str
        Its step, on the first notebook of a step alone; `+` for one of the analyst's own.
    title : str
        What it is called in the language in force.
    href : str
        Its page; empty where it has none.
    current : bool
        True for the page that is shown.

    Examples
    --------
    >>> show_way(["01_customer_base"], "01_customer_base")[0]
    Entry(name='01_customer_base', number='1', title='The customer base', href='01_customer_base.html', current=True)
    """

    name: str
    number: str
    title: str
    href: str
    current: bool


def show_way(pages: Collection[str], current: str = "", own: Mapping[str, str] | None = None) -> list[Entry]:
    """List the steps, with a link to each that can be gone to.

    Parameters
    ----------
    pages : Collection of str
        Notebooks that have a page in this report. The others are shown without a link.
    current : str, default ''
        The notebook of this page; empty on the index.
    own : Mapping of str to str or None, default None
        The analyst's own notebooks: name and title.

    Returns
    -------
    list of Entry
        All notebooks of the process in its order, then the analyst's own.

    Examples
    --------
    >>> way = show_way(["01_customer_base", "mine"], own={"mine": "My own look"})
    >>> way[0].href, way[1].href, way[-1].number, way[-1].title
    ('01_customer_base.html', '', '+', 'My own look')
    """
    notebooks = sorted(NOTEBOOKS, key=attrgetter("name"))  # as the process counts them, not as they run
    before = (0, *(notebook.step for notebook in notebooks))
    shown = [(one.name, "" if one.step == former else str(one.step), _(one.title))
             for one, former in zip(notebooks, before, strict=False)]
    shown += [(name, "+", title) for name, title in (own or {}).items()]
    return [Entry(name, number, title, f"{name}.html" if name in pages else "", name == current)
            for name, number, title in shown]


def describe_shell(title: str, study: str) -> dict[str, Any]:
    """Gather what the frame of a page needs; its parts are the project's own and therefore trusted.

    Parameters
    ----------
    title : str
        Title of the page.
    study : str
        Name of the study.

    Returns
    -------
    dict of str to object
        What `shell.html.j2` takes: title, study, the language in force, style, script, and the script's words.

    Examples
    --------
    >>> shell = describe_shell("Who buys?", "Demo")
    >>> shell["language"], shell["words"]
    ('en', Markup('{"all": "Show all {n} rows", "fewer": "Show fewer rows"}'))
    """
    words = {"all": _("Show all {n} rows"), "fewer": _("Show fewer rows")}
    return {
        "title": title, "study": study, "language": language(),
        "style": read_part("style.css"), "script": read_part("page.js"), "words": embed_json(words)}


def render_template(name: str, /, **values: Any) -> str:
    """Fill one of the lab's templates; every value is escaped unless it is marked as safe.

    Parameters
    ----------
    name : str
        File name of the template.
    **values : object
        What it asks for.

    Returns
    -------
    str
        HTML, or XML for a template that ends in `.xml.j2` or `.svg.j2`.

    Examples
    --------
    >>> told = render_template("table.html.j2", title="R & D", note="", label="", heads=[], folded=False, rows=[])
    >>> re.findall("<strong.*/strong>", told)
    ['<strong class="finding">R &amp; D</strong>']
    """
    environment = _environment()
    environment.globals.update(_=_, say_date=say_date, bold=render_bold, table=render_table, picture=render_picture,
                               read_part=read_part, embed=embed_json)
    return environment.get_template(name).render(**values)


def render_whole(name: str, title: str, study: str, /, **values: Any) -> str:
    """Fill a template that is a whole page, with its frame.

    Parameters
    ----------
    name : str
        File name of the template.
    title : str
        Title of the page.
    study : str
        Name of the study.
    **values : object
        What the template asks for.

    Returns
    -------
    str
        A complete HTML document that loads nothing.

    Examples
    --------
    >>> "<title>Who buys? · R &amp; D</title>" in render_whole("shell.html.j2", "Who buys?", "R & D")
    True
    """
    return render_template(name, shell=describe_shell(title, study), **values)


def embed_json(value: object) -> Markup:
    r"""Write data into a script element: no text in it can end the element or open another.

    Parameters
    ----------
    value : object
        What JSON has.

    Returns
    -------
    Markup
        JSON that is safe between script tags.

    Raises
    ------
    ValueError
        When a number is not finite, which JSON does not have.

    Examples
    --------
    >>> print(embed_json({"name": "</script>"}))
    {"name": "\u003c/script\u003e"}
    """
    text = json.dumps(value, ensure_ascii=False, separators=(", ", ": "), allow_nan=False)
    for mark in "<>&\u2028\u2029":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return Markup(text)


@cache
def _environment() -> Environment:
    loader = PackageLoader("icp_lab.pages", "templates/icp_lab")
    return Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)


@cache
def read_part(name: str) -> Markup:
    """Read a style or a script of the lab's own, once a process.

    Parameters
    ----------
    name : str
        File name, such as `style.css`.

    Returns
    -------
    Markup
        Its text, which is put into pages as it is.

    Raises
    ------
    OSError
        When there is no such file.

    Examples
    --------
    >>> "--paper: #ffffff;" in read_part("style.css")
    True
    """
    return Markup((files("icp_lab.pages") / name).read_text(encoding="utf-8"))


_LONG = 16  # characters that ask for room in a narrow table


def render_prose(prose: Prose) -> str:
    """Set a sentence for the page.

    Parameters
    ----------
    prose : Prose
        The sentence; what comes from data may be in it.

    Returns
    -------
    str
        A paragraph, everything escaped but `**bold**`.

    Examples
    --------
    >>> render_prose(Prose("**12** firms, one called <b>"))
    '<p class="prose"><strong>12</strong> firms, one called &lt;b&gt;</p>'
    """
    return f'<p class="prose">{render_bold(prose)}</p>'


def render_bold(text: str) -> Markup:
    r"""Escape a sentence, set its `**bold**` words (its only markup), and keep figures with their percent sign.

    Parameters
    ----------
    text : str
        The sentence.

    Returns
    -------
    Markup
        HTML, with a space that does not break between figure and percent sign.

    Examples
    --------
    >>> print(render_bold("**R & D** firms win more"))
    <strong>R &amp; D</strong> firms win more
    >>> render_bold("42 % of them")
    Markup('42\xa0% of them')
    """
    kept = re.sub(r"(?<=\d) (?=%)", "\u00a0", str(escape(text)))
    return Markup(re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", kept))


def render_picture(picture: Picture) -> str:
    """Set a picture for the page: title and measure above, n and source below.

    Parameters
    ----------
    picture : Picture
        The picture; its drawings are the lab's own and put in as they are, its words are escaped.

    Returns
    -------
    str
        A figure with both drawings; the narrow one is hidden unless the page is narrow.

    Examples
    --------
    >>> drawn = render_picture(Picture("It rises", "", "n = 12", "A line", "<svg>wide</svg>", "<svg>narrow</svg>"))
    >>> re.findall('<div class="narrow".*?</div>|<p.*/p>', drawn)
    ['<div class="narrow" hidden><svg>narrow</svg></div>', '<p class="foot">n = 12</p>']
    """
    return render_template("picture.html.j2", picture=picture, title=render_bold(picture.title))


def render_table(table: Table) -> str:
    """Set a table for the page.

    Numbers flush right with their unit in the heading, a sort key in each cell for the page's script, the sorted
    column marked. The box scrolls by itself where the page is narrower than the table. A row whose frame names an
    `anchor` can be linked to.

    Parameters
    ----------
    table : Table
        The table; every text in it is escaped.

    Returns
    -------
    str
        A figure with a table; where there are no rows it says so.

    Examples
    --------
    >>> import pandas as pd
    >>> firms = pd.DataFrame({"firm": ["R & D"], "won": [0.25], "anchor": ["firms/1"]})
    >>> shown = render_table(Table(firms, (Column("firm", "Firm"), Column("won", "Win rate", "share"))))
    >>> print(re.findall("<tr id.*/tr>", shown)[0])
    <tr id="firms/1"><th scope="row" class="left">R &amp; D</th><td class="right" data-key="0.25">25</td></tr>
    """
    descending, by = table.sort.startswith("-"), table.sort.lstrip("-")
    heads = [{"text": head, "unit": unit, "side": _side(column),
              "sorted": ("descending" if descending else "ascending") if by == column.name else ""}
             for column, (head, unit) in zip(table.columns, table.heads(), strict=True)]
    anchors = table.rows.get("anchor", table.rows.index.to_series().map(lambda _row: ""))
    keys = zip(*(map(_sort_key, table.rows[column.sources[0]]) for column in table.columns), strict=True)
    rows = [[_describe_cell(*cell, first=cell[0] is table.columns[0])
             for cell in zip(table.columns, texts, sorts, strict=True)]
            for texts, sorts in zip(table.cells(), keys, strict=True)]
    return render_template("table.html.j2", title=render_bold(table.title), note=render_bold(table.note),
                           label=table.title.replace("**", ""), heads=heads, folded=table.folded,
                           rows=list(zip(map(quote, anchors.fillna("")), rows, strict=True)))


def _side(column: Column) -> str:
    return "left" if column.kind in LEFT else "right"


def _describe_cell(column: Column, text: str, key: str, *, first: bool) -> dict[str, str]:
    shade = " missing" if text == MISSING else " date" if column.kind == "date" else ""
    wordy = " wordy" if len(text) > _LONG and not first else ""
    return {"tag": "th" if first and column.kind == "text" else "td", "look": f"{_side(column)}{shade}{wordy}",
            "key": key, "text": text}


def _sort_key(value: object) -> str:
    """Give the script what to compare; a missing value has none and stays last."""
    if isinstance(value, (tuple, list)):
        return ", ".join(str(part) for part in value)
    text = str(value)
    return "" if text in ("nan", "NaT", "<NA>", "None") else text
