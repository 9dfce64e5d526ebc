"""Clusters of points: found along the directions in which the points fall apart, and looked for in other samples."""

from dataclasses import dataclass

import numpy as np
from hdbscan import HDBSCAN
from scipy.linalg import eigh
from scipy.spatial.distance import cdist

from icp_lab.methods.result import Codes, Flags, Floats

MOST_DIMENSIONS = 8
NOT_SURE_OF = 5  # HDBSCAN's min_samples: points with fewer close neighbours are in no cluster
FAINT_TIES = 0.01  # share of its ties that each point has to all others: groups far apart would leave no directions
SAMPLE = 0.8
JITTER = 0.05


@dataclass(frozen=True)
class Shape:
    """Say what a cluster is.

    Parameters
    ----------
    neighbours : int
        Nearest neighbours that each point is tied to, 1 or more.
    smallest : int
        Points that a cluster has at least, 2 or more.

    Examples
    --------
    >>> Shape(neighbours=15, smallest=20).smallest
    20
    """

    neighbours: int
    smallest: int


@dataclass(frozen=True)
class Resampling:
    """Tell how alike the clusters of subsamples are.

    Parameters
    ----------
    agreement : float
        Mean adjusted Rand index between two draws, about 0 (dealt at random) to 1 (always the same).
    overlap : tuple of float
        For each cluster the mean over draws of its best Jaccard, 0 to 1; empty without clusters to look for.

    Examples
    --------
    >>> Resampling(0.8, (0.9, 0.7)).overlap[0]
    0.9
    """

    agreement: float
    overlap: tuple[float, ...]


def embed_points(points: Floats, neighbours: int) -> Floats:
    """Find the few directions along which the points fall into groups.

    Parameters
    ----------
    points : ndarray of float
        A row a point, a column a coordinate.
    neighbours : int
        Neighbours that each point is tied to, 1 or more.

    Returns
    -------
    Floats
        A row a point, 1 to 8 columns, each with mean square 1.

    Notes
    -----
    Laplacian eigenmaps of the graph of nearest neighbours, symmetric normalisation (von Luxburg, A tutorial on spectral
    clustering, 2007); faint ties between all points keep the graph in one piece (Amini et al., 2013). Kept are the
    directions whose eigenvalue is nearer to the first than to the ninth: measured against the largest gap in
    docs/decisions. Exact and without chance, signs of the directions apart, on which distances do not depend.

    Examples
    --------
    >>> points = np.random.default_rng(0).normal(size=(60, 3)) + 9 * np.repeat(np.eye(3), 20, axis=0)
    >>> embed_points(points, 10).shape  # one direction less than groups
    (60, 2)
    """
    n = len(points)
    distances = cdist(points, points, "sqeuclidean")
    np.fill_diagonal(distances, np.inf)
    ties = min(neighbours, n - 1)
    nearest = np.argpartition(distances, ties - 1, axis=1)[:, :ties]
    graph = np.zeros((n, n))
    graph[np.arange(n)[:, None], nearest] = 1.0
    graph = (graph + graph.T) / 2
    graph += FAINT_TIES * graph.sum(axis=1).mean() / n
    degree = np.sqrt(graph.sum(axis=1))
    count = min(MOST_DIMENSIONS + 2, n)
    values, vectors = eigh(graph / np.outer(degree, degree), subset_by_index=[n - count, n - 1])
    values, vectors = values[-2::-1], vectors[:, -2::-1]  # the largest first, without the trivial one
    chosen = vectors[:, values >= (values[0] + values[-1]) / 2] / degree[:, None]
    return np.asarray(chosen / np.sqrt(np.square(chosen).mean(axis=0)))


def cluster_points(points: Floats, shape: Shape) -> Codes:
    """Find the points that belong together.

    Parameters
    ----------
    points : ndarray of float
        A row a point, a column a coordinate.
    shape : Shape
        What a cluster is.

    Returns
    -------
    Codes
        Number of each point's cluster, from 0, by size, then by the first point; -1 = in no cluster.

    Notes
    -----
    HDBSCAN (Campello, Moulavi and Sander, 2013) on the directions of `embed_points`: on the attributes themselves it
    finds next to nothing in mixed data.

    Examples
    --------
    >>> points = np.random.default_rng(0).normal(size=(60, 3)) + 9 * np.repeat(np.eye(3), 20, axis=0)
    >>> np.bincount(cluster_points(points, Shape(neighbours=10, smallest=10))).tolist()
    [20, 20, 20]
    """
    embedded = embed_points(points, shape.neighbours)
    # The exact spanning tree: the approximate one may deal ties differently in another order of rows.
    model = HDBSCAN(min_cluster_size=max(2, shape.smallest), min_samples=NOT_SURE_OF, approx_min_span_tree=False)
    return order_labels(np.asarray(model.fit_predict(embedded), dtype=np.int64))


