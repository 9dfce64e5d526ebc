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
    """How many companies are there in each cell of industry, size and region, and what do they spend?"""
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
    """Who else is there, whom do they go after, what are they good and bad at?"""
    return pd.DataFrame([{
        "name": words.rivals[rival["code"]]["name"],
        "target_industry": tuple(words.codes["industry"][code] for code in rival["target"]),
        "target_employees_min": rival["employees"][0], "target_employees_max": rival["employees"][1] or None,
        **words.rivals[rival["code"]]} for rival in DECLARED["rivals"]])


def name_rivals(deals: pd.DataFrame, draft: pd.DataFrame, words: Words, signal: bool,
                rng: np.random.Generator) -> tuple[pd.Series, dict[str, Any]]:
    """Who else was asked in each deal, and how often do we win against each, inside the profile and outside?

    `draft` has a row a deal.
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
    """What was spent each month on winning customers?"""
    months = pd.period_range(end=pd.Period(AS_OF, "M"), periods=COST_MONTHS, freq="M")
    rows = [(str(month), round(mean * accounts / 600 * np.exp(rng.normal(0, 0.1)), -2) * words.money, words.costs[code])
            for month, (code, mean) in product(months, DECLARED["costs"].items())]
    return pd.DataFrame(rows, columns=["period", "amount", "category"])


def tell_market(market: pd.DataFrame, accounts: int, words: Words, signal: bool) -> dict[str, Any]:
    """What is planted in the market: how many companies, how many of the profile's kind, where are we not yet?"""
    fitting = sum(total * _share_between(PROFILE[1]["min"], PROFILE[1]["max"], smallest) for total, smallest, *_rest in
                  (DECLARED["industries"][code] for code in PROFILE[0]["in"])) * accounts / 600
    return {"companies": int(market["companies"].sum()), "exponent": DECLARED["exponent"],
            "fitting": round(fitting) if signal else None, "white": words.codes["region"][DECLARED["white"]]}
