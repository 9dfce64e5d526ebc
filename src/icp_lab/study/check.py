"""What is there, what is usable, what is wrong where: `icp-lab check`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from icp_lab.errors import LabError, Place
from icp_lab.locale import _
from icp_lab.process.settings import list_notebooks, resolve_parameters
from icp_lab.study.study import Study, open_study
from icp_lab.tables import TABLES

if TYPE_CHECKING:
    from icp_lab.intake.facts import Facts
    from icp_lab.rule import Hypothesis
    from icp_lab.study.candidates import Candidates


@dataclass(frozen=True)
class CheckReport:
    """What a check found: the facts of each table that could be read, and the problems that stop a report.

    `study` is None where study.yml itself cannot be used, `candidates` where accounts cannot.
    """

    study: Study | None
    facts: "tuple[Facts, ...]"
    candidates: "Candidates | None"
    problems: tuple[str, ...]
    hypotheses: "tuple[Hypothesis, ...]" = ()

    @property
    def ok(self) -> bool:
        """Tell whether a report can be made."""
        return not self.problems

    def words(self) -> str:
        """Say all of it as plain text for a terminal, in the language in force."""
        parts = [] if self.study is None else [
            _say_study(self.study), _say_tables(self.facts), _say_losses(self.facts), _say_rest(self.facts),
            _say_decisions(self.facts), _say_candidates(self.candidates), _say_hypotheses(self.hypotheses),
            _say_absent(self.study)]
        return "\n\n".join(filter(None, [*parts, _say_problems(self.problems)]))


def check_study(path: str | Path, notebooks: Path | None = None) -> CheckReport:
    """What is there in this study, what is usable, and what is wrong where?

    Parameters
    ----------
    path
        The study's folder, or its study.yml.
    notebooks
        Folder of the house's notebooks, whose parameters `steps` may set; the package's own unless told.

    Returns
    -------
    CheckReport
        Every table is tried, so that all problems show at once.
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


def _say_study(study: Study) -> str:
    return _("{name}: as of {day}, money in {currency}, outcome {outcome}").format(
        name=study.name, day=study.as_of, currency=study.currency, outcome=study.outcome or _("chosen by the lab"))


def _say_tables(facts: "Sequence[Facts]") -> str:
    if not facts:
        return ""
    heads = (_("table"), _("file"), _("read"), _("left out"), _("used"), _("set aside"), _("cells missing"),
             _("duplicates"))
    rows = [(f.table, f.file, *(f"{n:,}" for n in f.numbers.values())) for f in facts]
    return align([heads, *rows], left=2)


def _say_losses(facts: "Iterable[Facts]") -> str:
    """Say each reason with its count and its first case."""
    from icp_lab.intake.facts import REASONS  # noqa: PLC0415  (with DuckDB, which has read the tables by now)

    lines = []
    for f in facts:
        for (code, column), n in sorted((kind, n) for kind, n in f.counts.items() if n):
            first = next((c for c in f.listed if (c.reason, c.column) == (code, column)), None)
            line = _("{table}: {n} x {reason}").format(table=f.table, n=f"{n:,}", reason=_(REASONS[code]))
            if first is not None:
                line += _(", first in {place}").format(place=Place(first.file, first.row, column).words())
                line += f" (`{first.value}`)" if first.value else ""
            lines.append(f"  {line}")
    return "\n".join([_("Set aside, or made missing:"), *lines]) if lines else ""


def _say_rest(facts: "Iterable[Facts]") -> str:
    lines = []
    for f in facts:
        left = f.duplicates - sum(n for (code, _column), n in f.counts.items() if code in ("dropped", "duplicate"))
        if left > 0:
            words = _("{table}: {n} rows repeat another row and are used; `drop_duplicates: yes` drops them.")
            lines.append(words.format(table=f.table, n=f"{left:,}"))
        if f.ignored:
            words = _("{table}: not used are the columns {columns}.")
            lines.append(words.format(table=f.table, columns=", ".join(f.ignored)))
    return "\n".join(lines)


def _say_decisions(facts: "Iterable[Facts]") -> str:
    lines = [f"  {', '.join(filter(None, (f.table, said.file, said.column)))}: {said.say()}"
             for f in facts for said in f.decisions]
    return "\n".join([_("Decided by the lab itself:"), *lines]) if lines else ""


def _say_candidates(candidates: "Candidates | None") -> str:
    if candidates is None:
        return ""
    from icp_lab.study.candidates import REFUSALS  # noqa: PLC0415

    lines = [_("May be criteria: {names}").format(names=", ".join(candidates.names) or "-")]
    for code in [code for code in dict.fromkeys(candidates.refused.values()) if code != "empty"]:
        names = ", ".join(name for name, reason in candidates.refused.items() if reason == code)
        lines.append(_("No criteria ({reason}): {names}").format(reason=_(REFUSALS[code]), names=names))
    return "\n".join(lines)


def _say_hypotheses(hypotheses: "Sequence[Hypothesis]") -> str:
    said = [f"  {one.name}, {one.date}: {one.rule.words()}" for one in hypotheses]
    return "\n".join([_("Declared hypotheses:"), *said]) if said else ""


def _say_absent(study: Study) -> str:
    absent = [table.name for table in TABLES if not study.has(table.name)]
    return _("Not there, all optional: {tables}").format(tables=", ".join(absent)) if absent else ""


def _say_problems(problems: Sequence[str]) -> str:
    if not problems:
        return _("No errors: a report can be made.")
    return "\n".join([_("Errors, to be put right first:"), *(f"  {i}. {p}" for i, p in enumerate(problems, start=1))])


def align(rows: Sequence[Sequence[str]], left: int) -> str:
    """Set rows of words in columns, the first `left` of them to the left; wide characters take two places."""
    from rich.cells import cell_len  # noqa: PLC0415  (notebooks open studies and check none)

    widths = [max(cell_len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ((cell + " " * (w - cell_len(cell)) if i < left else " " * (w - cell_len(cell)) + cell
              for i, (cell, w) in enumerate(zip(row, widths, strict=True))) for row in rows)
    return "\n".join("  ".join(line).rstrip() for line in lines)
