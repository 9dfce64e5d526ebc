"""The profile in one picture to paste into a slide: as SVG whose text is text, and as PNG and PDF with their fonts.

The template draws the SVG; typst makes the others of it, since it takes no fonts but those that it is given, and gives
the same bytes for the same picture.
"""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import typst

from icp_lab.artifacts.manifest import write_text
from icp_lab.locale import language
from icp_lab.pages.render import render_template
from icp_lab.publish.fitting import FONTS, clean_line, wrap_text
from icp_lab.publish.products import Publication
from icp_lab.rule import Rule
from icp_lab.views import document, standings
from icp_lab.views.picture import COLOURS
from icp_lab.views.table import say, say_interval
from icp_lab.views.words import names, phrase, say_count

_SHEET = b"""#set page(width: 960pt, height: 540pt, margin: 0pt)
#image("/infographic.svg", width: 100%)"""


def write_infographic(given: Publication, folder: Path) -> None:
    """Write infographic.svg, .png and .pdf.

    Parameters
    ----------
    given : Publication
        What the picture is made from.
    folder : Path
        Stands for OUT.

    Examples
    --------
    >>> from icp_lab.publish.products import PRODUCTS
    >>> [product.places for product in PRODUCTS if product.writer == f"{__name__}:write_infographic"]
    [('infographic.svg', 'infographic.png', 'infographic.pdf')]
    """
    write_text(folder / "infographic.svg", build_infographic(given))
    with TemporaryDirectory() as fonts:
        for font in FONTS:
            shutil.copy(font, fonts)
        for kind in ("png", "pdf"):
            place = folder / f"infographic.{kind}"
            # Its declared types want bytes for every path where the sheet is bytes.
            typst.compile(  # type: ignore[call-overload]
                _SHEET, place, folder, font_paths=[fonts], ignore_system_fonts=True, format=kind, ppi=192, timestamp=0)


def build_infographic(given: Publication) -> str:
    """Build the profile in one picture: who, how sure, how many there are, and whom to speak to.

    Parameters
    ----------
    given : Publication
        What the picture is made from; the artifact `market` says how many there are.

    Returns
    -------
    str
        An SVG of 1280 x 720 that loads nothing, in the language in force; its texts are cut where they would overlap.

    Examples
    --------
    >>> import re
    >>> from datetime import date
    >>> import pandas as pd
    >>> from icp_lab.methods.document import Group, Standing
    >>> from icp_lab.views.picture import About
    >>> standing = Standing(pd.DataFrame(), pd.DataFrame(), Group(9, 12, 0.47, 0.91), Group(2, 20, 0.03, 0.30))
    >>> icp = {"verdict": "unsupported", "criteria": [], "next_review": "2026-09-30"}
    >>> given = Publication(icp, standing, None, About(date(2026, 6, 30), "EUR", "Demo"), {}.get, None, None)
    >>> re.search("<title.*?>(.*?)</title>", build_infographic(given))[1]
    'The data do not carry a profile, and no hypothesis stands out.'
    """
    return render_template(
        "infographic.svg.j2", icp=given.icp, standing=given.standing, about=given.about, market=given.find("market"),
        rule=Rule, view=document, standings=standings, names=names, phrase=phrase, say=say, interval=say_interval,
        count=say_count, colours=COLOURS, language=language(), plain=lambda text: clean_line(text.replace("**", "")),
        wrap=lambda text, width, most: [line.strip() for line in wrap_text(clean_line(str(text)), width, most)])
