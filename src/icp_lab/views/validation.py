"""Did it work: KPIs inside the profile and outside, with what stands behind them."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from icp_lab.locale import _
from icp_lab.methods.kpis import KPIS, RATES, SIDES, Kpis
from icp_lab.views.picture import COLOURS, About, Picture, plot_intervals, write_percent
from icp_lab.views.table import MISSING, Table, say, say_interval
from icp_lab.views.words import Prose, join, lay_out, name, phrase, say_count, show, tabulate

_SETTLED = 0.8  # share of a cohort of deals: with less, those that close fast stand for all


def tell_kpis(kpis: Kpis) -> Prose:
    """Tell whether deals inside the profile come out better, in a sentence.

    Parameters
    ----------
    kpis : Kpis
        The KPIs inside the profile and outside.

    Returns
    -------
    Prose
        The win rates of closed deals on both sides with intervals; or that one side has none.

    Examples
    --------
    >>> from datetime import date
    >>> from icp_lab.methods.kpis import measure_kpis
    >>> deals = pd.DataFrame({"account_id": ["a", "b"] * 20, "stage": ["won", "lost"] * 20, "amount": 100.0,
    ...                       "created": pd.Timestamp("2026-01-10"), "closed": pd.Timestamp("2026-03-01")})
    >>> none, fit = pd.DataFrame(), pd.Series({"a": "in", "b": "out"})
    >>> tell_kpis(measure_kpis(none, deals, none, none, fit, as_of=date(2026, 6, 30), resamples=1))
    From 2025-07-01 to 2026-06-30, 100 % of 20 closed deals inside the profile were won (84 to 100 %), clearly **more**
    than the 0 % of 20 outside (0 to 16 %).
    """
    inside, outside = (_index(kpis)["window", side, "win_closed"] for side in SIDES[:2])
    days = _say_days(inside)
    if not (inside["n"] and outside["n"]):
        return phrase("kpi_told", "nothing", **days)
    return tell_gap("kpi_told", ("better", "worse", "unclear"), _find_gap(kpis), **days, n=inside["n"],
                     share=inside["value"], ends=(inside["low"], inside["high"]), m=outside["n"],
                     other=outside["value"], others=(outside["low"], outside["high"]))


def _find_gap(kpis: Kpis) -> list[float]:
    """Find how much more often deals inside the profile are won, with its ends; nothing where none are closed."""
    gaps = kpis.gaps[(kpis.gaps["kpi"] == "win_closed") & (kpis.gaps["pair"] == "sides")]
    return gaps[["gap", "low", "high"]].to_numpy().flatten().tolist()


def tell_gap(kind: str, codes: tuple[str, str, str], found: Sequence[float], **words: object) -> Prose:
    """Tell a difference in one of three wordings.

    Parameters
    ----------
    kind : str
        A table of `sentences.toml`.
    codes : tuple of 3 str
        Its keys for a difference that lies clearly above nought, clearly below, and around it.
    found : sequence of float
        The difference and the ends of its interval, as shares.
    **words : object
        As in `phrase`; `gap` and `gaps` are added, in points.

    Returns
    -------
    Prose
        The sentence.

    Examples
    --------
    >>> tell_gap("adopted", ("more", "less", "same"), (0.02, -0.05, 0.09))
    The difference from before is 2 points (−5 to 9), which may be chance.
    """
    gap, low, high = found
    code = codes[0] if low > 0 else codes[1] if high < 0 else codes[2]
    return phrase(kind, code, gap=100 * gap, gaps=(100 * low, 100 * high), **words)


def tabulate_kpis(kpis: Kpis, about: About) -> Table:
    """Show what each KPI comes to, inside the profile, outside and overall.

    Parameters
    ----------
    kpis : Kpis
        The KPIs inside the profile and outside.
    about : About
        The currency.

    Returns
    -------
    Table
        A row a KPI, with its n, its intervals, and how far its cohorts are settled.

    Examples
    --------
    >>> from datetime import date
    >>> from icp_lab.methods.kpis import measure_kpis
    >>> none = pd.DataFrame()
    >>> kpis = measure_kpis(none, none, none, none, pd.Series(dtype="str"), as_of=date(2026, 6, 30), resamples=1)
    >>> table = tabulate_kpis(kpis, About(date(2026, 6, 30), "EUR", "Demo"))
    >>> table.title, table.cells()[0]
    (The KPIs from 2025-07-01 to 2026-06-30, ['Lead acquisition rate', '–', '–', '–', '0 / 0 / 0', '– / –'])
    """
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
    """Show how each KPI is reckoned, and out of which tables.

    Returns
    -------
    Table
        A row a KPI: its formula, what its n counts, and the tables that it needs.

    Examples
    --------
    >>> tabulate_formulas().cells()[0]
    ['Lead acquisition rate', 'companies that became a lead / companies reached that were neither lead nor customer
    before', 'companies reached', 'engagement, leads, pilot']
    """
    rows = [(_(kpi.name), _(kpi.formula), _(kpi.counts), ", ".join(kpi.needs)) for kpi in KPIS.values()]
    return lay_out("formulas", pd.DataFrame(rows, columns=["name", "formula", "counts", "tables"]))


def tell_limits(kpis: Kpis) -> Prose:
    """Tell what is to be kept in mind about the KPIs.

    Parameters
    ----------
    kpis : Kpis
        The KPIs inside the profile and outside.

    Returns
    -------
    Prose
        The difference between both sides, whether it is too early to say, and on what the costs rest.

    Examples
    --------
    >>> from datetime import date
    >>> from icp_lab.methods.kpis import measure_kpis
    >>> none = pd.DataFrame()
    >>> costs = pd.DataFrame({"period": ["2026-Q1", "some day"], "amount": [100.0, 50.0]})
    >>> found = measure_kpis(none, none, costs, none, pd.Series(dtype="str"), as_of=date(2026, 6, 30), resamples=1)
    >>> tell_limits(found)
    Costs are recorded for 25 % of the time from 2025-07-01 to 2026-06-30; what a customer costs is said only where all
    of it is recorded. Rows of costs whose period cannot be read: **1**. Write 2026-03, 2026-Q1 or 2026.
    """
    rows, gap, costed = _index(kpis), _find_gap(kpis), kpis.costed["window"]
    settled, days = rows["window", "in", "win_created"]["maturity"], _say_days(rows["window", "all", "cac"])
    return join(tell_gap("kpi_told", ("gap", "gap", "gap"), gap) if gap else "",
                phrase("kpi_told", "young", share=settled) if gap and settled < _SETTLED else "",
                phrase("kpi_told", "seen") if gap and ("after", "in", "win_closed") not in rows else "",
                phrase("kpi_told", "shared") if costed == 1 else phrase("kpi_told", "uncosted", share=costed, **days),
                phrase("kpi_told", "unread", n=kpis.unread) if kpis.unread else "")


def tabulate_kpis_to_collect(kpis: Kpis) -> Table | Prose:
    """List what has to be collected for the KPIs that cannot be told.

    Parameters
    ----------
    kpis : Kpis
        The KPIs inside the profile and outside.

    Returns
    -------
    Table or Prose
        A row a KPI without a figure; empty where each has one.

    Examples
    --------
    >>> rows = [{"kpi": kpi, "period": "window", "side": "all", "value": None, "n": 0} for kpi in KPIS]
    >>> tabulate_kpis_to_collect(Kpis(pd.DataFrame(rows), pd.DataFrame(), {"window": 0.5}, unread=0)).cells()[-1]
    ['Sales velocity, a day', 'deals with amount, stage, day of creation and of closing, the open ones too']
    """
    rows = _index(kpis)
    untold = [kpi for kpi in KPIS if pd.isna(rows["window", "all", kpi]["value"])
              and not (kpi in ("cycle", "velocity") and rows["window", "all", kpi]["n"])]
    frame = pd.DataFrame([(_(KPIS[kpi].name), _(KPIS[kpi].collect)) for kpi in untold], columns=["name", "collect"])
    return tabulate("kpis_to_collect", frame)


def tabulate_kpis_over_time(kpis: Kpis, about: About) -> Table | Prose:
    """Show what each KPI comes to inside the profile, before it was published and after.

    Parameters
    ----------
    kpis : Kpis
        The KPIs before and after.
    about : About
        The currency.

    Returns
    -------
    Table or Prose
        A row a KPI; empty where nothing is published.

    Examples
    --------
    >>> from datetime import date
    >>> from icp_lab.methods.kpis import measure_kpis
    >>> none, terms = pd.DataFrame(), {"as_of": date(2026, 6, 30), "since": "2026-03-01", "resamples": 1}
    >>> found = measure_kpis(none, none, none, none, pd.Series(dtype="str"), **terms)
    >>> tabulate_kpis_over_time(found, About(date(2026, 6, 30), "EUR", "Demo")).title
    Inside the profile: 2025-10-30 to 2026-02-28 before it was published, 2026-03-01 to 2026-06-30 after
    """
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
    """Name a KPI with the unit of its figures, which is then not said six times in a row.

    Parameters
    ----------
    kpi : str
        Its code, a key of `KPIS`.
    currency : str
        The unit of money.

    Returns
    -------
    str
        Without a unit for shares and ratios.

    Examples
    --------
    >>> name_kpi("cac", "EUR"), name_kpi("win_closed", "EUR")
    ('Customer acquisition cost (CAC), EUR', 'Win rate, by day of closing')
    """
    unit = currency if KPIS[kpi].kind == "money" else KPIS[kpi].unit
    return _("{kpi}, {unit}").format(kpi=_(KPIS[kpi].name), unit=_(unit)) if unit else _(KPIS[kpi].name)


def say_figure(kpi: str, row: Mapping[str, Any], unit: str = "") -> str:
    """Write what a KPI comes to, with its interval.

    Parameters
    ----------
    kpi : str
        Its code, a key of `KPIS`.
    row : mapping
        With value, low and high; amounts are rounded to three figures.
    unit : str, default ''
        As in `say`.

    Returns
    -------
    str
        An en dash where the KPI cannot be told.

    Examples
    --------
    >>> say_figure("win_closed", {"value": 0.4, "low": 0.2, "high": 0.6})
    '40 % (20 to 60 %)'
    >>> say_figure("cac", {"value": 8765.4, "low": 4321.0, "high": float("nan")}, "EUR")
    '8,770 EUR (4,320 EUR or more)'
    """
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
    """Draw how the rates inside the profile stand beside those outside.

    Parameters
    ----------
    kpis : Kpis
        The KPIs inside the profile and outside.
    about : About
        Day and source, for the foot.

    Returns
    -------
    Picture or Prose
        A row a rate and side, with its counts; empty where nothing can be counted.

    Examples
    --------
    >>> from datetime import date
    >>> from icp_lab.methods.kpis import measure_kpis
    >>> deals = pd.DataFrame({"account_id": ["a", "b"] * 20, "stage": ["won", "lost"] * 20, "amount": 100.0,
    ...                       "created": pd.Timestamp("2026-01-10"), "closed": pd.Timestamp("2026-03-01")})
    >>> none, fit = pd.DataFrame(), pd.Series({"a": "in", "b": "out"})
    >>> found = measure_kpis(none, deals, none, none, fit, as_of=date(2026, 6, 30), resamples=1)
    >>> draw_win_rates(found, About(date(2026, 6, 30), "EUR", "Demo")).title
    '100 % of the deals closed inside the profile are won, 0 % of those outside'
    """
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
        scale_rates(axes)

    listed = [f"{label} {note}" for label, note in zip(labels, notes, strict=True)]
    inside, outside = (rows["window", side, "win_closed"] for side in SIDES[:2])
    return show("win_rates", draw, about, height=70 + 36 * len(found), narrow_height=80 + 52 * len(found),
                title="won" if inside["n"] and outside["n"] else "title", share=inside["value"], other=outside["value"],
                **_say_days(found[0][2]), listed=listed)


def scale_rates(axes: Axes) -> None:
    """Leave room for a mark at nought and for notes beyond a hundred per cent.

    Parameters
    ----------
    axes : Axes
        Where shares are drawn from left to right.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = Figure().subplots()
    >>> scale_rates(axes)
    >>> [float(end) for end in axes.get_xlim()]
    [-0.02, 1.25]
    """
    axes.set_xlim(-0.02, 1.25)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
    write_percent(axes.xaxis)
