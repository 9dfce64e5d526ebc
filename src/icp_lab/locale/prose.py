"""The prose of notebooks, sentence by sentence: what the catalogue translates before a notebook is run.

A paragraph, a heading and a list item are each one entry of the catalogue; soft line breaks do not count.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from typing import IO, Any

from icp_lab.locale import catalogue

_MARK = re.compile(r"^(\s*(?:#{1,6}|[-*]|\d+\.|>)\s+)(.*)$", re.DOTALL)
_COMMENT = re.compile(r"^\w+\s*:.*?#\s*(?P<meaning>.+)$", re.MULTILINE)
_BOUNDS = re.compile(r",\s*(?:\S+ to \S+|one of .+)$")


def translate_markdown(text: str, translate: Callable[[str], str]) -> str:
    r"""Say a Markdown text in another language, block by block.

    Parameters
    ----------
    text : str
        Markdown; fenced code is left as it is.
    translate : callable
        Gives a sentence in the other language.

    Returns
    -------
    str
        Markdown of the same structure.

    Examples
    --------
    >>> translate_markdown("# Who\n\nOur\ncustomers.", str.upper)
    '# WHO\n\nOUR CUSTOMERS.'
    """
    return "\n".join(mark + translate(body) if body else mark for mark, body in _blocks(text))


def translate_notebook(notebook: Any, language: str) -> Any:
    """Say a notebook's prose in a language, and what its parameters mean; its code stays as it is.

    Parameters
    ----------
    notebook : NotebookNode
        An nbformat notebook; it is not changed.
    language : str
        `en` or `ja`.

    Returns
    -------
    NotebookNode
        A copy whose Markdown cells are translated, sentence by sentence, where the catalogue has them, and so are
        the comments of its parameters, but for range and choices, which are read by machines.

    Examples
    --------
    >>> source = "seed: int = 0  # seed of those draws, 0 to 1000000"
    >>> cell = {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": source}
    >>> translate_notebook({"cells": [cell]}, "ja")["cells"][0]["source"]
    'seed: int = 0  # その乱数シード, 0 to 1000000'
    """
    from copy import deepcopy  # noqa: PLC0415

    translated = deepcopy(notebook)
    if language != "en":
        for cell in translated["cells"]:
            if cell["cell_type"] == "markdown":
                cell["source"] = translate_markdown(cell["source"], catalogue(language).gettext)
            elif "parameters" in cell["metadata"].get("tags", []):
                cell["source"] = _COMMENT.sub(partial(_translate_comment, language), cell["source"])
    return translated


def _translate_comment(language: str, found: re.Match[str]) -> str:
    meaning = parameter_meaning(found["meaning"])
    return found[0].replace(meaning, catalogue(language).gettext(meaning))


def parameter_meaning(comment: str) -> str:
    """Take the meaning of a parameter from its comment, without range and choices.

    Parameters
    ----------
    comment : str
        What stands behind the # in the parameters cell.

    Returns
    -------
    str
        A sentence of the catalogue.

    Examples
    --------
    >>> parameter_meaning("share of accounts called best, 0.05 to 0.5")
    'share of accounts called best'
    """
    return _BOUNDS.sub("", comment.strip())


def extract_notebook(stream: IO[bytes], _keywords: object, _comment_tags: object,
                     options: object) -> Iterator[tuple[int, str, str, list[str]]]:
    r"""List a notebook's sentences for Babel: prose, and what its parameters mean.

    Parameters
    ----------
    stream : IO of bytes
        The notebook's file.
    _keywords, _comment_tags, options : object
        What Babel hands to every extractor; not used.

    Yields
    ------
    tuple of int, str, str and list of str
        Number of the cell from 1, function (none), sentence, comments (none), as Babel wants them.

    Examples
    --------
    >>> from io import BytesIO
    >>> cells = [{"cell_type": "markdown", "metadata": {}, "source": ["# Who\n", "\n", "Our\n", "customers."]}]
    >>> list(extract_notebook(BytesIO(json.dumps({"cells": cells}).encode()), (), (), {}))
    [(1, '', 'Who', []), (1, '', 'Our customers.', [])]
    """
    notebook = json.load(stream)
    for number, cell in enumerate(notebook["cells"], start=1):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            yield from ((number, "", body, []) for _mark, body in _blocks(source) if body)
        elif "parameters" in cell["metadata"].get("tags", []):
            for match in _COMMENT.finditer(source):
                yield number, "", parameter_meaning(match["meaning"]), []


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Split Markdown into (mark, sentence) pairs; a pair with an empty sentence is layout or code."""
    paragraph: list[str] = []
    fenced = False
    for line in text.splitlines():
        is_fence = line.lstrip().startswith("```")
        if (fenced or is_fence or not line.strip() or _MARK.match(line)) and paragraph:
            yield _marked(" ".join(paragraph))
            paragraph = []
        if fenced or is_fence:
            yield line, ""
        elif line.strip():
            paragraph.append(line.rstrip() if not paragraph else line.strip())
        else:
            yield "", ""
        fenced = fenced != is_fence
    if paragraph:
        yield _marked(" ".join(paragraph))


def _marked(block: str) -> tuple[str, str]:
    found = _MARK.match(block)
    return (found[1], found[2]) if found else ("", block)


def align(rows: Sequence[Sequence[str]], left: Collection[int]) -> str:
    """Set rows of words in columns; wide characters take two places.

    Parameters
    ----------
    rows : Sequence of Sequence of str
        The words, row by row, all rows of the same length.
    left : Collection of int
        Places of the columns, from 0, that are set to the left; the others are set to the right.

    Returns
    -------
    str
        A line a row, with two blanks between columns.

    Examples
    --------
    >>> print(align([["Firm", "won"], ["東京電機", "8"], ["Ace", "12"]], left={0}))
    Firm      won
    東京電機    8
    Ace        12
    """
    from rich.cells import cell_len  # noqa: PLC0415  (only where something is shown as plain text)

    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    lines = ((cell + " " * (w - cell_len(cell)) if i in left else " " * (w - cell_len(cell)) + cell
              for i, (cell, w) in enumerate(zip(row, widths, strict=True))) for row in rows)
    return "\n".join("  ".join(line).rstrip() for line in lines)
