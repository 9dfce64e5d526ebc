"""Damage all that the lab reads, and see that each is read, or refused in words.

`python tools/fuzz.py N SEED` tries N inputs over all readers (`fuzz_readers.py` says what is damaged and what may then
be read) and prints a table; `--reader NAME` tries one reader alone, `--only I` one trial again, as it was. Each trial
runs in a process of its own, with at most 20 s of the processor, 60 s by the clock and 2 GiB.
"""

import argparse
import json
import os
import resource
import select
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from shutil import rmtree

os.environ.setdefault("OMP_NUM_THREADS", "1")
warnings.filterwarnings("ignore", category=DeprecationWarning)  # of fork, since libraries hold threads

import numpy as np  # noqa: E402
from fuzz_intake import REFUSED  # noqa: E402
from fuzz_readers import READERS, Trial, make_ballot  # noqa: E402

from icp_lab.errors import LabError  # noqa: E402

PROCESSOR, CLOCK, MEMORY, LONGEST = 20, 60.0, 2 << 30, 10_000
KINDS = ("read", "refused", "traceback", "hang", "memory", "wrong")


def judge(reader: str, trial: Trial) -> tuple[str, str]:  # noqa: PLR0911  (one each way to end)
    """Run one trial; give how it ended, and what is to be said of it."""
    try:
        wrong = READERS[reader][1](trial)
    except LabError as error:
        words = str(error)
        if not (error.place.file or trial.file) or trial.file not in words:
            return "wrong", f"no place: {words[:300]}"
        if not (error.rule or error.remedy):
            return "wrong", f"neither rule nor remedy: {words[:300]}"
        if len(words) > LONGEST:
            return "wrong", f"{len(words)} characters are said: {words[:300]}"
        words.encode()
        if trial.whole:
            return "wrong", f"nothing was damaged, and it is refused: {words[:300]}"
        return "refused", words[:200]
    except MemoryError:
        return "memory", "MemoryError"
    except BaseException:
        return "traceback", "".join(traceback.format_exc()[-1500:])
    if wrong == REFUSED:
        return "refused", ""
    return ("wrong", wrong) if wrong else ("read", "")


def run_apart(reader: str, seed: int, number: int) -> tuple[str, str, str]:
    """Run one trial in a process of its own; give how it ended, what was done to the input, and what is to be said."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz_"))
    hear, tell = os.pipe()
    child = os.fork()
    if child == 0:
        _be_tried(reader, seed, number, folder, tell)
    os.close(tell)
    said, end, spent = b"", time.monotonic() + CLOCK, None
    while (left := end - time.monotonic()) > 0:
        if select.select([hear], [], [], left)[0]:
            if not (block := os.read(hear, 1 << 16)):
                break
            said += block
    else:
        os.kill(child, signal.SIGKILL)
        spent = "hang"
    os.close(hear)
    _pid, status, usage = os.wait4(child, 0)
    rmtree(folder, ignore_errors=True)
    told = said.decode(errors="replace").splitlines()
    way = json.loads(told[0]) if told else "?"
    if spent or (os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)):
        return "hang", way, f"{usage.ru_utime:.0f} s of the processor"
    kind, words = json.loads(told[1]) if len(told) > 1 else ("traceback", f"ended with status {status}")
    if usage.ru_maxrss * 1024 > MEMORY:
        return "memory", way, f"{usage.ru_maxrss / 1024:.0f} MiB; {kind}: {words}"
    return kind, way, words


def _be_tried(reader: str, seed: int, number: int, folder: Path, tell: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR, PROCESSOR + 2))
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
    for stream in (0, 1, 2):
        os.dup2(os.open(os.devnull, os.O_RDWR), stream)
    tempfile.tempdir = str(folder)
    (folder / "study").mkdir()
    (folder / "secret.csv").write_text("account_id\nhidden\n", encoding="utf-8")
    trial = Trial(np.random.default_rng([seed, number]), folder / "study")
    found = judge(reader, trial)
    if (folder / "pwned").exists() or list(folder.rglob("pwned*")):
        found = "wrong", "code was run, or something written"
    os.write(tell, f"{json.dumps(trial.way)}\n{json.dumps(found)}\n".encode())
    os._exit(0)


def share_out(n: int, only: str = "") -> Iterator[tuple[str, int]]:
    """Give each reader its share of n trials, one at least, and number them."""
    whole = sum(share for share, _try in READERS.values())
    for reader, (share, _try) in READERS.items():
        if not only or reader == only:
            for number in range(n if only else max(1, round(n * share / whole))):
                yield reader, number


def _warm_up() -> None:
    """Load what the readers load when they first need it, so that it is not loaded anew in each process."""
    for name in (
        "charset_normalizer.api",
        "python_calamine",
        "pyarrow.parquet",
        "sqlglot.dialects",
        "jinja2",
        "narwhals",
        "sqlglot.optimizer",
        "icp_lab.study.candidates",
        "icp_lab.study.history",
        "icp_lab.study.frames",
        "icp_lab.intake.loading",
        "icp_lab.intake.propose",
        "sqlalchemy",
        "pandas.io.parquet",
    ):
        with suppress(ImportError):
            import_module(name)
    make_ballot()


def main() -> int:
    """Try inputs and print the table."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("n", type=int)
    ask.add_argument("seed", type=int)
    ask.add_argument("--reader", default="", choices=list(READERS))
    ask.add_argument("--only", type=int)
    told = ask.parse_args()
    _warm_up()
    counts: dict[str, Counter[str]] = {reader: Counter() for reader in READERS}
    for reader, number in share_out(told.n, told.reader):
        if told.only is not None and number != told.only:
            continue
        kind, way, words = run_apart(reader, told.seed, number)
        counts[reader][kind] += 1
        if kind not in ("read", "refused") or told.only is not None:
            print(f"{reader} {number} ({way}): {kind}: {words}", flush=True)
    _print_table(counts)
    return int(any(counts[reader][kind] for reader in counts for kind in KINDS[2:]))


def _print_table(counts: dict[str, Counter[str]]) -> None:
    rows = [(reader, *(count[kind] for kind in KINDS)) for reader, count in counts.items() if count]
    rows.append(("**all**", *(sum(row[i] for row in rows) for i in range(1, len(KINDS) + 1))))
    print("| reader | tried | " + " | ".join(KINDS) + " |", "|---" * (len(KINDS) + 2) + "|", sep="\n")
    for name, *numbers in rows:
        print(f"| {name} | {sum(numbers):,} | " + " | ".join(f"{n:,}" for n in numbers) + " |")


if __name__ == "__main__":
    sys.exit(main())
