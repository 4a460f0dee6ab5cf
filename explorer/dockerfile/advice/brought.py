"""What steps bring into an image: copied paths, downloads, packages."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from explorer.dockerfile.advice.facts import normal
from explorer.dockerfile.advice.managers import SYSTEM_VERBS
from explorer.dockerfile.advice.scripts import Script
from explorer.dockerfile.advice.shell import ShellCommand
from explorer.dockerfile.advice.subject import Line, Subject, absolute
from explorer.dockerfile.commands import model

PACKAGES: Final = {
    "apt-get": ("install", ("remove", "purge", "autoremove")),
    "apt": ("install", ("remove", "purge", "autoremove")),
    "apk": ("add", ("del",)),
    "dnf": ("install", ("remove", "erase")),
    "yum": ("install", ("remove", "erase")),
    "microdnf": ("install", ("remove",)),
}
"""For each package manager the verb that installs, and those that remove."""

REMEMBERED: Final = 256
"""How many things that steps brought are kept in mind, the last ones."""

_OUTPUTS: Final = {"curl": ("-o", "--output"), "wget": ("-O", "--output-document")}


@dataclass(frozen=True, slots=True)
class Brought:
    """What a step brought: a path, or with ``package`` a name; ``whole`` tells a folder's content.

    ``sources`` are those in the build context.
    """

    line: Line
    path: str
    whole: bool = False
    package: bool = False
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doing:
    """A command of a step, and the folder it works in, ``""`` where that is unknown."""

    line: Line
    script: Script
    command: ShellCommand
    folder: str

    def path(self, word: str) -> str:
        """A path of the command, made absolute; ``""`` where that cannot be told."""
        return absolute(word, self.folder) if self.folder or word.startswith("/") else ""

    @property
    def verb(self) -> str:
        """The first argument that is no option; of package managers, the first verb they know."""
        operands = self.command.operands
        if self.command.name in PACKAGES:
            found = self.command.verb_among(SYSTEM_VERBS)
            return found.value if found is not None else ""
        return operands[0].value if operands else ""


def doings(line: Line) -> Iterator[Doing]:
    """The commands of a step in order."""
    for read in line.scripts:
        folder = line.step.settings.workdir or "/"
        for command in read.commands:
            doing = Doing(line, read.script, command, folder)
            yield doing
            if command.name in ("cd", "pushd"):
                target = command.operands[0] if command.operands else None
                known = target is not None and target.literal and not target.value.startswith("~")
                folder = doing.path(target.value) if target is not None and known else ""


def brought_by(subject: Subject, line: Line) -> Iterator[Brought]:
    """What a step brings."""
    yield from _copied(subject, line)
    for doing in doings(line):
        yield from _downloads(doing)
        yield from _packages(doing)


def _copied(subject: Subject, line: Line) -> Iterator[Brought]:
    command = line.step.command
    if not isinstance(command, model.Copy | model.Add):
        return
    transfer, context = command.transfer, subject.facts.context
    from_context = line.transfer is not None
    destination = transfer.destination.value
    to = line.goes_to(destination)
    into = destination.endswith(("/", "/.")) or destination == "."
    into = into or len(transfer.sources) + len(transfer.inline) > 1
    for source in transfer.sources:
        name = source.value.rstrip("/").rpartition("/")[2]
        folder = source.value.endswith("/") or normal(source.value) == "" or "*" in name
        if folder or (from_context and context is not None and context.is_directory(source.value)):
            yield Brought(line, to, True, sources=(source.value,) if from_context else ())
        else:
            yield Brought(line, posixpath.join(to, name) if into else to)


def _downloads(doing: Doing) -> Iterator[Brought]:
    command = doing.command
    paths: list[str] = []
    if command.name in _OUTPUTS:
        words = command.arguments
        for option, value in pairwise(words):
            if _names_output(command.name, option.value) and value.literal:
                paths.append(value.value)
        if _keeps_name(command):
            paths += _names_of_urls(command)
    elif command.name == "git" and doing.verb == "clone" and len(command.operands) == 3:
        target = command.operands[2]
        paths += [target.value] if target.literal else []
    for path in paths:
        at = doing.path(path) if path not in ("-", "/dev/null", "") else ""
        if at:
            yield Brought(doing.line, at, whole=command.name == "git")


def _names_output(name: str, option: str) -> bool:
    if option in _OUTPUTS[name]:
        return True
    letter = _OUTPUTS[name][0][-1]
    return option.startswith("-") and not option.startswith("--") and option.endswith(letter)


def _keeps_name(command: ShellCommand) -> bool:
    """Whether a download is named as its address ends."""
    short = "".join(o[1:] for o in command.options if not o.startswith("--"))
    if command.name == "wget":
        return "O" not in short and not command.has("--output-document", "-P")
    return "O" in short or command.has("--remote-name")


def _names_of_urls(command: ShellCommand) -> Iterator[str]:
    for word in command.operands:
        if word.literal and "://" in word.value:
            yield word.value.partition("?")[0].rpartition("/")[2]


def _packages(doing: Doing) -> Iterator[Brought]:
    verb, _ = PACKAGES.get(doing.command.name, ("", ()))
    if not verb or doing.verb != verb:
        return
    for word in doing.command.operands:
        if word.value != verb:
            yield Brought(doing.line, word.value.partition("=")[0], package=True)
    for option in doing.command.options:
        if option.startswith("--virtual="):
            yield Brought(doing.line, option.partition("=")[2], package=True)
