"""Damage good files in every way that files get damaged, and see that each is read or refused in words.

`python tools/fuzz_intake.py N SEED` tries N files and tells what broke; tests try fewer with `try_files`.
"""

import csv
import gzip
import io
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

import duckdb
import numpy as np
import openpyxl

from icp_lab.errors import LabError
from icp_lab.study import open_study

HEADERS = ("account_id", "name", "industry", "employees", "customer_since", "annual_revenue", "churned", "tech_stack")
SLOWEST, REFUSED = 10.0, "refused in words"
_ODD = ("", " ", "?", "????", "\ufffd", "50〜99名", "令和6年4月1日", "31/12/2024", "1.234,56", "△5", "合計",
        "x" * 70_000, '"', "a\nb", "\x00", "=1+1", "1e400", "9" * 400, "-", "[1, 2", "http://a/?q=1", "㈱髙﨑～", "😀")


def make_rows(rng: np.random.Generator) -> list[list[str]]:
    """Make a table as a company would export it, with a few odd cells."""
    rows = [list(HEADERS)]
    for i in range(int(rng.integers(1, 40))):
        day = f"{rng.integers(2015, 2026)}-{rng.integers(1, 13):02}-{rng.integers(1, 29):02}"
        rows.append([f"A{i}", f"株式会社{i}", rng.choice(["金属", "卸売", "Retail"]), str(rng.integers(1, 900)), day,
                     f"{rng.integers(1, 10**9):,}", rng.choice(["yes", "no", ""]), "crm;erp"])
    for _ in range(int(rng.integers(0, 4))):
        rows[rng.integers(1, len(rows))][rng.integers(1, len(HEADERS))] = str(rng.choice(_ODD))
    return rows


