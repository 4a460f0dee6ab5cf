"""Advice about bytes that are stored and not seen: deleted later, or stored a second time."""

from __future__ import annotations

import posixpath
from collections import deque
from collections.abc import Iterator

from explorer.dockerfile.advice import rules
from explorer.dockerfile.advice.brought import (
    PACKAGES,
    REMEMBERED,
    Brought,
    Doing,
    brought_by,
    doings,
)
from explorer.dockerfile.advice.facts import ContextFacts, normal
from explorer.dockerfile.advice.model import Fix, Level
from explorer.dockerfile.advice.shell import ShellWord
from explorer.dockerfile.advice.subject import Found, Subject, inside
from explorer.dockerfile.commands import model
from explorer.dockerfile.gotext import shorten
from explorer.dockerfile.services.edits import TextEdit


def findings(subject: Subject) -> Iterator[Found]:
    """What is deleted or changed after the step that stored it."""
    brought: deque[Brought] = deque(maxlen=REMEMBERED)
    for stage in subject.chain:
        for line in subject.lines[stage.index]:
            # What a step brings itself it may delete and change for nothing.
            for doing in doings(line):
                yield from _deleted(subject, brought, doing)
                yield from _uninstalled(brought, doing)
                yield from _changed(brought, doing)
            brought.extend(brought_by(subject, line))


def _deleted(subject: Subject, brought: deque[Brought], doing: Doing) -> Iterator[Found]:
    if doing.command.name != "rm":
        return
    for word in doing.command.operands:
        path = doing.path(word.value) if word.literal else ""
        earlier = _stored(subject, brought, path) if path else None
        if earlier is not None:
            yield _told(doing, word, earlier, "Deletes")
            return


def _uninstalled(brought: deque[Brought], doing: Doing) -> Iterator[Found]:
    _, verbs = PACKAGES.get(doing.command.name, ("", ()))
    if doing.verb not in verbs:
        return
    packages = {one.path: one for one in brought if one.package}
    for word in doing.command.operands:
        if word.value in packages:
            yield _told(doing, word, packages[word.value], "Removes")
            return


def _told(doing: Doing, word: ShellWord, earlier: Brought, verb: str) -> Found:
    step = earlier.line.step
    name = step.instruction.statement.name
    message = f"{verb} {shorten(word.value)}, which the layer of {name} in line {step.line} keeps"
    return doing.line.found(rules.DELETED_BUT_STORED, message, doing.script.span_of(word))


def _stored(subject: Subject, brought: deque[Brought], path: str) -> Brought | None:
    """What was brought to a path that is deleted, the last of it."""
    content, target = path.endswith("/*"), path.removesuffix("/*")
    if target in ("", "/") or "*" in target:
        return None
    for one in reversed(brought):
        if one.package:
            continue
        if inside(one.path, target) and not (content and one.path == target and not one.whole):
            return one
        if one.whole and one.path != "/" and inside(target, one.path):
            # A folder was copied; whether this was in it only the context can tell.
            context = subject.facts.context
            if context is not None and _was_copied(context, one, target):
                return one
    return None


def _was_copied(context: ContextFacts, one: Brought, target: str) -> bool:
    below = target[len(one.path) :].strip("/")
    return any(context.has(posixpath.join(normal(s).strip("*"), below)) for s in one.sources)


def _changed(brought: deque[Brought], doing: Doing) -> Iterator[Found]:
    command = doing.command
    if command.name not in ("chown", "chmod") or len(command.operands) < 2:
        return
    recursive = any(o == "--recursive" or (o[:2] != "--" and "R" in o) for o in command.options)
    for word in command.operands[1:]:
        path = doing.path(word.value) if word.literal else ""
        earlier = _affected(brought, path, recursive=recursive) if path else None
        if earlier is not None:
            flag = "--chown" if command.name == "chown" else "--chmod"
            shown, number = shorten(word.value), earlier.line.step.line
            message = f"Stores {shown} a second time: use {flag} where line {number} copies it"
            level = Level.WARNING if recursive and earlier.whole else None
            span, fixes = doing.script.span_of(command), _as_flag(earlier, doing, path)
            yield doing.line.found(rules.CHANGED_AFTER_COPY, message, span, *fixes, level=level)
            return


def _affected(brought: deque[Brought], path: str, *, recursive: bool) -> Brought | None:
    for one in reversed(brought):
        if one.package or not isinstance(one.line.step.command, model.Copy | model.Add):
            continue
        same = one.path == path and (recursive or not one.whole)
        below = one.whole and path != one.path != "/" and inside(path, one.path)
        if same or below or (recursive and inside(one.path, path)):
            return one
    return None


def _as_flag(earlier: Brought, doing: Doing, path: str) -> tuple[Fix, ...]:
    """The flag instead of the RUN, where that RUN does nothing else."""
    copying, run = earlier.line.step.instruction, doing.line.step.instruction
    command, value = doing.command, doing.command.operands[0]
    flag = command.name
    mode = value.value if flag == "chown" else _octal(value.value)
    alone = len(list(doing.line.commands)) == 1 and len(command.operands) == 2
    if not alone or not mode or not value.literal or earlier.path != path:
        return ()
    if flag in {f.name for f in copying.statement.flags} or run.heredocs or run.statement.flags:
        return ()
    if earlier.line.stage.index != doing.line.stage.index:
        return ()
    at = copying.span_of(copying.statement.keyword).end
    edits = (TextEdit(at, at, f" --{flag}={mode}"), TextEdit(run.start, run.end, ""))
    return (Fix(f"Use --{flag}={mode}", edits, safe=False),)


def _octal(mode: str) -> str:
    """The mode for --chmod; making a file executable gives it the usual mode of a program."""
    if mode in ("+x", "a+x", "ugo+x"):
        return "755"
    return mode if mode.isascii() and mode.isdigit() else ""
