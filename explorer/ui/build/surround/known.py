"""What completion and hovering may know of the world: answered from what is known already."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from explorer.analysis.opened import OpenImage
from explorer.build.bases import Base, Unresolved
from explorer.build.preview import Preview
from explorer.build.tree import Tree
from explorer.dockerfile.services.surroundings import Account, BaseFacts
from explorer.dockerfile.stages.model import OriginKind, Program
from explorer.errors import ExplorerError
from explorer.filesystem.entry import EntryType
from explorer.filesystem.names import display
from explorer.filesystem.stack import NOTHING
from explorer.ui.build.world import World

_MOST_NAMES = 2000
_MOST_BYTES = 1 << 20

StageEnd = Callable[[int], Preview]
"""Makes the preview of a stage at its end; may raise what previews raise."""


class KnownSurroundings:
    """:class:`explorer.dockerfile.services.surroundings.Surroundings` of a program."""

    def __init__(self, program: Program, world: World, end: StageEnd) -> None:
        self._program, self._world, self._end = program, world, end

    def context_paths(self, prefix: str) -> Iterable[str]:
        """The entries of one folder of the context that begin so."""
        tree = self._world.tree
        return _listed(tree, prefix.lstrip("/"), b"/") if tree is not None else ()

    def stage_paths(self, stage_index: int, prefix: str) -> Iterable[str]:
        """The same for a stage as it ends."""
        image = self._image(stage_index)
        return _below(image, prefix) if image is not None else ()

    def image_paths(self, name: str, prefix: str) -> Iterable[str]:
        """The same for an image or a named context."""
        for (known, _platform), found in self._world.bases.found.items():
            if known != name or isinstance(found, Unresolved):
                continue
            if isinstance(found, Base):
                return _below(found.image, prefix)
            return [f"/{path}" for path in _listed(found, prefix.lstrip("/"), b"/")]
        return ()

    def users(self, stage_index: int) -> Iterable[Account]:
        """The users of ``/etc/passwd``."""
        return self._accounts(stage_index, b"/etc/passwd")

    def groups(self, stage_index: int) -> Iterable[Account]:
        """The groups of ``/etc/group``."""
        return self._accounts(stage_index, b"/etc/group")

    def base(self, stage_index: int) -> BaseFacts | None:
        """What is known of the image that a stage builds upon."""
        stage = self._program.stages[stage_index]
        if stage.origin.kind not in (OriginKind.IMAGE, OriginKind.CONTEXT):
            return None
        found = self._world.bases.resolve(stage.origin.name, stage.platform)
        if not isinstance(found, Base):
            return None
        image, config = found.image.image, found.config
        return BaseFacts(
            name=stage.origin.name,
            digest=str(image.digest or ""),
            platform=str(image.platform),
            size=image.stored,
            layers=len(image.layers),
            env=config.env,
            user=config.user,
            workdir=config.workdir,
            entrypoint=config.entrypoint,
            cmd=config.cmd,
            exposed=config.exposed_ports,
        )

    def _image(self, stage_index: int) -> OpenImage | None:
        if not 0 <= stage_index < len(self._program.stages):
            return None
        try:
            return self._end(stage_index).image
        except ExplorerError:
            return None

    def _accounts(self, stage_index: int, path: bytes) -> list[Account]:
        image = self._image(stage_index)
        if image is None:
            return []
        found: list[Account] = []
        for line in _read(image, path).splitlines():
            fields = line.split(":")
            if len(fields) > 2 and fields[0] and fields[2].isdigit():
                found.append(Account(fields[0], int(fields[2])))
        return found


def _listed(tree: Tree, prefix: str, root: bytes) -> list[str]:
    folder, _, begun = prefix.rpartition("/")
    here = root + os.fsencode(folder) if folder else root
    start = os.fsencode(begun)
    found: list[str] = []
    for name in tree.children(here):
        if not name.startswith(start):
            continue
        entry = tree.entry(here.rstrip(b"/") + b"/" + name)
        slash = "/" if entry is not None and entry.is_dir else ""
        above = f"{folder}/" if folder else ""
        found.append(f"{above}{os.fsdecode(name)}{slash}")
        if len(found) >= _MOST_NAMES:
            break
    return found


def _below(image: OpenImage, prefix: str) -> list[str]:
    folder, _, begun = prefix.rpartition("/")
    trie = image.stack.trie
    node = trie.find(os.fsencode(folder or "/"))
    if node is None:
        return []
    found: list[str] = []
    final, start = image.final, os.fsencode(begun)
    for child in final.children(node):
        name = trie.name(child)
        if name.startswith(start):
            entry = final.entry(child)
            slash = "/" if entry is not None and entry.is_dir else ""
            found.append(f"{folder}/{display(name)}{slash}")
            if len(found) >= _MOST_NAMES:
                break
    return found


def _read(image: OpenImage, path: bytes) -> str:
    node = image.stack.trie.find(path)
    if node is None:
        return ""
    provider, entry = int(image.final.visible[node]), image.final.entry(node)
    if provider == NOTHING or entry is None or entry.type is not EntryType.FILE:
        return ""
    try:
        content = image.content(provider)
        return content.read_at(0, min(content.size, _MOST_BYTES)).decode("utf-8", "replace")
    except ExplorerError:
        return ""
