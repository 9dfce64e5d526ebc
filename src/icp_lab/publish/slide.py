"""A slide while it is laid out: cards, tables and charts on a grid, each measured, so that nothing runs out of it."""

import re
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from icp_lab.locale import _, language
from icp_lab.publish.fitting import GAP, clean_line, fit_texts, measure_height, measure_text, split_text, wrap_text
from icp_lab.views.table import LEFT, Table
from icp_lab.views.training import Chart
from icp_lab.views.words import tell

Box = tuple[float, float, float, float]  # left, top, width, height in points
Card = Sequence[tuple[str, str]]  # what each line is in the card, and its text
TITLE, BODY, FOOT, NUMBER = (48, 52, 864, 72), (48, 100, 864, 386), (48, 503, 800, 16), (852, 503, 60, 16)
_SEAM, _INSET = 12, 12  # between the cells of the grid, and within a card
_HEAD, _TEXT = (28, 26, 24, 22, 20, 18, 16), (22, 20, 18, 17, 16, 15, 14, 13, 12, 11, 10)
_CELLS = (*((size, 0) for size in (22, 20, 18, 16, 14, 13, 12, 11)), (11, 6), (10, 5), (10, 3), (10, 2), (10, 1))
_TILES = 5
_ROLES, _BOLD = ("head", "lead", "text"), ("title", "head", "figure", "lead")
_SCALES = {"figure": 2.1, "lead": 1.3, "head": 0.85, "small": 0.8}
# The colours of the theme in which a card stands: its ground, its words, and what stands out in it.
_TONES = {"": ("", "tx1", "accent1"), "wash": ("accent5", "tx1", "accent1"), "warn": ("accent6", "tx1", "accent3"),
          "accent": ("accent1", "bg1", "bg1"), "alert": ("accent3", "bg1", "bg1"), "grey": ("tx2", "bg1", "bg1"),
          "paper": ("bg1", "tx1", "accent1"), "quiet": ("", "tx2", "tx2"), "cover": ("", "bg1", "bg1")}


