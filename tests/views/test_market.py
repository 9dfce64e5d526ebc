"""The market page says what it found, and what to collect where there is nothing."""

from datetime import date

import pandas as pd

from icp_lab.methods.competition import compare_competitors, read_trends
from icp_lab.methods.customers import fill_table
from icp_lab.methods.market import Market, Own, size_market
from icp_lab.methods.potential import find_potential
from icp_lab.rule import Rule
from icp_lab.views import market as view
from icp_lab.views.picture import About

ABOUT = About(as_of=date(2026, 6, 30), currency="EUR", source="Test")
RULE = Rule.from_dicts([{"attribute": "employees", "min": 50, "max": 250}, {"attribute": "industry", "in": ["SaaS"]}])


def _show(market, competitors, trends, deals):
    ids = [f"a{place}" for place in range(10)]
    accounts = pd.DataFrame({"industry": ["SaaS"] * 6 + ["Retail"] * 4, "employees": 100.0},
                            index=pd.Index(ids, name="account_id"))
    customers = fill_table(pd.DataFrame({"account_id": ids, "status": "customer", "revenue_yearly": 10.0,
                                         "industry": list(accounts["industry"])}), "customers")
    deals = fill_table(pd.DataFrame(deals, columns=["account_id", "stage", "competitor"]), "deals")
    cases = fill_table(pd.DataFrame({"case_id": ids, "account_id": ids, "positive": "yes"}), "cases")
    sized = size_market(fill_table(pd.DataFrame(market), "market"), Own(accounts, customers, deals), RULE)
    room = find_potential(sized, accounts, cases, RULE, by=["industry"])
    rivals = compare_competitors(pd.DataFrame(competitors), deals, customers, accounts, RULE)
    moves = read_trends(pd.DataFrame(trends), accounts, RULE, as_of=ABOUT.as_of)
    shown = {"headline": view.tell_market(sized.record), "sizes": view.tabulate_sizes(sized, "EUR"),
             "assumed": view.tabulate_assumptions(sized, "EUR"), "sources": view.tell_sources(sized),
             "share": view.draw_penetration(room, ["industry"], ABOUT),
             "white": view.tabulate_white(room, ["industry"]),
             "beside": view.tabulate_beside(room), "rivals": view.tabulate_competitors(rivals),
             "noted": view.tell_noted(rivals), "rates": view.draw_rates(rivals, ABOUT),
             "by": view.tabulate_rates(rivals), "trends": view.tabulate_trends(moves)}
    return {key: str(one) for key, one in shown.items()}


def test_what_was_found_is_said_with_its_range():
    market = {"industry": ["SaaS", "SaaS", "Retail", "All"], "employees_min": [50, 10, 50, 50],
              "employees_max": [250, 100, 250, 250], "companies": [4, 1000, 90, 94], "year": 2025, "source": "Office"}
    shown = _show(market, {"name": ["Acme"], "target_industry": [("SaaS",)], "price": ["9 a month"]},
                  {"date": [pd.Timestamp("2026-01-31")], "statement": ["SaaS grows"], "kind": ["demand"]},
                  [("a0", "won", "Acme"), ("a1", "lost", "Acme"), ("a2", "won", None)])
    assert shown["headline"].startswith("Of 1,094 companies that could buy, **")
    assert "can be won" in shown["headline"]
    assert "is the total of other rows (94)" in shown["assumed"]
    assert "Pareto" in shown["assumed"]
    assert "In 1 cells we have more customers than there are companies" in shown["sources"]
    assert "Fails on" in shown["beside"]
    assert "100 (61 to 100)" in shown["rivals"]
    assert "in 1 of 2 won deals and in 1 of 1 lost ones" in shown["noted"]
    assert "On the profile: industry." in shown["trends"]


def test_where_there_is_nothing_it_says_what_to_collect():
    shown = _show({}, {}, {}, [])
    assert all("What to collect" in shown[key] for key in ("sizes", "rivals", "noted", "trends"))
    assert (shown["assumed"], shown["sources"], shown["rates"], shown["by"]) == ("", "", "", "")
    assert "cannot be told" in shown["headline"]
    left = Market(*[pd.DataFrame()] * 4)  # as the workbook reads it back out of the artifact
    assert "What to collect" in view.tabulate_sizes(left, "EUR")
    assert view.tabulate_assumptions(left, "EUR") == ""
