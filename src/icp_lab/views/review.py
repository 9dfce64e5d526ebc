"""The review in words: the lines and their evidence, how the departments voted, where they part."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from icp_lab.locale import _, language
from icp_lab.methods.review import AGREES, OPPOSES, PARTED, Bar, Item, Review
from icp_lab.rule import Criterion, Rule
from icp_lab.study.ballots import DEPARTMENTS
from icp_lab.views.personas import name_persona
from icp_lab.views.picture import COLOURS, About, Picture, name_rows
from icp_lab.views.table import Table
from icp_lab.views.words import Prose, begin, join, name, names, phrase, show, tabulate

CERTAIN = 0.05  # a conflict counts as one where chance gives as much in fewer reviews than this share


def list_lines(items: Sequence[Item], voted: pd.DataFrame | None = None) -> pd.DataFrame:
    """List what there is to vote on.

    Parameters
    ----------
    items : sequence of Item
        The lines of the draft.
    voted : DataFrame or None, default None
        The artifact of that name, where there is a former round to show.

    Returns
    -------
    DataFrame
        A row a line: item, said (in words), evidence (in words, with votes of a former round), mark.

    Examples
    --------
    >>> item = Item("avoid.employees", {"attribute": "employees", "max": 9}, {"n": 300}, 0.9, "strong")
    >>> list_lines([item])[["said", "evidence"]].values.tolist()
    [['To avoid: employees under 9', 'The data carry it. Its attribute was chosen again in 90 % of resamples of 300
    cases.']]
    """
    former = {} if voted is None else {row["item"]: row for row in voted.to_dict("records")}
    rows = [(item.id, _say_line(item), join(_say_evidence(item), _say_votes(former.get(item.id, {}))), item.mark)
            for item in items]
    return pd.DataFrame(rows, columns=["item", "said", "evidence", "mark"])


def _say_line(item: Item) -> Prose:
    part, _dot, rest = item.id.partition(".")
    if "criteria" in item.content:
        words = Rule.from_dicts(item.content["criteria"]).words()
    elif part == "persona":
        words = name_persona(item.content)
    else:
        words = Criterion.from_dict(item.content).words()
    return Prose(begin(phrase("line", "unlike" if part == "avoid" and rest else part, words=words)))


def _say_evidence(item: Item) -> Prose:
    figures, told = item.evidence, [phrase("backing", item.backing)]
    if "criteria" in item.content and figures.get("lift") is not None:
        told.append(phrase("backing", "lift", **figures, ends=(figures.get("lift_low"), figures.get("lift_high"))))
    if "share_won" in figures:
        told.append(phrase("backing", "persona", **figures))
    return join(*told, phrase("backing", "again", **figures, share=item.stability) if item.stability >= 0 else "")


def _say_votes(row: Mapping[Any, Any]) -> Prose:
    return Prose("") if not row.get("n") else phrase("voted", "before", **row, spread=_say_spread(row))


def list_agenda(voted: pd.DataFrame, lines: pd.DataFrame) -> list[dict[str, Any]]:
    """List the lines in the order in which they are talked about, the furthest apart first.

    Parameters
    ----------
    voted : DataFrame
        The artifact of that name.
    lines : DataFrame
        As `list_lines` gives them.

    Returns
    -------
    list of dict
        The row of `voted` of each line, in words; with `line`, `evidence`, `votes`, and who is `apart`.

    Examples
    --------
    >>> lines = pd.DataFrame({"item": ["a", "b"], "said": ["SaaS", "Exports"], "evidence": ""})
    >>> voted = pd.DataFrame({"item": ["a", "b"], "verdict": ["agreed", "disputed"], "n": 0, "first": "sales",
    ...                       "second": "product", "first_median": [8, 9], "second_median": [8, 2]})
    >>> [(row["line"], row["apart"]) for row in list_agenda(voted, lines)]
    [('Exports', Sales (median 9) and Product (2) are furthest apart.), ('SaaS', '')]
    """
    order = voted.assign(place=voted["verdict"].map({"disputed": 0, "rejected": 1, "agreed": 3}).fillna(2),
                         width=(voted["first_median"] - voted["second_median"]).abs().fillna(0))
    order = order.sort_values(["place", "width"], ascending=[True, False], kind="stable")
    said = _call(lines)
    rows: list[dict[Any, Any]] = order.replace(dict.fromkeys(["first", "second"], said["team"])).to_dict("records")
    return [{**row, "line": said["line"][row["item"]], "evidence": said["told"][row["item"]],
             "verdict": name("agreement", row["verdict"]), "votes": _say_votes(row),
             "apart": phrase("voted", "apart", **row) if row["width"] >= PARTED else ""} for row in rows]


def tell_rule(bar: Bar) -> Prose:
    """Tell by which rule, fixed beforehand, a line is agreed.

    Parameters
    ----------
    bar : Bar
        The rule.

    Returns
    -------
    Prose
        What counts as agreed, rejected and disputed, and how few votes tell nothing.

    Examples
    --------
    >>> tell_rule(Bar(agree=0.8))
    A line is **agreed** when at least 80 % of the votes are 7 to 9 and less than 15 % are 1 to 3; **rejected** when it
    is the other way round; **disputed** else. Fewer than 5 votes, or votes of fewer than 3 departments, tell nothing.
    """
    return phrase("voted", "rule", **vars(bar), agrees=AGREES, opposes=OPPOSES)


def tell_agreement(review: Review) -> Prose:
    """Tell how far the departments agree.

    Parameters
    ----------
    review : Review
        The votes as they were weighed.

    Returns
    -------
    Prose
        How many lines are agreed, disputed, rejected, or have too few votes.

    Examples
    --------
    >>> frame = pd.DataFrame({"verdict": ["agreed", "disputed"], "n": [9, 9]})
    >>> tell_agreement(Review(frame, *[pd.DataFrame()] * 5, None))
    The departments agree on **1** of 2 lines (18 votes). Disputed: 1.
    """
    frame = review.frame
    if not frame["n"].sum():
        return phrase("voted", "none", n=len(frame))
    counts = {verdict: int((frame["verdict"] == verdict).sum()) for verdict in names("agreement")}
    told = [phrase("voted", verdict, n=n) for verdict, n in counts.items() if n and verdict != "agreed"]
    return join(phrase("voted", "agreed", n=counts["agreed"], all=len(frame), votes=frame["n"].sum()), *told)


def tabulate_votes(review: Review, lines: pd.DataFrame) -> Table | Prose:
    r"""Show how each line was voted on, and whether it is agreed by the rule.

    Parameters
    ----------
    review : Review
        The votes as they were weighed.
    lines : DataFrame
        As `list_lines` gives them.

    Returns
    -------
    Table or Prose
        A row a line with votes; or the sentence that nobody has voted yet.

    Examples
    --------
    >>> lines = pd.DataFrame({"item": ["criterion.size"], "said": ["Size at least 5"], "evidence": [""]})
    >>> row = {"item": "criterion.size", "n": 9, "median": 8.0, "low": 7.5, "high": 9.0, "former": None, "agree": 0.8,
    ...        "agree_low": 0.5, "agree_high": 0.9, "oppose": 0.0, "verdict": "agreed", "backing": "strong"}
    >>> tabulate_votes(Review(pd.DataFrame([row]), *[pd.DataFrame()] * 5, None), lines).cells()
    [['Size at least 5', '9', '8\xa0(7.5\xa0to\xa09)', '80 (50 to 90)', '0', 'agreed']]
    """
    voted = review.frame[review.frame["n"] > 0]
    spread = [_say_spread(row).translate(_KEPT_TOGETHER) for row in voted.to_dict("records")]
    return tabulate("votes", voted.assign(spread=spread), **_call(lines))


_KEPT_TOGETHER = {ord(" "): "\N{NO-BREAK SPACE}", ord("〜"): "\N{WORD JOINER}〜\N{WORD JOINER}"}


def _say_spread(row: Mapping[Any, Any]) -> str:
    """Say the median and the middle half of votes, which lie on whole and half points."""
    ends = _("{low} to {high}").format(low=f"{row['low']:g}", high=f"{row['high']:g}")
    return f"{row['median']:g} ({ends})"


def tell_concordance(review: Review) -> Prose:
    """Tell whether the departments put the lines in the same order.

    Parameters
    ----------
    review : Review
        The votes as they were weighed.

    Returns
    -------
    Prose
        Kendall's W with its interval, and whether it is more than chance; a sentence with too few departments.

    Examples
    --------
    >>> from icp_lab.methods.agreement import Agreement
    >>> found = Agreement(0.7, 0.4, 0.9, n=12, raters=3, chance=0.33, p_value=0.01)
    >>> tell_concordance(Review(*[pd.DataFrame()] * 6, found))
    The 3 departments order the 12 lines more alike than chance gives: Kendall's W is 0.70 (0.40 to 0.90), where 1 is
    one order and votes at random give 0.33 (p 0.010).
    """
    found = review.concordance
    if not found.value >= 0:
        return phrase("nothing", "concordance")
    return phrase("concordance", "alike" if found.p_value < CERTAIN else "chance", **vars(found),
                  ends=(found.low, found.high))


def draw_votes(review: Review, lines: pd.DataFrame, about: About) -> Picture | Prose:
    """Draw where the departments stand on each line.

    Parameters
    ----------
    review : Review
        The votes as they were weighed.
    lines : DataFrame
        As `list_lines` gives them.
    about : About
        Day and source, for the foot.

    Returns
    -------
    Picture or Prose
        A row a line, a column a department, in each cell its median; or the sentence that nobody has voted yet.

    Examples
    --------
    >>> from datetime import date
    >>> nobody = Review(*[pd.DataFrame()] * 6, None)
    >>> draw_votes(nobody, pd.DataFrame(), About(date(2026, 6, 30), "EUR", "Demo"))
    Nobody has voted yet. The ballots lie in `to_fill/review/`, one sheet a department.
    """
    if review.medians.empty:
        return phrase("nothing", "votes")
    voted = set(review.medians["department"])
    teams = [*filter(voted.__contains__, DEPARTMENTS), *sorted(voted - set(DEPARTMENTS))]
    said, called = (_call(lines)[kind] for kind in ("line", "team"))
    rows = review.frame.loc[review.frame["n"] > 0, "item"].tolist()

    def draw(axes: Axes, narrow: bool) -> None:
        for item, team, median in review.medians[["item", "department", "median"]].itertuples(index=False):
            row, place = rows.index(item), teams.index(team)
            shade = "accent" if median >= AGREES else "warn" if median <= OPPOSES else "grey"
            axes.barh(row, 0.94, left=place - 0.47, height=0.88, color=COLOURS[shade], alpha=0.08 + abs(median - 5) / 9)
            axes.text(place, row, f"{median:g}", ha="center", va="center", color=COLOURS["ink"])
        most = (20 if narrow else 46) // (1 + (language() == "ja"))  # its characters are twice as wide
        name_rows(axes, [text if len(text) <= most else f"{text[:most - 1]}…" for text in map(said.__getitem__, rows)])
        axes.set_xticks(range(len(teams)), [_break(called.get(team, team)) for team in teams], rotation=90 * narrow)
        axes.tick_params(length=0, labeltop=True, labelbottom=False)
        axes.spines[:].set_visible(False)
        axes.grid(visible=False)

    listed = ["; ".join([said[str(item)], *(f"{called.get(team, team)} {median:g}" for team, median in part)])
              for item, part in review.medians.set_index(["department", "median"]).groupby("item").groups.items()]
    widest = review.conflicts.loc[review.conflicts["difference"] >= PARTED, ["first", "second", "item"]].head(1)
    words = {key: (said | called).get(code, code) for key, code in widest.melt().to_numpy()}
    return show("votes", draw, about, title="apart" if words else "together", height=60 + 34 * len(rows),
                narrow_height=150 + 34 * len(rows), alt=" | ".join(listed), departments=len(teams), **words,
                n=int(review.frame["n"].sum()))


def tabulate_conflicts(review: Review, lines: pd.DataFrame) -> Table | Prose:
    """List which conflicts between two departments are more than chance.

    Parameters
    ----------
    review : Review
        The votes as they were weighed.
    lines : DataFrame
        As `list_lines` gives them.

    Returns
    -------
    Table or Prose
        A row two departments and a line; a sentence where there is none, or nobody could tell one from chance.

    Examples
    --------
    >>> lines = pd.DataFrame({"item": ["criterion.size"], "said": ["Size at least 5"], "evidence": [""]})
    >>> found = pd.DataFrame({"item": ["criterion.size"], "first": ["sales"], "second": ["product"], "p_value": [0.01],
    ...                       "first_median": [2.0], "second_median": [8.5]})
    >>> nothing = pd.DataFrame()
    >>> tabulate_conflicts(Review(nothing, nothing, found, nothing, nothing, nothing, None), lines).cells()
    [['Size at least 5', 'Sales', '2', 'Product', '8.5', '0.010']]
    >>> untold = found.assign(p_value=float("nan"))
    >>> tabulate_conflicts(Review(nothing, nothing, untold, nothing, nothing, nothing, None), lines)
    With one vote a department nobody can tell a conflict from one person's view; the map shows where to ask.
    """
    if review.conflicts["p_value"].isna().all():
        return phrase("nothing", "conflicts_tested")
    clear = review.conflicts[review.conflicts["p_value"] < CERTAIN].sort_values("item", kind="stable")
    return tabulate("conflicts", clear, n=len(clear), **_call(lines))


def tabulate_minorities(review: Review, lines: pd.DataFrame) -> Table | Prose:
    """List who sees a line the other way than most do, by department.

    Parameters
    ----------
    review : Review
        The votes as they were weighed.
    lines : DataFrame
        As `list_lines` gives them.

    Returns
    -------
    Table or Prose
        A row a line and department, with comments but without people; or the sentence that there is none.

    Examples
    --------
    >>> lines = pd.DataFrame({"item": ["criterion.size"], "said": ["Size at least 5"], "evidence": [""]})
    >>> few = lines[["item"]].assign(department="sales", side="against", n=2, comments="")
    >>> nothing = pd.DataFrame()
    >>> tabulate_minorities(Review(nothing, nothing, nothing, few, nothing, nothing, None), lines).cells()
    [['Size at least 5', 'Sales', 'against (1 to 3)', '2', '–']]
    """
    return tabulate("minorities", review.minorities, **_call(lines))


def tabulate_contradictions(review: Review, lines: pd.DataFrame) -> Table | Prose:
    """List where votes and data part.

    Parameters
    ----------
    review : Review
        The votes as they were weighed.
    lines : DataFrame
        As `list_lines` gives them.

    Returns
    -------
    Table or Prose
        A row a line, with what the data say to it; or the sentence that there is none.

    Examples
    --------
    >>> lines = pd.DataFrame({"item": [], "said": [], "evidence": []})
    >>> tabulate_contradictions(Review(*[pd.DataFrame()] * 6, None), lines)
    Nowhere do votes and data contradict each other.
    """
    return tabulate("against_data", review.contradictions, **_call(lines))


def tell_unused(review: Review) -> Prose:
    """Tell which votes are about lines that the draft does not have any more.

    Parameters
    ----------
    review : Review
        The votes as they were weighed.

    Returns
    -------
    Prose
        How many, and about what; empty where every vote counts.

    Examples
    --------
    >>> gone = pd.DataFrame({"item": ["criterion.age"], "n": [3]})
    >>> tell_unused(Review(*[pd.DataFrame()] * 5, gone, None))
    3 votes are about lines that the draft does not have in this form, and do not count: criterion.age.
    """
    rows = review.unused
    return phrase("voted", "unused", n=rows["n"].sum(), items=rows["item"].tolist()) if len(rows) else Prose("")


def _call(lines: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Give the words for the ids of lines and of departments."""
    line, told = (dict(zip(lines["item"], lines[each], strict=True)) for each in ("said", "evidence"))
    return {"line": line, "told": told, "team": {team: _(word) for team, word in DEPARTMENTS.items()}}


def _break(text: str) -> str:
    """Put a name on two lines: at its blank, or in the middle of a long one without."""
    middle = (len(text) + 1) // 2
    return f"{text[:middle]}\n{text[middle:]}" if len(text) > 7 and not text.isascii() else text.replace(" ", "\n")
