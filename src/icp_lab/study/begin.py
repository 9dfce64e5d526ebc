"""New studies, and what people fill in: `icp-lab init` and `icp-lab collect`. The one part that writes into a study."""

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from icp_lab.errors import study as errors
from icp_lab.intake.spec import UNITS
from icp_lab.locale import N_, _, in_language
from icp_lab.study.config import OUTCOMES
from icp_lab.study.study import Study
from icp_lab.tables import BY_NAME, TABLES, Column, Table

KINDS: dict[str, str] = {
    "text": N_("text"), "number": N_("number"), "integer": N_("whole number"), "money": N_("money"), "date": N_("date"),
    "flag": N_("yes or no"), "list": N_("list, separated by ;"),
}
"""Kinds of columns in words."""


@dataclass(frozen=True)
class Collected:
    """What was copied into the study, what is still to be filled, and which tables study.yml does not name yet."""

    copied: tuple[Path, ...]
    unfilled: tuple[Path, ...]
    unnamed: tuple[str, ...]


def init_study(folder: str | Path, language: str, as_of: date | None = None) -> Path:
    """How does a new study begin? With a study.yml that explains itself, hypotheses, and a template a table.

    Parameters
    ----------
    folder
        Folder to make; it may be there, but not hold a study.yml.
    language
        Language of the comments, the templates' explanations and the study's reports.
    as_of
        Day of the study, today when left out.

    Returns
    -------
    Path
        The new study.yml.

    Raises
    ------
    LabError
        A study.yml is there already.
    """
    place = Path(folder)
    file = place / errors.YML
    if file.exists() or (place.exists() and not place.is_dir()):
        raise errors.folder_taken(file if file.exists() else place)
    place.mkdir(parents=True, exist_ok=True)
    with in_language(language):
        write_templates(place / "templates", BY_NAME)
        with file.open("x", encoding="utf-8") as stream:
            stream.write(_write_yml(place.resolve().name, language, as_of or date.today()))
        if not (hypotheses := place / errors.HYPOTHESES).exists():
            hypotheses.write_text(_write_hypotheses(as_of or date.today()), encoding="utf-8")
    return file


