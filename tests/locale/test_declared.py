"""Data files of the package: read as frozen content, their sentences found for the catalogue."""

from io import BytesIO
from typing import get_args

from icp_lab.locale.declared import extract_declared, read_declared
from icp_lab.tables import TABLES, Kind


def test_lists_come_as_tuples_however_deep():
    declared = read_declared("icp_lab", "tables.toml")
    assert declared["known_attributes"][:2] == ("industry", "employees")
    assert declared["triggers"]["one_of"] == ("account_id", "lead_id")


def test_only_the_texts_under_the_named_keys_are_sentences():
    content = b'row = "a row"\nkey = "id"\nwords = ["one", "two"]\n'
    content += b'[columns]\nname = {kind = "text", row = "its name"}\n'
    found = [text for _line, _function, text, _comments in
             extract_declared(BytesIO(content), (), (), {"keys": "row words"})]
    assert found == ["a row", "one", "two", "its name"]


def test_every_column_has_a_kind_that_is_known():
    assert {column.kind for table in TABLES for column in table.columns} <= set(get_args(Kind))
