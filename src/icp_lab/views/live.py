"""Pictures that answer to the reader: the browser draws them, in the look of all others, by what live.toml declares."""

from typing import Any, NamedTuple

import pandas as pd

from icp_lab.locale import _, language
from icp_lab.locale.declared import read_declared
from icp_lab.methods.kpis import KPIS, RATES
from icp_lab.methods.looser import Looser
from icp_lab.rule import name_attribute
from icp_lab.views.picture import About
from icp_lab.views.table import MISSING, Table
from icp_lab.views.validation import say_figure
from icp_lab.views.words import Prose, begin, caption, lay_out, name, names, phrase, tabulate

# How figures stand at an axis, as everywhere in the product: Japanese counts by ten thousand.
_PERCENT = {"en": "format(100 * datum.value, '.0f') + ' %'", "ja": "format(100 * datum.value, '.0f') + '%'"}
_MONEY = {"en": "format(datum.value / 1000, ',') + 'k'", "ja": "format(datum.value / 10000, ',') + '万'"}


class Live(NamedTuple):
    """Hold a picture that answers to the reader, for the browser to draw.

    Parameters
    ----------
    title, subtitle, foot, alt : str
        The words, as in `Picture`.
    spec : dict of str to object
        The drawing in Vega-Lite, with its data unless the page hands them over.

    Examples
    --------
    >>> Live("It rises", "Share won", "80 deals.", "A line from 3 to 4", {"mark": "line"}).spec
    {'mark': 'line'}
    """

    title: str
    subtitle: str
    foot: str
    alt: str
    spec: dict[str, Any]


def _draw(picture: str, words: dict[str, str], rows: pd.DataFrame | None = None, **terms: Any) -> Live:
    """Fill in a declared picture: its rows, its words, and what it leaves open."""
    declared = read_declared("icp_lab.views", "live.toml")
    spec = {**_fill(declared[picture], {"none": None, **terms}), "config": declared["config"], "width": "container"}
    if rows is not None:
        spec["data"] = {"values": rows.to_dict("records")}
    return Live(**words, spec={**spec, "description": words["alt"]})


def _fill(part: Any, terms: dict[str, Any]) -> Any:
    if isinstance(part, dict):
        return {key: _(each) if key == "title" and each else _fill(each, terms) for key, each in part.items()}
    if isinstance(part, tuple):
        return [_fill(each, terms) for each in part]
    return terms[part[1:]] if isinstance(part, str) and part[:1] == "$" else part


def draw_engagement(companies: pd.DataFrame, about: About, some: str = "") -> Live | Prose:
    """Draw who fits and is listening.

    What is marked are the rows of the page's table, which its script hands over.

    Parameters
    ----------
    companies : DataFrame
        A row a company, in codes: kind, points, tier, engagement, warm; missing where there are no scores.
    about : About
        Day and source.
    some : str, default ''
        Which of them the table holds, where it does not hold all.

    Returns
    -------
    Live or Prose
        The title counts those of tier A to call now; a sentence where nobody's engagement is on record.

    Examples
    --------
    >>> from datetime import date
    >>> rows = pd.DataFrame({"kind": ["lead", "prospect"], "points": [70, 80], "tier": "A", "engagement": [0, 30],
    ...                      "warm": ["none", "warm"]})
    >>> draw_engagement(rows, About(date(2026, 6, 30), "EUR", "Demo")).title
    '**1** of the 2 companies of tier A that have not bought yet are listening now'
    >>> draw_engagement(rows.assign(engagement=0), About(date(2026, 6, 30), "EUR", "Demo")).partition(".")[0]
    "Nobody's engagement is on record, so that fit cannot be held against it"
    """
    if not companies["engagement"].fillna(0).any():
        return phrase("nothing", "engagement")
    first = companies["kind"].isin(["prospect", "lead"]) & companies["tier"].eq("A")
    words = caption("engagement", about, n=len(companies), counts=some.rstrip(".。"), listed=int(first.sum()),
                    title="waiting" if first.any() else "title", warm=int((first & companies["warm"].eq("warm")).sum()))
    ends = [float(end) for end in companies["points"].agg(["min", "max"])]
    return _draw("engagement", words, points=ends, fits=[*names("fit").values()])


