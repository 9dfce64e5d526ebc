"""Take the pictures of docs/images from finished reports: first screens, a slide, the infographic. Needs Chromium.

usage: take_pictures.py REPORT...     such as reports/demo and a copy of it made with --language ja

A picture is called after what it shows and the language that the report was made in. The deck wants LibreOffice and
poppler's pdftoppm, and is left out where they are missing. Colours are reduced, so that a picture stays small.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parents[1] / "docs" / "images"
# What docs/gallery.md shows, each by its first screen; of those in FIGURES what begins with the first figure.
PAGES = {
    "index": "index.html", "document": "icp.html", "dashboard": "dashboard.html", "crm": "crm.html",
    "customers": "01_customer_base.html", "draft": "06b_draft_icp.html", "validation": "08b_validation.html",
}  # fmt: skip
FIGURES = ("draft", "validation")
SIZE, SLIDE, LARGEST = {"width": 1280, "height": 860}, 3, 250_000
BARE = ["--no-sandbox", "--disable-gpu"]


def shoot(browser, page, picture, *, figure=False):
    """Take the first screen of a page, or the one that begins with its first figure, with the network off."""
    context = browser.new_context(viewport=SIZE, color_scheme="light", offline=True)
    tab = context.new_page()
    tab.goto(page.resolve().as_uri(), wait_until="load")
    for chart in tab.locator(".chart").all():
        chart.locator("svg").wait_for()
    if figure:
        begin = "each => window.scrollTo(0, each.getBoundingClientRect().top - 90)"
        tab.locator("figure:has(svg)").first.evaluate(begin)
    tab.screenshot(path=picture)
    context.close()


def draw_slide(deck, picture):
    """Take a slide of a deck; says whether the tools for it are there."""
    if not (shutil.which("soffice") and shutil.which("pdftoppm")):
        return False
    with tempfile.TemporaryDirectory() as folder:
        own = f"-env:UserInstallation={Path(folder, 'own').as_uri()}"
        subprocess.run(["soffice", own, "--headless", "--convert-to", "pdf", "--outdir", folder, deck],
                       check=True, capture_output=True)  # fmt: skip
        number = ["-f", str(SLIDE), "-l", str(SLIDE), "-singlefile", "-scale-to-x", "1280", "-scale-to-y", "-1", "-png"]
        subprocess.run(["pdftoppm", *number, Path(folder, f"{deck.stem}.pdf"), picture.with_suffix("")], check=True)
    return True


def shrink(picture):
    """Reduce the colours of a picture as far as it takes."""
    with Image.open(picture) as drawn:
        whole = drawn.convert("RGB")
    for colours in (256, 128, 64, 32):
        whole.quantize(colours, dither=Image.Dither.NONE).save(picture, optimize=True)
        if picture.stat().st_size < LARGEST:
            return picture.stat().st_size
    sys.exit(f"{picture.name} is larger than {LARGEST} bytes")


def main(reports):
    """Take the pictures of each report."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=BARE)
        for report in map(Path, reports):
            language = json.loads((report / "run.json").read_text(encoding="utf-8"))["language"]
            for name, page in PAGES.items():
                if (report / page).is_file():
                    shoot(browser, report / page, FOLDER / f"{name}_{language}.png", figure=name in FIGURES)
            if (report / "infographic.png").is_file():
                with Image.open(report / "infographic.png") as drawn:
                    small = drawn.convert("RGB").resize((SIZE["width"], SIZE["width"] * drawn.height // drawn.width))
                small.save(FOLDER / f"infographic_{language}.png")
            deck = report / "icp.pptx"
            if deck.is_file() and not draw_slide(deck, FOLDER / f"deck_{language}.png"):
                print("LibreOffice or pdftoppm is missing: no picture of the deck")
        browser.close()
    for picture in sorted(FOLDER.glob("*.png")):
        print(f"{picture.name}: {shrink(picture) // 1000} kB")


if __name__ == "__main__":
    main(sys.argv[1:] or sys.exit(__doc__))
