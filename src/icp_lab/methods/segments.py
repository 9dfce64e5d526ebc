"""Kinds of customers: found, tried on other samples and on noise, and only then called segments."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from hdbscan import HDBSCAN
from scipy.linalg import eigh
from scipy.spatial.distance import cdist
from scipy.special import ndtri
from threadpoolctl import threadpool_limits

from icp_lab.errors.base import ask_nearest, utter
from icp_lab.methods.encoding import encode_attributes
from icp_lab.methods.result import Codes, Flags, Floats, Shown

MOST_DIMENSIONS = 8
NOT_SURE_OF = 5  # HDBSCAN's min_samples: points with fewer close neighbours are in no cluster
FAINT_TIES = 0.01  # share of its ties that each point has to all others: groups far apart would leave no directions
SAMPLE = 0.8
JITTER = 0.05


@dataclass(frozen=True)
class Shape:
    """What is a cluster? `neighbours` that each point is tied to, and the `smallest` number of points."""

    neighbours: int
    smallest: int


@dataclass(frozen=True)
class Resampling:
    """How alike are the clusters of subsamples? `agreement` 0 to 1; `overlap` holds a Jaccard a cluster."""

    agreement: float
    overlap: tuple[float, ...]


def embed_points(points: Floats, neighbours: int) -> Floats:
    """Along which few directions do the points fall into groups?

    Parameters
    ----------
    points
        A row a point.
    neighbours
        Neighbours that each point is tied to.

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
    scaled: Floats = chosen / np.sqrt(np.square(chosen).mean(axis=0))
    return scaled


def cluster_points(points: Floats, shape: Shape) -> Codes:
    """Which points belong together?

    Parameters
    ----------
    points
        A row a point.
    shape
        What a cluster is.

    Returns
    -------
    Codes
        0, 1, ... by size, then by the first point; -1 = in no cluster.

    Notes
    -----
    HDBSCAN (Campello, Moulavi and Sander, 2013) on the directions of `embed_points`: on the attributes themselves it
    finds next to nothing in mixed data.
    """
    embedded = embed_points(points, shape.neighbours)
    # The exact spanning tree: the approximate one may deal ties differently in another order of rows.
    model = HDBSCAN(min_cluster_size=max(2, shape.smallest), min_samples=NOT_SURE_OF, approx_min_span_tree=False)
    return order_labels(np.asarray(model.fit_predict(embedded), dtype=np.int64))


def order_labels(labels: Codes) -> Codes:
    """Number clusters by size, the largest first, ties by their first point; -1 stays."""
    names, firsts, counts = np.unique(labels, return_index=True, return_counts=True)
    ranked = names[np.lexsort((firsts, -counts))]
    place = {name: i for i, name in enumerate(ranked[ranked >= 0])}
    return np.array([place.get(label, -1) for label in labels], dtype=np.int64)


