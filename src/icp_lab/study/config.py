"""What study.yml says, checked word by word; and a fingerprint of everything that a step rests on."""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from typing import Any

from icp_lab import process
from icp_lab.artifacts.manifest import digest_file
from icp_lab.errors import LabError, Place, refusals, utter
from icp_lab.intake.spec import Spec
from icp_lab.locale import LANGUAGES, _
from icp_lab.study.corrections import FOLDER
from icp_lab.study.reader import Reader
from icp_lab.study.sources import read_spec
from icp_lab.study.yml import read_day, read_yaml
from icp_lab.tables import BESIDE, BY_NAME, GROUPS

OUTCOMES = ("best", "won", "retained")
_PRIVACY = {"people": ("hide", "show"), "companies": ("names", "pseudonyms")}  # the first holds where none is named
_KEYS = ("name", "language", "as_of", "currency", "outcome", "outcome_window_months", "fiscal_year_start", "tables",
         "other_tables", "attributes", "privacy", "brand", "capacity", "steps")


@dataclass(frozen=True)
class Attributes:
    """Say which attributes may be criteria: `include` less `exclude` and `after_sale`.

    Parameters
    ----------
    include : tuple of str, default ()
        Columns of accounts that may be; all of them when empty.
    exclude : tuple of str, default ()
        Columns that are left out.
    after_sale : tuple of str, default ()
        Columns that are known only after the sale.
    groups : dict of str to str
        Group of a column, one of `tables.GROUPS`, where study.yml gives one.

    Examples
    --------
    >>> Attributes(exclude=("owner",)).include
    ()
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    after_sale: tuple[str, ...] = ()
    groups: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Settings:
    """Say what study.yml says, checked.

    Parameters
    ----------
    path : Path
        Where study.yml is.
    name : str
        What the study is called.
    language : str
        Language of its pages, `en` or `ja`.
    as_of : date
        The day up to which it looks.
    currency : str
        Currency of all its money, three capital letters.
    outcome : str
        What the profile is to predict: best, won or retained; empty where that is left to the lab.
    outcome_window_months : int
        A customer younger than this that has not left is unknown; 1 to 120.
    fiscal_year_start : int
        First month of the fiscal year, 1 to 12.
    specs : dict of str to Spec
        How each of its tables is read, by name.
    others : dict of str to Spec
        How tables that are only joined from are read, by name.
    attributes : Attributes
        Which attributes may be criteria.
    privacy : dict of str to str
        What may be shown: `people` (hide, show) and `companies` (names, pseudonyms).
    brand : dict of str to str
        Look of the document: name, logo, accent, footer, approval, as far as they are said.
    capacity : dict of str to float
        What sales can do: `accounts_per_rep` and `reps`, as far as they are said.
    steps : dict of str to dict
        Parameters that the study sets, by notebook; checked when a run resolves them.
    lines : dict of tuple of str to int
        The line of study.yml in which each key stands.

    Examples
    --------
    >>> settings = read_settings(Path("data/demo/study.yml"))
    >>> settings.privacy, settings.fiscal_year_start  # what holds where nothing is said
    ({'people': 'hide', 'companies': 'names'}, 1)
    """

    path: Path
    name: str
    language: str
    as_of: date
    currency: str
    outcome: str
    outcome_window_months: int
    fiscal_year_start: int
    specs: dict[str, Spec]
    others: dict[str, Spec]
    attributes: Attributes
    privacy: dict[str, str]
    brand: dict[str, str]
    capacity: dict[str, float]
    steps: dict[str, dict[str, Any]]
    lines: dict[tuple[str, ...], int]


def read_settings(path: Path) -> Settings:
    r"""Read what study.yml says; the first thing that is not as it should be is refused, with its line.

    Parameters
    ----------
    path : Path
        Where study.yml is; the files that it names lie in its folder. Their content is not read.

    Returns
    -------
    Settings
        What it says, and what holds where it says nothing.

    Raises
    ------
    LabError
        When it cannot be read, a key is unknown or missing, a value may not be, or a file that it names is not there.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "study.yml").write_text("name: Us\nlanguage: en\nas_off: 2026-03-31\n")
    ...     read_settings(Path(folder, "study.yml"))
    Traceback (most recent call last):
    icp_lab.errors.base.LabError: line 3 of study.yml: `as_off` is not a key of study.yml. ... Did you mean `as_of`?
    """
    yml = _read_yml(path)
    yml.check_keys((), _KEYS)
    yml.check_keys(("privacy",), _PRIVACY)
    yml.need((), "name", "language", "as_of", "currency", "tables")
    folder = path.parent.resolve()
    own = [path.stem for path in sorted((path.parent / "notebooks").glob("*.ipynb"))]
    others = yml.each(("other_tables",), lambda at: read_spec(yml, at, at[-1], folder))
    specs = _read_tables(yml, folder, others)
    return Settings(
        path=path, name=yml.text(("name",)), language=yml.choice(("language",), LANGUAGES), as_of=_read_as_of(yml),
        currency=_currency(yml), outcome=yml.choice(("outcome",), OUTCOMES, ""),
        outcome_window_months=int(yml.number(("outcome_window_months",), 12, low=1, high=120, whole=True)),
        fiscal_year_start=int(yml.number(("fiscal_year_start",), 1, low=1, high=12, whole=True)),
        specs=specs, others=others, attributes=_read_attributes(yml),
        privacy={key: yml.choice(("privacy", key), words, words[0]) for key, words in _PRIVACY.items()},
        brand=yml.each(("brand",), yml.text, ("name", "logo", "accent", "footer", "approval")),
        capacity=yml.each(("capacity",), lambda at: yml.number(at, 0, low=0), ("accounts_per_rep", "reps")),
        steps=yml.each(("steps",), lambda at: dict(yml.mapping(at)), [*process.BY_NAME, *own]), lines=yml.lines)


def peek_language(path: Path) -> str:
    """Find which language a study speaks, as far as its study.yml can be read at all.

    Parameters
    ----------
    path : Path
        The study's folder, or its study.yml.

    Returns
    -------
    str
        `en` or `ja`; empty where the file is missing, is no text, or does not say.

    Examples
    --------
    >>> peek_language(Path("data/demo")), peek_language(Path("nowhere"))
    ('en', '')
    """
    file = path / refusals.YML if path.is_dir() else path
    try:
        text = file.read_text(encoding="utf-8-sig") if file.is_file() else ""
    except (OSError, UnicodeError):
        return ""
    said = re.search(rf"""^language:\s*["']?({"|".join(LANGUAGES)})\b""", text, re.MULTILINE)
    return said[1] if said else ""


