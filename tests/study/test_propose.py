"""A folder of exports becomes a study by itself: equal tables out of every system, language and kind of file."""

from datetime import date

import exports
import pandas as pd
import pytest
import xlsxwriter

from icp_lab.errors import LabError
from icp_lab.locale import set_language
from icp_lab.study import open_study
from icp_lab.study.propose import propose_study

TODAY = date(2026, 12, 31)
FORMS = ["utf8", *(pytest.param(form, marks=pytest.mark.slow) for form in exports.FORMS if form != "utf8")]
KEYS = {"accounts": "account_id", "deals": "deal_id", "contacts": "contact_id"}
HUBSPOT = {
    "companies.csv": "Record ID,Company name,Industry,Lifecycle Stage,Phone Number\n"
                     "1,A,IT,Customer,0\n2,B,Retail,Lead,1\n",
    "deals.csv": "Record ID,Deal Stage,Amount,Create Date,Close Date,Associated Company IDs (Primary)\n"
                 "1,Closed Won,€10,2025-01-02,2025-02-03,1\n2,Waiting,€20,2025-01-02,2099-02-03,2\n",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """Write files into a folder of exports; give that folder."""

    def write(files):
        for name, content in files.items():
            path = tmp_path / "exports" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path / "exports"

    yield write
    set_language("en")


def _canonical(table, system):
    """Give what the company truly is, under the ids of a system."""
    told = exports.make_tables(80)[table]
    return told.assign(**{key: exports.rename(told[key], key, system) for key in exports.KEYS if key in told})


def check_equal(study, system):
    """Compare each table with the truth, and see that nothing was lost on the way."""
    for table, key in KEYS.items():
        truth, read = _canonical(table, system), study.table(table)
        assert study.facts(table).set_aside == study.facts(table).made_missing == 0
        if table == "contacts":
            joined = [f"{last} {first}" if ord(last[0]) > 0x3000 else f"{first} {last}"
                      for first, last in zip(truth["first"], truth["last"], strict=True)]  # fmt: skip
            assert dict(zip(truth[key], joined, strict=True)) == dict(zip(read[key], read["name"], strict=True))
        shared = [column for column in truth if column in read and (table, column) != ("deals", "title")]
        assert len(shared) >= 6
        left, right = (frame[shared].sort_values(key).reset_index(drop=True) for frame in (read, truth))
        pd.testing.assert_frame_equal(left, right, check_dtype=False)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("language", exports.LANGUAGES)
@pytest.mark.parametrize("system", exports.SYSTEMS)
def test_one_company_reads_the_same_out_of_every_export(tmp_path, system, language, form):
    exports.write_crm(tmp_path / "exports", system, language, form)
    found = propose_study(tmp_path / "exports", tmp_path / "study", today=TODAY)
    assert (found.unused, found.said) == ([], [])
    assert {one.table: one.section.format for one in found.tables} == dict.fromkeys(KEYS, system)
    study = open_study(found.file)
    assert (study.language, study.as_of, study.outcome) == (language, date(2026, 6, 15), "won")
    check_equal(study, system)
    assert len(study.candidates().after_sale) == 1 + (study.table("accounts")["customer_since"].notna().any())


def test_a_ledger_alone_makes_a_study(tmp_path):
    exports.write_ledger(tmp_path / "exports")
    found = propose_study(tmp_path / "exports", tmp_path / "study", today=TODAY)
    study = open_study(found.file)
    assert (study.language, study.currency, study.outcome, study.fiscal_year_start) == ("ja", "JPY", "best", 4)
    accounts, revenue = study.table("accounts"), study.table("revenue")
    assert accounts["account_id"].str.fullmatch("0[0-9]{3}").all()
    assert set(accounts["sold_via"]) == {"direct", "dealer"}
    assert accounts["region"].notna().any()
    assert set(revenue["account_id"]) == set(accounts["account_id"])
    assert (revenue["cost"] < revenue["amount"]).mean() > 0.9


def test_what_each_line_rests_on_stands_behind_it(folder, tmp_path):
    found = propose_study(folder({**HUBSPOT, "a.csv": "x,y\n1,2\n", "b.md": "text"}), tmp_path / "study", today=TODAY)
    text = found.file.read_text(encoding="utf-8")
    assert '      name: "Company name"    # seen in real exports; such as "A"\n' in text
    assert '        "Closed Won": won    # 1 rows\n' in text
    assert '        "Waiting": open    # 1 rows; not known: taken as open\n' in text
    assert '# Under their own names: ["Lifecycle Stage", "Phone Number"]' in text
    assert 'after_sale: ["Lifecycle Stage"]' in text
    assert 'exclude: ["Phone Number"]' in text
    assert "currency: EUR    # as the files write it" in text
    assert "as_of: 2025-02-03    # the newest day in the files" in text
    assert {file for file, _reason in found.unused} == {"a.csv", "b.md"}
    assert "Waiting" in found.words()
    assert "companies.csv  accounts  hubspot" in found.words()
    assert (tmp_path / "study/deals.csv").read_text() == HUBSPOT["deals.csv"]
    assert not (tmp_path / "study/a.csv").exists()


def test_the_folder_may_be_the_studys_own(folder):
    place = folder(HUBSPOT)
    found = propose_study(place, place, today=TODAY)
    assert found.file == place / "study.yml"
    assert len(open_study(place).table("deals")) == 2
    with pytest.raises(LabError, match=r"study.yml is there already"):
        propose_study(place, place, today=TODAY)


def test_no_file_of_the_study_is_written_over(folder, tmp_path):
    (tmp_path / "study").mkdir()
    (tmp_path / "study/deals.csv").write_text("mine")
    with pytest.raises(LabError, match=r"deals.csv is there already"):
        propose_study(folder(HUBSPOT), tmp_path / "study", today=TODAY)
    assert (tmp_path / "study/deals.csv").read_text() == "mine"


def test_files_that_read_alike_make_one_table(folder, tmp_path):
    more = HUBSPOT["deals.csv"].splitlines()[0] + "\n3,Closed Lost,€5,2025-01-02,2025-03-03,2\n"
    found = propose_study(folder({**HUBSPOT, "more/deals.csv": more}), tmp_path / "study", today=TODAY)
    assert len(open_study(found.file).table("deals")) == 3


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ("Record ID,Company name,Industry\n1,A,Farming\n", "`1` stands in two rows that differ"),
        ("Record ID,Company name,City\n3,C,Bern\n", "companies.csv is accounts already"),
    ],
)
def test_of_two_lists_of_accounts_the_better_is_taken(folder, tmp_path, other, reason):
    found = propose_study(folder({**HUBSPOT, "old.csv": other}), tmp_path / "study", today=TODAY)
    assert reason in found.words()
    assert (len(open_study(found.file).table("accounts")), found.said[1:]) == (2, [])


