"""The manifest of a step: what it wrote, from what, and whether it is all still there. Light to import.

`artifacts/<notebook>/manifest.json` is written last. A step without one, or whose files differ from it, counts as not
run.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import blake2b, file_digest
from pathlib import Path
from typing import Any

# What a finished step wrote, from what; and what it says of its page: headlines, answered items, rows read.
FILE, PAGE_FACTS, SEAL = "manifest.json", "page.json", "seal"


@dataclass(frozen=True)
class Entry:
    """Tell of one artifact of a step which file it is and what is in it.

    Parameters
    ----------
    file : str
        Name of the file in the step's folder.
    digest : str
        Of the file's bytes: a file with another one was changed by hand.
    content : str
        Digest of what it says, whatever the bytes: later steps are stale only when this one is another.
    rows : int
        Rows of a table; 1 for a record.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from icp_lab.artifacts import BY_NAME
    >>> from icp_lab.artifacts.store import write_artifact
    >>> with TemporaryDirectory() as folder:
    ...     avoid = write_artifact(Path(folder), BY_NAME["avoid"], {"criteria": [], "verdict": "", "evidence": {}})
    >>> avoid.file, avoid.rows
    ('avoid.json', 1)
    """

    file: str
    digest: str
    content: str
    rows: int


@dataclass(frozen=True)
class Manifest:
    """Say of a finished step what it wrote, and from what.

    Parameters
    ----------
    notebook : str
        The notebook.
    compute_key : str
        Stands for all that its results depend on; empty where they cannot be told, as after cells changed in a session.
    page_key : str
        Stands for all that its page depends on; empty where no page was made.
    page : str
        Digest of the page's file; empty where no page was made.
    inputs : dict of str to str
        The parts of the compute key, so that `status` can say what changed.
    parameters : dict of str to object
        The parameters with the values that they had.
    artifacts : dict of str to Entry
        What it wrote, by name.
    interactive : bool, default False
        True where it ran in JupyterLab, not in a run.
    results : dict of str to str
        Digest of each stored result of `here.compute`, by its key.
    timings : dict of str to float
        Seconds, by what they were spent on.
    facts : str, default ''
        Digest of what it noted for its page (page.json); empty where it noted nothing.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_manifest(Path(folder), Manifest("01_customer_base", "", "", "", {}, {"years": 3}, {}))
    ...     read_manifest(Path(folder)).parameters
    {'years': 3}
    """

    notebook: str
    compute_key: str
    page_key: str
    page: str
    inputs: dict[str, str]
    parameters: dict[str, Any]
    artifacts: dict[str, Entry]
    interactive: bool = False
    results: dict[str, str] = field(default_factory=dict)
    timings: dict[str, float] = field(default_factory=dict)
    facts: str = ""


def folder_of(out: Path, notebook: str) -> Path:
    """Find where the artifacts of a notebook lie.

    Parameters
    ----------
    out : Path
        Folder of the report.
    notebook : str
        Name of the notebook, without its ending.

    Returns
    -------
    Path
        Its folder, whether it is there or not.

    Examples
    --------
    >>> folder_of(Path("reports/demo"), "01_customer_base").as_posix()
    'reports/demo/artifacts/01_customer_base'
    """
    return out / "artifacts" / notebook


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put the manifest beside the artifacts it speaks of; the step counts as done from here on.

    Parameters
    ----------
    folder : Path
        Folder of the step, with its artifacts and page.json.
    manifest : Manifest
        What to say of it; its `facts` are taken from page.json as it is now.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_manifest(Path(folder), Manifest("01_customer_base", "", "", "", {}, {}, {}))
    ...     read_sealed(Path(folder, "manifest.json"))["notebook"]
    '01_customer_base'
    """
    facts = digest_file(folder / PAGE_FACTS) if (folder / PAGE_FACTS).is_file() else ""
    write_sealed(folder / FILE, asdict(manifest) | {"facts": facts})


def read_manifest(folder: Path) -> Manifest | None:
    """Read what the step in this folder says of itself.

    Parameters
    ----------
    folder : Path
        Folder of the step.

    Returns
    -------
    Manifest or None
        None when it is absent, unreadable, or not true of its files: the step then counts as not run.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_text(Path(folder, "avoid.json"), "{}")
    ...     entry = Entry("avoid.json", digest_file(Path(folder, "avoid.json")), "", 1)
    ...     write_manifest(Path(folder), Manifest("02_best_customers", "", "", "", {}, {}, {"avoid": entry}))
    ...     before = read_manifest(Path(folder))
    ...     write_text(Path(folder, "avoid.json"), "{ }")  # somebody changes the file
    ...     before.notebook, read_manifest(Path(folder))
    ('02_best_customers', None)
    """
    try:
        plain = read_sealed(folder / FILE)
        plain["artifacts"] = {name: Entry(**entry) for name, entry in plain["artifacts"].items()}
        manifest = Manifest(**plain)
        intact = all(digest_file(folder / entry.file) == entry.digest for entry in manifest.artifacts.values())
        intact &= not manifest.facts or digest_file(folder / PAGE_FACTS) == manifest.facts
    except (OSError, TypeError, KeyError, AttributeError):
        return None
    return manifest if intact else None


