"""What was collected, as a reader sees it."""

from datetime import date

import pandas as pd
import pytest

from icp_lab.intake.facts import Case, Facts, collect_facts
from icp_lab.locale import in_language
from icp_lab.methods.quality import VERDICTS, Fixes, Quality
from icp_lab.study.candidates import REFUSALS
from icp_lab.study.history import Begun
from icp_lab.views import quality as view
from icp_lab.views.picture import About
from icp_lab.views.words import names

ABOUT = About(date(2026, 3, 31), "EUR", "Test")


@pytest.fixture
def intake():
    facts = Facts("deals", "d.csv", read=1000, left_out=100, used=817, duplicates=200)
    for row in range(83):
        facts.add(Case("d.csv", row + 1, "account_id", "X", "unknown_account"))
    facts.money["unknown_account", "account_id"] = 1.2e6
    facts.decide("delimiter", delimiter="; <script>")
    return collect_facts([facts])


def column(name, verdict, **more):
    row = {"table": "accounts", "column": name, "n": 640, "filled": 0.4, "distinct": 3, "unreadable": 0, "since": "",
           "outcome": "", "gaps_first": 0.4, "gaps_other": 0.05, "difference": 0.35, "low": 0.3, "high": 0.41,
           "q_value": 0.01, "lacking": 212, "verdict": verdict}
    return row | more


def test_the_waterfall_counts_what_was_read_and_used(intake):
    picture = view.draw_waterfall(intake, ABOUT)
    assert picture.title == "817 of 1,000 rows are used"
    assert "deals: 817 of 1,000" in picture.alt
    assert "817 of 1,000" in picture.narrow


def test_rows_that_fell_away_are_listed_by_file_and_reason(intake):
    assert "d.csv" in str(view.tabulate_intake(intake))
    assert "Repeated rows still count in: deals (200)" in str(view.tabulate_intake(intake))
    assert view.tabulate_set_aside(intake).cells() == [["deals", "the account is not in accounts", "account_id", "83"]]


def test_decisions_are_folded_and_said_in_the_language_in_force(intake):
    table = view.tabulate_decisions(intake)
    assert table.folded
    assert table.cells() == [["deals", "d.csv", "–", "its cells are parted by ; <script>"]]


def test_verdicts_say_the_figure_in_words():
    quality = Quality(pd.DataFrame([
        column("a", "unreadable", unreadable=9), column("b", "by_outcome", outcome="left"), column("c", "sparse"),
        column("d", "sparse", table="deals", since="beginning"), column("e", "good"), column("f", "constant"),
        column("g", "empty", filled=0.0)]), 640)
    cells = view.tabulate_quality(quality).cells()
    assert [row[4] for row in cells] == [
        "partly unreadable: 9 cells hold something else",
        "missing by outcome: 40 % of customers that left lack it, of customers that stayed 5.0 % (difference 35 %, "
        "30 to 41 %)",
        "sparse: 212 of 640 customers lack it", "sparse: more than half of the deals lack it", "usable",
        "all accounts have the same value"]
    assert cells[3][5] == "beginning"


def test_every_verdict_has_its_words():
    assert set(VERDICTS) == set(REFUSALS) | set(names("to_do"))
    assert set(names("outcome_first")) == set(names("outcome_other"))


def test_the_first_five_repairs_are_shown_with_their_remedy():
    rows = [("unknown_account", "deals", "d.csv", "account_id", 83, 1000, 1.2e6, 0.083)]
    rows += [("fill", "accounts", "a.csv", f"c{k}", 20, 640, float("nan"), 0.01) for k in range(6)]
    frame = pd.DataFrame(rows, columns=["kind", "table", "file", "column", "n", "of", "money", "gain"])
    table = view.tabulate_fixes(Fixes(frame), ABOUT)
    assert table.title == "Fix these first (5 of 7)"
    assert table.cells()[0] == ["83 of 1,000 rows of deals name an account that is not in accounts", "d.csv", "1.2",
                                "Add these accounts, or put the account_id right", "8.3"]
    with in_language("ja"):
        assert "顧客640社のうち20社にc0がない" in str(view.tabulate_fixes(Fixes(frame), ABOUT))
    assert "Nothing has to be put right" in view.tabulate_fixes(Fixes(frame.head(0)), ABOUT)


def test_changed_amounts_are_said():
    assert "**9 of them hold another amount now**" in view.tell_begun(Begun(pd.DataFrame(), ("amount",), 12, 9))
    assert "No history" in view.tell_begun(Begun(pd.DataFrame(), (), 0, 0))
