"""What definitions were worth on later cases, and whether the promise was kept, in words, a table and a picture."""

from collections.abc import Mapping
from typing import Any

from matplotlib.axes import Axes

from icp_lab.locale import _
from icp_lab.methods.backtest import Backtest
from icp_lab.views.picture import COLOURS, About, Picture, add_note, write_percent
from icp_lab.views.table import Table, name_attributes
from icp_lab.views.words import Prose, begin, join, lay_out, name, phrase, show, tell


def tell_backtest(result: Backtest) -> Prose:
    """Say in a sentence whether the definition holds on cases that it had not seen.

    Parameters
    ----------
    result : Backtest
        The definitions, held against later cases.

    Returns
    -------
    Prose
        On the definition that the conclusion is about; with fewer than ten good or other cases, what would be needed.

    Examples
    --------
    >>> import pandas as pd
    >>> result = Backtest(pd.DataFrame(), (), "won", -1, "2025-03-31", (12, 4), (9, 3), 0, "few", "", ())
    >>> tell_backtest(result)
    No definition can be held against later cases yet: of 9 settled cases since 2025-03-31, 3 came out well, and ten of
    either kind are needed.
    """
    return tell_later(result.to_dict() | _count_cases(result), result.outcome)


def tell_later(row: Mapping[str, Any], outcome: str) -> Prose:
    """Say in a sentence whether the definition holds on later cases, from what step 8 handed over.

    Parameters
    ----------
    row : Mapping of str to object
        The record `backtest` of the artifact `validation`, as `Backtest.to_dict` gives it; without a `kind` there were
        too few cases.
    outcome : str
        The outcome that the cases are about, such as `won`.

    Returns
    -------
    Prose
        The verdict with counts, the lift and its interval.

    Examples
    --------
    >>> row = {"kind": "holds", "name": "2", "verdict": "holds", "n": 90, "covered": 40, "covered_positives": 20,
    ...        "lift": 1.8, "low": 1.3, "high": 2.5}
    >>> tell_later(row, "won")
    On 90 later cases the definition in force **holds**: 20 of 40 inside were won, 1.8 times as often as all (1.3 to
    2.5).
    """
    if not row.get("kind"):
        return phrase("backtested", "few", **row)
    return phrase("backtested", row["verdict"], **row, ends=(row["low"], row["high"]),
                  who=_name(row["kind"], row["name"]), done=name("done", outcome))


def tell_forward(result: Backtest) -> Prose:
    """Say what is left open, and how the later cases compare with what was expected.

    Parameters
    ----------
    result : Backtest
        The definitions, held against later cases.

    Returns
    -------
    Prose
        Nothing is left open where the definition holds: then the comparison alone.

    Examples
    --------
    >>> import pandas as pd
    >>> result = Backtest(pd.DataFrame(), (), "won", -1, "2025-03-31", (12, 4), (9, 3), 0, "few", "", ())
    >>> tell_forward(result)
    What to collect: the day on which each customer or deal began, and another quarter.
    """
    if result.main < 0:
        return phrase("forward", "few")
    row = result.to_dict() | _count_cases(result)
    words = row | {"thens": (row["then_low"], row["then_high"])}
    left = result.verdict if result.verdict in ("none", "unclear") else ""
    return join(*(phrase("forward", code, **words) for code in (left, result.why) if code))


def _count_cases(result: Backtest) -> dict[str, Any]:
    (k, best), (n, good) = result.earlier, result.later
    return {"k": k, "best": best, "n": n, "good": good, "day": result.day}


