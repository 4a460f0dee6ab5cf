"""Files of an image, written to a real folder, safely.

An image is hostile input. Whatever its names, links and modes say, and whoever changes the
destination meanwhile: nothing outside it is written, nothing there is replaced unless asked, no
privileges and no devices come out unless asked, and there are limits on bytes and entries.
Symlinks are written as they are and never followed. Files keep their dates; holes of sparse files
stay holes; further names of a file (hard links) stay names of one file.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from explorer.analysis.extract.names import host_name
from explorer.analysis.extract.save import save_file
from explorer.analysis.extract.target import Target
from explorer.analysis.extract.unpack import Unpacker
from explorer.analysis.extract.values import Extracted, Keep, Limits, Skipped
from explorer.analysis.opened import OpenImage
from explorer.errors import LimitExceeded
from explorer.filesystem.entry import EntryType
from explorer.filesystem.index import Array
from explorer.filesystem.names import display
from explorer.filesystem.providers import NOTHING
from explorer.filesystem.state import State
from explorer.progress import Job

__all__ = ["Extracted", "Limits", "Skipped", "extract", "save_file"]

_DEFAULT = Limits()


def extract(
    image: OpenImage,
    state: State,
    node: int,
    dest: Path,
    job: Job | None = None,
    *,
    limits: Limits = _DEFAULT,
    devices: bool = False,
    setuid: bool = False,
    owners: bool = False,
    force: bool = False,
) -> Extracted:
    """Write what is visible at and below a node: into ``dest`` if it is a folder, else as ``dest``.

    ``devices`` makes device nodes and named pipes, ``setuid`` keeps set-user-ID and set-group-ID
    bits and capabilities, ``owners`` keeps owners and exact modes, ``force`` replaces files that
    are in the way and merges folders. What cannot be written is in :attr:`Extracted.skipped`.

    Raises :class:`NotFound` where there is nothing at the node or no folder to write to,
    :class:`UsageError` where something is in the way, :class:`LimitExceeded` before anything is
    written, :class:`Refused`, :class:`StorageFull` (what was written stays; it says how much), and
    :class:`Cancelled`.
    """
    job = job or Job()
    stack = state.stack
    path = stack.trie.path(node)
    nodes = state.nodes(node)
    if node not in state:
        state.find(path)  # raises
    linked, needed = _content(state, nodes)
    _check_limits(path, len(nodes), needed, limits)
    target = Target.choose(dest, host_name(stack.trie.name(node)) if node else "", force=force)
    target.check_room(needed)
    job.expect(needed)
    keep = Keep(devices, setuid, owners, force)
    folder = target.open()
    try:
        unpacker = Unpacker(image, state, folder, keep, job)
        unpacker.unpack(nodes.tolist(), node, target.name, linked)
    finally:
        folder.close()
    return Extracted(target.path, unpacker.files, unpacker.bytes, tuple(unpacker.skipped))


def _content(state: State, nodes: Array) -> tuple[set[int], int]:
    """The inodes with several names among some nodes, and the bytes that all content takes."""
    stack = state.stack
    inodes = stack.inodes(state.visible[nodes])
    inodes = inodes[(inodes != NOTHING) & (inodes < stack.starts[-1])]
    inodes, counts = np.unique(inodes, return_counts=True)
    kinds = stack.column("type", inodes)
    linked = inodes[(counts > 1) & (kinds != EntryType.DIR)]
    unique = inodes[kinds == EntryType.FILE]
    total = int(stack.column("size", unique).sum())
    for number, layer in enumerate(stack.layers):
        for entry, sparse in layer.sparse.items() if layer is not None else ():
            place = int(np.searchsorted(unique, entry + int(stack.starts[number])))
            if place < len(unique) and unique[place] == entry + int(stack.starts[number]):
                assert layer is not None
                total += sparse.stored - layer.size_of(entry)
    return set(linked.tolist()), total


def _check_limits(path: bytes, entries: int, needed: int, limits: Limits) -> None:
    for what, count, most in (
        ("entries", entries, limits.entries),
        ("bytes of content", needed, limits.bytes),
    ):
        if count > most:
            raise LimitExceeded(
                f"{display(path)} is too much to extract at once",
                why=f"it has {count:,} {what}, and the limit is {most:,}",
                hint="Extract a part of it, or raise the limit; nothing was written",
            )
