"""The metadata of a version of a path as labelled facts. No Qt here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from explorer.analysis.capability import capability_text
from explorer.analysis.differences import CAPABILITY, KIND_WORDS, device_text, mode_text
from explorer.filesystem.entry import Entry, EntryType
from explorer.filesystem.names import display
from explorer.ui import text
from explorer.ui.inspect.subject import Subject

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LETTERS = {
    EntryType.DIR: "d",
    EntryType.SYMLINK: "l",
    EntryType.CHAR: "c",
    EntryType.BLOCK: "b",
    EntryType.FIFO: "p",
}
_SPECIAL = ((6, 0o4000, "s", "S"), (3, 0o2000, "s", "S"), (0, 0o1000, "t", "T"))
_MOST_LINKS = 8
_MOST_ATTRIBUTES = 40
_LONGEST = 4096  # bytes of a link target that are shown


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: ``mono`` for what is read letter by letter, ``warns`` for what to look at twice.

    ``copy`` is what a button beside the value copies; there is none where it is empty.
    """

    name: str
    value: str
    mono: bool = False
    warns: bool = False
    help: str = ""
    copy: str = ""


def summary_of(subject: Subject) -> str:
    """The most looked for in one line: ``-rw-r--r--  0644  0:0  643 B``."""
    entry = subject.entry
    if entry is None:
        return ""
    owner = subject.owner or f"{entry.uid}:{entry.gid}"
    parts = [mode_letters(entry), mode_text(entry.mode), owner]
    if entry.type is EntryType.FILE:
        parts.append(text.size(entry.size))
    if entry.type is EntryType.SYMLINK:
        parts.append(f"→ {display((entry.link or b'')[:80])}")
    return "  ".join(parts)


def facts_of(subject: Subject) -> tuple[Fact, ...]:
    """Everything there is to say of the version shown, apart from its content."""
    entry = subject.entry
    return tuple(_facts(subject, entry)) if entry is not None else ()


def _facts(subject: Subject, entry: Entry) -> Iterator[Fact]:
    kind = KIND_WORDS[entry.type]
    if entry.implicit:
        yield Fact("Kind", f"{kind}, only named as part of other paths")
    else:
        yield Fact("Kind", kind)
    if entry.type is EntryType.FILE:
        exact = f"{text.size(entry.size)} ({text.exact_size(entry.size)})"
        yield Fact("Size", exact if entry.size >= 1000 else text.exact_size(entry.size))
        if entry.stored < entry.size:
            yield Fact("Stored", f"{text.exact_size(entry.stored)}; the rest are holes")
    if entry.type is EntryType.SYMLINK:
        yield Fact("Target", display((entry.link or b"")[:_LONGEST]), mono=True)
    if entry.device is not None:
        yield Fact("Device", device_text(entry.device), mono=True)
    yield from _permissions(entry)
    numbers = f"{entry.uid}:{entry.gid}"
    owner = f"{subject.owner} ({numbers})" if subject.owner not in ("", numbers) else numbers
    yield Fact("Owner", owner, mono=True, help="User and group, by the names the image has")
    if not entry.implicit:
        yield Fact("Modified", moment_text(entry.mtime_ns))
    if subject.layer >= 0:
        yield Fact("Layer", str(subject.layer), help="The layer that stores this version")
    yield from _attributes(entry)
    yield from _links(subject)


def _permissions(entry: Entry) -> Iterator[Fact]:
    special = [word for bit, word in ((0o4000, "setuid"), (0o2000, "setgid")) if entry.mode & bit]
    runs = bool(special) and not entry.is_dir
    value = f"{mode_letters(entry)}  {mode_text(entry.mode)}"
    why = " and ".join(special)
    help = f"{why}: it runs with the rights of its owner" if runs else "Permission bits"
    yield Fact("Mode", f"{value}  {why}" if why else value, mono=True, warns=runs, help=help)


def _attributes(entry: Entry) -> Iterator[Fact]:
    for name, value in sorted(entry.xattrs.items())[:_MOST_ATTRIBUTES]:
        if name == CAPABILITY:
            help = "Rights the kernel gives to whoever runs it"
            yield Fact("Capability", capability_text(value), mono=True, warns=True, help=help)
        else:
            yield Fact("Attribute", f"{display(name[:200])} = {display(value[:200])}", mono=True)


def _links(subject: Subject) -> Iterator[Fact]:
    others = [path for path in subject.links if path != subject.path]
    if not others:
        return
    shown = [display(path) for path in others[:_MOST_LINKS]]
    if len(others) > _MOST_LINKS:
        shown.append(f"and {text.count(len(others) - _MOST_LINKS)} more")
    help = "Other names of the same file; its bytes are stored once"
    yield Fact("Hard links", "\n".join(shown), mono=True, help=help)


def mode_letters(entry: Entry) -> str:
    """Permission bits as ``ls -l`` writes them: ``-rwsr-xr-x``."""
    letters = [_LETTERS.get(entry.type, "-")]
    for shift, special, on, off in _SPECIAL:
        bits = entry.mode >> shift & 7
        letters.append("r" if bits & 4 else "-")
        letters.append("w" if bits & 2 else "-")
        runs = bits & 1
        if entry.mode & special:
            letters.append(on if runs else off)
        else:
            letters.append("x" if runs else "-")
    return "".join(letters)


def moment_text(mtime_ns: int) -> str:
    """A time of modification to the second; a tar may give any number."""
    try:
        return text.exact_moment(_EPOCH + timedelta(microseconds=mtime_ns // 1000))
    except OverflowError:
        return f"{mtime_ns // 10**9} seconds after 1970"
