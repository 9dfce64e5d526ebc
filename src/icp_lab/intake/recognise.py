"""Which table is a file, and which header feeds which column? Asked of the headers alone, and of every format."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from icp_lab.intake.formats import GENERIC, ROW, SURETIES, Section, map_headers
from icp_lab.tables import BY_NAME

_ENOUGH = 3  # headers known, where a file has so many: an id and a name fit nearly every list

Formats = dict[str, dict[str, Section]]


@dataclass(frozen=True)
class Match:
    """A file taken for a table: `columns` gives for each column its header and how sure that is."""

    table: str
    section: Section
    columns: dict[str, tuple[str, str]]

    @property
    def score(self) -> float:
        """Weigh what was recognised."""
        return sum(SURETIES[sure] for header, sure in self.columns.values() if header != ROW)


def recognise_file(headers: Sequence[str], formats: Formats) -> Match | None:
    """Which table of which format has these headers? None where no table has its required columns among them.

    Parameters
    ----------
    headers
        The headers of one file.
    formats
        What each format says of each table; of two that fit as well the first is taken. What the format of the file
        does not know is looked up in the one called generic.

    Examples
    --------
    >>> from icp_lab.intake.formats import FORMATS, read_format
    >>> formats = {name: read_format(name) for name in FORMATS}
    >>> match = recognise_file(["得意先コード", "得意先名", "売上日", "金額"], formats)
    >>> match.table, match.section.format, match.columns["amount"]
    ('revenue', 'ledger', ('金額', 'common'))
    """
    matches = [Match(table, section, map_headers(section, headers))
               for sections in formats.values() for table, section in sections.items()]
    fitting = [match for match in matches if _fits(match, headers)]
    best = max(fitting, key=lambda match: match.score, default=None)
    if best is None:
        return best
    used = {header for header, _sure in best.columns.values()}
    more = map_headers(formats[GENERIC][best.table], [header for header in headers if header not in used])
    added = {column: hit for column, hit in more.items()
             if column not in best.columns and hit[0] != ROW and not column.startswith("_")}
    return replace(best, columns={**best.columns, **added})


def _fits(match: Match, headers: Sequence[str]) -> bool:
    table, found = BY_NAME[match.table], match.columns
    known = {header for header, _sure in found.values()}
    return (set(table.required) <= set(found) and len(known) >= min(_ENOUGH, len(headers))
            and all(not any_of or any(column in found for column in any_of)
                    for any_of in (table.one_of, match.section.tell)))


def take_accounts(match: Match, headers: Sequence[str], formats: Formats) -> Match:
    """Which accounts does a file of deals or revenue tell of? The columns of accounts among its headers."""
    section = formats[match.section.format].get("accounts") or formats[GENERIC]["accounts"]
    spoken_for = {header for column, (header, _sure) in match.columns.items() if column != "account_id"}
    columns = {column: hit for column, hit in map_headers(section, headers).items() if hit[0] not in spoken_for}
    return Match("accounts", section, {**columns, "account_id": match.columns["account_id"]})
