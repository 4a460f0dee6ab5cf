"""What differs between two versions of a path, with the value before and after, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from explorer.analysis.capability import capability_text
from explorer.filesystem.entry import Aspect, Entry, EntryType
from explorer.filesystem.names import display

CAPABILITY = b"security.capability"
KIND_WORDS = {
    EntryType.FILE: "file",
    EntryType.DIR: "folder",
    EntryType.SYMLINK: "symlink",
    EntryType.HARDLINK: "hard link",
    EntryType.CHAR: "character device",
    EntryType.BLOCK: "block device",
    EntryType.FIFO: "named pipe",
    EntryType.WHITEOUT: "whiteout",
    EntryType.OPAQUE: "opaque mark",
}
"""What an entry is, as people call it."""
_WORDS = {
    Aspect.TYPE: "kind",
    Aspect.UID: "owner",
    Aspect.GID: "group",
    Aspect.XATTRS: "extended attributes",
    Aspect.LINK: "target",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One aspect that differs, with its value before and after as text."""

    aspect: Aspect
    old: str
    new: str

    @property
    def word(self) -> str:
        """What differs, as people call it: ``mode``, ``owner``, ``target``."""
        return aspect_word(self.aspect)

    def __str__(self) -> str:
        return f"{self.word} {self.old} → {self.new}" if self.old != self.new else self.word


def aspect_word(aspect: Aspect) -> str:
    """What differs, as people call it."""
    return _WORDS.get(aspect, aspect.word)


def differences(what: Iterable[Aspect], old: Entry, new: Entry) -> tuple[Difference, ...]:
    """The values of the aspects ``what`` in two versions of a path."""
    return tuple(_difference(aspect, old, new) for aspect in what)


def _difference(aspect: Aspect, old: Entry, new: Entry) -> Difference:
    if aspect is Aspect.XATTRS:
        return Difference(aspect, *_xattrs(old.xattrs, new.xattrs))
    return Difference(aspect, _value(aspect, old), _value(aspect, new))


def _value(aspect: Aspect, entry: Entry) -> str:
    match aspect:
        case Aspect.TYPE:
            return KIND_WORDS[entry.type]
        case Aspect.CONTENT:
            return bytes_text(entry.size)
        case Aspect.MODE:
            return mode_text(entry.mode)
        case Aspect.UID:
            return str(entry.uid)
        case Aspect.GID:
            return str(entry.gid)
        case Aspect.LINK:
            return display(entry.link or b"")
        case Aspect.DEVICE:
            return device_text(entry.device)
        case _:
            value = entry.xattrs.get(CAPABILITY)
            return capability_text(value) if value is not None else "none"


def _xattrs(old: Mapping[bytes, bytes], new: Mapping[bytes, bytes]) -> tuple[str, str]:
    names = sorted(name for name in {*old, *new} - {CAPABILITY} if old.get(name) != new.get(name))
    return _values(names, old), _values(names, new)


def _values(names: list[bytes], xattrs: Mapping[bytes, bytes]) -> str:
    shown = [f"{display(name)}={display(xattrs[name][:64])}" for name in names if name in xattrs]
    return ", ".join(shown) or "none"


def mode_text(mode: int) -> str:
    """Permission bits as four octal figures: ``0644``, ``4755``."""
    return f"{mode:04o}"


def device_text(device: tuple[int, int] | None) -> str:
    """A device number as ``major:minor``."""
    return f"{device[0]}:{device[1]}" if device is not None else "none"


def bytes_text(count: int) -> str:
    """A number of bytes in full: ``1 byte``, ``41,234 bytes``."""
    return "1 byte" if count == 1 else f"{count:,} bytes"


def listed(words: Iterable[str]) -> str:
    """Words as a list in a sentence: ``a``, ``a and b``, ``a, b and c``."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def layer_list(layers: Sequence[int]) -> str:
    """Layers in a sentence: ``layer 3``, ``layers 3, 4 and 6``."""
    return f"layer{'s' if len(layers) > 1 else ''} {listed(map(str, layers))}"


def plural(count: int, singular: str, many: str = "") -> str:
    """A number of things: ``1 file``, ``12,345 entries``."""
    return f"{count:,} {singular if count == 1 else many or singular + 's'}"
