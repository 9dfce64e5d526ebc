"""Whom to talk to, and what they said. What a person said is shown through `quote_passage` only."""

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from icp_lab.locale import _, language
from icp_lab.locale.declared import read_declared
from icp_lab.methods.agreement import Agreement
from icp_lab.methods.interviewees import FEWEST, KINDS, Interviewees
from icp_lab.methods.themes import FEW, OTHER, Themes
from icp_lab.views.picture import COLOURS, About, Picture, plot_intervals, write_percent
from icp_lab.views.privacy import hide
from icp_lab.views.table import Column, Table
from icp_lab.views.words import Prose, join, lay_out, name, names, phrase, show, tabulate, tell

SHOWN = 12
# From here on agreement of coders carries conclusions (its lower end), or tentative ones (Krippendorff, 2004).
GOOD, FAIR = 0.8, 0.667


def tell_interviewees(found: Interviewees) -> Prose:
    """Whom do we talk to, and how far are they spread, in a sentence?"""
    chosen = found.frame[found.frame["part"] == "chosen"]
    if not len(chosen):
        return phrase("nothing", "interviewees")
    levels = {row["by"]: phrase("interviewees", "levels", chosen=row["chosen"], best=row["best"])
              for row in found.levels.to_dict("records")}
    few = phrase("interviewees", "few", few=FEWEST) if found.best < FEWEST else ""
    return join(phrase("interviewees", "chosen", n=len(chosen), best=found.best, **levels), few)


def tell_deciders(found: Interviewees) -> Prose:
    """Of how many of them do we know whom to ask?"""
    chosen = found.chosen
    known = {kind: int((chosen[kind] > 0).sum()) for kind in KINDS}
    return phrase("interviewees", "deciders" if sum(known.values()) else "nobody", n=len(chosen), **known)


def tabulate_interviewees(found: Interviewees, customers: pd.DataFrame) -> Table | Prose:
    """Whom do we talk to, why, who stands in, and how many people do we know there?"""
    called, chosen = customers.set_index("account_id")["name"].dropna().to_dict(), found.chosen
    behind = found.frame[found.frame["part"] == "stand_in"].groupby("stands_in_for")["account_id"]
    stand_ins = behind.agg(lambda ids: _(", ").join(called.get(one, one) for one in ids)).to_dict()
    rows = chosen.assign(why=[_say_reasons(row) for row in chosen.to_dict("records")],
                         stand_ins=chosen["account_id"].map(stand_ins),
                         part=chosen["part"] if (chosen["part"] != "chosen").any() else "",
                         known=chosen["management"].astype("str") + " + " + chosen["practitioner"].astype("str"))
    return tabulate("interviewees", rows, account=called)


def _say_reasons(row: dict[Any, Any]) -> str:
    levels = [(code, row[code.partition("_")[2]]) for code in str(row["reasons"]).split(",") if code]
    words = [tell(name("chosen_for", code), what=names("reason_group").get(level, level)) for code, level in levels]
    return _("; ").join(words) or tell(name("chosen_for", "alike"), n=int(row["alike"]))


def tabulate_guide() -> Table:
    """What do we ask whom?"""
    rows = []
    for one, other in zip(*(list_topics(kind, language()) for kind in KINDS), strict=True):
        rows += [(one["title"], *pair) for pair in zip_longest(one["questions"], other["questions"], fillvalue="")]
    return lay_out("guide", pd.DataFrame(rows, columns=["topic", *KINDS]))


def list_topics(kind: str, speaks: str) -> list[dict[str, Any]]:
    """What do we ask the management, or those who work with it: topics with their questions, the closing ones last?

    Examples
    --------
    >>> [topic["title"] for topic in list_topics("management", "en")][:2]
    ['What set the purchase off', 'How the purchase was decided']
    """
    guide = read_declared("icp_lab.study", "guide.toml")
    topics = [{"title": topic[speaks], "questions": topic[kind][speaks]} for topic in guide["topics"].values()]
    return [*topics, {"title": guide["closing"][speaks], "questions": guide["closing"]["questions"][speaks]}]


