"""Every reader of the lab, each with good input, ways to damage it, and an oracle that knows what may then be read.

A trial damages an input and reads it. What the reader refuses, it must refuse with a `LabError` that names a place.
What it reads is held to an oracle that does not use the reader:

- study.yml, icp.yml, hypotheses.yml, codebook.yml: another YAML reader (ruamel's safe one). What it refuses must be
  refused; each key, or entry of a list, that says what it said before the damage must be read as before; of icp.yml
  every value must be the other reader's, and the rows that `score` and `sql` call inside those that plain Python does.
- interviews: each line holds a word of its own; where a word is still in the file outside of comments, it must have
  been read, in a passage, a heading, a code or the head.
- ballots: another reader of workbooks (openpyxl): votes and comments must be what it finds in their cells.
- decisions, corrections, coders: Python's csv; each row that stands in the file as before must have been read as
  before.
- tables, and what `score` reads: records are counted by another reader; each must be accounted for.
- `--set`: the value must be the one that was typed, inside its range, and every other parameter as before.
- queries: whatever is asked, the database keeps every byte, and nothing new lies in the folder.
- `init --from`: what is copied is byte for byte what was given.
- what is no plain file of the study (a pipe, a device, a folder, a link out of it or to nowhere) is refused or not
  there.

What ends in another way than by `LabError` (a traceback), needs more than 20 s of the processor or 2 GiB, runs code or
writes outside of its place is a fault.
"""
# ruff: noqa: PLR0911  (an oracle says the first thing that is wrong)

import csv
import hashlib
import io
import math
import os
import re
import sqlite3
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import openpyxl
import pandas as pd
from fuzz_damage import YAML_VALUES, damage_book, damage_bytes, damage_yaml, replace_file
from fuzz_intake import damage, make_rows, try_file, write_file
from ruamel.yaml import YAML

from icp_lab.icp.decisions import read_decisions
from icp_lab.icp.profile import load_icp
from icp_lab.icp.score import score_file
from icp_lab.process.notebook import list_notebooks
from icp_lab.process.values import resolve_parameters
from icp_lab.publish.ballot import write_ballot
from icp_lab.study import check_study, open_study
from icp_lab.study.ballots import read_ballots, read_decided
from icp_lab.study.codebook import read_codebook, read_coders
from icp_lab.study.config import Settings, peek_language, read_settings
from icp_lab.study.corrections import FORMS, list_corrections, read_corrections
from icp_lab.study.interviews import read_interviews
from icp_lab.study.propose import propose_study
from icp_lab.tables import BY_NAME

ACCOUNTS = "account_id,Company,industry,employees,tech_stack,customer_since,annual_revenue\n" + "".join(
    f"A{i},Firm {i},{['Steel', 'Retail', 'SaaS'][i % 3]},{i}0,{'crm;erp' if i % 2 else 'erp'},2024-01-{i:02},{i}000\n"
    for i in range(1, 25)
)
SMALL = "account_id,industry\n" + "".join(f"A{i},x\n" for i in range(1, 7))
STUDY = """\
name: Fuzz
language: en
as_of: 2026-03-31
currency: JPY
outcome: best
fiscal_year_start: 4
outcome_window_months: 12
tables:
  accounts:
    file: accounts.csv
    encoding: utf-8
    delimiter: comma
    columns: {name: Company}
    set: {country: JP}
    where: {industry: [Steel, Retail, SaaS]}
    values: {industry: {Steel: 金属}}
    scale: {annual_revenue: 1000}
    join: {table: extra, on: account_id, take: [region]}
  opinions: [opinions.csv]
other_tables: {extra: extra.csv}
attributes: {exclude: [region], groups: {basic: [industry]}}
privacy: {people: hide, companies: names}
brand: {name: Us, accent: '#aa0000'}
capacity: {reps: 4}
steps:
  02_best_customers: {top_share: 0.1}
"""
ICP = """\
schema: 1
name: Fuzz
version: 3
as_of: 2026-03-31
language: en
outcome: best
verdict: supported
verdict_reason: []
criteria:
  - {attribute: employees, min: 50, max: 210}
  - {attribute: industry, in: [Steel, Retail], edited_by: Ann}
  - attribute: tech_stack
    has: crm
avoid:
  criteria:
    - {attribute: industry, in: [SaaS]}
  verdict: supported
evidence: {n: 383, best: 62, lift: 2.5, tries: 12}
score:
  base: 20
  points:
    - {criterion: {attribute: employees, min: 100}, met: 30, failed: -10}
tiers:
  - {name: A, min_fit: 40}
  - {name: B, min_fit: 10}
history:
  - {version: 3, date: 2026-03-31, by: Ann, why: so it is}
"""
HYPOTHESES = """\
- name: The head of sales
  by: S. Brandt
  date: 2025-09-01
  criteria:
    - {attribute: industry, in: [SaaS, Steel]}
    - {attribute: employees, min: 100}
- name: The textbook
  date: 2025-01-15
  criteria:
    - {attribute: employees, max: 150}
- name: Last year
  by: Marketing
  date: 2025-06-30
  criteria:
    - {attribute: tech_stack, has: crm}
"""
CODEBOOK = """\
- code: price_pain
  name: Price
  meaning: It is too dear
  belongs: pains
  examples: [too dear, over budget]
- slow
- code: new_leader
  meaning: somebody new decides
  belongs: triggers
"""
INTERVIEW = """\
---
account_id: A1
date: 2026-02-03
role: Head of sales
mode: online
consent: quote
---
# Talk of w00
## Pains
- It is too dear w01 [[price pain]]
- Slow w02, and w03

Some paragraph w04
goes on w05.

> A quote w06
<!-- a comment -->
| a | b |
|---|---|
| w07 | w08 |
### Why then w09?
1. first w10
2. second w11 [[slow, new_leader]]
## 課題
・高い w12
"""
DECIDED = [["date", "item", "decision", "by", "reason"]] + [
    [f"2026-02-{i:02}", item, said, "Ann", f"since {i}"]
    for i, (item, said) in enumerate(
        [
            ("profile", "keep"),
            ("criterion.employees", "change: employees >= 100"),
            ("criterion.industry", "drop"),
            ("avoid.industry", "keep"),
            ("profile", "add: 'crm' in tech_stack"),
            ("persona.p1", "keep"),
        ],
        1,
    )
]


