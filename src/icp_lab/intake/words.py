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
    places: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Write all words as one expression, the longest first; behind each an empty group tells which one it was."""
        each = sorted(((word, label) for label in self.labels for word in self.labels[label]),
                      key=lambda pair: (not pair[0][0].isascii(), -len(pair[0])))
        plain = [re.sub(r"\((?!\?)", "(?:", word) + "()" for word, _label in each]
        latin = sum(word[0].isascii() for word, _label in each)
        alone = rf"(?<![a-z0-9])(?:{'|'.join(plain[:latin])})(?![a-z0-9])" if latin else "(?!)"
        object.__setattr__(self, "pattern", re.compile("|".join([alone, *plain[latin:]])))
        object.__setattr__(self, "places", tuple(label for _word, label in each))

    def find(self, text: str) -> list[str]:
        """Give the labels of the words that stand in a text, in their order."""
        return [self.places[(found.lastindex or 1) - 1] for found in self.pattern.finditer(text)]
