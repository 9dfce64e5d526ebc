"""What a notebook reads: tables of the study, what people wrote beside them, and what earlier steps left."""

from pathlib import Path
from typing import Any

import pandas as pd

from icp_lab.artifacts import BY_NAME as ARTIFACT
from icp_lab.artifacts import manifest, store
from icp_lab.errors import utter
from icp_lab.icp import profile, versions
from icp_lab.process import WRITER
from icp_lab.process.keys import find_entry, reads_of, tables_of
from icp_lab.rule import Hypothesis, Rule
from icp_lab.study import Study, config
from icp_lab.study.candidates import Candidates
from icp_lab.study.interviews import Interviews
from icp_lab.tables import BESIDE


class Inputs:
    """Read what the process declares for a notebook, and note what was read.

    What is not declared for it is refused with a LabError, whichever of the methods asks for it.

    Parameters
    ----------
    name : str
        The notebook's file name without its ending.
    study : Study
        The study.
    out : Path
        Folder of the report.
    language : str
        Language of the page.

    Examples
    --------
    >>> from icp_lab import step
    >>> step.open("01_customer_base").tables[:2]
    ('accounts', 'deals')
    """

    def __init__(self, name: str, study: Study, out: Path, language: str) -> None:
        self.name, self.study, self.out, self.language = name, study, out, language
        self.tables = tables_of(name)
        self._used: dict[str, str] = {}
        self._facts: dict[str, Any] = {"headlines": [], "answers": {}, "rows": {}}

    def has(self, table: str) -> bool:
        """Tell whether the study has this table, or what this word stands for beside study.yml.

        Parameters
        ----------
        table : str
            Name of an input table, or a word of `tables.BESIDE`.

        Returns
        -------
        bool
            True where it is there.

        Raises
        ------
        LabError
            When the process does not declare the table for this notebook.

        Examples
        --------
        >>> from icp_lab import step
        >>> step.open("01_customer_base").has("revenue")
        True
        """
        self._allowed(table)
        return self._is_there(table)

    def table(self, table: str) -> pd.DataFrame:
        """Give what the study says in this table.

        Parameters
        ----------
        table : str
            Name of an input table.

        Returns
        -------
        DataFrame
            All canonical columns, as `Study.table` gives them; columns that the files do not have are all missing.

        Raises
        ------
        LabError
            When the process does not declare the table for this notebook.

        Examples
        --------
        >>> from icp_lab import step
        >>> step.open("01_customer_base").table("accounts")["account_id"].head(2).tolist()
        ['A0001', 'A0002']
        """
        frame = self._allowed(table).table(table)
        if table == "accounts" and self.study.privacy.get("companies") == "pseudonyms":
            frame["name"] = frame["account_id"]
        if self.study.has(table):
            said = self.study.facts(table)
            self._facts["rows"][table] = {key: getattr(said, key) for key in ("used", "set_aside", "made_missing")}
        return frame

    def export(self, table: str) -> pd.DataFrame:
        """Give what the study's own export says in this table.

        Parameters
        ----------
        table : str
            Name of an input table.

        Returns
        -------
        DataFrame
            Those columns alone that its files have.

        Examples
        --------
        >>> from icp_lab import step
        >>> "name" in step.open("01_customer_base").export("accounts")
        True
        """
        frame = self.table(table)
        return frame[[name for name in frame if name in self.study.relation(table).columns]]

    def candidates(self) -> Candidates:
        """Give the attributes of the accounts that may be criteria.

        Returns
        -------
        Candidates
            As `Study.candidates` finds them.

        Examples
        --------
        >>> from icp_lab import step
        >>> "industry" in step.open("06b_draft_icp").candidates().names
        True
        """
        return self._allowed("accounts").candidates()

    def hypotheses(self) -> tuple[Hypothesis, ...]:
        """Give the profiles that people declared before the data were seen (hypotheses.yml).

        Returns
        -------
        tuple of Hypothesis
            One each, in the order of the file; none where there is no such file.

        Examples
        --------
        >>> from icp_lab import step
        >>> step.open("06b_draft_icp").hypotheses()[0].name
        'The head of sales'
        """
        return self._allowed("hypotheses").hypotheses()

    def interviews(self) -> Interviews:
        """Give what the people said whom we talked to.

        Returns
        -------
        Interviews
            Heads and passages; without rows where there is no interview.

        Examples
        --------
        >>> from icp_lab import step
        >>> list(step.open("03_interviews").interviews().passages)[:3]
        ['interview', 'passage', 'line']
        """
        return self._allowed("interviews").interviews()

    def codebook(self) -> pd.DataFrame:
        """Give the codes by which interviews are read, as they are called in the language of the page.

        Returns
        -------
        DataFrame
            As `Study.codebook` reads them.

        Examples
        --------
        >>> from icp_lab import step
        >>> step.open("03_interviews").codebook()["code"].head(1).tolist()
        ['price_pain']
        """
        return self._allowed("interviews").codebook(self.language)

    def coders(self) -> pd.DataFrame:
        """Give what further coders found in the interviews.

        Returns
        -------
        DataFrame
            Columns `coder`, `interview`, `passage` and `code`.

        Examples
        --------
        >>> from icp_lab import step
        >>> list(step.open("03_interviews").coders())
        ['coder', 'interview', 'passage', 'code']
        """
        return self._allowed("interviews").coders()

    def ballots(self) -> pd.DataFrame:
        """Give how the departments voted on the draft.

        Returns
        -------
        DataFrame
            A row a vote, as `Study.ballots` reads them.

        Examples
        --------
        >>> from icp_lab import step
        >>> list(step.open("07_review").ballots())[:4]
        ['round', 'department', 'reviewer', 'item']
        """
        return self._allowed("ballots").ballots()

    def corrections(self, form: str) -> pd.DataFrame:
        """Give what people put right in a form.

        Parameters
        ----------
        form : str
            Name of a form: same_company, foldings, codes or reasons.

        Returns
        -------
        DataFrame
            A row an answer: coder, the form's keys, the answer.

        Examples
        --------
        >>> from icp_lab import step
        >>> list(step.open("04_negative_cases").corrections("reasons"))
        ['coder', 'statement', 'reason']
        """
        return self.study.corrections(form)

    def adopted(self) -> Rule | None:
        """Give the rule that the study has adopted (icp.yml).

        Returns
        -------
        Rule or None
            The rule that its definition works with; None where it has not adopted any.

        Examples
        --------
        >>> from icp_lab import step
        >>> step.open("06b_draft_icp").adopted() is None
        True
        """
        held = self._read_adopted()
        return Rule.from_profile(held) if held is not None else None

    def holds(self) -> dict[str, Any]:
        """Give the definition that holds: the adopted one, else the agreed one, else the draft.

        A notebook that runs before the review does not read `agreed`, and takes the draft in its place.

        Returns
        -------
        dict of str to object
            The definition, in the form of icp.yml.

        Raises
        ------
        LabError
            When the process does not declare hypotheses for this notebook, or an earlier step has to run first.

        Examples
        --------
        >>> from icp_lab import step
        >>> step.open("05_market").holds()["schema"]  # once 06b_draft_icp has run
        1
        """
        held = self._read_adopted()
        return self.read("agreed" if "agreed" in reads_of(self.name) else "draft") if held is None else held

    def versions(self) -> tuple[dict[str, Any], ...]:
        """Give the former definitions that the study keeps (icp/*.yml).

        Returns
        -------
        tuple of dict of str to object
            One each, in the form of icp.yml, the latest first.

        Examples
        --------
        >>> from icp_lab import step
        >>> step.open("08b_validation").versions()
        ()
        """
        return versions.read_versions(self._allowed("hypotheses").folder)

    def stood(self, version: str) -> pd.DataFrame:
        """Give where accounts stood when a version was adopted.

        Parameters
        ----------
        version : str
            The version, such as `2`.

        Returns
        -------
        DataFrame
            The artifact `standings` of that day; empty where it is not kept.

        Examples
        --------
        >>> from icp_lab import step
        >>> len(step.open("08b_validation").stood("1"))
        0
        """
        return versions.read_standings(self._allowed("hypotheses").folder, version)

    def _read_adopted(self) -> dict[str, Any] | None:
        path = self._allowed("hypotheses").folder / config.ADOPTED
        return profile.load_icp(path).data if path.is_file() else None

    def read(self, artifact: str) -> Any:
        """Give what an earlier step left.

        Parameters
        ----------
        artifact : str
            Name of an artifact, as in `artifacts/declared.toml`.

        Returns
        -------
        DataFrame or dict
            A frame for a table, a dict for a record.

        Raises
        ------
        LabError
            When this notebook does not declare it, or the step that writes it has to run first.

        Examples
        --------
        >>> from icp_lab import step
        >>> here = step.open("02_best_customers")
        >>> "status" in here.read("customers")  # once 01_customer_base has run
        True
        """
        if artifact not in reads_of(self.name):
            raise utter("run.artifact_not_read", notebook=self.name, name=artifact)
        entry, writer = find_entry(self.out, artifact), WRITER[artifact]
        if entry is None:
            raise utter("run.artifact_missing", name=artifact, writer=writer)
        self._used[artifact] = entry.content
        return store.read_artifact(manifest.folder_of(self.out, writer), ARTIFACT[artifact])

    def _is_there(self, table: str) -> bool:
        return self.study.has_beside(table) if table in BESIDE else self.study.has(table)

    def _allowed(self, table: str) -> Study:
        """Give the study where the notebook has declared that it reads this table of it."""
        if table not in self.tables:
            raise utter("run.table_undeclared", notebook=self.name, table=table, tables=self.tables)
        return self.study
