"""``RUN --mount``: what each mount of a step shows, and what is kept of it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from explorer.build.engines.sandbox.request import Mount
from explorer.build.engines.sandbox.snapshots import Scratch
from explorer.build.engines.secretdata import secret_data
from explorer.build.request import BuildRequest
from explorer.dockerfile.commands import model
from explorer.dockerfile.commands import mount as wanted
from explorer.errors import NotFound
from explorer.store.data import data_root
from explorer.store.images.locks import locked

Lowers = Callable[[str], Awaitable[tuple[str, ...]]]
"""Gives the folders of what ``from`` names, the uppermost first; "" is the build context."""

_SECRETS: Final = "/run/secrets/"
_AGENT: Final = "/run/buildkit/ssh_agent"


@dataclass(slots=True)
class Mounted:
    """The mounts of one step, and what they add to its environment."""

    mounts: list[Mount] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)


class Mounts:
    """Makes the mounts of steps; cache mounts are shared by all steps and builds of a user."""

    def __init__(self, request: BuildRequest, scratch: Scratch) -> None:
        self._request = request
        self._scratch = scratch
        self._caches: dict[Path, asyncio.Lock] = {}
        self._count = 0

    @contextlib.asynccontextmanager
    async def of(self, run: model.Run, lowers: Lowers) -> AsyncIterator[Mounted]:
        """The mounts of a RUN, for as long as it runs.

        Raises :class:`NotFound` for a secret that is required and not given, :class:`Refused`
        for one that cannot be read.
        """
        made = Mounted()
        async with contextlib.AsyncExitStack() as stack:
            for number, each in enumerate(run.mounts):
                await self._add(each, number, made, lowers, stack)
            if run.executable is not None:
                made.mounts.append(self._script(run.executable))
            yield made

    async def _add(
        self,
        each: wanted.Mount,
        number: int,
        made: Mounted,
        lowers: Lowers,
        stack: contextlib.AsyncExitStack,
    ) -> None:
        match each.type:
            case "tmpfs":
                made.mounts.append(Mount("tmpfs", each.target, size=each.size, mode=0o1777))
            case "bind":
                made.mounts.append(self._layers(each, await lowers(each.source_stage)))
            case "cache":
                made.mounts.append(await self._cache(each, lowers, stack))
            case "secret":
                self._secret(each, made)
            case "ssh":
                self._agent(each, number, made)

    def _folder(self, name: str) -> str:
        self._count += 1
        return self._scratch.folder(f"{name}-{self._count}")

    def _layers(self, each: wanted.Mount, lowers: tuple[str, ...], upper: str = "") -> Mount:
        return Mount(
            "layers",
            each.target,
            source=each.source or "/",
            readonly=each.readonly and not upper,
            lowers=lowers,
            upper=upper or self._folder("u"),
            work=self._folder("w"),
        )

    # -- caches ---------------------------------------------------------------------------------

    async def _cache(
        self, each: wanted.Mount, lowers: Lowers, stack: contextlib.AsyncExitStack
    ) -> Mount:
        """A folder that outlives the build; what it holds is in no key and no layer."""
        folder = await self._cache_folder(each, stack)
        if each.source_stage:
            work = folder.with_name(folder.name + ".work")
            await asyncio.to_thread(work.mkdir, exist_ok=True)
            below = await lowers(each.source_stage)
            return Mount(
                "layers", each.target, source=each.source or "/", readonly=each.readonly,
                lowers=below, upper=str(folder), work=str(work),
            )  # fmt: skip
        return Mount(
            "bind",
            each.target,
            source=str(folder),
            readonly=each.readonly,
            mode=0o755 if each.mode is None else each.mode,
            uid=each.uid or 0,
            gid=each.gid or 0,
            owned=True,
        )

    async def _cache_folder(self, each: wanted.Mount, stack: contextlib.AsyncExitStack) -> Path:
        # Explicit, so that the readonly flag of a mount does not make it another cache.
        owner = f"{each.uid or 0}:{each.gid or 0}:{each.mode or 0:o}"
        name = hashlib.sha256(f"{each.id or each.target}\0{owner}".encode()).hexdigest()[:32]
        root = data_root() / "mounts"
        await asyncio.to_thread(root.mkdir, parents=True, exist_ok=True, mode=0o700)
        await asyncio.to_thread(root.chmod, 0o700)  # what runs as root there is nobody else's
        folder = root / name
        if each.sharing == "private":
            folder = await self._free(folder)
        if each.sharing in ("locked", "private"):
            await stack.enter_async_context(self._caches.setdefault(folder, asyncio.Lock()))
            lock = locked(root / f"{folder.name}.lock")
            await asyncio.to_thread(lock.__enter__)
            stack.callback(lock.__exit__, None, None, None)
        await asyncio.to_thread(folder.mkdir, exist_ok=True)
        return folder

    async def _free(self, folder: Path) -> Path:
        """A cache that no step of this build has at the moment."""
        number = 0
        while (busy := self._caches.get(folder)) is not None and busy.locked():
            number += 1
            folder = folder.with_name(f"{folder.name.partition('-')[0]}-{number}")
        return folder

    # -- secrets and agents ---------------------------------------------------------------------

    def _secret(self, each: wanted.Mount, made: Mounted) -> None:
        name = each.id or each.target.rpartition("/")[2]
        data = self._secret_data(name)
        if data is None:
            if each.required:
                raise NotFound(
                    f"secret {name}: not found", hint=f"Give it with --secret id={name},src=FILE"
                )
            return
        if each.env:
            made.environment[each.env] = data.decode("utf-8", "surrogateescape")
            if not each.target:
                return
        mode = 0o400 if each.mode is None else each.mode
        target = each.target or f"{_SECRETS}{name}"
        owner = each.uid or 0, each.gid or 0
        made.mounts.append(_file(target, data, mode, owner, readonly=True))

    def _secret_data(self, name: str) -> bytes | None:
        secret = next((each for each in self._request.secrets if each.id == name), None)
        return None if secret is None else secret_data(secret)

    def _agent(self, each: wanted.Mount, number: int, made: Mounted) -> None:
        name = each.id or "default"
        agent = next((a for a in self._request.ssh if a.id == name), None)
        socket = agent.socket if agent is not None else None
        if agent is not None and socket is None and "SSH_AUTH_SOCK" in os.environ:
            socket = Path(os.environ["SSH_AUTH_SOCK"])
        if socket is None or not socket.exists():
            if each.required:
                raise NotFound(f"no SSH agent {name}", hint="Give it with --ssh default")
            return
        target = each.target or f"{_AGENT}.{number}"
        # To talk to an agent takes no right to change the machine's own socket.
        made.mounts.append(Mount("bind", target, source=str(socket), readonly=True))
        made.environment.setdefault("SSH_AUTH_SOCK", target)

    def _script(self, script: model.InlineFile) -> Mount:
        """A here-document that is a program of its own."""
        content = script.content.encode("utf-8", "surrogateescape")
        return _file(f"/dev/pipes/{script.name}", content, 0o755)


def _file(
    target: str, data: bytes, mode: int, owner: tuple[int, int] = (0, 0), *, readonly: bool = False
) -> Mount:
    """A file that is never on a disk."""
    content = base64.b64encode(data).decode("ascii")
    uid, gid = owner
    return Mount("file", target, readonly=readonly, mode=mode, uid=uid, gid=gid, content=content)


def proxies(arguments: Mapping[str, str]) -> dict[str, str]:
    """The predefined proxy arguments that were given: a RUN sees them, no key and no image does."""
    names = {"http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy"}
    return {name: value for name, value in arguments.items() if name.lower() in names}
