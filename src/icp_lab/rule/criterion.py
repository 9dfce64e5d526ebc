"""One condition on one attribute, as words, mask, expression and SQL."""

import math
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from icp_lab.errors.base import utter
from icp_lab.locale import _, in_language
from icp_lab.locale import language as current_language
from icp_lab.rule.words import name_attribute, write_number

if TYPE_CHECKING:
    import narwhals as nw
    from numpy.typing import NDArray
    from sqlglot import exp

Kind = Literal["interval", "set", "has", "is"]
Dialect = Literal["duckdb", "postgres", "snowflake", "bigquery", "spark"]


@dataclass(frozen=True)
class Criterion:
    """Say what must hold of one attribute.

    Parameters
    ----------
    attribute : str
        The column that it is about.
    kind : str
        One of `interval`: min <= x < max, either end may be absent; `set`: x is one of `values`; `has`: the list x
        contains `values[0]`; `is`: x is yes (`yes=True`) or no.
    min : float or None, default None
        Lower end of an interval, in the unit of the attribute; None leaves it open.
    max : float or None, default None
        Upper end, which no longer belongs to it; None leaves it open.
    values : tuple of str, default ()
        Categories of a `set`, or the member of a `has`.
    yes : bool, default True
        Of an `is`: whether x has to be yes.

    Raises
    ------
    LabError
        When it has no attribute, no bound or an empty interval, or no value.

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
        """Make the criterion minimum <= x < maximum.

        Parameters
        ----------
        attribute : str
            The column that it is about.
        minimum : float or None
            Lower end, in the unit of the attribute; None leaves it open.
        maximum : float or None
            Upper end; None leaves it open.

        Returns
        -------
        Criterion
            A criterion of the kind `interval`.

        Examples
        --------
        >>> Criterion.between("employees", 100, 500).max
        500.0
        """
        low, high = (None if b is None else float(b) for b in (minimum, maximum))
        return cls(attribute, "interval", min=low, max=high)

    @classmethod
    def one_of(cls, attribute: str, values: "tuple[str, ...] | list[str]") -> "Criterion":
        """Make the criterion that x is one of some categories.

        Parameters
        ----------
        attribute : str
            The column that it is about.
        values : tuple of str or list of str
            The categories, in any order, one or more.

        Returns
        -------
        Criterion
            A criterion of the kind `set`, its values sorted.

        Examples
        --------
        >>> Criterion.one_of("industry", ["SaaS", "Fintech"]).values
        ('Fintech', 'SaaS')
        """
        return cls(attribute, "set", values=tuple(sorted({str(v) for v in values})))

    @classmethod
    def has(cls, attribute: str, value: str) -> "Criterion":
        """Make the criterion that the list x contains a value.

        Parameters
        ----------
        attribute : str
            The column that it is about.
        value : str
            The member.

        Returns
        -------
        Criterion
            A criterion of the kind `has`.

        Examples
        --------
        >>> Criterion.has("tech_stack", "Salesforce").words("en")
        'tech stack includes Salesforce'
        """
        return cls(attribute, "has", values=(str(value),))

    @classmethod
    def flag(cls, attribute: str, yes: bool = True) -> "Criterion":
        """Make the criterion that x is yes, or that it is no.

        Parameters
        ----------
        attribute : str
            The column that it is about.
        yes : bool, default True
            True where x has to be yes.

        Returns
        -------
        Criterion
            A criterion of the kind `is`.

        Examples
        --------
        >>> Criterion.flag("exports", yes=False).words("en")
        'exports: no'
        """
        return cls(attribute, "is", yes=yes)

    def to_dict(self) -> dict[str, Any]:
        """Give the criterion as it stands in icp.yml.

        Returns
        -------
        dict of str to object
            Key `attribute`, with `min` and `max`, `in`, `has` or `is`.

        Examples
        --------
        >>> Criterion.between("employees", 100, None).to_dict()
        {'attribute': 'employees', 'min': 100}
        """
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

        Parameters
        ----------
        data : dict of str to object
            Key `attribute`, with `min` and `max`, `in`, `has` or `is`.

        Returns
        -------
        Criterion
            The criterion.

        Raises
        ------
        LabError
            When it is not exactly one of the four kinds, or a value has the wrong type.

        Examples
        --------
        >>> Criterion.from_dict({"attribute": "industry", "in": ["SaaS"]}).kind
        'set'
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
        """Say the criterion as a person would.

        Parameters
        ----------
        language : str or None, default None
            A language that the lab speaks; None: the one in force.

        Returns
        -------
        str
            A sentence part.

        Examples
        --------
        >>> criterion = Criterion.between("employees", 100, None)
        >>> criterion.words("en"), criterion.words("ja")
        ('employees at least 100', '従業員数が100以上')
        """
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
        """Tell which rows meet the criterion, and which have a value at all.

        Parameters
        ----------
        column : Series
            Values of the attribute.

        Returns
        -------
        tuple
            `met` (False where unknown) and `known`, as arrays of the column's length.

        Raises
        ------
        LabError
            When the column holds values of another kind.

        Examples
        --------
        >>> met, known = Criterion.between("employees", 100, None).check(pd.Series([120.0, 20.0, None]))
        >>> met.tolist(), known.tolist()
        ([True, False, False], [True, True, False])
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


def _literal(value: float) -> "exp.Expr":
    """Write a bound; one that a decimal type would round or refuse carries an exponent, which makes it a double."""
    from sqlglot import exp  # noqa: PLC0415  (slow to import, and only wanted for SQL)

    said = str(int(value)) if value == round(value) and abs(value) < 2**53 else repr(value)
    plain = "e" in said or sum(map(str.isdigit, said)) <= 15
    return exp.Literal(this=said if plain else f"{said}e0", is_string=False)  # Literal.number reads it again


def _number(number: "exp.Expr", dialect: Dialect) -> "exp.Expr":
    """Make NaN null: BigQuery, which follows IEEE, has a function; the others hold NaN equal to itself."""
    from sqlglot import exp  # noqa: PLC0415  (slow to import, and only wanted for SQL)

    if dialect == "bigquery":
        return exp.If(this=exp.IsNan(this=number), true=exp.Null(), false=number.copy())
    return exp.Nullif(this=number, expression=exp.cast(exp.Literal.string("NaN"), "double"))
