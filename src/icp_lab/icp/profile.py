"""icp.yml: the definition that a salesperson reads, an analyst edits, and a machine runs."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import SingleQuotedScalarString

from icp_lab.artifacts.manifest import write_text
from icp_lab.errors.base import LabError, Place, ask_nearest, name_nearest, utter
from icp_lab.intake.spec import find_line
from icp_lab.locale import _
from icp_lab.locale.declared import read_declared
from icp_lab.rule import Rule
from icp_lab.study.yml import At, read_yaml

SCHEMA = 1
FILE = "icp.yml"
_KEYS = read_declared("icp_lab.icp", "profile.toml")
_MOST_POINTS = 1_000_000


@dataclass(frozen=True)
class ICP:
    """Hand over a definition that was read from icp.yml: who the ideal customers are.

    Parameters
    ----------
    data : dict of str to object
        The content, checked, in the form of icp.yml.

    Examples
    --------
    >>> ICP({"name": "Us", "criteria": [{"attribute": "exports", "is": "yes"}]}).rule.words("en")
    'exports: yes'
    """

    data: dict[str, Any]

    @property
    def rule(self) -> Rule:
        """Give the criteria as a rule; without criteria it claims nothing and is true everywhere.

        Returns
        -------
        Rule
            Of all criteria, those that people edited too.

        Examples
        --------
        >>> ICP({"criteria": []}).rule.words("en")
        'every account'
        """
        return Rule.from_dicts(list(self.data["criteria"]))

    @property
    def working_rule(self) -> Rule:
        """Give the rule that is worked with: the claimed one, else the refused one, as a hypothesis.

        Returns
        -------
        Rule
            Without criteria where neither is there.

        Examples
        --------
        >>> refused = [{"attribute": "exports", "is": "yes"}]
        >>> ICP({"criteria": [], "evidence": {"refused": refused}}).working_rule.words("en")
        'exports: yes'
        """
        return Rule.from_profile(self.data)

    @property
    def version(self) -> str:
        """Give the version, as text.

        Returns
        -------
        str
            Empty before it was adopted.

        Examples
        --------
        >>> ICP({"criteria": [], "version": 2}).version, ICP({"criteria": []}).version
        ('2', '')
        """
        return str(self.data.get("version") or "")

    @property
    def verdict(self) -> str:
        """Tell how far the data carry it: an edited definition is at most tentative.

        Returns
        -------
        str
            Text `supported`, `tentative` or `unsupported`.

        Examples
        --------
        >>> edited = {"attribute": "exports", "is": "yes", "edited_by": "Ann"}
        >>> ICP({"verdict": "supported", "criteria": [edited]}).verdict
        'tentative'
        """
        said = str(self.data.get("verdict") or "unsupported")
        edited = any(one.get("edited_by") for one in self.data["criteria"])
        return "tentative" if edited and said == "supported" else said


def load_icp(path: Path | str) -> ICP:
    """Read a definition from its file.

    Parameters
    ----------
    path : Path or str
        An icp.yml, as a run wrote it or as people edited it.

    Returns
    -------
    ICP
        The definition, checked.

    Raises
    ------
    LabError
        When it is not YAML, lacks a required key, has an unknown one (the message names its line and the nearest
        known word), or a criterion is not one of the four kinds.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     criteria = [{"attribute": "size", "min": 5}]
    ...     write_icp(Path(folder, "icp.yml"), {"schema": 1, "name": "Us", "criteria": criteria})
    ...     load_icp(Path(folder, "icp.yml")).rule.words("en")
    'size at least 5'
    """
    path = Path(path)

    def refuse(row: int | None, why: str) -> LabError:
        return utter("icp.not_a_profile", Place(str(path), row), why=why)

    if path.exists() and not path.is_file():
        raise refuse(None, _("it is no plain file"))
    try:
        content, lines = read_yaml(path, refuse)
    except (OSError, UnicodeError) as fault:
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
        self.criteria(content["criteria"], ("criteria",))
        self.criteria((content.get("avoid") or {}).get("criteria"), ("avoid", "criteria"))
        for place, part in enumerate(content.get("more") or []):
            self.criteria((part or {}).get("criteria"), ("more", str(place), "criteria"))
        refused = (content.get("evidence") or {}).get("refused") or []
        self.criteria(refused if isinstance(refused, list) else [refused], ("evidence", "refused"))
        self.points(content.get("score") or {}, content.get("tiers") or [])

    def points(self, score: dict[str, Any], tiers: list[dict[str, Any] | None]) -> None:
        """Check what gives points, and that each tier has a name and a number."""
        said: list[tuple[Any, At]] = [(score.get("base") or 0, ("score", "base"))]
        for place, point in enumerate(score.get("points") or []):
            at: At = ("score", "points", str(place))
            self.criterion((point or {}).get("criterion"), (*at, "criterion"))
            said += [(point.get(key) or 0, (*at, key)) for key in ("met", "failed")]
        said += [(tier.get("min_fit") if tier and tier.get("name") else tier, ("tiers", str(place), "min_fit"))
                 for place, tier in enumerate(tiers)]
        for number, at in said:
            if isinstance(number, bool) or not isinstance(number, int | float) or abs(number) > _MOST_POINTS:
                raise utter("icp.bad_points", self.place(at), found=number)

    def place(self, at: At) -> Place:
        return Place(str(self.path), find_line(self.lines, at))

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

    def criteria(self, found: list[Any] | None, at: At) -> None:
        for place, one in enumerate(found or []):
            self.criterion(one, (*at, str(place)))
        Rule.from_dicts(found or [])

    def criterion(self, one: Any, at: At) -> None:
        try:
            Rule.from_dicts([one if isinstance(one, dict) else {}])
        except LabError as fault:
            raise utter("icp.bad_criterion", self.place(at), found=repr(one)) from fault


def write_icp(path: Path | str, data: Mapping[str, Any]) -> None:
    """Write a definition as icp.yml, whole or not at all.

    Parameters
    ----------
    path : Path or str
        The file.
    data : Mapping of str to object
        The content in the form of icp.yml.

    Notes
    -----
    Keys stand in the order of the contract; yes and no are words, as YAML 1.2 has it; dates are not quoted.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_icp(Path(folder, "icp.yml"), {"schema": 1, "name": "Us", "criteria": []})
    ...     print(Path(folder, "icp.yml").read_text(), end="")
    schema: 1
    name: Us
    criteria: []
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
    yaml.width = 120
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _dump(node: Any) -> str:
    stream = StringIO()
    _yaml().dump(node, stream)
    return stream.getvalue()


def edit_yaml(path: Path, change: Callable[[Any], None]) -> str:
    r"""Give the text of a file after a change to its content; comments and order survive.

    Parameters
    ----------
    path : Path
        A file of YAML; it is not changed.
    change : callable
        Takes the content, a mapping or list, and changes it in place.

    Returns
    -------
    str
        The whole text, to be written by whoever asked.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_text(Path(folder, "icp.yml"), "name: Us  # our own\ncriteria: []\n")
    ...     print(edit_yaml(Path(folder, "icp.yml"), lambda content: content.update(name="We")), end="")
    name: We  # our own
    criteria: []
    """
    document = _yaml().load(path.read_text(encoding="utf-8"))
    change(document)
    return _dump(document)
