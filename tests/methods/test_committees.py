import pandas as pd
import pytest

from icp_lab.methods.committees import form_committees, place_people, read_part


@pytest.mark.parametrize(("person", "kind"), [
    ({"title": "VP Sales"}, "sales.decider"),
    ({"title": "情報システム部 課長"}, "it.influencer"),
    ({"title": "Sales Manager", "buying_role": "End User"}, "sales.user"),
    ({"department": "営業部", "seniority": "部長"}, "sales.decider"),
    ({"department": "Management", "seniority": "C-level", "title": "Chief Executive"}, "management.decider"),
    ({"department": "purchasing", "buying_role": "Blocker"}, "purchasing.gatekeeper"),
    ({"department": "sales", "buying_role": "起案者"}, "sales.influencer"),
    ({"department": "情シス", "buying_role": "決裁者"}, "it.decider"),
    ({"department": "sales", "seniority": "executive"}, "sales.decider"),  # the lab's own codes
    ({"department": "r&d", "seniority": "staff"}, "r&d.user"),
    ({"title": None}, ""),
    ({"title": "Sales"}, ""),  # nothing tells the part
])
def test_people_are_placed_by_department_and_part(person, kind):
    assert place_people(pd.DataFrame([person]))["kind"].tolist() == [kind]


@pytest.mark.parametrize(("words", "part"), [
    ("Economic Decision Maker", "decider"), ("Budget Holder", "decider"), ("Executive Sponsor", "decider"),
    ("Technical Buyer", "influencer"), ("Legal and Compliance", "gatekeeper"), ("CHAMPION", "champion"),
    ("ｷｰﾏﾝ", ""), ("決裁者", "decider"), ("購買担当", "buyer"), ("窓口", "gatekeeper"), ("profit", ""),
    (float("nan"), ""),
])
def test_parts_are_read_in_the_words_of_crms_and_of_japanese_firms(words, part):
    assert read_part(words) == part


def make_tables():
    contacts = pd.DataFrame({"contact_id": ["x", "y", "z"], "account_id": ["a", "a", "b"],
                             "title": ["VP Sales", "IT Manager", "CFO"]})
    deals = pd.DataFrame({"deal_id": ["1", "2", "3", "4"], "account_id": ["a", "a", "b", "b"],
                          "stage": ["lost", "won", "won", "open"],
                          "closed": pd.to_datetime(["2025-02-01", "2025-01-01", "2025-03-01", None])})
    parts = pd.DataFrame({"deal_id": ["2", "2", "1", "4"], "contact_id": ["x", "y", "x", "z"],
                          "role": ["decider", "blocker", None, None]})
    customers = pd.DataFrame({"account_id": ["a", "b"], "status": ["customer", "lost"]})
    return place_people(contacts), customers, deals, parts


def test_an_account_counts_once_by_its_first_closed_deal_in_which_somebody_is_named():
    seats = form_committees(*make_tables())
    assert seats[["case", "won", "contact_id", "part", "basis"]].values.tolist() == [
        ["2", True, "x", "decider", "deals"], ["2", True, "y", "blocker", "deals"]]


def test_without_people_in_deals_accounts_are_compared():
    people, customers, deals, parts = make_tables()
    seats = form_committees(people, customers, deals, parts.iloc[:0])
    assert seats[["case", "won", "contact_id", "part"]].values.tolist() == [
        ["a", True, "x", "decider"], ["a", True, "y", "influencer"], ["b", False, "z", "decider"]]
    assert set(seats["basis"]) == {"accounts"}


def test_nobody_is_no_trouble():
    people, customers, deals, parts = make_tables()
    assert form_committees(people.iloc[:0], customers, deals.iloc[:0], parts.iloc[:0]).empty
