"""The profile as slides for training: native text, tables and a chart, of one master, in the language in force.

What the slides are is declared in deck.toml, what they say comes from `views/training.py`, and the templates slide.xml
and chart.xml write it as PowerPoint does. Every box is measured, so that nothing overlaps and nothing runs out of a
slide, whatever the data hold. The same content gives the same bytes.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pandas as pd
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER as HOLDER
from pptx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.parts.chart import ChartPart
from pptx.util import Pt

from icp_lab.locale import _, language
from icp_lab.locale.declared import read_declared
from icp_lab.methods.document import Standing
from icp_lab.pages.render import render_template
from icp_lab.publish.fitting import GAP, clean_line, fit_texts, measure_text, split_text, wrap_text
from icp_lab.publish.products import Publication
from icp_lab.views.document import draw_sides
from icp_lab.views.picture import COLOURS, Picture
from icp_lab.views.table import LEFT, Table, say
from icp_lab.views.training import lay_training, tell_training
from icp_lab.views.words import say_count, tell

Box = tuple[float, float, float, float]  # left, top, width, height in points
_TITLE, _BODY, _FOOT, _GAP = (56, 52, 848, 68), (56, 134, 848, 354), (56, 504, 700, 16), 28
_NUMBER = (804, 504, 100, 16)
_PLACES = {HOLDER.TITLE: _TITLE, HOLDER.BODY: _BODY, HOLDER.FOOTER: _FOOT, HOLDER.SLIDE_NUMBER: _NUMBER}
_COVER, _HEAD, _TEXT, _LESS, _SMALL = (44, 36, 28, 20), (26, 22, 18, 15), (20, 18, 16, 14, 12), (16, 14, 12), (12, 10)
_CELLS = ((16, 0), (14, 0), (13, 0), (12, 0), (11, 0), (11, 6), (10, 5), (10, 3), (10, 2), (10, 1))  # size, most lines
_FACES = ("Arial", "Yu Gothic")  # for Latin and for Japanese: Windows, macOS and Office bring them along
_THEME = {"dk1": "ink", "lt1": "#ffffff", "dk2": "grey", "lt2": "faint", "accent1": "accent", "accent2": "second",
          "accent3": "warn", "accent4": "grey", "accent5": "faint", "accent6": "ink", "hlink": "accent"}
_INK, _GREY, _ACCENT = "tx1", "tx2", "accent1"


def write_deck(given: Publication, folder: Path) -> None:
    """Write icp.pptx, the slides for training."""
    (folder / "icp.pptx").write_bytes(build_deck(given))


def build_deck(given: Publication) -> bytes:
    """How does a company learn to use its profile? Slides with notes, a quiz and exercises out of its own data."""
    icp, about, standing = given.icp, given.about, replace(given.standing, frame=given.accounts)
    picture = draw_sides(icp, standing, about)
    words = {**tell_training(icp, standing, about), "sides": picture.title}
    laid = lay_training(icp, standing, about, {name: given.find(name) for name in ("negatives", "scores", "score")})
    file, day = _make_master(), datetime.fromisoformat(words["date"])
    facts, source = file.core_properties, clean_line(about.source)[:255]
    facts.author, facts.last_modified_by, facts.comments, facts.created, facts.modified = source, source, "", day, day
    facts.title = _("Ideal Customer Profile")
    for said in read_declared("icp_lab.publish", "deck.toml")["slides"]:
        shows = said.get("shows", ())
        tables = [table for name in shows for table in laid.get(name, ())]
        chart = picture if "chart" in shows and standing.inside.n + standing.outside.n else None
        variants = [{} if icp.get("criteria") else said.get("open", {}), {} if tables else said.get("without", {})]
        for batch in [[table] for table in tables] if "each" in said else [tables]:
            _add_slide(file, _Slide({**said, **variants[0], **variants[1]}, words, batch, chart), standing)
    return _pack(file)


class _Slide:
    """A slide while it is laid out: its parts, each measured."""

    def __init__(self, said: dict[str, Any], words: dict[str, str], tables: list[Table], chart: Picture | None) -> None:
        self.said, self.words, self.parts = said, words, list[dict[str, Any]]()
        cover, (left, top, width, height) = said["name"] == "cover", map(float, _BODY)
        self.title = (self._say("title") or [tables[0].title])[0]
        place, sizes = ((56, 150, 848, 120), _COVER) if cover else (_TITLE, _HEAD)
        self.add_text(place, [self.title], sizes, kind="title", bold=True)
        self.add_text((56, 30, 848, 18), self._say("part"), (13,), _ACCENT)
        texts = self._say("text")
        notes = self._say("notes") + [table.note for table in tables if table.note]
        self.notes = "\n".join(clean_line(note).replace("**", "") for note in notes)
        if cover:
            self.add_text((left, 280, width, 120), texts, _TEXT, _GREY)
            return
        foot = tell(_("{study}. As of {date}. For internal use"), **words)
        self.add_text(_FOOT, [foot], (10,), _GREY, kind="ftr")
        self.parts.append({"kind": "sldNum", "box": _NUMBER})
        if "below" in said and tables:
            lines = sum(len(wrap_text(text, 0.95 * width / _LESS[0])) + GAP for text in texts)
            used = min(lines * _LESS[0] * _leading(), 130)
            self.add_text((left, top, width, used), texts, _LESS)
            top, height = top + used + 8, height - used - 8
        elif texts:
            own = width * (0.38 if tables or chart else 0.85)
            self.add_text((left, top, own, height), texts, _TEXT)
            left, width = left + own + _GAP, width - own - _GAP
        if chart:
            self.add_text((left, top, width, 32), [chart.subtitle], _SMALL, _GREY)
            self.parts.append({"kind": "chart", "box": (left, top + 36, width, height - 76), "alt": chart.alt})
            self.add_text((left, top + height - 34, width, 34), [chart.foot], _SMALL, _GREY)
        for waiting, table in zip(range(len(tables), 0, -1), tables, strict=True):
            used = self.add_table((left, top, width, (height + _GAP) / waiting - _GAP), table) + _GAP
            top, height = top + used, height - used

    def _say(self, key: str) -> list[str]:
        kept = [text for text in self.said.get(key, ()) if all(self.words[one] for one in re.findall(r"{(\w+)}", text))]
        told = [line for text in kept for line in tell(_(text), **self.words).split("\n")]
        numbered = key in self.said.get("numbered", ())
        return [f"**{n}**  {text}" for n, text in enumerate(told[:5], 1)] if numbered else told

    def add_text(self, box: Box, texts: Sequence[str], sizes: Sequence[float], colour: str = _INK, **look: Any) -> None:
        """Write paragraphs into a box, in the largest of these sizes that lets them fit."""
        if texts:  # Some programs set a little space between Japanese and Latin letters, hence the margin.
            size, kept = fit_texts(list(map(clean_line, texts)), (0.95 * box[2], box[3]), sizes, _leading())
            said = [text.split("**") for text in kept]
            self.parts.append({"kind": "text", "box": box, "size": size, "colour": colour, "paragraphs": said, **look})

    def add_table(self, box: Box, table: Table) -> float:
        """Lay a table into a box, in the largest type that lets it fit, and tell the height that it takes."""
        left, top, width, height = box
        if table.title and table.title != self.title:
            self.add_text((left, top, width, 20), [table.title], (14, 12, 11), bold=True)
            top, height = top + 24, height - 24
        heads = [f"{head} ({unit})" if unit else head for head, unit in table.heads()]
        grid = [list(map(clean_line, row)) for row in (heads, *table.cells())]
        for size, most in _CELLS:
            widths = _share_width(grid, width / size)
            rows = [[wrap_text(cell, one - 1.2, most) for cell, one in zip(row, widths, strict=True)] for row in grid]
            heights = [max(map(len, row)) * size * _leading() + 8 for row in rows]
            if sum(heights) <= height:
                break
        self.parts.append({
            "kind": "table", "box": (left, top, width, sum(heights)), "size": size, "heights": heights,
            "alt": clean_line(table.title or self.title), "widths": [one * size for one in widths],
            "sides": ["l" if column.kind in LEFT else "r" for column in table.columns],
            "rows": [["".join(lines) for lines in row] for row in rows]})
        return sum(heights) + top - box[1]


def _share_width(grid: list[list[str]], width: float) -> list[float]:
    """Share a width in em among columns: to each its longest word, and of what is left by how much it has to say."""
    columns = list(zip(*grid, strict=True))
    least = [1.3 + min(max(measure_text(word) for cell in cells for word in split_text(cell)), 12) for cells in columns]
    asked = [0.1 + min(max(map(measure_text, cells)), 30) for cells in columns]
    spare = max(width - sum(least), 0) / sum(asked)
    wide = [low + spare * more for low, more in zip(least, asked, strict=True)]
    return [width * one / sum(wide) for one in wide]


def _add_slide(file: Any, laid: _Slide, standing: Standing) -> None:
    """Write a slide that is laid out into the deck, with its notes."""
    slide = file.slides.add_slide(file.slide_layouts[0])
    for part in laid.parts:
        if part["kind"] == "chart":
            chart = _make_chart(file, standing)
            part["id"] = slide.part.relate_to(chart, RELATIONSHIP_TYPE.CHART)
    drawn = render_template("slide.xml.j2", parts=laid.parts, leading=_leading(), gap=GAP, language=_tag())
    slide.shapes._spTree.remove(slide.shapes.title._element)  # the template brings its own
    slide.shapes._spTree.extend(parse_xml(drawn.encode()))
    slide.notes_slide.notes_text_frame.text = laid.notes


def _make_chart(file: Any, standing: Standing) -> Any:
    """Draw the shares on either side of the profile as bars with their intervals, and write the sheet behind them."""
    rows = [(_("{side}: {count} ({share})").format(
        side=side, count=say_count(one.yes, one.n), share=say(one.share, "share")), one.share, one.low, one.high)
        for side, one in ((_("Outside"), standing.outside), (_("Inside"), standing.inside)) if one.n]  # bottom up
    top, name = min(1.0, ceil(10 * max(high for *_rest, high in rows)) / 10), _("Share")
    drawn = render_template("chart.xml.j2", rows=rows, name=name, top=top, language=_tag()).encode()
    package, sheet = file.part.package, BytesIO()
    place = package.next_partname(ChartPart.partname_template)
    part = ChartPart.load(place, CONTENT_TYPE.DML_CHART, package, drawn)
    with pd.ExcelWriter(sheet, engine="xlsxwriter") as writer:
        writer.book.set_properties({"created": file.core_properties.created})
        frame = pd.DataFrame(rows, columns=["", name, _("Lower end"), _("Upper end")])
        frame.to_excel(writer, sheet_name="Sheet1", index=False)
    part.chart_workbook.update_from_xlsx_blob(sheet.getvalue())
    return part


def _make_master() -> Any:
    """Make an empty deck with one layout: 16:9, the palette and the typefaces of the pages, a foot and a number."""
    file = Presentation()
    file.slide_width, file.slide_height = Pt(960), Pt(540)
    for layout in [each for each in file.slide_layouts if each.name != "Title Only"]:
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
    for holder in [*file.slide_master.placeholders, *file.slide_layouts[0].placeholders]:
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


def _leading() -> float:
    return 1.4 if language() == "ja" else 1.25


def _tag() -> str:
    return {"ja": "ja-JP", "en": "en-US"}[language()]
