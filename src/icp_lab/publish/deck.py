"""The profile as slides for training: native text, tables and charts, of one master, in the language in force.

What the slides are is declared in deck.toml, what they say comes from `views/training.py`, `slide.py` lays it out, and
the templates slide.xml and chart.xml write it as PowerPoint does. The same content gives the same bytes.
"""

import re
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pandas as pd
from pptx import Presentation
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.shapes import PP_PLACEHOLDER as HOLDER
from pptx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.parts.chart import ChartPart
from pptx.util import Pt

from icp_lab.locale import _, language
from icp_lab.locale.declared import read_declared
from icp_lab.pages.render import render_template
from icp_lab.publish.fitting import clean_line
from icp_lab.publish.products import Publication
from icp_lab.publish.slide import BODY, FOOT, NUMBER, TITLE, Slide, leading
from icp_lab.views.picture import COLOURS
from icp_lab.views.standings import draw_sides
from icp_lab.views.training import Chart, lay_charts, lay_training, list_criteria, list_people, tell_training

_PLACES = {HOLDER.TITLE: TITLE, HOLDER.CENTER_TITLE: TITLE, HOLDER.BODY: BODY, HOLDER.FOOTER: FOOT,
           HOLDER.SLIDE_NUMBER: NUMBER}
_FACES = ("Arial", "Yu Gothic")  # for Latin and for Japanese: Windows, macOS and Office bring them along
_THEME = {"dk1": "ink", "lt1": "#ffffff", "dk2": "grey", "lt2": "faint", "accent1": "accent", "accent2": "second",
          "accent3": "warn", "accent4": "grey", "accent5": "accent-wash", "accent6": "warn-wash", "hlink": "accent"}


def write_deck(given: Publication, folder: Path) -> None:
    """Write icp.pptx, the slides for training.

    Parameters
    ----------
    given : Publication
        What the slides are made from.
    folder : Path
        Stands for OUT.

    Examples
    --------
    >>> from icp_lab.publish.products import PRODUCTS
    >>> [product.places for product in PRODUCTS if product.writer == f"{__name__}:write_deck"]
    [('icp.pptx',)]
    """
    (folder / "icp.pptx").write_bytes(build_deck(given))


def build_deck(given: Publication) -> bytes:
    """Build the slides from which a company learns to use its profile, with notes, a quiz and exercises.

    Parameters
    ----------
    given : Publication
        What the slides are made from; what no step has left is said as such, or left out.

    Returns
    -------
    bytes
        A file for PowerPoint, in the language in force.

    Examples
    --------
    >>> [slide["name"] for slide in read_declared("icp_lab.publish", "deck.toml")["slides"]][:5]
    ['cover', 'why', 'ours', 'evidence', 'avoid']
    """
    icp, about, standing = given.icp, given.about, replace(given.standing, frame=given.accounts)
    picture, tone = draw_sides(icp, standing, about), "accent" if icp.get("criteria") else "grey"
    words = {**tell_training(icp, standing, about), "sides": picture.title}
    secret = given.brand.get("footer") or _("For internal use")
    foot = about.foot(_("n = {n} cases inside or outside; intervals of 95 %").format(n=words["n"]))
    words |= {"secret": secret, "foot": f"{foot} {secret}", "by": given.brand.get("name") or words["study"]}
    shown: dict[str, Any] = {
        **lay_training(icp, standing, about, {name: given.find(name) for name in ("negatives", "scores", "score")}),
        **lay_charts(icp, standing, picture), "criteria": list_criteria(icp),
        "avoid": list_criteria(icp["avoid"]) if icp.get("avoid") else []}
    file, day = _make_master(tone), datetime.fromisoformat(words["date"])
    facts, source = file.core_properties, clean_line(about.source)[:255]
    facts.author, facts.last_modified_by, facts.comments, facts.created, facts.modified = source, source, "", day, day
    facts.title = _("Ideal Customer Profile")
    for said in read_declared("icp_lab.publish", "deck.toml")["slides"]:
        there = any(shown.get(name) for name in (*said.get("shows", ()), *said.get("lists", ())))
        told = said | ({} if icp.get("criteria") else said.get("open", {})) | ({} if there else said.get("without", {}))
        for one in list_people(icp) if said["name"] == "persona" else [dict[str, Any](title="", side=[], cards=[])]:
            own = shown | {"side": one["side"], "persona": one["cards"]}
            _add_slide(file, Slide(told, {**words, "persona": one["title"]}, own, tone))
    return _pack(file)


