"""The nine steps of the documented process, their sub-items and their notebooks: the one list of them.

Navigation, checklist, run order, docs and tests derive from `STEPS` and `NOTEBOOKS`.
A notebook that is declared here but whose file does not exist is not in this version, and so are its sub-items.
"""

from dataclasses import dataclass

from icp_lab.locale import N_


@dataclass(frozen=True)
class Item:
    """A lettered sub-item of the process, answered in one section of one notebook."""

    id: str
    title: str
    notebook: str


@dataclass(frozen=True)
class Step:
    """One of the nine steps."""

    number: int
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Notebook:
    """A notebook: the question it answers, and what it reads and writes.

    `tables` are study tables, `reads` artifacts of other notebooks, `writes` its own.
    """

    name: str
    step: int
    title: str
    question: str
    tables: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()


_CUSTOMER_TABLES = ("accounts", "deals", "revenue", "usage", "support", "satisfaction", "churn", "opinions")

NOTEBOOKS: tuple[Notebook, ...] = (
    Notebook(
        "01_customer_base", 1, N_("The customer base"),
        N_("Who are our customers, what is each worth, and what do the valuable and the loyal share?"),
        tables=_CUSTOMER_TABLES, writes=("customers",),
    ),
    Notebook(
        "02_best_customers", 2, N_("The best customers"),
        N_("Which customers succeed most, by which measures, and would other weights have chosen others?"),
        tables=("accounts", "deals", "revenue", "usage", "satisfaction", "churn", "opinions"), reads=("customers",),
        writes=("success", "cases", "outcomes"),
    ),
    Notebook(
        "03_interviews", 3, N_("The interviews"), N_("Whom do we talk to, what do we ask, and what did they say?"),
    ),
    Notebook(
        "04_negative_cases", 4, N_("The negative cases"),
        N_("Who did not fit, why, and how do they differ from the best?"),
        tables=("accounts", "deals", "usage", "support", "satisfaction", "churn", "opinions"),
        reads=("customers", "success", "outcomes"), writes=("negatives", "contrasts", "avoid"),
    ),
    Notebook(
        "05_market", 5, N_("The market"), N_("How big is the market the profile points at, and who else is there?"),
    ),
    Notebook(
        "06a_segments", 6, N_("The segments"),
        N_("Do the customers fall into kinds, and would the kinds survive another sample?"),
        tables=("accounts",), reads=("customers", "success"), writes=("segments", "segmentation"),
    ),
    Notebook(
        "06b_draft_icp", 6, N_("The draft profile"),
        N_("Which criteria describe the best, and does that hold on customers the search never saw?"),
        tables=("accounts", "hypotheses"), reads=("customers", "success", "cases", "outcomes"),
        writes=("draft", "coverage"),
    ),
    Notebook("06c_personas", 6, N_("The personas"), N_("Who in those accounts decides, uses and blocks?")),
    Notebook("07_review", 7, N_("The internal review"), N_("What do the departments agree and disagree on?")),
    Notebook("08a_targeting", 8, N_("The targeting"), N_("Which leads and accounts now, and in what order?")),
    Notebook("08b_validation", 8, N_("The validation"), N_("Did it work, and has anything shifted since?")),
    Notebook(
        "09_icp_document", 9, N_("The ICP document"),
        N_("What is our Ideal Customer Profile, how sure are we, and who is in and out?"),
        tables=("accounts",),
        reads=(
            "customers", "success", "cases", "outcomes", "negatives", "contrasts", "avoid", "segments", "segmentation",
            "draft", "coverage",
        ),
        writes=("icp",),
    ),
)

