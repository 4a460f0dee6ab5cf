"""The mounts of a step for a shell: the same, but nothing that is written there is kept."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from explorer.build.engines.sandbox.failure import BuildError
from explorer.build.engines.sandbox.mounts import Lowers, Mounted, Mounts
from explorer.build.engines.sandbox.request import Mount
from explorer.build.engines.sandbox.snapshots import Scratch
from explorer.build.request import BuildRequest
from explorer.dockerfile.commands import mount as wanted
from explorer.errors import ExplorerError


class ShellMounts(Mounts):
    """Caches are seen as they are, and what changes in them goes with the shell.

    What cannot be mounted any more is left out, and told in ``notes``.
    """

    def __init__(self, request: BuildRequest, scratch: Scratch) -> None:
        super().__init__(request, scratch)
        self.notes: list[str] = []

    async def _add(
        self,
        each: wanted.Mount,
        number: int,
        made: Mounted,
        lowers: Lowers,
        stack: contextlib.AsyncExitStack,
    ) -> None:
        try:
            await super()._add(each, number, made, lowers, stack)
        except (BuildError, ExplorerError) as error:
            target = each.target or each.id or each.type
            self.notes.append(f"The {each.type} mount of {target} is left out: {error}")

    async def _cache(
        self, each: wanted.Mount, lowers: Lowers, stack: contextlib.AsyncExitStack
    ) -> Mount:
        async with contextlib.AsyncExitStack() as brief:  # a build must not wait for the shell
            mount = await super()._cache(each, lowers, brief)
        below, source = (mount.upper, *mount.lowers), mount.source
        if mount.kind == "bind":
            below, source = (mount.source,), "/"
        return replace(
            mount,
            kind="layers",
            source=source,
            owned=False,
            lowers=below,
            upper=self._folder("u"),
            work=self._folder("w"),
        )
