"""Who is a customer, since when, and who has left: by every definition that the tables allow, in calendar months."""

from dataclasses import dataclass
from datetime import date
from itertools import combinations, product

import numpy as np
import pandas as pd

from icp_lab.artifacts import DTYPES_OF
from icp_lab.methods.result import Floats, Shown


def count_months(days: pd.Series) -> Floats:
    """Count the months between year 0 and each day.

    A day is a fraction of its own month, so that a contract from 1 January to 31 December lasts exactly 12 months.

    Parameters
    ----------
    days : Series
        Dates; missing ones give NaN.

    Returns
    -------
    ndarray of float
        Months. Differences between two of them are spans.

    Examples
    --------
    >>> clock = count_months(pd.Series(pd.to_datetime(["2025-01-01", "2026-01-01", "2026-01-16"])))
    >>> [round(float(span), 2) for span in np.diff(clock)]
    [12.0, 0.48]
    """
    when = pd.to_datetime(days).dt
    return np.asarray(when.year * 12 + (when.month - 1) + (when.day - 1) / when.days_in_month, dtype=np.float64)


def end_of(day: date) -> float:
    """Tell where the clock of `count_months` stands when a day is over.

    Parameters
    ----------
    day : date
        The day.

    Returns
    -------
    float
        Months since year 0.

    Examples
    --------
    >>> end_of(date(2025, 12, 31)) == end_of(date(2024, 12, 31)) + 12
    True
    """
    return float(count_months(pd.Series([pd.Timestamp(day) + pd.Timedelta(days=1)]))[0])


SIZE_BANDS = ("1-9", "10-49", "50-99", "100-249", "250-499", "500-999", "1000+")
REVENUE_BANDS = ("Q1", "Q2", "Q3", "Q4")
BAND_PLACES = {band: place for bands in (SIZE_BANDS, REVENUE_BANDS) for place, band in enumerate(bands)}
# The ways to have left, in the order in which they are believed; the last is for ledgers, where nobody signs off.
DEFINITIONS = ("churn_table", "contracts_ended", "churned_flag", "lapsed")

_EDGES = (0, 10, 50, 100, 250, 500, 1000, np.inf)
_FACTORS = (1.5, 2.0, 3.0, 4.0, 6.0)
_FEWEST_ORDERS = 3  # two intervals are the least that a median can be taken of


@dataclass(frozen=True)
class CustomerBase(Shown):
    """Who our customers are, and who of them has left.

    Parameters
    ----------
    frame : DataFrame
        A row an account: account_id, name, status, churned, churned_on, lapsed, since, tenure_months, industry,
        size_band, region, as in the artifact `customers`.
    definitions : DataFrame
        A row a definition of having left: definition, told (customers that it can be said of), left, used.
    contradictions : DataFrame
        A row a pair of definitions: first, second, both, only_first, only_second, neither.
    lapses : DataFrame
        A row a factor k: factor, told, lapsed. Shows what the choice of k decides.
    definition : str
        The definition in use: one of `DEFINITIONS`, or empty where nobody can be said to have left.

    Examples
    --------
    >>> told = {"account_id": ["a"], "churned": [True], "customer_since": ["2024-01-01"]}
    >>> base = classify_accounts(pd.DataFrame(told), *[pd.DataFrame()] * 3, as_of=date(2026, 6, 30))
    >>> base.definition, base.definitions.set_index("definition").loc["churned_flag", "left"].item()
    ('churned_flag', 1)
    """

    frame: pd.DataFrame
    definitions: pd.DataFrame
    contradictions: pd.DataFrame
    lapses: pd.DataFrame
    definition: str

    @property
    def left(self) -> pd.Series:
        """Tell which accounts have left, as `tell_left` says.

        Returns
        -------
        Series
            Nullable boolean, a value an account in the order of `frame`; missing where it cannot be told.

        Examples
        --------
        >>> told = pd.DataFrame({"churned": [True], "lapsed": [False]})
        >>> CustomerBase(told, told, told, told, "churned_flag").left.tolist()
        [True]
        """
        return tell_left(self.frame)

    @property
    def left_before_start(self) -> int:
        """Count the customers that ended, by their dates, before they began.

        Returns
        -------
        int
            Their number; dates that contradict each other like this are shown as a fault of the data.

        Examples
        --------
        >>> days = pd.DataFrame({"since": pd.to_datetime(["2025-01-01"]), "churned_on": pd.to_datetime(["2024-01-01"])})
        >>> CustomerBase(days, days, days, days, "").left_before_start
        1
        """
        return int((self.frame["churned_on"] < self.frame["since"]).sum())