@dataclass
class Trial:
    """One damaged input: `way` says what was done to it, `file` what a refusal must name; `whole` that nothing was."""

    rng: np.random.Generator
    folder: Path
    way: str = ""
    file: str = ""
    whole: bool = False

    def write(self, name: str, content: str | bytes) -> Path:
        """Put a file into the study."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def damage(self, name: str, text: str, how: Callable[..., tuple[str, bytes]] = damage_yaml) -> Path:
        """Put a damaged file into the study, or now and then what is no file."""
        self.file = self.file or name
        path = self.write(name, text)
        if self.rng.random() < 0.05:
            self.way = replace_file(path, self.rng)
            return path
        self.way, content = how(text, self.rng)
        self.whole = self.way == "whole"
        path.write_bytes(content)
        return path

    def lay_out(self, study: str = STUDY) -> None:
        """Write the rest of a study."""
        for name, content in {
            "accounts.csv": ACCOUNTS,
            "opinions.csv": "account_id,team,verdict\nA1,sales,good\n",
            "extra.csv": "account_id,region\nA1,North\nA2,South\n",
            "study.yml": study,
        }.items():
            self.write(name, content)


def _norm(node: Any) -> Any:
    """Write what another YAML reader read as the lab writes plain values."""
    if isinstance(node, dict):
        return {"" if key is None else _word(_norm(key)): _norm(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_norm(value) for value in node]
    if isinstance(node, date):
        return str(node.date() if isinstance(node, datetime) else node)
    return node


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read_otherwise(path: Path) -> Any:
    return _norm(YAML(typ="safe", pure=True).load(path.read_bytes().decode("utf-8-sig")))


def _judge_yaml(path: Path, trial: Trial) -> tuple[Any, str]:
    """Read with the other reader; what that refuses, the lab must have refused."""
    if trial.way == "bomb":
        return None, "a bomb was read"
    if path.is_symlink() or not path.is_file():
        return None, f"{trial.way} was read"
    try:
        return _read_otherwise(path), ""
    except Exception as error:
        return None, f"read, and not by the other reader: {str(error).splitlines()[0][:100]}"


_PARTS = {
    key: key
    for key in (
        "name",
        "as_of",
        "currency",
        "outcome",
        "fiscal_year_start",
        "outcome_window_months",
        "attributes",
        "privacy",
        "brand",
        "capacity",
        "steps",
        "language",
    )
} | {"tables": "specs", "other_tables": "others"}


def _describe(settings: Settings, key: str, folder: Path) -> str:
    said = getattr(settings, _PARTS[key])
    if key in ("tables", "other_tables"):
        said = {name: replace(spec, lines={}, query=None) for name, spec in said.items()}
    return str(said).replace(str(folder.resolve()), "").replace(str(folder), "")


def try_study(trial: Trial) -> str:
    """study.yml: settings, and all that it leads to."""
    trial.lay_out()
    base = read_settings(trial.folder / "study.yml")
    said = _norm(YAML(typ="safe", pure=True).load(STUDY))
    folder = trial.folder
    trial.write("folder.csv/x.txt", "x")
    for name, to in {"loop.csv": "loop.csv", "zero.csv": "/dev/zero", "out.csv": "../secret.csv"}.items():
        (folder / name).symlink_to(to)
    os.mkfifo(folder / "fifo.csv")
    path = trial.damage("study.yml", STUDY)
    trial.file = "study.yml" if path.is_file() else str(path)
    peek_language(folder)
    settings = open_study(path)
    if trial.way == "outside":  # a study may be opened by a link to its study.yml
        return ""
    other, wrong = _judge_yaml(path, trial)
    if wrong:
        return wrong
    for key in _PARTS:
        same = other.get(key) == said[key]
        if same and _describe(settings, key, folder) != _describe(base, key, folder):
            return f"{key} was read otherwise than before"
        if not same and key == "name" and settings.name != _word(other[key]):
            return f"{key} is not what stands there"
        if (
            not same
            and key in ("fiscal_year_start", "outcome_window_months")
            and key in other
            and other[key] is not None
            and float(other[key]) != getattr(settings, key)
        ):
            return f"{key} is not what stands there"
    report = check_study(path)
    report.words().encode()
    facts = {fact.table: fact for fact in report.facts}
    if (
        other["tables"] == said["tables"]
        and other.get("other_tables") == said["other_tables"]
        and facts["accounts"].read != 24
    ):
        return f"{facts['accounts'].read} accounts read, not 24"
    if not report.ok and not all(":" in problem for problem in report.problems):
        return f"no place: {report.problems}"
    return ""


def _is_inside(row: dict[str, str], criteria: list[dict[str, Any]]) -> bool | None:
    """Tell whether plain Python holds a row of ACCOUNTS to be inside."""
    answers = []
    for one in criteria:
        value = row[one["attribute"]]
        if "in" in one:
            answers.append(value in map(str, one["in"]))
        elif "has" in one:
            answers.append(str(one["has"]) in value.split(";"))
        elif "is" in one:
            return None
        else:
            low, high = one.get("min"), one.get("max")
            answers.append((low is None or float(value) >= low) and (high is None or float(value) < high))
    return all(answers)


def try_icp(trial: Trial) -> str:
    """icp.yml: load, score a file with it, and write it as SQL."""
    path = trial.damage("icp.yml", ICP)
    trial.file = str(path)
    icp = load_icp(path)
    if trial.way in ("outside",):  # a definition may lie anywhere
        return ""
    other, wrong = _judge_yaml(path, trial)
    if wrong:
        return wrong
    if icp.data != other | {"criteria": other["criteria"] or []}:
        return "not what stands there"
    trial.file = ""
    if not icp.working_rule.criteria:
        return ""
    leads = trial.write("leads.csv", ACCOUNTS)
    rows = list(csv.DictReader(io.StringIO(ACCOUNTS)))
    scored = score_file(icp, leads, trial.folder / "scored.csv")
    found = pd.read_csv(trial.folder / "scored.csv", dtype=str, keep_default_na=False)
    criteria = icp.data["criteria"] or (icp.data.get("evidence") or {}).get("refused")
    due = [_is_inside(row, criteria) for row in rows]
    if sum(scored.counts.values()) != 24 or found["account_id"].tolist() != [row["account_id"] for row in rows]:
        return "rows were lost"
    if None not in due and (found["icp_fit"] == "in").tolist() != due:
        return "score calls others inside"
    frame = pd.DataFrame(rows).assign(
        employees=lambda f: f["employees"].astype(float), tech_stack=lambda f: f["tech_stack"].str.split(";")
    )
    with duckdb.connect() as con:
        con.register("leads", frame)
        inside = [row[0] is True for row in con.execute(f"SELECT {icp.working_rule.sql()} FROM leads").fetchall()]
    if None not in due and inside != due:
        return "SQL calls others inside"
    for dialect in ("postgres", "snowflake", "bigquery", "spark"):
        icp.working_rule.sql(dialect)  # type: ignore[arg-type]
    return ""


def _judge_entries(path: Path, trial: Trial, base: str, before: list[Any], after: list[Any]) -> str:
    """Each entry that says what it said must be read as it was."""
    if not path.exists() and not path.is_symlink():
        return ""
    other, wrong = _judge_yaml(path, trial)
    if wrong:
        return wrong
    said = _norm(YAML(typ="safe", pure=True).load(base))
    other = other or []
    if len(other) != len(after):
        return f"{len(after)} of {len(other)} entries read"
    for entry, read in zip(other, after, strict=True):
        if entry in said and read != before[said.index(entry)]:
            return "an entry was read otherwise than before"
    return ""


def try_hypotheses(trial: Trial) -> str:
    """hypotheses.yml."""
    trial.lay_out()
    trial.write("hypotheses.yml", HYPOTHESES)
    study = open_study(trial.folder)
    before = list(study.hypotheses())
    path = trial.damage("hypotheses.yml", HYPOTHESES)
    return _judge_entries(path, trial, HYPOTHESES, before, list(study.hypotheses()))


def try_codebook(trial: Trial) -> str:
    """codebook.yml."""
    trial.write("codebook.yml", CODEBOOK)
    before = read_codebook(trial.folder, "en").to_dict("records")
    path = trial.damage("codebook.yml", CODEBOOK)
    return _judge_entries(path, trial, CODEBOOK, before, read_codebook(trial.folder, "en").to_dict("records"))


def try_interviews(trial: Trial) -> str:
    """interviews/*.md with their heads."""

    def how(text: str, rng: np.random.Generator) -> tuple[str, bytes]:
        head, body = text.split("---\n", 2)[1:]
        if rng.random() < 0.5:
            way, damaged = damage_yaml(head, rng)
            return way, b"---\n" + damaged + b"---\n" + body.encode()
        return damage_bytes(text.encode(), rng)

    path = trial.damage("interviews/a.md", INTERVIEW, how)
    read = read_interviews(trial.folder)
    if path.is_symlink() or not path.is_file():
        return f"{trial.way} was read"
    if len(read.heads) != 1:
        return f"{len(read.heads)} interviews read"
    content = path.read_bytes()
    try:
        text = content.decode("utf-8")
    except UnicodeError:
        return ""
    if "\0" in text:
        return ""
    pieces = text.split("<!--")
    text = pieces[0] + "".join(piece.partition("-->")[2] if "-->" in piece else piece for piece in pieces[1:])
    head, rest = text.split("\n---", 1) if text.startswith("---") and "\n---" in text else ("", text)
    text = re.sub(r"(?m)^\s*#.*$", "", head) + rest  # comments of the head
    codes = read.passages["codes"].map(" ".join)
    told = " ".join([*read.passages["text"], *read.passages["heading"], *codes, *map(str, read.heads.iloc[0])])
    lost = [f"w{i:02}" for i in range(13) if f"w{i:02}" in text and f"w{i:02}" not in told]
    return f"lost: {lost}" if lost else ""


@cache
def make_ballot() -> bytes:
    """Make a ballot with a few votes."""
    from tempfile import TemporaryDirectory  # noqa: PLC0415

    with TemporaryDirectory() as folder:
        path = Path(folder, "a.xlsx")
        lines = pd.DataFrame(
            [("profile", "All", "-", "aa"), ("avoid.size", "Small", "-", "bb"), ("criterion.x", "X", "n", "cc")],
            columns=["item", "said", "evidence", "mark"],
        )
        write_ballot(path, lines, study="Demo", as_of="2026-06-30", number=1)
        book = openpyxl.load_workbook(path)
        for cell, value in {"D7": 8, "D8": 3, "B5": "Ann", "E7": "good", "F9": "=1+1"}.items():
            book["Sales"][cell] = value
        book["Marketing"]["D9"] = 5
        book.save(path)
        return path.read_bytes()


_TEAMS = {
    "Sales": "sales",
    "Marketing": "marketing",
    "Product": "product",
    "Customer success": "customer_success",
    "Management": "management",
}
_NO_REVIEW = pd.DataFrame({name: [] for name in BY_NAME["review"].by_name})


def _is_torn(path: Path) -> bool:
    """Tell whether what a workbook holds is not what was packed; how it looks is no part of that."""
    with zipfile.ZipFile(path) as whole:
        try:
            for part in whole.namelist():
                if part.startswith(("xl/worksheets/", "xl/workbook.xml", "xl/sharedStrings")):
                    whole.read(part)
        except (zipfile.BadZipFile, zlib.error):
            return True
    return False


def try_ballots(trial: Trial) -> str:
    """review/*.xlsx."""
    path = trial.write("review/a.xlsx", make_ballot())
    trial.file = "review"
    if trial.rng.random() < 0.05:
        trial.way = replace_file(path, trial.rng)
    else:
        trial.way, content = damage_book(make_ballot(), trial.rng)
        path.write_bytes(content)
    votes = read_ballots(trial.folder, _NO_REVIEW)
    if path.is_symlink() or not path.is_file():
        return f"{trial.way} was read"
    found = {(row["department"], row["item"]): (row["vote"], row["comment"]) for row in votes.to_dict("records")}
    try:
        if _is_torn(path):
            return "a part whose sum is wrong was read"
        book = openpyxl.load_workbook(path, data_only=True, read_only=True)
    except Exception:
        return ""
    for sheet, team in _TEAMS.items():
        if sheet not in book.sheetnames:
            continue
        for row, item in enumerate(("profile", "avoid.size", "criterion.x"), start=7):
            vote, comment = (book[sheet].cell(row, column).value for column in (4, 5))
            if (
                isinstance(vote, int | float)
                and vote in range(1, 10)
                and found.get((team, item), ("", ""))[0] != vote
            ):
                return f"{team} {item}: {found.get((team, item))}, and there stands {vote}"
            if (team, item) in found and vote in (None, ""):
                return f"{team} {item}: a vote out of nothing"
            if isinstance(comment, str) and (team, item) in found and found[team, item][1] != comment.strip():
                return f"{team} {item}: another comment"
    return ""


def _damage_rows(rows: list[list[str]], rng: np.random.Generator) -> tuple[str, bytes]:
    """Damage a CSV: a cell, a row, or its bytes."""
    rows = [list(row) for row in rows]
    way = str(rng.choice(["cell", "cell", "cell", "row", "column", "bytes"]))
    if way == "cell":
        i, j = int(rng.integers(len(rows))), int(rng.integers(len(rows[0])))
        rows[i][j] = str(
            rng.choice(
                [*YAML_VALUES, "change: employees >= ", "add: a in [", "keep: x", "change: (((((", "1" * 5000]
            )
        )
        way += f" {rows[i][j][:30]}"
    elif way == "row":
        rows.insert(
            int(rng.integers(len(rows) + 1)),
            list(rows[int(rng.integers(len(rows)))]) + ["x"] * int(rng.integers(3)),
        )
    elif way == "column":
        j = int(rng.integers(len(rows[0])))
        rows = [row[:j] + row[j + 1 :] for row in rows]
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows(rows)
    content = stream.getvalue().encode("utf-8", errors="replace")
    return (way, content) if way != "bytes" else damage_bytes(content, rng)


def _count_whole(path: Path, base: list[list[str]]) -> Counter[tuple[str, ...]]:
    """Count the rows that stand in a file as they stood before, under the same head; none where that cannot be told."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        rows = [tuple(row) for row in csv.reader(io.StringIO(text, newline=""), strict=True)]
    except (OSError, UnicodeError, csv.Error):
        return Counter()
    same = set(map(tuple, base[1:]))
    return (
        Counter(row for row in rows[1:] if row in same)
        if rows and list(rows[0]) == base[0] and "\0" not in text
        else Counter()
    )


def _refuse_link(path: Path, trial: Trial, n: int) -> str:
    return f"{trial.way} was read" if n and (path.is_symlink() or not path.is_file()) else ""


def try_decisions(trial: Trial) -> str:
    """decisions.csv."""
    trial.lay_out()
    path = trial.damage("decisions.csv", "x", lambda _text, rng: _damage_rows(DECIDED, rng))
    read = Counter(
        tuple(row[name] for name in DECIDED[0])
        for _number, row in read_decided(path)
        if set(DECIDED[0]) <= set(row)
    )
    lost = _count_whole(path, DECIDED) - read
    decided = read_decisions(
        open_study(trial.folder),
        ["profile", "criterion.employees", "criterion.industry", "avoid.industry", "persona.p1"],
    )
    return f"lost: {list(lost)}" if lost else _refuse_link(path, trial, len(decided))


_FORM_ROWS = {
    "same_company": [
        ["account_id", "other_id", "same"],
        ["A1", "A2", "yes"],
        ["A3", "A4", "no"],
        ["A5", "A6", "yes"],
    ],
    "foldings": [["column", "value", "becomes"], ["industry", "steel", "Steel"], ["industry", "SaaS.", "SaaS"]],
    "codes": [
        ["interview", "passage", "code", "accepted"],
        ["a", "1", "slow", "yes"],
        ["a", "2", "price_pain", "no"],
    ],
    "reasons": [
        ["statement", "reason"],
        ["too dear", "price"],
        ["no time", "timing"],
        ["went elsewhere", "competitor"],
    ],
}


def try_corrections(trial: Trial) -> str:
    """corrections/, a form each."""
    name = str(trial.rng.choice(list(_FORM_ROWS)))
    rows, form = _FORM_ROWS[name], FORMS[name]
    trial.file = f"{name}"
    path = trial.damage(f"corrections/{name}_anna.csv", "x", lambda _text, rng: _damage_rows(rows, rng))
    found = read_corrections(trial.folder, form)
    told = Counter(
        (*(row[key] for key in form.keys), row[form.answer]) for row in list_corrections(trial.folder, form)
    )
    lost = set(_count_whole(path, rows)) - set(told)
    return f"lost: {lost}" if lost else _refuse_link(path, trial, len(found))


def try_coders(trial: Trial) -> str:
    """coders/*.csv."""
    trial.write("interviews/a.md", INTERVIEW)
    trial.write("codebook.yml", CODEBOOK)
    rows = [
        ["interview", "passage", "code"],
        ["a", "1", "slow"],
        ["a", "2", "price_pain"],
        ["a", "3", "new_leader"],
        ["a", "4", "slow"],
    ]
    path = trial.damage("coders/ann.csv", "x", lambda _text, rng: _damage_rows(rows, rng))
    read = read_coders(trial.folder, read_interviews(trial.folder), read_codebook(trial.folder, "en"))
    told = {tuple(map(str, row)) for row in read[["interview", "passage", "code"]].to_numpy().tolist()}
    lost = set(_count_whole(path, rows)) - told
    return f"lost: {lost}" if lost else _refuse_link(path, trial, len(read))


_OWN_FORMAT = """\
[accounts.columns]
account_id = ["ID", "Kennung"]
name = "Company"
[accounts.values.industry]
Steel = ["steel", "Stahl"]
[accounts]
after_sale = ["x"]
exclude = ["y"]
"""


def try_format(trial: Trial) -> str:
    """dialects/*.toml, a format of the study's own."""
    name = str(
        trial.rng.choice(["ours"] * 8 + ["../away", "/etc/passwd", "x" * 300, "a\\0b", "nobody", "ours.toml"])
    )
    trial.lay_out(STUDY.replace("    file: accounts.csv\n", f'    file: accounts.csv\n    format: "{name}"\n'))
    trial.write("away.toml", _OWN_FORMAT)

    def how(text: str, rng: np.random.Generator) -> tuple[str, bytes]:
        way, content = damage_yaml(text.replace(" = ", ": "), rng)
        return way, content.replace(b": ", b" = ")

    path = trial.damage("dialects/ours.toml", _OWN_FORMAT, how)
    trial.whole = trial.whole and name == "ours"
    trial.file = ""
    facts = open_study(trial.folder).facts("accounts")
    if name != "ours":
        return f"{name} was read"
    return f"{facts.read} rows" if facts.read != 24 else _refuse_link(path, trial, 1)


@cache
def _list_parameters() -> tuple[Any, ...]:
    return tuple(
        (file.name, parameter) for file in list_notebooks(Path("nowhere")) for parameter in file.parameters
    )


def try_settings(trial: Trial) -> str:
    """--set STEP.NAME=VALUE."""
    known = _list_parameters()
    notebook, parameter = known[int(trial.rng.integers(len(known)))]
    value = str(
        trial.rng.choice(
            [
                *YAML_VALUES,
                str(parameter.default),
                "0.2",
                "3",
                "true",
                "null",
                '{"a": 1}',
                "[1, 2]",
                "1e5",
                "NaN",
                "Infinity",
            ]
        )
    )
    if trial.rng.random() < 0.2:
        value = damage(str(parameter.default).encode(), trial.rng)[1].decode(errors="replace")
    target = f"{notebook}.{parameter.name}"
    if trial.rng.random() < 0.1:
        target = damage(target.encode(), trial.rng)[1].decode(errors="replace")
    trial.way, trial.file = f"{target}={value}"[:60], "--set"
    files = list_notebooks(Path("nowhere"))
    whole = resolve_parameters(files, {}, [], lambda *_keys: None)
    found = resolve_parameters(files, {}, [f"{target}={value}"], lambda *_keys: None)
    changed = {
        (step, name): said
        for step, values in found.items()
        for name, said in values.items()
        if said != whole[step][name]
    }
    if set(changed) - {(notebook, parameter.name)}:
        return f"others changed: {changed}"
    said = found[notebook][parameter.name]
    if isinstance(said, float) and not math.isfinite(said):
        return f"{said} is no number"
    if parameter.low is not None and not parameter.low <= said <= parameter.high:
        return f"{said} lies outside"
    if isinstance(said, int | float) and not isinstance(said, bool) and changed and float(said) != float(value):
        return f"{said} is not {value}"
    return f"{said!r} is not {value!r}" if isinstance(said, str) and changed and said != value.strip() else ""


_SELECT = "select account_id, industry from accounts order by account_id"
_HOSTILE = (
    "delete from accounts",
    "drop table accounts",
    "update accounts set industry = 'x'",
    "insert into accounts values ('x', 'y')",
    "create table x as select 1",
    "attach 'pwned.db' as p",
    "attach ':memory:' as m",
    "copy accounts to 'pwned.csv'",
    "export database 'pwned'",
    "pragma writable_schema = 1",
    "pragma journal_mode = delete",
    "pragma user_version = 5",
    "vacuum into 'pwned.db'",
    "vacuum",
    "install httpfs",
    "load 'x'",
    "select load_extension('x')",
    "select * from read_csv('secret.csv')",
    "select * from 'secret.csv'",
    "select writefile('pwned', 'x')",
    "select * from read_text('secret.csv')",
    "set enable_external_access = true",
    "call pragma_version()",
    "begin",
    "commit",
    "explain select 1",
    "with x as (delete from accounts returning *) select * from x",
    "replace into accounts values ('x', 'y')",
    "alter table accounts add z int",
    "select",
    "",
    ";",
    "select 1",
    "select 1, 1",
    "select null",
    "select 'a' as account_id where false",
    "reindex",
    "analyze",
    "detach main",
    "select * from accounts, accounts a, accounts b, accounts c, accounts d, accounts e, accounts f where 1 = 0",
    "select x'00' as account_id",
    "select getenv('HOME') as account_id",
    "select * from pragma_table_info('accounts')",
    "values (1)",
    "select account_id from accounts -- ; delete from accounts",
)


def try_query(trial: Trial) -> str:
    """`sql:` of study.yml, on DuckDB and SQLite."""
    kind, sql = str(trial.rng.choice(["duckdb", "sqlite"])), str(trial.rng.choice(_HOSTILE))
    how = trial.rng.random()
    if how < 0.3:
        sql = f"{_SELECT}; {sql}"
    elif how < 0.5:
        sql = f"{sql}; {_SELECT}"
    elif how < 0.7:
        sql = damage(_SELECT.encode(), trial.rng)[1].decode(errors="replace")
    elif how < 0.75:
        sql = _SELECT
    trial.way, path = f"{kind}: {sql[:60]}", trial.folder / "a.db"
    trial.write("secret.csv", "account_id\nhidden\n")
    make = "create table accounts (account_id text, industry text)"
    if kind == "sqlite":
        with sqlite3.connect(path) as lite:
            lite.execute(make)
            lite.executemany("insert into accounts values (?, ?)", [(f"A{i}", "x") for i in range(6)])
        lite.close()
    else:
        with duckdb.connect(str(path)) as duck:
            duck.execute(make)
            duck.executemany("insert into accounts values (?, ?)", [(f"A{i}", "x") for i in range(6)])
    content = {
        "name": "F",
        "language": "en",
        "as_of": "2026-03-31",
        "currency": "JPY",
        "tables": {"accounts": {"sql": sql, "connection": "FUZZ_DB"}},
    }
    stream = io.StringIO()
    YAML().dump(content, stream)
    trial.write("study.yml", stream.getvalue().encode("utf-8", errors="replace"))
    os.environ["FUZZ_DB"] = f"{kind}:///a.db"
    os.chdir(trial.folder)
    before = {
        each: hashlib.sha256(each.read_bytes()).hexdigest()
        for each in sorted(trial.folder.rglob("*"))
        if each.is_file()
    }
    try:
        frame = open_study(trial.folder).table("accounts")
    finally:
        after = {
            each: hashlib.sha256(each.read_bytes()).hexdigest()
            for each in sorted(trial.folder.rglob("*"))
            if each.is_file()
        }
        if before != after:
            raise RuntimeError(f"the query wrote: {sorted(set(after) ^ set(before)) or 'into the database'}")
    if "hidden" in frame.to_string():
        return "a file beside the database was read"
    return f"{len(frame)} of 6 rows" if sql == _SELECT and len(frame) != 6 else ""


def try_score(trial: Trial) -> str:
    """The file that `icp-lab score` reads."""
    icp = load_icp(
        trial.write("icp.yml", "schema: 1\nname: F\ncriteria: [{attribute: industry, in: [金属, Retail]}]\n")
    )
    kind, content = "", b""
    while kind not in ("csv", "parquet"):
        name, content = write_file(make_rows(trial.rng), trial.rng)
        kind = name.partition(".")[2]
    trial.way, content = damage(content, trial.rng)
    path = trial.write(name, content)
    trial.file = str(path)
    scored = score_file(icp, path, trial.folder / "out.csv")
    rows = pd.read_csv(trial.folder / "out.csv", dtype=str, keep_default_na=False)
    if len(rows) != sum(scored.counts.values()):
        return f"{sum(scored.counts.values())} counted, {len(rows)} written"
    if set(rows["industry"][rows["icp_fit"] == "in"].str.strip()) - {"金属", "Retail"}:
        return "others inside"
    return ""


def try_propose(trial: Trial) -> str:
    """`init --from`: a folder of exports."""
    source, target = trial.folder / "exports", trial.folder / "new"
    for i in range(int(trial.rng.integers(1, 3))):
        name, content = write_file(make_rows(trial.rng), trial.rng)
        trial.way, content = damage(content, trial.rng)
        path = trial.write(f"exports/{i}{name}", content)
    if trial.rng.random() < 0.1:
        trial.way = replace_file(path, trial.rng)
    trial.file = ""
    trial.file = str(trial.folder)
    propose_study(source, target).words().encode()
    check_study(target).words().encode()
    for copied in target.glob("[0-9]a.*"):
        if copied.read_bytes() != (source / copied.name).read_bytes():
            return f"{copied.name} is no copy"
    return ""


_HEADS = {
    "opinions": ["account_id", "team", "verdict", "note", "author"],
    "feedback": ["account_id", "agrees", "date", "author", "reason"],
    "review": ["department", "item", "vote", "reviewer", "comment"],
}
_WORDS = {
    "team": ["sales", "marketing"],
    "verdict": ["good", "bad"],
    "agrees": ["yes", "no"],
    "department": ["sales", "法務"],
    "item": ["profile", "avoid.size"],
    "vote": ["1", "9"],
    "date": ["2026-02-01", "2026/3/1"],
}


def try_table(trial: Trial) -> str:
    """Tables: accounts, and what people say of them (opinions, feedback, review)."""
    table = str(trial.rng.choice(["accounts", "accounts", "accounts", *_HEADS]))
    rows = make_rows(trial.rng)
    if table != "accounts":
        rows = [_HEADS[table]] + [
            [str(trial.rng.choice(_WORDS.get(head, [f"A{i % 6 + 1}"]))) for head in _HEADS[table]]
            for i in range(int(trial.rng.integers(1, 30)))
        ]
        rows[-1][int(trial.rng.integers(len(rows[0])))] = str(
            trial.rng.choice([*YAML_VALUES[:40], "x" * 70_000, "\x00"])
        )
    name, content = write_file(rows, trial.rng)
    book = name.endswith("xlsx") and trial.rng.random() < 0.7
    trial.way, content = damage_book(content, trial.rng) if book else damage(content, trial.rng)
    trial.way = f"{table} {name} {trial.way}"
    said = try_file(name, content, trial.folder, table, SMALL)
    # Of a cell whose place is no place the two readers of workbooks hold different things, each in its right.
    return "" if trial.way.endswith(" far") and "but there are" in said else said


# How many of a hundred trials each reader has.
READERS: dict[str, tuple[int, Callable[[Trial], str]]] = {
    "tables": (30, try_table),
    "study.yml": (10, try_study),
    "icp.yml": (9, try_icp),
    "hypotheses.yml": (5, try_hypotheses),
    "codebook.yml": (5, try_codebook),
    "interviews": (7, try_interviews),
    "ballots": (7, try_ballots),
    "decisions.csv": (5, try_decisions),
    "corrections": (4, try_corrections),
    "coders": (4, try_coders),
    "formats": (3, try_format),
    "--set": (3, try_settings),
    "sql": (3, try_query),
    "score": (3, try_score),
    "init --from": (2, try_propose),
}
