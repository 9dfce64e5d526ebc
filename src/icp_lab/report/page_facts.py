"""What a finished step said of its page. Light to import."""

from pathlib import Path
from typing import Any

from icp_lab.artifacts.manifest import read_json

PAGE_FACTS = "page.json"


def read_page_facts(folder: Path) -> dict[str, Any]:
    """What did a step say of its page: headlines, answered items, rows read? Empty when it said nothing."""
    return read_json(folder / PAGE_FACTS)
