"""Every page of the demo by the keyboard alone, and every page without JavaScript."""

from collections import Counter

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SOME = ("06b_draft_icp.html", "dashboard.html", "icp.html", "index.html")
# What the Tab key is to reach, in the order of the page, and every place where it went, with how it looked there.
WALK = """() => {
    document.body.insertAdjacentHTML('afterbegin', '<i tabindex="-1" id="before"></i>');
    document.getElementById('before').focus();
    const ring = (one) => {
        const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(one);
        return [outlineStyle === 'none' ? '' : `${outlineStyle} ${outlineWidth} ${outlineColor}`, boxShadow];
    };
    const seen = (one) => one.checkVisibility({ visibilityProperty: true });
    const told = (one) => one.outerHTML.slice(0, 100);
    const stops = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
        .filter((one) => seen(one) && !one.disabled);
    const boxes = [...document.body.querySelectorAll('*')].filter((one) => seen(one) && one.clientWidth
        && one.scrollWidth > one.clientWidth + 1 && ['auto', 'scroll'].includes(getComputedStyle(one).overflowX));
    const before = stops.map(ring);
    window.walk = { stops: stops.map(told), went: [], wrong: boxes.filter((box) => !stops.includes(box)).map(
        (box) => `scrolls, but not by keyboard: ${told(box)}`) };
    addEventListener('focusin', ({ target }) => {
        const place = stops.indexOf(target);
        walk.went.push(place);
        if (place < 0) return;
        const [now, { left, right, top, bottom }] = [ring(target), target.getBoundingClientRect()];
        const say = (what) => walk.wrong.push(`${what}: ${told(target)}`);
        if (now.every((look, at) => look === before[place][at] || ['', 'none'].includes(look))) say('no ring');
        if (!target.checkVisibility({ opacityProperty: true })) say('cannot be seen');
        if (right <= 0 || bottom <= 0 || left >= innerWidth || top >= innerHeight) say('out of the window');
    });
    window.last = stops.at(-1);
    return stops.length;
}"""
# Every fold, with whether it was open and how often a key pressed it.
FOLDS = """() => {
    window.folds = [...document.querySelectorAll('summary')].filter((one) => one.checkVisibility()).map(
        (one) => ({ one, open: one.parentElement.open, pressed: 0 }));
    for (const fold of folds) fold.one.addEventListener('click', () => { fold.pressed += 1; });
    return folds.length;
}"""
STUCK = """() => folds.filter(({ one, open, pressed }) => {
    const stuck = pressed !== 3 || one.parentElement.open === open;
    one.parentElement.open = true;
    return stuck;
}).map(({ one, open, pressed }) => `does not fold: ${one.innerText}, ${open} at first, pressed ${pressed} times`)"""


def _pages(report, names=("*.html", "versions/*.html")):
    found = sorted(path for name in names for path in report.glob(name))
    return {path.relative_to(report).as_posix(): path for path in found}


def _open(visit, path, width=1440, **settings):
    page = visit(path, width, reduced_motion="reduce", **settings).page
    for picture in page.locator(".chart").all():
        picture.locator("svg").wait_for()
    return page


def _unfold(page):
    """Open every fold by its keys, Space to and fro and then Enter; list those that did not follow."""
    for place in range(page.evaluate(FOLDS)):
        page.evaluate("place => folds[place].one.focus()", place)
        for key in ("Space", "Space", "Enter"):
            page.keyboard.press(key)
    return page.evaluate(STUCK)


def _walk(page):
    """Hold Tab until all is reached, and once more: list what is left out, out of turn, or does not show its focus."""
    number = page.evaluate(WALK)
    for _step in range(number + 1):
        page.keyboard.down("Tab")
    page.keyboard.up("Tab")
    found = page.evaluate("walk")
    went, due = found["went"], list(range(number))
    if went[:number] != due or went[number:] not in ([], [-1], [0]):  # from the last place it leads out, or round
        turn = next((n for n, (one, other) in enumerate(zip(went, due, strict=False)) if one != other), len(went) - 1)
        found["wrong"].append(f"left out, out of turn or trapped at {turn} of {number}: {found['stops'][turn]}")
    return found["wrong"], number


def _press(page):
    """Use what a page offers by its keys (the way past the masthead, light and dark, sorting, all rows): which work?"""
    page.keyboard.press("Tab")
    shown = page.evaluate("document.activeElement.matches('.skip') && document.activeElement.offsetLeft >= 0")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    done = {"skip": shown and page.evaluate("document.activeElement.closest('main, .contents') !== null")}
    page.locator("#theme").press("Enter")
    done["theme"] = page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.locator("#theme").press("Space")
    if (sort := page.locator("thead button:visible")).count():
        sort.first.press("Space")
        done["sort"] = page.locator("th:focus-within[aria-sort]").count() == 1
    if (more := page.locator(".more:visible")).count():
        rows = page.locator("tbody tr:visible").count()
        more.first.press("Enter")
        done["more"] = page.locator("tbody tr:visible").count() > rows
    if (code := page.locator("#show-code")).count():
        code.press("Space")
        done["code"] = page.locator(".code").first.is_visible()
    return done


