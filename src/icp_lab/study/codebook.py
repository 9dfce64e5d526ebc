"""The codes by which interviews are read: the codebook, how people write its codes, what coders gave to passages."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from icp_lab.errors import Place, utter
from icp_lab.locale import LANGUAGES, _
from icp_lab.locale.declared import read_declared
from icp_lab.study.corrections import Answers, read_cells
from icp_lab.study.interviews import Interviews, split_codes
from icp_lab.study.yml import At, Paper, as_text, find_beside
from icp_lab.tables import GROUPS

FILE, CODERS = "codebook.yml", "coders"
# What a code speaks to: a group of attributes, a field of a persona, or how they choose and see what we offer.
BELONGS = (*GROUPS, "objections", "motivations", "responsibilities", "kpis", "authority", "behaviour", "channels",
           "message", "value", "criteria")
_HERE = Path(__file__).parent
PAPER = Paper(FILE, "codebook")
_KEYS = ("code", "name", "meaning", "belongs", "examples")


def read_codebook(folder: Path, language: str) -> pd.DataFrame:
    """Read which codes are looked for in what people say.

    Parameters
    ----------
    folder : Path
        The study's folder, with codebook.yml or without.
    language : str
        Language in which the codes of the lab's own codebook are named; it holds where the study has none.

    Returns
    -------
    DataFrame
        Columns code, name, meaning, belongs (one of `BELONGS` or ""), examples (a tuple of phrases; those of the lab's
        own codebook are in all languages), topic (of the guide, under which it is likeliest heard; "" where none is).

    Raises
    ------
    LabError
        When codebook.yml is no list of entries with a code, or says what it may not; the message names the line.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "codebook.yml").write_text("- {code: Price pain, belongs: pains, examples: too dear}")
    ...     read_codebook(Path(folder), "en")[["code", "name", "examples", "topic"]].values.tolist()
    [['price_pain', 'Price pain', ('too dear',), 'pains']]
    """
    if find_beside(folder, FILE):
        return _read_book(folder / FILE)
    books = {each: _read_book(_HERE / f"codebook_{each}.yml") for each in LANGUAGES}
    book = books.pop(language)
    for other in books.values():
        more = zip(book["examples"], other["name"], other["examples"], strict=True)
        book["examples"] = pd.Series([(*own, name, *said) for own, name, said in more], dtype="object")
    return book


def _read_book(path: Path) -> pd.DataFrame:
    content, lines = PAPER.read(path)
    rows = [_read_entry(entry, (str(place),), lines) for place, entry in enumerate(content)]
    book = pd.DataFrame(rows, columns=list(_KEYS)).astype(dict.fromkeys(_KEYS[:-1], "str"))
    for place in book.index[book["code"].duplicated()]:
        problem = _("the code `{code}` stands here twice").format(code=book["code"][place])
        raise PAPER.refuse(lines[str(place),], problem)
    topics = read_declared("icp_lab.study", "guide.toml")["topics"]
    heard = {word: code for code, topic in topics.items() for word in topic["belongs"]}
    return book.assign(topic=book["belongs"].map(heard).fillna("").astype("str"))


def _read_entry(entry: Any, at: At, lines: dict[At, int]) -> dict[str, Any]:
    said = entry if isinstance(entry, dict) else {"code": entry}
    PAPER.check(said, at, {(*at, "code"): lines[at]} | lines, dict.fromkeys(_KEYS, ()) | {"belongs": BELONGS})
    code, belongs = split_codes(as_text(said.get("code") or "")), said.get("belongs") or ""
    if not code:
        raise PAPER.refuse(lines[at], _("`code` is missing"))
    phrases = said.get("examples") or []
    return {"code": code[0], "name": as_text(said.get("name") or said["code"]), "belongs": belongs,
            "meaning": as_text(said.get("meaning") or ""),
            "examples": tuple(map(as_text, phrases if isinstance(phrases, list) else [phrases]))}


def settle_codes(interviews: Interviews, book: pd.DataFrame, accepted: Answers) -> Interviews:
    """Write the codes of all passages as the codebook does, and add those suggested ones that a person accepted.

    A code may be said by its name or by one of its examples; words that are each a code are that many codes; any
    other is a code of its own.

    Parameters
    ----------
    interviews : Interviews
        The interviews, as `read_interviews` gives them.
    book : DataFrame
        The codebook, as `read_codebook` gives it.
    accepted : dict of tuple of str to str
        Answers to the form `codes`: interview, passage, code -> `yes` or `no`.

    Returns
    -------
    Interviews
        The same heads and passages; of `codes` each once, first those that stood there.

    Examples
    --------
    >>> heads = pd.DataFrame({"interview": ["a"]})
    >>> passages = pd.DataFrame({"interview": ["a"], "passage": [1], "codes": [("too_dear",)]})
    >>> book = pd.DataFrame({"code": ["price", "slow"], "name": ["Price", "Slow"], "examples": [("too dear",), ()]})
    >>> settle_codes(Interviews(heads, passages), book, {("a", "1", "slow"): "yes"}).passages["codes"].tolist()
    [('price', 'slow')]
    """
    rows, known = interviews.passages, _list_spellings(book)
    more = [[code for code in book["code"] if accepted.get((interview, str(passage), code)) == "yes"]
            for interview, passage in zip(rows["interview"], rows["passage"], strict=True)]
    codes = [tuple(dict.fromkeys((*_settle(said, known), *new))) for said, new in zip(rows["codes"], more, strict=True)]
    return replace(interviews, passages=rows.assign(codes=pd.Series(codes, rows.index, dtype="object")))


def read_coders(folder: Path, interviews: Interviews, book: pd.DataFrame) -> pd.DataFrame:
    """Read what others than the writers of the interviews found in them.

    Parameters
    ----------
    folder : Path
        The study's folder; each coder's findings are one file `coders/NAME.csv` or `.xlsx` with the columns interview,
        passage, code. A row without a code says that the coder saw the passage and gave it none.
    interviews : Interviews
        The interviews that they coded.
    book : DataFrame
        The codebook, as `read_codebook` gives it.

    Returns
    -------
    DataFrame
        Columns coder, interview, passage, code, a row a code; code is "" where a passage was given none.

    Raises
    ------
    LabError
        When a file lacks a column, or a row has too many cells or names a passage that is not there; the message names
        the row.

    Examples
    --------
    >>> said = Interviews(pd.DataFrame({"interview": ["a"]}), pd.DataFrame({"interview": ["a"], "passage": [1]}))
    >>> book = pd.DataFrame({"code": ["price"], "name": ["Price"], "examples": [("too dear",)]})
    >>> len(read_coders(Path("nowhere"), said, book))  # nobody else has coded
    0
    """
    there = set(zip(interviews.passages["interview"], interviews.passages["passage"], strict=True))
    known, found = _list_spellings(book), list[dict[str, Any]]()
    for path in find_beside(folder, f"{CODERS}/*.csv", f"{CODERS}/*.xlsx"):
        shown = f"{CODERS}/{path.name}"
        for number, told in read_cells(path, shown, ("interview", "passage", "code")):
            interview, passage = told["interview"].removesuffix(".md"), told["passage"].removesuffix(".0")
            if not (passage.isdecimal() and len(passage) < 10) or (interview, int(passage)) not in there:
                raise utter("study.no_passage", Place(shown, number), interview=interview, passage=passage)
            row = {"coder": path.stem, "interview": interview, "passage": int(passage)}
            found += [{**row, "code": code} for code in _settle(split_codes(told["code"]), known) or [""]]
    frame = pd.DataFrame(found, columns=["coder", "interview", "passage", "code"]).drop_duplicates(ignore_index=True)
    return frame.astype({"coder": "str", "interview": "str", "passage": "int64", "code": "str"})


def _list_spellings(book: pd.DataFrame) -> dict[str, str]:
    known = dict[str, str]()
    for row in reversed(book.to_dict("records")):  # the first code keeps a phrase that several give
        spellings = [each for said in (*row["examples"], row["name"]) for each in split_codes(said)]
        known |= dict.fromkeys(spellings, row["code"])
    return known | {code: code for code in book["code"]}


def _settle(codes: Iterable[str], known: dict[str, str]) -> list[str]:
    settled = list[str]()
    for code in codes:
        words = [code] if code in known else code.split("_")
        settled += [known[word] for word in words] if all(word in known for word in words) else [code]
    return list(dict.fromkeys(settled))