def draw_looser(looser: Looser, outcome: str, about: About) -> Live | Prose:
    """Draw what the profile gains in coverage and loses in lift when lines are left out.

    Parameters
    ----------
    looser : Looser
        The profile and each part of its lines.
    outcome : str
        Code of what is predicted: best, won, retained.
    about : About
        Day and source.

    Returns
    -------
    Live or Prose
        The title names the line that costs least; a sentence where no line could be left out.

    Examples
    --------
    >>> from datetime import date
    >>> from icp_lab.methods.looser import compare_looser
    >>> from icp_lab.rule import Rule
    >>> firms = pd.DataFrame({"employees": [200] * 3 + [1] * 3, "exports": [True, True, False] * 2}, index=[*"abcdef"])
    >>> cases = pd.DataFrame({"account_id": firms.index, "positive": ["no", "yes", "yes", "no", "no", "no"]})
    >>> cases["case_id"] = cases["account_id"]
    >>> rule = Rule.from_dicts([{"attribute": "employees", "min": 100}, {"attribute": "exports", "is": True}])
    >>> draw_looser(compare_looser(firms, cases, rule), "best", About(date(2026, 6, 30), "EUR", "Demo")).title
    'Without exports, the profile takes in 1.5 times as many, and 67 % of them became best customers instead of 50 %'
    >>> draw_looser(compare_looser(firms, cases, Rule()), "best", About(date(2026, 6, 30), "EUR", "Demo"))
    There is no criterion that could be left out.
    """
    if len(looser.frame) < 2 or not looser.frame["n"].iloc[0]:
        return phrase("nothing", "looser")
    rows = _name_parts(looser)
    whole, *others = rows.to_dict("records")
    near = max((row for row in others if len(row["kept"]) == len(whole["kept"]) - 1), key=lambda row: row["lift"])
    (dropped,) = {*whole["kept"]} - {*near["kept"]}
    attribute = name_attribute(looser.rule.criteria[dropped].attribute)
    labels = {(): name("looser", "none"), near["kept"]: phrase("looser", "without", dropped=attribute),
              whole["kept"]: name("looser", "whole")}
    words = caption("looser", about, n=looser.cases, dropped=attribute, done=name("done", outcome),
                    ratio=near["n"] / whole["n"], share=near["share"], whole=whole["share"],
                    listed=[phrase("looser", "row", **{word: row[word] for word in ("part", "n", "lift")})
                            for row in (whole, *others)])
    marks = rows.assign(label=rows["kept"].map(labels).fillna(""), whole=rows.index == 0)
    return _draw("looser", words, marks.drop(columns="kept"), percent=_PERCENT[language()])


def _name_parts(looser: Looser) -> pd.DataFrame:
    called = [name_attribute(one.attribute) for one in looser.rule.criteria]
    parts = [" + ".join(called[place] for place in kept) or name("looser", "none") for kept in looser.frame["kept"]]
    return looser.frame.assign(part=parts)


def tabulate_looser(looser: Looser) -> Table | Prose:
    """Show the figures of the profile and of each part of its lines.

    Parameters
    ----------
    looser : Looser
        The profile and each part of its lines.

    Returns
    -------
    Table or Prose
        A row a part, the profile first; empty without cases.

    Examples
    --------
    >>> from icp_lab.methods.looser import compare_looser
    >>> from icp_lab.rule import Rule
    >>> firms = pd.DataFrame({"employees": [200.0, 200, 200, 1]}, index=list("abcd"))
    >>> cases = pd.DataFrame({"account_id": firms.index, "positive": ["no", "yes", "yes", "no"]})
    >>> cases["case_id"] = cases["account_id"]
    >>> rule = Rule.from_dicts([{"attribute": "employees", "min": 100}])
    >>> [row[:3] for row in tabulate_looser(compare_looser(firms, cases, rule)).cells()]
    [['employees', '3', '75'], ['all cases', '4', '100']]
    """
    return lay_out("looser", _name_parts(looser)) if len(looser.frame) else Prose("")


