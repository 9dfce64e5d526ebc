"""The people whom a study knows by name, from whatever table or file names them."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from icp_lab.errors import LabError
from icp_lab.study.ballots import DECISIONS, read_decided
from icp_lab.study.interviews import read_interviews
from icp_lab.tables import TABLES

if TYPE_CHECKING:
    from icp_lab.study.study import Study


def list_people(study: "Study") -> frozenset[str]:
    r"""List whom a study knows by name.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    frozenset of str
        Contacts, owners, authors, interviewers, voters, and who decided or declared something; companies too where they
        go by pseudonyms. A file that cannot be read names nobody: whoever needs it says what is wrong with it.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from icp_lab.study import open_study
    >>> study = replace(open_study("data/demo"), specs={})  # without tables
    >>> with TemporaryDirectory() as folder:
    ...     Path(folder, "interviews").mkdir()
    ...     _ = Path(folder, "interviews/a.md").write_text("---\ninterviewer: Ann Lee\n---\nToo dear.\n")
    ...     list_people(replace(study, path=Path(folder, "study.yml")))
    frozenset({'Ann Lee'})
    """
    sources: list[Callable[[], Iterable[str]]] = [
        partial(_read_column, study, table.name, column.name)
        for table in TABLES if study.has(table.name) for column in table.columns if column.role == "person"]
    if study.privacy.get("companies") == "pseudonyms":
        sources += [partial(_read_column, study, *where) for where in (("accounts", "name"), ("leads", "company"))]
    sources += [lambda: read_interviews(study.folder).heads["interviewer"], lambda: study.ballots()["reviewer"],
                lambda: [row["by"] for _number, row in read_decided(study.folder / DECISIONS)],
                lambda: [hypothesis.by for hypothesis in study.hypotheses()]]
    found = set[str]()
    for read in sources:
        with suppress(LabError):
            found |= {name for name in read() if "@" not in name and not name.endswith(".xlsx")}
    return frozenset(found)


def _read_column(study: "Study", table: str, column: str) -> Iterable[str]:
    return study.table(table)[column].dropna().unique().tolist()
