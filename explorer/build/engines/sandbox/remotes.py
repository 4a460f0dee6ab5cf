"""What ADD fetches: known by content before its step is keyed, and fetched once in a build."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from explorer.build.engines.sandbox.downloads import download
from explorer.build.engines.sandbox.onefile import OneFileTree
from explorer.build.engines.sandbox.repositories import Repository, checkout, commit_of
from explorer.build.engines.sandbox.snapshots import Scratch
from explorer.build.files.archives import Archive, open_archive
from explorer.build.files.filesystem import Filesystem, Nothing
from explorer.build.files.memory import MemoryTree
from explorer.build.files.mishap import Mishap
from explorer.build.files.paths import decoded
from explorer.build.files.pieces import Selection
from explorer.build.files.select import Place, select
from explorer.build.files.sources import Remote
from explorer.build.plan.keys import digest_of
from explorer.build.plan.operation import remote_digest
from explorer.build.preview.attributes import AttributeMemo
from explorer.build.tree import Tree
from explorer.dockerfile.commands import model
from explorer.dockerfile.stages.model import Step
from explorer.dockerfile.stages.transfers import is_git, is_http
from explorer.dockerfile.words import Word
from explorer.progress import Job
from explorer.store.cache import Caches


def remote_sources(step: Step) -> tuple[Word, ...]:
    """The sources of a step that are fetched, none for all but some ADDs."""
    if not isinstance(step.command, model.Add):
        return ()
    return tuple(w for w in step.command.transfer.sources if is_git(w.value) or is_http(w.value))


@dataclass(frozen=True, slots=True)
class _Fetched:
    tree: Tree
    source: str
    """The path in the tree, as a COPY names it."""


class Remotes:
    """What is fetched for one build; calls from several threads are fine."""

    def __init__(self, root: Path, caches: Caches, job: Job) -> None:
        self._root = root
        self._caches = caches
        self._job = job
        self._digests: dict[str, str] = {}
        self._commits: dict[str, str] = {}
        self._fetched: dict[tuple[str, bool], _Fetched] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._scratch: Scratch | None = None

    def digest(self, url: str) -> str | None:
        """As :attr:`explorer.build.plan.surroundings.Surroundings.remote`."""
        return self._digests.get(url)

    def learn(self, command: model.Add) -> None:
        """Look at what the sources hold, unless the Dockerfile says it: a checksum or a commit.

        Raises :class:`explorer.errors.ExplorerError`.
        """
        for word in command.transfer.sources:
            git = is_git(word.value)
            if not git and not is_http(word.value):
                continue
            if remote_digest(command, Remote(word, git)) is not None:
                continue
            with self._locks.setdefault(word.value, threading.Lock()):
                if word.value not in self._digests:
                    self._digests[word.value] = self._looked_at(word.value, git)

    def _looked_at(self, url: str, git: bool) -> str:
        if git:
            repository = Repository.parse(url)
            return digest_of("git", self._commit(url, repository), repository.folder)
        tree = self._download(url, "").tree
        assert isinstance(tree, OneFileTree)
        return digest_of("http", tree.digest, decoded(tree.file.path), str(tree.file.mtime_ns))

    # -- fetching -------------------------------------------------------------------------------

    def _get(self, command: model.Add, word: Word) -> _Fetched:
        with self._locks.setdefault(word.value, threading.Lock()):
            if is_git(word.value):
                return self._clone(word.value, bool(command.keep_git_dir), _checksum(command))
            return self._download(word.value, _checksum(command))

    def _download(self, url: str, checksum: str) -> _Fetched:
        key = url, bool(checksum)
        if key not in self._fetched:
            tree = download(url, self._root, checksum, self._job)
            self._fetched[key] = _Fetched(tree, _escaped(decoded(tree.file.path)))
        return self._fetched[key]

    def _clone(self, url: str, keep: bool, checksum: str) -> _Fetched:
        key = url, keep
        if key not in self._fetched:
            repository = Repository.parse(url)
            commit = self._commit(url, repository)
            repository.expect(commit, checksum)
            if self._scratch is None:
                self._scratch = Scratch(self._root)
            folder = Path(self._scratch.folder("git"))
            tree = checkout(repository, commit, folder, self._job, keep_git_dir=keep)
            self._fetched[key] = _Fetched(AttributeMemo().tree(tree, self._job), "/")
        return self._fetched[key]

    def _commit(self, url: str, repository: Repository) -> str:
        if url not in self._commits:
            self._commits[url] = commit_of(repository, self._job)
        return self._commits[url]

    def close(self) -> None:
        """Let go of everything that was fetched."""
        for found in self._fetched.values():
            if isinstance(found.tree, OneFileTree):
                found.tree.close()
        self._fetched.clear()
        if self._scratch is not None:
            self._scratch.release()
            shutil.rmtree(self._scratch.path, ignore_errors=True)

    # -- adding ---------------------------------------------------------------------------------

    def select(self, step: Step, context: Tree | None, below: Filesystem | None) -> Selection:
        """What an ADD writes upon ``below``, None for nothing at all.

        Raises :class:`explorer.errors.ExplorerError` for what cannot be fetched.
        """
        command = step.command
        assert isinstance(command, model.Add)
        linked = command.transfer.link and not (
            command.transfer.mode and command.transfer.mode.value
        )
        alone = linked or below is None
        filesystem = Filesystem(Nothing()) if linked or below is None else below
        place = Place(filesystem, step.settings.workdir, step.settings.user, is_scratch=alone)
        mishaps: list[Mishap] = []
        for part, tree in self._parts(command, context):
            part = replace(part, transfer=replace(part.transfer, link=False))
            done = select(
                part, tree, place, lambda t, p: open_archive(t, p, self._caches, self._job)
            )
            mishaps += done.mishaps
            if done.fails:
                break
        return Selection(filesystem.made, filesystem.pieces, (), tuple(mishaps), bool(linked))

    def _unpack(self, tree: Tree, path: bytes) -> Archive:
        return open_archive(tree, path, self._caches, self._job)

    def _parts(self, command: model.Add, context: Tree | None) -> Iterator[tuple[model.Add, Tree]]:
        """The sources one by one, each with where it is."""
        nothing = MemoryTree({}, title="the build context")
        local = nothing if context is None else AttributeMemo().tree(context, self._job)
        transfer = command.transfer
        for word in transfer.sources:
            if not (is_git(word.value) or is_http(word.value)):
                yield _with(command, word), local
                continue
            found = self._get(command, word)
            here = replace(word, value=found.source)
            # Only what --unpack names is unpacked.
            yield replace(_with(command, here), unpack=bool(command.unpack)), found.tree
        if transfer.inline:
            yield replace(command, transfer=replace(transfer, sources=())), nothing


def _with(command: model.Add, word: Word) -> model.Add:
    return replace(command, transfer=replace(command.transfer, sources=(word,), inline=()))


def _checksum(command: model.Add) -> str:
    return command.checksum.value if command.checksum is not None else ""


def _escaped(path: str) -> str:
    """A path whose characters all stand for themselves."""
    classes = {"*": "[*]", "?": "[?]", "[": "[[]", "\\": "[\\\\]"}
    return "".join(classes.get(each, each) for each in path)


__all__ = ["Remotes", "remote_sources"]
