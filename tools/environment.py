"""Install a lock and this checkout into the environment whose Python runs this file (standard library only).

An environment of the lab's own gets the lock to the letter. One that the user activated is used as it is: only what
is missing in it, or older than pyproject.toml allows, comes from the lock.
"""

import re
import subprocess
import sys
import tempfile
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
LOG = Path(sys.prefix, ".icp-lab", "pip.log")


def parse(text):
    """Read one requirement with the parser that every pip carries: no other is sure to be there."""
    from pip._vendor.packaging.requirements import Requirement  # noqa: PLC0415  (pip itself may have to be made first)

    requirement = Requirement(text)
    requirement.name = re.sub(r"[-_.]+", "-", requirement.name).lower()
    return requirement


def read_lock(lock):
    """Split a lock into the entries that concern this Python and system: name -> the lines that pip needs."""
    entries = {}
    for entry in re.split(r"\n(?=[a-z0-9])", Path(lock).read_text(encoding="utf-8")):
        pin = parse(entry.split("\\")[0])
        if pin.marker is None or pin.marker.evaluate():
            entries[pin.name] = entry
    return entries


def list_wanted(lock):
    """Read what pyproject.toml asks for: name -> requirement."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    texts = [*project["project"]["dependencies"], *project["dependency-groups"]["build"]]
    if "test" in Path(lock).name:
        texts += project["project"]["optional-dependencies"]["test"]
    return {requirement.name: requirement for requirement in map(parse, texts)}


def select_missing(entries, wanted):
    """Keep the entries that the environment does not have, or has too old for this project."""

    def is_there(name):
        try:
            found = version(name)
        except PackageNotFoundError:
            return False
        return name not in wanted or wanted[name].specifier.contains(found, prereleases=True)

    return {name: entry for name, entry in entries.items() if not is_there(name)}


def run_pip(*arguments, total=0):
    """Run pip with a counter in place of its chatter; the whole of it goes to the log."""
    LOG.parent.mkdir(exist_ok=True)
    with (
        LOG.open("a", encoding="utf-8") as log,
        subprocess.Popen([*PIP, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip,
    ):
        done = 0
        for line in pip.stdout:
            log.write(line)
            found = re.match(r"(?:Collecting|Requirement already satisfied:) ([\w.-]+)", line)
            if found and total:
                done += 1
                show(f"{done} of {total} packages: {found[1]}", step=done)
            elif line.startswith("Installing collected"):
                show("unpacking them", step=0)
    if pip.returncode:
        last = LOG.read_text(encoding="utf-8").splitlines()[-15:]
        sys.exit("\n".join(["", *last, f"pip failed; all of it is in {LOG}"]))


def show(text, step):
    """Say how far it is: on one line of a terminal, or every twenty packages where the output is a file."""
    if sys.stdout.isatty():
        print(f"\r\033[K  {text}", end="", flush=True)
    elif step % 20 == 0:
        print(f"  {text}", flush=True)


def main(whose, lock):
    """Install what is needed."""
    if subprocess.run([*PIP, "--version"], capture_output=True, check=False).returncode:
        subprocess.run([sys.executable, "-m", "ensurepip"], check=True)
    entries = read_lock(lock)
    if whose == "active":
        entries = select_missing(entries, list_wanted(lock))
    if entries:
        print(f"Installing {len(entries)} packages from {lock} into {sys.prefix} (at first, minutes)", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            chosen = Path(folder, lock)
            chosen.write_text("\n".join(entries.values()), encoding="utf-8")
            run_pip("install", "--no-deps", "--require-hashes", "--requirement", str(chosen), total=len(entries))
    run_pip("install", "--no-deps", "--no-build-isolation", "--editable", ".")
    print("\r\033[KThe environment is ready." if sys.stdout.isatty() else "The environment is ready.", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
