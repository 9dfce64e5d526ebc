"""The tables of a study in DuckDB: each is read, mapped, joined and typed when it is first asked for."""

import tempfile
import weakref
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from shutil import rmtree

import duckdb

from icp_lab.errors import LabError, Place, refusals, utter
from icp_lab.intake.categories import Folding, fold_categories
from icp_lab.intake.conversion import SQL_TYPES, Customs, add_macros, find_notations, guess_kinds
from icp_lab.intake.facts import Case, Decision, Facts
from icp_lab.intake.files import count_repeated, read_files
from icp_lab.intake.judging import Judge
from icp_lab.intake.mapping import Mapped, derive_columns, join_columns, keep_latest, map_columns
from icp_lab.intake.matching import Company, Matches, Pair
from icp_lab.intake.merging import find_accounts, merge_accounts
from icp_lab.intake.spec import Spec
from icp_lab.intake.titles import fill_titles
from icp_lab.tables import BY_NAME, Column, Table


@dataclass(frozen=True)
class Told:
    """What people said of what the lab found out, or could not.

    Parameters
    ----------
    same : dict of tuple of 2 str to bool, optional
        Pairs of accounts, the smaller id first: whether they are one company.
    becomes : dict of tuple of 2 str to str, optional
        By (column, text): what the text becomes, or itself where it is to be left alone.

    Examples
    --------
    >>> told = Told(becomes={("industry", "Shops"): "Retail"})
    >>> told.becomes["industry", "Shops"], told.same
    ('Retail', {})
    """

    same: dict[Pair, bool] = field(default_factory=dict)
    becomes: dict[tuple[str, str], str] = field(default_factory=dict)


