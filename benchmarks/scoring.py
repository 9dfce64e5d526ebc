"""How much longer does scoring take than the same query written by hand?

Leads from Parquet to Parquet, by the profile below and by SQL that says the same, without heed to NaN: seconds, their
ratio, and the peak memory of each process. `python benchmarks/scoring.py [ROWS] [REPEATS]`.

And how long do points, tiers and reasons take, by the command and by the function of notebook 08a?
`python benchmarks/scoring.py points [ROWS] [REPEATS]`, with a card of 26 entries on six attributes.
"""

import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from statistics import median

import duckdb

from icp_lab.icp.profile import write_icp

CRITERIA = [
    {"attribute": "employees", "min": 100, "max": 500},
    {"attribute": "industry", "in": ["Fintech", "SaaS"]},
    {"attribute": "tech_stack", "has": "Salesforce"},
    {"attribute": "exports", "is": True},
]
BY_HAND = """
COPY (
  SELECT * EXCLUDE (c1, c2, c3, c4, fit), fit AS icp_fit, fit AS icp_tier, concat_ws('; ',
      CASE WHEN c1 THEN 'employees from 100 to under 500 (met)'
           WHEN NOT c1 THEN 'employees from 100 to under 500 (failed)'
           ELSE 'employees from 100 to under 500 (unknown)' END,
      CASE WHEN c2 THEN 'industry Fintech or SaaS (met)' WHEN NOT c2 THEN 'industry Fintech or SaaS (failed)'
           ELSE 'industry Fintech or SaaS (unknown)' END,
      CASE WHEN c3 THEN 'tech stack includes Salesforce (met)'
           WHEN NOT c3 THEN 'tech stack includes Salesforce (failed)'
           ELSE 'tech stack includes Salesforce (unknown)' END,
      CASE WHEN c4 THEN 'exports: yes (met)' WHEN NOT c4 THEN 'exports: yes (failed)' ELSE 'exports: yes (unknown)' END
    ) AS icp_reasons, '1' AS icp_version
  FROM (SELECT *, CASE WHEN c1 AND c2 AND c3 AND c4 THEN 'in' WHEN NOT (c1 AND c2 AND c3 AND c4) THEN 'out'
                       ELSE 'unknown' END AS fit
        FROM (SELECT *, employees >= 100 AND employees < 500 AS c1, industry IN ('Fintech', 'SaaS') AS c2,
                     list_contains(tech_stack, 'Salesforce') AS c3, exports AS c4 FROM 'leads.parquet'))
) TO 'by_hand.parquet'
"""
WAYS = {
    "by hand": f"import duckdb; duckdb.execute({BY_HAND!r})",
    "icp-lab": "from pathlib import Path; from icp_lab.icp import load_icp; from icp_lab.icp.score import score_file; "
               "icp = load_icp('icp.yml'); began = perf_counter(); "
               "score_file(icp, Path('leads.parquet'), Path('scored.parquet'))",
}
LEVELS = {"employees": (1, 20, 60, 150, 400, 1000, 3000, 9000), "annual_revenue": (0, 1e6, 2e6, 4e6, 6e6, 8e6, 1e7)}
POINTS = [{"criterion": one, "met": 7, "failed": -5} for one in CRITERIA] + [
    {"criterion": {"attribute": name, "min": low, "max": high}, "met": place - 3, "failed": 0}
    for name, ends in LEVELS.items() for place, (low, high) in enumerate(pairwise(ends))] + [
    {"criterion": {"attribute": "industry", "in": [one]}, "met": 2, "failed": 0} for one in ("Fintech", "Health")] + [
    {"criterion": {"attribute": "tech_stack", "has": one}, "met": 1, "failed": -1} for one in ("HubSpot", "SAP")] + [
    {"criterion": {"attribute": "company", "in": [f"Company {i}"]}, "met": 1, "failed": 0} for i in range(5)]
CARD = {"score": {"base": 50, "points": POINTS}, "tiers": [
    {"name": "A", "min_fit": 65}, {"name": "B", "min_fit": 50}, {"name": "C", "min_fit": 0}]}
