"""Write a synthetic company the way a CRM and a billing system would: other headers, odd spellings, wrong rows."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from ruamel.yaml import YAML

from icp_lab.worlds.kinds import HEADERS
from icp_lab.worlds.words import Words, load_template, load_words
from icp_lab.worlds.world import World, make_company


def write_demo(folder: Path, accounts: int = 600, seed: int = 0, signal: bool = True, language: str = "en") -> None:
    """Write a synthetic study into a folder: tables, interviews, study.yml, hypotheses; the lab reads no truth.json.

    Parameters
    ----------
    folder : Path
        Made if absent; files of the same names are replaced.
    accounts : int, default 600
        Number of companies in the CRM, 30 and more.
    seed : int, default 0
        Start of the random numbers: the same seed gives the same study.
    signal : bool, default True
        False makes a null world, in which nothing is to be found.
    language : str, default 'en'
        Language of the study: `en` or `ja`.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_demo(Path(folder), accounts=30)
    ...     Path(folder, "study.yml").is_file()
    True
    """
    write_study(make_company(accounts, signal, seed, language), folder)


def write_study(world: World, folder: Path) -> None:
    """Write the files that this company would hand over, mess and all.

    Parameters
    ----------
    world : World
        From `make_company`.
    folder : Path
        Made if absent; files of the same names are replaced.

    Notes
    -----
    The mess: some 7 % of four industries and two regions in another spelling (put right in study.yml), exact duplicates
    in accounts, revenue and support, impossible dates in deals, satisfaction and churn, tickets of unknown accounts.
    `truth.json` counts it under `mess`.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_study(make_company(accounts=30), Path(folder))
    ...     Path(folder, "truth.json").is_file()
    True
    """
    folder.mkdir(parents=True, exist_ok=True)
    words = load_words(world.truth["language"])
    rng = np.random.default_rng([world.truth["seed"], 99])
    accounts = world.tables["accounts"]
    thousands = accounts.assign(annual_revenue=accounts["annual_revenue"] / 1000)
    sources = {name: _as_text(frame) for name, frame in (world.tables | {"accounts": thousands}).items()}
    mess = _spoil(sources, words, rng)
    sources["accounts"] = sources["accounts"].rename(columns=HEADERS)
    for name, frame in sources.items():
        frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    for path, text in world.files.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    (folder / "study.yml").write_text(_fill_template(world.truth, words), encoding="utf-8")
    told = load_template(f"hypotheses_{world.truth['language']}.yml")
    (folder / "hypotheses.yml").write_text(told, encoding="utf-8")
    truth = json.dumps(world.truth | {"mess": mess}, ensure_ascii=False, indent=1)
    (folder / "truth.json").write_text(truth + "\n", encoding="utf-8")


def _as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the cells as they stand in a file."""
    told = frame.copy()
    for name in frame.select_dtypes("boolean"):
        told[name] = frame[name].map({True: "yes", False: "no"})
    for name in {"tech_stack", "target_industry"} & set(told):
        told[name] = told[name].str.join(";")
    written = told.to_csv(index=False, float_format="%.10g", date_format="%Y-%m-%d")
    return pd.read_csv(StringIO(written), dtype="str", keep_default_na=False)


def _spoil(sources: dict[str, pd.DataFrame], words: Words, rng: np.random.Generator) -> dict[str, int]:
    """Put the mess in, table by table; say how much of each there is."""
    mess = {"spellings": _misspell(sources, words, rng)}
    for name, count in (("accounts", 4), ("revenue", 12), ("support", 6)):
        again = _sample(sources[name], count, rng)
        sources[name] = pd.concat([sources[name], again], ignore_index=True)
        mess[f"duplicates_{name}"] = len(again)
    for name, wrong in (("satisfaction", "2062-03-01"), ("churn", "0000-00-00")):
        bad = _sample(sources[name], 2, rng).assign(date=wrong)
        sources[name] = pd.concat([sources[name], bad], ignore_index=True)
        mess[f"impossible_dates_{name}"] = len(bad)
    bad = _sample(sources["deals"], 2, rng)
    sources["deals"].loc[bad.index, "created"] = "2025-02-30"  # an optional cell: the deal itself stays
    mess["impossible_dates_deals"] = len(bad)
    stray = _sample(sources["support"], 3, rng).assign(account_id="A9999")
    stray["ticket_id"] = [f"T9{i:04d}" for i in range(len(stray))]
    sources["support"] = pd.concat([sources["support"], stray], ignore_index=True)
    return mess | {"unknown_accounts_support": len(stray)}


def _misspell(sources: dict[str, pd.DataFrame], words: Words, rng: np.random.Generator) -> int:
    changed = 0
    for column, others in words.spellings.items():
        cells = sources["accounts"][column].to_list()
        known = {words.codes[column][code]: variants for code, variants in others.items()}
        for i, cell in enumerate(cells):
            if cell in known and rng.random() < 0.07:
                cells[i] = known[cell][int(rng.integers(len(known[cell])))]
                changed += 1
        sources["accounts"][column] = cells
    return changed


def _sample(frame: pd.DataFrame, count: int, rng: np.random.Generator) -> pd.DataFrame:
    return frame.iloc[np.sort(rng.choice(len(frame), min(count, len(frame)), replace=False))]


def _fill_template(truth: dict[str, Any], words: Words) -> str:
    """Put the spellings and the plain facts into the commented template."""
    spellings = {
        column: {variant: words.codes[column][code] for code, variants in others.items() for variant in variants}
        for column, others in words.spellings.items()}
    stream, yaml = StringIO(), YAML()
    yaml.dump(spellings, stream)
    block = "\n".join("      " + line for line in stream.getvalue().rstrip().splitlines())
    template = load_template(f"study_{truth['language']}.yml")
    return template.format(as_of=truth["as_of"], currency=words.currency, values=block)
