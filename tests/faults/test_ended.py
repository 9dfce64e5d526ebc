"""A step that is ended from outside, that hangs, or that finds no room, says so and what to do; the others go on."""

import pytest

from icp_lab.errors import LabError
from icp_lab.icp import load_icp

KILLED = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"  # as the kernel does to whom memory fails
FULL = 'raise OSError(28, "No space left on device", "x.parquet")'
MEMORY = "raise MemoryError"
ADOPTED = 'from icp_lab import step\nhere = step.open("adopted")\nhere.adopted()\nhere.finish()'
ICP = "schema: 1\nname: Ours\nversion: '1'\nverdict: tentative\ncriteria:\n  - attribute: x\n    {kind}: [SaaS]\n"


@pytest.mark.slow
def test_each_end_of_a_step_has_its_words_and_its_next_step(report):
    for name, cell in {"killed": KILLED, "full": FULL, "memory": MEMORY, "halves": "1 / 0"}.items():
        report.add_notebook(name, cell)
    report.add_notebook("adopted", ADOPTED)
    (report.study / "icp.yml").write_text(ICP.format(kind="im"), encoding="utf-8")  # somebody is at work on it
    run = report.run()
    causes = {name: end.cause for name, end in run.steps.items() if end.state == "failed"}
    assert not run.ok
    assert "the system ended the step from outside (DeadKernelError)" in causes["killed"]
    assert "Memory ran out" in causes["memory"]
    assert "--jobs 1" in causes["killed"] and "--jobs 1" in causes["memory"]
    assert "The disk became full" in causes["full"] and f"Free room for {report.out}" in causes["full"]
    assert "ZeroDivisionError" in causes["halves"] and "icp-lab check" in causes["halves"]
    assert "icp.yml, line 7: The key im is unknown" in causes["adopted"]
    for name, cause in causes.items():
        page = (report.out / f"{name}.html").read_text(encoding="utf-8")
        assert "This step did not finish." in page
        assert cause.split(". ")[0].replace("'", "&#39;").replace('"', "&#34;") in page, name
        assert report.status()[name] == "failed"
    index = (report.out / "index.html").read_text(encoding="utf-8")
    assert "This report is not complete." in index
    assert "Eight firms." in index

    (report.study / "icp.yml").write_text(ICP.format(kind="in"), encoding="utf-8")
    assert report.run(only="adopted").steps["adopted"].state == "done"

    report.add_notebook("halves", "import time\nwhile True:\n    time.sleep(1)")
    cause = report.run(only="halves", minutes=0.1).steps["halves"].cause
    assert "it had not ended after 0.1 minutes" in cause
    assert "--minutes" in cause
    assert cause.split(":")[0] in (report.out / "halves.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(("line", "row", "words"), [
    ("    im: [SaaS]", 7, "Known are: attribute"), ("    in: [SaaS", 8, "roll back to a former version"),
    ("    in:", 6, "in"), ("\tin: [SaaS]", 7, "roll back to a former version"),
    ("    in: [SaaS]\nverdikt: tentative", 8, "Did you mean verdict?")])
def test_a_half_edited_definition_is_refused_with_its_line(tmp_path, line, row, words):
    file = tmp_path / "icp.yml"
    file.write_text(ICP.replace("    {kind}: [SaaS]", line), encoding="utf-8")
    with pytest.raises(LabError, match=rf"icp\.yml, line {row}\b") as refused:
        load_icp(file)
    assert words in str(refused.value)
