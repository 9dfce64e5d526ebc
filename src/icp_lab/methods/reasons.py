"""Why accounts left or did not buy: statements out of the data, grouped by a word list that people can read.

The word list is `reasons.toml` beside this file. It is a plain rule and not a model, so that whoever disagrees with a
grouping can see the word that decided it.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import pandas as pd

from icp_lab.locale.declared import read_declared
from icp_lab.methods.agreement import krippendorff_alpha
from icp_lab.methods.customers import fill_table
from icp_lab.methods.result import Shown, add_shares

# The last is of those that say nothing.
GROUPS = ("product", "price", "support", "competitor", "timing", "no_decision", "other", "unknown")
# Where a statement comes from: of those who left, of deals that were lost, of tickets of negative accounts.
SOURCES = ("churn", "lost", "tickets")

_FILLER = re.compile(r"(?:([\Wx])\1*)?")  # ????, ----, xxx: a cell was filled, and nothing said
_CLAUSES = re.compile(r"[.;:!?,()、。]|\s[-–—]+\s|\b(?:but|however|although|though|yet)\b|が、|けれど|けど|ものの|"
                      "(?<=ではなく)")
_STARTS = {"en": "(?<![a-z0-9])", "ja": ""}
_GAP = ".{0,24}?"
# "Not helpful", 不十分 and 満足できない clear nothing.
_NOT_SO, _AFTER_ALL_NOT = "(?<!not )(?<!n't )(?<!never )(?<!不)", "(?!では?な|できな|していな|してな|でき?ませ)"
_LEAST_SHARE = 1 / 3  # of what is said, if it is to be more than a mention


class Reading(NamedTuple):
    """Tell which reason a statement gives.

    Parameters
    ----------
    group : str
        One of `GROUPS`.
    words : str
        The words that decided it, comma-separated; empty where there are none.
    unsure : bool
        True where it might as well be another reason.

    Examples
    --------
    >>> group_statement("too expensive")
    Reading(group='price', words='too expensive', unsure=False)
    """

    group: str
    words: str
    unsure: bool


@dataclass(frozen=True)
class Reasons(Shown):
    """Tell why accounts left, or did not buy.

    Parameters
    ----------
    frame : DataFrame
        A row a source and group: source (churn, lost, tickets), group, accounts (that name it at least once), of
        (accounts of the source that say anything), share with its 95 % interval low and high.
    statements : DataFrame
        The artifact `statements`. A row a distinct statement of a source: source, statement, free (is it free text?),
        group, listed (the group by the word list), words (that decided there), unsure, people (who put it right or
        confirmed it), times, accounts. Unsure statements come first.
    by_account : DataFrame
        A row an account that says anything: account_id, reason_group, reason, source.
    silent : DataFrame
        A row a source: source, accounts (that belong to it and say nothing), times (rows without a word).
    checked : DataFrame
        A row a comparison that people's corrections allow: against (list: the word list with people; people: people
        among themselves), statements, same, share of them with its 95 % interval low and high, and Krippendorff's
        alpha with alpha_low and alpha_high (NaN where too few were looked at).

    Examples
    --------
    >>> churn = pd.DataFrame({"account_id": ["a", "b"], "reason": ["Too expensive", None], "text": [None, "No help"]})
    >>> reasons = group_reasons(churn, pd.DataFrame(), pd.DataFrame())
    >>> reasons.frame.loc[reasons.frame["accounts"] > 0, ["group", "accounts", "of"]].values.tolist()
    [['price', 1, 2], ['support', 1, 2]]
    """

    frame: pd.DataFrame
    statements: pd.DataFrame
    by_account: pd.DataFrame
    silent: pd.DataFrame
    checked: pd.DataFrame

    @property
    def sides(self) -> dict[str, tuple[str, ...]]:
        """List the accounts that left or did not buy by their reason; tickets say nothing of that.

        Examples
        --------
        >>> churn = pd.DataFrame({"account_id": ["a"], "reason": ["Too expensive"]})
        >>> group_reasons(churn, pd.DataFrame(), pd.DataFrame()).sides["price"]
        ('a',)
        """
        said = self.by_account[self.by_account["source"] != "tickets"]
        return {group: tuple(said.loc[said["reason_group"] == group, "account_id"]) for group in GROUPS[:-1]}

    @property
    def tables(self) -> tuple[str, ...]:
        """Name the tables that the answer rests on; lost deals without a word are no answer.

        Examples
        --------
        >>> churn = pd.DataFrame({"account_id": ["a"], "reason": ["Too expensive"]})
        >>> group_reasons(churn, pd.DataFrame(), pd.DataFrame()).tables
        ('churn', 'deals', 'support')
        """
        return ("churn", "deals", "support") if len(self.statements) else ("churn", "support")


def group_reasons(churn: pd.DataFrame, deals: pd.DataFrame, support: pd.DataFrame, *, negative: Collection[str] = (),
                  corrections: pd.DataFrame | None = None) -> Reasons:
    """Tell why accounts left or did not buy: the product, the price, the support, a competitor, or something else.

    Parameters
    ----------
    churn : DataFrame
        A row an end of a relationship: account_id, date, reason, text.
    deals : DataFrame
        A row an opportunity: account_id, stage, closed, loss_reason, competitor. Only lost ones are read.
    support : DataFrame
        A row a ticket: account_id, opened, category, text.
    negative : Collection of str, default ()
        Ids of the negative accounts: tickets are read of these only.
    corrections : DataFrame or None, default None
        What people say of statements: coder, statement, reason. What most of them say replaces the word list.

    Returns
    -------
    Reasons
        Shares with Wilson's intervals by source, and the group that each statement went to with the words that decided.

    Notes
    -----
    An account counts once a group and may name several, so shares of a source can add to more than 1. The reason code
    decides where there is one that the word list knows, else the free text; where the two disagree both are the
    statement, and it is unsure. A lost deal without a reason but with a competitor on record was lost to it. What an
    account is put down for as a whole is its latest statement in which the list found a word, out of the first source
    that has one (churn, lost, tickets); of tickets it is the commonest group. Where people who disagree are as many on
    both sides, the word list stands and the statement is unsure. Interval of a share: Wilson (1927). Tickets show what
    negative accounts struggle with, which need not be why they left.

    Examples
    --------
    >>> churn = pd.DataFrame({"account_id": ["a", "b"], "reason": ["Too expensive", None], "text": [None, "No help"]})
    >>> reasons = group_reasons(churn, pd.DataFrame(), pd.DataFrame())
    >>> reasons.by_account[["account_id", "reason_group"]].to_numpy().tolist()
    [['a', 'price'], ['b', 'support']]
    """
    deals, support = fill_table(deals, "deals"), fill_table(support, "support")
    lost = deals[deals["stage"] == "lost"]
    lost = lost.assign(loss_reason=lost["loss_reason"].fillna("competitor: " + lost["competitor"]))
    support = support[support["account_id"].isin(list(negative))]
    said = pd.concat([_list_statements("churn", fill_table(churn, "churn"), "reason", "text", "date"),
                      _list_statements("lost", lost, "loss_reason", "", "closed"),
                      _list_statements("tickets", support, "category", "text", "opened")], ignore_index=True)
    nobody = pd.DataFrame(columns=["coder", "statement", "reason"], dtype="str")
    people = nobody if corrections is None else corrections.assign(
        reason=corrections["reason"].str.replace(" ", "_"))  # "no decision" is what people read
    said = _correct(said, people)
    spoken = said[said["statement"] != ""]
    return Reasons(_count_groups(spoken), _list_groupings(spoken), _sum_up_accounts(spoken), _count_silent(said),
                   _check_groupings(spoken, people))


def cross_reasons(reasons: Reasons, customers: pd.DataFrame, attribute: str) -> pd.DataFrame:
    """Tell which kinds of accounts give which reasons for leaving or not buying.

    Parameters
    ----------
    reasons : Reasons
        Why accounts left or did not buy.
    customers : DataFrame
        The artifact `customers`: account_id, and the attribute.
    attribute : str
        Name of a column: industry, size_band or region.

    Returns
    -------
    pandas.DataFrame
        A row a level and reason: level, of (accounts of the level that say anything), group, accounts, share with its
        95 % interval low and high (Wilson, 1927). Levels with most accounts first.

    Examples
    --------
    >>> churn = pd.DataFrame({"account_id": ["a", "b"], "reason": ["pricing", "support"]})
    >>> firms = pd.DataFrame({"account_id": ["a", "b"], "industry": "Retail"})
    >>> reasons = group_reasons(churn, pd.DataFrame(), pd.DataFrame())
    >>> cross_reasons(reasons, firms, "industry").query("accounts > 0")[["level", "of", "group", "accounts"]]
        level  of    group  accounts
    1  Retail   2    price         1
    2  Retail   2  support         1
    """
    level = customers.set_index("account_id")[attribute]
    sides = {group: level.reindex(ids).value_counts() for group, ids in reasons.sides.items()}
    counts = pd.DataFrame(sides, dtype="float64").fillna(0).astype("int64").rename_axis("level")
    rows = counts.assign(of=counts.sum(axis=1)).reset_index().melt(["level", "of"], None, "group", "accounts")
    rows = rows.sort_values(["of", "level"], ascending=[False, True], kind="stable", ignore_index=True)
    return add_shares(rows, "accounts")


def group_statement(statement: str) -> Reading:
    """Tell which reason a statement gives, by which words, and whether that is in doubt.

    Parameters
    ----------
    statement : str
        A reason code or a sentence, in English or Japanese.

    Returns
    -------
    Reading
        The group: unknown where nothing is said, other where something is said and no word of the list stands in it.

    Notes
    -----
    Clauses that say what was not the reason ("the price was fine") are left out. A phrase that gives a reason counts
    two, a word that is merely about it one, each once; of words that overlap the longer is taken. The highest sum wins,
    on a tie the reason named first. In doubt are: no word at all, a further group with half the points of the first or
    more, and mere words that make up less than a third of what is said.

    Examples
    --------
    >>> group_statement("The price was fine, but nobody answered our tickets.")
    Reading(group='support', words='nobody answered, our tickets', unsure=False)
    >>> group_statement("価格が高く、サポートも遅い").unsure, group_statement("n/a").group
    (True, 'unknown')
    """
    text = " ".join(unicodedata.normalize("NFKC", statement).casefold().replace("_", " ").replace("’", "'").split())
    if _FILLER.fullmatch(text) or text in _read_word_list()[3]:
        return Reading("unknown", "", unsure=False)
    found = _find_words(text)
    points = Counter[str]()
    for (group, _word), weight in found.items():
        points[group] += weight
    if not points:
        return Reading("other", "", unsure=True)
    (group, most), *others = points.most_common(2)
    words = [word for owner, word in found if owner == group]
    vague = most == len(words) and len("".join(words)) < _LEAST_SHARE * len(text)
    return Reading(group, ", ".join(words), vague or any(2 * less >= most for _group, less in others))


def _find_words(text: str) -> dict[tuple[str, str], int]:
    """Find the words of each group in the clauses that count, in the order in which they stand."""
    pattern, cleared, owners, _nothing = _read_word_list()
    found = dict[tuple[str, str], int]()
    for clause in _CLAUSES.split(text):
        if not cleared.search(clause):
            for match in pattern.finditer(clause):
                group, weight = owners[match.lastgroup or match[0]]
                found.setdefault((group, match[0]), weight)
    return found


@cache
def _read_word_list() -> tuple[re.Pattern[str], re.Pattern[str], dict[str, tuple[str, int]], set[str]]:
    """Read a pattern of all words, one of what clears a clause, what each word says, and texts that say nothing."""
    declared = read_declared("icp_lab.methods", "reasons.toml")
    owners, listed = dict[str, tuple[str, int]](), dict[str, list[str]]()
    for group in GROUPS[:-1]:
        for kind, weight in (("says", 2), ("points", 1)):
            for language, words in declared[group][kind].items():
                owners.update(dict.fromkeys(words, (group, weight)))
                listed.setdefault(language, []).extend(words)
    # A word with a gap cannot be looked up by what it matched: it is a group of the pattern, named by its number.
    owners |= {f"w{place}": owners[word] for place, word in enumerate(list(owners)) if "…" in word}
    places = {word: place for place, word in enumerate(owners)}
    return (re.compile(_match_any(listed, places)),
            re.compile(f"{_NOT_SO}(?:{_match_any(declared['cleared'], {})}){_AFTER_ALL_NOT}"), owners,
            {*declared["nothing"]["en"], *declared["nothing"]["ja"]})


def _match_any(listed: Mapping[str, Collection[str]], places: Mapping[str, int]) -> str:
    """Build a pattern of alternatives, English ones where a word begins; longer ones come first, so that they win."""
    return "|".join(
        _STARTS[language] + "(?:" + "|".join(
            f"(?P<w{places[word]}>{re.escape(word).replace('…', _GAP)})" if "…" in word else re.escape(word)
            for word in sorted(words, key=lambda word: (-len(word), word))) + ")"
        for language, words in sorted(listed.items()))


def _list_statements(source: str, rows: pd.DataFrame, code: str, text: str, day: str) -> pd.DataFrame:
    """List what each row says: the code, or the free text where the code is empty or tells nothing, or both."""
    codes, texts = (rows.reindex(columns=[each])[each].astype("str").fillna("").str.split().str.join(" ")
                    for each in (code, text))
    found = {pair: _weigh(*pair) for pair in set(zip(codes, texts, strict=True))}
    told = [found[pair] for pair in zip(codes, texts, strict=True)]
    read = pd.DataFrame(told, rows.index, columns=["statement", "free", "listed", "words", "unsure"])
    return read.astype({"free": "bool", "unsure": "bool"}).assign(
        source=source, account_id=rows["account_id"], day=rows[day])


def _weigh(code: str, text: str) -> tuple[str, bool, str, str, bool]:
    """Say what a row states, whether that is free text, and what is read in it."""
    first, second = group_statement(code), group_statement(text)
    if second.group != "unknown" and (first.group == "unknown" or (second.words and first.group == "other")):
        return text, True, *second
    if first.words and second.words and first.group != second.group:
        return f"{code}: {text}", True, first.group, f"{first.words}, {second.words}", True
    return ("", False, *first) if first.group == "unknown" else (code, False, *first)


def _correct(said: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Put statements where most people put them; where they are split the list stands, and is unsure."""
    votes = people.groupby(["statement", "reason"])["coder"].nunique().rename("votes").reset_index()
    most = votes[votes["votes"] == votes.groupby("statement")["votes"].transform("max")]
    settled = most.drop_duplicates("statement", keep=False).set_index("statement")["reason"].astype("str")
    split = said["statement"].isin(most.loc[most["statement"].duplicated(), "statement"])
    given = said["statement"].map(settled).astype("str")
    return said.assign(group=given.fillna(said["listed"]), unsure=(said["unsure"] & given.isna()) | split,
                       clear=given.notna() | (said["words"] != ""),
                       people=said["statement"].map(people.groupby("statement")["coder"].nunique()).fillna(0).astype(int))


