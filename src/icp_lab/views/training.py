"""What a training session on the profile says and asks: words, tables of the company's own data, and the answers."""

import re
from typing import Any, Literal, NamedTuple

import pandas as pd

from icp_lab.locale import _
from icp_lab.methods.document import Group, Standing
from icp_lab.rule import Rule, name_attribute
from icp_lab.views import document, standings
from icp_lab.views.picture import About, Picture
from icp_lab.views.table import Column, Table, name_attributes, say, say_interval, say_value
from icp_lab.views.targeting import tabulate_matrix
from icp_lab.views.words import begin, join, lay_out, name, names, phrase, say_count

_FIRST = {"prospect": 0, "lost": 1, "customer": 2}  # an exercise asks about those first that nobody has decided on
_SHOWN, _PERSONAS = 7, 4  # rows of a table on a slide; slides of personas
_WHO, _SAID = ("titles", "authority", "channels"), ("pains", "goals", "objections", "message")  # fields of a persona
_SIGNS = ("lapsed", "low_use", "low_satisfaction", "avoided")


class Chart(NamedTuple):
    """Hold bars with intervals, for a slide.

    A bar is its label, its figure and the ends of its interval; the first one is what the chart is about.

    Parameters
    ----------
    title : str
        What the bars measure.
    alt : str
        What they show, for those who cannot see them.
    kind : {'share', 'ratio'}
        How figures are written.
    bars : tuple of tuple
        Label, figure, low end and high end of each bar.

    Examples
    --------
    >>> Chart("Became best customers", "Inside 60 %", "share", (("Inside, 12 of 20", 0.6, 0.4, 0.8),)).bars[0][1]
    0.6
    """

    title: str
    alt: str
    kind: Literal["share", "ratio"]
    bars: tuple[tuple[str, float, float, float], ...]


def tell_training(icp: dict[str, Any], standing: Standing, about: About) -> dict[str, str]:
    """Give what the slides say, by the names that the deck uses.

    Parameters
    ----------
    icp : dict of str to object
        The definition, as in icp.yml, in words.
    standing : Standing
        Where every account stands; its frame carries the attributes of the accounts too.
    about : About
        Day, currency and source.

    Returns
    -------
    dict of str to str
        A text a name; empty where there is nothing to say.

    Examples
    --------
    >>> from datetime import date
    >>> icp = {"criteria": [{"attribute": "employees", "min": 100}], "verdict": "tentative", "outcome": "best",
    ...        "next_review": "2026-09-30", "as_of": "2026-06-30", "evidence": {}}
    >>> frame = pd.DataFrame({"account_id": ["a", "b"], "name": ["Ado", "Bee"], "fit": ["in", "out"],
    ...                       "status": "customer", "best": [True, False], "value": 9.0, "score": 0.5, "churned": False,
    ...                       "met": "", "failed": ["", "employees"], "unknown": "", "employees": [120, 40]})
    >>> counts = pd.DataFrame({"status": ["customer"], "in": [1], "out": [1], "unknown": [0]})
    >>> standing = Standing(frame, counts, Group(12, 20, 0.4, 0.8), Group(5, 50, 0.04, 0.21))
    >>> said = tell_training(icp, standing, About(date(2026, 6, 30), "EUR", "Demo"))
    >>> said["criteria"], said["in_share"], said["held"]
    ('employees at least 100', '60 %', The **1** customers outside the profile hold **50 %** of the customer value on
    record (EUR 9).)
    """
    frame, rule = standing.frame, Rule.from_profile(icp)
    customers = frame[frame["status"] == "customer"]
    outside, worth = customers.loc[customers["fit"] == "out", "value"], customers["value"].sum()
    blank = frame[(frame["fit"] == "unknown") & frame["met"].ne("")].sort_values("account_id")
    asked = {"in": standing.examples_inside(1), "out": standing.examples_outside(1), "unknown": blank}
    quiz = {f"{fit}_{key}": said for fit, rows in asked.items() for key, said in _describe(icp, rows, about).items()}
    open_ = _name_rows(_choose_open(frame)).to_dict("records")
    answers = [phrase("training", "answer", name=row["name"], fit=name("fit", row["fit"]),
                      why=row["failed"] or row["unknown"] or name("training", "met")) for row in open_]
    lift, avoided = (_tell_ratio(one or {}) for one in (icp, icp.get("avoid")))
    held = phrase("training", "held", share=outside.sum() / (worth or 1), n=len(outside),
                  money=say(outside.sum(), "money", about.currency))
    return quiz | {
        "study": about.source, "date": str(about.as_of), "review": icp["next_review"], "lift": document.tell_lift(icp),
        "mark": document.MARKS[icp["verdict"]], "verdict": document.say_verdict(icp),
        "told": document.tell_verdict(icp), "definition": document.tell_definition(icp), "criteria": rule.words(),
        "counts": standings.tell_counts(icp, standing), "outcomes": document.tell_outcomes(icp),
        "further": join(*document.tell_further(icp)), "avoid": document.tell_avoid(icp),
        "next_step": document.tell_next_step(icp), "settling": standings.tell_settling(icp, standing),
        "limits": "\n".join(standings.tell_limits(icp, standing)), "done": name("done", icp.get("outcome") or "best"),
        "customers": say(len(customers), "integer"), "within": say((customers["fit"] == "in").sum(), "integer"),
        "answers": "\n".join(answers), "held": held if worth > 0 else "",
        "n": say(standing.inside.n + standing.outside.n, "integer"), "lift_times": lift[0], "lift_told": lift[1],
        "avoid_times": avoided[0], "avoid_told": avoided[1], **_tell_side("in", standing.inside, icp),
        **_tell_side("out", standing.outside, icp),
        "avoid_rule": Rule.from_dicts(icp["avoid"]["criteria"]).words() if icp.get("avoid") else "",
        "version": phrase("document", "version", version=icp["version"]) if icp.get("version") else ""}


