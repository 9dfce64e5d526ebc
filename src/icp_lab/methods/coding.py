"""Which codes might fit what somebody said? Suggestions with the words that speak for them, for a person to decide."""

from collections.abc import Callable
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from icp_lab.methods.words import split_words

# From this nearness on a code is suggested. On the public studies of benchmarks/coding.py, whose codes are topic names
# alone, it finds six tenths of what researchers noted, and a third of what it suggests they noted too.
CUT = 0.18
# How much more a code counts in a passage of the topic of the guide under which it is likeliest heard.
ON_TOPIC = 1.5


def suggest_codes(passages: pd.DataFrame, codebook: pd.DataFrame, *, cut: float = CUT, most: int = 3) -> pd.DataFrame:
    """Suggest which codes of the codebook might fit which passage, and by which words.

    Parameters
    ----------
    passages : DataFrame
        Columns interview, passage, topic, heading, text and codes (a tuple of those that it has already: these are not
        suggested again).
    codebook : DataFrame
        Columns code, name, meaning, examples (a tuple of phrases) and topic.
    cut : float, default CUT
        From which nearness on a code is suggested, 0 to 1.
    most : int, default 3
        At most so many codes are suggested for a passage, 1 or more.

    Returns
    -------
    pandas.DataFrame
        A row a passage and code, the nearest first in each: interview, passage, code, score (nearness, 0 to 1, up to
        1.5 on topic), words (a tuple, the strongest first). They count only once a person has accepted them.

    Notes
    -----
    Texts are split into words (`split_words`) and those into runs of 3 to 5 letters, so that forms of a word are near
    each other in any language; a run weighs (1 + log of its count) x log of the inverse share of texts that have it
    (TF-IDF; Salton and Buckley, 1988), taken over all passages and entries of the codebook. The nearness of a code is
    the mean of two cosines: that of the passage with the whole entry (name, meaning, examples), and that with the
    nearest of its phrases (name or example). Under the code's own topic of the guide it counts 1.5 times. A heading
    counts as part of the passage where it is not the guide's. The words given are those of the passage that are
    nearest to the entry; where only words such as `the` are near, nothing is suggested.

    Examples
    --------
    >>> said = pd.DataFrame({"interview": "a", "passage": [1, 2], "topic": "", "heading": "", "codes": [(), ()],
    ...                      "text": ["It is far too expensive for us", "We work in Lyon"]})
    >>> book = pd.DataFrame({"code": ["price", "hand"], "name": ["Expensive", "Work by hand"], "meaning": "",
    ...                      "examples": [("too expensive",), ()], "topic": ""})
    >>> suggest_codes(said, book)[["passage", "code", "words"]].values.tolist()
    [[1, 'price', ('expensive',)], [2, 'hand', ('work',)]]
    """
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer  # noqa: PLC0415  (slow to import)

    rows = passages.sort_values(["interview", "passage"]).to_dict("records")
    said = [split_words(row["text"] if row["topic"] else f"{row['heading']}. {row['text']}") for row in rows]
    phrases = [[name, *examples] for name, examples in zip(codebook["name"], codebook["examples"], strict=True)]
    whole = [" ".join(split_words(" ".join((meaning, *entry))))
             for meaning, entry in zip(codebook["meaning"], phrases, strict=True)]
    texts = [" ".join(words) for words in said]
    if not any(texts) or not any(whole):
        return _frame([])
    weigh = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit([*texts, *whole]).transform
    near = _find_nearness(weigh, texts, whole, phrases)
    topics = np.array([[row["topic"]] for row in rows])
    near = near * np.where((topics == codebook["topic"].to_numpy()) & (topics != ""), ON_TOPIC, 1.0)
    found, codes, entry = list[dict[str, Any]](), codebook["code"].tolist(), weigh(whole)
    for row, words, nearness in zip(rows, said, near, strict=True):
        free = [code for code in np.argsort(-nearness, kind="stable") if codes[code] not in row["codes"]]
        best = [code for code in free[:most] if nearness[code] >= cut]
        telling = sorted(set(words) - ENGLISH_STOP_WORDS)
        speaks = _multiply(entry[best], weigh(telling)) if best and telling else ()
        for code, strength in zip(best, speaks, strict=False):
            strong = [telling[word] for word in np.argsort(-strength, kind="stable")[:3]
                      if strength[word] > strength.max() / 3]
            if strong:
                found.append({"interview": row["interview"], "passage": row["passage"], "code": codes[code],
                              "score": nearness[code], "words": tuple(strong)})
    return _frame(found)


def _find_nearness(weigh: Callable[[list[str]], Any], texts: list[str], whole: list[str],
                   phrases: list[list[str]]) -> Any:
    """Give the nearness of each text to each code: the mean of that to its whole entry and that to its best phrase."""
    each, said = weigh([" ".join(split_words(phrase)) for phrase in chain.from_iterable(phrases)]), weigh(texts)
    firsts = np.cumsum([0, *map(len, phrases[:-1])])
    return (_multiply(said, weigh(whole)) + np.maximum.reduceat(_multiply(said, each), firsts, axis=1)) / 2


def _multiply(these: Any, those: Any) -> Any:
    return (these @ those.T).toarray()


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["interview", "passage", "code", "score", "words"])
    return frame.astype({"interview": "str", "passage": "int64", "code": "str", "score": "float64"})
