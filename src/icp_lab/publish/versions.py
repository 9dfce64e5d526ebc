"""All adopted versions of the definition, a page each; and what changed for whom, ready to be pasted into a message."""

import re
from pathlib import Path
from typing import Any

from icp_lab.artifacts.manifest import write_text
from icp_lab.icp import ICP, write_icp
from icp_lab.locale import _, language
from icp_lab.methods.adoption import cover_everybody
from icp_lab.pages.render import render_whole
from icp_lab.publish.fitting import clean_line
from icp_lab.publish.products import Publication
from icp_lab.rule import Rule
from icp_lab.views import backtest, document
from icp_lab.views.changes import tell_changes
from icp_lab.views.privacy import hide
from icp_lab.views.words import Prose, join, phrase

_DEPARTMENTS = ("sales", "marketing", "product", "success", "management")


def write_versions(given: Publication, folder: Path) -> None:
    """Write versions/, with a page and a definition for each version, and what_changed.md and .txt.

    Parameters
    ----------
    given : Publication
        What products are made from, with the versions that were adopted; without any, the pages say so.
    folder : Path
        Stands for OUT; nothing of these may lie in it.

    Examples
    --------
    >>> import tempfile
    >>> from datetime import date
    >>> from icp_lab.views.picture import About
    >>> icp = {"schema": 1, "verdict": "unsupported", "criteria": [], "next_review": "2026-09-30"}
    >>> about = About(date(2026, 6, 30), "EUR", "Demo")
    >>> given = Publication(icp, standing=None, accounts=None, about=about, find=None, table=None, called=None)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_versions(given, Path(folder))
    ...     sorted(path.relative_to(folder).as_posix() for path in Path(folder).rglob("*.*"))
    ['versions/index.html', 'what_changed.md', 'what_changed.txt']
    """
    versions, study = list_versions(given), given.about.source
    (folder / "versions").mkdir()
    for one in versions:
        write_icp(folder / "versions" / f"{one['file']}.yml", one["icp"])
        title = _("Version {version} of our Ideal Customer Profile").format(version=one["label"])
        write_text(folder / "versions" / f"{one['file']}.html", render_whole(
            "version.html.j2", title, study, one=one, view=document, promised=_tell_promised(one["icp"])))
    proposed = tell_changes(versions[0]["icp"] if versions else {}, given.icp)
    state = "unadopted" if not versions else "proposed" if proposed else "agrees"
    write_text(folder / "versions" / "index.html", render_whole(
        "versions.html.j2", _("All versions of our Ideal Customer Profile"), study, versions=versions, given=given,
        view=document, state=phrase("versions", state), proposed=proposed))
    told = tell_whom(given, versions)
    write_text(folder / "what_changed.md", re.sub(r"([<`\[])", r"\\\1", told))
    write_text(folder / "what_changed.txt", _strip(told))


def list_versions(given: Publication) -> list[dict[str, Any]]:
    """List which versions were adopted, by whom and why, and what each changed.

    Parameters
    ----------
    given : Publication
        What products are made from; of it, the versions.

    Returns
    -------
    list of dict of str to object
        The one in force first, then the latest. Of each: label, file (its name without ending), icp, entry (date, by,
        why; empty where that is not on record), changes (in words, against the one before it by number), held (whether
        it is in force).

    Examples
    --------
    >>> def adopt(version, least):
    ...     entry = {"version": version, "date": "2026-06-30", "by": "Ann", "why": "agreed"}
    ...     return {"schema": 1, "version": version, "verdict": "tentative", "history": [entry],
    ...             "criteria": [{"attribute": "employees", "min": least}]}
    >>> given = Publication({}, *[None] * 6, versions=(adopt("2", 200), adopt("1", 100)))
    >>> [(one["label"], one["held"], one["entry"]["by"], [str(each) for each in one["changes"]])
    ...  for one in list_versions(given)]
    [('2', True, 'Ann', ['Changed: employees at least 100 is now employees at least 200.']), ('1', False, 'Ann', [])]
    """
    told: list[dict[str, Any]] = []
    numbered = list(reversed(given.versions))
    numbered.sort(key=lambda one: (len(_number(one)), _number(one)))
    for former, one in zip([None, *numbered], numbered, strict=False):
        twins = sum(_number(one) == _number(each["icp"]) for each in told)
        entry: dict[str, Any] = next((each for each in reversed(one.get("history") or [])
                                      if each.get("version") == _number(one)), {})
        told.append({
            "label": f"{_number(one)}{'*' * twins}", "file": f"version_{_number(one)}{'_edited' * twins}", "icp":
            {"outcome": "best", **one, "verdict": ICP(one).verdict}, "held": one is given.versions[0],
            "entry": {**entry, "why": clean_line(hide(str(entry.get("why", ""))))} if entry else {},
            "changes": tell_changes(former, one) or [phrase("changed", "same")] if former else []})
    return [*(one for one in told if one["held"]), *(one for one in reversed(told) if not one["held"])]


def _tell_promised(icp: dict[str, Any]) -> str:
    # Older versions promise nothing, though they may claim.
    return backtest.tell_promised(icp) if icp.get("promise") else ""


