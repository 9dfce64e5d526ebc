"""What products are made from, in small: a company with its customers inside, outside and unknown."""

from datetime import date

import pandas as pd
import pytest

from icp_lab.methods.document import compose_icp, place_accounts
from icp_lab.publish.products import Publication
from icp_lab.views.picture import About
from icp_lab.views.words import names

CRITERIA = [{"attribute": "employees", "min": 100, "max": 500}, {"attribute": "industry", "in": ["SaaS"]}]
HOSTILE = (  # markup, a formula, marks of direction, length, pictograms, half and full width, a control character
    "<script>alert('x')</script>", "\"><img src=x onerror=alert(1)>", "=HYPERLINK(\"x\")", "\u202eevil\u202c עברית",
    "W" * 2000, "株" * 2000, "🎉👩‍👩‍👧‍👦 Ltd", "ﾊﾝｶｸｶﾅ\u0007", "Ａ＆Ｂ & Co. <b>")


def _persona(texts):
    fields = {field: [] for field in names("persona_field")}
    known = {"titles": texts[:2], "pains": texts[2:4], "goals": texts[4:5], "channels": texts[5:6],
             "message": texts[6:7]}
    return {**fields, **known, "id": "p1", "name": "Decider in sales", "authority": "may sign", "evidence": [],
            "confidence": dict.fromkeys([*known, "authority"], "interview")}


@pytest.fixture
def hostile():
    """Names that try to be something else than text, or to be longer than any box."""
    return HOSTILE


@pytest.fixture
def publication():
    """A publication: `verdict` of the profile, company names in turn, and what else to put into the definition."""
    def make(verdict="supported", called=("Acme", "Borel", "Ceda", "Dorn"), rows=24, **more):
        claimed = verdict != "unsupported"
        evidence = {"n": rows, "lift": 2.0, "lift_low": 1.2, "lift_high": 3.0, "stability": {"industry": 0.9},
                    "needed": 257, "needed_lift": 2.0, "refused": [] if claimed else CRITERIA}
        draft = {"schema": 1, "name": "x", "verdict": verdict, "verdict_reason": [], "outcome": "best",
                 "criteria": CRITERIA if claimed else [], "evidence": evidence}
        other = {"criteria": [{"attribute": "employees", "max": 50}], "verdict": "tentative", "evidence": evidence}
        icp = {**compose_icp(draft, other if claimed else {}, {}, date(2026, 6, 30), 3),
               "personas": [_persona(list(called) * 2)], **more}
        ids = [f"a{n:03}" for n in range(rows)]
        fits = [("in", "out", "out", "unknown")[n % 4] for n in range(rows)]
        customers = pd.DataFrame({
            "account_id": ids, "name": [called[n % len(called)] for n in range(rows)], "churned": False,
            "status": ["prospect" if n % 8 > 5 else "customer" for n in range(rows)],
            "value": [1e5 + 1e4 * n for n in range(rows)]})
        success = pd.DataFrame({"account_id": ids, "score": [n / rows for n in range(rows)],
                                "best": [n % 3 == 0 for n in range(rows)]})
        cases = pd.DataFrame({"account_id": ids, "positive": ["yes" if n % 3 == 0 else "no" for n in range(rows)]})
        marks = {"in": ("employees, industry", "", ""), "out": ("", "employees, industry", ""),
                 "unknown": ("industry", "", "employees")}
        coverage = pd.DataFrame([(one, fit, *marks[fit]) for one, fit in zip(ids, fits, strict=True)],
                                columns=["account_id", "fit", "met", "failed", "unknown"])
        standing = place_accounts(customers, success, cases, coverage)
        attributes = pd.DataFrame({"employees": [float(50 + n) for n in range(rows)],
                                   "industry": [called[n % len(called)] for n in range(rows)]}, index=ids)
        negatives = pd.DataFrame({
            "account_id": ids, "lapsed": False, "low_use": True, "low_satisfaction": False, "avoided": False,
            "reason_group": ["price", "product", "unknown"] * (rows // 3)})
        found = {
            "negatives": negatives,
            "score": {"tiers": [{"name": "A", "min_fit": 60}, {"name": "B", "min_fit": 40}], "predicts": True,
                      "score": {"base": 50, "points": []}},
            "scores": pd.DataFrame({"listed": True, "tier": ["A", "B", "", "A"]}),
            "validation": {"backtest": {"kind": "holds", "name": "", "verdict": "holds", "n": 120, "covered": 40,
                                        "covered_positives": 24, "lift": 2.0, "low": 1.4, "high": 2.7}},
            "market": {size: {"companies": n, "low": 0.9 * n, "high": 1.1 * n}
                       for size, n in (("tam", 1e6), ("sam", 2e4), ("som", 300))}}
        accounts = standing.frame.join(attributes, on="account_id")
        about = About(date(2026, 6, 30), "EUR", called[0])
        return Publication(icp=icp, standing=standing, accounts=accounts, about=about, find=found.get,
                           table=lambda _name: pd.DataFrame(), called=pd.Series(dtype=object))
    return make
