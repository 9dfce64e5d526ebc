"""Whom to talk to and what to ask. What a person said is shown through `quote_passage` only."""

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

import pandas as pd

from icp_lab.locale import _, language
from icp_lab.locale.declared import read_declared
from icp_lab.methods.interviewees import FEWEST, KINDS, Interviewees
from icp_lab.views.privacy import hide
from icp_lab.views.table import Table
from icp_lab.views.words import Prose, join, lay_out, name, names, phrase, tabulate, tell


def tell_interviewees(found: Interviewees) -> Prose:
    """Say in a sentence whom we talk to, and how far they are spread.

    Parameters
    ----------
    found : Interviewees
        Who was chosen.

    Returns
    -------
    Prose
        How many of the best were chosen, and how many industries, sizes and so on they stand for; the need for more
        where the best are fewer than five.

    Examples
    --------
    >>> levels = pd.DataFrame({"by": ["industry", "size_band", "segment"], "best": [3, 2, 4], "chosen": [2, 2, 3]})
    >>> frame = pd.DataFrame({"account_id": ["a", "b"], "part": "chosen"})
    >>> tell_interviewees(Interviewees(frame, pd.DataFrame(), 12, levels))
    **2** of 12 best customers are chosen to talk to. Between them they stand for 2 of 3 industries, 2 of 2 sizes and 3
    of 4 kinds of customer among the best.
    """
    chosen = found.frame[found.frame["part"] == "chosen"]
    if not len(chosen):
        return phrase("nothing", "interviewees")
    levels = {row["by"]: phrase("interviewees", "levels", chosen=row["chosen"], best=row["best"])
              for row in found.levels.to_dict("records")}
    few = phrase("interviewees", "few", few=FEWEST) if found.best < FEWEST else ""
    return join(phrase("interviewees", "chosen", n=len(chosen), best=found.best, **levels), few)


def tell_deciders(found: Interviewees) -> Prose:
    """Say of how many of the chosen companies we know whom to ask.

    Parameters
    ----------
    found : Interviewees
        Who was chosen; `management` and `practitioner` count the people known.

    Returns
    -------
    Prose
        Companies with a decider and with somebody who works with the product; or that no table names people.

    Examples
    --------
    >>> frame = pd.DataFrame({"part": ["chosen", "chosen"], "management": [1, 0], "practitioner": [2, 1]})
    >>> tell_deciders(Interviewees(frame, pd.DataFrame(), 12, pd.DataFrame()))
    Somebody of the management is known at 1 of these 2 companies, and somebody who works with it at 2. Where nobody is
    known, the first call is to find out.
    """
    chosen = found.chosen
    known = {kind: int((chosen[kind] > 0).sum()) for kind in KINDS}
    return phrase("interviewees", "deciders" if sum(known.values()) else "nobody", n=len(chosen), **known)


def tabulate_interviewees(found: Interviewees, customers: pd.DataFrame) -> Table | Prose:
    """Show whom we talk to, why, who stands in, and how many people we know there.

    Parameters
    ----------
    found : Interviewees
        Who was chosen.
    customers : DataFrame
        The artifact: `account_id` and `name`; a company without a name is shown by its id.

    Returns
    -------
    Table or Prose
        A row a chosen company, those that left or never bought last; a sentence where nobody was chosen.

    Examples
    --------
    >>> from icp_lab.methods.interviewees import choose_interviewees
    >>> firms = pd.DataFrame({"account_id": ["a", "b"], "name": ["Alpha", None], "status": "customer",
    ...                       "industry": "Retail"})
    >>> success = pd.DataFrame({"account_id": ["a", "b"], "score": [0.9, 0.8], "best": True})
    >>> found = choose_interviewees(firms, success, *[pd.DataFrame()] * 3, interviews=1, stand_ins=1)
    >>> tabulate_interviewees(found, firms).cells()
    [['Alpha', 'Retail', 'first from Retail', 'b', '0 + 0']]
    """
    called, chosen = customers.set_index("account_id")["name"].dropna().to_dict(), found.chosen
    behind = found.frame[found.frame["part"] == "stand_in"].groupby("stands_in_for")["account_id"]
    stand_ins = behind.agg(lambda ids: _(", ").join(called.get(one, one) for one in ids)).to_dict()
    rows = chosen.assign(why=[_say_reasons(row) for row in chosen.to_dict("records")],
                         stand_ins=chosen["account_id"].map(stand_ins),
                         part=chosen["part"] if (chosen["part"] != "chosen").any() else "",
                         known=chosen["management"].astype("str") + " + " + chosen["practitioner"].astype("str"))
    return tabulate("interviewees", rows, account=called)


