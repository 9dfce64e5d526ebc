"""The customer base, and the best of it, in sentences, tables and pictures."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from icp_lab.locale import _, ngettext
from icp_lab.methods.customers import REVENUE_BANDS, SIZE_BANDS, CustomerBase
from icp_lab.methods.kinds import Concentration, Kinds
from icp_lab.methods.outcomes import Outcomes
from icp_lab.methods.success import MEASURES, Measures, Success
from icp_lab.methods.value import Worth
from icp_lab.rule import write_number
from icp_lab.views.picture import COLOURS, About, Picture, add_note, mark_some, name_rows, plot_intervals, write_percent
from icp_lab.views.table import Table, say
from icp_lab.views.words import Prose, join, lay_out, name, names, phrase, show, tabulate, tell

_CLOSEST = 25  # customers whose place under other weights is drawn


def tell_base(base: CustomerBase, worth: Worth, money: Concentration, kinds: Kinds, about: About) -> Prose:
    """Who are the customers, what are they worth, and on how few does it hang?"""
    everyone = kinds.frame.iloc[0]
    count, clash = int(everyone["customers"]), _count_clashes(base)
    value, low, high = (_say_about(everyone[end], about) for end in ("value", "value_low", "value_high"))
    return join(
        tell(ngettext("**One customer**.", "**{n} customers**.", count), n=count),
        phrase("base", "worth", value=value, interval=tell(_("{low} to {high}"), low=low, high=high))
        if worth.basis else phrase("base", "worthless"),
        phrase("base", "half", half=money.half) if money.half else "",
        phrase("base", "leave", rate=100 * everyone["leave"],
               interval=(100 * everyone["leave_low"], 100 * everyone["leave_high"]))
        if base.definition and everyone["years"] > 0 else "",
        phrase("base", "disputed", n=clash.max()) if clash.any() else "")


def _count_clashes(base: CustomerBase) -> pd.Series:
    """Count, for each pair of definitions, the customers on which they differ."""
    return base.contradictions[["only_first", "only_second"]].sum(axis=1)


def _say_about(amount: float, about: About) -> str:
    """Say an estimated amount no more precisely than it is known: to three figures."""
    return say(float(f"{amount:.3g}"), "money", about.currency)


def name_basis(worth: Worth) -> str:
    """What does value mean in this study?"""
    costless = {} if worth.cost_known else names("basis_without_cost")
    return tell({**names("basis"), **costless}[worth.basis], years=worth.window)


def tabulate_status(base: CustomerBase) -> Table:
    """How many accounts are customers, lost, or neither yet?"""
    status, left = base.frame["status"], base.left
    rows = [(_("customers"), (status == "customer").sum()), (_("of them left"), left.sum()),
            (_("lost: deals closed, none won"), (status == "lost").sum()),
            (_("prospects"), (status == "prospect").sum())]
    return lay_out("status", pd.DataFrame(rows, columns=["what", "n"]))


def tell_oddities(base: CustomerBase, worth: Worth) -> list[Prose]:
    """Which dates are missing or contradict each other, how often, and what follows?"""
    counts = {"undated": worth.undated, "backwards": worth.backwards, "left_before_start": base.left_before_start}
    return [phrase("oddity", code, n=n) for code, n in counts.items() if n]


def tabulate_leaving(base: CustomerBase) -> tuple[Table, ...]:
    """Who has left by each definition that the tables allow, and where do two of them contradict each other?"""
    frames = {"definitions": base.definitions[base.definitions["told"] > 0], "contradictions": base.contradictions}
    return tuple(lay_out(kind, frame) for kind, frame in frames.items() if len(frame))


def tell_contradictions(base: CustomerBase) -> Prose:
    """Do the definitions of having left contradict each other, and which one is used?"""
    if not base.definition:
        return phrase("contradicting", "untold")
    clash, called = _count_clashes(base), names("definition")
    found = "alone" if clash.empty else "never" if not clash.any() else "often"
    worst = base.contradictions.iloc[int(clash.argmax())] if found == "often" else {"first": "", "second": ""}
    return phrase("contradicting", found, n=clash.max(), first=called.get(worst["first"]),
                second=called.get(worst["second"]),
                used=phrase("contradicting", "used", definition=called[base.definition]))


def tabulate_lapses(base: CustomerBase) -> Table | Prose:
    """What does the choice of k decide?"""
    told = base.lapses["told"]
    if not told.any():
        return phrase("nothing", "lapses")
    return lay_out("lapses", base.lapses.assign(share=base.lapses["lapsed"] / told.where(told > 0)))


def tabulate_kinds(kinds: Kinds, by: str, worth: Worth, about: About) -> Table:
    """Which kinds are there, what do they bring, and how fast do they leave?"""
    frame = kinds.frame[kinds.frame["by"] == by]
    frame = frame.assign(words=[name_kind(kind) for kind in frame["kind"]], tenure=frame["tenure"] / 12)
    attribute = name("kinds_by", by)
    return lay_out("kinds", _in_order(frame), attribute=attribute, words=attribute, basis=name_basis(worth),
                   currency=about.currency, sort="-value" if by != "size_band" and frame["value"].notna().any() else "")


def name_kind(kind: str | float | None) -> str:
    """How is a kind of customer called?"""
    return _("not known") if pd.isna(kind) else names("band").get(str(kind), str(kind))


def draw_kinds(kinds: Kinds, by: str, worth: Worth, about: About) -> Picture | Prose:
    """Which kinds are worth most a customer, with what uncertainty?"""
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
                kind=band, value=_say_about(top["value"], about), currency=_(about.currency), basis=name_basis(worth),
                n=frame["customers"].sum(), kinds=", ".join(labels))


def _in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """Put size bands in the order of size; other kinds stay in the order of their names."""
    order = {kind: place for place, kind in enumerate((*SIZE_BANDS, *REVENUE_BANDS))}
    return frame.sort_values("kind", key=lambda kinds: kinds.map(order).fillna(len(order)), kind="stable")


def tabulate_ranking(worth: Worth, rows: int, about: About) -> Table | Prose:
    """Which customers are worth most?"""
    ours = worth.frame[(worth.frame["status"] == "customer") & worth.frame["value"].notna()]
    ranked = ours.sort_values(["value", "revenue", "account_id"], ascending=[False, False, True]).head(rows)
    frame = ranked.assign(tenure=ranked["tenure_months"] / 12, size_band=ranked["size_band"].map(name_kind))
    return tabulate("most_valuable", frame, currency=about.currency, basis=name_basis(worth))


def tell_lifetime(worth: Worth) -> Prose:
    """How long do customers stay?"""
    life = worth.lifetime
    if life is None:
        return phrase("nothing", "lifetime")
    return phrase("base", "lifetime", left=life.left, n=life.customers, years=life.years,
                  horizon=write_number(life.horizon), interval=(life.years_low, life.years_high))


def tabulate_survival(worth: Worth) -> Table | Prose:
    """Which share of customers is still here after one, two, three and five years?"""
    return tabulate("survival", worth.lifetime.survival if worth.lifetime else pd.DataFrame())


def draw_concentration(money: Concentration, about: About) -> Picture | Prose:
    """On how few customers does the revenue hang?"""
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
    """Which share of the revenue do the largest customers bring?"""
    return lay_out("concentration", money.frame)


def tell_success(success: Success) -> Prose:
    """How many are best, on what, and how much of the choice hangs on the weights?"""
    best = int(success.frame["best"].sum())
    if not best:
        return phrase("best", "nobody", why=phrase("best", "gone" if success.measured else "unmeasured"))
    return join(phrase("best", "some", best=best, n=len(success.frame), k=len(success.measured)),
                phrase("best", "firm" if success.firm else "wavering", firm=success.firm, wavering=success.wavering))


def tabulate_measures(measures: Measures) -> Table:
    """On which of the five measures can success be measured, and for how many?"""
    what = {**names("measure_missing"), **{code: name("measure", code) for code in measures.measured}}
    frame = pd.DataFrame({
        "measure": MEASURES, "what": [what[code] for code in MEASURES],
        "used": pd.array([code in measures.measured for code in MEASURES], "boolean"),
        "n": [int(measures.frame[code].notna().sum()) for code in MEASURES]})
    use = phrase("best", "use", use=name("use", measures.use_of)) if measures.use_of else ""
    return lay_out("measures", frame, k=len(measures.measured), note=use)


def tabulate_best(success: Success, customers: pd.DataFrame, rows: int) -> Table | Prose:
    """Who are the best, on what, and how firmly?"""
    frame = success.frame.merge(customers[["account_id", "name", "industry", "size_band"]], on="account_id", how="left")
    frame = frame[frame["best"].fillna(False)].sort_values(["score", "account_id"], ascending=[False, True]).head(rows)
    return tabulate("best", frame.assign(size_band=frame["size_band"].map(name_kind)), n=len(success.frame))


def tell_opinions(success: Success) -> Prose:
    """What did the opinions of colleagues change?"""
    counts = success.frame["opinion"].value_counts()
    heard = int(counts.drop("none", errors="ignore").sum())
    if not heard:
        return phrase("opinions", "none")
    by_reason = success.reasons["reason"].value_counts()
    return phrase("opinions", "some", nominated=counts.get("nominated", 0), vetoed=counts.get("vetoed", 0),
                  inside=by_reason.get("nominated", 0), out=by_reason.get("vetoed", 0), same=success.without_opinions)


def draw_give_get(success: Success, customers: pd.DataFrame, about: About) -> Picture | Prose:
    """Do those who get the most out of the product give the most to us?"""
    frame = success.frame.merge(customers[["account_id", "name"]], on="account_id", how="left")
    frame = frame.dropna(subset=["get", "give"])
    if not len(frame):
        return phrase("nothing", "give_get")
    best = frame["best"].fillna(False).to_numpy(dtype=bool)
    both = int((best & (frame["get"] >= 0.5) & (frame["give"] >= 0.5)).sum())
    shown, some = mark_some(frame)
    mine = shown["best"].fillna(False).to_numpy(dtype=bool)

    def draw(axes: Axes, narrow: bool) -> None:
        axes.plot(shown["get"][~mine], shown["give"][~mine], "o", color=COLOURS["faint"], markersize=4)
        axes.plot(shown["get"][mine], shown["give"][mine], "D", color=COLOURS["accent"], markersize=5)
        for row in shown[mine].nlargest(0 if narrow else 1, "score").to_dict("records"):
            add_note(axes, str(row["name"]), (row["get"], row["give"]), -6, 4, ha="right", va="baseline")
        axes.axvline(0.5, color=COLOURS["grey"], linewidth=0.8)
        axes.axhline(0.5, color=COLOURS["grey"], linewidth=0.8)
        axes.set_xlabel(_("what they get: satisfaction and use"))
        axes.set_ylabel(_("what they give: revenue, margin, tenure"))
        write_percent(axes.xaxis, axes.yaxis)

    return show("give_get", draw, about, height=420, narrow_height=340, counts=some, both=both, best=best.sum(),
                n=len(frame))


def draw_robustness(success: Success, customers: pd.DataFrame, about: About) -> Picture | Prose:
    """How often would each customer be among the best if the weights were others?"""
    frame = success.frame.merge(customers[["account_id", "name"]], on="account_id", how="left")
    frame = frame[(frame["robustness"] > 0) & ~frame["best"].isna()]
    if not len(frame):
        return phrase("nothing", "robustness")
    wavering = (frame["robustness"] - 0.5).abs().sort_values(kind="stable").index[:_CLOSEST]
    frame = frame.loc[wavering].sort_values(["robustness", "account_id"], ascending=[False, True])
    labels = frame["name"].fillna(frame["account_id"]).tolist()
    best = frame["best"].fillna(False).to_numpy(dtype=bool)
    places = np.arange(len(frame))

    def draw(axes: Axes, narrow: bool) -> None:
        shown = [label if not narrow or len(label) < 16 else label[:15] + "…" for label in labels]
        shades = [COLOURS["accent"] if flag else COLOURS["grey"] for flag in best]
        axes.hlines(places, 0, frame["robustness"].to_numpy(), colors=shades, linewidth=2)
        for flag, mark in ((True, "D"), (False, "o")):
            mine = best == flag
            axes.plot(frame["robustness"][mine], places[mine], mark, color=COLOURS["accent" if flag else "grey"])
        name_rows(axes, shown)
        axes.axvline(0.5, color=COLOURS["grey"], linewidth=0.8)
        axes.set_xlim(0, 1.02)
        write_percent(axes.xaxis)

    return show("robustness", draw, about, title="firm" if success.firm else "wavering",
                height=90 + 20 * max(len(frame), 2), firm=success.firm, best=success.frame["best"].sum(),
                n=len(frame), all=len(success.frame))


def tabulate_reasons(outcomes: Outcomes) -> Table:
    """Why does each case count as it does, by each outcome that the tables allow?"""
    reasons = outcomes.reasons
    order = {"order": reasons["positive"].map(list(names("answer")).index),
             "drafted": reasons["outcome"] != outcomes.chosen}
    return lay_out("case_reasons", reasons.assign(**order).sort_values(
        ["drafted", "outcome", "order", "n"], ascending=[True, True, True, False], kind="stable", ignore_index=True))


def tell_cases(outcomes: Outcomes) -> Prose:
    """On how many cases does the search for a profile rest?"""
    yes, no, unknown = (int(outcomes.cases["positive"].eq(answer).sum()) for answer in ("yes", "no", "unknown"))
    return join(phrase("cases", "some", outcome=name("outcome", outcomes.chosen), yes=yes, no=no, unknown=unknown),
                phrase("cases", "too_few") if min(yes, no) < 10 else "")
