"""What comes of a review: votes in `review/*.xlsx` and the table `review`, rows of `decisions.csv`, faults by cell."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import pandas as pd

from icp_lab.errors import LabError, Place, utter
from icp_lab.intake.layout import open_book, write_cell
from icp_lab.locale import LANGUAGES, _, in_language
from icp_lab.locale.declared import read_declared
from icp_lab.study.corrections import read_cells
from icp_lab.study.yml import find_beside

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


def read_ballots(folder: Path, table: pd.DataFrame) -> pd.DataFrame:
    """Read how the departments voted, in ballots and in the table `review`.

    Parameters
    ----------
    folder : Path
        The study's folder.
    table : DataFrame
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
        When a ballot was damaged; the message names the sheet and the cell. When somebody voted twice on an item in a
        round.

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
    paths = [path for path in find_beside(folder, f"{FOLDER}/*.xlsx") if path.name[0] not in "~."]  # open in an editor
    rows = [row for path in paths for row in read_ballot(path)]
    votes = pd.concat([told[list(VOTES)], pd.DataFrame(rows, columns=list(VOTES))], ignore_index=True)
    text = [name for name in VOTES if name not in ("round", "vote")]
    votes = votes.dropna(subset=["vote"]).astype({"round": "int64", "vote": "int64"})
    votes[text] = votes[text].fillna("").astype("str")
    keys = ["round", "department", "reviewer", "item"]
    if (twice := votes.duplicated(keys)).any():
        one = votes[twice].iloc[0]
        raise utter("study.voted_twice", Place(FOLDER), round=one["round"], department=one["department"],
                    item=one["item"])
    return votes.sort_values(keys, ignore_index=True)


def read_ballot(path: Path) -> list[tuple[Any, ...]]:
    """Read one ballot, a row a line of each sheet.

    Parameters
    ----------
    path : Path
        The workbook; its folder counts as `review`.

    Returns
    -------
    list of tuple
        The values of `VOTES` in their order: the vote is None where there is none, the reviewer the file's name where
        nobody wrote one.

    Raises
    ------
    LabError
        When it is no ballot, or cells, rows or sheets are not as they were handed out; the message names the cell.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "sales.xlsx").write_text("no workbook")
    ...     read_ballot(Path(folder, "sales.xlsx"))
    Traceback (most recent call last):
    icp_lab.errors.base.LabError: review/sales.xlsx...
    """
    shown = f"{FOLDER}/{path.name}"
    with open_book(path, shown) as book:
        about = _read_about(book, shown)
        return [row for sheet in about["sheet"] for row in _read_sheet(book, shown, sheet, about)]


def _read_about(book: "CalamineWorkbook", shown: str) -> dict[str, dict[str, str]]:
    """Read what a ballot says of itself: round, the department of each sheet, the column heads, each line's mark."""
    names, found = book.sheet_names, dict[str, dict[str, str]]()
    cells = _read_cells(book, ABOUT) if ABOUT in names else {}
    for row in dict.fromkeys(row for row, _column in cells):
        kind, key, value = (cells.get((row, column), "") for column in range(3))
        found.setdefault(kind, {})[key] = value
    said = found.get("about", {})
    if cells and (said.get("schema") != SCHEMA or not (said.get("round", "").isdecimal() and len(said["round"]) < 9)
                  or not {"sheet", "head", "item"} <= set(found)):
        raise _refuse(shown, ABOUT, (0, 2), _("this is no ballot that can be read"))
    for name in (ABOUT, *found.get("sheet", ())):
        if name not in names:
            problem = _("the sheet `{sheet}` is missing or was renamed").format(sheet=name)
            raise utter("study.bad_ballot", Place(shown), problem=problem)
    for name in names:
        if name not in {*found["sheet"], ABOUT}:
            raise _refuse(shown, name, (0, 0), _("this sheet does not belong to the ballot"))
    return found