def _number(icp: dict[str, Any]) -> str:
    return re.sub(r"[^\w-]", "_", str(icp.get("version") or "0"))


def write_definition(given: Publication, folder: Path) -> None:
    """Write icp.yml, for machines and for editing by hand.

    Parameters
    ----------
    given : Publication
        What products are made from; of it, the definition.
    folder : Path
        Stands for OUT.

    Examples
    --------
    >>> import tempfile
    >>> given = Publication({"schema": 1, "name": "Demo", "verdict": "unsupported", "criteria": []}, *[None] * 6)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_definition(given, Path(folder))
    ...     print((Path(folder) / "icp.yml").read_text(encoding="utf-8"), end="")
    schema: 1
    name: Demo
    verdict: unsupported
    criteria: []
    """
    write_icp(folder / "icp.yml", given.icp)


def tell_whom(given: Publication, versions: list[dict[str, Any]]) -> str:
    """Tell what changed for whom: from the version before to the one in force, else to what is proposed at first.

    Parameters
    ----------
    given : Publication
        What products are made from.
    versions : list of dict of str to object
        The versions as `list_versions` gives them; without any it is told of the proposal.

    Returns
    -------
    str
        Markdown in the language in force, in which a text out of the data fills a line at most.

    Examples
    --------
    >>> from datetime import date
    >>> from icp_lab.views.picture import About
    >>> icp = {"schema": 1, "verdict": "unsupported", "criteria": [], "next_review": "2026-09-30"}
    >>> given = Publication(icp, None, None, About(date(2026, 6, 30), "EUR", "Demo"), None, None, None)
    >>> told = tell_whom(given, [])
    >>> [line for line in told.splitlines() if line.startswith("## ")]
    ['## The definition', '## What changed', '## What it means for whom']
    """
    now, entry = (versions[0]["icp"], versions[0]["entry"]) if versions else (given.icp, {})
    before = versions[1]["icp"] if versions[1:] else {}
    changes = tell_changes(before, now) or [phrase("changed", "same")] if before else [phrase("versions", "first")]
    head = phrase("whom", "title" if versions else "title_proposed", version=versions[0]["label"] if versions else "")
    signed = phrase("versions", "adopted", **entry) if entry else phrase("whom", "not_yet") if not versions else ""
    sections = {
        phrase("whom", "definition"): [document.tell_lead(now)], phrase("whom", "changes"): changes,
        phrase("whom", "departments"): _tell_departments(given, before, now)}
    lines = [f"# {head}", signed, *(
        f"## {title}\n\n" + "\n".join(f"- {clean_line(line)}" for line in said) for title, said in sections.items())]
    foot = phrase("whom", "foot", study=given.about.source, date=str(given.about.as_of))
    return "\n\n".join([*map(str, filter(None, lines)), clean_line(foot)]) + "\n"


def _tell_departments(given: Publication, before: dict[str, Any], now: dict[str, Any]) -> list[Prose]:
    rule = Rule.from_profile(now)
    if not rule.criteria:
        return [phrase("whom", "nothing")]
    counts, kind = _count_sides(given, before, now), "whom_claimed" if now.get("criteria") else "whom_hypothesis"
    words = counts | {
        "criteria": rule.words(), "verdict": document.tell_verdict(now), "lift": document.tell_lift(now),
        "promised": _tell_promised(now)}
    further = {
        "sales": phrase("whom", "moved", **words) if counts["came"] or counts["left"] else "",
        "success": phrase("whom", "avoid", avoid=document.tell_avoid(now)) if now.get("avoid") else ""}
    said = {each: phrase(kind, each, **words) for each in _DEPARTMENTS}
    if not counts["inside"]:
        said["sales"] = phrase("whom", "nobody")
    return [join(text, further.get(each, "")) for each, text in said.items()]


def _count_sides(given: Publication, before: dict[str, Any], now: dict[str, Any]) -> dict[str, int]:
    """Count who is inside and not won yet, leads too; where customers are; and which accounts changed sides."""
    rules = [Rule.from_profile(icp) for icp in (now, before)]
    names = dict.fromkeys((*given.attributes.columns, *(name for rule in rules for name in rule.attributes)))
    known, leads = given.attributes.reindex(columns=[*names]), given.table("leads")
    fits, was = (cover_everybody(known, leads, rule).set_index("account_id")["fit"]
                 for rule in (rules[0], rules[1] if rules[1].criteria else rules[0]))
    customers = given.standing.frame.set_index("account_id")["status"].reindex(fits.index).eq("customer")
    sides = {key: int((fits.eq(fit) & customers).sum())
             for key, fit in (("customers", "in"), ("out", "out"), ("unknown", "unknown"))}
    return sides | {
        "all": int(customers.sum()), "inside": int((fits.eq("in") & ~customers).sum()),
        "came": int((fits.eq("in") & was.ne("in")).sum()), "left": int((was.eq("in") & fits.ne("in")).sum())}


def _strip(markdown: str) -> str:
    """Say it without marks, for a message that knows none."""
    bullet = "・" if language() == "ja" else "* "
    return re.sub(r"(?m)^#+ |\*\*", "", re.sub(r"(?m)^- ", bullet, markdown))
