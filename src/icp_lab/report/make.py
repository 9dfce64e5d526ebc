"""A report from start to end, what a run leaves on record, and which steps are fresh."""

import json
import platform
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from errno import ENOSPC
from pathlib import Path
from typing import Any

from icp_lab.artifacts.manifest import (
    digest_file,
    digest_text,
    folder_of,
    read_manifest,
    read_page_facts,
    read_sealed,
    write_sealed,
)
from icp_lab.artifacts.place import WORK, hold
from icp_lab.errors import LabError, utter
from icp_lab.locale import _, in_language, set_language
from icp_lab.process.sources import LIBRARIES, digest_code, library_version
from icp_lab.publish.products import PRODUCTS, list_published
from icp_lab.report.plan import Plan, StepEnd, make_plan, pick_tasks
from icp_lab.report.run import RECORD, Run, run_steps
from icp_lab.study import Study, open_study


@dataclass(frozen=True)
class Wish:
    """Say what a run is asked for.

    Parameters
    ----------
    settings : Sequence of str, default ()
        `STEP.NAME=VALUE` each.
    only : str, default ''
        One step, with those that it needs; empty for all.
    language : str, default ''
        Language of the pages; the study's own when empty.
    jobs : int, default 2
        How many notebooks run at a time.
    notebooks : Path or None, default None
        Folder of the house's notebooks; the package's own unless told.
    minutes : float, default 120
        How long a notebook may take before it is stopped.

    Examples
    --------
    >>> Wish(settings=("02_best_customers.top_share=0.3",), only="02_best_customers").minutes
    120
    """

    settings: Sequence[str] = field(default=())
    only: str = ""
    language: str = ""
    jobs: int = 2
    notebooks: Path | None = None
    minutes: float = Plan.minutes


def choose_out(study: Path, out: Path | None) -> Path:
    """Choose where the report of a study goes.

    Parameters
    ----------
    study : Path
        Folder of the study, or its study.yml.
    out : Path or None
        Where it is told to go; None: `reports/<name of the study's folder>` in the working directory.

    Returns
    -------
    Path
        The whole path; nothing has to be there.

    Examples
    --------
    >>> choose_out(Path("data/demo/study.yml"), None).relative_to(Path.cwd()).as_posix()
    'reports/demo'
    """
    folder = study.resolve()
    name = folder.parent.name if folder.suffix in (".yml", ".yaml") else folder.name
    return (out or Path("reports") / name).resolve()


def plan_report(study: Study, out: Path, wish: Wish) -> Plan:
    """Plan what the report consists of; every parameter is checked here, before anything runs.

    The language of the report is in force from here on.

    Parameters
    ----------
    study : Study
        The study.
    out : Path
        Folder of the report.
    wish : Wish
        Parameters, language, notebooks, and minutes for each.

    Returns
    -------
    Plan
        All notebooks, whatever the wish has in `only`.

    Raises
    ------
    LabError
        When a parameter does not fit, or two notebooks have one name.

    Examples
    --------
    >>> study = open_study(Path("data/demo"))
    >>> plan = plan_report(study, Path("reports/demo"), Wish(settings=("02_best_customers.top_share=0.3",)))
    >>> plan.tasks["02_best_customers"].changed
    {'top_share': 0.3}
    """
    set_language(language := wish.language or study.language)
    return replace(make_plan(study, out, language, wish.settings, wish.notebooks), minutes=wish.minutes)


def make_report(path: Path, out: Path, wish: Wish) -> Run:
    """Make a report of a study: run what has changed, then everything that is made of the results.

    Parameters
    ----------
    path : Path
        The study's folder, or its study.yml.
    out : Path
        Folder of the report.
    wish : Wish
        Parameters, language, and how much of it.

    Returns
    -------
    Run
        How each step ended. Where nothing had changed nothing ran, and no file was touched.

    Raises
    ------
    LabError
        When the study or a parameter is not as it has to be, another run is writing to the folder, or the disk is full.

    Examples
    --------
    >>> make_report(Path("data/demo"), Path("data/demo").resolve(), Wish())
    Traceback (most recent call last):
        ...
    icp_lab.errors.base.LabError: The report cannot go into the study's own folder: ...
    """
    study = open_study(path)
    if out == study.folder.resolve():
        raise utter("run.out_is_study", out=out)
    plan = plan_report(study, out, wish)
    tasks = pick_tasks(plan.tasks, wish.only) if wish.only else plan.tasks
    site = read_record(plan.out).get("site")
    if all(plan.assess(name).state == "fresh" for name in tasks) and site == _describe_site(plan):
        return Run({name: StepEnd("fresh") for name in tasks})
    try:
        with hold(out, _("icp-lab report")):
            return _run_and_publish(path, plan, tuple(tasks), wish)
    except OSError as error:
        if error.errno == ENOSPC:
            raise utter("run.disk_full", out=out) from error
        raise


