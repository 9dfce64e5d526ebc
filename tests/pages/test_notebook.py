import json
import re

import nbformat
import pytest

from icp_lab.pages.notebook import PageFacts, render_page
from icp_lab.process import BY_NAME

markdown, code, output = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell, nbformat.v4.new_output
PAGES = ("01_customer_base", "02_best_customers", "09_icp_document")
EVIL = "<script>alert('x')</script>"


def tags(page, tag, **attributes):
    """Attributes of all elements that have these, whatever the order in which they are written."""
    found = [dict(re.findall(r'([\w-]+)="([^"]*)"', inner)) for inner in re.findall(rf"<{tag}\b([^>]*)>", page)]
    return [each for each in found if attributes.items() <= each.items()]


def html(text):
    return output("display_data", {"text/html": text, "text/plain": "text"})


def make_page(*cells, **facts):
    known = {"name": "02_best_customers", "language": "en", "study": "Demo", "pages": PAGES, **facts}
    return render_page(nbformat.v4.new_notebook(cells=list(cells)), PageFacts(**known))


@pytest.fixture(scope="module")
def page():
    return make_page(
        markdown("# The best\n\n*Who succeeds most?*"),
        code("x = 1", outputs=[html('<p class="headline">Twelve of 80 do.</p>')]),
        markdown("## Ranking\n\nWhy.\n\n```\n## no heading\n```\n\n### Finer"),
        code('here.answer("2a")', outputs=[html('<span class="item" id="item-2a"></span>'), html("<p>shown</p>")]),
        markdown("## Ranking\n\nAgain."),
        markdown("## Method\n\nBy counting."),
        code("y = 2", outputs=[
            output("stream", name="stdout", text=EVIL), output("stream", name="stderr", text="noise"),
            output("error", ename="E", evalue="v", traceback=[f"\x1b[31m{EVIL}\x1b[0m"]),
        ]),
        provenance=(("Study", EVIL),), parameters=(("top_share", "0.15", "share called best"),),
    )


def test_the_answer_comes_first_and_once(page):
    assert page.count("Twelve of 80 do.") == 1
    assert page.index("Who succeeds most?") < page.index("Twelve of 80 do.") < page.index("<h2>Ranking")


def test_sections_can_be_linked_to_and_doubles_told_apart(page):
    assert '<section id="ranking">' in page
    assert '<section id="ranking-2">' in page
    assert '<a href="#ranking-2">Ranking</a>' in page
    assert "<h2>no heading" not in page


def test_a_sub_item_is_found_at_the_head_of_its_section_and_once(page):
    assert page.count('id="item-2a"') == 1
    assert page.index('id="item-2a"') < page.index("<h2>Ranking")


def test_method_and_traces_are_folded(page):
    assert re.search(r'<details class="fold" id="method"><summary><h2>Method', page)
    trace = page.index("The technical trace")
    assert page.rindex("<details", 0, trace) > page.rindex("</details>", 0, trace)
    assert "\x1b" not in page


def test_text_of_outputs_and_facts_is_text(page):
    assert EVIL not in page
    assert "&lt;script&gt;" in page


def test_nothing_is_fetched(page):
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    assert "@import" not in page
    assert not re.findall(r"url\((?!#)", page)


def test_the_way_through_the_process_links_what_is_there(page):
    assert '<a href="01_customer_base.html">' in page
    assert [link["href"] for link in tags(page, "a", **{"aria-current": "page"})] == ["02_best_customers.html"]
    assert "03_interviews.html" not in page
    assert BY_NAME["03_interviews"].title in page


def test_code_is_there_but_behind_the_switch(page):
    assert '<div class="code">' in page
    assert 'id="show-code"' in page


def test_ids_are_unique(page):
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_a_failed_step_says_so_in_plain_words_before_anything_else():
    page = make_page(markdown("# T\n\n## Next\n\nText"), trouble=f"row 12: {EVIL}")
    assert page.index("This step did not finish.") < page.index("row 12: &lt;script&gt;") < page.index("<h2>Next")


def test_a_page_in_japanese_says_so():
    page = make_page(markdown("# 優良顧客\n\n## 順位\n\n本文"), language="ja")
    assert '<html lang="ja">' in page
    assert "順位" in [section["id"] for section in tags(page, "section") if section]
    json.loads(re.search(r'<script[^>]*page-words[^>]*>(.*?)</script>', page)[1])


def test_the_analysts_own_notebook_has_its_place():
    page = make_page(markdown("# Mine\n\nText"), name="my_look", pages=(*PAGES, "my_look"), own={"my_look": "My look"})
    assert tags(page, "a", href="my_look.html") == [{"href": "my_look.html", "aria-current": "page"}]
    assert ">My look</a>" in page


def test_a_notebook_without_a_title_still_makes_a_page():
    page = make_page(code("1"))
    assert "<h1>The best customers</h1>" in page


def test_the_answer_stands_before_the_introduction():
    page = make_page(
        markdown("# The best\n\n*Who succeeds most?*\n\nWhat goes in."),
        code("x = 1", outputs=[html('<p class="headline">Twelve of 80 do.</p>')]))
    assert page.index("Who succeeds most?") < page.index("Twelve of 80 do.") < page.index("What goes in.")


def test_items_that_wait_for_the_same_table_say_it_once():
    waiting = [html(f'<span class="item" id="item-6{letter}"></span><p>waits for reference</p>') for letter in "bcd"]
    page = make_page(markdown("# The draft"), markdown("## Groups"), code("y = 1", outputs=waiting))
    assert page.count("waits for reference") == 1 and all(f'id="item-6{letter}"' in page for letter in "bcd")
