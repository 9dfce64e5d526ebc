from datetime import date

import pytest

from icp_lab.errors import LabError
from icp_lab.icp.decisions import read_decisions
from icp_lab.rule import Criterion
from icp_lab.study import open_study

ACCOUNTS = "account_id,name,employees,industry,churned\n" + "".join(
    f"A{n},Firm {n},{n * 10},{'SaaS' if n % 2 else 'Retail'},no\n" for n in range(1, 9))  # fmt: skip
ITEMS = ("profile", "criterion.employees", "avoid", "avoid.industry", "more.2", "persona.p1")


@pytest.fixture
def decide(tmp_path):
    (tmp_path / "accounts.csv").write_text(ACCOUNTS)
    (tmp_path / "study.yml").write_text(
        "{name: Us, language: en, as_of: 2026-03-31, currency: EUR, tables: {accounts: accounts.csv}}")

    def read(*rows, encoding="utf-8"):
        text = "\r\n".join(["date,item,decision,by,reason", *rows]) + "\r\n"
        (tmp_path / "decisions.csv").write_bytes(text.encode(encoding))
        return read_decisions(open_study(tmp_path), ITEMS)

    return read


def test_decisions_are_read_in_both_languages_in_the_order_of_their_days(decide):
    found = decide(
        "2026/7/2,criterion.employees,変更：employees >= 20 and employees < 60,佐藤,小さい",
        "2026年7月1日,profile,\"追加: industry in ('SaaS', 'Retail')\",佐藤,",
        "2026-07-01,avoid.industry,DROP,Ann,\"no, never\"",
        ",persona.p1,,,", encoding="cp932",
    )  # fmt: skip
    assert [(one.item, one.action, one.on) for one in found] == [
        ("profile", "add", date(2026, 7, 1)), ("avoid.industry", "drop", date(2026, 7, 1)),
        ("criterion.employees", "change", date(2026, 7, 2)),
    ]  # fmt: skip
    assert found[0].criteria == (Criterion.one_of("industry", ["SaaS", "Retail"]),)
    assert found[2].criteria == (Criterion.between("employees", 20, 60),)
    assert found[2].to_dicts()[0]["edited_by"] == "佐藤"
    assert (found[1].by, found[1].reason) == ("Ann", "no, never")


def test_a_line_that_a_former_draft_had_may_be_decided(decide):
    assert decide("2026-07-01,criterion.industry,drop,Ann,")[0].item == "criterion.industry"


def test_no_file_holds_no_decision(decide, tmp_path):
    decide("2026-07-01,profile,keep,Ann,")
    (tmp_path / "decisions.csv").unlink()
    assert read_decisions(open_study(tmp_path), ITEMS) == ()


@pytest.mark.parametrize(("row", "told"), [
    ("2026-07-01,criterion.employes,keep,Ann,", "there is no line `criterion.employes`.*criterion.employees"),
    ("2026-07-01,colour,keep,Ann,", "there is no line `colour`"),
    ("2026-07-01,profile,maybe,Ann,", "`maybe` cannot be decided of `profile`"),
    ("2026-07-01,persona.p1,change: employees >= 1,Ann,", "cannot be decided of `persona.p1`"),
    ("2026-07-01,criterion.employees,change,Ann,", "cannot be decided"),
    ("2026-07-01,profile,keep: employees >= 1,Ann,", "cannot be decided"),
    ("2026-07-01,profile,add: employees > 1,Ann,", "use >= and <"),
    ("2026-07-01,profile,add: budget >= 1,Ann,", "no attribute budget"),
    ("2026-07-01,profile,add: name == 'Firm 1',Ann,", "`name` cannot be a criterion"),
    ("2026-07-01,profile,add: industry >= 3,Ann,", "industry holds"),
    ("2026-13-01,profile,keep,Ann,", "2026-13-01.*is not a day"),
    (",profile,keep,Ann,", "`date` is missing"),
    ("2026-07-01,,keep,Ann,", "`item` is missing"),
    ("2026-07-01,profile,keep,,", "`by` is missing"),
])  # fmt: skip
def test_what_cannot_be_a_decision_is_refused_with_its_row(decide, row, told):
    with pytest.raises(LabError, match=told) as refusal:
        decide("2026-07-01,profile,keep,Ann,", row)
    assert refusal.value.place.file == "decisions.csv"
    assert refusal.value.place.row == 2
