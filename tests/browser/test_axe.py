"""axe-core, which knows the rules of accessible pages, on all pages of the demo: in both languages, light and dark."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="session")
def axe():
    """Take axe-core as it comes in a package of Python: nothing is fetched."""
    package = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is missing")
    return package.Axe()


def _judge(axe, page):
    """List what is serious or critical: the rule and the first place."""
    found = axe.run(page).response["violations"]
    return [f"{one['id']} ({len(one['nodes'])}): {one['nodes'][0]['html'][:120]}" for one in found
            if one["impact"] in ("serious", "critical")]


def test_axe_sees_what_is_wrong(axe, visit, tmp_path):
    page = tmp_path / "page.html"
    page.write_text('<!doctype html><html lang="en"><title>Wrong</title><main><h1>A</h1><img src="data:,"></main>',
                    encoding="utf-8")
    assert [one.partition(" ")[0] for one in _judge(axe, visit(page).page)] == ["image-alt"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_no_page_shuts_anybody_out(axe, visit, reports, language, theme):
    wrong = {}
    for path in sorted([*reports[language].glob("*.html"), *reports[language].glob("versions/*.html")]):
        page = visit(path, color_scheme=theme).page
        for picture in page.locator(".chart").all():
            picture.locator("svg").wait_for()
        wrong[path.relative_to(reports[language]).as_posix()] = _judge(axe, page)
        page.close()
    assert len(wrong) >= 14
    assert {name: found for name, found in wrong.items() if found} == {}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_dashboard_without_data_shuts_nobody_out(axe, visit, make_dashboard, language):
    bare = make_dashboard(8, engagement=False, criteria=0, gone=("scores", "segments", "adoption"), language=language)
    assert _judge(axe, visit(bare, 390).page) == []