class Slide:
    """Lay out a slide as deck.toml declares it, with the words, cards and exhibits that its texts and `shows` name.

    `parts` are what the template writes, `title` and `notes` what is said on the slide and to it.

    Parameters
    ----------
    said : dict of str to object
        The slide as declared: `name`, its texts by their keys, what it `shows`, and where that stands.
    words : dict of str to str
        What stands in the braces of texts; a text in which one is empty is left out.
    shown : dict of str to object
        What there is to be shown, by the name that deck.toml has for it: lists of cards, of tables and of charts.
    tone : str
        The ground of the cards beside what is shown: accent, grey or another of those that deck.toml names.

    Examples
    --------
    >>> said = {"name": "why", "title": ["Whom to turn to"], "strip": ["{n} cases"], "cards": [{"text": ["{n} firms"]}]}
    >>> slide = Slide(said, {"n": "12", "foot": ""}, {}, "accent")
    >>> [part["kind"] for part in slide.parts], slide.title
    (['title', 'ftr', 'sldNum', 'text', 'text'], 'Whom to turn to')
    """

    def __init__(self, said: dict[str, Any], words: dict[str, str], shown: dict[str, Any], tone: str) -> None:
        self.said, self.words, self.parts = said, words, list[dict[str, Any]]()
        self.exhibits = [one for name in said.get("shows", ()) for one in shown.get(name, ())]
        self.title = (self._say("title") or [self.exhibits[0].title])[0]
        notes = self._say("notes") + [one.note for one in self.exhibits if isinstance(one, Table) and one.note]
        if said.get("numbered"):
            notes = [f"{n}  {note}" for n, note in enumerate(notes[:_TILES], 1)]
        self.notes = "\n".join(clean_line(note).replace("**", "") for note in notes)
        beside = self._read_cards("side") + shown.get("side", []), self._read_cards("cards") + [
            card for name in said.get("lists", ()) for card in shown.get(name, ())]
        self._lay_cover(beside[1]) if said["name"] == "cover" else self._lay_body(*beside, said.get("tone", tone))

    def _say(self, key: str) -> list[str]:
        """Say the texts under a key, line by line, without those in which a word is empty."""
        return [line for text in self.said.get(key, ()) for line in self._fill(text)]

    def _fill(self, text: str) -> list[str]:
        known = all(self.words[one] for one in re.findall(r"{(\w+)}", text))
        return tell(_(text), **self.words).split("\n") if known else []

    def _read_cards(self, key: str) -> list[Card]:
        """Read declared cards; a card without a text is left out, and `tiles` gives each line a card of its own."""
        cards: list[Card] = []
        for one in self.said.get(key, ()):
            lines = {role: [(role, line) for text in one.get(role, ()) for line in self._fill(text)] for role in _ROLES}
            figure = [("figure", said) for each in one.get("figure", ()) if (said := self.words[each])]
            if any(lines.values()) and len(figure) == len(one.get("figure", ())):
                cards.append([*lines["head"], *figure, *lines["lead"], *lines["text"]])
        tiles = self._say("tiles")[:_TILES] if key == "cards" else []
        return cards + [[("figure", str(n)), ("text", text)] for n, text in enumerate(tiles, 1)]

    def _lay_cover(self, cards: list[Card]) -> None:
        self._add_text((48, 44, 600, 20), [("head", text) for text in self._say("part")], (15, 13, 11), "cover")
        self._add_text((660, 44, 252, 20), [("head", self.words["secret"])], (15, 13, 11, 9), "cover", side="r")
        self._add_text((48, 92, 864, 120), [("title", self.title)], (46, 40, 34, 28), "cover", kind="title", anchor="b")
        self._add_text((48, 226, 820, 112), [("text", text) for text in self._say("text")], (26, *_TEXT), "cover")
        self._add_cards((48, 356, 864, 140), cards, 4, "paper", sizes=_TEXT[2:])

    def _lay_body(self, beside: list[Card], cards: list[Card], tone: str) -> None:
        self._add_text((48, 29, 864, 18), [("head", text) for text in self._say("part")], (14,))
        top = TITLE[1] + self._lay_title() + _SEAM
        left, width, height = float(BODY[0]), float(BODY[2]), BODY[1] + BODY[3] - top
        self._add_text(FOOT, [("text", self.words["foot"])], (10, 9, 8), "quiet", kind="ftr")
        self.parts.append({"kind": "sldNum", "box": NUMBER})
        if strip := [("head", text) for text in self._say("strip")]:
            used = min(self._need(strip, width, 18) + 4, 70)
            self._add_text((left, top + height - used, width, used), strip, (18, 16, 14, 12), anchor="b")
            height -= used + 8
        if beside and not cards and not self.exhibits:
            beside, cards = [], beside
        if beside and self.said.get("below"):
            used = self._add_cards((left, top, width, 0.36 * height), beside, 1, tone, sizes=_TEXT[3:], snug=True)
            top, height = top + used + _SEAM, height - used - _SEAM
        elif beside:
            own = width * self.said.get("share", 0.31)
            self._add_cards((left, top, own, height), beside, 1, tone, sizes=_TEXT[2:])
            left, width = left + own + _SEAM, width - own - _SEAM
        if cards:
            room = (left, top, width, height * (0.42 if self.exhibits else 1))
            columns, ground = self.said.get("columns", 3), self.said.get("ground", "wash")
            used = self._add_cards(room, cards, columns, ground, snug=bool(self.exhibits)) + _SEAM
            top, height = top + used, height - used
        across = len(self.exhibits) if self.said.get("across") else 1
        for place, one in enumerate(self.exhibits):
            wide: float = (width - (across - 1) * 2 * _SEAM) / across
            waiting = 1 if across > 1 else len(self.exhibits) - place
            used = self._add_exhibit((left, top, wide, (height + _SEAM) / waiting - _SEAM), one) + _SEAM
            if across > 1:
                left += wide + 2 * _SEAM
            else:
                top, height = top + used, height - used

    def _lay_title(self) -> float:
        """Write the title, on one line where that goes without small type, and tell how high it stands."""
        heights = {size: self._need([("title", self.title)], TITLE[2], size) for size in _HEAD}
        size = next((size for size in _HEAD[:4] if heights[size] < 1.5 * size * leading()), 0)
        size = size or next((size for size in _HEAD if heights[size] <= TITLE[3]), _HEAD[-1])
        used = min(heights[size], TITLE[3]) + 2
        self._add_text((*TITLE[:3], used), [("title", self.title)], [size], kind="title")
        return used

    def _need(self, card: Card, width: float, size: float) -> float:
        texts, scales = [clean_line(text) for _role, text in card], [_SCALES.get(role, 1.0) for role, _text in card]
        return measure_height(texts, _fill() * width, size, leading(), scales)

    def _add_text(self, box: Box, card: Card, sizes: Sequence[float], tone: str = "", *,  # noqa: PLR0913
                  inset: float = 0, drop: float = 0, kind: str = "text", anchor: str = "t", side: str = "l") -> None:
        """Write lines into a box, in the largest of these sizes of type that lets them fit."""
        if not card:
            return
        ground, ink, strong = _TONES[tone]
        scales = [_SCALES.get(role, 1.0) for role, _text in card]
        room = (_fill() * (box[2] - 2 * inset), box[3] - 2 * inset)
        size, kept = fit_texts([clean_line(text) for _role, text in card], room, sizes, leading(), scales)
        lines = [{"pieces": text.split("**"), "size": round(size * scale, 1), "bold": role in _BOLD,
                  "colour": strong if role in ("head", "figure") else ink}
                 for text, scale, (role, _text) in zip(kept, scales, card, strict=False)]
        self.parts.append({"kind": kind, "box": box, "lines": lines, "before": GAP * size * leading(), "inset": inset,
                           "drop": drop, "ground": ground, "anchor": anchor, "side": side})

    def _add_cards(self, box: Box, cards: list[Card], columns: int, tone: str, *,  # noqa: PLR0913
                   sizes: Sequence[float] = _TEXT, snug: bool = False) -> float:
        """Lay cards into a grid, all in one size of type; they fill the box, or as much as they need where `snug`."""
        left, top, width, height = box
        rows = [cards[start:start + columns] for start in range(0, len(cards), columns)]
        wide = [(width - _SEAM * (len(row) - 1)) / len(row) for row in rows]
        height -= _SEAM * (len(rows) - 1)
        for size in sizes:
            needs = [2 * _INSET + 1 + max(self._need(card, one - 2 * _INSET, size) for card in row)
                     for row, one in zip(rows, wide, strict=True)]
            if sum(needs) <= height:
                break
        cap = max(needs)
        while sum(min(need, cap) for need in needs) > height:  # what is too long is cut, and not what is short
            cap *= 0.95
        more = 0 if snug else max(height - sum(needs), 0) / len(rows)
        tall = [min(need, cap) + more for need in needs]
        starts = accumulate([top, *(own + _SEAM for own in tall[:-1])])
        for row, one, start, own, need in zip(rows, wide, starts, tall, needs, strict=True):
            drop = max(own - need, 0) / 2 if all(card[0][0] != "head" for card in row) else 0
            for place, card in enumerate(row):
                cell = (left + place * (one + _SEAM), start, one, own)
                self._add_text(cell, card, [size], tone, inset=_INSET, drop=drop)
        return sum(tall) + _SEAM * (len(rows) - 1)

    def _add_exhibit(self, box: Box, shown: Table | Chart) -> float:
        """Lay a table or a chart into a box under its title, and tell the height that it takes."""
        left, top, width, height = box
        if shown.title and shown.title != self.title:
            used = 34 if isinstance(shown, Chart) else 20
            self._add_text((left, top, width, used), [("head", shown.title)], (16, 14, 13, 12, 11), anchor="b")
            top, height = top + used + 4, height - used - 4
        if isinstance(shown, Chart):
            self.parts.append({"kind": "chart", "box": (left, top, width, height), "alt": shown.alt, "chart": shown})
            return box[3]
        return self._add_table((left, top, width, height), shown) + top - box[1]

    def _add_table(self, box: Box, table: Table) -> float:
        left, top, width, height = box
        heads = [f"{head} ({unit})" if unit else head for head, unit in table.heads()]
        grid = [list(map(clean_line, row)) for row in (heads, *table.cells())]
        for size, most in _CELLS:
            widths = _share_width(grid, width / size)
            rows = [[wrap_text(cell, one - 1.2, most) for cell, one in zip(row, widths, strict=True)] for row in grid]
            heights = [max(map(len, row)) * size * leading() + 8 for row in rows]
            if sum(heights) <= height and (size < 14 or max(len(lines) for row in rows for lines in row) < 3):
                break
        airy = min(max((height - heights[0]) / max(sum(heights[1:]), 1), 1), 2.5)  # rows share what is left
        heights[1:] = [airy * one for one in heights[1:]]
        self.parts.append({
            "kind": "table", "box": (left, top, width, sum(heights)), "size": size, "heights": heights,
            "alt": clean_line(table.title or self.title), "widths": [one * size for one in widths],
            "sides": ["l" if column.kind in LEFT else "r" for column in table.columns],
            "rows": [["".join(lines) for lines in row] for row in rows]})
        return sum(heights)


def _share_width(grid: list[list[str]], width: float) -> list[float]:
    """Share a width in em among columns: to each its longest word, and of what is left by how much it has to say."""
    columns = list(zip(*grid, strict=True))
    least = [1.3 + max(max(min(measure_text(cell), 5), *(min(measure_text(word), 12) for word in split_text(cell)), 0)
                       for cell in cells) for cells in columns]
    part = 1 if language() == "ja" else 0.5  # of a head, which may break between words
    asked = [0.1 + min(max(part * measure_text(head), *map(measure_text, cells)), 30) for head, *cells in columns]
    spare = max(width - sum(least), 0) / sum(asked)
    wide = [low + spare * more for low, more in zip(least, asked, strict=True)]
    return [width * one / sum(wide) for one in wide]


def leading() -> float:
    """Give the height from line to line, in times the size of type.

    Returns
    -------
    float
        More where the language in force is Japanese.

    Examples
    --------
    >>> from icp_lab.locale import in_language
    >>> with in_language("ja"):
    ...     leading()
    1.4
    """
    return 1.4 if language() == "ja" else 1.25


def _fill() -> float:
    """How much of a line to fill: some programs set a little space between Japanese and Latin letters."""
    return 0.95 if language() == "ja" else 1.0
