"""The definition for people who live in a spreadsheet: `icp.xlsx`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from xlsxwriter.utility import xl_range_abs

from icp_lab.artifacts import make_id
from icp_lab.locale import N_, _
from icp_lab.methods.kpis import KPIS
from icp_lab.methods.market import Market
from icp_lab.publish.book import Book
from icp_lab.publish.cells import RISKY, clean, count_lines, is_missing, tell_kind
from icp_lab.publish.products import Publication
from icp_lab.rule import Criterion, name_attribute
from icp_lab.views.document import MARKS, say_verdict, tell_avoid, tell_lead, tell_lift, tell_next_step, tell_verdict
from icp_lab.views.market import tabulate_assumptions, tabulate_sizes
from icp_lab.views.personas import tabulate_personas, tabulate_statements
from icp_lab.views.picture import COLOURS
from icp_lab.views.table import Table, name_attributes
from icp_lab.views.validation import name_kpi
from icp_lab.views.words import head_columns, names, phrase

_MOST_ROWS = 1_048_575  # a sheet's limit without the head
_FIT_ORDER = {"in": 0, "unknown": 1, "out": 2}
_FITS = {"in": {"font_color": COLOURS["accent"], "bold": True}, "out": {"font_color": COLOURS["warn"]},
         "unknown": {"font_color": COLOURS["grey"], "italic": True}}
_SCORES = {name: f"icp_{name}" for name in ("tier", "points", "probability", "low", "high")}


def write_workbook(  # noqa: PLR0913  (what the sheets are made of)
    path: Path, *, icp: dict[str, Any], accounts: pd.DataFrame, evidence: pd.DataFrame,
    kpis: pd.DataFrame | None = None, market: Sequence[Table] = (), currency: str = "",
) -> None:
    """Write the definition for people who work in spreadsheets.

    Parameters
    ----------
    path : Path
        File to write, in a folder that is there.
    icp : dict of str to object
        The definition in the form of icp.yml.
    accounts : DataFrame
        A row an account: account_id, name, status, fit (in, out, unknown), met, failed, unknown (attributes,
        comma-separated), best, score, value, icp_tier, icp_points, icp_probability with icp_low and icp_high, and any
        further columns (attributes), which come last. All but the first two, status and fit may be left out.
    evidence : DataFrame
        A row a piece of evidence, any columns; numbers stay numbers.
    kpis : DataFrame or None, default None
        The artifact `kpis`; None leaves its sheet out.
    market : Sequence of Table, default ()
        What the market comes to, and what that rests on; empty leaves its sheet out.
    currency : str, default ''
        Code of the currency of money.

    Notes
    -----
    Sheets: summary, criteria, accounts, then personas, KPIs, market and the six groups where there are any, evidence,
    terms. Accounts inside come first, then unknown ones, then those outside, each by success. A sheet holds 1,048,575
    accounts; the summary says when there are more. Control characters become spaces.

    Examples
    --------
    >>> import tempfile
    >>> from python_calamine import CalamineWorkbook
    >>> icp = {"schema": 1, "name": "=Demo", "as_of": "2026-06-30", "verdict": "unsupported", "criteria": []}
    >>> accounts = pd.DataFrame({"account_id": ["a"], "name": ["A"], "status": ["customer"], "fit": ["unknown"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_workbook(Path(folder) / "icp.xlsx", icp=icp, accounts=accounts, evidence=pd.DataFrame())
    ...     CalamineWorkbook.from_path(Path(folder) / "icp.xlsx").sheet_names
    ['Summary', 'Criteria', 'Accounts', 'Evidence', 'Terms']
    """
    book = Book(path, str(icp.get("name") or _("Ideal Customer Profile")), str(icp.get("as_of") or ""))
    _write_summary(book, icp, accounts)
    book.add_sheet(_("Criteria"), _list_criteria(icp), kinds={names("criterion_column")["stability"]: "share"})
    _add_accounts(book, accounts, currency)
    if cards := tabulate_personas(icp):
        parts = pd.concat(map(_write_cells, cards), keys=[card.title for card in cards], names=[_("Persona")])
        book.add_sheet(_("Personas"), parts.reset_index(level=0), frozen=2)
    if kpis is not None:
        book.add_sheet(_("KPIs"), *_list_kpis(kpis, currency))
    if market:
        book.add_tables(_("Market"), *market)
    if "groups" in icp:
        book.add_sheet(_("Six groups"), _write_cells(tabulate_statements(icp)))
    book.add_sheet(_("Evidence"), evidence.rename(columns=names("evidence_column")).rename(columns=name_attribute))
    terms = zip(names("term").values(), names("meaning").values(), strict=True)
    book.add_sheet(_("Terms"), pd.DataFrame(terms, columns=[_("Term"), _("Meaning")]))
    book.file.close()


def write_accounts(given: Publication, folder: Path) -> None:
    """Write icp.xlsx, for people who live in a spreadsheet.

    Parameters
    ----------
    given : Publication
        What products are made from; of the artifacts, `contrasts` has to be there, and `scores`, `market` and `kpis`
        add to it.
    folder : Path
        Stands for OUT.

    Examples
    --------
    >>> import tempfile
    >>> from datetime import date
    >>> from python_calamine import CalamineWorkbook
    >>> from icp_lab.views.picture import About
    >>> icp = {"schema": 1, "name": "Demo", "verdict": "unsupported", "criteria": []}
    >>> accounts = pd.DataFrame({"account_id": ["a"], "name": ["A"], "status": ["customer"], "fit": ["unknown"]})
    >>> found = {"contrasts": pd.DataFrame({"comparison": ["best"], "attribute": ["industry"], "level": ["SaaS"],
    ...                                     "measure": ["risk_ratio"], "effect": [1.8]})}
    >>> given = Publication(icp, None, accounts, About(date(2026, 6, 30), "EUR", "Demo"), found.get, None, None)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_accounts(given, Path(folder))
    ...     CalamineWorkbook.from_path(Path(folder) / "icp.xlsx").get_sheet_by_name("Evidence").to_python()[1]
    ['contrasts/best/industry/SaaS', 'best', 'industry', 'SaaS', 'risk ratio', 1.8]
    """
    evidence, scores, market = map(given.find, ("contrasts", "scores", "market"))
    keys = evidence[["comparison", "attribute", "level"]].fillna("")
    called = {"comparison": evidence["comparison"].replace(names("evidence_comparison")),
              "measure": evidence["measure"].replace(names("evidence_measure"))}
    evidence = evidence.assign(attribute=evidence["attribute"].map(name_attribute), **called)
    evidence.insert(0, "id", [make_id("contrasts", *key) for key in keys.to_numpy()])
    accounts, tables = given.accounts, list[Table]()
    if scores is not None:
        own = scores[scores["kind"] == "account"].rename(columns={"id": "account_id", **_SCORES})
        accounts = accounts.merge(own[["account_id", *_SCORES.values()]], on="account_id", how="left")
    if market:
        sizes = [{"size": size, **market[size]} for size in ("tam", "sam", "som") if market.get(size)]
        found = Market(pd.DataFrame(), pd.DataFrame(sizes), pd.DataFrame(market["assumptions"]), pd.DataFrame())
        laid = (lay(found, given.about.currency) for lay in (tabulate_sizes, tabulate_assumptions))
        tables = [table for table in laid if isinstance(table, Table)]
    write_workbook(folder / "icp.xlsx", icp=given.icp, accounts=accounts, evidence=evidence, kpis=given.find("kpis"),
                   market=tables, currency=given.about.currency)


def _write_cells(table: Table) -> pd.DataFrame:
    return pd.DataFrame(table.cells(), columns=[head for head, _unit in table.heads()])


def _write_summary(book: Book, icp: dict[str, Any], accounts: pd.DataFrame) -> None:
    """Write what a reader has to know first: the definition, its verdict as a word, counts, and the lift as a chart."""
    sheet, evidence = book.file.add_worksheet(_("Summary")[:31]), icp.get("evidence") or {}
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, 8, 13)
    first = _write_front(book, sheet, icp) + 1
    counts = accounts["fit"].value_counts()
    rows: list[tuple[Any, ...]] = [
        *((_("Accounts: {fit}").format(fit=words), int(counts.get(fit, 0))) for fit, words in names("fit").items()),
        (_("Cases with a known outcome"), evidence.get("n")), (_("Of these came out well"), evidence.get("best")),
        (_("Cases inside the profile"), evidence.get("covered")), (_("Next review"), icp.get("next_review")),
        (_("Accounts that do not fit on a sheet"), max(len(accounts) - _MOST_ROWS, 0) or None)]
    _write_block(book, sheet, first, [(_("What"), _("Answer")), *(row for row in rows if not is_missing(row[1]))])
    if not is_missing(evidence.get("lift")):
        inside = tuple(evidence.get(end) for end in ("lift", "lift_low", "lift_high"))
        heads = (_("Lift"), _("Lift"), _("Lift, lower end"), _("Lift, upper end"))
        _write_block(book, sheet, first + len(rows) + 2, [
            heads, (_("Inside the profile"), *inside), (_("All cases"), 1.0)])
        sheet.insert_chart(first, 4, _draw_lift(book, sheet, first + len(rows) + 3, inside))
    book.fit_paper(sheet, 0, 0)


def _write_front(book: Book, sheet: Any, icp: dict[str, Any]) -> int:
    """Write the sentences of the summary, each across the page, the verdict as a word with its mark; tell how many."""
    tone = {"supported": "accent", "unsupported": "warn"}.get(icp["verdict"], "ink")
    head = " · ".join(filter(None, (book.title, icp.get("version"), book.as_of)))
    told: list[tuple[str, float, dict[str, Any]]] = [
        (head, 10, {"font_color": COLOURS["grey"]}), (tell_lead(icp), 16, {"bold": True}),
        (f"{MARKS[icp['verdict']]} {say_verdict(icp)}", 12, {"bold": True, "font_color": COLOURS[tone]}),
        *((text, 11, {}) for text in (tell_verdict(icp), tell_lift(icp), tell_avoid(icp))),
        (tell_next_step(icp) if icp.get("next_review") else "", 11, {})]
    for row, (text, size, style) in enumerate(told):
        look = book.file.add_format({"text_wrap": True, "valign": "vcenter", "num_format": "@", "font_size": size,
                                     "quote_prefix": text[:1] in RISKY, **style})
        sheet.merge_range(row, 0, row, 8, "", look)
        sheet.write_string(row, 0, clean(text.replace("**", "")), look)
        sheet.set_row(row, 1.5 * size * count_lines(text, 1450 / size) + 3)
    return len(told)


def _write_block(book: Book, sheet: Any, top: int, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write a head and the rows below it."""
    for row, cells in enumerate(rows, start=top):
        for place, cell in enumerate(cells):
            if row == top:
                sheet.write_string(row, place, cell, book.figures if place else book.head)
            elif not is_missing(cell):
                book.write(sheet, (row, place), cell, tell_kind(cell))


def _draw_lift(book: Book, sheet: Any, row: int, inside: tuple[Any, ...]) -> Any:
    """Draw the lift with its interval beside that of all cases, which is 1; the chart reads cells of the summary."""
    chart, (lift, low, high) = book.file.add_chart({"type": "bar"}), inside
    ends = {}
    if not is_missing(low):  # bars of error are lengths: they stand in cells that the chart covers
        for place, (name, length) in enumerate((("plus_values", high - lift), ("minus_values", lift - low)), start=5):
            sheet.write_column(row - 4, place, (length, 0))
            ends[name] = f"='{sheet.get_name()}'!{xl_range_abs(row - 4, place, row - 3, place)}"
    rows = {axis: [sheet.get_name(), row, at, row + 1, at] for at, axis in enumerate(("categories", "values"))}
    chart.add_series({
        **rows, "gap": 60,
        "points": [{"fill": {"color": COLOURS["accent"]}}, {"fill": {"color": COLOURS["grey"]}}],
        "y_error_bars": {"type": "custom", **ends, "line": {"color": COLOURS["ink"]}} if ends else None,
        "data_labels": {"value": True, "num_format": "0.0", "position": "inside_base", "font": {"color": "white"}}})
    chart.set_title({"name": phrase("workbook", "lift"), "name_font": {"size": 11}, "overlay": False})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True, "line": {"none": True}})
    lines = {"visible": True, "line": {"color": COLOURS["faint"]}}
    chart.set_x_axis({"min": 0, "major_gridlines": lines, "num_format": "0"})
    chart.set_size({"width": 460, "height": 230})
    return chart


def _add_accounts(book: Book, accounts: pd.DataFrame, currency: str) -> None:
    """Add the accounts, the word of each verdict in a look of its own."""
    rows = _list_accounts(accounts)
    heads = names("account_column")
    kinds = {heads[each]: "share" for each in ("icp_probability", "icp_low", "icp_high")} | {heads["value"]: "money"}
    place = list(rows).index(heads["fit"])
    if currency:
        paid = _("{kpi}, {unit}").format(kpi=heads["value"], unit=_(currency))
        rows, kinds = rows.rename(columns={heads["value"]: paid}), kinds | {paid: kinds[heads["value"]]}
    shown = sum(each in accounts or each == "why" for each in heads)  # attributes do not go to paper
    sheet = book.add_sheet(_("Accounts"), rows, 2, kinds, shown)
    for fit, look in _FITS.items():
        sheet.conditional_format(1, place, max(len(rows), 1), place, {
            "type": "cell", "criteria": "==", "value": f'"{names("fit")[fit]}"', "format": book.file.add_format(look)})


def _list_kpis(kpis: pd.DataFrame, currency: str) -> tuple[pd.DataFrame, int, dict[str, str | list[str]]]:
    """List the KPIs with n, window and interval, and how the figures of each are written."""
    heads, codes = names("kpi_column"), kpis["kpi"].tolist()
    kinds = [KPIS[kpi].kind for kpi in codes]
    rows = kpis.assign(kpi=[name_kpi(kpi, currency) for kpi in codes], period=kpis["period"].map(names("kpi_period")),
                       side=kpis["side"].map(names("kpi_side")))
    told: dict[str, str | list[str]] = {heads[each]: kinds for each in ("value", "low", "high")}
    return head_columns(rows, "kpi_column"), 1, told | {heads["maturity"]: "share"}


def _list_criteria(icp: dict[str, Any]) -> pd.DataFrame:
    refused = {**icp, "criteria": (icp.get("evidence") or {}).get("refused")}
    profiles = [(_("profile"), icp) if icp.get("criteria") else (_("working hypothesis"), refused)]
    profiles += [(str(more.get("name") or _("further profile")), more) for more in icp.get("more") or []]
    rows = [{**one, "profile": name, "words": Criterion.from_dict(one).words(),
             "named": name_attribute(one["attribute"]),
             "stability": ((profile.get("evidence") or {}).get("stability") or {}).get(one["attribute"])}
            for name, profile in (*profiles, (_("avoid"), icp.get("avoid") or {}))
            for one in profile.get("criteria") or []]
    return head_columns(pd.DataFrame(rows, columns=[*names("criterion_column")], dtype=object), "criterion_column")


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
    parts = [[_(sentence).format(names=said) if (said := name_attributes(codes)) else ""
              for codes in accounts.get(part, [""] * len(accounts))] for part, sentence in sentences.items()]
    return ["; ".join(filter(None, row)) for row in zip(*parts, strict=True)]
