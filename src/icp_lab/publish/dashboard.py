"""The definition at work: `dashboard.html`, where companies are filtered, sorted, exported and looked at together."""

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd
import vl_convert
from markupsafe import Markup

from icp_lab.artifacts.manifest import write_text
from icp_lab.locale import _
from icp_lab.methods.adoption import cover_everybody
from icp_lab.methods.looser import Looser, compare_looser
from icp_lab.methods.reached import list_reached
from icp_lab.methods.trend import follow_kpis
from icp_lab.pages.render import render_whole
from icp_lab.publish.products import Publication
from icp_lab.rule import Rule
from icp_lab.views import document, live
from icp_lab.views.words import join, lay_out, name, names, phrase

_TABLES = ("engagement", "contacts", "leads", "pilot", "deals", "costs")
# Most companies that the page holds: beyond, those of most points, and others drawn at random.
FIRST, DRAWN = 4_000, 2_000
_PERIODS = {"month": "part", "period": "whole"}


def write_dashboard(given: Publication, folder: Path) -> None:
    """Write dashboard.html, for whoever works with the definition from day to day.

    Parameters
    ----------
    given : Publication
        What products are made from; what no step has left is left out of the page.
    folder : Path
        Stands for OUT.

    Examples
    --------
    >>> FIRST + DRAWN  # so many companies are on the page at most
    6000
    """
    attributes = given.attributes
    rule, customers, as_of = Rule.from_profile(given.icp), given.find("customers"), given.about.as_of
    touches, people, leads, pilot, deals, costs = map(given.table, _TABLES)
    coverage = cover_everybody(attributes, leads, rule)
    reached = list_reached(touches, people, leads, pilot, customers, as_of=as_of)
    trend = follow_kpis(customers, deals, costs, reached, coverage.set_index("account_id")["fit"], as_of=as_of)
    looser = compare_looser(attributes, given.find("cases"), rule)
    if (adoption := given.find("adoption")) is not None:
        new = adoption[adoption["measure"].eq("opportunities") & adoption["by"].isin([*_PERIODS]) & (adoption["n"] > 0)
                       & adoption["level"].ne("before")]
        new = new.assign(kpi="adoption", side="in", period=new["by"].map(_PERIODS))
        trend = pd.concat([trend, new.rename(columns={"level": "end", "share": "value"})], ignore_index=True)
    page = _build_dashboard(given, list_companies(given, coverage), looser, trend)
    write_text(folder / "dashboard.html", page)


def list_companies(given: Publication, coverage: pd.DataFrame) -> pd.DataFrame:
    """List which companies are there: all accounts, and the leads that are none yet.

    Parameters
    ----------
    given : Publication
        What the report is made of.
    coverage : DataFrame
        Who is in, out and unknown, as `cover_everybody` gives it.

    Returns
    -------
    DataFrame
        A row a company, in codes; missing where no step has told: id, name, kind (customer, prospect, lost, lead), fit,
        points, tier, engagement, warm, segment, industry, region, value, failed, lacking. Those of most points first.

    Examples
    --------
    >>> customers = pd.DataFrame({"account_id": ["a"], "status": ["customer"]})
    >>> leads = pd.DataFrame({"lead_id": ["x", "y"], "account_id": None, "converted": [None, "2026-01-01"]})
    >>> coverage = pd.DataFrame({"account_id": ["a", "x"], "fit": ["in", "out"], "failed": "", "unknown": ""})
    >>> given = Publication({}, None, None, None, {"customers": customers}.get, {"leads": leads}.get,
    ...                     pd.Series({"a": "Acme", "x": "Xeno"}))
    >>> list_companies(given, coverage)[["name", "kind", "fit"]].values.tolist()
    [['Acme', 'customer', 'in'], ['Xeno', 'lead', 'out']]
    """
    leads, customers, scores, segments = given.table("leads"), *map(given.find, ("customers", "scores", "segments"))
    waiting = leads[leads["converted"].isna() & ~leads["account_id"].isin(customers["account_id"])]
    rows: pd.DataFrame = pd.concat([
        customers.rename(columns={"account_id": "id", "status": "kind"}).assign(source="account"),
        waiting.rename(columns={"lead_id": "id"}).assign(kind="lead", source="lead")], ignore_index=True)
    rows = rows.merge(coverage.rename(columns={"account_id": "id", "unknown": "lacking"}), on="id", how="left")
    if scores is not None:
        rows = rows.merge(scores.rename(columns={"kind": "source"}), on=["id", "source"], how="left")
    if segments is not None:
        called = {one["id"]: one["name"] for one in given.icp.get("segments") or []} | {"none": None}
        rows["segment"] = rows["id"].map(segments.set_index("account_id")["segment"].replace(called))
    columns = ["id", "name", "kind", "fit", "points", "tier", "engagement", "warm", "segment", "industry", "region",
               "value", "failed", "lacking"]
    if "warm" in rows and not rows["engagement"].any():
        rows = rows.drop(columns=["engagement", "warm"])
    figures = {"points": "Int64", "engagement": "Int64", "value": "float64"}
    rows = rows.reindex(columns=columns).astype(figures).assign(name=rows["id"].map(given.called).astype("str"))
    return rows.sort_values(["points", "engagement", "id"], ascending=[False, False, True], ignore_index=True)


