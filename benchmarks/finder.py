"""How often is the finder right? The rates that its verdicts stand on, each beside its bar, in one table.

`python benchmarks/finder.py` draws tables without any rule (how often is one called supported?) and tables with a
planted one (is it found, is it called supported, does the interval hold its true lift?), runs the whole protocol on
each in two processes, prints the tables and writes them to benchmarks/results/finder.md. 200 seeds a cell take hours:
`--seeds 20` gives a first look, `--only wide` the cells whose name holds that word; neither overwrites anything.
"""

import argparse
import math
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from icp_lab import find_icp

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent / "tools"))
from planted import GENERATORS, NARROW, NULLS, WIDE, make_null, make_planted  # noqa: E402

SEEDS = 200
Bars = dict[str, float]
PLANTED: dict[tuple[str, int], Bars] = {
    (WIDE, 100): {"supported": 0.5},
    (WIDE, 300): {"supported": 0.95, "median Jaccard": 0.85},
    (WIDE, 1000): {"Jaccard 0.8": 0.98, "false criteria": 0.2},
    (NARROW, 1000): {"supported": 0.85, "median Jaccard": 0.75, "false criteria": 0.2},
    (NARROW, 3000): {"Jaccard 0.8": 0.95, "false criteria": 0.2},
}
MOST_LESS, MISSING = 0.1, 0.2  # what a fifth of missing values may cost
NULL_EACH, NULL_POOLED = {400: 0.06}, {400: 0.03, 100: 0.05}
COVERED_EACH, COVERED_POOLED = 0.8, 0.9


@dataclass(frozen=True)
class Cell:
    """One kind of table at one size."""

    kind: str
    n: int
    generator: str = ""
    missing: float = 0.0
    bars: Bars = field(default_factory=dict, hash=False)

    @property
    def name(self) -> str:
        """What `--only` looks at."""
        parts = [self.kind, str(self.n), self.generator, f"missing {self.missing:.0%}" if self.missing else ""]
        return " ".join(part for part in parts if part)


def list_cells() -> list[Cell]:
    """List all cells: null ones, then planted ones."""
    null = [Cell(variant, n, bars={"supported": NULL_EACH[n]} if n in NULL_EACH else {})
            for n in NULL_POOLED for variant in NULLS]
    planted = []
    for missing in (0.0, MISSING):
        for generator in GENERATORS:
            for (kind, n), bars in PLANTED.items():
                less = MOST_LESS if missing else 0.0
                eased = {name: bar if name == "false criteria" else bar - less for name, bar in bars.items()}
                planted.append(Cell(kind, n, generator, missing, eased))
    return null + planted


def measure(cell: Cell, permutations: int, seed: int) -> dict[str, Any]:
    """Run the whole protocol on one table and hold the answer against the truth."""
    if cell.kind in NULLS:
        table = make_null(cell.n, cell.kind, seed)
    else:
        table = make_planted(cell.n, cell.kind, seed, generator=cell.generator, missing=cell.missing)
    found = find_icp(table.cases, table.positive, groups=table.groups, permutations=permutations, seed=seed)
    row = {"cell": cell.name, "seed": seed, "supported": found.verdict == "supported", "p": found.p_value}
    if cell.kind in NULLS:
        return row
    true = table.true_lift(found.rule)
    return row | {
        "jaccard": table.jaccard(found.rule), "false": table.false_criteria(found.rule), "lift": found.lift,
        "true": true, "held": found.lift_low <= true <= found.lift_high,
    }


def within(rate: float, bar: float, n: int, *, most: bool = False) -> bool:
    """Tell whether a rate of n reaches a bar, or is within two standard errors of it."""
    slack = 2 * math.sqrt(bar * (1 - bar) / n) if n else 0.0
    return rate <= bar + slack if most else rate >= bar - slack


def say(value: float, bar: float | None, show: Callable[[float], str], met: bool | None) -> str:
    """Write a figure with its bar and whether it is reached; a dash where there is none."""
    if math.isnan(value):
        return "-"
    return show(value) if bar is None else f"{show(value)} ({show(bar)} {'met' if met else 'NOT MET'})"


def tabulate_null(cells: list[Cell], measured: pd.DataFrame) -> list[str]:
    """Make the table of tables without a rule: `supported` ought to be rare."""
    lines = ["| n | variant | tables | supported | p at most 0.05 |", "|--:|:--|--:|--:|--:|"]
    share = "{:.1%}".format
    for n, bar in NULL_POOLED.items():
        names = [c.name for c in cells if c.kind in NULLS and c.n == n]
        rows = measured[measured["cell"].isin(names)]
        if rows.empty:
            continue
        for cell in (c for c in cells if c.name in names):
            own = rows[rows["cell"] == cell.name]
            rate, most = own["supported"].mean(), cell.bars.get("supported")
            met = None if most is None else within(rate, most, len(own), most=True)
            lines.append(f"| {n} | {cell.kind.replace('_', ' ')} | {len(own)} | {say(rate, most, share, met)} "
                         f"| {share((own['p'] <= 0.05).mean())} |")
        rate = rows["supported"].mean()
        lines.append(f"| {n} | pooled | {len(rows)} | {say(rate, bar, share, within(rate, bar, len(rows), most=True))} "
                     f"| {share((rows['p'] <= 0.05).mean())} |")
    return lines


