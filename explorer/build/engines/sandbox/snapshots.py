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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from explorer.build.engines.sandbox.client import Worker
from explorer.build.engines.sandbox.request import Lower
from explorer.errors import ExplorerError
from explorer.oci import Digest, chain_ids
from explorer.store.data import data_root
from explorer.store.images.files import cannot_write
from explorer.store.images.layout import Layout
from explorer.store.images.locks import try_lock


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

    async def clear(self, worker: Worker, *, everything: bool = False) -> int:
        """Remove what builds left behind, or all; returns how many folders went."""
        gone = [str(path) for path in self.abandoned()]
        if everything and self.root.is_dir():
            gone += [str(path) for path in self.root.iterdir() if not path.name.startswith("tmp-")]
        if gone:
            await worker.remove(*gone)
        return len(gone)
