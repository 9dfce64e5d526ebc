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
    """Who are the people at accounts with a closed deal, and who of them took part in which deal?"""
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
    """When did people hear from us, and where? Without signal all kinds of people are reached alike."""
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
    """How do colleagues of five departments vote on the lines of the draft, and what do those who differ say?"""
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
    """What is planted among people: shares of won and lost deals, the channel of each kind, conflicts of the review."""
    return {
        "people": {kind.code: [kind.department, kind.seniority] for kind in KINDS},
        "committees": {kind.code: [_take_part(kind, stage, signal) for stage in ("won", "lost")] for kind in KINDS},
        "channels": {kind.code: max(kind.touches, key=kind.touches.get) for kind in KINDS} if signal else {},
        "conflicts": DECLARED["conflicts"] if signal else []}
