"""Did it work: KPIs with what stands behind them, whether the profile is used, and what sales says of it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from icp_lab.locale import _
from icp_lab.methods.adoption import Adoption
from icp_lab.methods.feedback import Feedback
from icp_lab.methods.kpis import KPIS, RATES, SIDES, Kpis
from icp_lab.rule import Rule
from icp_lab.views.picture import COLOURS, About, Picture, plot_intervals, write_percent
from icp_lab.views.table import MISSING, Table, say, say_interval
from icp_lab.views.words import Prose, begin, join, lay_out, name, phrase, say_count, show, tabulate

_SETTLED = 0.8  # share of a cohort of deals: with less, those that close fast stand for all


def tell_kpis(kpis: Kpis) -> Prose:
    """Do deals inside the profile come out better, in a sentence?"""
    inside, outside = (_index(kpis)["window", side, "win_closed"] for side in SIDES[:2])
    days = _say_days(inside)
    if not (inside["n"] and outside["n"]):
        return phrase("kpi_told", "nothing", **days)
    return _tell_gap("kpi_told", ("better", "worse", "unclear"), _find_gap(kpis), **days, n=inside["n"],
                     share=inside["value"], ends=(inside["low"], inside["high"]), m=outside["n"],
                     other=outside["value"], others=(outside["low"], outside["high"]))


def _find_gap(kpis: Kpis) -> list[float]:
    """Find how much more often deals inside the profile are won, with its ends; nothing where none are closed."""
    gaps = kpis.gaps[(kpis.gaps["kpi"] == "win_closed") & (kpis.gaps["pair"] == "sides")]
    return gaps[["gap", "low", "high"]].to_numpy().flatten().tolist()


def _tell_gap(kind: str, codes: tuple[str, str, str], found: Sequence[float], **words: object) -> Prose:
    gap, low, high = found
    code = codes[0] if low > 0 else codes[1] if high < 0 else codes[2]
    return phrase(kind, code, gap=100 * gap, gaps=(100 * low, 100 * high), **words)


def tabulate_kpis(kpis: Kpis, about: About) -> Table:
    """What does each KPI come to, inside the profile, outside and overall?"""
    return lay_out("kpis", _lay_kpis(kpis, about, {side: ("window", side) for side in SIDES}),
                   **_say_days(next(iter(_index(kpis).values()))))


def _lay_kpis(kpis: Kpis, about: About, columns: Mapping[str, tuple[str, str]]) -> pd.DataFrame:
    """Write the KPIs side by side, each column of a period and a side."""
    found, table = _index(kpis), []
    for kpi in KPIS:
        rows = {column: found[*place, kpi] for column, place in columns.items()}
        settled = [say(100 * row["maturity"], "integer") for row in list(rows.values())[:2]]
        table.append({"name": name_kpi(kpi, about.currency), "settled": " / ".join(settled),
                      "n": " / ".join(say(row["n"], "integer") for row in rows.values()),
                      **{column: say_figure(kpi, row) for column, row in rows.items()}})
    return pd.DataFrame(table)


def tabulate_formulas() -> Table:
    """How is each KPI reckoned, and out of which tables?"""
    rows = [(_(kpi.name), _(kpi.formula), _(kpi.counts), ", ".join(kpi.needs)) for kpi in KPIS.values()]
    return lay_out("formulas", pd.DataFrame(rows, columns=["name", "formula", "counts", "tables"]))


def tell_limits(kpis: Kpis) -> Prose:
    """By how much do deals inside come out better, is it too early to say, and on what do the costs rest?"""
    rows, gap, costed = _index(kpis), _find_gap(kpis), kpis.costed["window"]
    settled, days = rows["window", "in", "win_created"]["maturity"], _say_days(rows["window", "all", "cac"])
    return join(
        _tell_gap("kpi_told", ("gap", "gap", "gap"), gap) if gap else "",
        phrase("kpi_told", "young", share=settled) if gap and settled < _SETTLED else "",
        phrase("kpi_told", "seen") if gap and ("after", "in", "win_closed") not in rows else "",
        phrase("kpi_told", "shared") if costed == 1 else phrase("kpi_told", "uncosted", share=costed, **days),
        phrase("kpi_told", "unread", n=kpis.unread) if kpis.unread else "")


def tabulate_kpis_to_collect(kpis: Kpis) -> Table | Prose:
    """What has to be collected for the KPIs that cannot be told?"""
    rows = _index(kpis)
    untold = [kpi for kpi in KPIS if pd.isna(rows["window", "all", kpi]["value"])
              and not (kpi in ("cycle", "velocity") and rows["window", "all", kpi]["n"])]
    frame = pd.DataFrame([(_(KPIS[kpi].name), _(KPIS[kpi].collect)) for kpi in untold], columns=["name", "collect"])
    return tabulate("kpis_to_collect", frame)


def tabulate_kpis_over_time(kpis: Kpis, about: About) -> Table | Prose:
    """What does each KPI come to inside the profile, before it was published and after?"""
    if "after" not in kpis.costed:
        return Prose("")
    rows = _index(kpis)
    days = [_say_days(rows[period, "in", RATES[0]]) for period in ("before", "after")]
    before, after = (_("{low} to {high}").format(low=one["start"], high=one["end"]) for one in days)
    frame = _lay_kpis(kpis, about, {"before": ("before", "in"), "after": ("after", "in")})
    return lay_out("kpis_over_time", frame, before=before, after=after)


def _index(kpis: Kpis) -> dict[tuple[str, str, str], dict[str, Any]]:
    rows: list[Any] = kpis.frame.to_dict("records")
    return {(row["period"], row["side"], row["kpi"]): row for row in rows}


def name_kpi(kpi: str, currency: str) -> str:
    """How is a KPI called with the unit of its figures, which is then not said six times in a row?"""
    unit = currency if KPIS[kpi].kind == "money" else KPIS[kpi].unit
    return _("{kpi}, {unit}").format(kpi=_(KPIS[kpi].name), unit=_(unit)) if unit else _(KPIS[kpi].name)


def say_figure(kpi: str, row: Mapping[str, Any], unit: str = "") -> str:
    """What does a KPI come to, with its interval?"""
    if pd.isna(row["value"]):
        return MISSING
    # An estimated amount is known to three figures at best.
    paid = KPIS[kpi].kind == "money"
    kind: Any = "integer" if paid else KPIS[kpi].kind
    value, low, high = (float(f"{row[end]:.3g}") if paid else row[end] for end in ("value", "low", "high"))
    return _("{value} ({interval})").format(value=say(value, kind, unit), interval=say_interval(low, high, kind, unit))


def _say_days(row: Mapping[str, Any]) -> dict[str, Any]:
    return {end: row[end].date().isoformat() for end in ("start", "end")}


def draw_win_rates(kpis: Kpis, about: About) -> Picture | Prose:
    """How do the rates inside the profile stand beside those outside?"""
    rows = _index(kpis)
    found = [(kpi, side, row) for kpi in RATES for side in SIDES[:2] if (row := rows["window", side, kpi])["n"]]
    if not found:
        return Prose("")
    labels = [f"{_(KPIS[kpi].name)}: {name('fit', side)}" for kpi, side, _row in found]
    notes = [say_count(row["over"], row["n"]) for _kpi, _side, row in found]

    def draw(axes: Axes, narrow: bool) -> None:
        shown = [label.replace(": ", ":\n") for label in labels] if narrow else labels
        plot_intervals(axes, shown, [(row["value"], row["low"], row["high"]) for *_names, row in found], notes=notes,
                       colours=[COLOURS["accent" if side == "in" else "grey"] for _kpi, side, _row in found])
        _scale(axes)

    listed = [f"{label} {note}" for label, note in zip(labels, notes, strict=True)]
    inside, outside = (rows["window", side, "win_closed"] for side in SIDES[:2])
    return show("win_rates", draw, about, height=70 + 36 * len(found), narrow_height=80 + 52 * len(found),
                title="won" if inside["n"] and outside["n"] else "title", share=inside["value"], other=outside["value"],
                **_say_days(found[0][2]), listed=listed)


def _scale(axes: Axes) -> None:
    """Leave room for a mark at nought and for notes beyond a hundred per cent."""
    axes.set_xlim(-0.02, 1.25)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
    write_percent(axes.xaxis)


def tell_adoption(adoption: Adoption) -> Prose:
    """Which share of new deals lies inside the profile, and is that more than before?"""
    new = _pick(adoption, "period", "opportunities").set_index("level").to_dict("index")
    if (now := new.get("after") or new.get("window")) is None or not now["n"]:
        return phrase("adopted", "nothing")
    words = {"n": now["n"], "share": now["share"], "ends": (now["low"], now["high"]), "since": adoption.since}
    before = new.get("before", {"n": 0})
    if not adoption.since or not before["n"]:
        return phrase("adopted", "only_after" if adoption.since else "not_yet", **words)
    told = phrase("adopted", "published", **words, m=before["n"], before=before["share"],
                  befores=(before["low"], before["high"]))
    return join(told, _tell_gap("adopted", ("more", "less", "same"), adoption.gap))


def _pick(adoption: Adoption, by: str, measure: str) -> pd.DataFrame:
    frame = adoption.frame
    return frame[(frame["by"] == by) & (frame["measure"] == measure)]


def tabulate_adoption(adoption: Adoption) -> Table | Prose:
    """Which share of new deals, of the pipeline and of what was won lies inside the profile?"""
    return tabulate("adoption", adoption.frame[adoption.frame["by"] == "period"], **_find_months(adoption))


def _find_months(adoption: Adoption) -> dict[str, Any]:
    """Say from when to when deals are counted."""
    months = adoption.frame.loc[adoption.frame["by"] == "month", "level"]
    return {"start": months.min(), "end": months.max()}


def draw_adoption(adoption: Adoption, about: About) -> Picture | Prose:
    """How does the share of new deals inside the profile go from month to month?"""
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
        _scale(axes)

    period = _pick(adoption, "period", "opportunities").set_index("level")["share"]
    return show("adoption", draw, about, title="published" if adoption.since else "not_yet",
                height=70 + 26 * len(months), share=period.get("after" if adoption.since else "window"),
                n=months["n"].sum(), listed=listed)


def tabulate_owners(adoption: Adoption, *, show_people: bool) -> Table | Prose:
    """Who works inside the profile? Owners are numbered unless the study shows people."""
    owners = _pick(adoption, "owner", "opportunities").sort_values(["n", "level"], ascending=[False, True])
    named = [_("nobody on record") if not level else level if show_people else _("rep {number}").format(number=place)
             for place, level in enumerate(owners["level"], start=1)]
    window = _find_months(adoption) | ({"start": adoption.since} if adoption.since else {})
    return tabulate("adoption_by_owner", owners.assign(owner=named), **window)


def tell_feedback(feedback: Feedback) -> Prose:
    """Does sales call companies inside the profile fitting, and those outside not?"""
    if not feedback.n:
        return phrase("sales_says", "nothing")
    lines = feedback.frame[feedback.frame["about"] == "fit"].set_index("stands").to_dict("index")
    inside, outside = lines.get("in"), lines.get("out")
    told = phrase("sales_says", "one_side", n=feedback.n)
    if inside and outside:
        told = phrase("sales_says", "told", n=feedback.n, m=inside["n"], yes=inside["yes"], k=outside["n"],
                      ends=(inside["low"], inside["high"]), no=outside["yes"],
                      others=(outside["low"], outside["high"]))
    return join(told, phrase("sales_says", "replaced", n=feedback.repeated) if feedback.repeated else "",
                phrase("sales_says", "strangers", n=feedback.unmatched) if feedback.unmatched else "")


def tabulate_feedback(feedback: Feedback, rule: Rule) -> Table | Prose:
    """Of how many companies does sales say that they fit, by each line of the profile?"""
    return tabulate("feedback", feedback.frame.assign(line=feedback.frame["about"].map(_name_lines(rule))))


def tabulate_objections(feedback: Feedback) -> Table | Prose:
    """Which reasons does sales give?"""
    return tabulate("objections", feedback.reasons.assign(
        agrees=feedback.reasons["agrees"].map({True: "yes", False: "no"})))


def tell_lines(feedback: Feedback, rule: Rule, profile: Mapping[str, Any]) -> Prose:
    """Which lines of the profile does what sales says call into question, and when is it looked at again?"""
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
