"""Draw what surrounds a synthetic company: cells of the market, competitors, what winning customers costs."""

from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from icp_lab.locale.declared import read_declared
from icp_lab.worlds.company import AS_OF
from icp_lab.worlds.kinds import PROFILE
from icp_lab.worlds.words import Words

DECLARED: dict[str, Any] = read_declared("icp_lab.worlds", "market.toml")
COST_MONTHS = 24


def _share_between(low: float, high: float, smallest: float) -> float:
    """Give the share of an industry's companies from `low` to below `high` people (0: no end)."""
    above = [min(1.0, (size / smallest) ** -DECLARED["exponent"]) if size else 0.0 for size in (low, high)]
    return above[0] - above[1]


def count_market(accounts: int, words: Words, rng: np.random.Generator) -> pd.DataFrame:
    """Count the companies in each cell of industry, size and region, and say what they spend.

    Parameters
    ----------
    accounts : int
        How many accounts the company has: the market grows with it.
    words : Words
        The words of the world's language.
    rng : Generator
        Source of random numbers.

    Returns
    -------
    DataFrame
        A row a cell, as the table `market` has it: growth a year as a share, spend of a company a year as money.

    Examples
    --------
    >>> from icp_lab.worlds.words import load_words
    >>> cells = count_market(600, load_words("en"), np.random.default_rng(0))
    >>> cells["region"].nunique(), cells.loc[cells["employees_max"].isna(), "employees_min"].unique().tolist()
    (4, [1000])
    """
    rows = []
    for industry, (total, smallest, growth, spend) in DECLARED["industries"].items():
        for (band, (low, high)), (region, (part, more)) in product(
                enumerate(DECLARED["bands"]), DECLARED["regions"].items()):
            companies = total * accounts / 600 * part * _share_between(low, high, smallest)
            if companies:
                rows.append((
                    rng.poisson(companies), words.codes["industry"][industry], words.codes["region"][region], low,
                    high or None, round(growth + more + rng.normal(0, 0.005), 3),
                    round(DECLARED["spend"][band] * spend * rng.uniform(0.9, 1.1), -2) * words.money))
    columns = ["companies", "industry", "region", "employees_min", "employees_max", "growth", "spend"]
    return pd.DataFrame(rows, columns=columns).assign(source=words.register, year=DECLARED["year"])


def list_rivals(words: Words) -> pd.DataFrame:
    """List who else is there, whom they go after, and what they are good and bad at.

    Parameters
    ----------
    words : Words
        The words of the world's language.

    Returns
    -------
    DataFrame
        A row a competitor, as the table `competitors` has it.

    Examples
    --------
    >>> from icp_lab.worlds.words import load_words
    >>> list_rivals(load_words("en"))[["name", "target_employees_min"]].values.tolist()[:2]
    [['Monolith Suite', 1000], ['Tillworks', 1]]
    """
    return pd.DataFrame([{
        "name": words.rivals[rival["code"]]["name"],
        "target_industry": tuple(words.codes["industry"][code] for code in rival["target"]),
        "target_employees_min": rival["employees"][0], "target_employees_max": rival["employees"][1] or None,
        **words.rivals[rival["code"]]} for rival in DECLARED["rivals"]])


