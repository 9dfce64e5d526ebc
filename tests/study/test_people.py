"""Whom a study knows by name, and which columns of its own say so."""

from icp_lab.study import open_study

YML = "tables: {accounts: a.csv, contacts: c.csv, opinions: o.csv, review: r.csv}\n"
FILES = {
    "a_csv": "account_id,owner,main_contact,plan,mail\n" + "".join(
        f"A{n},Ann Berg,Jo {n % 5},{'AB'[n % 2]},{'xyz'[n % 3]}@firm.example\n" for n in range(30)),
    "c_csv": "contact_id,account_id,name,email,title\nP1,A1,綾小路 麗子,a@b.example,CEO\n",
    "o_csv": "account_id,team,verdict,author\nA1,sales,best,Tom Xolmar\n",
    "r_csv": "department,item,vote,reviewer\nsales,profile,7,Una Zelm\n",
    "decisions_csv": "date,item,decision,by\n2026-01-01,profile,keep,Per Wyrd\n",
}
INTERVIEW = b"---\naccount_id: A1\ninterviewer: Kay Fezk\n---\n\nYes.\n"


def test_people_come_from_all_tables_and_files(make_study):
    study = open_study(make_study(YML, **FILES, interviews__i_md=b"", **{"interviews__one.md": INTERVIEW}))
    assert study.people == {"Ann Berg", "綾小路 麗子", "Tom Xolmar", "Una Zelm", "Per Wyrd", "Kay Fezk"}


def test_a_damaged_file_hides_no_other_names(make_study):
    study = open_study(make_study(YML, **{**FILES, "decisions_csv": "date\n1\n"}, **{"review__b.xlsx": b"no workbook"}))
    assert {"Ann Berg", "綾小路 麗子", "Una Zelm"} <= study.people


def test_names_may_be_shown_where_the_study_says_so(make_study):
    assert open_study(make_study(YML + "privacy: {people: show}\n", **FILES)).people is None


def test_columns_of_ones_own_that_name_people_are_no_attributes(make_study):
    found = open_study(make_study(YML, **FILES)).candidates()
    assert found.names == ("plan",)
    assert found.refused["main_contact"] == found.refused["mail"] == "person"
    wanted = open_study(make_study(YML + "attributes: {include: [main_contact]}\n", **FILES)).candidates()
    assert wanted.names == ("main_contact",)


def test_companies_that_go_by_pseudonyms_are_named_in_no_text_either(make_study):
    yml = "privacy: {companies: pseudonyms}\n" + YML.replace("{accounts", "{leads: l.csv, accounts")
    files = FILES | {"a_csv": FILES["a_csv"].replace("account_id,owner", "account_id,name").replace("Ann Berg", "Acme")}
    study = open_study(make_study(yml, **files, l_csv="lead_id,company\nL1,Quorix Works\n"))
    assert {"Acme", "Quorix Works"} <= study.people
