"""A notebook that has run becomes a page: one self-contained HTML file that answers first and explains last.

What the page looks for in the notebook: `# Title` and what follows it in the same cell (question, inputs, outputs);
`## Section`; `## Method` (folded); an output whose HTML has the class `headline` (moved to the first screen); an output
with `<span class="item" id="item-1b"></span>` (the link target of a sub-item, moved to the head of its section).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from icp_lab.locale import _, in_language
from icp_lab.pages.render import TEMPLATES, Entry, describe_shell, show_way
from icp_lab.process import BY_NAME

_ITEM = re.compile(r'<span class="item" id="item-(\w+)"></span>')


@dataclass(frozen=True)
class PageFacts:
    """Gather what a page says beyond what its notebook holds.

    Parameters
    ----------
    name : str
        The notebook.
    language : str
        Language of the page: `en` or `ja`.
    study : str
        Name of the study.
    pages : tuple of str
        All notebooks that have a page in this report, for the links between them.
    provenance : tuple of tuple of str, default ()
        What the page rests on, in order, as pairs of a name and a value: the day, the rows of each table, the versions.
    parameters : tuple of tuple of str, default ()
        Name, value and meaning of each parameter.
    trouble : str, default ''
        Why the step did not finish, in plain words; empty if it did.
    own : Mapping of str to str
        The analyst's own notebooks: name and title.

    Examples
    --------
    >>> facts = PageFacts("mine", "en", "Demo", ("01_customer_base", "mine"), own={"mine": "My own look"})
    >>> [entry.title for entry in show_way(facts.pages, facts.name, facts.own) if entry.href]
    ['The customer base', 'My own look']
    """

    name: str
    language: str
    study: str
    pages: tuple[str, ...]
    provenance: tuple[tuple[str, str], ...] = ()
    parameters: tuple[tuple[str, str, str], ...] = ()
    trouble: str = ""
    own: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Block:
    kind: str
    source: str
    metadata: dict[str, Any] = field(default_factory=dict)
    outputs: tuple[Any, ...] = ()


@dataclass
class _Section:
    title: str
    id: str
    folded: bool = False
    items: list[str] = field(default_factory=list)
    blocks: list[_Block] = field(default_factory=list)


def render_page(notebook: Any, facts: PageFacts) -> str:
    r"""Make the page of a notebook that has run.

    Parameters
    ----------
    notebook : NotebookNode
        An nbformat notebook, run to its end or to the cell that failed, in the reader's language.
    facts : PageFacts
        What the page says besides.

    Returns
    -------
    str
        A complete HTML document that loads nothing: style, script and pictures are in it.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from unittest.mock import patch
    >>> from jinja2 import Environment
    >>> exporter = SimpleNamespace(environment=Environment(), from_notebook_node=lambda notebook, resources: (
    ...     f"{resources['page']['title']} {resources['page']['question']}", {}))
    >>> cell = {"cell_type": "markdown", "source": "# Who buys?\n\nAll of them.\n\n## Method"}
    >>> with patch("icp_lab.pages.notebook._exporter", lambda: exporter):  # stands in for nbconvert, which loads slowly
    ...     render_page({"cells": [cell]}, PageFacts("mine", "en", "Demo", ()))
    ...     render_page({"cells": []}, PageFacts("01_customer_base", "ja", "Demo", ()))  # it has no heading
    'Who buys? All of them.'
    '顧客ベース '
    """
    with in_language(facts.language):
        page = _read_notebook(notebook, facts)
        exporter = _exporter()
        exporter.environment.globals.update(_=_, shell=describe_shell(page["title"], facts.study))
        html, _resources = exporter.from_notebook_node(notebook, resources={"page": page})
    return str(html)


@cache
def _exporter() -> Any:
    from nbconvert.exporters.html import HTMLExporter  # noqa: PLC0415  (a second of imports that only this page needs)

    settings = {"template_name": "icp_lab", "extra_template_basedirs": [TEMPLATES], "exclude_anchor_links": True}
    exporter = HTMLExporter(**settings)  # type: ignore[no-untyped-call]
    exporter.environment.autoescape = True
    exporter.environment.trim_blocks = exporter.environment.lstrip_blocks = True
    return exporter


def _read_notebook(notebook: Any, facts: PageFacts) -> dict[str, Any]:
    title, text, rest = _open_page(notebook)
    question, _gap, opening = text.partition("\n\n")
    headlines: list[str] = []
    sections = _split(rest, headlines)
    way = show_way(facts.pages, facts.name, facts.own)
    step = BY_NAME.get(facts.name)
    return {
        "title": title or (_(step.title) if step else facts.name), "question": question, "opening": opening,
        "kicker": _("Step {step} of 9").format(step=step.step) if step else _("The analyst's own"),
        "headlines": headlines, "sections": sections, "process": way, "turn": _neighbours(way),
        "contents": [section for section in sections if section.title and section.blocks],
        "provenance": facts.provenance, "parameters": facts.parameters, "trouble": facts.trouble}


def _open_page(notebook: Any) -> tuple[str, str, list[Any]]:
    """Take title and question off the first Markdown cell; sections in the same cell stay."""
    cells = list(notebook["cells"])
    heading = re.match(r"# +(.*)", cells[0]["source"]) if cells and cells[0]["cell_type"] == "markdown" else None
    if heading is None:
        return "", "", cells
    text = cells[0]["source"][heading.end():]
    question, mark, sections = text.partition("\n## ")
    rest = [{"cell_type": "markdown", "source": f"## {sections}"}] if mark else []
    return heading[1].strip(), question.strip(), [*rest, *cells[1:]]


def _split(cells: list[Any], headlines: list[str]) -> list[_Section]:
    """Put the cells into sections; headlines leave their place for the first screen."""
    sections = [_Section("", "start")]
    for cell in cells:
        if cell["cell_type"] == "markdown":
            for title, text in _cut(cell["source"]):
                if title is not None:
                    sections.append(_Section(title, _slug(title, sections), folded=title in ("Method", _("Method"))))
                if text:
                    sections[-1].blocks.append(_Block("markdown", text))
        elif cell["cell_type"] == "code":
            sections[-1].blocks.append(_read_code(cell, headlines, sections[-1].items))
    return [section for section in sections if section.title or section.blocks]


def _read_code(cell: Any, headlines: list[str], items: list[str]) -> _Block:
    outputs = []
    for output in cell.get("outputs", ()):
        html = output.get("data", {}).get("text/html", "")
        items += [item for item in _ITEM.findall(html) if item not in items]
        rest = _ITEM.sub("", html)
        if 'class="headline"' in html:
            headlines.append(html)
        elif rest == html:
            outputs.append(output)
        elif rest.strip():
            left = {**output, "data": {"text/html": rest}}
            outputs += [left] if left not in outputs else []  # several items that wait for the same table say it once
    hidden = "hide-input" in cell["metadata"].get("tags", [])
    return _Block("code", "" if hidden else cell["source"], dict(cell["metadata"]), tuple(outputs))


def _cut(source: str) -> Iterator[tuple[str | None, str]]:
    """Cut Markdown at its `##` headings, which code fences cannot hold."""
    title, lines, fenced = None, list[str](), False
    for line in source.split("\n"):
        fenced ^= line.startswith("```")
        heading = None if fenced else re.match(r"## +(.*)", line)
        if heading:
            if title is not None or "".join(lines).strip():
                yield title, "\n".join(lines).strip()
            title, lines = heading[1].strip(), []
        else:
            lines.append(line)
    yield title, "\n".join(lines).strip()


def _slug(title: str, sections: list[_Section]) -> str:
    base = re.sub(r"\W+", "-", title.lower()).strip("-") or "section"
    taken = {section.id for section in sections} | {"main", "theme", "page-words", "show-code"}
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, 1000))) if slug not in taken)


def _neighbours(way: list[Entry]) -> tuple[Entry | None, Entry | None]:
    """Find the pages before and after this one."""
    linked = [None, *(entry for entry in way if entry.href or entry.current), None]
    here = next((place for place, entry in enumerate(linked) if entry and entry.current), 0)
    return (linked[here - 1], linked[here + 1]) if here else (None, None)
