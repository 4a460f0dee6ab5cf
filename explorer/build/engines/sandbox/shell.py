"""A shell in what a failed RUN left, in the sandbox that the RUN had."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from explorer.build.engines.sandbox.client import Ended as CommandEnded
from explorer.build.engines.sandbox.client import Output
from explorer.build.engines.sandbox.clipped import Clipped
from explorer.build.engines.sandbox.failure import BuildError, StepError
from explorer.build.engines.sandbox.identity import UnknownUserError, identify
from explorer.build.engines.sandbox.layers import BuiltLayer
from explorer.build.engines.sandbox.making import Maker
from explorer.build.engines.sandbox.mounts import Lowers
from explorer.build.engines.sandbox.request import Command, Mount
from explorer.build.engines.sandbox.running import Runner
from explorer.build.engines.sandbox.setting import Setting, settle
from explorer.build.engines.sandbox.shellmounts import ShellMounts
from explorer.build.engines.sandbox.shellprograms import BUSYBOX, Shell, find_shell
from explorer.build.engines.sandbox.snapshots import Scratch, StoredLayer
from explorer.build.engines.sandbox.steps import step_id
from explorer.build.engines.sandbox.terminal import SENT
from explorer.build.files.stacked import StackedTree
from explorer.build.plan.cached import is_stored
from explorer.build.plan.model import Cache, Plan
from explorer.build.plan.planning import Planner
from explorer.build.plan.records import BuildRecords
from explorer.build.plan.surroundings import Surroundings
from explorer.build.pty import Pty
from explorer.build.shells import Ended, FailedStep, Opened
from explorer.dockerfile.commands import model
from explorer.dockerfile.stages.model import Stage, Step
from explorer.errors import NotFound, Refused
from explorer.progress import Job
from explorer.store.cache import Caches
from explorer.store.images import ImageStore

_TERM: Final = "xterm-256color"


async def run_shell(
    failed: FailedStep, opened: Callable[[Opened], None], argv: tuple[str, ...] = ()
) -> Ended:
    """See :func:`explorer.build.shells.open_shell`."""
    job = Job()
    request = replace(failed.request, run_seconds=None)
    setting = await asyncio.to_thread(settle, request, job)
    stage, step = _step(setting, failed)
    store, caches = ImageStore.at(), Caches.at()
    ingesting = store.ingest(job)
    ingest = await asyncio.to_thread(ingesting.__enter__)
    try:
        left = await asyncio.to_thread(_Left.of, failed.left, caches, job)
        maker = _ShellMaker(request, setting, ingest, caches, lambda _event: None, lambda: 0.0, job)
        async with maker:
            try:
                return await maker.shell(stage, step, left, argv, opened)
            except (BuildError, UnknownUserError) as error:
                raise Refused("The shell cannot be started", why=str(error)) from error
    finally:
        job.cancel()
        await asyncio.to_thread(ingesting.__exit__, None, None, None)


def _step(setting: Setting, failed: FailedStep) -> tuple[Stage, Step]:
    """The step, if it is still what it was."""
    for stage in setting.program.stages:
        for step in stage.steps:
            if step_id(stage, step) != failed.step:
                continue
            is_same = " ".join(step.instruction.text.split()) == failed.text
            if is_same and isinstance(step.command, model.Run):
                return stage, step
    raise Refused(
        "The shell cannot be started",
        why="the step that failed is not in the Dockerfile any more",
        hint="Build again",
    )


@dataclass(frozen=True, slots=True)
class _Left:
    """The files that a step left: their layers in the store, and the same to look into."""

    layers: tuple[StoredLayer, ...]
    tree: StackedTree

    @classmethod
    def of(cls, digest: str, caches: Caches, job: Job) -> _Left:
        """Raises :class:`NotFound` where they are not kept any more."""
        from explorer.analysis.opened import open_image

        if not digest:
            raise NotFound("Nothing is left of the step", why="its command could not be started")
        image = open_image(f"store:{digest}", caches=caches, job=job)
        layers = []
        for indexed in image.layers:
            layer = indexed.layer
            if layer.digest is None or layer.diff_id is None:
                raise NotFound("What the step left is not whole", hint="Build again")
            layers.append(StoredLayer(layer.digest, layer.diff_id))
        tree = StackedTree(image.final, image.content, "what the step left", digest)
        return cls(tuple(layers), tree)


class _ShellMaker(Maker):
    """Finds what the mounts of the step show, without making anything anew."""

    async def shell(
        self,
        stage: Stage,
        step: Step,
        left: _Left,
        argv: tuple[str, ...],
        opened: Callable[[Opened], None],
    ) -> Ended:
        """Run it to its end."""
        basis = await self._running()
        mounts = ShellMounts(self.request, self._nothing)
        runner = _ShellRunner(self.request, basis.worker, basis.snapshots, mounts, self._ingest)

        async def lowers(source: str) -> tuple[str, ...]:
            layers = await self._files_of(stage, step, source)
            folders = await runner.snapshots.lowers([b.stored for b in layers], runner.worker)
            return folders or (self._nothing.folder("nothing"),)

        return await runner.shell(stage, step, left, lowers, argv, opened)

    async def _files_of(self, stage: Stage, step: Step, source: str) -> Sequence[BuiltLayer]:
        for need in stage.needs:
            if need.step == step.index and need.origin.stage is not None:
                await self._recall_stage(need.origin.stage, step)
        return await super()._files_of(stage, step, source)

    async def _recall_stage(self, index: int, step: Step) -> None:
        """Take the layers of another stage from the store, if all of them are kept."""
        if index in self.built:
            return
        stage = self.program.stages[index]
        if stage.origin.stage is not None:
            await self._recall_stage(stage.origin.stage, step)
        layers = list(await self.base(stage))
        planned = await asyncio.to_thread(self._plan)
        for each in planned.stages[index].steps:
            if not each.layer:
                continue
            if each.cache is not Cache.HIT or each.record is None:
                raise StepError(step, f"line {each.line} of stage {stage.title} is not kept")
            layers.append(await self.recall(each.record))
        self.built[index] = layers

    def _plan(self) -> Plan:
        setting = self._setting
        around = Surroundings(setting.tree, setting.bases, lambda _stage: None)
        kept = partial(is_stored, self._ingest.layout)
        planner = Planner(around, BuildRecords.at(), kept)
        return planner.plan(self.program, str(self.request.dockerfile), self._job)


@dataclass(slots=True)
class _ShellRunner(Runner):
    """Runs one command on a terminal, upon what a step left."""

    _take: Callable[[Pty], None] = lambda pty: pty.close()

    async def shell(
        self,
        stage: Stage,
        step: Step,
        left: _Left,
        lowers: Lowers,
        argv: tuple[str, ...],
        opened: Callable[[Opened], None],
    ) -> Ended:
        """Run it to its end. Raises :class:`StepError` where it cannot be started."""
        run, mounts = step.command, self.mounts
        assert isinstance(run, model.Run)
        assert isinstance(mounts, ShellMounts)
        shell = await asyncio.to_thread(find_shell, left.tree, step.settings.shell, argv)
        who = await asyncio.to_thread(identify, step.settings.user, left.tree)
        folders = await self.snapshots.lowers(left.layers, self.worker)
        scratch = Scratch(self.snapshots.root)
        try:
            folders = folders or (scratch.folder("nothing"),)
            async with mounts.of(run, lowers) as mounted:
                command = self._command(stage, step, run, who, mounted, folders, scratch)
                command = _on_terminal(command, shell)
                notes = (*shell.notes, *mounts.notes)
                self._take = lambda pty: opened(Opened(pty, shell.argv, notes))
                ended = await self._talked(command)
            if ended.failed_at and ended.failed_at != "disk":
                raise self._failure(step, command, ended)
            return Ended(ended.code, ended.error)
        finally:
            scratch.release()
            await asyncio.shield(self._remove(scratch))

    async def _talked(self, command: Command) -> CommandEnded:
        try:
            return await self._guarded(command, Clipped(lambda _stream, _data: None))
        except ExceptionGroup as several:
            raise several.exceptions[0] from several

    async def _carried_out(self, command: Command, output: Output) -> CommandEnded:
        """On a terminal that the sandbox makes, and whose other end it sends to us."""
        ours, theirs = socket.socketpair()
        loop = asyncio.get_running_loop()
        arrived = False

        def take() -> None:
            nonlocal arrived
            loop.remove_reader(ours.fileno())
            arrived = True
            with contextlib.suppress(OSError):
                _, files, _, _ = socket.recv_fds(ours, len(SENT), 1)
                for fd in files:
                    self._take(Pty(fd))

        loop.add_reader(ours.fileno(), take)
        try:
            with theirs:
                return await self.worker.talk(command, theirs.fileno())
        finally:
            if not arrived:
                loop.remove_reader(ours.fileno())
            ours.close()


def _on_terminal(command: Command, shell: Shell) -> Command:
    mounts = command.mounts
    if shell.is_ours:
        mounts = (*mounts, Mount("bind", shell.argv[0], source=str(BUSYBOX), readonly=True))
    environment = {"TERM": _TERM, **command.env}
    return replace(command, argv=shell.argv, env=environment, mounts=mounts, terminal=True)
