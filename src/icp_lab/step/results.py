"""What a notebook has computed, kept beside its artifacts: the same function on the same data is not run twice.

A result is found again by the function, the code behind it and the content of its arguments. So another language or
another picture computes nothing again, and neither does a cell that is run a second time.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from icp_lab.artifacts.codec import PACKAGE, NotStorableError, decode, digest, digest_encoded, encode
from icp_lab.artifacts.manifest import digest_text, folder_of, read_manifest
from icp_lab.errors import utter
from icp_lab.process.sources import digest_code

FOLDER = "results"


class Results:
    """Keep the results of one notebook: those of its last finished run, and those of this one.

    Parameters
    ----------
    out : Path
        Folder of the report.
    notebook : str
        The notebook.
    staged : Path
        Folder in which the step is prepared.

    Attributes
    ----------
    kept : dict of str to str
        Digest of each result that this run has computed or found again, by its key.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import pandas as pd
    >>> from icp_lab.methods.result import add_shares
    >>> with TemporaryDirectory() as folder:
    ...     results = Results(Path(folder), "01_customer_base", Path(folder, ".work", "1"))
    ...     for won in (8, 8, 9):  # the second time nothing is computed
    ...         _ = results.compute(add_shares, (pd.DataFrame({"won": [won], "of": [10]}), "won"), {})
    ...     len(results.kept)
    2
    """

    def __init__(self, out: Path, notebook: str, staged: Path) -> None:
        self._former = folder_of(out, notebook)
        former = read_manifest(self._former)
        self._known = dict(former.results) if former else {}
        self._staged = staged
        self.kept: dict[str, str] = {}

    def compute(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Give what a function gives for these arguments, from the store or else by calling it.

        Parameters
        ----------
        function : callable
            A function of the lab; any other is called each time, since nobody can tell whether its code changed.
        args : tuple of object
            What it takes, in order: data that `artifacts.codec.encode` can write.
        kwargs : dict of str to object
            What it takes by name.

        Returns
        -------
        object
            As the store gives it, so that a first and a second run show the same.

        Raises
        ------
        LabError
            When arguments or result cannot be kept.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> import pandas as pd
        >>> from icp_lab.methods.result import add_shares
        >>> with TemporaryDirectory() as folder:
        ...     results = Results(Path(folder), "01_customer_base", Path(folder, ".work", "1"))
        ...     results.compute(add_shares, (pd.DataFrame({"won": [8], "of": [10]}), "won"), {})["share"].tolist()
        [0.8]
        """
        name = f"{function.__module__}.{function.__qualname__}"
        if function.__module__.partition(".")[0] != PACKAGE:
            return function(*args, **kwargs)  # an analyst's own function: nobody can tell whether its code changed
        try:
            key = self._key(function, args, kwargs)
            stored = self._load(key)
            if stored is None:
                stored = encode(function(*args, **kwargs))
                self._keep(key, *stored)
            return decode(*stored)  # what the store gives, so that a first and a second run show the same
        except NotStorableError as error:
            raise utter("run.cannot_store", function=name, fault=error) from error

    def _key(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        code = digest_code((f"import {function.__module__}",), showing=False)
        name = f"{function.__module__}:{function.__qualname__}"
        return digest_text(name, code, digest(args), digest(dict(sorted(kwargs.items()))))

    def _load(self, key: str) -> tuple[str, list[bytes]] | None:
        for folder in (self._staged, self._former):
            found = _read(folder / FOLDER, key)
            expected = self.kept.get(key) or self._known.get(key)
            if found is not None and digest_encoded(*found) == expected:
                self._keep(key, *found)
                return found
        return None

    def _keep(self, key: str, text: str, frames: list[bytes]) -> None:
        folder = self._staged / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{key}.json").write_text(text, encoding="utf-8")
        for number, frame in enumerate(frames):
            (folder / f"{key}.{number}.arrow").write_bytes(frame)
        self.kept[key] = digest_encoded(text, frames)

    def restart(self) -> None:
        """Go on after the step was put in place: its results are now those of the last finished run.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> import pandas as pd
        >>> from icp_lab.methods.result import add_shares
        >>> with TemporaryDirectory() as folder:
        ...     results = Results(Path(folder), "01_customer_base", Path(folder, ".work", "1"))
        ...     _ = results.compute(add_shares, (pd.DataFrame({"won": [8], "of": [10]}), "won"), {})
        ...     results.restart()
        ...     results.kept
        {}
        """
        self._known, self.kept = {**self._known, **self.kept}, {}


def _read(folder: Path, key: str) -> tuple[str, list[bytes]] | None:
    path = folder / f"{key}.json"
    if not path.is_file():
        return None
    frames = sorted(folder.glob(f"{key}.*.arrow"), key=lambda each: int(each.name.split(".")[1]))
    return path.read_text(encoding="utf-8", errors="replace"), [each.read_bytes() for each in frames]
