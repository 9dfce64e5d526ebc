"""The customer base in sentences, tables and pictures: who they are, what they are worth, who has left."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from icp_lab.locale import _, ngettext
from icp_lab.methods.customers import REVENUE_BANDS, SIZE_BANDS, CustomerBase
from icp_lab.methods.kinds import Concentration, Kinds
from icp_lab.methods.value import Worth
from icp_lab.views.picture import COLOURS, About, Picture, plot_intervals, write_percent
from icp_lab.views.staying import count_clashes
from icp_lab.views.table import Table, say
from icp_lab.views.words import Prose, join, lay_out, name, names, phrase, show, tabulate, tell


def tell_base(base: CustomerBase, worth: Worth, money: Concentration, kinds: Kinds, about: About) -> Prose:
    """Say who the customers are, what they are worth, and on how few it hangs.

    Parameters
    ----------
    base : CustomerBase
        Who the customers are; definitions of having left that contradict each other are said.
    worth : Worth
        What each is worth; without a basis no worth is said.
    money : Concentration
        On how few customers the revenue hangs; 0 of them: not said.
    kinds : Kinds
        Customers by kind; its first row, which is for all, is told.
    about : About
        The study; its currency stands with the money.

    Returns
    -------
    Prose
        Counts and worth with their intervals, as far as the tables allow.

    Examples
    --------
    >>> from datetime import date
    >>> none = pd.DataFrame()
    >>> pairs = pd.DataFrame({"only_first": [3], "only_second": [1]})
    >>> everyone = {"customers": [40], "value": [61250.0], "value_low": [48000.0], "value_high": [75000.0],
    ...             "leave": [0.1], "leave_low": [0.06], "leave_high": [0.15], "years": [120.0]}
    >>> tell_base(CustomerBase(none, none, pairs, none, "churned_flag"),
    ...           Worth(none, none, None, "margin_3y", 3, True, 0, 0), Concentration(none, none, 40, 1e6, 6),
    ...           Kinds(pd.DataFrame(everyone)), About(date(2026, 6, 30), "EUR", "Demo"))
    **40 customers**. On average one is worth EUR 61,200 (EUR 48,000 to EUR 75,000). 6 of them bring half of the
    revenue. Of 100 customers about 10 leave within a year (6 to 15). **Who has left is disputed**: two definitions
    differ on 4 customers.
    """
    everyone = kinds.frame.iloc[0]
    count, clash = int(everyone["customers"]), count_clashes(base)
    value, low, high = (_say_about(everyone[end], about) for end in ("value", "value_low", "value_high"))
    return join(
        tell(ngettext("**One customer**.", "**{n} customers**.", count), n=count),
        phrase("base", "worth", value=value, interval=tell(_("{low} to {high}"), low=low, high=high))
        if worth.basis else phrase("base", "worthless"), phrase("base", "half", half=money.half) if money.half else "",
        phrase("base", "leave", rate=100 * everyone["leave"],
               interval=(100 * everyone["leave_low"], 100 * everyone["leave_high"]))
        if base.definition and everyone["years"] > 0 else "",
        phrase("base", "disputed", n=clash.max()) if clash.any() else "")


def _say_about(amount: float, about: About) -> str:
    """Say an estimated amount no more precisely than it is known: to three figures."""
    return say(float(f"{amount:.3g}"), "money", about.currency)


def _name_basis(worth: Worth) -> str:
    """What does value mean in this study?"""
    costless = {} if worth.cost_known else names("basis_without_cost")
    return tell({**names("basis"), **costless}[worth.basis], years=worth.window)


def tabulate_status(base: CustomerBase) -> Table:
    """Show how many accounts are customers, lost, or neither yet.

    Parameters
    ----------
    base : CustomerBase
        Who the customers are, a row an account.

    Returns
    -------
    Table
        A row a status, and of the customers how many left.

    Examples
    --------
    >>> none = pd.DataFrame()
    >>> frame = pd.DataFrame({"status": ["customer", "customer", "prospect"],
    ...                       "churned": pd.array([True, False, None], "boolean"),
    ...                       "lapsed": pd.array([None] * 3, "boolean")})
    >>> tabulate_status(CustomerBase(frame, none, none, none, "churned_flag")).cells()
    [['customers', '2'], ['of them left', '1'], ['lost: deals closed, none won', '0'], ['prospects', '1']]
    """
    status, left = base.frame["status"], base.left
    rows = [(_("customers"), (status == "customer").sum()), (_("of them left"), left.sum()),
            (_("lost: deals closed, none won"), (status == "lost").sum()),
            (_("prospects"), (status == "prospect").sum())]
    return lay_out("status", pd.DataFrame(rows, columns=["what", "n"]))


def tell_oddities(base: CustomerBase, worth: Worth) -> list[Prose]:
    """Say which dates are missing or contradict each other, how often, and what follows.

    Parameters
    ----------
    base : CustomerBase
        Customers that left, by their dates, before they became one.
    worth : Worth
        Amounts without a date, and those whose period ends before it begins.

    Returns
    -------
    list of Prose
        A sentence a kind of oddity; none where there is nothing odd.

    Examples
    --------
    >>> none = pd.DataFrame()
    >>> base = CustomerBase(pd.DataFrame({"since": [pd.NaT], "churned_on": [pd.NaT]}), none, none, none, "")
    >>> tell_oddities(base, Worth(none, none, None, "", 3, True, 3, 0))
    [Amounts without a date: **3**. Those of contracts cannot be counted, the others count in no year.]
    """
    counts = {"undated": worth.undated, "backwards": worth.backwards, "left_before_start": base.left_before_start}
    return [phrase("oddity", code, n=n) for code, n in counts.items() if n]


def tabulate_kinds(kinds: Kinds, by: str, worth: Worth, about: About) -> Table:
    """Show which kinds there are, what they bring, and how fast they leave.

    Parameters
    ----------
    kinds : Kinds
        Customers by kind.
    by : str
        What the kinds are by: `industry`, `size_band` or `region`.
    worth : Worth
        What value means here.
    about : About
        The study; its currency stands over the money.

    Returns
    -------
    Table
        A row a kind, the most valuable first, sizes in their order; empty where nothing is known.

    Examples
    --------
    >>> from datetime import date
    >>> none = pd.DataFrame()
    >>> row = {"by": "industry", "kind": "SaaS", "customers": 20, "left": 2, "leave": 0.1, "leave_low": 0.05,
    ...        "leave_high": 0.2, "value": 9e3, "value_low": 8e3, "value_high": 1e4, "revenue": 1e6,
    ...        "revenue_share": 0.5, "margin": 5e5, "tenure": 30.0, "accounts": 25, "lost": 5,
    ...        "years": 50.0, "valued": 20}
    >>> worth = Worth(none, none, None, "margin_3y", 3, True, 0, 0)
    >>> table = tabulate_kinds(Kinds(pd.DataFrame([row])), "industry", worth, About(date(2026, 6, 30), "EUR", "Demo"))
    >>> table.cells()[0][:3]
    ['SaaS', '20', '5']
    """
    frame = kinds.frame[kinds.frame["by"] == by]
    frame = frame.assign(words=[name_kind(kind) for kind in frame["kind"]], tenure=frame["tenure"] / 12)
    attribute = name("kinds_by", by)
    return lay_out("kinds", _in_order(frame), attribute=attribute, words=attribute, basis=_name_basis(worth),
                   currency=about.currency, sort="-value" if by != "size_band" and frame["value"].notna().any() else "")


def name_kind(kind: str | float | None) -> str:
    """Name a kind of customer.

    Parameters
    ----------
    kind : str or float or None
        The kind as in the data, or a band of sizes; missing: not known.

    Returns
    -------
    str
        In the reader's language where it is one of ours.

    Examples
    --------
    >>> name_kind("SaaS"), name_kind("Q4"), name_kind(None)
    ('SaaS', 'highest quarter of revenue', 'not known')
    """
    return _("not known") if pd.isna(kind) else names("band").get(str(kind), str(kind))


def draw_kinds(kinds: Kinds, by: str, worth: Worth, about: About) -> Picture | Prose:
    """Show which kinds are worth most a customer, with what uncertainty.

    Parameters
    ----------
    kinds : Kinds
        Customers by kind; those without a known kind or interval are left out.
    by : str
        What the kinds are by: `industry`, `size_band` or `region`.
    worth : Worth
        What value means here.
    about : About
        What the foot says beside the counts.

    Returns
    -------
    Picture or Prose
        The title says so where the first kind is apart from all others; a sentence where nothing can be drawn.

    Examples
    --------
    >>> from datetime import date
    >>> none = pd.DataFrame({"by": [], "kind": [], "value_low": []})
    >>> worth = Worth(none, none, None, "", 3, True, 0, 0)
    >>> draw_kinds(Kinds(none), "industry", worth, About(date(2026, 6, 30), "EUR", "Demo"))
    The accounts have no industry on record, so the customers cannot be ordered by it.
    """
    known = kinds.frame[(kinds.frame["by"] == by) & kinds.frame["kind"].notna()]
    frame = known[known["value_low"].notna()]
    if not len(frame):
        return phrase("nothing", "kinds_valued" if len(known) else "kinds", attribute=name("kinds_by", by))
    frame = _in_order(frame) if by == "size_band" else frame.sort_values("value", ascending=False)
    labels = [f"{name_kind(kind)} ({n})" for kind, n in zip(frame["kind"], frame["customers"], strict=True)]
    overall = float(kinds.frame["value"].iloc[0])

    def draw(axes: Axes, narrow: bool) -> None:
        plot_intervals(axes, labels, frame[["value", "value_low", "value_high"]].to_numpy(), reference=overall)
        axes.set_xlim(left=0)
        axes.xaxis.set_major_locator(MaxNLocator(3 if narrow else 5))
        axes.xaxis.set_major_formatter(lambda amount, _place: say(amount, "money", ""))

    top, *others = frame.sort_values("value", ascending=False).to_dict("records")
    band = tell(_("{band} employees"), band=top["kind"]) if top["kind"] in SIZE_BANDS else name_kind(top["kind"])
    apart = others and top["value_low"] > max(other["value_high"] for other in others)
    return show("kinds", draw, about, title="apart" if apart else "first", height=70 + 34 * max(len(frame), 2),
                kind=band, value=_say_about(top["value"], about), currency=_(about.currency), basis=_name_basis(worth),
                n=frame["customers"].sum(), kinds=", ".join(labels))


def _in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """Put size bands in the order of size; other kinds stay in the order of their names."""
    order = {kind: place for place, kind in enumerate((*SIZE_BANDS, *REVENUE_BANDS))}
    return frame.sort_values("kind", key=lambda kinds: kinds.map(order).fillna(len(order)), kind="stable")


def tabulate_ranking(worth: Worth, rows: int, about: About) -> Table | Prose:
    """Show which customers are worth most.

    Parameters
    ----------
    worth : Worth
        What each is worth.
    rows : int
        Customers shown at most.
    about : About
        The study; its currency stands over the money.

    Returns
    -------
    Table or Prose
        A row a customer, the most valuable first; a sentence where no worth is known.

    Examples
    --------
    >>> from datetime import date
    >>> frame = pd.DataFrame({"account_id": ["a", "b"], "name": ["Blue", None], "status": "customer",
    ...                       "industry": "SaaS", "region": None, "size_band": "10-49", "value": [9e3, 2e4],
    ...                       "revenue": [1e4, 3e4], "margin": [5e3, 2e4], "tenure_months": [24.0, 48.0],
    ...                       "churned": False})
    >>> worth = Worth(frame, frame, None, "margin_3y", 3, True, 0, 0)
    >>> tabulate_ranking(worth, 15, About(date(2026, 6, 30), "EUR", "Demo")).cells()
    [['b', 'SaaS', '10-49', '30', '20,000', '20,000', '4.00', 'no'], ['Blue', 'SaaS', '10-49', '10', '5,000', '9,000',
    '2.00', 'no']]
    """
    ours = worth.frame[(worth.frame["status"] == "customer") & worth.frame["value"].notna()]
    ranked = ours.sort_values(["value", "revenue", "account_id"], ascending=[False, False, True]).head(rows)
    frame = ranked.assign(tenure=ranked["tenure_months"] / 12, size_band=ranked["size_band"].map(name_kind))
    return tabulate("most_valuable", frame, currency=about.currency, basis=_name_basis(worth))


def draw_concentration(money: Concentration, about: About) -> Picture | Prose:
    """Show on how few customers the revenue hangs.

    Parameters
    ----------
    money : Concentration
        Shares of the revenue, the largest customers first.
    about : About
        What the foot says beside the counts.

    Returns
    -------
    Picture or Prose
        A curve of both shares; a sentence where no revenue is on record.

    Examples
    --------
    >>> from datetime import date
    >>> none = pd.DataFrame()
    >>> draw_concentration(Concentration(none, none, 0, 0.0, 0), About(date(2026, 6, 30), "EUR", "Demo"))
    No revenue is recorded, so it cannot be said on how few customers it hangs.
    """
    if not money.half:
        return phrase("nothing", "concentration")
    half = money.half / money.n

    def draw(axes: Axes, narrow: bool) -> None:
        axes.plot(money.curve["customers"], money.curve["money"], color=COLOURS["accent"])
        axes.plot([0, 1], [0, 1], color=COLOURS["faint"])
        axes.vlines(money.frame["top"].to_numpy(), money.frame["share_low"].to_numpy(),
                    money.frame["share_high"].to_numpy(), colors=COLOURS["accent"], alpha=0.5)
        axes.plot([half, half], [0, 0.5], color=COLOURS["grey"], linewidth=1)
        axes.text(0.3 if narrow else half + 0.05, 0.42, _("half of the revenue"), color=COLOURS["grey"])
        write_percent(axes.xaxis, axes.yaxis)
        axes.set(xlim=(0, 1), ylim=(0, 1), xlabel=_("customers, the largest first"))

    return show("concentration", draw, about, height=320, half=money.half, n=money.n)


def tabulate_concentration(money: Concentration) -> Table:
    """Show which share of the revenue the largest customers bring.

    Parameters
    ----------
    money : Concentration
        A row a top share, with its interval.

    Returns
    -------
    Table
        A row a top share.

    Examples
    --------
    >>> rows = pd.DataFrame({"top": [0.1], "customers": [4], "share": [0.45], "share_low": [0.3], "share_high": [0.6]})
    >>> tabulate_concentration(Concentration(rows, rows, 40, 1e6, 6)).cells()
    [['10', '4', '45 (30 to 60)']]
    """
    return lay_out("concentration", money.frame)
