"""The people in those accounts, and the six groups of attributes: in words, tables and one picture."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from icp_lab.artifacts import make_id
from icp_lab.locale import _, language
from icp_lab.locale.declared import read_declared
from icp_lab.methods.effects import SMALL
from icp_lab.methods.personas import Personas
from icp_lab.process import BY_NAME, WRITER
from icp_lab.rule import Criterion, name_attribute
from icp_lab.views.interviews import quote_passage
from icp_lab.views.picture import COLOURS, About, Picture, plot_intervals, write_percent
from icp_lab.views.privacy import hide
from icp_lab.views.table import Table
from icp_lab.views.words import Prose, begin, join, lay_out, name, names, phrase, say_count, show, tabulate, tell

_DRAWN = 6  # kinds in a picture; the table has them all


def name_persona(one: Any) -> str:
    """Name a persona by its part in buying, and where it works.

    Parameters
    ----------
    one : mapping
        With `part` (else `buying_role`) and `department`, as codes.

    Returns
    -------
    str
        Such as "Decider in sales".

    Examples
    --------
    >>> name_persona({"part": "decider", "department": "sales"})
    Decider in sales
    """
    part = one["part"] if "part" in one else one["buying_role"]
    return tell(name("persona", part), department=name("department", one["department"]))


def _figures(found: Personas, row: Any = None) -> dict[str, Any]:
    n, m = map(int, found.committees["n"])
    words = {"n": n, "m": m, "cases": name("deals_or_accounts", found.basis)}
    return words if row is None else words | {
        "persona": name_persona(row), "share": row["share_won"], "other": row["share_lost"], "ratio": row["ratio"],
        "ends": (row["won_low"], row["won_high"]), "other_ends": (row["lost_low"], row["lost_high"]),
        "interval": (row["low"], row["high"])}


def tell_committee(found: Personas) -> Prose:
    """Tell who takes part where it was won, and who where it was lost.

    Parameters
    ----------
    found : Personas
        The kinds of people in won and in lost decisions.

    Returns
    -------
    Prose
        The clearest kind on either side with its intervals; or that none is clear, or what to collect.

    Examples
    --------
    >>> frame = pd.DataFrame({"distinct": [False], "p_value": [None], "ratio": [None], "accounts": [9]})
    >>> counts = pd.DataFrame({"n": [4, 3], "people": [2.5, 1.5]})
    >>> nothing = pd.DataFrame()
    >>> tell_committee(Personas(frame, (), nothing, nothing, nothing, counts, "deals", False, 2, 40, 50))
    40 people are on record in 9 accounts, but there are too few won and lost deals to tell whose part matters (4 won, 3
    lost).
    """
    if found.frame.empty:
        return phrase("nothing", "personas")
    clear, tried = found.frame[found.frame["distinct"]].sort_values("p_value"), int(found.frame["p_value"].count())
    said = []
    for way, rows in (("more", clear[clear["ratio"] > 1]), ("less", clear[clear["ratio"] < 1])):
        others = [name_persona(row) for row in rows.iloc[1:].to_dict("records")]
        said += [phrase("committee", way, **_figures(found, rows.iloc[0]))] if len(rows) else []
        said += [phrase("committee", "also", names=others)] if others else []
    return join(*said) or phrase("committee", "none" if tried else "untested", tried=tried, people=found.placed,
                                 **_figures(found), accounts=int(found.frame["accounts"].max()))


def tell_doubts(found: Personas) -> Prose:
    """Tell what is to be kept in mind about who was written down.

    Parameters
    ----------
    found : Personas
        The kinds of people, and how many are named in one decision.

    Returns
    -------
    Prose
        How many people are named, whether their parts are assumed, and who could not be placed; empty without people.

    Examples
    --------
    >>> nothing, counts = pd.DataFrame(), pd.DataFrame({"n": [4, 3], "people": [2.5, 1.5]})
    >>> tell_doubts(Personas(nothing, (), nothing, nothing, nothing, counts, "deals", False, 2, 40, 50))
    In a won deal 2.50 people are named on average, in a lost one 1.50. Where the two differ much, look at who writes
    people down, and when: whoever won has had more time to do so. 10 of 50 people could not be placed: neither their
    title nor any other field tells department and part.
    """
    people, others = found.committees["people"]
    return join(
        phrase("committee", found.basis, people=people, others=others) if people and others else "",
        phrase("committee", "assumed") if found.assumed and found.n else "",
        phrase("committee", "unplaced", n=found.n - found.placed, all=found.n) if found.placed < found.n else "")


def tabulate_committee(found: Personas) -> Table | Prose:
    """Show which kinds of people take part in won and in lost decisions.

    Parameters
    ----------
    found : Personas
        The kinds of people in won and in lost decisions.

    Returns
    -------
    Table or Prose
        A row a kind, with its shares on both sides and their ratio; empty without people.

    Examples
    --------
    >>> row = {"part": "user", "department": "it", "people": 12, "accounts": 9, "share_won": 0.4, "won_low": 0.3,
    ...        "won_high": 0.5, "share_lost": 0.2, "lost_low": 0.1, "lost_high": 0.35, "ratio": 2.0, "low": 1.1,
    ...        "high": 3.6, "distinct": True}
    >>> nothing = pd.DataFrame()
    >>> found = Personas(pd.DataFrame([row]), (), nothing, nothing, nothing, nothing, "deals", False, 2, 40, 50)
    >>> tabulate_committee(found).cells()
    [['User in IT', '12', '9', '40 (30 to 50)', '20 (10 to 35)', '2.00 (1.10 to 3.60)', 'yes']]
    """
    rows = [name_persona(row) for row in found.frame.to_dict("records")]
    return tabulate("committee", found.frame.assign(persona=rows), cases=name("deals_or_accounts", found.basis))


def draw_committee(found: Personas, about: About) -> Picture | Prose:
    """Draw how often each kind of person takes part where it was won, and where it was lost.

    Parameters
    ----------
    found : Personas
        The kinds of people in won and in lost decisions.
    about : About
        Day and source, for the foot.

    Returns
    -------
    Picture or Prose
        The first six kinds that were tested, won above lost; a sentence where there are too few decisions to test.

    Examples
    --------
    >>> from datetime import date
    >>> nothing, untested = pd.DataFrame(), pd.DataFrame({"p_value": [None]})
    >>> found = Personas(untested, (), nothing, nothing, nothing, nothing, "deals", False, 2, 40, 50)
    >>> draw_committee(found, About(date(2026, 6, 30), "EUR", "Demo"))
    There are too few accounts of one kind to compare them.
    """
    rows = found.frame[found.frame["p_value"].notna()].head(_DRAWN).to_dict("records")
    if not rows:
        return phrase("nothing", "compared")
    words, sides = _figures(found), [(row, side) for row in rows for side in ("won", "lost")]
    total = {"won": words["n"], "lost": words["m"]}

    def draw(axes: Axes, narrow: bool) -> None:
        plot_intervals(axes, [name_persona(row) if side == "won" else "" for row, side in sides],
                       [(row[f"share_{side}"], row[f"{side}_low"], row[f"{side}_high"]) for row, side in sides],
                       colours=[COLOURS["accent" if side == "won" else "grey"] for _row, side in sides],
                       notes=[say_count(row[side], total[side]) for row, side in sides])
        axes.set_xlim(0, 1.15 if narrow else 1.05)
        write_percent(axes.xaxis)

    clear = [row for row in rows if row["distinct"] and row["ratio"] > 1]
    best = min(clear, key=lambda row: float(row["p_value"]), default=None)
    listed = [phrase("committee_row", "one", **_figures(found, row)) for row in rows]
    return show("committee", draw, about, title="more" if best else "none", height=70 + 44 * len(rows),
                **_figures(found, best), listed=listed)


def tell_choice(found: Personas) -> Prose:
    """Tell why these people were chosen, and why not more of them.

    Parameters
    ----------
    found : Personas
        The kinds of people, those that were chosen, and how far each further one reaches.

    Returns
    -------
    Prose
        The share of the parts in won decisions that they fill; what to collect where nobody could be chosen.

    Examples
    --------
    >>> reach = pd.DataFrame({"kind": ["sales.decider", "it.user"], "share": [0.6, 0.8]})
    >>> frame = reach.assign(part=["decider", "user"], department=["sales", "it"])
    >>> nothing, counts = pd.DataFrame(), pd.DataFrame({"n": [40, 30]})
    >>> tell_choice(Personas(frame, ("sales.decider",), reach, nothing, nothing, counts, "deals", False, 1, 40, 50))
    Chosen: **Decider in sales**. Together they fill 60 % of the parts in won deals. A further one, User in IT, would
    bring it to 80 %.
    """
    if not found.chosen:
        return phrase("nothing", "personas")
    rows = found.frame.set_index("kind").loc[found.reach["kind"].tolist()].to_dict("records")
    called, share, n = list(map(name_persona, rows)), found.reach["share"], len(found.chosen)
    further = {"name": called[n], "share": share[n]} if n < len(called) else {"few": SMALL}
    return join(phrase("personas", "chosen", names=called[:n], share=share[n - 1], **_figures(found)),
                phrase("personas", "next" if n < len(called) else "enough", **further),
                phrase("personas", "fewer", asked=found.asked, n=n, few=SMALL) if n < found.asked else "",
                phrase("personas", "many") if found.asked > 4 else "")


def tabulate_personas(said: dict[str, Any]) -> list[Table]:
    """Show what is known of each persona, and from where.

    Parameters
    ----------
    said : dict of str to object
        The record `personas` or a definition, in words as `word_icp` gives it.

    Returns
    -------
    list of Table
        A table a persona, a row a field of which something is known.

    Examples
    --------
    >>> one = dict.fromkeys(names("persona_field"), []) | {"id": "p1", "name": "Sales user", "department": "sales"}
    >>> one |= {"goals": ["Fewer tools"], "confidence": {"department": "data", "goals": "interview"}}
    >>> tabulate_personas({"personas": [one]})[0]
    Sales user
    Field       What is known  From
    Department  sales          data
    Goals       Fewer tools    interview
    """
    return [lay_out("persona", title=one["name"], frame=pd.DataFrame(
        [(field, one[field] if isinstance(one[field], str) else _("; ").join(one[field]), one["confidence"][field],
          make_id("personas", one["id"], field)) for field in names("persona_field") if one[field]],
        columns=["field", "known", "confidence", "anchor"]))
        for one in said.get("personas") or []]


def tabulate_statements(said: dict[str, Any]) -> Table:
    """Show what is stated in each of the six groups, and on what it rests.

    Parameters
    ----------
    said : dict of str to object
        The record `personas` or a definition, in words as `word_icp` gives it.

    Returns
    -------
    Table
        A row a statement, with the page that shows its first evidence.

    Examples
    --------
    >>> pain = {"statement": "Too expensive", "evidence": ["themes/price_pain"], "confidence": "interview"}
    >>> tabulate_statements({"groups": {"pains": [pain]}}).cells()
    [['Problems and pains', 'Too expensive', 'interview', 'The interviews']]
    """
    rows = [(group, one["statement"], one["confidence"], _name_page(one["evidence"][0]), one["evidence"][0])
            for group, statements in said["groups"].items() for one in statements]
    columns = ["group", "statement", "confidence", "evidence", "anchor"]
    return lay_out("statements", pd.DataFrame(rows, columns=columns))


def _name_page(evidence: str) -> str:
    """Name the page that shows what this id stands for; the tables of the study are shown beside the personas."""
    return _(BY_NAME[WRITER.get(evidence.partition("/")[0], WRITER["groups"])].title)


def tabulate_open(personas: list[dict[str, Any]], groups: dict[str, Any]) -> Table | Prose:
    """List what is not known yet, and which question would tell.

    Parameters
    ----------
    personas : list of dict
        The personas of the record, whose `confidence` tells which fields are known.
    groups : dict of str to list
        The statements of each of the six groups.

    Returns
    -------
    Table or Prose
        A row a gap, with the question and its topic in the guide; or the sentence that there is none.

    Examples
    --------
    >>> groups = dict.fromkeys(names("attribute_group_of_six"), ["known"]) | {"triggers": []}
    >>> tabulate_open([], groups).cells()
    [['The company', 'What triggers a purchase', 'What happened in the weeks before you began to look?', 'What set the
    purchase off']]
    >>> tabulate_open([], groups | {"triggers": ["known"]})
    Every field has something in it.
    """
    fields, six = names("persona_field"), names("attribute_group_of_six")
    guide = {word: topic for topic in read_declared("icp_lab.study", "guide.toml")["topics"].values()
             for word in topic["belongs"]}
    missing = [(_("The company"), six[group], group) for group in six if not groups[group]]
    missing += [(name_persona(one), fields[field], field) for one in personas for field in fields
                if field not in one["confidence"]]
    rows = [(whose, what, names("ask")[field], guide.get(field, {}).get(language(), ""))
            for whose, what, field in missing if field in names("ask")]
    return tabulate("open", pd.DataFrame(rows, columns=["whose", "field", "question", "topic"]))


# icp.yml


def word_icp(icp: dict[str, Any], book: pd.DataFrame) -> dict[str, Any]:
    """Put a definition into words, as icp.yml is written.

    Parameters
    ----------
    icp : dict of str to object
        The definition with its people and groups in codes, or the record `personas`.
    book : DataFrame
        The codebook in the language in force, which names what was said: code, name.

    Returns
    -------
    dict of str to object
        The same keys; people and groups in words, and the names of those who set a criterion taken out.

    Examples
    --------
    >>> one = {"id": "p1", "part": "decider", "department": "sales", "evidence": [], "confidence": {}}
    >>> said = word_icp({"personas": [one]}, pd.DataFrame({"code": [], "name": []}))["personas"][0]
    >>> said["name"], said["department"], said["goals"]
    (Decider in sales, 'sales', [])
    """
    called = dict(zip(book["code"], book["name"], strict=True))
    said = {"personas": [_word_persona(one, called) for one in icp.get("personas") or []],
            "groups": {group: [{"statement": _word_statement(one["kind"], one["words"], called),
                                "evidence": [hide(each) if one["kind"] == "trigger" else each
                                             for each in one["evidence"]], "confidence": one["confidence"]}
                               for one in icp["groups"][group]]
                       for group in names("attribute_group_of_six")} if "groups" in icp else {}}
    worded: dict[str, Any] = _hide_people(icp | {key: value for key, value in said.items() if key in icp})
    return worded


def _hide_people(node: Any) -> Any:
    """Give a definition without the names of those who set a criterion, and in their reasons."""
    if isinstance(node, list | tuple):
        return [_hide_people(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {key: hide(each) if key in ("edited_by", "why") else _hide_people(each) for key, each in node.items()}


def _word_persona(one: dict[str, Any], called: dict[str, str]) -> dict[str, Any]:
    """Say a persona field by field; what nobody knows is empty."""
    kinds = {"department": "department", "buying_role": "part", "authority": "authority"}
    said: dict[str, Any] = {"id": one["id"], "name": name_persona(one)}
    for field in names("persona_field"):
        value = one.get(field, [])
        value = list(map(hide, value)) if field == "titles" else value
        if isinstance(value, str):
            said[field] = name(kinds[field], value)
        else:
            said[field] = [_say_heard(each, called, quoted=not place) if isinstance(each, dict) else
                           name("rank", each) if field == "seniority" else names("touch").get(each, each)
                           for place, each in enumerate(value)]
    return said | {"evidence": one["evidence"], "confidence": one["confidence"]}


def _say_heard(one: dict[str, Any], called: dict[str, str], *, quoted: bool) -> Prose:
    quote, whose = quote_passage(one["quote"] | {"consent": "anonymous"}) if quoted and one["quote"] else ("", "")
    return phrase("known", "quoted" if quote else "said", **one | {
        "quote": quote, "whose": whose, "name": called.get(one["code"], one["name"])})


def _word_statement(kind: str, words: dict[str, Any], called: dict[str, str]) -> Prose:
    words = words | ({"ends": tuple(words["ends"])} if "ends" in words else {})
    if "criterion" in words:
        words["criterion"] = begin(Criterion.from_dict(words["criterion"]).words())
    elif "attribute" in words:
        attribute, level = name_attribute(words["attribute"]), words["level"]
        said = tell(_("{attribute}: {level}"), attribute=attribute, level=_(level)) if level else attribute
        words["label"] = begin(said)
        words |= {side: name(f"{side}_group", words["comparison"]) for side in ("first", "second")}
    elif kind == "reason":
        words["what"] = begin(name("reason_group", words["what"]))
    elif kind == "trigger":
        words["what"] = begin(hide(words["what"]))
    elif kind == "theme":
        words["name"] = called.get(words["code"], words["name"])
    return phrase("known", kind, **words)
