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

    Raises
    ------
    LabError
        When another process holds the folder; it says which.
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
    """Put a finished step where others read it: the former one goes, the new one comes, by two renames."""
    final = folder_of(out, notebook)
    final.parent.mkdir(parents=True, exist_ok=True)
    gone = _take_away(final, staged.with_name(f"{staged.name}.former"))
    staged.rename(final)
    shutil.rmtree(gone, ignore_errors=True)


def drop_step(out: Path, notebook: str) -> None:
    """Take a step's artifacts away: it counts as not run from the first moment on."""
    shutil.rmtree(_take_away(folder_of(out, notebook), out / WORK / f"{notebook}.former"), ignore_errors=True)


def _take_away(final: Path, gone: Path) -> Path:
    """Move a step to where nobody reads it, by one rename."""
    gone.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(gone, ignore_errors=True)
    if final.exists():
        final.rename(gone)
    return gone