def _build_dashboard(given: Publication, companies: pd.DataFrame, looser: Looser, trend: pd.DataFrame) -> str:
    """Build the page, which loads nothing, out of companies as `list_companies` gives them.

    Its rows are in the table alone, and the script takes them from there: without it, everything can be read. Of very
    many companies it holds a sample, and says so.
    """
    about, counts = given.about, {fit: int(companies["fit"].eq(fit).sum()) for fit in names("fit")}
    held, n = _sample(companies), len(companies)
    some = phrase("dashboard", "sample", held=len(held), n=n, first=FIRST, drawn=DRAWN) if len(held) < n else ""
    drawn: dict[str, Any] = {"engagement": live.draw_engagement(companies, about, some),
             "looser": live.draw_looser(looser, str(given.icp.get("outcome") or "best"), about)}
    drawn |= {str(kpi): live.draw_trend(rows, about) for kpi, rows in trend.groupby("kpi", sort=False)
              if rows["period"].eq("part").any()}
    listed = lay_out("dashboard", held, note=some, sort="-points" if held["points"].any() else "",
                     company_kind=names("status") | {"lead": name("target_kind", "lead")}, currency=about.currency)
    codes = ("lead", "unknown") if counts["unknown"] else ("lead",)
    return _seal(render_whole(
        "dashboard.html.j2", _("Dashboard"), about.source, icp=given.icp, about=about, drawn=drawn, listed=listed,
        lead=join(*(phrase("dashboard", code, n=n, **counts) for code in codes), some), view=document,
        kept=live.tabulate_looser(looser), told=live.tabulate_trend(trend, about), bundle=_gather_libraries()))


def _sample(companies: pd.DataFrame) -> pd.DataFrame:
    """Take those of most points, and some of the others, where the page cannot hold all."""
    if len(companies) <= FIRST + DRAWN:
        return companies
    drawn = companies.iloc[FIRST:].sample(DRAWN, random_state=0).sort_index()
    return pd.concat([companies.head(FIRST), drawn], ignore_index=True)


@cache
def _gather_libraries() -> Markup:
    """Bundle what draws in the browser: it comes with vl-convert, and takes a second."""
    return Markup(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))


def _seal(page: str) -> str:
    """Let the page run its own scripts only, and load nothing."""
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    own = " ".join(f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts)
    policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {own}; form-action 'none'"
    return page.replace("<head>", f'<head>\n<meta http-equiv="Content-Security-Policy" content="{policy}">', 1)
