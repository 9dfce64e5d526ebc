"""What comes next: how a study and its report stand, and the very command that takes them further."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from icp_lab.errors import LabError
from icp_lab.icp.profile import FILE, ICP, load_icp
from icp_lab.locale import _, in_language, language, say_date
from icp_lab.locale.declared import read_declared
from icp_lab.report.make import Wish, choose_out, plan_report, read_record, tell_status
from icp_lab.study import Study, open_study
from icp_lab.study.begin import find_filled

_DEEP, _MOST = ("study.yml", "*/study.yml", "*/*/study.yml"), 5
_FILES = ("*.csv", "*.tsv", "*.xlsx", "*.parquet")
_Told = Iterator[tuple[str, tuple[tuple[str, str], ...]]]  # a fact, and the commands that it calls for


@dataclass(frozen=True)
class Advice:
    """Hold how things stand, and the commands that come next.

    Parameters
    ----------
    facts : tuple of str
        A line each.
    commands : tuple of tuple of 2 str
        A command, without `icp-lab` before it, and what it does; the first to be done comes first.

    Examples
    --------
    >>> print(Advice(("There is no report yet.",), (("report demo", "runs the twelve notebooks"),)).words())
    There is no report yet.
    Next:
      icp-lab report demo    # runs the twelve notebooks
    """

    facts: tuple[str, ...]
    commands: tuple[tuple[str, str], ...]

    def words(self) -> str:
        """Say it for a terminal, in the language in force.

        Returns
        -------
        str
            The facts, then the commands, a line each.

        Examples
        --------
        >>> Advice(("All is well.",), ()).words().splitlines()
        ['All is well.', 'Next:']
        """
        return "\n".join([*self.facts, self.say_commands()])

    def say_commands(self, done: str = "") -> str:
        """Say the commands alone, but the one that has just been done.

        Parameters
        ----------
        done : str, default ''
            First word of the command that is left out; empty: none.

        Returns
        -------
        str
            A head, and a line a command.

        Examples
        --------
        >>> advice = Advice((), (("check demo", "what is there"), ("report demo", "runs the twelve notebooks")))
        >>> advice.say_commands("check").splitlines()
        ['Next:', '  icp-lab report demo    # runs the twelve notebooks']
        """
        left = [(command, purpose) for command, purpose in self.commands if command.split()[0] != done]
        return "\n".join([_("Next:"), *(f"  icp-lab {command}    # {purpose}" for command, purpose in left)])


def find_studies(place: Path) -> list[Path]:
    """Find the studies that lie in a folder, right there or up to two folders down.

    Parameters
    ----------
    place : Path
        A folder, or a study.yml.

    Returns
    -------
    list of Path
        The folders of the studies in order; `place` alone where it is a study itself.

    Examples
    --------
    >>> [path.as_posix() for path in find_studies(Path("data/demo"))], find_studies(Path("data/demo/interviews"))
    (['data/demo'], [])
    """
    found = [place] if place.is_file() else sorted({file.parent for pattern in _DEEP for file in place.glob(pattern)})
    return [place] if place in found else found


def advise_start(place: Path) -> Advice:
    """Advise where there is no study yet: the two ways to begin.

    Parameters
    ----------
    place : Path
        The folder; where tables lie in it, or in a folder right below, the command names them.

    Returns
    -------
    Advice
        That there is none, and a command for each way.

    Examples
    --------
    >>> [command for command, _purpose in advise_start(Path("nowhere")).commands]
    ['init my_study --from exports', 'demo demo']
    """
    folders = (place, *sorted(each for each in place.glob("[!.]*") if each.is_dir()))
    source = next((each for each in folders if any(list(each.glob(kind)) for kind in _FILES)), None)
    spoken = " --language ja" if language() == "ja" else ""
    shown = shlex.quote(str(source)) if source else "exports"
    return Advice((_("There is no study in this folder yet."),), (
        (f"init my_study --from {shown}", _("a study out of your exports in {folder}").format(folder=shown)),
        (f"demo demo{spoken}", _("a made-up company, to look around first"))))


def advise_choice(studies: list[Path]) -> Advice:
    """Advise where several studies lie.

    Parameters
    ----------
    studies : list of Path
        Their folders, as they are to stand in commands.

    Returns
    -------
    Advice
        How many there are, and a command for each of the first five.

    Examples
    --------
    >>> advise_choice([Path("data/demo"), Path("my study")]).commands[1]
    ("next 'my study'", 'how this one stands')
    """
    said = _("{n} studies lie here.").format(n=len(studies))
    return Advice((said,), tuple((f"next {shlex.quote(str(each))}", _("how this one stands"))
                                 for each in studies[:_MOST]))


def advise(folder: Path, out: Path | None, today: date) -> Advice:
    """Advise what comes next in a study.

    Parameters
    ----------
    folder : Path
        Folder of the study, or its study.yml, as it is to stand in commands.
    out : Path or None
        Folder of its report, where it was named.
    today : date
        The day by which a review is due or not.

    Returns
    -------
    Advice
        What is there, what waits, what is decided; and the first thing to do, with what follows from it. Where the
        study cannot be opened, why.

    Examples
    --------
    >>> advise(Path("data/demo"), Path("nowhere"), date(2026, 7, 1)).commands[1]
    ('report data/demo --out nowhere', 'runs the twelve notebooks')
    """
    usual, typed = choose_out(folder, None), shlex.quote(str(folder))
    beside = folder.resolve().parent / "reports" / usual.name
    place = _shorten(out or (beside if read_record(beside) and not read_record(usual) else usual))
    try:
        study = open_study(folder)
    except LabError as fault:
        return Advice((str(fault),), ((f"check {typed}", _("once that is put right")),))
    elsewhere = "" if place.resolve() == usual else f" --out {shlex.quote(str(place))}"
    return _Standing(study, place, typed, typed + elsewhere, today).tell()


def _shorten(path: Path) -> Path:
    """Say a place as it is seen from here, where it lies below."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _say_verdict(icp: ICP) -> str:
    names = read_declared("icp_lab.views", "names.toml")["verdict"]  # by itself: what stands within _() is extracted
    return _(names[icp.verdict])


