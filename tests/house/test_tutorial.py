"""The tutorial in both languages: its commands run as they are written, and print what it says they print."""

import difflib
import io
import os
import re
import shlex
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import conclusions
import pytest

BLOCK = re.compile(r"^```(\w+) ?([^\n]*)\n(.*?)^```$", re.M | re.S)
# What changes nothing, so that it can be asked in the second language too.
ASKS = {"check", "why", "next", "diff", "score", "sql"}
NOT_RUN = ". .venv/bin/activate"  # the tests have an environment


def read_blocks(root, name):
    """List the blocks of a tutorial: kind, file that it is about, content."""
    text = (root / "docs" / name).read_text(encoding="utf-8")
    return [(kind, about, content) for kind, about, content in BLOCK.findall(text) if content.strip() != NOT_RUN]


def run(words, place):
    """Run one command; give what it prints."""
    command = {"icp-lab": [sys.executable, "-m", "icp_lab"], "python": [sys.executable]}.get(words[0], [words[0]])
    environment = {name: value for name, value in os.environ.items() if name not in {"LC_ALL", "LC_MESSAGES", "LANG"}}
    command += words[1:]
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def change(path, lines):
    """Change a file as a block of kind `diff` says: each line that goes must be there."""
    raw = path.read_bytes().decode("utf-8")
    for old, new in zip(lines[::2], lines[1::2], strict=True):
        assert (old[0], new[0]) == ("-", "+")
        assert raw.count(old[1:]) == 1, old
        raw = raw.replace(old[1:], new[1:])
    path.write_bytes(raw.encode("utf-8"))


def compare(said, printed, command):
    """Hold a block of output to what was printed; `...` stands for anything, no space is unbreakable."""
    printed = printed.replace("\xa0", " ")
    parts = (re.escape(part) for part in re.split(r"^\.\.\.\n|\.\.\.", said, flags=re.M))
    told = "\n".join(difflib.unified_diff(said.splitlines(), printed.splitlines(), "docs", "printed", lineterm=""))
    assert re.fullmatch("(?s:.*?)".join(parts), printed), f"{command}\n{told}"


@pytest.fixture(scope="module")
def story(root, tmp_path_factory):
    """Run the English tutorial, and ask again in Japanese what can be asked twice: block and output, by language."""
    place, told = tmp_path_factory.mktemp("first_hour"), {"en": [], "ja": []}
    (place / "tools").symlink_to(root / "tools")
    blocks = list(zip(read_blocks(root, "tutorial.md"), read_blocks(root, "tutorial.ja.md"), strict=True))
    printed, scored = {}, ""
    for (kind, about, content), (_kind, _about, japanese) in blocks:
        if kind == "sh":
            words = shlex.split(content)
            asks = words[0] == "icp-lab" and words[1] in ASKS
            if words == ["cat", "scored.csv"]:  # what scoring in Japanese has left
                printed = {"ja": scored}
            else:
                printed = {"ja": run([*words, "--language", "ja"], place)} if asks else {}
            scored = (place / "scored.csv").read_text(encoding="utf-8") if words[1] == "score" else ""
            printed["en"] = run(words, place)
        elif kind == "diff":
            change(place / about, content.splitlines())
        elif kind == "text":
            told["en"].append((shlex.join(words), content, printed["en"]))
            told["ja"] += [(shlex.join(words), japanese, printed["ja"])] if "ja" in printed else []
        else:
            (place / about).write_text(content, encoding="utf-8")
    return place, told


def test_both_tutorials_do_the_same(root):
    """Block by block: the same commands and files; in Japanese a study is begun in that language."""
    blocks = zip(read_blocks(root, "tutorial.md"), read_blocks(root, "tutorial.ja.md"), strict=True)
    for (kind, about, english), (other, same, japanese) in blocks:
        assert (kind, about) == (other, same)
        if kind in {"sh", "csv"}:
            assert japanese.replace(" --language ja", "") == english
        if kind in {"diff", "yaml"}:
            assert _drop_words(japanese) == _drop_words(english)


def _drop_words(content):
    """Leave out what is said in words at the end of a line: a comment, or the line of the draft that a row is about."""
    return [re.sub(r"    #.*|,[^,]* or [^,]*$|,業種[^,]*$", "", line) for line in content.splitlines()]


@pytest.mark.parametrize("name", ["tutorial.md", "tutorial.ja.md", "gallery.md", "ci.md"])
def test_what_these_pages_show_and_link_is_there(root, name):
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", (root / "docs" / name).read_text(encoding="utf-8"))
    assert targets
    assert [target for target in targets if not (root / "docs" / target).exists()] == []


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_commands_print_what_the_tutorial_says(story, language):
    _place, told = story
    assert len(told[language]) >= 6
    for command, said, printed in told[language]:
        compare(said, printed, command)


@pytest.mark.slow
def test_three_files_have_become_a_whole_report(story, root):
    report = story[0] / "reports/my_study"
    pages = {path.stem for path in (root / "notebooks").glob("*.ipynb")} | {"index", "icp", "dashboard", "crm"}
    assert {page for page in pages if not (report / f"{page}.html").is_file()} == set()
    assert 'lang="en"' in (report / "index.html").read_text(encoding="utf-8")
    assert {"icp.yml", "icp.xlsx", "icp.pptx", "icp.pdf", "run.json"} <= {path.name for path in report.iterdir()}


@pytest.mark.slow
def test_its_conclusions_can_be_kept_and_are_held(story, monkeypatch):
    """The build of docs/ci.md on a real report: unchanged it passes, with another definition it names what changed."""
    study, out = story[0] / "my_study", story[0] / "reports/my_study"
    said = {name: conclusions.conclude(name, out) for name in conclusions.CONCLUSIONS}
    conclusions.write_kept(study / conclusions.KEPT, said)
    assert conclusions.hold(study, out) == 0
    conclusions.write_kept(study / conclusions.KEPT, said | {"criteria": "industry SaaS"})
    monkeypatch.setattr(conclusions, "execute", lambda *_place: 1)
    with redirect_stdout(io.StringIO()) as heard:
        assert conclusions.hold(study, out) == 1
    assert re.findall(r"^Changed: (.*)$", heard.getvalue(), re.M) == ["criteria"]
    assert Path(study / conclusions.KEPT).is_file()
