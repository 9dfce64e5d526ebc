"""The command line: `icp-lab`. Each command says in words what it did, or in one message why it did not."""

# ruff: noqa: PLC0415  (a command imports what it needs: nobody should wait for pandas to read a help page)

import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from icp_lab.errors import LabError, utter
from icp_lab.locale import LANGUAGES, _, set_language

if TYPE_CHECKING:
    from icp_lab.icp import ICP
    from icp_lab.report.next import Advice
    from icp_lab.study import Study

app = typer.Typer(
    name="icp-lab", add_completion=False, pretty_exceptions_enable=False,
    help="From a company's own exports to an Ideal Customer Profile, with the evidence for it. Without a command: what "
         "comes next in this folder.")

Folder = Annotated[Path, typer.Argument(help="The study's folder, or its study.yml.", metavar="DIR")]
NewFolder = Annotated[Path, typer.Argument(help="Folder of the new study.", metavar="DIR")]
Out = Annotated[Path | None, typer.Option(help="Folder of the report; reports/NAME if left out, NAME as the study's.")]
Language = Annotated[str, typer.Option(help="Language of what is written: en or ja; the study's own if left out.")]
Profile = Annotated[Path, typer.Argument(help="An icp.yml.", metavar="ICP.yml")]
Settings = Annotated[
    list[str] | None, typer.Option("--set", help="STEP.NAME=VALUE: a parameter of a notebook. May be given often.")]


@app.callback(invoke_without_command=True)
def _begin(context: typer.Context) -> None:
    """Tell what comes next where no command is given."""
    if context.invoked_subcommand is None:
        _tell_next(Path())


@app.command("next")
def _tell_next(
    folder: Annotated[Path, typer.Argument(help="A study, or a folder of studies.", metavar="[DIR]")] = Path(),
    out: Out = None, language: Language = "") -> None:
    """Say how a study stands, and which command comes next."""
    from icp_lab.report.next import advise_choice, advise_start, find_studies

    studies = find_studies(folder)
    if len(studies) == 1:
        _speak(studies[0], language)
        print(_advise(studies[0], out).words())
        return
    _choose_language(language)
    print((advise_choice(studies) if studies else advise_start(folder)).words())


@app.command("init")
def _init(
    folder: NewFolder,
    source: Annotated[Path | None, typer.Option("--from", help="A folder of exports to begin with.")] = None,
    wanted: Annotated[str, typer.Option("--format", help="What the exports come from: hubspot, ledger...")] = "",
    language: Language = "") -> None:
    """Begin a study: a study.yml that explains itself, out of the exports in a folder or with a template a table."""
    from icp_lab.study.begin import init_study

    if source is not None:
        from icp_lab.study.propose import propose_study

        found = propose_study(source, folder, _choose_language(language), wanted)
        _speak(folder, language)
        print(found.words())
        return
    file = init_study(folder, _choose_language(language) or "en")
    words = _("{file} is there. Put your tables beside it, name them in it, then run: icp-lab check {folder}")
    print(words.format(file=file, folder=folder))


@app.command("check")
def _check(folder: Folder, language: Language = "") -> None:
    """Say what is there, what is usable, and what is wrong where."""
    from icp_lab.study.check import check_study

    _speak(folder, language)
    report = check_study(folder)
    print(report.words())
    if not report.ok:
        raise typer.Exit(1)
    print(_advise(folder).say_commands("check"))


@app.command("report")
def _report(  # noqa: PLR0913, PLR0917  (the options of the contract)
    folder: Folder, out: Out = None, settings: Settings = None,
    only: Annotated[str, typer.Option(help="One step, with those that it needs.", metavar="STEP")] = "",
    language: Language = "",
    jobs: Annotated[int, typer.Option(help="How many notebooks run at a time.", min=1, max=64)] = 2,
    minutes: Annotated[float, typer.Option(help="How long a notebook may take before it is stopped.", min=0.01)] = 120,
) -> None:
    """Run what has changed, and put the report together."""
    from icp_lab.report.make import Wish, choose_out, make_report

    place = choose_out(folder, out)
    _speak(folder, language)
    wish, index = Wish(tuple(settings or ()), only, language, jobs, minutes=minutes), place / "index.html"
    run = make_report(folder, place, wish)
    broken = [name for name, step in run.steps.items() if step.state in ("failed", "skipped")]
    for words in run.unmade.values():
        print(words, file=sys.stderr)
    if broken:
        words = _("Not finished: {steps}. Their pages say why; the others are done: {index}")
        print(words.format(steps=", ".join(broken), index=index), _advise(folder, out).say_commands(), sep="\n",
              file=sys.stderr)
    if not run.ok:
        raise typer.Exit(1)
    said = _("Nothing has changed: {index}") if run.idle else _("The report is ready: {index}")
    print(said.format(index=index), _advise(folder, out).say_commands(), sep="\n")


