"""The count of planted faults: one that a test notices is killed, one that no test asks about survives."""

import subprocess
import sys

TOY = '''"""A module so small that each of its faults is known."""


def grade(points: "int") -> "str":
    """Say it."""
    return "many" if points >= LIMIT else "few"


LIMIT = int("10")
'''
TEST = '''from toy import grade


def test_grade():
    assert grade(12) == "many"
'''


def test_a_fault_that_a_test_notices_is_killed_and_one_that_none_asks_about_survives(root, tmp_path):
    """And one with which nothing can be imported says nothing; the file stays as it is."""
    for name, text in (("src/toy.py", TOY), ("tests/test_toy.py", TEST)):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text)
    ran = subprocess.run([sys.executable, root / "tools/mutate.py", "src/toy.py", "tests/test_toy.py"], cwd=tmp_path,
                         capture_output=True, text=True, check=False)
    first, *between, last = ran.stdout.splitlines() or [ran.stderr]
    assert first.startswith("toy: 6 places; the tests take "), ran.stderr
    assert sorted(between) == [
        "left out: line 9, Constant: '10' -> 'XX10'", "survived: line 6, Compare: points >= LIMIT -> points > LIMIT",
        "survived: line 6, Constant: 'few' -> 'XXfew'"]
    assert last == "toy: 3 of 5 killed, 60 % (0 of them by time; 1 left out)"
    assert [one.name for one in (tmp_path / "src").iterdir()] == ["toy.py"]
    assert (tmp_path / "src/toy.py").read_text() == TOY