def classify_accounts(  # noqa: PLR0913  (four tables say who counts as what)
    accounts: pd.DataFrame, deals: pd.DataFrame, revenue: pd.DataFrame, churn: pd.DataFrame, *,
    as_of: date, lapse_factor: float = 3.0) -> CustomerBase:
    """Classify accounts: who is a customer, who was lost, who is a prospect, and which customers have left.

    Parameters
    ----------
    accounts : DataFrame
        A row an account: account_id, name, industry, employees, annual_revenue, region, country, customer_since,
        churned.
    deals : DataFrame
        A row an opportunity: account_id, stage (won, lost, open), created, closed. May be empty, as may those below.
    revenue : DataFrame
        A row a payment or contract: account_id, amount, date, end_date, recurring, ended.
    churn : DataFrame
        A row an end of a relationship: account_id, date.
    as_of : date
        The day up to which we look; nothing later counts.
    lapse_factor : float, default 3.0
        The k in "a customer has lapsed after k times its own median interval between days with an order", above 1.

    Returns
    -------
    CustomerBase
        The accounts and every definition of having left, crossed with each other.

    Notes
    -----
    Customer: revenue above 0, else a won deal, else `customer_since`, on or before `as_of`. Lost: closed deals, none
    won, not a customer. Left: the first of the churn table, all recurring revenue ended, and the flag `churned` that
    can be told of the customer; its first end counts, so one who came back has left. Where none of the three can be
    told of anybody, lapsed takes their place, with the last order as the day. A rhythm needs three days with an order.

    Examples
    --------
    >>> begun = pd.to_datetime(["2024-01-01", None, None])
    >>> accounts = pd.DataFrame({"account_id": ["a", "b", "c"], "customer_since": begun})
    >>> deals = pd.DataFrame({"account_id": ["b"], "stage": ["lost"]})
    >>> base = classify_accounts(accounts, deals, pd.DataFrame(), pd.DataFrame(), as_of=date(2025, 1, 1))
    >>> base.frame["status"].tolist()
    ['customer', 'lost', 'prospect']
    """
    day = pd.Timestamp(as_of)
    accounts = fill_table(accounts, "accounts").sort_values("account_id").set_index("account_id", drop=False)
    deals = until(fill_table(deals, "deals"), "closed", day)
    revenue = until(fill_table(revenue, "revenue"), "date", day)
    churn = until(fill_table(churn, "churn"), "date", day)
    frame = _tell_status(accounts, deals, revenue, day)
    is_customer = frame["status"] == "customer"
    orders = _list_orders(deals, revenue)
    lapsed = _tell_lapsed(orders, accounts.index, day, lapse_factor)
    ends = _tell_ends(accounts, revenue, churn, day).assign(lapsed=lapsed).where(is_customer)
    used, definition = _choose_definition(ends)
    frame["churned"] = ends["churn_table"].fillna(ends["contracts_ended"]).fillna(ends["churned_flag"])
    frame["lapsed"] = ends["lapsed"]
    frame["churned_on"] = _date_ends(used, revenue, churn, orders)
    frame["since"] = frame["since"].where(is_customer)
    frame["tenure_months"] = _measure_tenure(frame, as_of)
    frame["industry"] = accounts["industry"]
    frame["size_band"] = band_sizes(accounts)
    frame["region"] = accounts["region" if accounts["region"].notna().any() else "country"]
    return CustomerBase(frame.reset_index(drop=True), _count_definitions(ends, used), _cross_definitions(ends),
                        _vary_factor(orders, frame, day, lapse_factor), definition)