def tell_cases(result: Backtest) -> Prose:
    """Say what is left open, on which cases that rests, and what could not be held against them.

    Parameters
    ----------
    result : Backtest
        The definitions, held against later cases.

    Returns
    -------
    Prose
        What `tell_forward` says; then the day of parting with the cases on either side, later cases of accounts that
        have earlier ones, and definitions about attributes that the study lacks, as far as there are any.

    Examples
    --------
    >>> import pandas as pd
    >>> result = Backtest(pd.DataFrame(), (), "won", -1, "2025-03-31", (12, 4), (9, 3), 2, "few", "", ("Stars",))
    >>> tell_cases(result)
    What to collect: the day on which each customer or deal began, and another quarter. The cases are parted at
    2025-03-31: 12 began by then, 9 later. Cases that began too recently for their outcome to be settled are left out of
    both. Of the 9 later cases 2 belong to accounts that have earlier ones. What is drafted anew is judged on each
    account by rules made without it; what was stated is judged as it stands, and may know those accounts. Not held
    against these cases, because they speak of what the study does not have: Stars.
    """
    words = {"day": result.day, "n": result.earlier[0], "m": result.later[0], "names": list(result.lacking),
             "k": result.acquainted}
    codes = {"parted": sum(result.later), "acquainted": result.acquainted, "lacking": len(result.lacking)}
    said = (phrase("backtest_cases", code, **words) for code, there in codes.items() if there)
    return join(tell_forward(result), *said)


def tabulate_backtest(result: Backtest) -> list[Table]:
    """Show how each definition did, beside naive ones, and as it was expected.

    Parameters
    ----------
    result : Backtest
        The definitions, held against later cases.

    Returns
    -------
    list of Table
        A table of lifts and coverage, and one that holds the share expected against the share found; none with too few
        cases.

    Examples
    --------
    >>> import pandas as pd
    >>> from icp_lab.rule import Rule
    >>> figures = {"then": 1.6, "then_low": 1.1, "then_high": 2.3, "then_inside": 0.3, "lift": 1.8, "low": 1.3,
    ...            "high": 2.5, "n": 90, "covered": 40, "covered_positives": 20, "coverage": 0.44, "caught": 0.7,
    ...            "inside": 0.5, "inside_low": 0.36, "inside_high": 0.69}
    >>> row = pd.DataFrame([{"kind": "holds", "name": "2", "day": "2025-03-31", "seen": False} | figures])
    >>> result = Backtest(row, (Rule(),), "won", 0, "2025-03-31", (90, 30), (90, 28), 0, "holds", "within", ())
    >>> [table.title for table in tabulate_backtest(result)]
    [What each definition was worth on the 90 cases since 2025-03-31, How many came out well inside, then and later]
    """
    if result.verdict == "few":
        return []
    frame = result.frame.assign(who=_list_names(result), rule=[one.words() for one in result.rules])
    return [lay_out("backtest", frame, day=result.day, n=result.later[0]), lay_out("calibration", frame)]


def draw_frontier(result: Backtest, about: About) -> Picture | Prose:
    """Show what a wider definition costs: how much lift for how much coverage.

    Parameters
    ----------
    result : Backtest
        The definitions, held against later cases; one that may have seen them is drawn hollow.
    about : About
        What the foot says beside the counts.

    Returns
    -------
    Picture or Prose
        An empty sentence with too few cases, or where none of the later ones lies inside.

    Examples
    --------
    >>> import pandas as pd
    >>> from datetime import date
    >>> frame = pd.DataFrame({"kind": ["holds"], "name": ["2"], "lift": [None]})
    >>> result = Backtest(frame, (), "won", 0, "2025-03-31", (90, 30), (90, 28), 0, "nobody", "gone", ())
    >>> draw_frontier(result, About(date(2026, 6, 30), "EUR", "Demo")) == ""
    True
    """
    rows = result.frame.assign(who=_list_names(result))[result.frame["lift"].notna()].to_dict("records")
    if result.verdict in ("few", "nobody"):
        return Prose("")

    def draw(axes: Axes, _narrow: bool) -> None:
        for row in rows:
            at, colour = row["coverage"], COLOURS["accent" if row["who"] == rows[0]["who"] else "grey"]
            axes.plot([at, at], [row["low"], row["high"]], color=colour, linewidth=2, alpha=0.55)
            axes.plot([at], [row["lift"]], "D" if row["seen"] else "o", color=colour,
                      markerfacecolor="none" if row["seen"] else colour)
            add_note(axes, row["who"].partition(".")[0], (at, row["lift"]), color=colour)
        axes.axhline(1, color=COLOURS["grey"], linewidth=1, zorder=0)
        axes.set_xlim(-0.04, 1.08)
        axes.set_ylim(0, min(1.1 * max(row["high"] for row in rows), 2.5 * max(row["lift"] for row in rows)))
        axes.set_xlabel(_("share of the later cases inside"))
        write_percent(axes.xaxis)

    listed = [phrase("frontier", "row", who=row["who"], share=row["coverage"], ratio=row["lift"],
                     ends=(row["low"], row["high"])) for row in rows]
    return show("frontier", draw, about, title="holds" if result.verdict == "holds" else "none", height=340,
                n=result.later[0], share=rows[0]["coverage"], ratio=rows[0]["lift"], done=name("done", result.outcome),
                listed=listed)


