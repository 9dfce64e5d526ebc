"""How do time and memory grow with the rows?

Scoring leads from Parquet to Parquet, and events to attributes of accounts (20 events an account, DuckDB), each in a
process of its own: seconds, microseconds a row, and GiB at the peak. `python benchmarks/growth.py [LARGEST]`.
"""

import sys
import tempfile
from pathlib import Path

import duckdb
from scoring import CRITERIA, WAYS, make_leads, measure

from icp_lab.icp.profile import write_icp

EVENTS = """
from datetime import date; from icp_lab.methods.events import Summary, summarize_events
wanted = [Summary("events", "rows", days=90), Summary("active_months", "months", months=12),
          Summary("last_touch", "days_since"), Summary("revenue", "sum", "amount", months=12)]
con = duckdb.connect(config={"memory_limit": "1GB", "temp_directory": "."})
began = perf_counter()
found = summarize_events(con.read_parquet("events.parquet"), wanted, before=date(2025, 1, 1))
found.write_parquet("attributes.parquet")
"""


def make_events(rows: int, target: Path) -> None:
    """Write events of three years, 20 an account, in no order."""
    duckdb.execute(f"""COPY (SELECT 'A' || (hash(i) % {max(1, rows // 20)}) AS account_id,
        DATE '2022-01-01' + CAST(hash(i, 1) % 1096 AS INTEGER) AS date, (hash(i, 2) % 100000) / 100 AS amount
        FROM range({rows}) t(i)) TO '{target}'""")


def main() -> None:
    """Print a line a job and size."""
    largest = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    print(f"{'job':10}{'rows':>12}{'seconds':>10}{'us a row':>10}{'GiB':>8}")
    for rows in (size for power in range(4, 10) if (size := 10**power) <= largest):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            make_leads(rows, folder / "leads.parquet")
            make_events(rows, folder / "events.parquet")
            write_icp(folder / "icp.yml", {"schema": 1, "name": "Benchmark", "version": "1", "criteria": CRITERIA})
            for job, code in (("score", WAYS["icp-lab"]), ("events", EVENTS)):
                seconds, peak = min(measure(code, folder) for _repeat in range(3))
                print(f"{job:10}{rows:>12,}{seconds:>10.2f}{1e6 * seconds / rows:>10.2f}{peak:>8.2f}", flush=True)


if __name__ == "__main__":
    main()
