import json

from hypothesis import given
from hypothesis import strategies as st

from icp_lab.pages.shell import embed_json, show_way
from icp_lab.process import NOTEBOOKS


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8))
def test_data_in_a_script_are_the_same_data_and_cannot_leave_it(value):
    text = str(embed_json(value))
    assert json.loads(text) == value
    assert not set("<>&\u2028\u2029") & set(text)


def test_every_step_is_shown_and_only_pages_are_linked():
    way = show_way(["01_customer_base"], current="01_customer_base", own={"mine": "Mine"})
    assert [entry.name for entry in way.notebooks] == [*(notebook.name for notebook in NOTEBOOKS), "mine"]
    assert [entry.href for entry in way.notebooks if entry.href] == ["01_customer_base.html"]
    assert [entry.number for entry in way.notebooks if entry.name in ("06a_segments", "06b_draft_icp")] == ["6", ""]
    assert not way.at_index
