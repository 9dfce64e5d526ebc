"""The folder of a run: who may write to it, and how a finished step is put in place in one move."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from icp_lab.artifacts.manifest import folder_of
from icp_lab.errors import utter

# Folder in OUT for what is not finished: a run clears what a killed one left there.
WORK = ".work"


@contextmanager
def hold(out: Path, who: str) -> Iterator[None]:
    """Keep every other run out of a folder for a block.

    The system lets go of the lock when the process ends, however it ends.

    Parameters
    ----------
    out : Path
        Folder of the report; made if absent.
    who : str
        Who holds it, as it is told to whom it keeps out.

    Yields
    ------
    None
        Nothing: the folder is held while the block runs.

    Raises
    ------
    LabError
        When the folder is held already, by whichever process; it says by which.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, hold(Path(folder), "Ann's run"), hold(Path(folder), "Ben's run"):
    ...     print("both")
    Traceback (most recent call last):
        ...
    icp_lab.errors.base.LabError: Another run is writing to ...: Ann's run, process ...
    """
    out.mkdir(parents=True, exist_ok=True)
    with (out / ".lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise utter("run.run_held", out=out, holder=lock.read().strip()) from None
        lock.truncate(0)
        lock.write(f"{who}, process {os.getpid()}\n")
        lock.flush()
        yield


def place_step(staged: Path, out: Path, notebook: str) -> None:
    """Put a finished step where others read it: the former one goes, the new one comes, by two renames.

    Parameters
    ----------
    staged : Path
        Folder in which the step was prepared, in the same file system as `out`; it is gone afterwards.
    out : Path
        Folder of the report.
    notebook : str
        Name of the notebook.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     for word in ("old", "new"):
    ...         staged = Path(folder, WORK, "1")
    ...         staged.mkdir(parents=True)
    ...         (staged / f"{word}.json").touch()
    ...         place_step(staged, Path(folder), "01_customer_base")
    ...     [file.name for file in folder_of(Path(folder), "01_customer_base").iterdir()]
    ['new.json']
    """
    final = folder_of(out, notebook)
    final.parent.mkdir(parents=True, exist_ok=True)
    gone = _take_away(final, staged.with_name(f"{staged.name}.former"))
    staged.rename(final)
    shutil.rmtree(gone, ignore_errors=True)


def drop_step(out: Path, notebook: str) -> None:
    """Take a step's artifacts away: it counts as not run from the first moment on.

    Parameters
    ----------
    out : Path
        Folder of the report.
    notebook : str
        Name of the notebook; nothing happens where it has left none.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     folder_of(Path(folder), "01_customer_base").mkdir(parents=True)
    ...     drop_step(Path(folder), "01_customer_base")
    ...     folder_of(Path(folder), "01_customer_base").exists()
    False
    """
    shutil.rmtree(_take_away(folder_of(out, notebook), out / WORK / f"{notebook}.former"), ignore_errors=True)


def _take_away(final: Path, gone: Path) -> Path:
    """Move a step to where nobody reads it, by one rename."""
    gone.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(gone, ignore_errors=True)
    if final.exists():
        final.rename(gone)
    return gone
