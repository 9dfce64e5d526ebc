"""The handle of a running notebook."""

import os
import shutil
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any, TypeVar

from icp_lab.artifacts import BY_NAME as ARTIFACT
from icp_lab.artifacts import place, store
from icp_lab.artifacts.manifest import PAGE_FACTS, Entry, Manifest, write_json, write_manifest
from icp_lab.errors import utter
from icp_lab.locale import _
from icp_lab.methods.redaction import redact
from icp_lab.pages.render import render_bold
from icp_lab.process import BY_NAME, ITEMS, keys, notebook
from icp_lab.step.inputs import Inputs
from icp_lab.step.results import Results
from icp_lab.step.session import parameter_values, ran_as_written, show, show_html
from icp_lab.study import Study
from icp_lab.tables import BESIDE
from icp_lab.views import picture, privacy

Result = TypeVar("Result")


class Here(Inputs):
    """Work in a notebook: read, compute, write, and say what was found.

    Parameters
    ----------
    file : NotebookFile
        The notebook's file.
    study : Study
        The study.
    out : Path
        Folder of the report.
    language : str
        Language of the page.
    staged : str
        Folder in which the runner wants the step prepared; empty in a session of one's own.

    Attributes
    ----------
    as_of, currency
        The day up to which the study looks, and the currency of all money in it.
    about
        What the foot of a picture says: day, currency, source.
    tables
        Tables of the study that this notebook may read.

    Examples
    --------
    >>> from icp_lab import step
    >>> here = step.open("01_customer_base")
    >>> here.name, here.currency
    ('01_customer_base', 'USD')
    """

    def __init__(self, file: notebook.NotebookFile, study: Study, out: Path, language: str, staged: str) -> None:
        super().__init__(file.name, study, out, language)
        self.as_of, self.currency = study.as_of, study.currency
        self.about = picture.About(as_of=study.as_of, currency=study.currency, source=study.name)
        privacy.set_hidden(lambda text: redact(text, study.people))
        self._promised = BY_NAME[self.name].writes if self.name in BY_NAME else ()
        self._file = file
        self._interactive = not staged
        self._staged = Path(staged) if staged else out / place.WORK / f"{file.name}-{os.getpid()}"
        if self._interactive:
            shutil.rmtree(self._staged, ignore_errors=True)
        self._fingerprint = study.fingerprint(self.tables)
        self._results = Results(out, self.name, self._staged)
        self._written: dict[str, Entry] = {}

    def __repr__(self) -> str:
        return f"{self.name}: {self.study.name}, {self.as_of} -> {self.out}"

    @property
    def parameters(self) -> dict[str, Any]:
        """Give the parameters with the values that they have in this session.

        Returns
        -------
        dict of str to object
            By name: the values of the session, else the defaults.

        Examples
        --------
        >>> from icp_lab import step
        >>> step.open("02_best_customers").parameters["top_share"]
        0.15
        """
        return parameter_values(self._file)

    def write(self, artifact: str, content: object) -> None:
        """Hand a frame or a dict to later steps, checked against its declaration and sorted by its key.

        Parameters
        ----------
        artifact : str
            Name of an artifact that this notebook writes.
        content : object
            A frame for a table, a dict for a record.

        Raises
        ------
        LabError
            When this notebook does not declare it, or the content does not fit.

        Examples
        --------
        >>> from icp_lab import step
        >>> here = step.open("01_customer_base")
        >>> here.write("customers", here.table("accounts")[["account_id"]].assign(status="prospect"))
        """
        if artifact not in self._promised:
            raise utter("run.artifact_not_for_writing", notebook=self.name, name=artifact)
        self._staged.mkdir(parents=True, exist_ok=True)
        self._written[artifact] = store.write_artifact(self._staged, ARTIFACT[artifact], content)

    def compute(self, function: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
        """Compute what a function of the methods gives on these data, and keep it, so that it is not computed twice.

        Parameters
        ----------
        function : callable
            A function of `icp_lab.methods` that returns a frozen dataclass or a frame.
        *args, **kwargs : object
            What it takes: frames, numbers, words.

        Returns
        -------
        Result
            What the function returns.

        Examples
        --------
        >>> import pandas as pd
        >>> from icp_lab import step
        >>> from icp_lab.methods.result import add_shares
        >>> counts = pd.DataFrame({"won": [8], "of": [10]})
        >>> step.open("01_customer_base").compute(add_shares, counts, "won")["share"].tolist()
        [0.8]
        """
        result: Result = self._results.compute(function, args, kwargs)
        return result

    def show(self, *views: object) -> None:
        """Show several results, one after the other.

        Parameters
        ----------
        *views : object
            Tables, pictures, sentences, or results that show themselves.

        Examples
        --------
        >>> from icp_lab import step
        >>> step.open("01_customer_base").show("first", "second")
        first
        second
        """
        show(*views)

    def headline(self, sentence: str) -> None:
        """Say the notebook's answer in one sentence with its uncertainty: it stands on the page's first screen.

        Parameters
        ----------
        sentence : str
            The sentence; what stands between two pairs of asterisks is bold.

        Examples
        --------
        >>> from icp_lab import step
        >>> step.open("01_customer_base").headline("420 customers bring 5.1 million a year.")
        420 customers bring 5.1 million a year.
        """
        self._facts["headlines"].append(str(sentence))
        show_html(f'<p class="headline">{render_bold(sentence)}</p>', str(sentence))

    def answer(self, *items: str, needs: tuple[str, ...] = ()) -> None:
        """Say that this section answers sub-items of the process.

        Parameters
        ----------
        *items : str
            Ids, such as `1b`.
        needs : tuple of str, default ()
            Tables, and words of `tables.BESIDE`, that the answer rests on. When all are missing the items wait for
            them; when some are, the checklist says what it would gain from.

        Raises
        ------
        ValueError
            When the process has no such sub-item.

        Examples
        --------
        >>> from icp_lab import step
        >>> step.open("01_customer_base").answer("1a", needs=("revenue",))
        """
        missing = [table for table in needs if not self._is_there(table)]
        state = "waiting" if needs and len(missing) == len(needs) else "answered"
        for item in items:
            self._note(item, state, tables=missing)

    def waiting(self, item: str, *tables: str) -> None:
        """Say that a sub-item waits for tables that the study does not have.

        Parameters
        ----------
        item : str
            Its id, such as `1b`.
        *tables : str
            Names of the tables.

        Raises
        ------
        ValueError
            When the process has no such sub-item.

        Examples
        --------
        >>> from icp_lab import step
        >>> step.open("01_customer_base").waiting("1b", "usage")
        This waits for data: usage. A template lies in the study's templates folder.
        """
        self._note(item, "waiting", tables=list(tables))

    def not_applicable(self, item: str, why: str) -> None:
        """Say that a sub-item does not apply to this study, and why.

        Parameters
        ----------
        item : str
            Its id, such as `1b`.
        why : str
            The reason, as a sentence.

        Raises
        ------
        ValueError
            When the process has no such sub-item.

        Examples
        --------
        >>> from icp_lab import step
        >>> step.open("01_customer_base").not_applicable("1b", "Nothing is sold by contract.")
        Nothing is sold by contract.
        """
        self._note(item, "not_applicable", why=why)

    def finish(self) -> None:
        """Close the step: all that it promised is written, and later steps may read it.

        Raises
        ------
        LabError
            When a declared artifact was not written, or a run is writing to the same folder.

        Examples
        --------
        >>> from icp_lab import step
        >>> step.open("01_customer_base").finish()  # nothing was written
        Traceback (most recent call last):
            ...
        icp_lab.errors.base.LabError: ...
        """
        missing = tuple(artifact for artifact in self._promised if artifact not in self._written)
        if missing:
            raise utter("run.artifact_not_written", notebook=self.name, names=missing)
        self._staged.mkdir(parents=True, exist_ok=True)
        write_json(self._staged / PAGE_FACTS, {"notebook": self.name, "language": self.language, **self._facts})
        write_manifest(self._staged, self._manifest())
        if self._interactive:
            with place.hold(self.out, f"JupyterLab, {self.name}"):
                place.place_step(self._staged, self.out, self.name)
            self._written, self._used = {}, {}
            self._results.restart()

    def _manifest(self) -> Manifest:
        # What it may read, as it was when it read it.
        upstream = {name: self._used.get(name, held) for name, held in keys.hash_upstream(self.out, self.name).items()}
        inputs = keys.describe_inputs(self._file, self.parameters, self._fingerprint, upstream)
        key = keys.compute_key(inputs) if ran_as_written(self._file) else ""
        return Manifest(self.name, key, "", "", inputs, self.parameters, self._written, self._interactive,
                        self._results.kept)

    def _note(self, item: str, state: str, *, tables: list[str] | None = None, why: str = "") -> None:
        if item not in ITEMS:
            raise ValueError(f"the process has no sub-item {item}")
        self._facts["answers"][item] = {"state": state, "tables": tables or [], "why": str(why)}
        target = f'<span class="item" id="item-{item}"></span>'  # where the index leads to
        waiting = _("This waits for data: {tables}. A template lies in the study's templates folder.")
        if tables and set(tables) <= set(BESIDE):
            waiting = _("This waits for what people fill in: {tables}. What it takes lies in the folder to_fill.")
        words = waiting.format(tables=", ".join(tables or [])) if state == "waiting" else str(why)
        paragraph = f'<p class="{state.replace("_", "-")}">{escape(words)}</p>' if words else ""
        show_html(target + paragraph, words)
