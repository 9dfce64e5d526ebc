"""What a profile claims about an account: criteria that must all hold, as words, mask, expression and SQL.

A missing value makes a criterion *unknown*, never failed. A rule is met when all criteria are met, failed when one is
failed, and unknown otherwise (Kleene's logic), with the same answers on every engine.
"""

import json
import math
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from icp_lab.errors.base import name_nearest, utter
from icp_lab.locale import _, in_language
from icp_lab.locale import language as current_language

if TYPE_CHECKING:
    import narwhals as nw
    from numpy.typing import NDArray
    from sqlglot import exp

MAX_CRITERIA = 5
Kind = Literal["interval", "set", "has", "is"]
Dialect = Literal["duckdb", "postgres", "snowflake", "bigquery", "spark"]


@dataclass(frozen=True)
class Criterion:
    """What must hold of one attribute?

    Parameters
    ----------
    attribute
        The column that it is about.
    kind
        `interval`: min <= x < max, either end may be absent; `set`: x is one of `values`;
        `has`: the list x contains `values[0]`; `is`: x is yes (`yes=True`) or no.

    Examples
    --------
    >>> Criterion.between("employees", 100, 500).words("en")
    'employees from 100 to under 500'
    """

    attribute: str
    kind: Kind
    min: float | None = None
    max: float | None = None
    values: tuple[str, ...] = ()
    yes: bool = True

    def __post_init__(self) -> None:
        bounds = [b for b in (self.min, self.max) if b is not None]
        sound = {
            "interval": bool(bounds) and all(map(math.isfinite, bounds)) and (len(bounds) < 2 or bounds[0] < bounds[1]),
            "set": bool(self.values), "has": len(self.values) == 1, "is": True}
        if not self.attribute or not sound[self.kind]:
            raise utter("icp.bad_criterion", found=repr(self.to_dict()))

    @classmethod
    def between(cls, attribute: str, minimum: float | None, maximum: float | None) -> "Criterion":
        """Make the criterion minimum <= x < maximum; None leaves an end open."""
        low, high = (None if b is None else float(b) for b in (minimum, maximum))
        return cls(attribute, "interval", min=low, max=high)

    @classmethod
    def one_of(cls, attribute: str, values: "tuple[str, ...] | list[str]") -> "Criterion":
        """Make the criterion that x is one of some categories."""
        return cls(attribute, "set", values=tuple(sorted({str(v) for v in values})))

    @classmethod
    def has(cls, attribute: str, value: str) -> "Criterion":
        """Make the criterion that the list x contains a value."""
        return cls(attribute, "has", values=(str(value),))

    @classmethod
    def flag(cls, attribute: str, yes: bool = True) -> "Criterion":
        """Make the criterion that x is yes (or no)."""
        return cls(attribute, "is", yes=yes)

    def to_dict(self) -> dict[str, Any]:
        """Give the criterion as it stands in icp.yml."""
        claim: dict[str, Any]
        if self.kind == "interval":
            ends = {"min": self.min, "max": self.max}
            claim = {k: int(v) if v == round(v) else v for k, v in ends.items() if v is not None and math.isfinite(v)}
        elif self.kind == "set":
            claim = {"in": list(self.values)}
        else:
            claim = {"has": self.values[0] if self.values else ""} if self.kind == "has" else {"is": self.yes}
        return {"attribute": self.attribute, **claim}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Criterion":
        """Read a criterion as it stands in icp.yml; other keys (edited_by, why...) are left to the profile.

        Raises
        ------
        LabError
            When it is not exactly one of the four kinds, or a value has the wrong type.
        """
        name, claims = data.get("attribute"), {"min", "max", "in", "has", "is"} & set(data)
        bounds = [data[k] for k in claims & {"min", "max"}]
        numbers = all(isinstance(b, int | float) and not isinstance(b, bool) for b in bounds)
        if isinstance(name, str) and name and claims:
            if claims <= {"min", "max"} and numbers:
                return cls.between(name, data.get("min"), data.get("max"))
            if claims == {"in"} and isinstance(data["in"], list | tuple) and data["in"]:
                return cls.one_of(name, data["in"])
            if claims == {"has"} and isinstance(data["has"], str | int | float):
                return cls.has(name, data["has"])  # type: ignore[arg-type]
            if claims == {"is"} and data["is"] in (True, False, "yes", "no"):
                return cls.flag(name, data["is"] in (True, "yes"))
        raise utter("icp.bad_criterion", found=repr(dict(data)))

    def words(self, language: str | None = None) -> str:
        """Say the criterion as a person would."""
        with in_language(language or current_language()):
            sentence = {"interval": self._interval_sentence(), "set": _("{attribute} {values}"),
                        "has": _("{attribute} includes {value}"),
                        "is": _("{attribute}: yes") if self.yes else _("{attribute}: no")}[self.kind]
            low, high = (None if b is None else write_number(b, self.attribute) for b in (self.min, self.max))
            return sentence.format(attribute=name_attribute(self.attribute), low=low, high=high,
                                   values=_(" or ").join(self.values), value="".join(self.values[:1]))

    def _interval_sentence(self) -> str:
        if self.min is None:
            return _("{attribute} under {high}")
        return _("{attribute} at least {low}") if self.max is None else _("{attribute} from {low} to under {high}")

    def check(self, column: pd.Series) -> "tuple[NDArray[np.bool_], NDArray[np.bool_]]":
        """Which rows meet the criterion, and which have a value at all?

        Returns
        -------
        tuple
            `met` (False where unknown) and `known`, as arrays of the column's length.
        """
        known = column.notna().to_numpy(dtype=bool)
        try:
            if self.kind == "interval":
                if pd.api.types.is_bool_dtype(column):
                    raise TypeError(self.kind)
                x = column.to_numpy(dtype="float64", na_value=np.nan)
                low, high = -np.inf if self.min is None else self.min, np.inf if self.max is None else self.max
                met = (x >= low) & ((x < high) | (self.max is None))
            elif self.kind == "set":
                if pd.api.types.is_numeric_dtype(column) and known.any():
                    raise TypeError(self.kind)
                met = column.isin(list(self.values)).to_numpy(dtype=bool)
            elif self.kind == "has":
                met = np.fromiter((isinstance(v, tuple | list | np.ndarray) and self.values[0] in v for v in column),
                                  dtype=bool, count=len(column))
            else:
                met = column.astype("boolean").fillna(not self.yes).to_numpy(dtype=bool) == self.yes
        except (TypeError, ValueError) as fault:
            sample = str(column.dropna().iloc[0]) if known.any() else ""
            raise utter("icp.wrong_kind", attribute=self.attribute, kind=self.kind, value=sample) from fault
        return met & known, known

    def _expressions(self) -> "tuple[nw.Expr, nw.Expr]":
        """Give (met, known) as narwhals expressions that are never missing."""
        import narwhals as nw  # noqa: PLC0415  (only who scores on another engine waits for it)

        column = nw.col(self.attribute)
        known = ~column.is_null()
        if self.kind == "interval":
            # NaN is a missing value here. To no engine it is <= inf: some hold it above all numbers, some beside.
            known = (column <= math.inf).fill_null(False)
            ends = [column >= self.min] if self.min is not None else []
            ends += [column < self.max] if self.max is not None else []
            test = reduce(lambda a, b: a & b, ends)
        elif self.kind == "set":
            test = column.is_in(list(self.values))
        elif self.kind == "has":
            test = column.list.contains(self.values[0])
        else:
            test = column if self.yes else ~column
        return known & test.fill_null(False), known

    def _sql(self, dialect: Dialect) -> "exp.Expr":
        """Give the criterion as a SQL tree: true, false, or null where the value is missing."""
        from sqlglot import exp  # noqa: PLC0415  (slow to import, and only wanted for SQL)

        column = exp.column(self.attribute, quoted=True)
        if self.kind == "set":
            return exp.In(this=column, expressions=[exp.Literal.string(v) for v in self.values])
        if self.kind == "is":
            return column if self.yes else exp.Not(this=column)
        if self.kind == "has":  # a null member must not hide that the value is absent
            test = exp.ArrayContains(this=column, expression=exp.Literal.string(self.values[0]))
            missing = exp.Is(this=column.copy(), expression=exp.Null())
            return exp.Case(ifs=[exp.If(this=missing, true=exp.Null())], default=exp.Coalesce(
                this=test, expressions=[exp.false()]))
        number = _number(exp.cast(column, "double"), dialect)
        ends: list[exp.Expr] = [] if self.min is None else [exp.GTE(this=number, expression=_literal(self.min))]
        ends += [] if self.max is None else [exp.LT(this=number.copy(), expression=_literal(self.max))]
        return exp.and_(*ends)


