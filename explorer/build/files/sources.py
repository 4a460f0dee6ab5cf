"""What the sources of a COPY or ADD are, before anything is said of where they go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from explorer.build.files.archives import is_archive
from explorer.build.files.filters import Filters, IgnoreError
from explorer.build.files.match import matches
from explorer.build.files.memory import MemoryTree
from explorer.build.files.mishap import Mishap
from explorer.build.files.paths import clean, encoded, has_wildcards, rooted, split_wildcards
from explorer.build.tree import Branch, Tree, resolve
from explorer.dockerfile.commands.model import Add, Copy, InlineFile
from explorer.dockerfile.stages.transfers import is_git, is_http
from explorer.dockerfile.words import Word
from explorer.filesystem.entry import EntryType
from explorer.filesystem.index import Array
from explorer.filesystem.names import display, parent

_NO_NAME: Final = "--parents copies what a path names, and this one names nothing"
_NAME: Final = "Leave --parents out, or write * for everything"
_LEADS_NOWHERE: Final = (
    "with --exclude or --parents BuildKit looks where symlinks in the root lead, "
    "and this one leads nowhere"
)
_EXCLUDE: Final = "Exclude it, or leave it out of the context"


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """One file or directory that a source names.

    ``path`` is where it was found in ``tree``, symlinks not followed: it gives the name of a file
    that is copied into a directory. ``branch`` is what stands there once they are. ``rows`` are
    those that are copied, rising, 0 always among them; ``along`` are directories among them that
    come along only for what is in them. An ``archive`` is unpacked.
    """

    word: Word
    tree: Tree
    path: bytes
    branch: Branch
    rows: Array
    archive: bool = False
    along: Array = field(default_factory=lambda: np.empty(0, np.int64))

    @property
    def is_dir(self) -> bool:
        """Whether the contents of a directory are copied."""
        return bool(self.branch.types[0] == EntryType.DIR)


@dataclass(frozen=True, slots=True)
class Remote:
    """A source that is downloaded when the step runs: its files are not known before."""

    word: Word
    is_git: bool


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A pattern that nothing matches in ``folder``, which is there."""

    word: Word
    folder: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """Everything an instruction copies, in its order; ``mishaps`` are what keeps it from it."""

    found: tuple[Found, ...]
    remote: tuple[Remote, ...] = ()
    mishaps: tuple[Mishap, ...] = ()
    unmatched: tuple[Unmatched, ...] = ()


def find(command: Copy | Add, tree: Tree) -> Sources:
    """Find the sources of an instruction whose variables are replaced."""
    return _Search(command, tree).run()


