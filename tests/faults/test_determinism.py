"""The same study gives the same artifacts, whatever the order of its rows and the machine around it."""

import pytest
import vary_runs

from icp_lab.worlds import write_demo

# The notebooks' own cells, in one process and with nothing settled, as somebody in JupyterLab would run them.
RUN = """
import os, sys
import nbformat
from icp_lab.process.notebook import find_notebooks
os.environ |= {"ICP_LAB_STUDY": sys.argv[1], "ICP_LAB_OUT": sys.argv[2], "MPLBACKEND": "agg"}
for name in ("01_customer_base", "02_best_customers", "04_negative_cases"):
    scope = {}
    for cell in nbformat.read(find_notebooks() / f"{name}.ipynb", 4).cells:
        if cell.cell_type == "code":
            exec(cell.source, scope)
"""


@pytest.mark.slow
def test_rows_hashes_threads_locale_and_time_zone_do_not_matter(tmp_path):
    """vary_runs.py does the same with all notebooks, more variations and the demo: REPRODUCING.md."""
    write_demo(tmp_path / "demo", 120, 0, True, "en")
    found = vary_runs.vary(tmp_path / "demo", tmp_path / "varied", RUN, names=("plain", "turkish"))
    for each in found.values():
        assert each["ok"], each["said"]
        assert each["other"] == []
        assert each["same"] >= 6