@dataclass(frozen=True)
class Rule:
    """Which accounts does the profile describe?

    Parameters
    ----------
    criteria
        At most five; all must hold. None at all is true everywhere.

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
        """The attributes that the rule is about, each once, in the order of the criteria."""
        return tuple(dict.fromkeys(c.attribute for c in self.criteria))

    @property
    def key(self) -> str:
        """Text that is equal for rules that say the same."""
        return json.dumps(sorted(json.dumps(c.to_dict(), ensure_ascii=False, sort_keys=True) for c in self.criteria))

    def check(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Which criteria does each row meet, fail, or leave open?

        Returns
        -------
        DataFrame
            A nullable boolean column a criterion (numbered from 0), on the frame's index.

        Raises
        ------
        LabError
            When the frame lacks an attribute, or it holds values of another kind.
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
        """Which rows are inside the profile?

        Parameters
        ----------
        frame
            A row an account (or case), with the columns that the criteria name.

        Returns
        -------
        Series
            Nullable boolean on the frame's index: True inside, False outside, `<NA>` unknown.
        """
        inside = pd.Series(True, index=frame.index, dtype="boolean", name="inside")
        for _number, answer in self.check(frame).items():
            inside &= answer
        return inside

    def expr(self) -> "nw.Expr":
        """Give the rule as a narwhals expression: true, false or null, on pandas, Polars, DuckDB or Spark.

        Notes
        -----
        Two tests that are never missing themselves (met, failed) make the three values, so that no engine's own logic
        of missing values is asked. On pandas the column has dtype object (True, False, NaN), and a `has` criterion
        needs a column of an Arrow list type; `mask` gives a nullable boolean and takes tuples.
        """
        import narwhals as nw  # noqa: PLC0415  (only who scores on another engine waits for it)

        if not self.criteria:
            return nw.lit(True)
        pairs = [criterion._expressions() for criterion in self.criteria]
        met = reduce(lambda a, b: a & b, (m for m, _known in pairs))
        failed = reduce(lambda a, b: a | b, (known & ~m for m, known in pairs))
        return nw.when(met).then(nw.lit(True)).when(failed).then(nw.lit(False))

    def sql(self, dialect: Dialect = "duckdb") -> str:
        """Give the rule as one boolean SQL expression, true, false or null, in a warehouse's dialect."""
        from sqlglot import exp  # noqa: PLC0415  (slow to import, and only wanted for SQL)

        tree = exp.and_(*(criterion._sql(dialect) for criterion in self.criteria)) if self.criteria else exp.true()
        return tree.sql(dialect=dialect)

    def words(self, language: str | None = None) -> str:
        """Say the rule as a person would; the empty rule is "every account"."""
        with in_language(language or current_language()):
            parts = [criterion.words() for criterion in self.criteria]
            return _("; ").join(parts) if parts else _("every account")

    def to_dicts(self) -> list[dict[str, Any]]:
        """Give the criteria as they stand in icp.yml."""
        return [criterion.to_dict() for criterion in self.criteria]

    @classmethod
    def from_dicts(cls, criteria: list[dict[str, Any]]) -> "Rule":
        """Read the criteria as they stand in icp.yml."""
        return cls(tuple(Criterion.from_dict(one) for one in criteria))

    @classmethod
    def from_profile(cls, profile: dict[str, Any]) -> "Rule":
        """Read the rule that a profile works with: the one claimed, else the refused one, carried as a hypothesis."""
        return cls.from_dicts(list(profile.get("criteria") or (profile.get("evidence") or {}).get("refused") or []))