def tell_promise(promise: Mapping[str, Any]) -> Prose:
    """Say whether the promise of the adopted definition was kept.

    Parameters
    ----------
    promise : Mapping of str to object
        The record `promise` of the artifact `validation`: what was promised, its state and the cases since; in state
        `none` nothing was.

    Returns
    -------
    Prose
        The promised lift beside the one on the cases since, each with its interval.

    Examples
    --------
    >>> promise = {"state": "kept", "version": "3", "since": "2025-06-30", "n": 200, "covered": 40,
    ...            "covered_positives": 19, "lift": 1.9, "low": 1.3, "high": 2.7,
    ...            "promise": {"lift": 2.0, "lift_low": 1.4, "lift_high": 2.9, "due": "2026-01-01"}}
    >>> tell_promise(promise)
    The promise of version 3 was **kept**: of 40 cases inside that began after 2025-06-30, 19 came out well, 1.9 times
    as often as all 200 (1.3 to 2.7). Promised were 2.0 times (1.4 to 2.9).
    """
    said, state = promise["promise"], promise["state"]
    state = "thin" if state == "open" and not promise["covered"] else state
    return phrase("promise", state, **{key: promise.get(key) for key in ("version", "n", "covered")},
                  since=str(promise["since"]), due=str(said.get("due", ""))[:10], promised=said.get("lift"),
                  ends=(said.get("lift_low"), said.get("lift_high")), ratio=promise.get("lift"),
                  yes=promise.get("covered_positives"), now=(promise.get("low"), promise.get("high")))


def tell_promised(icp: Mapping[str, Any]) -> Prose:
    """Say what this definition promises, and when that is looked at.

    Parameters
    ----------
    icp : Mapping of str to object
        The definition, as in icp.yml; without `promise` it promises nothing.

    Returns
    -------
    Prose
        The lift that cases to come are to show, and the day.

    Examples
    --------
    >>> tell_promised({"promise": {"lift": 2.0, "lift_low": 1.4, "lift_high": 2.9, "due": "2026-01-01"}})
    Promised: of the cases inside that begin from now on, 2.0 times as many come out well as of all (1.4 to 2.9).
    Whether that was kept is looked at from 2026-01-01 on, on the cases that are settled by then.
    """
    said = icp.get("promise")
    if not said:
        return phrase("promise", "nothing")
    return phrase("promise", "made", ratio=said["lift"], ends=(said["lift_low"], said["lift_high"]),
                  due=str(said["due"])[:10])


def _name(kind: str, called: str) -> Prose:
    return tell(name("backtested", kind), name=name_attributes(called) if kind == "looser" else called)


def _list_names(result: Backtest) -> list[str]:
    pairs = zip(result.frame["kind"], result.frame["name"], strict=True)
    return [f"{place}. {begin(_name(*pair))}" for place, pair in enumerate(pairs, 1)]
