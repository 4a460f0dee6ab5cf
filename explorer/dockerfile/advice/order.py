"""Advice about order: what changes often comes after what takes long."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Final

from explorer.dockerfile.advice import rules
from explorer.dockerfile.advice.brought import REMEMBERED
from explorer.dockerfile.advice.facts import normal
from explorer.dockerfile.advice.installs import Installer, installer_of
from explorer.dockerfile.advice.model import Fix, Level
from explorer.dockerfile.advice.scripts import Script
from explorer.dockerfile.advice.shell import ShellCommand
from explorer.dockerfile.advice.subject import Found, Line, Subject, absolute, inside
from explorer.dockerfile.gotext import shorten
from explorer.dockerfile.services.edits import TextEdit
from explorer.dockerfile.words import Word

_WHOLE: Final = frozenset({"", ".", "*", "**"})


def findings(subject: Subject) -> Iterator[Found]:
    """Whole sources copied before dependencies are installed."""
    for lines in subject.lines.values():
        yield from _stage(subject, lines)


def _stage(subject: Subject, lines: tuple[Line, ...]) -> Iterator[Found]:
    copies: deque[tuple[Line, Word, str]] = deque(maxlen=REMEMBERED)
    installed: set[str] = set()
    for line in lines:
        copies.extend(_wide_copies(subject, line))
        folder = line.step.settings.workdir or "/"
        for script, command in line.commands:
            if command.name == "cd" and command.operands:
                folder = absolute(command.operands[0].value, folder)
                continue
            installer = installer_of(command)
            if installer is None or _mounts_manifest(line, installer):
                continue
            place = _folder_of(command, installer, folder)
            copy = next((c for c in copies if _brings(subject, c, installer, place)), None)
            if copy is not None and installer.title not in installed:
                yield _found(subject, lines, copy, line, script, command, installer)
            installed.add(installer.title)


def _wide_copies(subject: Subject, line: Line) -> Iterator[tuple[Line, Word, str]]:
    """Sources from the build context that are folders, and where their content goes."""
    transfer = line.transfer
    if transfer is None:
        return
    for source in transfer.sources:
        path = normal(source.value)
        context = subject.facts.context
        known = context is not None and context.is_directory(path)
        if path in _WHOLE or known or source.value.endswith("/"):
            yield line, source, line.goes_to(transfer.destination.value)


def _mounts_manifest(line: Line, installer: Installer) -> bool:
    run = line.run
    return run is not None and any(
        mount.type == "bind" and installer.is_manifest(mount.target or mount.source)
        for mount in run.mounts
    )


def _folder_of(command: ShellCommand, installer: Installer, folder: str) -> str:
    """The folder whose manifest a command reads."""
    for word in command.words:
        name = word.value.partition("=")[2] or word.value
        if installer.is_manifest(name) and "/" in name:
            return absolute(name.rpartition("/")[0] or "/", folder)
    return folder


def _brings(
    subject: Subject, copy: tuple[Line, Word, str], installer: Installer, folder: str
) -> bool:
    _, source, destination = copy
    if not inside(folder, destination):
        return False
    context = subject.facts.context
    if context is None or not context.whole:
        return normal(source.value) in _WHOLE or folder == destination
    below = folder[len(destination.rstrip("/")) :].strip("/")
    parts = [part for part in (normal(source.value).strip("*"), below) if part]
    if not parts and not context.sent:
        return True
    return any(context.has("/".join([*parts, name])) for name in installer.manifests)


def _found(
    subject: Subject,
    lines: tuple[Line, ...],
    copy: tuple[Line, Word, str],
    line: Line,
    script: Script,
    command: ShellCommand,
    installer: Installer,
) -> Found:
    copying, source, _ = copy
    name = installer.manifests[0]
    words = (word.value for word in command.words[:3] if not word.value.startswith("-"))
    what = shorten(" ".join(words))
    message = (
        f"Any changed file of {source.value} makes {what} (line {line.step.line}) run again: "
        f"copy {name} and install before this"
    )
    fixes = _reordered(subject, lines, copying, line, command, installer)
    level = Level.INFO if _is_cached(line) else None
    span = copying.step.span_of(source)
    return copying.found(rules.COPY_BEFORE_INSTALL, message, span, *fixes, level=level)


def _is_cached(line: Line) -> bool:
    """With a cache mounted the install still runs, but downloads little."""
    run = line.run
    return run is not None and any(mount.type == "cache" for mount in run.mounts)


def _reordered(
    subject: Subject,
    lines: tuple[Line, ...],
    copying: Line,
    line: Line,
    command: ShellCommand,
    installer: Installer,
) -> tuple[Fix, ...]:
    """COPY of the manifests and the RUN go before the COPY, where they follow each other."""
    transfer, at = copying.transfer, lines.index(copying)
    if transfer is None or len(transfer.sources) != 1 or lines[at + 1 : at + 2] != (line,):
        return ()
    if normal(transfer.sources[0].value) != "" or len(list(line.commands)) != 1:
        return ()
    manifests = _manifests(subject, installer)
    workdir = line.step.settings.workdir or "/"
    if not manifests or copying.goes_to(transfer.destination.value) != workdir:
        return ()
    text, run, copy = subject.text, line.step.instruction, copying.step.instruction
    if text[copy.end : run.start].strip() or run.heredocs or run.name != "RUN":
        return ()
    moved = text[run.start : run.end].rstrip("\n")
    before = f"COPY {' '.join(manifests)} ./\n{moved}\n"
    edits = (TextEdit(copy.start, copy.start, before), TextEdit(copy.end, run.end, ""))
    if run.end == len(text) and not text.endswith("\n"):
        edits = (edits[0], TextEdit(copy.span.end, run.end, ""))
    return (Fix(f"Copy {manifests[0]} and install first", edits, safe=False),)


def _manifests(subject: Subject, installer: Installer) -> tuple[str, ...]:
    context = subject.facts.context
    if context is not None:
        return tuple(name for name in installer.manifests if context.has(name))
    return installer.manifests[:1] if installer.title in ("uv", "pip", "pip3") else ()
