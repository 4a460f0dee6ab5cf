"""How aiohttp reaches an engine: its socket, one address, or one program of SSH a connection."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp

from explorer.sources.engines.endpoint import Endpoint


@contextlib.asynccontextmanager
async def connector_of(
    endpoint: Endpoint, dial: Sequence[str]
) -> AsyncIterator[aiohttp.BaseConnector]:
    """A connector for as long as it is needed; ``dial`` is what SSH runs on the other side.

    Raises what :meth:`explorer.sources.engines.endpoint.Tls.context` raises.
    """
    match endpoint.scheme:
        case "unix":
            yield aiohttp.UnixConnector(endpoint.address)
        case "ssh":
            async with _ssh_socket(endpoint, dial) as path:
                yield aiohttp.UnixConnector(str(path))
        case _:
            tls = endpoint.tls
            yield _TcpConnector(endpoint.address, tls.context() if tls is not None else None)


class _TcpConnector(aiohttp.TCPConnector):
    """Connects to one address, whatever host a request names."""

    def __init__(self, address: str, tls: Any) -> None:
        host, _, port = address.rpartition(":")
        super().__init__(resolver=_OneHost(host.strip("[]"), int(port)), ssl=tls or True)


class _OneHost(aiohttp.abc.AbstractResolver):
    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[aiohttp.abc.ResolveResult]:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
        return [
            {
                "hostname": self._host, "host": str(address[0]), "port": self._port,
                "family": kind, "proto": 0, "flags": socket.AI_NUMERICHOST,
            }
            for kind, _, _, _, address in found
        ]  # fmt: skip

    async def close(self) -> None:
        return None


@contextlib.asynccontextmanager
async def _ssh_socket(endpoint: Endpoint, dial: Sequence[str]) -> AsyncIterator[Path]:
    """A socket whose every connection is one program of SSH."""
    with tempfile.TemporaryDirectory(prefix="layerscope-ssh-") as folder:
        path = Path(folder) / "engine"
        running: list[asyncio.subprocess.Process] = []
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            listener.bind(str(path))
            listener.listen()
            listener.setblocking(False)
            async with asyncio.TaskGroup() as group:
                serving = group.create_task(_serve(listener, endpoint, dial, running))
                try:
                    yield path
                finally:
                    serving.cancel()
                    await _ended(running)


async def _serve(
    listener: socket.socket,
    endpoint: Endpoint,
    dial: Sequence[str],
    running: list[asyncio.subprocess.Process],
) -> None:
    loop = asyncio.get_running_loop()
    while True:
        connection, _ = await loop.sock_accept(listener)
        with connection:
            connection.setblocking(True)
            try:
                started = await asyncio.create_subprocess_exec(
                    *endpoint.ssh_command(*dial),
                    stdin=connection.fileno(),
                    stdout=connection.fileno(),
                    stderr=asyncio.subprocess.DEVNULL,
                )
            except OSError:
                continue  # the other end sees the connection close
        running.append(started)


async def _ended(running: Sequence[asyncio.subprocess.Process]) -> None:
    for process in running:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