def tell_suggestions(suggestions: pd.DataFrame, passages: pd.DataFrame) -> Prose:
    """How many codes wait for somebody to say whether they fit?"""
    if not len(passages):
        return phrase("nothing", "suggestions")
    return phrase("suggested", "some" if len(suggestions) else "none", n=len(suggestions), all=len(passages),
                  coded=int((passages["codes"] != "").sum()))


def tell_heard(themes: Themes, book: pd.DataFrame) -> Prose:
    """What was heard most, and from how many companies?"""
    if not len(themes.frame):
        return phrase("nothing", "themes")
    top, called = themes.frame.iloc[0], _name_codes(themes.frame, book)
    return phrase("heard", "most", name=called[0], companies=top["companies"], of=top["of"], codes=len(called),
                  ends=(top["low"], top["high"]), n=themes.passages["interview"].nunique())


def draw_themes(themes: Themes, book: pd.DataFrame, about: About) -> Picture | Prose:
    """Which themes were heard, from what share of the companies?"""
    rows = themes.frame.head(SHOWN)
    if not len(rows):
        return phrase("nothing", "themes")
    labels = _name_codes(rows, book)
    notes = _count_companies(rows)

    def draw(axes: Axes, narrow: bool) -> None:
        plot_intervals(axes, labels, rows[["share", "low", "high"]].to_numpy(), notes=notes)
        axes.set_xlim(0, 1.2)
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
        write_percent(axes.xaxis)

    top = rows.iloc[0]
    return show("themes", draw, about, height=70 + 28 * len(rows), name=labels[0], k=top["companies"], n=top["of"],
                alt="; ".join(f"{label}: {note}" for label, note in zip(labels, notes, strict=True)))


def tabulate_cross(themes: Themes, by: str, book: pd.DataFrame, segmentation: Mapping[str, Any]) -> Table | Prose:
    """Which segment, or which kind of people, said what?"""
    cross = themes.cross[(themes.cross["by"] == by) & themes.cross["code"].isin(themes.frame["code"].head(SHOWN))]
    if cross["level"].nunique() < 2:
        return phrase("nothing", "cross_kind" if by == "kind" else "cross_segment")
    levels = cross.drop_duplicates("level")[["level", "of"]].to_numpy().tolist()
    heads = {level: name("interview_kind", level) for level in KINDS} if by == "kind" else {
        OTHER: phrase("cross", "other"), **{each["id"]: each["name"] for each in segmentation["segments"]}}
    cells = cross.assign(cell=[phrase("cross", "cell", k=row["companies"], ends=(row["low"], row["high"]))
                               for row in cross.to_dict("records")])
    wide = cells.pivot(index="code", columns="level", values="cell").reindex(list(dict.fromkeys(cross["code"])))
    frame = wide.reset_index().assign(theme=_name_codes(wide.reset_index(), book))
    more = tuple(Column(level, heads.get(level, level), unit=tell(_("of {n}"), n=n)) for level, n in levels)
    return lay_out("cross", frame, title=phrase("cross", by), more=more)


def tell_saturation(themes: Themes) -> Prose:
    """How much of what there is to hear was heard?"""
    heard, n = themes.saturation, len(themes.saturation.curve)
    if not heard.seen or n < 2:
        return phrase("nothing", "saturation")
    words = {**vars(heard), "n": n, "ends": (heard.low, heard.high)}
    codes = ("seen", "more" if heard.unseen >= 1 else "no_more", *["few"] * (n < FEW))
    return join(*(phrase("saturation", code, **words) for code in codes))


