"""Draw the people of a synthetic company: who takes part in which deal, how they are reached, how colleagues vote."""

from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from icp_lab.locale.declared import read_declared
from icp_lab.worlds.company import AS_OF
from icp_lab.worlds.words import Words

DECLARED: dict[str, Any] = read_declared("icp_lab.worlds", "people.toml")
KINDS = tuple(SimpleNamespace(**kind) for kind in DECLARED["people"])
_CONTACT = ["contact_id", "account_id", "name", "email", "title", "department", "seniority", "buying_role", "language"]


def _take_part(kind: SimpleNamespace, stage: str, signal: bool) -> float:
    """How likely does such a person take part in a deal of this stage? Without signal as likely in won as in lost."""
    return float(getattr(kind, stage) if signal else (kind.won + kind.lost) / 2)


def _name_people(words: Words, language: str, rng: np.random.Generator) -> list[str]:
    """Give some names, no two of them alike."""
    names = zip(rng.permutation(words.first), rng.permutation(words.last), strict=True)
    return [f"{last} {first}" if language == "ja" else f"{first} {last}" for first, last in names]


def tell_committees(deals: pd.DataFrame, words: Words, language: str, signal: bool,
                    rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tell who the people at accounts with a closed deal are, and who of them took part in which deal.

    Parameters
    ----------
    deals : DataFrame
        The table `deals`.
    words : Words
        The words of the world's language.
    language : str
        Language of the world: `en` or `ja`; in Japanese the family name stands first.
    signal : bool
        False for a null world: each kind of person takes part in won and lost deals alike.
    rng : Generator
        Source of random numbers.

    Returns
    -------
    tuple of 2 DataFrame
        The tables `contacts` and `deal_contacts`.

    Examples
    --------
    >>> from icp_lab.worlds.words import load_words
    >>> deals = pd.DataFrame({"account_id": "A01", "deal_id": ["D01", "D02"], "stage": ["won", "open"]})
    >>> contacts, parts = tell_committees(deals, load_words("en"), "en", True, np.random.default_rng(0))
    >>> contacts["email"].iloc[0], parts["deal_id"].unique().tolist()
    ('p00001@a01.example', ['D01'])
    """
    contacts, parts = list[tuple[str, ...]](), list[tuple[str, ...]]()
    closed = deals.query("stage != 'open'")[["account_id", "deal_id", "stage"]].sort_values("account_id", kind="stable")
    for account, own in groupby(closed.to_numpy().tolist(), itemgetter(0)):
        held = [*own]
        for name, kind in zip(_name_people(words, language, rng), KINDS, strict=False):
            took = [deal for _account, deal, stage in held if rng.random() < _take_part(kind, stage, signal)]
            if rng.random() < DECLARED["known"] or took:
                person, titles = f"P{len(contacts) + 1:05d}", words.titles[kind.code]
                said = (titles[int(rng.integers(len(titles)))], kind.department, kind.seniority, kind.buying_role)
                email = f"{person}@{account}.example".lower()
                contacts.append((person, str(account), name, email, *said, language))
                parts += [(deal, person, kind.part) for deal in took]
    return pd.DataFrame(contacts, columns=_CONTACT), pd.DataFrame(parts, columns=["deal_id", "contact_id", "role"])


def tell_engagement(contacts: pd.DataFrame, words: Words, signal: bool, rng: np.random.Generator) -> pd.DataFrame:
    """Tell when people heard from us, and where.

    Parameters
    ----------
    contacts : DataFrame
        The table `contacts`, from `tell_committees`.
    words : Words
        The words of the world's language.
    signal : bool
        False for a null world: all kinds of people are reached alike.
    rng : Generator
        Source of random numbers.

    Returns
    -------
    DataFrame
        A row a touch, as the table `engagement` has it, by day.

    Examples
    --------
    >>> from icp_lab.worlds.words import load_words
    >>> contacts = pd.DataFrame({"contact_id": ["P1", "P2", "P3"], "account_id": "A01", "department": "it",
    ...                          "seniority": "manager"})
    >>> touches = tell_engagement(contacts, load_words("en"), True, np.random.default_rng(0))
    >>> set(touches["channel"]) <= {"web", "email", "webinar"}, touches["date"].is_monotonic_increasing
    (True, True)
    """
    usual = {(kind.department, kind.seniority): kind.touches for kind in KINDS}
    alike = {channel: float(np.mean([kind.touches.get(channel, 0) for kind in KINDS])) for channel in DECLARED["kinds"]}
    rows = []
    for person in contacts.itertuples():
        for channel, mean in (usual[str(person.department), str(person.seniority)] if signal else alike).items():
            for _touch in range(int(rng.poisson(mean))):
                day = AS_OF - timedelta(days=int(rng.integers(1, 700)))
                content = words.contents[channel][int(rng.integers(len(words.contents[channel])))]
                rows.append((day, DECLARED["kinds"][channel], person.contact_id, person.account_id, channel, content))
    frame = pd.DataFrame(rows, columns=["date", "kind", "contact_id", "account_id", "channel", "content"])
    return frame.sort_values(["date", "contact_id", "channel"], ignore_index=True)


def tell_votes(words: Words, language: str, signal: bool, rng: np.random.Generator) -> pd.DataFrame:
    """Tell how colleagues of five departments vote on the lines of the draft, and what those who differ say.

    Parameters
    ----------
    words : Words
        The words of the world's language.
    language : str
        Language of the world: `en` or `ja`.
    signal : bool
        False for a null world: all vote around the same mean, and nobody says why.
    rng : Generator
        Source of random numbers.

    Returns
    -------
    DataFrame
        A row a vote, as the table `review` has it: from 1 (oppose) to 9 (agree).

    Examples
    --------
    >>> from icp_lab.worlds.words import load_words
    >>> votes = tell_votes(load_words("en"), "en", True, np.random.default_rng(0))
    >>> said = votes[votes["item"] == "criterion.employees"].groupby("department")["vote"].mean()
    >>> said[["sales", "product"]].round(1).tolist()  # they stand against each other
    [1.7, 8.7]
    """
    rows, names = [], iter(_name_people(words, language, rng))
    for department in DECLARED["departments"]:
        for voter, name in zip(range(DECLARED["voters"]), names, strict=False):
            for item, held in DECLARED["votes"].items():
                own = (held.get(department, held["all"]), DECLARED["scatter"])
                vote = np.clip(np.round(rng.normal(*own if signal else DECLARED["undecided"])), 1, 9)
                said = dict(enumerate(words.views.get(item, {}).get(department, []) if signal else []))
                comment, proposal = said.get(voter, ("", ""))
                rows.append((department, item, vote, name, comment or None, proposal or None))
    return pd.DataFrame(rows, columns=["department", "item", "vote", "reviewer", "comment", "proposal"])


def tell_planted(signal: bool) -> dict[str, Any]:
    """Tell what is planted among people.

    Parameters
    ----------
    signal : bool
        False for a null world.

    Returns
    -------
    dict of str to dict or list
        `people`, `committees`, `channels` and `conflicts`, as `make_company` says.

    Examples
    --------
    >>> tell_planted(True)["committees"]["it"], tell_planted(False)["committees"]["it"]
    ([0.25, 0.55], [0.4, 0.4])
    """
    return {
        "people": {kind.code: [kind.department, kind.seniority] for kind in KINDS},
        "committees": {kind.code: [_take_part(kind, stage, signal) for stage in ("won", "lost")] for kind in KINDS},
        "channels": {kind.code: max(kind.touches, key=kind.touches.get) for kind in KINDS} if signal else {},
        "conflicts": DECLARED["conflicts"] if signal else []}
