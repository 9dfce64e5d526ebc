"""The definition for people who live in a spreadsheet: `icp.xlsx`.

Text out of the data is written as text: nothing in a cell is ever a formula or a link, whatever it begins with.
The same content gives the same bytes.
"""

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
from pandas.api.types import is_bool_dtype, is_float, is_integer, is_numeric_dtype

from icp_lab.locale import N_, _
from icp_lab.publish.products import Publication
from icp_lab.rule import Criterion, name_attribute
from icp_lab.views.document import tell_avoid, tell_lead, tell_lift, tell_verdict
from icp_lab.views.personas import tabulate_personas, tabulate_statements
from icp_lab.views.table import Table, say_value
from icp_lab.views.words import Prose, names

_MOST_ROWS = 1_048_575  # a sheet's limit without the head
_LONGEST = 32_767  # characters in a cell
_FIT_ORDER = {"in": 0, "unknown": 1, "out": 2}
_FORMATS = {"integer": "#,##0", "number": "#,##0.00", "share": "0%", "date": "yyyy-mm-dd", "text": "@"}


class Book:
    """A workbook while it is written: sheets that all look and print alike."""

    def __init__(self, path: Path, title: str, as_of: str = "") -> None:
        self.title, self.as_of = title, as_of
        plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self.file = xlsxwriter.Workbook(str(path), plain)
        created = datetime.fromisoformat(as_of or "2000-01-01")
        self.file.set_properties({"title": clean(self.title), "created": created})
        wrap = {"text_wrap": True, "valign": "top", "font_size": 10}
        self.head = self.file.add_format({**wrap, "bold": True, "bottom": 1, "bg_color": "#EEF1F4"})
        # The quote mark keeps a text a text when somebody edits the cell.
        self.quoted = self.file.add_format({**wrap, "num_format": "@", "quote_prefix": True})
        self.formats = {kind: self.file.add_format({**wrap, "num_format": code}) for kind, code in _FORMATS.items()}

    def add_sheet(self, name: str, frame: pd.DataFrame, frozen: int = 1, share: str = "") -> Any:
        """Add a sheet with a filter on every column, a frozen head, and A4 landscape for paper.

        Each cell is written as what it is; the numbers of the column `share` are written in per cent.
        """
        sheet = self.file.add_worksheet(name[:31])
        for place, (head, cells) in enumerate(frame.items()):
            sheet.write_string(0, place, clean(str(head)), self.head)
            sheet.set_column(place, place, _fit_width([head, *cells.head(200)]))
            counts = is_numeric_dtype(cells) and not is_bool_dtype(cells) and bool((cells.dropna() % 1 == 0).all())
            for row, value in enumerate(cells, start=1):
                if not _is_missing(value):
                    kind = "share" if head == share else "integer" if counts else _tell_kind(value)
                    self._write(sheet, (row, place), value, kind)
        sheet.autofilter(0, 0, len(frame), max(frame.shape[1] - 1, 0))
        self.fit_paper(sheet, 0, frozen)
        return sheet

    def fit_paper(self, sheet: Any, head: int, frozen: int) -> None:
        """Keep the head row in sight, on the screen and on A4 landscape, as wide as the page."""
        sheet.freeze_panes(head + 1, frozen)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(head)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        # An ampersand is a mark of the footer's own language, and a footer holds 255 characters.
        sheet.set_footer(f"&L{clean(self.title).replace('&', '&&')[:100]}&C{self.as_of}&R&P / &N")

    def _write(self, sheet: xlsxwriter.worksheet.Worksheet, cell: tuple[int, int], value: Any, kind: str) -> None:
        if kind == "text":
            text = clean(say_value(value))
            sheet.write_string(*cell, text, self.quoted if text[:1] in "=+-@'" else self.formats[kind])
        elif kind == "date":
            sheet.write_datetime(*cell, value.to_pydatetime(), self.formats[kind])
        else:
            sheet.write_number(*cell, float(value), self.formats[kind])


def write_workbook(path: Path, *, icp: dict[str, Any], accounts: pd.DataFrame, evidence: pd.DataFrame) -> None:
    """How does the definition get into the hands of people who work in spreadsheets?

    Parameters
    ----------
    path
        File to write.
    icp
        The definition in the form of icp.yml.
    accounts
        A row an account: account_id, name, status, fit (in, out, unknown), met, failed, unknown (attributes,
        comma-separated), best, score, value, and any further columns (attributes), which come last.
    evidence
        A row a piece of evidence, any columns; numbers stay numbers.

    Notes
    -----
    Sheets: summary, criteria, accounts, evidence, the six groups and the personas where there are any, terms, in the
    language in force. Accounts inside come first, then
    unknown ones, then those outside, each by success. A sheet holds 1,048,575 accounts; the summary says when there are
    more. Control characters become spaces.

    Examples
    --------
    >>> import tempfile
    >>> icp = {"schema": 1, "name": "=Demo", "as_of": "2026-06-30", "verdict": "unsupported", "criteria": []}
    >>> accounts = pd.DataFrame({"account_id": ["a"], "name": ["A"], "status": ["customer"], "fit": ["unknown"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_workbook(Path(folder) / "icp.xlsx", icp=icp, accounts=accounts, evidence=pd.DataFrame())
    ...     (Path(folder) / "icp.xlsx").read_bytes()[:2]
    b'PK'
    """
    book = Book(path, str(icp.get("name") or _("Ideal Customer Profile")), str(icp.get("as_of") or ""))
    book.add_sheet(_("Summary"), _list_summary(icp, accounts))
    book.add_sheet(_("Criteria"), _list_criteria(icp), share=names("criterion_column")["stability"])
    book.add_sheet(_("Accounts"), _list_accounts(accounts), frozen=2)
    book.add_sheet(_("Evidence"), evidence.rename(columns=name_attribute))
    if "groups" in icp:
        book.add_sheet(_("Six groups"), _write_cells(tabulate_statements(icp)))
    if cards := tabulate_personas(icp):
        parts = pd.concat(map(_write_cells, cards), keys=[card.title for card in cards], names=[_("Persona")])
        book.add_sheet(_("Personas"), parts.reset_index(level=0), frozen=2)
    terms = zip(names("term").values(), names("meaning").values(), strict=True)
    book.add_sheet(_("Terms"), pd.DataFrame(terms, columns=[_("Term"), _("Meaning")]))
    book.file.close()