STEPS: tuple[Step, ...] = (
    Step(1, N_("Analyse the current customer base"), (
        Item("1a", N_("Collect: CRM data, what sales know, usage and satisfaction"), "01_customer_base"),
        Item("1b", N_("Order and classify: industry, size, region; revenue, margin, LTV"), "01_customer_base"),
        Item("1c", N_("Patterns: what high-value and long-standing customers share"), "01_customer_base"),
    )),
    Step(2, N_("Find the best cases"), (
        Item("2a", N_("Success measures: what they get and what we get"), "02_best_customers"),
        Item("2b", N_("Choose the top 10-20 %, with the opinions of sales and customer success"), "02_best_customers"),
        Item("2c", N_("What the best share"), "02_best_customers"),
    )),
    Step(3, N_("Interview them"), (
        Item("3a", N_("Whom: 5-10 of the best, from different industries and sizes"), "03_interviews"),
        Item("3b", N_("What: decision, criteria, pains, value, outlook"), "03_interviews"),
        Item("3c", N_("How: face to face, several deciders each"), "03_interviews"),
        Item("3d", N_("Insights: common themes and traits"), "03_interviews"),
    )),
    Step(4, N_("Look at the negative cases too"), (
        Item("4a", N_("Who: churned, low use, low satisfaction"), "04_negative_cases"),
        Item("4b", N_("Why: mismatch with the product, price, lack of support"), "04_negative_cases"),
        Item("4c", N_("The difference: what separates them from the best"), "04_negative_cases"),
    )),
    Step(5, N_("Market and competitors"), (
        Item("5a", N_("Market: size, growth, trends"), "05_market"),
        Item("5b", N_("Competitors: whom they target, strengths and weaknesses"), "05_market"),
        Item("5c", N_("Potential: segments beyond today's best customers"), "05_market"),
    )),
    Step(6, N_("Draft the profile"), (
        Item("6a", N_("Basic: industry, size, location"), "06b_draft_icp"),
        Item("6b", N_("Technical: maturity, systems in use, digitalisation"), "06b_draft_icp"),
        Item("6c", N_("Organisational: structure, decisions, cooperation"), "06b_draft_icp"),
        Item("6d", N_("Financial: budget, readiness to invest, state"), "06b_draft_icp"),
        Item("6e", N_("Problems and pains, and what triggers a purchase"), "06c_personas"),
        Item("6f", N_("Goals and values"), "06c_personas"),
    )),
    Step(7, N_("Review it inside the company"), (
        Item("7a", N_("Meetings: marketing, sales, product, customer success, management"), "07_review"),
        Item("7b", N_("Bring views together and name contradictions"), "07_review"),
        Item("7c", N_("Adjust and agree"), "07_review"),
    )),
    Step(8, N_("Validate and improve"), (
        Item("8a", N_("Pilot: target by the profile on a small scale"), "08a_targeting"),
        Item("8b", N_("KPIs: lead acquisition rate, win rate, CAC, LTV"), "08b_validation"),
        Item("8c", N_("Feedback: regular reviews, reports from sales"), "08b_validation"),
        Item("8d", N_("Improve as the market changes"), "08b_validation"),
    )),
    Step(9, N_("Document and share"), (
        Item("9a", N_("The document: attributes and concrete examples"), "09_icp_document"),
        Item("9b", N_("Pictures: infographic and dashboard"), "09_icp_document"),
        Item("9c", N_("Training: why it matters and how to use it"), "09_icp_document"),
        Item("9d", N_("Where people reach it: the intranet and the CRM"), "09_icp_document"),
        Item("9e", N_("Kept current: regular review, changes made known"), "09_icp_document"),
    )),
)

BY_NAME: dict[str, Notebook] = {notebook.name: notebook for notebook in NOTEBOOKS}
ITEMS: dict[str, Item] = {item.id: item for step in STEPS for item in step.items}
WRITER: dict[str, str] = {artifact: notebook.name for notebook in NOTEBOOKS for artifact in notebook.writes}


def needs(name: str) -> tuple[str, ...]:
    """Name the notebooks whose artifacts a notebook reads, in run order."""
    writers = {WRITER[artifact] for artifact in BY_NAME[name].reads}
    return tuple(notebook.name for notebook in NOTEBOOKS if notebook.name in writers)


def items_of(name: str) -> tuple[Item, ...]:
    """List the sub-items that a notebook answers."""
    return tuple(item for item in ITEMS.values() if item.notebook == name)
