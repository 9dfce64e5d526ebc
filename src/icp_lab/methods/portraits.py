"""What sets each segment apart, and how its customers do; where there are no segments, the cells of industry x size."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binom

from icp_lab.methods.encoding import is_skewed, spread_levels
from icp_lab.methods.rates import bound_share
from icp_lab.methods.result import Shown
from icp_lab.methods.segments import NO_SEGMENT, Segmentation

TRAITS = 5
NAMED_AFTER = 3
COMMON = 0.3  # a segment is named after what at least this share of it holds
CLEAR = 0.5  # standardised differences below this are not worth a line
UNKNOWN = "unknown"
JOINT = " × "


@dataclass(frozen=True)
class Portraits(Shown):
    """Who is in each segment, and how do they do?

    Parameters
    ----------
    frame
        A row a segment (or a cell of industry x size where none are published), the largest first: segment, name, n,
        share (of all customers), known (customers of whom best can be told), best, share_best with its interval
        low, high; value (median) with its interval value_low, value_high, and value_n.
    traits
        A row a trait of a published segment, the clearest first: segment, attribute, level (empty for numbers), inside
        and outside (share, or median), low and high (quartiles of a number inside), n_inside, n_outside (with a
        value), difference (standardised).
    members
        account_id and segment of each customer.
    published
        Are these segments? Else they are cells.
    """

    frame: pd.DataFrame
    traits: pd.DataFrame
    members: pd.DataFrame
    published: bool


def describe_segments(
    segmentation: Segmentation, attributes: pd.DataFrame, customers: pd.DataFrame, success: pd.DataFrame
) -> Portraits:
    """What sets each segment apart, and how do its customers do?

    Parameters
    ----------
    segmentation
        From `find_segments`.
    attributes
        What the segments were found in, indexed by account_id.
    customers
        A row an account: account_id, industry, size_band, value (money).
    success
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
    """
    facts = customers.set_index("account_id").join(success.set_index("account_id")[["best"]], how="left")
    ids = segmentation.frame["account_id"]
    facts = facts.reindex(ids)
    names = segmentation.frame["segment"].to_numpy(dtype=object)
    if not segmentation.published:
        names = _name_cells(facts).to_numpy(dtype=object)
    members = pd.DataFrame({"account_id": ids, "segment": pd.Series(names, dtype="str")}, index=ids.index)
    found = _find_traits(members, attributes.reindex(ids)) if segmentation.published else _no_traits()
    traits = found.groupby("segment", sort=False).head(TRAITS).reset_index(drop=True)
    rows = [_describe(str(name), facts[(names == name)], len(ids)) for name in pd.unique(members["segment"])]
    frame = pd.DataFrame(rows or [_describe("", facts, 1)]).head(len(rows))  # its columns are there with no customers
    last = frame["segment"] == NO_SEGMENT
    frame = frame.assign(last=last).sort_values(["last", "n", "segment"], ascending=[True, False, True])
    frame = frame.drop(columns="last").reset_index(drop=True)
    frame.insert(1, "name", pd.Series([_name_segment(name, found) for name in frame["segment"]], dtype="str"))
    return Portraits(frame, traits, members, segmentation.published)


def place_members(portraits: Portraits, layout: pd.DataFrame) -> pd.DataFrame:
    """Which segment is each customer in, and where on the map? The artifact `segments`.

    Parameters
    ----------
    portraits
        From `describe_segments`.
    layout
        account_id, x, y.
    """
    return portraits.members.merge(layout, on="account_id", how="left", validate="1:1")


def record_segmentation(segmentation: Segmentation, portraits: Portraits) -> dict[str, Any]:
    """What do later steps need to know of the segments? The artifact `segmentation`; no segments, no list."""
    traits = portraits.traits.drop(columns="segment").groupby(portraits.traits["segment"], sort=False)
    kept = portraits.frame[portraits.frame["segment"] != NO_SEGMENT] if segmentation.published else portraits.frame[:0]
    listed = []
    for row in kept.to_dict("records"):
        held = traits.get_group(row["segment"]).to_dict("records") if row["segment"] in traits.groups else []
        about = [{str(key): _plain(cell) for key, cell in trait.items()} for trait in held]
        plain = {key: _plain(row[key]) for key in ("name", "n", "share_best", "low", "high", "value")}
        listed.append({"id": row["segment"], **plain, "traits": about})
    return {
        "published": segmentation.published,
        "reason": segmentation.reason,
        "stability": segmentation.stability,
        "noise": segmentation.noise,
        "bar": segmentation.bar,
        "segments": listed,
    }


def _plain(cell: Any) -> Any:
    return None if pd.isna(cell) else cell


def _name_cells(facts: pd.DataFrame) -> pd.Series:
    industry, size = facts["industry"].fillna(UNKNOWN), facts["size_band"].fillna(UNKNOWN)
    return industry.str.cat(size, sep=JOINT)


def _describe(name: str, facts: pd.DataFrame, n: int) -> dict[str, Any]:
    told = facts["best"].dropna()
    hits, known = int(told.sum()), len(told)
    low, high = bound_share(hits, known)
    value = np.sort(facts["value"].dropna().to_numpy(dtype=np.float64))
    value_low, value_high = _bound_median(value)
    return {
        "segment": name, "n": len(facts), "share": len(facts) / n, "known": known, "best": hits,
        "share_best": hits / known if known else float("nan"), "low": low, "high": high,
        "value": float(np.median(value)) if len(value) else float("nan"),
        "value_low": value_low, "value_high": value_high, "value_n": len(value),
    }  # fmt: skip


def _bound_median(ordered: np.ndarray) -> tuple[float, float]:
    """Give the order statistics that hold the median with 95 % or more; none with fewer than six values."""
    n = len(ordered)
    rank = int(binom.ppf(0.025, n, 0.5)) if n >= 6 else 0
    if rank < 1:
        return float("nan"), float("nan")
    return float(ordered[rank - 1]), float(ordered[n - rank])


_TRAIT_COLUMNS = (
    "segment", "attribute", "level", "inside", "outside", "low", "high", "n_inside", "n_outside", "difference",
)  # fmt: skip


def _no_traits() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype="float64") for name in _TRAIT_COLUMNS}).astype(
        {"segment": "str", "attribute": "str", "level": "str"}
    )


def _find_traits(members: pd.DataFrame, attributes: pd.DataFrame) -> pd.DataFrame:
    places = members.set_index("account_id")["segment"].reindex(attributes.index)
    found = [_no_traits()]
    for name in sorted(set(places) - {NO_SEGMENT}):
        inside = (places == name).to_numpy()
        compared = [trait for column in attributes for trait in _compare(attributes[column], inside)]
        rows = pd.DataFrame(compared, columns=list(_TRAIT_COLUMNS[1:]))
        rows = rows[rows["difference"].abs() >= CLEAR].assign(size=rows["difference"].abs(), segment=name)
        rows = rows.sort_values(["size", "attribute", "level"], ascending=[False, True, True])
        found.append(rows[list(_TRAIT_COLUMNS)])
    return pd.concat(found, ignore_index=True)


def _compare(column: pd.Series, inside: np.ndarray) -> Iterator[dict[str, Any]]:
    if column.dtype.kind == "f":
        yield from _compare_number(column, inside)
        return
    for level, held in spread_levels(column).items():
        here, there = held[inside].dropna(), held[~inside].dropna()
        spread = float(held.std(ddof=0))
        if len(here) and len(there) and spread > 0:
            yield {
                "attribute": str(column.name), "level": str(level), "inside": float(here.mean()),
                "outside": float(there.mean()), "low": float("nan"), "high": float("nan"), "n_inside": len(here),
                "n_outside": len(there), "difference": float(here.mean() - there.mean()) / spread,
            }  # fmt: skip


def _compare_number(column: pd.Series, inside: np.ndarray) -> Iterator[dict[str, Any]]:
    values = column.to_numpy(dtype=np.float64)
    scaled = np.log1p(values) if is_skewed(values) else values
    here, there = inside & ~np.isnan(values), ~inside & ~np.isnan(values)
    spread = float(np.nanstd(scaled)) if here.any() and there.any() else 0.0
    if spread > 0:
        low, middle, high = (float(end) for end in np.percentile(values[here], [25, 50, 75]))
        yield {
            "attribute": str(column.name), "level": "", "inside": middle, "outside": float(np.median(values[there])),
            "low": low, "high": high, "n_inside": int(here.sum()), "n_outside": int(there.sum()),
            "difference": float(scaled[here].mean() - scaled[there].mean()) / spread,
        }  # fmt: skip


def _name_segment(segment: str, traits: pd.DataFrame) -> str:
    """Name a segment after the levels that set it apart, industries first, in the words of the data; else by its id."""
    held = traits[(traits["segment"] == segment) & (traits["difference"] > 0) & (traits["inside"] >= COMMON)]
    held = held[~held["level"].isin(["", "True", "False"])]
    industry = held["attribute"] == "industry"
    levels = [*held.loc[industry, "level"].head(2), *held[~industry].drop_duplicates("attribute")["level"]]
    return ", ".join(levels[:NAMED_AFTER]) or segment
