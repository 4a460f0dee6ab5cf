"""A build context: a folder as it would be sent to a builder."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
import xxhash

from explorer.build.context.changing import Rescan
from explorer.build.context.entries import Entries
from explorer.build.context.found import Found, Note
from explorer.build.context.ignoring import Decider, Ignore
from explorer.build.context.opening import OpenFolder, open_below
from explorer.build.context.scanning import Walk
from explorer.errors import NotFound, Refused, Unsupported
from explorer.filesystem.entry import EntryType
from explorer.progress import Job

_REMOTE = ("http://", "https://", "git://", "ssh://", "git@", "github.com/")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What the ignore file leaves out.

    ``entries`` and their ``size`` in bytes are those that were met. ``folders`` were left out as a
    whole and not looked into: the paths of the first many, ``folder_count`` of all.
    :meth:`Context.measure_left_out` looks into them. ``hollow`` are left out, too, but were looked
    into: the ignore file keeps some names in them, and none is there. Those of the last whole scan
    are known.
    """

    entries: int = 0
    size: int = 0
    folders: tuple[bytes, ...] = ()
    folder_count: int = 0
    hollow: tuple[bytes, ...] = ()

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is left out."""
        return not (self.entries or self.folder_count)


@dataclass(frozen=True)
class Context:
    """A folder as BuildKit would take it: what is in it, and what its ignore file leaves out.

    A value: when the folder changes, :meth:`rescan` gives another one. ``notes`` tell what could
    not be read; it is an error only for a step that copies it.
    """

    folder: Path
    ignore: Ignore
    entries: Entries
    left_out: LeftOut
    notes: tuple[Note, ...] = ()
    dockerfile: Path | None = None
    is_given: bool = False
    """Whether the ignore file was handed in, and is not to be looked for."""

    @classmethod
    def scan(
        cls,
        folder: Path | str,
        ignore: Ignore | None = None,
        job: Job | None = None,
        dockerfile: Path | None = None,
    ) -> Self:
        """Look at every entry of a folder, none of its files.

        Without ``ignore`` the ignore file is found, the one of ``dockerfile`` first. Symlinks are
        not followed but for the folder itself.

        Raises:
            NotFound: there is no such folder.
            Unsupported: the context is not a folder on this machine.
            Refused: the system does not let it be read.
            IgnoreError: its ignore file holds a pattern that Docker refuses.
            LimitExceeded: it has more entries than any context.
            Cancelled: the job was cancelled.
        """
        path = _folder_of(folder)
        with _opened(path) as root:
            chosen = Ignore.found(path, dockerfile) if ignore is None else ignore
            found = Found()
            walk = Walk(Decider(chosen.rules), job or Job(), found)
            walk.folder(root, "", 0, b"")
        entries = Entries(walk.columns)
        notes, is_given = tuple(found.notes), ignore is not None
        return cls(path, chosen, entries, _left_out(found), notes, dockerfile, is_given)

    def rescan(self, changed: Iterable[bytes] | None = None, job: Job | None = None) -> Self:
        """The context as it is now.

        With ``changed``, paths relative to the folder that a watcher named, only their folders
        are looked at; without, everything is. Raises as :meth:`scan`.
        """
        ignore = self.ignore if self.is_given else Ignore.found(self.folder, self.dockerfile)
        paths = None if changed is None else list(changed)
        if paths is None or ignore != self.ignore or b"" in paths:
            given = ignore if self.is_given else None
            return type(self).scan(self.folder, given, job, self.dockerfile)
        if not paths:
            return self
        with _opened(self.folder):
            pass
        found = Found()
        rescan = Rescan(self.folder, self.entries, Decider(ignore.rules), job or Job(), found)
        columns = rescan.columns(paths)
        notes = [note for note in self.notes if not _was_seen(note.path, rescan)]
        return replace(
            self,
            entries=Entries(columns),
            left_out=self._left_out_after(found, rescan.touched),
            notes=(*notes, *found.notes),
        )

    def _left_out_after(self, found: Found, touched: frozenset[bytes]) -> LeftOut:
        # What a folder that was looked at again leaves out may have been counted before: the
        # numbers are those of the last whole scan, the folders are known by name.
        before = self.left_out.folders
        known, closed = set(before), set(found.closed)
        new = tuple(path for path in found.closed if path not in known)
        kept = tuple(p for p in before if p in closed or p.rpartition(b"/")[0] not in touched)
        if not new and len(kept) == len(before):
            return self.left_out
        count = self.left_out.folder_count + len(new) + len(kept) - len(before)
        return replace(self.left_out, folders=(*kept, *new), folder_count=count)

    # -- figures --------------------------------------------------------------------------------

    @property
    def files(self) -> int:
        """How many entries there are but directories."""
        return int(self.entries.counts[0])

    @property
    def size(self) -> int:
        """The bytes of all regular files."""
        return int(self.entries.sizes[0])

    def largest(self, count: int = 10) -> list[tuple[bytes, int]]:
        """The largest files with their bytes, largest first."""
        entries = self.entries
        sizes = np.where(entries.type == EntryType.FILE, entries.size, -1)
        count = min(count, len(sizes))
        rows = np.argpartition(sizes, -count)[-count:]
        ordered = sorted(rows.tolist(), key=lambda row: (-int(sizes[row]), row))
        return [(entries.path(row), int(sizes[row])) for row in ordered if sizes[row] >= 0]

    def folder_sizes(self, below: bytes = b"") -> list[tuple[bytes, int, int]]:
        """Of each directory in a directory: its name, its files and their bytes; largest first."""
        row = self.entries.find(below)
        if row is None:
            return []
        entries = self.entries
        rows = [int(child) for child in entries.children(row) if entries.type[child] == _DIR]
        found = [(entries.name(r), int(entries.counts[r]), int(entries.sizes[r])) for r in rows]
        return sorted(found, key=lambda item: (-item[2], item[0]))

    def measure_left_out(self, most: int = 1_000_000, job: Job | None = None) -> tuple[int, int]:
        """All entries that are left out, and their bytes; looks at ``most`` at the most."""
        known = self.left_out
        count = known.entries + known.folder_count - len(known.folders)
        size = known.size
        for path in self.left_out.folders:
            more, held = _measured(self.folder, path, max(0, most - count), job or Job())
            count, size = count + more, size + held
        return count, size

    @cached_property
    def stamp(self) -> str:
        """Equal for two contexts of one folder only if nothing in it changed between them.

        Of directories the permissions count, not their times.
        """
        entries = self.entries
        is_dir = entries.type == _DIR
        state = xxhash.xxh3_128(os.fsencode(self.folder))
        for name, values in entries.columns.fields.items():
            counted = np.where(is_dir, 0, values) if name in _PASSING else values
            state.update(np.ascontiguousarray(counted).data)
        state.update(entries.names)
        state.update(repr((entries.targets, entries.devices)).encode())
        return state.hexdigest()


_PASSING = frozenset({"size", "mtime", "ctime", "links"})
_DIR = int(EntryType.DIR)


def _folder_of(folder: Path | str) -> Path:
    text = str(folder)
    if text == "-":
        raise Unsupported(
            "A build context from standard input is not supported yet",
            hint="Unpack it and name the folder",
        )
    if text.startswith(_REMOTE):
        raise Unsupported(
            "A build context from the network is not supported yet",
            why=f"{text} is not a folder",
            hint="Clone or download it and name the folder",
        )
    return Path(folder).absolute()


def _opened(path: Path) -> OpenFolder:
    try:
        return OpenFolder.root(path)
    except (FileNotFoundError, ValueError) as error:
        raise NotFound(f"There is no build context {path}") from error
    except NotADirectoryError as error:
        raise NotFound(
            f"{path} is no build context", why="it is not a folder", hint="Name a folder"
        ) from error
    except OSError as error:
        raise Refused(
            f"The build context {path} cannot be read", why=(error.strerror or str(error)).lower()
        ) from error


def _left_out(found: Found) -> LeftOut:
    return LeftOut(
        found.left_out, found.left_out_bytes, tuple(found.closed), found.closed_count,
        tuple(found.hollow),
    )  # fmt: skip


def _was_seen(path: bytes, rescan: Rescan) -> bool:
    """Whether what a note is about was looked at again."""
    above = path.rpartition(b"/")[0]
    fresh = any(path == folder or path.startswith(folder + b"/") for folder in rescan.fresh)
    return fresh or above in rescan.touched or path in rescan.touched


def _measured(root: Path, path: bytes, most: int, job: Job) -> tuple[int, int]:
    """The entries below a folder and their bytes, the folder itself counted, nothing kept."""
    count, size = 1, 0
    waiting = [path]
    while waiting and count < most:
        job.check()
        here = waiting.pop()
        try:
            with open_below(root, here) as folder:
                for entry in folder.scan():
                    count += 1
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(here + b"/" + os.fsencode(entry.name))
                    elif entry.is_file(follow_symlinks=False):
                        size += entry.stat(follow_symlinks=False).st_size
        except OSError:
            continue
    return count, size