def write_file(rows: list[list[str]], rng: np.random.Generator) -> tuple[str, bytes]:
    """Write a table in one of the kinds and encodings that the lab reads."""
    kind = rng.choice(["csv", "csv", "csv", "tsv", "txt", "csv.gz", "xlsx", "parquet"])
    if kind == "xlsx":
        book, stream = openpyxl.Workbook(), io.BytesIO()
        for row in rows:
            book.active.append([openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", cell)[:32_000] for cell in row])
        book.save(stream)
        return f"a.{kind}", stream.getvalue()
    if kind == "parquet":
        with tempfile.TemporaryDirectory() as folder:
            frame = [dict(zip(rows[0], row, strict=False)) for row in rows[1:]]
            path = Path(folder, "a.parquet")
            import pandas as pd  # noqa: PLC0415

            pd.DataFrame(frame).to_parquet(path)
            return f"a.{kind}", path.read_bytes()
    stream, delimiter = io.StringIO(newline=""), "\t" if kind == "tsv" else str(rng.choice([",", ",", ";", "|"]))
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    encoding = str(rng.choice(["utf-8", "utf-8", "utf-8-sig", "cp932", "utf-16", "utf-16-le", "euc_jp", "cp1252"]))
    content = stream.getvalue().encode(encoding, errors="replace")
    return f"a.{kind}", gzip.compress(content) if kind.endswith("gz") else content


def damage(content: bytes, rng: np.random.Generator) -> tuple[str, bytes]:
    """Damage a file in one way; `whole` leaves it as it is."""
    data, n = bytearray(content), max(len(content), 1)
    way = str(rng.choice(["whole", "flip", "cut", "quotes", "nul", "junk", "repeat", "swap", "encoding", "lines"]))
    places = rng.integers(0, n, int(rng.integers(1, 12)))
    if way == "flip":
        for i in places:
            data[i] ^= 1 << int(rng.integers(0, 8))
    elif way == "cut":
        data = data[: places[0]]
    elif way in ("quotes", "nul", "junk"):
        for i in sorted(places, reverse=True):
            data[i:i] = {"quotes": b'"', "nul": b"\x00", "junk": rng.bytes(8)}[way]
    elif way == "repeat":
        data[places[0]:places[0]] = data[: places[0]] * 3
    elif way == "swap":
        half = n // 2
        data = data[half:] + data[:half]
    elif way == "encoding":
        data = bytearray(bytes(data).decode("latin-1").encode("utf-8"))
    elif way == "lines":
        lines = bytes(data).split(b"\n")
        data = bytearray(b"\n".join([lines[i] for i in rng.permutation(len(lines))]))
    return way, bytes(data)


def count_records(name: str, content: bytes, encoding: str, delimiter: str) -> int | None:
    """Count the records below the column names as an independent reader does; None where it cannot read."""
    if name.endswith("xlsx"):
        try:
            sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
            sheet.reset_dimensions()
            rows = sheet.iter_rows(values_only=True)
            return sum(any(cell not in (None, "") for cell in row) for row in rows) - 1
        except Exception:
            return None
    if name.endswith("parquet"):
        return None
    content = gzip.decompress(content) if name.endswith("gz") else content
    words = content.decode(encoding).removeprefix("\ufeff")
    return sum(map(bool, csv.reader(io.StringIO(words, newline=""), delimiter=delimiter))) - 1


def try_file(name: str, content: bytes, folder: Path, table: str = "accounts", accounts: str = "") -> str:
    """Read a file as accounts, or as another table beside these; empty where it is read, else why not or what is wrong.

    `REFUSED` where it is refused as it should be.
    """
    others = {"accounts": "these.csv"} if table != "accounts" else {}
    (folder / "these.csv").write_text(accounts, encoding="utf-8")
    (folder / "study.yml").write_text("name: F\nlanguage: en\nas_of: 2026-03-31\ncurrency: JPY\ntables:\n" + "".join(
        f"  {each}: {file}\n" for each, file in {**others, table: name}.items()), encoding="utf-8")
    (folder / name).write_bytes(content)
    began = time.process_time()
    try:
        facts = open_study(folder).facts(table)
    except LabError as error:
        return REFUSED if str(error).startswith(name) else f"no place: {error}"
    except BaseException:
        return traceback.format_exc()
    if (took := time.process_time() - began) > SLOWEST:
        return f"{took:.1f} s"
    if facts.read != facts.used + facts.set_aside + facts.left_out:
        return f"{facts.read} read, {facts.used} + {facts.set_aside} + {facts.left_out} accounted for"
    said = {decision.code: decision.words for decision in facts.decisions}
    delimiter = str(said.get("delimiter", {}).get("delimiter", "\t" if name.endswith("tsv") else ","))
    records = count_records(name, content, str(said.get("encoding", {}).get("encoding", "utf-8")),
                            "\t" if delimiter == "tab" else delimiter)
    above = int(said.get("title_rows", {}).get("n", 0)) + ("joined_headers" in said)
    if records is not None and facts.read + above != records:
        return f"{facts.read} read and {above} above, but there are {records} records"
    return ""


def try_files(n: int, seed: int, keep: Path | None = None) -> dict[str, int]:
    """Try n damaged files; count what went wrong by its words, and keep the files it went wrong with."""
    wrong: Counter[str] = Counter()
    for i in range(n):
        rng = np.random.default_rng([seed, i])
        name, content = write_file(make_rows(rng), rng)
        way, content = damage(content, rng)
        with tempfile.TemporaryDirectory() as folder:
            said = try_file(name, content, Path(folder))
        if said not in ("", REFUSED):
            wrong[f"{i} {name} {way}: {said.strip().splitlines()[-1]}"] += 1
            if keep is not None:
                (keep / f"{i}_{way}_{name}").write_bytes(content)
    return dict(wrong)


if __name__ == "__main__":
    trials, first_seed = map(int, sys.argv[1:3])
    found = try_files(trials, first_seed, Path(sys.argv[3]) if len(sys.argv) > 3 else None)
    print(*found, f"{trials} files, {len(found)} went wrong (DuckDB {duckdb.__version__})", sep="\n")
    sys.exit(bool(found))
