"""Which way of grouping finds planted kinds of customers, and does it stay silent where there are none?

`python benchmarks/segments.py PART [SEEDS] [FIRST]`, from the root of the project, one part a table:

- `algorithms`: the groups of each candidate against the planted kinds (adjusted Rand index on customers of a kind);
- `planted`: the whole of `find_segments`, with its verdict: an unpublished table counts as no agreement at all;
- `null`: how often segments are published where there are no kinds;
- `large`: 10,000 customers.
"""

import sys
import warnings
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd
from hdbscan import HDBSCAN
from sklearn.cluster import AgglomerativeClustering, KMeans, SpectralClustering
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.mixture import GaussianMixture
from threadpoolctl import threadpool_limits

from icp_lab.methods.clusters import Shape, cluster_points, embed_points
from icp_lab.methods.encoding import encode_attributes
from icp_lab.methods.segments import Segmentation, find_segments

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
from planted_kinds import DISTANCES, GENERATORS, NULLS, Kinds, make_cloud, make_kinds

Grouping = Callable[[pd.DataFrame, np.ndarray], np.ndarray]
RANGE = range(2, 9)


def _dense(points: np.ndarray, **options: object) -> np.ndarray:
    return HDBSCAN(min_cluster_size=round(0.08 * len(points)), min_samples=5, **options).fit_predict(points)


def _best_silhouette(points: np.ndarray, group: Callable[[int], np.ndarray], metric: str = "euclidean") -> np.ndarray:
    return max((group(k) for k in RANGE), key=lambda labels: silhouette_score(points, labels, metric=metric))


def measure_gower(table: pd.DataFrame) -> np.ndarray:
    """How far apart are two customers, as Gower (1971) has it: mean over the attributes that both have?"""
    total, weight = np.zeros((2, len(table), len(table)))
    for _name, column in table.items():
        known = column.notna().to_numpy(dtype=bool)
        if column.dtype.kind == "f":
            values = column.rank(pct=True).to_numpy()  # ranks: on long tails the range would leave no distances
            apart = np.abs(values[:, None] - values[None, :])
        else:
            codes = pd.factorize(column)[0]
            apart = (codes[:, None] != codes[None, :]).astype(float)
        both = np.outer(known, known)
        total += np.where(both, apart, 0.0)
        weight += both
    return total / np.maximum(weight, 1)


def _umap(points: np.ndarray) -> np.ndarray:
    from umap import UMAP  # noqa: PLC0415  (slow to import)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return UMAP(n_neighbors=15, n_components=5, min_dist=0.0, random_state=0, n_jobs=1).fit_transform(points)


def _mixture(points: np.ndarray) -> np.ndarray:
    few = PCA(6, random_state=0).fit_transform(points)
    models = [GaussianMixture(k, n_init=2, random_state=0).fit(few) for k in RANGE]
    return min(models, key=lambda model: model.bic(few)).predict(few)


def _gower_average(table: pd.DataFrame, _points: np.ndarray) -> np.ndarray:
    apart = measure_gower(table)
    return _best_silhouette(
        apart,
        lambda k: AgglomerativeClustering(k, metric="precomputed", linkage="average").fit_predict(apart),
        "precomputed",
    )


ALGORITHMS: dict[str, Grouping] = {
    "HDBSCAN on the attributes": lambda _table, points: _dense(points),
    "HDBSCAN on Gower's distance": lambda table, _points: _dense(measure_gower(table), metric="precomputed"),
    "average linkage on Gower's distance, best silhouette": _gower_average,
    "HDBSCAN on 6 principal components": lambda _t, points: _dense(PCA(6, random_state=0).fit_transform(points)),
    "k-means, best silhouette": lambda _table, points: _best_silhouette(
        points, lambda k: KMeans(k, n_init=5, random_state=0).fit_predict(points)
    ),
    "k-means told that there are five": lambda _t, points: KMeans(5, n_init=5, random_state=0).fit_predict(points),
    "Gaussian mixture on 6 components, best BIC": lambda _table, points: _mixture(points),
    "Ward, best silhouette": lambda _table, points: _best_silhouette(
        points, lambda k: AgglomerativeClustering(k).fit_predict(points)
    ),
    "spectral clustering told that there are five": lambda _table, points: SpectralClustering(
        5, affinity="nearest_neighbors", n_neighbors=15, random_state=0
    ).fit_predict(points),
    "k-means on the embedding, a group more than directions": lambda _table, points: _cut(embed_points(points, 15)),
    "HDBSCAN on UMAP, 5 dimensions": lambda _table, points: _dense(_umap(points)),
    "HDBSCAN on the embedding, 25 neighbours": lambda _t, points: cluster_points(points, _shape(points, 25)),
    "HDBSCAN on the embedding, 15 neighbours (chosen)": lambda _t, points: cluster_points(points, _shape(points, 15)),
}


