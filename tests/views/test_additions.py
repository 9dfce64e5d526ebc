"""Each criterion says whom it alone keeps out, and a profile without any says that."""

from dataclasses import replace
from datetime import date

import pandas as pd

from icp_lab.locale import in_language
from icp_lab.methods.evidence import find_icp
from icp_lab.methods.profile import weigh_criteria
from icp_lab.rule import Rule
from icp_lab.views import additions as view
from icp_lab.views.picture import About

ABOUT = About(as_of=date(2026, 6, 30), currency="EUR", source="Test")
RULE = Rule.from_dicts([{"attribute": "employees", "min": 200}, {"attribute": "exports", "is": True}])


def test_each_criterion_says_whom_it_keeps_out(sized):
    attributes, cases = sized
    ids = attributes.index
    finding = replace(find_icp(attributes.head(2), pd.Series([True, False], ids[:2])), rule=RULE)
    additions = weigh_criteria(attributes, cases, finding)
    assert "of" in view.draw_additions(additions, "best", ABOUT).alt
    said = view.tell_additions(additions, "best")
    assert len(said) == 2
    assert "more, of which" in said[0]
    with in_language("ja"):
        assert "ベスト" in view.tell_additions(additions, "best")[0]
    bare = weigh_criteria(attributes, cases, replace(finding, rule=Rule()))
    assert "no criterion" in view.draw_additions(bare, "best", ABOUT)
