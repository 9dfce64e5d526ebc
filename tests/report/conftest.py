"""A report small enough to run often: three notebooks of our own and a study of eight accounts."""

import nbformat
import pytest

from icp_lab.report.make import Wish

ACCOUNTS = "account_id,name\n" + "".join(f"A{n},Firm {n}\n" for n in range(8))

NOTEBOOKS = {
    "01_customer_base": (
        "years: int = 3  # window in years, 1 to 10",
        'import pandas as pd\naccounts = here.table("accounts")\n'
        'frame = pd.DataFrame({"account_id": accounts["account_id"], "status": "customer", "revenue": float(years)})',
        'here.write("customers", frame)\nhere.answer("1a", "1b")\nhere.waiting("1c", "usage")\n'
        'here.headline("Eight firms.")',
    ),
    "02_best_customers": (
        'top_share: float = 0.2  # share called best, 0.05 to 0.5\nrelative_to: str = "none"  # one of none, size_band',
        'customers = here.read("customers")\n'
        'case = customers[["account_id"]].assign(case_id=customers["account_id"], outcome="best", group="best", '
        'positive="yes", reason="top_share")',
        'here.write("success", customers[["account_id"]].assign(measured=1, score=top_share))\n'
        'here.write("cases", case)\nhere.write("outcomes", case)',
    ),
    "06a_segments": (
        "seed: int = 0  # seed, 0 to 100",
        'customers = here.read("customers")\nhere.read("success")',
        'here.write("segments", customers[["account_id"]].assign(segment="all"))\n'
        'here.write("segmentation", {"published": False, "stability": seed, "noise": 0, "segments": []})',
    ),
}


def write_notebook(folder, name, parameters, *cells, opens=True):
    """Write a notebook as the house's are: title, open, parameters, cells, finish."""
    code = nbformat.v4.new_code_cell
    first = [code(f'from icp_lab import step\nhere = step.open("{name}")')] if opens else []
    last = [code("here.finish()")] if opens else []
    body = [
        nbformat.v4.new_markdown_cell(f"# About {name}\n\n*What?*"), *first,
        code(parameters, metadata={"tags": ["parameters"]}), *(code(cell) for cell in cells), *last,
    ]
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=body, metadata={"kernelspec": spec})
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / f"{name}.ipynb")


@pytest.fixture
def house(tmp_path):
    """A folder with three notebooks."""
    for name, cells in NOTEBOOKS.items():
        write_notebook(tmp_path / "house", name, *cells)
    return tmp_path / "house"


@pytest.fixture
def study(make_study):
    """A study with one table."""
    return make_study("tables:\n  accounts: accounts.csv\n", accounts_csv=ACCOUNTS)


@pytest.fixture
def wish(house):
    """Ask for a report of our own notebooks."""

    def ask(*settings, **more):
        return Wish(settings, notebooks=house, **more)

    return ask
