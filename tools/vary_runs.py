"""Run a study under conditions that must not matter, and say whether its artifacts stay the same.

    python tools/vary_runs.py STUDY FOLDER [--only STEP] [--accounts N]

Each variation changes several at once: the order of the rows in every table, the seed of hashes, the number of threads,
the locale and the time zone. The runner settles hashes and threads of BLAS for its kernels; here it is kept from that,
so that what it would shield is tried too. FOLDER receives the studies, the reports and `variations.json`.
"""

import argparse
import csv
import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
from compare_runs import compare_artifacts

from icp_lab.study import open_study

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
# What is set for each; `shuffle` is the seed by which rows are dealt, None to leave them. POSIX without coercion is the
# locale of a bare container or of cron: ASCII, unless a file's encoding is named.
VARIATIONS = {
    "plain": {"shuffle": None, "PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "TZ": "UTC", "threads": "1"},
    "turkish": {"shuffle": 1, "PYTHONHASHSEED": "1", "LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati",
                "threads": "2"},
    "japanese": {"shuffle": 2, "PYTHONHASHSEED": "random", "LC_ALL": "ja_JP.eucJP", "TZ": "America/Anchorage",
                 "threads": "1"},
    "bare": {"shuffle": 3, "PYTHONHASHSEED": "2", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0",
             "TZ": "Asia/Kathmandu", "threads": "2"},
}
UNSHIELDED = """
import sys
from pathlib import Path
from icp_lab.report import execute
from icp_lab.report.make import Wish, make_report
execute._SETTLED = {"MPLBACKEND": "agg", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
run = make_report(Path(sys.argv[1]), Path(sys.argv[2]), Wish(only=sys.argv[3]))
print({name: (step.state, step.cause) for name, step in run.steps.items() if step.state != "done"} | run.unmade)
sys.exit(not run.ok)
"""


def shuffle_tables(study: Path, seed: int) -> None:
    """Deal the rows of every CSV and Parquet table that study.yml names anew."""
    deal = random.Random(seed)
    for path in sorted({path for spec in open_study(study).specs.values() for path in spec.files}):
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            pq.write_table(table.take(deal.sample(range(len(table)), len(table))), path)
        elif path.suffix == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as stream:
                head, *rows = csv.reader(stream)
            deal.shuffle(rows)
            with path.open("w", encoding="utf-8", newline="") as stream:
                csv.writer(stream).writerows([head, *rows])


def make_locales(folder: Path, wanted: set[str]) -> dict[str, str]:
    """Build the locales that the variations name, where the system can and lacks them; say where they lie."""
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.which("localedef"):
        for name in wanted - {"C", "C.UTF-8"}:
            language, _dot, charset = name.partition(".")
            charset = {"eucJP": "EUC-JP"}.get(charset, charset)
            subprocess.run(["localedef", "-i", language, "-f", charset, str(folder / name)], check=False,
                           capture_output=True)
    return {"LOCPATH": str(folder)} if any(folder.iterdir()) else {}


def set_environment(variation: dict, more: dict[str, str]) -> dict[str, str]:
    """Give the environment of a variation."""
    own = {name: value for name, value in variation.items() if name not in ("shuffle", "threads")}
    return {**os.environ, **dict.fromkeys(THREADS, variation["threads"]), **own, **more}


def vary(study: Path, folder: Path, code: str, only: str = "", names: tuple[str, ...] = tuple(VARIATIONS)) -> dict:
    """Run the study under each variation; give how the artifacts of each compare with those of the first."""
    locales, found = make_locales(folder / "locales", {VARIATIONS[name]["LC_ALL"] for name in names}), {}
    for name in names:
        own, out = folder / f"{name} study", folder / name
        shutil.copytree(study, own)
        if VARIATIONS[name]["shuffle"] is not None:
            shuffle_tables(own, VARIATIONS[name]["shuffle"])
        command = [sys.executable, "-c", code, str(own), str(out), only]
        done = subprocess.run(command, env=set_environment(VARIATIONS[name], locales), capture_output=True, check=False)
        words = done.stdout.decode("utf-8", "replace")[-2000:] + done.stderr.decode("utf-8", "replace")[-2000:]
        compared = compare_artifacts(folder / names[0], out, 1e-9)
        found[name] = {"ok": done.returncode == 0, "said": "" if done.returncode == 0 else words,
                       "artifacts": len(compared), "same": sum(each.how == "same" for each in compared),
                       "other": [f"{each.name}: {each.how}, {each.words}" for each in compared if each.how != "same"]}
        (folder / "variations.json").write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")
    return found


def main() -> int:
    """Vary and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="one step, with those that it needs")
    asked = parser.parse_args()
    found = vary(asked.study, asked.folder, UNSHIELDED, asked.only)
    print(json.dumps(found, indent=1, ensure_ascii=False))
    return int(any(not each["ok"] or each["same"] != each["artifacts"] for each in found.values()))


if __name__ == "__main__":
    sys.exit(main())
