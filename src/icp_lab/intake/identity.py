"""What tells companies apart, in one spelling: their names, their domains on the net, their corporate numbers."""

import re
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

import jaconv

from icp_lab.locale.declared import read_declared

KNOWN = read_declared("icp_lab.intake", "legal_forms.toml")
_CHARACTERS = str.maketrans(dict(KNOWN["characters"]))
_DROPPED = re.compile(r"[.'ー\u2019\u0300-\u036f]+")  # コンピューター is コンピュータ, Société is Societe
_GAPS = re.compile(r"[^\w&/()]+|_")
_SHARED = frozenset(KNOWN["hosts"]["shared"])


def _fold(text: str) -> str:
    """Make width, case, kana, and variants of characters one."""
    plain = _DROPPED.sub("", text.casefold() if text.isascii() else normalize("NFKD", text).casefold())
    return plain if plain.isascii() else jaconv.hira2kata(normalize("NFKC", plain)).translate(_CHARACTERS)


_FORMS = {_fold(form): kind for kind, forms in KNOWN["forms"].items() for form in forms}
_MOST = max(len(form.split()) for form in _FORMS)
# A Japanese form stands before or behind the name, or between it and a branch, without a space.
_GLUED = re.compile("|".join(sorted((re.escape(form) for form in _FORMS if not form[-1].isascii() or form[0] == "("),
                                    key=len, reverse=True)))
_PLACES, _HEADS = (tuple(map(_fold, KNOWN["places"][part])) for part in ("ends", "head"))
_NOBODY = frozenset(map(_fold, KNOWN["names"]["nobody"]))


@dataclass(frozen=True, slots=True)
class Name:
    """A company's name without what companies share.

    Parameters
    ----------
    core : str, default ''
        The name in one piece, for comparing; empty where it names nobody.
    words : tuple of str, default ()
        The words that `core` is made of.
    form : str, default ''
        Kind of the legal form, such as `stock` or `limited`; empty where none is written.
    place : bool, default False
        True where it is a branch, plant or office of a company.

    Examples
    --------
    >>> read_name("山田商事(株) 大阪支店")
    Name(core='山田商事大阪支店', words=('山田商事', '大阪支店'), form='stock', place=True)
    """

    core: str = ""
    words: tuple[str, ...] = ()
    form: str = ""
    place: bool = False

    @property
    def initials(self) -> str:
        """Give the first letters of a name of three words and more.

        Returns
        -------
        str
            In the order of the words; empty where there are fewer than three, which too many names would share.

        Examples
        --------
        >>> read_name("International Business Machines Corp.").initials, read_name("Blue Peak Ltd").initials
        ('ibm', '')
        """
        return "".join(word[0] for word in self.words) if len(self.words) > 2 else ""


@lru_cache(maxsize=200_000)
def read_name(text: str) -> Name:
    """Tell what a company is called, however somebody wrote it.

    Parameters
    ----------
    text : str
        A company's name in any script and spelling.

    Returns
    -------
    Name
        Width, case, kana, punctuation and variants of characters are made one; legal forms are taken off both ends
        and kept as their kind. The name of a place of a company (支店, branch) says so; that of a head office is the
        company's. Empty where the text names nobody.

    Examples
    --------
    >>> read_name("㈱ﾔﾏﾀﾞ商事") == read_name("やまだ商事 株式会社")
    True
    >>> read_name("The Acme Mfg. Co., Ltd.")
    Name(core='acmemanufacturing', words=('acme', 'manufacturing'), form='stock', place=False)
    """
    tokens, form = _take_forms(_GAPS.sub(" ", _GLUED.sub(lambda found: f" {found[0]} ", _fold(text))).split())
    said = " ".join(tokens)
    for end in _HEADS:
        said = said.removesuffix(end).rstrip()
    words = tuple(word for token in re.sub(r"[&/()]", " ", said).split() if (word := KNOWN["words"].get(token, token)))
    if said in _NOBODY or not any(map(str.isalnum, said)):
        return Name()
    return Name("".join(words), words, form, said.endswith(_PLACES))


def _take_forms(tokens: list[str]) -> tuple[list[str], str]:
    """Take the legal forms off: Japanese ones wherever they stand, others off the end; the kind of the last found."""
    form = ""
    for token in filter(_GLUED.fullmatch, tuple(tokens)):
        if len(tokens) > 1:
            tokens.remove(token)
            form = _FORMS[token]
    for n in range(_MOST, 0, -1):
        if len(tokens) > n and (kind := _FORMS.get(" ".join(tokens[-n:]))):
            return tokens[:-n], kind
    return tokens, form


def read_domain(text: str) -> str:
    """Tell which domain is a company's own, given a domain, an address on the net or an e-mail address.

    Parameters
    ----------
    text : str
        Whatever stands in the cell.

    Returns
    -------
    str
        The host in small letters without www; empty where it is none, or one on which everybody may be (`hosts`).

    Examples
    --------
    >>> read_domain("https://www.Acme.co.jp:8080/ja?x=1"), read_domain("Bob@acme.co.jp"), read_domain("bob@gmail.com")
    ('acme.co.jp', 'acme.co.jp', '')
    """
    host = re.split(r"[/?#]", re.sub(r"^[a-z]+:/*", "", normalize("NFKC", text).strip().lower()))[0]
    host = re.sub(r":[0-9]*$", "", host.rpartition("@")[2]).strip(".").removeprefix("www.")
    return host if re.fullmatch(r"[\w-]+(\.[\w-]+)+", host) and host not in _SHARED else ""


def read_number(text: str) -> str | None:
    """Tell which corporate number a text is, and whether it can be one.

    Parameters
    ----------
    text : str
        A 法人番号 of 13 digits, with or without the T of the invoice system, or the 12 digits of the register; or
        another country's number.

    Returns
    -------
    str or None
        The number in one spelling; None where its check digit is wrong, or nothing is left.

    Notes
    -----
    The check digit of 法人番号 is 9 - (sum of P_n Q_n mod 9), P_n the n-th of the twelve others from the right, Q_n
    one for odd n and two for even n (法人番号の指定等に関する省令, 2014).

    Examples
    --------
    >>> read_number("T7000012050002"), read_number("000012050002"), read_number("7000012050003")
    ('7000012050002', '7000012050002', None)
    """
    plain = re.sub(r"[\W_]", "", re.sub(r".*[0-9]E\+?[0-9]+$", "", normalize("NFKC", text).upper()))  # Excel's 1.2E+12
    digits = plain.removeprefix("T")
    if not (digits.isdigit() and len(digits) in (12, 13)):
        return plain if len(plain) > 4 and (len(plain) < 12 or not plain.isdigit()) else None
    base = digits[-12:]
    check = 9 - sum(int(digit) * (1 + n % 2) for n, digit in enumerate(reversed(base))) % 9
    return f"{check}{base}" if len(digits) == 12 or digits[0] == str(check) else None
