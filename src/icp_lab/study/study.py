"""A study: one company, by its tables and by what people wrote beside them."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from icp_lab.errors import study as errors
from icp_lab.errors import utter
from icp_lab.study.config import read_settings
from icp_lab.study.corrections import CODES, FORMS, list_corrections, read_corrections
from icp_lab.study.tabled import Tabled
from icp_lab.tables import BESIDE

if TYPE_CHECKING:
    import pandas as pd

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
class Study(Tabled):
    """The tables of one company and what study.yml says of them; nothing is ever written into its folder."""

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
