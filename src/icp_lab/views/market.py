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
    """Tell how big the market is, in a sentence.

    Parameters
    ----------
    market : dict of str to object
        The artifact `market`; its sizes are None where the study has no table of the market.

    Returns
    -------
    Prose
        Companies that could buy, of these those that fit, and those that can be won, with ranges.

    Examples
    --------
    >>> tell_market({"tam": {"companies": 500}, "sam": {"companies": 120, "low": 90, "high": 160},
    ...              "som": {"companies": 14, "low": 8, "high": 22}})
    Of 500 companies that could buy, **120** fit the profile (90 to 160). About 14 of them (8 to 22) can be won, as far
    as the win rate so far and the capacity go.
    """
    tam, sam, som = (market[size] for size in ("tam", "sam", "som"))
    if not tam:
        return phrase("nothing", "market")
    fitting = phrase("market", "fitting", tam=round(tam["companies"]), ends=(sam["low"], sam["high"]),
                     sam=f"**{say(sam['companies'], 'integer')}**")
    return join(fitting, phrase("market", "no_deals") if pd.isna(som["companies"]) else phrase(
        "market", "winnable", som=round(som["companies"]), ends=(som["low"], som["high"])))


def tabulate_sizes(market: Market, currency: str) -> Table | Prose:
    """Show how many companies and how much money the market is, its fitting part, and what can be won.

    Parameters
    ----------
    market : Market
        The market as it was sized.
    currency : str
        Code of the currency.

    Returns
    -------
    Table or Prose
        A row a size (TAM, SAM, SOM); what to collect where no market is on record.

    Examples
    --------
    >>> sizes = pd.DataFrame({"size": ["sam"], "companies": [120.0], "low": [90.0], "high": [160.0], "money": [1e6],
    ...                       "money_low": [8e5], "money_high": [2e6], "growth": [0.04]})
    >>> tabulate_sizes(Market(pd.DataFrame(), sizes, pd.DataFrame(), pd.DataFrame()), "EUR").cells()
    [['Fit the profile (SAM)', '120 (90 to 160)', '1.0 (0.8 to 2.0)', '4.0']]
    """
    if market.sizes.empty:
        return phrase("nothing", "market_sizes")
    rows = market.sizes.set_index("size")
    exact = {f"{money}{end}": rows[f"{money}{end}"].where(rows[f"{money}low"] < rows[f"{money}high"])
             for money in ("", "money_") for end in ("low", "high")}
    return lay_out("market_sizes", rows.assign(**exact).reset_index(), currency=currency)


def tabulate_assumptions(market: Market, currency: str) -> Table | Prose:
    """Show what the sizes of the market rest on, and which of it is an assumption.

    Parameters
    ----------
    market : Market
        The market as it was sized.
    currency : str
        Code of the currency.

    Returns
    -------
    Table or Prose
        A row an assumption, in words; empty without a market.

    Examples
    --------
    >>> row = {"size": "sam", "code": "own", "what": "employees", "low": 0.3, "high": 0.7, "hits": 10, "n": 20}
    >>> tabulate_assumptions(Market(pd.DataFrame(), pd.DataFrame(), pd.DataFrame([row]), pd.DataFrame()), "EUR").cells()
    [['Fit the profile (SAM)', 'The market does not know employees: the share among our accounts that meet the rest, 10
    of 20, is taken for that of all (30 to 70 %). Ours are no sample of the market, so it may be less.']]
    """
    rows = market.assumed.to_dict("records")
    words = [phrase("assumed", row["code"], currency=currency, ends=(row["low"], row["high"]), **row | {
        "what": name_attributes(row["what"]) if row["code"] in ("own", "band") else row["what"]}) for row in rows]
    return tabulate("market_assumptions", market.assumed.assign(words=words))


