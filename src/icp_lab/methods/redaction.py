"""What names a person in a text, or reaches one, is taken out of it: names, e-mail addresses, telephone numbers."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from unicodedata import normalize

from icp_lab.intake.titles import read_title
from icp_lab.locale import _, declared
from icp_lab.methods.words import split_japanese

_WORDS: dict[str, tuple[str, ...]] = declared.read_declared("icp_lab.methods", "redaction.toml")
_ANY = {key: "|".join(sorted(words, key=len, reverse=True)) for key, words in _WORDS.items()}
_KANA = "\u3005\u3040-\u30ff\u3400-\u9fff"
_JAPANESE = re.compile(f"[{_KANA}]")
_LETTER = rf"[^\W\d_{_KANA}]"
_CAPITAL = rf"[A-ZÀ-Þ]{_LETTER}*(?:['’-]{_LETTER}+)*"
# Full-width signs as plain ones, sign for sign, so that places stay.
_PLAIN = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | dict.fromkeys(map(ord, "‐‑‒–—−ー"), "-") | {
    0x3000: " "}
_ALONE, _GAP = r"(?<![A-Za-z0-9.,/+-])", r"[ ./()-]{0,2}"
_BETWEEN = re.compile(r"[\s.・]*")  # what may part the pieces of one name
# Kind, pattern (the group `it` is what goes, where there is one), and how many digits there are.
_PATTERNS = [(kind, re.compile(pattern), range(*digits)) for kind, pattern, digits in (
    ("e-mail", r"(?<![A-Za-z0-9._%+'-])[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", (999,)),
    ("phone", rf"{_ALONE}(?:\+|00(?=[1-9]\d{{0,2}}[ ./-]))[1-9]\d{{0,2}}(?:{_GAP}\d{{1,8}}){{1,6}}(?!\d)", (8, 21)),
    ("phone", rf"{_ALONE}0[1-9](?:[ .-]\d\d){{4}}(?!\d)", (10, 11)),
    ("phone", rf"{_ALONE}\(?0[1-9]\d{{0,4}}(?:{_GAP}\d{{1,7}}){{1,2}}(?!\d)", (9, 12)),
    ("phone", rf"{_ALONE}(?:\(\d{{3}}\) ?|\d{{3}}[-. ])\d{{3}}[-. ]\d{{4}}(?!\d)", (10, 11)),
    ("phone", rf"(?i:(?<![a-z])(?:{_ANY['phones']}))[^\w\d]{{0,3}}(?:は|no\.?|:)?\s*"
              r"(?P<it>(?!\d{4}[-/.]\d)\(?\d(?:[ ()./-]?\d){4,14})(?!\d)", (5, 16)),
    ("name", rf"\b(?:(?:{_ANY['titles']})|(?i:{_ANY['any_case']}))\b\.? *(?P<it>(?:[A-ZÀ-Þ]\.? )?"
             rf"(?:(?:{_ANY['particles']}) )*(?:(?<=[Mm][Rr] ){_LETTER}+|{_CAPITAL})(?: {_CAPITAL}){{0,2}})", (999,)),
    ("name", rf"(?<!{_LETTER})(?P<it>(?:[A-ZÀ-Þ]\. ?)?(?=\w{{0,20}}[a-zà-ÿ]){_CAPITAL}(?: {_CAPITAL}){{0,3}}) ?"
             rf"(?:{_ANY['honorifics']})", (999,)))]
_LOUD, _PLACE = re.compile(rf"[\s　]*(?:{_ANY['honorifics']}|{_ANY['ranks']})"), re.compile(_ANY["of_places"])
_NUMERAL = re.compile("[〇一二三四五六七八九十百千万億]+")
_LONGEST = 8  # pieces of a name, as words are split


def redact(text: str, names: frozenset[str] | None = frozenset()) -> str:
    """Take what names a person, or reaches one, out of a text.

    Parameters
    ----------
    text : str
        Text in English, Japanese or both.
    names : frozenset of str or None, optional
        Names of people that are known; None where names may be shown: the text stays as it is.

    Returns
    -------
    str
        The text with [name], [e-mail] and [phone], in the language in force, in place of what was there. Amounts, days,
        ids and registration numbers stay.

    Notes
    -----
    Names: known ones, whole in any letters, their first and last piece where it has a capital; what follows a title
    (Mr, Dr) or stands before one (様, さん, 部長); in Japanese also what SudachiPy holds to be a person's name, but for
    those of places and companies (Takaoka et al., 2018). A piece that is an ordinary word as well (Mark, Price) is
    taken for a name at most within a sentence. A name in plain English that nobody listed cannot be known for one.

    Examples
    --------
    >>> redact("Ask Ann Berg (ann@berg.example, +44 20 7946 0001) or Mr Ito by 2026-03-31.", frozenset(["Ann Berg"]))
    'Ask [name] ([e-mail], [phone]) or Mr [name] by 2026-03-31.'
    >>> redact("佐藤部長に０３－５５５０－０１２３で確認、お客様の声")
    '[name]部長に[phone]で確認、お客様の声'
    """
    if names is None:
        return text
    plain = text.translate(_PLAIN)
    words = {"name": _("[name]"), "e-mail": _("[e-mail]"), "phone": _("[phone]")}
    said, end, last = list[str](), 0, ""
    spots = [*_find_patterns(plain), *_find_names(plain, _read_names(names))]
    for start, stop, kind in sorted(spots, key=lambda spot: (spot[0], -spot[1])):
        if start >= end and not (kind == last == "name" and _BETWEEN.fullmatch(plain, end, start)):
            said += [text[end:start], words[kind]]
            last = kind
        end = max(end, stop)
    return "".join([*said, text[end:]])


def _find_patterns(plain: str) -> Iterator[tuple[int, int, str]]:
    for kind, pattern, digits in _PATTERNS:
        for found in pattern.finditer(plain):
            start, stop = found.span("it" if "it" in pattern.groupindex else 0)
            if kind != "phone" or sum(map(str.isdigit, plain[start:stop])) in digits:
                yield start, stop, kind


@lru_cache(maxsize=8)
def _read_names(names: frozenset[str]) -> dict[str, bool]:
    """Give the letters of known names, and whether they are a piece of one, which tells less."""
    known = dict[str, bool]()
    for name in names:
        tokens = re.findall(r"[^\W\d_]+", normalize("NFKC", name).casefold())
        ends = tokens[:1] if _JAPANESE.search(name) else [tokens[0], tokens[-1]] if tokens else []
        known |= {piece: True for piece in ends if _tells(piece) and piece not in known}
        people = any(map(_tells, tokens)) or read_title(name).department == "other"
        if len("".join(tokens)) > 2 and (_JAPANESE.search(name) or (len(tokens) > 1 and people)):
            known["".join(tokens)] = False
    return known


def _tells(piece: str) -> bool:
    """Does a piece of a name tell of somebody? Initials, particles, departments and ranks do not."""
    title = read_title(piece)
    return (len(piece) > 1 and piece not in (*_WORDS["never"], *_WORDS["particles"])
            and title.department == "other" and not title.seniority)


def _find_names(plain: str, known: dict[str, bool]) -> Iterator[tuple[int, int, str]]:
    tokens = [(found.start(), found.end(), None) for found in re.finditer(f"{_LETTER}+", plain)]
    if _JAPANESE.search(plain):
        tokens = [(start, start + len(token.surface()), token) for start, token in split_japanese(plain, "C")]
    tokens = [token for token in tokens if any(map(str.isalpha, plain[token[0]:token[1]]))]
    for place, (start, _stop, token) in enumerate(tokens):
        letters = ""
        for _start, end, _token in tokens[place : place + _LONGEST] if known else ():
            letters += plain[_start:end].casefold()
            if letters in known and (not known[letters] or _is_meant(plain, start, end)):
                yield start, end, "name"
        if token is not None and _JAPANESE.match(plain, start) and _names_somebody(tokens, place, plain):
            yield start, _stop, "name"


def _is_meant(plain: str, start: int, end: int) -> bool:
    """Is a piece of a known name meant as a name here, and not as an ordinary word, a place or a company?"""
    if _JAPANESE.match(plain, start):
        return not _PLACE.match(plain, end)
    within = re.search(r"(?<![^\W])[a-z]+,? $", plain[max(start - 30, 0):start]) and not plain[start:end].isupper()
    return plain[start].isupper() and bool(within or plain[start:end].casefold() not in _WORDS["ordinary"])


def _names_somebody(tokens: list[tuple[int, int, Any]], place: int, plain: str) -> bool:
    """Is this word somebody's name? What stands before a title may be one that the dictionary does not know."""
    (start, end, token), beside = tokens[place], [*tokens[max(place - 1, 0):place], *tokens[place + 1 : place + 2]]
    parts, loud = token.part_of_speech(), _LOUD.match(plain, end)
    if parts[2] == "人名":
        among = any(other.part_of_speech()[2] == "人名" and _BETWEEN.fullmatch(plain, min(end, stop), max(start, first))
                    for first, stop, other in beside)
        told = end - start > 1 and not _PLACE.match(plain, end) and not _NUMERAL.fullmatch(plain, start, end)
        return bool(loud or among or told)
    short = end - start < 4 and not re.search("[ァ-ヿ]", token.surface())
    return bool(loud) and parts[0] == "名詞" and (token.is_oov() or (
        parts[1] == "固有名詞" and short and parts[3] != "国"))
