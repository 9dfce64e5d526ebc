"""icp.yml: the definition that a salesperson reads, an analyst edits, and a machine runs; and its versions."""

import math
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import SingleQuotedScalarString

from icp_lab.artifacts import BY_NAME as ARTIFACT
from icp_lab.artifacts import DTYPES_OF
from icp_lab.artifacts.manifest import folder_of, write_text
from icp_lab.artifacts.store import read_artifact
from icp_lab.errors import LabError, Place, utter
from icp_lab.errors.base import ask_nearest, name_nearest
from icp_lab.locale.declared import read_declared
from icp_lab.process import WRITER
from icp_lab.process.keys import find_entry
from icp_lab.rule import Rule
from icp_lab.study.yml import At, read_yaml

SCHEMA = 1
_KEYS = read_declared("icp_lab.icp", "profile.toml")


@dataclass(frozen=True)
class ICP:
    """Who are the ideal customers, by a definition that was read from icp.yml?

    Parameters
    ----------
    data
        The content, checked.
    """

    data: dict[str, Any]

    @property
    def rule(self) -> Rule:
        """The criteria as a rule; without criteria it claims nothing and is true everywhere."""
        return Rule.from_dicts(list(self.data["criteria"]))

    @property
    def working_rule(self) -> Rule:
        """The rule that is worked with: the claimed one, else the refused one, as a hypothesis."""
        return Rule.from_profile(self.data)

    @property
    def version(self) -> str:
        """The version, as text; empty before it was adopted."""
        return str(self.data.get("version") or "")

    @property
    def verdict(self) -> str:
        """How far the data carry it: an edited definition is at most tentative."""
        said = str(self.data.get("verdict") or "unsupported")
        edited = any(one.get("edited_by") for one in self.data["criteria"])
        return "tentative" if edited and said == "supported" else said


def load_icp(path: Path | str) -> ICP:
    """Which definition does this file hold?

    Parameters
    ----------
    path
        An icp.yml, as a run wrote it or as people edited it.

    Returns
    -------
    ICP

    Raises
    ------
    LabError
        When it is not YAML, lacks a required key, has an unknown one (the message names its line and the nearest
        known word), or a criterion is not one of the four kinds.
    """
    path = Path(path)

    def refuse(row: int | None, why: str) -> LabError:
        return utter("icp.not_a_profile", Place(str(path), row), why=why)

    try:
        content, lines = read_yaml(path, refuse)
    except (FileNotFoundError, UnicodeError) as fault:
        raise refuse(None, getattr(fault, "strerror", None) or str(fault)) from fault
    if not isinstance(content, dict):
        raise refuse(None, type(content).__name__)
    for key in ("schema", "name", "criteria"):
        if key not in content:
            raise refuse(None, key)
    _Check(path, lines).whole(content)
    return ICP(content | {"criteria": content["criteria"] or []})


@dataclass(frozen=True)
class _Check:
    """Holds a profile to `profile.toml`, and says where it does not fit."""

    path: Path
    lines: dict[At, int]

    def whole(self, content: dict[str, Any]) -> None:
        """Check keys, the words that are chosen from, and every criterion."""
        self.value(content["schema"], ("schema",), (str(SCHEMA),))
        self.keys(content, "profile", ())
        for key, allowed in _KEYS["choices"].items():
            for one in content.get(key) or [] if key == "verdict_reason" else [content.get(key) or ""]:
                self.value(one, (key,), ("", *allowed))
        self.criteria(content, ())
        self.criteria(content.get("avoid") or {}, ("avoid",))
        for place, part in enumerate(content.get("more") or []):
            self.criteria(part, ("more", str(place)))

    def place(self, at: At) -> Place:
        return Place(str(self.path), self.lines.get(at))

    def value(self, said: object, at: At, allowed: tuple[str, ...]) -> None:
        if str(said) not in allowed:
            known = tuple(filter(None, allowed))
            nearest = ask_nearest(str(said), known)
            raise utter("icp.wrong_value", self.place(at), remedy=nearest, key=at[-1], value=str(said), words=known)

    def keys(self, node: Any, known: str | tuple[str], at: At) -> None:
        """Hold a node to its kind in `profile.toml`."""
        if node is None or not known:
            return
        kind: Any = list if isinstance(known, tuple) else dict
        if not isinstance(node, kind):
            raise utter("icp.not_a_profile", Place(str(self.path)), why=node)
        if isinstance(known, tuple):
            for place, each in enumerate(node):
                self.keys(each, known[0], (*at, str(place)))
            return
        for key, value in node.items():
            if key not in _KEYS[known]:
                raise utter("icp.unknown_key", self.place((*at, key)), key=key, remedy=name_nearest(key, _KEYS[known]))
            self.keys(value, _KEYS[known][key], (*at, key))

    def criteria(self, part: dict[str, Any], at: At) -> None:
        for place, one in enumerate(criteria := part.get("criteria") or []):
            try:
                Rule.from_dicts([one])
            except LabError as fault:
                raise utter("icp.bad_criterion", self.place((*at, "criteria", str(place))), found=repr(one)) from fault
        Rule.from_dicts(criteria)


