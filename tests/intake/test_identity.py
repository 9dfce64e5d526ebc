"""Names, domains and corporate numbers in one spelling, however somebody wrote them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_lab.intake.identity import read_domain, read_name, read_number

ONE_COMPANY = (
    ("株式会社山田商事", "㈱山田商事", "(株)山田商事", "（株）山田商事", "山田商事 株式会社",
     "山田商事㍿", "山田商事(株)本社", " 山田　商事 "),
    ("有限会社ヤマダ", "㈲ﾔﾏﾀﾞ", "やまだ（有）", "ヤマダ有限会社"),
    ("Acme Manufacturing Inc.", "ACME MFG., INC", "The Acme Manufacturing Corporation", "acme-manufacturing co., ltd.",
     "Ａｃｍｅ　Ｍａｎｕｆａｃｔｕｒｉｎｇ"),
    ("髙﨑工業㈱", "高崎工業 株式会社"), ("キヤノンセンター", "キャノン センタ"),
    ("Société Générale S.A.", "SOCIETE GENERALE"),
    ("Smith & Sons Ltd", "Smith and Sons Limited"), ("Toyo K.K.", "Toyo Kabushiki Kaisha"),
)


@pytest.mark.parametrize("spellings", ONE_COMPANY)
def test_spellings_of_one_company_are_one(spellings):
    cores = {"".join(sorted(read_name(spelling).words)) for spelling in spellings}
    assert len({read_name(spelling).core for spelling in spellings}) == 1, cores


@pytest.mark.parametrize(("one", "other"), [
    ("山田商事", "山田商会"), ("山田商事", "山田商事東京支店"), ("Company_12", "Company_13"), ("Acme", "Acme Japan"),
    ("ABC", "ABD"),
])
def test_near_names_stay_two(one, other):
    assert read_name(one).core != read_name(other).core


def test_legal_forms_have_kinds():
    forms = [read_name(name).form for name in ("㈱山田", "Yamada Co., Ltd.", "Yamada Ltd",
                                              "Yamada GmbH & Co. KG", "山田")]
    assert forms == ["stock", "stock", "limited", "partnership", ""]


@pytest.mark.parametrize("text", ["", "?", "n/a", "不明", "－", "個人", "test"])
def test_nobody_has_no_name(text):
    assert read_name(text).core == ""


@pytest.mark.parametrize("text", ["株式会社", "Inc.", "S.A.", "㈱"])
def test_a_form_alone_is_a_name(text):
    assert read_name(text).core


@pytest.mark.parametrize("text", [
    "acme.co.jp", "http://www.acme.co.jp", "HTTPS://WWW.ACME.CO.JP:8443/ja/?q=1#top", "bob@acme.co.jp",
    "ａｃｍｅ．co.jp",
    "mailto:bob@acme.co.jp", "https://user:secret@acme.co.jp/x@y", "www.acme.co.jp.",
])
def test_a_domain_is_found(text):
    assert read_domain(text) == "acme.co.jp"


@pytest.mark.parametrize("text", ["", "なし", "bob@gmail.com", "www.facebook.com/acme", "localhost", "acme", "@"])
def test_what_is_not_its_own_is_no_domain(text):
    assert read_domain(text) == ""


@pytest.mark.parametrize(("text", "number"), [
    ("7000012050002", "7000012050002"), ("T7000012050002", "7000012050002"), ("7-0000-1205-0002", "7000012050002"),
    ("７０００００１２０５０００２", None), ("７００００１２０５０００２", "7000012050002"),
    ("000012050002", "7000012050002"),
    ("7000012050003", None), ("0000000000000", None), ("7.00001E+12", None), ("", None), ("12", None),
    ("HRB 86891", "HRB86891"), ("00445790", "00445790"),
])
def test_a_corporate_number_is_checked(text, number):
    assert read_number(text) == number


@given(st.text())
def test_any_text_is_read(text):
    name = read_name(text)
    assert name.core == "".join(name.words)
    assert read_name(text) == name
    assert " " not in read_domain(text)
    assert read_number(text) != ""


@given(st.from_regex(r"[0-9]{12}", fullmatch=True), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_found(base, place, shift):
    number = read_number(base)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1:]
    assert read_number(number) == number
    # Nine and nought weigh the same modulo 9: that slip no such digit finds.
    assert read_number(wrong) is None or {wrong[place], number[place]} == {"0", "9"}
