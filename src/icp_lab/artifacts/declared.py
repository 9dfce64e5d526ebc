"""What the steps hand each other, declared once: typed tables (Parquet) and records (JSON), free of language.

An artifact is checked against its declaration when it is written and again when it is read.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "number", "integer", "flag", "date"]
"""flag = nullable boolean, a missing value is *unknown*; number = float, missing allowed where `required` is false."""


@dataclass(frozen=True)
class Field:
    """A column of an artifact table."""

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableArtifact:
    """A table that a notebook writes: a row is what `row` says, `key` tells rows apart and orders them."""

    name: str
    row: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class RecordArtifact:
    """A JSON object that a notebook writes; `required` keys are always there."""

    name: str
    meaning: str
    required: tuple[str, ...]


_CASE_FIELDS = (
    Field("case_id", "text", "the account, or the deal where deals are the cases", required=True),
    Field("account_id", "text", "the account; cases of one account belong together", required=True),
    Field("outcome", "text", "what is predicted", required=True, choices=("best", "won", "retained")),
    Field("group", "text", "what the account is", required=True,
          choices=("best", "ordinary", "churned", "lost", "prospect")),
    Field("positive", "text", "did it come out well?", required=True, choices=("yes", "no", "unknown")),
    Field("reason", "text", "why the case counts as it does, as a code", required=True),
    Field("time", "date", "when the case began, where it is known"),
)

ARTIFACTS: tuple[TableArtifact | RecordArtifact, ...] = (
    TableArtifact("customers", "an account", ("account_id",), (
        Field("account_id", "text", "the account", required=True),
        Field("name", "text", "its name"),
        Field("status", "text", "what it is to us on as_of", required=True, choices=("customer", "lost", "prospect")),
        Field("churned", "flag", "did a customer leave? missing = cannot be told"),
        Field("churned_on", "date", "when it left"),
        Field("lapsed", "flag", "no order for long, by the account's own rhythm"),
        Field("since", "date", "first day as a customer"),
        Field("tenure_months", "number", "months from since to as_of, or to the day it left"),
        Field("revenue", "number", "money received up to as_of, over the whole history"),
        Field("revenue_yearly", "number", "revenue of the last twelve months before as_of"),
        Field("margin", "number", "revenue less cost, over the whole history"),
        Field("value", "number", "lifetime value: margin a year times expected years, or margin of three years"),
        Field("value_basis", "text", "how value was had", choices=("contracts", "margin_3y", "deals")),
        Field("industry", "text", "industry, as in the study"),
        Field("size_band", "text", "band of employees, else of annual revenue"),
        Field("region", "text", "region, else country"),
    )),
    TableArtifact("success", "a customer", ("account_id",), (
        Field("account_id", "text", "the account", required=True),
        Field("score", "number", "success, 0 to 1: weighted mean of the measures' percentiles"),
        Field("measured", "integer", "how many of the five measures it has", required=True),
        Field("revenue", "number", "percentile, 0 to 1"),
        Field("margin", "number", "percentile, 0 to 1"),
        Field("satisfaction", "number", "percentile, 0 to 1"),
        Field("usage", "number", "percentile, 0 to 1"),
        Field("tenure", "number", "percentile, 0 to 1"),
        Field("get", "number", "value they get: mean percentile of satisfaction and usage"),
        Field("give", "number", "value we get: mean percentile of revenue, margin and tenure"),
        Field("best", "flag", "in the top share; missing = unknown"),
        Field("robustness", "number", "share of weightings that put it in the top share, 0 to 1"),
        Field("opinion", "text", "what colleagues hold of it", choices=("nominated", "vetoed", "none")),
    )),
    TableArtifact("cases", "a case of the study's outcome", ("case_id",), _CASE_FIELDS),
    TableArtifact("outcomes", "a case of any outcome that the tables allow", ("outcome", "case_id"), _CASE_FIELDS),
    TableArtifact("negatives", "an account that did not fit", ("account_id",), (
        Field("account_id", "text", "the account", required=True),
        Field("churned", "flag", "it left", required=True),
        Field("lapsed", "flag", "it stopped ordering", required=True),
        Field("low_use", "flag", "it hardly uses the product", required=True),
        Field("low_satisfaction", "flag", "it is unhappy", required=True),
        Field("lost", "flag", "it never bought", required=True),
        Field("avoided", "flag", "colleagues advise against it", required=True),
        Field("reason_group", "text", "why", required=True,
              choices=("product", "price", "support", "other", "unknown")),
        Field("reason", "text", "in the words of the data"),
    )),
    TableArtifact("contrasts", "an attribute or a level of one, in one comparison",
                  ("comparison", "attribute", "level"), (
        Field("comparison", "text", "which groups", required=True, choices=("best_negative", "best_ordinary")),
        Field("attribute", "text", "the attribute", required=True),
        Field("level", "text", "its category; empty for numbers", required=True),
        Field("measure", "text", "the effect", required=True, choices=("cliffs_delta", "risk_ratio")),
        Field("effect", "number", "its size", required=True),
        Field("low", "number", "lower end of its 95 % interval"),
        Field("high", "number", "upper end"),
        Field("n_first", "integer", "cases in the first group with a value", required=True),
        Field("n_second", "integer", "cases in the second", required=True),
        Field("p_value", "number", "of the test", required=True),
        Field("q_value", "number", "after Benjamini-Hochberg", required=True),
    )),
    RecordArtifact("avoid", "the candidate negative profile, as in icp.yml", ("criteria", "verdict", "evidence")),
    TableArtifact("segments", "a customer", ("account_id",), (
        Field("account_id", "text", "the account", required=True),
        Field("segment", "text",
              "its segment, or its cell of industry x size where segments are not published", required=True),
        Field("x", "number", "place on the map; a picture, nothing rests on it"),
        Field("y", "number", "place on the map"),
    )),
    RecordArtifact("segmentation", "are there stable segments, and what each is",
                   ("published", "stability", "noise", "segments")),
    RecordArtifact("draft", "the drafted profile, as in icp.yml",
                   ("schema", "name", "verdict", "criteria", "evidence")),
    TableArtifact("coverage", "an account", ("account_id",), (
        Field("account_id", "text", "the account", required=True),
        Field("fit", "text", "does it meet the profile (the refused one where nothing is claimed)?", required=True,
              choices=("in", "out", "unknown")),
        Field("met", "text", "attributes met, comma-separated", required=True),
        Field("failed", "text", "attributes failed, comma-separated", required=True),
        Field("unknown", "text", "attributes without a value, comma-separated", required=True),
    )),
    RecordArtifact("icp", "the definition, as icp.yml says it; language is the reader's and so is not in it",
                   ("schema", "name", "as_of", "next_review", "verdict", "criteria", "evidence")),
)

BY_NAME = {artifact.name: artifact for artifact in ARTIFACTS}
