"""The peers' side, run in their own environment: a task a line of JSON comes in, an answer a line goes out.

A task names two Parquet files (`table`, with the column `positive`, and `fresh`, on which the answer's rule says whom
it covers), what to `do` (a function below) and a `setting`. Reading files is not timed; everything else is.
"""

import contextlib
import io
import json
import sys
import warnings
from functools import cache
from importlib.metadata import version
from time import perf_counter

import numpy as np
import pandas as pd
import pysubgroup as ps
from sklearn.tree import DecisionTreeClassifier

warnings.simplefilter("ignore")
ALGORITHMS = {
    "beam": lambda: ps.BeamSearch(beam_width=20),
    "Apriori with numba": ps.Apriori,
    "DFS on bitsets": lambda: ps.DFS(ps.BitSetRepresentation),
    "BestFirst": ps.BestFirstSearch,
    "SimpleDFS": ps.SimpleDFS,
}
LEAST_CASES, LEAST_SHARE = 10, 0.02


@cache
def read(path):
    """Read a table; the same file is read once."""
    return pd.read_parquet(path)


def pack(inside):
    """Put a column of yes and no into text."""
    return np.packbits(np.asarray(inside, dtype=bool)).tobytes().hex()


def make_selectors(frame, setting):
    """Make pysubgroup's own selectors."""
    return ps.create_selectors(
        frame, nbins=setting.get("bins", 5), intervals_only=setting.get("intervals", True), ignore=["positive"]
    )


def run_task(frame, selectors, setting):
    """Run one of pysubgroup's algorithms."""
    quality = ps.StandardQF(setting["exponent"]) if "exponent" in setting else ps.WRAccQF()
    task = ps.SubgroupDiscoveryTask(
        frame, ps.BinaryTarget("positive", True), selectors, result_set_size=10, depth=setting["depth"], qf=quality
    )
    return ALGORITHMS[setting["algorithm"]]().execute(task).results


def find_subgroup(task):
    """Time a whole search, selectors included; the best subgroup is the answer."""
    frame = read(task["table"])
    began = perf_counter()
    results = run_task(frame, make_selectors(frame, task["setting"]), task["setting"])
    seconds = perf_counter() - began
    return {"seconds": seconds, "covers": {"best": pack(results[0][1].covers(read(task["fresh"])))}}


def describe_selector(selector):
    """Say a selector so that others can build it."""
    if isinstance(selector, ps.IntervalSelector):
        return [selector.attribute_name, "interval", float(selector.lower_bound), float(selector.upper_bound)]
    value = selector.attribute_value
    return [selector.attribute_name, "equal", value.item() if isinstance(value, np.generic) else value, None]


def list_selectors(task):
    """Hand out pysubgroup's own selectors."""
    return {"selectors": [describe_selector(s) for s in make_selectors(read(task["table"]), task["setting"])]}


def list_top(task):
    """Time a search over selectors that are there already; the ten best with their qualities are the answer."""
    frame = read(task["table"])
    selectors = make_selectors(frame, task["setting"])
    number = {str(s): i for i, s in enumerate(selectors)}
    began = perf_counter()
    results = run_task(frame, selectors, task["setting"])
    seconds = perf_counter() - began
    top = [[float(quality), sorted(number[str(s)] for s in group.selectors)] for quality, group, *_ in results]
    return {"seconds": seconds, "top": top}


def grow_tree(task):
    """Time a tree with its encoding and choice of leaves, on two readings of what its rule is.

    The leaf of the highest rate, or as many leaves (in order of their rate) as gain most log-likelihood against the
    rest: both by the training cases alone, on leaves that hold as many cases as our rules must.
    """
    frame, fresh = read(task["table"]), read(task["fresh"])
    began = perf_counter()
    positive = frame["positive"].to_numpy()
    encoded = pd.get_dummies(frame.drop(columns="positive"))
    least = max(LEAST_CASES, round(LEAST_SHARE * len(frame)))
    tree = DecisionTreeClassifier(max_depth=task["setting"]["depth"], min_samples_leaf=least, random_state=0)
    leaf = tree.fit(encoded, positive).apply(encoded)
    cases, hits = np.bincount(leaf), np.bincount(leaf, positive)
    order = np.flatnonzero(cases)
    order = order[np.argsort(-hits[order] / cases[order], kind="stable")]
    n1, k1 = np.cumsum(cases[order])[:-1], np.cumsum(hits[order])[:-1]
    gains = gain(k1, n1) + gain(positive.sum() - k1, len(frame) - n1)
    used = int(np.argmax(gains)) + 1 if len(gains) else 1
    seconds = perf_counter() - began
    where = tree.apply(pd.get_dummies(fresh).reindex(columns=encoded.columns, fill_value=False))
    covers = {"best leaf": pack(where == order[0]), "best leaves": pack(np.isin(where, order[:used]))}
    return {"seconds": seconds, "covers": covers}


def gain(hits, cases):
    """Compute the log-likelihood of so many hits at their own rate."""
    rate = np.clip(hits / cases, 1e-12, 1 - 1e-12)
    return hits * np.log(rate) + (cases - hits) * np.log1p(-rate)


def say_versions(_task):
    """Say what is compared with."""
    return {name: version(name) for name in ("pysubgroup", "scikit-learn", "numpy", "pandas", "numba")}


def main():
    """Answer until the input ends; what libraries print is left out."""
    tasks = {f.__name__: f for f in (find_subgroup, list_selectors, list_top, grow_tree, say_versions)}
    out = sys.stdout
    for line in sys.stdin:
        task = json.loads(line)
        with contextlib.redirect_stdout(io.StringIO()):
            answer = tasks[task["do"]](task)
        print(json.dumps(answer), file=out, flush=True)


if __name__ == "__main__":
    main()
