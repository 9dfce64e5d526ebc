"""What stands in study.yml, value by value: each is checked, and refused with its line."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeVar

from icp_lab.errors import LabError, Place, refusals, utter
from icp_lab.intake.spec import find_line
from icp_lab.locale import _
from icp_lab.study.yml import At, as_text

Value = TypeVar("Value")


@dataclass(frozen=True)
class Reader:
    """Read study.yml value by value, and refuse what may not stand there with its line.

    Parameters
    ----------
    content : dict of str to object
        What the file says, as plain values.
    lines : dict of tuple of str to int
        Line of each key, by the keys down to it.

    Examples
    --------
    >>> Reader({"brand": {"name": "Acme"}}, {}).text(("brand", "name"))
    'Acme'
    """

    content: dict[str, Any]
    lines: dict[At, int]

    def get(self, at: At) -> Any:
        """Give what stands at a path of keys.

        Parameters
        ----------
        at : tuple of str
            The keys down to it.

        Returns
        -------
        object
            The plain value; None where nothing stands there.

        Examples
        --------
        >>> Reader({"tables": {"accounts": "a.csv"}}, {}).get(("tables", "deals")) is None
        True
        """
        node: Any = self.content
        for key in at:
            node = node.get(key) if isinstance(node, dict) else None
        return node

    def place(self, at: At) -> Place:
        """Say where a path of keys stands.

        Parameters
        ----------
        at : tuple of str
            The keys down to it.

        Returns
        -------
        Place
            Its line of study.yml; that of what it is missing in where it is not there.

        Examples
        --------
        >>> Reader({"tables": {}}, {("tables",): 3}).place(("tables", "deals")).words()
        'line 3 of study.yml'
        """
        return Place(refusals.in_yml(find_line(self.lines, at)))

    def wrong(self, at: At, value: object, rule: str, key: str = "") -> LabError:
        """Make the refusal of a value, saying what is allowed.

        Parameters
        ----------
        at : tuple of str
            The keys down to it.
        value : object
            What stands there.
        rule : str
            What may stand there, as a sentence.
        key : str, default ''
            Key that the message names; the last of `at` when left out.

        Returns
        -------
        LabError
            To be raised by the caller.

        Examples
        --------
        >>> str(Reader({}, {("outcome",): 5}).wrong(("outcome",), "wom", "It is won."))
        'line 5 of study.yml: `wom` is no value for `outcome`. It is won.'
        """
        return utter("study.wrong_value", self.place(at), rule=rule, value=value, key=key or at[-1])

    def need(self, at: At, *keys: str) -> None:
        """Refuse a mapping that lacks one of these keys.

        Parameters
        ----------
        at : tuple of str
            The keys down to the mapping; none for the file as a whole.
        *keys : str
            Keys that must have a value; an empty text, list or mapping is none.

        Raises
        ------
        LabError
            When one of them has no value.

        Examples
        --------
        >>> Reader({"name": "Us"}, {}).need((), "name", "language")
        Traceback (most recent call last):
        icp_lab.errors.base.LabError: study.yml: `language` is missing. Add a line `language: ...`.
        """
        for key in (key for key in keys if self.get((*at, key)) in (None, "", [], {})):
            place, where = self.place((*at, key)), ".".join(at)
            raise utter("study.missing_key_in" if where else "study.missing_key", place, key=key, where=where)

    def mapping(self, at: At) -> dict[str, Any]:
        """Read a mapping; nothing counts as an empty one.

        Parameters
        ----------
        at : tuple of str
            The keys down to it.

        Returns
        -------
        dict of str to object
            Its keys and plain values.

        Raises
        ------
        LabError
            When something else stands there.

        Examples
        --------
        >>> Reader({"brand": {"name": "Acme"}}, {}).mapping(("brand",))
        {'name': 'Acme'}
        """
        value = self.get(at)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.wrong(at, value, _("Here stand indented `key: value` lines."))
        return value

    def each(self, at: At, read: Callable[[At], Value], known: Collection[str] | None = None) -> dict[str, Value]:
        """Read every value of a mapping in one way.

        Parameters
        ----------
        at : tuple of str
            The keys down to the mapping.
        read : callable
            Takes the keys down to one value, and gives what is read there.
        known : collection of str or None, default None
            Keys that may stand there; None allows any.

        Returns
        -------
        dict of str to object
            What was read, by key.

        Raises
        ------
        LabError
            When a key is not among the known ones, or no mapping stands there.

        Examples
        --------
        >>> yml = Reader({"columns": {"name": "Company", "founded_year": 1999}}, {})
        >>> yml.each(("columns",), yml.text)
        {'name': 'Company', 'founded_year': '1999'}
        """
        if known is not None:
            self.check_keys(at, known)
        return {key: read((*at, key)) for key in self.mapping(at)}

    def check_keys(self, at: At, known: Collection[str]) -> None:
        """Refuse keys of a mapping that nobody knows.

        Parameters
        ----------
        at : tuple of str
            The keys down to the mapping; none for the file as a whole.
        known : collection of str
            Keys that may stand there.

        Raises
        ------
        LabError
            At the first other key; the message names the nearest known one.

        Examples
        --------
        >>> Reader({"nme": "Us"}, {("nme",): 1}).check_keys((), ["name"])
        Traceback (most recent call last):
        icp_lab.errors.base.LabError: line 1 of study.yml: `nme` is not a key of study.yml. ... Did you mean `name`?
        """
        for key in self.mapping(at) if at else self.content:
            self.check_word((*at, key), key, known, ".".join(at))

    def check_word(self, at: At, word: str, known: Collection[str], where: str) -> None:
        """Refuse a word that nobody knows, naming the nearest.

        Parameters
        ----------
        at : tuple of str
            The keys down to it.
        word : str
            The word.
        known : collection of str
            Words that may stand there.
        where : str
            In which key, for the message; empty for the file as a whole.

        Raises
        ------
        LabError
            When the word is none of them.

        Examples
        --------
        >>> Reader({}, {}).check_word(("tables", "dels"), "dels", ["deals"], "tables")
        Traceback (most recent call last):
        icp_lab.errors.base.LabError: study.yml: `dels` is not a key of `tables`. ... Did you mean `deals`?
        """
        if word not in known:
            raise utter("study.unknown_key_in" if where else "study.unknown_key", self.place(at), key=word, where=where,
                        words=refusals.list_words(known), remedy=refusals.nearest(word, known))

    def text(self, at: At, default: str = "") -> str:
        """Read a text; numbers and days are taken as they are written.

        Parameters
        ----------
        at : tuple of str
            The keys down to it.
        default : str, default ''
            What holds where nothing stands.

        Returns
        -------
        str
            The text.

        Raises
        ------
        LabError
            When a list or a mapping stands there.

        Examples
        --------
        >>> Reader({"name": 2025}, {}).text(("name",))
        '2025'
        """
        value = self.get(at)
        if isinstance(value, dict | list):
            raise self.wrong(at, value, _("Here stands one text."))
        return default if value is None else as_text(value)

    def texts(self, at: At) -> tuple[str, ...]:
        """Read a list of texts; one text counts as a list of one.

        Parameters
        ----------
        at : tuple of str
            The keys down to it.

        Returns
        -------
        tuple of str
            The texts; none where nothing stands.

        Raises
        ------
        LabError
            When an item is a list or a mapping, or a mapping stands there.

        Examples
        --------
        >>> Reader({"after_sale": "plan"}, {}).texts(("after_sale",))
        ('plan',)
        """
        value = self.get(at)
        items = value if isinstance(value, list) else [] if value is None else [value]
        if any(isinstance(item, dict | list) for item in items):
            raise self.wrong(at, value, _("Here stands a list of texts: [a, b]."))
        return tuple(as_text(item) for item in items)

    def choice(self, at: At, words: Collection[str], default: str | None = None) -> str:
        """Read one of several words.

        Parameters
        ----------
        at : tuple of str
            The keys down to it.
        words : collection of str
            Words that may stand there.
        default : str or None, default None
            What holds where nothing stands, be it one of the words or not; None where one must stand.

        Returns
        -------
        str
            The word.

        Raises
        ------
        LabError
            When it is none of them; the message names the nearest.

        Examples
        --------
        >>> Reader({}, {}).choice(("outcome",), ["best", "won"], "")
        ''
        """
        value = self.text(at, default or "")
        if value not in words and (default is None or value != default):
            rule = _("It is one of {words}.").format(words=", ".join(words))
            raise self.wrong(at, value, f"{rule} {refusals.nearest(value, words)}".strip())
        return value

    def number(self, at: At, default: float, *, low: float, high: float = float("inf"), whole: bool = False) -> float:
        """Read a number in a range.

        Parameters
        ----------
        at : tuple of str
            The keys down to it.
        default : float
            What holds where nothing stands.
        low, high : float
            The ends of the range, which may be reached; upwards it is open when left out.
        whole : bool, default False
            Refuse what is no whole number.

        Returns
        -------
        float
            The number, whole or not.

        Raises
        ------
        LabError
            When it is no number, or outside of the range.

        Examples
        --------
        >>> Reader({"month": 4}, {}).number(("month",), 1, low=1, high=12, whole=True)
        4.0
        """
        value = self.get(at)
        if value is None:
            return default
        wrong = isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high
        if wrong or (whole and value != int(value)):
            kind = _("a whole number") if whole else _("a number")
            rule = _("It is {kind} from {low} to {high}.") if high < float("inf") else _("It is {kind} from {low} up.")
            raise self.wrong(at, value, rule.format(kind=kind, low=low, high=high))
        return float(value)
