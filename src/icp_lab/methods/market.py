"""How big is the market that a profile points at? Cells of companies that exist, joined to the rule, with ranges."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from icp_lab.intake.categories import find_foldings
from icp_lab.locale.declared import read_declared
from icp_lab.methods.cells import KEYS, PLACES, Scheme, lay_cells, read_code, tell_scheme
from icp_lab.methods.result import Flags, Floats, Shown, bound_shares
from icp_lab.rule import Criterion, Rule

_DECLARED: dict[str, Any] = read_declared("icp_lab.methods", "market.toml")
_ENDS, _DRAWS = (0.025, 0.975), 1000
_FAILS, _MEETS, _FEW_DEALS = 0.05, 0.5, 10


@dataclass(frozen=True)
class Market(Shown):
    """Tell how many companies could buy, fit the profile, and can be won, and what rests on which assumption.

    Parameters
    ----------
    frame : DataFrame
        A row a cell of the market, in the form of the artifact `cells`.
    sizes : DataFrame
        A row a size (tam, sam, som): `companies` and `money` a year, each with `_low` and `_high`; `growth` a year,
        weighted by companies.
    assumed : DataFrame
        A row an assumption: `size` that it bears on, `code`, `what`, a `share` with low and high, `hits` of `n`.
    places : DataFrame
        Columns `account_id` and `cell` of each account that a cell takes in.

    Examples
    --------
    >>> firms = pd.DataFrame({"industry": ["SaaS"] * 2}, index=["a", "b"])
    >>> customers = pd.DataFrame({"account_id": ["a"], "status": "customer", "churned": False, "revenue_yearly": 9.0})
    >>> own = Own(firms, customers, pd.DataFrame({"account_id": ["a"], "stage": ["won"]}))
    >>> found = size_market(pd.DataFrame({"industry": ["SaaS"], "companies": [500.0]}), own, Rule())
    >>> found.sizes[["size", "companies"]].round(0).values.tolist(), found.places["account_id"].tolist()
    ([['tam', 500.0], ['sam', 500.0], ['som', 380.0]], ['a', 'b'])
    """

    frame: pd.DataFrame
    sizes: pd.DataFrame
    assumed: pd.DataFrame
    places: pd.DataFrame

    @property
    def record(self) -> dict[str, Any]:
        """Give the sizes and what they rest on as the artifact `market`.

        Examples
        --------
        >>> nothing = pd.DataFrame()
        >>> sizes = pd.DataFrame({"size": ["tam"], "companies": [500.0]})
        >>> Market(nothing, sizes, nothing, nothing).record
        {'tam': {'companies': 500.0}, 'sam': None, 'som': None, 'assumptions': []}
        """
        rows = [frame.astype(object).where(frame.notna(), None).to_dict("records")
                for frame in (self.sizes, self.assumed)]
        sizes: dict[str, Any] = dict.fromkeys(("tam", "sam", "som")) | {row.pop("size"): row for row in rows[0]}
        return {**sizes, "assumptions": rows[1]}


@dataclass(frozen=True)
class Own:
    """Hand over what we know of our own accounts that a market table cannot know.

    Parameters
    ----------
    accounts : DataFrame
        Attributes, indexed by account_id.
    customers : DataFrame
        The artifact of this name: account_id, status, churned, and revenue_yearly in the study's currency.
    deals : DataFrame
        The table of this name: account_id and stage; may be empty.

    Examples
    --------
    >>> firms = pd.DataFrame({"industry": ["SaaS"]}, index=["a"])
    >>> customers = pd.DataFrame({"account_id": ["a"], "status": "customer", "churned": False, "revenue_yearly": 9.0})
    >>> Own(firms, customers, pd.DataFrame()).accounts.index.tolist()
    ['a']
    """

    accounts: pd.DataFrame
    customers: pd.DataFrame
    deals: pd.DataFrame


@dataclass(frozen=True)
class _Cells:
    """The cells, our accounts in them, and the draws that stand for what is not known."""

    cells: pd.DataFrame
    accounts: pd.DataFrame
    scheme: Scheme
    rng: np.random.Generator

    def match(self, name: str) -> Flags:
        """Which account (row) belongs to which cell (column), by one column? A cell that does not say takes all in."""
        labels, own = self.cells[name], self._own(name)
        if own.eq("?").all():  # what we never wrote down tells our accounts apart by nothing
            return np.ones((len(own), len(labels)), dtype=bool)
        if name != "industry":
            same = own.to_numpy()[:, None] == labels.str.casefold().to_numpy()
            return np.asarray(same | (labels == "").to_numpy(), dtype=bool)
        texts, values = labels.unique(), own.unique()
        exact = {text.casefold() for text in texts}
        codes = ["\t" + read_code(text, self.scheme) for text in texts]
        keys = [value if value in exact else "\t" + (read_code(value, self.scheme) or "?") for value in values]
        table = np.array([[key in (text.casefold(), code) or not text for text, code in zip(texts, codes, strict=True)]
                          for key in keys], dtype=bool).reshape(len(keys), len(texts))
        return np.asarray(table[np.ix_(pd.factorize(own)[0], pd.factorize(labels)[0])])

    def match_size(self) -> Flags:
        size = pd.to_numeric(self.accounts.get("employees", pd.Series(np.nan, self.accounts.index)))
        low, high = self.cells["employees_min"].fillna(0), self.cells["employees_max"].fillna(np.inf)
        inside = (size.to_numpy()[:, None] >= low.to_numpy()) & (size.to_numpy()[:, None] < high.to_numpy())
        return np.asarray(inside | (self.cells["band"] == "").to_numpy())

    def _own(self, name: str) -> pd.Series:
        return self.accounts.get(name, pd.Series("?", self.accounts.index)).astype("str").fillna("?").str.casefold()

    def knows(self, criterion: Criterion) -> Flags:
        """Which cells can tell whether their companies meet a criterion?"""
        name = "band" if criterion.attribute == "employees" else criterion.attribute
        return (self.cells[name] != "").to_numpy() if name in KEYS else np.zeros(len(self.cells), dtype=bool)

    def share(self, criterion: Criterion) -> tuple[Floats, list[dict[str, Any]]]:
        """Which share of each cell meets a criterion that it knows (a row a cell, a column a draw), and by what?"""
        if criterion.attribute == "employees":
            return self._cut(criterion), []
        wanted = {value.casefold() for value in criterion.values}
        own, assumed, drawn = self._own(criterion.attribute), list[dict[str, Any]](), dict[str, Floats]()
        industry = criterion.attribute == "industry"
        codes = {value: read_code(value, self.scheme) for value in {*own, *wanted}} if industry else {}
        for label in self.cells[criterion.attribute].unique():
            code = read_code(label, self.scheme) if industry else ""
            if label.casefold() in {*own, *wanted} or code not in {codes[value] for value in wanted if industry}:
                drawn[label] = np.full(_DRAWS, float(label.casefold() in wanted))
            else:
                of = own[own.map(codes) == code]
                drawn[label], one = self.guess(int(of.isin(wanted).sum()), len(of), most=True)
                assumed.append({"size": "sam", "code": "division", "what": label, **one})
        return np.stack([drawn[label] for label in self.cells[criterion.attribute]]), assumed

    def guess(self, hits: int, n: int, *, most: bool = False) -> tuple[Floats, dict[str, Any]]:
        """Draw a share of which `hits` of `n` is all that is known (Jeffreys' prior), or all that it can be at most."""
        draws = self.rng.beta(hits + 0.5, n - hits + 0.5, _DRAWS) * (self.rng.random(_DRAWS) if most else 1.0)
        return draws, dict(zip(("share", "low", "high"), (draws.mean(), *np.quantile(draws, _ENDS)), strict=True)) | {
            "hits": hits, "n": n}

    def _cut(self, criterion: Criterion) -> Floats:
        middle = _DECLARED["exponent"]
        bend = self.rng.uniform(0.5 * middle, 1.5 * middle, _DRAWS)
        bands, places = np.unique(self.cells[["employees_min", "employees_max"]].fillna({
            "employees_min": 0, "employees_max": np.inf}).to_numpy(dtype=np.float64), axis=0, return_inverse=True)
        low, high = np.maximum(bands[:, :1], 1), np.maximum(bands[:, 1:], 1)
        start, stop = np.clip(criterion.min or 0, low, high), np.clip(criterion.max or np.inf, low, high)
        above = [np.power(1 / bound, bend) for bound in (start, stop, low, high)]
        cut = (above[0] - above[1]) / np.where(high > low, above[2] - above[3], 1)
        alike = (bands[:, :1] >= (criterion.min or 0)) & (bands[:, :1] < (criterion.max or np.inf))  # of one size
        return np.where(high > low, cut, alike)[places.ravel()]


def size_market(  # noqa: PLR0913  (what we have, and what is taken for granted)
    market: pd.DataFrame, own: Own, rule: Rule, *, capacity: float = 0.0, served_from: int = 1, least: int = 5,
    seed: int = 0) -> Market:
    """Estimate how many companies could buy (TAM), fit the profile (SAM) and can be won (SOM), and what they are worth.

    Parameters
    ----------
    market : DataFrame
        The table `market`: companies by industry, country, region and size, at any level of cells, with what each
        spends a year and their growth where that is known.
    own : Own
        Our accounts, customers and deals.
    rule : Rule
        The profile.
    capacity : float, default 0.0
        Companies that we can look after, 0 or more; 0 where that is not known.
    served_from : int, default 1
        Accounts of ours from which on an industry (in a country) counts as one that could buy; 0: every cell counts.
    least : int, default 5
        Customers that a cell needs for a value of its own, 1 or more.
    seed : int, default 0
        Seed of the draws behind the ranges.

    Returns
    -------
    Market
        Cells, sizes with their ranges, and the assumptions behind them; without a row where the market has none.

    Notes
    -----
    The share of a cell that the rule covers is the product of its criteria's shares. An industry or place is in or out;
    of a division, at most the share of our accounts in it that are of the rule's industries, since we sell where the
    rule says, and how much less nobody knows (drawn between none and that); of a size band that a bound cuts
    through, the share that the Pareto law of `market.toml` gives, with an exponent that is drawn; of criteria that the
    market does not know, the share of our accounts meeting the others that meet them. Shares are drawn from their
    Jeffreys posteriors and combined in 1,000 draws; ranges are 95 %. SOM: companies of the SAM that are no customers
    yet, no more than the capacity, times the win rate inside the profile. Our own accounts are no sample of the market,
    so that every share that rests on them is an assumption.

    Examples
    --------
    >>> firms = pd.DataFrame({"industry": ["SaaS", "Retail"]}, index=["a", "b"])
    >>> customers = pd.DataFrame({"account_id": ["a"], "status": "customer", "churned": False, "revenue_yearly": 9.0})
    >>> own = Own(firms, customers, pd.DataFrame({"account_id": ["a"], "stage": ["won"]}))
    >>> market = pd.DataFrame({"industry": ["SaaS", "Retail"], "companies": [500.0, 100.0]})
    >>> found = size_market(market, own, Rule((Criterion.one_of("industry", ["SaaS"]),)))
    >>> found.sizes.set_index("size")["companies"].head(2).round(0).to_dict()
    {'tam': 600.0, 'sam': 500.0}
    """
    cells, left = lay_cells(market)
    accounts = own.accounts.sort_index()
    for name in ("country", "region"):  # Tokyo-to is Tokyo where we write it so
        ours = Counter(accounts.get(name, pd.Series(dtype="str")).dropna())
        cells[name] = cells[name].replace(find_foldings(Counter(filter(None, cells[name])), name, before=ours))
    grid = _Cells(cells, accounts, tell_scheme(cells["industry"].unique()), np.random.default_rng(seed))
    at = {name: grid.match(name) for name in PLACES}
    placed = at["industry"] & at["country"] & at["region"] & grid.match_size()
    cover, fails, assumed = _cover(grid, rule)
    codes = {label: read_code(label, grid.scheme) for label in cells["industry"].unique()}
    told = at["industry"].any(axis=0) | cells["industry"].map(codes).ne("").to_numpy()
    served = (at["industry"] & at["country"]).sum(axis=0) >= served_from
    cells = cells.assign(cell=np.arange(len(cells)), fails=pd.Series(fails, dtype="str"), served=np.where(
        served, "yes", np.where(told, "no", "unknown")))
    sure = rule.mask(accounts).fillna(False).to_numpy(dtype=bool)
    facts = own.customers.set_index("account_id").reindex(accounts.index)
    paying = facts["status"].eq("customer") & ~facts["churned"].fillna(False).astype(bool)
    where = np.where(placed.any(axis=1), placed.argmax(axis=1), -1) if len(cells) else np.full(len(accounts), -1)
    for name, which in (("accounts", where >= 0), ("customers", paying), ("customers_in", paying & sure)):
        cells[name] = np.bincount(where[np.asarray(which) & (where >= 0)], minlength=len(cells))
    money, values, said = _value(grid, cells, facts["revenue_yearly"].where(paying), (where, sure), least)
    cells = cells.assign(**_bound_cells(cells, cover), value=money.mean(axis=1), value_basis=said.pop("basis"))
    sizes, more = _add_up(grid, cells, (cover, money, values), (own.deals, set(accounts.index[sure])), capacity)
    assumed += _note_gaps(cells, left, accounts[~pd.Series(at["industry"].any(axis=1), accounts.index)], least)
    frame = pd.DataFrame([{"size": "tam", "code": "served", "n": served_from}, *assumed, said, *more]).reindex(
        columns=["size", "code", "what", "share", "low", "high", "hits", "n"])
    sizes, frame = (sizes[:0], frame[:0]) if cells.empty else (sizes, frame)
    places = pd.DataFrame({"account_id": accounts.index, "cell": where})
    return Market(cells, sizes, frame, places[where >= 0].reset_index(drop=True))


def _note_gaps(cells: pd.DataFrame, left: pd.DataFrame, gone: pd.DataFrame, least: int) -> list[dict[str, Any]]:
    """Say what the market does not hold, or holds twice, and how much of the money is carried over."""
    missing = gone["industry"].value_counts() if "industry" in gone else pd.Series(dtype="int64")
    told = cells[cells["served"] == "yes"]
    carried = told.loc[told["value_basis"] == "carried", "fitting"].sum()
    unread = cells[cells["served"] == "unknown"].groupby("industry")["companies"].sum()
    return [*({"size": "tam", "code": one.code, "what": one.label, "hits": one.companies, "n": one.parts}
              for one in left.itertuples()),
            *({"size": "tam", "code": "missing", "what": name, "n": n} for name, n in sorted(missing.items())),
            *({"size": "tam", "code": "unread", "what": name, "n": n} for name, n in unread.items()),
            *([{"size": "sam", "code": "carried", "share": carried / told["fitting"].sum(), "n": least}]
              if carried else [])]


def _cover(grid: _Cells, rule: Rule) -> tuple[Floats, list[str], list[dict[str, Any]]]:
    """Draw the share of each cell that meets the rule, and name the criteria that it plainly fails."""
    n = len(grid.cells)
    cover, shares, assumed = np.ones((n, _DRAWS)), {}, list[dict[str, Any]]()
    known = np.array([grid.knows(criterion) for criterion in rule.criteria], dtype=bool).reshape(len(rule.criteria), n)
    for criterion, knows in zip(rule.criteria, known, strict=True):
        if knows.any():
            share, said = grid.share(criterion)
            cover[knows] *= share[knows]
            assumed += said
            shares[criterion.attribute] = np.where(knows, share.mean(axis=1), 1.0)
            if criterion.attribute == "employees" and ((share.mean(axis=1) % 1)[knows] > 0).any():
                assumed.append({"size": "sam", "code": "band", "what": "employees", "share": _DECLARED["exponent"]})
    for pattern in np.unique(known.T, axis=0) if rule.criteria else []:
        met, asked = (Rule(tuple(c for c, knows in zip(rule.criteria, pattern, strict=True) if knows == side))
                      for side in (True, False))
        if asked.criteria:
            answers = asked.mask(grid.accounts[met.mask(grid.accounts).fillna(False).astype(bool)]).dropna()
            draws, one = grid.guess(int(answers.sum()), len(answers))
            cover[(pattern == known.T).all(axis=1)] *= draws
            assumed.append({"size": "sam", "code": "own", "what": ",".join(asked.attributes), **one})
    failed = pd.DataFrame(shares, index=range(n))
    once = (failed < _FAILS).sum(axis=1).eq(1) & ((failed >= _MEETS) | (failed < _FAILS)).all(axis=1)
    return cover, [",".join(name for name in shares if row[name] < _FAILS) if one else ""
                   for row, one in zip(failed.to_dict("records"), once, strict=True)], assumed


def _value(grid: _Cells, cells: pd.DataFrame, paid: pd.Series, put: tuple[np.ndarray, Flags], least: int,
           ) -> tuple[Floats, Floats, dict[str, Any]]:
    """Draw what one company of each cell brings a year, and one of the profile: our own mean, carried over or not."""
    where, sure = put
    money = paid.to_numpy(dtype=np.float64, na_value=np.nan)
    mine = sure & (money > 0)
    pool = money[mine] if mine.sum() >= least else money[money > 0]
    carried = _draw_mean(pool, grid.rng) if len(pool) >= least else np.full(_DRAWS, np.nan)
    draws, basis = np.tile(carried, (len(cells), 1)), np.full(len(cells), "carried", dtype=object)
    for cell in np.unique(where[(where >= 0) & (money > 0)]):
        if ((where == cell) & (money > 0)).sum() >= least:
            draws[cell], basis[cell] = _draw_mean(money[(where == cell) & (money > 0)], grid.rng), "own"
    spend = cells["spend"].to_numpy(dtype=np.float64)
    draws[spend >= 0], basis[spend >= 0] = spend[spend >= 0][:, None], "spend"
    low, high = np.quantile(carried, _ENDS)
    return draws, carried, {"size": "som", "code": "value_inside" if mine.sum() >= least else "value", "basis": basis,
                            "share": carried.mean(), "low": low, "high": high, "n": len(pool)}


def _draw_mean(money: Floats, rng: np.random.Generator) -> Floats:
    spread = money.std(ddof=1) / np.sqrt(len(money))
    return np.asarray(np.maximum(money.mean() + spread * rng.standard_t(len(money) - 1, _DRAWS), 0.0))


def _bound_cells(cells: pd.DataFrame, cover: Floats) -> dict[str, Any]:
    """Bound the share that fits (draws), and our penetration of each cell (Wilson, 1927)."""
    low, high = np.quantile(cover, _ENDS, axis=1) if len(cells) else (np.empty(0), np.empty(0))
    share = cover.mean(axis=1)
    under, over = bound_shares(cells["customers"], cells["companies"])
    return {"share": share, "share_low": low, "share_high": high, "fitting": share * cells["companies"],
            "penetration": cells["customers"] / cells["companies"].where(cells["companies"] > 0),
            "penetration_low": under, "penetration_high": over}


def _add_up(grid: _Cells, cells: pd.DataFrame, draws: tuple[Floats, Floats, Floats],
            sold: tuple[pd.DataFrame, set[str]], capacity: float) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """Add cells up to TAM, SAM and SOM in every draw, and say what the last rests on."""
    cover, money, value = draws
    served = cells["served"].eq("yes").to_numpy()
    number = cells["companies"].to_numpy(dtype=np.float64)
    maybe, number, money = number[cells["served"].ne("no").to_numpy()].sum(), number[served], money[served]
    fitting = cover[served] * number[:, None]
    sam, middle = fitting.sum(axis=0), fitting.mean(axis=1)
    closed = sold[0][sold[0]["stage"].isin(["won", "lost"])]
    inside = closed[closed["account_id"].isin(sold[1])]
    deals, code = (inside, "won_inside") if len(inside) >= _FEW_DEALS else (closed, "won")
    win, said = grid.guess(int(deals["stage"].eq("won").sum()), len(deals))
    win = win if len(deals) else np.full(_DRAWS, np.nan)
    free = np.maximum(sam - cells.loc[served, "customers_in"].sum(), 0)
    som = win * (np.minimum(free, capacity) if capacity else free)
    grow = cells["growth"].to_numpy(dtype=np.float64)[served]
    rows = []
    for size, companies, paid, part in (
            ("tam", np.array([number.sum(), maybe]), (number[:, None] * money).sum(axis=0), number),
            ("sam", sam, (fitting * money).sum(axis=0), middle), ("som", som, som * value, middle)):
        ends = [*np.quantile(companies, (0, 1) if size == "tam" else _ENDS), *np.quantile(paid, _ENDS)]
        weight = np.where(np.isnan(grow), 0, part)
        rows.append((size, companies[0] if size == "tam" else companies.mean(), *ends[:2], paid.mean(), *ends[2:],
                     np.nansum(grow * weight) / weight.sum() if weight.sum() else np.nan))
    names = ["size", "companies", "low", "high", "money", "money_low", "money_high", "growth"]
    reach = {"size": "som", "code": "capacity" if capacity else "no_capacity", "n": capacity}
    chance = {"size": "som", "code": code, **said} if len(deals) else {"size": "som", "code": "no_deals"}
    return pd.DataFrame(rows, columns=names), [chance, reach]