def tell_sources(market: Market) -> Prose:
    """Tell who counted the market and when, and where we have more customers than there are companies.

    Parameters
    ----------
    market : Market
        The market, with a row a cell in `frame`.

    Returns
    -------
    Prose
        A sentence a source, and what cannot be; empty without a market.

    Examples
    --------
    >>> cell = {"source": "Office", "year": 2025, "companies": 9, "customers": 6, "industry": "SaaS", "region": "EU"}
    >>> tell_sources(Market(pd.DataFrame([cell | {"band": ""}]), pd.DataFrame(), pd.DataFrame(), pd.DataFrame()))
    Counted by: Office, 2025.
    """
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
    """Draw which share of the companies that fit is ours already, part by part.

    Parameters
    ----------
    potential : Potential
        The parts of the market.
    by : list of str
        Columns that a part is told by: industry, region, band.
    about : About
        Day and source, for the foot.

    Returns
    -------
    Picture or Prose
        The first 15 parts with at least one fitting company; a sentence where there is none.

    Examples
    --------
    >>> from datetime import date
    >>> found = Potential(pd.DataFrame({"industry": ["SaaS"], "fitting": [0.0]}), pd.DataFrame(), overall=0.1, base=0.3)
    >>> draw_penetration(found, ["industry"], About(date(2026, 6, 30), "EUR", "Demo"))
    No part of the market holds a company that fits, as far as its table tells.
    """
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
    """List where companies fit, and hardly any is ours.

    Parameters
    ----------
    potential : Potential
        The parts of the market, most room first.
    by : list of str
        Columns that a part is told by: industry, region, band.

    Returns
    -------
    Table or Prose
        The first 15 parts that are white, with why; or the sentence that there is none.

    Examples
    --------
    >>> parts = pd.DataFrame({"band": ["20-100"], "reasons": ["none_yet"], "white": [True], "open": [40.0],
    ...                       "fitting": [40.0], "customers_in": [0], "share": [0.0], "low": [0.0], "high": [0.09]})
    >>> tabulate_white(Potential(parts, pd.DataFrame(), overall=0.2, base=0.3), ["band"]).cells()
    [['20–100', '40', '0', '0.0 (0.0 to 9.0)', '40', 'nobody there is a customer yet']]
    """
    white = potential.parts[potential.parts["white"]]
    rows = white.head(_SHOWN)
    words = [_("; ").join(name("room", code) for code in codes.split(",")) for codes in rows["reasons"]]
    rows = rows.assign(part=_name_parts(rows, by), words=words)
    return tabulate("white_space", rows, share=potential.overall, n=len(white))


def tabulate_beside(potential: Potential) -> Table | Prose:
    """List which segments fail one criterion only, and what became of our cases there.

    Parameters
    ----------
    potential : Potential
        The segments beside the profile.

    Returns
    -------
    Table or Prose
        The first 15 of them, with a verdict each; or the sentence that there is none.

    Examples
    --------
    >>> tabulate_beside(Potential(pd.DataFrame(), pd.DataFrame(columns=["band"]), overall=0.2, base=0.3))
    No segment of the market fails exactly one criterion of the profile.
    """
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
    """Show whom competitors go after, and how much of our profile they want.

    Parameters
    ----------
    competition : Competition
        The competitors.

    Returns
    -------
    Table or Prose
        A row a competitor; what to collect where none is on record.

    Examples
    --------
    >>> rival = {"name": "Acme", "target_industry": ("SaaS",), "target_employees_min": 20, "target_employees_max": None,
    ...          "price": "9 a month", "n": 6, "overlap": 1.0, "overlap_low": 0.61, "overlap_high": 1.0}
    >>> tabulate_competitors(Competition(pd.DataFrame([rival]), pd.DataFrame(), 0.5, {})).cells()
    [['Acme', 'SaaS', '20 or more', '100 (61 to 100)', '9 a month']]
    """
    frame = competition.frame
    ends = frame[["target_employees_min", "target_employees_max"]].map(lambda end: "" if pd.isna(end) else f"{end:.0f}")
    sizes = [_name_band("-".join(pair)) for pair in ends.to_numpy()]
    wanted = [_(", ").join(one) if isinstance(one, tuple | list) else "" for one in frame["target_industry"]]
    note = phrase("competitor", "overlap", n=int(frame["n"].max())) if frame["overlap"].notna().any() else ""
    return tabulate("competitors", frame.assign(industries=wanted, sizes=sizes), note=note)


