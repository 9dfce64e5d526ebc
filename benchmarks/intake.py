"""How much longer does it take to load, type and check exports than to read them with DuckDB alone?

Accounts and deals (five an account) as CSV: a bare `read_csv` into tables of the same columns and types, and the way of
a study, whose facts `icp-lab check` says; then with usage events out of Parquet, 20 an account. Each in a process of
its own, by turns: the fewest seconds, and GiB at the peak. `python benchmarks/intake.py [ACCOUNTS] [REPEATS]`.
"""

import sys
import tempfile
from pathlib import Path

import duckdb
from scoring import measure

_STUDY = """{name: Benchmark, language: en, as_of: 2026-03-31, currency: EUR,
  tables: {accounts: accounts.csv, deals: deals.csv, usage: usage.parquet}}"""
_SYLLABLES = ["ka", "ro", "min", "te", "sol", "ve", "bra", "nu", "li", "dor", "pa", "xe", "tan", "gi", "mos", "que",
              "fa", "rel", "ju", "zo"]
_ACCOUNTS = f"""
WITH words AS (SELECT i, array_to_string(list_transform(range(7), lambda k:
    {_SYLLABLES}[1 + (hash(k || '/' || CASE WHEN i % 200 = 7 THEN i - 1 ELSE i END) % 20)::INT]), '') AS word
    FROM range($n) t(i))
SELECT 'A' || i AS account_id, upper(word[1]) || word[2:] || CASE WHEN i % 200 = 7 THEN ' Ltd' ELSE '' END AS name,
    CASE WHEN hash(i, 1) % 10 > 1 THEN word || '.example' END AS domain,
    CASE WHEN hash(i, 2) % 10 > 2 THEN
        ['Software', 'Retail', 'Health', 'Finance', 'Logistics', 'Energy', 'Media'][1 + (hash(i, 3) % 7)::INT]
        END AS industry,
    CASE WHEN hash(i, 4) % 10 > 1 THEN floor(exp((hash(i, 5) % 1000) / 110))::INT END AS employees,
    CASE WHEN hash(i, 6) % 10 > 4 THEN (hash(i, 7) % 1000000000) / 10 END AS annual_revenue,
    ['Germany', 'France', 'Spain', 'Italy'][1 + (hash(i, 8) % 4)::INT] AS country,
    'Region ' || hash(i, 9) % 40 AS region, 'City ' || hash(i, 10) % 1500 AS city,
    CASE WHEN hash(i, 11) % 10 < 3 THEN DATE '2016-01-01' + (hash(i, 12) % 3700)::INT END AS customer_since,
    CASE WHEN hash(i, 13) % 10 < 2 THEN 'yes' ELSE 'no' END AS churned, 'owner' || hash(i, 14) % 300 AS owner
FROM words"""
_DEALS = """
SELECT 'D' || i AS deal_id, 'A' || hash(i) % $n AS account_id,
    ['won', 'lost', 'lost', 'open'][1 + (hash(i, 1) % 4)::INT] AS stage, (hash(i, 2) % 10000000) / 100 AS amount,
    DATE '2018-01-01' + (hash(i, 3) % 2900)::INT AS created,
    CASE WHEN hash(i, 1) % 4 < 3 THEN DATE '2018-03-01' + (hash(i, 3) % 2900)::INT END AS closed,
    CASE WHEN hash(i, 1) % 4 IN (1, 2) THEN ['price', 'no need', 'timing'][1 + (hash(i, 4) % 3)::INT] END
        AS loss_reason,
    CASE WHEN hash(i, 5) % 3 = 0 THEN ['Acme', 'Globex'][1 + (hash(i, 6) % 2)::INT] END AS competitor,
    'Product ' || hash(i, 7) % 12 AS product, 'owner' || hash(i, 8) % 300 AS owner
FROM range(5 * $n) t(i)"""
_USAGE = """
SELECT 'A' || hash(i) % $n AS account_id, DATE '2022-01-01' + (hash(i, 1) % 1500)::INT AS date,
    (hash(i, 2) % 50)::INT AS active_users, (hash(i, 3) % 900)::INT AS events FROM range(20 * $n) t(i)"""
_TYPES = {"employees": "DOUBLE", "annual_revenue": "DOUBLE", "amount": "DOUBLE", "customer_since": "DATE",
          "created": "DATE", "closed": "DATE", "churned": "BOOLEAN"}
_OWN = "from icp_lab.study import open_study; study = open_study('.'); [study.facts(name) for name in {tables}]"


def make_exports(accounts: int, folder: Path) -> dict[str, str]:
    """Write the study and its three files; give the ways of loading."""
    con = duckdb.connect(config={"memory_limit": "2GB", "temp_directory": str(folder / "made")})
    read = []
    for name, sql in (("accounts.csv", _ACCOUNTS), ("deals.csv", _DEALS), ("usage.parquet", _USAGE)):
        made = sql.replace("$n", str(accounts))
        con.execute(f"COPY ({made}) TO '{folder / name}'")
        types = {column: _TYPES.get(column, "VARCHAR") for column in con.sql(f"{made} LIMIT 0").columns}
        if name.endswith("csv"):
            read.append(f"con.execute(\"CREATE TABLE {name[:-4]} AS SELECT * FROM "
                        f"read_csv('{name}', header = true, columns = {types})\")")
    (folder / "study.yml").write_text(_STUDY, encoding="utf-8")
    return {"bare read": f"con = duckdb.connect(); {'; '.join(read)}",
            "icp-lab": _OWN.format(tables=["accounts", "deals"]),
            "with usage": _OWN.format(tables=["accounts", "usage"])}


def main() -> None:
    """Print a line a way, and the ratio of the study's own to the bare one."""
    accounts, repeats = (int(sys.argv[i]) if len(sys.argv) > i else n for i, n in ((1, 1_000_000), (2, 3)))
    with tempfile.TemporaryDirectory() as name:
        ways = make_exports(accounts, Path(name))
        runs = {way: [] for way in ways}
        for _repeat in range(repeats):
            for way, code in ways.items():
                runs[way].append(measure(code, Path(name)))
        for way, each in runs.items():
            print(f"{way:12}{accounts:>12,} accounts{min(s for s, _peak in each):8.1f} s"
                  f"{max(peak for _s, peak in each):8.2f} GiB")
        ratio = min(runs["icp-lab"])[0] / min(runs["bare read"])[0]
        print(f"ratio of the fastest of {repeats}: {ratio:.2f}")


if __name__ == "__main__":
    main()
