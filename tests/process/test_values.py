"""What a run sets parameters to: checked, and the nearest word named where one is not known."""

import pytest

from icp_lab.errors import LabError
from icp_lab.report.make import plan_report
from icp_lab.study import open_study


def _resolve(study, wish, *settings):
    plan = plan_report(open_study(study), study / "out", wish(*settings))
    return {name: task.parameters for name, task in plan.tasks.items()}


def test_the_command_line_wins_over_the_study_and_the_study_over_the_notebook(make_study, wish):
    steps = "steps:\n  02_best_customers:\n    top_share: 0.3\n    relative_to: size_band\n  06a_segments: {seed: 7}\n"
    study = make_study(f"tables: {{accounts: accounts.csv}}\n{steps}", accounts_csv="account_id\nA\n")
    found = _resolve(study, wish, "02_best_customers.top_share=0.4")
    assert found == {
        "01_customer_base": {"years": 3},
        "02_best_customers": {"top_share": 0.4, "relative_to": "size_band"},
        "06a_segments": {"seed": 7},
    }


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("02_best_custmers.top_share=0.4", "no step 02_best_custmers.*Did you mean 02_best_customers"),
        ("02_best_customers.top_shar=0.4", "no parameter top_shar.*Did you mean top_share"),
        ("02_best_customers.top_share=0.9", "cannot be 0.9.*from 0.05 to 0.5"),
        ("02_best_customers.top_share=many", "type float"),
        ("02_best_customers.top_share=1" + "0" * 400, "type float"),
        ("02_best_customers.top_share=" + "[" * 6_000, "type float"),
        ("01_customer_base.years=2.5", "type int"),
        ("01_customer_base.years=true", "type int"),
        ("02_best_customers.relative_to=size", "none, size_band"),
        ("02_best_customers", "STEP.NAME=VALUE"),
        ("top_share=0.4", "STEP.NAME=VALUE"),
    ],
)
def test_a_setting_that_does_not_fit_is_refused(study, wish, setting, words):
    with pytest.raises(LabError, match=words) as refused:
        _resolve(study, wish, setting)
    assert len(str(refused.value)) < 5_000


def test_a_wrong_parameter_in_study_yml_names_its_line(make_study, wish):
    yml = "tables: {accounts: accounts.csv}\nsteps:\n  02_best_customers:\n    top_shar: 0.3\n"
    study = make_study(yml, accounts_csv="account_id\nA\n")
    with pytest.raises(LabError, match=r"line 8 of study.yml: .*Did you mean top_share"):
        _resolve(study, wish)


def test_whole_numbers_do_for_floats(study, wish, house):
    assert _resolve(study, wish, "02_best_customers.top_share=0.5")["02_best_customers"]["top_share"] == 0.5
    path = house / "06a_segments.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("seed: int = 0", "seed: float = 0.5"), encoding="utf-8")
    value = _resolve(study, wish, "06a_segments.seed=3")["06a_segments"]["seed"]
    assert (value, type(value)) == (3.0, float)
