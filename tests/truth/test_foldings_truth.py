"""Planted misspellings come back to what they were; names that differ stay apart."""

import random
from collections import Counter

import pytest
from babel import Locale

from icp_lab.intake.categories import find_foldings
from icp_lab.locale.declared import read_declared

NAMES = {
    "industry": [*read_declared("icp_lab.intake", "lexicon/industries.toml")["spelled"], "Retail", "Banking", "Mining",
                 "Dining", "Printing", "Painting", "Software", "Hardware", "Chemicals", "Textiles"],
    "channel": ["inbound", "outbound", "referral", "event", "partner", "webinar", "contact", "contract", "conference",
                "advertisement", "cold call", "tradeshow", "newsletter", "marketplace"],
    "country": [name for code, name in Locale("en").territories.items() if len(code) == 2],
    "region": ["North Carolina", "South Carolina", "Northern Europe", "Southern Europe", "Virginia", "West Virginia",
               "Kansas", "Arkansas", "Oregon", "Ohio", "Iowa", "Idaho", "Fukushima", "Fukuoka", "Tokushima"],
}


def _misspell(name, rng):
    """Leave a letter out, put one in, take another one, or turn two round; never the first."""
    i = rng.randrange(1, len(name))
    letter = rng.choice("abcdefghijklmnopqrstuvwxyz")
    return rng.choice([name[:i] + name[i + 1:], name[:i] + letter + name[i:], name[:i] + letter + name[i + 1:],
                       name[:i - 1] + name[i] + name[i - 1] + name[i + 1:] if i > 1 else name[:i] + name[i + 1:]])


@pytest.mark.parametrize("column", NAMES)
def test_misspellings_are_found_and_nothing_else(column):
    found: Counter[str] = Counter()
    for seed in range(20):
        rng = random.Random(seed)
        counts = {name: rng.randint(1, 60) for name in rng.sample(NAMES[column], 12)}
        planted = {}
        for name in [name for name in counts if len(name) > 4 and rng.random() < 0.4]:
            if (wrong := _misspell(name, rng)) not in counts:
                planted[wrong] = name
        counts |= {wrong: rng.randint(1, 3) for wrong in planted}
        folded = find_foldings(counts, column)
        found["planted"] += len(planted)
        found["right"] += sum(folded.get(wrong) == name for wrong, name in planted.items())
        found["wrong"] += sum(planted.get(value) != name for value, name in folded.items())
    assert found["planted"] > 50
    assert found["right"] >= 0.6 * found["planted"]
    assert found["wrong"] <= 0.01 * found["planted"]
