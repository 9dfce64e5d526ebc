"""What a group of customers shares, in a sentence and a table."""

from typing import Any

import pandas as pd

from icp_lab.locale import N_, _
from icp_lab.methods.patterns import Patterns
from icp_lab.rule import name_attribute, write_number
from icp_lab.views.prose import Prose, begin
from icp_lab.views.table import Column, Table, say

_TOPICS = {
    "value": (N_("customers of high value"), N_("other customers")),
    "loyalty": (N_("customers that stayed for long"), N_("customers that did not")),
    "best": (N_("best customers"), N_("other customers")),
}


def tell_patterns(patterns: Patterns, most: int = 3) -> Prose:
    """What does the group share, beyond what chance would show?"""
    first, second = (_(words) for words in _TOPICS[patterns.topic])
    found = patterns.frame[patterns.frame["holds"]]
    groups = {"first": first, "second": second, "n": patterns.n_first, "m": patterns.n_second}
    if not len(patterns.frame):
        return Prose(_("Too few to compare: {n} {first} and {m} {second} with values on record.").format(**groups))
    if not len(found):
        sentence = _("No trait sets {n} {first} apart from {m} {second}: of {tried} looked at, none differs by more "
                     "than chance would show among so many.")
        return Prose(sentence.format(tried=len(patterns.frame), **groups))
    more = found[found["difference"] > 0].head(most)
    shown = more if len(more) else found.head(most)
    traits = _("; ").join(
        _("{trait}: {share} against {other}").format(
            trait=name_trait(row), share=say(row["share_first"], "share"), other=say(row["share_second"], "share"))
        for _place, row in shown.iterrows())
    sentence = _("What most sets {n} {first} apart from {m} {second}: **{traits}**. Differences that hold: {held} of "
                 "{tried} looked at.")
    return Prose(sentence.format(traits=traits, tried=len(patterns.frame), held=len(found), **groups))


def tabulate_patterns(patterns: Patterns, rows: int = 12) -> Table | Prose:
    """Which traits differ most between the two groups, and which of the differences hold?"""
    if not len(patterns.frame):
        return Prose(_("Each group needs at least ten customers before their traits are compared."))
    first, second = (_(words) for words in _TOPICS[patterns.topic])
    frame = patterns.frame.head(rows)
    frame = frame.assign(trait=[name_trait(row) for _place, row in frame.iterrows()])
    return Table(
        frame, (Column("trait", _("Trait")),
                Column("share_first", begin(first), "share", low="first_low", high="first_high"),
                Column("n_first", _("of"), "integer"), Column("share_second", begin(second), "share"),
                Column("n_second", _("of"), "integer"),
                Column("difference", _("Difference"), "share", low="difference_low", high="difference_high"),
                Column("holds", _("Holds"), "flag")),
        title=_("What {first} share").format(first=first),
        note=_("The {rows} strongest of {n} traits looked at, with 95 % intervals. A difference holds when it stands "
               "up to Fisher's test adjusted for all that was looked at.").format(
                   rows=len(frame), n=len(patterns.frame)))


def name_trait(row: "pd.Series[Any]") -> str:
    """How is a trait called?"""
    attribute = name_attribute(str(row["attribute"]))
    if row["kind"] == "flag":
        return attribute
    if row["kind"] == "range":
        low, high = (write_number(_shorten(float(row[end])), str(row["attribute"])) for end in ("low", "high"))
        return _("{attribute} {low} to {high}").format(attribute=attribute, low=low, high=high)
    if row["kind"] == "member":
        return _("{attribute} includes {level}").format(attribute=attribute, level=row["level"])
    return _("{attribute}: {level}").format(attribute=attribute, level=row["level"])


def _shorten(bound: float) -> float:
    """Large bounds are quartiles of the data: three figures say enough of them."""
    return float(f"{bound:.3g}") if abs(bound) >= 10_000 else bound
