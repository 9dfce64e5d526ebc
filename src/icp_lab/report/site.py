"""The report as a whole: its index, and definition, printable document and workbook, all made from the artifacts."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from icp_lab.artifacts import BY_NAME as ARTIFACT
from icp_lab.artifacts.manifest import folder_of, read_manifest, read_page_facts, write_text
from icp_lab.artifacts.place import WORK
from icp_lab.artifacts.store import read_artifact
from icp_lab.icp.profile import read_adopted
from icp_lab.locale import _, in_language
from icp_lab.methods.document import Standing, place_accounts
from icp_lab.methods.redaction import redact
from icp_lab.methods.targeting import name_companies
from icp_lab.pages.index import SiteFacts, StepFacts, render_index
from icp_lab.process import BY_NAME, WRITER
from icp_lab.process.keys import find_entry
from icp_lab.publish.products import PRODUCTS, Publication
from icp_lab.report.plan import Plan, say_maker
from icp_lab.report.run import RECORD, Run
from icp_lab.views.personas import word_icp
from icp_lab.views.picture import About
from icp_lab.views.privacy import set_hidden
from icp_lab.views.table import Table
from icp_lab.views.words import lay_out


@dataclass(frozen=True)
class _Definition:
    """What the last step left, with what is needed to show it."""

    icp: dict[str, Any]
    standing: Standing
    accounts: pd.DataFrame
    validation: dict[str, Any]


def publish_site(plan: Plan, run: Run) -> None:
    """How do the steps of a report become one thing to read?

    Writes index.html, and the products when the last step has finished; each appears whole or not at all. Where the
    last step did not finish, nothing of them is left from an earlier run.

    Parameters
    ----------
    plan
        The report.
    run
        How its steps ended.
    """
    set_hidden(lambda text: redact(text, plan.study.people))
    with in_language(plan.language):
        definition = _read_definition(plan)
        publication = _describe_publication(plan, definition) if definition else None
        for product in PRODUCTS:
            if publication:
                product.put(publication, plan.out, plan.out / WORK / "published")
            else:
                product.drop(plan.out)
        write_text(plan.out / "index.html", render_index(_describe_site(plan, run, definition)))


def _find_artifact(plan: Plan, name: str) -> Any:
    there = find_entry(plan.out, name)
    return read_artifact(folder_of(plan.out, WRITER[name]), ARTIFACT[name]) if there else None


def _read_definition(plan: Plan) -> _Definition | None:
    names = ("icp", "validation", "customers", "success", "cases", "agreed_coverage")
    icp, validation, *parts = (_find_artifact(plan, name) for name in names)
    if icp is None or any(part is None for part in parts):
        return None
    standing = place_accounts(*parts)
    if plan.study.privacy.get("companies") == "pseudonyms":
        standing.frame["name"] = standing.frame["account_id"]
    return _Definition(icp, standing, plan.study.candidates().frame, validation or {})


def _describe_publication(plan: Plan, definition: _Definition) -> Publication:
    icp = word_icp({**definition.icp, "language": plan.language}, plan.study.codebook(plan.language))
    frame = definition.standing.frame
    taken = {name: f"{name}_of_account" for name in definition.accounts.columns if name in frame.columns}
    rows = frame.join(definition.accounts.rename(columns=taken), on="account_id")
    about = About(plan.study.as_of, plan.study.currency, plan.study.name)
    called = name_companies(plan.study.table("accounts"), plan.study.table("leads"), plan.study.privacy)
    return Publication(icp, definition.standing, rows, about, partial(_find_artifact, plan), plan.study.table, called,
                       plan.study.brand, read_adopted(plan.study.folder))


def _describe_site(plan: Plan, run: Run, definition: _Definition | None) -> SiteFacts:
    words = _("As of {date}, in {currency}").format(date=plan.study.as_of, currency=_(plan.study.currency))
    files = [(product.href, _(product.title), _(product.about)) for product in PRODUCTS
             if (plan.out / product.places[0]).exists()]
    shown = (definition.icp, definition.standing, definition.accounts) if definition else (None, None, None)
    return SiteFacts(
        study=plan.study.name, facts=words, steps=tuple(_describe_step(plan, run, name) for name in sorted(plan.tasks)),
        tables=tuple(_tabulate_provenance(plan, run)), files=tuple(files),
        versions=(say_maker(), (_("Details"), RECORD)), icp=shown[0], standing=shown[1], accounts=shown[2],
        validation=definition.validation if definition else {})


def _describe_step(plan: Plan, run: Run, name: str) -> StepFacts:
    """Say how a step ended: in this run, or, where this run left it alone, by what lies there."""
    folder = folder_of(plan.out, name)
    task, end = plan.tasks[name], run.steps.get(name)
    title = _(BY_NAME[name].title) if name in BY_NAME else task.file.title
    if end is not None and end.state in ("failed", "skipped"):
        return StepFacts(name, title, "failed" if end.state == "failed" else "not_run", end.cause)
    if read_manifest(folder) is None:
        return StepFacts(name, title, "not_run", _("It has not been run yet."))
    facts = read_page_facts(folder)
    return StepFacts(name, title, "done", "", tuple(facts.get("headlines", ())), facts.get("answers", {}))


def _tabulate_provenance(plan: Plan, run: Run) -> list[Table]:
    read = plan.study.intake().tables
    tables = [lay_out("rows_read", read)]
    manifests = {name: read_manifest(folder_of(plan.out, name)) for name in plan.tasks}
    done = {name for name, end in run.steps.items() if end.state == "done"}
    rows = [(_(BY_NAME[name].title) if name in BY_NAME else name, manifest.timings.get("seconds"), name in done)
            for name, manifest in manifests.items() if manifest is not None]
    if rows:
        frame = pd.DataFrame(rows, columns=["step", "seconds", "now"]).astype({"seconds": "float64"})
        tables.append(lay_out("durations", frame))
    return tables
