"""How far do suggested codes find what researchers noted? On public studies whose findings they listed by topic.

The notes of 15 studies of the US Department of the Interior (repository doi-extractives-data, folder research) and
`researchfindingsbytopic.md` beside them, which links topics to studies. The codebook is the names of the topics alone;
the task: for each study and topic, is the topic suggested for any passage of the study? No finding is read.

`python benchmarks/coding.py FOLDER` prints precision and recall of the method as it is set, its precision where recall
first reaches 0.6, and the same of plain word matching (the share of the topic's words that occur in the study).
"""

import re
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, precision_recall_curve

from icp_lab.methods.coding import suggest_codes
from icp_lab.methods.words import split_words
from icp_lab.study.interviews import FOLDER, read_interviews

# How the list of findings names the studies, and how their files begin.
STUDIES = {
    "home page sept 2018": "22", "key facts/explore data aug 2018": "21", "key facts june 2018": "20",
    "disbursements round 1 may 2018": "18", "disbursements round 2 june 2018": "19",
    "disbursements interviews apr 2018": "17", "october 2018 interviews": "23", "inquisitive impala": "14",
    "randy roo": "11", "splashy sunfish": "07", "sarcastic seacow": "08", "cheesey cheetah": "15", "stats page": "15",
    "lease level interviews": "24", "revenue filterable table june 2019": "26", "mighty moose b": "04"}
RECALL = 0.6


def read_noted(findings: str) -> pd.DataFrame:
    """Which topics did the researchers note for which study? A row a study, a column a topic."""
    noted = set()
    for line in findings.splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split(" | ")]
        if line.startswith("| ") and len(cells) > 4 and not cells[0].startswith(("Topic", "The thematic area")):
            named = [re.sub(r"\(unknown #\)", "", name).strip(" .").casefold() for name in re.split(r",|\. ", cells[4])]
            noted |= {(STUDIES[name], cells[0]) for name in named if name}
    pairs = pd.DataFrame(sorted(noted), columns=["study", "topic"])
    return pd.crosstab(pairs["study"], pairs["topic"]) > 0


def read_passages(folder: Path) -> pd.DataFrame:
    """Read the notes of the studies as if they were interviews."""
    with tempfile.TemporaryDirectory() as place:
        target = Path(place, FOLDER)
        target.mkdir()
        for path in folder.glob("*.md"):
            if path.name[:2] in STUDIES.values():
                (target / path.name).write_bytes(path.read_bytes())
        passages = read_interviews(Path(place)).passages
    return passages.assign(study=passages["interview"].str[:2])


def suggest_topics(passages: pd.DataFrame, noted: pd.DataFrame, **how: float) -> pd.DataFrame:
    """How near is each topic to the nearest passage of each study, where it is suggested? 0 where it is not."""
    book = pd.DataFrame({"code": noted.columns, "name": noted.columns, "meaning": "", "topic": ""})
    book["examples"] = [()] * len(book)
    found = suggest_codes(passages, book, **how)
    best = found.groupby([found["interview"].str[:2], "code"])["score"].max().unstack()
    return best.reindex(index=noted.index, columns=noted.columns).fillna(0.0)


def match_words(passages: pd.DataFrame, noted: pd.DataFrame) -> pd.DataFrame:
    """Which share of each topic's words occurs in each study?"""
    said = {study: set(split_words(" ".join([*rows["heading"], *rows["text"]])))
            for study, rows in passages.groupby("study")}
    words = {topic: split_words(topic) for topic in noted.columns}
    return pd.DataFrame({topic: [np.mean([word in said[study] for word in words[topic]]) for study in noted.index]
                         for topic in noted.columns}, index=noted.index)


def judge(scores: pd.DataFrame, noted: pd.DataFrame) -> dict[str, float]:
    """What are the precision where recall first reaches 0.6, and the average precision?"""
    precision, recall, _cuts = precision_recall_curve(noted.to_numpy().ravel(), scores.to_numpy().ravel())
    return {"precision": float(precision[recall >= RECALL][-1]), "recall": float(recall[recall >= RECALL][-1]),
            "average": float(average_precision_score(noted.to_numpy().ravel(), scores.to_numpy().ravel()))}


def judge_as_set(scores: pd.DataFrame, noted: pd.DataFrame) -> dict[str, float]:
    """What are the precision and recall of what is suggested at all?"""
    hits = float((noted & (scores > 0)).to_numpy().sum())
    return {"precision": hits / float((scores > 0).to_numpy().sum()), "recall": hits / float(noted.to_numpy().sum())}


def main(folder: Path) -> None:
    """Print the comparison."""
    noted = read_noted((folder / "researchfindingsbytopic.md").read_text(encoding="utf-8"))
    passages = read_passages(folder)
    ranked = suggest_topics(passages, noted, cut=1e-9, most=len(noted.columns))
    studies, topics = noted.shape
    print(f"{studies} studies, {topics} topics, {int(noted.to_numpy().sum())} noted, {len(passages)} passages")
    for name, said in (("as set", judge_as_set(suggest_topics(passages, noted), noted)),
                       ("ranked", judge(ranked, noted)), ("words", judge(match_words(passages, noted), noted))):
        print(name, {key: round(value, 3) for key, value in said.items()})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
