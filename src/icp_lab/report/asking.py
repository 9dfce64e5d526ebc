"""What goes out to people after a run: forms, guides, ballots. What somebody has written into is never written over."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from icp_lab.artifacts import DTYPES_OF
from icp_lab.artifacts.manifest import digest_file
from icp_lab.artifacts.place import WORK
from icp_lab.errors import LabError
from icp_lab.locale import _, in_language
from icp_lab.methods import committees, reasons, review, targeting
from icp_lab.process.left import find_artifact
from icp_lab.publish import ballot, book, forms, guides, lists
from icp_lab.report.plan import Plan
from icp_lab.study.ballots import DECISION, DECISIONS
from icp_lab.study.corrections import FOLDER, FORMS, Form, read_answers, read_corrections
from icp_lab.study.tabled import MOST_ASKED
from icp_lab.tables import BY_NAME
from icp_lab.views.personas import word_icp
from icp_lab.views.review import list_agenda, list_lines
from icp_lab.views.words import head_columns, name, names

# Puts files into a folder, each where it is to stand in the report's.
Writer = Callable[[Plan, Path], None]


def ask_people(plan: Plan, former: Mapping[str, str], note: Callable[[dict[str, str]], None] = lambda _asked: None
               ) -> dict[str, str]:
    """Put what people are asked, and handed to ask others, into the report's folder.

    Parameters
    ----------
    plan : Plan
        The report.
    former : Mapping of str to str
        What this gave after the last run: a file that is no longer as it was then has been written into, and stays.
    note : callable, optional
        Told beforehand what the files may be from now on: what a killed run leaves is not taken for written into.

    Returns
    -------
    dict of str to str
        The digest of each file, by its place in the report's folder.

    Examples
    --------
    >>> [f"to_fill/{FOLDER}/{form}.xlsx" for form in FORMS][:2]  # forms that are there where something is to be asked
    ['to_fill/corrections/same_company.xlsx', 'to_fill/corrections/foldings.xlsx']
    """
    drafts = plan.out / WORK / "asking"
    shutil.rmtree(drafts, ignore_errors=True)
    drafts.mkdir(parents=True)
    with in_language(plan.language):
        _ask_forms(plan)
        for write in WRITERS:
            write(plan, drafts)
    asked = {str(path.relative_to(drafts)): digest_file(path) for path in sorted(drafts.rglob("*")) if path.is_file()}
    note({place: f"{former.get(place, '')} {asked.get(place, '')}" for place in {*asked, *former}})
    for place in sorted({*asked, *former}):
        target = plan.out / place
        if target.is_file() and digest_file(target) not in former.get(place, "").split():
            continue
        if place in asked:
            target.parent.mkdir(parents=True, exist_ok=True)
            (drafts / place).replace(target)
        else:
            target.unlink(missing_ok=True)
    shutil.rmtree(drafts)
    return asked


def _ask_forms(plan: Plan) -> None:
    """Put the forms of what only people can tell into `to_fill`; answers that stand there already stay."""
    for form, rows in {**plan.study.questions(), FORMS["reasons"]: _list_statements(plan),
                       FORMS["codes"]: _list_suggestions(plan)}.items():
        _ask_form(plan, form, rows)


def _list_statements(plan: Plan) -> list[dict[str, str]]:
    """List statements of which nobody has said yet what reason they give, the unsure and the common ones first."""
    said = read_left(plan, "statements").fillna({"words": ""})
    said = said[(said["people"] == 0) & ((said["source"] != "tickets") | said["unsure"])]
    said = said.sort_values(["unsure", "times", "statement"], ascending=[False, False, True])
    return [{"statement": row["statement"], "source": name("reason_source", row["source"]), "times": str(row["times"]),
             "words": row["words"], "unsure": _("yes") if row["unsure"] else "", "group": _(group)}
            for row in said.drop_duplicates("statement").head(MOST_ASKED).to_dict("records")
            for group in (row["group"].replace("_", " "),)]


def _ask_form(plan: Plan, form: Form, rows: list[dict[str, str]]) -> None:
    path = plan.out / "to_fill" / FOLDER / f"{form.name}.xlsx"
    try:
        held = read_answers(path, form) if path.exists() else {}
    except LabError:
        return  # somebody is at work on it: collecting it will say what is wrong
    asked = [tuple(row[key] for key in form.keys) for row in rows]
    known = read_corrections(plan.study.folder, form)
    new = {key: answer for key, answer in held.items() if key not in known}
    wanted = [{**row, form.answer: new.pop(key, "")} for key, row in zip(asked, rows, strict=True)]
    wanted += [{**dict(zip(form.keys, key, strict=True)), form.answer: answer} for key, answer in new.items()]
    if wanted:
        forms.write_form(path, form, wanted)
    else:
        path.unlink(missing_ok=True)


def _list_suggestions(plan: Plan) -> list[dict[str, str]]:
    """List codes that the lab would give to passages of interviews, for somebody to say whether they fit."""
    rows = read_left(plan, "suggestions")
    called = plan.study.codebook(plan.language).set_index("code")["name"].to_dict()
    rows = rows.assign(name=rows["code"].map(called).fillna(rows["code"])).fillna({"evidence": ""})
    return [{key: str(row[key]) for key in FORMS["codes"].columns if key in row}
            for row in rows.sort_values("score", ascending=False).head(MOST_ASKED).to_dict("records")]


def _write_interviews(plan: Plan, folder: Path) -> None:
    """Put what interviewers take along into a folder; what names people is for them alone."""
    chosen, people = (read_left(plan, artifact) for artifact in ("interviewees", "deciders"))
    accounts, contacts = plan.study.table("accounts"), plan.study.table("contacts")
    chosen["company"] = chosen["account_id"].map(accounts.set_index("account_id")["name"]).fillna(chosen["account_id"])
    people = people.merge(chosen[["account_id", "part", "stands_in_for", "company", "place"]], on="account_id",
                          suffixes=("", "_of_account")).sort_values(["place_of_account", "place"])
    people = people.merge(contacts[["contact_id", "name", "title", "email", "language"]], how="left", on="contact_id")
    asked = people[people["part"] != "stand_in"].drop(columns=["name", "title", "email"])
    if len(asked):
        sender = plan.study.brand.get("name") or plan.study.name
        guides.write_guides(folder / "to_fill" / "interviews", asked, sender)
        guides.write_calls(folder / "private" / "interview_contacts.xlsx", people)


def _write_review(plan: Plan, folder: Path) -> None:
    """Put the ballot of the next round, agenda and minutes into a folder, and a form for what is decided."""
    voted, records = read_left(plan, "voted"), [find_artifact(plan.out, one) for one in ("draft", "avoid", "personas")]
    if (still := voted[voted["decided"].isna()]).empty or None in records:
        return
    items = [item for item in review.list_items(*records) if item.id in set(still["item"])]
    lines, number = list_lines(items), int(voted["round"].max())
    about = {"study": plan.study.name, "as_of": plan.study.as_of.isoformat()}
    place = folder / "to_fill" / "review"
    place.mkdir(parents=True)
    ballot.write_ballot(place / f"ballot_round{number + 1}.xlsx", list_lines(items, still), number=number + 1, **about)
    words = about | {"lines": list_agenda(still, lines), "round": number, "votes": int(voted["n"].sum())}
    for paper in ("agenda", "minutes"):
        guides.fill_paper(place / f"{paper}.md", paper, plan.language, words)
    if not (plan.study.folder / DECISIONS).is_file():
        form = lines[["item", "said"]].rename(columns={"said": "line"}).reindex(columns=[*DECISION, "line"])
        book.write_csv(place.parent / DECISIONS, form, [])


def write_feedback(plan: Plan, folder: Path) -> None:
    """Put a form on the companies that sales works on into a folder, and who works inside the profile, by name.

    Parameters
    ----------
    plan : Plan
        The report, with what its steps left.
    folder : Path
        Stands for the report's folder; nothing is written where no company is worked on, and no deal has an owner.

    Examples
    --------
    >>> _FEEDBACK[:6]  # the first columns of the form
    ('date', 'account_id', 'name', 'profile', 'failed', 'agrees')
    """
    asked, adoption = read_left(plan, "asked"), read_left(plan, "adoption")
    asked = asked.sort_values(["last", "account_id"], ascending=[False, True]).head(MOST_ASKED)
    if len(asked):
        called = plan.study.table("accounts").set_index("account_id")["name"]
        listed = ", ".join(name("reason_group", group) for group in reasons.GROUPS[:-1])
        form = asked.assign(
            date=plan.study.as_of.isoformat(), name=asked["account_id"].map(called),
            profile=asked["fit"].map(names("fit")),
            choices=_("agrees: yes or no; reason: {reasons}, or in your own words").format(reasons=listed))
        _write_table(plan, folder, "feedback", form.reindex(columns=list(_FEEDBACK)))
    if len(owners := adoption[adoption["by"] == "owner"]):
        title, called = _("Who works inside the profile"), owners["measure"].map(names("adoption_measure"))
        rows = head_columns(owners.assign(measure=called), "adoption_column")
        kinds = {name("adoption_column", "share"): "share"}
        book.write_book(folder / "private" / "adoption.xlsx", title, {title: rows}, 1, kinds)


# The columns of the table feedback that people fill in come before what helps them.
_FEEDBACK = ("date", "account_id", "name", "profile", "failed", "agrees", "reason", "note", "author", "choices")


def write_pilot(plan: Plan, folder: Path) -> None:
    """Put who is drawn into which arm of a pilot into a folder, with room for what becomes of each.

    Parameters
    ----------
    plan : Plan
        The report, with what its steps left.
    folder : Path
        Stands for the report's folder; nothing is written where no draw was made.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from icp_lab.study import open_study
    >>> plan = Plan(open_study("data/demo"), Path("nowhere"), "en", {})  # no step has left a draw there
    >>> with TemporaryDirectory() as folder:
    ...     write_pilot(plan, Path(folder))
    ...     list(Path(folder).iterdir())
    []
    """
    record = find_artifact(plan.out, "plan")
    if record and record["draw"]:
        drawn = pd.DataFrame(record["draw"])
        called = targeting.name_companies(plan.study.table("accounts"), plan.study.table("leads"), {})
        form = drawn.assign(draw=record["terms"]["mark"], name=drawn["unit_id"].map(called))
        _write_table(plan, folder, "pilot", form.reindex(columns=["unit_id", "name", *[*BY_NAME["pilot"].by_name][1:]]))


def _write_table(plan: Plan, folder: Path, table: str, form: pd.DataFrame) -> None:
    """Put a table to fill in into a folder, under the day's name where the study has one; Excel reads no formula."""
    held = (plan.study.folder / f"{table}.csv").exists()
    place = folder / "to_fill" / (f"{table}_{plan.study.as_of.isoformat()}.csv" if held else f"{table}.csv")
    book.write_csv(place, form, ["name"])