def fill_table(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Fill a table up, so that every column that it declares is there, and no other.

    Parameters
    ----------
    frame : DataFrame
        A table of the study, or an artifact; it may lack columns, or be empty.
    name : str
        Its name; a column that is not there becomes all missing.

    Returns
    -------
    DataFrame
        The declared columns only, in their order and with their dtypes.

    Examples
    --------
    >>> fill_table(pd.DataFrame(), "churn").columns.tolist()
    ['account_id', 'date', 'reason', 'text']
    """
    return frame.reindex(columns=list(DTYPES_OF[name])).astype(DTYPES_OF[name])


def until(frame: pd.DataFrame, column: str, day: pd.Timestamp) -> pd.DataFrame:
    """Take the rows that lie on or before a day, or carry no date.

    Parameters
    ----------
    frame : DataFrame
        Any table.
    column : str
        Its column with dates.
    day : Timestamp
        The last day that counts.

    Returns
    -------
    DataFrame
        The rows that are left, with their index.

    Examples
    --------
    >>> payments = pd.DataFrame({"date": pd.to_datetime(["2024-01-01", "2026-01-01"])})
    >>> until(payments, "date", pd.Timestamp("2025-01-01")).index.tolist()
    [0]
    """
    return frame.loc[~(frame[column] > day)]


def tell_left(base: pd.DataFrame) -> pd.Series:
    """Tell which accounts have left: churned, or lapsed where churn can be told of nobody.

    Parameters
    ----------
    base : DataFrame
        The columns churned and lapsed, as in the artifact `customers`.

    Returns
    -------
    Series
        Nullable boolean; missing where it cannot be told.

    Examples
    --------
    >>> flags = {"churned": pd.array([None], "boolean"), "lapsed": pd.array([True], "boolean")}
    >>> tell_left(pd.DataFrame(flags)).tolist()
    [True]
    """
    return base["lapsed"] if base["churned"].isna().all() else base["churned"]


def _tell_status(accounts: pd.DataFrame, deals: pd.DataFrame, revenue: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    ids = accounts.index
    paid = revenue.groupby("account_id")["amount"].sum().reindex(ids) > 0
    wins = deals[deals["stage"] == "won"]
    won = ids.isin(wins["account_id"])
    closed = ids.isin(deals.loc[deals["stage"].isin(["won", "lost"]), "account_id"])
    begun = accounts["customer_since"] <= day

    status = np.select([paid | won | begun, closed], ["customer", "lost"], "prospect")
    first_paid = revenue[revenue["amount"] > 0].groupby("account_id")["date"].min().reindex(ids)
    first_won = wins["closed"].fillna(wins["created"]).groupby(wins["account_id"]).min().reindex(ids)
    since = accounts["customer_since"].where(begun).fillna(first_paid).fillna(first_won)
    return pd.DataFrame({"account_id": accounts["account_id"], "name": accounts["name"],
                         "status": pd.Series(status, ids, "str"), "since": since.astype("datetime64[s]")}, index=ids)


def _tell_ends(accounts: pd.DataFrame, revenue: pd.DataFrame, churn: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    ids = accounts.index
    ends = pd.DataFrame({name: pd.Series(pd.NA, ids, dtype="boolean") for name in DEFINITIONS})
    if len(churn):
        ends["churn_table"] = pd.array(ids.isin(churn["account_id"]), dtype="boolean")
    contracts = revenue[revenue["recurring"].fillna(False)]
    if len(contracts):
        ended = contracts["ended"].fillna(False) | (contracts["end_date"] <= day)
        ends["contracts_ended"] = ended.groupby(contracts["account_id"]).all().reindex(ids).astype("boolean")
    ends["churned_flag"] = accounts["churned"]
    return ends


def _list_orders(deals: pd.DataFrame, revenue: pd.DataFrame) -> pd.DataFrame:
    """List the days with an order of those without a contract: from the ledger, else from won deals."""
    if len(revenue):
        on_contract = revenue.loc[revenue["recurring"].fillna(False), "account_id"]
        orders = revenue.loc[(revenue["amount"] > 0) & ~revenue["account_id"].isin(on_contract), ["account_id", "date"]]
    else:
        orders = deals.loc[deals["stage"] == "won", ["account_id", "closed"]].rename(columns={"closed": "date"})
    return orders.dropna().drop_duplicates().sort_values(["account_id", "date"])


def _tell_lapsed(orders: pd.DataFrame, ids: pd.Index, day: pd.Timestamp, factor: float) -> pd.Series:
    gaps = orders.groupby("account_id")["date"].diff().dt.days
    rhythm = gaps.groupby(orders["account_id"]).agg(["median", "count"])
    silence = (day - orders.groupby("account_id")["date"].max()).dt.days
    lapsed = (silence > factor * rhythm["median"]).astype("boolean").where(rhythm["count"] >= _FEWEST_ORDERS - 1)
    return pd.Series(lapsed.reindex(ids), ids, dtype="boolean")


def _choose_definition(ends: pd.DataFrame) -> tuple[pd.Series, str]:
    """Name the definition in force for each customer, and the one that most depend on."""
    told = ends.notna()
    told["lapsed"] &= not told[list(DEFINITIONS[:3])].any(axis=None)
    used = told.idxmax(axis=1).where(told.any(axis=1), "").astype("str")
    counts = used[used != ""].value_counts()
    return used, max(counts.index, key=lambda name: (counts[name], -DEFINITIONS.index(name)), default="")


def _date_ends(used: pd.Series, revenue: pd.DataFrame, churn: pd.DataFrame, orders: pd.DataFrame) -> pd.Series:
    ids = used.index
    contracts = revenue[revenue["recurring"].fillna(False)]
    ends = pd.Series(pd.NaT, ids, dtype="datetime64[s]")
    for name, dates in (("churn_table", churn.groupby("account_id")["date"].min()),
                        ("contracts_ended", contracts.groupby("account_id")["end_date"].max()),
                        ("lapsed", orders.groupby("account_id")["date"].max())):
        ends = ends.mask(used == name, dates.reindex(ids).astype("datetime64[s]"))
    return ends


def _measure_tenure(frame: pd.DataFrame, as_of: date) -> pd.Series:
    """Blank the ends of those who have not left, and count months from start to end or to as_of; never backwards."""
    left = tell_left(frame).fillna(False).astype(bool)
    frame["churned_on"] = frame["churned_on"].where(left)
    stop = np.where(frame["churned_on"].notna(), count_months(frame["churned_on"]), end_of(as_of))
    tenure = pd.Series(stop - count_months(frame["since"]), frame.index).where(frame["status"] == "customer")
    # One who left by a flag without a date had some tenure, but nobody can say how much of it.
    return tenure.mask(left & frame["churned_on"].isna()).where(tenure >= 0)


def band_sizes(accounts: pd.DataFrame) -> pd.Series:
    """Band accounts by employees, or where nobody's are known by quarters of annual revenue.

    Parameters
    ----------
    accounts : DataFrame
        The columns employees (people) and annual_revenue (money).

    Returns
    -------
    Series
        One of `SIZE_BANDS`, or of `REVENUE_BANDS` (Q1 the smallest); missing where the figure is.

    Examples
    --------
    >>> band_sizes(pd.DataFrame({"employees": [9.0, 10.0, None], "annual_revenue": 1.0})).tolist()
    ['1-9', '10-49', nan]
    """
    size, money = accounts["employees"], accounts["annual_revenue"]
    if size.isna().all() and money.nunique() >= len(REVENUE_BANDS):
        return pd.cut(money.rank(pct=True), [0, 0.25, 0.5, 0.75, 1], labels=list(REVENUE_BANDS)).astype("str")
    return pd.cut(size, list(_EDGES), right=False, labels=list(SIZE_BANDS)).astype("str")


def _count_definitions(ends: pd.DataFrame, used: pd.Series) -> pd.DataFrame:
    rows = [(name, ends[name].count(), int(ends[name].sum()), (used == name).sum()) for name in DEFINITIONS]
    return pd.DataFrame(rows, columns=["definition", "told", "left", "used"])


def _cross_definitions(ends: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for pair in combinations(DEFINITIONS, 2):
        counts = ends[[*pair]].dropna().astype(bool).value_counts()
        if len(counts):
            rows.append((*pair, *(int(counts.get(case, 0)) for case in product((True, False), repeat=2))))
    return pd.DataFrame(rows, columns=["first", "second", "both", "only_first", "only_second", "neither"])


def _vary_factor(orders: pd.DataFrame, frame: pd.DataFrame, day: pd.Timestamp, factor: float) -> pd.DataFrame:
    ours = frame.index[frame["status"] == "customer"]
    lapsed = {k: _tell_lapsed(orders, ours, day, k) for k in sorted({*_FACTORS, factor})}
    rows = [(k, int(flags.notna().sum()), int(flags.sum())) for k, flags in lapsed.items()]
    return pd.DataFrame(rows, columns=["factor", "told", "lapsed"])
