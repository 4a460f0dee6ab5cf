"""Where what a COPY, an ADD or a WORKDIR selects goes: BuildKit's file operations, foretold.

The rules are those of fsutil's copier (``copy.go``) and of BuildKit's ``solver/llbsolver/file``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explorer.build.files.archives import Archive
from explorer.build.files.filesystem import Filesystem, NotAFolderError, Nothing
from explorer.build.files.mishap import Mishap
from explorer.build.files.modes import ModeChange
from explorer.build.files.owners import Owner, OwnerError, read_owner
from explorer.build.files.paths import Destination, clean, encoded
from explorer.build.files.pieces import Piece, Selection
from explorer.build.files.sources import Found, find
from explorer.build.files.unpacking import through_links
from explorer.build.tree import Tree
from explorer.dockerfile.commands.model import Add, Copy, Transfer
from explorer.dockerfile.words import Word
from explorer.errors import Cancelled, ExplorerError
from explorer.filesystem.entry import EntryType
from explorer.filesystem.index import Array
from explorer.filesystem.names import display, join

Unpack = Callable[[Tree, bytes], Archive]
"""Opens an archive of a tree; see :func:`explorer.build.files.archives.open_archive`."""

_FOLDER_MODE = 0o755


@dataclass(frozen=True, slots=True)
class Place:
    """What a step finds: a filesystem, the working directory, and the user. ``is_scratch``
    tells that nothing is below at all, so that no name of a user can be looked up.
    """

    filesystem: Filesystem
    workdir: str
    user: str = ""
    is_scratch: bool = False


def select(command: Copy | Add, tree: Tree, place: Place, unpack: Unpack) -> Selection:
    """What a COPY or ADD, its variables replaced, writes into ``place``."""
    return _Selecting(command, tree, place, unpack).run()


def make_workdir(path: str, place: Place, word: Word | None = None) -> Selection:
    """What a WORKDIR makes: directories that belong to the user in force."""
    target = clean(b"/" + encoded(path))
    filesystem = place.filesystem
    mishaps: list[Mishap] = []
    if target != b"/":
        try:
            owner = _owner(place.user, place, word, mishaps)
            real = filesystem.resolve(target)
            if real is None:
                raise NotAFolderError(f"mkdir {display(target)}: too many levels of symbolic links")
            filesystem.make_folders(real, _FOLDER_MODE, owner.uid, owner.gid)
        except (NotAFolderError, OwnerError) as error:
            mishaps.append(Mishap(str(error), word))
    return Selection(made=filesystem.made, mishaps=tuple(mishaps))


def _owner(text: str, place: Place, word: Word | None, mishaps: list[Mishap]) -> Owner:
    if not text:
        return Owner(0, 0)
    base = None if place.is_scratch else place.filesystem
    owner = read_owner(text, base)
    if owner.remark:
        mishaps.append(Mishap(owner.remark, word, is_error=False))
    return owner


class _StopError(Exception):
    """The step ends here: the reason is among the mishaps."""


class _Selecting:
    def __init__(self, command: Copy | Add, tree: Tree, place: Place, unpack: Unpack) -> None:
        transfer = command.transfer
        self._transfer: Transfer = transfer
        self._sources = find(command, tree)
        self._mishaps: list[Mishap] = list(self._sources.mishaps)
        self._change = ModeChange.parse(transfer.mode.value) if transfer.mode else None
        # With a mode BuildKit does not link.
        self._linked = transfer.link and not (transfer.mode and transfer.mode.value)
        self._filesystem = Filesystem(Nothing()) if self._linked else place.filesystem
        self._place = Place(
            self._filesystem, place.workdir, place.user, place.is_scratch or self._linked
        )
        self._destination = Destination.of(transfer.destination.value, place.workdir)
        self._unpack = unpack
        self._owner: Owner | None = None

    def run(self) -> Selection:
        """Everything in order, up to the first error."""
        try:
            self._read_owner()
            for found in self._sources.found:
                self._archive(found) if found.archive else self._copy(found)
        except _StopError:
            pass
        except NotAFolderError as error:
            self._mishaps.append(Mishap(str(error), self._transfer.destination))
        return Selection(
            self._filesystem.made,
            self._filesystem.pieces,
            self._sources.remote,
            tuple(self._mishaps),
            self._linked,
            self._sources.unmatched,
        )

    def _read_owner(self) -> None:
        word = self._transfer.owner
        if word is None or not word.value:
            return
        try:
            self._owner = _owner(word.value, self._place, word, self._mishaps)
        except OwnerError as error:
            why = "a name is looked up in /etc/passwd, and there is no filesystem to look in"
            self._stop(Mishap(str(error), word, why, "Give the owner as a number"))

    def _stop(self, mishap: Mishap) -> None:
        self._mishaps.append(mishap)
        raise _StopError

    def _make_folders(self, path: bytes, mode: int | None = None) -> None:
        if mode is None:
            mode = self._change.for_parents if self._change else _FOLDER_MODE
        owner = self._owner or Owner(0, 0)
        self._filesystem.make_folders(path, mode, owner.uid, owner.gid)

    def _resolved(self, path: bytes) -> bytes:
        real = self._filesystem.resolve(path)
        if real is None:
            message = f"{display(path)}: too many links"
            self._stop(Mishap(message, self._transfer.destination))
        return real or path

    def _copy(self, found: Found) -> None:
        self._make_folders(self._resolved(self._destination.folder))
        target = self._resolved(self._destination.path)
        here = self._filesystem.entry(target)
        if found.is_dir:
            if here is None:
                self._make_folders(target)
            elif here.type is not EntryType.DIR:
                self._conflict(found.word, f"cannot copy to non-directory: {display(target)}")
            self._filesystem.stamp(target, int(found.branch.mtime[0]))
            rows = found.rows[1:]
        else:
            if here is not None and here.type is EntryType.DIR:
                target = join(target, found.path.rpartition(b"/")[2])
                here = self._filesystem.entry(target)
            if here is not None and here.type is EntryType.DIR:
                message = f"cannot replace to directory {display(target)} with file"
                self._conflict(found.word, message)
            rows = found.rows[:1]
        piece = self._piece(found, target, rows)
        if found.is_dir and here is not None:
            self._check(piece)
        self._filesystem.put(piece)

    def _piece(self, found: Found, target: bytes, rows: Array) -> Piece:
        branch = found.branch
        mode, uid, gid = branch.mode[rows], branch.uid[rows], branch.gid[rows]
        types = branch.types[rows]
        if self._change is not None and not found.archive:
            changed = self._change.applied(mode, types == EntryType.DIR)
            mode = np.where(types == EntryType.SYMLINK, mode, changed)
        if self._owner is not None:
            uid, gid = np.full_like(uid, self._owner.uid), np.full_like(gid, self._owner.gid)
        if found.archive and len(branch.implied):
            # What an archive does not name belongs to root, whatever the flags say.
            implied = np.isin(rows, branch.implied)
            mode = np.where(implied, 0o755, mode)
            uid, gid = np.where(implied, 0, uid), np.where(implied, 0, gid)
        for row in found.along.tolist():
            # A directory that is there gets the permissions of its source and keeps its owner.
            there = self._filesystem.entry(join(target, branch.below(row))) if row else None
            if there is not None:
                place = int(np.searchsorted(rows, row))
                mode[place], uid[place], gid[place] = branch.mode[row], there.uid, there.gid
        return Piece(target, found.tree, branch, rows, mode, uid, gid, found.word)

    def _check(self, piece: Piece) -> None:
        """Files in place of directories, and directories in place of anything else."""
        branch = piece.branch
        parents, types = branch.parent, branch.types
        folders: dict[int, bytes] = {0: piece.target}
        kinds = {0: self._filesystem.kinds(piece.target)}
        rows = piece.rows
        while kinds:
            mine = rows[np.isin(parents[rows], list(kinds)) & (rows != 0)]
            above, kinds = kinds, {}
            for row in mine.tolist():
                parent = int(parents[row])
                name = branch.name(row)
                there = above[parent].get(name)
                if there is None:
                    continue
                path = join(folders[parent], name)
                is_dir = types[row] == EntryType.DIR
                if is_dir and there is EntryType.DIR:
                    folders[row], kinds[row] = path, self._filesystem.kinds(path)
                elif is_dir:
                    self._conflict(piece.word, f"cannot copy to non-directory: {display(path)}")
                elif there is EntryType.DIR:
                    message = f"cannot replace to directory {display(path)} with file"
                    self._conflict(piece.word, message)

    def _conflict(self, word: Word, message: str) -> None:
        self._stop(Mishap(message, word, hint="Remove one of the two first, or rename it"))

    # -- archives -------------------------------------------------------------------------------

    def _archive(self, found: Found) -> None:
        target = self._resolved(self._destination.path)
        self._make_folders(target, _FOLDER_MODE)
        try:
            archive = self._unpack(found.tree, found.branch.path)
        except Cancelled:
            raise
        except ExplorerError as error:
            self._stop(Mishap(error.what, found.word, error.why, error.hint))
            return
        for remark in archive.remarks[:20]:
            self._mishaps.append(Mishap(f"in the archive: {remark}", found.word, is_error=False))
        branch = archive.tree.branch(b"/")
        assert branch is not None
        whole = Found(found.word, archive.tree, b"/", branch, np.arange(len(branch)), archive=True)
        rows, elsewhere = through_links(self._filesystem, branch, target)
        self._filesystem.put(self._piece(whole, target, rows))
        for folder, below in elsewhere:
            sub = archive.tree.branch(branch.path_of(below))
            assert sub is not None
            part = Found(found.word, archive.tree, b"/", sub, np.arange(len(sub)), archive=True)
            self._filesystem.make_folders(folder, _FOLDER_MODE, 0, 0)
            self._filesystem.put(self._piece(part, folder, part.rows[1:]))
