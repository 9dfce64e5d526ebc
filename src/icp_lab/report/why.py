"""Why is this account in or out? Asked of a finished report."""

from pathlib import Path

import pandas as pd

from icp_lab.errors import utter
from icp_lab.icp.explain import Explanation, explain_account, no_such_account
from icp_lab.icp.profile import FILE, load_icp
from icp_lab.process.left import find_artifact
from icp_lab.study import Study


def explain(study: Study, out: Path, account: str) -> Explanation:
    """Explain why an account is in, out or unknown, by the definition in force.

    That is the study's adopted one, else the report's.

    Parameters
    ----------
    study : Study
        The study.
    out : Path
        Folder of its report.
    account : str
        The account's id, or its name; small and capital letters of a name are one where that leaves no doubt.

    Returns
    -------
    Explanation
        Where the account stands, and by which criteria.

    Raises
    ------
    LabError
        When there is no such account, several have that name, or there is no finished report.

    Examples
    --------
    >>> from icp_lab.study import open_study
    >>> explain(open_study("data/demo"), Path("nowhere"), "Acme")
    Traceback (most recent call last):
        ...
    icp_lab.errors.base.LabError: There is no finished report in nowhere. ...
    """
    adopted = study.folder / FILE
    file = adopted if adopted.is_file() else out / FILE
    cases = find_artifact(out, "cases")
    if cases is None or not file.is_file():
        raise utter("run.nothing_published", out=out)
    account_id = _find_account(study.table("accounts"), account)
    return explain_account(study.candidates().frame, load_icp(file).working_rule, cases, account_id)


def _find_account(accounts: pd.DataFrame, asked: str) -> str:
    """Find an account by its id, else by its name; small and capital letters are one where that leaves no doubt."""
    for column, spell in (("account_id", str), ("name", str), ("name", str.casefold)):
        fits = accounts.loc[accounts[column].map(spell, na_action="ignore").eq(spell(asked.strip())), "account_id"]
        if len(fits) > 1:
            raise utter("icp.name_of_several", name=asked, accounts=tuple(fits))
        if len(fits):
            return str(fits.iloc[0])
    raise no_such_account(asked, [*accounts["account_id"], *accounts["name"].dropna()])