def resample_clusters(points: Floats, labels: Codes | None, shape: Shape, resamples: int, rng: np.random.Generator,
                      ) -> Resampling:
    """Would the same clusters appear in another sample?

    Draws 80 % of the points without replacement, shakes each coordinate a little (5 % of its deviation) and clusters
    again; `agreement` is the mean adjusted Rand index of all pairs of draws on the points that both hold, 0 where one
    of the two finds fewer than two clusters. `overlap` says how well each cluster of `labels` is found again: the mean
    over draws of the best Jaccard with a cluster of the draw (Hennig, Cluster-wise assessment of cluster stability,
    2007).
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


FEWEST = 60  # below this, groups of 8 % are five firms: people can look at all of them by eye
MOST = 1_000  # customers clustered at a time; beyond, a sample is, and the others go to their nearest neighbour's
NULL_RESAMPLES = 5
MARGIN = 0.15
FOUND_AGAIN = 0.75
NO_SEGMENT = "none"


@dataclass(frozen=True)
class Segmentation(Shown):
    """Do the customers fall into kinds, and would the kinds survive another sample?

    Parameters
    ----------
    published
        Are there segments to work with?
    reason
        `published`; or why not, the first that holds: `too_few` customers, `one_kind` (no two clusters), `unstable`
        (fewer than two clusters are found again in subsamples), `like_noise` (no more alike from sample to sample than
        in noise).
    stability
        Mean adjusted Rand index between the clusters of subsamples, about 0 (dealt at random) to 1 (always the same).
    noise, bar
        Mean of the same figure in tables without kinds, and what `stability` has to exceed.
    noises
        The figure in each of these tables.
    overlap
        How well each cluster is found again in subsamples: mean Jaccard, 0 to 1, largest cluster first.
    n
        Customers looked at.
    attributes
        Attributes that say something about kinds.
    frame
        A row a customer: account_id, segment (`S1`, `S2`, ... by size, `none`). All `none` when not published.
    """

    published: bool
    reason: str
    stability: float
    noise: float
    bar: float
    noises: tuple[float, ...]
    overlap: tuple[float, ...]
    n: int
    attributes: tuple[str, ...]
    frame: pd.DataFrame

    @property
    def sizes(self) -> pd.Series:
        """Count the customers of each published segment."""
        return self.frame.loc[self.frame["segment"] != NO_SEGMENT, "segment"].value_counts().sort_index()


def select_customers(attributes: pd.DataFrame, customers: pd.DataFrame, exclude: Sequence[str] = ()) -> pd.DataFrame:
    """What is known of each customer?

    Parameters
    ----------
    attributes
        A row an account, indexed by account_id; a column an attribute.
    customers
        account_id and status (customer, lost, prospect) of each account.
    exclude
        Attributes to leave out.

    Returns
    -------
    DataFrame
        The rows of customers, sorted by id, without the excluded columns.

    Raises
    ------
    LabError
        An excluded attribute is not there.
    """
    for name in exclude:
        if name not in attributes.columns:
            known = tuple(map(str, attributes.columns))
            raise utter("segments.unknown_attribute", name=repr(name), names=known, remedy=ask_nearest(name, known))
    bought = customers.loc[customers["status"] == "customer", "account_id"]
    return attributes.loc[attributes.index.isin(bought)].drop(columns=list(exclude)).sort_index()


def find_segments(  # noqa: PLR0913  (what a cluster is, and the size of the tests)
    attributes: pd.DataFrame, *, min_share: float = 0.08, neighbours: int = 15, resamples: int = 20, nulls: int = 20,
    seed: int = 0,
) -> Segmentation:
    """Do the customers fall into kinds, and would the kinds survive another sample?

    Parameters
    ----------
    attributes
        A row a customer, indexed by account_id; columns as in `encode_attributes`. The order of rows does not matter.
    min_share
        Share of customers that a segment has at least, 0.02 to 0.4.
    neighbours
        Nearest neighbours that each customer is tied to.
    resamples
        Subsamples drawn to judge stability.
    nulls
        Tables without kinds that the stability is held against.
    seed
        Seed of subsamples and null tables.

    Returns
    -------
    Segmentation
        Segments only where they are stable and beat noise.

    Notes
    -----
    Clusters: `cluster_points`. Stability: `resample_clusters`. Null tables keep what each attribute looks like and how
    numbers hang together (a Gaussian copula), and deal every category anew: one cloud, no kinds. Published when the
    stability exceeds that of every null table, and their mean by 0.15, and at least two clusters are found again with
    a Jaccard of 0.75 (Hennig's "stable"). The others are dissolved into `none`.
    Sources: Hennig (2007) for the overlap; Tibshirani and Walther (2005) for stability as a guide; the reference
    without structure as in Liu et al. (2008). Measured on planted and null worlds in docs/decisions.

    Examples
    --------
    >>> from icp_lab.worlds import make_company
    >>> accounts = make_company(accounts=300).tables["accounts"].set_index("account_id")
    >>> kinds = accounts[["industry", "employees", "tech_stack", "decision_making", "founded_year"]]
    >>> found = find_segments(kinds, resamples=5, nulls=5)
    >>> found.published, len(found.sizes) >= 4
    (True, True)
    """
    encoding = encode_attributes(attributes)
    ids, points = encoding.frame.index.astype("str"), encoding.points
    n, known = len(ids), tuple(dict.fromkeys(encoding.attributes))
    if n < FEWEST or not known:
        return Segmentation(False, "too_few", 0.0, 0.0, 1.0, (), (), n, known, _name_rows(ids, np.full(n, -1)))
    rng = np.random.default_rng([seed, 0])
    rows = np.sort(rng.choice(n, MOST, replace=False)) if n > MOST else np.arange(n)
    shape = Shape(neighbours, max(5, round(min_share * len(rows))))
    with threadpool_limits(1):  # hundreds of small matrices: threads would only wait for each other
        labels = cluster_points(points[rows], shape)
        found = resample_clusters(points[rows], labels, shape, resamples, rng)
        noises = _measure_noise(attributes.sort_index().iloc[rows], shape, nulls, seed)
    noise = float(np.mean(noises))
    bar = min(1.0, max(noise + MARGIN, *noises))
    again = np.flatnonzero(np.array(found.overlap) >= FOUND_AGAIN)
    doubts = {"one_kind": labels.max() < 1, "unstable": len(again) < 2, "like_noise": found.agreement <= bar}
    reason = next((doubt for doubt, holds in doubts.items() if holds), "published")
    published = reason == "published"
    final = _spread_labels(points, rows, np.where(published & np.isin(labels, again), labels, -1), neighbours)
    return Segmentation(published, reason, found.agreement, noise, bar, noises, found.overlap, n, known,
                        _name_rows(ids, final))


def _name_rows(ids: pd.Index, labels: Codes) -> pd.DataFrame:
    names = pd.Series([NO_SEGMENT if label < 0 else f"S{label + 1}" for label in labels], dtype="str")
    return pd.DataFrame({"account_id": pd.Series(ids, dtype="str"), "segment": names})


def _spread_labels(points: Floats, rows: Codes, labels: Codes, neighbours: int) -> Codes:
    """Give customers outside the clustered sample the cluster that most of their neighbours in it are in."""
    if len(rows) < len(points):
        from sklearn.neighbors import KNeighborsClassifier  # noqa: PLC0415  (only large studies need it)

        labels = KNeighborsClassifier(neighbours).fit(points[rows], labels).predict(points)
    return order_labels(labels)


def _measure_noise(attributes: pd.DataFrame, shape: Shape, nulls: int, seed: int) -> tuple[float, ...]:
    noises = []
    for rng in (np.random.default_rng([seed, 1, null]) for null in range(nulls)):
        points = encode_attributes(draw_null(attributes, rng)).points
        noises.append(resample_clusters(points, None, shape, NULL_RESAMPLES, rng).agreement)
    return tuple(noises)


def draw_null(attributes: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """What would this table look like if there were no kinds of customers?

    Parameters
    ----------
    attributes
        As in `find_segments`.
    rng
        Source of chance.

    Returns
    -------
    DataFrame
        Same index and columns. Each column holds exactly its old values in a new order: numbers follow a Gaussian
        copula with the rank correlations of the table, everything else is dealt at random.

    Examples
    --------
    >>> table = pd.DataFrame({"size": [1.0, 5.0, 2.0]}, index=["A", "B", "C"])
    >>> sorted(draw_null(table, np.random.default_rng(0))["size"])
    [1.0, 2.0, 5.0]
    """
    numbers = attributes.select_dtypes("float64")
    drawn = _draw_copula(numbers, rng) if len(numbers.columns) else numbers
    dealt = {name: column.iloc[rng.permutation(len(column))].set_axis(column.index)
             for name, column in attributes.drop(columns=numbers.columns).items()}
    return drawn.join(pd.DataFrame(dealt, attributes.index))[attributes.columns]


def _draw_copula(numbers: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    scores = pd.DataFrame(ndtri(numbers.rank() / (numbers.count() + 1)))
    correlation = scores.corr().fillna(0.0).to_numpy(copy=True)
    np.fill_diagonal(correlation, 1.0)
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.clip(values, 0.0, None))  # missing cells can make the matrix slightly indefinite
    latent = rng.normal(size=numbers.shape) @ root.T
    drawn = np.full(numbers.shape, np.nan)
    for i, name in enumerate(numbers):
        known = np.sort(numbers[name].dropna().to_numpy())
        filled = np.sort(rng.choice(len(numbers), len(known), replace=False))
        drawn[filled[np.argsort(latent[filled, i], stable=True)], i] = known
    return pd.DataFrame(drawn, numbers.index, numbers.columns)
