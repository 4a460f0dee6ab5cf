"""Random layers for property tests: small, and such that a real unpacker can apply them.

The alphabet of names is tiny, so layers meet often: files copied up with and
without a change, directories replaced by files and back, links, whiteouts of
what is there and of what is not, opaque directories.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from hypothesis import strategies as st

from tests.factory.entries import directory, file, hardlink, opaque, symlink, whiteout
from tests.factory.entry import CHARACTER, FIFO, MTIME, Entry
from tests.factory.header import Format
from tests.factory.reference import Inode, Stack, State, apply, parent_of
from tests.factory.toc import TYPES

NAMES: Final = (b"a", b"b", b"c")
CONTENTS: Final = (b"", b"one", b"two", b"one" * 400)
MODES: Final = (0o644, 0o600, 0o755, 0o4755)
XATTRS: Final[tuple[dict[str, bytes], ...]] = ({}, {"user.note": b"1"}, {"user.note": b"\x00\xff"})
TARGETS: Final = (b"a", b"b/c", b"../a", b"/c")

_FLAGS = {kind: flag for flag, kind in TYPES.items()}


@st.composite
def layer_stacks(
    draw: st.DrawFn,
    *,
    max_layers: int = 4,
    max_entries: int = 8,
    names: Sequence[bytes] = NAMES,
    lower_links: bool = True,
    devices: bool = True,
    implicit_parents: bool = False,
    awkward: bool = False,
) -> Stack:
    """Stacks of layers, lowest first, as the entries of their tars.

    ``lower_links`` allows hard links to files of lower layers; ``devices``
    fifos and character devices; ``implicit_parents`` paths whose directories
    no entry gives; ``awkward`` layers in which a path comes again as another
    kind of thing, or after a hard link to it. Other repeated paths always
    occur.
    """
    state: State = {}
    stack: list[tuple[Entry, ...]] = []
    for _ in range(draw(st.integers(1, max_layers))):
        made = _LayerMaker(
            draw, state, tuple(names), lower_links, devices, implicit_parents, awkward
        )
        layer = made.layer(max_entries)
        state = apply(state, layer)
        stack.append(layer)
    return tuple(stack)


def paths(names: Sequence[bytes] = NAMES, depth: int = 3) -> st.SearchStrategy[bytes]:
    """Relative paths over a small alphabet."""
    parts = st.lists(st.sampled_from(tuple(names)), min_size=1, max_size=depth)
    return parts.map(b"/".join)


_FORMATS: Final[tuple[Format, ...]] = ("pax", "gnu")


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    """Single entries with any name and any metadata a tar can say, for write-then-read tests.

    Names are any bytes but NUL, never empty, without leading or trailing
    slash.
    """
    name = st.binary(min_size=1, max_size=40).filter(_is_plain_name)
    path = b"/".join(draw(st.lists(name, min_size=1, max_size=6)))
    flag = draw(st.sampled_from(sorted(TYPES)))
    form = draw(st.sampled_from(_FORMATS))
    kind = TYPES[flag]
    xattrs = st.dictionaries(st.sampled_from(["user.a", "user.b"]), st.binary(max_size=8))
    return Entry(
        path + b"/" if kind == "dir" else path,
        flag,
        draw(st.integers(0, 0o7777)),
        draw(st.integers(0, 2**31)),
        draw(st.integers(0, 2**31)),
        draw(st.integers(0, 2**33)),
        content=draw(st.binary(max_size=1100)) if kind == "reg" else b"",
        link=draw(name) if kind in ("symlink", "hardlink") else b"",
        device=(draw(st.integers(0, 255)), draw(st.integers(0, 255)))
        if kind in ("char", "block")
        else (0, 0),
        xattrs=tuple((k.encode(), v) for k, v in draw(xattrs).items()) if form == "pax" else (),
        format=form,
    )


def _is_plain_name(name: bytes) -> bool:
    hidden = name.startswith(b".wh.")
    return not hidden and name not in (b".", b"..") and not {0, 47} & set(name)


@dataclass(slots=True)
class _LayerMaker:
    """Draws one layer, keeping to what can be applied to ``lower``."""

    draw: st.DrawFn
    lower: State
    names: tuple[bytes, ...]
    lower_links: bool
    devices: bool
    implicit_parents: bool
    awkward: bool
    state: State = field(default_factory=dict)
    made: list[Entry] = field(default_factory=list)
    mine: set[bytes] = field(default_factory=set)
    linked: set[bytes] = field(default_factory=set)

    def layer(self, max_entries: int) -> tuple[Entry, ...]:
        markers = self._markers()
        self.state = apply(self.lower, markers)
        for _ in range(self.draw(st.integers(0, max_entries))):
            self._step()
        found = self.made
        for marker in markers:
            if self._has_place(marker):
                found.insert(self.draw(st.integers(0, len(found))), marker)
        return tuple(found)

    def _markers(self) -> list[Entry]:
        """Whiteouts of present and absent paths, and opaque directories."""
        present = sorted(self.lower)
        folders = [path for path in present if self.lower[path].kind == "dir"]
        hidden = st.sampled_from(present) | self._absent(folders) if present else st.nothing()
        targets = self.draw(st.lists(hidden, max_size=2, unique=True)) if present else []
        marked = st.lists(st.sampled_from(folders), max_size=1) if folders else st.just([])
        return [*map(whiteout, targets), *map(opaque, self.draw(marked))]

    def _absent(self, folders: list[bytes]) -> st.SearchStrategy[bytes]:
        places = [folder + b"/absent" for folder in folders]
        return st.sampled_from([b"absent", *places])

    def _has_place(self, marker: Entry) -> bool:
        folder = parent_of(marker.path)
        return not folder or self._is_directory(folder)

    def _step(self) -> None:
        action = self.draw(st.sampled_from(self._actions()))
        if action == "link":
            self._add_link()
        elif action in ("chmod", "touch", "edit"):
            self._copy_up(action)
        else:
            self._add(self._new(action, self.draw(paths(self.names))))

    def _actions(self) -> list[str]:
        actions = ["file", "file", "directory", "symlink"]
        actions += ["fifo", "char"] if self.devices else []
        actions += ["link"] if self._link_targets() else []
        actions += ["chmod", "touch", "edit"] if self._files() else []
        return actions

    def _new(self, kind: str, path: bytes) -> Entry:
        meta: dict[str, Any] = {
            "mode": self.draw(st.sampled_from(MODES)),
            "uid": self.draw(st.sampled_from((0, 1000))),
            "mtime": MTIME,
        }
        if kind == "symlink":
            return symlink(path, self.draw(st.sampled_from(TARGETS)), uid=meta["uid"])
        if kind == "fifo":
            return Entry(path, FIFO, **meta)
        if kind == "char":
            return Entry(path, CHARACTER, **meta, device=(1, self.draw(st.integers(3, 5))))
        meta["xattrs"] = self.draw(st.sampled_from(XATTRS))
        if kind == "directory":
            return directory(path, **meta)
        return file(path, self.draw(st.sampled_from(CONTENTS)), **meta)

    def _copy_up(self, action: str) -> None:
        """A file that is already there, stored again with or without a change."""
        path = self.draw(st.sampled_from(self._files()))
        entry = _entry_of(path, self.state[path])
        if action == "chmod":
            entry = replace(entry, mode=self.draw(st.sampled_from(MODES)))
        elif action == "touch":
            entry = replace(entry, mtime=entry.mtime + 1)
        else:
            entry = replace(entry, content=self.draw(st.sampled_from(CONTENTS)))
        self._add(entry)

    def _add_link(self) -> None:
        target = self.draw(st.sampled_from(self._link_targets()))
        path = self.draw(paths(self.names))
        inode = self.state[target]
        above, below = sorted((path + b"/", target + b"/"), key=len)
        if below.startswith(above):
            return  # one would have to be a directory
        if self._add(hardlink(path, target, mode=inode.mode, uid=inode.uid, mtime=inode.mtime)):
            self.linked.add(target)

    def _add(self, entry: Entry) -> bool:
        path = entry.path.rstrip(b"/")
        if not self._parents(path, give=False) or not self._may_stand(path, entry):
            return False
        self._parents(path, give=True)
        self._append(entry)
        return True

    def _append(self, entry: Entry) -> None:
        self.made.append(entry)
        self.mine.add(entry.path.rstrip(b"/"))
        self.state = apply(self.state, [entry])

    def _may_stand(self, path: bytes, entry: Entry) -> bool:
        """Whether the layer still means the same when read by its last entries alone."""
        merges = entry.path.endswith(b"/") and self._is_directory(path)
        if self.awkward or merges:
            return True
        below = path + b"/"
        disturbed = self.linked | (self.mine - {path})
        if path in self.linked or any(other.startswith(below) for other in disturbed):
            return False
        kept = self._is_directory(path) == entry.path.endswith(b"/")
        return path not in self.mine or kept

    def _parents(self, path: bytes, *, give: bool) -> bool:
        """Sees that directories lead to ``path``; false where this layer put something else."""
        parent = parent_of(path)
        if not parent:
            return True
        if not self._parents(parent, give=give):
            return False
        stands = self._is_directory(parent)
        if not stands and parent in self.mine | self.linked and not self.awkward:
            return False
        if give and not (stands and parent in self.mine):
            self._give_parent(parent, stands)
        return True

    def _give_parent(self, parent: bytes, stands: bool) -> None:
        if stands and not self.implicit_parents:
            self._append(_entry_of(parent, self.state[parent]))
        elif not stands and (parent in self.state or not self.implicit_parents):
            self._append(directory(parent))

    def _is_directory(self, path: bytes) -> bool:
        return path in self.state and self.state[path].kind == "dir"

    def _files(self) -> list[bytes]:
        return sorted(path for path, inode in self.state.items() if inode.kind == "reg")

    def _link_targets(self) -> list[bytes]:
        found = (p for p, inode in self.state.items() if inode.kind in ("reg", "symlink", "fifo"))
        return sorted(p for p in found if self.lower_links or p in self.mine)


def _entry_of(path: bytes, inode: Inode) -> Entry:
    return Entry(
        path + b"/" if inode.kind == "dir" else path,
        _FLAGS[inode.kind],
        inode.mode,
        inode.uid,
        inode.gid,
        inode.mtime,
        inode.content,
        inode.link,
        inode.device,
        xattrs=inode.xattrs,
    )
