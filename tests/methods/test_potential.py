"""Room inside the profile and beside it."""

import numpy as np
import pandas as pd

from icp_lab.methods.market import Own, size_market
from icp_lab.methods.potential import find_potential
from icp_lab.rule import Rule

RULE = Rule.from_dicts([{"attribute": "employees", "min": 50, "max": 250}, {"attribute": "industry", "in": ["SaaS"]}])


def _find(accounts, positive, by=("region",)):
    frame = pd.DataFrame(accounts, columns=["industry", "employees", "region"],
                         index=pd.Index([f"a{place:03}" for place in range(len(accounts))], name="account_id"))
    customers = pd.DataFrame({"account_id": frame.index, "status": "customer", "churned": None, "revenue_yearly": 1.0})
    market = pd.DataFrame([
        (industry, region, *band, 1000) for industry in ("SaaS", "Retail") for region in ("North", "South")
        for band in ((1, 50), (50, 250))])
    market.columns = ["industry", "region", "employees_min", "employees_max", "companies"]
    deals = pd.DataFrame({"account_id": [], "stage": []})
    cases = pd.DataFrame({"account_id": frame.index, "positive": positive})
    sized = size_market(market, Own(frame, customers, deals), RULE)
    return find_potential(sized, frame, cases, RULE, by=list(by))


def test_the_region_that_we_are_least_in_is_white():
    found = _find([("SaaS", 100.0, "North")] * 90 + [("SaaS", 100.0, "South")] * 10, "yes")
    parts = found.parts.set_index("region")
    assert parts["white"].to_dict() == {"South": True, "North": False}
    assert (parts.loc["South", "reasons"], parts.loc["South", "open"]) == ("below", 990)
    empty = _find([("SaaS", 100.0, "North")] * 90, "yes").parts.set_index("region")
    assert empty.loc["South", "reasons"] == "none_yet"


def test_segments_that_fail_one_criterion_are_judged_by_what_became_of_ours_there():
    inside, small, shops = ([kind] * 20 for kind in (("SaaS", 100.0, "North"), ("SaaS", 20.0, "North"),
                                                     ("Retail", 100.0, "South")))
    found = _find([*inside, *small, *shops], ["yes", "no"] * 10 + ["yes", "no"] * 10 + ["no"] * 20)
    beside = found.beside.set_index(["fails", "industry", "band"])
    assert beside["verdict"].to_dict() == {
        ("employees", "SaaS", "1-50"): "as_good", ("industry", "Retail", "50-250"): "worse"}
    assert (found.base, *beside["n"]) == (0.5, 20, 20)
    few = _find([*inside, *small[:3]], "yes").beside
    assert set(few["verdict"]) == {"untried"}


def test_without_a_difference_few_parts_are_called_white():
    rng = np.random.default_rng(5)
    studies = [[("SaaS", 100.0, region) for region in rng.choice(["North", "South"], 100)] for _study in range(12)]
    assert sum(_find(study, "yes").parts["white"].sum() for study in studies) <= 2