def _tell_ratio(icp: dict[str, Any]) -> tuple[str, str]:
    """Say how many times as often, and of what: as a figure and what stands below it; empty where nobody knows."""
    found = icp.get("evidence") or {}
    if not document.is_number(found.get("lift")):
        return "", ""
    seen = icp.get("basis") == "declared" or "edited" in (icp.get("verdict_reason") or [])
    interval = say_interval(found.get("lift_low"), found.get("lift_high"), "ratio")
    told = (_("as often as all ({interval}), on the cases that shaped it") if seen else
            _("as often as all ({interval}), on cases not seen before"))
    return _("{lift} times").format(lift=say(found["lift"], "ratio")), told.format(interval=interval)


def _tell_side(fit: str, side: Group, icp: dict[str, Any]) -> dict[str, str]:
    """Say how the cases on one side came out: as a figure and what stands below it; empty where there are none."""
    told = phrase("training", fit, count=say_count(side.yes, side.n), ends=(side.low, side.high),
                  done=name("done", icp.get("outcome") or "best")) if side.n else ""
    return {f"{fit}_share": say(side.share, "share") if side.n else "", f"{fit}_told": told}


def list_criteria(icp: dict[str, Any]) -> list[list[tuple[str, str]]]:
    """List the criteria that the slides show, a card each.

    Parameters
    ----------
    icp : dict of str to object
        The definition, as in icp.yml; or its part `avoid`.

    Returns
    -------
    list of list of tuple of str and str
        The lines of each card: what a line is in it (figure, text, small), and its words.

    Examples
    --------
    >>> list_criteria({"criteria": [{"attribute": "employees", "min": 100}]})
    [[('figure', '1'), ('text', '**Employees at least 100**')]]
    """
    stability = (icp.get("evidence") or {}).get("stability") or {}
    return [[("figure", str(n)), ("text", f"**{begin(one.words())}**"),
             *([("small", begin(phrase("document", "again", share=float(stability[one.attribute]))))]
               if one.attribute in stability else [])]
            for n, one in enumerate(Rule.from_profile(icp).criteria, 1)]


def list_people(icp: dict[str, Any]) -> list[dict[str, Any]]:
    """Describe the personas that the slides show.

    Parameters
    ----------
    icp : dict of str to object
        The definition, in words as `word_icp` gives it.

    Returns
    -------
    list of dict
        Of the first four personas the `title`, a card on who it is (`side`), and `cards` on what it said.

    Examples
    --------
    >>> one = dict.fromkeys(names("persona_field"), []) | {"name": "Decider in sales", "pains": ["Many tools (3 of 8)"]}
    >>> list_people({"personas": [one | {"confidence": {"pains": "interview"}}]})
    [{'title': Decider in sales: Many tools, 'side': [[]], 'cards': [[('head', 'Problems · interview'), ('text', 'Many
    tools (3 of 8)')]]}]
    """
    fields, people = names("persona_field"), list[dict[str, Any]]()
    for one in (icp.get("personas") or [])[:_PERSONAS]:
        known = {field: value if isinstance(value := one[field], str) else _("; ").join(value)
                 for field in (*_WHO, *_SAID) if one[field]}
        heads = {field: f"{fields[field]} · {name('confidence', one['confidence'][field])}" for field in known}
        first = re.split(r" ?[(（]", (one["pains"] or one["goals"] or [""])[0])[0]
        people.append({
            "title": phrase("training", "persona", persona=one["name"], said=first) if first else one["name"],
            "side": [[line for field in _WHO if field in known
                      for line in (("head", heads[field]), ("text", known[field]))]],
            "cards": [[("head", heads[field]), ("text", known[field])] for field in _SAID if field in known]})
    return people


