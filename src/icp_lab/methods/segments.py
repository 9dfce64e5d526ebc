"""Kinds of customers: found, tried on other samples and on noise, and only then called segments."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri
from threadpoolctl import threadpool_limits

from icp_lab.errors.base import ask_nearest, utter
from icp_lab.methods.clusters import Shape, cluster_points, order_labels, resample_clusters
from icp_lab.methods.encoding import encode_attributes
from icp_lab.methods.result import Codes, Floats, Shown

FEWEST = 60  # below this, groups of 8 % are five firms: people can look at all of them by eye
MOST = 1_000  # customers clustered at a time; beyond, a sample is, and the others go to their nearest neighbour's
NULL_RESAMPLES = 5
MARGIN = 0.15
FOUND_AGAIN = 0.75
NO_SEGMENT = "none"


@dataclass(frozen=True)
class Segmentation(Shown):
    """Tell whether the customers fall into kinds, and whether the kinds would survive another sample.

    Parameters
    ----------
    published : bool
        True where there are segments to work with.
    reason : str
        Text `published`; or why not, the first that holds: `too_few` customers, `one_kind` (no two clusters),
        `unstable` (fewer than two clusters are found again in subsamples), `like_noise` (no more alike from sample to
        sample than in noise).
    stability : float
        Mean adjusted Rand index between the clusters of subsamples, about 0 (dealt at random) to 1 (always the same).
    noise : float
        Mean of the same figure in tables without kinds.
    bar : float
        What `stability` has to exceed.
    noises : tuple of float
        The figure in each of these tables.
    overlap : tuple of float
        How well each cluster is found again in subsamples: mean Jaccard, 0 to 1, largest cluster first.
    n : int
        Customers looked at.
    attributes : tuple of str
        Attributes that say something about kinds.
    frame : DataFrame
        A row a customer: account_id, segment (`S1`, `S2`, ... by size, `none`). All `none` when not published.

    Examples
    --------
    >>> found = find_segments(pd.DataFrame({"industry": ["A", "B"] * 5}, index=[f"{n}" for n in range(10)]))
    >>> found.published, found.reason, found.n
    (False, 'too_few', 10)
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
        """Count the customers of each published segment.

        Examples
        --------
        >>> frame = pd.DataFrame({"account_id": ["a", "b", "c"], "segment": ["S1", "S1", "none"]})
        >>> Segmentation(True, "published", 0.8, 0.2, 0.4, (), (), 3, (), frame).sizes.to_dict()
        {'S1': 2}
        """
        return self.frame.loc[self.frame["segment"] != NO_SEGMENT, "segment"].value_counts().sort_index()


def select_customers(attributes: pd.DataFrame, customers: pd.DataFrame, exclude: Sequence[str] = ()) -> pd.DataFrame:
    """Select what is known of each customer.

    Parameters
    ----------
    attributes : DataFrame
        A row an account, indexed by account_id; a column an attribute.
    customers : DataFrame
        The artifact `customers`: account_id, and status (customer, lost, prospect) of each account.
    exclude : Sequence of str, default ()
        Attributes to leave out.

    Returns
    -------
    DataFrame
        The rows of customers, sorted by id, without the excluded columns.

    Raises
    ------
    LabError
        An excluded attribute is not there.

    Examples
    --------
    >>> firms = pd.DataFrame({"size": [1.0, 2.0], "town": ["A", "B"]}, index=["b", "a"])
    >>> customers = pd.DataFrame({"account_id": ["a", "b"], "status": ["customer", "lost"]})
    >>> select_customers(firms, customers, exclude=["town"])["size"].to_dict()
    {'a': 2.0}
    """
    for name in exclude:
        if name not in attributes.columns:
            known = tuple(map(str, attributes.columns))
            raise utter("segments.unknown_attribute", name=repr(name), names=known, remedy=ask_nearest(name, known))
    bought = customers.loc[customers["status"] == "customer", "account_id"]
    return attributes.loc[attributes.index.isin(bought)].drop(columns=list(exclude)).sort_index()


def find_segments(  # noqa: PLR0913  (what a cluster is, and the size of the tests)
    attributes: pd.DataFrame, *, min_share: float = 0.08, neighbours: int = 15, resamples: int = 20, nulls: int = 20,
    seed: int = 0) -> Segmentation:
    """Find out whether the customers fall into kinds, and whether the kinds would survive another sample.

    Parameters
    ----------
    attributes : DataFrame
        A row a customer, indexed by account_id; columns as in `encode_attributes`. The order of rows does not matter.
    min_share : float, default 0.08
        Share of customers that a segment has at least, 0.02 to 0.4.
    neighbours : int, default 15
        Nearest neighbours that each customer is tied to, 2 or more.
    resamples : int, default 20
        Subsamples drawn to judge stability, 2 or more.
    nulls : int, default 20
        Tables without kinds that the stability is held against, 1 or more.
    seed : int, default 0
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
    """Draw what this table would look like if there were no kinds of customers.

    Parameters
    ----------
    attributes : DataFrame
        As in `find_segments`.
    rng : Generator
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
