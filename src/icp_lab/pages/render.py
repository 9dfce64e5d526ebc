"""Results as HTML: a table, a sentence and a picture. Whatever comes from data is escaped here."""

import re

from markupsafe import Markup, escape

from icp_lab.locale import _
from icp_lab.views.picture import Picture
from icp_lab.views.prose import Prose
from icp_lab.views.table import MISSING, Column, Table

_LONG, _MANY = 16, 9  # characters that ask for room in a narrow table; columns that ask for a smaller one
_FLUSH_LEFT = ("text", "date", "flag")


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
    subtitle = f'<div class="measure">{escape(picture.subtitle)}</div>' if picture.subtitle else ""
    foot = f'<p class="foot">{escape(picture.foot)}</p>' if picture.foot else ""
    return (
        f'<figure class="picture"><figcaption><strong class="finding">{render_bold(picture.title)}</strong>{subtitle}'
        f'</figcaption><div class="wide">{picture.wide}</div><div class="narrow" hidden>{picture.narrow}</div>'
        f"{foot}</figure>"
    )


def render_table(table: Table) -> str:
    """How does a table stand on the page?

    Numbers flush right with their unit in the heading, a sort key in each cell for the page's script, the sorted
    column marked. The box scrolls by itself where the page is narrower than the table.
    """
    finding = f'<figcaption><strong class="finding">{render_bold(table.title)}</strong></figcaption>'
    title = finding if table.title else ""
    note = f'<p class="foot">{render_bold(table.note)}</p>' if table.note else ""
    heads = "".join(
        _render_head(column, head, unit, table.sort)
        for column, (head, unit) in zip(table.columns, table.heads(), strict=True)
    )
    rows = table.rows
    keys = [[_sort_key(value) for value in rows[column.sources[0]]] for column in table.columns]
    body = "".join(
        "<tr>" + "".join(
            _render_cell(column, text, keys[place][number], first=place == 0)
            for place, (column, text) in enumerate(zip(table.columns, cells, strict=True))
        ) + "</tr>"
        for number, cells in enumerate(table.cells())
    )
    if not len(rows):
        nothing = escape(_("Nothing to list."))
        return f'<figure class="table">{title}<p class="foot">{nothing}</p>{note}</figure>'
    dense = ' class="dense"' if len(table.columns) > _MANY else ""
    label = escape(re.sub(r"\*\*", "", table.title))
    return (
        f'<figure class="table">{title}<div class="scroll" role="region" tabindex="0" aria-label="{label}">'
        f'<table{dense}><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>{note}</figure>'
    )


def _render_head(column: Column, head: str, unit: str, sort: str) -> str:
    side = "left" if column.kind in _FLUSH_LEFT else "right"
    direction = "descending" if sort.startswith("-") else "ascending"
    sorted_by = f' aria-sort="{direction}"' if sort and sort.lstrip("-") == column.name else ""
    measure = f' <span class="unit">{escape(unit)}</span>' if unit else ""
    return f'<th scope="col" class="{side}"{sorted_by}>{escape(head)}{measure}</th>'


def _render_cell(column: Column, text: str, key: str, *, first: bool) -> str:
    side = "left" if column.kind in _FLUSH_LEFT else "right"
    shade = " missing" if text == MISSING else " date" if column.kind == "date" else ""
    shade += " wordy" if len(text) > _LONG and not first else ""
    tag, scope = ("th", ' scope="row"') if first and column.kind == "text" else ("td", "")
    sort = f' data-key="{escape(key)}"' if key != text else ""
    return f'<{tag}{scope} class="{side}{shade}"{sort}>{escape(text)}</{tag}>'


def _sort_key(value: object) -> str:
    """Give the script what to compare; a missing value has none and stays last."""
    if isinstance(value, (tuple, list)):
        return ", ".join(str(part) for part in value)
    text = str(value)
    return "" if text in ("nan", "NaT", "<NA>", "None") else text