def _read_yml(path: Path) -> Reader:
    def refuse(line: int | None, problem: str) -> LabError:
        return utter("study.not_yaml", Place(refusals.in_yml(line)), problem=problem)

    try:
        with refusals.reading(refusals.YML):
            content, lines = read_yaml(path, refuse)
    except UnicodeError as error:
        raise utter("study.undecodable_as", Place(refusals.YML), encoding="UTF-8") from error
    if not isinstance(content, dict):
        raise refuse(1, _("it holds no `key: value` lines"))
    return Reader(content, lines)


def _read_tables(yml: Reader, folder: Path, others: dict[str, Spec]) -> dict[str, Spec]:
    yml.check_keys(("tables",), BY_NAME)
    yml.need(("tables",), "accounts")
    for name in others:
        if name.casefold() in BY_NAME:
            rule = _("A table that is only joined from has a name of its own.")
            raise yml.wrong(("other_tables", name), name, rule, "other_tables")
    specs = yml.each(("tables",), lambda at: read_spec(yml, at, at[-1], folder))
    for name, spec in specs.items():
        if spec.join is not None:
            known = [*others, *(other for other in specs if other != name)]
            yml.check_word(("tables", name, "join", "table"), spec.join.table, known, "join: table")
    return specs


def _read_as_of(yml: Reader) -> date:
    if day := read_day(said := yml.get(("as_of",))):
        return day
    raise yml.wrong(("as_of",), said, _("It is a day such as 2026-03-31."))