def draw_saturation(themes: Themes, about: About) -> Picture | Prose:
    """Does a further interview still bring something new?"""
    curve, heard = themes.saturation.curve, themes.saturation
    if not heard.seen or len(curve) < 2:
        return phrase("nothing", "saturation")
    last = curve["codes"].iloc[-1] - curve["codes"].iloc[-2]

    def draw(axes: Axes, narrow: bool) -> None:
        axes.fill_between(curve["interviews"], curve["low"], curve["high"], color=COLOURS["faint"], linewidth=0)
        axes.plot(curve["interviews"], curve["codes"], "o-", color=COLOURS["accent"])
        axes.set_xlabel(_("interviews"))
        axes.set_ylabel(_("different themes"))
        axes.set_ylim(bottom=0)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))

    return show("saturation", draw, about, height=280, last=last, seen=heard.seen, n=len(curve), known=heard.known)


def tabulate_contradictions(against: pd.DataFrame, book: pd.DataFrame) -> Table | Prose:
    """Where do people say one thing, and the tables another?"""
    rows = against[against["companies"] > 0]
    measured = [phrase("contradicts", row["side"], measure=name("measure", row["measure"]))
                for row in rows.to_dict("records")]
    return tabulate("said_against_data", rows.assign(
        theme=_name_codes(rows, book), data=measured, here=_count_companies(rows),
        elsewhere=_count_companies(rows, "others", "of_others")), n=len(against))


def tabulate_quotes(quotes: pd.DataFrame, customers: pd.DataFrame, book: pd.DataFrame) -> Table | Prose:
    """What did they say in their own words, as far as they agreed that it is shown?"""
    accounts = customers.set_index("account_id")[["name", "industry"]]
    rows = [{**row, **accounts.reindex([row["account_id"]]).iloc[0].to_dict()} for row in quotes.to_dict("records")]
    said = [(theme, *quote_passage(row)) for theme, row in zip(_name_codes(quotes, book), rows, strict=True)]
    return tabulate("quotes", pd.DataFrame([row for row in said if row[1]], columns=["theme", "quote", "who"]))


def quote_passage(row: Mapping[Any, Any]) -> tuple[str, str]:
    """How may a passage be shown, and as whose? Both are empty where the speaker did not agree to it.

    Parameters
    ----------
    row
        text, consent (quote, anonymous, none), department, seniority, and name and industry of the account.

    Examples
    --------
    >>> said = {"text": "Too slow.", "seniority": "head", "department": "it", "name": "Blue", "industry": "Retail"}
    >>> quote_passage(said | {"consent": "quote"})
    ('“Too slow.”', 'head of a department, IT, Blue')
    >>> quote_passage(said | {"consent": "anonymous"})
    ('“Too slow.”', 'head of a department, Retail')
    >>> quote_passage(said | {"consent": "none"})
    ('', '')
    """
    if row["consent"] not in ("quote", "anonymous"):
        return "", ""
    openly = row["consent"] == "quote"
    parts = [names("rank").get(row["seniority"], ""), names("department").get(row["department"], "") if openly else "",
             row["name"] if openly else row["industry"]]
    return (_("“{text}”").format(text=hide(row["text"])),
            _(", ").join(part for part in parts if isinstance(part, str) and part))


def tell_coders(agreement: Agreement) -> Prose:
    """How far do two who read the same text give it the same codes?"""
    if agreement.value != agreement.value:
        return phrase("coders", "none")
    reading = "good" if agreement.low >= GOOD else "fair" if agreement.value >= FAIR else "poor"
    return join(phrase("coders", "alpha", coders=agreement.raters, n=agreement.n, alpha=agreement.value,
                       ends=(agreement.low, agreement.high)), phrase("coders", reading))


def tabulate_notes(notes: pd.DataFrame, book: pd.DataFrame) -> Table | Prose:
    """Which themes do colleagues' notes on accounts seem to hold, team by team?"""
    return tabulate("notes", notes.assign(theme=_name_codes(notes, book)))


def _count_companies(rows: pd.DataFrame, said: str = "companies", of: str = "of") -> list[Prose]:
    return [phrase("heard", "companies", said=k, heard=n) for k, n in rows[[said, of]].to_numpy().tolist()]


def _name_codes(frame: pd.DataFrame, book: pd.DataFrame) -> list[str]:
    called = dict(zip(book["code"], book["name"], strict=True))
    return [called.get(code, code.replace("_", " ")) for code in frame["code"]]
