"""How long does the whole report of a large study take, how much memory, and are its pages still light?

    python benchmarks/large_report.py FOLDER [ACCOUNTS]

makes the study in FOLDER/study, unless it is there, and runs `icp-lab report` on it. It prints, by step, the seconds,
those of its processor, and the GiB of its process at the peak; then the same of all processes together, and the size of
each page, of the dashboard and of the workbook. Run it where nothing else runs: what others take is told as the load.

The study, all of it Parquet but the interviews: 100,000 companies of `icp_lab.worlds` (seed 0, English) with 1,000,000
deals and 20,000,000 usage events, or another number of ACCOUNTS with 10 deals and 200 events each.

- One account in twenty is a customer: of the customers of the world these are drawn, with those that were interviewed.
  What the world says of them stays, and with it what is planted: a profile (industry, employees, tech stack) inside
  which customers pay more, use more, stay longer; a negative profile; kinds; reasons for leaving. The others never
  bought: their won deals are lost ones, for reasons as those of the lost deals of the world.
- Deals are filled up by further ones on any day of eight years: three in ten of them with customers, half of these won,
  and all others lost.
- Use: what the world has for a month comes as events of features on the days of this month.
- Leads (two for three accounts), their touches, contacts, tickets, answers, pilot and feedback are the world's.
"""

import os
import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import duckdb
import numpy as np
import psutil
from openpyxl import load_workbook

from icp_lab.artifacts.manifest import read_sealed
from icp_lab.report.run import RECORD
from icp_lab.step import FILE
from icp_lab.worlds import World, make_company, write_study

_ONE_IN, _DEALS, _EVENTS = 20, 10, 200
_OF_CUSTOMERS = ("revenue", "usage", "support", "satisfaction", "churn", "opinions")
_MORE_DEALS = """
WITH companies AS (SELECT "Account ID" AS account_id, "Account owner" AS owner, "Customer since" IS NOT NULL AS bought,
                          row_number() OVER (PARTITION BY bought ORDER BY "Account ID") - 1 AS place FROM accounts),
     sizes AS (SELECT bought, count(*) AS size FROM companies GROUP BY bought),
     drawn AS (SELECT i, bought, hash(i, 1) % size AS place, DATE '2018-03-01' + (hash(i, 2) % 2900)::INT AS closed,
                      bought AND hash(i, 3) % 2 = 0 AS won
               FROM range($i) t(i) JOIN sizes ON bought = (hash(i, 7) % 10 < 3))
SELECT 'E' || i AS deal_id, account_id, CASE WHEN won THEN 'won' ELSE 'lost' END AS stage,
    round(exp(9 + (hash(i, 4) % 1000) / 500), -2) AS amount, closed - 15 - (hash(i, 5) % 150)::INT AS created, closed,
    CASE WHEN NOT won THEN ['Cheaper offer', 'No budget', 'Missing features', 'No decision']
        [1 + (hash(i, 6) % 4)::INT] END AS loss_reason, owner, CAST(NULL AS VARCHAR) AS competitor
FROM drawn JOIN companies USING (bought, place)"""
_EVENTS_OF = """
SELECT account_id, date + (hash(account_id, date, i) % 28)::INT AS date, active_users, seats,
    1 + (hash(i, date, account_id) % 9)::INT AS events, 'feature ' || i % 12 AS feature
FROM usage, range($i) t(i) LIMIT $most"""


