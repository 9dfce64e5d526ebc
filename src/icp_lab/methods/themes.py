"""What people said: themes counted by company, held against kinds of companies and people, and against the tables."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import gammaln

from icp_lab.artifacts import DTYPES_OF
from icp_lab.locale.declared import read_declared
from icp_lab.methods import coding, interviewees
from icp_lab.methods.customers import fill_table
from icp_lab.methods.result import Shown, add_shares

# By what the companies that said something are told apart.
BY = ("segment", "kind")
FEW = 12  # below so many interviews the curve says little of what is still to come
_THIRD = 1 / 3
OTHER = "other"  # levels of which one company was heard, together: nobody is to be singled out
_FEWEST = 2
_SURE = 0.3  # what nobody checks has to be nearer to a code than what is only suggested
_Z = 1.96


@dataclass(frozen=True)
class Saturation:
    """Tell how much of what there is to hear has been heard.

    Parameters
    ----------
    curve : DataFrame
        A row a number of interviews: `interviews`, `codes` (that so many of these interviews hold, on average over all
        ways of choosing them), `low`, `high`.
    seen : int
        Codes heard.
    once : int
        Codes heard in one interview only.
    unseen : float
        Codes that were not heard yet, at the least; missing where it cannot be told.
    low, high : float
        Its 95 % interval.
    known : float
        Share of all that would be said in one more interview whose code has been heard already.

    Examples
    --------
    >>> said = pd.DataFrame({"interview": list("1123"), "code": list("xyxx")})
    >>> found = measure_saturation(said, pd.Series(list("123")))
    >>> found.seen, found.once, round(float(found.known), 2)
    (2, 1, 0.75)
    """

    curve: pd.DataFrame
    seen: int
    once: int
    unseen: float
    low: float
    high: float
    known: float


@dataclass(frozen=True)
class Themes(Shown):
    """Tell which themes were heard, from how many companies, and where.

    Parameters
    ----------
    frame : DataFrame
        A row a code that was heard, the commonest first, in the form of the artifact `themes`: code, name, belongs,
        companies, of, share with its 95 % interval low and high, interviews.
    cross : DataFrame
        A row a code, and a segment or a kind of people: by (segment, kind), level (`OTHER`: all those together of which
        one company was heard, that nobody is singled out), code, companies, of, share, low, high.
    saturation : Saturation
        How much is still to be heard.
    passages : DataFrame
        In the form of the artifact `passages`, with company, kind and segment.

    Examples
    --------
    >>> heads = pd.DataFrame({"interview": ["1", "2"], "account_id": ["a", "b"]})
    >>> said = pd.DataFrame({"interview": ["1", "1", "2"], "passage": [1, 2, 1], "codes": [("x",), ("x",), ()]})
    >>> find_themes(heads, said, pd.DataFrame(), pd.DataFrame()).saturation.seen
    1
    """

    frame: pd.DataFrame
    cross: pd.DataFrame
    saturation: Saturation
    passages: pd.DataFrame

    def list_companies(self, code: str) -> list[str]:
        """List the companies that said it, by the ids of their accounts, else by their interviews.

        Parameters
        ----------
        code : str
            A code of the codebook.

        Returns
        -------
        list of str
            Ids, sorted.

        Examples
        --------
        >>> heads = pd.DataFrame({"interview": ["1", "2"], "account_id": ["a", None]})
        >>> said = pd.DataFrame({"interview": ["1", "2"], "passage": 1, "codes": [("x",)] * 2})
        >>> find_themes(heads, said, pd.DataFrame(), pd.DataFrame()).list_companies("x")
        ['2', 'a']
        """
        said = self.passages["codes"].str.split(",").map(lambda codes: code in codes)
        return sorted(set(self.passages.loc[said.astype(bool), "company"]))


def find_themes(heads: pd.DataFrame, passages: pd.DataFrame, codebook: pd.DataFrame, segments: pd.DataFrame,
                ) -> Themes:
    """Find the themes that the interviews hold, and whether segments and kinds of people differ in them.

    Parameters
    ----------
    heads : DataFrame
        A row an interview: interview, account_id, role, department, seniority, consent.
    passages : DataFrame
        A row a passage: interview, passage, topic, text, codes (tuple of codes), language.
    codebook : DataFrame
        A row a code: code, name, belongs.
    segments : DataFrame
        The artifact `segments`: account_id, segment. May be empty.

    Returns
    -------
    Themes
        Themes by company, crossed with segments and kinds, how much is still to be heard, and the passages.

    Notes
    -----
    A company counts once, however often and by however many of its people it said something; an interview whose head
    names no account counts as a company of its own. Intervals: Wilson (1927). Saturation: expected number of codes of
    fewer interviews with the variance of Colwell, Mao and Chang (2004); codes unheard and their interval: Chao (1987),
    in the form without bias; share known: Chao and Jost (2012). All three take the interviewed for a sample at random,
    which they are not.

    Examples
    --------
    >>> heads = pd.DataFrame({"interview": ["1", "2"], "account_id": ["a", "b"]})
    >>> said = pd.DataFrame({"interview": ["1", "1", "2"], "passage": [1, 2, 1], "codes": [("x",), ("x",), ()]})
    >>> find_themes(heads, said, pd.DataFrame(), pd.DataFrame()).frame[["code", "companies", "of"]]
      code  companies  of
    0    x          1   2
    """
    rows = passages.merge(heads.drop(columns="language", errors="ignore"), on="interview", how="left")
    rows = rows.sort_values(["interview", "passage"], ignore_index=True).reindex(columns=list(DTYPES_OF["passages"]))
    rows["company"] = rows["account_id"].astype("str").where(lambda ids: ids != "").fillna(rows["interview"])
    rows["kind"] = interviewees.tell_kinds(rows.assign(title=None))
    rows["segment"] = rows["company"].map(fill_table(segments, "segments").set_index("account_id")["segment"])
    said = rows.explode("codes").dropna(subset="codes").rename(columns={"codes": "code"})
    of = rows["company"].nunique()
    by_code = said.groupby("code")
    frame = pd.DataFrame({"companies": by_code["company"].nunique(), "of": of, "interviews": by_code["interview"].agg(
        lambda names: ",".join(sorted(set(names))))}).reset_index().astype({"companies": "int64"})
    known = codebook.reindex(columns=["code", "name", "belongs"]).astype("str")
    frame = add_shares(frame, "companies").astype({"code": "str"}).merge(known, how="left", on="code")
    frame = frame.assign(name=frame["name"].fillna(frame["code"]), belongs=frame["belongs"].fillna(""))
    frame = frame.sort_values(["companies", "code"], ascending=[False, True], ignore_index=True)
    return Themes(frame, _cross(rows, frame["code"].tolist()), measure_saturation(said, heads["interview"]),
                  rows.assign(codes=rows["codes"].map(",".join)))


def _cross(rows: pd.DataFrame, codes: list[str]) -> pd.DataFrame:
    """Count the companies with each code by segment and by kind of people."""
    parts = []
    for by in BY:
        few = rows.groupby(by)["company"].nunique()
        levels = rows.assign(level=rows[by].replace(dict.fromkeys(few.index[few < _FEWEST], OTHER)))
        heard = levels.groupby("level")["company"].nunique()
        grid = pd.MultiIndex.from_product([codes, heard.index[heard >= _FEWEST]], names=["codes", "level"])
        counts = levels.explode("codes").groupby(["codes", "level"])["company"].nunique().reindex(grid, fill_value=0)
        part = counts.rename("companies").reset_index().rename(columns={"codes": "code"}).assign(by=by)
        parts.append(part.assign(of=part["level"].map(heard.to_dict()).astype("int64")))
    return add_shares(pd.concat(parts, ignore_index=True), "companies")


def measure_saturation(said: pd.DataFrame, interviews: "pd.Series[str]") -> Saturation:
    """Tell how many codes a number of interviews holds, and how many were not heard yet.

    Parameters
    ----------
    said : DataFrame
        A row a code of a passage: interview, code.
    interviews : Series of str
        All interviews, also those without a code.

    Returns
    -------
    Saturation
        The curve, and what is to be expected beyond it.

    Notes
    -----
    Sources: see `find_themes`.

    Examples
    --------
    >>> said = pd.DataFrame({"interview": list("1123"), "code": list("xyxx")})
    >>> measure_saturation(said, pd.Series(list("123"))).curve["codes"].round(2).tolist()
    [1.33, 1.67, 2.0]
    """
    n, times = interviews.nunique(), said.groupby("code")["interview"].nunique().to_numpy(dtype=float)
    seen, once, twice = len(times), int((times == 1).sum()), int((times == 2).sum())
    less = (n - 1) / n if n else 0.0
    unseen = less * once * (once - 1) / (2 * (twice + 1))
    spread = unseen + less**2 * (once * (2 * once - 1) ** 2 / (4 * (twice + 1) ** 2)
                                 + once**2 * twice * (once - 1) ** 2 / (4 * (twice + 1) ** 4))
    factor = float(np.exp(_Z * np.sqrt(np.log1p(spread / unseen**2)))) if unseen else np.nan
    k = np.arange(1, n + 1)[:, None]
    absent = np.exp(gammaln(np.maximum(n - times, 0) + 1) + gammaln(n - k + 1) - gammaln(n + 1)
                    - gammaln(np.maximum(n - times - k, 0) + 1)) * (n - times >= k)
    codes = (1 - absent).sum(axis=1)
    width = _Z * np.sqrt(np.maximum(((1 - absent) ** 2).sum(axis=1) - codes**2 / max(seen + unseen, 1), 0))
    curve = pd.DataFrame({"interviews": k[:, 0], "codes": codes, "low": np.maximum(codes - width, 0),
                          "high": codes + width})
    rest = (n - 1) * once / ((n - 1) * once + 2 * twice) if once and n > 1 else float(once > 0)
    return Saturation(curve, seen, once, unseen if n > 1 else np.nan, unseen / factor, unseen * factor,
                      1 - once / times.sum() * rest if seen else np.nan)


def find_contradictions(themes: Themes, success: pd.DataFrame) -> pd.DataFrame:
    """Find where people say one thing, and the tables another of the same company.

    Parameters
    ----------
    themes : Themes
        What was said.
    success : DataFrame
        The artifact `success`: account_id, and the percentile of each measure among customers, 0 to 1.

    Returns
    -------
    pandas.DataFrame
        A row a pair of `themes.toml` that was said by a company whose measure is known: code, measure, side (top,
        bottom), companies (for which the two contradict each other), of (that said it and are measured), share with
        its interval low and high, others (that did not say it and are in the same third), of_others, accounts.

    Examples
    --------
    >>> heads = pd.DataFrame({"interview": ["1"], "account_id": ["a"]})
    >>> said = pd.DataFrame({"interview": ["1"], "passage": [1], "codes": [("slow_support",)]})
    >>> themes = find_themes(heads, said, pd.DataFrame(), pd.DataFrame())
    >>> success = pd.DataFrame({"account_id": ["a"], "satisfaction": [0.9]})
    >>> find_contradictions(themes, success)[["code", "measure", "companies", "of"]]
               code       measure  companies  of
    0  slow_support  satisfaction          1   1
    """
    measured, found = fill_table(success, "success").set_index("account_id"), []
    for pair in read_declared("icp_lab.methods", "themes.toml")["against"]:
        who = themes.list_companies(pair["code"])
        heard = measured[pair["measure"]].reindex(sorted(set(themes.passages["company"]))).dropna()
        against, said = heard > 1 - _THIRD if pair["side"] == "top" else heard < _THIRD, heard.index.isin(who)
        found.append({**pair, "companies": int((against & said).sum()), "of": int(said.sum()),
                      "others": int((against & ~said).sum()), "of_others": int((~said).sum()),
                      "accounts": ",".join(heard.index[against & said])})
    frame = pd.DataFrame(found)
    frame = frame[frame["of"] > 0]
    return add_shares(frame, "companies").sort_values(["companies", "code"], ascending=[False, True], ignore_index=True)


def pick_quotes(themes: Themes, *, quotes: int = 2, most: int = 12, length: int = 140) -> pd.DataFrame:
    """Pick the passages that show a theme best, out of those that may be shown.

    Parameters
    ----------
    themes : Themes
        What was said.
    quotes : int, default 2
        Most quotes a theme, each of another company, 0 to 5.
    most : int, default 12
        So many themes are quoted, the commonest first; 0 or more.
    length : int, default 140
        Characters that a quote is best to have; what is nearest to it is taken.

    Returns
    -------
    pandas.DataFrame
        Rows of `Themes.passages` with `code`, in the order of the themes; consent `none` is never among them.

    Examples
    --------
    >>> heads = pd.DataFrame({"interview": ["1", "2"], "consent": ["none", "quote"]})
    >>> said = pd.DataFrame({"interview": ["1", "2"], "passage": 1, "codes": [("x",)] * 2, "text": ["secret", "fine"]})
    >>> pick_quotes(find_themes(heads, said, pd.DataFrame(), pd.DataFrame()))["text"].tolist()
    ['fine']
    """
    rows = themes.passages[themes.passages["consent"].isin(["quote", "anonymous"])].astype({"text": "str"})
    rows = rows.assign(code=rows["codes"].str.split(",")).explode("code")
    order = {code: place for place, code in enumerate(themes.frame["code"].head(most))}
    rows = rows[rows["code"].isin(list(order))]
    rows = rows.assign(theme=rows["code"].map(order), named=rows["consent"] == "anonymous",
                       off=(rows["text"].str.len() - length).abs())
    rows = rows.sort_values(["theme", "named", "off", "interview", "passage"])
    rows = rows.drop_duplicates(["code", "company"]).drop_duplicates(["company", "text"])
    return rows.groupby("code", sort=False).head(quotes).drop(columns=["theme", "named", "off"]).reset_index(drop=True)


def list_suggestions(suggestions: pd.DataFrame, passages: pd.DataFrame, answered: pd.DataFrame) -> pd.DataFrame:
    """List the suggested codes that wait for somebody to say whether they fit.

    Parameters
    ----------
    suggestions : DataFrame
        From `suggest_codes`.
    passages : DataFrame
        Their passages: `interview`, `passage`, `text`.
    answered : DataFrame
        Those that somebody answered: `interview`, `passage` (as text), `code`.

    Returns
    -------
    pandas.DataFrame
        The artifact `suggestions`.

    Examples
    --------
    >>> rows = pd.DataFrame({"interview": "1", "passage": [1, 2], "code": "x", "score": 0.5, "words": [("a",)] * 2})
    >>> said = pd.DataFrame({"interview": "1", "passage": [1, 2], "text": ["a b", "a c"]})
    >>> done = pd.DataFrame({"interview": ["1"], "passage": ["2"], "code": ["x"]})
    >>> list_suggestions(rows, said, done)[["passage", "evidence", "text"]].values.tolist()
    [[1, 'a', 'a b']]
    """
    keys = ["interview", "passage", "code"]
    done = set(answered[keys].itertuples(index=False, name=None))
    rows = suggestions.merge(passages[["interview", "passage", "text"]], on=keys[:2])
    rows["evidence"] = rows["words"].map(", ".join).astype("str")
    waits = [(one.interview, str(one.passage), one.code) not in done for one in rows.itertuples()]
    return rows.loc[np.array(waits, dtype=bool), [*keys, "evidence", "score", "text"]]


def read_notes(opinions: pd.DataFrame, codebook: pd.DataFrame) -> pd.DataFrame:
    """Read which themes colleagues' notes on accounts seem to hold, team by team.

    Parameters
    ----------
    opinions : DataFrame
        What a colleague holds of an account: account_id, team, note.
    codebook : DataFrame
        As for `suggest_codes`.

    Returns
    -------
    pandas.DataFrame
        A row a team and code, the commonest first: team, code, accounts, of (accounts on which the team wrote a note),
        share with its interval low and high. The codes are suggestions that nobody has checked.

    Examples
    --------
    >>> book = pd.DataFrame({"code": ["price"], "name": ["Too expensive"], "meaning": "", "examples": [()]})
    >>> said = pd.DataFrame({"account_id": ["a"], "team": ["sales"], "note": ["Finds us too expensive."]})
    >>> read_notes(said, book.assign(topic=""))[["team", "code", "accounts", "of"]].values.tolist()
    [['sales', 'price', 1, 1]]
    """
    notes = fill_table(opinions, "opinions").dropna(subset=["note"]).sort_values(["team", "account_id", "note"])
    texts = pd.DataFrame([(note, 1, "", "", note, ()) for note in notes["note"].unique()],
                         columns=["interview", "passage", "topic", "heading", "text", "codes"])
    found = coding.suggest_codes(texts, codebook, cut=_SURE)[["interview", "code"]]
    said = notes.merge(found, left_on="note", right_on="interview").groupby(["team", "code"], as_index=False)
    counts = said.agg(accounts=("account_id", "nunique"))
    counts["of"] = counts["team"].map(notes.groupby("team")["account_id"].nunique().to_dict()).astype("int64")
    return add_shares(counts, "accounts").sort_values(
        ["team", "accounts", "code"], ascending=[True, False, True], ignore_index=True)
