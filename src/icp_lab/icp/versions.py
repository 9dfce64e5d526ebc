"""Versions of the adopted definition: adopt a run's, go back to a former one, say what changed."""

from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap

from icp_lab.artifacts.manifest import write_text
from icp_lab.errors.base import name_nearest, utter
from icp_lab.icp.profile import ICP, edit_yaml, load_icp
from icp_lab.locale import _
from icp_lab.rule import Criterion

FILE, FORMER = "icp.yml", "icp"


def adopt(study_folder: Path, out: Path, *, by: str, why: str, on: date) -> ICP:
    """Make a run's definition the study's.

    Parameters
    ----------
    study_folder, out
        Folder of the study, and of the run whose icp.yml is adopted.
    by, why, on
        Who, for which reason, and when: kept in the history.

    Returns
    -------
    ICP
        The adopted definition with its new version. The one before lies in `icp/VERSION.yml`, byte for byte.

    Raises
    ------
    LabError
        When the run left no icp.yml, or one of the two is not valid.
    """
    proposed, current = out / FILE, study_folder / FILE
    if not proposed.is_file():
        raise utter("icp.nothing_to_adopt", out=out)
    load_icp(proposed)
    former = load_icp(current) if current.is_file() else None
    version = str(_next_version(study_folder, former))
    history = list((former.data.get("history") or []) if former else [])
    entry: dict[str, Any] = {"version": version, "date": on.isoformat(), "by": by, "why": why}

    def stamp(document: CommentedMap) -> None:
        entry["criteria"] = deepcopy(document.get("criteria") or [])  # not an alias: who edits one edits one
        document["version"] = version
        document["history"] = [*history, entry]

    text = edit_yaml(proposed, stamp)
    _keep(study_folder, former)
    write_text(current, text)
    return load_icp(current)


def rollback(study_folder: Path, version: str) -> ICP:
    """Put a former version back in force, byte for byte; the present one is kept beside it.

    Raises
    ------
    LabError
        When that version is not kept.
    """
    kept = study_folder / FORMER / f"{version}.yml"
    known = [file.stem for file in (study_folder / FORMER).glob("*.yml")]
    if version not in known:
        raise utter("icp.no_such_version", version=version, remedy=name_nearest(version, known))
    text = kept.read_text(encoding="utf-8")
    load_icp(kept)
    current = study_folder / FILE
    _keep(study_folder, load_icp(current) if current.is_file() else None)
    write_text(current, text)
    return load_icp(current)


def _next_version(study_folder: Path, former: ICP | None) -> int:
    names = [file.stem for file in (study_folder / FORMER).glob("*.yml")] + ([former.version] if former else [])
    return max((int(name) for name in names if name.isdigit()), default=0) + 1


def _keep(study_folder: Path, former: ICP | None) -> None:
    """Keep the definition in force under its version (0 without one); one that was edited since has its own name."""
    if former is None:
        return
    text, version, edits = (study_folder / FILE).read_text(encoding="utf-8"), former.version or "0", 0
    kept = study_folder / FORMER / f"{version}.yml"
    while kept.is_file() and kept.read_text(encoding="utf-8") != text:
        edits += 1
        kept = kept.with_name(f"{version}-edited-{edits}.yml")
    write_text(kept, text)


def diff_icps(old: ICP, new: ICP) -> list[str]:
    """What changed in the definition, in words?

    Returns
    -------
    list of str
        A sentence a change; empty when both say the same.
    """
    said = _diff_criteria(old.data["criteria"], new.data["criteria"])
    before, after = ((i.data.get("avoid") or {}).get("criteria") or [] for i in (old, new))
    said += [_("Whom to avoid: {change}").format(change=change) for change in _diff_criteria(before, after)]
    for key, label in (("verdict", _("Verdict")), ("outcome", _("Outcome")), ("name", _("Name"))):
        first, second = old.data.get(key), new.data.get(key)
        if first != second:
            said.append(_("{what}: {old} is now {new}.").format(what=label, old=first, new=second))
    return said


def _diff_criteria(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[str]:
    first, second = (_by_attribute(criteria) for criteria in (old, new))
    said = []
    for key in first | second:
        before, after = (criteria[key].words() if key in criteria else "" for criteria in (first, second))
        if not before or not after:
            sentence = _("Dropped: {criterion}.") if before else _("Added: {criterion}.")
            said.append(sentence.format(criterion=before or after))
        elif first[key] != second[key]:
            said.append(_("Changed: {old} is now {new}.").format(old=before, new=after))
    return said


def _by_attribute(criteria: list[dict[str, Any]]) -> dict[tuple[str, str], Criterion]:
    read = [Criterion.from_dict(one) for one in criteria]
    return {(one.attribute, one.values[0] if one.kind == "has" else ""): one for one in read}