def write_icp(path: Path | str, data: Mapping[str, Any]) -> None:
    """Write a definition as icp.yml, whole or not at all.

    Parameters
    ----------
    path
        The file.
    data
        The content in the form of icp.yml.

    Notes
    -----
    Keys stand in the order of the contract; yes and no are words, as YAML 1.2 has it; dates are not quoted.
    """
    ordered = {key: data[key] for key in (*_KEYS["profile"], *data) if key in data}
    for key in ("as_of", "next_review"):
        if ordered.get(key):
            ordered[key] = date.fromisoformat(str(ordered[key])[:10])
    write_text(Path(path), _dump(_for_people(ordered)))


# Categories that a reader of YAML 1.1 would take for true or false.
_FLAGS_ELSEWHERE = frozenset(("y", "n", "yes", "no", "on", "off"))


def _for_people(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {key: _for_people(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [_for_people(value) for value in node]
    if isinstance(node, bool):
        return "yes" if node else "no"
    if isinstance(node, float):
        whole = math.isfinite(node) and node == round(node) and abs(node) < 1e15
        return None if not math.isfinite(node) else int(node) if whole else float(f"{node:.6g}")
    if isinstance(node, str):  # a sentence of the views too
        return SingleQuotedScalarString(node) if node.lower() in _FLAGS_ELSEWHERE else str(node)
    return node


def _yaml() -> YAML:
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 120
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _dump(node: Any) -> str:
    stream = StringIO()
    _yaml().dump(node, stream)
    return stream.getvalue()


def edit_yaml(path: Path, change: Callable[[Any], None]) -> str:
    """Give the text of a file after a change to its content; comments and order survive."""
    document = _yaml().load(path.read_text(encoding="utf-8"))
    change(document)
    return _dump(document)


FILE, FORMER, STOOD = "icp.yml", "icp", "standings"


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
        The adopted definition with its new version. The one before lies in `icp/VERSION.yml`, byte for byte, and where
        accounts stand by the new one in `icp/VERSION.csv`.

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
    if find_entry(out, STOOD):
        stood = pd.DataFrame(read_artifact(folder_of(out, WRITER[STOOD]), ARTIFACT[STOOD]))
        write_text(study_folder / FORMER / f"{version}.csv", stood.to_csv(index=False))
    write_text(current, text)  # last: a version in force is never without what belongs to it
    return load_icp(current)


def read_standings(study_folder: Path, version: str) -> pd.DataFrame:
    """Where did accounts stand when a version was adopted (icp/VERSION.csv)? Empty where that is not kept."""
    file = study_folder / FORMER / f"{version}.csv"
    kept = pd.read_csv(file, dtype=str, keep_default_na=False) if file.is_file() else pd.DataFrame()
    return kept.reindex(columns=list(DTYPES_OF[STOOD]), fill_value="")


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
    text = kept.read_bytes().decode()
    load_icp(kept)
    current = study_folder / FILE
    _keep(study_folder, load_icp(current) if current.is_file() else None)
    write_text(current, text)
    return load_icp(current)


def read_versions(study_folder: Path) -> tuple[dict[str, Any], ...]:
    """Which former definitions does the study keep beside the one in force (icp/*.yml), the latest first?

    Raises
    ------
    LabError
        When one of them is not valid.
    """
    kept = sorted((study_folder / FORMER).glob("*.yml"), key=lambda file: (len(file.stem), file.stem), reverse=True)
    return tuple({"version": file.stem} | load_icp(file).data for file in kept)


def read_adopted(study_folder: Path) -> tuple[dict[str, Any], ...]:
    """Which definitions has the study adopted: the one in force, then the others as `read_versions` has them?"""
    if not (study_folder / FILE).is_file():
        return ()
    held = load_icp(study_folder / FILE).data
    return (held, *(one for one in read_versions(study_folder) if one != held))


def _next_version(study_folder: Path, former: ICP | None) -> int:
    names = [file.stem for file in (study_folder / FORMER).glob("*.yml")] + ([former.version] if former else [])
    return max((int(name) for name in names if name.isdigit()), default=0) + 1


def _keep(study_folder: Path, former: ICP | None) -> None:
    """Keep the definition in force under its version (0 without one); one that was edited since has its own name."""
    if former is None:
        return
    text, version, edits = (study_folder / FILE).read_bytes().decode(), former.version or "0", 0
    kept = study_folder / FORMER / f"{version}.yml"
    while kept.is_file() and kept.read_bytes().decode() != text:
        edits += 1
        kept = kept.with_name(f"{version}-edited-{edits}.yml")
    write_text(kept, text)
