"""Draw the accounts of a synthetic company: kinds, attributes, and how well each account fits."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from icp_lab.rule import Rule
from icp_lab.worlds.kinds import KINDS, MISSING, NEGATIVE, PROFILE, REGIONS, Kind
from icp_lab.worlds.words import Words

AS_OF = date(2026, 6, 30)


def pick(rng: np.random.Generator, chances: dict[str, float], n: int) -> np.ndarray:
    """Draw one of several things n times, each with its chance.

    Parameters
    ----------
    rng : Generator
        Source of random numbers.
    chances : dict of str to float
        Weight of each thing; they need not add up to 1.
    n : int
        How many draws.

    Returns
    -------
    ndarray of str
        What came up, in the order of the draws.

    Examples
    --------
    >>> pick(np.random.default_rng(0), {"won": 3.0, "lost": 0.0}, 2).tolist()
    ['won', 'won']
    """
    weights = np.array(list(chances.values()))
    return rng.choice(np.array(list(chances), dtype=object), size=n, p=weights / weights.sum())


def _draw_kind(kind: Kind, n: int, rng: np.random.Generator) -> pd.DataFrame:
    employees = np.clip(np.round(np.exp(rng.normal(np.log(kind.employees[0]), kind.employees[1], n))), 3, 40_000)
    owns = {tool: rng.random(n) < chance for tool, chance in kind.tech.items()}
    region = pick(rng, {"north": 0.3, "dach": 0.3, "south": 0.2, "america": 0.2}, n)
    return pd.DataFrame({
        "kind": np.full(n, kind.name, dtype=object),
        "industry": pick(rng, kind.industry, n),
        "employees": employees,
        "annual_revenue": np.round(employees * np.exp(rng.normal(np.log(160_000), 0.4, n)), -3),
        "country": [REGIONS[r][i] for r, i in zip(region, rng.integers(0, 2, n), strict=True)],
        "region": region,
        "founded_year": np.clip(np.round(rng.normal(kind.founded[0], kind.founded[1], n)), 1890, 2024),
        "tech_stack": [tuple(sorted(tool for tool in owns if owns[tool][i])) or ("Excel",) for i in range(n)],
        "channel": pick(rng, {"referral": 0.2, "inbound": 0.35, "outbound": 0.3, "event": 0.15}, n),
        "sold_via": np.where(rng.random(n) < kind.dealer, "dealer", "direct"),
        "digital_maturity": np.clip(np.round(rng.normal(kind.maturity[0], kind.maturity[1], n)), 1, 5),
        "decision_making": pick(rng, kind.decision, n),
        "exports": rng.random(n) < kind.exports,
        "it_budget_share": np.round(np.clip(rng.normal(kind.it_budget[0], kind.it_budget[1], n), 0.002, 0.25), 3),
        "growth": np.round(rng.normal(kind.growth[0], kind.growth[1], n), 3)})


def draw_draft(accounts: int, signal: bool, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the companies that there are, and how well each fits the product.

    Parameters
    ----------
    accounts : int
        How many, 30 and more.
    signal : bool
        False shuffles every attribute on its own: marginals stay to the letter, nothing depends on anything.
    rng : Generator
        Source of random numbers.

    Returns
    -------
    DataFrame
        A row an account as it truly is, in codes, before anything is forgotten or misspelt: its attributes, `kind`,
        `profile` and `negative` (flags), `fit`, `status` (customer, lost, prospect) and `scale` (people employed).

    Examples
    --------
    >>> draft = draw_draft(400, True, np.random.default_rng(0))
    >>> draft.groupby("profile")["fit"].mean().round(1).tolist()  # outside, inside
    [-0.3, 2.9]
    """
    shares = np.array([kind.share for kind in KINDS])
    counts = np.floor(shares * accounts).astype(int)
    counts[0] += accounts - counts.sum()
    frame = pd.concat([_draw_kind(kind, n, rng) for kind, n in zip(KINDS, counts, strict=True)], ignore_index=True)
    frame = frame.iloc[rng.permutation(accounts)].reset_index(drop=True)
    for name, planted in (("profile", PROFILE), ("negative", NEGATIVE)):
        frame[name] = Rule.from_dicts(list(planted)).mask(frame).astype(bool)
    frame["fit"] = 2.8 * frame["profile"] - 1.5 * frame["negative"] + rng.normal(0, 0.85, accounts)
    buys = rng.random(accounts) < 0.67 + 0.22 * frame["profile"] - 0.10 * frame["negative"]
    frame["status"] = np.where(buys, "customer", np.where(rng.random(accounts) < 0.7, "lost", "prospect"))
    frame["scale"] = frame["employees"]  # what the money follows; the attribute itself may be shuffled below
    if not signal:
        for name in MISSING:
            frame[name] = frame[name].to_numpy()[rng.permutation(accounts)]
    return frame


