"""What departments think of the draft, line by line: agreement by a rule fixed beforehand, conflicts, minorities."""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from icp_lab.methods.agreement import Agreement, kendalls_w
from icp_lab.methods.evidence import FIRM
from icp_lab.methods.result import Shown, bound_share

AGREES, OPPOSES = 7, 3  # a vote of 7 to 9 agrees, one of 1 to 3 opposes
PARTED = 3.0  # points between two departments' medians that part them: a third of the scale
_LEAST_SPREAD = 0.5  # votes are whole numbers: below this they do not tell how far people scatter


@dataclass(frozen=True)
class Item:
    """Hand over a line that people vote on.

    Parameters
    ----------
    id : str
        Its name, as in docs/conventions.md: `criterion.employees`, `avoid.industry`, `persona.p1`, `more.2`, `profile`,
        `avoid`.
    content : dict of str to object
        A criterion, a persona, or a profile with its `criteria`, in the form of icp.yml.
    evidence : dict of str to object
        Figures of the profile that it belongs to, as in icp.yml, and `verdict`; of a persona the row of its kind.
    stability : float
        Share of resamples that chose the attribute again, 0 to 1; NaN where nothing was resampled.
    backing : str
        What the data say to it: strong, between, weak, or none where they say nothing.

    Examples
    --------
    >>> item = Item("criterion.size", {"attribute": "size", "min": 5}, {"lift": 2.0}, 0.9, "strong")
    >>> item.id, item.backing
    ('criterion.size', 'strong')
    """

    id: str
    content: dict[str, Any]
    evidence: dict[str, Any]
    stability: float
    backing: str

    @property
    def mark(self) -> str:
        """Give a text that changes with the line, so that votes on a former one are known.

        Examples
        --------
        >>> item = Item("criterion.size", {"attribute": "size", "min": 5}, {}, 0.9, "strong")
        >>> changed = Item("criterion.size", {"attribute": "size", "min": 9}, {}, 0.9, "strong")
        >>> item.mark == changed.mark
        False
        """
        line = next((self.content[key] for key in ("criteria", "kind") if key in self.content), self.content)
        return blake2b(json.dumps(line, sort_keys=True, default=str).encode(), digest_size=6).hexdigest()


def list_items(draft: dict[str, Any], avoid: dict[str, Any], personas: dict[str, Any]) -> tuple[Item, ...]:
    """List the lines of the draft, the negative profile and the personas that are there to vote on.

    Parameters
    ----------
    draft, avoid, personas : dict of str to object
        The artifacts of these names. Where nothing is claimed the lines are those of the working hypothesis.

    Returns
    -------
    tuple of Item
        The profile as a whole, its criteria, further profiles, the negative profile, its criteria, the personas.

    Notes
    -----
    `strong`: the profile is supported and at least 60 % of resamples chose the attribute. `weak`: it is unsupported,
    the interval of its lift holds 1, or fewer than 40 % did. A change of evidence alone leaves a line's `mark`.

    Examples
    --------
    >>> draft = {"verdict": "unsupported", "criteria": [], "evidence": {"refused": [{"attribute": "size", "min": 5}]}}
    >>> [(item.id, item.backing) for item in list_items(draft, {}, {})]
    [('profile', 'weak'), ('criterion.size', 'weak')]
    """
    further = [_weigh(f"more.{number}", more, more) for number, more in enumerate(draft.get("more") or [], start=2)]
    kinds = {row["kind"]: row for row in personas.get("kinds") or []}
    people = [Item(f"persona.{one['id']}", one, kinds.get(one["kind"], {}), math.nan, "none")
              for one in personas.get("personas") or []]
    return (*_list_profile("profile", "criterion", draft), *further, *_list_profile("avoid", "avoid", avoid), *people)


