"""Local archives that ADD unpacks: recognised by content, not by name; nothing is unpacked here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from explorer.analysis.content import FileContent
from explorer.blobs.access import RandomAccess
from explorer.blobs.compression import detect, plain_chunks
from explorer.build.files.stacked import StackedTree
from explorer.build.tree import Tree
from explorer.errors import ExplorerError, LimitExceeded
from explorer.filesystem import tarheader
from explorer.filesystem.entry import EntryType
from explorer.filesystem.stack import NOTHING, Stack
from explorer.filesystem.state import State
from explorer.filesystem.tarheader import BLOCK, ZERO_BLOCK
from explorer.oci import media
from explorer.progress import Job
from explorer.sources.image import Layer
from explorer.sources.reading import index_layer, plain_access
from explorer.store.cache import Caches

_HEAD: Final = 1 << 18


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Bounds of what an archive may hold: entries, and bytes once it is decompressed."""

    entries: int = 2_000_000
    size: int = 64 << 30


@dataclass(frozen=True, slots=True)
class Archive:
    """What an archive holds, as a tree; ``remarks`` are entries that no unpacker would take.

    ``weight`` is the memory it takes, in bytes.
    """

    tree: StackedTree
    remarks: tuple[str, ...] = ()
    weight: int = 0


def is_archive(tree: Tree, path: bytes) -> bool:
    """Whether ADD unpacks a file: a tar, plain or in gzip, bzip2, xz or zstd."""
    entry = tree.entry(path)
    if entry is None or entry.type is not EntryType.FILE or not entry.size:
        return False
    try:
        content = _Content(tree.content(path))
        head = content.read_at(0, BLOCK)
        compression = detect(head)
        if compression != "none":
            head = _first_block(content, head)
    except ExplorerError:
        return False
    return len(head) == BLOCK and head != ZERO_BLOCK and tarheader.checksum_holds(head)


def _first_block(content: _Content, head: bytes) -> bytes:
    data = b""
    for chunk in plain_chunks(content, detect(head)):
        data += chunk
        if len(data) >= BLOCK:
            break
    return data[:BLOCK]


def open_archive(
    tree: Tree,
    path: bytes,
    caches: Caches,
    job: Job | None = None,
    limits: ArchiveLimits | None = None,
) -> Archive:
    """Index an archive.

    Raises:
        DamagedImage: it is malformed or ends too early.
        LimitExceeded: it expands without measure, or holds more than ``limits`` allow.
        ExplorerError: it cannot be read.
    """
    limits = limits or ArchiveLimits()
    content = _Content(tree.content(path))
    layer = Layer(
        index=0,
        digest=None,
        diff_id=None,
        chain_id=None,
        media_type=media.OCI_LAYER,
        compression=detect(content.read_at(0, BLOCK)),
        stored=content.size,
        blob=content,
    )
    indexed = index_layer(layer, caches, job)
    index = indexed.index
    if index is None or indexed.problem:
        raise ExplorerError("The archive cannot be unpacked", why=indexed.problem)
    if len(index) > limits.entries or indexed.size > limits.size:
        raise LimitExceeded(
            "The archive is too large to be shown",
            why=f"it holds {len(index):,} entries and {indexed.size:,} bytes",
        )
    stack = Stack([index])
    plain: list[RandomAccess] = []

    def open_content(provider: int) -> FileContent:
        inode = stack.inode(provider)
        entry = stack.split(inode)[1] if inode != NOTHING else -1
        if entry < 0 or index.type[entry] != EntryType.FILE:
            raise ExplorerError("There is no content to show", why="it is no regular file")
        if not plain:
            plain.append(plain_access(layer, caches))
        size, sparse = index.size_of(entry), index.sparse.get(entry)
        return FileContent(plain[0], int(index.offset[entry]), size, sparse)

    stamp = (tree.stamp, path)
    held = StackedTree(State(stack, 0), open_content, "the archive", stamp)
    return Archive(held, (*index.problems, *stack.problems), 2 * index.nbytes)


class _Content:
    """The content of a file as something that a layer can be read from."""

    def __init__(self, content: FileContent) -> None:
        self._content = content

    @property
    def size(self) -> int:
        """Bytes in the file."""
        return self._content.size

    def read_at(self, offset: int, size: int) -> bytes:
        """As :meth:`RandomAccess.read_at`."""
        return self._content.read_at(offset, size)
