"""A pytest plugin: nbval compares what a notebook says in words, and no other form of the same result."""

SAID_IN_ANOTHER_FORM = ("text/html", "text/markdown", "image/svg+xml", "application/json")


def pytest_collection_modifyitems(items):
    """Take the forms that are not kept in committed notebooks out of the comparison."""
    for notebook in {item.parent for item in items if hasattr(item.parent, "skip_compare")}:
        notebook.skip_compare += SAID_IN_ANOTHER_FORM
