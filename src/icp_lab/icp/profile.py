"""icp.yml: the definition that a salesperson reads, an analyst edits, and a machine runs."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import SingleQuotedScalarString

from icp_lab.artifacts.manifest import write_text
from icp_lab.errors import LabError, Place
from icp_lab.errors import icp as errors
from icp_lab.locale.declared import read_declared
from icp_lab.rule import Rule

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
    def avoid(self) -> Rule | None:
        """The negative profile, where there is one."""
        criteria = (self.data.get("avoid") or {}).get("criteria")
        return Rule.from_dicts(list(criteria)) if criteria else None

    @property
    def evidence(self) -> dict[str, Any]:
        """What the definition rests on."""
        return dict(self.data.get("evidence") or {})

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
    try:
        document = _yaml().load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as fault:
        raise errors.not_a_profile(str(path), fault.strerror or str(fault)) from fault
    except (YAMLError, UnicodeDecodeError) as fault:
        mark = getattr(fault, "problem_mark", None)
        why = str(getattr(fault, "problem", None) or fault)
        raise errors.not_a_profile(str(path), why, mark.line + 1 if mark else None) from fault
    if not isinstance(document, Mapping):
        raise errors.not_a_profile(str(path), type(document).__name__)
    for key in ("schema", "name", "criteria"):
        if key not in document:
            raise errors.not_a_profile(str(path), key)
    if document["schema"] != SCHEMA:
        raise errors.wrong_value("schema", str(document["schema"]), [str(SCHEMA)], _place(path, document, "schema"))
    _check_keys(document, "profile", path)
    _check_values(document, path)
    data = _plain(document)
    data["criteria"] = data["criteria"] or []
    return ICP(data)


def _check_keys(node: Any, known: str | tuple[str], path: Path) -> None:
    """Hold a node to its kind in `profile.toml`."""
    if node is None or not known:
        return
    kind: Any = list if isinstance(known, tuple) else Mapping
    if not isinstance(node, kind):
        raise errors.not_a_profile(str(path), str(node))
    if isinstance(known, tuple):
        for each in node:
            _check_keys(each, known[0], path)
        return
    for key, value in node.items():
        if key not in _KEYS[known]:
            raise errors.unknown_key(str(key), _KEYS[known], _place(path, node, key))
        _check_keys(value, _KEYS[known][key], path)


def _check_values(document: Mapping[str, Any], path: Path) -> None:
    for key, allowed in _KEYS["choices"].items():
        said = document.get(key)
        for one in said or [] if key == "verdict_reason" else [said]:
            if one not in (None, "", *allowed):
                raise errors.wrong_value(key, str(one), allowed, _place(path, document, key))
    parts = [document, document.get("avoid") or {}, *(document.get("more") or [])]
    for criteria in (part.get("criteria") or [] for part in parts):
        for one in criteria:
            try:
                Rule.from_dicts([one])
            except LabError as fault:
                raise errors.bad_criterion(repr(_plain(one)), _place(path, one)) from fault
        Rule.from_dicts(list(criteria))


def _place(path: Path, node: Any, key: object = None) -> Place:
    """Say where a key or a node stands in the file; ruamel counts lines from 0."""
    marks = getattr(node, "lc", None)
    if marks is None:
        return Place(file=str(path))
    line = marks.key(key)[0] if key is not None else marks.line
    return Place(file=str(path), row=line + 1)


def _plain(node: Any) -> Any:
    """Turn ruamel's containers into plain ones, dates into text."""
    if isinstance(node, Mapping):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [_plain(value) for value in node]
    if isinstance(node, date | datetime):
        return node.isoformat()
    if isinstance(node, bool | int | float | str) or node is None:
        return next((kind(node) for kind in (bool, int, float, str) if isinstance(node, kind)), None)
    return str(node)


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
    stream = StringIO()
    _yaml().dump(_for_people(ordered), stream)
    write_text(Path(path), stream.getvalue())


def _round(number: float) -> float | None:
    if not math.isfinite(number):
        return None
    return int(number) if number == round(number) and abs(number) < 1e15 else float(f"{number:.6g}")


_FLAGS_ELSEWHERE = frozenset(("y", "n", "yes", "no", "on", "off"))
"""Categories that a reader of YAML 1.1 would take for true or false."""


def _for_people(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {key: _for_people(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [_for_people(value) for value in node]
    if isinstance(node, bool):
        return "yes" if node else "no"
    if isinstance(node, float):
        return _round(node)
    if isinstance(node, str) and node.lower() in _FLAGS_ELSEWHERE:
        return SingleQuotedScalarString(node)
    return node


def _yaml() -> YAML:
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 120
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def edit_yaml(path: Path, change: Callable[[Any], None]) -> str:
    """Give the text of a file after a change to its content; comments and order survive."""
    document = _yaml().load(path.read_text(encoding="utf-8"))
    change(document)
    stream = StringIO()
    _yaml().dump(document, stream)
    return stream.getvalue()
