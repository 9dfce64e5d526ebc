"""What is there, what is usable, what is wrong where: `icp-lab check`."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from icp_lab.errors import LabError, Place
from icp_lab.locale.prose import align
from icp_lab.process.notebook import list_notebooks
from icp_lab.process.values import resolve_parameters
from icp_lab.study.begin import fill_template
from icp_lab.study.study import Study, open_study
from icp_lab.tables import BY_NAME

if TYPE_CHECKING:
    from icp_lab.intake.facts import Facts
    from icp_lab.rule import Hypothesis
    from icp_lab.study.candidates import Candidates


@dataclass(frozen=True)
class CheckReport:
    """Tell what a check found: the facts of each table that could be read, and the problems that stop a report.

    Parameters
    ----------
    study : Study or None
        The study; None where study.yml itself cannot be used.
    facts : tuple of Facts
        What became of the rows of each table that could be read.
    candidates : Candidates or None
        What may be a criterion; None where accounts cannot be read.
    problems : tuple of str
        What stops a report, as sentences.
    hypotheses : tuple of Hypothesis, default ()
        What people declared beforehand.

    Examples
    --------
    >>> CheckReport(None, (), None, ("study.yml: there is none.",)).problems
    ('study.yml: there is none.',)
    """

    study: Study | None
    facts: "tuple[Facts, ...]"
    candidates: "Candidates | None"
    problems: tuple[str, ...]
    hypotheses: "tuple[Hypothesis, ...]" = ()

    @property
    def ok(self) -> bool:
        """Tell whether a report can be made.

        Examples
        --------
        >>> CheckReport(None, (), None, ("study.yml: there is none.",)).ok
        False
        """
        return not self.problems

    def words(self) -> str:
        r"""Say all of it as plain text for a terminal, in the language in force.

        Returns
        -------
        str
            Lines of text.

        Examples
        --------
        >>> CheckReport(None, (), None, ("study.yml: there is none.",)).words()
        'Errors, to be put right first:\n  1. study.yml: there is none.'
        """
        from icp_lab.intake.facts import REASONS  # noqa: PLC0415  (with DuckDB, which has read the tables by now)
        from icp_lab.study.candidates import REFUSALS  # noqa: PLC0415

        rows = [(f.table, f.file, *(f"{n:,}" for n in f.numbers.values())) for f in self.facts]
        said = fill_template("check.txt", **vars(self), rows=rows, align=align, place=Place, declared=BY_NAME,
                             reasons=REASONS, refusals=REFUSALS)
        return re.sub(r"\n{3,}", "\n\n", said).strip()


def check_study(path: str | Path, notebooks: Path | None = None) -> CheckReport:
    """Tell what is there in this study, what is usable, and what is wrong where.

    Parameters
    ----------
    path : str or Path
        The study's folder, or its study.yml.
    notebooks : Path or None, default None
        Folder of the house's notebooks, whose parameters `steps` may set; the package's own unless told.

    Returns
    -------
    CheckReport
        Every table is tried, so that all problems show at once.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     check_study(folder).ok  # no study.yml
    False
    """
    try:
        study = open_study(path)
    except LabError as error:
        return CheckReport(None, (), None, (str(error),))
    facts, problems, candidates = [], [], None
    hypotheses: tuple[Hypothesis, ...] = ()
    try:
        resolve_parameters(list_notebooks(study.folder, notebooks), study.steps, (), study.line)
    except LabError as error:
        problems.append(str(error))
    for name in study.tables:
        try:
            facts.append(study.facts(name))
        except LabError as error:
            problems.append(str(error))
    if any(fact.table == "accounts" for fact in facts):
        try:
            candidates = study.candidates()
            hypotheses = study.hypotheses()
        except LabError as error:
            problems.append(str(error))
    return CheckReport(study, tuple(facts), candidates, tuple(dict.fromkeys(problems)), hypotheses)
