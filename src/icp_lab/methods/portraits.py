"""What sets each segment apart, and how its customers do; where there are none, the cells of industry x size; a map."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import quantile_test

from icp_lab.methods.encoding import encode_attributes, is_skewed, spread_levels
from icp_lab.methods.result import Shown, bound_share
from icp_lab.methods.segments import NO_SEGMENT, Segmentation

TRAITS = 5
NAMED_AFTER = 3
COMMON = 0.3  # a segment is named after what at least this share of it holds
CLEAR = 0.5  # standardised differences below this are not worth a line
UNKNOWN = "unknown"
JOINT = " × "
_TOLD = ("name", "n", "share_best", "low", "high", "value")


@dataclass(frozen=True)
class Portraits(Shown):
    """Tell who is in each segment, and how they do.

    Parameters
    ----------
    frame : DataFrame
        A row a segment (or a cell of industry x size where none are published), the largest first: segment, name, n,
        share (of all customers), known (customers of whom best can be told), best, share_best with its interval
        low, high; value (median) with its interval value_low, value_high, and value_n.
    traits : DataFrame
        A row a trait of a published segment, the clearest first: segment, attribute, level (empty for numbers), inside
        and outside (share, or median), low and high (quartiles of a number inside), n_inside, n_outside (with a
        value), difference (standardised).
    members : DataFrame
        Columns `account_id` and `segment` of each customer.
    published : bool
        Are these segments? Else they are cells.

    Examples
    --------
    >>> nothing = pd.DataFrame()
    >>> frame = pd.DataFrame({"segment": ["S1"], "name": ["SaaS"], "n": [40], "share_best": [0.3]})
    >>> Portraits(frame, nothing, nothing, published=True).frame["name"].tolist()
    ['SaaS']
    """

    frame: pd.DataFrame
    traits: pd.DataFrame
    members: pd.DataFrame
    published: bool


def describe_segments(segmentation: Segmentation, attributes: pd.DataFrame, customers: pd.DataFrame,
                      success: pd.DataFrame) -> Portraits:
    """Tell what sets each segment apart, and how its customers do.

    Parameters
    ----------
    segmentation : Segmentation
        From `find_segments`.
    attributes : DataFrame
        What the segments were found in, indexed by account_id.
    customers : DataFrame
        A row an account: account_id, industry, size_band, and value in the study's currency.
    success : DataFrame
        A row a customer: account_id, best (yes, no, unknown).

    Returns
    -------
    Portraits
        Of the segments; of the cells of industry x size where no segments are published.

    Notes
    -----
    Difference of a number: of means, over the standard deviation of all, on a logarithmic scale where skewed. Of a
    level: of shares, over the standard deviation of all. Traits carry no p-value on purpose: the segments were made
    from these attributes, so that a test would find them different whatever they are. Best and value had no part in
    making them: their intervals hold (Wilson for shares, order statistics for medians).

    Examples
    --------
    >>> from icp_lab.methods.segments import find_segments
    >>> firms = pd.DataFrame({"industry": ["A", "B"] * 5}, index=[f"{n}" for n in range(10)])
    >>> facts = firms.assign(account_id=firms.index, size_band="1-9", value=5.0)
    >>> success = pd.DataFrame({"account_id": firms.index, "best": pd.array([True, False] * 5, "boolean")})
    >>> found = describe_segments(find_segments(firms), firms, facts, success)  # too few for segments: cells
    >>> found.published, found.frame[["segment", "n", "share_best"]].values.tolist()
    (False, [['A × 1-9', 5, 1.0], ['B × 1-9', 5, 0.0]])
    """
    ids = segmentation.frame["account_id"]
    facts = customers.set_index("account_id").join(success.set_index("account_id")[["best"]]).reindex(ids)
    cells = facts["industry"].fillna(UNKNOWN).str.cat(facts["size_band"].fillna(UNKNOWN), sep=JOINT)
    names = (segmentation.frame["segment"] if segmentation.published else cells).to_numpy(dtype=object)
    members = pd.DataFrame({"account_id": ids, "segment": pd.Series(names, dtype="str")}, index=ids.index)
    found = _find_traits(segmentation.frame, attributes.reindex(ids))
    traits = found.groupby("segment", sort=False).head(TRAITS).reset_index(drop=True)
    rows = [_describe(str(name), facts[(names == name)], len(ids)) for name in pd.unique(members["segment"])]
    frame = pd.DataFrame(rows or [_describe("", facts, 1)]).head(len(rows))  # its columns are there with no customers
    ranked = frame["n"].where(frame["segment"] != NO_SEGMENT, 0)
    frame = frame.iloc[np.lexsort((frame["segment"], -ranked))].reset_index(drop=True)
    frame.insert(1, "name", pd.Series([_name_segment(name, found) for name in frame["segment"]], dtype="str"))
    return Portraits(frame, traits, members, segmentation.published)


def place_members(portraits: Portraits, layout: pd.DataFrame) -> pd.DataFrame:
    """Tell which segment each customer is in, and where on the map.

    Parameters
    ----------
    portraits : Portraits
        From `describe_segments`.
    layout : DataFrame
        Columns `account_id`, `x` and `y`, as `map_accounts` gives them.

    Returns
    -------
    DataFrame
        The artifact `segments`: account_id, segment, x, y.

    Examples
    --------
    >>> nothing, ids = pd.DataFrame(), ["a", "b"]
    >>> portraits = Portraits(nothing, nothing, pd.DataFrame({"account_id": ids, "segment": "S1"}), published=True)
    >>> place_members(portraits, pd.DataFrame({"account_id": ids, "x": [0.0, 1.0], "y": 0.0})).values.tolist()
    [['a', 'S1', 0.0, 0.0], ['b', 'S1', 1.0, 0.0]]
    """
    return portraits.members.merge(layout, on="account_id", how="left", validate="1:1")


def record_segmentation(segmentation: Segmentation, portraits: Portraits) -> dict[str, Any]:
    """Tell what later steps need to know of the segments.

    Parameters
    ----------
    segmentation : Segmentation
        From `find_segments`.
    portraits : Portraits
        From `describe_segments`.

    Returns
    -------
    dict of str to object
        The artifact `segmentation`: published, reason, stability, noise, bar, and the list `segments`, which is empty
        where none are published.

    Examples
    --------
    >>> from icp_lab.methods.segments import find_segments
    >>> firms = pd.DataFrame({"industry": ["A", "B"] * 5}, index=[f"{n}" for n in range(10)])
    >>> facts = firms.assign(account_id=firms.index, size_band="1-9", value=5.0)
    >>> success = pd.DataFrame({"account_id": firms.index, "best": pd.array([True, False] * 5, "boolean")})
    >>> found = find_segments(firms)
    >>> record_segmentation(found, describe_segments(found, firms, facts, success))
    {'published': False, 'reason': 'too_few', 'stability': 0.0, 'noise': 0.0, 'bar': 1.0, 'segments': []}
    """
    rows = portraits.frame[["segment", *_TOLD]].rename(columns={"segment": "id"})
    kept = rows[portraits.published & (rows["id"] != NO_SEGMENT)]
    traits = {name: part.drop(columns="segment").to_dict("records")
              for name, part in portraits.traits.groupby("segment")}
    listed = [{**row, "traits": traits.get(row["id"], [])} for row in kept.to_dict("records")]
    found = {key: getattr(segmentation, key) for key in ("published", "reason", "stability", "noise", "bar")}
    return {**found, "segments": listed}


def _describe(name: str, facts: pd.DataFrame, n: int) -> dict[str, Any]:
    told, value = facts["best"].dropna(), facts["value"].dropna().to_numpy(dtype=np.float64)
    hits, known = int(told.sum()), len(told)
    low, high = bound_share(hits, known)
    # The order statistics that hold the median with 95 % or more; there are none among fewer than six values.
    value_low, value_high = (
        quantile_test(value).confidence_interval() if len(value) else (np.nan, np.nan))  # type: ignore[misc]
    return {"segment": name, "n": len(facts), "share": len(facts) / n, "known": known, "best": hits,
            "share_best": hits / known if known else np.nan, "low": low, "high": high,
            "value": float(np.median(value)) if len(value) else np.nan, "value_low": float(value_low),
            "value_high": float(value_high), "value_n": len(value)}


_TRAIT_COLUMNS = ["segment", "attribute", "level", "inside", "outside", "low", "high", "n_inside", "n_outside",
                  "difference"]


def _find_traits(members: pd.DataFrame, attributes: pd.DataFrame) -> pd.DataFrame:
    found = []
    for name in sorted(set(members["segment"]) - {NO_SEGMENT}):
        inside = (members["segment"] == name).to_numpy()
        compared = [trait for column in attributes for trait in _compare(attributes[column], inside)]
        found += [{"segment": name, **trait} for trait in compared if abs(trait["difference"]) >= CLEAR]
    found.sort(key=lambda trait: (trait["segment"], -abs(trait["difference"]), trait["attribute"], trait["level"]))
    return pd.DataFrame(found, columns=_TRAIT_COLUMNS).astype(dict.fromkeys(_TRAIT_COLUMNS[:3], "str"))


def _compare(column: pd.Series, inside: np.ndarray) -> Iterator[dict[str, Any]]:
    number = column.dtype.kind == "f"
    for level, held in [("", column)] if number else spread_levels(column).items():
        values = held.to_numpy(dtype=np.float64)
        here, there = values[inside & ~np.isnan(values)], values[~inside & ~np.isnan(values)]
        scale = np.log1p if number and is_skewed(values) else np.asarray
        spread = float(np.nanstd(scale(values))) if len(here) and len(there) else 0.0
        if spread > 0:
            low, middle, high = np.percentile(here, [25, 50, 75]) if number else (np.nan, here.mean(), np.nan)
            yield {"attribute": str(column.name), "level": str(level), "inside": float(middle),
                   "outside": float(np.median(there) if number else there.mean()), "low": float(low),
                   "high": float(high), "n_inside": len(here), "n_outside": len(there),
                   "difference": float(scale(here).mean() - scale(there).mean()) / spread}


def _name_segment(segment: str, traits: pd.DataFrame) -> str:
    """Name a segment after the levels that set it apart, industries first, in the words of the data; else by its id."""
    held = traits[(traits["segment"] == segment) & (traits["difference"] > 0) & (traits["inside"] >= COMMON)]
    held = held[~held["level"].isin(["", "True", "False"])]
    industry = held["attribute"] == "industry"
    levels = [*held.loc[industry, "level"].head(2), *held[~industry].drop_duplicates("attribute")["level"]]
    return ", ".join(levels[:NAMED_AFTER]) or segment


EPOCHS = 200
FEWEST = 10


@dataclass(frozen=True)
class Layout(Shown):
    """Tell where each account lies on the map.

    Parameters
    ----------
    frame : DataFrame
        Columns `account_id`, `x` and `y` around zero, without a unit; missing where there are too few to draw.

    Examples
    --------
    >>> Layout(pd.DataFrame({"account_id": ["a"], "x": [0.5], "y": [-0.5]}))
    <Layout: 1 rows>
    """

    frame: pd.DataFrame


def map_accounts(attributes: pd.DataFrame, *, neighbours: int = 15, seed: int = 0) -> Layout:
    """Draw how the accounts lie to each other, as far as a plane can show it.

    Parameters
    ----------
    attributes : DataFrame
        A row an account, indexed by account_id; columns as in `encode_attributes`. The order of rows does not matter.
    neighbours : int, default 15
        Accounts that each one is drawn near to, 2 or more.
    seed : int, default 0
        Start of the random numbers of the drawing.

    Returns
    -------
    Layout
        A place for each account, around zero; without a place where there are fewer than ten accounts or no attribute.

    Notes
    -----
    UMAP (McInnes, Healy and Melville, 2018) on exact neighbours. It draws islands in pure noise too, and another
    machine may draw others: the segments do not come from here.

    Examples
    --------
    >>> firms = pd.DataFrame({"employees": [10.0, 200.0]}, index=["a", "b"])
    >>> map_accounts(firms).frame["x"].isna().tolist()  # too few to draw
    [True, True]
    """
    encoding = encode_attributes(attributes)
    ids = pd.Series(encoding.frame.index, dtype="str")
    if len(ids) < FEWEST or not encoding.attributes:
        return Layout(pd.DataFrame({"account_id": ids, "x": np.nan, "y": np.nan}))
    places = _draw_map(encoding.points, min(neighbours, len(ids) - 1), seed)
    places = places - np.median(places, axis=0)
    return Layout(pd.DataFrame({"account_id": ids, "x": places[:, 0], "y": places[:, 1]}))


def _draw_map(points: np.ndarray, neighbours: int, seed: int) -> np.ndarray:
    from sklearn.neighbors import NearestNeighbors  # noqa: PLC0415

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of packages that a map does not need
        from umap import UMAP  # noqa: PLC0415  (imports and compiles for ten seconds: only a map pays for it)

        distances, nearest = NearestNeighbors(n_neighbors=neighbours).fit(points).kneighbors(points)
        model = UMAP(n_neighbors=neighbours, n_epochs=EPOCHS, min_dist=0.3, random_state=seed, n_jobs=1,
                     precomputed_knn=(nearest.astype(np.int32), distances.astype(np.float32)))
        return np.asarray(model.fit_transform(points), dtype=np.float64)