def test_accounts_of_deals_alone_are_those_that_their_first_ids_name(folder, tmp_path):
    more = HUBSPOT["deals.csv"] + "3,Closed Lost,€5,2025-01-02,2025-03-03,1;2\n"
    found = propose_study(folder({"deals.csv": more}), tmp_path / "study", today=TODAY)
    study = open_study(found.file)
    assert (found.said[:-1], study.table("accounts")["account_id"].tolist()) == ([], ["1", "2"])
    assert study.table("deals")["account_id"].tolist() == ["1", "2", "1"]
    facts = study.facts("accounts")
    assert {one.code for one in facts.decisions} >= {"first_of_several", "one_row"}
    assert (facts.read, facts.used, facts.left_out) == (3, 2, 1)


def test_a_header_that_promises_what_its_cells_do_not_hold_is_taken_back(folder, tmp_path):
    odd = HUBSPOT["deals.csv"].replace("€10", "much").replace("€20", "little")
    found = propose_study(folder({**HUBSPOT, "deals.csv": odd}), tmp_path / "study", today=TODAY)
    assert "`much` is not an amount of money" in dict(found.unused)["deals.csv, row 1, column amount"]
    assert "amount: null    # its cells do not read" in found.file.read_text(encoding="utf-8")
    assert open_study(found.file).table("deals")["amount"].isna().all()


def test_sheets_of_a_workbook_are_tables_of_their_own(folder, tmp_path):
    place = folder({"b.md": ""})
    with xlsxwriter.Workbook(tmp_path / "exports/all.xlsx") as book:
        for name, content in HUBSPOT.items():
            sheet = book.add_worksheet(name.removesuffix(".csv"))
            for i, line in enumerate(content.splitlines()):
                sheet.write_row(i, 0, line.split(","))
    found = propose_study(place, tmp_path / "study", today=TODAY)
    assert [one.sources[0].named for one in found.tables] == ["all.xlsx (companies)", "all.xlsx (deals)"]
    assert len(open_study(found.file).table("deals")) == 2


@pytest.mark.parametrize(
    ("files", "wanted", "message"),
    [
        ({"a.csv": "x,y\n1,2\n"}, "", "No file in .* tells of accounts.*Looked at: `a.csv`"),
        ({"a.csv": "Email,Job Title,First Name\na@b.c,CEO,A\n"}, "", "No file in"),
        (HUBSPOT, "hubspt", "`hubspt` is no known format.*Did you mean `hubspot`"),
    ],
)
def test_what_makes_no_study_is_refused_and_nothing_is_written(folder, tmp_path, files, wanted, message):
    with pytest.raises(LabError, match=message):
        propose_study(folder(files), tmp_path / "study", wanted=wanted, today=TODAY)
    assert not (tmp_path / "study").exists()


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(LabError, match="There is no folder"):
        propose_study(tmp_path / "nowhere", tmp_path / "study")
