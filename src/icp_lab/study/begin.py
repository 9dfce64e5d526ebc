"""New studies, and what people fill in: `icp-lab init` and `icp-lab collect`. The one part that writes into a study."""

import json
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path

from icp_lab.errors import refusals, utter
from icp_lab.intake.spec import UNITS
from icp_lab.locale import _, in_language
from icp_lab.locale.declared import read_declared
from icp_lab.study.config import OUTCOMES
from icp_lab.study.corrections import FOLDER as CORRECTIONS
from icp_lab.study.corrections import FORMS, Answers, Form, add_corrections, read_answers, read_cells, read_corrections
from icp_lab.study.study import Study
from icp_lab.tables import BESIDE, BY_NAME, TABLES


@dataclass(frozen=True)
class Filled:
    """Hold what people filled in of what a report asks, and what is still to be filled.

    Parameters
    ----------
    files : tuple of tuple of 2 Path
        Files in which something stands, each with its place in the study.
    answers : tuple of tuple
        Forms with the answers that came back in them.
    unfilled : tuple of Path
        Files in which nobody has written yet.

    Examples
    --------
    >>> Filled((), (), (Path("to_fill/churn.csv"),)).unfilled[0].name
    'churn.csv'
    """

    files: tuple[tuple[Path, Path], ...]
    answers: tuple[tuple[Form, Answers], ...]
    unfilled: tuple[Path, ...]

    def count_new(self, study: Study) -> int:
        """Count the files and forms that tell a study something new.

        Parameters
        ----------
        study : Study
            The study.

        Returns
        -------
        int
            Files that it does not have, and forms with an answer that it does not have.

        Raises
        ------
        LabError
            When the study has other content at a file's place.

        Examples
        --------
        >>> from icp_lab.study.study import open_study
        >>> study = open_study("data/demo")
        >>> Filled(((study.path, study.path), (study.path, Path("nowhere.yml"))), (), ()).count_new(study)
        1
        """
        known = ((answers, read_corrections(study.folder, form)) for form, answers in self.answers)
        return len(find_new(self.files)) + sum(any(key not in held for key in answers) for answers, held in known)


@dataclass(frozen=True)
class Collected:
    """Tell what was copied into the study, and what is still to be filled.

    Parameters
    ----------
    copied : tuple of Path
        Files of the study that are new.
    unfilled : tuple of Path
        Files in which nobody has written yet.
    unnamed : tuple of str
        Tables that are there now and that study.yml does not name yet.

    Examples
    --------
    >>> Collected((), (Path("to_fill/churn.csv"),), ()).unfilled[0].name
    'churn.csv'
    """

    copied: tuple[Path, ...]
    unfilled: tuple[Path, ...]
    unnamed: tuple[str, ...]


def init_study(folder: str | Path, language: str, as_of: date | None = None) -> Path:
    """Begin a study: a study.yml that explains itself, hypotheses, and a template a table.

    Parameters
    ----------
    folder : str or Path
        Folder to make; it may be there, but not hold a study.yml.
    language : str
        Language of the comments, the templates' explanations and the study's reports: `en` or `ja`.
    as_of : date or None, default None
        Day of the study, today when left out.

    Returns
    -------
    Path
        The new study.yml.

    Raises
    ------
    LabError
        A study.yml is there already.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     made = init_study(Path(folder, "mine"), "en", date(2026, 3, 31))
    ...     made.name, sorted(path.name for path in made.parent.iterdir())
    ('study.yml', ['hypotheses.yml', 'study.yml', 'templates'])
    """
    place = Path(folder)
    file = place / refusals.YML
    if file.exists() or (place.exists() and not place.is_dir()):
        raise utter("study.folder_taken", path=file if file.exists() else place)
    words = {"name": place.resolve().name, "as_of": as_of or date.today(), "outcomes": OUTCOMES, "tables": TABLES}
    with in_language(language):
        write_templates(place / "templates", BY_NAME)
        _write_new(place, {name: fill_template(name, language=language, units=UNITS, **words)
                           for name in (refusals.YML, refusals.HYPOTHESES)})
    return file


