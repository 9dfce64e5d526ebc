"""Categories written in several ways become one, and only those."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_lab.intake.categories import find_foldings, map_industry
from icp_lab.intake.conversion import Customs
from icp_lab.intake.loading import Tables, Told
from icp_lab.intake.spec import Spec
from icp_lab.study import open_study

TEXTS = st.dictionaries(st.text(alphabet="aAbｂ -_1２éカー東", min_size=1, max_size=7), st.integers(1, 50), max_size=8)


@pytest.mark.parametrize(("column", "counts", "folded"), [
    ("plan", {"Gold Plan": 5, "gold-plan": 2, "ＧＯＬＤ　ＰＬＡＮ": 1},
     dict.fromkeys(["gold-plan", "ＧＯＬＤ　ＰＬＡＮ"], "Gold Plan")),
    ("plan", {"コンピューター": 3, "ｺﾝﾋﾟｭｰﾀ": 1, "ビール": 4, "ビル": 1}, {"ｺﾝﾋﾟｭｰﾀ": "コンピューター"}),
    ("size", {"1-10": 9, "11-0": 1, "50+": 8, "50": 1, "Tier 1": 30, "Tier 2": 1}, {}),
    ("industry", {"technolgy": 12, "retail": 17}, {"technolgy": "technology"}),
    ("industry", {"Healthcare": 30, "Heathcare": 1, "Mining": 40, "Dining": 1}, {"Heathcare": "Healthcare"}),
    ("channel", {"Contract": 40, "Contact": 30}, {}),
    ("channel", {"North Carolina": 1, "South Carolina": 60}, {}),
    ("city", {"Reading": 60, "Redding": 1, "reading": 2}, {"reading": "Reading"}),
    ("country", {"United States": 9, "US": 3, "アメリカ": 1, "米国": 1, "Austria": 1, "Australia": 70, "Philipines": 1},
     {"US": "United States", "アメリカ": "United States", "米国": "United States", "Philipines": "Philippines"}),
    ("region", {"東京": 3, "東京都": 10, "Tokyo": 2, "tokyo-to": 1, "13": 1, "京都府": 2},
     dict.fromkeys(["東京", "Tokyo", "tokyo-to", "13"], "東京都")),
    ("region", {"13": 3, "14": 2, "1": 1}, {}),
])
def test_what_is_one_category_and_what_is_not(column, counts, folded):
    assert find_foldings(counts, column) == folded


def test_what_people_say_sticks():
    counts = {"Retail": 9, "retail": 2, "Mfg": 3, "Manufacturing": 5}
    told = {"retail": "retail", "Mfg": "Manufacturing"}
    assert find_foldings(counts, "industry", told) == {"Mfg": "Manufacturing"}
    assert find_foldings({"saas": 5}, "industry", before={"SaaS": 1}) == {"saas": "SaaS"}


@given(TEXTS, st.sampled_from(["plan", "industry", "country", "region"]))
def test_foldings_are_final_and_independent_of_order(counts, column):
    folded = find_foldings(counts, column)
    assert find_foldings(dict(reversed(counts.items())), column) == folded
    assert not set(folded) & set(folded.values())
    left = {}
    for value, n in counts.items():
        left[folded.get(value, value)] = left.get(folded.get(value, value), 0) + n
    assert sum(left.values()) == sum(counts.values())


@pytest.mark.parametrize(("text", "jsic", "naics"), [
    ("自動車部品卸売業", "I", "42"), ("Retail banking software", "", ""),
    ("Food & Beverage Manufacturing", "E", "31-33"),
    ("Wholesale and Retail Trade", "I", ""), ("医療・福祉", "P", "62"), ("Other", "", ""), ("", "", ""),
    ("Other Services (except Public Administration)", "R", "81"), ("㈱", "", "")])
def test_industries_fall_into_divisions_or_into_none(text, jsic, naics):
    assert (map_industry(text), map_industry(text, "naics")) == (jsic, naics)


@given(st.text(max_size=60))
def test_any_text_has_a_division_or_none(text):
    assert map_industry(text) in {"", *"ABCDEFGHIJKLMNOPQRS"}


def test_tables_are_folded_said_and_put_right(tmp_path):
    (tmp_path / "accounts.csv").write_text(
        "account_id,industry,tier\n" + "".join(f"{i},SaaS,A\n" for i in range(8)) + "8,saas,a\n9,SAAS,\n",
        encoding="utf-8")
    (tmp_path / "leads.csv").write_text("lead_id,industry\nx,saas\ny,saas\n", encoding="utf-8")
    specs = {name: Spec(name, (tmp_path / f"{name}.csv",), (f"{name}.csv",)) for name in ("accounts", "leads")}
    tables = Tables(specs, {}, date(2026, 3, 31), Customs.of(4, "EUR"), Told(becomes={("industry", "SAAS"): "SAAS"}))
    assert tables.relation("leads").project("industry").distinct().fetchall() == [("SaaS",)]
    kept = tables.relation("accounts").aggregate("industry, count(*)", "industry").order("industry").fetchall()
    assert kept == [("SAAS", 1), ("SaaS", 9)]
    said = [(each.column, each.words["value"], each.words["n"]) for each in tables.load("accounts").decisions
            if each.code == "folded"]
    assert said == [("industry", "saas", 1), ("tier", "a", 1)]
    assert [(each.column, each.value, each.becomes, each.n) for each in tables.foldings] == [
        ("industry", "saas", "SaaS", 1), ("tier", "a", "A", 1), ("industry", "saas", "SaaS", 2)]


@pytest.mark.parametrize("header", ["indus}try", "indus{try", "{0}", "{tall} {"])
def test_a_header_may_hold_braces(make_study, header):
    study = open_study(make_study("tables: {accounts: a.csv}\n", a_csv=f"account_id,{header}\nA1,Retail\nA2,retail\n"))
    assert set(study.table("accounts")[header]) == {"Retail"}
