
import json
import re
from html.parser import HTMLParser

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from icp_lab.pages.render import embed_json, render_picture, render_prose, render_table, show_way
from icp_lab.process import NOTEBOOKS
from icp_lab.views.picture import paint
from icp_lab.views.table import Column, Table
from icp_lab.views.words import Prose

EVIL = "<script>alert('x')</script>\"&"


class Reader(HTMLParser):
    """Collects tags and text, as a browser would see them."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.words = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)


def test_text_out_of_data_is_never_markup():
    frame = pd.DataFrame({EVIL: [EVIL, "b"], "n": [1.0, 2.0]})
    table = Table(frame, (Column(EVIL, EVIL), Column("n", EVIL, "integer", EVIL)), title=EVIL, note=EVIL)
    picture = paint(lambda axes, narrow: axes.set_xlabel(EVIL), title=EVIL, subtitle=EVIL, foot=EVIL, alt=EVIL)
    for html in (render_table(table), render_picture(picture), render_prose(Prose(EVIL))):
        reader = Reader(html)
        assert "script" not in {tag for tag, _attrs in reader.tags}
        assert EVIL in "".join(reader.words)


def test_bold_is_the_only_markup_of_a_sentence():
    assert render_prose(Prose("**a** <b>b</b>")) == '<p class="prose"><strong>a</strong> &lt;b&gt;b&lt;/b&gt;</p>'


def test_a_table_says_what_it_is_sorted_by_and_what_to_compare():
    frame = pd.DataFrame({"name": ["a", "b"], "value": [1234567.0, None], "day": pd.to_datetime(["2026-01-31", None])})
    columns = (Column("name", "Name"), Column("value", "Value", "money", "EUR"), Column("day", "Day", "date"))
    html = render_table(Table(frame, columns, sort="-value"))
    assert re.search(r'<th scope="col" class="right" aria-sort="descending">Value', html)
    assert '<td class="right" data-key="1234567.0">1.2</td>' in html
    assert '<td class="right missing" data-key="">' in html
    assert '<th scope="row" class="left">a</th>' in html


def test_a_picture_has_both_drawings_and_hides_the_narrow_one_by_itself():
    html = render_picture(paint(lambda axes, narrow: axes.plot([1], [1]), title="T", alt="a dot"))
    assert html.count("<svg") == 2
    assert '<div class="narrow" hidden>' in html
    assert html.count('aria-label="a dot"') == 2


def test_percent_signs_stay_with_their_figures():
    assert "42\u00a0%" in render_prose(Prose("42 % of them"))


def test_a_table_without_rows_says_so_instead_of_showing_heads():
    empty = Table(pd.DataFrame({"a": []}), (Column("a", "Attribute"),), title="What was found", note="A note.")
    shown = render_table(empty)
    assert "Nothing to list." in shown and "A note." in shown and "<table" not in shown


def test_wordy_cells_ask_for_room():
    frame = pd.DataFrame({"a": ["x"], "b": ["a sentence that would break into many lines"]})
    shown = render_table(Table(frame, (Column("a", "A"), Column("b", "B"))))
    assert shown.count("wordy") == 1


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8))
def test_data_in_a_script_are_the_same_data_and_cannot_leave_it(value):
    text = str(embed_json(value))
    assert json.loads(text) == value
    assert not set("<>&\u2028\u2029") & set(text)


def test_every_step_is_shown_and_only_pages_are_linked():
    way = show_way(["01_customer_base"], current="01_customer_base", own={"mine": "Mine"})
    assert [entry.name for entry in way] == [*sorted(notebook.name for notebook in NOTEBOOKS), "mine"]
    assert [entry.href for entry in way if entry.href] == ["01_customer_base.html"]
    assert [entry.number for entry in way if entry.name in ("06a_segments", "06b_draft_icp")] == ["6", ""]
