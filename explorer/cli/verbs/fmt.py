"""``layerscope fmt``: lay out Dockerfiles, and change nothing else."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from explorer.cli import failures
from explorer.cli.commands import Verb
from explorer.cli.completing import complete_image
from explorer.cli.session import Session
from explorer.errors import DamagedImage, ExplorerError

if TYPE_CHECKING:
    from explorer.cli.dockerfiles import Dockerfile
    from explorer.cli.screen import Screen

_WOULD_CHANGE = 1


@dataclass(frozen=True, slots=True)
class _Formatted:
    """A Dockerfile, and its text as it should be."""

    file: Dockerfile
    old: str
    new: str

    @property
    def changed(self) -> bool:
        return self.old != self.new


def _fmt(dockerfiles: tuple[str, ...], check: bool, diff: bool) -> int:
    session = Session.current()
    only_look = check or diff
    if "-" in dockerfiles and len(dockerfiles) > 1:
        raise click.UsageError("Standard input is formatted by itself: name - alone")
    results, code = _formatted(dockerfiles or (".",), write=not only_look)
    if dockerfiles == ("-",) and not only_look and not session.json:
        sys.stdout.flush()
        sys.stdout.buffer.write(_bytes(results[0].new))
    elif results or not code:
        session.answer(
            lambda: _document(results, diff=diff),
            lambda screen: _page(screen, results, check=check, diff=diff),
        )
    return code or (_WOULD_CHANGE if only_look and any(one.changed for one in results) else 0)


def _formatted(dockerfiles: Sequence[str], *, write: bool) -> tuple[list[_Formatted], int]:
    """Format every file; the worst thing that went wrong on the way is the code."""
    from explorer.cli.dockerfiles import read_dockerfile
    from explorer.cli.replacing import replace_content
    from explorer.dockerfile.formatting.document import format_text

    results: list[_Formatted] = []
    code = 0
    for given in dict.fromkeys(dockerfiles):
        try:
            file = read_dockerfile(given)
            _must_be_text(file)
            one = _Formatted(file, file.text, format_text(file.text))
            if write and one.changed and file.path is not None:
                replace_content(file.path, _bytes(one.new))
        except ExplorerError as error:
            if len(dockerfiles) == 1:
                raise
            failures.say(str(error))
            code = code or error.exit_code
            continue
        results.append(one)
    return results, code


def _must_be_text(file: Dockerfile) -> None:
    """A program that was named by mistake is not written to."""
    if b"\0" in file.data:
        raise DamagedImage(
            f"{file.name} is no text", why="it holds null bytes", hint="Name a Dockerfile"
        )


def _bytes(text: str) -> bytes:
    from explorer.dockerfile.gotext import encode

    return encode(text)


def _document(results: Sequence[_Formatted], *, diff: bool) -> dict[str, Any]:
    from explorer.cli.checkdocument import printable

    files: list[dict[str, Any]] = []
    for one in results:
        row: dict[str, Any] = {"file": printable(one.file.name), "changed": one.changed}
        if one.file.path is None:
            row["text"] = printable(one.new)
        if diff:
            row["diff"] = printable("\n".join(_diff(one)))
        files.append(row)
    return {"schema": 1, "files": files}


def _page(screen: Screen, results: Sequence[_Formatted], *, check: bool, diff: bool) -> None:
    from explorer.cli.checkpage import shown
    from explorer.cli.screen import Styled
    from explorer.cli.text import plural

    changed = [one for one in results if one.changed]
    if diff:
        styles = {"+": "green", "-": "red", "@": "cyan"}
        for one in changed:
            for line in _diff(one):
                screen.line(Styled(shown(line), styles.get(line[:1], "")))
        return
    for one in changed:
        screen.line("would change " if check else "changed ", shown(one.file.name))
    same = len(results) - len(changed)
    parts = [plural(len(changed), "file") + (" would change" if check else " changed")]
    parts = (parts if changed else []) + ([f"{plural(same, 'file')} fine as is"] if same else [])
    screen.line(", ".join(parts) + ".")


def _diff(one: _Formatted) -> Iterator[str]:
    """The difference as ``diff -u`` prints it, without line ends."""
    if not one.changed:
        return
    old, new = one.old.split("\n"), one.new.split("\n")
    yield from difflib.unified_diff(old, new, one.file.name, one.file.name, lineterm="")


fmt = Verb(
    "fmt",
    params=[
        click.Argument(
            ["dockerfiles"],
            metavar="[DOCKERFILE...]",
            nargs=-1,
            shell_complete=complete_image,
        ),
        click.Option(
            ["--check"],
            is_flag=True,
            help="Write nothing; end with exit code 1 if anything would change.",
        ),
        click.Option(
            ["--diff"],
            is_flag=True,
            help="Write nothing; show what would change, with exit code 1 if anything would.",
        ),
    ],
    callback=_fmt,
    help="""Lay out Dockerfiles in place: white space, indentation of continued lines, empty lines.

    What is executed, expanded or checked stays the same, character for character; scripts,
    here-documents, values and the case of keywords are left alone. DOCKERFILE is a file, a folder
    with a Dockerfile in it, or - to go from standard input to standard output.""",
    examples=[
        ("layerscope fmt", "the Dockerfile in this folder"),
        ("layerscope fmt Dockerfile --diff", "show what would change"),
        ("layerscope fmt --check docker/*", "for continuous integration"),
        ("layerscope fmt - < Dockerfile", "for an editor"),
    ],
)
