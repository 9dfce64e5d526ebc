"""What known systems call their columns and words is declared soundly, and a study may declare its own."""

import pytest

from icp_lab.errors import LabError
from icp_lab.intake.facts import DECISIONS
from icp_lab.intake.formats import FORMATS, SURETIES, fold, map_headers, part_unit, read_format
from icp_lab.study import open_study
from icp_lab.tables import BY_NAME


@pytest.mark.parametrize("name", FORMATS)
def test_what_a_format_declares_is_known_to_the_lab(name):
    sections = read_format(name)
    assert sections
    for table, section in sections.items():
        columns = BY_NAME[table].by_name
        assert {column for column in section.columns if not column.startswith("_")} <= set(columns)
        assert {sure for aliases in section.columns.values() for sure in aliases.values()} <= set(SURETIES)
        assert set(section.tell) <= set(section.columns)
        assert set(section.values) <= set(section.columns)
        for column, rule in section.derive.items():
            assert column in columns
            assert set(rule["needs"]) <= set(section.columns)
            assert rule["note"] in DECISIONS
        for column, meanings in section.values.items():
            assert not columns[column].choices or set(meanings.values()) <= set(columns[column].choices)


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_can_fill_what_its_tables_need(name):
    for table, section in read_format(name).items():
        assert set(BY_NAME[table].required) <= set(section.columns)


@pytest.mark.parametrize(("header", "unit"), [("金額（千円）", "千円"), ("Turnover [k]", "k"), ("国(請求先)", "")])
def test_a_unit_behind_a_header_is_found(header, unit):
    assert part_unit(header)[1] == unit


def test_spellings_of_a_header_are_one():
    assert len({fold(word) for word in ("E-mail", "Ｅｍａｉｌ", "email", "E_Mail ")}) == 1


def test_the_better_header_goes_first():
    section = read_format("hubspot")["deals"]
    both = map_headers(section, ["Amount", "Amount in company currency", "Deal Stage", "Associated Company (Primary)"])
    assert both["amount"] == ("Amount in company currency", "seen")
    assert both["account_id"] == ("Associated Company (Primary)", "seen")


def test_headers_words_and_units_follow_the_format(make_study):
    folder = make_study(
        "tables:\n  accounts: {file: c.csv, format: hubspot}\n"
        "  deals: {file: d.csv, format: hubspot, columns: {product: What}, values: {stage: {Odd: lost}}}\n",
        c_csv="Record ID,Company name,Favourite\n1,A,red\n2,B,blue\n",
        d_csv="Record ID,Deal Stage,Amount (k),Associated Company IDs (Primary),Close Date,What\n"
              "7,CLOSED WON,3,1;2,2025-01-01,x\n8,Odd,4,2,2025-02-01,y\n9,Contract Sent,5,2,2027-01-01,y\n",
    )  # fmt: skip
    study = open_study(folder)
    deals = study.table("deals")
    assert deals["stage"].tolist() == ["won", "lost", "open"]
    assert deals["amount"].tolist() == [3000, 4000, 5000]
    assert deals["account_id"].tolist() == ["1", "2", "2"]
    assert deals["product"].tolist() == ["x", "y", "y"]
    assert deals["closed"].isna().tolist() == [False, False, True]
    assert study.table("accounts")["Favourite"].tolist() == ["red", "blue"]
    noted = {(one.code, one.column): one for one in study.facts("deals").decisions}
    assert noted["first_of_several", "account_id"].words["n"] == 1
    assert noted["expected_close", "closed"].words["n"] == 1
    assert "stage = Deal Stage" in noted["format", ""].say()
    assert "product" not in noted["format", ""].say()


def test_a_study_brings_its_own_format(make_study):
    folder = make_study(
        "tables:\n  accounts: {file: c.csv, format: ours}\n  deals: {file: d.csv, format: ours}\n",
        c_csv="Kunde\nA\n",
        d_csv="Kunde,Stand\nA,gewonnen\nA,verloren\n",
    )
    (folder / "dialects").mkdir()
    own = '[accounts.columns]\naccount_id = "Kunde"\n[deals.columns]\naccount_id = "Kunde"\nstage = ["Stand"]\n'
    words = '[deals.values.stage]\nwon = ["Gewonnen"]\nlost = "verloren"\n'
    (folder / "dialects/ours.toml").write_text(own + words, encoding="utf-8")
    assert open_study(folder).table("deals")["stage"].tolist() == ["lost", "won"]


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ("[accounts", "dialects/ours.toml: This cannot be read as a format"),
        ("[acounts.columns]\na = 'b'", "dialects/ours.toml: .*acounts"),
        ("[accounts.derive.name]\nsql = 'x'", "dialects/ours.toml: .*derive"),
        ("[accounts]\ncolumns = 3", "dialects/ours.toml: .*accounts.* columns"),
        ("[accounts]\ntell = 'name'", "dialects/ours.toml: .*accounts.* tell"),
        ("[deals.values]\nstage = 'won'", "dialects/ours.toml: .*deals.* stage"),
        ("[deals.columns]\nstage = 'x'", "line 5 of study.yml: The format ours says nothing of the table accounts"),
    ],
)
def test_what_a_format_of_ones_own_may_not_say(make_study, own, message):
    folder = make_study("tables: {accounts: {file: c.csv, format: ours}}\n", c_csv="account_id\nA\n")
    (folder / "dialects").mkdir()
    (folder / "dialects/ours.toml").write_text(own, encoding="utf-8")
    with pytest.raises(LabError, match=message):
        open_study(folder)