def write_targets(plan: Plan, folder: Path) -> None:
    """Put the list of companies to approach into a folder, with the names of the people of each persona there.

    Parameters
    ----------
    plan : Plan
        The report, with what its steps left.
    folder : Path
        Stands for the report's folder; the list lies in `private`, and is not written where nobody is to be approached.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from icp_lab.study import open_study
    >>> plan = Plan(open_study("data/demo"), Path("nowhere"), "en", {})  # no step has chosen companies there
    >>> with TemporaryDirectory() as folder:
    ...     write_targets(plan, Path(folder))
    ...     list(Path(folder).iterdir())
    []
    """
    chosen, record = read_left(plan, "abm"), find_artifact(plan.out, "personas")
    if chosen.empty or record is None:
        return
    said = word_icp(record, plan.study.codebook(plan.language))["personas"]
    words = {one["id"]: (one["name"], _("; ").join(map(str, (one["pains"] or one["goals"])[:2]))) for one in said}
    ids = {one["kind"]: one["id"] for one in record["personas"]}
    accounts, contacts, leads = map(plan.study.table, ("accounts", "contacts", "leads"))
    people = pd.concat([contacts.assign(id=contacts["account_id"], person=contacts["name"]),
                        leads.assign(id=leads["lead_id"])]).reindex(
                            columns=["id", "person", "title", "email", "department", "seniority", "buying_role"])
    people = committees.place_people(people).assign(code=lambda each: each["kind"].map(ids)).dropna(subset=["code"])
    rows = chosen.merge(people.drop(columns=["kind"]), on="id", how="left").sort_values(["place", "code", "person"])
    rows = rows.join(pd.DataFrame.from_dict(words, "index", columns=["persona", "say"]), on="code")
    called = targeting.name_companies(accounts, leads, plan.study.privacy)
    lists.write_list(folder / "private", rows.assign(company=rows["id"].map(called), next=rows["next"].map(
        names("target_step"))))


def read_left(plan: Plan, artifact: str) -> pd.DataFrame:
    """Read a table that a step left behind.

    Parameters
    ----------
    plan : Plan
        The report.
    artifact : str
        Name of an artifact that is a table.

    Returns
    -------
    DataFrame
        The table; with its columns and without rows where the step has not run.

    Examples
    --------
    >>> from icp_lab.study import open_study
    >>> left = read_left(Plan(open_study("data/demo"), Path("nowhere"), "en", {}), "asked")
    >>> len(left), list(left.columns)
    (0, ['account_id', 'fit', 'failed', 'unknown', 'last'])
    """
    found: pd.DataFrame | None = find_artifact(plan.out, artifact)
    return pd.DataFrame(columns=[*DTYPES_OF[artifact]]).astype(DTYPES_OF[artifact]) if found is None else found


WRITERS: tuple[Writer, ...] = (_write_interviews, _write_review, write_targets, write_pilot, write_feedback)
