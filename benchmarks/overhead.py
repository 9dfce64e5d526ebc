"""How much time does running a notebook add to its computations?

For each notebook of the house: the seconds of its run (kernel, imports, cells, page) less the seconds of the same cells
as a script in a fresh process, on the demo unless told: `python benchmarks/overhead.py [STUDY]`.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from icp_lab.artifacts.place import WORK, drop_step
from icp_lab.process.sources import digest_code
from icp_lab.report.make import Wish, make_report, plan_report
from icp_lab.report.run import run_steps
from icp_lab.report.watch import Watch
from icp_lab.study import open_study

ROOT = Path(__file__).parents[1]


def time_script(code: tuple[str, ...], study: Path, out: Path) -> float:
    """Run the cells as one script in a fresh process."""
    began = perf_counter()
    environment = {**os.environ, "ICP_LAB_STUDY": str(study), "ICP_LAB_OUT": str(out)}
    subprocess.run([sys.executable, "-c", "\n".join(code)], env=environment, check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - began


def main() -> None:
    """Print a line a notebook."""
    study = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "data" / "demo"
    with tempfile.TemporaryDirectory() as folder:
        whole, out = Path(folder) / "whole", Path(folder) / "out"
        make_report(study, whole, Wish())
        digest_code(("from icp_lab import step",), showing=True)  # read once, as in a run of all notebooks
        print(f"{'notebook':24}{'run':>8}{'script':>8}{'adds':>8}  seconds")
        for name, task in plan_report(open_study(study), whole, Wish()).tasks.items():
            seconds = []
            for kind in ("run", "script"):
                shutil.rmtree(out, ignore_errors=True)
                shutil.copytree(whole, out, ignore=shutil.ignore_patterns(WORK, ".lock"))
                drop_step(out, name)
                plan = plan_report(open_study(study), out, Wish())
                began = perf_counter()
                if kind == "run":
                    alone = {name: type(task)(task.file, task.parameters, ())}
                    run_steps(plan, alone, Watch({}), jobs=1)
                    seconds.append(perf_counter() - began)
                else:
                    seconds.append(time_script(task.file.code, study.resolve(), out))
            print(f"{name:24}{seconds[0]:8.1f}{seconds[1]:8.1f}{seconds[0] - seconds[1]:8.1f}")


if __name__ == "__main__":
    main()