def write_accounts(given: Publication, folder: Path) -> None:
    """Write icp.xlsx, for people who live in a spreadsheet."""
    write_workbook(folder / "icp.xlsx", icp=given.icp, accounts=given.accounts, evidence=given.find("contrasts"))


def _write_cells(table: Table) -> pd.DataFrame:
    return pd.DataFrame(table.cells(), columns=[head for head, _unit in table.heads()])


def _list_summary(icp: dict[str, Any], accounts: pd.DataFrame) -> pd.DataFrame:
    counts = accounts["fit"].value_counts()
    evidence = icp.get("evidence") or {}
    rows: list[tuple[str, object]] = [
        (_("Name"), icp.get("name")), (_("Version"), icp.get("version")), (_("As of"), icp.get("as_of")),
        (_("Definition"), tell_lead(icp)), (_("Verdict"), tell_verdict(icp)),
        (_("Effect"), tell_lift(icp)), (_("Avoid"), tell_avoid(icp)), (_("Next review"), icp.get("next_review")),
        *((_("Accounts: {fit}").format(fit=words), int(counts.get(fit, 0))) for fit, words in names("fit").items()),
        (_("Cases with a known outcome"), evidence.get("n")), (_("Of these came out well"), evidence.get("best")),
        (_("Cases inside the profile"), evidence.get("covered")),
        (_("Lift"), evidence.get("lift")), (_("Lift, lower end"), evidence.get("lift_low")),
        (_("Lift, upper end"), evidence.get("lift_high")),
        (_("Accounts that do not fit on a sheet"), max(len(accounts) - _MOST_ROWS, 0) or None)]
    shown = [(what, value.replace("**", "") if isinstance(value, Prose) else value) for what, value in rows
             if not _is_missing(value) and value != ""]
    return pd.DataFrame(shown, columns=[_("What"), _("Answer")], dtype=object)


def _list_criteria(icp: dict[str, Any]) -> pd.DataFrame:
    refused = {**icp, "criteria": (icp.get("evidence") or {}).get("refused")}
    profiles = [(_("profile"), icp) if icp.get("criteria") else (_("working hypothesis"), refused)]
    profiles += [(str(more.get("name") or _("further profile")), more) for more in icp.get("more") or []]
    rows = [{**one, "profile": name, "words": Criterion.from_dict(one).words(),
             "named": name_attribute(one["attribute"]),
             "stability": ((profile.get("evidence") or {}).get("stability") or {}).get(one["attribute"])}
            for name, profile in (*profiles, (_("avoid"), icp.get("avoid") or {}))
            for one in profile.get("criteria") or []]
    heads = names("criterion_column")
    return pd.DataFrame(rows, columns=list(heads), dtype=object).set_axis(list(heads.values()), axis=1)


def _list_accounts(accounts: pd.DataFrame) -> pd.DataFrame:
    rows = accounts.assign(order=accounts["fit"].map(_FIT_ORDER), why=_say_why(accounts))
    keys = ["order", *(["score"] if "score" in rows else []), "account_id"]
    rows = rows.sort_values(keys, ascending=[key != "score" for key in keys], na_position="last").head(_MOST_ROWS)
    rows = rows.assign(fit=rows["fit"].map(names("fit")), status=rows["status"].map(names("status")))
    heads = {name: head for name, head in names("account_column").items() if name in rows}
    rest = [str(name) for name in accounts.columns if name not in {*heads, "met", "failed", "unknown"}]
    return rows[[*heads, *rest]].set_axis([*heads.values(), *map(name_attribute, rest)], axis=1)


def _say_why(accounts: pd.DataFrame) -> list[str]:
    """Say which criteria an account fails, lacks a value for, and meets."""
    sentences = {"failed": N_("fails: {names}"), "unknown": N_("no value: {names}"), "met": N_("meets: {names}")}
    said: list[list[str]] = [[] for _row in range(len(accounts))]
    for name, sentence in sentences.items():
        for place, text in enumerate(accounts.get(name, ())):
            names = [name_attribute(part.strip()) for part in say_value(text).split(",") if part.strip()]
            if names:
                said[place].append(_(sentence).format(names=", ".join(names)))
    return ["; ".join(parts) for parts in said]


def _tell_kind(value: object) -> str:
    """Tell from a value how it is written."""
    if isinstance(value, pd.Timestamp):
        return "date"
    return "integer" if is_integer(value) else "number" if is_float(value) else "text"


def _fit_width(cells: list[object]) -> float:
    """Fit a column to what it holds; wide characters take two places."""
    said = [str(cell) if isinstance(cell, float) else say_value(cell) for cell in cells]
    return float(min(max(9, *(len(text) + 2 + sum(ord(mark) > 0x2E80 for mark in text) for text in said)), 60))


def clean(text: str) -> str:
    """Take out what no cell may hold: control characters, halves of characters, and what is too long."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]", " ", text)[:_LONGEST]


def _is_missing(value: object) -> bool:
    if isinstance(value, (tuple, list)):
        return not value
    return value is None or bool(pd.isna(value)) or value in (float("inf"), float("-inf"))  # type: ignore[call-overload]
