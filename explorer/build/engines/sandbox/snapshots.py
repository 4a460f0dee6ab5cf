"""Layers as folders on this machine, kept between builds: what a RUN's overlay lies upon.

One folder for each chain of layers, named by its ChainID (OCI image specification, config.md). It
appears whole, by renaming; what a crash left is cleared at the next start. Folders belong to ids of
a sandbox, so it is the worker that makes and removes them.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from explorer.build.engines.sandbox.client import Worker
from explorer.build.engines.sandbox.request import Lower
from explorer.errors import ExplorerError
from explorer.oci import Digest, chain_ids
from explorer.store.data import data_root
from explorer.store.images.files import cannot_write
from explorer.store.images.layout import Layout
from explorer.store.images.locks import share_lock, try_lock

_NAME: Final = 64  # characters of a ChainID
_MOST: Final = 20 * 10**9
_SHARE: Final = 10
_LEFT: Final = 0.8
"""What is left of the limit where it was reached."""


@dataclass(frozen=True, slots=True)
class StoredLayer:
    """A layer in the local store: its blob, and the digest of its plain tar."""

    digest: Digest
    diff_id: Digest


class Scratch:
    """A folder of one build, or of one step, for as long as it lasts; nobody else touches it."""

    def __init__(self, root: Path) -> None:
        self.path = root / f"tmp-{secrets.token_hex(6)}"
        try:
            root.mkdir(parents=True, exist_ok=True)
            root.chmod(0o700)  # programs in it may be set to run as root
            self.path.mkdir(mode=0o711)
            self._fd = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise cannot_write(root, error) from error
        try_lock(self._fd)

    def folder(self, name: str) -> str:
        """A folder in it."""
        path = self.path / name
        path.mkdir(parents=True, exist_ok=True, mode=0o755)
        return str(path)

    def release(self) -> None:
        """Let a clean-up have it."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


class Snapshots:
    """The folders of one user. Safe beside other builds and processes."""

    def __init__(self, layout: Layout, root: Path | None = None) -> None:
        self.root = root or data_root() / "snapshots"
        self._layout = layout
        self._making: dict[Digest, asyncio.Lock] = {}
        self.limit = 0
        """Bytes that all may take; 0 is 20 GB, or a tenth of the disk if that is less."""

    def folder(self, chain: Digest) -> Path:
        """Where the uppermost layer of a chain is, or would be."""
        return self.root / chain.encoded

    async def lowers(self, layers: Sequence[StoredLayer], worker: Worker) -> tuple[str, ...]:
        """The folders of some layers, the uppermost first; made where they are not there.

        Raises what unpacking raises: :class:`explorer.errors.Refused`.
        """
        chain = chain_ids(layer.diff_id for layer in layers)
        below: tuple[str, ...] = ()
        for layer, name in zip(layers, chain, strict=True):
            folder = self.folder(name)
            async with self._making.setdefault(name, asyncio.Lock()):
                if not folder.exists():
                    await self._make(layer, folder, below, worker)
            _used(folder)
            below = (str(folder), *below)
        return below

    async def _make(
        self, layer: StoredLayer, folder: Path, below: tuple[str, ...], worker: Worker
    ) -> None:
        scratch = Scratch(self.root)
        try:
            target = scratch.folder("fs")
            blob = str(self._layout.blob(layer.digest))
            await worker.unpack(Lower(blob, "", target, below))
            self.take(Path(target), folder)
        finally:
            scratch.release()
            with contextlib.suppress(ExplorerError):
                await worker.remove(str(scratch.path))

    def take(self, made: Path, folder: Path) -> None:
        """Give a folder its name; another process may have been quicker, which is as good."""
        try:
            made.rename(folder)
        except OSError as error:
            if not folder.exists():
                raise cannot_write(self.root, error) from error

    def abandoned(self) -> Iterator[Path]:
        """Folders that a build left when it died."""
        with contextlib.suppress(OSError):
            for path in self.root.glob("tmp-*"):
                with contextlib.suppress(OSError):
                    fd = os.open(path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
                    try:
                        if try_lock(fd):
                            yield path
                    finally:
                        os.close(fd)

    def kept(self) -> Iterator[Path]:
        """The folders that have their names."""
        with contextlib.suppress(OSError):
            yield from (path for path in self.root.iterdir() if len(path.name) == _NAME)

    async def clear(self, worker: Worker, *, everything: bool = False) -> int:
        """Remove what builds left behind, and what has not been used for long where all take too
        much room; or everything. Returns how many folders went.
        """
        gone = [*self.abandoned(), *(self.kept() if everything else ())]
        if gone:
            await worker.remove(*map(str, gone))
        return len(gone) + await self._trim(worker)

    async def _trim(self, worker: Worker) -> int:
        """Keep to the limit, unless another process builds upon these folders."""
        fd = self._lock()
        worker.hold(fd)
        try:
            return await self._shrink(worker) if try_lock(fd) else 0
        finally:
            await asyncio.to_thread(share_lock, fd)  # for as long as the worker lives

    def _lock(self) -> int:
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            fd = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise cannot_write(self.root, error) from error
        return fd

    async def _shrink(self, worker: Worker) -> int:
        sizes = await self._sizes(worker)
        room = self.limit or min(_MOST, shutil.disk_usage(self.root).total // _SHARE)
        total, gone = sum(sizes.values()), list[Path]()
        if total > room:
            for path in sorted(sizes, key=lambda path: path.stat().st_atime_ns):
                if total <= room * _LEFT:
                    break
                gone.append(path)
                total -= sizes[path]
            await worker.remove(*map(str, gone))
            for path in gone:
                path.with_suffix(".size").unlink(missing_ok=True)
        return len(gone)

    async def _sizes(self, worker: Worker) -> dict[Path, int]:
        """Each folder is measured once: nothing in it changes."""
        sizes: dict[Path, int] = {}
        for path in self.kept():
            with contextlib.suppress(OSError, ValueError):
                sizes[path] = int(path.with_suffix(".size").read_text())
        new = [path for path in self.kept() if path not in sizes]
        for path, size in zip(new, await worker.measure(*map(str, new)), strict=True):
            sizes[path] = size
            path.with_suffix(".size").write_text(str(size))
        return sizes


def _used(folder: Path) -> None:
    """Note that a folder was used, and not that it changed."""
    with contextlib.suppress(OSError):  # it may belong to another id of the sandbox
        os.utime(folder, ns=(time.time_ns(), folder.stat().st_mtime_ns))
