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
    """Hold interviews: who said what.

    Parameters
    ----------
    courses : DataFrame
        The accounts, from `history.draw_courses`, with `industry`, and `said`: the mean score of their answers.
    language : str
        Language of the world: `en` or `ja`. Some of the texts are in the other one, as in real life.
    signal : bool
        False for a null world: anybody says anything, who it was is shuffled.
    rng : Generator
        Source of random numbers.

    Returns
    -------
    dict of str to str
        Text by path beside study.yml, each of another customer among those that get and give most.

    Examples
    --------
    >>> from icp_lab.worlds.company import draw_draft
    >>> from icp_lab.worlds.history import draw_courses
    >>> rng = np.random.default_rng(0)
    >>> draft = draw_draft(40, True, rng)
    >>> courses = draw_courses(draft, [f"A{i:02d}" for i in range(40)], rng)
    >>> held = hold_interviews(courses.assign(industry=draft["industry"], said=8.0), "en", True, rng)
    >>> len(held), next(iter(held.values())).splitlines()[3:5]
    (8, ['role: decider', 'department: sales'])
    """
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
    r"""Give the codes that a second coder gives to the same passages: here and there another of those in use.

    Parameters
    ----------
    interviews : dict of str to str
        Text by path, with the first coder's codes in it, from `hold_interviews`.
    rng : Generator
        Source of random numbers.

    Returns
    -------
    DataFrame
        A row a passage and code: interview, passage (counted from 1), code.

    Examples
    --------
    >>> text = "---\naccount_id: A01\n---\n" + "It is dear. [[price pain]]\nNobody answers. [[slow support]]\n" * 5
    >>> again = code_again({"interviews/A01_it.md": text}, np.random.default_rng(0))
    >>> again.columns.tolist(), int((again["code"] != ["price_pain", "slow_support"] * 5).sum())  # of ten
    (['interview', 'passage', 'code'], 2)
    """
    codes = _list_codes(interviews)
    said, used = list(codes["code"]), sorted(set(codes["code"]))
    for row in rng.choice(len(codes), round((1 - DECLARED["same_code"]) * len(codes)), replace=False):
        said[row] = rng.choice([code for code in used if code != said[row]])
    return codes.assign(code=said)


def tell_themes(interviews: dict[str, str], coder: pd.DataFrame) -> dict[str, Any]:
    r"""Tell what is planted in interviews.

    Parameters
    ----------
    interviews : dict of str to str
        Text by path, with the first coder's codes in it.
    coder : DataFrame
        The second coder's codes, from `code_again`.

    Returns
    -------
    dict of str to object
        `themes` {code: interviews}, `coder_agreement` (share of codes that both give), `contradictions` (interview and
        code of what stands against the tables).

    Examples
    --------
    >>> text = "---\naccount_id: A01\n---\nIt is dear. [[price pain]]\nNobody answers. [[slow support]]\n"
    >>> held = {"interviews/A01_it.md": text}
    >>> tell_themes(held, code_again(held, np.random.default_rng(0)))["contradictions"]
    [['A01_it', 'slow_support']]
    """
    codes = _list_codes(interviews)
    against = codes[codes["code"].isin(DECLARED["against_data"])]
    return {
        "themes": codes.groupby("code")["interview"].nunique().to_dict(),
        "coder_agreement": round(float((codes["code"] == coder["code"]).mean()), 3),
        "contradictions": against[["interview", "code"]].to_numpy().tolist()}