def order_labels(labels: Codes) -> Codes:
    """Number clusters by size, the largest first, ties by their first point.

    Parameters
    ----------
    labels : ndarray of int
        Number of each point's cluster; -1 = in none.

    Returns
    -------
    ndarray of int
        The same clusters with new numbers, from 0; -1 stays.

    Examples
    --------
    >>> order_labels(np.array([2, 2, 5, 5, 5, -1])).tolist()
    [1, 1, 0, 0, 0, -1]
    """
    names, firsts, counts = np.unique(labels, return_index=True, return_counts=True)
    ranked = names[np.lexsort((firsts, -counts))]
    place = {name: i for i, name in enumerate(ranked[ranked >= 0])}
    return np.array([place.get(label, -1) for label in labels], dtype=np.int64)


def resample_clusters(points: Floats, labels: Codes | None, shape: Shape, resamples: int, rng: np.random.Generator,
                      ) -> Resampling:
    """Find out whether the same clusters would appear in another sample.

    Parameters
    ----------
    points : ndarray of float
        A row a point, a column a coordinate.
    labels : ndarray of int or None
        Clusters of the points to look for, as `cluster_points` gives them; None where only agreement is asked.
    shape : Shape
        What a cluster is.
    resamples : int
        Draws, 2 or more.
    rng : Generator
        Source of chance.

    Returns
    -------
    Resampling
        Agreement of the draws, and how well each cluster is found again.

    Notes
    -----
    Draws 80 % of the points without replacement, shakes each coordinate a little (5 % of its deviation) and clusters
    again; `agreement` is the mean adjusted Rand index of all pairs of draws on the points that both hold, 0 where one
    of the two finds fewer than two clusters. `overlap` says how well each cluster of `labels` is found again: the mean
    over draws of the best Jaccard with a cluster of the draw (Hennig, Cluster-wise assessment of cluster stability,
    2007).

    Examples
    --------
    >>> points = np.random.default_rng(0).normal(size=(60, 3)) + 9 * np.repeat(np.eye(3), 20, axis=0)
    >>> found = resample_clusters(points, None, Shape(10, 10), resamples=3, rng=np.random.default_rng(0))
    >>> found.agreement > 0.9
    True
    """
    n = len(points)
    spread = JITTER * points.std(axis=0)
    smaller = Shape(shape.neighbours, round(SAMPLE * shape.smallest))
    draws = []
    for _ in range(resamples):
        rows = np.sort(rng.choice(n, round(SAMPLE * n), replace=False))
        shaken = points[rows] + rng.normal(size=(len(rows), points.shape[1])) * spread
        found = np.full(n, -2, dtype=np.int64)
        found[rows] = cluster_points(shaken, smaller)
        draws.append(found)
    pairs = [_agree(a, b) for i, a in enumerate(draws) for b in draws[:i]]
    overlap = [] if labels is None else [_find_again(labels == name, draws) for name in range(labels.max() + 1)]
    return Resampling(float(np.mean(pairs)), tuple(overlap))


def _agree(first: Codes, second: Codes) -> float:
    if first.max() < 1 or second.max() < 1:
        return 0.0
    # The adjusted Rand index in integers, as scikit-learn has it, without its checks: thousands of pairs are compared.
    both = (first > -2) & (second > -2)
    table = np.zeros((first.max() + 2, second.max() + 2), dtype=np.int64)
    np.add.at(table, (first[both] + 1, second[both] + 1), 1)
    n, alike, ones, others = (int(x) for x in (table.sum(), *(np.square(table.sum(axis)).sum() for axis in ((), 1, 0))))
    tp, fn, fp, tn = alike - n, ones - alike, others - alike, n * n - ones - others + alike
    return 2.0 * (tp * tn - fn * fp) / ((tp + fn) * (fn + tn) + (tp + fp) * (fp + tn)) if fn or fp else 1.0


def _find_again(members: Flags, draws: list[Codes]) -> float:
    best = []
    for found in draws:
        here = members & (found > -2)
        jaccards = [(here & (found == name)).sum() / (here | (found == name)).sum() for name in range(found.max() + 1)]
        best.append(max(jaccards, default=0.0))
    return float(np.mean(best))
