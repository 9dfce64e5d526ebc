"""What the document says, part by part: the page, the paper and the brief all say the same."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pandas as pd

from icp_lab.artifacts import make_id
from icp_lab.icp.evidence import Evidence, find_evidence
from icp_lab.locale import _
from icp_lab.methods.widened import compare_widened
from icp_lab.process import BY_NAME
from icp_lab.publish.products import Publication
from icp_lab.rule import Criterion, Rule, name_attribute
from icp_lab.views import backtest, document, interviews, standings, training
from icp_lab.views.table import Table, say
from icp_lab.views.words import begin, join, lay_out, name, names, phrase

Block = dict[str, Any]
_ASKED_OF = ("triggers", "pains", "value")  # a story: what set it off, what was wrong, what it is like now
_STORIES, _QUOTES = 3, 3


class Contents:
    """Hold the parts of a document, and the evidence that its lines rest on.

    A part is `title`, `aside` and `blocks`. A block has a `kind`: text (`text`, `chips`), list, table, picture,
    group, card, question, or story; a chip has `label`, `href`, `id` and `source`.

    Parameters
    ----------
    given : Publication
        What the document is made from.

    Examples
    --------
    >>> from icp_lab.methods.document import Group, Standing
    >>> standing = Standing(pd.DataFrame(), pd.DataFrame(), Group(1, 1, 0.2, 1.0), Group(0, 1, 0.0, 0.8))
    >>> found = {"draft": {"criteria": [], "evidence": {}}}  # as in the definition: the page of the draft is cited
    >>> [Contents(Publication({}, standing, standing.frame, None, find.get, None, None)).held for find in (found, {})]
    ['draft', 'agreed']
    """

    def __init__(self, given: Publication) -> None:
        self.given, self.icp, self.standing = given, given.icp, given.standing
        self.rule, self.everything = Rule.from_profile(given.icp), replace(given.standing, frame=given.accounts)
        # Where the review changed nothing, the page of the draft shows more of it than that of the review.
        draft, lift = given.find("draft") or {}, (given.icp.get("evidence") or {}).get("lift")
        same = draft.get("criteria") == given.icp.get("criteria", []) and draft["evidence"].get("lift") == lift
        self.held = "draft" if same else "agreed"
        self.cited: dict[str, Evidence | None] = {}
        self.evidence = given.icp.get("evidence") or {}

    def gather(self) -> dict[str, Any]:
        """Gather all of it: head, first page (`front`), and the parts after it.

        Returns
        -------
        dict of str to object
            Texts under `title`, `kicker`, `lead`, `verdict`, `said`, `footer`, `by` and `made`; lists of parts under
            `front` and `parts`. A part of which nothing can be told says so.

        Examples
        --------
        >>> from datetime import date
        >>> from icp_lab.methods.document import Group, Standing
        >>> from icp_lab.views.picture import About
        >>> rows = pd.DataFrame({"account_id": ["a"], "name": ["Acme"], "status": ["customer"], "fit": ["in"],
        ...                      "met": [""], "failed": [""], "unknown": [""], "best": [True], "score": [0.9],
        ...                      "value": [1.0], "churned": [False]})
        >>> standing = Standing(rows, pd.DataFrame({"status": ["customer"], "in": 1, "out": 0, "unknown": 0}),
        ...                     Group(1, 1, 0.2, 1.0), Group(0, 0, 0.0, 1.0))
        >>> icp = {"verdict": "unsupported", "criteria": [], "next_review": "2026-09-30"}
        >>> given = Publication(icp, standing, rows, About(date(2026, 6, 30), "EUR", "Demo"), {}.get, None, None)
        >>> said = Contents(given).gather()
        >>> said["title"], [part["title"] for part in said["front"]][:3]
        ('No profile is claimed yet', ['The working hypothesis', 'Whom it does not suit', 'What the data say'])
        """
        icp, about = self.icp, self.given.about
        version = phrase("document", "version", version=icp["version"]) if icp.get("version") else ""
        kicker = phrase("document", "kicker", study=about.source, date=str(about.as_of), review=icp["next_review"])
        head = {
            "title": _("Our Ideal Customer Profile") if icp.get("criteria") else _("No profile is claimed yet"),
            "kicker": " · ".join(filter(None, (kicker, version))), "lead": document.tell_lead(icp),
            "verdict": icp["verdict"], "said": document.say_verdict(icp), "footer": self.given.brand.get("footer", ""),
            "by": self.given.brand.get("name", ""), "made": phrase("document", "made")}
        front = self._lay_front()
        parts = [*self._lay_people(), self._lay_examples(), self._lay_questions(), self._lay_limits(),
                 self._lay_history()]
        return head | {"front": front, "parts": [*parts, self._lay_evidence()]}

    # What blocks are made of

    def _cite(self, source: str, *ids: str) -> list[dict[str, str]]:
        chips = []
        for one in ids:
            found = self.cited.setdefault(one, find_evidence(one, self.given.find, self.given.table))
            step = BY_NAME[found.notebook].step if found else ""
            label = phrase("document", "chip", source=name("confidence", source), step=str(step)) if found else one
            chips.append({"label": label, "href": found.href if found else "", "id": one, "source": source})
        return list({chip["href"] or chip["id"]: chip for chip in chips}.values())

    def _text(self, sentence: str, *ids: str, source: str = "data") -> list[Block]:
        return [{"kind": "text", "text": sentence, "chips": self._cite(source, *ids)}] if sentence else []

    def _part(self, code: str, *blocks: Iterable[Block], aside: str = "", columns: bool = False) -> Block:
        return {"id": code, "title": name("chapter", code), "aside": aside, "columns": columns,
                "blocks": [block for each in blocks for block in each]}

    # The first page

    def _lay_front(self) -> list[Block]:
        icp, standing, claimed = self.icp, self.standing, bool(self.icp.get("criteria"))
        place = (self.held, "criteria") if claimed else (self.held, "evidence", "refused")
        lines = [{"text": begin(one.words()), "note": self._say_again(one),
                  "chips": self._cite("data" if claimed else "assumption", make_id(*place, one.attribute))}
                 for one in self.rule.criteria]
        known = self.evidence.get("lift") is not None
        further = document.tell_further(icp)
        who: list[Block] = [{"kind": "list", "items": lines, "numbered": True}] if lines else self._text(
            _("No criterion stands out even as a hypothesis."))
        avoid = [make_id("avoid", "criteria", one["attribute"]) for one in (icp.get("avoid") or {}).get("criteria", [])]
        settling = standings.tell_settling(icp, standing) if icp["verdict"] != "supported" else ""
        picture = {"kind": "picture", "picture": standings.draw_sides(icp, standing, self.given.about)}
        return [
            self._part("who" if claimed else "refused", who, self._text(phrase(
                "document", "further", profiles=join(*further)), f"{self.held}/more") if further else []),
            self._part("not", self._text(document.tell_avoid(icp), *avoid)),
            self._part("why" if claimed else "data",
                       self._text(standings.tell_counts(icp, standing), "cases", "agreed_coverage"), [picture]),
            self._part("sure", self._text(document.tell_verdict(icp), f"{self.held}/verdict"),
                       self._text(document.tell_lift(icp), *[f"{self.held}/evidence/lift"] * known),
                       self._lay_later()),
            self._part("say", self._lay_messages()), self._lay_use(), self._lay_market(),
            self._part("next", self._text(settling), self._text(document.tell_next_step(icp)))]

    def _lay_later(self) -> list[Block]:
        """Say how it did on later cases, where there were enough: the reader's second question after the lift."""
        later = (self.given.find("validation") or {}).get("backtest") or {}
        outcome = str(self.icp.get("outcome") or "best")
        return self._text(backtest.tell_later(later, outcome), "validation/backtest") if later.get("kind") else []

    def _say_again(self, one: Criterion) -> str:
        share = (self.evidence.get("stability") or {}).get(one.attribute)
        return "" if share is None else phrase("document", "again", share=share)

    def _lay_messages(self) -> list[Block]:
        """Say for each persona the first thing that people like it said of the product, else of their problems."""
        said = []
        for one in self.icp.get("personas") or []:
            field = next((field for field in ("message", "pains", "goals") if one[field]), "")
            if field:
                said += self._text(phrase("document", "message", persona=one["name"], message=one[field][0]),
                                   *self._find_ids(one, field)[:1], source=one["confidence"][field])
        return said or self._text(phrase("document", "silent"))

    def _find_ids(self, persona: dict[str, Any], field: str) -> list[str]:
        own = [one for one in persona["evidence"] if f"/{field}/" in one]
        return own or [one for one in persona["evidence"] if one.startswith("personas/kinds/")]

    # The detail

    def _lay_people(self) -> list[Block]:
        if "groups" not in self.icp:
            return []
        questions, fields = names("ask"), names("persona_field")
        groups: list[Block] = [
            {"kind": "group", "title": title, "blocks": [
                block for one in self.icp["groups"][group]
                for block in self._text(one["statement"], *one["evidence"], source=one["confidence"])]
             or [{"kind": "text", "text": phrase("document", "ask", question=questions[group]), "chips": [],
                  "faint": True}]}
            for group, title in names("attribute_group_of_six").items()]
        cards: list[Block] = [
            {"kind": "card", "title": one["name"], "asking": phrase("document", "asking"),
             "titles": _("{label}: {effect}").format(label=fields["titles"], effect=" · ".join(one["titles"])),
             "rows": [{"title": fields[field], "text": one[field] if isinstance(one[field], str) else
                       _("; ").join(one[field]), "chips": self._cite(one["confidence"][field],
                                                                     *self._find_ids(one, field))}
                      for field in fields if field != "titles" and one[field]],
             "open": [questions[field] for field in questions if field in fields and field not in one["confidence"]]}
            for one in self.icp.get("personas") or []]
        return [self._part("groups", groups, aside=phrase("document", "groups"), columns=True),
                self._part("people", cards, [] if cards else self._text(phrase("document", "nobody")), columns=True)]

    def _table(self, table: Table, *ids: str) -> list[Block]:
        return [{"kind": "table", "table": table, "chips": self._cite("data", *ids)}] if len(table.rows) else []

    def _lay_examples(self) -> Block:
        standing, about = self.standing, self.given.about
        large = standing.examples_outside(10)
        seldom = pd.concat([standing.winners_outside().head(1).assign(lesson="miss"),
                            large[~large["best"].fillna(True).astype("bool")].head(1).assign(lesson="size")])
        return self._part(
            "examples", self._table(standings.tabulate_inside(standing.examples_inside(3), about), "success"),
            self._table(lay_out("seldom", seldom, currency=about.currency), "agreed_coverage"),
            [{"kind": "group", "title": name("chapter", "stories"), "blocks": self._lay_stories()}])

    def _lay_stories(self) -> list[Block]:
        """Tell of best customers inside, in their words where they agreed, else what many said without their words."""
        passages, themes = self.given.find("passages"), self.given.find("themes")
        if themes is None or themes.empty:
            return self._text(phrase("document", "no_story"))
        frame, belongs = self.standing.frame, themes.set_index("code")["belongs"]
        chosen = frame[frame["fit"].eq("in") & frame["best"].fillna(False).astype("bool")]
        known = self.given.accounts.set_index("account_id")
        stories: list[Block] = []
        rows = passages.assign(code=passages["codes"].str.split(",")).explode("code")
        rows = rows.assign(asked=rows["code"].map(belongs)).merge(chosen[["account_id", "name"]], on="account_id")
        for account, heard in rows[rows["asked"].isin(_ASKED_OF)].groupby("account_id"):
            said = heard.drop_duplicates("asked").drop_duplicates("text").to_dict("records")
            industry = known["industry"].get(account, "") if "industry" in known else ""
            quotes = [(interviews.quote_passage({**one, "industry": industry}), one)
                      for one in sorted(said, key=lambda one: _ASKED_OF.index(one["asked"]))]
            told = [block for (quote, whose), one in quotes if quote
                    for block in self._text(phrase("document", "quote", quote=quote, whose=whose),
                                            make_id("themes", one["code"]), source="interview")]
            stories += [{"kind": "story", "blocks": told[:_QUOTES]}] if told else []
        unsaid = themes[themes["belongs"].eq("value")].to_dict("records") if not stories else []
        return stories[:_STORIES] + [block for one in unsaid for block in self._text(
            phrase("document", "theme", **one), make_id("themes", one["code"]), source="interview")]

    def _lay_questions(self) -> Block:
        standing, about, icp = self.standing, self.given.about, self.icp
        large, missed = standing.examples_outside(10), standing.winners_outside()
        held = training.tell_training(icp, self.everything, about)["held"]
        size = (self.evidence.get("size_fixed") or {}).get("lift")
        asked = {
            "outside": self._table(standings.tabulate_outside(large, about), "agreed_coverage")
            or self._text(phrase("document", "no_outside")),
            "revenue": self._text(held or phrase("document", "no_value"), "customers")
            + self._text(phrase("document", "kept")),
            "looser": self._lay_looser(),
            "winners": self._table(standings.tabulate_winners(missed, about, most=10), "success")
            or self._text(phrase("document", "no_winners")),
            "big": self._text(document.tell_outcomes(icp) if size is not None else phrase("document", "no_size"),
                              *[f"{self.held}/evidence/size_fixed/lift"] * (size is not None))}
        return self._part("questions", [{"kind": "question", "title": name("question", code), "blocks": blocks}
                                        for code, blocks in asked.items()])

    def _lay_looser(self) -> list[Block]:
        given = self.given
        cases, known = given.find("cases"), set(self.rule.attributes) <= set(given.attributes.columns)
        if not self.icp.get("criteria") or cases is None or not known:
            return self._text(phrase("document", "no_line"))
        frame = compare_widened(given.attributes, cases, self.rule)
        said = [name("loosened", "dropped").format(attribute=name_attribute(attribute)) if one is None else
                one.words() for attribute, one in frame[["attribute", "criterion"]].to_numpy().tolist()]
        table = lay_out("loosened", frame.assign(change=said), note=phrase("document", "looser"))
        return self._table(table, "cases") or self._text(phrase("document", "no_line"))

    def _lay_use(self) -> Block:
        found = {each: self.given.find(each) for each in ("negatives", "scores", "score")}
        uses = training.lay_training(self.icp, self.everything, self.given.about, found).get("train_uses", [])
        ids = ["score/tiers"] * bool(found["score"])
        order = join(standings.tell_order(self.icp, found["score"]), phrase("document", "tiers" if ids else "no_score"))
        return self._part("use", [block for table in uses for block in self._table(table)], self._text(order, *ids))

    def _lay_market(self) -> Block:
        market = self.given.find("market") or {}
        if not market.get("sam"):
            return self._part("market", self._text(phrase("document", "no_market")))
        sizes = [(one["companies"], (one["low"], one["high"])) for one in map(market.get, ("tam", "sam", "som")) if one]
        (tam, _ends), (sam, fit), *rest = sizes
        said = [phrase("market", "winnable", som=round(som), ends=won) for som, won in rest if som == som]  # noqa: PLR0124
        return self._part("market", self._text(join(phrase(
            "market", "fitting", tam=round(tam), sam=f"**{say(sam, 'integer')}**", ends=fit), *said),
            "market/sam/companies"))

    def _lay_limits(self) -> Block:
        limits = [{"text": one, "note": "", "chips": []} for one in standings.tell_limits(self.icp, self.standing)]
        return self._part("limits", [{"kind": "list", "items": limits, "numbered": False}],
                          self._table(standings.tabulate_standing(self.standing), "agreed_coverage"))

    def _lay_history(self) -> Block:
        rows = [{"why": "", **one, "criteria": Rule.from_dicts(one.get("criteria") or []).words()}
                for one in (*self.given.versions, self.icp)[0].get("history") or []]
        signed = [one.strip() for one in re.split("[,、]", self.given.brand.get("approval", "")) if one.strip()]
        return self._part(
            "history", self._table(lay_out("versions", pd.DataFrame(rows))) if rows else
            self._text(phrase("document", "unversioned")),
            self._text(phrase("document", "review", date=self.icp["next_review"])),
            [{"kind": "signed", "boxes": signed}] if signed else [])

    def _lay_evidence(self) -> Block:
        rows = [(_(BY_NAME[found.notebook].title), one, len(found.rows)) for one, found in self.cited.items() if found]
        table = lay_out("traced", pd.DataFrame(rows, columns=["title", "id", "rows"]).sort_values(["title", "id"]))
        listed = {"kind": "question", "title": phrase("document", "listed", n=len(rows)), "blocks": self._table(table)}
        return self._part("evidence", [listed], aside=phrase("document", "traced"))
