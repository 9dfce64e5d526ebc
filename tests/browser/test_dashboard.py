"""The dashboard in a browser: filters, search, sorting, the selection in the picture, CSV, and life without scripts."""

import csv
import io

import pytest

pytestmark = pytest.mark.browser

HOSTILE = ("<script>document.title = 'run'</script>", "\"><img src=x onerror=\"document.title = 'run'\">", "=1+1",
           "@🎉 ﾊﾝｶｸ")
DRAWN = "document.querySelectorAll('.chart svg').length === document.querySelectorAll('.chart').length"
SHOWN = "() => [...document.querySelectorAll('#companies tbody tr:not([hidden])')].map(row => row.cells[0].textContent)"


@pytest.fixture
def board(visit, make_dashboard):
    """Open the dashboard of twenty accounts and four leads, once its pictures are drawn."""

    def open_board(address="", **settings):
        seen = visit(make_dashboard(**settings), fragment=address)
        seen.page.wait_for_function(DRAWN)
        return seen

    return open_board


def _shown(page):
    return page.evaluate(SHOWN)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_it_draws_its_pictures_and_asks_for_nothing(board, language):
    seen = board(language=language)
    assert seen.page.locator(".chart svg").count() == 4
    assert (seen.requests, seen.errors, seen.overflow) == ([], [], None)


def test_filters_by_keyboard_narrow_table_and_picture(board):
    page = board().page
    page.get_by_role("checkbox", name="lead").focus()
    page.keyboard.press("Space")
    assert page.locator("#shown").inner_text() == "4 of 24 companies"
    assert len(_shown(page)) == 4
    page.get_by_role("searchbox").focus()
    page.keyboard.type("ＡＣＭＥ")
    assert len(_shown(page)) == 1
    page.get_by_role("button", name="Clear filters").press("Enter")
    page.locator("#shown", has_text="24 of 24 companies").wait_for()
    assert len(_shown(page)) == 24


def test_what_is_asked_is_in_the_address(board):
    page = board("#kind=lead&points_from=60").page
    assert page.get_by_role("checkbox", name="lead").is_checked()
    assert 0 < len(_shown(page)) < 24
    assert page.evaluate("location.hash") == "#kind=lead&points_from=60"


def test_sorting_by_keyboard(board):
    page = board().page
    head = page.locator("#companies th", has_text="Company")
    head.get_by_role("button").press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    assert _shown(page) == sorted(_shown(page), key=lambda name: (name.split()[0], int(name.split()[1])))


def test_a_box_in_the_picture_selects_and_the_fields_say_what(board):
    page = board().page
    box = page.locator(".chart[data-name=engagement] svg").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] - 60, steps=5)
    page.mouse.up()
    least = page.get_by_label("Points, at least").input_value()
    assert least
    page.wait_for_function(f"() => ({SHOWN})().length < 24")
    points = page.evaluate("""() => [...document.querySelectorAll('#companies tbody tr:not([hidden])')].map(
        row => Number(row.cells[4].textContent))""")
    assert points
    assert min(points) >= float(least)


def test_the_csv_holds_what_is_shown_as_text(board):
    page = board(called=HOSTILE).page
    page.get_by_role("checkbox", name="customer").check()
    with page.expect_download() as caught:
        page.get_by_role("button", name="Save as CSV").press("Enter")
    data = caught.value.path().read_bytes()
    head, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    assert data.startswith(b"\xef\xbb\xbf")
    assert caught.value.suggested_filename == "companies.csv"
    assert (head[0], len(rows)) == ("Company", len(_shown(page)))
    assert not [cell for row in rows for cell in row if cell[:1] in "=+@" and cell]
    assert any(row[0].startswith("'=1+1") for row in rows)
    assert all(row[head.index("Points")].isdigit() for row in rows)


def test_names_are_text_wherever_they_stand(board):
    seen = board(called=HOSTILE)
    page = seen.page
    page.locator(".chart[data-name=engagement] .mark-symbol path").first.hover()
    assert page.locator(".tip").inner_text()
    assert page.locator("main img, main table script").count() == 0
    assert "run" not in page.title()
    assert any(name.startswith("<script>") for name in _shown(page))
    assert seen.errors == []


def test_without_scripts_the_table_is_there(visit, make_dashboard):
    page = visit(make_dashboard(), java_script_enabled=False).page
    assert page.locator("#companies tbody tr").count() == 24
    assert page.locator("#companies tbody tr").nth(23).is_visible()
    assert not page.locator("#filters").is_visible()
    assert page.locator(".chart:visible").count() == 0
    assert all(each.is_visible() for each in page.locator("figure:has(.chart) .finding").all())


def test_paper_has_the_pictures_and_all_that_the_filters_leave(board):
    page = board("#kind=prospect&kind=customer").page
    page.emulate_media(media="print")
    assert page.locator(".chart svg").first.is_visible()
    assert page.locator("#companies tbody tr:visible").count() == 20
    assert page.locator("#shown").is_visible()
    assert not page.get_by_role("searchbox").is_visible()


@pytest.mark.parametrize("width", [390, 768])
def test_it_fits_a_narrow_page(visit, make_dashboard, width):
    seen = visit(make_dashboard(), width)
    seen.page.wait_for_selector(".chart svg")
    assert (seen.overflow, seen.errors) == (None, [])
