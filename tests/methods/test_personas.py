import json

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from icp_lab.artifacts import BY_NAME
from icp_lab.artifacts.store import check_record
from icp_lab.methods.personas import compose_personas, find_personas, order_kinds

KINDS = {"VP Sales": (0.8, 0.4), "Sales Manager": (0.6, 0.6), "IT Manager": (0.3, 0.6), "Accountant": (0.02, 0.02)}
PASSAGES = pd.DataFrame({
    "interview": ["i1", "i1", "i2", "i3"], "passage": [1, 2, 1, 1], "account_id": ["a000", "a000", "a001", None],
    "role": ["decider", "decider", "decider", "user"], "department": "sales", "seniority": "executive",
    "codes": ["price_pain, quota", "price_pain", "price_pain,see_value", "price_pain"],
    "text": ["Too dear.", "Still too dear.", "It saves a day.", "Dear."],
    "consent": ["none", "none", "quote", "quote"]})
THEMES = pd.DataFrame({"code": ["price_pain", "quota", "see_value"], "name": ["Too expensive", "Quota", "Saves time"],
                       "belongs": ["pains", "kpis", "value"], "companies": [3, 1, 1], "of": 3, "low": 0.1, "high": 0.9})


def make_company(signal=True, n=200, seed=0):
    rng, contacts, parts = np.random.default_rng(seed), [], []
    deals = pd.DataFrame({"deal_id": [f"d{i:03}" for i in range(n)], "account_id": [f"a{i:03}" for i in range(n)],
                          "stage": np.where(np.arange(n) % 3 == 0, "lost", "won"), "closed": pd.NaT})
    for deal in deals.itertuples():
        for place, (title, (won, lost)) in enumerate(KINDS.items()):
            share = (won if deal.stage == "won" else lost) if signal else (won + lost) / 2
            if rng.random() < share:
                contacts.append((f"{deal.account_id}{place}", deal.account_id, title))
                parts.append((deal.deal_id, contacts[-1][0], "blocker" if title == "IT Manager" else None))
    contacts = pd.DataFrame(contacts, columns=["contact_id", "account_id", "title"]).assign(
        department=None, seniority=None, buying_role=None)
    touches = [(who, "event" if title == "VP Sales" else "email", "call") for who, _a, title, *_ in contacts.values]
    return {"contacts": contacts, "deals": deals,
            "deal_contacts": pd.DataFrame(parts, columns=["deal_id", "contact_id", "role"]),
            "customers": pd.DataFrame({"account_id": deals["account_id"], "industry": "Retail",
                                       "status": np.where(deals["stage"] == "won", "customer", "lost")}),
            "engagement": pd.DataFrame(touches, columns=["contact_id", "channel", "kind"]),
            "passages": PASSAGES, "themes": THEMES}


def test_who_takes_part_in_won_and_lost_deals_is_counted_and_told_from_chance():
    found = find_personas(**make_company(n=600))
    rows = found.frame.set_index("kind")
    clear = rows[rows["distinct"]]
    assert (clear["ratio"] > 1).to_dict() == {"sales.decider": True, "it.influencer": False}
    assert (clear["low"] < clear["ratio"]).all() and (clear["ratio"] < clear["high"]).all()
    assert rows.loc["it.influencer", "part"] == "blocker"
    won, lost = found.committees["n"]
    assert rows["share_won"].tolist() == (rows["won"] / won).tolist() and lost < 200  # nobody named: unknown, not empty
    assert (found.basis, found.assumed) == ("deals", False)


def test_the_personas_fill_the_most_parts_and_never_more_than_asked():
    found = find_personas(**make_company(), personas=2)
    assert found.chosen == ("sales.decider", "sales.influencer")
    assert found.reach["share"].is_monotonic_increasing
    assert "finance.user" not in set(found.reach["kind"])  # fewer than five accounts have one
    assert len(find_personas(**make_company(), personas=7).chosen) == len(found.reach) == 3


def test_rows_in_any_order_give_the_same():
    tables = make_company()
    mixed = {name: frame.sample(frac=1, random_state=1).reset_index(drop=True) for name, frame in tables.items()}
    one, other = find_personas(**tables), find_personas(**mixed)
    assert_frame_equal(one.frame, other.frame)
    assert json.dumps(compose_personas(one)) == json.dumps(compose_personas(other))


def test_every_field_says_what_it_rests_on():
    first = compose_personas(find_personas(**make_company()))["personas"][0]
    assert first["titles"] == ["VP Sales"] and first["buying_role"] == "decider" and first["channels"] == ["event"]
    quote = {"text": "It saves a day.", "consent": "quote", "department": "sales", "seniority": "executive",
             "industry": "Retail"}  # the others did not agree to be quoted
    assert first["pains"] == [{"code": "price_pain", "name": "Too expensive", "companies": 2, "of": 2, "quote": quote}]
    assert first["kpis"][0]["quote"] is None
    assert [one["code"] for one in first["message"]] == ["see_value"]
    assert first["confidence"] == {
        **dict.fromkeys(["titles", "department", "seniority", "buying_role", "channels", "behaviour"], "data"),
        "authority": "assumption",
        **dict.fromkeys(["pains", "kpis", "message"], "interview")}
    assert "goals" not in first  # nobody spoke of it: it stays empty


def test_parts_that_only_titles_tell_are_an_assumption():
    tables = make_company() | {"deal_contacts": make_company()["deal_contacts"].assign(role=None)}
    first = compose_personas(find_personas(**tables))["personas"][0]
    assert first["confidence"]["buying_role"] == first["confidence"]["authority"] == "assumption"


def test_ids_lead_to_rows():
    found = find_personas(**make_company(), personas=3)
    record = json.loads(json.dumps(check_record(BY_NAME["personas"], compose_personas(found))))
    ids = {each for one in record["personas"] for each in one["evidence"]}
    known = {f"personas/kinds/{row['kind']}" for row in record["kinds"]}
    known |= {f"personas/ways/{row['kind']}/{row['field']}/{row['code']}" for row in record["ways"]}
    known |= {f"personas/heard/{row['kind']}/{row['field']}/{row['code']}" for row in record["heard"]}
    passages = {f"passages/{row.interview}/{row.passage}" for row in PASSAGES.itertuples()}
    assert {each for row in record["heard"] for each in row["passages"]} <= passages
    assert ids and ids <= known


@pytest.mark.parametrize("gone", [["contacts", "deal_contacts", "engagement", "passages", "themes"],
                                  ["deals", "deal_contacts"], ["passages"], ["engagement"]])
def test_what_is_not_there_is_no_trouble(gone):
    tables = make_company()
    tables |= {name: tables[name].iloc[:0] for name in gone}
    found = find_personas(**tables)
    assert (len(found.chosen) == 0) == ("contacts" in gone)
    assert found.basis == ("accounts" if "deal_contacts" in gone else "deals")


def test_a_kind_that_fills_nothing_new_is_not_chosen():
    won = pd.DataFrame({"case": ["a", "a"], "part": "decider", "kind": ["it.decider", "sales.decider"]})
    assert order_kinds(won, ["it.decider", "sales.decider"])["kind"].tolist() == ["it.decider"]
