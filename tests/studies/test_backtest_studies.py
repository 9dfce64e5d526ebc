"""A real study whose attributes say nothing of who buys: the backtest must conclude so."""

from datetime import date

import pandas as pd
import pytest

from icp_lab.methods.backtest import backtest
from icp_lab.methods.outcomes import build_cases
from icp_lab.study import open_study
from icp_lab.views.backtest import tell_backtest


@pytest.mark.slow
@pytest.mark.parametrize("split", [date(2017, 6, 30), None])
def test_maven_has_no_predictive_value_for_winning(studies, split):
    study = open_study(studies / "maven_crm")
    firms, candidates = study.table("accounts")[["account_id"]], study.candidates()
    customers = firms.assign(status="customer", tenure_months=24.0, churned=pd.NA).astype({"churned": "boolean"})
    best = firms.assign(best=pd.NA, reason="").astype({"best": "boolean"})
    cases = build_cases(customers, best, study.table("deals"), as_of=study.as_of, wanted="won").cases
    result = backtest(candidates.frame[list(candidates.names)], cases, (), as_of=study.as_of, split=split)
    main = result.frame.iloc[result.main]
    assert result.acquainted == result.later[0] > 1900
    assert result.verdict == "none"
    assert main["low"] < 1 < main["high"] < 1.1
    assert "no predictive value" in tell_backtest(result)