def read_record(out: Path) -> dict[str, Any]:
    """Read what the last run says of itself.

    Parameters
    ----------
    out : Path
        Folder of the report.

    Returns
    -------
    dict of str to object
        `study`, `language`, `tables`, `steps`, `versions`, `site` and `asked`; empty where there was no run.

    Examples
    --------
    >>> read_record(Path("nowhere"))
    {}
    """
    return read_sealed(out / RECORD)


def _run_and_publish(path: Path, plan: Plan, names: tuple[str, ...], wish: Wish) -> Run:
    # Only here, where something has to run: Jupyter, pandas and DuckDB take seconds to import.
    from icp_lab.report.asking import ask_people  # noqa: PLC0415
    from icp_lab.report.site import announce_run, publish_site  # noqa: PLC0415
    from icp_lab.report.watch import Watch  # noqa: PLC0415
    from icp_lab.study.check import check_study  # noqa: PLC0415

    with in_language(plan.language):
        report = check_study(path, wish.notebooks)
    if not report.ok:
        raise LabError("\n".join(report.problems))
    facts = report.facts
    del report  # with the tables that it read, which may take gigabytes
    former = read_record(plan.out)
    former.pop("site", None)  # until this run has ended, nothing on record says that all is done
    expected = {name: step["seconds"] for name, step in former.get("steps", {}).items() if step.get("seconds")}
    for draft in plan.out.glob(".*.[0-9]*"):  # of a killed run
        draft.unlink()
    announce_run(plan)
    if former:
        write_sealed(plan.out / RECORD, former)
    run = run_steps(plan, {name: plan.tasks[name] for name in names}, Watch(expected), wish.jobs)
    run = replace(run, unmade=publish_site(plan, run))
    asked = ask_people(plan, former.get("asked", {}),
                       lambda asked: write_sealed(plan.out / RECORD, former | {"asked": asked}))
    tables = {fact.table: {"file": fact.file, **fact.numbers, "content": plan.study.fingerprint((fact.table,))}
              for fact in facts}
    write_sealed(plan.out / RECORD, _describe_run(plan, run, former, tables) | {"asked": asked})
    shutil.rmtree(plan.out / WORK, ignore_errors=True)
    return run


def _describe_run(plan: Plan, run: Run, former: dict[str, Any], tables: dict[str, Any]) -> dict[str, Any]:
    study = plan.study
    said = {key: str(getattr(study, key)) for key in ("name", "as_of", "currency", "outcome")}
    versions = {name: library_version(name) for name in ("icp-lab", *LIBRARIES)}
    return {
        "study": {**said, "content": study.fingerprint(study.tables)}, "language": plan.language, "tables": tables,
        "steps": {name: _describe_step(plan, run, name, former) for name in plan.tasks},
        "versions": {"python": platform.python_version(), **versions},
        "site": {} if run.unmade else _describe_site(plan)}


def _describe_step(plan: Plan, run: Run, name: str, former: dict[str, Any]) -> dict[str, Any]:
    """Describe a step by this run, or, where it was not part of it, by what the former run said."""
    before: dict[str, Any] = former.get("steps", {}).get(name, {})
    end, parameters = run.steps.get(name), plan.tasks[name].parameters
    manifest = read_manifest(folder_of(plan.out, name))
    if end is None and manifest is None:
        return before
    said = {
        "state": end.state if end and end.state != "fresh" else before.get("state", "done"),
        "cause": end.cause if end else before.get("cause", ""), "seconds": end.seconds if end else 0.0,
        "parameters": parameters, "seed": parameters.get("seed"), "inputs": {}, "artifacts": {}, "interactive": False}
    if manifest is None:
        return said
    contents = {key: entry.content for key, entry in manifest.artifacts.items()}
    return said | {"seconds": manifest.timings.get("seconds", 0.0), "inputs": manifest.inputs, "artifacts": contents,
                   "interactive": manifest.interactive}


