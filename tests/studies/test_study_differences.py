"""An honest tool on three studies: size stands for existing clients, value follows size, churn stays unexplained."""

import pytest

from icp_lab.methods.confounding import find_confounders, find_confounding
from icp_lab.methods.contrast import compare_groups, pick_valuable
from icp_lab.methods.customers import classify_accounts
from icp_lab.methods.staying import compare_stays
from icp_lab.methods.value import value_customers
from icp_lab.rule import Rule
from icp_lab.study import open_study
from icp_lab.views.contrasts import tell_confounding, tell_value


@pytest.fixture
def value(studies):
    """Read a study as step 1 does: what its customers are worth, and the attributes that may be criteria."""

    def read(name):
        study = open_study(studies / name)
        deals, revenue = study.table("deals"), study.table("revenue")
        base = classify_accounts(study.table("accounts"), deals, revenue, study.table("churn"), as_of=study.as_of)
        known = study.candidates()
        return value_customers(base.frame, revenue, deals, as_of=study.as_of), known.frame[list(known.names)]

    return read


def compare_deals(study):
    deals, known = study.table("deals"), study.candidates()
    closed = deals[deals["stage"].isin(["won", "lost"])]
    frame = known.frame.loc[closed["account_id"]].set_axis(closed.index.astype("str"))
    won = closed["stage"].set_axis(frame.index) == "won"
    sides = list(frame.index[won]), list(frame.index[~won])
    return frame, won, closed["account_id"].set_axis(frame.index), sides, compare_groups(
        frame, *sides, after_sale=known.after_sale)


def test_salvirts_size_is_confounded_with_existing_clients(studies):
    frame, won, _accounts, sides, contrast = compare_deals(open_study(studies / "salvirt_b2b"))
    found = find_confounding(frame, *sides, contrast)
    size = found.frame.query("attribute == 'size' and level == 'Big'").iloc[0]
    assert (size["held"], size["held_level"], size["kind"]) == ("client", "Current", "explained")
    assert size["crude_low"] > 1 > size["low"] and size["moved"] > 0.9
    assert "**size: Big** is confounded with **client: Current**" in tell_confounding(found)
    assert "client" not in set(found.frame["attribute"])
    rule = Rule.from_dicts([{"attribute": "size", "in": ["Big"]}])
    assert find_confounders(frame, won.astype("boolean"), rule, ["client"]).frame["kind"].tolist() == ["explained"]


def test_maven_claims_nothing_for_winning_and_value_follows_size(studies, value):
    contrast = compare_deals(open_study(studies / "maven_crm"))[-1]
    assert not contrast.frame["distinct"].any()
    worth, attributes = value("maven_crm")
    sides = pick_valuable(worth.frame, 0.2)
    said = tell_value(compare_groups(attributes, *sides, comparison="value", quarters=True))
    assert "follows size (annual revenue, employees)" in said
    assert "industry" not in said


def test_ravenstack_leaves_churn_unexplained_and_ties_seats_to_revenue(value):
    worth, attributes = value("ravenstack_saas")
    sides = pick_valuable(worth.frame, 0.2)
    said = tell_value(compare_groups(attributes, *sides, comparison="value", quarters=True))
    assert "what a customer brings in revenue, follows seats." in said
    staying = compare_stays(worth.parts, attributes, months=24)
    assert staying.tried >= 5
    assert not staying.frame["distinct"].any()
