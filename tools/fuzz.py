"""Damage all that the lab reads, and see that each is read, or refused in words.

`python tools/fuzz.py N SEED` tries N inputs over all readers (`fuzz_readers.py` says what is damaged and what may then
be read) and prints a table; `--reader NAME` tries one reader alone, `--only I` one trial again, as it was. Trials
run in processes of their own, each with at most 20 s of the processor, 60 s by the clock and 2 GiB.
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
from collections.abc import Iterator, Sequence
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

PROCESSOR, CLOCK, MEMORY, LONGEST, AT_ONCE = 20, 60.0, 2 << 30, 10_000, 10
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


def run_apart(reader: str, seed: int, numbers: Sequence[int]) -> Iterator[tuple[str, str, str]]:
    """Run trials in a process of their own; give of each how it ended, what was done to the input, what is said.

    Where the process ends or takes too much, the trials that it leaves behind are run again, each by itself.
    """
    folder = Path(tempfile.mkdtemp(prefix="fuzz_"))
    hear, tell = os.pipe()
    child = os.fork()
    if child == 0:
        _be_tried(reader, seed, numbers, folder, tell)
    os.close(tell)
    said, stuck = b"", False
    while True:
        if not select.select([hear], [], [], CLOCK)[0]:
            os.kill(child, signal.SIGKILL)
            stuck = True
            break
        if not (block := os.read(hear, 1 << 16)):
            break
        said += block
    os.close(hear)
    _pid, status, usage = os.wait4(child, 0)
    rmtree(folder, ignore_errors=True)
    told = [json.loads(line) for line in said.decode(errors="replace").splitlines() if line.endswith("]")]
    large = usage.ru_maxrss * 1024 > MEMORY
    if len(numbers) > 1 and (large or len(told) < len(numbers)):
        told = [] if large else told
        yield from map(tuple, told)
        for number in numbers[len(told) :]:
            yield from run_apart(reader, seed, [number])
    elif stuck or (os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)):
        yield "hang", "?", f"{usage.ru_utime:.0f} s of the processor"
    elif not told:
        yield "traceback", "?", f"ended with status {status}"
    elif large:
        yield "memory", told[0][1], f"{usage.ru_maxrss / 1024:.0f} MiB; {told[0]}"
    else:
        yield from map(tuple, told)


def _be_tried(reader: str, seed: int, numbers: Sequence[int], folder: Path, tell: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
    for stream in (0, 1, 2):
        os.dup2(os.open(os.devnull, os.O_RDWR), stream)
    tempfile.tempdir = str(folder)
    for number in numbers:
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + PROCESSOR + 1, resource.RLIM_INFINITY))
        os.chdir(folder)
        here = folder / str(number)
        (here / "study").mkdir(parents=True)
        (here / "secret.csv").write_text("account_id\nhidden\n", encoding="utf-8")
        trial = Trial(np.random.default_rng([seed, number]), here / "study")
        kind, words = judge(reader, trial)
        if list(folder.rglob("pwned*")):
            kind, words = "wrong", "code was run, or something written"
        os.write(tell, f"{json.dumps([kind, trial.way, words])}\n".encode())
    os._exit(0)


def share_out(n: int, only: str = "") -> Iterator[tuple[str, int]]:
    """Give each reader its share of n trials, one at least."""
    whole = sum(share for share, _try in READERS.values())
    for reader, (share, _try) in READERS.items():
        if not only or reader == only:
            yield reader, n if only else max(1, round(n * share / whole))


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
    for reader, n in share_out(told.n, told.reader):
        numbers = range(n) if told.only is None else [told.only]
        ends = (
            end
            for i in range(0, len(numbers), AT_ONCE)
            for end in run_apart(reader, told.seed, numbers[i : i + AT_ONCE])
        )
        for number, (kind, way, words) in zip(numbers, ends, strict=True):
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
