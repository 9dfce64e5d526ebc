"""The review in words: the lines and their evidence, how the departments voted, where they part, what was decided."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from icp_lab.locale import _, language
from icp_lab.methods.agreed import Decision
from icp_lab.methods.review import AGREES, OPPOSES, PARTED, Bar, Item, Review
from icp_lab.rule import Criterion, Rule
from icp_lab.study.ballots import DEPARTMENTS
from icp_lab.views.document import say_verdict, tell_definition
from icp_lab.views.personas import name_persona
from icp_lab.views.picture import COLOURS, About, Picture, name_rows
from icp_lab.views.table import Table
from icp_lab.views.words import Prose, begin, join, name, names, phrase, show, tabulate

CERTAIN = 0.05  # a conflict counts as one where chance gives as much in fewer reviews than this share


def list_lines(items: Sequence[Item], voted: pd.DataFrame | None = None) -> pd.DataFrame:
    """What is there to vote on: item, said (in words), evidence (in words, with votes of a former round), mark?

    `voted` is the artifact of that name, where there is a former round to show.
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
    """In which order are the lines talked about? The furthest apart first: said, evidence, votes, verdict, apart."""
    order = voted.assign(place=voted["verdict"].map({"disputed": 0, "rejected": 1, "agreed": 3}).fillna(2),
                         width=(voted["first_median"] - voted["second_median"]).abs().fillna(0))
    order = order.sort_values(["place", "width"], ascending=[True, False], kind="stable")
    said = _call(lines)
    rows: list[dict[Any, Any]] = order.replace(dict.fromkeys(["first", "second"], said["team"])).to_dict("records")
    return [{**row, "line": said["line"][row["item"]], "evidence": said["told"][row["item"]],
             "verdict": name("agreement", row["verdict"]), "votes": _say_votes(row),
             "apart": phrase("voted", "apart", **row) if row["width"] >= PARTED else ""} for row in rows]


def tell_rule(bar: Bar) -> Prose:
    """By which rule, fixed beforehand, is a line agreed?"""
    return phrase("voted", "rule", **vars(bar), agrees=AGREES, opposes=OPPOSES)


def tell_agreement(review: Review) -> Prose:
    """How far do the departments agree?"""
    frame = review.frame
    if not frame["n"].sum():
        return phrase("voted", "none", n=len(frame))
    counts = {verdict: int((frame["verdict"] == verdict).sum()) for verdict in names("agreement")}
    told = [phrase("voted", verdict, n=n) for verdict, n in counts.items() if n and verdict != "agreed"]
    return join(phrase("voted", "agreed", n=counts["agreed"], all=len(frame), votes=frame["n"].sum()), *told)


def tabulate_votes(review: Review, lines: pd.DataFrame) -> Table | Prose:
    """How was each line voted on, and is it agreed by the rule?"""
    voted = review.frame[review.frame["n"] > 0]
    spread = [_say_spread(row).translate(_KEPT_TOGETHER) for row in voted.to_dict("records")]
    return tabulate("votes", voted.assign(spread=spread), **_call(lines))


_KEPT_TOGETHER = {ord(" "): "\N{NO-BREAK SPACE}", ord("〜"): "\N{WORD JOINER}〜\N{WORD JOINER}"}


def _say_spread(row: Mapping[Any, Any]) -> str:
    """Say the median and the middle half of votes, which lie on whole and half points."""
    ends = _("{low} to {high}").format(low=f"{row['low']:g}", high=f"{row['high']:g}")
    return f"{row['median']:g} ({ends})"


def tell_concordance(review: Review) -> Prose:
    """Do the departments put the lines in the same order?"""
    found = review.concordance
    if not found.value >= 0:
        return phrase("nothing", "concordance")
    return phrase("concordance", "alike" if found.p_value < CERTAIN else "chance", **vars(found),
                  ends=(found.low, found.high))


def draw_votes(review: Review, lines: pd.DataFrame, about: About) -> Picture | Prose:
    """Where do the departments stand on each line?"""
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
    """Which conflicts are more than chance?"""
    if review.conflicts["p_value"].isna().all():
        return phrase("nothing", "conflicts_tested")
    clear = review.conflicts[review.conflicts["p_value"] < CERTAIN].sort_values("item", kind="stable")
    return tabulate("conflicts", clear, n=len(clear), **_call(lines))


def tabulate_minorities(review: Review, lines: pd.DataFrame) -> Table | Prose:
    """Who sees a line the other way than most do?"""
    return tabulate("minorities", review.minorities, **_call(lines))


def tabulate_contradictions(review: Review, lines: pd.DataFrame) -> Table | Prose:
    """Where do votes and data part?"""
    return tabulate("against_data", review.contradictions, **_call(lines))


def tell_unused(review: Review) -> Prose:
    """Which votes are about lines that the draft does not have any more?"""
    rows = review.unused
    return phrase("voted", "unused", n=rows["n"].sum(), items=rows["item"].tolist()) if len(rows) else Prose("")


def tabulate_decisions(decisions: Sequence[Decision], lines: pd.DataFrame) -> Table | Prose:
    """What was decided, and which decisions are about lines that are gone? Who decided stands in decisions.csv."""
    there = {"avoid", *lines["item"]}
    rows = [(one.on, one.item, one.action, Rule(one.criteria).words() if one.criteria else "", one.item in there)
            for one in decisions]
    shown = pd.DataFrame(rows, columns=["on", "item", "action", "rule", "applied"])
    return tabulate("settled", shown, **_call(lines))


def tell_agreed(agreed: dict[str, Any], decisions: Sequence[Decision]) -> Prose:
    """How does the profile read now, and what do the data say to it?"""
    return join(phrase("agreed", "edited" if agreed.get("basis") == "declared" else "kept" if decisions else "open"),
                tell_definition(agreed), phrase("agreed", "verdict", verdict=say_verdict(agreed)))


def _call(lines: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Give the words for the ids of lines and of departments."""
    line, told = (dict(zip(lines["item"], lines[each], strict=True)) for each in ("said", "evidence"))
    return {"line": line, "told": told, "team": {team: _(word) for team, word in DEPARTMENTS.items()}}


def _break(text: str) -> str:
    """Put a name on two lines: at its blank, or in the middle of a long one without."""
    middle = (len(text) + 1) // 2
    return f"{text[:middle]}\n{text[middle:]}" if len(text) > 7 and not text.isascii() else text.replace(" ", "\n")
