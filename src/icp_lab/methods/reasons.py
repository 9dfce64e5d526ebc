"""Why accounts left or did not buy: statements out of the data, grouped by a word list that people can read.

The word list is `reasons.toml` beside this file. It is a plain rule and not a model, so that whoever disagrees with a
grouping can see the word that decided it.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

import pandas as pd

from icp_lab.locale.declared import read_declared
from icp_lab.methods.customers import fill_table
from icp_lab.methods.rates import bound_share
from icp_lab.methods.result import Shown

GROUPS = ("product", "price", "support", "other", "unknown")
# Where a statement comes from: of those who left, of deals that were lost, of tickets of negative accounts.
SOURCES = ("churn", "lost", "tickets")

_SAYS_NOTHING = frozenset({"", "-", "–", "n/a", "na", "none", "null", "unknown", "not known", "?", "不明", "なし"})


@dataclass(frozen=True)
class Reasons(Shown):
    """Why did accounts leave, or not buy?

    Parameters
    ----------
    frame
        A row a source and group: source (churn, lost, tickets), group, accounts (that name it at least once), of
        (accounts of the source that say anything), share with its 95 % interval low and high.
    statements
        A row a distinct statement of a source: source, said, free (is it free text?), group, word (what decided),
        accounts. Statements of no group come first.
    by_account
        A row an account that says anything: account_id, reason_group, reason, source.
    silent
        A row a source: source, accounts (that belong to it and say nothing).
    """

    frame: pd.DataFrame
    statements: pd.DataFrame
    by_account: pd.DataFrame
    silent: pd.DataFrame

    @property
    def tables(self) -> tuple[str, ...]:
        """Name the tables that the answer rests on; lost deals without a word are no answer."""
        return ("churn", "deals", "support") if len(self.statements) else ("churn", "support")


def group_reasons(churn: pd.DataFrame, deals: pd.DataFrame, support: pd.DataFrame, *, negative: Collection[str] = (),
                  ) -> Reasons:
    """Why did accounts leave or not buy: the product, the price, the support, or something else?

    Parameters
    ----------
    churn
        A row an end of a relationship: account_id, date, reason, text.
    deals
        A row an opportunity: account_id, stage, closed, loss_reason. Only lost ones are read.
    support
        A row a ticket: account_id, opened, category, text.
    negative
        Ids of the negative accounts: tickets are read of these only.

    Returns
    -------
    Reasons
        Shares with Wilson's intervals by source, and the group that each statement went to with the word that decided.

    Notes
    -----
    An account counts once a group and may name several, so shares of a source can add to more than 1. The reason code
    decides where there is one that the word list knows, else the free text. What an account is put down for as a whole
    is its latest statement with a known group, out of the first source that has one (churn, lost, tickets); of tickets
    it is the commonest group. Interval of a share: Wilson (1927). Tickets show what negative accounts struggle with,
    which need not be why they left.

    Examples
    --------
    >>> churn = pd.DataFrame({"account_id": ["a", "b"], "reason": ["Too expensive", None], "text": [None, "No help"]})
    >>> reasons = group_reasons(churn, pd.DataFrame(), pd.DataFrame())
    >>> reasons.by_account[["account_id", "reason_group"]].to_numpy().tolist()
    [['a', 'price'], ['b', 'support']]
    """
    deals, support = fill_table(deals, "deals"), fill_table(support, "support")
    support = support[support["account_id"].isin(list(negative))]
    said = pd.concat([_list_statements("churn", fill_table(churn, "churn"), "reason", "text", "date"),
                      _list_statements("lost", deals[deals["stage"] == "lost"], "loss_reason", "", "closed"),
                      _list_statements("tickets", support, "category", "text", "opened")], ignore_index=True)
    spoken = said[said["said"] != ""]
    return Reasons(_count_groups(spoken), _list_groupings(spoken), _sum_up_accounts(spoken), _count_silent(said))


def group_statement(statement: str) -> tuple[str, str]:
    """Which group of reasons does a statement belong to, and by which word?

    Parameters
    ----------
    statement
        A reason code or a sentence, in English or Japanese.

    Returns
    -------
    tuple of str
        product, price, support, other or unknown; and the word of the list that decided, empty for unknown.

    Examples
    --------
    >>> group_statement("Slow support"), group_statement("価格が高い"), group_statement("xyz")
    (('support', 'support'), ('price', '価格'), ('unknown', ''))
    """
    text = " ".join(unicodedata.normalize("NFKC", statement).casefold().replace("_", " ").split())
    best: tuple[int, int, str, str] | None = None
    for group, pattern in _read_word_list().items():
        found = {match[0]: match.start() for match in reversed(list(pattern.finditer(text)))}
        if found:
            word, place = min(found.items(), key=lambda item: item[1])
            candidate = (-len(found), place, group, word)
            best = min(best, candidate) if best else candidate
    return (best[2], best[3]) if best else ("unknown", "")


@cache
def _read_word_list() -> dict[str, re.Pattern[str]]:
    words = read_declared("icp_lab.methods", "reasons.toml")
    return {group: re.compile(r"\b" + _match_any(lists["en"]) + "|" + _match_any(lists["ja"]))
            for group, lists in words.items()}


def _match_any(words: tuple[str, ...]) -> str:
    """Build a pattern of alternatives; longer words come first, so that they are the ones found."""
    return "(?:" + "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word)))) + ")"


def _list_statements(source: str, rows: pd.DataFrame, code: str, text: str, day: str) -> pd.DataFrame:
    """List what each row says: the code, or the free text where the code is empty or tells nothing."""
    codes = _blank_empty(rows[code])
    texts = _blank_empty(rows[text]) if text else pd.Series("", rows.index, dtype="str")
    found = {statement: group_statement(statement) for statement in {*codes, *texts}}
    group, word = ({statement: pair[side] for statement, pair in found.items()} for side in (0, 1))
    by_text = (codes.map(group) == "unknown") & ((texts.map(group) != "unknown") | (codes == ""))
    said = codes.mask(by_text, texts)
    return pd.DataFrame({"source": source, "account_id": rows["account_id"], "day": rows[day], "said": said,
                         "free": by_text, "group": said.map(group), "word": said.map(word)})


def _blank_empty(statements: pd.Series) -> pd.Series:
    trimmed = statements.fillna("").str.split().str.join(" ")
    return trimmed.mask(trimmed.str.casefold().isin(_SAYS_NOTHING), "")


def _count_groups(spoken: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for source in SOURCES:
        part = spoken[spoken["source"] == source]
        of = part["account_id"].nunique()
        for group in GROUPS if of else ():
            count = part.loc[part["group"] == group, "account_id"].nunique()
            rows.append((source, group, count, of, count / of, *bound_share(count, of)))
    return pd.DataFrame(rows, columns=["source", "group", "accounts", "of", "share", "low", "high"])


def _list_groupings(spoken: pd.DataFrame) -> pd.DataFrame:
    keys = ["source", "said", "free", "group", "word"]
    counted: pd.DataFrame = spoken.groupby(keys)["account_id"].nunique().rename("accounts").reset_index()
    return counted.sort_values(
        ["group", "accounts", "source", "said"], ascending=[True, False, True, True], ignore_index=True,
        key=lambda column: column != "unknown" if column.name == "group" else column)


def _sum_up_accounts(spoken: pd.DataFrame) -> pd.DataFrame:
    """Put each account down for one reason: known before unknown, by source, then the latest or commonest."""
    rows = spoken.assign(unclear=spoken["group"] == "unknown", rank=spoken["source"].map(SOURCES.index))
    times = rows.groupby(["account_id", "source", "group"])["said"].transform("size")
    rows["times"] = times.where(rows["source"] == "tickets", 0)
    rows = rows.sort_values(["account_id", "unclear", "rank", "times", "day", "said"],
                            ascending=[True, True, True, False, False, True], na_position="last", kind="stable")
    first = rows.drop_duplicates("account_id").rename(columns={"group": "reason_group", "said": "reason"})
    return first[["account_id", "reason_group", "reason", "source"]].astype("str").reset_index(drop=True)


def _count_silent(said: pd.DataFrame) -> pd.DataFrame:
    silent = said["said"].eq("").groupby([said["source"], said["account_id"]]).all()
    return silent.groupby("source").sum().reindex(list(SOURCES), fill_value=0).rename("accounts").reset_index()
