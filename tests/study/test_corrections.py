"""Forms go out, answers come back, stick, and decide what is one company."""

import csv
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from icp_lab.errors import LabError
from icp_lab.locale import in_language
from icp_lab.publish.forms import write_form
from icp_lab.study import collect, init_study, open_study
from icp_lab.study.corrections import FOLDINGS, REASONS, SAME_COMPANY, add_corrections, read_answers, read_corrections

ACCOUNTS = "account_id,name\n1,Acme Inc\n2,ACME\n3,㈱山田商事\n4,山田商事株式会社\n5,Boreal\n"


@pytest.fixture
def study(tmp_path):
    """A study in which two pairs may be one company."""
    folder = tmp_path / "study"
    folder.mkdir()
    (folder / "accounts.csv").write_text(ACCOUNTS, encoding="utf-8")
    (folder / "study.yml").write_text(
        "{name: Us, language: ja, as_of: 2026-03-31, currency: JPY, tables: {accounts: accounts.csv}}",
        encoding="utf-8")
    return open_study(folder)


def _ask(study, to_fill, language, **said):
    rows = study.questions()[SAME_COMPANY]
    answered = [{**row, "same": said.get(f"q{row['account_id']}", "")} for row in rows]
    path = to_fill / "corrections" / "same_company.xlsx"
    with in_language(language):
        write_form(path, SAME_COMPANY, answered)
    return path


@pytest.mark.parametrize("language", ["en", "ja"])
def test_answers_come_back_and_stick(study, tmp_path, language):
    before = study.fingerprint(["accounts"])
    _ask(study, tmp_path / "to_fill", language, q1="yes", q3="no")
    done = collect(tmp_path / "to_fill", study)
    assert [path.name for path in done.copied] == ["same_company.csv"]
    assert read_corrections(study.folder, SAME_COMPANY) == {("1", "2"): "yes", ("3", "4"): "no"}
    again = open_study(study.folder)
    assert again.fingerprint(["accounts"]) != before
    assert again.table("accounts")["account_id"].tolist() == ["1", "3", "4", "5"]
    assert again.questions()[SAME_COMPANY] == []
    assert collect(tmp_path / "to_fill", again).copied == ()


def test_the_form_speaks_the_language_and_offers_the_answers(study, tmp_path):
    path = _ask(study, tmp_path / "to_fill", "ja")
    head, *rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert head[-1] == "同じ企業ですか"
    assert [row[:4] for row in rows] == [["1", "2", "Acme Inc", "ACME"], ["3", "4", "㈱山田商事", "山田商事株式会社"]]
    assert read_answers(path, SAME_COMPANY) == {}
    done = collect(tmp_path / "to_fill", study)
    assert done.copied == ()
    assert path in done.unfilled


def test_further_answers_make_a_further_file(study, tmp_path):
    _ask(study, tmp_path / "to_fill", "en", q1="no")
    collect(tmp_path / "to_fill", study)
    _ask(study, tmp_path / "to_fill", "en", q1="no", q3="yes")
    (second,) = collect(tmp_path / "to_fill", study).copied
    assert second.name == "same_company_2.csv"
    with second.open(encoding="utf-8-sig") as stream:
        assert list(csv.reader(stream)) == [["account_id", "other_id", "same"], ["3", "4", "yes"]]


def test_another_answer_is_refused(study, tmp_path):
    _ask(study, tmp_path / "to_fill", "en", q1="yes", q3="yes")
    add_corrections(study.folder, SAME_COMPANY, {("1", "2"): "no"})
    with pytest.raises(LabError, match="has two answers"):
        collect(tmp_path / "to_fill", study)
    assert read_corrections(study.folder, SAME_COMPANY) == {("1", "2"): "no"}


@pytest.mark.parametrize("spelling", ["はい", "○", "YES", "y", "1"])
def test_people_write_yes_in_many_ways(study, spelling):
    place = study.folder / "corrections"
    place.mkdir()
    (place / "same_company.csv").write_bytes(f"account_id,other_id,same\r\n2,1,{spelling}\r\n".encode("cp932"))
    assert len(study.table("accounts")) == 4


