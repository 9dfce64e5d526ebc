"""Nothing of a Japanese report is left in English, and no product holds a character that it has no glyph for."""

import csv
import re
from html.parser import HTMLParser
from pathlib import Path

import matplotlib as mpl
import openpyxl
import pytest
from matplotlib.font_manager import get_font
from pptx import Presentation

from icp_lab.publish.fitting import FONTS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Five words of English after one another, as no name of a field, a system or a method has them.
ENGLISH = re.compile(r"[A-Za-z][a-z']*(?:,? [a-z][a-z']*){4,}")
# Read by machines or by whoever repairs a run: code, codes and versions.
MACHINES = ("icp.yml", "run.json", "artifacts", "excel")


class _Words(HTMLParser):
    """What a page shows, and what it says to those who cannot see it: no code."""

    SILENT = frozenset(("script", "style", "pre", "code"))

    def __init__(self):
        super().__init__()
        self.inside, self.words = 0, []

    def handle_starttag(self, tag, attrs):
        self.inside += tag in self.SILENT
        self.words += [value for name, value in attrs if name in {"aria-label", "alt", "title", "content"} and value]

    def handle_endtag(self, tag):
        self.inside -= tag in self.SILENT

    def handle_data(self, data):
        if not self.inside:
            self.words.append(data)


def _read_page(path):
    parser = _Words()
    parser.feed(path.read_text(encoding="utf-8"))
    return parser.words


def _read_workbook(path):
    book = openpyxl.load_workbook(path, read_only=True)
    rows = [row for sheet in book for row in sheet.iter_rows(values_only=True)]
    return [str(cell) for row in rows for cell in row if cell is not None]


def _read_deck(path):
    shapes = [shape for slide in Presentation(path).slides
              for shape in (*slide.shapes, *(slide.notes_slide.shapes if slide.has_notes_slide else ()))]
    cells = [cell.text for shape in shapes if shape.has_table for row in shape.table.rows for cell in row.cells]
    return [*(shape.text_frame.text for shape in shapes if shape.has_text_frame), *cells]


def _read_rows(path):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return [cell for row in csv.reader(stream) for cell in row]


READERS = {
    ".html": _read_page, ".svg": _read_page, ".xlsx": _read_workbook, ".pptx": _read_deck, ".csv": _read_rows,
    ".md": lambda path: [path.read_text(encoding="utf-8")], ".txt": lambda path: [path.read_text(encoding="utf-8")],
}  # fmt: skip


def read_products(out):
    """All words of a report by file: pages, documents, workbooks, slides, forms."""
    files = [path for path in sorted(out.rglob("*")) if path.suffix in READERS
             and not set(path.relative_to(out).parts) & set(MACHINES)]
    return {path.relative_to(out).as_posix(): READERS[path.suffix](path) for path in files}


def _only_words(text):
    return " ".join(re.findall(r"[a-z']+", text.lower()))


def find_english(out, study):
    """Which runs of English words does a report hold that no file of its study holds, part by part?

    Guides are in the language of whom they are for.
    """
    own = _only_words(" ".join(path.read_bytes().decode("utf-8", "replace")
                               for path in Path(study).rglob("*") if path.is_file() and path.name != "truth.json"))
    return {f"{name}: {run}" for name, words in read_products(out).items() if not name.startswith("to_fill/interviews/")
            for text in words for run in ENGLISH.findall(" ".join(re.sub(r"`[^`]*`", " ", text).split()))
            if any(_only_words(part) not in own for part in run.split(","))}


@pytest.mark.parametrize("study", ["data/demo", "data/demo_ja"])
def test_nothing_of_a_japanese_report_is_left_in_english(reports, japanese, root, study):
    out = reports["ja"] if study == "data/demo" else japanese
    products = read_products(out)
    assert {".html", ".xlsx", ".pptx", ".md", ".svg"} <= {Path(name).suffix for name in products}
    assert find_english(out, root / study) == set()


@pytest.fixture(scope="session")
def faces():
    """The fonts that come with the lab: Japanese, and matplotlib's own in both weights."""
    bold = Path(mpl.get_data_path(), "fonts", "ttf", "DejaVuSans-Bold.ttf")
    return [get_font(font) for font in (*FONTS, bold)]


@pytest.mark.parametrize("study", ["en", "ja", "data/demo_ja"])
def test_no_character_is_without_a_glyph(reports, japanese, faces, study):
    """What is drawn with the lab's own fonts has a glyph there; and no text was broken on its way."""
    products = read_products(japanese if study == "data/demo_ja" else reports[study])
    broken = {name for name, words in products.items() if "\ufffd" in "".join(words)}
    used = {mark for words in products.values() for mark in "".join(words) if mark.isprintable()}
    bare = {mark for mark in used if not any(face.get_char_index(ord(mark)) for face in faces)}
    assert (broken, bare) == (set(), set())
