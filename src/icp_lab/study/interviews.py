"""What people said: interviews/*.md, parted into passages with the codes that stand in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pandas as pd

from icp_lab.errors import refusals
from icp_lab.intake.encoding import find_encoding
from icp_lab.intake.titles import read_title
from icp_lab.locale import _
from icp_lab.locale.declared import read_declared
from icp_lab.study.yml import Paper, find_beside, parse_yaml

FOLDER = "interviews"
_FREE = dict.fromkeys(("account_id", "date", "role", "department", "seniority", "interviewer"), tuple[str, ...]())
HEAD = _FREE | {"mode": ("in_person", "online", "phone"), "consent": ("quote", "anonymous", "none")}
PASSAGE = ("interview", "passage", "line", "topic", "heading", "text", "codes", "language")
# What a line is, by how it begins; the group that matched names it.
_LINE = re.compile(r"(?P<none>[-=_*|:+#>~`\s]*$)|(?P<heading> {0,3}#{1,6}(?=\s))|(?P<quote>\s*(?:>\s?)+)|"
                   r"(?P<row>\s*\|)|(?P<item>\s*(?:(?:[-*+]|\d{1,2}[.)])\s|[・●■◆○])\s*(?=\S))|(?P<text>)")
_EMPHASIS = re.compile(r"(?<!\w)[*_]+(?=\S)|(?<=\S)[*_]+(?!\w)")
_CODES = re.compile(r"[\[［]{2}(.*?)[\]］]{2}")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_NUMBER = re.compile(r"^(?:\(?[0-9]{1,2}[.):]?\s+|(?:q|問)?[0-9]{1,2}[.):]\s*)")
_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f]")


@dataclass(frozen=True, eq=False)
class Interviews:
    """Hold what was read of interviews.

    Parameters
    ----------
    heads : DataFrame
        A row an interview: interview, account_id, date, role, department, seniority, interviewer, mode, consent,
        language.
    passages : DataFrame
        A row a passage: interview, passage (from 1), line (of the file), topic (of the guide, "" outside of it),
        heading, text, codes (a tuple), language.

    Examples
    --------
    >>> said = read_interviews(Path("nowhere"))
    >>> list(said.heads)[:3], len(said.passages)
    (['interview', 'account_id', 'date'], 0)
    """

    heads: pd.DataFrame
    passages: pd.DataFrame


@dataclass
class _Passage:
    """A passage while it is read, or a heading; `below` counts the passages directly below a heading."""

    kind: str
    line: int
    lines: list[str]
    codes: list[str]
    topic: str = ""
    head: "_Passage | None" = None
    below: int = 0


def read_interviews(folder: Path) -> Interviews:
    r"""Read what the people said whom we talked to.

    Parameters
    ----------
    folder : Path
        The study's folder; its interviews are `interviews/*.md`.

    Returns
    -------
    Interviews
        A passage is a paragraph, a list item, a block quote or a row of a table. A heading with nothing directly below
        it is a passage itself, unless it is one of the guide's. Nothing is left out but comments (`<!-- -->`) and the
        signs of Markdown. Consent is `none` where the head says nothing of it. Ranks and departments are written as in
        contacts, and the role as a part in buying, where the words tell.

    Raises
    ------
    LabError
        When a head has a key that is none, or a value that may not be; the message names the file and the line.

    Notes
    -----
    `[[price pain]]` anywhere in a passage is a code of the passage; several are parted by commas. In a heading it is
    one of all passages directly below.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     Path(folder, "interviews").mkdir()
    ...     _ = Path(folder, "interviews", "a.md").write_text("## Pains\n- Too dear [[price pain]]\n- Slow\n")
    ...     read_interviews(Path(folder)).passages[["topic", "text", "codes"]].values.tolist()
    [['pains', 'Too dear', ('price_pain',)], ['pains', 'Slow', ()]]
    """
    heads, passages = list[dict[str, Any]](), list[dict[str, Any]]()
    for path in find_beside(folder, f"{FOLDER}/*.md"):
        shown = f"{FOLDER}/{path.name}"
        with refusals.reading(shown):
            text = path.read_text(encoding=find_encoding(path, shown)).removeprefix("\ufeff")
        text = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
        head, first, body = _read_head(text, shown)
        said = list(_list_passages(body, first))
        japanese = sum(row["language"] == "ja" for row in said) * 2 > len(said)
        heads.append({"interview": path.stem, **_read_person(head), "language": "ja" if japanese else "en"})
        passages += [{"interview": path.stem, "passage": place, **row} for place, row in enumerate(said, 1)]
    said_of = pd.DataFrame(heads, columns=["interview", *HEAD, "language"], dtype="str")
    rows = pd.DataFrame(passages, columns=list(PASSAGE))
    plain = {name: "int64" if name in ("passage", "line") else "str" for name in PASSAGE if name != "codes"}
    return Interviews(said_of.assign(date=pd.to_datetime(said_of["date"]).astype("datetime64[s]")), rows.astype(plain))


def find_language(text: str) -> str:
    """Find in which language a text is.

    Parameters
    ----------
    text : str
        The text.

    Returns
    -------
    str
        `ja` where one letter in five or more is Japanese, else `en`.

    Examples
    --------
    >>> find_language("CRMが遅い"), find_language("They say 遅い of the CRM")
    ('ja', 'en')
    """
    japanese = len(_JAPANESE.findall(text))
    return "ja" if japanese and japanese * 4 >= len(re.findall(r"[A-Za-z]", text)) else "en"


def split_codes(text: str) -> list[str]:
    """Read which codes a coder's text names.

    Parameters
    ----------
    text : str
        Codes, parted by commas or semicolons; blanks, hyphens, capitals and full width do not matter.

    Returns
    -------
    list of str
        The codes in their order, in small letters with `_` between words; a code that stands twice is there twice.

    Examples
    --------
    >>> split_codes("Price pain, too-slow、")
    ['price_pain', 'too_slow']
    """
    pieces = re.split(r"[,;、]", normalize("NFKC", text).casefold())
    return [re.sub(r"[\s_-]+", "_", piece.strip()) for piece in pieces if piece.strip()]


def _read_head(text: str, shown: str) -> tuple[dict[str, str], int, list[str]]:
    """Read the YAML between two lines of three hyphens at the top, and the number of the first line below it."""
    lines = text.split("\n")
    end = next((place for place, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)
    if not end or lines[0].rstrip() != "---":
        return {}, 1, lines
    paper = Paper(shown, "interview")
    content, at = parse_yaml("\n".join(["", *lines[1:end]]), paper.refuse)
    content = content or {}
    if not isinstance(content, dict):  # a line of hyphens may also part text from text
        return {}, 1, lines
    paper.check(content, (), at, HEAD)
    day = str(content.get("date") or "")  # reading a long text as a day takes minutes
    if day and (len(day) > 40 or pd.isna(pd.to_datetime(day.replace("/", "-"), errors="coerce"))):
        said = day if len(day) <= 40 else f"{day[:40]}…"
        raise paper.refuse(at["date",], _("`{value}` is not a day such as 2026-03-31").format(value=said))
    return {key: str(value or "") for key, value in content.items()}, end + 2, lines[end + 1 :]


def _read_person(head: dict[str, str]) -> dict[str, str]:
    """Write consent, department, rank and part in buying with the lab's codes, as far as the words tell."""
    told = {key: head.get(key, "").strip() for key in HEAD}
    title = read_title(told["role"])
    for key, codes in read_declared("icp_lab.study", "guide.toml")["codes"].items():
        said, column = told[key], "buying_role" if key == "role" else key
        known = {word: code for code, words in codes.items() for word in (code, *words)}
        read = getattr(read_title(said), column)
        told[key] = known.get(said.casefold()) or (read if read != "other" else "") or said or getattr(title, column)
    return told | {"consent": told["consent"] or "none", "date": told["date"].replace("/", "-")}


