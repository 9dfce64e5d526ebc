"""Leads with what others know of them: our own accounts, and a directory."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from icp_lab.methods.result import Shown


@dataclass(frozen=True)
class Enriched(Shown):
    """Tell what is known of leads once what others know of them is added.

    Parameters
    ----------
    table : DataFrame
        Attributes by lead_id.
    frame : DataFrame
        A row an attribute: `attribute`, `gaps` (leads without a value), `account` and `reference` (gaps filled from our
        own accounts, and from the table of that name).
    matched : int
        Leads that are accounts of ours.
    found : int
        Leads that the reference knows.

    Examples
    --------
    >>> leads = pd.DataFrame({"lead_id": ["l"], "account_id": ["a"], "employees": [np.nan]})
    >>> firms = pd.DataFrame({"employees": [40.0]}, index=["a"])
    >>> enriched = enrich_leads(leads, pd.DataFrame(), firms)
    >>> enriched.matched, enriched.frame.loc[0, ["gaps", "account"]].tolist()
    (1, [1, 1])
    """

    table: pd.DataFrame
    frame: pd.DataFrame
    matched: int
    found: int


def enrich_leads(leads: pd.DataFrame, reference: pd.DataFrame, attributes: pd.DataFrame) -> Enriched:
    """Tell what our own accounts and a directory know of leads that the leads do not say.

    Parameters
    ----------
    leads : DataFrame
        The table: lead_id, account_id, domain, corporate_number, and attributes.
    reference : DataFrame
        The table, may be empty; a directory's row is found by its domain, else by its corporate number.
    attributes : DataFrame
        Candidate attributes, indexed by account_id. What a table holds in another form than these is unknown.

    Returns
    -------
    Enriched
        A lead's own word comes first, then our account's, then the directory's.

    Examples
    --------
    >>> leads = pd.DataFrame({"lead_id": ["l"], "account_id": [None], "domain": ["a.example"], "industry": ["SaaS"]})
    >>> directory = pd.DataFrame({"domain": ["A.example"], "employees": [40.0]})
    >>> firms = pd.DataFrame({"industry": ["Retail"], "employees": [9.0]}, index=["a"])
    >>> enrich_leads(leads, directory, firms).table.to_dict("records")
    [{'industry': 'SaaS', 'employees': 40.0}]
    """
    known = leads.set_index("lead_id").sort_index()
    table = _take(known, attributes)
    ours = attributes.reindex(known["account_id"]).set_axis(table.index)
    found = np.full(len(known), -1)
    for key in ("domain", "corporate_number"):
        if key in known and key in reference:
            places = pd.Series(np.arange(len(reference)), reference[key].str.lower())
            places = places[places.index.notna() & ~places.index.duplicated()]
            at = places.reindex(known[key].str.lower()).fillna(-1).to_numpy(dtype=np.int64)
            found = np.where(found < 0, at, found)
    theirs = _take(reference, attributes).iloc[found].set_axis(table.index) if len(reference) else table
    theirs = theirs.where(np.repeat((found >= 0)[:, None], theirs.shape[1], axis=1))
    rows = []
    for name in map(str, attributes.columns):
        gaps, ours_too = table[name].isna(), ours[name].notna()
        from_theirs = gaps & ~ours_too & theirs[name].notna()
        rows.append((name, int(gaps.sum()), int((gaps & ours_too).sum()), int(from_theirs.sum())))
        table[name] = table[name].where(~(gaps & ours_too), ours[name]).where(~from_theirs, theirs[name])
    frame = pd.DataFrame(rows, columns=["attribute", "gaps", "account", "reference"])
    matched = int(known["account_id"].isin(attributes.index).sum())
    return Enriched(table.astype(attributes.dtypes.to_dict()), frame, matched, int((found >= 0).sum()))


def _take(table: pd.DataFrame, attributes: pd.DataFrame) -> pd.DataFrame:
    same = [name for name in attributes if name in table and table[name].dtype == attributes[name].dtype]
    return table[same].reindex(columns=attributes.columns).astype(attributes.dtypes.to_dict())