def _describe_site(plan: Plan) -> dict[str, Any]:
    """Say what index, document, definition and workbook were made of, and what they hold."""
    manifests = [read_manifest(folder_of(plan.out, name)) for name in plan.tasks]
    pages = [f"{manifest.compute_key} {manifest.page}" if manifest else "" for manifest in manifests]
    writers = (f"import {product.writer.partition(':')[0]}" for product in PRODUCTS)
    code = digest_code(("from icp_lab.report import asking, site", *writers), showing=True)
    study = (plan.study.fingerprint(plan.study.tables), json.dumps(plan.study.brand, sort_keys=True))
    key = digest_text(plan.language, plan.facts, *study, code, *pages)
    there = [path for path in (plan.out / "index.html", *list_published(plan.out)) if path.is_file()]
    return {"key": key, "files": {str(path.relative_to(plan.out)): digest_file(path) for path in there}}


@dataclass(frozen=True)
class Status:
    """Hold what is known of a step.

    Parameters
    ----------
    name : str
        The step.
    state : str
        `fresh`, `stale`, `failed` or `absent`.
    why : tuple of str
        Why it does not hold, in words; empty where it does, or has never run.
    waiting : tuple of str
        Which tables its open questions wait for.

    Examples
    --------
    >>> Status("02_best_customers", "stale", ("parameters changed",), ("usage",)).words()
    '02_best_customers: stale (parameters changed) [waiting for usage]'
    """

    name: str
    state: str
    why: tuple[str, ...]
    waiting: tuple[str, ...]

    def words(self) -> str:
        """Say it in a line, in the language in force.

        Returns
        -------
        str
            The step, its state, why, and what it waits for, as far as there is any.

        Examples
        --------
        >>> Status("01_customer_base", "absent", (), ()).words()
        '01_customer_base: not run'
        """
        states = {"fresh": _("fresh"), "stale": _("stale"), "failed": _("failed"), "absent": _("not run")}
        why = f" ({'; '.join(self.why)})" if self.why else ""
        waiting = _("waiting for {tables}").format(tables=", ".join(self.waiting))
        return f"{self.name}: {states[self.state]}{why}" + (f" [{waiting}]" if self.waiting else "")


def tell_status(plan: Plan) -> tuple[Status, ...]:
    """Tell which steps hold, which do not and why, and which wait for input.

    Parameters
    ----------
    plan : Plan
        The report, with the parameters that a run would have.

    Returns
    -------
    tuple of Status
        In the order of the run. A step that rests on one that does not hold does not hold either.

    Examples
    --------
    >>> plan = make_plan(open_study(Path("data/demo")), Path("nowhere"), "en")
    >>> first = replace(plan, tasks=pick_tasks(plan.tasks, "01_customer_base"))
    >>> [status.words() for status in tell_status(first)]
    ['01_customer_base: not run']
    """
    failed = {name: step.get("cause", "") for name, step in read_record(plan.out).get("steps", {}).items()
              if step.get("state") == "failed"}
    told: dict[str, Status] = {}
    for name, task in plan.tasks.items():
        assessment = plan.assess(name)
        answers = read_page_facts(folder_of(plan.out, name)).get("answers", {}).values()
        waiting = {table for each in answers if each["state"] == "waiting" for table in each["tables"]}
        broken = [need for need in task.needs if told[need].state != "fresh"]
        state: str = "stale" if assessment.state == "unrendered" else assessment.state
        why = assessment.why
        if state == "absent" and name in failed:
            state, why = "failed", (failed[name],)
        elif state == "fresh" and broken:
            state, why = "stale", (_("rests on {steps}").format(steps=", ".join(broken)),)
        told[name] = Status(name, state, why, tuple(sorted(waiting)))
    return tuple(told.values())
