"""The kinds of company in the synthetic world, and what is planted in them.

Attributes scatter widely inside a kind, so that the planted profile is not the kind itself:
there are SaaS firms that are too big for it, mid-sized ones without Salesforce, and Salesforce users elsewhere.
"""

from dataclasses import dataclass
from typing import Any

PROFILE: tuple[dict[str, Any], ...] = (
    {"attribute": "industry", "in": ["SaaS", "Fintech"]},
    {"attribute": "employees", "min": 100, "max": 500},
    {"attribute": "tech_stack", "has": "Salesforce"},
)
NEGATIVE: tuple[dict[str, Any], ...] = (
    {"attribute": "industry", "in": ["Retail"]},
    {"attribute": "employees", "max": 50},
)


@dataclass(frozen=True)
class Kind:
    """A kind of company: its share of all accounts and how its attributes are distributed.

    `employees` is (median, spread of the logarithm), `founded` and `maturity` are (mean, deviation), `growth` and
    `it_budget` (mean, deviation) of a share a year; dicts hold probabilities; `churn` the reasons for leaving.
    """

    name: str
    share: float
    industry: dict[str, float]
    employees: tuple[float, float]
    founded: tuple[float, float]
    maturity: tuple[float, float]
    growth: tuple[float, float]
    it_budget: tuple[float, float]
    exports: float
    dealer: float
    tech: dict[str, float]
    decision: dict[str, float]
    churn: dict[str, float]


KINDS: tuple[Kind, ...] = (
    Kind(
        "scaleup", 0.32, {"SaaS": 0.53, "Fintech": 0.35, "Ecommerce": 0.12}, (210, 0.72), (2013, 4), (4.1, 0.7),
        (0.24, 0.09), (0.090, 0.020), 0.45, 0.05, {"Salesforce": 0.75, "Slack": 0.85, "AWS": 0.85, "HubSpot": 0.15},
        {"team": 0.85, "board": 0.15}, {"product": 0.3, "price": 0.2, "support": 0.3, "other": 0.2},
    ),
    Kind(
        "retailer", 0.22, {"Retail": 0.76, "Hospitality": 0.24}, (27, 0.75), (1996, 9), (1.7, 0.7), (0.03, 0.05),
        (0.020, 0.008), 0.08, 0.25, {"Shopify": 0.75, "QuickBooks": 0.8, "HubSpot": 0.1, "Salesforce": 0.15},
        {"owner": 0.88, "team": 0.12}, {"product": 0.45, "price": 0.45, "support": 0.05, "other": 0.05},
    ),
    Kind(
        "industrial", 0.19, {"Manufacturing": 0.62, "Logistics": 0.38}, (520, 0.75), (1971, 12), (2.6, 0.7),
        (0.05, 0.05), (0.030, 0.009), 0.82, 0.68, {"SAP": 0.82, "Salesforce": 0.50, "Oracle": 0.35},
        {"procurement": 0.86, "board": 0.14}, {"product": 0.5, "price": 0.2, "support": 0.2, "other": 0.1},
    ),
    Kind(
        "enterprise", 0.13, {"Insurance": 0.52, "Telecom": 0.38, "Fintech": 0.10}, (3600, 0.7), (1962, 14), (3.5, 0.7),
        (0.06, 0.04), (0.060, 0.014), 0.35, 0.12, {"Oracle": 0.8, "Salesforce": 0.45, "AWS": 0.35, "Workday": 0.75},
        {"board": 0.8, "procurement": 0.2}, {"product": 0.4, "price": 0.1, "support": 0.4, "other": 0.1},
    ),
    Kind(
        "practice", 0.14, {"Consulting": 0.55, "Healthcare": 0.38, "SaaS": 0.07}, (90, 0.7), (2002, 7), (3.0, 0.7),
        (0.10, 0.05), (0.050, 0.012), 0.12, 0.10, {"Dynamics": 0.8, "HubSpot": 0.65, "Slack": 0.3, "Salesforce": 0.45},
        {"owner": 0.2, "team": 0.15, "board": 0.65}, {"product": 0.15, "price": 0.2, "support": 0.55, "other": 0.1},
    ),
)
