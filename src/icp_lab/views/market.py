"""The market, competitors and room for more: sentences, tables and pictures."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from icp_lab.locale import _
from icp_lab.methods.competition import Competition
from icp_lab.methods.market import Market
from icp_lab.methods.potential import Potential
from icp_lab.rule import name_attribute
from icp_lab.views.picture import About, Picture, plot_intervals, write_percent
from icp_lab.views.privacy import hide
from icp_lab.views.table import Table, name_attributes, say
from icp_lab.views.words import Prose, join, lay_out, name, phrase, show, tabulate

_SHOWN = 15  # rows of a long table of parts


def tell_market(market: dict[str, Any]) -> Prose:
    """How big is the market, in a sentence? `market` is the artifact."""
    tam, sam, som = (market[size] for size in ("tam", "sam", "som"))
    if not tam:
        return phrase("nothing", "market")
    fitting = phrase("market", "fitting", tam=round(tam["companies"]), ends=(sam["low"], sam["high"]),
                     sam=f"**{say(sam['companies'], 'integer')}**")
    return join(fitting, phrase("market", "no_deals") if pd.isna(som["companies"]) else phrase(
        "market", "winnable", som=round(som["companies"]), ends=(som["low"], som["high"])))


def tabulate_sizes(market: Market, currency: str) -> Table | Prose:
    """How many companies and how much money are the market, its fitting part, and what can be won?"""
    if market.sizes.empty:
        return phrase("nothing", "market_sizes")
    rows = market.sizes.set_index("size")
    exact = {f"{money}{end}": rows[f"{money}{end}"].where(rows[f"{money}low"] < rows[f"{money}high"])
             for money in ("", "money_") for end in ("low", "high")}
    return lay_out("market_sizes", rows.assign(**exact).reset_index(), currency=currency)


def tabulate_assumptions(market: Market, currency: str) -> Table | Prose:
    """What do these figures rest on, and which of it is an assumption?"""
    rows = market.assumed.to_dict("records")
    words = [phrase("assumed", row["code"], currency=currency, ends=(row["low"], row["high"]), **row | {
        "what": name_attributes(row["what"]) if row["code"] in ("own", "band") else row["what"]}) for row in rows]
    return tabulate("market_assumptions", market.assumed.assign(words=words))


def tell_sources(market: Market) -> Prose:
    """Who counted, and when; and where do we have more customers than there are companies?"""
    frame = market.frame
    if frame.empty:
        return Prose("")
    counted = frame.assign(source=frame["source"].fillna("?")).groupby("source")["year"].agg(["min", "max"])
    said = [phrase("market", "undated" if pd.isna(first) else "source" if first < last else "year", source=hide(source),
                   first=f"{first:.0f}", last=f"{last:.0f}") for source, first, last in counted.itertuples()]
    wrong = frame[frame["customers"] > frame["companies"]]
    cells = _name_parts(wrong, ["industry", "region", "band"])
    return join(*said, phrase("market", "impossible", n=len(wrong), cells=cells[:5]) if cells else "")


def draw_penetration(potential: Potential, by: list[str], about: About) -> Picture | Prose:
    """Which share of the companies that fit is ours already, part by part?"""
    rows = potential.parts[potential.parts["fitting"] >= 1].head(_SHOWN)
    if rows.empty:
        return phrase("nothing", "penetration")
    labels = _name_parts(rows, by)
    ends = rows[["share", "low", "high"]].fillna({"low": 0.0, "high": 0.0}).to_numpy()

    def draw(axes: Axes, _narrow: bool) -> None:
        plot_intervals(axes, labels, ends, reference=potential.overall,
                       notes=[say(row, "integer") for row in rows["fitting"]])
        write_percent(axes.xaxis)

    return show("penetration", draw, about, height=90 + 26 * len(rows), share=potential.overall,
                listed=[f"{label} {say(share, 'share')}" for label, share in zip(labels, rows["share"], strict=True)])


def tabulate_white(potential: Potential, by: list[str]) -> Table | Prose:
    """Where do companies fit, and hardly any is ours?"""
    white = potential.parts[potential.parts["white"]]
    rows = white.head(_SHOWN)
    words = [_("; ").join(name("room", code) for code in codes.split(",")) for codes in rows["reasons"]]
    rows = rows.assign(part=_name_parts(rows, by), words=words)
    return tabulate("white_space", rows, share=potential.overall, n=len(white))


def tabulate_beside(potential: Potential) -> Table | Prose:
    """Which segments fail one criterion only, and what became of our cases there?"""
    rows = potential.beside.head(_SHOWN)
    return tabulate("beside", rows.assign(band=rows["band"].map(_name_band)), base=potential.base)


def _name_parts(rows: pd.DataFrame, by: list[str]) -> list[str]:
    named = rows.assign(band=rows["band"].map(_name_band)) if "band" in rows else rows
    return [" · ".join(filter(None, row)) for row in named[by].fillna("").to_numpy().tolist()]


def _name_band(band: str) -> str:
    """Say a band of sizes, "20-100" or "100-", as people do."""
    low, _dash, high = band.partition("-")
    low, high = (f"{int(end):,}" if end else "" for end in (low, high))
    return f"{low}\u2013{high}" if high else low and _("{low} or more").format(low=low)


def tabulate_competitors(competition: Competition) -> Table | Prose:
    """Whom do competitors go after, and how much of our profile do they want?"""
    frame = competition.frame
    ends = frame[["target_employees_min", "target_employees_max"]].map(lambda end: "" if pd.isna(end) else f"{end:.0f}")
    sizes = [_name_band("-".join(pair)) for pair in ends.to_numpy()]
    wanted = [_(", ").join(one) if isinstance(one, tuple | list) else "" for one in frame["target_industry"]]
    note = phrase("competitor", "overlap", n=int(frame["n"].max())) if frame["overlap"].notna().any() else ""
    return tabulate("competitors", frame.assign(industries=wanted, sizes=sizes), note=note)


def tabulate_strengths(competition: Competition) -> Table | Prose:
    """What are competitors good and bad at, as far as somebody wrote it down?"""
    told = competition.frame.dropna(subset=["strengths", "weaknesses"], how="all")
    told = told.assign(**{part: told[part].str.replace(r"\s*\|\s*", _("; "), regex=True)
                          for part in ("strengths", "weaknesses")})
    return tabulate("rivals_told", told)


def tell_noted(competition: Competition) -> Prose:
    """In how many won and lost deals is a competitor noted, and what can be made of that?"""
    noted = competition.named
    if not noted["named_won"] + noted["named_lost"]:
        return phrase("nothing", "noted")
    return phrase("competitor", "noted" if noted["named_won"] else "lost_only", **noted)


def draw_rates(competition: Competition, about: About) -> Picture | Prose:
    """How often do we win against each?"""
    rows = competition.frame.dropna(subset="rate").sort_values("deals", ascending=False, kind="stable").head(_SHOWN)
    if rows.empty:
        return Prose("")

    def draw(axes: Axes, _narrow: bool) -> None:
        plot_intervals(axes, list(rows["name"].map(hide)), rows[["rate", "low", "high"]].to_numpy(),
                       reference=competition.overall, notes=[say(n, "integer") for n in rows["deals"]])
        axes.set_xlim(0, 1)
        write_percent(axes.xaxis)

    return show("against", draw, about, height=90 + 30 * len(rows), share=competition.overall,
                listed=[f"{hide(row['name'])} {say(row['rate'], 'share')}" for row in rows.to_dict("records")])


def tabulate_rates(competition: Competition) -> Table | Prose:
    """How often do we win against each, in which kind of company?"""
    return tabulate("against_by", competition.segments)


def tabulate_trends(trends: pd.DataFrame) -> Table | Prose:
    """What moves in the market, how old is the news, and what would it do to the profile?"""
    bears = [join(*(phrase("trend", kind, names=list(map(name_attribute, row[kind].split(","))))
                    for kind in ("criteria", "others") if row[kind])) or phrase("trend", "neither")
             for row in trends.to_dict("records")]
    return tabulate("trends", trends.assign(bears=bears))
