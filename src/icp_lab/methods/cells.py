"""The cells of a market table: what is a cell, what is a total of others, and which classification its labels speak."""

import re
from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
import pandas as pd

from icp_lab.intake.categories import is_country, map_industry
from icp_lab.locale.declared import read_declared
from icp_lab.methods.customers import fill_table

Scheme = Literal["jsic", "naics"]
PLACES = ("industry", "country", "region")
KEYS = (*PLACES, "band")
_DECLARED: dict[str, Any] = read_declared("icp_lab.methods", "market.toml")
_CODES: dict[Scheme, str] = {"jsic": "[A-T]", "naics": r"\d\d(-\d\d)?"}


def lay_cells(market: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tell which rows of a market table are cells, and which are totals of others, or older counts of the same cell.

    Parameters
    ----------
    market : DataFrame
        The table `market`: industry, country, region, employees_min, employees_max, companies, year; any but companies
        may be absent.

    Returns
    -------
    tuple of (DataFrame, DataFrame)
        The cells, sorted, with `band`; and what was left out: code (whole, older), dimension, label, companies, parts
        (what the others sum up to).

    Notes
    -----
    A level is a total when it is the sum of the others in the same cells, or is called so (`market.toml`) and lies
    between half and double their sum: firms that work in two states are counted in each.

    Examples
    --------
    >>> cells, left = lay_cells(pd.DataFrame({"industry": ["All", "SaaS", "Retail"], "companies": [100, 60, 40]}))
    >>> sorted(cells["industry"]), left[["code", "label"]].values.tolist()
    (['Retail', 'SaaS'], [['whole', 'All']])
    """
    cells = fill_table(market, "market")
    cells["employees_max"] = cells["employees_max"].replace(np.inf, np.nan)
    ends = [cells[f"employees_{end}"].map("{:.0f}".format).astype("str").replace("nan", "") for end in ("min", "max")]
    cells["band"] = (ends[0] + "-" + ends[1]).replace("-", "")
    cells[list(PLACES)] = cells[list(PLACES)].fillna("")
    cells = cells.sort_values([*KEYS, "year", "companies"], kind="stable")
    older = cells["year"] < cells.groupby(list(KEYS))["year"].transform("max")
    left = [("older", "year", f"{year:.0f}", rows["companies"].sum(), np.nan)
            for year, rows in cells[older].groupby("year")]
    cells = cells[~older]
    for name in KEYS:
        for label, companies, parts in _find_wholes(cells, name):
            left.append(("whole", name, label, companies, parts))
            cells = cells[cells[name] != label]
    names = ["code", "dimension", "label", "companies", "parts"]
    return cells.reset_index(drop=True), pd.DataFrame(left, columns=names)


def _find_wholes(cells: pd.DataFrame, name: str) -> list[tuple[str, float, float]]:
    wide = cells.pivot_table(index=[key for key in KEYS if key != name], columns=name, values="companies",
                             aggfunc="sum")
    found: list[tuple[str, float, float]] = []
    for label in wide.sum().sort_values(ascending=False, kind="stable").index:
        rest = wide.drop(columns=label)
        both = wide[label].notna() & rest.notna().any(axis=1)
        whole, parts = wide.loc[both, label], rest[both].sum(axis=1)
        several = (rest[both].notna().sum(axis=1) > 1).mean() > 0.5
        same = several and ((whole - parts).abs() <= _DECLARED["tolerance"] * parts).mean() > 0.5
        called = any(re.fullmatch(words, label.casefold()) for words in _DECLARED["wholes"])
        named = (called or (name == "region" and is_country(label))) and 0.5 < whole.sum() / (parts.sum() or 1) < 2
        if both.any() and (same or named):
            found.append((label, float(whole.sum()), float(parts.sum())))
            wide = rest
    return found


def read_code(label: str, scheme: Scheme) -> str:
    """Read the division that a label names: a code as it stands, else what its words tell.

    Parameters
    ----------
    label : str
        As it stands in the table.
    scheme : {'jsic', 'naics'}
        The classification.

    Returns
    -------
    str
        The code of the division; empty where neither tells.

    Examples
    --------
    >>> read_code("51", "naics"), read_code("Information and Communications", "jsic"), read_code("Other", "jsic")
    ('51', 'G', '')
    """
    return label if re.fullmatch(_CODES[scheme], label) else map_industry(label, scheme)


def tell_scheme(labels: Iterable[str]) -> Scheme:
    """Tell which classification labels speak: the one by which more of them can be told.

    Parameters
    ----------
    labels : Iterable of str
        Labels of industries.

    Returns
    -------
    {'jsic', 'naics'}
        The classification; the first of the two where both tell as many.

    Examples
    --------
    >>> tell_scheme(["51", "31-33"])
    'naics'
    """
    told = {scheme: sum(bool(read_code(label, scheme)) for label in labels) for scheme in _CODES}
    return max(_CODES, key=lambda scheme: told[scheme])
