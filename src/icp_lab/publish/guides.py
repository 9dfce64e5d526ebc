"""What interviewers take along: a guide a person, letters, a form of consent, and the sheets that keep track."""

import json
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader

from icp_lab.artifacts.manifest import digest_text
from icp_lab.locale import LANGUAGES, _, language
from icp_lab.methods.interviewees import KINDS
from icp_lab.publish.book import write_book
from icp_lab.views.interviews import list_topics
from icp_lab.views.words import head_columns, name, names

# Beside the guides: what is not to be collected.
PAPERS = "papers"


def write_guides(folder: Path, people: pd.DataFrame, sender: str) -> None:
    """Write what interviewers take to a company: a guide for each person, a letter, a form of consent, and a plan.

    Parameters
    ----------
    folder : Path
        Where the guides are put; made where it is not there, and without `papers` in it. A guide that somebody filled
        in can be read back as it is.
    people : DataFrame
        A row a person to talk to: account_id, place, kind (management, practitioner), company (its name), part (chosen,
        former, lost), department, seniority, buying_role, language (of the person; the one in force where unknown).
    sender : str
        Who writes the letters.

    Examples
    --------
    >>> import tempfile
    >>> people = pd.DataFrame({"account_id": ["a 1"], "place": [1], "kind": ["management"], "company": ["Acme"],
    ...     "part": ["chosen"], "department": ["sales"], "seniority": ["vp"], "buying_role": "user", "language": "ja"})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_guides(Path(folder), people, "Demo Inc.")
    ...     sorted(path.relative_to(folder).as_posix() for path in Path(folder).rglob("*.*"))
    ['a_1_49faa6_management_1.md', 'papers/consent_ja.md', 'papers/plan.xlsx', 'papers/request_a_1_49faa6.md']
    """
    (folder / PAPERS).mkdir(parents=True)
    spoken = set[str]()
    for row in people.astype(object).where(people.notna(), "").to_dict("records"):
        speaks = row["language"] if row["language"] in LANGUAGES else language()
        spoken.add(speaks)
        account, topics = _name_file(row["account_id"]), list_topics(row["kind"], speaks)
        words = {**row, "topics": topics, "sender": sender, "role": row["buying_role"],
                 "company": row["company"].replace("--", "–")}  # two hyphens would end the comment that names it
        fill_paper(folder / f"{account}_{row['kind']}_{row['place']}.md", "guide", speaks, words)
        if row["place"] == 1:
            fill_paper(folder / PAPERS / f"request_{account}.md", "request", speaks, words | {"topics": topics[:-1]})
    for speaks in sorted(spoken):
        fill_paper(folder / PAPERS / f"consent_{speaks}.md", "consent", speaks, {"sender": sender})
    _write_plan(folder / PAPERS / "plan.xlsx", people)


def write_calls(path: Path, people: pd.DataFrame) -> None:
    """Write whom the interviewer calls: the one sheet that names the people.

    Parameters
    ----------
    path : Path
        File to write, among what is not for sharing; its folder is made where it is not there.
    people : DataFrame
        As for `write_guides`, with stand-ins, and stands_in_for, contact_id, name, title, email; what is not there
        stays empty.

    Examples
    --------
    >>> import tempfile
    >>> from python_calamine import CalamineWorkbook
    >>> people = pd.DataFrame({"company": ["Acme"], "name": ["Ann"], "part": ["stand_in"], "email": ["ann@a.com"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_calls(Path(folder) / "calls.xlsx", people)
    ...     CalamineWorkbook.from_path(Path(folder) / "calls.xlsx").get_sheet_by_index(0).to_python()[1]
    ['', 'Acme', 'stand-in', '', '', 'Ann', '', 'ann@a.com', '', '', '', '']
    """
    title = _("Whom to call")
    write_book(path, title, {title: _head(people, "interview_call")})


def _write_plan(path: Path, people: pd.DataFrame) -> None:
    asked = [{"kind": kind, "topic": topic["title"], "question": question, "notes": ""}
             for kind in KINDS for topic in list_topics(kind, language()) for question in topic["questions"]]
    frames = {"interview_guide": pd.DataFrame(asked), "interview_schedule": people, "interview_follow_up": people}
    sheets = {name("interview_sheet", kind): _head(frame, kind) for kind, frame in frames.items()}
    write_book(path, _("Interviews"), sheets)


def _head(frame: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Give the columns of a sheet under their headings, with codes in words; what people fill in is empty."""
    sheet = frame.astype(object).where(frame.notna(), "").reindex(columns=list(names(kind)), fill_value="")
    for column, called in (("kind", "interview_kind"), ("part", "interview_part"), ("buying_role", "buying_role")):
        if column in sheet:
            sheet[column] = sheet[column].replace(names(called))
    return head_columns(sheet, kind)


def _name_file(account: str) -> str:
    """Make a name for files out of an account's id, another one for each."""
    plain = re.sub(r"[^\w.-]+", "_", account).strip("._")
    return plain if plain == account else f"{plain}_{digest_text(account)[:6]}"


def fill_paper(path: Path, template: str, speaks: str, words: Mapping[Any, Any]) -> None:
    """Write a paper of the templates beside this file, in a language.

    Parameters
    ----------
    path : Path
        File to write, in a folder that is there.
    template : str
        Which one: guide, request, consent, agenda or minutes.
    speaks : str
        Code of the language, one that the lab speaks.
    words : Mapping of str to object
        What the template asks for, by name; what is not given is left blank.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     fill_paper(Path(folder) / "consent.md", "consent", "en", {"sender": "Demo Inc."})
    ...     (Path(folder) / "consent.md").read_text(encoding="utf-8").splitlines()[2][:33]
    'Demo Inc. talks with customers to'
    """
    kept = Environment(loader=PackageLoader("icp_lab.publish", "templates"), trim_blocks=True, lstrip_blocks=True,
                       keep_trailing_newline=True)
    quote = partial(json.dumps, ensure_ascii=False)
    path.write_text(kept.get_template(f"{template}.{speaks}.md.j2").render(words, quote=quote), encoding="utf-8")
