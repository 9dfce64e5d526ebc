"""Public statistics and a public list of competitors drive the market page, with the traps that they hold."""

import csv
import html
import re
import shutil

import numpy as np
import pandas as pd
import pytest

from icp_lab.icp import write_icp
from icp_lab.methods.competition import compare_competitors
from icp_lab.methods.customers import fill_table
from icp_lab.methods.market import Own, size_market
from icp_lab.report.make import Wish, make_report
from icp_lab.rule import Rule
from icp_lab.study import open_study

YML = """tables:
  accounts: accounts.csv
  market:
    file: market.csv
    columns: {%s}
    set: {source: Statistics, year: "2021"}
"""
RULE = Rule.from_dicts([{"attribute": "employees", "min": 50, "max": 250}, {"attribute": "industry", "in": ["SaaS"]}])


@pytest.fixture
def take(make_study, root):
    """Make a study out of a file of ../shared/reference, with accounts of our own."""

    def make(path, yml, name="market.csv"):
        source = root.parent / "shared" / "reference" / path
        if not source.is_file():
            pytest.skip("../shared/reference is not laid beside this checkout")
        kinds = ("SaaS", "Telecom", "Manufacturing", "Healthcare")
        rows = [f"A{i},{kinds[i % 4]},{(20, 60, 120, 700)[i // 4 % 4]},{('Texas', 'Tokyo')[i % 2]}" for i in range(80)]
        folder = make_study(yml, accounts_csv="account_id,industry,employees,region\n" + "\n".join(rows) + "\n")
        shutil.copyfile(source, folder / name)
        return open_study(folder)

    return make


def _size(study):
    accounts = study.candidates().frame
    customers = pd.DataFrame({"account_id": accounts.index, "status": "customer", "revenue_yearly": 1000.0})
    own = Own(accounts, fill_table(customers, "customers"), study.table("deals"))
    found = size_market(study.table("market"), own, RULE)
    return found, found.sizes.set_index("size"), found.assumed.set_index(["code", "what"])


def test_firms_of_the_us_by_state_sector_and_size(take):
    columns = ("companies: Firms, industry: NAICS_Description, region: State_Name, employees_min: Enterprise_Size, "
               "employees_max: Enterprise_Size")
    found, sizes, assumed = _size(take("susb_2021/us_state_2digitnaics_2021.csv", YML % columns))
    assert len(found.frame) == 4900
    assert "United States" not in set(found.frame["region"])
    assert found.frame["companies"].sum() == 5_412_309
    assert assumed.loc[("whole", "United States"), ["hits", "n"]].tolist() == [5_248_914, 5_412_309]
    assert set(found.frame["band"]) == {"0-5", "5-10", "10-20", "20-100", "100-500", "500-"}
    assert assumed.loc[("missing", "Manufacturing"), "n"] == 20  # 31-33 is not in the file, and is not nought
    assert ("division", "Information") in assumed.index
    assert 0 < sizes.loc["sam", "low"] < sizes.loc["sam", "high"] < sizes.loc["tam", "companies"] < 5_412_309


def test_companies_of_japan_by_industry(take):
    columns = 'companies: Companies, industry: Industry groups of enterprises, country: Area'
    found, sizes, assumed = _size(take("jp_reference/estat_census_industry_en.csv", YML % columns))
    whole = "All industries (excluding S_Government, except elsewhere classified)"
    assert assumed.loc[("whole", whole), "hits"] == 1_691_566
    assert found.frame["companies"].sum() == assumed.loc[("whole", whole), "n"]
    one = found.frame.set_index("industry").loc["Information and Communications"]
    assert one["companies"] == 49_867
    assert 0 < one["fitting"] < 49_867 * 0.5  # telecoms are of the same division, and so are sizes outside the profile
    assert {what for code, what in assumed.index if code == "own"} == {"employees"}
    assert sizes.loc["sam", "companies"] == pytest.approx(one["fitting"])


def test_companies_of_japan_by_prefecture(take):
    columns = "companies: Companies, region: Area"
    found, _sizes, assumed = _size(take("jp_reference/estat_census_region_en.csv", YML % columns))
    assert len(found.frame) == 47
    assert assumed.loc[("whole", "Japan"), "hits"] == 1_691_566
    assert found.frame.loc[found.frame["region"].isin(["Tokyo", "Tokyo-to"]), "accounts"].sum() == 40


def test_indian_grouping_is_read_as_what_it_says(take):
    columns = 'companies: "Annual_Payroll ($1,000)"'
    study = take("susb_2021/us_state_2digitnaics_2021.csv", YML % columns)
    assert study.table("market")["companies"].isin([1_219_417.0]).any()
    assert not study.facts("market").set_aside


