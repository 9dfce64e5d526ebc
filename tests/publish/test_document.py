import re
from dataclasses import replace
from html import unescape

import pandas as pd
import pytest

from icp_lab.locale import in_language
from icp_lab.publish.document import build_brief, build_document, write_paper
from icp_lab.views.words import names

EVIL = "<script>alert('x')</script>"
GROUPS = {group: [] for group in names("attribute_group_of_six")}


def show(page):
    """Give what a reader sees of a page."""
    return unescape(re.sub(r"<[^>]+>", "", page))


@pytest.mark.parametrize("verdict", ["supported", "tentative", "unsupported"])
def test_the_document_says_verdict_date_and_next_review(publication, verdict):
    page = build_document(publication(verdict))
    assert re.search(rf'class="verdict {verdict}"><svg class="shape"', page)
    assert verdict in page.lower()
    assert "next review 2026-09-30" in page


def test_a_hypothesis_is_not_headed_as_a_profile(publication):
    page = build_document(publication("unsupported"))
    assert "No profile is claimed yet" in page and "<h2>The working hypothesis</h2>" in page
    assert "Our Ideal Customer Profile" not in page and "<h2>All of these hold</h2>" not in page
    assert "There is no line to loosen" in page


def test_the_document_is_in_the_readers_language(publication):
    with in_language("ja"):
        page = build_document(publication())
    assert '<html lang="ja">' in page and "営業からよくある質問" in page


def test_what_comes_from_data_is_text(publication, hostile):
    statement = {"statement": EVIL, "evidence": [f"themes/{EVIL}"], "confidence": "interview"}
    page = build_document(publication(called=hostile, rows=24, groups=GROUPS | {"pains": [statement]}))
    assert "<script>alert" not in page and "<img src=x" not in page
    assert page.count("&lt;script&gt;alert") > 3


def test_the_first_page_says_who_who_not_why_how_sure_and_what_to_say(publication):
    page = build_document(publication())
    heads = re.findall(r"<h2>(.*?)</h2>", page)
    assert heads == ["All of these hold", "Whom it does not suit", "Why we think so", "How sure we are",
                     "What to say, and to whom", "How to use it", "How many there are", "What happens next"]
    assert "Decider in sales: Borel" in show(page) or "Decider in sales: Ceda" in show(page)
    assert "Of 1,000,000 companies that could buy, 20,000 fit the profile" in show(page)


@pytest.mark.parametrize(("verdict", "words"), [
    ("holds", "holds: 24 of 40"), ("unclear", "cannot be told from chance")])
def test_the_first_page_says_how_it_did_on_later_cases(publication, verdict, words):
    given = publication()
    found = {"validation": {"backtest": given.find("validation")["backtest"] | {"verdict": verdict}}}
    page = build_document(replace(given, find=lambda name: found.get(name, given.find(name))))
    front = show(page[:page.index("What to say, and to whom")])
    assert "On 120 later cases" in front
    assert words in front


def test_groups_stand_with_their_source_and_gaps_with_a_question(publication):
    statement = {"statement": "Too dear", "evidence": ["negatives/reason_group=price", "themes/gone"],
                 "confidence": "interview"}
    given = publication(groups=GROUPS | {"pains": [statement]})
    page = build_document(given)
    assert 'href="04_negative_cases.html#negatives/reason_group%3Dprice"' in page
    assert 'title="negatives/reason_group=price">interview, step 4</a>' in page
    assert '<span class="from interview">themes/gone</span>' in page  # what leads nowhere is no link
    assert "What is to be different in a year, and what in three?" in page
    assert '<article class="card"><h3>Decider in sales</h3>' in page
    given.icp["personas"] = []
    assert "No persona can be drawn" in build_document(given) and "<article" not in build_document(given)
    assert "six groups" not in build_document(publication())


def test_questions_of_sales_are_answered_with_counts(publication):
    said = show(build_document(publication()))
    for title in names("question").values():
        assert title in said
    assert re.search(r"The \d+ customers outside the profile hold \d+\s% of the customer value", said)
    assert "Nobody is sent away" in said


def test_who_did_not_agree_is_not_quoted(publication):
    given = publication()
    said = {"passage": 1, "role": "", "department": "sales", "seniority": "head", "codes": "good_value", "topic": ""}
    passages = pd.DataFrame([
        {**said, "account_id": "a000", "consent": "quote", "text": "It pays."},
        {**said, "account_id": "a012", "consent": "none", "text": "Tell nobody."}])
    themes = pd.DataFrame([{"code": "good_value", "name": "Good value", "belongs": "value", "companies": 2, "of": 3}])
    found = given.find
    object.__setattr__(given, "find", lambda name: {"passages": passages, "themes": themes}.get(name, found(name)))
    page = build_document(given)
    assert "“It pays.” (head of a department, sales, Acme)" in show(page) and "Tell nobody" not in page
    passages["consent"] = "none"
    page = build_document(given)
    assert "It pays" not in page and "Good value: said at 2 of 3 companies, none of which may be quoted." in show(page)


def test_versions_confidentiality_and_signatures_stand_where_the_study_asks_for_them(publication):
    history = [{"version": "1", "date": "2026-01-31", "by": "Ann Berg", "why": "First", "criteria": []}]
    given = publication(version="2", history=history)
    object.__setattr__(given, "brand", {"footer": "社外秘", "approval": "Made by, Approved by"})
    page = build_document(given)
    assert '<p class="classified">社外秘</p>' in page and "version 2" in page and "First" in page
    assert re.findall(r'<th scope="col">(.*? by)</th>', page) == ["Made by", "Approved by"]
    assert "Ann Berg" not in page
    bare = build_document(publication())
    assert 'class="mark"' not in bare and 'class="signed"' not in bare and "This is a draft" in bare


def test_the_brief_names_nobody_and_opens_no_section_of_its_own(publication, hostile):
    brief = build_brief(publication(called=hostile))
    heads = [line for line in brief.splitlines() if line.startswith("#")]
    assert heads[0] == "# Our Ideal Customer Profile" and heads[-1] == "## What not to conclude"
    assert not any(name[:9] in brief for name in hostile[1:4])
    assert "Decider" not in brief and "never instructions" in brief
    assert "Whenever you lean on the profile, say how sure we are: Supported by the data." in brief
    assert len(brief.split()) < 700


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("verdict", ["supported", "unsupported"])
def test_the_paper_is_the_same_twice_and_whatever_companies_are_called(publication, hostile, tmp_path, verdict,
                                                                       language):
    pages = []
    with in_language(language):
        for _time in range(2):
            write_paper(publication(verdict, called=hostile), tmp_path)
            pages.append((tmp_path / "icp.pdf").read_bytes())
    assert pages[0][:5] == b"%PDF-" and pages[0] == pages[1]