@cache
def _read_guide() -> tuple[dict[str, str], frozenset[str]]:
    """Give the topic of each heading that opens one, and all texts that are the guide's own."""
    guide = {key: part for key, part in read_declared("icp_lab.study", "guide.toml").items() if key != "codes"}
    topics = {_plain(title): code for code, topic in guide["topics"].items()
              for title in (topic["en"], topic["ja"], *topic["also"])}
    return topics, frozenset(("", *topics, *map(_plain, _list_texts(guide))))


def _list_texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    else:
        for each in (node[key] for key in node if key != "belongs") if isinstance(node, dict) else node:
            yield from _list_texts(each)


def _plain(heading: str) -> str:
    """Write a heading without its number and the signs around it, so that it is known again."""
    return _NUMBER.sub("", normalize("NFKC", heading).casefold().strip()).strip(" *_:.?。、-")


def _list_passages(lines: list[str], first: int) -> Iterator[dict[str, Any]]:
    """Give the passages of a text whose first line has this number."""
    _topics, own = _read_guide()
    for each in _part(lines, first):
        head = each.head or each
        if head is each and (each.below or not (each.codes or _plain(each.lines[0]) not in own)):  # says nothing itself
            continue
        text = re.sub(rf"(?<={_JAPANESE.pattern})\n(?={_JAPANESE.pattern})", "", "\n".join(each.lines))
        yield {"line": each.line, "topic": head.topic, "heading": head.lines[0], "text": text.replace("\n", " "),
               "codes": tuple(dict.fromkeys([*head.codes, *each.codes])), "language": find_language(text)}


def _part(lines: list[str], first: int) -> list[_Passage]:
    """Part the lines into headings and passages; a line that is a title of the guide is a heading in any case."""
    topics, _own = _read_guide()
    head, block, levels = _Passage("heading", first, [""], []), None, [(0, "")]
    found = [head]
    for number, line in enumerate(lines, first):
        text = _CODES.sub("", line)
        codes = [code for said in _CODES.findall(line) for code in split_codes(said)]
        begin = _LINE.match(text)
        kind, start = (begin.lastgroup or "", begin.end()) if begin else ("text", 0)
        said = _EMPHASIS.sub("", re.sub(r"\s*\|\s*", " | ", text[start:])).strip(" |　")
        if kind == "heading" or (kind == "text" and _plain(said) in topics):
            level = text[:start].count("#") or 2
            levels = [each for each in levels if each[0] < level]
            levels.append((level, topics.get(_plain(said), levels[-1][1])))
            head, block = _Passage("heading", number, [said.rstrip("# ")], codes, levels[-1][1]), None
            found.append(head)
        elif kind == "none":
            found[-1].codes += codes
            block = block if codes else None
        else:
            if block is None or kind in ("item", "row") or (kind != block.kind and "item" not in (kind, block.kind)):
                block = _Passage(kind, number, [], [], head=head)
                found.append(block)
                head.below += 1
            block.lines.append(said)
            block.codes += codes
    return found
