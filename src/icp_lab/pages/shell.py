"""What every page has in common: style, script, the way through the process. Nothing is fetched from anywhere."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from icp_lab.locale import _, language
from icp_lab.process import NOTEBOOKS

TEMPLATES = str(files("icp_lab.pages") / "templates")


@dataclass(frozen=True)
class Entry:
    """A line of the way through the process: a notebook, with a link where it has a page."""

    name: str
    number: str
    title: str
    href: str
    current: bool


@dataclass(frozen=True)
class Way:
    """The way through the process, as the pages show it."""

    notebooks: tuple[Entry, ...]
    at_index: bool


def show_way(pages: Collection[str], current: str = "", own: Mapping[str, str] | None = None) -> Way:
    """Which steps are there, and which of them can be gone to?

    Parameters
    ----------
    pages
        Notebooks that have a page in this report. The others are shown without a link.
    current
        The notebook of this page; empty on the index.
    own
        The analyst's own notebooks: name and title.

    Returns
    -------
    Way
        All notebooks of the process in its order, then the analyst's own.
    """
    before = (0, *(notebook.step for notebook in NOTEBOOKS))
    shown = [(one.name, "" if one.step == former else str(one.step), _(one.title))
             for one, former in zip(NOTEBOOKS, before, strict=False)]
    shown += [(name, "+", title) for name, title in (own or {}).items()]
    return Way(tuple(Entry(name, number, title, f"{name}.html" if name in pages else "", name == current)
                     for name, number, title in shown), at_index=not current)


def describe_shell(title: str, study: str) -> dict[str, Any]:
    """Gather what the frame of a page needs; its parts are the project's own and therefore trusted."""
    words = {"all": _("Show all {n} rows"), "fewer": _("Show fewer rows")}
    return {
        "title": title, "study": study, "language": language(),
        "style": read_part("style.css"), "script": read_part("page.js"), "words": embed_json(words)}


def render_template(name: str, /, **values: Any) -> str:
    """Fill one of the lab's templates; every value is escaped unless it is marked as safe."""
    environment = _environment()
    environment.globals["_"] = _
    return environment.get_template(name).render(**values)


def embed_json(value: object) -> Markup:
    r"""Write data into a script element: no text in it can end the element or open another.

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
    """Read a style or a script of the lab's own."""
    return Markup((files("icp_lab.pages") / name).read_text(encoding="utf-8"))
