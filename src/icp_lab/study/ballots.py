"""What comes of a review: votes in `review/*.xlsx` and the table `review`, rows of `decisions.csv`, faults by cell."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import pandas as pd

from icp_lab.errors import LabError, utter
from icp_lab.errors.base import Place
from icp_lab.intake.encoding import find_delimiter, find_encoding, read_rows
from icp_lab.intake.layout import name_headers, open_book
from icp_lab.locale import LANGUAGES, _, in_language
from icp_lab.locale.declared import read_declared

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

FOLDER, SCHEMA, ABOUT = "review", "1", "about"
# A sheet of a ballot: the cell of the reviewer's name, the row of the column heads, and the columns, counted from 0.
REVIEWER, HEADS = (4, 1), 5
_NAMES = read_declared("icp_lab.study", "names.toml")
COLUMNS: dict[str, str] = _NAMES["ballot_columns"]
DEPARTMENTS: dict[str, str] = _NAMES["review_departments"]
ITEM, VOTE, COMMENT, PROPOSAL = (list(COLUMNS).index(name) for name in ("item", "vote", "comment", "proposal"))
VOTES = ("round", "department", "reviewer", "item", "vote", "comment", "proposal", "mark")
DECISIONS, DECISION = "decisions.csv", ("date", "item", "decision", "by", "reason")
Cells = list[list[Any]]


def read_ballots(folder: Path, table: pd.DataFrame) -> pd.DataFrame:
    """How did the departments vote, in ballots and in the table `review`?

    Parameters
    ----------
    folder
        The study's folder.
    table
        The table `review`; its votes count as the first round.

    Returns
    -------
    DataFrame
        A row a vote: round, department, reviewer (else the file or row, so that two people are two), item, vote (1 to
        9), comment, proposal, mark (of the line as the ballot had it; empty in the table). Rows without a vote are left
        out.

    Raises
    ------
    LabError
        A ballot was damaged; the message names the sheet and the cell.

    Examples
    --------
    >>> table = pd.DataFrame({"department": ["Sales"], "item": ["avoid.size"], "vote": [8.0], "reviewer": [None],
    ...     "comment": [None], "proposal": [None]})
    >>> read_ballots(Path("nowhere"), table)[["department", "vote", "reviewer"]].values.tolist()
    [['sales', 8, '#1']]
    """
    known = _name_departments()
    told = table.assign(round=1, mark="", number=[f"#{place}" for place in range(1, len(table) + 1)])
    told = told.assign(department=[known.get(str(word).casefold(), str(word)) for word in told["department"]],
                       reviewer=told["reviewer"].fillna(told["number"]))
    paths = [path for path in sorted((folder / FOLDER).glob("*.xlsx")) if path.name[0] not in "~."]  # open in an editor
    rows = [row for path in paths for row in read_ballot(path)]
    votes = pd.concat([told[list(VOTES)], pd.DataFrame(rows, columns=list(VOTES))], ignore_index=True)
    text = [name for name in VOTES if name not in ("round", "vote")]
    votes = votes.dropna(subset=["vote"]).astype({"round": "int64", "vote": "int64"})
    votes[text] = votes[text].fillna("").astype("str")
    keys = ["round", "department", "reviewer", "item"]
    if (twice := votes.duplicated(keys)).any():
        one = votes[twice].iloc[0]
        raise utter("study.voted_twice", Place(FOLDER), **{key: str(one[key]) for key in keys})
    return votes.sort_values(keys, ignore_index=True)


def read_ballot(path: Path) -> list[tuple[Any, ...]]:
    """Read one ballot, a row a line of each sheet in the order of `VOTES`; the vote is None where there is none."""
    shown = f"{FOLDER}/{path.name}"
    with open_book(path, shown) as book:
        about, sheets, items = _read_about(book, shown)
        return [row for name, department in sheets.items()
                for row in _read_sheet(book, _Place(shown, name), about, department, items)]


class _Place:
    """Where in a ballot something is: says cells as a spreadsheet does."""

    def __init__(self, file: str, sheet: str) -> None:
        self.file, self.sheet = file, sheet

    def refuse(self, row: int, column: int, problem: str) -> LabError:
        cell = f"{self.sheet}!{chr(ord('A') + min(column, 25))}{row + 1}"
        return utter("study.bad_ballot", Place(f"{self.file}, {cell}"), problem=problem)


def _read_about(book: "CalamineWorkbook", shown: str) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Read what a ballot says of itself: its round, the department of each sheet, and the mark of each line."""
    if ABOUT not in book.sheet_names:
        problem = _("the hidden sheet `{sheet}` is missing").format(sheet=ABOUT)
        raise utter("study.bad_ballot", Place(shown), problem=problem)
    found: dict[str, dict[str, str]] = {"about": {}, "sheet": {}, "item": {}}
    for kind, key, value, *_rest in _take_cells(book, ABOUT):
        found.setdefault(_write(kind), {})[_write(key)] = _write(value)
    about, sheets, items = (found[kind] for kind in ("about", "sheet", "item"))
    if about.get("schema") != SCHEMA or not about.get("round", "").isdigit():
        raise _Place(shown, ABOUT).refuse(0, 2, _("this is no ballot that can be read"))
    for name in sheets:
        if name not in book.sheet_names:
            problem = _("the sheet `{sheet}` is missing or was renamed").format(sheet=name)
            raise utter("study.bad_ballot", Place(shown), problem=problem)
    for name in book.sheet_names:
        if name not in {*sheets, ABOUT}:
            raise _Place(shown, name).refuse(0, 0, _("this sheet does not belong to the ballot"))
    return about, sheets, items