def test_a_wrong_answer_names_its_place(study):
    place = study.folder / "corrections"
    place.mkdir()
    (place / "same_company.csv").write_text("account_id,other_id,same\n1,2,\n3,4,perhaps\n", encoding="utf-8")
    with pytest.raises(LabError, match=r"same_company.csv, row 2, column same: `perhaps` is no answer.*yes, no"):
        study.table("accounts")


def test_a_file_without_its_columns_is_refused(study):
    place = study.folder / "corrections"
    place.mkdir()
    (place / "same_company.csv").write_text("account_id,same\n1,yes\n", encoding="utf-8")
    with pytest.raises(LabError, match="other_id"):
        study.table("accounts")


def test_pseudonyms_are_kept_in_the_form(study):
    file = study.folder / "study.yml"
    file.write_text(file.read_text(encoding="utf-8")[:-1] + ", privacy: {companies: pseudonyms}}", encoding="utf-8")
    rows = open_study(study.folder).questions()[SAME_COMPANY]
    assert rows
    assert not any("name" in row or "domain" in row for row in rows)


def test_a_new_study_has_no_corrections(tmp_path):
    file = init_study(tmp_path / "new", "en", date(2026, 3, 31))
    assert read_corrections(file.parent, SAME_COMPANY) == {}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_foldings_are_asked_about_and_put_right(study, tmp_path, language):
    (study.folder / "accounts.csv").write_text(
        "account_id,industry\n1,SaaS\n2,SaaS\n3,saas\n4,SAAS\n", encoding="utf-8")
    rows = study.questions()[FOLDINGS]
    assert rows == [{"column": "industry", "value": value, "rows": "1", "folded": "SaaS"} for value in ("SAAS", "saas")]
    with in_language(language):
        write_form(tmp_path / "to_fill/corrections/foldings.xlsx", FOLDINGS, [rows[0] | {"becomes": "SAAS"}, rows[1]])
    collect(tmp_path / "to_fill", study)
    again = open_study(study.folder)
    assert again.table("accounts")["industry"].tolist() == ["SaaS", "SaaS", "SaaS", "SAAS"]
    assert [row["value"] for row in again.questions()[FOLDINGS]] == ["saas"]


def test_people_may_hold_different_reasons_each_in_a_file(study, tmp_path):
    said = [{"statement": "too dear", "reason": "price"}, {"statement": "never decided", "reason": "no decision"}]
    other = [{"statement": "too dear", "reason": "product"}, {"statement": "bugs", "reason": ""}]
    folder = tmp_path / "to_fill" / "corrections"
    write_form(folder / "reasons.xlsx", REASONS, said)
    with in_language("ja"):
        write_form(folder / "reasons_anna.xlsx", REASONS, other)
    assert [path.name for path in collect(tmp_path / "to_fill", study).copied] == ["reasons.csv", "reasons_anna.xlsx"]
    held = study.corrections("reasons")
    assert held.to_numpy().tolist() == [["", "too dear", "price"], ["", "never decided", "no decision"],
                                        ["anna", "too dear", "product"]]
    assert set(read_corrections(study.folder, REASONS)) == {("too dear",), ("never decided",)}
    assert collect(tmp_path / "to_fill", study).copied == ()


def test_nobody_has_said_anything_of_reasons(study):
    held = study.corrections("reasons")
    assert held.empty and list(held) == ["coder", "statement", "reason"]


def test_an_answer_that_a_comma_without_quotes_parts_is_refused_and_not_lost(tmp_path):
    path = tmp_path / "reasons.csv"
    path.write_text("statement,reason\nToo slow,product\nToo dear, and slow,price\n")
    with pytest.raises(LabError, match=r"reasons\.csv, row 2: This row has more cells than the header; `price`"):
        read_answers(path, REASONS)
