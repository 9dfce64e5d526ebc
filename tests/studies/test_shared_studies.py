"""Three real studies load as they are, and what is odd about each of them is reported."""

import pytest

from icp_lab.study import check_study, open_study


@pytest.mark.parametrize("name", ["maven_crm", "salvirt_b2b", "ravenstack_saas"])
def test_each_passes_the_check(studies, name):
    report = check_study(studies / name)
    assert report.ok, report.problems


def test_maven_has_open_deals_without_an_account(studies):
    study = open_study(studies / "maven_crm")
    assert dict(study.facts("deals").counts) == {("dropped", ""): 0, ("empty", "account_id"): 1425}
    deals = study.table("deals")
    assert deals["stage"].isin(["won", "lost"]).sum() == 6711
    assert "GTXPro" not in set(deals["product"])
    accounts = study.table("accounts").set_index("account_id")
    assert accounts.loc["Acme Corporation", "industry"] == "technology"
    assert accounts.loc["Acme Corporation", "annual_revenue"] == pytest.approx(1_100_040_000)
    assert study.candidates().names == ("industry", "employees", "annual_revenue", "country", "founded_year")


def test_salvirt_repeats_83_rows(studies):
    study = open_study(studies / "salvirt_b2b")
    assert study.facts("accounts").duplicates == 83
    assert study.facts("deals").duplicates == 83
    assert len(study.table("deals")) == 448
    assert study.candidates().after_sale == ("client",)
    assert study.candidates().frame["size"].nunique() == 3


def test_ravenstack_finds_the_account_of_each_use_by_its_subscription(studies):
    study = open_study(studies / "ravenstack_saas")
    usage = study.table("usage")
    assert len(usage) == 25000
    assert usage["account_id"].isin(study.table("accounts")["account_id"]).all()
    assert dict(study.facts("satisfaction").counts)["empty", "score"] == 825
    revenue = study.table("revenue")
    assert revenue["per"].eq("month").all()
    assert revenue["recurring"].all()
    assert revenue["ended"].notna().all()
