"""The ICP on paper: one page for the wall, for the meeting, for whoever was not in the meeting."""

from pathlib import Path
from typing import Any

from icp_lab.artifacts.manifest import write_text
from icp_lab.locale import _
from icp_lab.methods.document import Standing
from icp_lab.pages.render import describe_shell, render_bold, render_picture, render_table, render_template
from icp_lab.publish.products import Publication
from icp_lab.rule import Rule
from icp_lab.views import document
from icp_lab.views.market import tell_market
from icp_lab.views.picture import About
from icp_lab.views.table import say
from icp_lab.views.words import names


def build_document(icp: dict[str, Any], standing: Standing, about: About, market: dict[str, Any] | None = None,
                   score: dict[str, Any] | None = None) -> str:
    """How does the definition look on one printed page?

    Parameters
    ----------
    icp
        The definition in the form of icp.yml, its people and groups in words.
    standing
        Who is in, out and unknown.
    about
        Day, currency and study.
    market, score
        The artifacts: how many such companies there are, and in which order they are approached.

    Returns
    -------
    str
        A complete HTML document that loads nothing and prints on A4, in the language in force. Where nothing is
        claimed it says what is ruled out, carries the hypothesis under its own name, and says what would settle it.
    """
    title = _("Our Ideal Customer Profile") if icp.get("criteria") else _("No profile is claimed yet")
    reach = [tell_market(market) if market and market["tam"] else "", document.tell_order(icp, score)]
    return render_template(
        "document.html.j2", icp=icp, standing=standing, about=about, criteria=Rule.from_profile(icp).criteria,
        reach=reach, view=document, names=names, bold=render_bold, table=render_table, picture=render_picture, say=say,
        shell=describe_shell(title, about.source))


def write_document(given: Publication, folder: Path) -> None:
    """Write icp.html, the page for the wall."""
    write_text(folder / "icp.html", build_document(
        given.icp, given.standing, given.about, given.find("market"), given.find("score")))
