"""An image whose upper layers are one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np

from explorer.analysis.opened import OpenImage
from explorer.errors import DamagedImage, UsageError
from explorer.filesystem.entry import Change, Entry, EntryType
from explorer.filesystem.index import Array
from explorer.filesystem.layertar import END, member
from explorer.filesystem.stack import NOTHING
from explorer.filesystem.state import ChangeSet
from explorer.mutate.config import encode
from explorer.oci import Descriptor, Manifest, format_rfc3339_utc, media
from explorer.oci.document import load_object
from explorer.progress import Job
from explorer.store.images import Ingest
from explorer.transfer.layers import bring_layer


def squash(
    image: OpenImage, ingest: Ingest, now: datetime, *, first: int = 0, job: Job | None = None
) -> Descriptor:
    """Write the image with the layers from ``first`` on as one; returns its manifest.

    What they add and delete again is gone, the filesystem is the same, and so is the configuration
    but for its history. Raises :class:`UsageError` for a layer that is not there,
    :class:`DamagedImage` for an image that lacks one.
    """
    job = job or Job()
    _check(image, first)
    kept = [bring_layer(layer.layer, ingest, job).descriptor for layer in image.layers[:first]]
    with ingest.writer() as writer:
        for chunk in layer_tar(image, first, job):
            writer.write(chunk)
        top = writer.finish(media.OCI_LAYER)
    document = load_object(image.image.config_json, "image configuration")
    config = ingest.put(encode(_config(document, image, first, top, now)), media.OCI_CONFIG)
    return ingest.put(Manifest(config, (*kept, top)).encode(), media.OCI_MANIFEST)


def _check(image: OpenImage, first: int) -> None:
    count = len(image.layers)
    if not 0 <= first < count:
        raise UsageError(
            f"There is no layer {first}", hint=f"The image has layers 0 to {count - 1}"
        )
    if image.problems:
        raise DamagedImage(
            f"{image.image.title} cannot be squashed", why=image.problems[0], hint="Fetch it again"
        )


def layer_tar(image: OpenImage, first: int, job: Job) -> Iterator[bytes]:
    """What the layers from ``first`` on do together, as the tar of one layer."""
    maker = _LayerMaker(image, image.changes(first, image.top), first)
    for row in range(len(maker.changes.nodes)):
        job.check()
        yield from maker.change(row)
    yield END


class _LayerMaker:
    """Writes the changes between two states of an image, path by path."""

    def __init__(self, image: OpenImage, changes: ChangeSet, first: int) -> None:
        self.changes = changes
        self._image = image
        self._first = first
        self._names: dict[int, bytes] = {}  # inodes, to the first path that was written
        self._written = _to_write(image, changes)

    def change(self, row: int) -> Iterator[bytes]:
        """The tar blocks of one changed path; none where the change needs no entry."""
        stack, changes = self._image.stack, self.changes
        node, after = int(changes.nodes[row]), int(changes.after[row])
        if after == NOTHING:
            if self._is_dir(int(stack.trie.parent[node])):
                yield from member(Entry(stack.trie.path(node), EntryType.WHITEOUT))
        elif self._written[row]:
            yield from self._entry(node, after)

    def _is_dir(self, node: int) -> bool:
        """Whether a directory is there in the end; below what is none, nothing is to be hidden."""
        provider = self._image.final.visible[node : node + 1]
        if provider[0] == NOTHING:
            return False
        return bool(self._image.stack.column("type", provider)[0] == EntryType.DIR)

    def _entry(self, node: int, provider: int) -> Iterator[bytes]:
        entry = self._image.stack.entry(node, provider)
        if entry.type is EntryType.DIR:
            yield from member(entry)
            return
        inode = self._image.stack.inode(provider)
        other = self._other_name(node, inode, entry.path)
        if other != entry.path:
            yield from member(replace(entry, type=EntryType.HARDLINK, link=other))
        elif entry.type is EntryType.FILE:
            yield from member(entry, self._image.content(inode).chunks())
        else:
            yield from member(entry)

    def _other_name(self, node: int, inode: int, path: bytes) -> bytes:
        """The path that holds the content of a file: another one, for a further hard link."""
        if inode not in self._names and self._image.stack.split(inode)[0] < self._first:
            mine = {self._image.stack.trie.path(int(n)) for n in self._links_changed(node)}
            for name in self._image.final.links(node):
                if name not in mine:
                    self._names[inode] = name
                    break
        return self._names.setdefault(inode, path)

    def _links_changed(self, node: int) -> Array:
        """Nodes among the changes that show the same inode."""
        provider = self._image.stack.inode(int(self._image.final.visible[node]))
        after = self.changes.after
        shown: Array = self._image.stack.inodes(np.where(after == NOTHING, 0, after))
        mine: Array = self.changes.nodes[self._written & (shown == provider)]
        return mine


def _to_write(image: OpenImage, changes: ChangeSet) -> Array:
    """Which changes need an entry: a time alone that is new counts as no change, but shows."""
    wanted: Array = (changes.after != NOTHING) & (changes.kinds != Change.UNCHANGED)
    again = np.flatnonzero((changes.after != NOTHING) & ~wanted)
    before = image.stack.column("mtime", changes.before[again])
    wanted[again] = before != image.stack.column("mtime", changes.after[again])
    return wanted


def _config(
    document: dict[str, Any], image: OpenImage, first: int, top: Descriptor, now: datetime
) -> dict[str, Any]:
    diff_ids = [str(digest) for digest in image.image.config.rootfs_diff_ids[:first]]
    created = format_rfc3339_utc(now)
    history = _history_below(document.get("history") or [], first)
    count = len(image.layers) - first
    history.append(
        {"created": created, "created_by": "layerscope squash", "comment": f"{count} layers as one"}
    )
    rootfs = {"type": "layers", "diff_ids": [*diff_ids, str(top.digest)]}
    return {**document, "created": created, "rootfs": rootfs, "history": history}


def _history_below(history: list[Any], layers: int) -> list[Any]:
    """The history of the lowest layers, with the empty steps between them."""
    kept: list[Any] = []
    left = layers
    for step in history:
        if not (isinstance(step, dict) and step.get("empty_layer")):
            if left == 0:
                break
            left -= 1
        kept.append(step)
    return kept
