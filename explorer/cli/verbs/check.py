"""``layerscope check``: what is wrong with Dockerfiles, and what could be better."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from explorer.cli import failures
from explorer.cli.commands import Verb
from explorer.cli.completing import complete_image
from explorer.cli.completingstages import complete_folder, complete_stage
from explorer.cli.session import Session
from explorer.errors import ExplorerError

if TYPE_CHECKING:
    from explorer.cli.checking import Checkup, Wanted

_FAILED = 1
_FORMATS = ("text", "json", "sarif", "github")


def _check(
    dockerfiles: tuple[str, ...],
    context: str | None,
    build_arg: tuple[str, ...],
    target: str,
    platform: str | None,
    form: str | None,
    rules: bool,
    fix: bool,
    fail_on: str,
    skip: tuple[str, ...],
    advice: bool,
    hadolint: bool | None,
    shellcheck: bool | None,
) -> int:
    session = Session.current()
    if session.json and form not in (None, "json"):
        raise click.UsageError(f"--json and --format {form} exclude each other")
    session.settings.json = session.json or form == "json"
    if rules:
        return _rules(session)
    if fix and "-" in dockerfiles:
        raise click.UsageError("--fix writes files: name one instead of -")
    wanted = _wanted(context, build_arg, target, platform, skip, advice, hadolint, shellcheck)
    checkups, code = _checkups(dockerfiles or (".",), wanted, fix=fix, debug=session.settings.debug)
    if checkups or not code:
        _answer(session, checkups, form or "text")
    return code or _verdict(checkups, fail_on)


def _wanted(
    context: str | None,
    build_arg: tuple[str, ...],
    target: str,
    platform: str | None,
    skip: tuple[str, ...],
    advice: bool,
    hadolint: bool | None,
    shellcheck: bool | None,
) -> Wanted:
    from explorer.cli.buildinputs import arguments
    from explorer.cli.checking import Wanted, skipped_rules
    from explorer.dockerfile.linters.linting import Linters
    from explorer.oci.platform import Platform

    return Wanted(
        context=Path(context) if context is not None else None,
        arguments=arguments(build_arg),
        target=target,
        platform=Platform.parse(platform) if platform is not None else None,
        advice=advice,
        linters=Linters(hadolint, shellcheck),
        skipped=skipped_rules(skip),
    )


def _checkups(
    dockerfiles: Sequence[str], wanted: Wanted, *, fix: bool, debug: bool
) -> tuple[list[Checkup], int]:
    """Check every file; the worst thing that went wrong on the way is the code."""
    from explorer.cli.checking import check_up
    from explorer.cli.dockerfiles import read_dockerfile
    from explorer.cli.replacing import replace_content

    checkups: list[Checkup] = []
    code = 0
    for given in dict.fromkeys(dockerfiles):
        try:
            checkup = check_up(read_dockerfile(given), wanted, fix=fix)
            if checkup.fixed and checkup.file.path is not None:
                replace_content(checkup.file.path, checkup.file.data)
        except ExplorerError as error:
            if len(dockerfiles) == 1:
                raise
            failures.say(str(error))
            code = code or error.exit_code
            continue
        checkups.append(checkup)
        for note in checkup.notes:
            failures.say(f"{checkup.file.name}: {note}")
        if debug and checkup.absent:
            failures.say(f"not installed, so not asked: {', '.join(checkup.absent)}")
        if checkup.damage is not None:
            failures.say(str(checkup.damage))
            code = code or checkup.damage.exit_code
    return checkups, code


def _answer(session: Session, checkups: Sequence[Checkup], form: str) -> None:
    if form == "sarif":
        from explorer.cli.sarif import sarif_document

        json.dump(sarif_document(checkups), sys.stdout, indent=2)
        sys.stdout.write("\n")
    elif form == "github":
        from explorer.cli.checkpage import github_lines

        for checkup in checkups:
            for line in github_lines(checkup):
                sys.stdout.write(line + "\n")
    else:
        from explorer.cli.checkdocument import check_document
        from explorer.cli.checkpage import check_page

        session.answer(
            lambda: check_document(checkups), lambda screen: check_page(screen, checkups)
        )


def _verdict(checkups: Sequence[Checkup], fail_on: str) -> int:
    from explorer.dockerfile.advice.model import Level

    level = None if fail_on == "never" else Level(fail_on)
    return _FAILED if any(checkup.fails(level) for checkup in checkups) else 0


def _rules(session: Session) -> int:
    from explorer.cli.checkdocument import rules_document
    from explorer.cli.checkrules import all_rules, rules_page

    rules = all_rules()
    return session.answer(lambda: rules_document(rules), lambda screen: rules_page(screen, rules))


check = Verb(
    "check",
    params=[
        click.Argument(
            ["dockerfiles"],
            metavar="[DOCKERFILE...]",
            nargs=-1,
            shell_complete=complete_image,
        ),
        click.Option(
            ["--context"],
            metavar="DIR",
            shell_complete=complete_folder,
            help="The build context; without it, the folder of the Dockerfile.",
        ),
        click.Option(
            ["--build-arg"],
            multiple=True,
            metavar="NAME[=VALUE]",
            help="A build argument; without a value, the environment's.",
        ),
        click.Option(
            ["--target"],
            default="",
            metavar="STAGE",
            shell_complete=complete_stage,
            help="Check what this stage takes.",
        ),
        click.Option(
            ["--platform"], metavar="OS/ARCH[/VARIANT]", help="The platform to build for."
        ),
        click.Option(
            ["--format", "form"],
            type=click.Choice(_FORMATS),
            help="text for people, json, sarif for code scanning, github for annotations.",
        ),
        click.Option(["--rules"], is_flag=True, help="List all rules, with why they matter."),
        click.Option(["--fix"], is_flag=True, help="Make the quick fixes that are safe."),
        click.Option(
            ["--fail-on"],
            type=click.Choice(("error", "warning", "info", "never")),
            default="warning",
            show_default=True,
            help="End with exit code 1 if anything matters at least so much.",
        ),
        click.Option(
            ["--skip"],
            multiple=True,
            metavar="RULE[,RULE...]",
            help="Rules that say nothing: a name of --rules, or a linter's such as DL3008.",
        ),
        click.Option(
            ["--advice/--no-advice"],
            default=True,
            help="Advice besides BuildKit's own checks; given unless refused.",
        ),
        click.Option(
            ["--hadolint/--no-hadolint"],
            default=None,
            help="Ask hadolint, too; asked where it is installed.",
        ),
        click.Option(
            ["--shellcheck/--no-shellcheck"],
            default=None,
            help="Ask ShellCheck about RUN; asked where it is installed.",
        ),
    ],
    callback=_check,
    help="""Check Dockerfiles: BuildKit's checks as docker build --check has them, advice on cache,
    size and secrets, and what hadolint and ShellCheck say where they are installed.

    DOCKERFILE is a file, a folder with a Dockerfile or Containerfile in it, or - for standard
    input; without it, the current folder. Nothing is run and nothing fetched.

    A comment above an instruction switches a rule off there: # check=skip=RULE. As the first line
    of the file it does so everywhere.""",
    examples=[
        ("layerscope check", "the Dockerfile in this folder"),
        ("layerscope check Dockerfile --fix", "mend what can be mended safely"),
        ("layerscope check docker/Dockerfile --context .", "with another build context"),
        ("layerscope check . --format sarif > check.sarif", "for code scanning"),
        ("layerscope check --rules", "every rule, and why it matters"),
    ],
)