def _check_groupings(spoken: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Hold the word list against people, and people against each other, where two or more looked at a statement."""
    answers = people.rename(columns={"statement": "unit", "coder": "rater", "reason": "value"})
    answers = answers[answers["unit"].isin(spoken["statement"])]
    listed = spoken.drop_duplicates("statement").rename(columns={"statement": "unit", "listed": "value"})
    listed = listed.loc[listed["unit"].isin(answers["unit"]), ["unit", "value"]].assign(rater="(list)")
    rows = []
    for against, ratings in (("list", pd.concat([answers, listed])), ("people", answers)):
        values = ratings.groupby("unit")["value"].agg(["size", "nunique"])
        same = values.loc[values["size"] > 1, "nunique"] == 1
        alpha = krippendorff_alpha(ratings)
        rows.append((against, len(same), int(same.sum()), alpha.value, alpha.low, alpha.high))
    checked = pd.DataFrame(rows, columns=["against", "statements", "same", "alpha", "alpha_low", "alpha_high"])
    return add_shares(checked[checked["statements"] > 0], "same", "statements")


def _count_groups(spoken: pd.DataFrame) -> pd.DataFrame:
    of = spoken.groupby("source")["account_id"].nunique()
    rows = pd.MultiIndex.from_product([filter(of.__contains__, SOURCES), GROUPS[:-1]], names=["source", "group"])
    counts = spoken.groupby(["source", "group"])["account_id"].nunique().reindex(rows, fill_value=0).rename("accounts")
    frame = counts.reset_index()
    return add_shares(frame.assign(of=frame["source"].map(of.to_dict()).astype("int64")), "accounts")


def _list_groupings(spoken: pd.DataFrame) -> pd.DataFrame:
    keys = ["source", "statement", "free", "group", "listed", "words", "unsure", "people"]
    # What is a code in one row and free text in another is one statement, and free.
    free = spoken.groupby(["source", "statement"])["free"].transform("any")
    counted = spoken.assign(free=free).groupby(keys)["account_id"].agg(times="size", accounts="nunique").reset_index()
    return counted.sort_values(["unsure", "accounts", "source", "statement"], ascending=[False, False, True, True],
                               ignore_index=True)


def _sum_up_accounts(spoken: pd.DataFrame) -> pd.DataFrame:
    """Put each account down for one reason: found before not, by source, then the latest or commonest."""
    rows = spoken.assign(rank=spoken["source"].map(SOURCES.index))
    times = rows.groupby(["account_id", "source", "group"])["statement"].transform("size")
    rows["times"] = times.where(rows["source"] == "tickets", 0)
    rows = rows.sort_values(["account_id", "clear", "rank", "times", "day", "statement"],
                            ascending=[True, False, True, False, False, True], na_position="last", kind="stable")
    first = rows.drop_duplicates("account_id").rename(columns={"group": "reason_group", "statement": "reason"})
    return first[["account_id", "reason_group", "reason", "source"]].astype("str").reset_index(drop=True)


def _count_silent(said: pd.DataFrame) -> pd.DataFrame:
    silent = said["statement"].eq("")
    accounts = silent.groupby([said["source"], said["account_id"]]).all().groupby("source").sum()
    counts = pd.DataFrame({"accounts": accounts, "times": silent.groupby(said["source"]).sum()})
    return counts.reindex(list(SOURCES), fill_value=0).rename_axis("source").reset_index()
