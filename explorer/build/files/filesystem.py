"""The filesystem that a step writes into: what is below, and what was put there since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from explorer.analysis.content import FileContent
from explorer.build.files.pieces import Made, Piece, Selection
from explorer.build.tree import resolve
from explorer.errors import NotFound
from explorer.filesystem.entry import Entry, EntryType
from explorer.filesystem.names import display, parent


class Ground(Protocol):
    """A filesystem that is known as a whole: that of an image, or nothing at all."""

    def entry(self, path: bytes) -> Entry | None:
        """As :meth:`explorer.build.tree.Tree.entry`."""

    def content(self, path: bytes) -> FileContent:
        """As :meth:`explorer.build.tree.Tree.content`."""

    def kinds(self, folder: bytes) -> Mapping[bytes, EntryType]:
        """The names in a directory, and what stands there; none for anything else."""


class Nothing:
    """The filesystem of ``scratch``: a root."""

    def entry(self, path: bytes) -> Entry | None:
        """As :meth:`Ground.entry`."""
        return Entry(b"/", EntryType.DIR, 0o755) if path == b"/" else None

    def content(self, path: bytes) -> FileContent:
        """As :meth:`Ground.content`."""
        raise NotFound(f"No {display(path)} in an empty filesystem")

    def kinds(self, folder: bytes) -> Mapping[bytes, EntryType]:
        """As :meth:`Ground.kinds`."""
        return {}


class NotAFolderError(Exception):
    """A directory cannot be made, because something else stands in its way."""


class Filesystem:
    """Looked at path by path; a step that is carried out on it changes it.

    ``of`` gives one that shares everything below and leaves it as it is.
    """

    def __init__(self, ground: Ground, earlier: Sequence[Selection] = ()) -> None:
        self._ground = ground
        self._earlier = tuple(earlier)
        self._made: dict[bytes, Made] = {}
        self._pieces: list[Piece] = []

    def entry(self, path: bytes) -> Entry | None:
        """What stands at a path; symlinks are not followed."""
        for found in self._versions(path):
            if isinstance(found, Made):
                return found.entry
            entry = found.entry(path)
            if entry is not None:
                return entry
            if self._covers(found, path):
                return None
        return self._ground.entry(path)

    def content(self, path: bytes) -> FileContent:
        """The content of a regular file; raises :class:`explorer.errors.ExplorerError`."""
        for found in self._versions(path):
            if isinstance(found, Piece) and found.entry(path) is not None:
                row = found.row(path)
                assert row is not None
                row = int(found.branch.inode[row])
                return found.tree.content(found.branch.path_of(row))
        return self._ground.content(path)

    def kinds(self, folder: bytes) -> dict[bytes, EntryType]:
        """The names in a directory, and what stands there."""
        kinds = dict(self._ground.kinds(folder))
        for made, pieces in (*((s.made, s.pieces) for s in self._earlier), self._current()):
            for each in made:
                if each.path != b"/" and parent(each.path) == folder:
                    kinds[each.path.rpartition(b"/")[2]] = EntryType.DIR
            for piece in pieces:
                kinds.update(piece.kinds(folder))
                if len(piece) and piece.rows[0] == 0 and parent(piece.target) == folder:
                    name = piece.target.rpartition(b"/")[2]
                    kinds[name] = EntryType(int(piece.branch.types[0]))
        return kinds

    def resolve(self, path: bytes) -> bytes | None:
        """As :func:`explorer.build.tree.resolve`."""
        return resolve(self, path)

    def make_folders(self, path: bytes, mode: int, uid: int, gid: int) -> list[Made]:
        """Make a directory and those above it that are missing; ``path`` holds no symlinks.

        Raises:
            NotAFolderError: something else stands at one of them.
        """
        missing: list[bytes] = []
        while (found := self.entry(path)) is None:
            missing.append(path)
            path = parent(path)
        if found.type is not EntryType.DIR:
            raise NotAFolderError(f"mkdir {display(path)}: not a directory")
        made = [Made(each, mode, uid, gid) for each in reversed(missing)]
        self._made.update((each.path, each) for each in made)
        return made

    def put(self, piece: Piece) -> None:
        """Note what a piece puts here."""
        self._pieces.append(piece)

    def stamp(self, path: bytes, mtime_ns: int) -> None:
        """Set the time of a directory that was made in this step."""
        old = self._made.get(path)
        if old is not None:
            self._made[path] = Made(path, old.mode, old.uid, old.gid, mtime_ns)

    @property
    def made(self) -> tuple[Made, ...]:
        """The directories this step made, in their order."""
        return tuple(self._made.values())

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """What this step put here."""
        return tuple(self._pieces)

    def _current(self) -> tuple[Iterable[Made], Iterable[Piece]]:
        return self._made.values(), self._pieces

    def _versions(self, path: bytes) -> Iterator[Made | Piece]:
        """What may have put something at a path, the latest first."""
        yield from reversed(self._pieces)
        if path in self._made:
            yield self._made[path]
        for selection in reversed(self._earlier):
            yield from reversed(selection.pieces)
            yield from (made for made in selection.made if made.path == path)

    @staticmethod
    def _covers(piece: Piece, path: bytes) -> bool:
        """Whether a piece put something else than a directory above a path."""
        above = parent(path)
        while above != b"/" and len(above) >= len(piece.target):
            entry = piece.entry(above)
            if entry is not None:
                return entry.type is not EntryType.DIR
            above = parent(above)
        return False
