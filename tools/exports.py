"""Write one synthetic company the way HubSpot, Salesforce and a sales ledger would export it.

`python tools/exports.py FOLDER hubspot|salesforce|ledger [en|ja] [utf8|bom|cp932|utf16|xlsx]`. The same company each
time: what is read from any two of these exports must be equal, but for the ids, which `rename` states.
"""

import sys
import tomllib
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import xlsxwriter

from icp_lab.worlds import make_company

SYSTEMS, LANGUAGES = ("hubspot", "salesforce"), ("en", "ja")
FORMS = {"utf8": "utf-8", "bom": "utf-8-sig", "cp932": "cp932", "utf16": "utf-16", "xlsx": ""}
EXPECTED = pd.Timestamp("2026-09-30")  # when open deals are hoped to close: after the day of the export

WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
FILES = {
    "hubspot": {"accounts": "all-companies", "deals": "all-deals", "contacts": "all-contacts"},
    "salesforce": {"accounts": "Account", "deals": "Opportunity", "contacts": "Contact"},
}
PREFIXES = {"accounts": ("90", "001"), "deals": ("80", "006"), "contacts": ("70", "003")}
KEYS = {"account_id": "accounts", "deal_id": "deals", "contact_id": "contacts"}


@cache  # what is read from it is never written to
def make_tables(accounts: int = 80, seed: int = 5) -> dict[str, pd.DataFrame]:
    """Which company do all exports tell of? English and Japanese names, in letters that CP932 can hold."""
    english, japanese = (make_company(accounts, seed=seed, language=language).tables for language in LANGUAGES)
    firms = english["accounts"][list(WORDS["hubspot"]["en"]["accounts"])[:-1]].copy()
    odd = firms.index % 2 == 1
    firms.loc[odd, "name"] = japanese["accounts"].loc[odd, "name"].to_numpy()
    firms.loc[firms.index[:4], "name"] = ["㈱髙﨑商店①", "髙島屋～西館", "Smith, Jones & \"Sons\"", "ｶﾀｶﾅ工業 Ⅲ"]
    firms["lifecycle"] = np.where(english["accounts"]["customer_since"].notna(), "Customer", "Opportunity")
    deals = english["deals"].drop(columns="competitor")  # neither system has a field for it
    deals["title"] = "Deal " + deals["deal_id"]
    people = english["contacts"].drop(columns=["seniority", "language"]).copy()
    names = people.pop("name").str.split(" ", expand=True).set_axis(["first", "last"], axis=1)
    other = japanese["contacts"]["name"].str.split(" ", expand=True).set_axis(["last", "first"], axis=1)
    third = names.index[names.index % 3 == 0].intersection(other.index)
    for part in names:
        names.loc[third, part] = other.loc[third, part]
    return {"accounts": firms, "deals": deals, "contacts": people.join(names)}


def rename(ids: pd.Series, key: str, system: str) -> pd.Series:
    """State what a system calls the ids of the company: numbers in HubSpot, 18 letters in Salesforce."""
    numbers = ids.str.extract(r"(\d+)$", expand=False).astype(int)
    hubspot, salesforce = PREFIXES[KEYS[key]]
    if system == "hubspot":
        return numbers.map(lambda n: f"{hubspot}{n:08d}")
    return numbers.map(lambda n: _lengthen(f"{salesforce}5g0000{'aAbB'[n % 4]}x{n:04d}"))


def _lengthen(short: str) -> str:
    marks = ["".join("01"[letter.isupper()] for letter in reversed(short[at: at + 5])) for at in (0, 5, 10)]
    return short + "".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[int(mark, 2)] for mark in marks)


def write_crm(folder: Path, system: str, language: str, form: str, accounts: int = 80) -> None:
    """Put companies, deals and contacts into a folder; Salesforce in Japanese is a report, with ids of 15 letters."""
    folder.mkdir(parents=True, exist_ok=True)
    words = WORDS[system][language]
    for table, frame in make_tables(accounts).items():
        told = frame.assign(**{key: rename(frame[key], key, system) for key in KEYS if key in frame})
        if (system, language) == ("salesforce", "ja"):
            told = told.assign(**{key: told[key].str[:15] for key in KEYS if key in told})
        if table == "accounts" and system == "salesforce":
            told["domain"] = "https://www." + told["domain"] + "/"
        if table == "deals":
            told["closed"] = told["closed"].where(told["stage"] != "open", EXPECTED)
            told["stage"] = told["stage"].map(words["stages"])
        headers = words[table]
        _write(told[list(headers)].rename(columns=headers), folder / FILES[system][table], form, words["day"])


def write_ledger(folder: Path, form: str = "cp932", accounts: int = 60, seed: int = 5) -> None:
    """Put a sales ledger into a folder: a line a customer and month, dealers in between for some, Japanese headers."""
    folder.mkdir(parents=True, exist_ok=True)
    world, rng = make_company(accounts, seed=seed, language="ja").tables, np.random.default_rng(seed)
    firms, rows = world["accounts"].set_index("account_id"), []
    for line in world["revenue"].query("per == 'month'").itertuples():
        last = line.end_date if pd.notna(line.end_date) else pd.Timestamp("2026-06-30")
        for day in pd.date_range(max(line.date, pd.Timestamp("2023-07-01")), last, freq="MS"):
            amount, firm = round(line.amount * rng.uniform(0.6, 1.4)), firms.loc[line.account_id]
            dealer = "東海商事" if firm["sold_via"] == "dealer" else None
            sold = day + pd.Timedelta(days=int(rng.integers(0, 27)))
            margin = round(amount * (1 - line.cost / line.amount))
            rows.append((line.account_id.replace("A", ""), firm["name"], sold, f"部品{rng.integers(1, 9)}",
                         int(rng.integers(1, 40)), amount, margin, firm["region"], dealer))  # fmt: skip
    ledger = pd.DataFrame(rows, columns=WORDS["ledger"])
    _write(ledger.sort_values(WORDS["ledger"][2]), folder / "売上明細", form, "%Y/%m/%d")


def _write(frame: pd.DataFrame, path: Path, form: str, day: str) -> None:
    if form == "xlsx":
        with xlsxwriter.Workbook(path.with_suffix(".xlsx"), {"default_date_format": "yyyy/m/d"}) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, list(frame.columns))
            for j, header in enumerate(frame.columns):
                for i, cell in enumerate(frame[header], start=1):
                    if not pd.isna(cell):
                        sheet.write(i, j, cell.to_pydatetime() if isinstance(cell, pd.Timestamp) else cell)
        return
    delimiter = "\t" if form == "utf16" else ","
    told = frame.to_csv(None, index=False, sep=delimiter, date_format=day, float_format="%.10g", lineterminator="\r\n")
    path.with_suffix(".csv").write_bytes(told.encode(FORMS[form]))


if __name__ == "__main__":
    place, name, *more = sys.argv[1:]
    if name == "ledger":
        write_ledger(Path(place), *more[1:])
    else:
        write_crm(Path(place), name, *(more + ["en", "utf8"][len(more):]))