def test_a_list_of_competitors(take):
    yml = """tables:
  accounts: accounts.csv
  competitors:
    file: competitors.csv
    columns: {name: name, strengths: pros, weaknesses: cons, price: min_paid_price, source: url}
    where: {category: crm}
"""
    study = take("comparedge_saas/competitors_slim.csv", yml, "competitors.csv")
    accounts, rivals = study.candidates().frame, study.table("competitors")
    customers = pd.DataFrame({"account_id": accounts.index, "industry": accounts["industry"].to_numpy()})
    deals = pd.DataFrame({"account_id": accounts.index[:4], "stage": ["won", "lost", "won", "lost"],
                          "competitor": [rivals["name"].iloc[0].upper(), rivals["name"].iloc[0], None, "Nobody"]})
    found = compare_competitors(rivals, fill_table(deals, "deals"), customers, accounts, RULE)
    assert len(found.frame) == len(rivals) + 1 == 19
    assert not found.frame["targets"].any()
    assert np.isnan(found.frame["overlap"]).all()
    assert found.frame.set_index("name").loc[rivals["name"].iloc[0], ["won", "deals"]].tolist() == [1, 2]
    assert found.frame["price"].str.fullmatch(r"[0-9.]+").sum() > 9


PAGE = """outcome: won
capacity: {accounts_per_rep: 20, reps: 3}
tables:
  accounts: accounts.csv
  deals: deals.csv
  competitors:
    file: competitors.csv
    columns: {name: name, strengths: pros, weaknesses: cons, price: min_paid_price, source: url}
    where: {category: crm}
  market:
    file: %s
    columns: {%s}
    set: {source: %s, year: "2021"}
"""
US = ("us.csv", "companies: Firms, industry: NAICS_Description, region: State_Name, employees_min: Enterprise_Size, "
      "employees_max: Enterprise_Size", "US Census Bureau")
JAPAN = ("japan.csv", "companies: Companies, industry: Industry groups of enterprises", "Economic Census")


def _render(study, out, page):
    """Run the market page of a study on a table, and give what it says as plain text."""
    head = "name: Test\nlanguage: en\nas_of: 2026-03-31\ncurrency: USD\n"
    (study / "study.yml").write_text(head + PAGE % page, encoding="utf-8")
    run = make_report(study, out, Wish(only="05_market"))
    assert {name: end.cause for name, end in run.steps.items() if end.state not in ("done", "fresh")} == {}
    text = re.sub(r"(?s)<(script|style|svg).*?</\1>", " ", (out / "05_market.html").read_text(encoding="utf-8"))
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", text)).split())


@pytest.mark.slow
def test_the_market_page_is_rendered_from_public_tables(root, tmp_path):
    """Of firms by state, of companies of Japan, and of a public list of competitors, with what is wrong in each."""
    shared, study = root.parent / "shared" / "reference", tmp_path / "study"
    study.mkdir()
    for source, name in (("susb_2021/us_state_2digitnaics_2021.csv", "us.csv"),
                         ("jp_reference/estat_census_industry_en.csv", "japan.csv"),
                         ("comparedge_saas/competitors_slim.csv", "competitors.csv")):
        if not (shared / source).is_file():
            pytest.skip("../shared/reference is not laid beside this checkout")
        shutil.copyfile(shared / source, study / name)
    with (study / "competitors.csv").open(encoding="utf-8") as stream:
        rivals = [row["name"] for row in csv.DictReader(stream) if row["category"] == "crm"]
    accounts = [f"A{i},{('SaaS', 'Telecom', 'Manufacturing', 'Healthcare')[i % 4]},{(20, 60, 120, 700)[i // 4 % 4]},"
                f"{('Texas', 'California')[i % 2]}" for i in range(80)]
    deals = [f"D{i},A{i % 80},{'won' if i * 7 % 3 else 'lost'},1000,2025-{1 + i % 12:02}-03,2025-{1 + i % 12:02}-20,"
             f"{rivals[i % 3] if i % 2 else ''}" for i in range(160)]
    for name, head, rows in (("accounts", "account_id,industry,employees,region", accounts),
                             ("deals", "deal_id,account_id,stage,amount,created,closed,competitor", deals)):
        (study / f"{name}.csv").write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    write_icp(study / "icp.yml", {"schema": 1, "name": "Test", "version": "1", "criteria": RULE.to_dicts()})

    page = _render(study, tmp_path / "out", US)
    assert re.search(r"Of 791,333 companies that could buy, 1,\d{3} fit the profile \(\d+ to 2,\d{3}\)", page)
    assert "“United States” (5,248,914 companies) is the total of other rows (5,412,309) and is left out" in page
    assert "Manufacturing: 20 of our accounts are in it, and the market table has no row for it." in page
    assert "Pareto law" in page and "Information: how much of it is of the profile's industries nobody knows." in page
    assert "Counted by: US Census Bureau, 2021." in page
    assert all(rival in page for rival in rivals)
    assert "|" not in page and "Overlap" not in page  # the list says strengths, and nothing of targets
    assert "A competitor is noted in 53 of 106 won deals and in 27 of 54 lost ones." in page

    page = _render(study, tmp_path / "out", JAPAN)
    assert re.search(r"Of 329,898 companies that could buy, \d,\d{3} fit the profile", page)
    assert "(1,691,566 companies) is the total of other rows (1,691,563) and is left out" in page
    assert "The market does not know employees: the share among our accounts that meet the rest, 10 of 20" in page
