"""The report as a whole: its index, and definition, printable document and workbook, all made from the artifacts."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from icp_lab.artifacts.manifest import folder_of, read_manifest, read_page_facts, write_text
from icp_lab.artifacts.place import WORK
from icp_lab.errors import LabError, utter
from icp_lab.icp.versions import read_adopted
from icp_lab.locale import _, in_language, say_date
from icp_lab.methods import adoption, document, redaction, targeting
from icp_lab.pages.index import SiteFacts, StepFacts, render_index
from icp_lab.process import BY_NAME, WRITER
from icp_lab.process.left import find_artifact
from icp_lab.publish.dashboard import list_companies
from icp_lab.publish.products import PRODUCTS, Product, Publication
from icp_lab.report.plan import Plan, say_maker
from icp_lab.report.run import RECORD, Run
from icp_lab.rule import Rule
from icp_lab.views.personas import word_icp
from icp_lab.views.picture import About
from icp_lab.views.privacy import set_hidden
from icp_lab.views.table import Table
from icp_lab.views.words import lay_out


def announce_run(plan: Plan) -> None:
    """Say on the index of the run before that it is being made anew: these words stay where a run is killed.

    Parameters
    ----------
    plan : Plan
        The report; where it has no index yet, or says so already, nothing is written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from icp_lab.study import open_study
    >>> with TemporaryDirectory() as folder:
    ...     index = Path(folder) / "index.html"
    ...     _ = index.write_text("<h1>Demo</h1>")
    ...     announce_run(Plan(open_study("data/demo"), Path(folder), "en", {}))
    ...     print(index.read_text())
    <div class="trouble" role="alert"><p>A run of this report is under way, or was stopped before its end: ...</p></div>
    <h1>Demo</h1>
    """
    index = plan.out / "index.html"
    with in_language(plan.language):
        words = str(utter("run.run_unfinished"))
    if index.is_file() and words not in (text := index.read_text(encoding="utf-8", errors="replace")):
        write_text(index, text.replace("<h1>", f'<div class="trouble" role="alert"><p>{words}</p></div>\n<h1>', 1))


def publish_site(plan: Plan, run: Run) -> dict[str, str]:
    """Publish the steps of a report as one thing to read.

    Writes index.html, and the products when the last step has finished; each appears whole or not at all. Where the
    last step did not finish, nothing of them is left from an earlier run.

    Parameters
    ----------
    plan : Plan
        The report.
    run : Run
        How its steps ended.

    Returns
    -------
    dict of str to str
        What could not be made, by what the index links to, and why in words: the index says it too, and the next run
        tries again.

    Examples
    --------
    >>> [product.href for product in PRODUCTS][:3]  # by such keys it says what could not be made
    ['icp.html', 'icp.pdf', 'icp_brief.md']
    """
    set_hidden(lambda text: redaction.redact(text, plan.study.people))
    with in_language(plan.language):
        ended, publication, unmade = run.steps.get(WRITER["icp"]), None, dict[str, str]()
        try:
            publication = None if ended and ended.state in ("failed", "skipped") else _describe_publication(plan)
        except LabError as error:  # a version that the study keeps was edited and is none any more
            unmade = {"icp.yml": str(error)}
        for product in PRODUCTS:
            unmade |= _put_product(product, publication, plan.out)
        page = render_index(_describe_site(plan, replace(run, unmade=unmade), publication))
        write_text(plan.out / "index.html", page)
        return unmade


def _put_product(product: Product, publication: Publication | None, out: Path) -> dict[str, str]:
    """Make a product, or leave none; one that fails keeps no other from being made."""
    try:
        if publication:
            product.put(publication, out, out / WORK / "published")
            return {}
    except OSError:  # no room, no rights: the others would fare no better
        raise
    except Exception as error:
        product.drop(out)
        fault = utter("run.product_unmade", product=_(product.title), kind=type(error).__name__, words=error)
        return {product.href: str(fault)}
    product.drop(out)
    return {}


def _describe_publication(plan: Plan) -> Publication | None:
    """Gather what products are made from; None where a step that they need has not finished."""
    study, find = plan.study, partial(find_artifact, plan.out)
    icp, *parts = map(find, ("icp", "customers", "success", "cases", "agreed_coverage"))
    if icp is None or any(part is None for part in parts):
        return None
    standing, accounts = document.place_accounts(*parts), study.candidates().frame
    if study.privacy.get("companies") == "pseudonyms":
        standing.frame["name"] = standing.frame["account_id"]
    said = word_icp({**icp, "language": plan.language}, study.codebook(plan.language))
    taken = {name: f"{name}_of_account" for name in accounts.columns if name in standing.frame}
    rows = standing.frame.join(accounts.rename(columns=taken), on="account_id")
    called = targeting.name_companies(study.table("accounts"), study.table("leads"), study.privacy)
    return Publication(said, standing, rows, About(study.as_of, study.currency, study.name), find, study.table, called,
                       study.brand, read_adopted(study.folder))


def _describe_site(plan: Plan, run: Run, given: Publication | None) -> SiteFacts:
    words = _("As of {date}, in {currency}").format(date=say_date(plan.study.as_of), currency=_(plan.study.currency))
    files = [(product.href, _(product.title), _(product.about)) for product in PRODUCTS
             if (plan.out / product.places[0]).exists()]
    shown: dict[str, Any] = {} if given is None else {
        "icp": given.icp, "standing": given.standing, **_find_companies(given),
        "validation": given.find("validation") or {}}
    return SiteFacts(
        study=plan.study.name, facts=words, steps=tuple(_describe_step(plan, run, name) for name in sorted(plan.tasks)),
        tables=tuple(_tabulate_provenance(plan, run)), files=tuple(files),
        versions=(say_maker(), (_("Details"), RECORD)), unmade=tuple(run.unmade.values()), **shown)


def _find_companies(given: Publication) -> dict[str, pd.DataFrame]:
    """List who can be searched for, those of most points first, with the attributes that the rule asks about."""
    rule, leads = Rule.from_profile(given.icp), given.table("leads")
    companies = list_companies(given, adoption.cover_everybody(given.attributes, leads, rule))
    asked = [column for column in rule.attributes if column in given.attributes]
    known = pd.concat([given.attributes[asked], leads.set_index("lead_id").reindex(columns=asked)])
    return {"companies": companies, "attributes": known[~known.index.duplicated()].astype("object")}


def _describe_step(plan: Plan, run: Run, name: str) -> StepFacts:
    """Say how a step ended: in this run, or, where this run left it alone, by what lies there."""
    folder, end = folder_of(plan.out, name), run.steps.get(name)
    title = _(BY_NAME[name].title) if name in BY_NAME else plan.tasks[name].file.title
    if end is not None and end.state in ("failed", "skipped"):
        return StepFacts(name, title, "failed" if end.state == "failed" else "not_run", end.cause)
    if read_manifest(folder) is None:
        return StepFacts(name, title, "not_run", _("It has not been run yet."))
    facts = read_page_facts(folder)
    return StepFacts(name, title, "done", "", tuple(facts.get("headlines", ())), facts.get("answers", {}))


def _tabulate_provenance(plan: Plan, run: Run) -> list[Table]:
    tables = [lay_out("rows_read", plan.study.intake().tables)]
    manifests = {name: read_manifest(folder_of(plan.out, name)) for name in plan.tasks}
    done = {name for name, end in run.steps.items() if end.state == "done"}
    rows = [(_(BY_NAME[name].title) if name in BY_NAME else name, manifest.timings.get("seconds"), name in done)
            for name, manifest in manifests.items() if manifest is not None]
    if rows:
        frame = pd.DataFrame(rows, columns=["step", "seconds", "now"]).astype({"seconds": "float64"})
        tables.append(lay_out("durations", frame))
    return tables
