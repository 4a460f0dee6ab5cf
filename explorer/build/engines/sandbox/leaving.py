"""What a failed RUN leaves behind: kept as an image without a name, so that it can be looked at."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from explorer.build.engines.sandbox.client import Ended, Output
from explorer.build.engines.sandbox.failure import StepError
from explorer.build.engines.sandbox.mounts import Lowers
from explorer.build.engines.sandbox.request import Command
from explorer.build.engines.sandbox.running import Runner
from explorer.build.engines.sandbox.snapshots import StoredLayer
from explorer.build.tree import Readable
from explorer.dockerfile.stages.model import Stage, Step
from explorer.errors import ExplorerError
from explorer.oci import Descriptor, Digest, media
from explorer.store.images import ImageStore
from explorer.store.images.files import replace_file
from explorer.store.images.ingest import BlobWriter

_LEAVE: Final = ("", "exec", "time")
"""Where a command can fail and yet leave files: it ran, was not found, or took too long."""
MOST: Final = 16
"""How many Dockerfiles have their last failure kept."""


@dataclass(slots=True)
class LeavingRunner(Runner):
    """A runner whose errors tell the layer that the command has left."""

    _left: dict[asyncio.Task[object], Descriptor] = field(default_factory=dict)

    async def run(
        self,
        stage: Stage,
        step: Step,
        below: Sequence[StoredLayer],
        tree: Readable,
        lowers: Lowers,
        log: Output,
    ) -> Descriptor:
        """As :meth:`Runner.run`."""
        try:
            return await Runner.run(self, stage, step, below, tree, lowers, log)
        except StepError as error:
            error.left = self._left.pop(_task(), None)
            raise

    async def _guarded(self, command: Command, output: Callable[[int, bytes], None]) -> Ended:
        """As in :class:`Runner`; while the folder that a command wrote into is still there."""
        ended = await Runner._guarded(self, command, output)  # type: ignore[arg-type]
        if ended.code and ended.failed_at in _LEAVE:
            # It is a help, no more: what keeps it from being there must not hide the failure.
            with contextlib.suppress(ExplorerError):
                self._left[_task()] = await self._packed(command)
        return ended

    async def _packed(self, command: Command) -> Descriptor:
        writer = await asyncio.to_thread(BlobWriter, self.ingest.layout)
        try:
            await self.worker.pack(command.upper, command.lowers[0], writer.write)
            return await asyncio.to_thread(writer.finish, media.OCI_LAYER)
        finally:
            writer.close()


def _task() -> asyncio.Task[object]:
    task = asyncio.current_task()
    assert task is not None
    return task


@dataclass(frozen=True, slots=True)
class Failures:
    """The last failure of each Dockerfile, in a small file: what is older goes."""

    store: ImageStore
    path: Path

    def keep(self, dockerfile: str, image: Descriptor) -> None:
        """Hold an image in place of the one that the last failure left. Call in a thread."""
        known = self._read()
        old = [known.pop(dockerfile)] if dockerfile in known else []
        known[dockerfile] = str(image.digest)
        while len(known) > MOST:
            old.append(known.pop(next(iter(known))))
        self.store.keep(image)
        self._forget(set(old) - set(known.values()))
        replace_file(self.path, json.dumps({"schema": 1, "left": known}, indent=1).encode())

    def _forget(self, digests: set[str]) -> None:
        unnamed = {d.digest for d in self.store.descriptors() if not d.annotations}
        for text in digests:
            with contextlib.suppress(ExplorerError):
                digest = Digest.parse(text)
                if digest in unnamed:
                    self.store.remove(digest)

    def _read(self) -> dict[str, str]:
        try:
            found = json.loads(self.path.read_bytes())["left"]
        except (OSError, ValueError, KeyError, TypeError):
            return {}
        if not isinstance(found, dict):
            return {}
        return {str(name): str(digest) for name, digest in found.items()}