@pytest.mark.parametrize(("language", "width", "names"), [
    ("en", 1440, ("*.html", "versions/*.html")), ("en", 390, SOME), ("ja", 1440, SOME)])
def test_the_tab_key_reaches_everything_in_order_and_shows_where_it_is(visit, reports, language, width, names):
    wrong, pressed, stops = {}, Counter(), 0
    pages = _pages(reports[language], names)
    for name, path in pages.items():
        page = _open(visit, path, width)
        done = _press(page)
        found = [f"{what} by its keys" for what, works in done.items() if not works] + _unfold(page)
        more, number = _walk(page)
        wrong[name], stops = found + more, stops + number
        pressed.update(done.keys())
        page.close()
    assert {name: found for name, found in wrong.items() if found} == {}
    assert stops > 20 * len(pages)
    assert set(pressed) == {"skip", "theme", "sort", "more", "code"}


def test_the_way_back_is_the_way_forth(visit, reports):
    page = _open(visit, reports["en"] / "dashboard.html")
    number = page.evaluate(WALK)
    page.evaluate("last.focus()")
    for _step in range(number - 1):
        page.keyboard.press("Shift+Tab")
    assert page.evaluate("walk.went") == list(range(number))[::-1]


def test_the_search_box_of_the_index_answers_to_the_keyboard(visit, reports):
    page = _open(visit, reports["en"] / "index.html")
    page.get_by_role("searchbox").focus()
    page.keyboard.type("a")
    many = page.locator("#found article").count()
    page.keyboard.type("0001")
    assert (many, page.locator("#found article").count()) == (8, 1)
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    assert page.locator("#found").inner_text() == ""


# Without scripts: texts that nobody can come to see (folds open by themselves), controls that would do nothing, links
# within the page that lead nowhere, heads without a text. Of a picture one drawing is shown at a time; what hides the
# code is style.
BARE = """() => {
    document.querySelectorAll('details').forEach((fold) => { fold.open = true; });
    const told = (one) => one.outerHTML.slice(0, 100);
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const hidden = new Set();
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        const one = text.parentElement;
        if (text.data.trim() && !one.closest('script, .narrow, .wide, .code, .process summary, button, form, #ask')
            && !one.checkVisibility({ visibilityProperty: true })) hidden.add(one.closest('[hidden]') ?? one);
    }
    const controls = [...document.querySelectorAll('button, input, select, textarea')].filter(
        (one) => one.checkVisibility() && one.id !== 'show-code');
    const nowhere = [...document.querySelectorAll('a[href^="#"]')].filter(
        (one) => !document.getElementById(decodeURIComponent(one.hash.slice(1))));
    const empty = [...document.querySelectorAll('main section:has(> h2)')].filter((one) => one.checkVisibility()
        && one.innerText.trim() === one.querySelector('h2').innerText.trim());
    return Object.entries({ hidden: [...hidden], controls, nowhere, empty }).flatMap(
        ([what, those]) => those.map((one) => `${what}: ${told(one)}`));
}"""


@pytest.mark.parametrize(("language", "names"), [("en", ("*.html", "versions/*.html")), ("ja", SOME)])
def test_without_scripts_every_page_shows_all_that_it_says(visit, reports, language, names):
    wrong = {}
    for name, path in _pages(reports[language], names).items():
        page = visit(path, java_script_enabled=False).page
        wrong[name] = page.evaluate(BARE)
        page.close()
    assert {name: found for name, found in wrong.items() if found} == {}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_needs_scripts_says_so_without_them(visit, reports, language):
    """The index names the file that lists all accounts; the dashboard has a table for each of its pictures."""
    page = visit(reports[language] / "index.html", java_script_enabled=False).page
    assert "icp.xlsx" in page.locator("#why").inner_text()
    assert not page.get_by_role("searchbox").is_visible()
    page = visit(reports[language] / "dashboard.html", java_script_enabled=False).page
    assert "JavaScript" in page.locator("#listening").inner_text()
    for section in ("#companies", "#looser", "#trend"):
        for fold in page.locator(f"{section} summary").all():
            fold.click()
        assert page.locator(f"{section} table").first.is_visible()
        assert section == "#companies" or page.locator(f"{section} figure:has(.chart) .finding").first.is_visible()
    assert page.locator("#companies tbody tr:visible").count() > 500