def lay_charts(icp: dict[str, Any], standing: Standing, picture: Picture) -> dict[str, list[Chart]]:
    """Lay out the charts that the slides show, by the names that the deck uses.

    Parameters
    ----------
    icp : dict of str to object
        The definition, as in icp.yml.
    standing : Standing
        How the cases on either side came out.
    picture : Picture
        The two sides of the profile on a page; it lends the chart its words.

    Returns
    -------
    dict of str to list of Chart
        The charts `sides` and `lifts`; one that has nothing to draw is missing.

    Examples
    --------
    >>> standing = Standing(pd.DataFrame(), pd.DataFrame(), Group(12, 20, 0.4, 0.8), Group(0, 0, 0.0, 1.0))
    >>> made = lay_charts({"evidence": {}}, standing, Picture("", "Became best customers", "", "Inside 60 %", "", ""))
    >>> list(made), made["sides"][0].bars
    (['sides'], ((Inside
    60 % (40 to 80 %)
    12 of 20, 0.6, 0.4, 0.8),))
    """
    sides = [(label, say_count(one.yes, one.n), (one.share, one.low, one.high))
             for label, one in ((_("Inside"), standing.inside), (_("Outside"), standing.outside)) if one.n]
    lifts = document.list_lifts(icp)
    shown = phrase("training", "lifts")
    made: dict[str, tuple[str, str, Literal["share", "ratio"], Any]] = {
        "sides": (picture.subtitle, picture.alt, "share", sides), "lifts": (shown, shown, "ratio", lifts)}
    return {key: [Chart(title, alt, kind, tuple(
        (phrase("training", "bar", label=label, n=n, figure=say(ends[0], kind),
                ends=say_interval(ends[1], ends[2], kind)),
         *ends) for label, n, ends in rows))] for key, (title, alt, kind, rows) in made.items() if rows}


def lay_training(
    icp: dict[str, Any], standing: Standing, about: About, found: dict[str, Any]) -> dict[str, list[Table]]:
    """Lay out the tables that the slides show, by the names that the deck uses.

    Parameters
    ----------
    icp : dict of str to object
        The definition, in words as `word_icp` gives it.
    standing : Standing
        Where every account stands; its frame carries the attributes of the accounts too.
    about : About
        The currency.
    found : dict of str to object
        The artifacts negatives, scores and score, None where no step has left one.

    Returns
    -------
    dict of str to list of Table
        Each with seven rows at most; one that has nothing to show is missing or empty.

    Examples
    --------
    >>> from datetime import date
    >>> frame = pd.DataFrame({"account_id": ["a", "b"], "name": ["Ado", "Bee"], "fit": ["in", "out"],
    ...                       "status": "customer", "best": [True, False], "value": 9.0, "score": 0.5, "churned": False,
    ...                       "met": "", "failed": ["", "employees"], "unknown": "", "employees": [120, 40]})
    >>> counts = pd.DataFrame({"status": ["customer"], "in": [1], "out": [1], "unknown": [0]})
    >>> standing = Standing(frame, counts, Group(12, 20, 0.4, 0.8), Group(5, 50, 0.04, 0.21))
    >>> icp = {"criteria": [{"attribute": "employees", "min": 100}]}
    >>> found = dict.fromkeys(("negatives", "scores", "score"))
    >>> made = lay_training(icp, standing, About(date(2026, 6, 30), "EUR", "Demo"), found)
    >>> made["train_inside"][0].cells(), made["matrix"]
    ([['Ado', '120', '9']], [])
    """
    frame = standing.frame
    whole = {each for each in frame.select_dtypes("number") if frame[each].dropna().mod(1).eq(0).all()}
    more = tuple(Column(each, begin(name_attribute(each)), "integer" if each in whole else "text")
                 for each in _list_attributes(icp, frame))
    companies = {"train_inside": standing.examples_inside(3), "train_outside": standing.examples_outside(2),
                 "train_open": _choose_open(frame), "train_winners": standing.winners_outside(),
                 "train_lagging": _find_lagging(frame, found["negatives"])}
    tables: dict[str, list[Any]] = {"standing": [standings.tabulate_standing(standing)],
                                    "matrix": [tabulate_matrix(icp)] if icp.get("personas") else []}
    shown = {"train_uses": _list_uses(frame, found), "train_reasons": _count_reasons(frame, found["negatives"])}
    return tables | {key: [lay_out(key, rows.head(_SHOWN), more=more if key in companies else (), n=len(rows),
                                   currency=about.currency)] for key, rows in (shown | companies).items() if len(rows)}


