"""Each line of the document is followed to the rows that it rests on, and to the place that shows them."""

import re
from html import unescape

import pytest
from ruamel.yaml import YAML

from icp_lab import open_study
from icp_lab.artifacts import BY_NAME
from icp_lab.artifacts.manifest import folder_of
from icp_lab.artifacts.store import read_artifact
from icp_lab.icp.evidence import find_evidence
from icp_lab.process import WRITER

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def follow(out, study):
    """List chips that lead nowhere, and count those that lead somewhere; a chip is a link to a page of the report."""
    def find(name):
        return read_artifact(folder_of(out, WRITER[name]), BY_NAME[name])

    page = (out / "icp.html").read_text(encoding="utf-8")
    definition = YAML(typ="safe").load((out / "icp.yml").read_text(encoding="utf-8"))
    stated = [each for group in definition["groups"].values() for one in group for each in one["evidence"]]
    stated += [each for one in definition["personas"] for each in one["evidence"]]
    chips = re.findall(r'<a class="from \w+" href="([^"]+)" title="([^"]+)"', page)
    wrong = re.findall(r'<span class="from.*?</span>', page)
    for href, evidence in chips:
        file, _hash, anchor = href.partition("#")
        target = (out / file).read_text(encoding="utf-8")
        if anchor and f'id="{anchor}"' not in target:
            wrong.append(href)
        if find_evidence(unescape(evidence), find, study.table) is None:
            wrong.append(evidence)
    wrong += [each for each in stated if find_evidence(each, find, study.table) is None]
    return wrong, len(chips), len(stated)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_line_of_the_document_leads_to_what_it_rests_on(root, reports, language):
    wrong, chips, stated = follow(reports[language], open_study(root / "data/demo"))
    assert wrong == []
    assert chips > 50 and stated > 50


@pytest.mark.parametrize("language", ["en", "ja"])
def test_questions_open_by_keyboard_and_are_printed_open(visit, reports, language):
    page = visit(reports[language] / "icp.html", 1440).page
    fold = page.locator("details.fold").first
    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    assert fold.locator("table").is_visible()
    page.emulate_media(media="print")
    assert all(each.is_visible() for each in page.locator("details.fold table").all())


def test_a_chip_leads_to_the_row(visit, reports):
    page = visit(reports["en"] / "icp.html", 1440).page
    page.locator('a.from[href*="contrasts/best_negative"]').first.click()
    page.wait_for_url("**/04_negative_cases.html#contrasts/**")
    assert page.locator("tr:target").is_visible()
