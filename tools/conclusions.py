"""Run a study anew, and hold what it concludes to the conclusions kept in it: for a build that watches over a study.

usage: conclusions.py STUDY [--out OUT] [--language LANGUAGE] [--accept]

The twelve notebooks are executed, the report is put together, and `STUDY/conclusions.ipynb` is executed by nbval: a
cell a conclusion, with what it said when it was last accepted. One that says something else fails and is named.
`--accept` writes what is concluded now into that notebook, to be looked at and committed. Pictures, wording, ratios and
their decimals are not compared, and counts only in their first two figures: what is held is what a reader would act on.
"""

import argparse
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import nbformat
from refresh_notebooks import CHECKED, keep_results

from icp_lab.artifacts import BY_NAME as ARTIFACT
from icp_lab.artifacts.manifest import folder_of
from icp_lab.artifacts.store import read_artifact
from icp_lab.process import WRITER
from icp_lab.process.keys import find_entry
from icp_lab.report.make import choose_out
from icp_lab.rule import Rule
from icp_lab.step import find_place

KEPT = "conclusions.ipynb"
TITLE = """# What this study concludes

A cell a conclusion. A build executes them again on a new report, and stops where one says something else;
`make ci ARGS=--accept` writes them anew."""


def _read(out, name):
    return read_artifact(folder_of(out, WRITER[name]), ARTIFACT[name]) if find_entry(out, name) else None


def _list_criteria(profile):
    return [criterion.words() for criterion in Rule.from_profile(profile).criteria] or ["none"]


def _round(n):
    """Say a count in its first two figures."""
    return f"{round(n, min(0, 2 - len(str(n)))):,}"


def _count(values):
    return [f"{value or 'none'}: {_round(n)}" for value, n in sorted(Counter(values).items())]


def _tell_criteria(icp, _out):
    return [*_list_criteria(icp), *([] if icp["criteria"] else ["(a working hypothesis, no claim)"])]


def _tell_further(icp, _out):
    return [f"{one['name']} ({one.get('verdict')}): {'; '.join(_list_criteria(one))}" for one in icp.get("more") or []]


def _tell_avoided(icp, _out):
    avoid = icp.get("avoid") or {}
    return [f"{avoid.get('verdict', 'none')}: {'; '.join(_list_criteria(avoid))}"]


def _tell_tiers(_icp, out):
    scores = _read(out, "scores")
    return _count(scores["kind"] + ", tier " + scores["tier"].fillna("").replace("", "none")) if len(scores) else []


CONCLUSIONS = {
    "outcome": lambda icp, _out: [icp.get("outcome", "best")],
    "verdict": lambda icp, _out: [icp["verdict"], *icp.get("verdict_reason", [])],
    "criteria": _tell_criteria,
    "further profiles": _tell_further,
    "negative profile": _tell_avoided,
    "accounts": lambda _icp, out: _count(_read(out, "agreed_coverage")["fit"]),
    "tiers": _tell_tiers,
    "segments": lambda icp, _out: [f"{one['name']}: {_round(one['n'])} customers" for one in icp.get("segments") or []],
    "personas": lambda icp, _out: sorted(f"{one['department']}, {one['buying_role']}" for one in icp["personas"]),
}


def conclude(name, out=None):
    """Say one conclusion of a report: a line each, the same in every language."""
    out = out or find_place(Path.cwd())[1]
    icp = _read(out, "icp")
    if icp is None:
        sys.exit(f"There is no finished report in {out}.")
    return "\n".join(CONCLUSIONS[name](icp, out)) or "none"


def write_kept(path, said):
    """Write the notebook of conclusions, with what each says now."""
    code, tags = nbformat.v4.new_code_cell, {"tags": [CHECKED]}
    cells = [nbformat.v4.new_markdown_cell(TITLE, id="title"),
             code("from conclusions import conclude", id="import")]
    for name, words in said.items():
        cell = code(f'print(conclude("{name}"))', id=name.replace(" ", "-"), metadata=tags, execution_count=1)
        cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=f"{words}\n")]
        cells.append(cell)
    nbformat.write(keep_results(nbformat.v4.new_notebook(cells=cells)), path)


def read_kept(path):
    """Read what was concluded when it was last accepted."""
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if CHECKED in cell.metadata.get("tags", [])]
    return {cell.source.split('"')[1]: "".join(output.text for output in cell.outputs).strip() for cell in cells}


def execute(path, study, out):
    """Let nbval execute the notebook, and compare what each cell says with what it said."""
    places = {"ICP_LAB_STUDY": str(study), "ICP_LAB_OUT": str(out), "ICP_LAB_LANGUAGE": "en"}
    paths = os.pathsep.join(filter(None, [str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]))
    command = ["pytest", "--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=600", "-q", "--no-header",
               "-o", "addopts=", "-p", "no:cacheprovider", "-W", "default", "--tb=no", "-rN", "--rootdir", str(study)]
    return subprocess.run([sys.executable, "-m", *command, str(path)], cwd=study, check=False,
                          env=os.environ | places | {"PYTHONPATH": paths}).returncode  # fmt: skip


def hold(study, out):
    """Compare what a report concludes with what is kept in the study; give the exit status."""
    path = study / KEPT
    if not path.is_file():
        print(f"{path} is not there yet. Read {out / 'index.html'}; if you agree, keep what it says with --accept.")
        return 1
    kept, status = read_kept(path), execute(path, study, out)
    said = {name: conclude(name, out) for name in CONCLUSIONS}
    for name in said | kept:
        if said.get(name) != kept.get(name):
            print(f"\nChanged: {name}\n  was: {_indent(kept.get(name))}\n  is:  {_indent(said.get(name))}")
    if status or said.keys() != kept.keys():
        print(f"\nRead {out / 'index.html'}. If this is right, keep it with --accept, and commit {KEPT}.")
        return 1
    print(f"All {len(kept)} conclusions are as they were kept in {path}.")
    return 0


def _indent(words):
    return str(words).replace("\n", "\n       ")


def main():
    """Run the study, then hold its conclusions to those kept, or keep them."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("study", type=Path)
    asked.add_argument("--out", type=Path)
    asked.add_argument("--language")
    asked.add_argument("--accept", action="store_true")
    given = asked.parse_args()
    out = choose_out(given.study, given.out)
    spoken = ["--language", given.language] if given.language else []
    run = [sys.executable, "-m", "icp_lab", "report", str(given.study), "--out", str(out), *spoken]
    if status := subprocess.run(run, check=False).returncode:
        return status
    study = given.study.resolve()
    if not given.accept:
        return hold(study, out)
    write_kept(study / KEPT, {name: conclude(name, out) for name in CONCLUSIONS})
    print(f"Kept: {study / KEPT}. Look at what changed in it, and commit it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
