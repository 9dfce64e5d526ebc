"""What holds of a report, and why not where it does not: `icp-lab status`."""

from dataclasses import dataclass

from icp_lab.artifacts.manifest import folder_of, read_page_facts
from icp_lab.locale import _
from icp_lab.report.make import read_record
from icp_lab.report.plan import Plan


@dataclass(frozen=True)
class Status:
    """What holds of a step: `fresh`, `stale`, `failed` or `absent`; why; which tables its open questions wait for."""

    name: str
    state: str
    why: tuple[str, ...]
    waiting: tuple[str, ...]

    def words(self) -> str:
        """Say it in a line."""
        states = {"fresh": _("fresh"), "stale": _("stale"), "failed": _("failed"), "absent": _("not run")}
        why = f" ({'; '.join(self.why)})" if self.why else ""
        waiting = _("waiting for {tables}").format(tables=", ".join(self.waiting))
        return f"{self.name}: {states[self.state]}{why}" + (f" [{waiting}]" if self.waiting else "")


def tell_status(plan: Plan) -> tuple[Status, ...]:
    """Which steps hold, which do not and why, and which wait for input?

    Parameters
    ----------
    plan
        The report, with the parameters that a run would have.

    Returns
    -------
    tuple of Status
        In the order of the run. A step that rests on one that does not hold does not hold either.
    """
    failed = {name: step.get("cause", "") for name, step in read_record(plan.out).get("steps", {}).items()
              if step.get("state") == "failed"}
    told: dict[str, Status] = {}
    for name, task in plan.tasks.items():
        assessment = plan.assess(name)
        answers = read_page_facts(folder_of(plan.out, name)).get("answers", {}).values()
        waiting = {table for each in answers if each["state"] == "waiting" for table in each["tables"]}
        broken = [need for need in task.needs if told[need].state != "fresh"]
        state: str = "stale" if assessment.state == "unrendered" else assessment.state
        why = assessment.why
        if state == "absent" and name in failed:
            state, why = "failed", (failed[name],)
        elif state == "fresh" and broken:
            state, why = "stale", (_("rests on {steps}").format(steps=", ".join(broken)),)
        told[name] = Status(name, state, why, tuple(sorted(waiting)))
    return tuple(told.values())
