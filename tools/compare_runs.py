"""Say whether two reports say the same: each artifact by its content, each product by its bytes.

    python tools/compare_runs.py OUT1 OUT2 [--tolerance 1e-9]

Exit status 0 where every artifact is equal, to the bit or within the tolerance (relative, of numbers alone); else 1.
Files made of the artifacts are listed where their bytes differ, and do not count: the pages name the version of Python,
index.html and run.json say how long the steps took.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from icp_lab.artifacts import BY_NAME, TableArtifact
from icp_lab.artifacts.manifest import digest_file, folder_of, read_manifest
from icp_lab.artifacts.store import read_artifact
from icp_lab.process import WRITER


@dataclass(frozen=True)
class Compared:
    """How two artifacts of one name go together: `same`, `near` (within the tolerance), `differs` or `lacking`."""

    name: str
    how: str
    words: str = ""


def compare_artifacts(one: Path, other: Path, tolerance: float) -> list[Compared]:
    """Compare every artifact that either report holds."""
    held = [{name: entry.content for step in WRITER.values() if (manifest := read_manifest(folder_of(out, step)))
             for name, entry in manifest.artifacts.items()} for out in (one, other)]
    found = []
    for name in sorted({*held[0], *held[1]}):
        if name not in held[0] or name not in held[1]:
            found.append(Compared(name, "lacking", f"only in {one if name in held[0] else other}"))
        elif held[0][name] == held[1][name]:
            found.append(Compared(name, "same"))
        else:
            found.append(_compare(name, *(read_artifact(folder_of(out, WRITER[name]), BY_NAME[name])
                                          for out in (one, other)), tolerance))
    return found


def _compare(name, first, second, tolerance: float) -> Compared:
    pair_up = _pair_cells if isinstance(BY_NAME[name], TableArtifact) else _pair_values
    pairs = dict(pair_up(first, second))
    gaps = {place: _measure_gap(*pair) for place, pair in pairs.items()}
    worst = max(gaps, key=gaps.__getitem__, default="")
    if gaps.get(worst, 0) <= tolerance:
        return Compared(name, "near", f"by at most {gaps.get(worst, 0):.1e}")
    far = sum(gap > tolerance for gap in gaps.values())
    return Compared(name, "differs", f"{far} of {len(gaps)} values; most at {worst}: {pairs[worst]}")


def _pair_cells(first: pd.DataFrame, second: pd.DataFrame):
    if len(first) != len(second):
        yield "rows", (f"{len(first)} rows", f"{len(second)} rows")
    for column in first.columns:
        for row, pair in enumerate(zip(first[column], second[column], strict=False)):
            yield f"{column}, row {row + 1}", pair


def _pair_values(first, second, place: str = ""):
    if isinstance(first, dict) and isinstance(second, dict) and first.keys() == second.keys():
        for key in first:
            yield from _pair_values(first[key], second[key], f"{place}/{key}")
    elif isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        for number, pair in enumerate(zip(first, second, strict=True)):
            yield from _pair_values(*pair, f"{place}/{number}")
    else:
        yield place, (first, second)


def _measure_gap(first, second) -> float:
    """Measure how far two values are apart: 0 for the same, a share of the larger for numbers, else infinitely far."""
    plain = pd.api.types.is_scalar(first) and pd.api.types.is_scalar(second)
    if plain and (pd.isna(first) or pd.isna(second)):
        return 0.0 if pd.isna(first) and pd.isna(second) else float("inf")
    if first == second:
        return 0.0
    numbers = plain and not {type(first), type(second)} & {str, bool} and isinstance(first, float | int)
    return abs(first - second) / max(abs(first), abs(second)) if numbers else float("inf")


def compare_files(one: Path, other: Path) -> tuple[int, list[str]]:
    """Count the files beside the artifacts that hold the same bytes, and name those that do not."""
    names = [{str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()} for out in (one, other)]
    beside = sorted(name for name in names[0] | names[1] if not name.startswith(("artifacts/", ".")))
    both = [name for name in beside if name in names[0] & names[1]]
    same = {name for name in both if digest_file(one / name) == digest_file(other / name)}
    return len(same), [name for name in beside if name not in same]


def main() -> int:
    """Compare and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", nargs=2, type=Path, metavar="OUT")
    parser.add_argument("--tolerance", type=float, default=1e-9)
    parser.add_argument("--json", action="store_true", help="say it as JSON")
    asked = parser.parse_args()
    found = compare_artifacts(*asked.reports, asked.tolerance)
    same, other = compare_files(*asked.reports)
    counts = {how: sum(each.how == how for each in found) for how in ("same", "near", "differs", "lacking")}
    if asked.json:
        print(json.dumps({"artifacts": counts, "files": {"same": same, "other": other}}))
    else:
        for each in found:
            if each.how != "same":
                print(f"{each.name}: {each.how}, {each.words}")
        print(f"{len(found)} artifacts: {counts['same']} equal to the bit, {counts['near']} within "
              f"{asked.tolerance:g}, {counts['differs']} different, {counts['lacking']} in one report alone")
        print(f"{same + len(other)} other files: {same} of the same bytes; not {', '.join(other) or 'one differs'}")
    return int(not found or counts["differs"] + counts["lacking"] > 0)


if __name__ == "__main__":
    sys.exit(main())
