"""Advice about package managers: what they leave in a layer, and lists that grow old."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explorer.dockerfile.advice import rules
from explorer.dockerfile.advice.managers import APT, Manager, managers_of
from explorer.dockerfile.advice.model import Fix
from explorer.dockerfile.advice.scripts import Script
from explorer.dockerfile.advice.shell import ShellCommand, ShellWord
from explorer.dockerfile.advice.subject import Found, Line, Read, Subject
from explorer.dockerfile.services.edits import TextEdit

_USES_LISTS: Final = (
    *("install", "upgrade", "dist-upgrade", "full-upgrade", "build-dep", "source", "download"),
    *("satisfy", "safe-upgrade"),
)
_STEPWISE: Final = frozenset({"", "&&"})
_BESIDES: Final = ("echo", "rm", "set", "true")
_NONE: Final = (-1, -1)


def findings(subject: Subject) -> Iterator[Found]:
    """Caches in layers of the target, and updates in a step of their own."""
    needed = max(
        (_place(line) for line in subject.all_lines() if _needs_lists(line)), default=_NONE
    )
    for line in subject.shipped_lines():
        yield from _kept(subject, line, may_clean_lists=_place(line) > needed)
    for lines in subject.lines.values():
        for line, following in zip(lines, (*lines[1:], None), strict=False):
            yield from _alone(subject, line, following)


def _place(line: Line) -> tuple[int, int]:
    return line.stage.index, line.step.index


def _needs_lists(line: Line) -> bool:
    """Whether a step installs with the lists that an earlier one brought."""
    return any(uses_lists(command) for _, command in line.commands) and not _updates(line)


def _kept(subject: Subject, line: Line, *, may_clean_lists: bool) -> Iterator[Found]:
    for manager in dict.fromkeys(m for _, command in line.commands for m in managers_of(command)):
        found = _first_cache(line, manager)
        if found is not None and not _kept_out(subject, line, manager):
            clean = manager.clean if may_clean_lists or manager is not APT else ""
            yield _cache(subject, line, manager, found, clean)


def _first_cache(line: Line, manager: Manager) -> tuple[Read, ShellCommand, ShellWord] | None:
    """The first command that fills a cache which nothing after it empties."""
    commands = [command for _, command in line.commands]
    if manager is APT and not any(map(uses_lists, commands)):
        return None
    for read in line.scripts:
        for index, command in enumerate(read.commands):
            verb = manager.verb(command)
            if verb is not None and not manager.keeps_none(command):
                later = commands if len(line.scripts) > 1 else read.commands[index + 1 :]
                if not any(map(manager.cleans, later)):
                    return read, command, verb
    return None


def _kept_out(subject: Subject, line: Line, manager: Manager) -> bool:
    """Whether a mount or a variable of the build keeps a cache out of the layer."""
    run = line.run
    if run is None or any(manager.covers(line.goes_to(m.target)) for m in run.mounts if m.target):
        return True
    first_set = subject.first_set[line.stage.index]
    index = line.step.index
    return any(first_set.get(name, index) < index for name in manager.variables)


def _cache(
    subject: Subject,
    line: Line,
    manager: Manager,
    found: tuple[Read, ShellCommand, ShellWord],
    clean: str,
) -> Found:
    read, command, verb = found
    said = " ".join(dict.fromkeys((command.name, verb.value)))
    message = f"{said} leaves {manager.caches[0]} in the layer"
    fixes = (*_option(read.script, manager, verb), *_cleaned(subject, line, read, clean))
    mount = _cache_mount(line, manager)
    span = read.script.place(command.start, max(verb.end, command.words[0].end))
    return line.found(rules.PACKAGE_CACHE_KEPT, message, span, *fixes, *mount)


def _option(script: Script, manager: Manager, verb: ShellWord) -> tuple[Fix, ...]:
    if not manager.flag or verb.value in ("update", "upgrade"):
        return ()
    at = script.place(verb.start, verb.end).end
    return (Fix(f"Add {manager.flag}", (TextEdit(at, at, f" {manager.flag}"),)),)


def _cleaned(subject: Subject, line: Line, read: Read, clean: str) -> tuple[Fix, ...]:
    """Deleting at the end of the step, where that is the end of a plain chain of commands."""
    script = read.script
    if not clean or script.heredoc is not None or not is_chain(read):
        return ()
    end = script.place(0, len(script.text)).end
    edit = TextEdit(end, end, f"{joiner(subject, line)}{clean}")
    return (Fix(f"Add {clean}", (edit,)),)


def joiner(subject: Subject, line: Line) -> str:
    """What to put before one more command: on a line of its own if the step has several."""
    instruction = line.step.instruction
    if "\n" not in instruction.header.source.strip():
        return " && "
    escape = subject.program.document.escape
    return f" {escape}\n    && "


def is_chain(read: Read) -> bool:
    """Whether a script is nothing but commands joined with ``&&``."""
    return bool(read.commands) and all(
        not c.nested and c.before in _STEPWISE and c.after in _STEPWISE for c in read.commands
    ) and not read.script.text.rstrip().endswith(("&", ";", "\\", "`")) and (
        "#" not in read.script.text
    )  # fmt: skip


def uses_lists(command: ShellCommand) -> bool:
    """Whether a command installs with apt's lists."""
    return command.name in APT.programs and command.verb_among(_USES_LISTS) is not None


def _updates(line: Line) -> bool:
    return any(APT.verb(command) is not None for _, command in line.commands)


def _cache_mount(line: Line, manager: Manager) -> tuple[Fix, ...]:
    # apt's own clean-up after each install would empty the cache; that takes more than a mount.
    if manager.title in ("apt", "apk") or line.step.settings.user not in ("", "root", "0"):
        return ()
    keyword = line.step.instruction.statement.keyword
    at = line.step.span_of(keyword).end
    flag = f" --mount=type=cache,target={manager.mount}"
    return (Fix("Mount a cache for it", (TextEdit(at, at, flag),), safe=False),)


def _alone(subject: Subject, line: Line, following: Line | None) -> Iterator[Found]:
    if not _updates(line) or any(not _only_updates(command) for _, command in line.commands):
        return
    script, command = next((s, c) for s, c in line.commands if APT.verb(c) is not None)
    message = f"{command.name} update is cached by itself, and what it brought grows old"
    fixes = _merged(subject, line, following)
    yield line.found(rules.UPDATE_ALONE, message, script.span_of(command), *fixes)


def _only_updates(command: ShellCommand) -> bool:
    """Whether a command belongs to an update by itself; what others do cannot be told."""
    if command.name in APT.programs:
        return not uses_lists(command)
    return command.name in _BESIDES


def _merged(subject: Subject, line: Line, following: Line | None) -> tuple[Fix, ...]:
    """One RUN for both, where this one does nothing else and the next one installs."""
    if following is None or not any(uses_lists(c) for _, c in following.commands):
        return ()
    reads = (*line.scripts, *following.scripts)
    if len(reads) != 2 or any(r.script.heredoc or not is_chain(r) for r in reads):
        return ()
    flags = line.step.instruction.statement.flags or following.step.instruction.statement.flags
    first, second = reads
    if flags or len(first.commands) != 1:
        return ()
    start = first.script.place(0, len(first.script.text)).end
    end = second.script.place(0, 0).start
    between = subject.text[start:end]
    if "#" in between or between.count("\n") != 1:
        return ()
    edit = TextEdit(start, end, f" {subject.program.document.escape}\n    && ")
    return (Fix("Update and install in one RUN", (edit,)),)
