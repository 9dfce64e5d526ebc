"""A study: one company, by its tables and by what people wrote beside them."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from icp_lab.errors import refusals, utter
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
    r"""Open a study: what a company gives us to work on.

    Parameters
    ----------
    path : str or Path
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
    file = place / refusals.YML if place.is_dir() else place
    if not file.is_file():
        raise utter("study.no_study", path=file)
    return Study(**vars(read_settings(file)))


@dataclass(frozen=True, eq=False)
class Study(Tabled):
    """Hand over the tables of one company and what study.yml says of them; nothing is ever written into its folder.

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
        Currency of all its money, three letters.
    outcome : str
        What the profile is to predict: best, won or retained; empty where that is left to the lab.
    outcome_window_months : int
        A customer younger than this that has not left is unknown; 1 to 120.
    fiscal_year_start : int
        First month of the fiscal year, 1 to 12.
    specs : dict of str to Spec
        How each of its tables is read, by name.
    others : dict of str to Spec
        How tables that are only joined from are read, by name.
    attributes : Attributes
        Which attributes may be criteria, as study.yml says.
    privacy : dict of str to str
        What may be shown: `people` (hide, show) and `companies` (names, pseudonyms).
    brand : dict of str to str
        Look of the document: name, logo, accent, footer, approval.
    capacity : dict of str to float
        What sales can do: `accounts_per_rep` and `reps`.
    steps : dict of str to dict
        Parameters that the study sets, by notebook.
    lines : dict of tuple to int
        The line of study.yml in which each key stands.

    Examples
    --------
    >>> study = open_study("data/demo")
    >>> study.name, study.currency
    ('Demo', 'USD')
    """

    def candidates(self) -> "Candidates":
        """Find the attributes that may be criteria, those known only after the sale, and why others are neither.

        Returns
        -------
        Candidates
            Names and values of the candidates, as of the beginning where deal_history tells it, and the reasons.

        Examples
        --------
        >>> "industry" in open_study("data/demo").candidates().names
        True
        """
        from icp_lab.study.candidates import find_candidates  # noqa: PLC0415
        from icp_lab.study.history import CARRIED, rewind_attributes  # noqa: PLC0415

        found = find_candidates(self.table("accounts"), self)
        if CARRIED not in found.frame or not self.has("deal_history"):
            return found
        return replace(found, frame=rewind_attributes(found.frame, self.begun()))

    def begun(self) -> "Begun":
        """Give the deals as they were when they began, as far as deal_history tells.

        Returns
        -------
        Begun
            The deals, and which of their columns are as of the beginning.

        Examples
        --------
        >>> "stage" in open_study("data/demo").begun().frame
        True
        """
        from icp_lab.study.history import rewind_deals  # noqa: PLC0415

        return rewind_deals(self.table("deals"), self.table("deal_history"))

    def hypotheses(self) -> "tuple[Hypothesis, ...]":
        """Read the profiles that people declared beforehand in hypotheses.yml.

        Returns
        -------
        tuple of Hypothesis
            One each, in the order of the file; none where there is no such file.

        Raises
        ------
        LabError
            When the file says something that it may not; the message names the line.

        Examples
        --------
        >>> open_study("data/demo").hypotheses()[0].name
        'The head of sales'
        """
        from icp_lab.study.hypotheses import read_hypotheses  # noqa: PLC0415

        return read_hypotheses(self.folder, self.candidates())

    def has_beside(self, word: str) -> bool:
        """Tell whether the study holds what a word of `tables.BESIDE` stands for.

        Parameters
        ----------
        word : str
            One of hypotheses, interviews and ballots.

        Returns
        -------
        bool
            True where there are files of the first of its kinds.

        Examples
        --------
        >>> open_study("data/demo").has_beside("interviews")
        True
        """
        return any(self.folder.glob(BESIDE[word][0]))

    def interviews(self) -> "Interviews":
        """Read interviews/*.md, with the codes that people gave or accepted, written as the codebook does.

        Returns
        -------
        Interviews
            Heads and passages; without rows where there is no interview.

        Raises
        ------
        LabError
            When an interview cannot be read; the message names the line.

        Examples
        --------
        >>> "text" in open_study("data/demo").interviews().passages
        True
        """
        from icp_lab.study.codebook import settle_codes  # noqa: PLC0415  (pandas)
        from icp_lab.study.interviews import read_interviews  # noqa: PLC0415

        return settle_codes(read_interviews(self.folder), self.codebook(), read_corrections(self.folder, CODES))

    def codebook(self, language: str = "") -> "pd.DataFrame":
        """Read codebook.yml; without one give the lab's own.

        Parameters
        ----------
        language : str, default ''
            Language in which the lab's own codes are named; empty: that of the study.

        Returns
        -------
        DataFrame
            A row a code: code, name, meaning, belongs, examples and topic.

        Raises
        ------
        LabError
            When the file says something that it may not; the message names the line.

        Examples
        --------
        >>> open_study("data/demo").codebook()["code"].head(1).tolist()
        ['price_pain']
        """
        from icp_lab.study.codebook import read_codebook  # noqa: PLC0415

        return read_codebook(self.folder, language or self.language)

    def coders(self) -> "pd.DataFrame":
        """Read what further coders found in the interviews.

        Returns
        -------
        DataFrame
            Columns `coder`, `interview`, `passage` and `code`.

        Raises
        ------
        LabError
            When a file lacks a column, or a row names a passage that is not there; the message names the row.

        Examples
        --------
        >>> list(open_study("data/demo").coders())
        ['coder', 'interview', 'passage', 'code']
        """
        from icp_lab.study.codebook import read_coders  # noqa: PLC0415

        return read_coders(self.folder, self.interviews(), self.codebook())

    def ballots(self) -> "pd.DataFrame":
        """Read the votes in review/*.xlsx and in the table `review`.

        Returns
        -------
        DataFrame
            A row a vote: round, department, reviewer, item, vote, comment, proposal, mark.

        Raises
        ------
        LabError
            When a ballot cannot be read.

        Examples
        --------
        >>> list(open_study("data/demo").ballots())[:4]
        ['round', 'department', 'reviewer', 'item']
        """
        from icp_lab.study.ballots import read_ballots  # noqa: PLC0415  (pandas)

        return read_ballots(self.folder, self.table("review"))

    def corrections(self, form: str) -> "pd.DataFrame":
        """Read what people put right in a form.

        Parameters
        ----------
        form : str
            Name of a form, as in `corrections.FORMS`.

        Returns
        -------
        DataFrame
            A row an answer: coder, the form's keys, the answer.

        Raises
        ------
        LabError
            When an answer is none that may be given, or a file lacks a column.

        Examples
        --------
        >>> list(open_study("data/demo").corrections("reasons"))
        ['coder', 'statement', 'reason']
        """
        import pandas as pd  # noqa: PLC0415

        asked = FORMS[form]
        columns = ["coder", *asked.keys, asked.answer]
        return pd.DataFrame(list_corrections(self.folder, asked), columns=columns, dtype="str")

    @cached_property
    def people(self) -> frozenset[str] | None:
        """Name the people whose names are not to be printed; None where study.yml lets all names be shown.

        Examples
        --------
        >>> len(open_study("data/demo").people) > 100
        True
        """
        from icp_lab.study.people import list_people  # noqa: PLC0415  (pandas)

        return None if self.privacy.get("people") == "show" else list_people(self)

    def refused(self, table: str) -> dict[str, str]:
        """Say why columns of a table are no attributes.

        Parameters
        ----------
        table : str
            Name of an input table.

        Returns
        -------
        dict of str to str
            By column a code of `candidates.REFUSALS`; "" where it is an attribute.

        Examples
        --------
        >>> refused = open_study("data/demo").refused("accounts")
        >>> refused["name"], refused["industry"]
        ('identity', '')
        """
        from icp_lab.study.candidates import refuse_columns  # noqa: PLC0415

        return refuse_columns(self.table(table), table, self)
