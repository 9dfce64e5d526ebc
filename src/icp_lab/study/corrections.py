"""What people put right: forms go out in `to_fill/corrections/`, answers come back to `corrections/` and stick."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import StringIO
from itertools import chain, count
from pathlib import Path
from tempfile import TemporaryDirectory

from icp_lab.artifacts.manifest import write_text
from icp_lab.errors import Place, refusals, utter
from icp_lab.locale import LANGUAGES, _, in_language
from icp_lab.locale.declared import read_declared
from icp_lab.study.yml import find_beside

FOLDER = "corrections"
Key = tuple[str, ...]
Answers = dict[Key, str]


@dataclass(frozen=True, eq=False)
class Form:
    """Declare a question that is put to people, a row each.

    Parameters
    ----------
    name : str
        Name of its files.
    columns : dict of str to str
        Head of each column; the last one takes the answer.
    keys : tuple of str
        Columns that tell the rows apart.
    words : dict of str to tuple of str
        Answers that may be given, each with what else people write for it; none where any text may be.
    several : bool, default False
        Whether people may hold different things, each in a file of their own: `reasons_anna.xlsx`.

    Examples
    --------
    >>> SAME_COMPANY.keys, list(SAME_COMPANY.words)
    (('account_id', 'other_id'), ['yes', 'no'])
    """

    name: str
    columns: dict[str, str]
    keys: tuple[str, ...]
    words: dict[str, tuple[str, ...]]
    several: bool = False

    @property
    def answer(self) -> str:
        """Name the column that people fill in.

        Returns
        -------
        str
            The last of the columns.

        Examples
        --------
        >>> SAME_COMPANY.answer
        'same'
        """
        return list(self.columns)[-1]


FORMS = {name: Form(name, **declared) for name, declared in read_declared("icp_lab.study", "forms.toml").items()}
SAME_COMPANY, FOLDINGS, CODES, REASONS = FORMS.values()


def read_corrections(folder: Path, form: Form) -> Answers:
    """Read what people answered so far, in all files `corrections/NAME*.csv` and `.xlsx` of a study.

    Parameters
    ----------
    folder : Path
        The study's folder.
    form : Form
        What was asked.

    Returns
    -------
    dict of tuple of str to str
        The answer by key; of a form with several answers to a question the one that was read first.

    Raises
    ------
    LabError
        When a file lacks a column, an answer is none that may be given, or a question of another form has two answers.

    Examples
    --------
    >>> read_corrections(Path("data/demo"), SAME_COMPANY)  # nobody has answered yet
    {}
    """
    found: Answers = {}
    for path, answers in _read_files(folder, form):
        _take_in(found, {} if form.several else answers, f"{FOLDER}/{path.name}")
        found = answers | found
    return found


def list_corrections(folder: Path, form: Form) -> list[dict[str, str]]:
    """List what each person answered, with whose file it stood in.

    Who it was stands in the file's name, after the form's; what was collected without a name is one person's.

    Parameters
    ----------
    folder : Path
        The study's folder.
    form : Form
        What was asked.

    Returns
    -------
    list of dict of str to str
        An answer each: coder ("" without a name), the form's keys, the answer.

    Raises
    ------
    LabError
        When a file lacks a column, or an answer is none that may be given.

    Examples
    --------
    >>> list_corrections(Path("data/demo"), REASONS)  # nobody has answered yet
    []
    """
    return [{"coder": path.stem.removeprefix(form.name).strip("_0123456789"),
             **dict(zip((*form.keys, form.answer), (*key, answer), strict=True))}
            for path, answers in _read_files(folder, form) for key, answer in answers.items()]


def _read_files(folder: Path, form: Form) -> list[tuple[Path, Answers]]:
    patterns = (f"{FOLDER}/{form.name}*{suffix}" for suffix in (".csv", ".xlsx"))
    return [(path, read_answers(path, form)) for path in find_beside(folder, *patterns)]


def read_cells(path: Path, shown: str, wanted: Iterable[str] = (), heads: Mapping[str, str] | None = None,
               ) -> list[tuple[int, dict[str, str]]]:
    r"""Read a table that people filled in: the number of each row, and its cells as text.

    Parameters
    ----------
    path : Path
        The file, CSV or XLSX.
    shown : str
        What it is called in messages.
    wanted : Iterable of str, default ()
        Columns that must be there.
    heads : dict of str to str or None, default None
        What columns may be called, in small letters, and their names; any other goes by its head in small letters.

    Returns
    -------
    list of tuple
        Number of the row, from 1 below the header, and its cells by column, without blanks around them; "" where empty.

    Raises
    ------
    LabError
        When the file cannot be read, lacks a column, or has a row with more cells than the header.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "own.csv").write_text("ID, Said \nA1, yes \nA2,\n")
    ...     read_cells(Path(folder, "own.csv"), "own.csv", ["said"])
    [(1, {'id': 'A1', 'said': 'yes'}), (2, {'id': 'A2', 'said': ''})]
    """
    import duckdb  # noqa: PLC0415  (most studies have no corrections)

    from icp_lab.intake.conversion import add_macros  # noqa: PLC0415
    from icp_lab.intake.files import read_files  # noqa: PLC0415
    from icp_lab.intake.spec import Spec  # noqa: PLC0415

    with TemporaryDirectory() as folder, duckdb.connect() as con:
        add_macros(con)
        raw = read_files(con, Spec("filled", (path,), (shown,)), Path(folder))
        rows = con.execute(f"SELECT * EXCLUDE (file) FROM {raw.name} ORDER BY row").fetchall()
    for _file, number, cells in raw.overlong[:1]:
        raise utter("study.more_cells", Place(shown, number), cells=cells)
    columns = [(heads or {}).get(header.casefold(), header.casefold()) for header in raw.headers]
    for column in wanted:
        if column not in columns:
            raise utter("study.no_head", Place(shown), column=column, names=refusals.list_words(raw.headers),
                        nearest=refusals.nearest(column, raw.headers))
    return [(number, {column: (cell or "").strip() for column, cell in zip(columns, cells, strict=True)})
            for number, *cells in rows]


def read_answers(path: Path, form: Form) -> Answers:
    r"""Read what is answered in one file; heads and words may be in any language of the lab.

    Parameters
    ----------
    path : Path
        The file, CSV or XLSX.
    form : Form
        What was asked.

    Returns
    -------
    dict of tuple of str to str
        The answer by key, as the form has the word; rows without an answer are left out.

    Raises
    ------
    LabError
        When a column is missing, an answer is none that may be given, or a question has two answers.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "same_company.csv").write_text("account_id,other_id,same\nA1,A2,Y\nA1,A3,\n")
    ...     read_answers(Path(folder, "same_company.csv"), SAME_COMPANY)
    {('A1', 'A2'): 'yes'}
    """
    heads, words, found, shown = dict[str, str](), dict[str, str](), Answers(), f"{path.parent.name}/{path.name}"
    for language in LANGUAGES:
        with in_language(language):
            heads |= {_(head).casefold(): column for column, head in form.columns.items()}
            words |= {spelling: word for word, more in form.words.items() for spelling in (word, _(word), *more)}
    for number, told in read_cells(path, shown, (*form.keys, form.answer), heads):
        if (said := told[form.answer]) and words and said.casefold() not in words:
            place = Place(shown, number, form.answer)
            raise utter("study.bad_answer", place, value=said, words=tuple(map(_, form.words)))
        if said:
            key = tuple(told[column] for column in form.keys)
            _take_in(found, {key: words.get(said.casefold(), said)}, shown)
    return found


def add_corrections(folder: Path, form: Form, answers: Mapping[Key, str]) -> Path | None:
    """Put answers that are new into a further file of the study's.

    Parameters
    ----------
    folder : Path
        The study's folder.
    form : Form
        What was asked.
    answers : dict of tuple of str to str
        The answers by key, those that the study has already among them or not.

    Returns
    -------
    Path or None
        The file that was written; None where nothing is new.

    Raises
    ------
    LabError
        When the study holds another answer to one of the questions.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     add_corrections(Path(folder), SAME_COMPANY, {("A1", "A2"): "yes"}).name
    'same_company.csv'
    """
    known = read_corrections(folder, form)
    new = {key: answer for key, answer in answers.items() if key not in known}
    _take_in(known, answers, FOLDER)
    if not new:
        return None
    names = (f"{form.name}{number}.csv" for number in chain([""], map("_{}".format, count(2))))
    path = next(path for path in map((folder / FOLDER).joinpath, names) if not path.exists())
    rows, text = [(*form.keys, form.answer), *((*key, answer) for key, answer in new.items())], StringIO()
    csv.writer(text).writerows(rows)
    write_text(path, f"\ufeff{text.getvalue()}")  # the mark makes Excel read it as UTF-8
    return path


def _take_in(found: Answers, more: Mapping[Key, str], shown: str) -> None:
    for key, answer in more.items():
        if found.setdefault(key, answer) != answer:
            raise utter("study.answered_twice", Place(shown), key=key, one=found[key], other=answer)
