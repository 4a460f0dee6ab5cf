"""One RUN of a build: from the layers below it to the layer it leaves."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from explorer.build.engines.sandbox.client import Ended, Output, Worker
from explorer.build.engines.sandbox.clipped import Clipped
from explorer.build.engines.sandbox.ending import failure
from explorer.build.engines.sandbox.failure import StepError
from explorer.build.engines.sandbox.identity import Identity, UnknownUserError, identify
from explorer.build.engines.sandbox.mounts import Lowers, Mounted, Mounts, proxies
from explorer.build.engines.sandbox.request import Command, Mount
from explorer.build.engines.sandbox.snapshots import Scratch, Snapshots, StoredLayer
from explorer.build.engines.sandbox.users import why_single
from explorer.build.request import BuildRequest
from explorer.build.tree import Readable
from explorer.dockerfile.commands import model
from explorer.dockerfile.stages.inputs import DEFAULT_PATH
from explorer.dockerfile.stages.model import Stage, Step
from explorer.dockerfile.stages.settings import DEFAULT_SHELL
from explorer.errors import ExplorerError, Unsupported
from explorer.oci import Descriptor, chain_ids, media
from explorer.store.images import Ingest
from explorer.store.images.ingest import BlobWriter

RESERVE: Final = 256 << 20
"""Bytes of disk that a RUN leaves free: below, it is stopped."""
PROCESSES: Final = 4096
"""How many processes a RUN may have at a time."""
_LOOK: Final = 0.5  # seconds between two looks at the disk


@dataclass(slots=True)
class Runner:
    """Runs the RUNs of one build."""

    request: BuildRequest
    worker: Worker
    snapshots: Snapshots
    mounts: Mounts
    ingest: Ingest
    _warned: bool = False

    async def run(
        self,
        stage: Stage,
        step: Step,
        below: Sequence[StoredLayer],
        tree: Readable,
        lowers: Lowers,
        log: Output,
    ) -> Descriptor:
        """Run a step upon some layers; the layer it leaves, stored.

        ``tree`` is what the layers show. Raises :class:`StepError` where the command fails.
        """
        run = step.command
        assert isinstance(run, model.Run)
        try:
            who = identify(step.settings.user, tree)
        except UnknownUserError as error:
            raise StepError(step, str(error)) from error
        self._warn_of_one_user(log)
        folders = await self.snapshots.lowers(below, self.worker)
        scratch = Scratch(self.snapshots.root)
        try:
            folders = folders or (scratch.folder("nothing"),)
            async with self.mounts.of(run, lowers) as mounted:
                command = self._command(stage, step, run, who, mounted, folders, scratch)
                ended = await self._guarded(command, Clipped(log))
            if ended.code:
                raise self._failure(step, command, ended)
            return await self._keep(command, below)
        finally:
            scratch.release()
            await asyncio.shield(self._remove(scratch))

    def _warn_of_one_user(self, log: Output) -> None:
        if self.worker.has_many_users or self._warned:
            return
        self._warned = True
        log(
            2,
            f"[only one user exists in this sandbox: {why_single()}; owners of files are kept "
            "as the layers have them, and changes of owner are not applied]\n".encode(),
        )

    async def _remove(self, scratch: Scratch) -> None:
        try:
            await self.worker.remove(str(scratch.path))
        except ExplorerError:
            return  # what is left is cleared by the next build

    def _command(
        self,
        stage: Stage,
        step: Step,
        run: model.Run,
        who: Identity,
        mounted: Mounted,
        folders: tuple[str, ...],
        scratch: Scratch,
    ) -> Command:
        argv = run.line.words
        if run.line.is_shell:
            argv = (*(step.settings.shell or DEFAULT_SHELL), *argv)
        environment = {
            "PATH": DEFAULT_PATH,
            "HOME": who.home or "/",
            **proxies(self.request.arguments),
            **stage.variables_at(step.index),
            **mounted.environment,
        }
        single = not self.worker.has_many_users
        return Command(
            lowers=folders,
            upper=scratch.folder("upper"),
            work=scratch.folder("work"),
            merged=scratch.folder("merged"),
            argv=argv,
            env=environment,
            cwd=step.settings.workdir or "/",
            user=(who.uid, who.gid),
            groups=() if single else who.groups,
            mounts=(*_network_files(scratch, run), *mounted.mounts),
            network=run.network != "none",
            processes=PROCESSES,
        )

    async def _carried_out(self, command: Command, output: Output) -> Ended:
        return await self.worker.run(command, output)

    async def _guarded(self, command: Command, output: Clipped) -> Ended:
        """Run a command for as long as there is room on the disk."""
        ended: Ended | None = None
        done = asyncio.Event()

        async def work() -> None:
            nonlocal ended
            try:
                ended = await self._carried_out(command, output)
            finally:
                done.set()

        async def watch() -> None:
            while not done.is_set():
                if shutil.disk_usage(self.snapshots.root).free < RESERVE:
                    raise _NoRoomError
                try:
                    await asyncio.wait_for(done.wait(), _LOOK)
                except TimeoutError:
                    continue

        limit = self.request.run_seconds
        try:
            async with asyncio.timeout(limit), asyncio.TaskGroup() as group:
                group.create_task(work())
                group.create_task(watch())
        except* TimeoutError:
            ended = Ended(125, "time", f"it took longer than {limit:g} s: it was stopped")
        except* _NoRoomError:
            ended = Ended(125, "disk", f"less than {RESERVE >> 20} MiB are free: it was stopped")
        output.end()
        assert ended is not None
        return ended

    def _failure(self, step: Step, command: Command, ended: Ended) -> ExplorerError | StepError:
        match ended.failed_at:
            case "overlay":
                return _no_overlay(self.snapshots.root, ended.error)
            case "user" if not self.worker.has_many_users:
                message = f"it could not run as another user: {why_single()}"
                return StepError(step, message, code=None)
            case _:
                return failure(step, command, ended)

    async def _keep(self, command: Command, below: Sequence[StoredLayer]) -> Descriptor:
        """Store what changed, and let its folder be the next step's ground."""
        writer = await asyncio.to_thread(BlobWriter, self.ingest.layout)
        try:
            await self.worker.pack(command.upper, command.lowers[0], writer.write)
            layer = await asyncio.to_thread(writer.finish, media.OCI_LAYER)
        finally:
            writer.close()
        chain = chain_ids((*(each.diff_id for each in below), layer.digest))
        self.snapshots.take(Path(command.upper), self.snapshots.folder(chain[-1]))
        return layer


class _NoRoomError(Exception):
    pass


def _network_files(scratch: Scratch, run: model.Run) -> list[Mount]:
    """Names of hosts: this machine's resolver, and a table that knows the sandbox itself."""
    folder = Path(scratch.folder("net"))
    hosts = folder / "hosts"
    hosts.write_text("127.0.0.1\tlocalhost buildkitsandbox\n::1\tlocalhost ip6-localhost\n")
    found = [Mount("bind", "/etc/hosts", source=str(hosts), owned=True, mode=0o644)]
    resolver = Path("/etc/resolv.conf")
    if run.network != "none" and os.access(resolver, os.R_OK):
        copy = folder / "resolv.conf"
        copy.write_bytes(resolver.read_bytes())
        found.append(Mount("bind", "/etc/resolv.conf", source=str(copy), owned=True, mode=0o644))
    return found


def _no_overlay(folder: Path, error: str) -> Unsupported:
    return Unsupported(
        "RUN cannot lay its layers upon each other here",
        why=f"overlayfs refuses the file system of {folder}: {error}",
        hint="Name a folder on another one (ext4, XFS or Btrfs; in a container, a volume) in "
        "LAYERSCOPE_DATA_DIR, or choose another engine: --engine docker, podman or buildkit",
    )