def _currency(yml: Reader) -> str:
    code = yml.text(("currency",))
    if len(code) != 3 or not code.isascii() or not code.isalpha():
        raise yml.wrong(("currency",), code, _("A currency is its three letters, such as JPY, USD or EUR."))
    return code.upper()


def _read_attributes(yml: Reader) -> Attributes:
    at = ("attributes",)
    yml.check_keys(at, ("include", "exclude", "after_sale", "groups"))
    yml.check_keys((*at, "groups"), GROUPS)
    groups = {name: group for group in yml.mapping((*at, "groups")) for name in yml.texts((*at, "groups", group))}
    return Attributes(yml.texts((*at, "include")), yml.texts((*at, "exclude")), yml.texts((*at, "after_sale")), groups)


ADOPTED = "icp.yml"
_SHAPES = ("as_of", "currency", "outcome", "outcome_window_months", "fiscal_year_start")


def take_fingerprint(settings: Settings, tables: Iterable[str]) -> str:
    """Hash the content of tables: the same hash means the same content.

    Parameters
    ----------
    settings : Settings
        What study.yml says.
    tables : Iterable of str
        Names of input tables; those that the study does not have count as absent. Accounts always count, since rows
        on unknown accounts are set aside. The words of `BESIDE` stand for what people write beside study.yml.

    Returns
    -------
    str
        32 hexadecimal digits; comments, key order and time stamps do not matter.

    Raises
    ------
    LabError
        When a file of the tables cannot be read.

    Examples
    --------
    >>> settings = read_settings(Path("data/demo/study.yml"))
    >>> take_fingerprint(settings, ["accounts"]) == take_fingerprint(settings, [])
    True
    """
    named = {"accounts", *tables}
    if "deal_history" in settings.specs:  # what an account has from its deal is taken as of the beginning of the deal
        named |= {"deals", "deal_history"}
    wanted = named & set(settings.specs)
    pending, seen = sorted(wanted), dict[str, Any]()
    while pending:
        name = pending.pop()
        spec = settings.others.get(name) or settings.specs[name]
        if name in seen:
            continue
        seen[name] = _describe(spec)
        if spec.join is not None:
            pending.append(spec.join.table)
    words = {key: str(getattr(settings, key)) for key in _SHAPES} | {"companies": settings.privacy.get("companies")}
    content: dict[str, Any] = {"tables": seen, "settings": words, "attributes": asdict(settings.attributes),
                               "capacity": settings.capacity}
    folder, read = settings.path.parent, [BESIDE[word] for word in BESIDE if word in named]
    beside = {path for pattern in chain([f"{FOLDER}/*"], *read) for path in folder.glob(pattern) if path.is_file()}
    content["beside"] = {str(path.relative_to(folder)): _digest(path, path.stat().st_ctime_ns, path.stat().st_size)
                         for path in sorted(beside)}
    return blake2b(json.dumps(content, sort_keys=True, default=asdict).encode(), digest_size=16).hexdigest()


def _describe(spec: Spec) -> dict[str, Any]:
    """Give a table's mapping, and the hash of each of its files in the order in which they are read, or of its rows."""
    mapping = {f.name: getattr(spec, f.name) for f in fields(spec) if f.name not in ("files", "query", "lines", "join")}
    with refusals.reading(", ".join(spec.shown)):
        content = [_digest(path, path.stat().st_ctime_ns, path.stat().st_size)
                   for path in (spec.files if spec.query is None else (spec.query.file,))]
    return {**mapping, "join": asdict(spec.join) if spec.join else None, "content": content}


@lru_cache(maxsize=1024)
def _digest(path: Path, _changed: int, _size: int) -> str:
    """Hash a file; one process reads it once while size and time of change (which nobody can set) stay."""
    return digest_file(path)