def _read_sheet(book: "CalamineWorkbook", shown: str, sheet: str, about: dict[str, dict[str, str]],
                ) -> Iterator[tuple[Any, ...]]:
    for spot, _end in book.get_sheet_by_name(sheet).merged_cell_ranges or ():
        raise _refuse(shown, sheet, spot, _("cells were merged here"))
    cells, items = _read_cells(book, sheet), about["item"]
    due = {(HEADS, column): head for column, head in enumerate(about["head"].values())}
    for spot, words in (due | {(row, ITEM): item for row, item in enumerate(items, start=HEADS + 1)}).items():
        if (found := cells.get(spot, "")) != words:
            problem = _("here stands `{found}`, and should stand `{item}`").format(found=found, item=words)
            raise _refuse(shown, sheet, spot, problem)
    for spot in cells:
        if spot[0] > HEADS + len(items):
            raise _refuse(shown, sheet, spot, _("a row was added here"))
    reviewer = cells.get(REVIEWER) or shown.rpartition("/")[2]
    for row, (item, mark) in enumerate(items.items(), start=HEADS + 1):
        vote, comment, proposal = (cells.get((row, column), "") for column in (VOTE, COMMENT, PROPOSAL))
        if (vote := normalize("NFKC", vote)) not in ("", *"123456789"):
            raise _refuse(shown, sheet, (row, VOTE), _("`{value}` is no vote").format(value=vote))
        said = (item, int(vote) if vote else None, comment, proposal, mark)
        yield int(about["about"]["round"]), about["sheet"][sheet], reviewer, *said


def _read_cells(book: "CalamineWorkbook", sheet: str) -> dict[tuple[int, int], str]:
    """Read the cells in which something stands, as text, by row and column from 0."""
    rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return {(row, column): text for row, cells in enumerate(rows) for column, cell in enumerate(cells)
            if (text := write_cell(cell).strip())}


def _refuse(shown: str, sheet: str, spot: tuple[int, int], problem: str) -> LabError:
    cell = f"{chr(ord('A') + min(spot[1], 25))}{spot[0] + 1}"
    return utter("study.bad_ballot", Place(f"{shown}, {sheet}!{cell}"), problem=problem)


def _name_departments() -> dict[str, str]:
    known = {code: code for code in DEPARTMENTS}
    for language in LANGUAGES:
        with in_language(language):
            known |= {_(word).casefold(): code for code, word in DEPARTMENTS.items()}
    return known


def read_decided(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Read which rows of decisions.csv hold a decision.

    Parameters
    ----------
    path : Path
        Where decisions.csv is.

    Returns
    -------
    list of tuple
        Number of each row, from 1 below the header, and its cells as text by column; none where there is no such file.

    Raises
    ------
    LabError
        When a column is missing, or a row has more cells than the header.

    Examples
    --------
    >>> read_decided(Path("data/demo/decisions.csv"))  # nothing is decided yet
    []
    """
    if not find_beside(path.parent, path.name):
        return []
    return [(number, row) for number, row in read_cells(path, DECISIONS, DECISION[:4]) if row["decision"]]


def refuse_decision(row: int, column: str, problem: str, remedy: str = "") -> LabError:
    """Make the refusal of what stands in a cell of decisions.csv.

    Parameters
    ----------
    row : int
        Number of the row, from 1 below the header.
    column : str
        Its column.
    problem : str
        What is wrong, as the middle of a sentence.
    remedy : str, default ''
        What else to do about it, as a sentence.

    Returns
    -------
    LabError
        To be raised by the caller.

    Examples
    --------
    >>> str(refuse_decision(3, "decision", "`kep` is no decision"))
    'decisions.csv, row 3, column decision: This decision cannot be read: `kep` is no decision...'
    """
    return utter("study.bad_decision", Place(DECISIONS, row, column), problem=problem, remedy=remedy)


def is_answered(path: Path) -> bool:
    """Tell whether anybody wrote into this ballot, or this decisions.csv.

    Parameters
    ----------
    path : Path
        The file, told apart by its name.

    Returns
    -------
    bool
        True where there is a vote, comment or proposal, or a decision.

    Raises
    ------
    LabError
        When the file cannot be read, as `read_ballot` and `read_decided` say.

    Examples
    --------
    >>> is_answered(Path("nowhere/decisions.csv"))
    False
    """
    return bool(read_decided(path)) if path.name == DECISIONS else any(any(row[4:7]) for row in read_ballot(path))
