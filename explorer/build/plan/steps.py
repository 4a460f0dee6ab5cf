"""What the key of each step is made of.

RUN: arguments, environment with the arguments in scope, working directory, user, shell, mounts,
network, platform, and what is below. COPY and ADD: the operation and the content of the sources.
Not: proxy variables (unless declared), values of secrets, contents of cache mounts, times.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from explorer.build.files.mishap import Mishap
from explorer.build.files.paths import Destination, decoded, rooted
from explorer.build.files.sources import Remote
from explorer.build.plan.keys import Part, PartKind
from explorer.build.plan.making import Below, Given, Giver, Making
from explorer.build.plan.operation import (
    flag_parts,
    mount_part,
    remote_digest,
    words_part,
)
from explorer.build.plan.picking import Pick, Picked, Picker
from explorer.build.plan.variables import Variables
from explorer.build.tree import resolve
from explorer.dockerfile.commands import model
from explorer.dockerfile.commands.mount import Mount
from explorer.dockerfile.stages.model import Need, NeedKind, Origin, OriginKind, Stage, Step
from explorer.dockerfile.stages.settings import DEFAULT_SHELL, WINDOWS_SHELL
from explorer.errors import Cancelled, ExplorerError
from explorer.filesystem.names import display
from explorer.progress import Job

_LAYERED: Final = (model.Run, model.Copy, model.Add)
_CONTEXT: Final = Origin(OriginKind.CONTEXT)


def leaves_layer(step: Step) -> bool:
    """Whether a step makes a layer; all others only say something about the image."""
    if isinstance(step.command, model.Workdir):
        return posixpath.normpath("/" + step.settings_after.workdir).strip("/") != ""
    return isinstance(step.command, _LAYERED)


@dataclass(frozen=True, slots=True)
class _Stage:
    """What the steps of one stage share."""

    stage: Stage
    variables: Variables
    needs: dict[int, list[Need]]
    platform: Part

    @classmethod
    def of(cls, stage: Stage) -> _Stage:
        needs: dict[int, list[Need]] = {}
        for need in stage.needs:
            if need.step is not None:
                needs.setdefault(need.step, []).append(need)
        platform = Part.of(PartKind.PLATFORM, str(stage.platform.normalized()))
        return cls(stage, Variables(stage), needs, platform)


class KeyMaker:
    """Makes the keys of steps. ``remote`` gives a digest of what a URL or repository holds."""

    def __init__(
        self,
        given: Giver,
        picker: Picker,
        job: Job,
        remote: Callable[[str], str | None],
    ) -> None:
        self._given = given
        self._picker = picker
        self._job = job
        self._remote = remote
        self._deep = False
        self._stage: _Stage | None = None

    def make(self, stage: Stage, step: Step, below: Below, *, deep: bool = False) -> Making:
        """The key of a step that leaves a layer.

        Files of stages and images are looked into only if it is to be ``deep``.
        """
        making, command = Making(), step.command
        self._deep = deep
        making.both(Part.of(PartKind.INSTRUCTION, step.instruction.name))
        if not (isinstance(command, model.Copy | model.Add) and command.transfer.link):
            making.both(below.part())
            making.is_below_unknown = below.state is None
        making.both(self._known(stage).platform)
        match command:
            case model.Run():
                self._run(making, stage, step, command)
            case model.Copy() | model.Add():
                self._transfer(making, stage, step, command)
            case model.Workdir():
                making.both(
                    Part.of(PartKind.WORKDIR, step.settings_after.workdir),
                    Part.of(PartKind.USER, step.settings.user),
                )
            case _:
                making.refuse(Mishap("the instruction cannot be understood"))
        return making

    # -- RUN ------------------------------------------------------------------------------------

    def _run(self, making: Making, stage: Stage, step: Step, run: model.Run) -> None:
        settings = step.settings
        making.both(words_part(PartKind.COMMAND, run.line.words))
        if run.line.is_shell:
            default = WINDOWS_SHELL if stage.platform.os == "windows" else DEFAULT_SHELL
            making.both(words_part(PartKind.SHELL, settings.shell or default))
        if run.executable is not None:
            making.both(Part.of(PartKind.SCRIPT, run.executable.content, run.executable.name))
        making.both(
            Part.of(PartKind.WORKDIR, settings.workdir or "/"),
            Part.of(PartKind.USER, settings.user),
            Part.of(PartKind.NETWORK, run.network),
            Part.of(PartKind.SECURITY, run.security),
            *(Part.of(PartKind.DEVICE, device.value) for device in run.devices),
        )
        needs = self._known(stage).needs.get(step.index, ())
        origins = {n.origin.name: n.origin for n in needs if n.kind is NeedKind.MOUNT}
        for mount in run.mounts:
            making.both(mount_part(mount))
            origin = origins.get(mount.source_stage)
            if mount.type == "bind" or (mount.type == "cache" and origin is not None):
                self._mounted(making, mount, self._files(making, origin or _CONTEXT, stage))
        making.both(*self._known(stage).variables.at(step.index))

    def _mounted(self, making: Making, mount: Mount, given: Given) -> None:
        """What a mount takes its files from."""
        path = rooted(mount.source or "/")
        written = f"{decoded(path)} for {mount.target}"
        if given.tree is None:
            making.take(given, [written], Picked())
            return
        real = resolve(given.tree, path)
        branch = given.tree.branch(real) if real is not None else None
        if branch is None:
            why = f"it is not in {given.title}"
            making.refuse(Mishap(f'"{display(path)}": not found', mount.place, why))
            return
        try:
            listing = self._picker.whole(given.tree, branch, path, self._job)
        except Cancelled:
            raise
        except ExplorerError as error:
            making.refuse(Mishap(error.what, mount.place, error.why))
            return
        making.take(given, [written], Picked((Pick(written, "", listing),)))

    def _known(self, stage: Stage) -> _Stage:
        """What is worked out once for a stage, whose steps are asked for one after another."""
        if self._stage is None or self._stage.stage is not stage:
            self._stage = _Stage.of(stage)
        return self._stage

    def _files(self, making: Making, origin: Origin, stage: Stage) -> Given:
        given = self._given(origin, stage)
        if self._deep:
            return given.opened()
        making.is_shallow = making.is_shallow or given.later is not None
        return given

    # -- COPY and ADD ---------------------------------------------------------------------------

    def _transfer(
        self, making: Making, stage: Stage, step: Step, command: model.Copy | model.Add
    ) -> None:
        transfer = command.transfer
        destination = Destination.of(transfer.destination.value, step.settings.workdir)
        written = decoded(destination.path) + ("/" if destination.is_folder else "")
        making.both(Part.of(PartKind.DESTINATION, written), *flag_parts(command))
        needs = self._known(stage).needs.get(step.index, ())
        copied = (n for n in needs if n.kind is NeedKind.COPY)
        need = next(copied, None)
        origin = need.origin if need is not None else _CONTEXT
        given = self._files(making, origin, stage)
        for file in transfer.inline:
            making.both(Part.of(PartKind.SCRIPT, file.content, file.name))
        picked = Picked()
        if given.tree is not None and (transfer.sources or transfer.inline):
            picked = self._picker.transfer(command, given.tree, self._job)
        making.has_archives = picked.has_archives
        making.take(given, [word.value for word in transfer.sources], picked)
        for remote in picked.remotes:
            self._remote_part(making, remote, remote_digest(command, remote))

    def _remote_part(self, making: Making, remote: Remote, pinned: str | None) -> None:
        url = remote.word.value
        digest = pinned or self._remote(url)
        if digest is not None:
            making.both(Part(PartKind.REMOTE, url, url, digest))
            return
        why = f"what {url} holds is not known before it is fetched"
        making.unknown.append(why)
        making.unread.append(why)