POINTED = {
    "icp-lab score": WAYS["icp-lab"],
    "notebook 08a": """
import numpy as np, pandas as pd
from icp_lab.icp import load_icp
from icp_lab.methods.score import Card, Points, score_rows
from icp_lab.rule import Criterion
said = load_icp('icp.yml').data['score']['points']
points = tuple(Points(Criterion.from_dict(one['criterion']), one['met'], one['failed']) for one in said)
bands = pd.DataFrame({'least': [0, 55], 'most': [54, 99], 'share': [0.1, 0.6], 'low': [0.05, 0.5], 'high': [0.2, 0.7]})
spread = {one.criterion.attribute: 9.0 for one in points}
card = Card(points, pd.DataFrame(), spread, bands, 400, 60, 3.0, 2.0, 4.0, True)
began = perf_counter()
leads = pd.read_parquet('leads.parquet').set_index('lead_id')
scored = score_rows(card, leads)
scored.to_parquet('scored.parquet')
""",
}
TIMED = ("from time import perf_counter; from resource import RUSAGE_SELF, getrusage; import duckdb; "
         "began = perf_counter()\n{way}\nprint(perf_counter() - began, getrusage(RUSAGE_SELF).ru_maxrss / 2**20)")


def make_leads(rows: int, target: Path) -> None:
    """Write leads with gaps, lists and a few columns that no criterion asks."""
    con = duckdb.connect(config={"memory_limit": "2GB", "temp_directory": str(target.parent)})
    con.execute("SELECT setseed(0.5)")
    con.execute(f"""COPY (SELECT 'L' || i AS lead_id, 'Company ' || (i * 7919 % 1000003) AS company,
        CASE WHEN random() > 0.1 THEN floor(exp(random() * 9)) END AS employees,
        CASE WHEN random() > 0.1 THEN ['SaaS', 'Fintech', 'Retail', 'Health'][1 + i % 4] END AS industry,
        CASE WHEN random() > 0.1 THEN list_filter(['Salesforce', 'SAP', 'HubSpot'], lambda x: hash(x, i) % 5 < 2) END
            AS tech_stack,
        random() < 0.3 AS exports, random() * 1e7 AS annual_revenue
        FROM range({rows}) t(i)) TO '{target}'""")


def measure(way: str, folder: Path) -> tuple[float, float]:
    """Run one way in a process of its own: seconds, and GiB at its peak."""
    said = subprocess.run([sys.executable, "-c", TIMED.format(way=way)], cwd=folder, check=True, capture_output=True,
                          text=True).stdout.split()
    return float(said[-2]), float(said[-1])  # DuckDB may have said how far it was


def score_points(rows: int, repeats: int) -> None:
    """Print a line a way of giving points, tiers and reasons."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_leads(rows, folder / "leads.parquet")
        write_icp(folder / "icp.yml", {"schema": 1, "name": "Benchmark", "version": "1", "criteria": CRITERIA, **CARD})
        for way, code in POINTED.items():
            runs = [measure(code, folder) for _repeat in range(repeats)]
            print(f"{way:15}{rows:>12,} rows{median(time for time, _peak in runs):8.1f} s"
                  f"{max(peak for _time, peak in runs):8.2f} GiB")


def main() -> None:
    """Print a line a way, and the ratio of their medians."""
    if sys.argv[1:2] == ["points"]:
        score_points(*map(int, (*sys.argv[2:4], *("1000000", "3")[len(sys.argv) - 2:])))
        return
    rows, repeats = (int(sys.argv[i]) if len(sys.argv) > i else n for i, n in ((1, 10_000_000), (2, 5)))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_leads(rows, folder / "leads.parquet")
        write_icp(folder / "icp.yml", {"schema": 1, "name": "Benchmark", "version": "1", "criteria": CRITERIA})
        runs = {way: [] for way in WAYS}
        for _repeat in range(repeats):
            for way, code in WAYS.items():
                runs[way].append(measure(code, folder))
        sums = [duckdb.execute(f"SELECT count(*), bit_xor(hash(row)) FROM '{folder / file}' row").fetchall()
                for file in ("by_hand.parquet", "scored.parquet")]
        seconds = {way: median(time for time, _peak in each) for way, each in runs.items()}
        for way, each in runs.items():
            print(f"{way:10}{rows:>12,} rows{seconds[way]:8.1f} s{max(peak for _time, peak in each):8.2f} GiB")
        ratio = seconds["icp-lab"] / seconds["by hand"]
        print(f"ratio of medians of {repeats}: {ratio:.2f}; same rows: {sums[0] == sums[1]}")


if __name__ == "__main__":
    main()
