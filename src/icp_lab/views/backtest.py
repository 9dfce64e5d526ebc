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
    """Does the definition hold on cases that it had not seen, in a sentence?"""
    return tell_later(result.to_dict() | _count_cases(result), result.outcome)


def tell_later(row: Mapping[str, Any], outcome: str) -> Prose:
    """Does the definition hold on later cases? `row` is `backtest` in the artifact `validation`."""
    if not row.get("kind"):
        return phrase("backtested", "few", **row)
    return phrase("backtested", row["verdict"], **row, ends=(row["low"], row["high"]),
                  who=_name(row["kind"], row["name"]), done=name("done", outcome))


def tell_forward(result: Backtest) -> Prose:
    """What is left open, and how does that compare with what was expected?"""
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
    """What is left open, on which cases does that rest, and what could not be held against them?"""
    words = {"day": result.day, "n": result.earlier[0], "m": result.later[0], "names": list(result.lacking),
             "k": result.acquainted}
    codes = {"parted": sum(result.later), "acquainted": result.acquainted, "lacking": len(result.lacking)}
    said = (phrase("backtest_cases", code, **words) for code, there in codes.items() if there)
    return join(tell_forward(result), *said)


def tabulate_backtest(result: Backtest) -> list[Table]:
    """How did each definition do, beside naive ones, and as it was expected?"""
    if result.verdict == "few":
        return []
    frame = result.frame.assign(who=_list_names(result), rule=[one.words() for one in result.rules])
    return [lay_out("backtest", frame, day=result.day, n=result.later[0]), lay_out("calibration", frame)]


def draw_frontier(result: Backtest, about: About) -> Picture | Prose:
    """What does a wider definition cost: how much lift for how much coverage?"""
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
    """Was the promise of the adopted definition kept? `promise` is that of the artifact `validation`."""
    said, state = promise["promise"], promise["state"]
    state = "thin" if state == "open" and not promise["covered"] else state
    return phrase("promise", state, **{key: promise.get(key) for key in ("version", "n", "covered")},
                  since=str(promise["since"]), due=str(said.get("due", ""))[:10], promised=said.get("lift"),
                  ends=(said.get("lift_low"), said.get("lift_high")), ratio=promise.get("lift"),
                  yes=promise.get("covered_positives"), now=(promise.get("low"), promise.get("high")))


def tell_promised(icp: Mapping[str, Any]) -> Prose:
    """What does this definition promise, and when is that looked at?"""
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
