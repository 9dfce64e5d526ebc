"""What sales does and says: how much of it lies inside the profile, and which companies it calls fitting."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from icp_lab.locale import _
from icp_lab.methods.adoption import Adoption
from icp_lab.methods.feedback import Feedback
from icp_lab.rule import Rule
from icp_lab.views.picture import COLOURS, About, Picture, plot_intervals
from icp_lab.views.table import Table
from icp_lab.views.validation import scale_rates, tell_gap
from icp_lab.views.words import Prose, begin, join, phrase, say_count, show, tabulate


def tell_adoption(adoption: Adoption) -> Prose:
    """Tell which share of new deals lies inside the profile, and whether that is more than before.

    Parameters
    ----------
    adoption : Adoption
        What lies inside the profile, before it was published and after.

    Returns
    -------
    Prose
        Both shares with intervals; what to collect without deals.

    Examples
    --------
    >>> from icp_lab.methods.adoption import measure_adoption
    >>> deals = pd.DataFrame({"account_id": ["a", "b"] * 9, "stage": "open", "created": pd.Timestamp("2026-06-02")})
    >>> fit = pd.Series({"a": "in", "b": "out"})
    >>> tell_adoption(measure_adoption(deals, fit, as_of=date(2026, 6, 30), since="2026-04-01"))
    Since 2026-04-01, **50 %** of 18 new deals lie inside the profile (9 to 91 %); there are none before to compare
    with.
    """
    new = _pick(adoption, "period", "opportunities").set_index("level").to_dict("index")
    if (now := new.get("after") or new.get("window")) is None or not now["n"]:
        return phrase("adopted", "nothing")
    words = {"n": now["n"], "share": now["share"], "ends": (now["low"], now["high"]), "since": adoption.since}
    before = new.get("before", {"n": 0})
    if not adoption.since or not before["n"]:
        return phrase("adopted", "only_after" if adoption.since else "not_yet", **words)
    told = phrase("adopted", "published", **words, m=before["n"], before=before["share"],
                  befores=(before["low"], before["high"]))
    return join(told, tell_gap("adopted", ("more", "less", "same"), adoption.gap))


def _pick(adoption: Adoption, by: str, measure: str) -> pd.DataFrame:
    frame = adoption.frame
    return frame[(frame["by"] == by) & (frame["measure"] == measure)]


def tabulate_adoption(adoption: Adoption) -> Table | Prose:
    """Show which share of new deals, of the pipeline and of what was won lies inside the profile.

    Parameters
    ----------
    adoption : Adoption
        What lies inside the profile, before it was published and after.

    Returns
    -------
    Table or Prose
        A row a period and measure; empty without deals.

    Examples
    --------
    >>> from icp_lab.methods.adoption import measure_adoption
    >>> deals = pd.DataFrame({"account_id": ["a", "b"] * 9, "stage": "open", "created": pd.Timestamp("2026-06-02")})
    >>> table = tabulate_adoption(measure_adoption(deals, pd.Series({"a": "in", "b": "out"}), as_of=date(2026, 6, 30)))
    >>> table.title, table.cells()
    (What lies inside the profile, 2026-06 to 2026-06, [['the months shown', 'new deals', '50 (9 to 91)', '18', '2',
    '0']])
    """
    return tabulate("adoption", adoption.frame[adoption.frame["by"] == "period"], **_find_months(adoption))


def _find_months(adoption: Adoption) -> dict[str, Any]:
    """Say from when to when deals are counted."""
    months = adoption.frame.loc[adoption.frame["by"] == "month", "level"]
    return {"start": months.min(), "end": months.max()}


def draw_adoption(adoption: Adoption, about: About) -> Picture | Prose:
    """Draw how the share of new deals inside the profile goes from month to month.

    Parameters
    ----------
    adoption : Adoption
        What lies inside the profile, month by month.
    about : About
        Day and source, for the foot.

    Returns
    -------
    Picture or Prose
        A mark a month, grey before the profile was published; empty without deals.

    Examples
    --------
    >>> from icp_lab.methods.adoption import measure_adoption
    >>> deals = pd.DataFrame({"account_id": ["a", "b"] * 9, "stage": "open", "created": pd.Timestamp("2026-06-02")})
    >>> found = measure_adoption(deals, pd.Series({"a": "in", "b": "out"}), as_of=date(2026, 6, 30))
    >>> draw_adoption(found, About(date(2026, 6, 30), "EUR", "Demo")).alt
    A mark a month: 2026-06: 9 of 18
    """
    months = _pick(adoption, "month", "opportunities")
    months = months[months["n"] > 0]
    if months.empty:
        return Prose("")
    notes = [say_count(row["inside"], row["n"]) for row in months.to_dict("records")]
    listed = [f"{level}: {note}" for level, note in zip(months["level"], notes, strict=True)]
    old = [month < adoption.since[:7] for month in months["level"]]

    def draw(axes: Axes, _narrow: bool) -> None:
        plot_intervals(axes, months["level"].tolist(), months[["share", "low", "high"]].to_numpy(), notes=notes,
                       colours=[COLOURS["grey" if before else "accent"] for before in old])
        scale_rates(axes)

    period = _pick(adoption, "period", "opportunities").set_index("level")["share"]
    return show("adoption", draw, about, title="published" if adoption.since else "not_yet", n=months["n"].sum(),
                height=70 + 26 * len(months), share=period.get("after" if adoption.since else "window"), listed=listed)


def tabulate_owners(adoption: Adoption, *, show_people: bool) -> Table | Prose:
    """Show who works inside the profile.

    Parameters
    ----------
    adoption : Adoption
        What lies inside the profile, by owner of the deals.
    show_people : bool
        Name the owners; else they are numbered, for the study may hide people.

    Returns
    -------
    Table or Prose
        A row an owner, those with most deals first; empty without deals.

    Examples
    --------
    >>> from icp_lab.methods.adoption import measure_adoption
    >>> deals = pd.DataFrame({"account_id": ["a", "b"] * 9, "stage": "open", "created": pd.Timestamp("2026-06-02"),
    ...                       "owner": "Ann"})
    >>> found = measure_adoption(deals, pd.Series({"a": "in", "b": "out"}), as_of=date(2026, 6, 30))
    >>> tabulate_owners(found, show_people=False).cells(), tabulate_owners(found, show_people=True).cells()
    ([['rep 1', '50 (9 to 91)', '18', '0']], [['Ann', '50 (9 to 91)', '18', '0']])
    """
    owners = _pick(adoption, "owner", "opportunities").sort_values(["n", "level"], ascending=[False, True])
    named = [_("nobody on record") if not level else level if show_people else _("rep {number}").format(number=place)
             for place, level in enumerate(owners["level"], start=1)]
    window = _find_months(adoption) | ({"start": adoption.since} if adoption.since else {})
    return tabulate("adoption_by_owner", owners.assign(owner=named), **window)


def tell_feedback(feedback: Feedback) -> Prose:
    """Tell whether sales calls companies inside the profile fitting, and those outside not.

    Parameters
    ----------
    feedback : Feedback
        What sales reports back.

    Returns
    -------
    Prose
        Both counts with intervals; how to ask where nobody has answered.

    Examples
    --------
    >>> from icp_lab.methods.feedback import read_feedback
    >>> coverage = pd.DataFrame({"account_id": ["a", "b"], "fit": ["in", "out"], "met": "", "failed": ""})
    >>> said = pd.DataFrame({"date": pd.Timestamp("2026-06-01"), "agrees": [True, False], "account_id": ["a", "b"]})
    >>> tell_feedback(read_feedback(said, coverage, as_of=date(2026, 6, 30)))
    Sales answered on 2 companies: of 1 inside the profile it calls 1 fitting (21 to 100 %), of 1 outside 0 (0 to 79 %).
    """
    if not feedback.n:
        return phrase("sales_says", "nothing")
    lines = feedback.frame[feedback.frame["about"] == "fit"].set_index("stands").to_dict("index")
    inside, outside = lines.get("in"), lines.get("out")
    told = phrase("sales_says", "one_side", n=feedback.n)
    if inside and outside:
        told = phrase("sales_says", "told", n=feedback.n, m=inside["n"], yes=inside["yes"], k=outside["n"],
                      no=outside["yes"], ends=(inside["low"], inside["high"]), others=(outside["low"], outside["high"]))
    return join(told, phrase("sales_says", "replaced", n=feedback.repeated) if feedback.repeated else "",
                phrase("sales_says", "strangers", n=feedback.unmatched) if feedback.unmatched else "")


def tabulate_feedback(feedback: Feedback, rule: Rule) -> Table | Prose:
    """Show of how many companies sales says that they fit, by each line of the profile.

    Parameters
    ----------
    feedback : Feedback
        What sales reports back.
    rule : Rule
        The profile.

    Returns
    -------
    Table or Prose
        A row a line and how companies stand to it; empty without answers.

    Examples
    --------
    >>> row = {"about": "employees", "stands": "met", "yes": 20, "n": 25, "share": 0.8, "low": 0.61, "high": 0.91}
    >>> heard = Feedback(pd.DataFrame([row]), pd.DataFrame(), pd.DataFrame(), 25, 0, 0)
    >>> tabulate_feedback(heard, Rule.from_dicts([{"attribute": "employees", "min": 100}])).cells()
    [['Employees at least 100', 'meet it', '20', '25', '80 (61 to 91)']]
    """
    return tabulate("feedback", feedback.frame.assign(line=feedback.frame["about"].map(_name_lines(rule))))


def tabulate_objections(feedback: Feedback) -> Table | Prose:
    """Show which reasons sales gives.

    Parameters
    ----------
    feedback : Feedback
        What sales reports back.

    Returns
    -------
    Table or Prose
        A row an answer and reason; empty where none is given.

    Examples
    --------
    >>> reasons = pd.DataFrame({"agrees": [False], "group": ["price"], "n": [20], "of": [24]})
    >>> tabulate_objections(Feedback(pd.DataFrame(), pd.DataFrame(), reasons, 40, 0, 0)).cells()
    [['it does not fit', 'price', '20', '24']]
    """
    return tabulate("objections", feedback.reasons.assign(
        agrees=feedback.reasons["agrees"].map({True: "yes", False: "no"})))


def tell_lines(feedback: Feedback, rule: Rule, profile: Mapping[str, Any]) -> Prose:
    """Tell which lines of the profile sales calls into question, and when they are looked at again.

    Parameters
    ----------
    feedback : Feedback
        What sales reports back.
    rule : Rule
        The profile.
    profile : mapping
        The definition; its `next_review` is told where it has one.

    Returns
    -------
    Prose
        A sentence a line on which sales sees no clear difference; or that there is none, or none can be told.

    Examples
    --------
    >>> gaps = pd.DataFrame({"about": ["employees"], "gap": [0.05], "low": [-0.2], "high": [0.3], "n": [40]})
    >>> heard = Feedback(pd.DataFrame(), gaps, pd.DataFrame(), 40, 0, 0)
    >>> tell_lines(heard, Rule.from_dicts([{"attribute": "employees", "min": 100}]), {"next_review": "2026-09-30"})
    **Employees at least 100**: sales sees perhaps more fit where it is met, but that may be chance (a gap of 5 points,
    −20 to 30; n = 40). The definition is to be looked at again on 2026-09-30.
    """
    gaps, called = feedback.gaps[feedback.gaps["about"] != "fit"], _name_lines(rule)
    said = [phrase("look_again", "line", line=called[row["about"]], n=row["n"], gap=100 * row["gap"],
                   gaps=(100 * row["low"], 100 * row["high"]),
                   how=phrase("look_again", "nothing_in_it" if row["gap"] <= 0 else "unsure"))
            for row in gaps.to_dict("records") if row["low"] <= 0]
    review = profile.get("next_review")
    return join(*(said or [phrase("look_again", "none" if len(gaps) else "untold")]),
                phrase("look_again", "next", day=review.isoformat() if isinstance(review, date) else review)
                if review else "")


def _name_lines(rule: Rule) -> dict[str, str]:
    return {"fit": _("The profile as a whole")} | {one.attribute: begin(one.words()) for one in rule.criteria}
