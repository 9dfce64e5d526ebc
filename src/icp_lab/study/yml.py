"""YAML that people write, with the line of every key; of study.yml each value is checked, and refused with its line."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar
from unicodedata import normalize

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, StringMark, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent

from icp_lab.errors import LabError, Place, refusals, utter
from icp_lab.intake.spec import find_line
from icp_lab.locale import _

At = tuple[str, ...]
Value = TypeVar("Value")
_YES = {True: True, "yes": True, "true": True, False: False, "no": False, "false": False}
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
# No file that people write comes near; a hostile one would take memory and hours.
_LONGEST, _DEEPEST = 2_000_000, 30


def find_beside(folder: Path, *patterns: str) -> list[Path]:
    """Which files of a study have such a name, in their order? None may be a device or a pipe, or lie elsewhere.

    Raises
    ------
    LabError
        One is no plain file, or leads out of the study's folder.
    """
    found = sorted({path for pattern in patterns for path in (folder / pattern).parent.glob(Path(pattern).name)}
                   | {folder / pattern for pattern in patterns if (folder / pattern).is_symlink()})
    for path in found:
        shown = path.relative_to(folder).as_posix()
        if not path.is_file():
            raise refusals.unreadable_file(shown, _("it is no plain file"))
        if not path.resolve().is_relative_to(folder.resolve()):
            raise utter("study.outside", Place(shown), path=shown)
    return found


def read_yaml(path: Path, refuse: Callable[[int | None, str], LabError]) -> tuple[Any, dict[At, int]]:
    """What does a YAML file say, as plain values (days as text), and in which line stands each key and list item?

    Parameters
    ----------
    path
        The file; what the system and the encoding refuse is raised as it comes.
    refuse
        Gives the refusal of what is not YAML, from its line, where that is known, and the problem.
    """
    return parse_yaml(path.read_text(encoding="utf-8-sig"), refuse)


def parse_yaml(text: str, refuse: Callable[[int | None, str], LabError]) -> tuple[Any, dict[At, int]]:
    """Read a text as `read_yaml` reads a file.

    Plain values only: tags, which would make other things than text, numbers, days, lists and mappings, are refused; so
    is what unfolds from a few words into more than stands there.
    """
    lines = dict[At, int]()
    try:
        if len(text) > _LONGEST:
            raise ValueError(_("it is longer than {n} characters").format(n=f"{_LONGEST:,}"))
        _check_shape(text)
        return _plain(YAML(typ="rt").load(text), (), lines, 1_000 + len(text)), lines
    except (YAMLError, ValueError) as error:  # ValueError: a day such as 2025-02-30
        mark, said = getattr(error, "problem_mark", None), [getattr(error, key, None) for key in ("problem", "context")]
        problem = str(said[0] or said[1] or error).splitlines()[0]
        raise refuse(mark.line + 1 if mark else None, problem) from error


def _check_shape(text: str) -> None:
    """Refuse tags, what is nested too deep, and what is a part of itself, before anything is made of it."""
    opened = list[str | None]()
    for event in YAML(typ="rt").parse(text):
        if isinstance(event, CollectionEndEvent):
            opened.pop()
        elif isinstance(event, AliasEvent) and event.anchor in opened:
            raise _odd(_("it is a part of itself"), event.start_mark.line + 1)
        elif isinstance(event, CollectionStartEvent):
            opened.append(event.anchor)
            if len(opened) > _DEEPEST:
                raise _odd(_("it is nested too deep"), event.start_mark.line + 1)
        if tag := str(getattr(event, "tag", None) or ""):
            raise _odd(_("`{tag}` is not read: only plain text, numbers and days are").format(tag=tag),
                       event.start_mark.line + 1)


def _odd(problem: str, line: int) -> MarkedYAMLError:
    return MarkedYAMLError(problem=problem, problem_mark=StringMark("", 0, line - 1, 0, "", 0))


def _plain(node: Any, at: At, lines: dict[At, int], most: int) -> Any:
    """Turn what ruamel read into plain values, and note the line of each key."""
    if isinstance(node, CommentedMap | CommentedSeq):
        result, marks = {}, node.lc.data or {}
        for key, value in node.items() if isinstance(node, CommentedMap) else enumerate(node):
            word = "" if key is None else as_text(_plain(key, at, {}, most))
            lines[*at, word] = marks[key][0] + 1 if key in marks else lines.get(at, 1)
            if isinstance(key, tuple | Mapping) or len(lines) > most:
                raise _odd(_("a key is one word, and a value stands where it is used"), lines[*at, word])
            result[word] = _plain(value, (*at, word), lines, most)
        return result if isinstance(node, CommentedMap) else list(result.values())
    if isinstance(node, date):
        return str(node.date() if isinstance(node, datetime) else node)
    if isinstance(node, int | float) and not -1e300 < node < 1e300:
        raise _odd(_("here stands no number that can be reckoned with"), lines.get(at, 1))
    plain = None if node is None else str(node)
    if plain is not None and re.search("[\0\ud800-\udfff]", plain):
        raise _odd(_("it holds a sign that is no text"), lines.get(at, 1))
    return next((kind(node) for kind in (bool, int, float) if isinstance(node, kind)), plain)


@dataclass(frozen=True)
class Paper:
    """A YAML file that people write beside study.yml: its name, and what it holds, which says how it is refused."""

    file: str
    holds: Literal["hypothesis", "codebook", "interview"]

    def refuse(self, line: int | None, problem: str, remedy: str = "") -> LabError:
        """Refuse what stands in a line."""
        return utter({"hypothesis": "study.bad_hypothesis", "codebook": "study.bad_codebook",
                      "interview": "study.bad_interview"}[self.holds], Place(self.file, line),
                     problem=problem, remedy=remedy)

    def read(self, path: Path) -> tuple[list[Any], dict[At, int]]:
        """Read a list of entries, and the line of each key; an empty file, or none, is an empty list."""
        if not find_beside(path.parent, path.name):
            return [], {}
        try:
            content, lines = read_yaml(path, self.refuse)
        except (OSError, UnicodeError) as error:
            raise self.refuse(None, str(error)) from error
        if not isinstance(content or [], list):
            raise self.refuse(1, _("it is not a list, each entry with a dash before it"))
        return content or [], lines

    def check(self, node: Any, at: At, lines: dict[At, int], known: Mapping[str, Collection[str]]) -> None:
        """Refuse what is no mapping, keys that nobody knows, and values that are not among those `known` of a key."""
        if not isinstance(node, dict):
            raise self.refuse(lines[at], _("`{value}` is no `key: value` lines").format(value=node))
        for key, value in node.items():
            line = lines[*at, key]
            if key not in known:
                problem = _("the key `{key}` is unknown here").format(key=key)
                raise self.refuse(line, problem, refusals.nearest(key, known))
            if value and known[key] and value not in known[key]:
                allowed = _("It is one of {words}.").format(words=", ".join(known[key]))
                raise self.refuse(line, _("`{value}` is no value for `{key}`").format(value=value, key=key), allowed)


def read_day(said: object) -> date | None:
    """Which day do people mean: 2026-03-31, 2026/3/31 or 2026年3月31日? None where it is none."""
    parts = _DAY.fullmatch(plain := normalize("NFKC", str(said)).strip())
    try:
        return date(*map(int, parts.groups())) if parts else date.fromisoformat(plain)
    except ValueError:
        return None


def as_text(value: Any) -> str:
    """Write a plain YAML value as the text that a file would hold."""
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class Reader:
    """The plain content of study.yml, and the line of each of its keys."""

    content: dict[str, Any]
    lines: dict[At, int]

    def get(self, at: At) -> Any:
        """Give what stands at a path of keys, None where nothing does."""
        node: Any = self.content
        for key in at:
            node = node.get(key) if isinstance(node, dict) else None
        return node

    def place(self, at: At) -> Place:
        """Say where a path of keys stands."""
        return Place(refusals.in_yml(find_line(self.lines, at)))

    def wrong(self, at: At, value: object, rule: str, key: str = "") -> LabError:
        """Refuse a value, saying what is allowed."""
        return utter("study.wrong_value", self.place(at), rule=rule, value=value, key=key or at[-1])

    def need(self, at: At, *keys: str) -> None:
        """Refuse a mapping that lacks one of these keys."""
        for key in (key for key in keys if self.get((*at, key)) in (None, "", [], {})):
            place, where = self.place((*at, key)), ".".join(at)
            raise utter("study.missing_key_in" if where else "study.missing_key", place, key=key, where=where)

    def mapping(self, at: At) -> dict[str, Any]:
        """Read a mapping; nothing counts as an empty one."""
        value = self.get(at)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.wrong(at, value, _("Here stand indented `key: value` lines."))
        return value

    def each(self, at: At, read: Callable[[At], Value], known: Collection[str] | None = None) -> dict[str, Value]:
        """Read every value of a mapping in one way; keys that are not among the known ones are refused."""
        if known is not None:
            self.check_keys(at, known)
        return {key: read((*at, key)) for key in self.mapping(at)}

    def check_keys(self, at: At, known: Collection[str]) -> None:
        """Refuse keys that nobody knows."""
        for key in self.mapping(at) if at else self.content:
            self.check_word((*at, key), key, known, ".".join(at))

    def check_word(self, at: At, word: str, known: Collection[str], where: str) -> None:
        """Refuse a word that nobody knows, naming the nearest."""
        if word not in known:
            raise utter("study.unknown_key_in" if where else "study.unknown_key", self.place(at), key=word, where=where,
                        words=refusals.list_words(known), remedy=refusals.nearest(word, known))

    def text(self, at: At, default: str = "") -> str:
        """Read a text; numbers and days are taken as they are written."""
        value = self.get(at)
        if isinstance(value, dict | list):
            raise self.wrong(at, value, _("Here stands one text."))
        return default if value is None else as_text(value)

    def texts(self, at: At) -> tuple[str, ...]:
        """Read a list of texts; one text counts as a list of one."""
        value = self.get(at)
        items = value if isinstance(value, list) else [] if value is None else [value]
        if any(isinstance(item, dict | list) for item in items):
            raise self.wrong(at, value, _("Here stands a list of texts: [a, b]."))
        return tuple(as_text(item) for item in items)

    def choice(self, at: At, words: Collection[str], default: str | None = None) -> str:
        """Read one of several words."""
        value = self.text(at, default or "")
        if value not in words and (default is None or value != default):
            rule = _("It is one of {words}.").format(words=", ".join(words))
            raise self.wrong(at, value, f"{rule} {refusals.nearest(value, words)}".strip())
        return value

    def number(self, at: At, default: float, *, low: float, high: float = float("inf"), whole: bool = False) -> float:
        """Read a number in a range."""
        value = self.get(at)
        if value is None:
            return default
        wrong = isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high
        if wrong or (whole and value != int(value)):
            kind = _("a whole number") if whole else _("a number")
            rule = _("It is {kind} from {low} to {high}.") if high < float("inf") else _("It is {kind} from {low} up.")
            raise self.wrong(at, value, rule.format(kind=kind, low=low, high=high))
        return float(value)

    def yes_no(self, at: At) -> bool:
        """Read yes or no; nothing counts as no."""
        value = self.get(at)
        if value is None:
            return False
        if isinstance(value, dict | list) or value not in _YES:
            raise self.wrong(at, value, _("It is yes or no."))
        return _YES[value]

    def day(self, at: At) -> date:
        """Read a day."""
        if day := read_day(value := self.get(at)):
            return day
        raise self.wrong(at, value, _("It is a day such as 2026-03-31."))