def _add_slide(file: Any, laid: Slide) -> None:
    """Write a slide that is laid out into the deck, with its notes."""
    slide = file.slides.add_slide(file.slide_layouts[0 if laid.said["name"] == "cover" else 1])
    for part in laid.parts:
        if part["kind"] == "chart":
            part["id"] = slide.part.relate_to(_make_chart(file, part["chart"]), RELATIONSHIP_TYPE.CHART)
    drawn = render_template("slide.xml.j2", parts=laid.parts, leading=leading(), language=_tag())
    slide.shapes._spTree.remove(slide.shapes.title._element)  # the template brings its own
    slide.shapes._spTree.extend(parse_xml(drawn.encode()))
    slide.notes_slide.notes_text_frame.text = laid.notes


def _make_chart(file: Any, shown: Chart) -> Any:
    """Draw bars with their intervals, and write the sheet behind them."""
    rows, high = shown.bars[::-1], max(bar[3] for bar in shown.bars)  # bottom up
    top, name = (min(1.0, ceil(10 * high) / 10), _("Share")) if shown.kind == "share" else (ceil(high), _("Lift"))
    drawn = render_template("chart.xml.j2", rows=rows, name=name, top=top, kind=shown.kind, language=_tag()).encode()
    package, sheet = file.part.package, BytesIO()
    place = package.next_partname(ChartPart.partname_template)
    part = ChartPart.load(place, CONTENT_TYPE.DML_CHART, package, drawn)
    with pd.ExcelWriter(sheet, engine="xlsxwriter") as writer:
        writer.book.set_properties({"created": file.core_properties.created})
        frame = pd.DataFrame(rows, columns=["", name, _("Lower end"), _("Upper end")])
        frame.to_excel(writer, sheet_name="Sheet1", index=False)
    part.chart_workbook.update_from_xlsx_blob(sheet.getvalue())
    return part


def _make_master(tone: str) -> Any:
    """Make an empty deck: 16:9, the palette and typefaces of the pages, a layout for the cover and one for the rest."""
    file = Presentation()
    file.slide_width, file.slide_height = Pt(960), Pt(540)
    for layout in [each for each in file.slide_layouts if each.name not in ("Title Slide", "Title Only")]:
        file.slide_layouts.remove(layout)
    theme = file.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    said = theme.blob.decode()
    for slot, colour in _THEME.items():
        value = COLOURS.get(colour, colour)[1:]
        said = re.sub(rf"<a:{slot}>.*?</a:{slot}>", f'<a:{slot}><a:srgbClr val="{value}"/></a:{slot}>', said)
    faces = '<a:latin typeface="{}"/><a:ea typeface="{}"/>'.format(*_FACES)
    said = re.sub('<a:latin typeface="[^"]*"/><a:ea typeface="[^"]*"/>', faces, said)
    theme.blob = re.sub('(script="Jpan" typeface=")[^"]*', rf"\g<1>{_FACES[1]}", said).encode()
    file.slide_master._element.find(".//{*}titleStyle/{*}lvl1pPr").set("algn", "l")
    cover, usual = list(file.slide_layouts)
    ground = cover.background.fill
    ground.solid()
    ground.fore_color.theme_color = MSO_THEME_COLOR.ACCENT_1 if tone == "accent" else MSO_THEME_COLOR.TEXT_2
    usual.shapes._spTree.extend(parse_xml(render_template("slide.xml.j2", parts=[
        {"kind": "rule", "box": (48, 20, 864, 0), "colour": "tx1", "wide": 1.5},
        {"kind": "rule", "box": (48, 496, 864, 0), "colour": "bg2", "wide": 0.75}]).encode()))
    for holder in [*file.slide_master.placeholders, *cover.placeholders, *usual.placeholders]:
        if box := _PLACES.get(holder.placeholder_format.type):
            holder.left, holder.top, holder.width, holder.height = map(Pt, box)
        else:
            holder._element.getparent().remove(holder._element)
    return file


def _pack(file: Any) -> bytes:
    """Save a deck without the time of day that a zip file carries."""
    made, packed = BytesIO(), BytesIO()
    file.save(made)
    with ZipFile(made) as given, ZipFile(packed, "w") as taken:
        for name in given.namelist():
            taken.writestr(ZipInfo(name), given.read(name), ZIP_DEFLATED)
    return packed.getvalue()


def _tag() -> str:
    return {"ja": "ja-JP", "en": "en-US"}[language()]
