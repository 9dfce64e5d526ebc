"""The customer base in sentences, tables and pictures."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter

from icp_lab.intake.facts import REASONS
from icp_lab.locale import N_, _, ngettext
from icp_lab.methods.customers import REVENUE_BANDS, SIZE_BANDS, CustomerBase
from icp_lab.methods.kinds import Concentration, Kinds
from icp_lab.methods.value import Worth
from icp_lab.rule import write_number
from icp_lab.study.candidates import REFUSALS, VERDICTS
from icp_lab.views.picture import COLOURS, About, Picture, paint, plot_intervals
from icp_lab.views.prose import Prose
from icp_lab.views.table import Column, Table, say, say_interval

DEFINITIONS = {
    "churn_table": N_("the churn table has it"), "contracts_ended": N_("all its contracts have ended"),
    "churned_flag": N_("accounts are flagged as churned"), "lapsed": N_("no order for long, by its own rhythm"),
}
_BY = {"industry": N_("industry"), "size_band": N_("size"), "region": N_("region"), "all": N_("all customers")}
_BASIS = {
    "contracts": N_("margin so far, and margin a year times the expected years to come"),
    "margin_3y": N_("margin of the last {years} years; nothing is projected, since there are no contracts"),
    "deals": N_("amounts of deals won in the last {years} years; nothing is projected, since no revenue is recorded"),
    "": N_("nothing in the tables says what a customer is worth"),
}
_REVENUE_BASIS = {
    "contracts": N_("revenue so far, and revenue a year times the expected years to come; no cost is known"),
    "margin_3y": N_("revenue of the last {years} years; no cost is known, and nothing is projected"),
}
_BANDS = {
    "Q1": N_("lowest quarter of revenue"), "Q2": N_("second quarter"), "Q3": N_("third quarter"),
    "Q4": N_("highest quarter of revenue"),
}


def tell_base(base: CustomerBase, worth: Worth, money: Concentration, kinds: Kinds, about: About) -> Prose:
    """Who are the customers, what are they worth, and on how few does it hang?"""
    everyone = kinds.frame.iloc[0]
    count = int(everyone["customers"])
    parts = [ngettext("**One customer**.", "**{n} customers**.", count).format(n=say(count, "integer"))]
    if worth.basis:
        sentence = _("On average one is worth {value} ({interval}; {basis}).")
        parts.append(sentence.format(
            value=_say_about(everyone["value"], about), basis=name_basis(worth),
            interval=_("{low} to {high}").format(low=_say_about(everyone["value_low"], about),
                                                 high=_say_about(everyone["value_high"], about))))
    else:
        parts.append(_("What one of them is worth cannot be told: the tables hold neither revenue nor amounts of "
                       "deals."))
    if money.half:
        sentence = _("{half} of them bring half of the revenue.")
        parts.append(sentence.format(half=say(money.half, "integer")))
    if base.definition and everyone["years"] > 0:
        sentence = _("Of 100 customers about {rate} leave within a year ({interval}).")
        parts.append(sentence.format(
            rate=say(100 * everyone["leave"], "integer"),
            interval=say_interval(100 * everyone["leave_low"], 100 * everyone["leave_high"], "integer")))
    clash = _count_clashes(base)
    if len(clash) and clash.any():
        parts.append(_("**Who has left is disputed**: two definitions differ on {n} customers.").format(
            n=say(clash.max(), "integer")))
    return Prose(" ".join(parts))


def _count_clashes(base: CustomerBase) -> "pd.Series[int]":
    """Count, for each pair of definitions, the customers on which they differ."""
    return base.contradictions[["only_first", "only_second"]].sum(axis=1)


def _say_about(amount: float, about: About) -> str:
    """Say an estimated amount no more precisely than it is known: to three figures."""
    return say(float(f"{amount:.3g}"), "money", about.currency)


def name_basis(worth: Worth) -> str:
    """What does value mean in this study?"""
    words = _BASIS if worth.cost_known or worth.basis not in _REVENUE_BASIS else _REVENUE_BASIS
    return _(words[worth.basis]).format(years=worth.window)


def tabulate_status(base: CustomerBase) -> Table:
    """How many accounts are customers, lost, or neither yet?"""
    status, left = base.frame["status"], base.left
    rows = [(_("customers"), (status == "customer").sum()), (_("of them left"), left.sum()),
            (_("lost: deals closed, none won"), (status == "lost").sum()),
            (_("prospects"), (status == "prospect").sum())]
    frame = pd.DataFrame(rows, columns=["what", "n"])
    return Table(frame, (Column("what", _("Accounts")), Column("n", _("Number"), "integer")),
                 title=_("What the accounts are to us"))


def tabulate_intake(tables: pd.DataFrame) -> Table:
    """What became of the rows of each table?"""
    note = _("Duplicates are counted in every table; they are set aside only where a key repeats or study.yml asks.")
    kept = tables[(tables["duplicates"] > tables["set_aside"])]
    if len(kept):
        named = _(", ").join(f"{row['table']} ({say(row['duplicates'], 'integer')})" for _i, row in kept.iterrows())
        more = _("**Repeated rows still count in: {tables}**; ask whether they are one thing entered twice.")
        note = Prose(f"{more.format(tables=named)} {note}")
    return Table(
        tables, (Column("table", _("Table")), Column("read", _("Rows read"), "integer"),
                 Column("left_out", _("Left out by study.yml"), "integer"),
                 Column("set_aside", _("Set aside"), "integer"),
                 Column("used", _("Used"), "integer"), Column("made_missing", _("Cells made missing"), "integer"),
                 Column("duplicates", _("Exact duplicates"), "integer")),
        title=_("What became of the rows"), note=note)


def tabulate_set_aside(reasons: pd.DataFrame) -> Table:
    """Why were rows set aside, or cells made missing?"""
    frame = reasons.assign(words=[_(REASONS[code]) for code in reasons["reason"]])
    columns = (Column("table", _("Table")), Column("words", _("Why")), Column("column", _("Column")),
               Column("n", _("Number"), "integer"))
    return Table(frame, columns, title=_("Why rows were set aside, and cells made missing"))


def tabulate_quality(quality: pd.DataFrame) -> Table:
    """How well are the attributes filled, and which may describe a profile?"""
    shown = quality[quality["verdict"] != "empty"]
    frame = shown.assign(verdict=[_(VERDICTS[code]) for code in shown["verdict"]],
                         use=[_("may be a criterion") if code == "criterion" else _(REFUSALS[code])
                              for code in shown["use"]])
    return Table(frame, (Column("column", _("Attribute")), Column("filled", _("Filled"), "share"),
                         Column("distinct", _("Values"), "integer"), Column("verdict", _("Verdict")),
                         Column("use", _("Use"))), title=_("How well the attributes of the accounts are filled"))


def tabulate_leaving(base: CustomerBase) -> tuple[Table, ...]:
    """Who has left by each definition that the tables allow, and where do two of them contradict each other?"""
    tables = (_tabulate_definitions(base), _tabulate_contradictions(base))
    return tuple(table for table in tables if len(table.frame))


def _tabulate_definitions(base: CustomerBase) -> Table:
    frame = base.definitions[base.definitions["told"] > 0]
    frame = frame.assign(words=[_(DEFINITIONS[name]) for name in frame["definition"]])
    return Table(
        frame, (Column("words", _("A customer has left when")), Column("told", _("Can be told of"), "integer"),
                Column("left", _("Left"), "integer"), Column("used", _("In force for"), "integer")),
        title=_("Who has left, by each definition"),
        note=_("In force is the first definition, from the top, that can be told of the customer."))


def _tabulate_contradictions(base: CustomerBase) -> Table:
    frame = base.contradictions
    frame = frame.assign(**{end: [_(DEFINITIONS[name]) for name in frame[end]] for end in ("first", "second")})
    return Table(
        frame, (Column("first", _("First definition")), Column("second", _("Second definition")),
                Column("both", _("Left by both"), "integer"), Column("only_first", _("By the first only"), "integer"),
                Column("only_second", _("By the second only"), "integer"),
                Column("neither", _("By neither"), "integer")),
        title=_("Where the definitions agree, and where they do not"))


def tell_contradictions(base: CustomerBase) -> Prose:
    """Do the definitions of having left contradict each other, and which one is used?"""
    if not base.definition:
        return Prose(_("Nothing in the tables says who has left: neither a churn table, nor contracts, nor a flag, nor "
                       "enough orders to know a rhythm."))
    clash = _count_clashes(base)
    used = _("In force: {definition}.").format(definition=_(DEFINITIONS[base.definition]))
    if not len(clash):
        return Prose(_("The tables allow one definition only, so nothing can contradict it. {used}").format(used=used))
    if not clash.any():
        return Prose(_("All definitions that the tables allow name the same customers. {used}").format(used=used))
    worst = base.contradictions.iloc[int(clash.argmax())]
    sentence = _("**The definitions contradict each other**: \"{first}\" and \"{second}\" differ on {n} customers. "
                 "{used} All that follows on leaving rests on this choice.")
    return Prose(sentence.format(first=_(DEFINITIONS[worst["first"]]), second=_(DEFINITIONS[worst["second"]]),
                                 n=say(clash.max(), "integer"), used=used))


def tabulate_lapses(base: CustomerBase) -> Table | Prose:
    """What does the choice of k decide?"""
    if not base.lapses["told"].any():
        return Prose(_("Nobody here orders from a ledger often enough to have a rhythm, so nobody has lapsed."))
    frame = base.lapses.assign(share=base.lapses["lapsed"] / base.lapses["told"].where(base.lapses["told"] > 0))
    columns = (Column("factor", _("k, in own intervals"), "ratio"), Column("lapsed", _("Lapsed"), "integer"),
               Column("told", _("Of customers with a rhythm"), "integer"), Column("share", _("Share"), "share"))
    return Table(frame, columns, title=_("Who counts as lapsed, by how long one waits"))


def tabulate_kinds(kinds: Kinds, by: str, worth: Worth, about: About) -> Table:
    """Which kinds are there, what do they bring, and how fast do they leave?"""
    frame = kinds.frame[kinds.frame["by"] == by]
    frame = frame.assign(words=[name_kind(kind) for kind in frame["kind"]], tenure=frame["tenure"] / 12)
    money = about.currency
    columns = [
        Column("words", _(_BY[by]).capitalize()), Column("customers", _("Customers"), "integer"),
        Column("lost", _("Lost"), "integer"), Column("revenue", _("Revenue"), "money", money),
        Column("revenue_share", _("Share of revenue"), "share"), Column("margin", _("Margin"), "money", money),
        Column("tenure", _("Median tenure"), "number", _("years")),
        Column("leave", _("Leave within a year"), "share", low="leave_low", high="leave_high"),
        Column("value", _("Value of one"), "money", money, low="value_low", high="value_high")]
    there = [column for column in columns if column.kind == "text" or frame[column.name].notna().any()]
    return Table(_in_order(frame), tuple(there), title=_("Customers by {attribute}").format(attribute=_(_BY[by])),
                 note=_("Value: {basis}. Brackets: 95 % intervals.").format(basis=name_basis(worth)),
                 sort="-value" if by != "size_band" and frame["value"].notna().any() else "")


def name_kind(kind: str | float | None) -> str:
    """How is a kind of customer called?"""
    return _("not known") if pd.isna(kind) else _(_BANDS[str(kind)]) if kind in _BANDS else str(kind)


def draw_kinds(kinds: Kinds, by: str, worth: Worth, about: About) -> Picture | Prose:
    """Which kinds are worth most a customer, with what uncertainty?"""
    known = kinds.frame[(kinds.frame["by"] == by) & kinds.frame["kind"].notna()]
    frame = known[known["value_low"].notna()]
    if not len(known):
        return Prose(_("The accounts have no {attribute} on record, so the customers cannot be ordered by it.").format(
            attribute=_(_BY[by])))
    if not len(frame):
        return Prose(_("No kind has enough customers with a value to set it against the others."))
    frame = _in_order(frame) if by == "size_band" else frame.sort_values("value", ascending=False)
    labels = [f"{name_kind(kind)} ({n})" for kind, n in zip(frame["kind"], frame["customers"], strict=True)]
    overall = float(kinds.frame["value"].iloc[0])

    def draw(axes: Axes, narrow: bool) -> None:
        plot_intervals(axes, labels, frame["value"].tolist(),
                       list(zip(frame["value_low"], frame["value_high"], strict=True)), reference=overall)
        axes.set_xlim(left=0)
        axes.xaxis.set_major_locator(MaxNLocator(3 if narrow else 5))
        axes.xaxis.set_major_formatter(lambda amount, _place: say(amount, "money", ""))

    counts = _("{n} customers; kinds with fewer than five are not drawn").format(n=int(frame["customers"].sum()))
    return paint(draw, title=_say_first(frame, about), foot=about.foot(counts), height=70 + 34 * max(len(frame), 2),
                 subtitle=_("Value of one customer in {currency}, 95 % intervals; the line is the mean of all. "
                            "Value: {basis}.").format(currency=_(about.currency), basis=name_basis(worth)),
                 alt=_("A row a kind: {kinds}").format(kinds=", ".join(labels)))


def _say_first(frame: pd.DataFrame, about: About) -> str:
    ranked = frame.sort_values("value", ascending=False)
    top = ranked.iloc[0]
    band = _("{band} employees").format(band=top["kind"]) if top["kind"] in SIZE_BANDS else name_kind(top["kind"])
    words = {"kind": band, "value": _say_about(top["value"], about)}
    apart = len(ranked) > 1 and top["value_low"] > ranked["value_high"].iloc[1:].max()
    if apart:
        return _("{kind}: at {value} a customer, worth more than any other kind drawn").format(**words)
    return _("{kind} comes first with {value} a customer, but not clearly").format(**words)


def _in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """Put size bands in the order of size; other kinds stay in the order of their names."""
    order = {kind: place for place, kind in enumerate((*SIZE_BANDS, *REVENUE_BANDS))}
    return frame.sort_values("kind", key=lambda kinds: kinds.map(order).fillna(len(order)), kind="stable")


def tabulate_ranking(worth: Worth, rows: int, about: About) -> Table | Prose:
    """Which customers are worth most?"""
    ours = worth.frame[(worth.frame["status"] == "customer") & worth.frame["value"].notna()]
    if not len(ours):
        return Prose(_("Without revenue or amounts of deals no customer has a value to be ranked by."))
    ranked = ours.sort_values(["value", "revenue", "account_id"], ascending=[False, False, True]).head(rows)
    frame = ranked.assign(name=ranked["name"].fillna(ranked["account_id"]), tenure=ranked["tenure_months"] / 12,
                          size_band=[name_kind(band) for band in ranked["size_band"]])
    money = about.currency
    columns = (
        Column("name", _("Customer")), Column("industry", _("Industry")), Column("size_band", _("Size")),
        Column("region", _("Region")), Column("revenue", _("Revenue"), "money", money),
        Column("margin", _("Margin"), "money", money), Column("value", _("Customer value"), "money", money),
        Column("tenure", _("Tenure"), "number", _("years")), Column("churned", _("Left"), "flag"))
    there = tuple(column for column in columns if frame[column.name].notna().any())
    return Table(frame, there, title=_("The customers of highest value"),
                 note=_("Value: {basis}.").format(basis=name_basis(worth)))


def tell_lifetime(worth: Worth) -> Prose:
    """How long do customers stay, and is a constant rate of leaving a fair picture of it?"""
    life = worth.lifetime
    if life is None:
        return Prose(_("Nobody can be said to have left, or no start is known, so no lifetime is estimated."))
    sentence = _("{left} of {n} customers left. Whoever is a customer today is expected to stay {years} more years "
                 "({interval}), counted no further than {horizon} years ahead.")
    text = sentence.format(left=say(life.left, "integer"), n=say(life.customers, "integer"),
                           years=say(life.years, "number"), horizon=write_number(life.horizon),
                           interval=say_interval(life.years_low, life.years_high, "number"))
    off = life.survival[(life.survival["expected"] < life.survival["stayed_low"])
                        | (life.survival["expected"] > life.survival["stayed_high"])]
    if len(off):
        text += " " + _("After {months} months the share that stayed is not what a constant rate would give: read the "
                        "lifetime with care.").format(months=say(off["month"].iloc[0], "integer"))
    return Prose(text)


def tabulate_survival(worth: Worth) -> Table | Prose:
    """Which share of customers is still here after one, two, three and five years?"""
    if worth.lifetime is None or not len(worth.lifetime.survival):
        return Prose(_("No customer has been seen for a year yet, or nobody can be said to have left."))
    columns = (Column("month", _("After"), "months"), Column("at_risk", _("Customers observed"), "integer"),
               Column("stayed", _("Still here"), "share", low="stayed_low", high="stayed_high"),
               Column("expected", _("At a constant rate"), "share"))
    return Table(worth.lifetime.survival, columns, title=_("How long customers stay"),
                 note=_("Kaplan-Meier estimate with 95 % intervals; customers still here count for as long as they "
                        "were seen."))


def draw_concentration(money: Concentration, about: About) -> Picture | Prose:
    """On how few customers does the revenue hang?"""
    if not money.half:
        return Prose(_("No revenue is recorded, so it cannot be said on how few customers it hangs."))
    half = money.half / money.n

    def draw(axes: Axes, narrow: bool) -> None:
        axes.plot(money.curve["customers"], money.curve["money"], color=COLOURS["accent"])
        axes.plot([0, 1], [0, 1], color=COLOURS["faint"])
        axes.vlines(money.frame["top"].to_numpy(), money.frame["share_low"].to_numpy(),
                    money.frame["share_high"].to_numpy(), colors=COLOURS["accent"], alpha=0.5)
        axes.plot([half, half], [0, 0.5], color=COLOURS["grey"], linewidth=1)
        axes.annotate(_("half of the revenue"), (half, 0.5), (0.3 if narrow else half + 0.05, 0.42),
                      color=COLOURS["grey"])
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        axes.set_xlabel(_("customers, the largest first"))

    title = _("{half} of {n} customers bring half of the revenue").format(
        half=say(money.half, "integer"), n=say(money.n, "integer"))
    return paint(draw, title=title,
                 subtitle=_("Share of revenue against share of customers, with 95 % intervals"),
                 foot=about.foot(_("{n} customers").format(n=money.n)),
                 alt=_("A curve that rises steeply: few customers bring much of the revenue"))


def tabulate_concentration(money: Concentration) -> Table:
    """Which share of the revenue do the largest customers bring?"""
    return Table(money.frame, (
        Column("top", _("Largest customers"), "share"), Column("customers", _("Number"), "integer"),
        Column("share", _("Share of revenue"), "share", low="share_low", high="share_high")),
        title=_("How the revenue concentrates"))
