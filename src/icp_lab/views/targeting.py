"""Whom to approach, in words and tables: points, tiers, warmth, what to find out first, and the next step."""

import re
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from icp_lab.locale import _
from icp_lab.methods.engagement import CAP, Decay
from icp_lab.methods.enrichment import Enriched
from icp_lab.methods.score import Card
from icp_lab.methods.targeting import Targets
from icp_lab.rule import name_attribute
from icp_lab.views.personas import name_persona
from icp_lab.views.picture import About, Picture, plot_intervals, write_percent
from icp_lab.views.table import Table
from icp_lab.views.words import Prose, begin, join, lay_out, name, names, phrase, say_count, show, tabulate

_SHOWN, _NAMED = 25, 5  # rows of a list on a page, and reasons named in each; the files hold all
_POINTS = re.compile(r"(.+?) ([+-]\d+)(?:, |$)")


def tell_score(card: Card, outcome: str) -> Prose:
    """Does the score tell good cases from others that it has not seen?"""
    code = "few" if not card.bands.size else "tells" if card.predicts else "blind"
    return phrase("score_told", code, n=card.n, positives=card.positives, ratio=card.top,
                  ends=(card.top_low, card.top_high), outcome=name("outcome", outcome), done=name("done", outcome))


def tabulate_points(card: Card) -> Table | Prose:
    """What is each criterion worth?"""
    return tabulate("points", card.frame.assign(said=[begin(one.words()) for one in card.frame["criterion"]]))


def draw_bands(card: Card, outcome: str, about: About) -> Picture | Prose:
    """What became of cases by the score that they got unseen?"""
    if not card.predicts:
        return phrase("nothing", "bands")
    rows = card.bands.iloc[::-1].to_dict("records")

    def draw(axes: Axes, narrow: bool) -> None:
        plot_intervals(axes, [phrase("band", "points", **_ends(row)) for row in rows],
                       [(row["share"], row["low"], row["high"]) for row in rows], reference=card.positives / card.n,
                       notes=[] if narrow else [say_count(row["positives"], row["n"]) for row in rows])
        axes.set_xlim(0, min(1.15, 1.35 * max(row["high"] for row in rows)))
        write_percent(axes.xaxis)

    listed = [phrase("band", "row", **_ends(row), share=row["share"], interval=(row["low"], row["high"]))
              for row in rows]
    return show("bands", draw, about, height=90 + 34 * len(rows), n=card.n, listed=listed, high=rows[0]["share"],
                low=rows[-1]["share"], outcome=name("outcome", outcome), title="title" if rows[1:] else "alike")


def _ends(row: Any) -> dict[str, int]:
    return {"least": int(row["least"]), "most": int(row["most"])}


def tell_enriched(enriched: Enriched) -> Prose:
    """How much of what leads do not say is known elsewhere?"""
    filled = enriched.frame[["account", "reference"]].sum().sum()
    return phrase("enriched", "told" if len(enriched.table) else "nothing", n=len(enriched.table), filled=int(filled),
                  gaps=int(enriched.frame["gaps"].sum()), matched=enriched.matched, found=enriched.found)


def tabulate_enriched(enriched: Enriched) -> Table | Prose:
    """Which gaps of the leads were filled, and from where?"""
    rows = enriched.frame[enriched.frame["gaps"] > 0] if len(enriched.table) else enriched.frame.head(0)
    return tabulate("enriched", rows)


def tell_list(targets: Targets) -> Prose:
    """How many are on the list, and how many in each tier?"""
    if (chosen := targets.list).empty:
        return phrase("listed", "nothing")
    counts = chosen["tier"].value_counts()
    tiers = {one["name"]: one["min_fit"] for one in targets.tiers}
    told = [phrase("listed", "tier", tier=tier, n=int(counts.get(tier, 0)), least=least)
            for tier, least in tiers.items() if tier != "C"]
    return join(phrase("listed", "told", n=len(chosen), leads=int(chosen["kind"].eq("lead").sum()), tiers=told),
                phrase("listed", "room" if targets.room else "shares", room=targets.room),
                phrase("listed", "unknown", n=int(counts[""])) if "" in counts else "")


