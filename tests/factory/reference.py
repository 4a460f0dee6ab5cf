"""What a stack of layers means, worked out the slow and obvious way.

The state of a filesystem is a dictionary from path to inode; layers are
applied to it one by one as an unpacker does (image-spec, layer.md, "Applying
Changesets"). Whiteouts of a layer act first, on what the layers below left;
then its entries follow in order, and the last one of a path wins. Two paths
with the same inode number are hard links of one another. A parent directory
that no entry gives is made, 0755 and owned by root; one that stands where a
lower layer has something else replaces it, as overlayfs does. A whiteout makes
nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from tests.factory.entries import OPAQUE_MARKER, WHITEOUT_PREFIX
from tests.factory.entry import HARDLINK, Entry, Part
from tests.factory.toc import TYPES

Aspect = Literal["kind", "content", "link", "mode", "uid", "gid", "device", "xattrs"]
"""What may differ between two versions of a path; the time alone is no change."""

ASPECTS: Final[tuple[Aspect, ...]] = (
    "kind", "content", "link", "mode", "uid", "gid", "device", "xattrs",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Inode:
    """A filesystem object; ``number`` tells hard links from copies."""

    kind: str
    mode: int
    uid: int = 0
    gid: int = 0
    mtime: int = 0
    content: bytes = b""
    link: bytes = b""
    device: tuple[int, int] = (0, 0)
    xattrs: tuple[tuple[bytes, bytes], ...] = ()
    number: int = 0


State = dict[bytes, Inode]
"""Path without leading or trailing slash to inode; the root is ``b""`` where it was given."""

Stack = tuple[tuple[Entry, ...], ...]
"""Layers, the lowest first, each the entries of its tar in order."""


@dataclass(frozen=True, slots=True)
class Change:
    """How a path differs between two states."""

    kind: Literal["added", "removed", "modified"]
    aspects: frozenset[Aspect] = frozenset()


def merged(stack: Iterable[Iterable[Part]]) -> State:
    """The filesystem that all layers make together."""
    state: State = {}
    for layer in stack:
        state = apply(state, layer)
    return state


def states(stack: Iterable[Iterable[Part]]) -> list[State]:
    """The filesystem after each layer."""
    found: list[State] = []
    for layer in stack:
        found.append(apply(found[-1] if found else {}, layer))
    return found


def apply(lower: Mapping[bytes, Inode], layer: Iterable[Part]) -> State:
    """The filesystem that ``layer`` makes of ``lower``.

    ValueError for what no unpacker accepts: a name with ``..``, a hard link to
    nothing or to a directory, a whiteout without a name.
    """
    entries = [part for part in layer if isinstance(part, Entry)]
    state = dict(lower)
    for entry in entries:
        if is_whiteout(entry):
            _hide(state, entry)
    fresh = max((inode.number for inode in lower.values()), default=0) + 1
    for number, entry in enumerate(entries, fresh):
        if not entry.name.startswith(WHITEOUT_PREFIX):
            _put(state, entry, number)
    return state


def differences(before: Mapping[bytes, Inode], after: Mapping[bytes, Inode]) -> dict[bytes, Change]:
    """Every path that was added, removed or modified from one state to another."""
    found: dict[bytes, Change] = {}
    for path in before.keys() | after.keys():
        if path not in after:
            found[path] = Change("removed")
        elif path not in before:
            found[path] = Change("added")
        elif aspects := changed_aspects(before[path], after[path]):
            found[path] = Change("modified", aspects)
    return found


def changed_aspects(before: Inode, after: Inode) -> frozenset[Aspect]:
    """What differs between two versions of one path."""
    return frozenset(a for a in ASPECTS if getattr(before, a) != getattr(after, a))


def link_groups(state: Mapping[bytes, Inode]) -> set[frozenset[bytes]]:
    """The paths that share an inode, in groups of two and more."""
    groups: dict[int, set[bytes]] = {}
    for path, inode in state.items():
        if inode.kind != "dir":
            groups.setdefault(inode.number, set()).add(path)
    return {frozenset(group) for group in groups.values() if len(group) > 1}


def anonymous(state: Mapping[bytes, Inode]) -> State:
    """The state with all inode numbers 0, to compare what was numbered otherwise."""
    return {path: replace(inode, number=0) for path, inode in state.items()}


def visible_bytes(state: Mapping[bytes, Inode]) -> int:
    """The bytes of all files, those of a hard link group counted once."""
    return sum({inode.number: len(inode.content) for inode in state.values()}.values())


def stored_bytes(stack: Sequence[Iterable[Part]]) -> list[int]:
    """The bytes of file content that each layer brings, repeated paths counted once."""
    alone = [[e for e in layer if isinstance(e, Entry)] for layer in stack]
    found: list[int] = []
    lower: State = {}
    for layer in alone:
        upper = apply(lower, layer)
        old = {inode.number for inode in lower.values()}
        new = {path: inode for path, inode in upper.items() if inode.number not in old}
        found.append(visible_bytes(new))
        lower = upper
    return found


def wasted_bytes(stack: Sequence[Iterable[Part]]) -> int:
    """The bytes stored in all layers less those that show in the end."""
    return sum(stored_bytes(stack)) - visible_bytes(merged(stack))


def is_whiteout(entry: Entry) -> bool:
    """Whether the entry hides something below; other ``.wh..wh.`` names mean nothing."""
    if entry.name == OPAQUE_MARKER:
        return True
    aufs = WHITEOUT_PREFIX * 2
    hides = entry.name.startswith(WHITEOUT_PREFIX)
    return hides and (not entry.name.startswith(aufs) or entry.name.startswith(OPAQUE_MARKER))


def normal(path: bytes) -> bytes:
    """The path without empty and ``.`` components; ValueError for ``..``."""
    parts = [part for part in path.split(b"/") if part not in (b"", b".")]
    if b".." in parts:
        raise ValueError(f"{path!r} climbs")
    return b"/".join(parts)


def parent_of(path: bytes) -> bytes:
    """The directory that holds ``path``; ``b""`` is the root."""
    return path.rpartition(b"/")[0]


def _hide(state: State, entry: Entry) -> None:
    path = normal(entry.path)
    folder, name = parent_of(path), path.rpartition(b"/")[2]
    if name == OPAQUE_MARKER:
        _remove_below(state, folder)
        return
    hidden = name.removeprefix(WHITEOUT_PREFIX)
    if hidden in (b"", b".", b".."):
        raise ValueError(f"{entry.path!r} hides nothing")
    target = normal(folder + b"/" + hidden)
    _remove_below(state, target)
    state.pop(target, None)


def _put(state: State, entry: Entry, number: int) -> None:
    path = normal(entry.path)
    _make_parents(state, path, number)
    inode = _linked(state, entry) if entry.typeflag == HARDLINK else _inode(entry, number)
    old = state.get(path)
    if inode.kind != "dir" or old is None or old.kind != "dir":
        _remove_below(state, path)
    state[path] = inode


def _make_parents(state: State, path: bytes, number: int) -> None:
    if not path or not (parent := parent_of(path)):
        return
    _make_parents(state, parent, number)
    if parent not in state or state[parent].kind != "dir":
        state[parent] = Inode("dir", 0o755, number=-number)


def _linked(state: State, entry: Entry) -> Inode:
    target = state.get(normal(entry.link))
    if target is None or target.kind == "dir":
        raise ValueError(f"{entry.path!r} is a hard link to nothing")
    return target


def _inode(entry: Entry, number: int) -> Inode:
    return Inode(
        TYPES[entry.typeflag],
        entry.mode,
        entry.uid,
        entry.gid,
        entry.mtime,
        entry.content,
        entry.link,
        entry.device,
        tuple(sorted(entry.xattrs)),
        number,
    )


def _remove_below(state: State, folder: bytes) -> None:
    prefix = folder + b"/" if folder else b""
    for path in [path for path in state if path.startswith(prefix) and path != folder]:
        del state[path]
