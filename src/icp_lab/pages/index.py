"""The way into a report: the profile in a sentence, the search box, what each step found, the checklist."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from icp_lab.locale import _
from icp_lab.methods.document import Standing, check_accounts
from icp_lab.pages.render import render_bold, render_table
from icp_lab.pages.shell import describe_shell, embed_json, read_part, render_template, show_way
from icp_lab.process import BY_NAME, STEPS, Item
from icp_lab.rule import Criterion, Rule
from icp_lab.views.document import say_verdict, tell_counts, tell_lead, tell_next_step, tell_settling
from icp_lab.views.prose import join, tell
from icp_lab.views.table import Table, say_value
from icp_lab.views.words import name, names

SEARCHED = 50_000
"""Most accounts that the search box holds: a page of some megabytes still opens at once."""


@dataclass(frozen=True)
class StepFacts:
    """How did a notebook of this report end, and what did it say?

    Parameters
    ----------
    name, title
        The notebook.
    state
        `done`, `failed` or `not_run`.
    words
        Why it failed or was not run.
    headlines
        Its answer, in sentences.
    answers
        Sub-item -> `{"state": answered | waiting | not_applicable, "tables": [...], "why": ...}`.
    """

    name: str
    title: str
    state: str
    words: str = ""
    headlines: tuple[str, ...] = ()
    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class SiteFacts:
    """What does the index show?

    Parameters
    ----------
    study, facts
        Name of the study; a line on what it is (day, currency).
    steps
        The notebooks of the report in their order.
    tables
        Tables on the provenance of the report.
    versions
        (name, value) pairs.
    files
        (file, title, words) of what lies beside the index.
    icp, standing, accounts
        The definition, who stands where, and the accounts (indexed by account_id) with the attributes of the
        criteria; None when the last step did not finish.
    """

    study: str
    facts: str
    steps: tuple[StepFacts, ...]
    tables: tuple[Table, ...] = ()
    versions: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str, str], ...] = ()
    icp: dict[str, Any] | None = None
    standing: Standing | None = None
    accounts: pd.DataFrame | None = None


def render_index(facts: SiteFacts) -> str:
    """How does the way into a report look?

    Parameters
    ----------
    facts
        What it shows, in the language in force.

    Returns
    -------
    str
        A complete HTML document that loads nothing.
    """
    pages = [step.name for step in facts.steps]
    own = {step.name: step.title for step in facts.steps if step.name not in BY_NAME}
    site = {
        "process": show_way(pages, own=own), "facts": facts.facts, "steps": list(_show_steps(facts.steps)),
        "trouble": [(step.title, f"{step.name}.html", step.words) for step in facts.steps if step.state == "failed"],
        "icp": _show_icp(facts), "checklist": list(_show_checklist(facts.steps)),
        "checklist_words": _count_items(facts.steps), "tables": [render_table(table) for table in facts.tables],
        "versions": facts.versions, **_show_search(facts),
        "files": [{"href": href, "title": title, "words": words} for href, title, words in facts.files],
    }
    return render_template("site.html.j2", site=site, shell=describe_shell(_("Ideal Customer Profile"), facts.study))


def _show_icp(facts: SiteFacts) -> dict[str, Any] | None:
    if facts.icp is None or facts.standing is None:
        return None
    claimed = bool(facts.icp.get("criteria"))
    return {
        "definition": render_bold(tell_lead(facts.icp)), "verdict": facts.icp["verdict"],
        "verdict_word": say_verdict(facts.icp),
        "evidence": render_bold(tell_counts(facts.icp, facts.standing)),
        "settling": render_bold("" if claimed else tell_settling(facts.icp, facts.standing)),
        "next": render_bold(tell_next_step(facts.icp)),
    }


def _show_steps(steps: Iterable[StepFacts]) -> Iterable[dict[str, Any]]:
    for step in steps:
        known = BY_NAME.get(step.name)
        yield {
            "number": known.step if known else "+", "title": _(known.title) if known else step.title,
            "href": f"{step.name}.html", "state": step.state, "words": step.words,
            "headlines": [render_bold(headline) for headline in step.headlines],
        }


def _show_checklist(steps: Iterable[StepFacts]) -> Iterable[dict[str, Any]]:
    known = {step.name: step for step in steps}
    said = {item: (step, answer) for step in known.values() for item, answer in step.answers.items()}
    for stage in STEPS:
        items = [_show_item(item, known, said) for item in stage.items]
        yield {"number": stage.number, "title": _(stage.title), "items_": items}


def _show_item(
    item: Item, steps: Mapping[str, StepFacts], said: Mapping[str, tuple[StepFacts, Mapping[str, Any]]]
) -> dict[str, str]:
    """Say of a sub-item whether it is answered, and where; else what it waits for."""
    shown = {"id": item.id, "title": _(item.title), "href": "", "words": ""}
    if item.id in said:
        step, answer = said[item.id]
        state = {"waiting": "waiting-for", "not_applicable": "not-applicable"}.get(answer["state"], "answered")
        tables = ", ".join(answer.get("tables", ()))
        words = {
            "answered": tell(_("would gain from: {tables}"), tables=tables) if tables else "",
            "waiting-for": tell(_("waiting for: {tables} (templates/{first}.csv)"), tables=tables,
                                first=tables.split(",", maxsplit=1)[0]),
            "not-applicable": str(answer.get("why", "")),
        }[state]
        shown |= {"href": f"{step.name}.html#item-{item.id}", "words": words}
    else:
        culprit = steps.get(item.notebook)
        state = culprit.state if culprit is not None and culprit.state != "done" else "absent"
    return {**shown, "state": state, "word": name("item_state", state)}


def _count_items(steps: Iterable[StepFacts]) -> str:
    states = [item["state"] for stage in _show_checklist(steps) for item in stage["items_"]]
    sentence = _("Of the {n} points of the process, {answered} are answered here, {waiting} wait for data, "
                 "{absent} are not in this version.")
    return tell(sentence, n=len(states), answered=states.count("answered"), waiting=states.count("waiting-for"),
                absent=states.count("absent"))


def _show_search(facts: SiteFacts) -> dict[str, Any]:
    """Put into the page what the search box answers from."""
    if facts.icp is None or facts.standing is None or facts.accounts is None:
        return {"search": None}
    rows = facts.standing.frame.head(SEARCHED)
    words = _("Type the name of an account: is it in the profile, outside, or unknown, and why?")
    if not facts.icp.get("criteria"):
        words = _("Nothing is claimed, so accounts are held against the working hypothesis: in, outside, or unknown?")
    if len(facts.standing.frame) > SEARCHED:
        more = _("The box holds the first {n} of {all} accounts; icp.xlsx holds them all.")
        words = join(words, tell(more, n=SEARCHED, all=len(facts.standing.frame)))
    criteria = list(Rule.from_profile(facts.icp).criteria)
    data = {
        "accounts": _list_accounts(rows, facts.icp, facts.accounts, criteria),
        "criteria": [criterion.words() for criterion in criteria],
        "fits": names("fit"), "marks": {"in": "●", "out": "◇", "unknown": "○"}, "statuses": names("status"),
        "answers": {"y": _("met"), "n": _("failed"), "?": _("unknown, no value")},
        "none": _("No account matches."), "some": _("{n} accounts match."),
        "many": _("{n} accounts match; type more of the name."),
    }
    return {"search": embed_json(data), "search_words": words, "search_script": read_part("search.js")}


def _list_accounts(
    rows: pd.DataFrame, icp: dict[str, Any], accounts: pd.DataFrame, criteria: list[Criterion]
) -> list[list[Any]]:
    known = accounts.reindex(rows["account_id"])
    checked = check_accounts(icp, known)
    letters = checked.astype("object").where(checked.notna(), "?").replace({True: "y", False: "n"})
    answers = ["".join(row) for row in letters.to_numpy(dtype=str)] if criteria else [""] * len(rows)
    values = [[say_value(value) for value in known[criterion.attribute]] for criterion in criteria]
    shown = list(map(list, zip(*values, strict=True))) if criteria else [[]] * len(rows)
    called = rows["name"].fillna(rows["account_id"])
    columns = rows["account_id"], called, rows["status"], rows["fit"], answers, shown
    return [list(row) for row in zip(*columns, strict=True)]
