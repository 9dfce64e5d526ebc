"""What people wrote is printed without names, in every cell that is declared free text."""

import pandas as pd
import pytest

from icp_lab.methods.redaction import redact
from icp_lab.views.interviews import quote_passage
from icp_lab.views.personas import word_icp
from icp_lab.views.privacy import hide, set_hidden
from icp_lab.views.words import lay_out

PEOPLE = frozenset(["Ann Berg", "Tom Xolmar"])


@pytest.fixture(autouse=True)
def known():
    """Hide the names of two people."""
    set_hidden(lambda text: redact(text, PEOPLE))
    yield
    set_hidden(str)


def test_a_text_is_printed_as_whoever_knows_the_study_says():
    assert hide("Xolmar, x@y.example") == "[name], [e-mail]"
    set_hidden(str)
    assert hide("Xolmar, x@y.example") == "Xolmar, x@y.example"


def test_free_cells_of_a_table_and_quotes_are_without_names():
    row = {"statement": "Ann Berg left", "source": "churn", "group": "other", "by": "left", "accounts": 1}
    said = {"text": "Tom Xolmar asked", "consent": "quote", "seniority": "head", "department": "it", "name": "Blue",
            "industry": "Retail"}
    assert "Berg" not in str(lay_out("groupings", pd.DataFrame([row, {**row, "statement": None}])))
    assert quote_passage(said)[0] == "“[name] asked”"


def test_a_definition_names_nobody_who_set_a_criterion():
    signed = {"attribute": "size", "min": 5, "edited_by": "Ann Berg", "edited_on": "2026", "why": "Xolmar said so"}
    icp = {"criteria": [signed], "evidence": {"refused": [signed]}, "avoid": {"criteria": [signed]}}
    worded = str(word_icp(icp, pd.DataFrame(columns=["code", "name"])))
    assert "Berg" not in worded and "Xolmar" not in worded
    assert worded.count("'edited_by': '[name]'") == 3
