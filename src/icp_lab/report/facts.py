"""What a page says beyond its notebook: what it rests on, its parameters, its neighbours."""

import platform
from pathlib import Path

from icp_lab.locale import _, in_language
from icp_lab.locale.prose import parameter_meaning
from icp_lab.pages.notebook import PageFacts
from icp_lab.process.sources import library_version
from icp_lab.report.page_facts import read_page_facts
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
        rows = read_page_facts(staged).get("rows", {})
        return PageFacts(
            name=task.name,
            language=plan.language,
            study=plan.study.name,
            pages=tuple(plan.tasks),
            provenance=(
                (_("Study"), plan.study.name),
                (_("As of"), str(plan.study.as_of)),
                *((_("Table {table}").format(table=table), _say_rows(counts)) for table, counts in rows.items()),
                (_("Made with"), f"icp-lab {library_version('icp-lab')}, Python {platform.python_version()}"),
            ),
            parameters=tuple(
                (parameter.name, repr(task.parameters[parameter.name]), _(parameter_meaning(parameter.meaning)))
                for parameter in task.file.parameters
            ),
            trouble=trouble,
            own={name: each.file.title for name, each in plan.tasks.items() if each.own},
        )


def _say_rows(counts: dict[str, int]) -> str:
    words = _("{used} rows used, {aside} set aside, {missing} cells made missing")
    return words.format(used=counts["used"], aside=counts["set_aside"], missing=counts["made_missing"])
