"""What each column is worth, and which repairs of the data would add most."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control, fisher_exact

from icp_lab.methods.customers import tell_left
from icp_lab.methods.leaks import find_leaks
from icp_lab.methods.result import Shown, bound_difference
from icp_lab.tables import BY_NAME

# What a column can be worth, in the order of what to do about it.
VERDICTS = ("unreadable", "telling", "by_outcome", "sparse", "good", "after_sale", "date", "constant", "nearly_unique",
            "excluded", "not_included", "identity", "person", "empty", "verdict")
FILLED, UNREADABLE, SPARSE = ("unreadable", "by_outcome", "sparse", "good"), 0.05, 0.5
LEVEL, GAP, FEWEST = 0.05, 0.1, 10
# Why rows were set aside that would come back if somebody put them right.
ROWS = ("unknown_account", "unreadable", "empty", "no_key", "after_as_of")
CELLS = ("made_missing", "lost_characters")
COLUMNS = ["table", "column", "n", "filled", "distinct", "unreadable", "refused", "since"]
GAPS = ["outcome", "gaps_first", "gaps_other", "difference", "low", "high", "q_value"]
FIXES = ["kind", "table", "file", "column", "n", "of", "money", "gain"]
_KINDS = {"n": "int64", "of": "int64", "money": "float64", "gain": "float64"}
_PLACE = {code: place for place, code in enumerate((*VERDICTS, "accounts", "deals"))}


@dataclass(frozen=True)
class Quality(Shown):
    """Tell what each column is worth.

    Parameters
    ----------
    frame : DataFrame
        A row a column, in the order of what to do: `table`, `column`, `n` (rows), `filled` (share, 0 to 1),
        `distinct` (values), `unreadable` (cells), `verdict` (one of `VERDICTS`), `since` (beginning: as of the
        beginning of the deal; export: it may have changed since the sale; else ""), `lacking` (customers without a
        value), `outcome` (valuable, left, bought, won: by which its gaps differ most, or ""), `gaps_first` and
        `gaps_other` (shares without a value, among those that came out so and the others), `difference` with `low`,
        `high` and `q_value`.
    customers : int
        How many customers there are.

    Examples
    --------
    >>> frame = pd.DataFrame({"table": ["accounts"], "column": ["size"], "verdict": ["good"], "lacking": [5]})
    >>> Quality(frame, customers=10).frame["verdict"].tolist()
    ['good']
    """

    frame: pd.DataFrame
    customers: int


@dataclass(frozen=True)
class Fixes(Shown):
    """Tell what should be put right first.

    Parameters
    ----------
    frame : DataFrame
        A row a repair, the one that adds most first: `kind` (fill; one of `ROWS` or `CELLS`; same_unsure), `table`,
        `file`, `column`, `n` (customers, rows, cells or pairs), `of` (out of so many), `money` (amount of the rows,
        NaN where they have none) and `gain` (share of all that its table could tell, 0 to 1).

    Examples
    --------
    >>> Fixes(pd.DataFrame({"kind": ["fill"], "column": ["size"], "n": [5], "of": [10]})).frame["column"].tolist()
    ['size']
    """

    frame: pd.DataFrame


def measure_quality(  # noqa: PLR0913  (two tables, what came of them, and what is known of their columns)
    accounts: pd.DataFrame, deals: pd.DataFrame, customers: pd.DataFrame, *, valuable: Collection[str],
    refused: Mapping[str, Mapping[str, str]], reasons: pd.DataFrame, begun: Collection[str] = ()) -> Quality:
    """Tell what each column of accounts and deals is worth to an analysis.

    Parameters
    ----------
    accounts, deals : DataFrame
        The tables, all columns; deals may be empty.
    customers : DataFrame
        The artifact `customers`: account_id, status, value, churned, lapsed.
    valuable : Collection of str
        Ids of the customers of high value.
    refused : Mapping of str to Mapping of str to str
        By table and column why it says nothing that was known before the sale; "" where it does.
    reasons : DataFrame
        What became of rows and cells: `table`, `reason`, `column`, `n`.
    begun : Collection of str, default ()
        Columns of deals that are as of the beginning of the deal.

    Returns
    -------
    Quality
        A row a column, in the order of what to do about it.

    Notes
    -----
    Gaps that depend on the outcome bias whatever is read from the rest. For each column the share without a value is
    compared between customers of high value and the others, customers that left and that stayed, customers and lost
    accounts, won and lost deals, wherever both have ten: Fisher's exact test, adjusted for all columns and outcomes
    (Benjamini and Hochberg, 1995), and the difference with the interval of Newcombe (1998). A column is missing by
    outcome when q is at most 0.05 and the shares differ by 0.1 or more. Telling: as in `find_leaks`.

    Examples
    --------
    >>> accounts = pd.DataFrame({"account_id": list("abcd"), "size": [1.0, None, None, None]})
    >>> customers = pd.DataFrame({"account_id": list("abcd"), "status": "customer", "value": 1.0,
    ...                           "churned": [None] * 4, "lapsed": [None] * 4})
    >>> nothing = pd.DataFrame({"table": [], "reason": [], "column": [], "n": []})
    >>> measure_quality(accounts, pd.DataFrame({"stage": []}), customers, valuable=["a"], reasons=nothing,
    ...                 refused={"accounts": {"size": ""}}).frame[["column", "filled", "verdict", "lacking"]]
      column  filled verdict  lacking
    0   size    0.25  sparse        3
    """
    base = customers.set_index("account_id").reindex(accounts["account_id"]).reset_index()
    ours = base["status"] == "customer"
    outcomes = {"valuable": base["account_id"].isin(list(valuable)).where(ours & base["value"].notna()),
                "left": tell_left(base).where(ours), "bought": ours.where(ours | (base["status"] == "lost"))}
    won = deals["stage"].map({"won": True, "lost": False}).to_frame("won").astype("boolean").reset_index(drop=True)
    tables = (_Table("accounts", accounts, pd.DataFrame(outcomes).astype("boolean"), refused.get("accounts", {})),
              _Table("deals", deals, won, {name: why for name, why in refused.get("deals", {}).items()
                                           if why not in ("identity", "person") and len(deals)}))
    unread = reasons[reasons["reason"] == "made_missing"].set_index(["table", "column"])["n"].to_dict()
    frame = pd.DataFrame([row for table in tables for row in _measure_columns(table, unread, begun)], columns=COLUMNS)
    frame = frame.merge(_find_gaps(tables), on=["table", "column"], how="left").fillna({"outcome": ""})
    frame["lacking"] = [int(accounts[row["column"]].isna().to_numpy()[ours].sum()) if row["table"] == "accounts" else 0
                        for row in frame.to_dict("records")]
    telling = _find_telling(tables[1])
    frame["verdict"] = [_judge(row, telling) for row in frame.to_dict("records")]
    frame = frame.sort_values(["verdict", "table"], key=lambda values: values.map(_PLACE), kind="stable")
    return Quality(frame.drop(columns="refused").reset_index(drop=True), int(ours.sum()))


class _Table(NamedTuple):
    """A table with the outcomes of its rows, and why columns of it are no attributes."""

    name: str
    frame: pd.DataFrame
    outcomes: pd.DataFrame
    refused: Mapping[str, str]


def _measure_columns(table: _Table, unread: Mapping[Any, int], begun: Collection[str]) -> Iterator[dict[str, object]]:
    declared = BY_NAME[table.name].by_name
    for name, why in table.refused.items():
        values, lasting = table.frame[name], name in declared and declared[name].lasting
        since = "beginning" if table.name == "deals" and name in begun else "" if lasting else "export"
        plain = values.dropna().map(str) if values.dtype == "object" else values
        yield {"table": table.name, "column": name, "n": len(values), "filled": values.notna().mean(),
               "distinct": plain.nunique(), "unreadable": unread.get((table.name, name), 0), "refused": why,
               "since": "" if why else since}


def _find_gaps(tables: Sequence[_Table]) -> pd.DataFrame:
    """Find for each column the outcome by which its gaps differ most surely."""
    rows = []
    for table in tables:
        for name in (name for name, why in table.refused.items() if not why):
            gap = table.frame[name].isna().to_numpy()
            for outcome, told in table.outcomes.items():
                sides = gap[told.eq(True).fillna(False)], gap[told.eq(False).fillna(False)]
                a, n, b, m = (int(count) for side in sides for count in (side.sum(), len(side)))
                if min(n, m) >= FEWEST:
                    rows.append((table.name, name, outcome, a / n, b / m, a / n - b / m, *bound_difference(a, n, b, m),
                                 float(fisher_exact(np.array([[a, n - a], [b, m - b]])).pvalue)))
    found = pd.DataFrame(rows, columns=["table", "column", *GAPS]).astype(dict.fromkeys(GAPS[1:], "float64"))
    found["q_value"] = false_discovery_control(found["q_value"], method="bh") if len(found) else found["q_value"]
    return found.iloc[np.lexsort((-found["difference"].abs(), found["q_value"]))].drop_duplicates(["table", "column"])


def _find_telling(deals: _Table) -> Collection[str]:
    """Find the attributes of deals that tell how the deal ended."""
    names = [name for name, why in deals.refused.items() if not why]
    if not names:
        return ()
    return find_leaks(deals.frame[names].reset_index(drop=True), deals.outcomes["won"],
                      groups=deals.frame["account_id"].reset_index(drop=True)).refused


def _judge(row: Mapping[Any, Any], telling: Collection[str]) -> str:
    if row["refused"]:
        return str(row["refused"])
    if row["unreadable"] > UNREADABLE * (row["unreadable"] + row["filled"] * row["n"]):
        return "unreadable"
    if row["table"] == "deals" and row["column"] in telling:
        return "telling"
    if row["q_value"] <= LEVEL and abs(row["difference"]) >= GAP:
        return "by_outcome"
    return "sparse" if row["filled"] < SPARSE else "good"


def rank_fixes(quality: Quality, tables: pd.DataFrame, reasons: pd.DataFrame, decisions: pd.DataFrame) -> Fixes:
    """Rank the repairs of the data by how much they would add to what the analysis knows.

    Parameters
    ----------
    quality : Quality
        What each column is worth.
    tables : DataFrame
        A row a table: `table`, `file`, `read` (rows).
    reasons : DataFrame
        Rows set aside and cells made missing: `table`, `reason`, `column`, `n`, `money`.
    decisions : DataFrame
        What the lab decided while it read: `table`, `file`, `column`, `code`, `n`.

    Returns
    -------
    Fixes
        The repair that adds most first.

    Notes
    -----
    A row that comes back tells all that its table can tell, a cell one of as many things as the table has columns (of
    accounts: attributes). So `gain` is rows / rows read; cells / (rows read x columns); and for a gap in an attribute
    customers without it / (customers x attributes). It ranks repairs; it does not say what a profile would gain.

    Examples
    --------
    >>> frame = pd.DataFrame({"table": "accounts", "column": ["size", "town"], "verdict": "good", "lacking": [5, 2]})
    >>> tables = pd.DataFrame({"table": ["accounts"], "file": ["a.csv"], "read": [12]})
    >>> none = pd.DataFrame(columns=["table", "reason", "column", "n", "money", "file", "code"])
    >>> first = rank_fixes(Quality(frame, 10), tables, none, none).frame
    >>> first[["kind", "column", "n", "of", "gain"]].to_numpy().tolist()
    [['fill', 'size', 5, 10, 0.25], ['fill', 'town', 2, 10, 0.1]]
    """
    able = quality.frame[(quality.frame["table"] == "accounts") & quality.frame["verdict"].isin(FILLED)]
    gaps = able[able["lacking"] > 0].assign(kind="fill", of=quality.customers, money=math.nan,
                                            n=lambda gap: gap["lacking"])
    gaps["gain"] = gaps["n"] / max(quality.customers, 1) / max(len(able), 1)
    lost = pd.concat([reasons.rename(columns={"reason": "kind"}), decisions.rename(columns={"code": "kind"})])
    lost = lost[lost["kind"].isin([*ROWS, *CELLS, "same_unsure"])]
    lost = lost.drop(columns="file").merge(tables[["table", "file", "read"]], on="table").rename(columns={"read": "of"})
    width = {table: max(len(able) if table == "accounts" else len(BY_NAME[table].asked), 1) for table in BY_NAME}
    cells = lost["kind"].isin(CELLS)
    lost["gain"] = lost["n"] / lost["of"] / lost["table"].map(width).where(cells, 1)
    filled = cells & (lost["table"] == "accounts") & lost["column"].isin(gaps["column"])
    gaps = gaps.merge(tables[["table", "file"]], on="table")
    frame = pd.concat([gaps[FIXES], lost.loc[~filled, FIXES]]).astype(_KINDS)
    return Fixes(frame.sort_values(["gain", "table", "column", "kind"], ascending=[False, True, True, True],
                                   ignore_index=True))
