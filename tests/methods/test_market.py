"""Market cells joined to a rule: totals are left out, cells are cut, every range says what it rests on."""

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.customers import fill_table
from icp_lab.methods.market import Own, size_market
from icp_lab.methods.result import bound_share, bound_shares
from icp_lab.rule import Rule

RULE = Rule.from_dicts([{"attribute": "employees", "min": 50, "max": 250}, {"attribute": "industry", "in": ["SaaS"]}])


def _own(industries=("SaaS",) * 6 + ("Retail",) * 4, employees=100.0, won=6, lost=4):
    ids = [f"a{place}" for place in range(len(industries))]
    accounts = pd.DataFrame({"industry": industries, "employees": employees}, index=pd.Index(ids, name="account_id"))
    customers = pd.DataFrame({"account_id": ids, "status": "customer", "revenue_yearly": 100.0 + np.arange(len(ids))})
    stages = ["won"] * won + ["lost"] * lost
    deals = pd.DataFrame({"account_id": (ids * 10)[:len(stages)], "stage": stages})
    return Own(accounts, fill_table(customers, "customers"), fill_table(deals, "deals"))


def _cells(rows, columns=("industry", "employees_min", "employees_max", "companies")):
    return pd.DataFrame(rows, columns=list(columns))


def _size(market, size, **more):
    return size_market(market, _own(), RULE, **more).sizes.set_index("size").loc[size]


def test_whole_bands_are_counted_and_others_not_at_all():
    market = _cells([("SaaS", 50, 250, 30), ("SaaS", 1, 50, 500), ("Retail", 50, 250, 90), ("Farming", 50, 250, 7)])
    sized = size_market(market, _own(), RULE)
    assert sized.frame.set_index(["industry", "band"])["share"].to_dict() == {
        ("SaaS", "50-250"): 1, ("SaaS", "1-50"): 0, ("Retail", "50-250"): 0, ("Farming", "50-250"): 0}
    tam, sam, _som = (sized.sizes.set_index("size").loc[size] for size in ("tam", "sam", "som"))
    assert (tam["companies"], sam["companies"], sam["low"], sam["high"]) == (620, 30, 30, 30)


def test_a_band_that_the_rule_cuts_is_shared_out_by_the_law_of_sizes():
    found = size_market(_cells([("SaaS", 10, 100, 1000)]), _own(), RULE)
    law = (50**-1.06 - 100**-1.06) / (10**-1.06 - 100**-1.06)
    assert found.frame["share"].iloc[0] == pytest.approx(law, rel=0.05)
    assert found.frame["share_low"].iloc[0] < law < found.frame["share_high"].iloc[0]
    assert "band" in set(found.assumed["code"])
    last = size_market(_cells([("SaaS", 125, np.inf, 1000)]), _own(), RULE).frame
    assert last["share"].iloc[0] == pytest.approx(1 - 0.5**1.06, rel=0.05)


def test_a_band_of_a_single_size_is_in_or_out_as_a_whole():
    sized = size_market(_cells([("SaaS", 0, 1, 90), ("SaaS", 50, 50, 7), ("SaaS", 50, 250, 30)]), _own(), RULE)
    assert sized.frame.set_index("band")["share"].to_dict() == {"0-1": 0, "50-50": 1, "50-250": 1}
    assert sized.sizes.set_index("size").loc["sam", "companies"] == 37


def test_a_division_takes_in_at_most_the_share_that_our_accounts_have():
    market = _cells([("Information and Communications", 50, 250, 1000)])
    found = size_market(market, _own(("SaaS", "Telecom") * 20), RULE)
    one = found.assumed.set_index("code").loc["division"]
    assert (one["hits"], one["n"], one["what"]) == (20, 40, "Information and Communications")
    assert 0 < found.frame["share_low"].iloc[0] < 0.3 < found.frame["share_high"].iloc[0] < 0.7


def test_what_the_market_does_not_know_is_taken_from_our_accounts_and_said():
    own = _own()
    own.accounts["tech_stack"] = [("crm",)] * 3 + [("erp",)] * 3 + [None] * 4
    rule = Rule.from_dicts([*RULE.to_dicts(), {"attribute": "tech_stack", "has": "crm"}])
    found = size_market(_cells([("SaaS", 50, 250, 1000)]), own, rule)
    one = found.assumed.set_index("code").loc["own"]
    assert (one["what"], one["hits"], one["n"]) == ("tech_stack", 3, 6)
    assert found.frame["share"].iloc[0] == pytest.approx(0.5, abs=0.05)


def test_an_industry_without_a_cell_is_missing_and_not_nought():
    found = size_market(_cells([("SaaS", 50, 250, 30), ("Unheard of", 50, 250, 9)]), _own(), RULE)
    said = found.assumed.set_index("code")
    assert (said.loc["missing", "what"], said.loc["missing", "n"]) == ("Retail", 4)
    assert (said.loc["unread", "what"], said.loc["unread", "n"]) == ("Unheard of", 9)
    tam = found.sizes.set_index("size").loc["tam"]
    assert (tam["low"], tam["high"]) == (30, 39)


def test_what_can_be_won_keeps_to_the_capacity_and_to_the_win_rate():
    market = _cells([("SaaS", 50, 250, 1006)])
    wide, narrow = _size(market, "som"), _size(market, "som", capacity=100)
    assert wide["companies"] == pytest.approx(1000 * narrow["companies"] / 100)
    assert narrow["low"] < narrow["companies"] < narrow["high"] < 100
    assert narrow["money"] == pytest.approx(narrow["companies"] * 102.5, rel=0.05)
    assert np.isnan(size_market(market, _own(won=0, lost=0), RULE).sizes["companies"].iloc[2])


def test_value_is_carried_over_only_where_a_cell_has_no_cases_of_its_own():
    found = size_market(_cells([("SaaS", 50, 250, 30), ("Retail", 50, 250, 90), ("SaaS", 1, 50, 70)]), _own(), RULE)
    basis = found.frame.set_index(["industry", "band"])["value_basis"].to_dict()
    assert basis == {("SaaS", "50-250"): "own", ("Retail", "50-250"): "carried", ("SaaS", "1-50"): "carried"}
    spent = size_market(_cells([("SaaS", 9.0, 100)], ("industry", "spend", "companies")), _own(), RULE)
    assert list(spent.frame["value_basis"]) == ["spend"]


def test_more_customers_than_companies_have_no_share():
    found = size_market(_cells([("SaaS", 50, 250, 3)]), _own(), RULE).frame.iloc[0]
    assert (found["customers"], found["penetration"]) == (6, 2)
    assert np.isnan(found["penetration_high"])


def test_neither_the_order_of_the_rows_nor_an_empty_market_matters():
    market = _cells([("SaaS", 10, 100, 1000), ("Information and Communications", 10, 100, 50), ("Retail", 1, 9, 9)])
    first, other = size_market(market, _own(), RULE), size_market(market[::-1], _own(), RULE)
    pd.testing.assert_frame_equal(first.frame, other.frame)
    pd.testing.assert_frame_equal(first.sizes, other.sizes)
    nothing = size_market(pd.DataFrame(), _own(), RULE)
    assert nothing.record == {"tam": None, "sam": None, "som": None, "assumptions": []}


def test_many_shares_are_bounded_as_one_is():
    low, high = bound_shares([0, 8, 10, 5], [10, 10, 10, 4])
    assert np.allclose(low[:3], [bound_share(hits, 10)[0] for hits in (0, 8, 10)])
    assert np.allclose(high[:3], [bound_share(hits, 10)[1] for hits in (0, 8, 10)])
    assert np.isnan(low[3])
