"""Up to five criteria that must all hold, and a rule that somebody declared before the data were seen."""

import json
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from icp_lab.errors.base import name_nearest, utter
from icp_lab.locale import _, in_language
from icp_lab.locale import language as current_language
from icp_lab.rule.criterion import Criterion, Dialect

if TYPE_CHECKING:
    import narwhals as nw

MAX_CRITERIA = 5


@dataclass(frozen=True)
class Rule:
    """Say which accounts a profile describes.

    Parameters
    ----------
    criteria : tuple of Criterion, default ()
        At most five; all must hold. None at all is true everywhere.

    Raises
    ------
    LabError
        When there are more than five criteria.

    Examples
    --------
    >>> rule = Rule((Criterion.between("employees", 100, None), Criterion.one_of("industry", ["SaaS"])))
    >>> frame = pd.DataFrame({"employees": [120.0, 20.0, None], "industry": ["SaaS", None, "SaaS"]})
    >>> rule.mask(frame).tolist()
    [True, False, <NA>]
    """

    criteria: tuple[Criterion, ...] = ()

    def __post_init__(self) -> None:
        if len(self.criteria) > MAX_CRITERIA:
            raise utter("icp.too_many_criteria", count=len(self.criteria), most=MAX_CRITERIA)

    @property
    def attributes(self) -> tuple[str, ...]:
        """List the attributes that the rule is about, each once, in the order of the criteria.

        Examples
        --------
        >>> Rule((Criterion.flag("exports"), Criterion.between("employees", 100, None))).attributes
        ('exports', 'employees')
        """
        return tuple(dict.fromkeys(c.attribute for c in self.criteria))

    @property
    def key(self) -> str:
        """Give a text that is equal for rules that say the same.

        Examples
        --------
        >>> one, other = Criterion.flag("exports"), Criterion.between("employees", 100, None)
        >>> Rule((one, other)).key == Rule((other, one)).key
        True
        """
        return json.dumps(sorted(json.dumps(c.to_dict(), ensure_ascii=False, sort_keys=True) for c in self.criteria))

    def check(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Tell which criteria each row meets, fails, or leaves open.

        Parameters
        ----------
        frame : DataFrame
            A row an account (or case), with the columns that the criteria name.

        Returns
        -------
        DataFrame
            A nullable boolean column a criterion (numbered from 0), on the frame's index.

        Raises
        ------
        LabError
            When the frame lacks an attribute, or it holds values of another kind.

        Examples
        --------
        >>> rule = Rule((Criterion.flag("exports"), Criterion.between("employees", 100, None)))
        >>> rule.check(pd.DataFrame({"exports": [True], "employees": [None]})).values.tolist()
        [[True, <NA>]]
        """
        columns = {}
        for number, criterion in enumerate(self.criteria):
            if (name := criterion.attribute) not in frame.columns:
                near = name_nearest(name, map(str, frame.columns))
                raise utter("icp.unknown_attribute", attribute=name, remedy=near)
            met, known = criterion.check(frame[criterion.attribute])
            columns[number] = pd.array(np.where(known, met, False), dtype="boolean")
            columns[number][~known] = pd.NA
        return pd.DataFrame(columns, index=frame.index)

    def mask(self, frame: pd.DataFrame) -> pd.Series:
        """Tell which rows are inside the profile.

        Parameters
        ----------
        frame : DataFrame
            A row an account (or case), with the columns that the criteria name.

        Returns
        -------
        Series
            Nullable boolean on the frame's index: True inside, False outside, `<NA>` unknown.

        Raises
        ------
        LabError
            When the frame lacks an attribute, or it holds values of another kind.

        Examples
        --------
        >>> rule = Rule((Criterion.one_of("industry", ["SaaS"]),))
        >>> rule.mask(pd.DataFrame({"industry": ["SaaS", "Retail", None]})).tolist()
        [True, False, <NA>]
        """
        inside = pd.Series(True, index=frame.index, dtype="boolean", name="inside")
        for _number, answer in self.check(frame).items():
            inside &= answer
        return inside

    def expr(self) -> "nw.Expr":
        """Give the rule as a narwhals expression: true, false or null, on pandas, Polars, DuckDB or Spark.

        Returns
        -------
        narwhals.Expr
            An expression for `select` or `with_columns` of a frame wrapped by narwhals.

        Notes
        -----
        Two tests that are never missing themselves (met, failed) make the three values, so that no engine's own logic
        of missing values is asked. On pandas the column has dtype object (True, False, NaN), and a `has` criterion
        needs a column of an Arrow list type; `mask` gives a nullable boolean and takes tuples.

        Examples
        --------
        >>> import narwhals as nw
        >>> rule = Rule((Criterion.between("employees", 100, None),))
        >>> frame = nw.from_native(pd.DataFrame({"employees": [120.0, 20.0]}))
        >>> frame.select(inside=rule.expr())["inside"].to_list()
        [True, False]
        """
        import narwhals as nw  # noqa: PLC0415  (only who scores on another engine waits for it)

        if not self.criteria:
            return nw.lit(True)
        pairs = [criterion._expressions() for criterion in self.criteria]
        met = reduce(lambda a, b: a & b, (m for m, _known in pairs))
        failed = reduce(lambda a, b: a | b, (known & ~m for m, known in pairs))
        return nw.when(met).then(nw.lit(True)).when(failed).then(nw.lit(False))

    def sql(self, dialect: Dialect = "duckdb") -> str:
        r"""Give the rule as one boolean SQL expression, true, false or null, in a warehouse's dialect.

        Parameters
        ----------
        dialect : str, default 'duckdb'
            One of duckdb, postgres, snowflake, bigquery, spark.

        Returns
        -------
        str
            The expression, its columns quoted.

        Examples
        --------
        >>> Rule((Criterion.one_of("industry", ["SaaS"]), Criterion.flag("exports"))).sql()
        '"industry" IN (\'SaaS\') AND "exports"'
        """
        from sqlglot import exp  # noqa: PLC0415  (slow to import, and only wanted for SQL)

        tree = exp.and_(*(criterion._sql(dialect) for criterion in self.criteria)) if self.criteria else exp.true()
        return tree.sql(dialect=dialect)

    def words(self, language: str | None = None) -> str:
        """Say the rule as a person would; the empty rule is "every account".

        Parameters
        ----------
        language : str or None, default None
            A language that the lab speaks; None: the one in force.

        Returns
        -------
        str
            The criteria, parted by semicolons.

        Examples
        --------
        >>> Rule((Criterion.flag("exports"), Criterion.between("employees", 100, None))).words("en"), Rule().words("en")
        ('exports: yes; employees at least 100', 'every account')
        """
        with in_language(language or current_language()):
            parts = [criterion.words() for criterion in self.criteria]
            return _("; ").join(parts) if parts else _("every account")

    def to_dicts(self) -> list[dict[str, Any]]:
        """Give the criteria as they stand in icp.yml.

        Returns
        -------
        list of dict of str to object
            A dict a criterion, in their order.

        Examples
        --------
        >>> Rule((Criterion.flag("exports"),)).to_dicts()
        [{'attribute': 'exports', 'is': True}]
        """
        return [criterion.to_dict() for criterion in self.criteria]

    @classmethod
    def from_dicts(cls, criteria: list[dict[str, Any]]) -> "Rule":
        """Read the criteria as they stand in icp.yml.

        Parameters
        ----------
        criteria : list of dict of str to object
            A dict a criterion; none at all is the empty rule.

        Returns
        -------
        Rule
            The rule.

        Raises
        ------
        LabError
            When one is not of the four kinds, or there are more than five.

        Examples
        --------
        >>> Rule.from_dicts([{"attribute": "employees", "min": 100}]).words("en")
        'employees at least 100'
        """
        return cls(tuple(Criterion.from_dict(one) for one in criteria))

    @classmethod
    def from_profile(cls, profile: dict[str, Any]) -> "Rule":
        """Read the rule that a profile works with: the one claimed, else the refused one, carried as a hypothesis.

        Parameters
        ----------
        profile : dict of str to object
            A profile in the form of icp.yml.

        Returns
        -------
        Rule
            The rule; the empty one where there is neither.

        Examples
        --------
        >>> refused = {"criteria": [], "evidence": {"refused": [{"attribute": "exports", "is": "yes"}]}}
        >>> Rule.from_profile(refused).words("en")
        'exports: yes'
        """
        return cls.from_dicts(list(profile.get("criteria") or (profile.get("evidence") or {}).get("refused") or []))


@dataclass(frozen=True)
class Hypothesis:
    """Hand over a rule that somebody declared before the data were seen.

    Parameters
    ----------
    name : str
        What it is called.
    rule : Rule
        The rule.
    date : date
        The day on which it was declared.
    by : str, default ''
        Who declared it; empty where that was not said.

    Examples
    --------
    >>> Hypothesis("Exporters", Rule((Criterion.flag("exports"),)), date(2025, 1, 1), by="Sales").rule.words("en")
    'exports: yes'
    """

    name: str
    rule: Rule
    date: date
    by: str = ""
