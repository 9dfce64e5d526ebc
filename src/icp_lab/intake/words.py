"""Words that stand for something, found in short texts: titles, industries."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Words:
    """Labels, each with the words that stand for it: regular expressions over small letters after NFKC.

    A word of Latin letters stands alone, any other one anywhere; of words that overlap the longer holds.

    Examples
    --------
    >>> Words({"retail": ("小売", "shops?"), "bank": ("bank",)}).find("a shop in a bank, no banker")
    ['retail', 'bank']
    """

    labels: Mapping[str, Iterable[str]]
    pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        """Write all words as one expression, the longest first; a group's name holds its label's place."""
        each = sorted(((word, place) for place, label in enumerate(self.labels) for word in self.labels[label]),
                      key=lambda pair: -len(pair[0]))
        alone = [rf"(?<![a-z0-9])(?:{word})(?![a-z0-9])" if word[0].isascii() else word for word, _place in each]
        groups = (f"(?P<p{place}_{i}>{word})" for i, (word, (_, place)) in enumerate(zip(alone, each, strict=True)))
        object.__setattr__(self, "pattern", re.compile("|".join(groups)))

    def find(self, text: str) -> list[str]:
        """Give the labels of the words that stand in a text, in their order."""
        names = tuple(self.labels)
        return [names[int(str(found.lastgroup)[1:].partition("_")[0])] for found in self.pattern.finditer(text)]
