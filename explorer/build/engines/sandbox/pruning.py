"""Clearing what builds keep beside the store of images: snapshots, cache mounts, records.

Nothing of it is needed: a snapshot is unpacked again from its layer, a step without a record runs
again, a cache mount is filled again. Call while no build runs; each holds the store's
:attr:`explorer.store.images.layout.Layout.use_lock`.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from explorer.build.engines.sandbox.client import Worker
from explorer.build.engines.sandbox.snapshots import Snapshots
from explorer.errors import ExplorerError
from explorer.oci import Descriptor, ImageConfig, Manifest, chain_ids, parse_manifest
from explorer.progress import Job
from explorer.store.data import data_root
from explorer.store.images import ImageStore
from explorer.store.images.layout import Layout
from explorer.store.images.locks import locked
from explorer.store.images.reach import below_of


@dataclass(frozen=True, slots=True)
class Cleared:
    """How many snapshots, cache mounts and records' folders went; ``bytes`` are free again."""

    snapshots: int = 0
    caches: int = 0
    records: int = 0
    bytes: int = 0


async def clear(store: ImageStore, job: Job, *, cache: bool) -> Cleared:
    """Remove snapshots of layers that no image has any more; with ``cache``, all of them, the
    cache mounts and the records of builds as well.

    Waits for builds to end. Raises :class:`explorer.errors.Cancelled`, and what the worker raises.
    """
    snapshots = Snapshots(store.layout)
    mounts, records = data_root() / "mounts", _records() if cache else []
    if not store.layout.exists:
        return Cleared()
    with locked(store.layout.use_lock, job=job):
        needed = set() if cache else set(chains(store))
        old = [path for path in snapshots.kept() if path.name not in needed]
        caches = [path for path in _folders(mounts) if cache]
        gone = [*old, *snapshots.abandoned(), *caches]
        freed = sum(map(_room, records))
        if gone:
            freed += await _removed(gone)
        for path in old:
            path.with_suffix(".size").unlink(missing_ok=True)
        for path in records:
            shutil.rmtree(path, ignore_errors=True)
    return Cleared(len(old), len([p for p in caches if p.suffix != ".work"]), len(records), freed)


def chains(store: ImageStore) -> Iterator[str]:
    """The names of the snapshots that images of the store could use."""
    for descriptor in store.descriptors():
        yield from _chains(store.layout, descriptor)


def _chains(layout: Layout, descriptor: Descriptor) -> Iterator[str]:
    with contextlib.suppress(ExplorerError):
        document = parse_manifest(layout.document(descriptor.digest), descriptor.media_type)
        if isinstance(document, Manifest):
            config = ImageConfig.parse(layout.document(document.config.digest))
            yield from (chain.encoded for chain in chain_ids(config.rootfs_diff_ids))
            return
        for below in below_of(document):
            yield from _chains(layout, below)


async def _removed(paths: Iterable[Path]) -> int:
    """They belong to ids of a sandbox: its worker may remove them, and read what they hold."""
    worker = await Worker.start()
    try:
        names = [str(path) for path in paths]
        freed = sum(await worker.measure(*names))
        await worker.remove(*names)
        return freed
    finally:
        await worker.close()


def _folders(root: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        yield from (path for path in root.iterdir() if path.is_dir() and not path.is_symlink())


def _records() -> list[Path]:
    root = data_root()
    return [path for kind in ("records-*", "listings-*") for path in root.glob(kind)]


def _room(folder: Path) -> int:
    return sum(path.lstat().st_blocks * 512 for path in folder.rglob("*"))
