"""What was heard in interviews: themes with their counts of companies, quotes, and how far coders agree."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from icp_lab.locale import _
from icp_lab.methods.agreement import Agreement
from icp_lab.methods.interviewees import KINDS
from icp_lab.methods.themes import FEW, OTHER, Themes
from icp_lab.views.interviews import quote_passage
from icp_lab.views.picture import COLOURS, About, Picture, plot_intervals, write_percent
from icp_lab.views.table import Column, Table
from icp_lab.views.words import Prose, join, lay_out, name, phrase, show, tabulate, tell

SHOWN = 12
# From here on agreement of coders carries conclusions (its lower end), or tentative ones (Krippendorff, 2004).
GOOD, FAIR = 0.8, 0.667


def tell_suggestions(suggestions: pd.DataFrame, passages: pd.DataFrame) -> Prose:
    """Say how many codes wait for somebody to decide whether they fit.

    Parameters
    ----------
    suggestions : DataFrame
        A row a suggested code that nobody has judged.
    passages : DataFrame
        What was said, a row a passage; `codes` is empty where it has none.

    Returns
    -------
    Prose
        Suggestions beside the passages that carry codes; a sentence of its own where nothing was said.

    Examples
    --------
    >>> passages = pd.DataFrame({"codes": ["growth", "", ""]})
    >>> tell_suggestions(pd.DataFrame({"code": ["price"]}), passages)
    1 of 3 passages carry a code that a person gave or accepted. For what is left the lab suggests 1 codes; they wait in
    to_fill/corrections/codes.xlsx and count for nothing until somebody says that they fit.
    >>> tell_suggestions(pd.DataFrame(), passages.head(0))
    There is no passage yet for which a code could be suggested.
    """
    if not len(passages):
        return phrase("nothing", "suggestions")
    return phrase("suggested", "some" if len(suggestions) else "none", n=len(suggestions), all=len(passages),
                  coded=int((passages["codes"] != "").sum()))


def tell_heard(themes: Themes, book: pd.DataFrame) -> Prose:
    """Say what was heard most, and from how many companies.

    Parameters
    ----------
    themes : Themes
        What was heard, the commonest first.
    book : DataFrame
        The codebook: `code` and its `name`; a code that it lacks is shown as it is spelt.

    Returns
    -------
    Prose
        The first theme with its share of companies and the interval of Wilson.

    Examples
    --------
    >>> from icp_lab.methods.themes import Saturation
    >>> frame = pd.DataFrame({"code": ["slow"], "companies": [3], "of": [4], "low": [0.3], "high": [0.95]})
    >>> said = pd.DataFrame({"interview": ["1", "2", "3", "4"]})
    >>> nothing = Saturation(pd.DataFrame(), 0, 0, 0.0, 0.0, 0.0, 0.0)
    >>> book = pd.DataFrame({"code": ["slow"], "name": ["Slow help"]})
    >>> tell_heard(Themes(frame, pd.DataFrame(), nothing, said), book)
    4 interviews hold 1 themes. The one heard most is **Slow help**: 3 of 4 companies (30 to 95 %).
    """
    if not len(themes.frame):
        return phrase("nothing", "themes")
    top, called = themes.frame.iloc[0], _name_codes(themes.frame, book)
    return phrase("heard", "most", name=called[0], companies=top["companies"], of=top["of"], codes=len(called),
                  ends=(top["low"], top["high"]), n=themes.passages["interview"].nunique())


def draw_themes(themes: Themes, book: pd.DataFrame, about: About) -> Picture | Prose:
    """Show which themes were heard, from what share of the companies.

    Parameters
    ----------
    themes : Themes
        What was heard; the twelve commonest are drawn.
    book : DataFrame
        The codebook: `code` and its `name`.
    about : About
        What the foot says beside the counts.

    Returns
    -------
    Picture or Prose
        A row a theme, its share with the interval; a sentence where nothing was heard.

    Examples
    --------
    >>> from datetime import date
    >>> from icp_lab.methods.themes import Saturation
    >>> none = pd.DataFrame()
    >>> themes = Themes(none, none, Saturation(none, 0, 0, 0.0, 0.0, 0.0, 0.0), none)
    >>> draw_themes(themes, none, About(date(2026, 6, 30), "EUR", "Demo"))
    Nobody was heard yet. The guides lie in to_fill/interviews: fill them in, collect them with “icp-lab collect”, and
    run again.
    """
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
    """Show which segment, or which kind of people, said what.

    Parameters
    ----------
    themes : Themes
        What was heard; the twelve commonest themes are shown.
    by : str
        By `segment` or by `kind` of people.
    book : DataFrame
        The codebook: `code` and its `name`.
    segmentation : Mapping of str to object
        The artifact; its `segments` give the names by id.

    Returns
    -------
    Table or Prose
        A row a theme, a column a segment or kind; a sentence where fewer than two of them were heard.

    Examples
    --------
    >>> from icp_lab.methods.themes import Saturation
    >>> cross = pd.DataFrame({"by": "segment", "level": ["S1", "S2"], "code": "slow", "companies": [2, 0], "of": [3, 2],
    ...                       "low": [0.2, 0.0], "high": [0.94, 0.66]})
    >>> nothing = Saturation(pd.DataFrame(), 0, 0, 0.0, 0.0, 0.0, 0.0)
    >>> themes = Themes(pd.DataFrame({"code": ["slow"]}), cross, nothing, pd.DataFrame())
    >>> book = pd.DataFrame({"code": ["slow"], "name": ["Slow help"]})
    >>> table = tabulate_cross(themes, "segment", book, {"segments": [{"id": "S1", "name": "Retail"}]})
    >>> table.heads(), table.cells()
    ([(Theme, ), ('Retail', of 3), ('S2', of 2)], [['Slow help', '2 (20 to 94 %)', '0 (0 to 66 %)']])
    """
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
    """Say how much of what there is to hear was heard.

    Parameters
    ----------
    themes : Themes
        What was heard; `saturation` counts codes over interviews.

    Returns
    -------
    Prose
        Codes heard, codes that are still out there at the least, and what one more interview would repeat; a sentence
        where fewer than two interviews hold a code.

    Examples
    --------
    >>> from icp_lab.methods.themes import Saturation
    >>> none = pd.DataFrame()
    >>> heard = Saturation(pd.DataFrame({"interviews": [1, 2]}), 26, 6, 3.0, 0.0, 16.0, 0.93)
    >>> tell_saturation(Themes(none, none, heard, none))
    26 themes were heard in 2 interviews, 6 of them once only. By what is heard once and twice, at least 3 more (0 to
    16) are there and were not heard; about 93 % of what a further interview says would be known already. 2 interviews
    are few, and the interviewed were chosen to differ: take this for the order of size and no more.
    """
    heard, n = themes.saturation, len(themes.saturation.curve)
    if not heard.seen or n < 2:
        return phrase("nothing", "saturation")
    words = {**vars(heard), "n": n, "ends": (heard.low, heard.high)}
    codes = ("seen", "more" if heard.unseen >= 1 else "no_more", *["few"] * (n < FEW))
    return join(*(phrase("saturation", code, **words) for code in codes))


def draw_saturation(themes: Themes, about: About) -> Picture | Prose:
    """Show whether a further interview still brings something new.

    Parameters
    ----------
    themes : Themes
        What was heard; `saturation.curve` is drawn.
    about : About
        What the foot says beside the counts.

    Returns
    -------
    Picture or Prose
        Themes by number of interviews with a band; a sentence where fewer than two interviews hold a code.

    Examples
    --------
    >>> from datetime import date
    >>> from icp_lab.methods.themes import Saturation
    >>> none = pd.DataFrame()
    >>> themes = Themes(none, none, Saturation(none, 0, 0, 0.0, 0.0, 0.0, 0.0), none)
    >>> draw_saturation(themes, About(date(2026, 6, 30), "EUR", "Demo"))
    It takes two interviews with codes to say whether a further one would bring something new.
    """
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
    """Show where people say one thing, and the tables another.

    Parameters
    ----------
    against : DataFrame
        A row a code and measure: `code`, `side`, `measure`, `companies` of `of` that are on that side, and `others` of
        `of_others` for the other companies.
    book : DataFrame
        The codebook: `code` and its `name`.

    Returns
    -------
    Table or Prose
        A row a contradiction; a sentence where there is none.

    Examples
    --------
    >>> against = pd.DataFrame({"code": ["slow"], "side": ["top"], "measure": ["satisfaction"], "companies": [3],
    ...                         "of": [3], "share": [1.0], "low": [0.44], "high": [1.0], "others": [1],
    ...                         "of_others": [1]})
    >>> tabulate_contradictions(against, pd.DataFrame({"code": ["slow"], "name": ["Slow help"]})).cells()
    [['Slow help', 'in the top third by satisfaction', '3 of 3', '100 (44 to 100)', '1 of 1']]
    """
    rows = against[against["companies"] > 0]
    measured = [phrase("contradicts", row["side"], measure=name("measure", row["measure"]))
                for row in rows.to_dict("records")]
    return tabulate("said_against_data", rows.assign(
        theme=_name_codes(rows, book), data=measured, here=_count_companies(rows),
        elsewhere=_count_companies(rows, "others", "of_others")), n=len(against))


def tabulate_quotes(quotes: pd.DataFrame, customers: pd.DataFrame, book: pd.DataFrame) -> Table | Prose:
    """Show what they said in their own words, as far as they agreed that it is shown.

    Parameters
    ----------
    quotes : DataFrame
        A row a passage: `code`, `account_id`, `text`, `consent`, `department` and `seniority`.
    customers : DataFrame
        The artifact: `account_id`, `name` and `industry`.
    book : DataFrame
        The codebook: `code` and its `name`.

    Returns
    -------
    Table or Prose
        A row a quote with who said it, as `quote_passage` gives them; passages that nobody agreed to are left out.

    Examples
    --------
    >>> firms = pd.DataFrame({"account_id": ["a", "b"], "name": ["Alpha", "Beta"], "industry": "Retail"})
    >>> said = pd.DataFrame({"code": "slow", "account_id": ["a", "b"], "text": ["One", "Two"], "seniority": "staff",
    ...                      "consent": ["anonymous", "none"], "department": "sales"})
    >>> tabulate_quotes(said, firms, pd.DataFrame({"code": ["slow"], "name": ["Slow help"]})).cells()
    [['Slow help', '“One”', 'staff, Retail']]
    """
    accounts = customers.set_index("account_id")[["name", "industry"]]
    rows = [{**row, **accounts.reindex([row["account_id"]]).iloc[0].to_dict()} for row in quotes.to_dict("records")]
    said = [(theme, *quote_passage(row)) for theme, row in zip(_name_codes(quotes, book), rows, strict=True)]
    return tabulate("quotes", pd.DataFrame([row for row in said if row[1]], columns=["theme", "quote", "who"]))


def tell_coders(agreement: Agreement) -> Prose:
    """Say how far two who read the same text give it the same codes.

    Parameters
    ----------
    agreement : Agreement
        Krippendorff's alpha with its interval; NaN where one person alone has coded.

    Returns
    -------
    Prose
        The figure, and what it allows: firm conclusions where its lower end reaches 0.8, tentative ones from 0.667.

    Examples
    --------
    >>> tell_coders(Agreement(0.9, 0.82, 0.95, 100, 2, 0.0))
    2 people read the same interviews, and 100 times it can be said of both whether a code fits a passage.
    Krippendorff's alpha is 0.90 (0.82 to 0.95); 1 is full agreement, 0 is what chance gives. That is enough to rest
    conclusions on.
    >>> tell_coders(Agreement(float("nan"), float("nan"), float("nan"), 0, 1, 0.0))
    One person alone gave the codes, so that nobody knows how far they hang on who reads. Let a second one code two or
    three interviews, without looking at the first, into coders/NAME.csv.
    """
    if agreement.value != agreement.value:
        return phrase("coders", "none")
    reading = "good" if agreement.low >= GOOD else "fair" if agreement.value >= FAIR else "poor"
    return join(phrase("coders", "alpha", coders=agreement.raters, n=agreement.n, alpha=agreement.value,
                       ends=(agreement.low, agreement.high)), phrase("coders", reading))


def tabulate_notes(notes: pd.DataFrame, book: pd.DataFrame) -> Table | Prose:
    """Show which themes colleagues' notes on accounts seem to hold, team by team.

    Parameters
    ----------
    notes : DataFrame
        A row a team and code, as `read_notes` counts them.
    book : DataFrame
        The codebook: `code` and its `name`.

    Returns
    -------
    Table or Prose
        A row a team and theme; a sentence where there are no notes.

    Examples
    --------
    >>> tabulate_notes(pd.DataFrame({"code": []}), pd.DataFrame({"code": ["slow"], "name": ["Slow help"]}))
    No colleague's note on an account holds a theme of the codebook.
    """
    return tabulate("notes", notes.assign(theme=_name_codes(notes, book)))


def _count_companies(rows: pd.DataFrame, said: str = "companies", of: str = "of") -> list[Prose]:
    return [phrase("heard", "companies", said=k, heard=n) for k, n in rows[[said, of]].to_numpy().tolist()]


def _name_codes(frame: pd.DataFrame, book: pd.DataFrame) -> list[str]:
    called = dict(zip(book["code"], book["name"], strict=True))
    return [called.get(code, code.replace("_", " ")) for code in frame["code"]]
