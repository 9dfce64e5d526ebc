import pandas as pd
import pytest

from icp_lab.locale import in_language
from icp_lab.methods.document import FITS
from icp_lab.methods.negatives import SIGNS
from icp_lab.methods.success import MEASURES
from icp_lab.views.table import Column
from icp_lab.views.words import lay_out, name, names


def test_codes_of_methods_have_names_in_their_order():
    declared = {"fit": FITS, "sign": SIGNS, "measure": MEASURES, "measure_short": MEASURES, "measure_missing": MEASURES}
    assert {kind: tuple(names(kind)) for kind in declared} == declared
    assert list(names("term")) == list(names("meaning"))


def test_a_code_without_a_name_is_an_error():
    with pytest.raises(KeyError):
        name("verdict", "perhaps")


def test_names_follow_the_language_in_force():
    with in_language("ja"):
        assert name("status", "customer") == "顧客"


def test_a_table_takes_its_words_from_the_declaration_and_the_rest_from_the_code():
    frame = pd.DataFrame({"label": ["SaaS"], "best": ["12 %"], "effect": 0.4, "low": 0.2, "high": 0.5, "holds": "-"})
    table = lay_out("association", frame, more=(Column("best", "Best, n = 9"),), note="Seen twice.", held=1, n=1234)
    assert table.title == "1 of 1,234 attributes tell the groups apart"
    assert [column.head for column in table.columns][:3] == ["Attribute", "Best, n = 9", "Strength, 0 to 1"]
    assert str(table.note).endswith("too few values. Seen twice.")


def test_a_column_that_nobody_filled_is_left_out_where_the_declaration_says_so():
    frame = pd.DataFrame({"name": ["a"], "industry": [None], "size_band": [""], "region": ["EU"], "revenue": [1.0],
                          "margin": [float("nan")], "value": [2.0], "tenure": [1.0], "churned": [False]})
    table = lay_out("most_valuable", frame, currency="EUR", basis="-")
    assert [column.name for column in table.columns] == ["name", "region", "revenue", "value", "tenure", "churned"]