class _Search:
    def __init__(self, command: Copy | Add, tree: Tree) -> None:
        self._command = command
        self._tree = tree
        self._mishaps: list[Mishap] = []
        self._remote: list[Remote] = []
        self._unmatched: list[Unmatched] = []
        self._unpacks = isinstance(command, Add) and command.unpack is not False
        if isinstance(command, Copy):
            self._unpacks = False

    def run(self) -> Sources:
        """Every source in order, here-documents last."""
        transfer = self._command.transfer
        found = [each for word in transfer.sources for each in self._source(word)]
        found += [_inline(file, transfer.destination) for file in transfer.inline]
        return Sources(
            tuple(found), tuple(self._remote), tuple(self._mishaps), tuple(self._unmatched)
        )

    def _source(self, word: Word) -> Iterator[Found]:
        if isinstance(self._command, Add) and (is_git(word.value) or is_http(word.value)):
            self._remote.append(Remote(word, is_git(word.value)))
            return
        try:
            if isinstance(self._command, Copy) and self._command.parents:
                yield from self._with_parents(word)
            else:
                filters = Filters.of(None, self._excludes)
                for path in self._paths(word, rooted(word.value)):
                    yield from self._found(word, path, filters)
        except IgnoreError as error:
            place = next(iter(self._command.transfer.excludes), word)
            self._mishaps.append(Mishap(str(error), place))

    @property
    def _excludes(self) -> tuple[str, ...]:
        return tuple(word.value for word in self._command.transfer.excludes)

    def _with_parents(self, word: Word) -> Iterator[Found]:
        """``--parents``: what stands before ``/./`` is where the kept path begins."""
        before, pivot, after = word.value.partition("/./")
        start, pattern = (before, after) if pivot else ("/", word.value)
        kept = clean(b"/" + encoded(pattern)).lstrip(b"/").decode("utf-8", "surrogateescape")
        filters = Filters.of(kept, self._excludes)
        found_any = False
        for path in self._paths(word, rooted(start)):
            for found in self._found(word, path, filters):
                found_any = found_any or len(found.rows) > 1
                yield found
        if not found_any and not has_wildcards(start) and not has_wildcards(kept):
            whole = rooted(f"{start}/{kept}")
            if not any(mishap.word is word for mishap in self._mishaps):
                missing = self._missing(word, whole)
                self._mishaps.append(
                    missing if kept else replace(missing, why=_NO_NAME, hint=_NAME)
                )

    def _paths(self, word: Word, path: bytes) -> list[bytes]:
        """The paths that a source names: a pattern may match none, but must have a place."""
        folder, pattern = split_wildcards(path)
        if not pattern:
            return [path]
        top = resolve(self._tree, folder)
        if top is None or self._tree.entry(top) is None:
            self._mishaps.append(self._missing(word, folder))
            return []
        found = list(matches(self._tree, top, pattern))
        if not found:
            self._unmatched.append(Unmatched(word, folder))
        return found

    def _found(self, word: Word, path: bytes, filters: Filters) -> Iterator[Found]:
        real = resolve(self._tree, path)
        branch = self._tree.branch(real) if real is not None else None
        if branch is None or real is None:
            why = "its symlinks go in circles" if real is None else ""
            self._mishaps.append(self._missing(word, path, why))
            return
        archive = self._unpacks and is_archive(self._tree, real)
        rows, along = filters.kept(branch)
        if real == b"/" and filters.are_set:
            self._check_links(word, branch, rows)
        yield Found(word, self._tree, path, branch, rows, archive, along)

    def _check_links(self, word: Word, branch: Branch, rows: Array) -> None:
        """With patterns BuildKit follows the links in the root, to no purpose but to hash them."""
        links = rows[(branch.types[rows] == EntryType.SYMLINK) & (branch.parent[rows] == 0)]
        for row in links.tolist():
            path = branch.path_of(row)
            real = resolve(self._tree, path)
            if real is None or self._tree.entry(real) is None:
                message = f'"{display(path)}": not found'
                self._mishaps.append(Mishap(message, word, _LEADS_NOWHERE, _EXCLUDE))

    def _missing(self, word: Word, path: bytes, why: str = "") -> Mishap:
        """Why nothing is there: an ignore file, a way out of the context, or a slip."""
        message = f'"{display(path)}": not found'
        if why:
            return Mishap(message, word, why)
        rule = next((r for p in _up(path) if (r := self._tree.hidden(p)) is not None), None)
        if rule is not None:
            why = f"{rule.file}, line {rule.line}, leaves it out: {rule.pattern}"
            return Mishap(message, word, why, "Add a rule that begins with ! for it")
        if _leads_out(word.value):
            why = f"nothing outside {self._tree.title} can be copied"
            return Mishap(message, word, why, "Choose a build context that holds it")
        real = resolve(self._tree, path)
        if real is not None and real != path:
            why = f"a symlink leads to {display(real)}, which is not in {self._tree.title}"
            return Mishap(message, word, why)
        return Mishap(message, word, f"it is not in {self._tree.title}")


def _inline(file: InlineFile, destination: Word) -> Found:
    word = Word(file.name, file.heredoc.marker.start, file.heredoc.marker.end)
    path = rooted(file.name)
    data = file.content.encode("utf-8", "surrogateescape")
    tree = MemoryTree({path: data}, title="here-document")
    branch = tree.branch(path)
    assert branch is not None
    return Found(word, tree, path, branch, branch.inode[:1])


def _up(path: bytes) -> Iterator[bytes]:
    while path != b"/":
        yield path
        path = parent(path)


def _leads_out(source: str) -> bool:
    depth = 0
    for part in source.split("/"):
        depth += (part not in ("", ".", "..")) - (part == "..")
        if depth < 0:
            return True
    return False


__all__ = ["Found", "Remote", "Sources", "Unmatched", "find"]
