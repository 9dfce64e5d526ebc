"""YAML that people write: plain values, with the line of every key."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal
from unicodedata import normalize

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, StringMark, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent

from icp_lab.errors import LabError, Place, refusals, utter
from icp_lab.locale import _

At = tuple[str, ...]
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
# No file that people write comes near; a hostile one would take memory and hours.
_LONGEST, _DEEPEST = 2_000_000, 30


def find_beside(folder: Path, *patterns: str) -> list[Path]:
    """Find which files of a study have such a name; none may be a device or a pipe, or lie elsewhere.

    Parameters
    ----------
    folder : Path
        The study's folder.
    *patterns : str
        Names of files, or patterns such as `coders/*.csv`, below the folder.

    Returns
    -------
    list of Path
        Each once, sorted; empty where there is none.

    Raises
    ------
    LabError
        When one is no plain file, or leads out of the study's folder.

    Examples
    --------
    >>> [path.name for path in find_beside(Path("data/demo"), "hypotheses.yml", "coders/*.csv")]
    ['second.csv', 'hypotheses.yml']
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
    r"""Read a YAML file as plain values (days as text), with the line of each key and list item.

    Parameters
    ----------
    path : Path
        The file; what the system and the encoding refuse is raised as it comes.
    refuse : callable
        Gives the refusal of what is not YAML, from its line, None where that is not known, and the problem.

    Returns
    -------
    tuple
        The content; and the line of each key, by the keys down to it, where an item of a list goes by its place from 0.

    Raises
    ------
    LabError
        When it is not YAML, or holds more than plain values, as `parse_yaml` says.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "own.yml").write_text("- name: Us\n  date: 2026-03-31\n")
    ...     read_yaml(Path(folder, "own.yml"), Paper("own.yml", "hypothesis").refuse)
    ([{'name': 'Us', 'date': '2026-03-31'}], {('0',): 1, ('0', 'name'): 1, ('0', 'date'): 2})
    """
    return parse_yaml(path.read_text(encoding="utf-8-sig"), refuse)


def parse_yaml(text: str, refuse: Callable[[int | None, str], LabError]) -> tuple[Any, dict[At, int]]:
    """Read a text as `read_yaml` reads a file.

    Plain values only: tags, which would make other things than text, numbers, days, lists and mappings, are refused; so
    is what unfolds from a few words into more than stands there.

    Parameters
    ----------
    text : str
        The text, up to 2,000,000 characters and nested up to 30 deep.
    refuse : callable
        As for `read_yaml`.

    Returns
    -------
    tuple
        As from `read_yaml`; None as content where nothing stands there.

    Raises
    ------
    LabError
        When it is not YAML, is too long or nested too deep, or holds more than plain values.

    Examples
    --------
    >>> parse_yaml("a: !!python/name:os.system x", Paper("own.yml", "codebook").refuse)
    Traceback (most recent call last):
    icp_lab.errors.base.LabError: own.yml, line 1: ... is not read: only plain text, numbers and days are...
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
    """Read a YAML file that people write beside study.yml, and refuse what may not stand there in its own words.

    Parameters
    ----------
    file : str
        What it is called in messages.
    holds : str
        What it holds, which says how it is refused: `hypothesis`, `codebook` or `interview`.

    Examples
    --------
    >>> Paper("hypotheses.yml", "hypothesis").read(Path("nowhere/hypotheses.yml"))
    ([], {})
    """

    file: str
    holds: Literal["hypothesis", "codebook", "interview"]

    def refuse(self, line: int | None, problem: str, remedy: str = "") -> LabError:
        """Make the refusal of what stands in a line.

        Parameters
        ----------
        line : int or None
            The line, from 1; None where it is not known.
        problem : str
            What is wrong, as the middle of a sentence.
        remedy : str, default ''
            What to do about it, as a sentence.

        Returns
        -------
        LabError
            To be raised by the caller.

        Examples
        --------
        >>> str(Paper("codebook.yml", "codebook").refuse(3, "`code` is missing"))
        'codebook.yml, line 3: This cannot be read as a codebook: `code` is missing...'
        """
        return utter({"hypothesis": "study.bad_hypothesis", "codebook": "study.bad_codebook",
                      "interview": "study.bad_interview"}[self.holds], Place(self.file, line),
                     problem=problem, remedy=remedy)

    def read(self, path: Path) -> tuple[list[Any], dict[At, int]]:
        """Read a list of entries, and the line of each key.

        Parameters
        ----------
        path : Path
            Where the file is; its folder is the study's.

        Returns
        -------
        tuple
            The entries, and lines as from `read_yaml`; both empty where the file is, or where there is none.

        Raises
        ------
        LabError
            When the file cannot be read, is not YAML, or holds something other than a list.

        Examples
        --------
        >>> entries, lines = Paper("hypotheses.yml", "hypothesis").read(Path("data/demo/hypotheses.yml"))
        >>> entries[0]["name"], lines["0", "name"]
        ('The head of sales', 2)
        """
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
        """Refuse what is no mapping, keys that nobody knows, and values that may not be.

        Parameters
        ----------
        node : object
            The plain value that is to be a mapping.
        at : tuple of str
            The keys down to it.
        lines : dict of tuple of str to int
            Line of each key, as from `read`.
        known : dict of str to collection of str
            The keys that may stand there, each with the values that it may have; empty where any may be.

        Raises
        ------
        LabError
            When it is not as it should be; the message names the line, and the nearest known key.

        Examples
        --------
        >>> paper = Paper("codebook.yml", "codebook")
        >>> paper.check({"cod": "price"}, ("0",), {("0", "cod"): 4}, {"code": ()})
        Traceback (most recent call last):
        icp_lab.errors.base.LabError: codebook.yml, line 4: ... the key `cod` is unknown here. ... Did you mean `code`?
        """
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
    """Read which day people mean: 2026-03-31, 2026/3/31 or 2026年3月31日.

    Parameters
    ----------
    said : object
        What they wrote; full-width digits and blanks around it do not matter.

    Returns
    -------
    date or None
        The day; None where it is none.

    Examples
    --------
    >>> read_day("2026年3月31日"), read_day("2026-02-30")
    (datetime.date(2026, 3, 31), None)
    """
    parts = _DAY.fullmatch(plain := normalize("NFKC", str(said)).strip())
    try:
        return date(*map(int, parts.groups())) if parts else date.fromisoformat(plain)
    except ValueError:
        return None


def as_text(value: Any) -> str:
    """Write a plain YAML value as the text that a file would hold.

    Parameters
    ----------
    value : object
        Text, a number, yes or no.

    Returns
    -------
    str
        The text; `true` and `false` for yes and no.

    Examples
    --------
    >>> as_text(True), as_text(12), as_text("12")
    ('true', '12', '12')
    """
    return str(value).lower() if isinstance(value, bool) else str(value)