def make_study(folder: Path, accounts: int) -> None:
    """Write the study: the world's files, then each of them as Parquet, deals and use filled up."""
    write_study(_thin_out(make_company(accounts)), folder)
    con = duckdb.connect(config={"memory_limit": "3GB", "temp_directory": str(folder / "made")})
    for path in sorted(folder.glob("*.csv")):
        con.execute(f"CREATE TABLE {path.stem} AS SELECT * FROM read_csv('{path}', header = true, sample_size = -1)")
        path.unlink()
    rows = {name: con.sql(f"SELECT count(*) FROM {name}").fetchall()[0][0] for name in ("deals", "usage")}
    events, more = _EVENTS * accounts, _MORE_DEALS.replace("$n", str(accounts))
    more = more.replace("$i", str(_DEALS * accounts - rows["deals"]))
    whole = {"deals": f"SELECT * FROM deals UNION ALL BY NAME ({more})",
             "usage": _EVENTS_OF.replace("$i", str(-(-events // rows["usage"]))).replace("$most", str(events))}
    for (name,) in con.sql("SELECT table_name FROM duckdb_tables()").fetchall():
        con.execute(f"COPY ({whole.get(name, f'FROM {name}')}) TO '{folder / name}.parquet'")
    text = (folder / "study.yml").read_text(encoding="utf-8")
    (folder / "study.yml").write_text(re.sub(r"\b(\w+)\.csv", r"\1.parquet", text), encoding="utf-8")


def _thin_out(world: World) -> World:
    """Let one account in twenty be a customer, those that were interviewed among them."""
    tables, rng = dict(world.tables), np.random.default_rng(0)
    accounts = tables["accounts"]
    bought = accounts["account_id"][accounts["customer_since"].notna()]
    asked = {Path(name).name.split("_")[0] for name in world.files if name.startswith("interviews/")}
    kept = asked | set(rng.choice(bought, len(accounts) // _ONE_IN - len(asked), replace=False))
    gone = accounts["account_id"].isin(set(bought) - kept)
    tables["accounts"] = accounts.assign(**{name: accounts[name].mask(gone) for name in ("customer_since", "plan")})
    for name in _OF_CUSTOMERS:
        tables[name] = tables[name][tables[name]["account_id"].isin(kept)].reset_index(drop=True)
    deals = tables["deals"]
    turned = deals["account_id"].isin(set(accounts["account_id"][gone])) & (deals["stage"] == "won")
    said = rng.choice(deals["loss_reason"].dropna(), len(deals))
    tables["deals"] = deals.assign(stage=deals["stage"].mask(turned, "lost"),
                                   loss_reason=deals["loss_reason"].mask(turned, said))
    return replace(world, tables=tables)


def watch(process: subprocess.Popen[bytes], peaks: dict[str, float], spent: dict[str, float], over: Event) -> None:
    """Note the memory and the processor's seconds of the processes of a run, by step, until it is over."""
    steps: dict[int, str] = {}
    while not over.wait(0.5):
        whole = 0.0
        try:
            each = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        except psutil.Error:
            return
        for one in each:
            try:
                held, times = one.memory_info().rss / 2**30, one.cpu_times()
                if one.pid not in steps and FILE in (told := one.environ()):  # not yet, where it has just been forked
                    steps[one.pid] = Path(told[FILE]).stem
            except psutil.Error:
                continue
            step, whole = steps.get(one.pid, "the run itself"), whole + held
            peaks[step] = max(peaks.get(step, 0), held)
            spent[step] = max(spent.get(step, 0), times.user + times.system)
        peaks["all at once"] = max(peaks.get("all at once", 0), whole)


def main() -> None:
    """Make the study where it is not, run the report, print what it took and what it left."""
    folder, accounts = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    study, out = folder / "study", folder / "report"
    if not (study / "study.yml").is_file():
        make_study(study, accounts)
    peaks, spent, over = dict[str, float](), dict[str, float](), Event()
    load, began = os.getloadavg(), time.perf_counter()
    with subprocess.Popen([sys.executable, "-m", "icp_lab", "report", str(study), "--out", str(out)]) as process:
        watcher = Thread(target=watch, args=(process, peaks, spent, over))
        watcher.start()
        process.wait()
        over.set()
        watcher.join()
    seconds = {"all at once": time.perf_counter() - began}
    seconds |= {name: step["seconds"] for name, step in read_sealed(out / RECORD).get("steps", {}).items()}
    spent["all at once"] = sum(spent.values())
    print(f"load before {load[0]:.1f}, after {os.getloadavg()[0]:.1f}; exit status {process.returncode}")
    print(f"{'step':20}{'seconds':>9}{'of processor':>14}{'GiB':>7}")
    for name in sorted(peaks):
        print(f"{name:20}{seconds.get(name, float('nan')):9.1f}{spent[name]:14.1f}{peaks[name]:7.2f}")
    for path in sorted([*out.glob("*.*"), *(out / "crm").glob("*")], key=lambda each: -each.stat().st_size):
        print(f"{path.relative_to(out)!s:40}{path.stat().st_size / 1e6:9.3f} MB")
    if (out / "icp.xlsx").is_file():
        for sheet in load_workbook(out / "icp.xlsx", read_only=True).worksheets:
            print(f"icp.xlsx, sheet {sheet.title}: {sheet.max_row:,} rows")
    sys.exit(process.returncode)


if __name__ == "__main__":
    main()