@app.command("status")
def _status(folder: Folder, out: Out = None, settings: Settings = None, language: Language = "") -> None:
    """Say which steps hold, which do not and why, and which wait for input."""
    from icp_lab.report.make import Wish, plan_report, tell_status

    study, place = _open_study(folder, language, out)
    for step in tell_status(plan_report(study, place, Wish(tuple(settings or ()), language=language))):
        print(step.words())
    print(_advise(folder, out).say_commands())


@app.command("why")
def _why(
    folder: Folder, account: Annotated[str, typer.Argument(help="The account's id, or its name.", metavar="ACCOUNT")],
    out: Out = None, language: Language = "") -> None:
    """Say which criteria an account meets, fails and leaves open, and which known cases resemble it."""
    from icp_lab.report.why import explain

    print("\n".join(explain(*_open_study(folder, language, out), account).words()))


@app.command("adopt")
def _adopt(
    folder: Folder, by: Annotated[str, typer.Option(help="Who decides it.", metavar="NAME")],
    reason: Annotated[str, typer.Option("--why", help="For which reason.", metavar="TEXT")],
    out: Out = None, language: Language = "") -> None:
    """Make the definition of the last run the study's; the one before is kept."""
    from icp_lab.icp.versions import adopt as adopt_definition

    study, place = _open_study(folder, language, out)
    icp = adopt_definition(study.folder, place, by=by, why=reason, on=date.today())
    print(_("Adopted as version {version}: {file}").format(version=icp.version, file=study.folder / "icp.yml"))
    print(_advise(folder, out).say_commands())


@app.command("rollback")
def _rollback(
    folder: Folder,
    version: Annotated[str, typer.Argument(help="The version to put back in force.", metavar="VERSION")],
    language: Language = "") -> None:
    """Put a former version of the study's definition back in force."""
    from icp_lab.icp.versions import rollback as put_back

    study, _place = _open_study(folder, language)
    put_back(study.folder, version)
    print(_("Version {version} is in force again.").format(version=version))
    print(_advise(folder).say_commands())


@app.command("diff")
def _diff(
    old: Annotated[Path, typer.Argument(help="An icp.yml.", metavar="OLD.yml")],
    new: Annotated[Path, typer.Argument(help="Another.", metavar="NEW.yml")], language: Language = "") -> None:
    """Say in words what changed from one definition to another: criteria, evidence, tiers."""
    from icp_lab.icp import load_icp
    from icp_lab.views.changes import tell_changes

    _choose_language(language)
    print("\n".join(tell_changes(load_icp(old).data, load_icp(new).data)) or _("Both say the same."))


@app.command("score")
def _score(
    profile: Profile,
    source: Annotated[Path, typer.Argument(help="CSV or Parquet, a row an account or lead.", metavar="IN")],
    target: Annotated[Path, typer.Argument(help="CSV or Parquet to write.", metavar="OUT")],
    language: Language = "") -> None:
    """Add to each row of a file whether it fits: icp_fit (in, out, unknown), icp_tier, icp_reasons, icp_version."""
    from icp_lab.icp.score import score_file

    icp = _open_profile(profile, language)
    print("\n".join(score_file(icp, source, target, progress=sys.stdout.isatty()).words()))
    print(_("Written: {file}").format(file=target))


@app.command("sql")
def _sql(
    profile: Profile,
    dialect: Annotated[str, typer.Option(help="duckdb, postgres, snowflake, bigquery or spark.")] = "duckdb",
    language: Language = "") -> None:
    """Print the profile as a boolean SQL expression: true inside, false outside, null where a value is missing."""
    from typing import get_args

    from icp_lab.process.values import check_choice
    from icp_lab.rule import Dialect

    icp = _open_profile(profile, language)
    check_choice("--dialect", dialect, get_args(Dialect))
    print(icp.working_rule.sql(dialect))  # type: ignore[arg-type]  # just checked


