"""The words of a text, English or Japanese, in the form in which they can be compared."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from unicodedata import normalize

_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_ENGLISH = re.compile(r"\b\w\w+\b")  # as scikit-learn does
# Parts of speech that say nothing by themselves: particles, auxiliaries, signs, pronouns, conjunctions, interjections.
_EMPTY = frozenset(("助詞", "助動詞", "補助記号", "記号", "空白", "代名詞", "接続詞", "感動詞"))
_PIECE = 10_000  # Sudachi takes at most 49,149 bytes at a time, a sign has up to four


def split_words(text: str) -> list[str]:
    """Split a text into its words, in the form in which they can be compared.

    Parameters
    ----------
    text : str
        Text in English, Japanese or both.

    Returns
    -------
    list of str
        In the order of the text. Japanese: content words in the normal form of the dictionary (`引越し` and `引っ越し`
        are one word; `高くなった` gives `高い`), so that neither spelling nor inflection parts them; particles,
        auxiliaries, signs and verbs that only help others are left out. English: words of two letters and more, in
        small letters, not stemmed.

    Notes
    -----
    A text with any Japanese letter goes through SudachiPy (split mode B; Takaoka et al., 2018); any other is split as
    scikit-learn splits texts. Both are deterministic. Full-width letters and digits count as plain ones.

    Examples
    --------
    >>> split_words("The price went up")
    ['the', 'price', 'went', 'up']
    >>> split_words("価格が高くなった")
    ['価格', '高い']
    """
    plain = normalize("NFKC", text)
    if not _JAPANESE.search(plain):
        return _ENGLISH.findall(plain.lower())
    return [word.normalized_form().casefold() for _start, word in split_japanese(plain)
            if (part := word.part_of_speech())[0] not in _EMPTY and part[:2] != ("動詞", "非自立可能")]


def split_japanese(text: str, mode: str = "B") -> Iterator[tuple[int, Any]]:
    """Split a text into morphemes, each with the place where it begins.

    Parameters
    ----------
    text : str
        Text in Japanese, of any length.
    mode : str, default 'B'
        How words are split, as SudachiPy has it: A, B or C; C keeps longer words whole.

    Returns
    -------
    Iterator of tuple of (int, object)
        Place of the first letter, and morpheme, in the order of the text.

    Examples
    --------
    >>> [(start, word.surface()) for start, word in split_japanese("価格が高い")]
    [(0, '価格'), (2, 'が'), (3, '高い')]
    """
    return ((start + word.begin(), word) for start in range(0, len(text), _PIECE)
            for word in _japanese(mode)(text[start : start + _PIECE]))


@cache
def _japanese(mode: str) -> Callable[[str], Any]:
    from sudachipy import Dictionary, SplitMode  # noqa: PLC0415  (its dictionary takes a moment)

    tokenize: Callable[[str], Any] = Dictionary().tokenizer(SplitMode(mode)).tokenize
    return tokenize