def tabulate_planted(cells: list[Cell], measured: pd.DataFrame) -> list[str]:
    """Make the table of tables with a rule: is it found, called supported, and is its lift in the interval?"""
    lines = ["| rule | n | generator | missing | tables | supported | median Jaccard | Jaccard 0.8 or more "
             "| false criteria | lift in the interval, of those supported |", "|:--|--:|:--|" + "--:|" * 7]
    share, plain = "{:.1%}".format, "{:.2f}".format
    pooled = []
    for cell in cells:
        own = measured[measured["cell"] == cell.name]
        sure = own[own["supported"]]
        pooled.append(sure)
        values = {"supported": own["supported"].mean(), "Jaccard 0.8": (own["jaccard"] >= 0.8).mean()}
        texts = {k: say(v, cell.bars.get(k), share, within(v, cell.bars.get(k, 0.0), len(own)))
                 for k, v in values.items()}
        middle, false = own["jaccard"].median(), own["false"].mean()
        bar, most = cell.bars.get("median Jaccard"), cell.bars.get("false criteria")
        held = sure["held"].mean() if len(sure) else math.nan
        lines.append(
            f"| {cell.kind} | {cell.n} | {cell.generator} | {cell.missing:.0%} | {len(own)} | {texts['supported']} "
            f"| {say(middle, bar, plain, middle >= (bar or 0))} | {texts['Jaccard 0.8']} "
            f"| {say(false, most, plain, false <= (most or math.inf))} "
            f"| {say(held, COVERED_EACH, share, within(held, COVERED_EACH, len(sure)))} of {len(sure)} |"
        )
    sure = pd.concat(pooled)
    if len(sure):
        held = sure["held"].mean()
        lines.append("| pooled |  |  |  |  |  |  |  |  | "
                     f"{say(held, COVERED_POOLED, share, within(held, COVERED_POOLED, len(sure)))} of {len(sure)} |")
    return lines


def write_results(cells: list[Cell], measured: pd.DataFrame, first: int) -> str:
    """Make the document."""
    seeds = measured["seed"].nunique()
    text = ["# How often the finder is right", "",
            f"Made by `python benchmarks/finder.py`: seeds {first} to {first + seeds - 1} a cell, the whole protocol "
            "on each table. Thirty attributes, one case in five positive. In brackets the bar, which a rate meets when "
            "it is within two standard errors of it.", ""]
    null, planted = [c for c in cells if c.kind in NULLS], [c for c in cells if c.kind not in NULLS]
    if null:
        text += ["## Nothing to find", "", *tabulate_null(null, measured), ""]
    if planted:
        text += ["## A rule of lift 3 to find", "",
                 "Wide: two criteria that cover a quarter of the cases; narrow: three that cover a twelfth. The truth "
                 "is held on 20,000 fresh, complete cases. With a fifth of the values "
                 "missing, bars are lower by 0.1.", "", *tabulate_planted(planted, measured), ""]
    return "\n".join(text)


def main() -> None:
    """Measure, print, and keep the whole table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seeds", type=int, default=SEEDS, help="tables a cell")
    asked.add_argument("--first", type=int, default=0, help="the first seed, to keep tuning and judging apart")
    asked.add_argument("--only", default="", help="cells whose name holds this")
    asked.add_argument("--permutations", type=int, default=999)
    asked.add_argument("--processes", type=int, default=2)
    wish = asked.parse_args()
    cells = [cell for cell in list_cells() if wish.only in cell.name]
    rows: list[dict[str, Any]] = []
    with ProcessPoolExecutor(wish.processes) as pool:
        for cell in cells:
            seeds = range(wish.first, wish.first + wish.seeds)
            rows += pool.map(partial(measure, cell, wish.permutations), seeds, chunksize=2)
            supported = sum(row["supported"] for row in rows[-wish.seeds :])
            print(f"  {cell.name}: {supported} of {wish.seeds} supported", file=sys.stderr, flush=True)
    text = write_results(cells, pd.DataFrame(rows), wish.first)
    print(text)
    if not wish.only and wish.seeds >= SEEDS:
        (HERE / "results").mkdir(exist_ok=True)
        (HERE / "results" / "finder.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
