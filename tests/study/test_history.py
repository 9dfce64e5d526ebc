"""What was known when a deal began, where the CRM keeps its history."""

import numpy as np
import pandas as pd

from icp_lab.methods.leaks import find_leaks
from icp_lab.study import open_study
from icp_lab.study.history import rewind_attributes, rewind_deals


def history(*rows):
    frame = pd.DataFrame(rows, columns=["deal_id", "date", "amount"])
    return frame.astype({"deal_id": "str", "date": "datetime64[s]", "amount": "float64"})


def deals(**amounts):
    return pd.DataFrame({"account_id": [f"a-{i}" for i in amounts], "deal_id": list(amounts),
                         "amount": [float(n) for n in amounts.values()]})


def test_the_amount_of_the_first_day_counts_whatever_the_order_of_rows():
    known = [("d", "2025-03-01", 900), ("d", "2025-01-05", 500), ("e", "2025-02-01", 7), ("e", "2025-02-01", None)]
    rows = history(*known)
    for seed in (0, 1):
        begun = rewind_deals(deals(d=900, e=7, f=3), rows.sample(frac=1, random_state=seed))
        assert begun.frame["amount"].tolist()[:2] == [500, 7]
        assert np.isnan(begun.frame["amount"].iloc[2])
        assert (begun.told, begun.changed, begun.columns) == (2, 1, ("amount",))


def test_several_amounts_on_the_first_day_are_not_told_apart():
    begun = rewind_deals(deals(d=9), history(("d", "2025-01-05", 5), ("d", "2025-01-05", 9)))
    assert begun.frame["amount"].isna().all()
    assert begun.told == 0


def test_without_amounts_in_the_history_nothing_is_rewound():
    for rows in (history(), history(("d", "2025-01-05", None))):
        begun = rewind_deals(deals(d=9), rows)
        assert begun.frame["amount"].tolist() == [9]
        assert begun.columns == ()


def test_an_amount_of_accounts_with_several_deals_stays_as_exported():
    attributes = pd.DataFrame({"amount": [9.0]}, index=["a"])
    two = deals(d=9, e=4).assign(account_id="a")
    kept = rewind_attributes(attributes, rewind_deals(two, history(("d", "2025-01-05", 5))))
    assert kept["amount"].tolist() == [9]


def test_history_undoes_the_leak_of_a_final_amount(make_study):
    rng = np.random.default_rng(3)
    first = rng.integers(10, 100, 200)
    won = rng.random(200) < 0.4
    last = np.where(won, 1000 + first, 1 + first // 20)
    lines = range(200)
    files = {
        "a_csv": "account_id,amount\n" + "".join(f"{i},{last[i]}\n" for i in lines),
        "d_csv": "account_id,deal_id,stage,amount\n"
        + "".join(f"{i},d{i},{'won' if won[i] else 'lost'},{last[i]}\n" for i in lines),
        "h_csv": "deal_id,stage,date,amount\n"
        + "".join(f"d{i},new,2025-01-01,{first[i]}\nd{i},closed,2025-05-01,{last[i]}\n" for i in lines),
    }
    tables = "accounts: a.csv, deals: d.csv"
    refused = {}
    for name, more in (("without", ""), ("with", ", deal_history: h.csv")):
        study = open_study(make_study(f"tables: {{{tables}{more}}}\n", **files))
        frame = study.candidates().frame
        outcome = study.table("deals").set_index("account_id")["stage"].eq("won").astype("boolean")
        refused[name] = find_leaks(frame, outcome).refused
    assert refused == {"without": {"amount": "function"}, "with": {}}
    assert frame["amount"].astype(int).tolist() == first[frame.index.astype(int)].tolist()