def _say_reasons(row: dict[Any, Any]) -> str:
    levels = [(code, row[code.partition("_")[2]]) for code in str(row["reasons"]).split(",") if code]
    words = [tell(name("chosen_for", code), what=names("reason_group").get(level, level)) for code, level in levels]
    return _("; ").join(words) or tell(name("chosen_for", "alike"), n=int(row["alike"]))


def tabulate_guide() -> Table:
    """Show what we ask whom, topic by topic.

    Returns
    -------
    Table
        A row a question, the management's beside that of those who work with the product, in the reader's language.

    Examples
    --------
    >>> tabulate_guide().cells()[0]
    ['What set the purchase off', 'What had changed in the company when you first looked for something like this?',
    'What happened on the day when you thought that it could not go on like this?']
    """
    rows = []
    for one, other in zip(*(list_topics(kind, language()) for kind in KINDS), strict=True):
        rows += [(one["title"], *pair) for pair in zip_longest(one["questions"], other["questions"], fillvalue="")]
    return lay_out("guide", pd.DataFrame(rows, columns=["topic", *KINDS]))


def list_topics(kind: str, speaks: str) -> list[dict[str, Any]]:
    """List what we ask one kind of person: topics with their questions, the closing ones last.

    Parameters
    ----------
    kind : str
        Either `management` or `practitioner`.
    speaks : str
        The language of the guide, such as `en`.

    Returns
    -------
    list of dict
        Keys `title`, and `questions` (a list).

    Examples
    --------
    >>> [topic["title"] for topic in list_topics("management", "en")][:2]
    ['What set the purchase off', 'How the purchase was decided']
    """
    guide = read_declared("icp_lab.study", "guide.toml")
    topics = [{"title": topic[speaks], "questions": topic[kind][speaks]} for topic in guide["topics"].values()]
    return [*topics, {"title": guide["closing"][speaks], "questions": guide["closing"]["questions"][speaks]}]


def quote_passage(row: Mapping[Any, Any]) -> tuple[str, str]:
    """Say how a passage may be shown, and as whose.

    Parameters
    ----------
    row : Mapping of str to object
        Keys `text`, `consent` (quote, anonymous, none), `department`, `seniority`, and `name` and `industry` of the
        account.

    Returns
    -------
    tuple of 2 str
        The quote and who said it; both empty where the speaker did not agree. Who is anonymous is given without
        department and company.

    Examples
    --------
    >>> said = {"text": "Too slow.", "seniority": "head", "department": "it", "name": "Blue", "industry": "Retail"}
    >>> quote_passage(said | {"consent": "quote"})
    ('“Too slow.”', 'head of a department, IT, Blue')
    >>> quote_passage(said | {"consent": "anonymous"})
    ('“Too slow.”', 'head of a department, Retail')
    >>> quote_passage(said | {"consent": "none"})
    ('', '')
    """
    if row["consent"] not in ("quote", "anonymous"):
        return "", ""
    openly = row["consent"] == "quote"
    parts = [names("rank").get(row["seniority"], ""), names("department").get(row["department"], "") if openly else "",
             row["name"] if openly else row["industry"]]
    return (_("“{text}”").format(text=hide(row["text"])),
            _(", ").join(part for part in parts if isinstance(part, str) and part))
