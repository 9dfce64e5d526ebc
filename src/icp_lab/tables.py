"""The input tables, declared once: what a row is, its columns, their types, units and meanings.

Templates, checks, typing and the reference documentation derive from `TABLES`.
"""

from dataclasses import dataclass
from typing import Literal

from icp_lab.locale import N_

Kind = Literal["text", "number", "integer", "money", "date", "flag", "list"]
"""flag = yes/no, a missing value is unknown; list = several texts in a cell; money is in the study's currency."""

Role = Literal["identity", "person", "key", "attribute", "after_sale", "value"]
"""What a column may be used for: only an `attribute` of accounts can become a criterion."""

GROUPS = ("basic", "technical", "organizational", "financial", "pains", "triggers", "goals")
"""The groups of attributes that a profile is written in."""


@dataclass(frozen=True)
class Column:
    """A column of an input table; `future` says that a date after as_of is allowed."""

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    unit: str = ""
    role: Role = "value"
    group: str = ""
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    future: bool = False


@dataclass(frozen=True)
class Table:
    """An input table.

    `key` tells rows apart, `strict` says that one key with two different rows is an error, `one_of` names columns
    of which each row must fill one, `extra` says that other columns are kept as attributes.
    """

    name: str
    row: str
    columns: tuple[Column, ...]
    key: str = ""
    strict: bool = False
    one_of: tuple[str, ...] = ()
    extra: bool = False

    @property
    def by_name(self) -> dict[str, Column]:
        """Find a column by its name."""
        return {column.name: column for column in self.columns}

    @property
    def required(self) -> tuple[str, ...]:
        """Name the columns that must be there."""
        return tuple(column.name for column in self.columns if column.required)


def _account(required: bool = True) -> Column:
    return Column("account_id", "text", N_("the account, as in accounts"), required, role="key")


def _lead() -> Column:
    return Column("lead_id", "text", N_("the lead, as in leads"), role="key")


_DATE = Column("date", "date", N_("the day"))
_DATE_NEEDED = Column("date", "date", N_("the day"), required=True)
_TEXT = Column("text", "text", N_("the words as they were written"))
_SOURCE = Column("source", "text", N_("where this comes from"))

_ATTRIBUTES = (
    Column("industry", "text", N_("industry, in your own words"), role="attribute", group="basic"),
    Column("employees", "integer", N_("people employed"), unit="people", role="attribute", group="basic", low=0),
    Column("annual_revenue", "money", N_("its sales in a year"), role="attribute", group="basic"),
    Column("country", "text", N_("country of its seat"), role="attribute", group="basic"),
    Column("region", "text", N_("region or prefecture of its seat"), role="attribute", group="basic"),
    Column("city", "text", N_("town of its seat"), role="attribute", group="basic"),
    Column("founded_year", "integer", N_("year of foundation"), unit="year", role="attribute", group="basic"),
    Column("tech_stack", "list", N_("systems and tools in use"), role="attribute", group="technical"),
)