def _name_companies(draft: pd.DataFrame, words: Words, rng: np.random.Generator) -> list[str]:
    stems = [start + end for start in words.start["words"] for end in words.start["ends"]]
    order = rng.permutation(len(stems))
    names: list[str] = []
    for i, industry in enumerate(draft["industry"]):
        tails = words.tails[industry]
        round_, place = divmod(i, len(stems))
        tail = tails[(int(rng.integers(len(tails))) + round_) % len(tails)]
        name = words.name.format(stem=stems[order[place]], tail=tail)
        names.append(name if round_ == 0 else f"{name} {round_ + 1}")
    return names


def forget(frame: pd.DataFrame, missing: Mapping[str, float], rng: np.random.Generator) -> pd.DataFrame:
    """Empty the cells that nobody has filled in.

    Parameters
    ----------
    frame : DataFrame
        Accounts or leads, whole; it is not changed.
    missing : Mapping of str to float
        Share of empty cells of each column that has any, 0 to 1.
    rng : Generator
        Source of random numbers.

    Returns
    -------
    DataFrame
        The same rows; a cell is emptied by chance, so that the shares are met on average.

    Examples
    --------
    >>> firms = pd.DataFrame({"region": ["north"] * 100, "name": "Ace"})
    >>> forget(firms, {"region": 0.2}, np.random.default_rng(0)).isna().sum().to_dict()
    {'region': 19, 'name': 0}
    """
    left = {name: frame[name].where(rng.random(len(frame)) >= share, None if name == "tech_stack" else pd.NA)
            for name, share in missing.items()}
    return frame.assign(**left)


def build_accounts(draft: pd.DataFrame, words: Words, rng: np.random.Generator,
                   missing: Mapping[str, float] = MISSING) -> pd.DataFrame:
    """Write the accounts as the CRM holds them: in words, with gaps.

    Parameters
    ----------
    draft : DataFrame
        The companies, from `draw_draft`.
    words : Words
        The words of the world's language.
    rng : Generator
        Source of random numbers.
    missing : Mapping of str to float, default MISSING
        Share of empty cells by column, 0 to 1.

    Returns
    -------
    DataFrame
        A row a company, in the order of `draft`: account_id (A0001 and so on), name, domain, its attributes, owner.

    Examples
    --------
    >>> from icp_lab.worlds.words import load_words
    >>> rng = np.random.default_rng(0)
    >>> accounts = build_accounts(draw_draft(40, True, rng), load_words("en"), rng)
    >>> accounts[["account_id", "domain"]].iloc[-1].tolist(), bool(accounts["growth"].isna().any())
    (['A0040', 'a0040.example'], True)
    """
    n, frame = len(draft), draft[list(MISSING)].copy()
    frame["annual_revenue"] *= words.money
    for name in ("industry", "country", "region", "channel", "decision_making"):
        frame[name] = frame[name].map(words.codes[name]).astype("str")
    frame["exports"] = frame["exports"].astype("boolean")
    frame = forget(frame, missing, rng)
    ids = [f"A{i + 1:04d}" for i in range(n)]
    frame.insert(0, "account_id", ids)
    frame.insert(1, "name", _name_companies(draft, words, rng))
    frame.insert(2, "domain", [f"{account.lower()}.example" for account in ids])
    frame["owner"] = rng.choice(words.owners, n)
    return frame
