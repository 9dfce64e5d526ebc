"""Does the lab install by pip alone and run the demo far from a checkout? Builds wheel and sdist, and tries both.

For each Python given (else python3.11, python3.12 and python3.13, as far as there are): an environment of its own, the
wheel with what it asks for (by pip, from where pip is set up to look), then in an empty folder `icp-lab demo x` and
`icp-lab report x`. Then the sdist is installed over it: the same code, so the report has nothing to run again.

    python tools/try_wheel.py [PYTHON ...]

It takes a few minutes a Python, most of them for downloads and for the report.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).parents[1]
NAMES = ("python3.11", "python3.12", "python3.13")
# Nothing of the caller's may answer in place of what was installed.
OWN = ("PYTHON", "ICP_LAB_", "VIRTUAL_ENV")
ELSEWHERE = {key: value for key, value in os.environ.items() if not key.startswith(OWN)}


def run(folder, *command):
    """Run a command in a folder, or end with all that it said; give its output and how many seconds it took."""
    began = perf_counter()
    done = subprocess.run(command, cwd=folder, env=ELSEWHERE, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done.stdout, perf_counter() - began


def build(folder):
    """Build both as the back end does; give the wheel and the sdist."""
    run(ROOT, sys.executable, "-m", "hatchling", "build", "-d", folder, "-t", "sdist", "-t", "wheel")
    return next(folder.glob("*.whl")), next(folder.glob("*.tar.gz"))


def try_python(python, wheel, sdist, folder):
    """Install, make the demo and run its report; then once more with the sdist in place of the wheel."""
    empty, environment = folder / "empty", folder / "environment"
    empty.mkdir(parents=True)
    run(folder, python, "-m", "venv", environment)
    inside, lab = environment / "bin/python", environment / "bin/icp-lab"
    pip = (inside, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    _said, installing = run(empty, *pip, wheel)
    ask = "import icp_lab, sys; print(icp_lab.__file__, sys.version)"
    where, version = run(empty, inside, "-c", ask)[0].split()[:2]
    assert where.startswith(str(environment)), where
    run(empty, lab, "demo", "x")
    _said, reporting = run(empty, lab, "report", "x")
    written = {path: path.stat().st_mtime_ns for path in (empty / "reports/x").rglob("*") if path.is_file()}
    pages = sum(path.suffix == ".html" and path.parent.name == "x" for path in written)
    run(empty, *pip, "--force-reinstall", "--no-deps", sdist)
    run(empty, lab, "report", "x")
    assert written == {path: path.stat().st_mtime_ns for path in written}, "the sdist holds other code than the wheel"
    print(f"Python {version}: installed in {installing:.0f} s, demo and report in an empty folder: {pages} pages in "
          f"{reporting:.0f} s; from the sdist: the same code, nothing to run again", flush=True)


def main():
    """Try every Python that is there."""
    pythons = sys.argv[1:] or [found for name in NAMES if (found := shutil.which(name))]
    with tempfile.TemporaryDirectory() as place:
        wheel, sdist = build(Path(place))
        for file in (wheel, sdist):
            print(f"{file.name}: {file.stat().st_size / 1e6:.1f} MB", flush=True)
        for number, python in enumerate(pythons):
            try_python(python, wheel, sdist, Path(place, str(number)))
            shutil.rmtree(Path(place, str(number)))


if __name__ == "__main__":
    main()