def _shape(points: np.ndarray, neighbours: int) -> Shape:
    return Shape(neighbours, round(0.08 * len(points)))


def _cut(embedded: np.ndarray) -> np.ndarray:
    return KMeans(embedded.shape[1] + 1, n_init=5, random_state=0).fit_predict(embedded)


def _score(kinds: Kinds, labels: np.ndarray) -> float:
    held = kinds.kinds >= 0
    return float(adjusted_rand_score(kinds.kinds[held], np.asarray(labels)[held]))


def compare_algorithms(seeds: range) -> None:
    """Print a line an algorithm and a column a cell."""
    cells = [(generator, apart) for generator in GENERATORS for apart in DISTANCES]
    print(" " * 56, *(f"{generator} {apart}".rjust(18) for generator, apart in cells), "  seconds")
    for name, group in ALGORITHMS.items():
        means, seconds = [], []
        for generator, apart in cells:
            scores = []
            for seed in seeds:
                kinds = make_kinds(1000, apart, seed, generator)
                points = encode_attributes(kinds.table).points
                began = perf_counter()
                scores.append(_score(kinds, group(kinds.table, points)))
                seconds.append(perf_counter() - began)
            means.append(f"{np.mean(scores):.2f} ({np.quantile(scores, 0.1):.2f})".rjust(18))
        print(f"{name:56}", *means, f"{np.median(seconds):9.2f}", flush=True)


def count_planted(seeds: range, n: int = 1000) -> None:
    """Print a line a cell: published, and the mean agreement with the planted kinds."""
    for generator in GENERATORS:
        for apart in DISTANCES:
            tried = [make_kinds(n, apart, seed, generator) for seed in seeds]
            found = [find_segments(kinds.table, seed=seed) for kinds, seed in zip(tried, seeds, strict=True)]
            scores = [_score(k, pd.factorize(f.frame["segment"])[0]) if f.published else 0.0
                      for k, f in zip(tried, found, strict=True)]  # fmt: skip
            said = f"published {sum(f.published for f in found)} of {len(found)}"
            ends = f"10 % below {np.quantile(scores, 0.1):.2f}"
            print(f"{n:6} {generator:9}{apart:9} {said}; agreement {np.mean(scores):.3f}, {ends}", flush=True)


def _judge(table: pd.DataFrame, seed: int) -> Segmentation:
    """Give the verdict; noise tables, nine tenths of the time, are drawn only where it depends on them."""
    quick = find_segments(table, nulls=1, seed=seed)
    return quick if quick.reason in {"one_kind", "unstable"} else find_segments(table, seed=seed)


def count_null(seeds: range) -> None:
    """Print a line a kind of table and size, and the pooled rate."""
    published, tried = 0, 0
    for n in (200, 400, 1000):
        for variant in NULLS:
            reasons = Counter(_judge(make_cloud(n, variant, seed), seed).reason for seed in seeds)
            published, tried = published + reasons["published"], tried + len(seeds)
            print(f"{n:6} {variant:14}", dict(sorted(reasons.items())), flush=True)
    print(f"published {published} of {tried} ({published / tried:.1%})")


def time_large(seeds: range) -> None:
    """Print a line a cell with its seconds."""
    for seed in seeds:
        began = perf_counter()
        count_planted(range(seed, seed + 1), 10_000)
        print(f"{(perf_counter() - began) / len(GENERATORS) / len(DISTANCES):.0f} seconds a table")


def main() -> None:
    """Print one table."""
    parts = {"algorithms": compare_algorithms, "planted": count_planted, "null": count_null, "large": time_large}
    words = ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("part", choices=parts)
    words.add_argument("seeds", type=int, nargs="?", default=20)
    words.add_argument("first", type=int, nargs="?", default=1000)
    told = words.parse_args()
    with threadpool_limits(1):
        parts[told.part](range(told.first, told.first + told.seeds))


if __name__ == "__main__":
    main()
