"""Touches that fade: with whom, how fast, and how warm somebody is today."""

from datetime import date

import numpy as np
import pandas as pd

from icp_lab.methods import engagement
from icp_lab.methods.engagement import CAP, DEFAULT, Decay, estimate_decay, list_touches, score_engagement

TODAY = date(2026, 6, 30)


def make_leads(effect, half_life=14, seed=0, n=300, days=400):
    """Leads that are touched at random, and convert the sooner the warmer they are."""
    rng = np.random.default_rng(seed)
    warmth, converted, touched = np.zeros(n), np.full(n, days), []
    for day in range(days):
        now = rng.random(n) < 0.04
        converted[(converted == days) & (rng.random(n) < 0.0012 * np.exp(effect * np.minimum(warmth, CAP)))] = day
        warmth = warmth * 0.5 ** (1 / half_life) + now
        touched += [(f"L{i}", day) for i in np.flatnonzero(now)]
    first = pd.Timestamp(TODAY) - pd.Timedelta(days=days)
    leads = pd.DataFrame({"lead_id": [f"L{i}" for i in range(n)], "created": first,
                          "converted": pd.Series(first + pd.to_timedelta(converted, unit="D")).where(converted < days)})
    touches = pd.DataFrame(touched, columns=["unit", "day"])
    return touches.assign(date=first + pd.to_timedelta(touches["day"], unit="D")), leads


def test_the_planted_half_life_is_found():
    decay = estimate_decay(*make_leads(0.9), as_of=TODAY)
    assert decay.estimated
    assert decay.low <= 14 <= decay.high
    assert decay.ratio > 1.5


def test_of_many_leads_and_outcomes_some_are_drawn_and_tell_the_same(monkeypatch):
    monkeypatch.setattr(engagement, "MOST_OUTCOMES", 150)
    monkeypatch.setattr(engagement, "MOST_OPEN", 60)
    touches, leads = make_leads(0.9)
    decay = estimate_decay(touches, leads, as_of=TODAY)
    assert (decay.events, decay.units) == (150, 300)
    assert decay.low <= 14 <= decay.high
    assert estimate_decay(touches, leads.iloc[::-1], as_of=TODAY).ratio == decay.ratio


def test_touches_without_effect_give_the_convention():
    decays = [estimate_decay(*make_leads(0.0, seed=seed), as_of=TODAY) for seed in range(3)]
    assert [decay.half_life for decay in decays] == [DEFAULT] * 3
    assert not any(decay.estimated for decay in decays)


def test_few_outcomes_give_the_convention():
    touches, leads = make_leads(0.9, n=15)
    assert not estimate_decay(touches, leads, as_of=TODAY).estimated


def test_a_touch_belongs_to_the_lead_else_to_the_account_of_the_contact():
    told = pd.DataFrame({"date": pd.to_datetime(["2026-06-01"] * 4), "kind": "call", "channel": "phone", "content": "x",
                         "contact_id": ["P1", None, None, "P9"], "lead_id": [None, "L1", None, None],
                         "account_id": [None, None, "A2", None]}).astype({"contact_id": "str", "lead_id": "str",
                                                                          "account_id": "str"})
    contacts = pd.DataFrame({"contact_id": ["P1"], "account_id": ["A1"]}).astype("str")
    assert list_touches(told, contacts)["unit"].tolist() == ["A1", "A2", "L1"]


def test_engagement_is_capped_and_a_day_counts_once():
    decay = Decay(10.0, 5.0, 20.0, 2.0, 50, 100, estimated=True, frame=pd.DataFrame())
    days = pd.date_range("2026-06-01", "2026-06-30")
    touches = pd.DataFrame({"unit": ["a"] * 60 + ["b"], "date": [*days, *days, pd.Timestamp("2026-06-20")]})
    found = score_engagement(touches, decay, as_of=TODAY)
    assert found["engagement"].tolist() == [100, 10]
    assert found["warm"].tolist() == ["warm", "cooling"]
    assert found["touches"].tolist() == [30, 1]