def name_criteria(kind: str, criteria: Sequence[dict[str, Any]]) -> list[str]:
    """Name criteria by their ids; of several on one attribute the second and later ones are numbered.

    Parameters
    ----------
    kind : str
        What the ids begin with: `criterion` or `avoid`.
    criteria : Sequence of dict of str to object
        The criteria, as they stand in icp.yml.

    Returns
    -------
    list of str
        An id each, in their order.

    Examples
    --------
    >>> name_criteria("criterion", [{"attribute": "size"}, {"attribute": "uses"}, {"attribute": "uses"}])
    ['criterion.size', 'criterion.uses', 'criterion.uses.2']
    """
    names = [one["attribute"] for one in criteria]
    before = [names[:place].count(name) for place, name in enumerate(names)]
    return [f"{kind}.{name}" + (f".{n + 1}" if n else "") for name, n in zip(names, before, strict=True)]


def _list_profile(whole: str, part: str, profile: dict[str, Any]) -> Iterator[Item]:
    criteria = take_criteria(profile)
    if criteria:
        yield _weigh(whole, {"criteria": criteria}, profile)
    for name, one in zip(name_criteria(part, criteria), criteria, strict=True):
        yield _weigh(name, one, profile, (profile["evidence"].get("stability") or {}).get(one["attribute"], math.nan))


