"""Titles are read as people read them; cells that somebody filled stay."""

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_lab.intake.conversion import Customs
from icp_lab.intake.loading import Tables
from icp_lab.intake.spec import Spec
from icp_lab.intake.titles import Title, read_title

LISTS = ("titles.csv", "titles_found.csv", "titles_fresh.csv", "titles_last.csv")


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("field", ["department", "seniority", "buying_role", None])
def test_nine_of_ten_titles_are_read_as_people_read_them(name, field):
    with Path(__file__).with_name(name).open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    fields = (field,) if field else ("department", "seniority")
    wrong = [row["title"] for row in rows
             if any(getattr(read_title(row["title"]), each) != row[each] for each in fields)]
    assert len(wrong) <= 0.1 * len(rows), wrong


@given(st.text(max_size=80))
def test_any_text_has_a_reading(text):
    title = read_title(text)
    assert isinstance(title, Title)
    assert title == read_title(f"  {text} ")


def test_empty_cells_are_filled_and_others_stay(tmp_path):
    (tmp_path / "accounts.csv").write_text("account_id\n1\n", encoding="utf-8")
    (tmp_path / "contacts.csv").write_text(
        "contact_id,account_id,title,department\na,1,購買部長,\nb,1,CEO,Board\nc,1,,\nd,1,部長,\n", encoding="utf-8")
    specs = {name: Spec(name, (tmp_path / f"{name}.csv",), (f"{name}.csv",)) for name in ("accounts", "contacts")}
    tables = Tables(specs, {}, date(2026, 3, 31), Customs.of(4, "EUR"))
    rows = tables.relation("contacts").order("contact_id").project("department, seniority, buying_role").fetchall()
    assert rows == [("purchasing", "head", "buyer"), ("Board", "executive", "decider"), (None, None, None),
                    (None, "head", "decider")]
    said = [(each.column, each.words["n"]) for each in tables.load("contacts").decisions if each.code == "titles"]
    assert said == [("department", 1), ("seniority", 3), ("buying_role", 3)]
    assert [column.name for column in tables.columns("contacts")][-2:] == ["seniority", "buying_role"]
