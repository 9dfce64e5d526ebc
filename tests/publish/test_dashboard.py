"""The dashboard: every company in the page, nobody in it, light, sealed, and complete without what is missing."""

import re

import pytest
import vl_convert

from icp_lab.publish import dashboard

HOSTILE = ("</script><script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "=HYPERLINK(\"x\")", "ﾊﾝｶｸ 🎉")


def _specs(page):
    return re.findall(r'class="chart" data-name="(\w+)"></div><script type="application/json">(.*?)</script>', page)


def test_every_company_is_in_the_page_and_no_person(make_dashboard):
    page = make_dashboard().read_text(encoding="utf-8")
    table = page[page.index('id="companies"'):]
    assert len(re.findall(r"<tr><th scope=\"row\"", table[:table.index("</section>")])) == 24
    assert "Rosa Person" not in page
    assert "Acme kind" in page


def test_what_a_picture_says_is_in_its_title(make_dashboard):
    page = make_dashboard().read_text(encoding="utf-8")
    assert {name for name, _spec in _specs(page)} == {"engagement", "looser", "win_closed", "adoption"}
    assert re.search(r"Without employees, the profile takes in <?.*? times as many", page)
    assert "Win rate, by day of closing: " in page
    assert "Share of new deals inside: 50\u00a0% (10 to 90\u00a0%)" in page


def test_names_never_become_markup(make_dashboard):
    page = make_dashboard(called=HOSTILE).read_text(encoding="utf-8")
    assert "alert(1)</script>" not in page
    assert "<img" not in re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert "&lt;script&gt;alert(1)" in page


def test_the_page_may_run_its_own_scripts_only_and_load_nothing(make_dashboard):
    page = make_dashboard().read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe-eval" not in policy
    assert policy.count("'sha256-") == page.count("<script>") == 4
    assert "'unsafe-inline'" not in policy.partition("script-src")[2]


def test_the_libraries_end_no_script_element():
    bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    assert not re.search(r"</script|<!--", bundle, re.IGNORECASE)


def test_of_very_many_companies_some_are_shown_and_it_is_said(make_dashboard, monkeypatch):
    monkeypatch.setattr(dashboard, "FIRST", 12)
    monkeypatch.setattr(dashboard, "DRAWN", 5)
    page = make_dashboard(80).read_text(encoding="utf-8")
    table = page[page.index('id="companies"'):]
    table = table[:table.index("</section>")]
    assert len(re.findall(r"<tr><th scope=\"row\"", table)) == 17
    said = "17 of the 96 companies: the first 12 by points, and 5 of the others, drawn at random"
    assert [said in part for part in (page[:page.index('id="filters"')], table)] == [True, True]
    assert "Of <strong>96</strong> companies" in page
    picture = page[page.index('id="listening"'):page.index('id="companies"')]
    assert said in picture


@pytest.mark.slow
def test_five_thousand_accounts_stay_light(make_dashboard):
    page = make_dashboard(5000, called=("Northern Precision Engineering", "株式会社みらい精密工業"))
    assert page.stat().st_size < 6e6


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_is_missing_is_said(make_dashboard, language):
    bare = make_dashboard(8, engagement=False, criteria=0, gone=("scores", "segments", "adoption"), language=language)
    page = bare.read_text(encoding="utf-8")
    assert _specs(page) == []
    seen = re.sub("<noscript>.*?</noscript>", "", page, flags=re.DOTALL)
    assert seen.count('<p class="waiting">') == 3
    assert (">Points<" in page, ">Tier<" in page) == (False, False)


def test_the_same_is_written_alike(make_dashboard):
    assert make_dashboard().read_bytes() == make_dashboard.__wrapped__().read_bytes()
