"""A study: the tables of one company, as study.yml says."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from icp_lab.errors import study as errors
from icp_lab.errors import utter
from icp_lab.study.config import Settings, read_settings, take_fingerprint
from icp_lab.study.corrections import (
    CODES,
    FOLDINGS,
    FORMS,
    SAME_COMPANY,
    Form,
    list_corrections,
    read_corrections,
)
from icp_lab.tables import BESIDE, BY_NAME

# At most so many questions of a kind are put to people at a time; all are counted.
MOST_ASKED = 500

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from icp_lab.intake.facts import Facts, Intake
    from icp_lab.intake.loading import Tables
    from icp_lab.rule import Hypothesis
    from icp_lab.study.candidates import Candidates
    from icp_lab.study.history import Begun
    from icp_lab.study.interviews import Interviews


def open_study(path: str | Path) -> "Study":
    r"""What does this company give us to work on?

    Parameters
    ----------
    path
        The study's folder, or its study.yml.

    Returns
    -------
    Study
        Only study.yml is read now; each table is read when it is first asked for.

    Raises
    ------
    LabError
        study.yml is missing or says something that it may not; the message names the line.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "accounts.csv").write_text("account_id\nA1\nA2\n")
    ...     _ = Path(folder, "study.yml").write_text(
    ...         "{name: Us, language: en, as_of: 2026-03-31, currency: EUR, tables: {accounts: accounts.csv}}")
    ...     open_study(folder).table("accounts")["account_id"].tolist()
    ['A1', 'A2']
    """
    place = Path(path)
    file = place / errors.YML if place.is_dir() else place
    if not file.is_file():
        raise utter("study.no_study", path=file)
    return Study(**vars(read_settings(file)))


@dataclass(frozen=True, eq=False)
class Study(Settings):
    """The tables of one company and what study.yml says of them; nothing is ever written into its folder."""

    @property
    def folder(self) -> Path:
        """The study's folder."""
        return self.path.parent

    @property
    def tables(self) -> tuple[str, ...]:
        """Name the tables that the study has."""
        return tuple(name for name in BY_NAME if name in self.specs)

    @property
    def formats(self) -> dict[str, str]:
        """Name the format of each table that has one, such as `hubspot`."""
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

    def questions(self) -> dict[Form, list[dict[str, str]]]:
        """List what people are asked: rows of each form, what is most likely first."""
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

    def line(self, *keys: str) -> int | None:
        """Give the line of study.yml where a key stands, such as `line("steps", "06b_draft_icp", "max_criteria")`."""
        return self.lines.get(keys)

    def has(self, table: str) -> bool:
        """Tell whether the study has a table."""
        _check_table(table)
        return table in self.specs

    def relation(self, table: str) -> "duckdb.DuckDBPyRelation":
        """Give a table as a lazy DuckDB relation, for what would not fit into a frame.

        Parameters
        ----------
        table
            Name of an input table.

        Returns
        -------
        DuckDBPyRelation
            The typed, usable rows: those columns that the files have, and extra ones where the table takes them.
            Without rows, but with all declared columns, where the study does not have the table.
        """
        return self._store.relation(table) if self.has(table) else self._store.empty(table)

    def table(self, table: str) -> "pd.DataFrame":
        """Give a table as a frame with all its declared columns.

        Parameters
        ----------
        table
            Name of an input table.

        Returns
        -------
        DataFrame
            The usable rows in the order of their key and then of all columns, whatever the order of the files. Text is
            `str`; numbers and money are float64; dates datetime64[s]; yes/no is nullable `boolean`; a list is a tuple
            of texts, None where missing. Columns that the files do not have are all missing; extra ones stand last.
        """
        from icp_lab.study.frames import to_frame  # noqa: PLC0415  (pandas is not needed to see what has changed)

        columns = self._store.columns(table) if self.has(table) else ()
        return to_frame(self.relation(table), BY_NAME[table], columns)

    def candidates(self) -> "Candidates":
        """Find the attributes that may be criteria, those known only after the sale, and why others are neither."""
        from icp_lab.study.candidates import find_candidates  # noqa: PLC0415
        from icp_lab.study.history import CARRIED, rewind_attributes  # noqa: PLC0415

        found = find_candidates(self.table("accounts"), self)
        if CARRIED not in found.frame or not self.has("deal_history"):
            return found
        return replace(found, frame=rewind_attributes(found.frame, self.begun()))

    def begun(self) -> "Begun":
        """Give the deals as they were when they began, as far as deal_history tells."""
        from icp_lab.study.history import rewind_deals  # noqa: PLC0415

        return rewind_deals(self.table("deals"), self.table("deal_history"))

    def hypotheses(self) -> "tuple[Hypothesis, ...]":
        """Read the profiles that people declared beforehand in hypotheses.yml; none where there is no such file."""
        from icp_lab.study.hypotheses import read_hypotheses  # noqa: PLC0415

        return read_hypotheses(self.folder, self.candidates())

    def has_beside(self, word: str) -> bool:
        """Tell whether the study holds what a word of `tables.BESIDE` stands for: files of the first of its kinds."""
        return any(self.folder.glob(BESIDE[word][0]))

    def interviews(self) -> "Interviews":
        """Read interviews/*.md, with the codes that people gave or accepted, written as the codebook does."""
        from icp_lab.study.codebook import settle_codes  # noqa: PLC0415  (pandas)
        from icp_lab.study.interviews import read_interviews  # noqa: PLC0415

        return settle_codes(read_interviews(self.folder), self.codebook(), read_corrections(self.folder, CODES))

    def codebook(self, language: str = "") -> "pd.DataFrame":
        """Read codebook.yml: code, name, meaning, belongs, examples; without one the lab's own, named in a language."""
        from icp_lab.study.codebook import read_codebook  # noqa: PLC0415

        return read_codebook(self.folder, language or self.language)

    def coders(self) -> "pd.DataFrame":
        """Read what further coders found in the interviews: coder, interview, passage, code."""
        from icp_lab.study.codebook import read_coders  # noqa: PLC0415

        return read_coders(self.folder, self.interviews(), self.codebook())

    def ballots(self) -> "pd.DataFrame":
        """Read the votes in review/*.xlsx and in the table `review`, a row a vote."""
        from icp_lab.study.ballots import read_ballots  # noqa: PLC0415  (pandas)

        return read_ballots(self.folder, self.table("review"))

    def corrections(self, form: str) -> "pd.DataFrame":
        """Read what people put right in a form: coder, the form's keys, the answer."""
        import pandas as pd  # noqa: PLC0415

        asked = FORMS[form]
        columns = ["coder", *asked.keys, asked.answer]
        return pd.DataFrame(list_corrections(self.folder, asked), columns=columns, dtype="str")

    @cached_property
    def people(self) -> frozenset[str] | None:
        """Name the people whose names are not to be printed; None where study.yml lets all names be shown."""
        from icp_lab.study.people import list_people  # noqa: PLC0415  (pandas)

        return None if self.privacy.get("people") == "show" else list_people(self)

    def refused(self, table: str) -> dict[str, str]:
        """Say why a column of this table is no attribute, as a code of `candidates.REFUSALS`; "" where it is one."""
        from icp_lab.study.candidates import refuse_columns  # noqa: PLC0415

        return refuse_columns(self.table(table), table, self)

    def facts(self, table: str) -> "Facts":
        """Read a table and say what became of its rows."""
        _check_table(table)
        return self._store.load(table)

    def intake(self, tables: Iterable[str] = ()) -> "Intake":
        """Tell what became of all rows of all tables, or of those named: used, set aside, made missing."""
        from icp_lab.intake.facts import collect_facts  # noqa: PLC0415

        wanted = list(tables) or list(self.tables)
        return collect_facts(self._store.load(name) for name in wanted if self.has(name))

    def fingerprint(self, tables: Iterable[str]) -> str:
        """Hash the content of tables: their files, those they join, and what study.yml says that bears on them."""
        return take_fingerprint(self, tables)


def _check_table(table: str) -> None:
    if table not in BY_NAME:
        words = errors.list_words(BY_NAME)
        raise utter("study.unknown_table", name=table, words=words, remedy=errors.nearest(table, BY_NAME))
