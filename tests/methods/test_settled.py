"""Cases count once bad news has had as much time to come as good news."""

from datetime import date

import numpy as np
import pandas as pd

from icp_lab.methods.settled import take_settled

AS_OF = date(2026, 6, 30)


def test_young_cases_do_not_count():
    begun = pd.date_range("2024-01-01", AS_OF, freq="7D")
    ids = [f"a{i:03d}" for i in range(len(begun))]
    cases = pd.DataFrame({"case_id": ids, "account_id": ids, "outcome": "won", "time": begun, "positive": "yes"})
    told = take_settled(cases.assign(outcome="best", reason=""), AS_OF, 12)
    assert told["time"].max() <= pd.Timestamp(2025, 6, 30)
    assert take_settled(cases, AS_OF, 12)["time"].max() <= pd.Timestamp(2026, 3, 30)
    assert take_settled(cases.assign(time=pd.NaT), AS_OF, 12).empty


def test_a_best_customer_is_best_among_those_that_began_at_about_the_same_time():
    begun = pd.to_datetime("2020-01-01") + pd.to_timedelta(np.arange(120) * 10, unit="D")
    ids = [f"a{i:03d}" for i in range(120)]
    cases = pd.DataFrame({"case_id": ids, "account_id": ids, "outcome": "best", "time": begun, "reason": "below_top",
                          "positive": ["yes"] * 24 + ["no"] * 96})
    scores = pd.Series(np.linspace(1, 0, 120) + np.where(np.arange(120) % 5 == 0, 0.5, 0), ids)
    cases.loc[[0, 45], "reason"] = "left"
    told = take_settled(cases, AS_OF, 12, scores)["positive"].eq("yes").to_numpy()
    assert [told[start:start + 40].sum() for start in (0, 40, 80)] == [8, 8, 8]
    assert not told[[0, 45]].any()
    assert told[np.arange(120) % 5 == 0].sum() == 22
    assert take_settled(cases, AS_OF, 12)["positive"].eq("yes").sum() == 24
