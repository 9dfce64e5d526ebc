"""The ICP document: a page to read and to act on, the same on paper, and in short for an assistant.

Typst sets the paper: it comes as one wheel, takes no fonts but those that it is given, and gives the same bytes for the
same text. What it gets is data in a file; nothing out of the data is ever a part of its source.
"""

import json
import re
import shutil
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

from icp_lab.artifacts.manifest import write_text
from icp_lab.locale import _, language
from icp_lab.pages.render import render_whole
from icp_lab.publish.contents import Contents
from icp_lab.publish.fitting import FONTS, clean_line
from icp_lab.publish.products import Publication
from icp_lab.views.picture import Picture
from icp_lab.views.table import LEFT, Table
from icp_lab.views.words import name, phrase

_LONG = re.compile(r"([^\s\u2e80-\uffef]{20})(?=[^\s\u2e80-\uffef])")  # longer than a cell is wide
_BRIEF = ("who", "refused", "not", "why", "data", "sure", "market", "limits")  # what names nobody
_PICTOGRAMS = re.compile("[\U0001f000-\U0001faff\u200d\ufe0f]+")  # no font of ours has them
_CELL = 200  # characters of a cell on paper; the page has them all


def build_document(given: Publication) -> str:
    """Build the page by which a salesperson acts, and which anybody can question.

    Parameters
    ----------
    given : Publication
        What the document is made from.

    Returns
    -------
    str
        A complete HTML document that loads nothing, prints on A4, and is in the language in force. Where nothing is
        claimed it says what is ruled out, carries the hypothesis under its own name, and says what would settle it.

    Examples
    --------
    >>> [name("chapter", code) for code in ("who", "not", "why", "next")]  # what its first page tells of
    ['All of these hold', 'Whom it does not suit', 'Why we think so', 'What happens next']
    """
    said = Contents(given).gather()
    return render_whole("document.html.j2", said["title"], given.about.source, said=said)


def write_document(given: Publication, folder: Path) -> None:
    """Write icp.html, the document as a page.

    Parameters
    ----------
    given : Publication
        What the document is made from.
    folder : Path
        Stands for OUT.

    Examples
    --------
    >>> from icp_lab.publish.products import PRODUCTS
    >>> [product.places for product in PRODUCTS if product.writer == f"{__name__}:write_document"]
    [('icp.html',)]
    """
    write_text(folder / "icp.html", build_document(given))


def write_paper(given: Publication, folder: Path) -> None:
    """Write icp.pdf, the document on A4.

    Parameters
    ----------
    given : Publication
        What the document is made from.
    folder : Path
        Stands for OUT.

    Notes
    -----
    A cell holds 200 characters on paper; the page has them all.

    Examples
    --------
    >>> from icp_lab.publish.products import PRODUCTS
    >>> [product.places for product in PRODUCTS if product.writer == f"{__name__}:write_paper"]
    [('icp.pdf',)]
    """
    with TemporaryDirectory() as place:
        work = Path(place)
        (work / "fonts").mkdir()
        for font in (*FONTS, FONTS[1].with_name("DejaVuSans-Bold.ttf")):
            shutil.copy(font, work / "fonts")
        shutil.copy(str(files("icp_lab.publish") / "templates" / "document.typ"), work)
        words = {"language": language(), "page": _("page {page} of {pages}"), "nothing": _("Nothing to list.")}
        said = _as_data(Contents(given).gather(), work) | {"words": words}
        write_text(work / "said.json", json.dumps(said, ensure_ascii=False))
        typst.compile(work / "document.typ", folder / "icp.pdf", work, font_paths=[work / "fonts"],
                      ignore_system_fonts=True, timestamp=0)


def _as_data(node: Any, work: Path) -> Any:
    """Give contents as plain data: tables as their cells, pictures as files."""
    if isinstance(node, Picture):
        place = work / f"picture-{len(list(work.glob('picture-*')))}.svg"
        drawn = re.sub(r"var\(--\w+, (#\w+)\)", r"\1", node.narrow)
        write_text(place, drawn.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg" font-family="DejaVu Sans"', 1))
        node = {"title": node.title, "subtitle": node.subtitle, "foot": node.foot, "alt": node.alt, "file": place.name}
    if isinstance(node, Table):
        cells = [[cell if len(cell) <= _CELL else f"{cell[:_CELL]}…" for cell in row] for row in node.cells()]
        node = {"title": node.title, "note": node.note, "rows": cells,
                "heads": [{"text": head, "unit": unit, "left": column.kind in LEFT}
                          for column, (head, unit) in zip(node.columns, node.heads(), strict=True)]}
    if isinstance(node, dict):
        return {key: _as_data(each, work) for key, each in node.items()}
    if isinstance(node, list | tuple):
        return [_as_data(each, work) for each in node]
    if not isinstance(node, str):
        return node
    return _LONG.sub("\\1\u200b", _PICTOGRAMS.sub("〓", clean_line(node)))


def write_brief(given: Publication, folder: Path) -> None:
    """Write icp_brief.md, a page that names nobody and no company, for an AI assistant.

    Parameters
    ----------
    given : Publication
        What the document is made from.
    folder : Path
        Stands for OUT.

    Examples
    --------
    >>> from icp_lab.publish.products import PRODUCTS
    >>> [product.places for product in PRODUCTS if product.writer == f"{__name__}:write_brief"]
    [('icp_brief.md',)]
    """
    write_text(folder / "icp_brief.md", build_brief(given))


def build_brief(given: Publication) -> str:
    """Build what an assistant is to know of the profile, how it is to use it, and what it is not to conclude from it.

    Parameters
    ----------
    given : Publication
        What the document is made from.

    Returns
    -------
    str
        Markdown in the language in force. A text out of the data fills a line at most: it opens no section.

    Examples
    --------
    >>> [name("chapter", code) for code in (*_BRIEF[-2:], "brief", "wrong")]  # its last sections
    ['How many there are', 'What it does not say', 'How to use this', 'What not to conclude']
    """
    said, icp = Contents(given).gather(), given.icp
    shown = [part for part in (*said["front"], *said["parts"]) if part["id"] in _BRIEF]
    lines = {part["title"]: [each["text"] for block in part["blocks"] for each in block.get("items", [block])
                             if "text" in each] for part in shown}
    words = {"verdict": said["said"], "date": icp["next_review"]}
    for chapter, codes in (("brief", ("judge", "figures", "sure")), ("wrong", ("cause", "outside", "invent", "old"))):
        lines[name("chapter", chapter)] = [phrase("brief", code, **words) for code in codes]
    facts = phrase("brief", "facts", study=given.about.source, date=str(given.about.as_of))
    sections = [f"## {title}\n\n" + "\n".join(f"- {clean_line(text)}" for text in texts)
                for title, texts in lines.items()]
    head = f"# {clean_line(said['title'])}\n\n{clean_line(facts)}\n\n{clean_line(said['lead'])}"
    return "\n\n".join([head, *sections]) + "\n"