class Tables:
    r"""The tables of one study.

    Parameters
    ----------
    specs : dict of str to Spec
        Where each table comes from, by its name.
    others : dict of str to Spec
        Tables that are only joined from.
    as_of : date
        The day of the study: rows dated later are set aside.
    customs : Customs
        What its dates mean where they do not say it.
    told : Told, optional
        What people said of what the lab is not to find out, or found out wrong.

    Attributes
    ----------
    matches : Matches
        Accounts that are one company, or may be; known once accounts are loaded.
    companies : dict of str to Company
        The accounts that were compared, by account_id.
    foldings : list of Folding
        Spellings that were taken for others of the tables loaded so far, and that nobody told.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "accounts.csv")
    ...     n = path.write_text("account_id,name,city\na1,Acme Ltd,Leeds\na2,ACME Limited,Leeds\n")
    ...     spec = Spec("accounts", (path,), (path.name,))
    ...     tables = Tables({"accounts": spec}, {}, date(2026, 3, 31), Customs(), Told(same={("a1", "a2"): False}))
    ...     tables.load("accounts").used, tables.matches.groups
    (2, ())
    """

    def __init__(self, specs: dict[str, Spec], others: dict[str, Spec], as_of: date, customs: Customs,
                 told: Told = Told()) -> None:
        self._specs, self._as_of, self._customs, self._told = {**specs, **others}, as_of, customs, told
        self.matches, self.companies, self.foldings = Matches(), dict[str, Company](), list[Folding]()
        self._mapped: dict[str, Mapped] = {}
        self._facts: dict[str, Facts | LabError] = {}
        self._columns: dict[str, tuple[Column, ...]] = {}
        self._joining: tuple[str, ...] = ()
        self._folder = Path(tempfile.mkdtemp(prefix="icp_lab_"))
        weakref.finalize(self, rmtree, self._folder, ignore_errors=True)
        self._con = duckdb.connect(config={"temp_directory": str(self._folder)})
        add_macros(self._con)

    def relation(self, name: str) -> duckdb.DuckDBPyRelation:
        r"""Give the typed rows of a table as a lazy relation.

        Parameters
        ----------
        name : str
            A table of the study.

        Returns
        -------
        DuckDBPyRelation
            Its declared columns that are there, then its extra ones; the rows that can be used.

        Raises
        ------
        LabError
            As `load` does.

        Examples
        --------
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "accounts.csv")
        ...     n = path.write_text("account_id,Employees,customer_since\na1,50,2024-04-01\n,7,\n")
        ...     tables = Tables({"accounts": Spec("accounts", (path,), (path.name,))}, {}, date(2026, 3, 31), Customs())
        ...     tables.relation("accounts").project("account_id, employees").fetchall()
        [('a1', 50.0)]
        """
        self.load(name)
        return self._con.table(name)

    def empty(self, name: str) -> duckdb.DuckDBPyRelation:
        """Give a table that the study does not have.

        Parameters
        ----------
        name : str
            Any input table.

        Returns
        -------
        DuckDBPyRelation
            Its declared columns and no rows.

        Examples
        --------
        >>> tables = Tables({}, {}, date(2026, 3, 31), Customs())
        >>> found = tables.empty("accounts").project("account_id, employees, tech_stack")
        >>> [str(kind) for kind in found.types], found.fetchall()
        (['VARCHAR', 'DOUBLE', 'VARCHAR[]'], [])
        """
        cells = ", ".join(f'NULL::{SQL_TYPES[c.kind]} AS "{c.name}"' for c in BY_NAME[name].columns)
        return self._con.sql(f"SELECT {cells} WHERE false")

    def columns(self, name: str) -> tuple[Column, ...]:
        r"""Declare the columns of a table as they were read.

        Parameters
        ----------
        name : str
            A table of the study.

        Returns
        -------
        tuple of Column
            In the order of the table; extra ones with the kind that was found.

        Raises
        ------
        LabError
            As `load` does.

        Examples
        --------
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "accounts.csv")
        ...     n = path.write_text("account_id,Seats,Region code\na1,12,007\n")
        ...     tables = Tables({"accounts": Spec("accounts", (path,), (path.name,))}, {}, date(2026, 3, 31), Customs())
        ...     [(column.name, column.kind, column.role) for column in tables.columns("accounts")]
        [('account_id', 'text', 'identity'), ('Seats', 'number', 'attribute'), ('Region code', 'text', 'attribute')]
        """
        self.load(name)
        return self._columns[name]

    def load(self, name: str) -> Facts:
        r"""Read a table and say what became of its rows.

        Parameters
        ----------
        name : str
            A table of the study; read once, after accounts where it is about these.

        Returns
        -------
        Facts
            Counts of the rows, and what the lab decided by itself.

        Raises
        ------
        LabError
            A file or query cannot be read, a column or header that study.yml names is not there, a column holds
            something else than it is taken for, one key has two different rows, or no row is left; the same each time.

        Examples
        --------
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "accounts.csv")
        ...     n = path.write_text("account_id,customer_since\na1,2025-04-01\na2,2027-04-01\n,2025-05-01\n")
        ...     tables = Tables({"accounts": Spec("accounts", (path,), (path.name,))}, {}, date(2026, 3, 31), Customs())
        ...     facts = tables.load("accounts")
        >>> facts.read, facts.used, [(case.row, case.reason) for case in facts.listed]
        (3, 1, [(3, 'empty'), (2, 'after_as_of')])
        """
        if name not in self._facts:
            if name != "accounts" and "account_id" in BY_NAME[name].by_name:
                self.load("accounts")
            self._joining = ()
            try:
                self._facts[name] = self._type(name)
            except LabError as error:
                self._facts[name] = error
        if isinstance(found := self._facts[name], LabError):
            raise found
        return found

    def _prepare(self, name: str) -> Mapped:
        """Read, map and join a table, all as text."""
        if name in self._mapped:
            return self._mapped[name]
        spec = self._specs[name]
        if name in self._joining:
            place = Place(refusals.in_yml(spec.line("join")))
            raise utter("study.join_in_a_circle", place, tables=refusals.list_words(self._joining))
        self._joining = (*self._joining, name)
        raw = read_files(self._con, spec, self._folder)
        if not raw.rows + len(raw.overlong):
            raise utter("study.no_rows", Place(", ".join(spec.shown)), table=name)
        mapped = derive_columns(self._con, keep_latest(self._con, map_columns(self._con, spec, raw)))
        if spec.join is not None:
            mapped = join_columns(self._con, spec.join, mapped, self._prepare(spec.join.table))
        self._mapped[name] = mapped
        return mapped

    def _type(self, name: str) -> Facts:
        table, source = BY_NAME[name], self._prepare(name)
        spec, raw, mapped = source.spec, source.raw, source
        if "account_id" in table.by_name and name != "accounts":
            mapped = find_accounts(self._con, source)
        columns, ignored = self._declare(table, mapped)
        read = raw.rows + len(raw.overlong) + raw.left_out
        facts = Facts(name, ", ".join(spec.shown), read, mapped.left_out + raw.left_out, ignored=ignored)
        facts.decisions += raw.decisions
        facts.decisions += [Decision(code, facts.file, column, said) for code, column, said in mapped.notes]
        facts.counts["dropped", ""] += mapped.dropped
        for file, row, cells in raw.overlong:
            facts.add(Case(spec.shown[file], row, "", cells, "overlong"))
        told = {mapped.cell(column): order for column, order in spec.dates.items() if column in mapped.names}
        kinds = {mapped.cell(column.name): column.kind for column in columns}
        notations = find_notations(self._con, source.name, kinds, self._customs, told)
        facts.decisions += [Decision(code, facts.file, column.name, said) for column in columns
                            for code, said in notations[mapped.cell(column.name)].said
                            if not (column.side and code == "ranges")]
        judge = Judge(self._con, mapped, columns, notations, self._as_of)
        judge.convert()
        # No row is there twice where a key that the file has tells all of them apart.
        if not spec.one_row and (judge.keys != (raw.rows, raw.rows) or spec.columns.get(table.key) == "row"):
            facts.duplicates = count_repeated(self._con, raw)
        judge.refuse_unreadable()
        judge.count(facts)
        if facts.read == facts.left_out:
            raise utter("study.no_rows_left", Place(facts.file), n=facts.read, table=name)
        judge.refuse_conflicts()
        facts.used = judge.keep()
        if name == "accounts":
            if not facts.used:
                raise utter("study.no_accounts", Place(facts.file), n=facts.set_aside)
            self.matches, self.companies = merge_accounts(self._con, mapped, columns, self._told.same, facts)
        if name == "leads":
            self._refuse_ids_of_accounts(facts.file)
        if name in ("accounts", "leads"):
            self.foldings += fold_categories(self._con, name, columns, self._told.becomes, facts)
        if name == "contacts":
            columns = fill_titles(self._con, columns, facts)
        self._columns[name] = columns
        if all(other.join is None or other.join.table != name for other in self._specs.values()):
            self._con.execute(f"DROP SCHEMA {raw.place} CASCADE")  # nobody takes columns from its text
        return facts

    def _refuse_ids_of_accounts(self, file: str) -> None:
        n, first = self._con.sql("SELECT count(*), min(leads.lead_id) FROM leads JOIN accounts "
                                 "ON leads.lead_id = accounts.account_id").fetchall()[0]
        if n:
            raise utter("study.lead_is_account", Place(file, column="lead_id"), n=n, id=first)

    def _declare(self, table: Table, mapped: Mapped) -> tuple[tuple[Column, ...], tuple[str, ...]]:
        """Choose the columns to keep: the declared ones that are there, and extra ones where the table takes them."""
        file = ", ".join(mapped.spec.shown)
        for name in table.required:
            if name not in mapped.names:
                raise utter("study.column_missing", Place(file, column=name), table=table.name, column=name,
                            names=refusals.list_words(mapped.names), nearest=refusals.nearest(name, mapped.names))
        if table.one_of and not set(table.one_of) & set(mapped.names):
            one_of = refusals.list_words(table.one_of)
            raise utter("study.one_of_missing", Place(file), table=table.name, columns=one_of)
        declared = [column for column in table.columns if column.name in mapped.names]
        others = [name for name in mapped.names if name not in table.by_name]
        if not table.extra:
            return tuple(declared), tuple(others)
        kinds = guess_kinds(self._con, mapped.name, [mapped.cell(name) for name in others])
        # DuckDB takes Product and product for one name: the declared column keeps it.
        taken, kept = {name.casefold() for name in table.by_name}, []
        for name in others:
            if name.casefold() not in taken:
                taken.add(name.casefold())
                kept.append(Column(name, "", kinds[mapped.cell(name)], role="attribute"))
        names = {column.name for column in kept}
        return (*declared, *kept), tuple(name for name in others if name not in names)
