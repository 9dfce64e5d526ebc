"""docs/reliability.md names, for every fault, a test or a script that is there, and its sums are right."""

import re

import numpy as np
from fuzz_readers import READERS


def test_every_fault_in_the_table_is_repeated_by_what_is_there(root):
    text = (root / "docs/reliability.md").read_text(encoding="utf-8").partition("## Hostile input")[0]
    lines = [line for line in text.splitlines() if re.match(r"\| (?!\*|fault)\S", line)]
    rows = [line.strip("| ").split(" | ") for line in lines]
    assert len(rows) > 20
    for fault, _done, tried, survived, lost, repeated in rows:
        assert (int(tried), int(lost)) == (int(survived), 0), fault
        named = re.findall(r"`((?:tests|tools)/[\w/]+\.py)(?:::(\w+))?`", repeated)
        assert named, fault
        for file, test in named:
            source = (root / file).read_text(encoding="utf-8")
            assert f"def {test or 'main'}(" in source, f"{file}::{test}"
    total = re.search(r"\| \*\*all\*\* \| \| \*\*(\d+)\*\*", text)
    assert int(total[1]) == sum(int(row[2]) for row in rows)


def test_the_table_of_damaged_inputs_has_a_row_a_reader_and_adds_up(root):
    text = (root / "docs/reliability.md").read_text(encoding="utf-8").partition("## Hostile input")[2]
    rows = re.findall(r"(?m)^\| (\S+(?: --from)?) \| (\d[\d,]*(?: \| \d[\d,]*){6}) \|$", text)
    counts = np.array([[int(number.replace(",", "")) for number in said.split(" | ")] for _name, said in rows])
    assert [name for name, _said in rows] == [*READERS, "**all**"]
    assert (counts[:-1].sum(axis=0) == counts[-1]).all()
    assert (counts[:, 0] == counts[:, 1] + counts[:, 2]).all()
    assert counts[-1, 0] == 20_000
