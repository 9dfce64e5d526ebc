
import re
from datetime import date

import pandas as pd
import pytest

from icp_lab.locale import in_language
from icp_lab.locale.declared import read_declared
from icp_lab.methods.document import FITS
from icp_lab.methods.negatives import SIGNS
from icp_lab.methods.success import MEASURES
from icp_lab.views.picture import About
from icp_lab.views.table import MISSING, Column
from icp_lab.views.words import Prose, lay_out, name, names, phrase, show, tell


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
    frame = pd.DataFrame({"account_id": ["a"], "name": [None], "industry": [None], "size_band": [""], "region": ["EU"],
                          "revenue": [1.0], "margin": [float("nan")], "value": [2.0], "tenure": [1.0],
                          "churned": [False]})
    table = lay_out("most_valuable", frame, currency="EUR", basis="-")
    assert [column.name for column in table.columns] == ["name", "region", "revenue", "value", "tenure", "churned"]
    assert table.cells()[0][0] == "a"  # the id where there is no name


def test_a_sentence_takes_figures_lists_and_intervals():
    said = phrase("effect", "risk_ratio", ratio=2.94, interval=(1.8, 4.1), unused=object())
    assert said == "2.9 times as common (1.8 to 4.1)"
    assert phrase("collect", "attribute", attribute="size", share=None) == (
        f"Collect first: **size**, known for {MISSING} of accounts.")
    with in_language("ja"):
        assert "2.9" in phrase("effect", "risk_ratio", ratio=2.94, interval=(1.8, 4.1))


def test_a_picture_takes_its_words_from_the_declaration_and_the_rest_from_the_code():
    about = About(date(2026, 6, 30), "EUR", "Demo")
    picture = show("robustness", lambda axes, narrow: axes.plot([1, 2]), about, title="firm", height=100, firm=3,
                   best=1200, n=25, all=60)
    assert picture.title == "3 of 1,200 best customers stay best under nearly any weights"
    assert picture.foot.startswith("25 customers shown of 60. As of 2026-06-30.")
    assert picture.subtitle.startswith("Share of weightings") and picture.alt.startswith("A row a customer")
    own = show("stability", lambda axes, narrow: axes.plot([1, 2]), about, title="loose", height=100, alt="two bars",
               counts="7 cases")
    assert (own.alt, own.foot[:8]) == ("two bars", "7 cases.")


@pytest.mark.parametrize("file", ["names.toml", "sentences.toml", "pictures.toml", "tables.toml"])
def test_nothing_is_declared_that_no_code_asks_for(root, file):
    """A sentence out of use would be translated for ever: extraction cannot tell."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in (root / "src/icp_lab").rglob("*.py"))
    code += "".join(path.read_text(encoding="utf-8") for path in (root / "src/icp_lab").rglob("*.j2"))
    code += (root / "src/icp_lab/views/tables.toml").read_text(encoding="utf-8")  # the kinds that columns are called by
    asked = {*re.findall(r"[\"'](\w+)[\"']", code), *(f"{side}_group" for side in ("first", "second"))}
    declared = read_declared("icp_lab.views", file)
    codes = [] if file in ("names.toml", "tables.toml") else [
        f"{kind}.{one}" for kind, said in declared.items() for one in said
        if one not in asked | {"title", "subtitle", "foot", "alt"}]
    assert [*(kind for kind in declared if kind not in asked), *codes] == []


def test_prose_is_text_and_shows_without_quotes():
    prose = Prose("**12** of 80")
    assert prose == "**12** of 80"
    assert repr(prose) == "**12** of 80"


def test_japanese_sentences_are_joined_without_a_gap():
    assert Prose("顧客は 12 社。 うち 3 社が離れた。") == "顧客は 12 社。うち 3 社が離れた。"
    with in_language("ja"):
        assert tell("{since}から{n}社", since="2026-03-31", n=12) == "2026年3月31日から12社"
    assert Prose("Twelve. Of them three left.") == "Twelve. Of them three left."
    assert Prose("**文です。** 次の文。 終わり") == "**文です。**次の文。終わり"
