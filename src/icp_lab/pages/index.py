"""The way into a report: the profile in a sentence, the search box, what each step found, the checklist."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from icp_lab.locale import _
from icp_lab.methods.document import Standing
from icp_lab.pages.render import embed_json, render_whole, show_way
from icp_lab.process import BY_NAME, STEPS, Item
from icp_lab.rule import Rule
from icp_lab.tables import GIVEN_IN
from icp_lab.views import backtest, document, standings
from icp_lab.views.table import Table, say_value
from icp_lab.views.words import join, name, names, tell

# Most companies that the search box holds: the way in is to open at once, anywhere.
SEARCHED = 2_000


@dataclass(frozen=True)
class StepFacts:
    """Tell how a notebook of this report ended, and what it said.

    Parameters
    ----------
    name : str
        The notebook.
    title : str
        What an analyst's own notebook is called; the house's are called as the process calls them.
    state : str
        Text `done`, `failed` or `not_run`.
    words : str, default ''
        Why it failed or was not run.
    headlines : tuple of str, default ()
        Its answer, in sentences.
    answers : Mapping of str to Mapping of str to object
        By sub-item: `state` (answered, waiting or not_applicable), `tables` that are missing, `why` it does not apply.

    Examples
    --------
    >>> failed = StepFacts("04_negative_cases", "", "failed", "There is no table of deals.")
    >>> "There is no table of deals." in render_index(SiteFacts("Demo", "As of 2026-06-30", (failed,)))
    True
    """

    name: str
    title: str
    state: str
    words: str = ""
    headlines: tuple[str, ...] = ()
    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class SiteFacts:
    """Gather what the index shows.

    Parameters
    ----------
    study : str
        Name of the study.
    facts : str
        A line on what it is: day, currency.
    steps : tuple of StepFacts
        The notebooks of the report in their order.
    tables : tuple of Table, default ()
        Tables on the provenance of the report.
    versions : tuple of tuple of str, default ()
        Pairs of a name and its version.
    files : tuple of tuple of str, default ()
        File, title and words of what lies beside the index.
    icp : dict of str to object or None, default None
        The definition; None when the last step did not finish.
    standing : Standing or None, default None
        Who stands where; None as for `icp`.
    companies : DataFrame or None, default None
        What the search box finds, accounts and leads that are none yet: id, name, kind, fit; points and tier where they
        were scored.
    attributes : DataFrame or None, default None
        What is known of them, indexed by id, with a column an attribute of the criteria.
    validation : Mapping of str to object
        The artifact: whether the promise was kept; empty when its step did not finish.
    unmade : tuple of str, default ()
        What could not be made though the steps finished, in sentences.

    Examples
    --------
    >>> done = StepFacts("01_customer_base", "", "done", headlines=("**420** customers.",))
    >>> page = render_index(SiteFacts("Demo", "As of 2026-06-30", (done,), unmade=("The slides could not be made.",)))
    >>> "<strong>420</strong> customers." in page, "The slides could not be made." in page
    (True, True)
    """

    study: str
    facts: str
    steps: tuple[StepFacts, ...]
    tables: tuple[Table, ...] = ()
    versions: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str, str], ...] = ()
    icp: dict[str, Any] | None = None
    standing: Standing | None = None
    companies: pd.DataFrame | None = None
    attributes: pd.DataFrame | None = None
    validation: Mapping[str, Any] = field(default_factory=dict)
    unmade: tuple[str, ...] = ()


def render_index(facts: SiteFacts) -> str:
    """Write the way into a report as a page.

    Parameters
    ----------
    facts : SiteFacts
        What it shows, in the language in force.

    Returns
    -------
    str
        A complete HTML document that loads nothing; the search box holds the first 2,000 companies.

    Examples
    --------
    >>> waits = {"1b": {"state": "waiting", "tables": ["usage"], "why": ""}}
    >>> page = render_index(SiteFacts("R & D", "", (StepFacts("01_customer_base", "", "done", answers=waits),)))
    >>> "<title>Ideal Customer Profile · R &amp; D</title>" in page, "waiting for: usage (templates/usage.csv)" in page
    (True, True)
    """
    own = {step.name: step.title for step in facts.steps if step.name not in BY_NAME}
    checklist = [(stage, [_show_item(item, facts.steps) for item in stage.items]) for stage in STEPS]
    return render_whole(
        "site.html.j2", _("Ideal Customer Profile"), facts.study, facts=facts, declared=BY_NAME,
        process=show_way([step.name for step in facts.steps], own=own), search=_show_search(facts),
        checklist=checklist, counts=Counter(item["state"] for _stage, items in checklist for item in items),
        view=document, standings=standings, later=backtest, name=name, tell=tell, join=join)


def _show_item(item: Item, steps: Iterable[StepFacts]) -> dict[str, Any]:
    """Say of a sub-item whether it is answered, and where; else what it waits for."""
    shown = {"id": item.id, "title": _(item.title)}
    for step in steps:
        if item.id in step.answers:
            answer = step.answers[item.id]
            state = {"waiting": "waiting-for", "not_applicable": "not-applicable"}.get(answer["state"], "answered")
            wanted = answer["tables"]
            place = next((GIVEN_IN[one] for one in wanted if one in GIVEN_IN), f"templates/{''.join(wanted[:1])}.csv")
            return {**shown, **answer, "state": state, "place": place, "href": f"{step.name}.html#item-{item.id}"}
    culprit = next((step.state for step in steps if step.name == item.notebook), "done")
    return {**shown, "state": "absent" if culprit == "done" else culprit}


def _show_search(facts: SiteFacts) -> dict[str, Any] | None:
    """Put into the page what the search box answers from."""
    if not facts.icp or facts.companies is None or facts.attributes is None:
        return None
    rows = facts.companies.head(SEARCHED)
    data = {
        "accounts": _list_companies(rows, facts.icp, facts.attributes.reindex(rows["id"])),
        "criteria": [criterion.words() for criterion in Rule.from_profile(facts.icp).criteria],
        "fits": names("fit"), "marks": {"in": "●", "out": "◇", "unknown": "○"},
        "statuses": names("status") | {"lead": name("target_kind", "lead")},
        "answers": {"y": _("met"), "n": _("failed"), "?": _("unknown, no value")},
        "scored": _("{points} points, tier {tier}"),
        "none": _("No account and no open lead matches."), "some": _("{n} companies match."),
        "many": _("{n} companies match; type more of the name.")}
    return {"data": embed_json(data), "shown": len(rows), "all": len(facts.companies)}


def _list_companies(rows: pd.DataFrame, icp: dict[str, Any], known: pd.DataFrame) -> list[list[Any]]:
    checked = Rule.from_profile(icp).check(known)
    letters = checked.astype("object").where(checked.notna(), "?").replace({True: "y", False: "n"})
    answers = ["".join(row) for row in letters.to_numpy(dtype=str)]
    values = known[[criterion.attribute for criterion in Rule.from_profile(icp).criteria]].map(say_value)
    called = rows.assign(name=rows["name"].fillna(rows["id"]))
    told = called.reindex(columns=["id", "name", "kind", "fit", "points", "tier"]).astype("object")
    columns = *told.where(told.notna(), "").to_numpy(object).T, answers, values.to_numpy(object).tolist()
    return [list(row) for row in zip(*columns, strict=True)]