@dataclass(frozen=True)
class _Standing:
    """A study and its report, and how both are typed in a command."""

    study: Study
    out: Path
    folder: str
    both: str
    today: date

    def tell(self) -> Advice:
        """Look at what people filled in, at the report, at what was decided; the first that waits comes next."""
        facts = [_("{name}, as of {date}").format(name=self.study.name, date=say_date(self.study.as_of))]
        nexts: tuple[tuple[str, str], ...] = ()
        looks = (self._look_at_answers, self._look_at_steps, self._look_at_profile)
        for look in looks if read_record(self.out) else (self._look_at_tables,):
            for fact, commands in look():
                facts.append(fact)
                nexts = nexts or commands
        return Advice(tuple(facts), nexts)

    def _look_at_tables(self) -> _Told:
        yield _("Tables: {names}").format(names=", ".join(self.study.tables)), ()
        yield _("There is no report yet."), (
            (f"check {self.folder}", _("what is there, and what is wrong where")),
            (f"report {self.both}", _("runs the twelve notebooks")))

    def _look_at_answers(self) -> _Told:
        place = self.out / "to_fill"
        try:
            found = find_filled(place, self.study) if place.is_dir() else None
            new = found.count_new(self.study) if found else 0
        except LabError as fault:
            yield str(fault), ()
            return
        if new:
            yield _("Filled in, and not collected yet: {n} in {folder}").format(n=new, folder=place), (
                (f"collect {self.both}", _("takes it into the study")), (f"report {self.both}", _("counts it")))
        if found and found.unfilled:
            yield _("To be filled in: {n} in {folder}").format(n=len(found.unfilled), folder=place), ()

    def _look_at_steps(self) -> _Told:
        with in_language(language()):  # the report's own, so that another one does not make it look out of date
            spoken = str(read_record(self.out).get("language", ""))
            plan = plan_report(self.study, self.out.resolve(), Wish(language=spoken))
        steps, again = tell_status(plan), (f"report {self.both}", _("brings it up to date"))
        late = [step for step in steps if step.state != "fresh"]
        yield _("Report: {place}, {fresh} of {n} steps hold.").format(
            place=self.out / "index.html", fresh=len(steps) - len(late), n=len(steps)), ()
        if failed := [step for step in late if step.state == "failed"]:
            yield _("Failed: {step}: {why}").format(step=failed[0].name, why=failed[0].why[0]), (
                (f"check {self.folder}", _("what is wrong where")), again)
        elif late:
            why = "; ".join(late[0].why) or _("not run")
            yield _("Not up to date, the first is {step}: {why}.").format(step=late[0].name, why=why), (again,)
        if waiting := sorted({table for step in steps for table in step.waiting}):
            yield _("Would say more with: {tables}.").format(tables=", ".join(waiting)), ()

    def _look_at_profile(self) -> _Told:
        proposed, held = (load_icp(file) if file.is_file() else None
                          for file in (self.out / FILE, self.study.folder / FILE))
        new = proposed.working_rule if proposed else None
        adopt = f"adopt {self.both} --by NAME --why TEXT", _("when it has been agreed on")
        if held is None:
            if proposed and new and new.criteria:
                yield _("Proposed, and not adopted yet: {rule} ({verdict}).").format(
                    rule=new.words(), verdict=_say_verdict(proposed)), (adopt,)
            return
        yield _("Version {version} is in force: {rule} ({verdict}).").format(
            version=held.version, rule=held.working_rule.words(), verdict=_say_verdict(held)), ()
        kept = shlex.quote(str(_shorten(self.study.folder / FILE)))
        if new and new != held.working_rule:
            yield _("The report proposes another: {rule}.").format(rule=new.words()), (
                (f"diff {kept} {shlex.quote(str(self.out / FILE))}", _("what would change")), adopt)
        due = str(held.data.get("next_review") or "-")
        score = f"score {kept} LEADS.csv SCORED.csv", _("says of new leads who fits")
        if due == "-" or due > self.today.isoformat():
            yield _("Next review: {date}").format(date=say_date(due)), (score,)
        else:
            yield _("A review is due since {date}: bring new exports, and set as_of.").format(date=say_date(due)), (
                (f"report {self.both}", _("looks at the new data")), score)