def tell_decay(decay: Decay) -> Prose:
    """How fast does a touch lose its weight?"""
    return phrase("decay", "estimated" if decay.estimated else "convention", days=decay.half_life,
                  ends=(decay.low, decay.high), ratio=decay.ratio, n=decay.events, units=decay.units, cap=CAP)


def tabulate_grid(targets: Targets) -> Table | Prose:
    """How many companies of each tier are listening now?"""
    if (chosen := targets.list).empty:
        return Prose("")
    grid = chosen.groupby(["tier", "warm"]).size().unstack(fill_value=0).reindex(
        columns=list(names("warm")), fill_value=0).astype("int64").reset_index()
    grid = grid.sort_values("tier", key=lambda tier: tier.replace("", "~"), ignore_index=True)
    return lay_out("grid", grid.assign(tier=grid["tier"].replace("", name("untiered", "none"))))


def tabulate_list(targets: Targets, called: pd.Series) -> Table | Prose:
    """Who stands at the top of the list, and why? `called` gives the name of an id, where it may be shown."""
    rows = targets.list[targets.list["tier"].ne("")].head(_SHOWN)
    rows = rows.assign(**{column: rows[column].map(_name_attributes) for column in ("reasons", "missing")})
    return tabulate("targets", rows, account=called)


def _name_attributes(codes: str) -> str:
    """Say attributes that stand one after the other, with the points of each; the lightest are added up."""
    # A company's own column may hold blanks and commas.
    parts = _POINTS.findall(codes) or [(one, "") for one in codes.split(", ") if one]
    said = [f"{name_attribute(one)} {points.replace('-', '−')}".strip() for one, points in parts]
    if len(said) <= _NAMED or not parts[0][1]:
        return _(", ").join(said)
    rest = f"{sum(int(points) for _one, points in parts[_NAMED:]):+d}".replace("-", "−").replace("+0", "±0")
    return _(", ").join([*said[:_NAMED], phrase("rest", "points", n=len(said) - _NAMED, points=rest)])


def tabulate_judged(judged: pd.DataFrame) -> Table | Prose:
    """Did leads of a higher tier become opportunities more often?"""
    return tabulate("judged", judged[judged["tier"].ne("")])


def tabulate_fields(targets: Targets) -> Table | Prose:
    """Which field is to be filled first?"""
    return tabulate("fields", targets.fields[targets.fields["unknown"] > 0])


def tabulate_plan(plan: pd.DataFrame, personas: list[dict[str, Any]], called: pd.Series) -> Table | Prose:
    """Who matters in each company, what happened there, and what comes next? By role; names are in private files."""
    roles = {str(one["id"]): name_persona(one) for one in personas}
    rows = plan.head(_SHOWN)
    for column in ("personas", "active"):
        said = [", ".join(roles.get(one, one) for one in ids.split(", ") if one) for ids in rows[column]]
        rows = rows.assign(**{column: said})
    return tabulate("plan", rows, account=called)


def tabulate_winners(winners: pd.DataFrame, called: pd.Series) -> Table | Prose:
    """Which customers came out well although they are outside?"""
    return tabulate("outside_winners", winners.head(_SHOWN), account=called, n=len(winners))


def tabulate_lookalikes(alike: pd.DataFrame, called: pd.Series) -> Table | Prose:
    """Whom do the first of the list resemble: of those that came out well, and of those that did not?"""
    names_of = {column: [_(", ").join(called.get(one, one) for one in ids.split(", ")) for ids in alike[column]]
                for column in ("best", "failures")}
    nearer = alike["best_distance"] < alike["failure_distance"]
    return tabulate("lookalikes", alike.assign(**names_of, nearer=nearer), account=called)


def tabulate_matrix(said: dict[str, Any]) -> Table | Prose:
    """Which persona is told what, before anybody is a lead? `said` is in words, as `word_icp` gives it."""
    fields = {"content": "pains", "leadership": "goals", "awareness": "channels", "education": "objections"}
    rows = [{"persona": one["name"]} | {
        kind: _("; ").join(map(str, one[field][:2])) or phrase("gap", kind) for kind, field in fields.items()}
        for one in said.get("personas") or []]
    return tabulate("matrix", pd.DataFrame(rows))
