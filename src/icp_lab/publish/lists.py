"""The list of companies to approach, for those who call: it names people, and is not for sharing."""

from pathlib import Path

import pandas as pd

from icp_lab.locale import _
from icp_lab.publish.book import write_book, write_csv
from icp_lab.views.words import head_columns, names


def write_list(folder: Path, people: pd.DataFrame) -> None:
    """Write whom to call in which company, and what to say: as `abm.xlsx` and, for machines, `abm.csv`.

    Parameters
    ----------
    folder : Path
        Where to write, among what is not for sharing.
    people : DataFrame
        A row a person on the list (or a company without one): place, company, tier, points, engagement, person, title,
        email, persona, trigger, trigger_date, touched, content, say, next; the last ones in words.

    Examples
    --------
    >>> import tempfile
    >>> row = dict.fromkeys(names("abm_column"), "x") | {"place": 1, "company": "Acme", "person": "=Ann"}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_list(Path(folder), pd.DataFrame([row]))
    ...     (Path(folder) / "abm.csv").read_text(encoding="utf-8-sig").splitlines()[1]
    "1,Acme,x,x,x,'=Ann,x,x,x,x,x,x,x,x,x"
    """
    title, rows = _("Whom to approach"), people[list(names("abm_column"))]
    write_book(folder / "abm.xlsx", title, {title: head_columns(rows, "abm_column")})
    write_csv(folder / "abm.csv", rows, rows.select_dtypes(exclude=["number", "datetime"]).columns)
