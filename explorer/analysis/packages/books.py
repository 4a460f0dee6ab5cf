"""The files in which package managers keep their books: found, read within bounds, and dated."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from explorer.analysis.opened import OpenImage
from explorer.analysis.packages.values import Ecosystem, Noted, Package
from explorer.analysis.query.paths import PathPattern
from explorer.analysis.query.text import Text
from explorer.errors import DamagedImage, NotFound
from explorer.filesystem.entry import EntryType
from explorer.filesystem.names import display
from explorer.filesystem.providers import NOTHING
from explorer.filesystem.state import State
from explorer.progress import Job

Parse = Callable[[bytes], list[Noted]]

BOOK = 128 << 20  # bytes that are read of one file with all packages
RECORD = 256 << 10  # bytes that are read of a file about one package
RECORDS = 100_000  # files about one package
PACKAGES = 200_000  # in one file


class Library:
    """The books of one merged filesystem. ``notes`` gathers, in sentences, what cannot be read."""

    def __init__(
        self, image: OpenImage, state: State, job: Job | None = None, notes: list[str] | None = None
    ) -> None:
        self.image = image
        self.state = state
        self.job = job or Job()
        self.notes = notes if notes is not None else []

    def find(self, path: str) -> int | None:
        """The node of a regular file, symlinks on the way followed; None if there is none."""
        try:
            node = self.image.resolve(self.state, path.encode())
        except NotFound:
            return None
        entry = self.state.entry(node)
        return node if entry is not None and entry.type is EntryType.FILE else None

    def records(self, *patterns: str) -> list[int]:
        """The nodes of the regular files whose paths match a pattern."""
        trie, visible = self.state.stack.trie, self.state.visible
        mask = np.zeros(len(trie), bool)
        for pattern in patterns:
            mask |= PathPattern.parse(Text(pattern)).nodes(trie)
        nodes = np.flatnonzero(mask & (visible != NOTHING))
        inodes = self.state.stack.inodes(visible[nodes])
        nodes, inodes = nodes[inodes != NOTHING], inodes[inodes != NOTHING]
        nodes = nodes[self.state.stack.column("type", inodes) == EntryType.FILE]
        if len(nodes) > RECORDS:
            self.notes.append(f"Only the first {RECORDS:,} of {len(nodes):,} packages are listed")
        chosen: list[int] = nodes[:RECORDS].tolist()
        return chosen

    def read(self, provider: int, limit: int) -> bytes | None:
        """The content of a file; None, with a note, where it is too large or cannot be read."""
        self.job.check()
        try:
            content = self.image.content(provider)
            if content.size <= limit:
                return content.read_at(0, content.size)
            why = f"it has {content.size:,} bytes"
        except (DamagedImage, NotFound) as error:
            why = error.why or error.what
        self.notes.append(f"The packages in {self._where(provider)} are not listed: {why}")
        return None

    def head(self, node: int) -> bytes:
        """The first bytes of a file about one package; nothing where it cannot be read."""
        self.job.check()
        try:
            return self.image.content(int(self.state.visible[node])).read_at(0, RECORD)
        except (DamagedImage, NotFound):
            return b""

    def path(self, node: int) -> bytes:
        """The path of a node."""
        return self.state.stack.trie.path(node)

    def layer(self, node: int) -> int:
        """The layer that provides a node."""
        return self.state.stack.provider_layer(int(self.state.visible[node]))

    def book(self, kind: Ecosystem, path: str, parse: Parse) -> Iterator[Package]:
        """The packages of one file with all of them, each dated by the layer it came with.

        ``parse`` raises ``ValueError`` for what it cannot read.
        """
        node = self.find(path)
        if node is None:
            return
        came: dict[Noted, int] = {}
        for layer, provider in self._versions(node):
            noted = self._parsed(path, provider, parse)
            # Of an older version that cannot be read, what it had counts as new in the next.
            came = {each: came.get(each, layer) for each in noted}
        where = self.path(node)
        for each, layer in came.items():
            yield Package(kind, each.name, each.version, where, layer, each.architecture, each.size)

    def _parsed(self, path: str, provider: int, parse: Parse) -> list[Noted]:
        data = self.read(provider, BOOK)
        try:
            return parse(data)[:PACKAGES] if data is not None else []
        except ValueError as error:
            self.notes.append(f"The packages in {path} are not listed: {error}")
            return []

    def _versions(self, node: int) -> Iterator[tuple[int, int]]:
        """The layers that wrote a file since it last appeared, with the provider of each."""
        versions: list[tuple[int, int]] = []
        for layer, delta in enumerate(self.state.stack.deltas[: self.state.upto + 1]):
            row = int(np.searchsorted(delta.nodes, node))
            if row == len(delta.nodes) or delta.nodes[row] != node:
                continue
            provider = int(delta.after[row])
            versions = [*versions, (layer, provider)] if provider != NOTHING else []
        yield from versions

    def _where(self, provider: int) -> str:
        layer, entry = self.state.stack.split(self.state.stack.inode(provider))
        index = self.state.stack.layers[layer]
        if index is None or entry < 0:
            return f"layer {layer}"
        return f"{display(index.path(int(index.node[entry])))} of layer {layer}"