def name_rivals(deals: pd.DataFrame, draft: pd.DataFrame, words: Words, signal: bool,
                rng: np.random.Generator) -> tuple[pd.Series, dict[str, Any]]:
    """Name who else was asked in each deal.

    Parameters
    ----------
    deals : DataFrame
        The table `deals`.
    draft : DataFrame
        The company of each deal as it is, from `company.draw_draft`, on the index of `deals`.
    words : Words
        The words of the world's language.
    signal : bool
        False for a null world: our odds are the same against everybody.
    rng : Generator
        Source of random numbers.

    Returns
    -------
    tuple of Series and dict
        A competitor a deal, None where none was named; and {competitor: [our win rate inside the profile, outside]},
        empty without signal.

    Examples
    --------
    >>> from icp_lab.worlds.words import load_words
    >>> deals = pd.DataFrame({"stage": ["won", "lost"] * 100})
    >>> draft = pd.DataFrame({"industry": "SaaS", "employees": 150, "profile": [True, True, False, False] * 50})
    >>> named, rates = name_rivals(deals, draft, load_words("en"), True, np.random.default_rng(0))
    >>> rates["Forecast Labs"], bool(named.isna().any())
    ([0.231, 0.412], True)
    """
    won, inside, chances = (deals["stage"] == "won").to_numpy(), draft["profile"].to_numpy(dtype=bool), []
    for rival in DECLARED["rivals"]:
        low, high = rival["employees"]
        target = draft["industry"].isin(rival["target"]) & draft["employees"].between(low, (high or np.inf))
        odds = np.where(inside, *rival["odds"]) if signal else 1.0
        chances.append(np.where(target, *rival["named"]) * np.where(won, odds, 1.0))
    which = (rng.random(len(deals)) > np.cumsum(chances, axis=0)).sum(axis=0)
    names, closed = [words.rivals[rival["code"]]["name"] for rival in DECLARED["rivals"]], deals["stage"] != "open"
    rates = {name: [round(float(chance[own & won].sum() / chance[own & closed].sum()), 3) for own in (inside, ~inside)]
             for name, chance in zip(names, chances, strict=True)} if signal else {}
    return pd.Series([[*names, None][place] for place in which], deals.index, dtype="object"), rates


def tell_costs(accounts: int, words: Words, rng: np.random.Generator) -> pd.DataFrame:
    """Tell what was spent each month on winning customers.

    Parameters
    ----------
    accounts : int
        How many accounts the company has: the spending grows with it.
    words : Words
        The words of the world's language.
    rng : Generator
        Source of random numbers.

    Returns
    -------
    DataFrame
        A row a month and kind of cost of the last two years, as the table `costs` has it.

    Examples
    --------
    >>> from icp_lab.worlds.words import load_words
    >>> costs = tell_costs(600, load_words("en"), np.random.default_rng(0))
    >>> costs["period"].agg(["min", "max", "nunique"]).tolist()
    ['2024-07', '2026-06', 24]
    """
    months = pd.period_range(end=pd.Period(AS_OF, "M"), periods=COST_MONTHS, freq="M")
    rows = [(str(month), round(mean * accounts / 600 * np.exp(rng.normal(0, 0.1)), -2) * words.money, words.costs[code])
            for month, (code, mean) in product(months, DECLARED["costs"].items())]
    return pd.DataFrame(rows, columns=["period", "amount", "category"])


def tell_market(market: pd.DataFrame, accounts: int, words: Words, signal: bool) -> dict[str, Any]:
    """Tell what is planted in the market.

    Parameters
    ----------
    market : DataFrame
        The table `market`, from `count_market`.
    accounts : int
        How many accounts the company has.
    words : Words
        The words of the world's language.
    signal : bool
        False for a null world, in which no company fits.

    Returns
    -------
    dict of str to object
        `companies`, `exponent` (of the law of sizes), `fitting` (companies of the profile's industries and size; None
        without signal), `white` (the region that we are least in).

    Examples
    --------
    >>> from icp_lab.worlds.words import load_words
    >>> planted = tell_market(pd.DataFrame({"companies": [700, 300]}), 600, load_words("en"), True)
    >>> planted["companies"], planted["fitting"], planted["white"]
    (1000, 1641, 'North America')
    """
    fitting = sum(total * _share_between(PROFILE[1]["min"], PROFILE[1]["max"], smallest) for total, smallest, *_rest in
                  (DECLARED["industries"][code] for code in PROFILE[0]["in"])) * accounts / 600
    return {"companies": int(market["companies"].sum()), "exponent": DECLARED["exponent"],
            "fitting": round(fitting) if signal else None, "white": words.codes["region"][DECLARED["white"]]}
