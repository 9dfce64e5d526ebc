"""Under which licences does the lock stand? Writes docs/licences.md; refuses what is unknown, and the GPL.

`python tools/licences.py` writes, with `--check` it says what is wrong. What a package says of itself in its metadata
is taken, by the names of tools/licences.toml; there stand too those that say nothing, or are not installed.
"""

import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCKS, TARGET = ("requirements.lock", "requirements-test.lock"), ROOT / "docs/licences.md"
TOLD = tomllib.loads((ROOT / "tools/licences.toml").read_text(encoding="utf-8"))
COPYLEFT = re.compile(r"\bA?GPL|General Public", re.IGNORECASE)


def read_lock(name: str) -> dict[str, str]:
    """Which packages does a lock hold, in which version?"""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return dict(found.groups() for line in lines if (found := re.match(r"([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)", line)))


def find_licence(name: str) -> str:
    """Under which licence is a package? Empty where neither its metadata nor tools/licences.toml says it."""
    if name in TOLD["stated"]:
        return str(TOLD["stated"][name])
    try:
        said = distribution(name).metadata
    except PackageNotFoundError:
        return str(TOLD["elsewhere"].get(name, ""))
    classes = [one.rpartition(" :: ")[2] for one in said.get_all("Classifier") or [] if one.startswith("License")]
    for words in ([said.get("License-Expression")], [(said.get("License") or "").partition("\n")[0]], classes):
        named = [TOLD["names"].get(str(word).lower(), word) for word in words if word]
        if named and all(part in _list_known() for word in named for part in split(str(word))):
            return " AND ".join(map(str, named))
    return ""


def _list_known() -> set[str]:
    return {*TOLD["plain"]["licences"], "MPL-2.0"}


def split(licence: str) -> list[str]:
    """Which licences does an expression name?"""
    return [part for part in re.split(r"\s+(?:AND|OR|WITH)\s+|[()]", licence) if part]


def find_faults(rows: dict[str, tuple[str, bool]]) -> list[str]:
    """What is wrong with the licences: unknown ones, not plain and not explained, the GPL in what a report needs?"""
    plain, wrong = set(TOLD["plain"]["licences"]), []
    for name, (licence, with_report) in rows.items():
        if not licence:
            wrong.append(f"{name}: unknown")
        elif set(split(licence)) - plain and name not in TOLD["explained"]:
            wrong.append(f"{name}: {licence} is not explained in tools/licences.toml")
        if with_report and COPYLEFT.search(licence.replace("LGPL", "")):
            wrong.append(f"{name}: {licence}, and a report needs it")
    return wrong + [f"{name}: explained, and not in the lock" for name in TOLD["explained"] if name not in rows]


def write_page() -> tuple[str, list[str]]:
    """Write the page, and say what is wrong."""
    needed, every = map(read_lock, LOCKS)
    rows = {name: (find_licence(name), name in needed) for name in sorted(every | needed)}
    versions = needed | every
    table = [f"| {name} | {versions[name]} | {licence or '?'} | {'report' if with_report else 'tests'} |"
             for name, (licence, with_report) in rows.items()]
    explained = [f"- **{name}** ({rows[name][0]}): {said}" for name, said in TOLD["explained"].items() if name in rows]
    told = [
        "# Licences of what the lab is built on", "",
        "Written by `python tools/licences.py` from the lock and from what each package says of itself; a test holds "
        f"it true. ICP lab itself is under BSD-3-Clause. {len(rows)} packages: {len(needed)} that a report needs, the "
        "others for tests alone. Nothing that a report needs is under the GPL or AGPL. The wheel of the lab carries "
        "none of them: pip fetches each from where it is published.", "",
        "What asks for more than to be named:", "", *explained, "",
        "| package | version | licence | for |", "|---|---|---|---|", *table, ""]
    return "\n".join(told), find_faults(rows)


def main() -> int:
    """Write the page, or check it; say what is wrong."""
    page, wrong = write_page()
    if "--check" not in sys.argv:
        TARGET.write_text(page, encoding="utf-8")
    elif not TARGET.is_file() or TARGET.read_text(encoding="utf-8") != page:
        wrong.append("docs/licences.md is not what the lock says: run python tools/licences.py")
    print(*wrong, sep="\n", end="\n" if wrong else "")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