def write_templates(folder: Path, tables: Iterable[str]) -> tuple[Path, ...]:
    """Write an empty CSV for each table, and README.md with the meaning of every column, in the language in force.

    Parameters
    ----------
    folder : Path
        Where to; it is made where it is not there.
    tables : Iterable of str
        Names of input tables.

    Returns
    -------
    tuple of Path
        The files written; those that are there already are left as they are.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     [path.name for path in write_templates(Path(folder), ["churn"])]
    ['churn.csv', 'README.md']
    """
    wanted, kinds = [BY_NAME[name] for name in tables], read_declared("icp_lab.study", "names.toml")["kinds"]
    # The mark at the beginning makes Excel read the file as UTF-8.
    heads = {table.name: ",".join(column.name for column in table.asked) for table in wanted}
    texts = {f"{table}.csv": f"\ufeff{head}\r\n" for table, head in heads.items()}
    texts["README.md"] = fill_template("README.md", tables=wanted, kinds=kinds)
    return _write_new(folder, texts)


def _write_new(folder: Path, texts: Mapping[str, str]) -> tuple[Path, ...]:
    """Write the files that are not there yet, and name them."""
    folder.mkdir(parents=True, exist_ok=True)
    new = {path: text for name, text in texts.items() if not (path := folder / name).exists()}
    for path, text in new.items():
        path.write_text(text, encoding="utf-8", newline="")
    return tuple(new)


def collect(to_fill: str | Path, study: Study) -> Collected:
    """Copy what people filled in and the study does not have yet to its place there, never over a file.

    Parameters
    ----------
    to_fill : str or Path
        The folder `to_fill` of a report; a file's place in it is its place in the study.
    study : Study
        The study.

    Returns
    -------
    Collected
        A CSV without a row below its header, and a guide without an answer below its questions, count as not filled.
        What is for people to keep (a README, letters, agendas) stays where it is. Of a form in `corrections` the new
        answers are taken, into a CSV of their own.

    Raises
    ------
    LabError
        There is nothing at `to_fill`, or the study has other content at a file's place; then nothing is copied.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from icp_lab.study.study import open_study
    >>> with TemporaryDirectory() as folder:
    ...     _ = write_templates(Path(folder), ["churn"])  # nobody has written into it
    ...     [path.name for path in collect(folder, open_study("data/demo")).unfilled]
    ['churn.csv']
    """
    found = find_filled(to_fill, study)
    new = find_new(found.files)
    added = [add_corrections(study.folder, form, answers) for form, answers in found.answers]
    copy_files(new)
    unnamed = [target.stem for _path, target in new
               if target.parent == study.folder and target.stem in BY_NAME and not study.has(target.stem)]
    return Collected((*filter(None, added), *(target for _path, target in new)), found.unfilled, tuple(unnamed))


def find_filled(to_fill: str | Path, study: Study) -> Filled:
    r"""Find what people filled in, of what a report asks; nothing is written.

    Parameters
    ----------
    to_fill : str or Path
        The folder `to_fill` of a report; a file's place in it is its place in the study.
    study : Study
        The study.

    Returns
    -------
    Filled
        What `collect` would take; a README and what is for people to keep is in none of its parts.

    Raises
    ------
    LabError
        When there is nothing at `to_fill`, or a form holds an answer that cannot be one.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from icp_lab.study.study import open_study
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "churn.csv").write_text("account_id,date\nA0001,2026-01-31\n")
    ...     _ = Path(folder, "costs.csv").write_text("month,channel,cost\n")
    ...     found = find_filled(folder, open_study("data/demo"))
    >>> [path.name for path, _place in found.files], [path.name for path in found.unfilled]
    (['churn.csv'], ['costs.csv'])
    """
    from icp_lab.study.interviews import FOLDER as INTERVIEWS  # noqa: PLC0415  (pandas, only where answers come back)
    from icp_lab.study.interviews import read_interviews  # noqa: PLC0415

    source = Path(to_fill)
    if not source.is_dir():
        raise utter("study.nothing_to_collect", path=source)
    files, unfilled, answered = [], [], []
    answered_guides = set(read_interviews(source).passages["interview"])
    for path in sorted(path for path in source.rglob("*") if path.is_file() and _is_for_study(path, source)):
        form = FORMS.get(path.stem) if path.parent == source / CORRECTIONS else None
        answers = read_answers(path, form) if form else {}
        is_guide = path.parent == source / INTERVIEWS
        if not (answers if form else path.stem in answered_guides if is_guide else _is_filled(path)):
            unfilled.append(path)
        elif form:
            answered.append((form, answers))
        else:
            files.append((path, study.folder / path.relative_to(source)))
    return Filled(tuple(files), tuple(answered), tuple(unfilled))


