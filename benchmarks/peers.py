"""Side by side with the peers: the same tables, the same cores, each at its best setting, encoding included.

`python benchmarks/peers.py` compares with pysubgroup (its beam; and all its algorithms over its own selectors) and with
scikit-learn's decision tree, prints the tables and writes them to benchmarks/results/peers.md. `--quick` takes about a
minute, the whole about an hour: a million rows keep the peers busy for minutes each; `--sizes` chooses. Measurements
are kept in peers.csv beside it, so that a run of one size leaves the others' figures. The peers run in environments
of their own, which the first run installs: one in which they are fastest, and for pysubgroup's beam as it comes also
the one that a plain install gives today.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd

from icp_lab.methods.exhaustive import Conjunction, rank_conjunctions
from icp_lab.methods.search import search_rules
from icp_lab.rule import Rule

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent / "tools"))
from planted import BASE, LIFT, NARROW, WIDE, Planted, make_planted  # noqa: E402

SEEDS = {2_000: 20, 100_000: 10, 1_000_000: 3}
QUICK = {2_000: 2}
REPEATS = {2_000: 3}  # of a timing, for both sides; the least counts
DEPTH = 4  # most criteria, of both sides
FASTEST, PLAIN = "requirements.txt", "requirements-plain.txt"
BEAM, CHOSEN, TREE = "beam 20, as it comes", "beam 20, well chosen", "decision tree"
BEAM_PLAIN = "beam 20, as pip installs it"
SETTINGS: dict[str, dict[str, Any]] = {
    BEAM: {"do": "find_subgroup", "setting": {"algorithm": "beam", "depth": DEPTH}},
    CHOSEN: {
        "do": "find_subgroup",
        "setting": {"algorithm": "beam", "depth": DEPTH, "bins": 10, "intervals": False, "exponent": 0.5},
    },
    TREE: {"do": "grow_tree", "setting": {"depth": DEPTH}},
    BEAM_PLAIN: {"do": "find_subgroup", "setting": {"algorithm": "beam", "depth": DEPTH}},
}
MOST_SEEDS = {
    (CHOSEN, 100_000): 3, (CHOSEN, 1_000_000): 0, (BEAM_PLAIN, 100_000): 3, (BEAM_PLAIN, 1_000_000): 1,
}  # a minute a run, a quarter of an hour a run
TOP_SIZES = {2_000: 5, 100_000: 2}
TOP = ("Apriori with numba", "beam", "DFS on bitsets", "BestFirst", "SimpleDFS")
TOP_SLOW = ("BestFirst", "SimpleDFS")  # never the fastest: once, and only at the smallest size


@dataclass(frozen=True)
class Peers:
    """The peers' process, which answers a task a line."""

    process: "subprocess.Popen[str]"

    def ask(self, **task: Any) -> dict[str, Any]:
        """Hand over a task and wait for the answer."""
        assert self.process.stdin and self.process.stdout
        print(json.dumps(task), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("The peers' process ended; its last words stand above.")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def ask_often(self, repeats: int, **task: Any) -> dict[str, Any]:
        """Ask several times and keep the fastest answer."""
        answers: list[dict[str, Any]] = [self.ask(**task) for _ in range(repeats)]
        return min(answers, key=lambda answer: float(answer["seconds"]))

    def say_versions(self) -> str:
        """List what runs there."""
        return ", ".join(f"{name} {number}" for name, number in self.ask(do="say_versions").items())


def start_peers(requirements: str, until: ExitStack) -> Peers:
    """Start the peers in one of their environments."""
    command = [str(install_peers(HERE / "peers" / requirements)), str(HERE / "peers" / "worker.py")]
    process = until.enter_context(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
    assert process.stdin
    until.callback(process.stdin.close)
    return Peers(process)


def install_peers(wanted: Path) -> Path:
    """Make an environment of the peers, unless it is there, and say where its Python is."""
    digest = hashlib.sha256(wanted.read_bytes() + sys.version.encode()).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    place = cache / "icp-lab" / f"peers-{digest}"
    python = place / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not (place / "complete").exists():
        uv = [sys.executable, "-m", "uv"]
        subprocess.run([*uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(place)], check=True)
        subprocess.run([*uv, "pip", "install", "--quiet", "--python", str(python), "-r", str(wanted)], check=True)
        (place / "complete").touch()
    return python


def search_ours(cases: pd.DataFrame, positive: "pd.Series[Any]") -> Rule:
    """Run the lab's search once, encoding included."""
    found = search_rules(cases, positive.to_numpy(dtype=bool), max_criteria=DEPTH)
    return found[0] if found else Rule()


def time_best(repeats: int, run: Callable[[], Any]) -> tuple[float, Any]:
    """Time a call, the least of several."""
    least, result = float("inf"), None
    for _ in range(repeats):
        began = perf_counter()
        result = run()
        least = min(least, perf_counter() - began)
    return least, result


def judge(planted: Planted, inside: "np.ndarray[Any, Any]") -> tuple[float, float]:
    """Give lift and Jaccard index of a cover on the fresh rows, free of the chance of outcomes."""
    true = planted.rule.mask(planted.fresh).to_numpy(dtype=bool)
    share = true.mean()
    chance = np.where(true, BASE * LIFT, (BASE - share * BASE * LIFT) / (1 - share))
    lift = chance[inside].mean() / chance.mean() if inside.any() else 1.0
    return float(lift), float((inside & true).sum() / max(1, (inside | true).sum()))


def store(planted: Planted, folder: Path) -> dict[str, str]:
    """Write a table and its fresh rows for the peers."""
    paths = {"table": str(folder / "table.parquet"), "fresh": str(folder / "fresh.parquet")}
    planted.cases.assign(positive=planted.positive).to_parquet(paths["table"])
    planted.fresh.to_parquet(paths["fresh"])
    return paths


def compare_searches(peers: Peers, plain: Peers, n: int, seeds: int) -> list[dict[str, Any]]:
    """Let our search and each peer's find a rule in the same tables, wide and narrow truths in turn."""
    rows = []
    for seed in range(seeds):
        kind = (WIDE, NARROW)[seed % 2]
        planted = make_planted(n, kind, seed)
        repeats = REPEATS.get(n, 1)
        with tempfile.TemporaryDirectory() as folder:
            paths = store(planted, Path(folder))
            for name, task in SETTINGS.items():
                if seed >= MOST_SEEDS.get((name, n), seeds):
                    continue
                seconds, rule = time_best(repeats, lambda: search_ours(planted.cases, planted.positive))  # noqa: B023
                answer = (plain if name == BEAM_PLAIN else peers).ask_often(repeats, **task, **paths)
                lift, jaccard = judge(planted, rule.mask(planted.fresh).fillna(False).to_numpy(dtype=bool))
                for reading, cover in answer["covers"].items():
                    bits = np.unpackbits(np.frombuffer(bytes.fromhex(cover), np.uint8))[: len(planted.fresh)]
                    their_lift, their_jaccard = judge(planted, bits.astype(bool))
                    rows.append({
                        "part": "search", "peer": name if reading == "best" else f"{name}, {reading}", "n": n,
                        "seed": seed, "kind": kind, "ours_s": seconds, "theirs_s": answer["seconds"], "lift": lift,
                        "their_lift": their_lift, "jaccard": jaccard, "their_jaccard": their_jaccard,
                    })
        print(f"  n = {n:,}, seed {seed} of {seeds}", file=sys.stderr, flush=True)
    return rows


def meet_selectors(frame: pd.DataFrame, selectors: list[list[Any]]) -> "np.ndarray[Any, Any]":
    """Tell who meets each of pysubgroup's selectors."""
    members = np.empty((len(selectors), len(frame)), dtype=bool)
    columns: dict[str, Any] = {}
    for row, (name, kind, first, last) in zip(members, selectors, strict=True):
        if name not in columns:
            text = frame[name].dtype == "str"
            columns[name] = pd.factorize(frame[name]) if text else (frame[name].to_numpy(), None)
        values, levels = columns[name]
        if kind == "interval":
            np.logical_and(values >= first, values < last, out=row)
        else:
            np.equal(values, first if levels is None else levels.get_loc(first), out=row)
    return members


def list_ours(planted: Planted, selectors: list[list[Any]]) -> list[Conjunction]:
    """List the ten best conjunctions, finding out who meets the selectors included."""
    members = meet_selectors(planted.cases, selectors)
    return rank_conjunctions(members, planted.positive.to_numpy(), wracc=True)


def same_top(ours: list[Conjunction], theirs: list[list[Any]]) -> bool:
    """Compare qualities of all ten, and the rules of those that do not tie for the last place."""
    if len(ours) != len(theirs) or not np.allclose([r.quality for r in ours], [q for q, _ in theirs], atol=1e-12):
        return False
    last = ours[-1].quality + 1e-12
    return {r.conditions for r in ours if r.quality > last} == {tuple(c) for q, c in theirs if q > last}


def compare_tops(peers: Peers, n: int, seeds: int) -> list[dict[str, Any]]:
    """Let both sides list the ten best conjunctions (WRAcc, at most three) of pysubgroup's own selectors."""
    rows = []
    for seed in range(seeds):
        kind = (WIDE, NARROW)[seed % 2]
        planted = make_planted(n, kind, seed)
        with tempfile.TemporaryDirectory() as folder:
            table = store(planted, Path(folder))["table"]
            selectors = peers.ask(do="list_selectors", table=table, setting={})["selectors"]
            for name in TOP:
                if name in TOP_SLOW and n > min(TOP_SIZES):
                    continue
                repeats = 1 if name in TOP_SLOW else REPEATS.get(n, 1)
                seconds, ours = time_best(repeats, lambda: list_ours(planted, selectors))  # noqa: B023
                setting = {"algorithm": name, "depth": 3}
                answer = peers.ask_often(repeats, do="list_top", table=table, setting=setting)
                rows.append({
                    "part": "top ten", "peer": name, "n": n, "seed": seed, "kind": kind, "ours_s": seconds,
                    "theirs_s": answer["seconds"], "selectors": len(selectors),
                    "same": same_top(ours, answer["top"]),
                })
        print(f"  top ten, n = {n:,}, seed {seed} of {seeds}", file=sys.stderr, flush=True)
    return rows


def warm(peers: Peers, plain: Peers) -> None:
    """Let all sides compile and load what they need, untimed."""
    planted = make_planted(500, WIDE, 0)
    search_ours(planted.cases, planted.positive)
    with tempfile.TemporaryDirectory() as folder:
        paths = store(planted, Path(folder))
        for name, task in SETTINGS.items():
            (plain if name == BEAM_PLAIN else peers).ask(**task, **paths)
        for name in TOP:
            peers.ask(do="list_top", **paths, setting={"algorithm": name, "depth": 2})
        selectors = peers.ask(do="list_selectors", **paths, setting={})["selectors"]
        list_ours(planted, selectors)


def say_share(differences: "pd.Series[Any]") -> str:
    """Say in which share of tables ours is higher, and in which share both are the same."""
    tied = (differences.abs() < 1e-9).mean()
    return f"{(differences > 1e-9).mean():.0%}" + (f", {tied:.0%} tied" if tied else "")


def tabulate_searches(measured: pd.DataFrame) -> list[str]:
    """Make the table of times, lifts and Jaccard indices, over all truths and for each kind of them."""
    lines = [
        "| n | peer | truth | tables | ours, s | theirs, s | theirs / ours | lift ours | theirs | ours higher "
        "| Jaccard ours | theirs | ours higher |", "|--:|:--|:--|" + "--:|" * 10,
    ]
    for (n, peer), both in measured[measured["part"] == "search"].groupby(["n", "peer"], sort=False):
        for truth, rows in (("both", both), *both.groupby("kind", sort=False)):
            middle = rows.median(numeric_only=True)
            lines.append(
                f"| {n:,} | {peer} | {truth} | {len(rows)} | {middle['ours_s']:.4f} | {middle['theirs_s']:.3f} "
                f"| {(rows['theirs_s'] / rows['ours_s']).median():.1f} | {middle['lift']:.2f} "
                f"| {middle['their_lift']:.2f} | {say_share(rows['lift'] - rows['their_lift'])} "
                f"| {middle['jaccard']:.2f} | {middle['their_jaccard']:.2f} "
                f"| {say_share(rows['jaccard'] - rows['their_jaccard'])} |"
            )
    return lines


def tabulate_tops(measured: pd.DataFrame) -> list[str]:
    """Make the table of times for the same ten best."""
    lines = ["| n | algorithm | tables | selectors | ours, s | theirs, s | theirs / ours | same ten |",
             "|--:|:--|" + "--:|" * 6]
    for (n, peer), rows in measured[measured["part"] == "top ten"].groupby(["n", "peer"], sort=False):
        middle = rows.median(numeric_only=True)
        lines.append(
            f"| {n:,} | {peer} | {len(rows)} | {middle['selectors']:.0f} | {middle['ours_s']:.4f} "
            f"| {middle['theirs_s']:.3f} | {(rows['theirs_s'] / rows['ours_s']).median():.1f} "
            f"| {rows['same'].astype(bool).sum()} of {len(rows)} |"
        )
    return lines


def write_results(rows: list[dict[str, Any]], theirs: str, plain: str, *, keep: bool) -> str:
    """Put new measurements in the place of old ones of the same kind, and make the document."""
    place = HERE / "results"
    measured = pd.DataFrame(rows)
    kept = place / "peers.csv"
    if keep:
        place.mkdir(exist_ok=True)
        keys = ["part", "peer", "n"]
        if kept.exists():
            old = pd.read_csv(kept)
            again = pd.MultiIndex.from_frame(old[keys]).isin(pd.MultiIndex.from_frame(measured[keys]))
            measured = pd.concat([old[~again], measured])
        measured = measured.sort_values(["part", "n"], kind="stable")
        measured.round(6).to_csv(kept, index=False)
    ours = ", ".join(f"{name} {version(name)}" for name in ("numpy", "pandas", "numba"))
    text = "\n".join([
        "# Side by side with the peers", "",
        "Made by `python benchmarks/peers.py`. Thirty attributes, one case in five positive, a planted rule of lift 3 "
        "(wide: two criteria that cover a quarter of the cases; narrow: three that cover a twelfth; in turn). Medians "
        "over tables; warm; encoding included. Lift and Jaccard index of the first rule on 20,000 fresh rows.", "",
        f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, which both sides may use. Ours: {ours}. "
        f"Theirs, where they are fastest: {theirs}. As pip installs pysubgroup today: {plain}.", "",
        "## Finding a rule", "", *tabulate_searches(measured), "",
        "pysubgroup's beam: 20 wide, 4 deep; as it comes: 5 bins, WRAcc; well chosen: 10 cuts in both directions, "
        "square root of the cover. The tree: 4 deep, leaves at least as large as our rules; its rule is the leaf of "
        "the highest rate, or as many leaves as gain most log-likelihood.", "",
        "## The same ten best conjunctions of pysubgroup's own selectors (WRAcc, at most three)", "",
        *tabulate_tops(measured), "",
        "The selectors are handed to both; ours is timed with finding out who meets them. The beam may miss some.", "",
    ])
    if keep:
        (place / "peers.md").write_text(text, encoding="utf-8")
    return text


def main() -> None:
    """Compare, print, and keep what was measured."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--quick", action="store_true", help="2,000 rows, a few tables; prints, writes nothing")
    asked.add_argument("--sizes", type=int, nargs="+", choices=SEEDS, help="only these numbers of rows")
    asked.add_argument("--seeds", type=int, default=max(SEEDS.values()), help="at most so many tables a size")
    wish = asked.parse_args()
    sizes = QUICK if wish.quick else {n: min(SEEDS[n], wish.seeds) for n in wish.sizes or SEEDS}
    with ExitStack() as until:
        peers, plain = (start_peers(requirements, until) for requirements in (FASTEST, PLAIN))
        warm(peers, plain)
        rows = []
        for n, seeds in sizes.items():
            rows += compare_searches(peers, plain, n, seeds)
            rows += compare_tops(peers, n, min(seeds, TOP_SIZES.get(n, 0)))
        print(write_results(rows, peers.say_versions(), plain.say_versions(), keep=not wish.quick))


if __name__ == "__main__":
    main()
