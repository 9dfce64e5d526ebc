"""Which rows are the same company: sure pairs become one, uncertain ones are put to people."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from icp_lab.intake.identity import KNOWN, Name, read_domain, read_name, read_number
from icp_lab.locale import _

Pair = tuple[str, str]
_EVIDENCE: dict[str, dict[str, Any]] = KNOWN["evidence"]
_SURE, _ASK, _ALIKE, _NEIGHBOURS, _BLOCK = (
    KNOWN["limits"][name] for name in ("sure", "ask", "alike", "neighbours", "block"))


@dataclass(frozen=True)
class Company:
    """One row of accounts, as it stands there; a missing cell is an empty text.

    Parameters
    ----------
    account_id : str
        The row's key.
    name : str, default ''
        The company's name in any spelling.
    domain : str, default ''
        A domain, an address on the net or an e-mail address.
    number : str, default ''
        Its corporate number; one that cannot be right counts as missing.
    parent_id : str, default ''
        The account_id of the company above it, which it is never taken for.
    city : str, default ''
        Its town; two are compared where both or neither are in plain Latin letters.
    region : str, default ''
        Its prefecture or state; nothing is compared by it.
    country : str, default ''
        Its country; looked at where the towns do not tell.

    Examples
    --------
    >>> compare(Company("1", "Acme Ltd", city="Leeds"), Company("2", "ACME Limited", city="Leeds")).evidence
    ('same_name', 'town')
    """

    account_id: str
    name: str = ""
    domain: str = ""
    number: str = ""
    parent_id: str = ""
    city: str = ""
    region: str = ""
    country: str = ""

    @cached_property
    def _called(self) -> Name:
        """The name without what companies share."""
        return read_name(self.name)

    @cached_property
    def _host(self) -> str:
        """The domain, where it is its own."""
        return read_domain(self.domain)

    @cached_property
    def _registered(self) -> str:
        """The corporate number, where it is right."""
        return read_number(self.number) or ""

    @cached_property
    def _town(self) -> str:
        """The town in one spelling."""
        return re.sub(r"(都|府|県|市|区|町|村)$", "", read_name(self.city).core)


@dataclass(frozen=True)
class Match:
    """Two rows that may be the same company.

    Parameters
    ----------
    pair : tuple of 2 str
        Their account ids, the smaller one first.
    score : float
        Sum of the weights of the evidence; from `sure` of `legal_forms.toml` on they are merged, below it people are
        asked.
    evidence : tuple of str
        What speaks for it and against, as codes of `evidence` in `legal_forms.toml`.

    Examples
    --------
    >>> compare(Company("2", "山田商事"), Company("1", "㈱山田商事"))
    Match(pair=('1', '2'), score=3.0, evidence=('same_name',))
    """

    pair: Pair
    score: float
    evidence: tuple[str, ...]

    def words(self) -> str:
        """Say the evidence in the language in force.

        Returns
        -------
        str
            A phrase for each code, parted by commas.

        Examples
        --------
        >>> Match(("1", "2"), 2.0, ("same_name", "town")).words()
        'same name, same town'
        """
        return ", ".join(map(_, (_EVIDENCE[code]["say"] for code in self.evidence)))


@dataclass(frozen=True)
class Matches:
    """Tell which rows are one company, and which may be.

    Parameters
    ----------
    groups : tuple of (tuple of str), default ()
        Account ids that are one company, two or more in each group.
    uncertain : tuple of Match, default ()
        Pairs to ask people about, the likeliest first; one for two groups.
    shared : dict of str to int, optional
        Domains that too many names stand beside to tell a company apart, and how many these are.

    Examples
    --------
    >>> found = match_companies([Company("1", "山田商事"), Company("2", "山田商事"), Company("3", "Acme")])
    >>> found.groups, [match.pair for match in found.uncertain]
    ((), [('1', '2')])
    """

    groups: tuple[tuple[str, ...], ...] = ()
    uncertain: tuple[Match, ...] = ()
    shared: dict[str, int] = field(default_factory=dict)


def match_companies(companies: Iterable[Company], told: Mapping[Pair, bool] | None = None) -> Matches:
    """Tell which rows of accounts are the same company, and which to ask people about.

    Parameters
    ----------
    companies : iterable of Company
        Rows of accounts, each account_id once.
    told : mapping of tuple of 2 str to bool, optional
        What people said of pairs, the smaller id first: the same, or not. Their word is the last.

    Returns
    -------
    Matches
        The same whatever the order of the rows. `shared` counts the names of domains that too many have.

    Notes
    -----
    Candidates are rows with an equal number, domain, name or initials, and neighbours in the order of the names read
    forwards and backwards (sorted neighbourhood; Hernandez & Stolfo, 1995). Each piece of evidence has a weight, their
    sum decides (`legal_forms.toml`). Another corporate number, other digits in the names, a branch against its
    company, and a parent against its subsidiary are never the same. On 20 sets of 2,000 planted rows with 300 true
    pairs each that nothing was settled on (`cards` of tools/planted_companies.py): precision of what is merged 1.000
    in each; recall 0.64 merged, with the questions 0.94 (lowest 0.91), 124 questions a set.

    Examples
    --------
    >>> rows = [Company("1", "㈱山田商事", "yamada.example"), Company("2", "山田商事 株式会社", "www.yamada.example"),
    ...         Company("3", "山田商会株式会社")]
    >>> match_companies(rows).groups
    (('1', '2'),)
    """
    rows, said = sorted(companies, key=lambda company: company.account_id), told or {}
    by_host, by_name = defaultdict(set), defaultdict(set)
    for row in rows:
        by_host[row._host].add(row._called.core)
        by_name[row._called.core].add(row._town)
    shared = {host: len(names) for host, names in by_host.items() if host and len(names) > _BLOCK}
    common = {*shared, *(name for name, towns in by_name.items() if len(towns - {""}) > 1)}
    found: dict[Pair, Match] = {}
    for a, b in _pair_up(rows, shared):
        pair = _order(a.account_id, b.account_id)
        if pair not in found and pair not in said and (match := compare(a, b, common)):
            found[pair] = match
    ranked = sorted(found.values(), key=lambda match: (-match.score, match.pair))
    sure = [pair for pair, same in sorted(said.items()) if same] + [m.pair for m in ranked if m.score >= _SURE]
    group = _join(sure, {row.account_id: row for row in rows}, said)
    ask: dict[tuple[tuple[str, ...], ...], Match] = {}
    for match in ranked:
        one, other = sorted(group[account] for account in match.pair)
        if one != other and (one, other) not in ask and all(said.get(pair) is not False for pair in _cross(one, other)):
            ask[one, other] = match
    groups = tuple(sorted({accounts for accounts in group.values() if len(accounts) > 1}))
    return Matches(groups, tuple(ask.values()), shared)


def compare(a: Company, b: Company, common: Collection[str] = ()) -> Match | None:
    """Tell what speaks for two rows being one company.

    Parameters
    ----------
    a, b : Company
        The two rows, in any order.
    common : collection of str, default ()
        Domains and names that several companies have; one of these tells less, or nothing.

    Returns
    -------
    Match or None
        None where something forbids it, or too little speaks for it to ask.

    Examples
    --------
    >>> yamada = Company("1", "㈱山田商事", "yamada.example")
    >>> compare(yamada, Company("2", "山田商事 株式会社", "yamada.example")).evidence
    ('same_name', 'domain')
    >>> compare(yamada, Company("3", "山田商事 大阪支店", "yamada.example")) is None  # a branch is not the company
    True
    """
    if _are_apart(a, b):
        return None
    name, number = _compare_names(a._called, b._called), bool(a._registered) and a._registered == b._registered
    other_form = len({a._called.form, b._called.form} - {""}) > 1
    hosts = [row._host for row in (a, b) if row._host and row._host not in common]
    holds = {
        name: True, "number": number, "other_form": other_form, _compare_towns(a, b): True,
        "common_name": name == "same_name" and a._called.core in common and not (number or other_form),
        "domain": len(hosts) == 2 and hosts[0] == hosts[1], "other_domain": len(set(hosts)) == 2}
    given = tuple(code for code in _EVIDENCE if holds.get(code))
    score = sum(_EVIDENCE[code]["weighs"] for code in given)
    return Match(_order(a.account_id, b.account_id), score, given) if score >= _ASK else None


def _are_apart(a: Company, b: Company) -> bool:
    """Tell whether two rows cannot be one company, whatever else they share."""
    one, other = a._called, b._called
    return bool(
        (a._registered and b._registered and a._registered != b._registered)
        or a.parent_id == b.account_id or b.parent_id == a.account_id
        or one.place != other.place or (one.place and one.core != other.core)
        or (one.core and other.core and re.findall("[0-9]+", one.core) != re.findall("[0-9]+", other.core)))


def _compare_names(one: Name, other: Name) -> str:
    """Name what two names have in common: they are the same, differ by a slip, resemble each other, or nothing."""
    if not (one.core and other.core):
        return ""
    if one.core == other.core:
        return "same_name"
    slips = len(one.words) == len(other.words) and all(map(_is_slip, one.words, other.words))
    if slips or sorted(one.words) == sorted(other.words):
        return "typo"
    short, long = sorted((one, other), key=lambda name: len(name.core))
    if (len(short.core) > 1 and (long.core.startswith(short.core) or short.core == long.initials)) \
            or OSA.normalized_similarity(one.core, other.core) >= _ALIKE:
        return "similar"
    return ""


def _is_slip(one: str, other: str) -> bool:
    """Tell whether two words differ by a slip of the hand: one letter of five and more, and no Chinese character."""
    least = min(len(one), len(other))
    most = 2 if least >= 10 and (one + other).isascii() else 1
    return one == other or (least >= 5 and OSA.distance(one, other) <= most
            and re.sub("[^\u3400-\u9fff]", "", one) == re.sub("[^\u3400-\u9fff]", "", other))


def _compare_towns(a: Company, b: Company) -> str:
    if a._town and b._town and a._town.isascii() == b._town.isascii():
        within = a._town in b._town or b._town in a._town or _is_slip(a._town, b._town)
        return "town" if within else "other_town"
    lands = [read_name(company.country).core for company in (a, b)]
    return "other_town" if all(lands) and lands[0] != lands[1] and lands[0].isascii() == lands[1].isascii() else ""


def _pair_up(rows: Sequence[Company], shared: Collection[str]) -> Iterator[tuple[Company, Company]]:
    """Give the pairs that are worth comparing."""
    blocks = defaultdict(list)
    for row in rows:
        host = row._host if row._host not in shared else ""
        for key in {("number", row._registered), ("host", host), ("name", row._called.core),
                    ("name", row._called.initials), ("words", " ".join(sorted(row._called.words)))}:
            if key[1]:
                blocks[key].append(row)
    for block in blocks.values():
        # Many rows with one name lie in many towns: the near ones are compared.
        near = sorted(block, key=lambda row: (row._town, row.account_id)) if len(block) > _BLOCK else block
        yield from ((a, b) for i, a in enumerate(near) for b in near[i + 1:i + 1 + _BLOCK])
    named = [row for row in rows if row._called.core]
    for step in (1, -1):
        order = sorted(named, key=lambda row: (row._called.core[::step], row.account_id))
        cores = [row._called.core for row in order]
        for k in range(1, min(_NEIGHBOURS, len(order) - 1) + 1):
            alike = cpdist(cores[:-k], cores[k:], scorer=OSA.normalized_similarity, score_cutoff=_ALIKE)
            yield from ((order[i], order[i + k]) for i in alike.nonzero()[0])


def _join(pairs: Iterable[Pair], rows: Mapping[str, Company], said: Mapping[Pair, bool]) -> dict[str, tuple[str, ...]]:
    """Join pairs to groups, the surest first; a pair that would bring together what is kept apart is left."""
    group: dict[str, tuple[str, ...]] = {account: (account,) for account in rows}
    for a, b in pairs:
        if a in group and b in group and group[a] != group[b] and (said.get((a, b)) or not any(
                said.get((one, other)) is False or _are_apart(rows[one], rows[other])
                for one, other in _cross(group[a], group[b]))):
            joined = tuple(sorted(group[a] + group[b]))
            group |= dict.fromkeys(joined, joined)
    return group


def _cross(a: Iterable[str], b: Iterable[str]) -> list[Pair]:
    return [_order(one, other) for one in a for other in b]


def _order(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)
