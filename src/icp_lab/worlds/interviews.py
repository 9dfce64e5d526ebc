"""Hold interviews in a synthetic company: with some of its best customers, in two languages, coded by two people."""

import re
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from icp_lab.worlds.company import AS_OF
from icp_lab.worlds.people import DECLARED, KINDS
from icp_lab.worlds.words import load_template, load_words

_CODES = re.compile(r"\[\[(.*?)\]\]")


def _choose_accounts(courses: pd.DataFrame, count: int) -> list[str]:
    """Which customers get and give most, of as many industries as there are? The happiest last: it says what is odd."""
    there = courses[(courses["status"] == "customer") & courses["left"].isna()].assign(
        days=courses["since"].map(lambda day: -day.toordinal()), spared=-courses["cost_share"])
    worth = there[["mrr", "spared", "active", "nps", "days"]].rank(pct=True).mean(axis=1)
    pool = there.loc[worth.sort_values(ascending=False).index].head(max(count, round(0.12 * len(there))))
    turn = pool.groupby("industry", dropna=False).cumcount().sort_values(kind="stable")
    return list(pool.loc[turn.index].head(count).sort_values("said", na_position="first")["account_id"])


def hold_interviews(courses: pd.DataFrame, language: str, signal: bool, rng: np.random.Generator) -> dict[str, str]:
    """What did whom say? Text by path; without signal anybody says anything: who it was is shuffled."""
    owners = load_words(language).owners
    planned, people, files = DECLARED["interviews"], {kind.code: kind for kind in KINDS}, {}
    order = np.arange(len(planned)) if signal else rng.permutation(len(planned))
    for place, account in enumerate(_choose_accounts(courses, len(planned))):
        who = people[planned[order[place]]["who"]]
        files[f"interviews/{account}_{who.code}.md"] = load_template(planned[place]["texts"][language]).format(
            account=account, domain=f"{account.lower()}.example", who=who,
            date=AS_OF - timedelta(days=int(rng.integers(10, 90))), interviewer=owners[int(rng.integers(len(owners)))])
    return files


def _list_codes(interviews: dict[str, str]) -> pd.DataFrame:
    """Which passage holds which codes? Each passage of these texts is a line."""
    rows = []
    for path, text in sorted(interviews.items()):
        said = [line for line in text.split("---\n")[2].splitlines() if line and not line.startswith("#")]
        rows += [(path[len("interviews/"):-len(".md")], place, code.replace(" ", "_"))
                 for place, line in enumerate(said, 1) for found in _CODES.findall(line) for code in found.split(", ")]
    return pd.DataFrame(rows, columns=["interview", "passage", "code"])


def code_again(interviews: dict[str, str], rng: np.random.Generator) -> pd.DataFrame:
    """Which codes does a second coder give to the same passages? Here and there another of those in use."""
    codes = _list_codes(interviews)
    said, used = list(codes["code"]), sorted(set(codes["code"]))
    for row in rng.choice(len(codes), round((1 - DECLARED["same_code"]) * len(codes)), replace=False):
        said[row] = rng.choice([code for code in used if code != said[row]])
    return codes.assign(code=said)


def tell_themes(interviews: dict[str, str], coder: pd.DataFrame) -> dict[str, Any]:
    """What is planted in interviews: companies by code, how often coders agree, what stands against the data?"""
    codes = _list_codes(interviews)
    against = codes[codes["code"].isin(DECLARED["against_data"])]
    return {
        "themes": codes.groupby("code")["interview"].nunique().to_dict(),
        "coder_agreement": round(float((codes["code"] == coder["code"]).mean()), 3),
        "contradictions": against[["interview", "code"]].to_numpy().tolist()}
