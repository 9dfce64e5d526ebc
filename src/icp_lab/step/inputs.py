"""What a notebook reads: tables of the study, what people wrote beside them, and what earlier steps left."""

from pathlib import Path
from typing import Any

import pandas as pd

from icp_lab.artifacts import BY_NAME as ARTIFACT
from icp_lab.artifacts.manifest import folder_of
from icp_lab.artifacts.store import read_artifact
from icp_lab.errors import utter
from icp_lab.icp.profile import load_icp, read_standings, read_versions
from icp_lab.process import WRITER
from icp_lab.process.keys import find_entry, reads_of, tables_of
from icp_lab.rule import Hypothesis, Rule
from icp_lab.study import Study
from icp_lab.study.candidates import Candidates
from icp_lab.study.config import ADOPTED
from icp_lab.study.interviews import Interviews
from icp_lab.tables import BESIDE


class Inputs:
    """Read what the process declares for a notebook, and note what was read."""

    def __init__(self, name: str, study: Study, out: Path, language: str) -> None:
        self.name, self.study, self.out, self.language = name, study, out, language
        self.tables = tables_of(name)
        self._used: dict[str, str] = {}
        self._facts: dict[str, Any] = {"headlines": [], "answers": {}, "rows": {}}

    def has(self, table: str) -> bool:
        """Does the study have this table, or what this word stands for beside study.yml?"""
        self._check_table(table)
        return self._is_there(table)

    def table(self, table: str) -> pd.DataFrame:
        """What does the study say in this table? All canonical columns are there; missing ones are all missing.

        Raises
        ------
        LabError
            When the process does not declare the table for this notebook.
        """
        self._check_table(table)
        frame = self.study.table(table)
        if table == "accounts" and self.study.privacy.get("companies") == "pseudonyms":
            frame["name"] = frame["account_id"]
        if self.study.has(table):
            said = self.study.facts(table)
            self._facts["rows"][table] = {key: getattr(said, key) for key in ("used", "set_aside", "made_missing")}
        return frame

    def export(self, table: str) -> pd.DataFrame:
        """What does the study's own export say in this table? Those columns alone that its files have."""
        frame = self.table(table)
        return frame[[name for name in frame if name in self.study.relation(table).columns]]

    def candidates(self) -> Candidates:
        """Which attributes of the accounts may be criteria?"""
        self._check_table("accounts")
        return self.study.candidates()

    def hypotheses(self) -> tuple[Hypothesis, ...]:
        """Which profiles did people declare before the data were seen (hypotheses.yml)?"""
        self._check_table("hypotheses")
        return self.study.hypotheses()

    def interviews(self) -> Interviews:
        """What did the people say whom we talked to? None where there is no interview."""
        self._check_table("interviews")
        return self.study.interviews()

    def codebook(self) -> pd.DataFrame:
        """By which codes are interviews read, as they are called in the language of the page?"""
        self._check_table("interviews")
        return self.study.codebook(self.language)

    def coders(self) -> pd.DataFrame:
        """What did further coders find in the interviews?"""
        self._check_table("interviews")
        return self.study.coders()

    def ballots(self) -> pd.DataFrame:
        """How did the departments vote on the draft? A row a vote."""
        self._check_table("ballots")
        return self.study.ballots()

    def corrections(self, form: str) -> pd.DataFrame:
        """What did people put right in a form? A row an answer: coder, the form's keys, the answer."""
        return self.study.corrections(form)

    def adopted(self) -> Rule | None:
        """Which rule has the study adopted (icp.yml)? None where it has not adopted any."""
        self._check_table("hypotheses")
        held = self._read_adopted()
        return Rule.from_profile(held) if held is not None else None

    def holds(self) -> dict[str, Any]:
        """Which definition holds, in the form of icp.yml: the adopted one, else the agreed one, else the draft?

        A notebook that runs before the review does not read `agreed`, and takes the draft in its place.
        """
        self._check_table("hypotheses")
        held = self._read_adopted()
        return self.read("agreed" if "agreed" in reads_of(self.name) else "draft") if held is None else held

    def versions(self) -> tuple[dict[str, Any], ...]:
        """Which former definitions does the study keep (icp/*.yml), in the form of icp.yml, the latest first?"""
        self._check_table("hypotheses")
        return read_versions(self.study.folder)

    def stood(self, version: str) -> pd.DataFrame:
        """Where did accounts stand when a version was adopted? Empty where that is not kept."""
        self._check_table("hypotheses")
        return read_standings(self.study.folder, version)

    def _read_adopted(self) -> dict[str, Any] | None:
        path = self.study.folder / ADOPTED
        return load_icp(path).data if path.is_file() else None

    def read(self, artifact: str) -> Any:
        """What did an earlier step leave: a frame, or a dict for a record?

        Raises
        ------
        LabError
            When this notebook does not declare it, or the step that writes it has to run first.
        """
        if artifact not in reads_of(self.name):
            raise utter("run.artifact_not_read", notebook=self.name, name=artifact)
        entry, writer = find_entry(self.out, artifact), WRITER[artifact]
        if entry is None:
            raise utter("run.artifact_missing", name=artifact, writer=writer)
        self._used[artifact] = entry.content
        return read_artifact(folder_of(self.out, writer), ARTIFACT[artifact])

    def _is_there(self, table: str) -> bool:
        return self.study.has_beside(table) if table in BESIDE else self.study.has(table)

    def _check_table(self, table: str) -> None:
        if table not in self.tables:
            raise utter("run.table_undeclared", notebook=self.name, table=table, tables=self.tables)
