"""What each criterion adds to a profile: a picture and sentences on those whom it alone keeps out."""

from textwrap import fill

from matplotlib.axes import Axes

from icp_lab.locale import _
from icp_lab.methods.profile import Additions
from icp_lab.rule import name_attribute
from icp_lab.views.document import count_cases
from icp_lab.views.picture import COLOURS, About, Picture, plot_intervals, write_percent
from icp_lab.views.words import Prose, begin, join, name, phrase, say_count, show


def draw_additions(additions: Additions, outcome: str, about: About) -> Picture | Prose:
    """Show what each criterion adds: how those fared whom it alone keeps out.

    Parameters
    ----------
    additions : Additions
        Cases inside, and those that each criterion alone keeps out.
    outcome : str
        The outcome that the profile is drafted on, such as `best`.
    about : About
        What the foot says beside the counts.

    Returns
    -------
    Picture or Prose
        A share with its interval for each; a sentence where there is no criterion.

    Examples
    --------
    >>> import pandas as pd
    >>> from datetime import date
    >>> from icp_lab.rule import Rule
    >>> additions = Additions(pd.DataFrame({"n": [9], "positives": [6]}), Rule(), 20)
    >>> draw_additions(additions, "best", About(date(2026, 6, 30), "EUR", "Demo"))
    There is no criterion to look at.
    """
    frame = additions.frame
    if len(frame) < 2:
        return phrase("nothing", "additions")
    inside, alone = frame.iloc[0], frame.iloc[1:]
    labels = [_("inside the profile"), *[criterion.words() for criterion in additions.rule.criteria]]
    counts = list(map(say_count, frame["positives"], frame["n"]))
    idle = [label for label, low in zip(labels[1:], alone["low"], strict=True) if not low < inside["share"]]

    def draw(axes: Axes, narrow: bool) -> None:
        shown = [fill(label, 20 if label.isascii() else 10) if narrow else label for label in labels]
        colours = [COLOURS["accent"], *[COLOURS["grey"]] * len(alone)]
        plot_intervals(axes, shown, frame[["share", "low", "high"]].to_numpy(), colours=colours, notes=counts)
        axes.set_xlim(0, 1.4 * frame["high"].max())
        write_percent(axes.xaxis)

    title = "clear" if (alone["high"] < inside["low"]).all() else "idle" if idle else "unclear"
    return show("additions", draw, about, title=title, height=90 + 36 * len(frame), narrow_height=90 + 56 * len(frame),
                criterion="".join(idle[:1]), done=name("done", outcome),
                counts=count_cases({"outcome": outcome}, additions.n),
                alt="; ".join(map(": ".join, zip(labels, counts, strict=True))))


def tell_additions(additions: Additions, outcome: str) -> list[Prose]:
    """Say in plain words what we would get without each criterion.

    Parameters
    ----------
    additions : Additions
        Cases inside, and those that each criterion alone keeps out.
    outcome : str
        The outcome that the profile is drafted on, such as `best`.

    Returns
    -------
    list of Prose
        A paragraph a criterion, with attributes that could stand in its place.

    Examples
    --------
    >>> import pandas as pd
    >>> from icp_lab.rule import Rule
    >>> rows = pd.DataFrame({"n": [40, 12], "positives": [20, 3], "share": [0.5, 0.25], "instead": [(), ("seats",)]})
    >>> rule = Rule.from_dicts([{"attribute": "employees", "min": 100}])
    >>> tell_additions(Additions(rows, rule, 200), "best")
    [**Employees at least 100**: without it the profile would take in 12 customers more, of which 3 became best
    customers (25 %; inside it is 50 %). In its place could stand, with nearly the same cases: seats.]
    """
    inside, *alone = additions.frame.to_dict("records")
    said = []
    for criterion, row in zip(additions.rule.criteria, alone, strict=True):
        told = phrase("without", "more" if row["n"] else "nobody", criterion=begin(criterion.words()),
                      n=count_cases({"outcome": outcome}, row["n"]), done=name("done", outcome),
                      positives=row["positives"], share=row["share"], inside=inside["share"])
        instead = [name_attribute(one) for one in row["instead"]]
        said.append(join(told, phrase("without", "instead", names=instead) if instead else ""))
    return said