@dataclass(frozen=True)
class Hypothesis:
    """Which rule did somebody declare before the data were seen, who, and on which day?"""

    name: str
    rule: Rule
    date: date
    by: str = ""


def name_attribute(attribute: str) -> str:
    """Say an attribute's name in the reader's language: known ones through the catalogue, others as they are.

    Examples
    --------
    >>> name_attribute("tech_stack"), name_attribute("it_budget_share")
    ('tech stack', 'IT budget share')
    """
    words = attribute.replace("_", " ")
    words = f"IT {words[3:]}" if words.startswith("it ") else words
    return _(words)


def write_number(value: float, attribute: str = "") -> str:
    """Write a bound as a person would: thousands apart, but not in years, and no needless decimals."""
    if value != round(value):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    year = "year" in attribute or (1800 <= value <= 2100 and attribute.endswith(("since", "founded")))
    return f"{value:.0f}" if year and 1800 <= value <= 2100 else f"{value:,.0f}"


def _literal(value: float) -> "exp.Expr":
    """Write a bound; one that a decimal type would round or refuse carries an exponent, which makes it a double."""
    from sqlglot import exp  # noqa: PLC0415  (slow to import, and only wanted for SQL)

    said = str(int(value)) if value == round(value) and abs(value) < 2**53 else repr(value)
    plain = "e" in said or sum(map(str.isdigit, said)) <= 15
    return exp.Literal.number(said if plain else f"{said}e0")


def _number(number: "exp.Expr", dialect: Dialect) -> "exp.Expr":
    """Make NaN null: BigQuery, which follows IEEE, has a function; the others hold NaN equal to itself."""
    from sqlglot import exp  # noqa: PLC0415  (slow to import, and only wanted for SQL)

    if dialect == "bigquery":
        return exp.If(this=exp.IsNan(this=number), true=exp.Null(), false=number.copy())
    return exp.Nullif(this=number, expression=exp.cast(exp.Literal.string("NaN"), "double"))
