"""Make a synthetic company: its tables in canonical form and the truth behind them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from icp_lab.artifacts import DTYPES_OF
from icp_lab.locale import LANGUAGES, _
from icp_lab.worlds import company, history, kinds, leads, market, people
from icp_lab.worlds.interviews import code_again, hold_interviews, tell_themes
from icp_lab.worlds.words import Words, load_words


@dataclass(frozen=True)
class World:
    """Hand over a synthetic company.

    Parameters
    ----------
    tables : dict of str to DataFrame
        Input tables, as `study.table` gives them.
    files : dict of str to str
        Texts that people wrote, by path beside study.yml.
    truth : dict of str to object
        What is planted in both, as `make_company` says.

    Examples
    --------
    >>> sorted(make_company(accounts=30).tables)[:3]
    ['accounts', 'churn', 'competitors']
    """

    tables: dict[str, pd.DataFrame]
    files: dict[str, str]
    truth: dict[str, Any]


def make_company(accounts: int = 600, signal: bool = True, seed: int = 0, language: str = "en") -> World:
    """Make what a B2B software company's exports would look like if we knew the truth about its customers.

    Parameters
    ----------
    accounts : int, default 600
        Number of companies in the CRM, 30 and more; about 70 % of them are customers.
    signal : bool, default True
        False makes a null world. Attributes keep their marginals to the letter, are independent of each other and of
        everything that happened with the account.
    seed : int, default 0
        Start of the random numbers: the same seed gives the same world.
    language : str, default 'en'
        Language of names, industries, places and texts: `en` or `ja`.

    Returns
    -------
    World
        `tables`: accounts, deals, revenue, usage, support, satisfaction, churn, opinions, contacts, deal_contacts,
        engagement, review, market, competitors, trends, costs, leads, pilot, reference, triggers, feedback. `files`:
        text by path beside study.yml, interviews and the codes of a second coder.
        `truth`: `profile` and `negative_profile` (criteria as in icp.yml, and the accounts that truly meet them),
        `segments` {account_id: kind}, `churn_reasons` and `loss_reasons` {account_id: product, price, support, other};
        `people` {kind: [department, rank]}, `committees` {kind: [share of won, of lost deals where one takes part]},
        `channels` {kind: the usual one}, `conflicts` of the review, `themes` {code: companies}, `coder_agreement` (the
        share of codes that the second coder gives too), `contradictions` between interviews and the tables;
        `market` {companies; fitting: those of the profile's industries and size; exponent of the law of sizes; white:
        the region that we are least in}, `rivals` {competitor: [our win rate against it inside the profile, outside]};
        `leads` {fit: {lead_id: fit}, inside: those in the profile, known: {lead_id: the account that it is}}, `course`
        {half_life of a touch in days; fit, touch: how much the logarithm of the daily chance to convert gains with a
        point of fit, with a fresh touch, as far as cap}, `pilot` {times: what it multiplies the chance by in who is
        reached; reached: their share; window: days}, `triggers` {kind: [share of won, of lost deals that it precedes]},
        `feedback` {errors: share of wrong reports}.
        Without signal what depends on attributes, kinds or departments is None, empty or alike.

    Raises
    ------
    ValueError
        Fewer than 30 accounts, or a language that the lab does not speak.

    Notes
    -----
    Five kinds of company with overlapping attributes; the profile cuts across them. An account's `fit` is 2.8 inside
    the profile, -1.5 inside the negative profile, plus normal noise (0.85); money, margin, use, satisfaction and
    staying follow from it, money weakly from size too. So luck also makes winners outside the profile.

    Examples
    --------
    >>> world = make_company(accounts=60, seed=1)
    >>> [criterion["attribute"] for criterion in world.truth["profile"]["criteria"]]
    ['industry', 'employees', 'tech_stack']
    >>> make_company(accounts=60, signal=False).truth["profile"] is None
    True
    """
    if accounts < 30 or language not in LANGUAGES:
        rule = _("A world needs at least 30 accounts and a language out of {languages}.")
        raise ValueError(rule.format(languages=", ".join(LANGUAGES)))
    words = load_words(language)
    draws = [np.random.default_rng([seed, part]) for part in range(20)]
    draft = company.draw_draft(accounts, signal, draws[0])
    table = company.build_accounts(draft, words, draws[1])
    courses = history.draw_courses(draft, list(table["account_id"]), draws[2])
    customers = courses["status"] == "customer"
    table["customer_since"] = courses["since"].where(customers)
    table["plan"] = courses["plan"].map(words.codes["plan"]).where(customers)
    deals = history.tell_deals(courses, words, draws[3])
    contacts, parts = people.tell_committees(deals, words, language, signal, draws[10])
    rows = draft.set_axis(table["account_id"]).loc[deals["account_id"]].set_axis(deals.index)
    deals["competitor"], rates = market.name_rivals(deals, rows, words, signal, draws[14])
    tables = {
        "accounts": table, "deals": deals,
        "revenue": history.tell_revenue(courses, words, draws[4]), "usage": history.tell_usage(courses, draws[5]),
        "support": history.tell_support(courses, words, draws[6]),
        "satisfaction": history.tell_satisfaction(courses, words, draws[7]),
        "churn": history.tell_churn(courses, words, draws[8]),
        "opinions": history.tell_opinions(courses, words, draws[9]),
        "contacts": contacts, "deal_contacts": parts,
        "engagement": people.tell_engagement(contacts, words, signal, draws[11]),
        "review": people.tell_votes(words, language, signal, draws[12]),
        "market": market.count_market(accounts, words, draws[15]), "competitors": market.list_rivals(words),
        "trends": pd.DataFrame(words.trends), "costs": market.tell_costs(accounts, words, draws[16])}
    more, planted = _tell_demand(tables, draft, words, signal, draws[17:])
    tables |= more
    said = courses["account_id"].map(tables["satisfaction"].groupby("account_id")["score"].mean())
    interviews = hold_interviews(courses.assign(industry=table["industry"], said=said), language, signal, draws[13])
    coder = code_again(interviews, draws[13])
    truth = {"accounts": accounts, "signal": signal, "seed": seed, "language": language, "as_of": str(company.AS_OF)}
    typed = {name: frame.astype({key: kind for key, kind in DTYPES_OF[name].items() if key in frame})
             for name, frame in tables.items()}
    truth |= _tell_truth(draft.join(courses[["account_id", "left", "reason"]]), words, signal)
    truth |= planted | {"rivals": rates, "market": market.tell_market(tables["market"], accounts, words, signal)}
    files = interviews | {"coders/second.csv": coder.to_csv(index=False, lineterminator="\n")}
    return World(typed, files, truth | people.tell_planted(signal) | tell_themes(interviews, coder))


def _tell_demand(tables: dict[str, pd.DataFrame], draft: pd.DataFrame, words: Words, signal: bool,
                 draws: list[np.random.Generator]) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Who came lately, what touched and moved them, what does sales say of them; and what of that is planted?"""
    ids = tables["accounts"]["account_id"]
    more, planted = leads.tell_leads(tables["accounts"], draft, words, signal, draws[0])
    more["engagement"] = pd.concat([tables["engagement"], more["engagement"]], ignore_index=True)
    more["triggers"], planted["triggers"] = leads.tell_triggers(tables["deals"], more["leads"], words, signal, draws[1])
    inside = [*ids[draft["profile"].astype(bool)], *(planted["leads"]["inside"] or [])]
    pool = pd.concat([ids.to_frame(), more["leads"][["lead_id"]]], ignore_index=True)
    more["feedback"], planted["feedback"] = leads.tell_feedback(pool, inside, words, signal, draws[2])
    return more, planted


def _criteria(planted: tuple[dict[str, Any], ...], words: Words) -> list[dict[str, Any]]:
    """Say the planted criteria in the words of the world's language."""
    return [{key: [words.codes[one["attribute"]][code] for code in value] if key == "in" else value
             for key, value in one.items()} for one in planted]


def _tell_truth(drawn: pd.DataFrame, words: Words, signal: bool) -> dict[str, Any]:
    """What was planted, by account? Nothing about attributes in a null world."""
    ids = drawn.set_index("account_id")
    profile, negative = (
        {"criteria": _criteria(planted, words), "accounts": list(ids.index[ids[name]])} if signal else None
        for name, planted in (("profile", kinds.PROFILE), ("negative", kinds.NEGATIVE)))
    return {
        "profile": profile, "negative_profile": negative, "segments": ids["kind"].to_dict() if signal else {},
        "churn_reasons": ids.loc[ids["left"].notna(), "reason"].to_dict(),
        "loss_reasons": ids.loc[ids["status"] == "lost", "reason"].to_dict()}