def write_templates(folder: Path, tables: Iterable[str]) -> tuple[Path, ...]:
    """Write an empty CSV for each table, and README.md with the meaning of every column, in the language in force.

    Files that are there already are left as they are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [BY_NAME[name] for name in tables]
    written = []
    for table in wanted:
        path = folder / f"{table.name}.csv"
        if not path.exists():
            # The mark at the beginning makes Excel read the file as UTF-8.
            with path.open("x", encoding="utf-8-sig", newline="") as stream:
                csv.writer(stream).writerow(column.name for column in table.columns)
            written.append(path)
    readme = folder / "README.md"
    if not readme.exists():
        readme.write_text("\n".join(_explain(wanted)), encoding="utf-8")
        written.append(readme)
    return tuple(written)


def collect(to_fill: str | Path, study: Study) -> Collected:
    """Which of the files that people filled in are new to the study? Copies them to their places, never over a file.

    Parameters
    ----------
    to_fill
        The folder `to_fill` of a report; a file's place in it is its place in the study.
    study
        The study.

    Returns
    -------
    Collected
        A CSV without a row below its header, and a README, count as not filled.

    Raises
    ------
    LabError
        There is nothing at `to_fill`, or the study has other content at a file's place; then nothing is copied.
    """
    source = Path(to_fill)
    if not source.is_dir():
        raise errors.nothing_to_collect(source)
    ready, unfilled = [], []
    for path in sorted(path for path in source.rglob("*") if path.is_file() and path.name != "README.md"):
        target = study.folder / path.relative_to(source)
        if not _is_filled(path):
            unfilled.append(path)
        elif not target.exists():
            ready.append((path, target))
        elif target.read_bytes() != path.read_bytes():
            raise errors.already_collected(target)
    for path, target in ready:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as stream:
            stream.write(path.read_bytes())
    unnamed = [target.stem for _path, target in ready
               if target.parent == study.folder and target.stem in BY_NAME and not study.has(target.stem)]
    return Collected(tuple(target for _path, target in ready), tuple(unfilled), tuple(unnamed))


def _is_filled(path: Path) -> bool:
    lines = path.read_bytes().splitlines()
    return sum(bool(line.strip(b" ,;\t\r\n")) for line in lines) > (1 if path.suffix.lower() == ".csv" else 0)


def _explain(tables: Iterable[Table]) -> list[str]:
    """Explain tables and columns in Markdown."""
    lines = ["# " + _("Templates"), "", _(
        "One file a table: the first line names the columns, each further line is a row. Fill in what you have and "
        "leave the rest empty; columns of your own may be added to accounts. Then save the file beside study.yml and "
        "name it there. A star marks what is needed."), ""]
    for table in tables:
        lines += [f"## {table.name}", "", _("A row is {row}.").format(row=_(table.row)), ""]
        lines += [f"- `{column.name}`{'*' if column.required else ''} ({_say_kind(column)}): {_(column.meaning)}"
                  for column in table.columns]
        if table.one_of:
            lines += ["", _("Each row fills one of {columns}.").format(columns=", ".join(table.one_of))]
        lines.append("")
    return lines


def _say_kind(column: Column) -> str:
    return ", ".join(column.choices) if column.choices else _(KINDS[column.kind])


def _write_yml(name: str, language: str, as_of: date) -> str:
    """Write the first study.yml, every key with its meaning."""
    currency = "JPY" if language == "ja" else "USD"
    accounts, others = BY_NAME["accounts"], [table for table in TABLES if table.name != "accounts"]
    lines = [
        "# " + _("A study: where the tables are, and how they are read. `icp-lab check` says what is wrong where."),
        f"name: {json.dumps(name, ensure_ascii=False)}",
        f"language: {language}    # " + _("language of the report: en or ja"),
        f"as_of: {as_of}    # " + _("the day the exports were made; rows dated later are set aside"),
        f"currency: {currency}    # " + _("currency of all money, in its three letters"),
        "# outcome: best    # " + _("what the profile predicts") + ": " + ", ".join(OUTCOMES),
        "# outcome_window_months: 12    # " + _("a customer younger than this is neither a success nor a failure yet"),
        "# fiscal_year_start: 4    # " + _("first month of the business year"),
        "",
        "# " + _("Paths are relative to this file: CSV, TSV, XLSX, Parquet; templates/README.md explains the columns."),
        "tables:",
        f"  accounts: accounts.csv    # {_(accounts.row)}",
        *(f"  # {table.name}: {table.name}.csv    # {_(table.row)}" for table in others),
        "",
        "# " + _("Where the headers are your own, say which is which:"),
        "#  deals:", "#    file: export.xlsx", "#    sheet: Sheet1",
        '#    columns: {account_id: "Customer no.", stage: "Status", amount: "Amount"}',
        "#    values: {stage: {Closed Won: won, Closed Lost: lost}}",
        f"#    units: {{amount: {'千円' if language == 'ja' else 'thousand'}}}    # {', '.join(UNITS)}",
        "",
        "# attributes:",
        "#   exclude: [...]    # " + _("never a criterion"),
        "#   after_sale: [...]    # " + _("known only after the sale: compared, but never a criterion"),
        "# privacy: {people: hide, companies: names}    # " + _("hide or show; names or pseudonyms"),
        "# capacity: {accounts_per_rep: 50, reps: 4}",
        "# steps: {02_best_customers: {top_share: 0.15}}    # " + _("parameters of the notebooks"),
    ]
    return "\n".join(lines) + "\n"


def _write_hypotheses(as_of: date) -> str:
    """Write the first hypotheses.yml, all of it commented out."""
    lines = [
        _("What people hold to be the ideal customer, written down before the data are looked at: the head of sales, "
          "the textbook, last year's profile."),
        _("Each is tested as it stands; that needs far fewer customers than a search does. Take the signs # away and "
          "write your own."),
        "- name: " + _("Sales"), "  by: A. Name",
        f"  date: {as_of}    # " + _("the day it was written down: after as_of it counts as made from the data"),
        "  criteria:    # " + _("all must hold; at most five"),
        "    - {attribute: employees, min: 100, max: 500}    # " + _("from 100 to under 500; one end may be left out"),
        "    - {attribute: industry, in: [SaaS, Fintech]}", "    - {attribute: tech_stack, has: Salesforce}",
        "    - {attribute: exports, is: yes}",
    ]
    return "".join(f"# {line}\n" for line in lines)