def _read_sheet(book: "CalamineWorkbook", at: _Place, about: dict[str, str], department: str,
                items: dict[str, str]) -> Iterator[tuple[Any, ...]]:
    for (row, column), _end in book.get_sheet_by_name(at.sheet).merged_cell_ranges or ():
        raise at.refuse(row, column, _("cells were merged here"))
    cells = _take_cells(book, at.sheet)
    _check_heads(cells, at)
    reviewer = _write(_get(cells, *REVIEWER)) or at.file.rpartition("/")[2]
    for row, item in enumerate(items, start=HEADS + 1):
        if (said := _write(_get(cells, row, ITEM))) != item:
            raise at.refuse(row, ITEM, _("here stands `{found}`, and should stand `{item}`").format(
                found=said, item=item))
        vote = _read_vote(_get(cells, row, VOTE), at, row)
        comment, proposal = (_write(_get(cells, row, column)) for column in (COMMENT, PROPOSAL))
        yield int(about["round"]), department, reviewer, item, vote, comment, proposal, items[item]
    for row in range(HEADS + 1 + len(items), len(cells)):
        for column, cell in enumerate(cells[row]):
            if _write(cell):
                raise at.refuse(row, column, _("a row was added here"))


def _check_heads(cells: Cells, at: _Place) -> None:
    for column, (name, head) in enumerate(COLUMNS.items()):
        if (said := _write(_get(cells, HEADS, column))) not in (name, *_say_everywhere(head)):
            problem = _("here stands `{found}`, and should stand `{item}`").format(found=said, item=_(head))
            raise at.refuse(HEADS, column, problem)


def _read_vote(cell: Any, at: _Place, row: int) -> int | None:
    said = normalize("NFKC", _write(cell))
    if said and said not in tuple("123456789"):
        problem = _("`{value}` is no vote").format(value=said)
        raise at.refuse(row, VOTE, problem)
    return int(said) if said else None


def _take_cells(book: "CalamineWorkbook", sheet: str) -> Cells:
    """Take the cells of a sheet from its first row and column on."""
    return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def _get(cells: Cells, row: int, column: int) -> Any:
    return cells[row][column] if row < len(cells) and column < len(cells[row]) else ""


def _write(cell: Any) -> str:
    return str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip()


def _name_departments() -> dict[str, str]:
    return {spelling.casefold(): code for code, word in DEPARTMENTS.items()
            for spelling in (code, *_say_everywhere(word))}


def _say_everywhere(word: str) -> list[str]:
    """Give a word in every language."""
    said = []
    for language in LANGUAGES:
        with in_language(language):
            said.append(_(word))
    return said


def read_decided(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Which rows of decisions.csv hold a decision? Their numbers and their cells; none where there is no such file.

    Raises
    ------
    LabError
        A column is missing, or a row has more cells than the header.
    """
    if not path.is_file():
        return []
    encoding, found = find_encoding(path, DECISIONS), []
    rows = list(read_rows(path, encoding, find_delimiter(path, encoding, DECISIONS), DECISIONS)) or [[]]
    names = [name.casefold() for name in name_headers(rows[0])]
    for name in DECISION[:4]:
        if name not in names:
            raise refuse_decision(None, name, _("the column `{name}` is missing").format(name=name))
    for number, cells in enumerate(filter(any, rows[1:]), start=1):
        if len(cells) > len(names):
            problem = _("it has more cells than the header: a rule with commas stands between quotes")
            raise refuse_decision(number, "", problem)
        row = dict.fromkeys(names, "") | dict(zip(names, map(str.strip, cells), strict=False))
        found += [(number, row)] if row["decision"] else []
    return found


def refuse_decision(row: int | None, column: str, problem: str, remedy: str = "") -> LabError:
    """Refuse what stands in a cell of decisions.csv."""
    return utter("study.bad_decision", Place(DECISIONS, row, column), problem=problem, remedy=remedy)


def is_answered(path: Path) -> bool:
    """Did anybody write into this ballot, or this decisions.csv?"""
    return bool(read_decided(path)) if path.name == DECISIONS else any(any(row[4:7]) for row in read_ballot(path))
