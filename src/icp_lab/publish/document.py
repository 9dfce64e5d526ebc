"""The ICP on paper: one page for the wall, for the meeting, for whoever was not in the meeting."""

from typing import Any

from icp_lab.locale import _
from icp_lab.methods.document import Standing
from icp_lab.pages.render import render_bold, render_picture, render_table
from icp_lab.pages.shell import describe_shell, render_template
from icp_lab.rule import Rule
from icp_lab.views import document
from icp_lab.views.picture import About
from icp_lab.views.prose import Prose
from icp_lab.views.table import say

EXAMPLES, WINNERS = 4, 5


def build_document(icp: dict[str, Any], standing: Standing, about: About) -> str:
    """How does the definition look on one printed page?

    Parameters
    ----------
    icp
        The definition in the form of icp.yml.
    standing
        Who is in, out and unknown.
    about
        Day, currency and study.

    Returns
    -------
    str
        A complete HTML document that loads nothing and prints on A4, in the language in force. Where nothing is
        claimed it says what is ruled out, carries the hypothesis under its own name, and says what would settle it.
    """
    claimed = bool(icp.get("criteria"))
    evidence = [
        document.tell_counts(icp, standing), document.tell_lift(icp),
        Prose(" ".join(document.tell_outcomes(icp))),
    ]
    doc = {
        "title": _("Our Ideal Customer Profile") if claimed else _("No profile is claimed yet"),
        "facts": _say_facts(icp, about), "definition": render_bold(document.tell_lead(icp)),
        "verdict": icp["verdict"], "verdict_word": document.say_verdict(icp),
        "why": render_bold(document.tell_verdict(icp)),
        "criteria_head": _("All of these hold") if claimed else _("The working hypothesis"),
        "criteria": _list_criteria(icp),
        "evidence_head": _("The evidence") if claimed else _("What the data say"),
        "evidence": [render_bold(sentence) for sentence in evidence if sentence],
        "picture": render_picture(document.draw_sides(icp, standing, about)),
        "inside": render_table(document.tabulate_inside(standing.examples_inside(EXAMPLES), about)),
        "outside": render_table(document.tabulate_outside(standing.examples_outside(EXAMPLES), about)),
        "standing": render_table(document.tabulate_standing(standing)),
        "winners": render_table(document.tabulate_winners(standing.winners_outside(), about, most=WINNERS)),
        "further": [render_bold(sentence) for sentence in document.tell_further(icp)],
        "avoid": render_bold(document.tell_avoid(icp)) if icp.get("avoid") else "", "next": _list_next(icp, standing),
        "limits": [render_bold(sentence) for sentence in document.tell_limits(icp, standing)],
        "foot": _("Made by ICP lab. The evidence behind each line is in the pages of the report."),
    }
    return render_template("document.html.j2", doc=doc, shell=describe_shell(doc["title"], about.source))


def _say_facts(icp: dict[str, Any], about: About) -> str:
    words = _("{study} · as of {date} · next review {review}")
    return words.format(study=about.source, date=about.as_of, review=icp["next_review"])


def _list_criteria(icp: dict[str, Any]) -> list[tuple[str, str]]:
    stability = (icp.get("evidence") or {}).get("stability") or {}
    listed = []
    for criterion in Rule.from_profile(icp).criteria:
        share = stability.get(criterion.attribute)
        again = _("chosen again in {share} of resamples").format(share=say(share, "share")) if share is not None else ""
        listed.append((criterion.words(), again))
    return listed


def _list_next(icp: dict[str, Any], standing: Standing) -> list[Any]:
    sentences = [document.tell_next_step(icp)]
    if icp["verdict"] != "supported":
        sentences.insert(0, document.tell_settling(icp, standing))
    return [render_bold(sentence) for sentence in sentences]