@app.command("collect")
def _collect(folder: Folder, out: Out = None, language: Language = "") -> None:
    """Copy what people filled in from the report to its place in the study, never over a file."""
    from icp_lab.study.begin import collect as collect_filled

    study, place = _open_study(folder, language, out)
    found = collect_filled(place / "to_fill", study)
    said = [_("Copied: {file}").format(file=path) for path in found.copied]
    if n := len(found.unfilled):
        said.append(_("Not filled in yet: {n} in {folder}").format(n=n, folder=place / "to_fill"))
    said += [_("Name the table {table} in study.yml, so that it is read.").format(table=table)
             for table in found.unnamed]
    print("\n".join(said if found.copied else [*said, _("There was nothing new to copy.")]))
    print(_advise(folder, out).say_commands())


@app.command("demo")
def _demo(
    folder: NewFolder,
    accounts: Annotated[int, typer.Option(help="How many accounts.", min=20, max=1_000_000)] = 600,
    seed: Annotated[int, typer.Option(help="The same seed gives the same company.", min=0)] = 0,
    null: Annotated[bool, typer.Option("--null", help="Without anything to find.")] = False,
    language: Language = "") -> None:
    """Make a synthetic company whose truth is known; it is written to truth.json, which the lab never reads."""
    from icp_lab.worlds import write_demo

    if folder.exists() and any(folder.iterdir()):
        raise utter("run.folder_filled", folder=folder)
    write_demo(folder, accounts, seed, not null, _choose_language(language) or "en")
    print(_("The study is ready. Now run: icp-lab report {folder}").format(folder=folder))


def main() -> None:
    """Run the command line.

    A refusal is one message on standard error, never a traceback.

    Raises
    ------
    SystemExit
        At the end, with the status: 0, 1 after a refusal, 2 where the command line cannot be read.

    Examples
    --------
    >>> from unittest.mock import patch
    >>> with patch("sys.argv", ["icp-lab", "check", "nowhere"]):
    ...     main()
    Traceback (most recent call last):
    SystemExit: 1
    """
    set_language(_terminal_language())
    try:
        app()
    except (LabError, OSError) as error:
        # No rights, no room, a folder where a file should be: the system's words say which.
        print(error if isinstance(error, LabError) else
              utter("run.place_unusable", path=error.filename or "?", fault=error.strerror or error), file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print(_("Stopped. Finished steps stay; the next run goes on from there."), file=sys.stderr, flush=True)
        os._exit(130)  # the workers wait for their kernels, which end by themselves once this process is gone


def _terminal_language() -> str:
    """Take the language of messages from the environment until the study's is known."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "ja" if locale.lower().startswith("ja") else "en"


def _choose_language(language: str) -> str:
    if language and language not in LANGUAGES:
        raise utter("run.language_unknown", name=language, names=LANGUAGES)
    if language:
        set_language(language)
    return language


def _open_study(folder: Path, language: str, out: Path | None = None) -> "tuple[Study, Path]":
    """Open a study and find the folder of its report, in the language asked for, else the study's."""
    from icp_lab.report.make import choose_out
    from icp_lab.study import open_study

    _speak(folder, language)
    return open_study(folder), choose_out(folder, out)


def _advise(folder: Path, out: Path | None = None) -> "Advice":
    """Find what comes next in a study, in the language in force."""
    from icp_lab.report.next import advise

    return advise(folder, out, date.today())


def _open_profile(path: Path, language: str) -> "ICP":
    """Open a profile that is to be applied, in the language asked for, else its own; say so if it is no claim."""
    from icp_lab.icp.profile import load_icp

    icp = load_icp(path)
    _choose_language(language or str(icp.data.get("language") or ""))
    if not icp.working_rule.criteria:
        raise utter("icp.nothing_to_score")
    if not icp.rule.criteria:
        print(_("The profile claims nothing: its refused rule is used, as a hypothesis."), file=sys.stderr)
    return icp


def _speak(folder: Path, language: str) -> None:
    """Speak the language asked for, else the study's, else the terminal's where the study cannot be read."""
    if _choose_language(language):
        return
    from icp_lab.study.config import peek_language

    set_language(peek_language(folder) or _terminal_language())  # what is wrong, the command itself will say