def tabulate_strengths(competition: Competition) -> Table | Prose:
    """List what competitors are good and bad at, as far as somebody wrote it down.

    Parameters
    ----------
    competition : Competition
        The competitors.

    Returns
    -------
    Table or Prose
        A row a competitor of whom either is known; empty where none is.

    Examples
    --------
    >>> told = pd.DataFrame({"name": ["Acme"], "strengths": ["cheap | quick"], "weaknesses": [None], "source": "sales"})
    >>> tabulate_strengths(Competition(told, pd.DataFrame(), 0.5, {})).cells()
    [['Acme', 'cheap; quick', 'sales']]
    """
    told = competition.frame.dropna(subset=["strengths", "weaknesses"], how="all")
    told = told.assign(**{part: told[part].str.replace(r"\s*\|\s*", _("; "), regex=True)
                          for part in ("strengths", "weaknesses")})
    return tabulate("rivals_told", told)


def tell_noted(competition: Competition) -> Prose:
    """Tell in how many won and lost deals a competitor is noted, and what can be made of that.

    Parameters
    ----------
    competition : Competition
        The competitors, with the deals that name one.

    Returns
    -------
    Prose
        The counts; what to collect where no closed deal names one.

    Examples
    --------
    >>> named = {"named_won": 1, "won": 2, "named_lost": 1, "lost": 1}
    >>> tell_noted(Competition(pd.DataFrame(), pd.DataFrame(), 0.7, named))
    A competitor is noted in 1 of 2 won deals and in 1 of 1 lost ones. If it is noted more readily after a loss, the
    rates are too low.
    """
    noted = competition.named
    if not noted["named_won"] + noted["named_lost"]:
        return phrase("nothing", "noted")
    return phrase("competitor", "noted" if noted["named_won"] else "lost_only", **noted)


def draw_rates(competition: Competition, about: About) -> Picture | Prose:
    """Draw how often we win against each competitor.

    Parameters
    ----------
    competition : Competition
        The competitors with the deals in which they were named.
    about : About
        Day and source, for the foot.

    Returns
    -------
    Picture or Prose
        The 15 with most deals, and a line at our rate over all; empty where no deal names one.

    Examples
    --------
    >>> from datetime import date
    >>> rates = pd.DataFrame({"name": ["Acme"], "deals": [12], "rate": [0.4], "low": [0.2], "high": [0.6]})
    >>> draw_rates(Competition(rates, pd.DataFrame(), 0.5, {}), About(date(2026, 6, 30), "EUR", "Demo")).alt
    A row a competitor: Acme 40 %
    """
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
    """Show how often we win against each competitor, in which kind of company.

    Parameters
    ----------
    competition : Competition
        The competitors with the deals in which they were named.

    Returns
    -------
    Table or Prose
        A row a competitor and kind; empty where no deal names one.

    Examples
    --------
    >>> row = {"name": "Acme", "kind": "SaaS", "won": 3, "deals": 8, "rate": 0.4, "low": 0.2, "high": 0.6}
    >>> tabulate_rates(Competition(pd.DataFrame(), pd.DataFrame([row]), 0.5, {})).cells()
    [['Acme', 'SaaS', '3', '8', '40 (20 to 60)']]
    """
    return tabulate("against_by", competition.segments)


def tabulate_trends(trends: pd.DataFrame) -> Table | Prose:
    """List what moves in the market, how old the news is, and what it would do to the profile.

    Parameters
    ----------
    trends : DataFrame
        A row a statement, as `read_trends` gives it.

    Returns
    -------
    Table or Prose
        A row a statement; what to collect where none is on record.

    Examples
    --------
    >>> row = {"date": "2026-01-31", "kind": "demand", "statement": "SaaS grows", "effect": "", "source": ""}
    >>> tabulate_trends(pd.DataFrame([row | {"old": False, "criteria": "industry", "others": ""}])).cells()
    [['2026-01-31', 'demand', 'SaaS grows', 'On the profile: industry.', 'no']]
    """
    bears = [join(*(phrase("trend", kind, names=list(map(name_attribute, row[kind].split(","))))
                    for kind in ("criteria", "others") if row[kind])) or phrase("trend", "neither")
             for row in trends.to_dict("records")]
    return tabulate("trends", trends.assign(bears=bears))
