"""An account is found by its id or its name, and where that leaves a doubt the lab asks."""

import pandas as pd
import pytest

from icp_lab.artifacts import BY_NAME as ARTIFACT
from icp_lab.artifacts.manifest import Manifest, folder_of, write_manifest
from icp_lab.artifacts.store import write_artifact
from icp_lab.errors import LabError
from icp_lab.icp import write_icp
from icp_lab.process import WRITER
from icp_lab.report.why import explain
from icp_lab.study import open_study

ROWS = ("account_id,name,exports", "A1,Acme,yes", "A2,ACME,no", "A3,Bee Ltd,", "A4,Twin,", "A5,Twin,")


@pytest.fixture
def ask(make_study):
    study = make_study("tables: {accounts: accounts.csv}\n", accounts_csv="\n".join(ROWS))
    out, writer = study / "out", WRITER["cases"]
    folder = folder_of(out, writer)
    folder.mkdir(parents=True)
    cases = pd.DataFrame({"case_id": ["A1", "A3"], "account_id": ["A1", "A3"], "outcome": "best", "group": "best",
                          "positive": ["yes", "no"], "reason": "top_share"})  # fmt: skip
    entry = write_artifact(folder, ARTIFACT["cases"], cases)
    write_manifest(folder, Manifest(writer, "k", "", "", {}, {}, {"cases": entry}))
    write_icp(out / "icp.yml", {"schema": 1, "name": "x", "criteria": [{"attribute": "exports", "is": "yes"}]})
    return lambda account: explain(open_study(study), out, account)


@pytest.mark.parametrize(
    ("asked", "found"), [("A3", "A3"), ("Bee Ltd", "A3"), ("bee ltd", "A3"), (" Acme ", "A1"), ("ACME", "A2")]
)
def test_an_account_is_found(ask, asked, found):
    assert ask(asked).account_id == found


@pytest.mark.parametrize(
    ("asked", "words"),
    [("Twin", "Several accounts have the name Twin: A4, A5"), ("acme", "Several"), ("Bee", "Did you mean Bee Ltd"),
     ("A33", "Did you mean A3"), ("", "There is no account")],
)  # fmt: skip
def test_a_doubt_is_a_question(ask, asked, words):
    with pytest.raises(LabError, match=words):
        ask(asked)


def test_values_are_words(ask):
    assert ask("A1").words()[1] == "exports: yes: met (yes)"
