from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

from icp_lab.artifacts import BY_NAME as ARTIFACT
from icp_lab.artifacts.manifest import Manifest, folder_of, write_json, write_manifest
from icp_lab.artifacts.store import write_artifact
from icp_lab.icp import load_icp
from icp_lab.methods.customers import fill_table
from icp_lab.process import WRITER
from icp_lab.publish.products import PRODUCTS
from icp_lab.report.plan import StepEnd
from icp_lab.report.run import Run
from icp_lab.report.site import publish_site
from icp_lab.study.candidates import Candidates
from icp_lab.tables import GROUPS

CRITERIA = [{"attribute": "industry", "in": ["SaaS"]}]
ICP = {"schema": 1, "name": "x", "as_of": "2026-06-30", "next_review": "2026-09-30", "verdict": "supported",
       "verdict_reason": [], "outcome": "best", "criteria": CRITERIA, "evidence": {"n": 2, "lift": 2.0}}


PLACES = {place for product in PRODUCTS for place in product.places}


def fill(name, rows):
    """Give rows all the columns that the artifact declares."""
    frame = pd.DataFrame(rows)
    return frame.reindex(columns=[field.name for field in ARTIFACT[name].fields])
HEARD = {"code": "price_pain", "name": "Zu teuer", "companies": 2, "of": 3}
ICP |= {"groups": {group: [] for group in GROUPS} | {"pains": [
            {"kind": "theme", "words": HEARD | {"ends": [0.2, 0.9]}, "evidence": ["themes/price_pain"],
             "confidence": "interview"}]},
        "personas": [{"id": "p1", "kind": "sales.decider", "titles": ["VP"], "department": "sales",
                      "buying_role": "decider", "pains": [HEARD | {"quote": None}], "evidence": [],
                      "confidence": dict.fromkeys(("titles", "pains", "department", "buying_role"), "data")}]}
ENDS = dict.fromkeys(("money", "money_low", "money_high", "growth"), float("nan"))
SIZE = {"companies": 400.0, "low": 8.0, "high": 99.0, **ENDS}
SCORE = {"score": {"base": 50, "points": [{"criterion": CRITERIA[0], "met": 7, "failed": -5}]},
         "tiers": [{"name": "A", "min_fit": 55}, {"name": "C", "min_fit": 20}]}
ICP |= SCORE


ARTIFACTS = {
    "customers": fill("customers", {"account_id": ["a", "b"], "name": ["Acme", "Beta"], "status": "customer"}),
    "success": fill("success", {"account_id": ["a", "b"], "score": [1.0, 0.2], "measured": 5, "best": [True, False]}),
    "cases": fill("cases", {"case_id": ["a", "b"], "account_id": ["a", "b"], "outcome": "best",
                            "group": ["best", "ordinary"], "positive": ["yes", "no"], "reason": "top_share"}),
    "agreed_coverage": fill("agreed_coverage", {"account_id": ["a", "b"], "fit": ["in", "out"], "met": ["industry", ""],
                                  "failed": ["", "industry"], "unknown": ""}),
    "contrasts": fill("contrasts", {"comparison": ["best_negative"], "attribute": "industry", "level": "SaaS",
                                    "measure": "risk_ratio", "effect": 2.0, "n_first": 1, "n_second": 1,
                                    "p_value": 0.5, "q_value": 0.5}),
    "market": {"tam": SIZE, "sam": SIZE | {"companies": 90.0}, "som": SIZE | {"companies": 9.0}, "assumptions": []},
    "score": {**SCORE, "predicts": True},
    "validation": {"promise": {"state": "kept", "version": "2", "since": "2025-12-31", "n": 120, "covered": 30,
                               "covered_positives": 12, "lift": 1.9, "low": 1.2, "high": 2.9,
                               "promise": {"lift": 2.0, "lift_low": 1.4, "lift_high": 2.9, "due": "2026-03-31"}}},
    "icp": ICP,
}


@pytest.fixture
def plan(tmp_path):
    for name in {WRITER[artifact] for artifact in ARTIFACTS}:
        folder = folder_of(tmp_path, name)
        folder.mkdir(parents=True)
        entries = {artifact: write_artifact(folder, ARTIFACT[artifact], content)
                   for artifact, content in ARTIFACTS.items() if WRITER[artifact] == name}
        write_json(folder / "page.json", {"headlines": [f"Said by {name}."], "answers": {}})
        write_manifest(folder, Manifest(name, "k", "", "", {}, {}, entries, timings={"seconds": 1.5}))
    frame = pd.DataFrame({"industry": ["SaaS", "Retail"]}, index=pd.Index(["a", "b"], name="account_id"))
    counted = dict.fromkeys(("read", "left_out", "used", "set_aside", "made_missing", "duplicates"), 2)
    study = SimpleNamespace(
        people=frozenset(), folder=tmp_path / "study",
        name="Demo", as_of=date(2026, 6, 30), currency="EUR", privacy={"companies": "names"}, brand={},
        table=lambda name: fill_table(pd.DataFrame(), name),
        codebook=lambda language: pd.DataFrame({"code": ["price_pain"], "name": [f"Too dear ({language})"]}),
        candidates=lambda: SimpleNamespace(frame=frame, names=("industry",)),
        intake=lambda: SimpleNamespace(tables=pd.DataFrame([{"table": "accounts", **counted}])),
    )
    names = ("01_customer_base", "09_icp_document")
    tasks = {name: SimpleNamespace(file=SimpleNamespace(title=name)) for name in names}
    return SimpleNamespace(study=study, out=tmp_path, language="en", tasks=tasks)