def take_criteria(profile: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the criteria that a profile works with: those claimed, else those refused.

    Parameters
    ----------
    profile : dict of str to object
        A profile in the form of icp.yml.

    Returns
    -------
    list of dict of str to object
        The criteria, empty where there are none of either.

    Examples
    --------
    >>> take_criteria({"criteria": [], "evidence": {"refused": [{"attribute": "size", "min": 5}]}})
    [{'attribute': 'size', 'min': 5}]
    """
    return list(profile.get("criteria") or (profile.get("evidence") or {}).get("refused") or [])


def _weigh(name: str, content: dict[str, Any], profile: dict[str, Any], stability: float = math.nan) -> Item:
    figures, verdict = profile["evidence"], profile["verdict"]
    weak = verdict == "unsupported" or not (figures.get("lift_low") or 0) > 1 or stability < 1 - FIRM
    strong = verdict == "supported" and not stability < FIRM
    backing = "weak" if weak else "strong" if strong else "between"
    return Item(name, content, {**figures, "verdict": verdict}, stability, backing)


@dataclass(frozen=True)
class Bar:
    """Fix before anybody votes what counts as agreed.

    Parameters
    ----------
    agree : float, default 0.7
        At least this share votes 7 to 9 where a line is agreed (or 1 to 3 where it is rejected), 0 to 1.
    oppose : float, default 0.15
        Less than this share votes on the other side, 0 to 1.
    votes : int, default 5
        Fewer votes than this tell nothing.
    departments : int, default 3
        Fewer departments than this tell nothing.

    Examples
    --------
    >>> Bar(agree=0.8)
    Bar(agree=0.8, oppose=0.15, votes=5, departments=3)
    """

    agree: float = 0.70
    oppose: float = 0.15
    votes: int = 5
    departments: int = 3


@dataclass(frozen=True)
class Review(Shown):
    """Tell what the departments agree and disagree on.

    Parameters
    ----------
    frame : DataFrame
        A row an item, in the order of the draft: item, round, n, departments, median, low, high (quartiles), agree with
        agree_low and agree_high (95 %), oppose, verdict (agreed, rejected, disputed, too_few), former (median of the
        round before), backing.
    medians : DataFrame
        A row an item and department: item, department, n, median.
    conflicts : DataFrame
        A row two departments and an item: first, second, item, first_median, second_median, difference (|of medians|),
        p_value (of the difference of means, all pairs and items allowed for; NaN where nobody can tell).
    minorities : DataFrame
        A row an item and department with votes against most: item, department, n, comments (texts), side (against or
        for).
    contradictions : DataFrame
        A row an item on which votes and data part: item, kind (liked, opposed), median, n.
    unused : DataFrame
        A row an item with votes on a line that the draft does not have (any more): item, n.
    concordance : Agreement
        Kendall's W of the departments' medians.

    Examples
    --------
    >>> item = Item("criterion.size", {"attribute": "size", "min": 5}, {}, 1.0, "strong")
    >>> votes = pd.DataFrame([(1, team, "x", item.id, vote, "", "") for team, vote in (("a", 8), ("b", 2))],
    ...     columns=["round", "department", "reviewer", "item", "vote", "comment", "mark"])
    >>> found = weigh_votes(votes, [item], Bar(votes=2, departments=2))
    >>> found.conflicts[["first", "second", "difference"]].values.tolist()
    [['a', 'b', 6.0]]
    """

    frame: pd.DataFrame
    medians: pd.DataFrame
    conflicts: pd.DataFrame
    minorities: pd.DataFrame
    contradictions: pd.DataFrame
    unused: pd.DataFrame
    concordance: Agreement


def weigh_votes(votes: pd.DataFrame, items: Sequence[Item], bar: Bar = Bar(), *, permutations: int = 1999,
                seed: int = 0) -> Review:
    """Tell which lines are agreed, which disputed, and between whom.

    Parameters
    ----------
    votes : DataFrame
        A row a vote: round, department, reviewer (who; any text that tells people apart), item, vote (1 to 9), comment,
        mark (of the line voted on, as `Item.mark`; empty where nobody noted it).
    items : Sequence of Item
        The lines as they are now. Votes on others, or on a line that has changed, are counted in `unused`.
    bar : Bar, optional
        The rule of agreement.
    permutations : int, default 1999
        Shuffles of the departments among the voters, 1 or more.
    seed : int, default 0
        Start of the random numbers of the shuffles.

    Returns
    -------
    Review
        A verdict a line, and where departments, minorities, or votes and data part.

    Notes
    -----
    Each item is judged by the last round in which it was voted on; 70 % and 15 % as for core outcome sets (Williamson
    et al., 2017, The COMET Handbook). A conflict is tested by the difference of means over its standard error, with the
    departments dealt out to the voters anew; the p-value is the share of shuffles in which any pair on any item does as
    much (Westfall and Young, 1993), so that 5 % of reviews without conflict show one. It needs a department with
    several voters.

    Examples
    --------
    >>> item = Item("criterion.size", {"attribute": "size", "min": 5}, {}, 1.0, "strong")
    >>> votes = pd.DataFrame([(1, team, who, item.id, 8, "", "") for team in ("a", "b", "c") for who in ("x", "y")],
    ...     columns=["round", "department", "reviewer", "item", "vote", "comment", "mark"])
    >>> weigh_votes(votes, [item]).frame[["item", "n", "median", "verdict"]].values.tolist()
    [['criterion.size', 6, 8.0, 'agreed']]
    """
    marks = {item.id: item.mark for item in items}
    held = votes["item"].map(marks)
    fits = held.notna() & ((votes["mark"] == "") | (votes["mark"] == held))
    ordered = votes[fits].sort_values(["item", "department", "reviewer", "round"], ignore_index=True)
    last = ordered["round"] == ordered.groupby("item")["round"].transform("max")
    now, before = ordered[last], ordered[~last]
    frame = pd.DataFrame([_judge_item(item, now[now["item"] == item.id], before[before["item"] == item.id], bar)
                          for item in items])
    medians = now.groupby(["item", "department"])["vote"].agg(n="size", median="median").reset_index()
    table = medians.pivot_table(index="department", columns="item", values="median").reindex(columns=list(marks))
    conflicts = _compare_departments(now, table, permutations, seed)
    unused = votes[~fits].groupby("item")["vote"].agg(n="size").reset_index()
    return Review(frame, medians, conflicts, _list_minorities(now, frame), _list_contradictions(frame),
                  unused, kendalls_w(medians.set_axis(["item", "rater", "n", "vote"], axis=1), seed=seed))


def _judge_item(item: Item, now: pd.DataFrame, before: pd.DataFrame, bar: Bar) -> dict[str, Any]:
    votes, n = now["vote"].to_numpy(dtype=np.float64), len(now)
    agree, oppose = int((votes >= AGREES).sum()), int((votes <= OPPOSES).sum())
    departments = now["department"].nunique()
    low, median, high = np.quantile(votes, [0.25, 0.5, 0.75]) if n else [math.nan] * 3
    ends = bound_share(agree, n)
    share, against = (agree / n, oppose / n) if n else (math.nan, math.nan)
    verdict = ("too_few" if n < bar.votes or departments < bar.departments else
               "agreed" if share >= bar.agree and against < bar.oppose else
               "rejected" if against >= bar.agree and share < bar.oppose else "disputed")
    return {"item": item.id, "round": int(now["round"].max()) if n else 0, "n": n, "departments": departments,
            "median": median, "low": low, "high": high, "agree": share, "agree_low": ends[0], "agree_high": ends[1],
            "oppose": against, "verdict": verdict, "backing": item.backing,
            "former": before.loc[before["round"] == before["round"].max(), "vote"].median()}


def _compare_departments(now: pd.DataFrame, table: pd.DataFrame, permutations: int, seed: int) -> pd.DataFrame:
    """Hold each two departments against each other on each item that both voted on, the widest apart first."""
    teams = list(table.index)
    sheet = now.pivot_table(index=["department", "reviewer"], columns="item", values="vote").reindex(
        columns=table.columns)
    group = np.array([teams.index(team) for team in sheet.index.get_level_values(0)], dtype=np.intp)
    votes, rng = sheet.to_numpy(dtype=np.float64), np.random.default_rng(seed)
    seen = _standardise(votes, group, len(teams))
    tell = len(sheet) > len(teams) > 1
    reached = np.sort([np.nanmax(_standardise(votes, rng.permutation(group), len(teams)), initial=0.0)
                       for _ in range(permutations if tell else 0)])
    rows, grid = [], table.to_numpy(dtype=np.float64)
    for (a, first), (b, second) in combinations(enumerate(teams), 2):
        for place, item in enumerate(table.columns):
            one, other = grid[a, place], grid[b, place]
            as_much = len(reached) - np.searchsorted(reached, seen[a, b, place] - 1e-9)
            rows.append((first, second, item, one, other, abs(one - other),
                         (1 + as_much) / (1 + permutations) if tell else math.nan))
    columns = ["first", "second", "item", "first_median", "second_median", "difference", "p_value"]
    frame = pd.DataFrame(rows, columns=columns).dropna(subset=["difference"])
    return frame.sort_values("difference", ascending=False, kind="stable", ignore_index=True)


def _standardise(votes: NDArray[np.float64], group: NDArray[np.intp], teams: int) -> NDArray[np.float64]:
    """Give |difference of means| over its standard error for each two departments and each item; NaN without votes."""
    given, held = ~np.isnan(votes), np.nan_to_num(votes)
    member = (group == np.arange(teams)[:, None]).astype(np.float64)
    counts = member @ given
    with np.errstate(invalid="ignore", divide="ignore"):
        means = member @ held / counts
        within = (held**2).sum(axis=0) - np.nansum(counts * means**2, axis=0)
        free = given.sum(axis=0) - (counts > 0).sum(axis=0)
        spread = np.maximum(np.sqrt(np.maximum(within, 0) / np.maximum(free, 1)), _LEAST_SPREAD)
        width = spread * np.sqrt(1 / counts[:, None] + 1 / counts[None])
        return np.asarray(np.abs(means[:, None] - means[None]) / width, dtype=np.float64)


def _list_minorities(now: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """List the votes at the other end of the scale than most, by department."""
    median = now["item"].map(frame.set_index("item")["median"])
    against, favour = (now["vote"] <= OPPOSES) & (median >= 5), (now["vote"] >= AGREES) & (median < 5)
    differ = now.assign(side=np.where(against, "against", "for"))[against | favour]
    counted = differ.groupby(["item", "department", "side"]).agg(
        n=("vote", "size"), comments=("comment", lambda said: " / ".join(sorted({*said} - {""}))))
    return counted.reset_index().sort_values(
        "item", key=lambda items: items.map(frame["item"].tolist().index), kind="stable", ignore_index=True)


def _list_contradictions(frame: pd.DataFrame) -> pd.DataFrame:
    """List where people agree on what the data do not carry, and where they oppose what the data do."""
    liked = frame["verdict"].eq("agreed") & frame["backing"].eq("weak")
    opposed = frame["backing"].eq("strong") & frame["verdict"].ne("too_few") & (frame["median"] < 5)
    found = frame.assign(kind=np.where(liked, "liked", "opposed"))[liked | opposed]
    return found[["item", "kind", "median", "n"]].reset_index(drop=True)
