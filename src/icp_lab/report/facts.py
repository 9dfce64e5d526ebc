"""What a page says beyond its notebook: what it rests on, its parameters, its neighbours."""

import platform
from pathlib import Path

from icp_lab.artifacts.manifest import PAGE_FACTS, read_json
from icp_lab.locale import _, in_language
from icp_lab.locale.prose import parameter_meaning
from icp_lab.pages.notebook import PageFacts
from icp_lab.process.sources import library_version
from icp_lab.report.plan import Plan, Task


def describe_page(plan: Plan, task: Task, trouble: str, staged: Path) -> PageFacts:
    """What does the page of a notebook say besides the notebook?

    Parameters
    ----------
    plan, task
        The report and the notebook.
    trouble
        Why it did not finish; empty if it did.
    staged
        Folder of the step, with what it said of itself.
    """
    with in_language(plan.language):
        rows = read_json(staged / PAGE_FACTS).get("rows", {})
        used = _("{used} rows used, {set_aside} set aside, {made_missing} cells made missing")
        read = [(_("Table {table}").format(table=table), used.format(**counts)) for table, counts in rows.items()]
        parameters = [(each.name, repr(task.parameters[each.name]), _(parameter_meaning(each.meaning)))
                      for each in task.file.parameters]
        return PageFacts(
            name=task.name, language=plan.language, study=plan.study.name, pages=tuple(plan.tasks),
            provenance=((_("Study"), plan.study.name), (_("As of"), str(plan.study.as_of)), *read, say_maker()),
            parameters=tuple(parameters), trouble=trouble,
            own={name: each.file.title for name, each in plan.tasks.items() if each.own})


def say_maker() -> tuple[str, str]:
    """What was a page made with?"""
    return _("Made with"), f"icp-lab {library_version('icp-lab')}, Python {platform.python_version()}"
