"""What goes out to people after a run: forms, guides, ballots. What somebody has written into is never written over."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from icp_lab.artifacts.manifest import digest_file
from icp_lab.artifacts.place import WORK
from icp_lab.errors import LabError
from icp_lab.locale import in_language
from icp_lab.publish.forms import write_form
from icp_lab.report.plan import Plan
from icp_lab.study.corrections import FOLDER, Form, read_answers, read_corrections

# Puts files into a folder, each where it is to stand in the report's.
Writer = Callable[[Plan, Path], None]
WRITERS: tuple[Writer, ...] = ()


def ask_people(plan: Plan, former: Mapping[str, str]) -> dict[str, str]:
    """What are people asked, and handed to ask others?

    Parameters
    ----------
    plan
        The report.
    former
        What this gave after the last run: a file that is no longer as it was then has been written into, and stays.

    Returns
    -------
    dict
        The digest of each file, by its place in the report's folder.
    """
    drafts = plan.out / WORK / "asking"
    shutil.rmtree(drafts, ignore_errors=True)
    drafts.mkdir(parents=True)
    with in_language(plan.language):
        _ask_forms(plan)
        for write in WRITERS:
            write(plan, drafts)
    asked = {str(path.relative_to(drafts)): digest_file(path) for path in sorted(drafts.rglob("*")) if path.is_file()}
    for place in sorted({*asked, *former}):
        target = plan.out / place
        if target.is_file() and digest_file(target) != former.get(place):
            continue
        if place in asked:
            target.parent.mkdir(parents=True, exist_ok=True)
            (drafts / place).replace(target)
        else:
            target.unlink(missing_ok=True)
    shutil.rmtree(drafts)
    return asked


def _ask_forms(plan: Plan) -> None:
    """Put the forms of what only people can tell into `to_fill`; answers that stand there already stay."""
    for form, rows in plan.study.questions().items():
        _ask_form(plan, form, rows)


def _ask_form(plan: Plan, form: Form, rows: list[dict[str, str]]) -> None:
    path = plan.out / "to_fill" / FOLDER / f"{form.name}.xlsx"
    try:
        held = read_answers(path, form) if path.exists() else {}
    except LabError:
        return  # somebody is at work on it: collecting it will say what is wrong
    asked = [tuple(row[key] for key in form.keys) for row in rows]
    known = read_corrections(plan.study.folder, form)
    new = {key: answer for key, answer in held.items() if key not in known}
    wanted = [{**row, form.answer: new.pop(key, "")} for key, row in zip(asked, rows, strict=True)]
    wanted += [{**dict(zip(form.keys, key, strict=True)), form.answer: answer} for key, answer in new.items()]
    if wanted:
        write_form(path, form, wanted)
    else:
        path.unlink(missing_ok=True)
