"""The tables of a study as study.yml names them: read when first asked for, typed, and counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from icp_lab.errors import refusals, utter
from icp_lab.study.config import Settings, take_fingerprint
from icp_lab.study.corrections import FOLDINGS, SAME_COMPANY, Form, read_corrections
from icp_lab.tables import BY_NAME

# At most so many questions of a kind are put to people at a time; all are counted.
MOST_ASKED = 500

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from icp_lab.intake.facts import Facts, Intake
    from icp_lab.intake.loading import Tables


@dataclass(frozen=True, eq=False)
class Tabled(Settings):
    """Read the tables that study.yml names.

    Parameters
    ----------
    path : Path
        Where study.yml is.
    name : str
        What the study is called.
    language : str
        Language of its pages, `en` or `ja`.
    as_of : date
        The day up to which it looks.
    currency : str
        Currency of all its money, three capital letters.
    outcome : str
        What the profile is to predict; empty where that is left to the lab.
    outcome_window_months : int
        A customer younger than this that has not left is unknown; 1 to 120.
    fiscal_year_start : int
        First month of the fiscal year, 1 to 12; words such as FY2025 are read by it.
    specs : dict of str to Spec
        How each of its tables is read, by name.
    others : dict of str to Spec
        How tables that are only joined from are read, by name.
    attributes : Attributes
        Which attributes may be criteria.
    privacy : dict of str to str
        What may be shown; under pseudonyms no company is named in `questions`.
    brand : dict of str to str
        Look of the document.
    capacity : dict of str to float
        What sales can do.
    steps : dict of str to dict
        Parameters that the study sets, by notebook.
    lines : dict of tuple of str to int
        The line of study.yml in which each key stands.

    Examples
    --------
    >>> from icp_lab.study.config import read_settings
    >>> Tabled(**vars(read_settings(Path("data/demo/study.yml")))).has("deal_history")
    False
    """

    @property
    def folder(self) -> Path:
        """Give the study's folder.

        Examples
        --------
        >>> from icp_lab.study import open_study
        >>> open_study("data/demo").folder.name
        'demo'
        """
        return self.path.parent

    @property
    def tables(self) -> tuple[str, ...]:
        """Name the tables that the study has.

        Examples
        --------
        >>> from icp_lab.study import open_study
        >>> open_study("data/demo").tables[:2]
        ('accounts', 'deals')
        """
        return tuple(name for name in BY_NAME if name in self.specs)

    @property
    def formats(self) -> dict[str, str]:
        """Name the format of each table that has one, such as `hubspot`.

        Examples
        --------
        >>> from icp_lab.study import open_study
        >>> open_study("data/demo").formats
        {}
        """
        return {name: spec.dialect.format for name, spec in self.specs.items() if spec.dialect}

    @cached_property
    def _store(self) -> "Tables":
        from icp_lab.intake.conversion import Customs  # noqa: PLC0415
        from icp_lab.intake.loading import Tables, Told  # noqa: PLC0415  (DuckDB is not needed to see what has changed)

        same, becomes = (read_corrections(self.folder, form).items() for form in (SAME_COMPANY, FOLDINGS))
        told = Told({(min(pair), max(pair)): said == "yes" for pair, said in same},
                    {(column, value): word for (column, value), word in becomes})
        customs = Customs.of(self.fiscal_year_start, self.currency)
        return Tables(self.specs, self.others, self.as_of, customs, told)

    def line(self, *keys: str) -> int | None:
        """Give the line of study.yml where a key stands.

        Parameters
        ----------
        *keys : str
            The key with those above it, such as "steps", "06b_draft_icp", "max_criteria".

        Returns
        -------
        int or None
            The line, from 1; None where the key is not there.

        Examples
        --------
        >>> from icp_lab.study import open_study
        >>> open_study("data/demo").line("steps", "06b_draft_icp", "max_criteria") is None
        True
        """
        return self.lines.get(keys)

    def has(self, table: str) -> bool:
        """Tell whether the study has a table.

        Parameters
        ----------
        table : str
            Name of an input table.

        Returns
        -------
        bool
            True where study.yml names a source of it.

        Raises
        ------
        LabError
            When there is no input table of that name.

        Examples
        --------
        >>> from icp_lab.study import open_study
        >>> open_study("data/demo").has("accounts")
        True
        """
        _check_table(table)
        return table in self.specs

    def relation(self, table: str) -> "duckdb.DuckDBPyRelation":
        """Give a table as a lazy DuckDB relation, for what would not fit into a frame.

        Parameters
        ----------
        table : str
            Name of an input table.

        Returns
        -------
        DuckDBPyRelation
            The typed, usable rows: those columns that the files have, and extra ones where the table takes them.
            Without rows, but with all declared columns, where the study does not have the table.

        Raises
        ------
        LabError
            When a file cannot be read, or there is no input table of that name.

        Examples
        --------
        >>> from icp_lab.study import open_study
        >>> open_study("data/demo").relation("accounts").columns[0]
        'account_id'
        """
        return self._store.relation(table) if self.has(table) else self._store.empty(table)

    def table(self, table: str) -> "pd.DataFrame":
        """Give a table as a frame with all its declared columns.

        Parameters
        ----------
        table : str
            Name of an input table.

        Returns
        -------
        DataFrame
            The usable rows in the order of their key and then of all columns, whatever the order of the files. Text is
            `str`; numbers and money are float64; dates datetime64[s]; yes/no is nullable `boolean`; a list is a tuple
            of texts, None where missing. Columns that the files do not have are all missing; extra ones stand last.
            Of more than a million rows of use those of one account and day are one, with the sums of their figures.

        Raises
        ------
        LabError
            When a file cannot be read, or there is no input table of that name.

        Examples
        --------
        >>> from icp_lab.study import open_study
        >>> open_study("data/demo").table("accounts")["account_id"].head(2).tolist()
        ['A0001', 'A0002']
        """
        from icp_lab.study.frames import sum_days, to_frame  # noqa: PLC0415  (nor pandas to see what has changed)

        columns, rows = self._store.columns(table) if self.has(table) else (), self.relation(table)
        return to_frame(sum_days(rows) if table == "usage" else rows, BY_NAME[table], columns)

    def facts(self, table: str) -> "Facts":
        """Read a table and say what became of its rows.

        Parameters
        ----------
        table : str
            Name of an input table.

        Returns
        -------
        Facts
            How many rows were read, used and set aside, and why.

        Raises
        ------
        LabError
            When a file cannot be read, or there is no input table of that name.

        Examples
        --------
        >>> from icp_lab.study import open_study
        >>> facts = open_study("data/demo").facts("accounts")
        >>> facts.file, facts.used <= facts.read
        ('accounts.csv', True)
        """
        _check_table(table)
        return self._store.load(table)

    def intake(self, tables: Iterable[str] = ()) -> "Intake":
        """Tell what became of all rows: used, set aside, made missing.

        Parameters
        ----------
        tables : Iterable of str, default ()
            Names of the tables; all that the study has when left out.

        Returns
        -------
        Intake
            Counts by table and by reason.

        Examples
        --------
        >>> from icp_lab.study import open_study
        >>> open_study("data/demo").intake(["accounts"]).tables["table"].tolist()
        ['accounts']
        """
        from icp_lab.intake.facts import collect_facts  # noqa: PLC0415

        wanted = list(tables) or list(self.tables)
        return collect_facts(self._store.load(name) for name in wanted if self.has(name))

    def fingerprint(self, tables: Iterable[str]) -> str:
        """Hash the content of tables: their files, those they join, and what study.yml says that bears on them.

        Parameters
        ----------
        tables : Iterable of str
            Names of tables, and words of `tables.BESIDE`.

        Returns
        -------
        str
            A digest that changes with any of these.

        Examples
        --------
        >>> from icp_lab.study import open_study
        >>> study = open_study("data/demo")
        >>> study.fingerprint(["accounts"]) == study.fingerprint(["deals"])
        False
        """
        return take_fingerprint(self, tables)

    def questions(self) -> dict[Form, list[dict[str, str]]]:
        """List what people are asked, what is most likely first.

        Returns
        -------
        dict of Form to list of dict of str to str
            Rows of each form that asks something of the tables.

        Examples
        --------
        >>> from icp_lab.study import open_study
        >>> [form.name for form in open_study("data/demo").questions()]
        ['same_company', 'foldings']
        """
        for table in ("accounts", "leads"):
            if self.has(table):
                self.facts(table)
        show = ("name", "city", "domain") if self.privacy.get("companies") != "pseudonyms" else ()
        rows = []
        for match in self._store.matches.uncertain[:MOST_ASKED]:
            a, b = (self._store.companies[account] for account in match.pair)
            row = {"account_id": a.account_id, "other_id": b.account_id, "evidence": match.words()}
            rows.append(row | {name: getattr(a, name) for name in show}
                        | {f"other_{name}": getattr(b, name) for name in show})
        folded = {(each.column, each.value): each for each in self._store.foldings}
        return {SAME_COMPANY: rows, FOLDINGS: [
            {"column": each.column, "value": each.value, "rows": str(each.n), "folded": each.becomes}
            for each in list(folded.values())[:MOST_ASKED]]}


def _check_table(table: str) -> None:
    if table not in BY_NAME:
        words = refusals.list_words(BY_NAME)
        raise utter("study.unknown_table", name=table, words=words, remedy=refusals.nearest(table, BY_NAME))