TABLES: tuple[Table, ...] = (
    Table("accounts", N_("a company we sell or sold to"), (
        Column("account_id", "text", N_("your own number or name for it"), required=True, role="identity"),
        Column("name", "text", N_("name of the company"), role="identity"),
        Column("domain", "text", N_("its web domain"), role="identity"),
        Column("corporate_number", "text", N_("its registration number"), role="identity"),
        Column("parent_id", "text", N_("account_id of the company that owns it"), role="identity"),
        *_ATTRIBUTES,
        Column("customer_since", "date", N_("first day as a customer"), role="after_sale"),
        Column("churned", "flag", N_("did it leave?"), role="after_sale"),
        Column("channel", "text", N_("how it found us or we found it"), role="attribute", group="basic"),
        Column("sold_via", "text", N_("did we sell directly or through a dealer?"), role="attribute",
               group="organizational", choices=("direct", "dealer")),
        Column("owner", "text", N_("colleague in charge"), role="person"),
        Column("potential_spend", "money", N_("what it could spend with us in a year"), role="attribute",
               group="financial"),
    ), key="account_id", strict=True, extra=True),
    Table("deals", N_("an opportunity"), (
        _account(),
        Column("stage", "text", N_("how it stands"), required=True, choices=("won", "lost", "open")),
        Column("deal_id", "text", N_("your own number for it"), role="identity"),
        Column("amount", "money", N_("what it is or would be worth")),
        Column("created", "date", N_("day it began")),
        Column("closed", "date", N_("day it was won or lost")),
        Column("loss_reason", "text", N_("why it was lost")),
        Column("competitor", "text", N_("who else was asked")),
        Column("product", "text", N_("what it is about")),
        Column("owner", "text", N_("colleague in charge"), role="person"),
    ), key="deal_id", extra=True),
    Table("deal_history", N_("a stage that a deal passed"), (
        Column("deal_id", "text", N_("the deal"), required=True, role="key"),
        Column("stage", "text", N_("stage entered"), required=True),
        _DATE_NEEDED,
        Column("amount", "money", N_("its worth then")),
    )),
    Table("deal_contacts", N_("a person's part in a deal"), (
        Column("deal_id", "text", N_("the deal"), required=True, role="key"),
        Column("contact_id", "text", N_("the person"), required=True, role="key"),
        Column("role", "text", N_("part played")),
    )),
    Table("revenue", N_("money from an account"), (
        _account(),
        Column("amount", "money", N_("money received, for the period that `per` names"), required=True),
        Column("date", "date", N_("day of the invoice, or first day of the contract")),
        Column("end_date", "date", N_("last day of the contract"), future=True),
        Column("per", "text", N_("what the amount is for; once = for the whole time from date to end_date"),
               choices=("once", "month", "quarter", "year")),
        Column("recurring", "flag", N_("does it go on until it is ended?")),
        Column("ended", "flag", N_("has it been ended?")),
        Column("cost", "money", N_("what it cost us to supply")),
        Column("product", "text", N_("what was sold")),
        Column("quantity", "number", N_("how many")),
    )),
    Table("usage", N_("use in a period, or an event"), (
        _account(), _DATE,
        Column("active_users", "number", N_("people who used it"), unit="people"),
        Column("seats", "number", N_("people who may use it"), unit="people"),
        Column("events", "number", N_("how often it was used"), unit="times"),
        Column("feature", "text", N_("what was used")),
    )),
    Table("support", N_("a ticket"), (
        _account(),
        Column("ticket_id", "text", N_("its number"), role="identity"),
        Column("opened", "date", N_("day it came in")),
        Column("closed", "date", N_("day it was settled")),
        Column("category", "text", N_("what it is about")),
        Column("priority", "text", N_("how urgent it is")),
        _TEXT,
    ), key="ticket_id"),
    Table("satisfaction", N_("an answer"), (
        _account(),
        Column("score", "number", N_("the answer, on its scale"), required=True),
        Column("answer_scale", "text", N_("which scale: 0-10, 1-5, 1-10 or 1-7"),
               choices=("nps", "csat5", "csat10", "ces7")),
        _DATE, _TEXT,
    )),
    Table("churn", N_("an end of the relationship"), (
        _account(), _DATE, Column("reason", "text", N_("why it left")), _TEXT,
    )),
    Table("opinions", N_("what a colleague holds of an account"), (
        _account(),
        Column("team", "text", N_("the colleague's team"), required=True),
        Column("verdict", "text", N_("what the colleague holds of it"), required=True,
               choices=("best", "good", "avoid")),
        Column("note", "text", N_("why")),
        Column("author", "text", N_("who says so"), role="person"),
    )),
    Table("contacts", N_("a person at an account"), (
        Column("contact_id", "text", N_("your own number for the person"), required=True, role="identity"),
        _account(),
        Column("name", "text", N_("the person's name"), role="person"),
        Column("email", "text", N_("the person's address"), role="person"),
        Column("title", "text", N_("title on the card")),
        Column("department", "text", N_("department")),
        Column("seniority", "text", N_("rank")),
        Column("buying_role", "text", N_("part in buying")),
        Column("language", "text", N_("language of letters")),
    ), key="contact_id", strict=True),
    Table("leads", N_("a company or person not yet a customer"), (
        Column("lead_id", "text", N_("your own number for it"), required=True, role="identity"),
        Column("company", "text", N_("name of the company"), role="identity"),
        Column("domain", "text", N_("its web domain"), role="identity"),
        Column("title", "text", N_("title of the person")),
        Column("status", "text", N_("how it stands")),
        Column("created", "date", N_("day it came in")),
        Column("converted", "date", N_("day it became an opportunity")),
        Column("account_id", "text", N_("the account it became"), role="key"),
        *_ATTRIBUTES,
    ), key="lead_id", strict=True, extra=True),
    Table("engagement", N_("a touch"), (
        _DATE_NEEDED,
        Column("kind", "text", N_("what happened"), required=True),
        Column("contact_id", "text", N_("the person"), role="key"),
        _lead(), _account(required=False),
        Column("channel", "text", N_("through what")),
        Column("content", "text", N_("with which content")),
    ), one_of=("contact_id", "lead_id", "account_id")),
    Table("triggers", N_("something that made a company look"), (
        _DATE_NEEDED,
        Column("kind", "text", N_("what happened"), required=True),
        _account(required=False), _lead(), _SOURCE,
        Column("note", "text", N_("in words")),
    ), one_of=("account_id", "lead_id")),
    Table("market", N_("companies that exist in a cell"), (
        Column("companies", "number", N_("how many there are"), required=True),
        Column("industry", "text", N_("industry of the cell")),
        Column("country", "text", N_("country of the cell")),
        Column("region", "text", N_("region of the cell")),
        Column("employees_min", "integer", N_("from so many people"), unit="people"),
        Column("employees_max", "integer", N_("to below so many people"), unit="people"),
        Column("growth", "number", N_("growth in a year, 0.05 = 5 %")),
        Column("spend", "money", N_("what one company spends in a year")),
        _SOURCE,
        Column("year", "integer", N_("year of the count"), unit="year"),
    )),
    Table("competitors", N_("a competitor"), (
        Column("name", "text", N_("its name"), required=True),
        Column("target_industry", "list", N_("industries it goes after")),
        Column("target_employees_min", "integer", N_("from so many people"), unit="people"),
        Column("target_employees_max", "integer", N_("to below so many people"), unit="people"),
        Column("strengths", "text", N_("what it is good at")),
        Column("weaknesses", "text", N_("what it is bad at")),
        Column("price", "text", N_("what it asks")),
        _SOURCE,
    )),
    Table("trends", N_("a dated statement on the market"), (
        _DATE_NEEDED,
        Column("statement", "text", N_("what is said"), required=True),
        Column("kind", "text", N_("what sort of thing"), choices=("report", "technology", "regulation", "demand")),
        Column("effect", "text", N_("what it means for us")),
        _SOURCE,
        Column("url", "text", N_("where it can be read")),
    )),
    Table("reference", N_("firmographics to enrich from"), (
        Column("domain", "text", N_("web domain"), role="identity"),
        Column("corporate_number", "text", N_("registration number"), role="identity"),
        *_ATTRIBUTES,
    ), one_of=("domain", "corporate_number"), extra=True),
    Table("review", N_("a vote on one line of the draft"), (
        Column("department", "text", N_("who votes"), required=True),
        Column("item", "text", N_("the line voted on"), required=True),
        Column("vote", "integer", N_("1 = not at all, 9 = fully"), required=True, low=1, high=9),
        Column("reviewer", "text", N_("the person"), role="person"),
        Column("comment", "text", N_("why")),
        Column("proposal", "text", N_("what instead")),
    )),
    Table("pilot", N_("a unit of the pilot"), (
        Column("unit_id", "text", N_("the account or lead"), required=True, role="key"),
        Column("arm", "text", N_("the group it was drawn into"), required=True),
        Column("assigned", "date", N_("day of the draw")),
        Column("reached", "date", N_("day it was reached")),
        Column("lead", "flag", N_("did it become a lead?")),
        Column("deal", "text", N_("how its deal stands"), choices=("won", "lost", "open")),
        Column("closed", "date", N_("day it was won or lost")),
        Column("amount", "money", N_("what it is worth")),
        Column("cost", "money", N_("what was spent on it")),
    ), key="unit_id"),
    Table("costs", N_("spending on winning customers"), (
        Column("period", "text", N_("month, quarter or year"), required=True),
        Column("amount", "money", N_("money spent"), required=True),
        Column("category", "text", N_("on what")),
    )),
    Table("feedback", N_("what sales reports back"), (
        _DATE_NEEDED,
        Column("agrees", "flag", N_("does the profile fit this one?"), required=True),
        _account(required=False), _lead(),
        Column("author", "text", N_("who says so"), role="person"),
        Column("reason", "text", N_("why")),
        Column("note", "text", N_("in words")),
    ), one_of=("account_id", "lead_id")),
)

HYPOTHESES = "hypotheses"
"""Stands among the tables that a notebook reads for hypotheses.yml."""
BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}

KNOWN_ATTRIBUTES: tuple[str, ...] = (
    N_("industry"), N_("employees"), N_("annual revenue"), N_("country"), N_("region"), N_("city"), N_("founded year"),
    N_("tech stack"), N_("channel"), N_("sold via"), N_("potential spend"), N_("customer since"), N_("churned"),
    N_("size band"), N_("size"), N_("growth"), N_("source"), N_("exports"), N_("digital maturity"),
    N_("decision making"),
    N_("IT budget share"), N_("plan"), N_("plan tier"), N_("seats"), N_("product"), N_("budget allocated"),
    N_("competitors"), N_("formal tender"), N_("partnership"), N_("purchasing department"), N_("authority"),
    N_("client"),
)
"""How attributes that many companies record are named to a reader; any other is shown as the study names it."""