def write_json(path: Path, content: object) -> None:
    """Write JSON in one piece: whoever reads sees the old file or the new one.

    Parameters
    ----------
    path : Path
        The file; its folder is made if absent.
    content : object
        What JSON has; anything else is written as its text.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_json(Path(folder, "page.json"), {"where": Path("a")})
    ...     print(Path(folder, "page.json").read_text(), end="")
    {
     "where": "a"
    }
    """
    write_text(path, json.dumps(content, ensure_ascii=False, indent=1, default=str) + "\n")


def _read_json(path: Path) -> dict[str, Any]:
    """What does a JSON object say? Nothing where the file is absent, unreadable, or holds something else."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def write_sealed(path: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON object with a seal, by which it is known again as what was written.

    Parameters
    ----------
    path : Path
        The file; its folder is made if absent.
    content : Mapping of str to object
        What JSON has; the key `seal` is added.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_sealed(Path(folder, "run.json"), {"rows": 3})
    ...     sorted(json.loads(Path(folder, "run.json").read_text()))
    ['rows', 'seal']
    """
    write_json(path, {**content, SEAL: _seal(content)})


def read_sealed(path: Path) -> dict[str, Any]:
    """Read a sealed JSON object.

    Parameters
    ----------
    path : Path
        A file that `write_sealed` wrote.

    Returns
    -------
    dict of str to object
        What it says, without the seal; empty where the file is absent or one word of it is no longer what was written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "run.json")
    ...     write_sealed(file, {"rows": 3})
    ...     before = read_sealed(file)
    ...     write_text(file, file.read_text().replace("3", "4"))
    ...     before, read_sealed(file)
    ({'rows': 3}, {})
    """
    content = _read_json(path)
    return content if content.pop(SEAL, "") == _seal(content) else {}


def _seal(content: Mapping[str, Any]) -> str:
    return digest_text(json.dumps(content, sort_keys=True, default=str))


def read_page_facts(folder: Path) -> dict[str, Any]:
    """Read what a step noted for its page and the checklist.

    Parameters
    ----------
    folder : Path
        Folder of the step.

    Returns
    -------
    dict of str to object
        Headlines, answered items, rows read; empty where it has noted nothing.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_json(Path(folder, "page.json"), {"headlines": ["420 customers."]})
    ...     read_page_facts(Path(folder)), read_page_facts(Path(folder, "elsewhere"))
    ({'headlines': ['420 customers.']}, {})
    """
    return _read_json(folder / PAGE_FACTS)


def write_text(path: Path, text: str) -> None:
    """Write text in one piece: whoever reads sees the old file or the new one.

    Parameters
    ----------
    path : Path
        The file; its folder is made if absent.
    text : str
        Written as UTF-8, its line ends as they are.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_text(Path(folder, "new", "words.txt"), "価格")
    ...     [file.name for file in Path(folder, "new").iterdir()]  # the draft beside it is gone
    ['words.txt']
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8", newline="")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def digest_file(path: Path) -> str:
    """Name the bytes that a file holds.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    str
        A word of 32 hexadecimal digits, the same for the same bytes.

    Raises
    ------
    OSError
        When there is no such file, or it cannot be read.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_text(Path(folder, "a"), "one")
    ...     write_text(Path(folder, "b"), "one")
    ...     digest_file(Path(folder, "a")) == digest_file(Path(folder, "b"))
    True
    """
    with path.open("rb") as stream:
        return file_digest(stream, lambda: blake2b(digest_size=16)).hexdigest()


def digest_text(*parts: str) -> str:
    """Name some words in their order, and where one ends and the next begins.

    Parameters
    ----------
    *parts : str
        The words.

    Returns
    -------
    str
        A word of 32 hexadecimal digits.

    Examples
    --------
    >>> digest_text("a", "b") == digest_text("a", "b"), digest_text("a", "b") == digest_text("ab")
    (True, False)
    """
    total = blake2b(digest_size=16)
    for part in parts:
        data = part.encode()
        total.update(len(data).to_bytes(8, "big") + data)
    return total.hexdigest()