def test_the_study_stub_offers_what_a_study_offers():
    assert {"frame", "names"} <= set(Candidates.__dataclass_fields__)


def test_a_finished_report_is_one_thing_to_read(plan):
    assert publish_site(plan, Run({name: StepEnd("done") for name in plan.tasks})) == {}
    found = {path.name for path in plan.out.iterdir()} - {"artifacts", "index.html", ".work", "private"}
    assert found <= {place.partition("/")[0] for place in PLACES}
    assert found >= {product.places[0].partition("/")[0] for product in PRODUCTS}
    read = load_icp(plan.out / "icp.yml")
    assert read.rule.to_dicts() == CRITERIA
    assert {key: read.data[key] for key in SCORE} == SCORE
    page = (plan.out / "icp.html").read_text(encoding="utf-8")
    assert "Of 400 companies that could buy, <strong>90</strong> fit the profile (8 to 99)." in page
    assert "A company starts at 50 points" in page and "Tier A begins at 55." in page
    assert read.data["personas"][0]["name"] == "Decider in sales"
    assert read.data["personas"][0]["pains"] == ["Too dear (en) (2 of 3 companies)"]
    assert read.data["groups"]["pains"][0]["statement"].startswith("Too dear (en): said at 2 of 3 companies")
    index = (plan.out / "index.html").read_text(encoding="utf-8")
    assert "Said by 01_customer_base." in index
    assert "The promise of version 2 was <strong>kept</strong>" in index
    assert "Of 1 customers inside" in index
    assert (plan.out / "icp.xlsx").read_bytes()[:2] == b"PK"


@pytest.mark.parametrize(("state", "kept"), [("failed", False), ("failed", True), ("skipped", True)])
def test_no_definition_is_left_from_an_earlier_run_when_the_last_step_did_not_finish(plan, state, kept):
    publish_site(plan, Run())
    if not kept:
        (folder_of(plan.out, "09_icp_document") / "manifest.json").unlink()
    publish_site(plan, Run({"01_customer_base": StepEnd("fresh"), "09_icp_document": StepEnd(state, "No memory.")}))
    assert not [place for place in PLACES if (plan.out / place).exists()]
    index = (plan.out / "index.html").read_text(encoding="utf-8")
    assert "No memory." in index
    assert "There is no definition yet" in index


def test_pseudonyms_keep_names_out_of_what_is_shared(plan):
    plan.study.privacy["companies"] = "pseudonyms"
    publish_site(plan, Run())
    for name in ("index.html", "icp.html", "dashboard.html"):
        assert "Acme" not in (plan.out / name).read_text(encoding="utf-8")


def test_a_product_that_fails_keeps_no_other_from_being_made_and_is_said(plan, monkeypatch):
    few = [product for product in PRODUCTS if product.places[0] in ("icp.yml", "infographic.svg", "icp_brief.md")]
    monkeypatch.setattr("icp_lab.report.site.PRODUCTS", few)
    publish_site(plan, Run())
    with monkeypatch.context() as patch:
        patch.setattr("icp_lab.publish.infographic.write_infographic", lambda *_given: {}["no such thing"])
        unmade = publish_site(plan, Run())
    assert list(unmade) == ["infographic.svg"]
    assert not (plan.out / "infographic.svg").exists()  # rather none than that of the run before
    assert (plan.out / "icp.yml").exists() and (plan.out / "icp_brief.md").exists()
    index = (plan.out / "index.html").read_text(encoding="utf-8")
    assert "could not be made (KeyError" in index and "Run icp-lab report again" in index
    assert publish_site(plan, Run()) == {}


def test_a_kept_version_that_was_edited_to_pieces_is_said_with_its_line(plan):
    (plan.study.folder / "icp").mkdir(parents=True)
    (plan.study.folder / "icp.yml").write_text("schema: 1\nname: x\ncriteria: []\n", encoding="utf-8")
    (plan.study.folder / "icp" / "1.yml").write_text("schema: 1\nname: x\ncriteria: [\n", encoding="utf-8")
    said = publish_site(plan, Run())["icp.yml"]
    assert "1.yml, line 4" in said and "roll back to a former version" in said
    assert said.split(": ")[-1][:20] in (plan.out / "index.html").read_text(encoding="utf-8")
    assert [place for place in PLACES if (plan.out / place).exists()] == []
