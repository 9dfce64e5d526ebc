"""A reader of checked values out of study.yml: each method refuses, with the line, what is not as it should be."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from icp_lab.errors import study as errors
from icp_lab.locale import _

Path = tuple[str, ...]
_YES = {True: True, "yes": True, "true": True, False: False, "no": False, "false": False}


@dataclass(frozen=True)
class Reader:
    """The plain content of study.yml, and the line of each of its keys."""

    content: dict[str, Any]
    lines: dict[Path, int]

    def get(self, at: Path) -> Any:
        """Give what stands at a path of keys, None where nothing does."""
        node: Any = self.content
        for key in at:
            node = node.get(key) if isinstance(node, dict) else None
        return node

    def line(self, at: Path) -> int | None:
        """Give the line of a path of keys, or of the nearest one above it."""
        while at and at not in self.lines:
            at = at[:-1]
        return self.lines.get(at)

    def need(self, at: Path, key: str) -> None:
        """Refuse a mapping without a key."""
        if self.get((*at, key)) in (None, "", [], {}):
            raise errors.missing_key(self.line((*at, key)), key, ".".join(at))

    def mapping(self, at: Path) -> dict[str, Any]:
        """Read a mapping; nothing counts as an empty one."""
        value = self.get(at)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise errors.wrong_value(self.line(at), at[-1], value, _("Here stand indented `key: value` lines."))
        return value

    def check_keys(self, at: Path, known: Collection[str]) -> None:
        """Refuse keys that nobody knows."""
        for key in self.mapping(at) if at else self.content:
            if key not in known:
                raise errors.unknown_key(self.line((*at, key)), key, known, ".".join(at))

    def text(self, at: Path, default: str = "") -> str:
        """Read a text; numbers and days are taken as they are written."""
        value = self.get(at)
        if isinstance(value, dict | list):
            raise errors.wrong_value(self.line(at), at[-1], value, _("Here stands one text."))
        return default if value is None else as_text(value)

    def texts(self, at: Path) -> tuple[str, ...]:
        """Read a list of texts; one text counts as a list of one."""
        value = self.get(at)
        items = value if isinstance(value, list) else [] if value is None else [value]
        if any(isinstance(item, dict | list) for item in items):
            raise errors.wrong_value(self.line(at), at[-1], value, _("Here stands a list of texts: [a, b]."))
        return tuple(as_text(item) for item in items)

    def choice(self, at: Path, words: Collection[str], default: str | None = None) -> str:
        """Read one of several words."""
        value = self.text(at, default or "")
        if value not in words and (default is None or value != default):
            rule = _("It is one of {words}.").format(words=", ".join(words))
            raise errors.wrong_value(self.line(at), at[-1], value, f"{rule} {errors.nearest(value, words)}".strip())
        return value

    def number(self, at: Path, default: float, *, low: float, high: float = float("inf"), whole: bool = False) -> float:
        """Read a number in a range."""
        value = self.get(at)
        if value is None:
            return default
        wrong = isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high
        if wrong or (whole and value != int(value)):
            kind = _("a whole number") if whole else _("a number")
            rule = _("It is {kind} from {low} to {high}.") if high < float("inf") else _("It is {kind} from {low} up.")
            raise errors.wrong_value(self.line(at), at[-1], value, rule.format(kind=kind, low=low, high=high))
        return float(value)

    def yes_no(self, at: Path) -> bool:
        """Read yes or no; nothing counts as no."""
        value = self.get(at)
        if value is None:
            return False
        if isinstance(value, dict | list) or value not in _YES:
            raise errors.wrong_value(self.line(at), at[-1], value, _("It is yes or no."))
        return _YES[value]

    def day(self, at: Path) -> date:
        """Read a day."""
        value = self.get(at)
        try:
            return value if isinstance(value, date) else date.fromisoformat(str(value).replace("/", "-"))
        except ValueError as error:
            raise errors.wrong_value(self.line(at), at[-1], value, _("It is a day such as 2026-03-31.")) from error


def as_text(value: Any) -> str:
    """Write a plain YAML value as the text that a file would hold."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)
