"""Leads of the synthetic company: fit and fresh touches convert, the pilot helps; without signal nothing does."""

import numpy as np
import pandas as pd
import pytest

from icp_lab.worlds import make_company

SEEDS = range(5)


@pytest.fixture(scope="module", params=[True, False], ids=["planted", "null"])
def worlds(request):
    return [make_company(signal=request.param, seed=seed) for seed in SEEDS]


def _signal(worlds):
    return worlds[0].truth["signal"]


def test_fitting_leads_convert(worlds):
    lead = pd.concat([w.tables["leads"].assign(fit=lambda f, w=w: f["lead_id"].map(w.truth["leads"]["fit"]))
                      for w in worlds])
    gap = lead.groupby(lead["converted"].notna())["fit"].mean().diff().iloc[-1]
    assert gap > 0.7 if _signal(worlds) else abs(gap) < 0.12
    assert 0.3 < lead["converted"].notna().mean() < 0.55


def _measure_warmth(world, half_life):
    """Give how much warmer converting leads were than the others on the day, in touches that halve in `half_life`."""
    lead, touch = world.tables["leads"], world.tables["engagement"].dropna(subset="lead_id")
    days = np.sort(lead["converted"].dropna().unique())
    age = (days[:, None] - touch["date"].to_numpy()[None, :]) / np.timedelta64(1, "D")
    weight = np.where(age >= 0, 0.5 ** (age / half_life), 0)
    warmth = pd.DataFrame(weight.T, index=touch["lead_id"]).groupby(level=0).sum().reindex(lead["lead_id"]).fillna(0)
    came, went = (lead[name].to_numpy()[:, None] for name in ("created", "converted"))
    there, now = (came <= days) & ~(went < days), went == days
    value = warmth.to_numpy()
    return np.mean([value[now[:, i], i].mean() - value[there[:, i], i].mean() for i in range(len(days))])


def test_warm_leads_convert(worlds):
    warmer = [_measure_warmth(world, 14) for world in worlds[:3]]
    assert np.mean(warmer) > 0.25 if _signal(worlds) else abs(np.mean(warmer)) < 0.12


def test_pilot_helps_as_planted(worlds):
    units = pd.concat([world.tables["pilot"] for world in worlds])
    rates = units.groupby("arm")["lead"].mean()
    ratio = rates["pilot"] / rates["control"]
    assert ratio > 1.7 if _signal(worlds) else 0.75 < ratio < 1.35
    assert units["reached"].notna().mean() == pytest.approx(worlds[0].truth["pilot"]["reached"], abs=0.04)
    assert units["deal"].notna().equals(units["lead"].astype("bool"))
    for world in worlds:
        lead = world.tables["leads"].set_index("lead_id").loc[world.tables["pilot"]["unit_id"]]
        end = world.tables["pilot"]["assigned"].iloc[0] + pd.Timedelta(days=world.truth["pilot"]["window"])
        assert (lead["converted"] < end).to_list() == world.tables["pilot"]["lead"].to_list()
        assert (lead["created"] <= world.tables["pilot"]["assigned"].iloc[0]).all()


def test_sales_report_what_is_true_but_for_errors(worlds):
    shares = []
    for world in worlds:
        report = world.tables["feedback"]
        inside = {*(world.truth["leads"]["inside"] or []), *(world.truth["profile"] or {"accounts": []})["accounts"]}
        shares.append((report["account_id"].fillna(report["lead_id"]).isin(inside) == report["agrees"]).mean())
        assert len(report) == 60
        assert (report["account_id"].isna() ^ report["lead_id"].isna()).all()
    assert np.mean(shares) == pytest.approx(1 - worlds[0].truth["feedback"]["errors"], abs=0.06)


def test_triggers_come_before_won_deals_as_often_as_planted(worlds):
    found = []
    for world in worlds:
        deals = world.tables["deals"].set_index("account_id")["stage"]
        kinds = world.tables["triggers"].dropna(subset="account_id").groupby("kind")["account_id"].nunique()
        accounts = world.tables["triggers"].dropna(subset="account_id").groupby("kind")["account_id"].agg(set)
        assert (kinds > 10).all()
        found.append({(kind, stage): deals.index[deals == stage].isin(accounts[kind]).mean()
                      for kind in accounts.index for stage in ("won", "lost")})
    means = pd.DataFrame(found).mean()
    gap = means[("new head of sales", "won")] - means[("new head of sales", "lost")]
    assert gap > 0.07 if _signal(worlds) else abs(gap) < 0.05


def test_gaps_are_filled_from_the_reference_and_accounts_are_known_again(worlds):
    for world in worlds:
        lead, known = world.tables["leads"].set_index("domain"), world.tables["reference"].set_index("domain")
        assert lead.index.is_unique
        assert known["employees"].notna().all()
        assert lead.loc[known.index, [*known.columns]].isna().any(axis=1).all()
        domain = world.tables["accounts"].set_index("account_id")["domain"]
        same = {row.lead_id: row.Index for row in lead.itertuples()}
        assert all(same[lead_id] == domain[account] for lead_id, account in world.truth["leads"]["known"].items())
        named = lead.set_index("lead_id")["account_id"].dropna()
        assert 0 < len(named) < len(world.truth["leads"]["known"])
        assert named.to_dict().items() <= world.truth["leads"]["known"].items()