def draw_trend(rows: pd.DataFrame, about: About) -> Live:
    """Draw how a KPI goes, inside the profile and outside.

    Parameters
    ----------
    rows : DataFrame
        Of one KPI, or of adoption: kpi, period (whole, part), end, side (in, out), value, low, high, n.
    about : About
        Day, currency and source.

    Returns
    -------
    Live
        The title gives the figures of the whole period on both sides.

    Examples
    --------
    >>> from datetime import date
    >>> row = {"kpi": "win_closed", "side": "in", "value": 0.4, "low": 0.2, "high": 0.6, "n": 7, "end": "2026-03-31"}
    >>> rows = pd.DataFrame([row | {"period": "whole"}, row | {"period": "part"}])
    >>> draw_trend(rows, About(date(2026, 6, 30), "EUR", "Demo")).title
    'Win rate, by day of closing: 40 % (20 to 60 %) inside the profile, – outside'
    """
    kpi, told = KPIS.get(rows["kpi"].iloc[0]), _say_trend(rows, about)
    parts, whole = told[told["period"].eq("part")], told[told["period"].eq("whole")].set_index("side")["said"]
    share = kpi is None or kpi.kind == "share"
    top = 1.0 if share else 2 * float(parts["value"].max()) or 1.0  # intervals that go far beyond are cut there
    words = caption("trend", about, title="title" if kpi else "adoption", kpi=told["called"].iloc[0],
                    inside=whole.get("in", MISSING), outside=whole.get("out", MISSING), n=int(parts["n"].sum()),
                    by=phrase("kpi_by", "quarter" if kpi else "month"), start=parts["end"].iloc[0],
                    end=parts["end"].iloc[-1], counted=begin(_(kpi.counts)) if kpi else phrase("kpi_by", "new"))
    sides = [called for side, called in names("fit").items() if side in set(parts["side"])]
    marks = parts.assign(side=parts["side"].map(names("fit")), low=parts["low"].fillna(0),
                         high=parts["high"].fillna(top).clip(upper=top))
    return _draw("trend", words, marks[["end", "side", "value", "low", "high", "said", "n"]], range=[0, top],
                 sides=sides, axis=(_PERCENT if share else _MONEY)[language()])


def tabulate_trend(rows: pd.DataFrame, about: About) -> Table | Prose:
    """Show what the KPIs came to part by part, with their n.

    Parameters
    ----------
    rows : DataFrame
        As for `draw_trend`, of all KPIs that are drawn.
    about : About
        The currency.

    Returns
    -------
    Table or Prose
        A row a KPI, part and side; a sentence where nothing is on record.

    Examples
    --------
    >>> from datetime import date
    >>> row = {"kpi": "win_closed", "side": "in", "value": 0.4, "low": 0.2, "high": 0.6, "n": 7, "end": "2026-03-31"}
    >>> rows = pd.DataFrame([row | {"period": "part"}])
    >>> tabulate_trend(rows, About(date(2026, 6, 30), "EUR", "Demo")).cells()
    [['Win rate, by day of closing', '2026-03', 'in the profile', '40 % (20 to 60 %)', '7']]
    """
    told = _say_trend(rows[rows["period"].eq("part")], about)
    return tabulate("trend", told.sort_values(["called", "end"], kind="stable"))


def _say_trend(rows: pd.DataFrame, about: About) -> pd.DataFrame:
    """Write each figure with its interval; adoption is a rate like the others."""
    called = {code: _(kpi.name) for code, kpi in KPIS.items()} | {"adoption": name("dashboard", "adoption")}
    records: list[Any] = rows.to_dict("records")
    shown = [row["kpi"] if row["kpi"] in KPIS else RATES[0] for row in records]
    said = [say_figure(kpi, row, _(about.currency) if KPIS[kpi].kind == "money" else "")
            for kpi, row in zip(shown, records, strict=True)]
    return rows.assign(called=rows["kpi"].map(called), said=said, end=rows["end"].astype("str").str[:7])