def _describe(icp: dict[str, Any], rows: pd.DataFrame, about: About) -> dict[str, str]:
    """Say of the first of these companies who it is and what is known of it; nothing where there is none."""
    if rows.empty:
        return dict.fromkeys(("name", "values", "value", "failed", "unknown"), "")
    one = _name_rows(rows.head(1)).to_dict("records")[0]
    known = [f"{name_attribute(each)} {said}" for each in _list_attributes(icp, rows) if (said := say_value(one[each]))]
    return {"name": one["name"], "values": _(", ").join(known), "value": say(one["value"], "money", about.currency),
            "failed": begin(one["failed"]), "unknown": one["unknown"]}


def _list_attributes(icp: dict[str, Any], frame: pd.DataFrame) -> list[str]:
    return [each for each in dict.fromkeys(one.attribute for one in Rule.from_profile(icp).criteria) if each in frame]


def _name_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Give companies their names, and in words what they fail and lack."""
    said = {part: rows[part].map(name_attributes) for part in ("failed", "unknown")}
    return rows.assign(name=rows["name"].fillna(rows["account_id"]), **said)


def _choose_open(frame: pd.DataFrame) -> pd.DataFrame:
    """Choose five companies to decide on: two inside, two that fail as little as possible, one unknown; in no order."""
    rows = frame.assign(first=frame["status"].map(_FIRST), fails=frame["failed"].str.count(","))
    rows = rows.sort_values(["first", "fails", "account_id"])
    chosen = [rows[rows["fit"] == fit].head(n) for fit, n in (("in", 2), ("out", 2), ("unknown", 1))]
    return pd.concat(chosen).sort_values("account_id")


def _find_lagging(frame: pd.DataFrame, negatives: pd.DataFrame | None) -> pd.DataFrame:
    """Find customers inside that are not among the best, those with the least success first, with their signs."""
    gone, best = frame["churned"].fillna(False).astype(bool), frame["best"].fillna(True).astype(bool)
    here = frame[(frame["fit"] == "in") & (frame["status"] == "customer") & ~gone & ~best]
    here = here.sort_values(["score", "account_id"])
    known = {} if negatives is None else negatives.set_index("account_id").to_dict("index")
    shown = [[name("sign", sign) for sign in _SIGNS if known.get(each, {}).get(sign)] for each in here["account_id"]]
    return here.assign(signs=[_(", ").join(signs) for signs in shown])


def _count_reasons(frame: pd.DataFrame, negatives: pd.DataFrame | None) -> pd.DataFrame:
    """Count the reasons that accounts gave, on either side of the profile."""
    if negatives is None:
        return frame.head(0)
    rows = negatives[negatives["reason_group"] != "unknown"].merge(frame[["account_id", "fit"]], on="account_id")
    counts = pd.crosstab(rows["reason_group"], rows["fit"]).reindex(columns=["in", "out"], fill_value=0)
    return counts.reset_index().sort_values(["in", "out"], ascending=False)


def _list_uses(frame: pd.DataFrame, found: dict[str, Any]) -> pd.DataFrame:
    """List the tiers and the sides of the profile, with how many companies belong there."""
    rows = [(fit, float("nan"), int((frame["fit"] == fit).sum())) for fit in names("fit")]
    if found["score"] and found["scores"] is not None:
        listed = found["scores"].loc[found["scores"]["listed"].astype(bool), "tier"].tolist()
        tiers = [(one["name"], one["min_fit"], listed.count(one["name"])) for one in found["score"]["tiers"]]
        rows = [tier for tier in tiers if tier[2]] + rows
    return pd.DataFrame(rows, columns=["who", "least", "n"]).assign(use=lambda table: table["who"])
