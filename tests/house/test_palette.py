"""One palette for pages and pictures: words are legible on every ground, and no two colours are one to anybody."""

import re
from itertools import combinations

import numpy as np
import pytest

from icp_lab.pages.render import read_part
from icp_lab.views.picture import COLOURS

GROUNDS = ("paper", "wash", "accent-wash", "warn-wash")
WORDS = ("ink", "grey", "accent", "warn", "second")
# What reaches the eye of people without one kind of cones (Machado, Oliveira and Fernandes, 2009, severity 1).
EYES = {
    "usual": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}  # fmt: skip
XYZ = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
WHITE = np.array([0.95047, 1.0, 1.08883])


def _read_themes():
    """The tokens of each theme as style.css declares them; paper's lack what it takes over from the light one."""
    blocks = re.findall(r":root([^{,]*)\{([^}]*)\}", str(read_part("style.css")))
    found = [(where, dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+)", block))) for where, block in blocks]
    light, *others = [tokens for _where, tokens in found if "ink" in tokens]
    *dark, printed = others
    return light, dark, light | printed


LIGHT, DARKS, PRINTED = _read_themes()
THEMES = {"light": LIGHT, "dark": DARKS[0], "print": PRINTED}


def _light(colour):
    """Linear red, green and blue."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = np.array([int(digits[i:i + 2], 16) / 255 for i in (0, 2, 4)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def _contrast(one, other):
    """WCAG 2.2."""
    dark, bright = sorted(float(_light(colour) @ XYZ[1]) for colour in (one, other))
    return (bright + 0.05) / (dark + 0.05)


def _differ(one, other, eye):
    """Distance in CIELAB as an eye sees it."""
    def place(colour):
        seen = np.array(XYZ) @ np.clip(np.array(eye) @ _light(colour), 0, 1) / WHITE
        x, y, z = np.where(seen > 0.008856, np.cbrt(seen), 7.787 * seen + 16 / 116)
        return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])

    return float(np.linalg.norm(place(one) - place(other)))


def test_every_theme_declares_the_same_colours():
    assert len(DARKS) == 2
    assert DARKS[0] == DARKS[1]
    assert set(DARKS[0]) == set(LIGHT)
    assert set(LIGHT) >= {*COLOURS, *GROUNDS}


@pytest.mark.parametrize("theme", THEMES)
def test_words_have_the_contrast_of_aa_on_every_ground(theme):
    tokens = THEMES[theme]
    low = {f"{word} on {ground}": _contrast(tokens[word], tokens[ground]) for word in WORDS for ground in GROUNDS}
    assert {pair: round(ratio, 2) for pair, ratio in low.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("theme", THEMES)
def test_no_two_colours_are_one_to_anybody(theme, eye):
    near = {pair: _differ(THEMES[theme][pair[0]], THEMES[theme][pair[1]], EYES[eye]) for pair in combinations(WORDS, 2)}
    assert {pair: round(distance, 1) for pair, distance in near.items() if distance < 15} == {}


def test_pictures_are_drawn_in_the_colours_of_the_page(root):
    assert {name: LIGHT[name] for name in COLOURS} == COLOURS
    drawn = re.findall(r"\b[0-9a-f]{6}\b", (root / "src/icp_lab/views/house.mplstyle").read_text(encoding="utf-8"))
    assert {f"#{colour}" for colour in drawn} <= set(COLOURS.values())


def test_no_colour_of_a_page_stands_outside_its_palette():
    rules = re.sub(r":root[^{]*\{[^}]*\}", "", str(read_part("style.css")))
    assert re.findall(r"#[0-9a-f]{3,8}\b(?=[;, )])", rules) == []
