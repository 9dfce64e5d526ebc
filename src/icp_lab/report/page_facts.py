"""What a finished step said of its page. Light to import."""

import json
from pathlib import Path
from typing import Any

PAGE_FACTS = "page.json"


def read_page_facts(folder: Path) -> dict[str, Any]:
    """What did a step say of its page: headlines, answered items, rows read? Empty when it said nothing."""
    try:
        facts: dict[str, Any] = json.loads((folder / PAGE_FACTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return facts
