"""What pages say of a backtest and of a promise."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from icp_lab.locale import in_language
from icp_lab.methods.backtest import backtest
from icp_lab.methods.definitions import Definition
from icp_lab.rule import Rule
from icp_lab.views import backtest as view
from icp_lab.views.picture import About

AS_OF = date(2026, 6, 30)
ABOUT = About(AS_OF, "EUR", "Test")
RULE = Rule.from_dicts([{"attribute": "employees", "min": 100}, {"attribute": "industry", "in": ["SaaS"]}])


def run(*, effect=True, n=400, definitions=(), known=False):
    large = np.tile([True, False], n // 2)
    attributes = pd.DataFrame({"employees": np.where(large, 250.0, 20.0),
                               "industry": pd.Series(np.tile(["SaaS", "Retail", "SaaS", "SaaS"], n // 4), dtype="str")})
    attributes.index = pd.Index([f"a{i:03d}" for i in range(n)])
    account = np.tile(attributes.index[: n // 2], 2) if known else attributes.index
    cases = pd.DataFrame({"case_id": attributes.index, "account_id": account, "outcome": "won",
                          "positive": np.where(np.arange(n) % 20 < np.where(large & effect, 12, 4), "yes", "no"),
                          "time": pd.to_datetime("2024-01-01") + pd.to_timedelta(np.arange(n) * 2, unit="D")})
    return backtest(attributes, cases, definitions, as_of=AS_OF)


def test_a_definition_that_holds_is_said_so_with_counts_and_what_was_expected():
    result = run(definitions=(Definition("holds", "2", RULE, date(2025, 3, 31)),))
    told = view.tell_backtest(result)
    assert "the definition in force **holds**" in told
    assert f"{result.frame['covered_positives'].iloc[0]} of {result.frame['covered'].iloc[0]}" in told
    table, calibration = view.tabulate_backtest(result)
    assert calibration.frame["inside"].iloc[0] > calibration.frame["inside"].iloc[-1]
    assert [row.split(".")[0] for row in table.frame["who"]] == [str(i + 1) for i in range(len(table.frame))]
    assert "2025-03-31" in str(table)
    picture = view.draw_frontier(result, ABOUT)
    assert "times as often" in picture.title
    assert "1. The definition in force" in picture.alt
    assert "looser" not in str(table)


def test_without_an_effect_it_says_no_predictive_value_where_more_is_ruled_out_and_else_that_it_cannot_be_told():
    result = run(effect=False)
    told = view.tell_backtest(result)
    assert {"none": "**no predictive value**", "unclear": "cannot be told from chance"}[result.verdict] in told
    row = {"kind": "drafted", "name": "", "n": 90, "covered": 40, "covered_positives": 8, "lift": 1.0, "low": 0.9}
    assert "**no predictive value**" in view.tell_later(row | {"verdict": "none", "high": 1.1}, "best")
    assert "cannot be told from chance" in view.tell_later(row | {"verdict": "unclear", "high": 1.9}, "best")
    assert told.count(". ") == 0
    assert "times" in view.tell_forward(result)
    assert "no difference" in view.draw_frontier(result, ABOUT).title


def test_too_few_later_cases_are_said_with_what_to_collect():
    result = run(n=12)
    assert "ten of either kind are needed" in view.tell_backtest(result)
    assert "What to collect" in view.tell_forward(result)
    assert view.tabulate_backtest(result) == []
    assert view.draw_frontier(result, ABOUT) == ""


def test_where_nobody_lies_inside_nothing_is_said_of_it():
    huge = Rule.from_dicts([{"attribute": "employees", "min": 1e6}])
    result = run(definitions=(Definition("holds", "2", huge, date(2025, 3, 31)),))
    assert "None of " in view.tell_backtest(result)
    assert view.draw_frontier(result, ABOUT) == ""


def test_it_names_the_cases_it_rests_on_and_what_could_not_be_held_against_them():
    strange = Definition("declared", "Stars", Rule.from_dicts([{"attribute": "zodiac", "in": ["Leo"]}]), AS_OF)
    told = view.tell_cases(run(definitions=(strange,), known=True))
    assert "Stars" in told
    assert "accounts that have earlier ones" in told


@pytest.mark.parametrize("state", ["kept", "broken", "open", "early", "none"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_state_of_a_promise_has_its_words(state, language):
    promise = {"state": state, "version": "3", "since": "2025-06-30", "n": 200, "covered": 40, "covered_positives": 19,
               "lift": 1.9, "low": 1.3, "high": 2.7, "promise": {"lift": 2.0, "lift_low": 1.4, "lift_high": 2.9,
                                                                "due": "2026-01-01"}}
    with in_language(language):
        told = view.tell_promise(promise if state != "none" else {"state": state, "promise": {}, "since": "2025-06-30"})
    assert told
    assert "None" not in told
    assert ("200" in told) == (state != "none")


def test_a_promise_that_no_later_case_meets_has_no_ratio():
    thin = {"state": "open", "version": "1", "since": "2025-06-30", "n": 8, "covered": 0.0, "lift": None,
            "promise": {"lift": 2.0, "lift_low": 1.4, "lift_high": 2.9, "due": "2026-01-01"}}
    assert "none of them lies inside" in view.tell_promise(thin)


def test_what_is_promised_is_said_with_its_day():
    promise = {"lift": 2.0, "lift_low": 1.4, "lift_high": 2.9, "due": "2026-01-01", "n": 10}
    assert "2026-01-01" in view.tell_promised({"promise": promise, "outcome": "won"})
    assert "Nothing is promised" in view.tell_promised({})
