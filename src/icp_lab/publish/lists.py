"""The list of companies to approach, for those who call: it names people, and is not for sharing."""

from pathlib import Path

import pandas as pd

from icp_lab.locale import _
from icp_lab.publish.book import Book
from icp_lab.views.words import names


def write_list(folder: Path, people: pd.DataFrame) -> None:
    """Whom to call in which company, and what to say? As `abm.xlsx` and, for machines, `abm.csv`.

    Parameters
    ----------
    folder
        Where to write, among what is not for sharing.
    people
        A row a person on the list (or a company without one): place, company, tier, points, engagement, person, title,
        email, persona, trigger, trigger_date, touched, content, say, next; the last ones in words.
    """
    folder.mkdir(parents=True, exist_ok=True)
    heads = names("abm_column")
    rows = people[list(heads)].set_axis(list(heads.values()), axis=1)
    book = Book(folder / "abm.xlsx", _("Whom to approach"))
    book.add_sheet(_("Whom to approach"), rows, frozen=2)
    book.file.close()
    text = people.select_dtypes(exclude=["number", "datetime"]).columns
    safe = people.assign(**{name: people[name].fillna("").str.replace(r"^([=+\-@\t\r])", r"'\1", regex=True)
                            for name in text})
    safe[list(heads)].to_csv(folder / "abm.csv", index=False, encoding="utf-8-sig", lineterminator="\r\n")
