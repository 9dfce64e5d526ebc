"""Every page of the demo's report, in both languages, on a phone and on a desk, with the network off."""

import html
import re
import shutil
import subprocess
from urllib.parse import unquote

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LANGUAGES = ("en", "ja")
OWN = ("private", "artifacts", "to_fill")  # folders that are not for sharing
WIDTHS = (390, 1440)
UNNAMED_PICTURES = """() => [...document.querySelectorAll('img, svg[role=img], figure svg')].filter(picture =>
    picture.getClientRects().length && !picture.closest('[aria-hidden=true]') && !(picture.getAttribute('alt')
    || picture.getAttribute('aria-label') || picture.getAttribute('aria-labelledby')
    || picture.querySelector(':scope > title')
    || picture.closest('[role=graphics-document][aria-label]'))).map(picture => picture.outerHTML.slice(0, 100))"""
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
LINKS = "() => [...document.querySelectorAll('a[href]')].map(link => link.getAttribute('href'))"


def _pages(folder):
    pages = sorted([*folder.glob("*.html"), *folder.glob("versions/*.html")])
    assert {"index.html", "icp.html", "06b_draft_icp.html"} <= {page.name for page in pages}
    return pages


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_quiet_and_fits(visit, reports, language, width):
    wrong = {}
    for path in _pages(reports[language]):
        seen = visit(path, width)
        found = {"requests": seen.requests, "errors": seen.errors, "overflow": seen.overflow}
        wrong[path.name] = {name: what for name, what in found.items() if what}
        seen.page.close()
    assert {name: what for name, what in wrong.items() if what} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_says_its_language_and_what_it_shows(visit, reports, language):
    wrong = []
    for path in _pages(reports[language]):
        page = visit(path).page
        if page.locator("html").get_attribute("lang") != language:
            wrong.append(f"{path.name}: lang")
        if page.locator("h1").count() != 1 or not page.title():
            wrong.append(f"{path.name}: one h1 and a title")
        wrong += [f"{path.name}: no text for {picture}" for picture in page.evaluate(UNNAMED_PICTURES)]
        page.close()
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_leads_somewhere(visit, reports, language):
    wrong = []
    for path in _pages(reports[language]):
        page = visit(path).page
        for link in set(page.evaluate(LINKS)):
            name, _, anchor = link.partition("#")
            target = path.parent / name if name else path
            if re.match(r"[a-z]+:", name) or not target.exists():
                wrong.append(f"{path.name}: {link}")
            elif anchor and f'id="{anchor}"' not in target.read_text(encoding="utf-8"):
                wrong.append(f"{path.name}: nothing is called {anchor} in {target.name}")
        page.close()
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_leads_out_of_the_report_or_to_what_is_not_for_sharing(reports, language):
    """Without exception: pages name what lies in private/ and to_fill/ to those who need it, and link none of it."""
    out, wrong = reports[language].resolve(), []
    shared = [path for path in out.rglob("*.html") if path.relative_to(out).parts[0] not in OWN]
    assert len(shared) >= 14
    for path in shared:
        # What stands in a tag: texts and scripts may speak of addresses.
        tags = re.sub(r"<script\b.*?</script>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for place in re.findall(r"""<[a-z][^>]*?\s(?:xlink:)?(?:href|src|action|data|poster)="([^"]*)\"""", tags):
            name, _, anchor = html.unescape(place).partition("#")  # an id is written as links write it
            name = unquote(name)
            target = (path.parent / name).resolve() if name else path
            if name.startswith(("data:image/", "data:,")):  # a picture, no picture
                continue
            if not target.is_relative_to(out) or not target.is_file():
                wrong.append(f"{path.name}: {place}")
            elif target.relative_to(out).parts[0] in OWN:
                wrong.append(f"{path.name} leads to what is not for sharing: {place}")
            elif anchor and f'id="{anchor}"' not in html.unescape(target.read_text(encoding="utf-8")):
                wrong.append(f"{path.name}: nothing is called {anchor} in {target.name}")
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_are_small_enough_to_open_at_once(reports, language):
    sizes = {path.name: path.stat().st_size for path in _pages(reports[language])}
    assert sizes.pop("index.html") < 300_000
    assert sizes.pop("dashboard.html") < 6_000_000
    assert {name: size for name, size in sizes.items() if size >= 3_000_000} == {}


def test_a_page_in_japanese_speaks_japanese(visit, reports):
    """No sentence of a page is without a Japanese character; rows of a table and code may hold nothing but data."""
    quiet = []
    for path in _pages(reports["ja"]):
        page = visit(path).page
        page.evaluate("() => document.querySelectorAll('main pre').forEach(code => code.remove())")
        text = page.locator("main").inner_text()
        paragraphs = [line for line in text.splitlines() if len(line) > 60 and "\t" not in line]
        quiet += [f"{path.name}: {line[:80]}" for line in paragraphs if not JAPANESE.search(line)]
        page.close()
    assert quiet == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_search_box_says_why_an_account(visit, reports, language):
    seen = visit(reports[language] / "index.html")
    box = seen.page.get_by_role("searchbox")
    before = seen.page.locator("main").inner_text()
    box.press_sequentially("a")
    seen.page.wait_for_function("before => document.querySelector('main').innerText !== before", arg=before)
    assert (seen.requests, seen.errors) == ([], [])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_themes_keep_words_legible(visit, reports, theme):
    """The page's own ink on its own ground has the contrast that WCAG asks of text (4.5 to 1)."""
    page = visit(reports["en"] / "index.html", color_scheme=theme).page
    ink, ground = (page.evaluate(f"getComputedStyle(document.body).{what}") for what in ("color", "backgroundColor"))
    light, dark = sorted((_luminance(ink), _luminance(ground)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
    assert (_luminance(ground) > 0.5) == (theme == "light")


def _luminance(colour):
    """Relative luminance of an `rgb(...)` colour (WCAG 2.2)."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_pages_can_be_read_without_scripts(visit, reports):
    """Without JavaScript nothing is hidden for good: the answer and the tables are there."""
    page = visit(reports["en"] / "06b_draft_icp.html", java_script_enabled=False).page
    assert page.locator("h1").is_visible()
    assert page.locator("table").first.is_visible()


LENGTHEN = """() => { const table = document.querySelector('table:has(thead button)');
    table.closest('.scroll').classList.remove('long');
    const rows = [...table.tBodies[0].rows];
    for (let k = rows.length; k < 120; k++) table.tBodies[0].append(rows[k % rows.length].cloneNode(true));
    return [...table.tHead.rows[0].cells].map(cell => cell.innerText.split('\\n')[0].trim()); }"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_table_goes_on_overleaf_under_its_heads(visit, reports, language, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("the package poppler-utils is missing (see system-packages.txt)")
    page = visit(reports[language] / "08a_targeting.html", 1440).page
    heads = page.evaluate(LENGTHEN)
    page.pdf(path=tmp_path / "paper.pdf", prefer_css_page_size=True)
    words = subprocess.run(["pdftotext", "-layout", tmp_path / "paper.pdf", "-"], capture_output=True, check=True)
    headed = [sheet for sheet in words.stdout.decode().split("\f") if all(head in sheet for head in heads)]
    assert len(headed) >= 3
