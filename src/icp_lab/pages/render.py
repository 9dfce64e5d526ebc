"""Results as HTML: a table, a sentence and a picture. Whatever comes from data is escaped here."""

import re

from markupsafe import Markup, escape

from icp_lab.pages.shell import render_template
from icp_lab.views.picture import Picture
from icp_lab.views.prose import Prose
from icp_lab.views.table import LEFT, MISSING, Column, Table

_LONG = 16  # characters that ask for room in a narrow table


def render_prose(prose: Prose) -> str:
    """How does a sentence stand on the page?

    Examples
    --------
    >>> render_prose(Prose("**12** firms, one called <b>"))
    '<p class="prose"><strong>12</strong> firms, one called &lt;b&gt;</p>'
    """
    return f'<p class="prose">{render_bold(prose)}</p>'


def render_bold(text: str) -> Markup:
    """Escape a sentence, set its `**bold**` words (its only markup), and keep figures with their percent sign."""
    kept = re.sub(r"(?<=\d) (?=%)", "\u00a0", str(escape(text)))
    return Markup(re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", kept))


def render_picture(picture: Picture) -> str:
    """How does a picture stand on the page?

    Title and measure above, n and source below. The narrow drawing is hidden unless the page is narrow.
    """
    return render_template("picture.html.j2", picture=picture, title=render_bold(picture.title))


def render_table(table: Table) -> str:
    """How does a table stand on the page?

    Numbers flush right with their unit in the heading, a sort key in each cell for the page's script, the sorted
    column marked. The box scrolls by itself where the page is narrower than the table.
    """
    descending, by = table.sort.startswith("-"), table.sort.lstrip("-")
    heads = [{"text": head, "unit": unit, "side": _side(column),
              "sorted": ("descending" if descending else "ascending") if by == column.name else ""}
             for column, (head, unit) in zip(table.columns, table.heads(), strict=True)]
    keys = zip(*(map(_sort_key, table.rows[column.sources[0]]) for column in table.columns), strict=True)
    rows = [[_describe_cell(*cell, first=cell[0] is table.columns[0])
             for cell in zip(table.columns, texts, sorts, strict=True)]
            for texts, sorts in zip(table.cells(), keys, strict=True)]
    return render_template("table.html.j2", title=render_bold(table.title), note=render_bold(table.note),
                           label=table.title.replace("**", ""), heads=heads, rows=rows,
                           folded=table.folded)


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
