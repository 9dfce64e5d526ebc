"""The definition for people who live in a spreadsheet: `icp.xlsx`.

Text out of the data is written as text: nothing in a cell is ever a formula or a link, whatever it begins with.
The same content gives the same bytes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from icp_lab.locale import N_, _
from icp_lab.rule import Criterion, name_attribute
from icp_lab.views.document import tell_avoid, tell_lead, tell_lift, tell_verdict
from icp_lab.views.table import say_value
from icp_lab.views.words import names

_A4 = 9
_MOST_ROWS = 1_048_575  # a sheet's limit without the head
_LONGEST = 32_767  # characters in a cell
_FIT_ORDER = {"in": 0, "unknown": 1, "out": 2}
_KINDS = {"integer": "#,##0", "number": "#,##0.00", "share": "0%", "date": "yyyy-mm-dd", "text": "@"}


@dataclass(frozen=True)
class _Column:
    """A column of a sheet: its heading, its values and how they are written; mixed = numbers as numbers, else text."""

    head: str
    values: Sequence[object]
    kind: str = "text"


class _Book:
    """The workbook while it is written: sheets that all look and print alike."""

    def __init__(self, path: Path, icp: dict[str, Any]) -> None:
        self.title = str(icp.get("name") or _("Ideal Customer Profile"))
        self.as_of = str(icp.get("as_of") or "")
        self._book = xlsxwriter.Workbook(str(path), {
            "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
            "nan_inf_to_errors": False})
        created = datetime.fromisoformat(self.as_of) if self.as_of else datetime(2000, 1, 1)
        self._book.set_properties({"title": _clean(self.title), "created": created})
        wrap = {"text_wrap": True, "valign": "top", "font_size": 10}
        self.head = self._book.add_format({**wrap, "bold": True, "bottom": 1, "bg_color": "#EEF1F4"})
        # The quote mark keeps a text a text when somebody edits the cell.
        self.quoted = self._book.add_format({**wrap, "num_format": "@", "quote_prefix": True})
        self.formats = {kind: self._book.add_format({**wrap, "num_format": code}) for kind, code in _KINDS.items()}

    def close(self) -> None:
        """Write the file."""
        self._book.close()

    def add_sheet(self, name: str, columns: Sequence[_Column], frozen: int = 1) -> None:
        """Add a sheet with a filter on every column, a frozen head, and A4 landscape for paper."""
        sheet = self._book.add_worksheet(name[:31])
        rows = max((len(column.values) for column in columns), default=0)
        for place, column in enumerate(columns):
            sheet.write_string(0, place, _clean(column.head), self.head)
            sheet.set_column(place, place, _fit_width(column))
            for row, value in enumerate(column.values, start=1):
                self._write(sheet, (row, place), value, column.kind)
        sheet.autofilter(0, 0, rows, max(len(columns) - 1, 0))
        sheet.freeze_panes(1, frozen)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        sheet.set_footer(f"&L{_for_footer(self.title)}&C{self.as_of}&R&P / &N")

    def _write(self, sheet: Worksheet, cell: tuple[int, int], value: object, kind: str) -> None:
        if _is_missing(value):
            return
        if kind == "mixed":
            whole, number = isinstance(value, int), isinstance(value, int | float)
            kind = "integer" if whole else "number" if number else "text"
        if kind == "text":
            text = _clean(say_value(value))
            sheet.write_string(*cell, text, self.quoted if text[:1] in "=+-@'" else self.formats["text"])
        elif kind == "date":
            sheet.write_datetime(*cell, pd.Timestamp(str(value)).to_pydatetime(), self.formats["date"])
        else:
            sheet.write_number(*cell, float(str(value)), self.formats[kind])

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
    Sheets: summary, criteria, accounts, evidence, terms, in the language in force. Accounts inside come first, then
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
    book = _Book(path, icp)
    book.add_sheet(_("Summary"), _list_summary(icp, accounts))
    book.add_sheet(_("Criteria"), _list_criteria(icp))
    book.add_sheet(_("Accounts"), _list_accounts(accounts), frozen=2)
    book.add_sheet(_("Evidence"), [_infer(name_attribute(str(name)), evidence[name]) for name in evidence])
    book.add_sheet(_("Terms"), [_Column(_("Term"), list(names("term").values())),
                                _Column(_("Meaning"), list(names("meaning").values()))])
    book.close()


def _list_summary(icp: dict[str, Any], accounts: pd.DataFrame) -> list[_Column]:
    counts = accounts["fit"].value_counts()
    evidence = icp.get("evidence") or {}
    rows: list[tuple[str, object]] = [
        (_("Name"), icp.get("name")), (_("Version"), icp.get("version")), (_("As of"), icp.get("as_of")),
        (_("Definition"), _strip_bold(tell_lead(icp))), (_("Verdict"), _strip_bold(tell_verdict(icp))),
        (_("Effect"), _strip_bold(tell_lift(icp))), (_("Avoid"), _strip_bold(tell_avoid(icp))),
        (_("Next review"), icp.get("next_review")),
        *((_("Accounts: {fit}").format(fit=words), int(counts.get(fit, 0))) for fit, words in names("fit").items()),
        (_("Cases with a known outcome"), evidence.get("n")), (_("Of these came out well"), evidence.get("best")),
        (_("Cases inside the profile"), evidence.get("covered")),
        (_("Lift"), evidence.get("lift")), (_("Lift, lower end"), evidence.get("lift_low")),
        (_("Lift, upper end"), evidence.get("lift_high")),
    ]
    if len(accounts) > _MOST_ROWS:
        rows.append((_("Accounts that do not fit on a sheet"), len(accounts) - _MOST_ROWS))
    shown = [(what, value) for what, value in rows if not _is_missing(value) and value != ""]
    return [_Column(_("What"), [what for what, _value in shown]),
            _Column(_("Answer"), [value for _what, value in shown], "mixed")]


def _list_criteria(icp: dict[str, Any]) -> list[_Column]:
    refused = {**icp, "criteria": (icp.get("evidence") or {}).get("refused")}
    profiles = [(_("profile"), icp) if icp.get("criteria") else (_("working hypothesis"), refused)]
    profiles += [(str(more.get("name") or _("further profile")), more) for more in icp.get("more") or []]
    rows = [{**one, "profile": name, "words": Criterion.from_dict(one).words(),
             "named": name_attribute(one["attribute"]),
             "stability": ((profile.get("evidence") or {}).get("stability") or {}).get(one["attribute"])}
            for name, profile in (*profiles, (_("avoid"), icp.get("avoid") or {}))
            for one in profile.get("criteria") or []]
    kinds = {"min": "number", "max": "number", "stability": "share"}
    return [_Column(head, [row.get(name) for row in rows], kinds.get(name, "text"))
            for name, head in names("criterion_column").items()]


def _list_accounts(accounts: pd.DataFrame) -> list[_Column]:
    rows = accounts.assign(order=accounts["fit"].map(_FIT_ORDER), why=_say_why(accounts))
    keys = ["order", *(["score"] if "score" in rows else []), "account_id"]
    rows = rows.sort_values(keys, ascending=[key != "score" for key in keys], na_position="last").head(_MOST_ROWS)
    rows = rows.assign(fit=rows["fit"].map(names("fit")), status=rows["status"].map(names("status")))
    heads = {name: head for name, head in names("account_column").items() if name in rows}
    rest = [str(name) for name in accounts.columns if name not in {*heads, "met", "failed", "unknown"}]
    heads |= {name: name_attribute(name) for name in rest}
    return [_infer(head, rows[name]) for name, head in heads.items()]


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


def _infer(head: str, values: "pd.Series[Any]") -> _Column:
    """Tell from its type how a column is written."""
    cells = list(values)
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return _Column(head, cells, "date")
    if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
        whole = bool((values.dropna() % 1 == 0).all())
        return _Column(head, cells, "integer" if whole else "number")
    return _Column(head, cells)


def _fit_width(column: _Column) -> float:
    """Fit a column to what it holds; wide characters take two places."""
    said = [str(cell) if isinstance(cell, float) else say_value(cell) for cell in (column.head, *column.values[:200])]
    longest = max((len(text) + sum(ord(mark) > 0x2E80 for mark in text) for text in said), default=0)
    return float(min(max(longest + 2, 9), 60))


def _clean(text: str) -> str:
    """Take out what no cell may hold: control characters, halves of characters, and what is too long."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]", " ", text)[:_LONGEST]


def _strip_bold(text: str) -> str:
    return text.replace("**", "")


def _for_footer(text: str) -> str:
    """Escape the marks of the footer's own language and keep it short: a sheet's footer holds 255 characters."""
    return _clean(text).replace("&", "&&")[:100]


def _is_missing(value: object) -> bool:
    if isinstance(value, (tuple, list)):
        return not value
    return value is None or bool(pd.isna(value)) or value in (float("inf"), float("-inf"))  # type: ignore[call-overload]