def _is_for_study(path: Path, source: Path) -> bool:
    """Tell what goes into the study from what people keep: of folders what `BESIDE` names, and corrections."""
    kinds = (f"{CORRECTIONS}/*", *chain.from_iterable(BESIDE.values()))
    place = path.relative_to(source)
    if path.name == "README.md" or path.name[0] in ".~":  # half written, or held open by an editor
        return False
    return path.parent == source or any(map(place.match, kinds))


def find_new(files: Sequence[tuple[Path, Path]]) -> list[tuple[Path, Path]]:
    """Find of files and their places those that are not there yet.

    Parameters
    ----------
    files : sequence of tuple of 2 Path
        Files, each with its place.

    Returns
    -------
    list of tuple of 2 Path
        Those whose place is free; where the same content stands there already, a file is left out.

    Raises
    ------
    LabError
        When other content stands at a place: nothing is ever written over.

    Examples
    --------
    >>> find_new([(Path("data/demo/churn.csv"), Path("data/demo/churn.csv"))])
    []
    """
    for path, target in files:
        if target.exists() and target.read_bytes() != path.read_bytes():
            raise utter("study.already_there", path=target)
    return [(path, target) for path, target in files if not target.exists()]


def copy_files(files: Iterable[tuple[Path, Path]]) -> None:
    """Copy files to their places, each whole or not at all.

    Parameters
    ----------
    files : Iterable of tuple of 2 Path
        Files, each with its place; folders are made where they are not there, and what stands at a place is replaced.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     copy_files([(Path("data/demo/hypotheses.yml"), Path(folder, "mine/hypotheses.yml"))])
    ...     [path.name for path in Path(folder, "mine").iterdir()]
    ['hypotheses.yml']
    """
    for path, target in files:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, draft := target.with_name(f".{target.name}.part"))
        draft.replace(target)


_ANSWERS = {"feedback": ("agrees",), "pilot": ("reached", "treated", "lead")}


def _is_filled(path: Path) -> bool:
    if path.name == "decisions.csv" or (path.parent.name == "review" and path.suffix == ".xlsx"):
        from icp_lab.study.ballots import is_answered  # noqa: PLC0415  (pandas)

        return is_answered(path)
    if answers := _ANSWERS.get(path.stem.partition("_")[0]):  # lists what is asked, with empty cells for the answers
        return any(row.get(answer) for _number, row in read_cells(path, path.name) for answer in answers)
    lines = path.read_bytes().splitlines()
    return sum(bool(line.strip(b" ,;\t\r\n")) for line in lines) > (1 if path.suffix.lower() == ".csv" else 0)


def fill_template(template: str, **words: object) -> str:
    """Fill in one of the templates beside this file, in the language in force.

    Parameters
    ----------
    template : str
        Its name without `.j2`, such as `check.txt`.
    **words : object
        What the template names; `_` and `quote`, which writes YAML on one line, are given to each.

    Returns
    -------
    str
        The text.

    Examples
    --------
    >>> fill_template("README.md", tables=[], kinds={}).splitlines()[0]
    '# Templates'
    """
    from jinja2 import Environment, PackageLoader  # noqa: PLC0415  (only where a study begins)

    loader = PackageLoader("icp_lab.study", "templates")
    kept = Environment(loader=loader, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    return kept.get_template(f"{template}.j2").render(_=_, quote=_quote, **words)


def _quote(said: object) -> str:
    """Write a text, or a list of texts, as YAML takes it, on one line."""
    text = json.dumps(said, ensure_ascii=False)
    return re.sub("[\x7f-\x9f\ufeff\ufffe\uffff]", lambda sign: f"\\u{ord(sign[0]):04x}", text)
