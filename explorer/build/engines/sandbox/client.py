"""The engine's side of the worker."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from explorer.build.engines.sandbox.request import Command, Lower
from explorer.build.engines.sandbox.users import map_users, why_no_namespaces
from explorer.build.engines.sandbox.wire import receive, send
from explorer.errors import ExplorerError, Refused, Unsupported

_START: Final = 30.0  # seconds
_FAILED: Final = 120
_LOST: Final = -1
Output = Callable[[int, bytes], None]
"""Called with 1 (out) or 2 (err) and some bytes, in the event loop."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit code, 128 and a signal; or what kept it from starting."""

    code: int
    failed_at: str = ""
    error: str = ""


class Worker:
    """A running worker. Use it from one event loop; close it when the build is over."""

    def __init__(self, process: subprocess.Popen[bytes], sock: socket.socket, many: bool) -> None:
        self.has_many_users = many
        self.unprivileged = os.geteuid() != 0
        self._process = process
        self._sock = sock
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._next = 0
        self._lock = threading.Lock()
        self._held: list[int] = []
        self._reader = threading.Thread(target=self._listen, name="sandbox", daemon=True)
        self._reader.start()

    @classmethod
    async def start(cls) -> Worker:
        """Start a worker; raises :class:`Unsupported` where this machine lets none run."""
        if sys.platform != "linux":
            raise Unsupported(
                "RUN needs Linux here",
                why="the embedded engine runs commands in Linux namespaces",
                hint="Choose an engine that runs elsewhere: --engine docker, podman or buildkit",
            )
        starting = asyncio.get_running_loop().run_in_executor(None, _start)
        try:
            return cls(*await asyncio.shield(starting))
        except asyncio.CancelledError:
            with contextlib.suppress(ExplorerError, OSError):  # it is not left behind, either
                await cls(*await starting).close()
            raise

    # -- work -----------------------------------------------------------------------------------

    async def run(self, command: Command, output: Output) -> Ended:
        """Run a command to its end; cancelling kills it with everything it started."""
        out, err = _Pipe(1, output), _Pipe(2, output)
        try:
            files = [out.writer, err.writer]
            answer = await self._ask({"do": "run", "command": command.to_json()}, files)
        finally:
            out.close_writer()
            err.close_writer()
        await out.drained()
        await err.drained()
        if error := answer.get("error"):
            return Ended(_FAILED, str(error[0]), str(error[1]))
        return Ended(int(answer["code"]))

    async def talk(self, command: Command, fd: int) -> Ended:
        """Run a command on a terminal to its end; the terminal comes over the socket ``fd``."""
        answer = await self._ask({"do": "run", "command": command.to_json()}, [fd, fd])
        if error := answer.get("error"):
            return Ended(_FAILED, str(error[0]), str(error[1]))
        return Ended(int(answer["code"]))

    async def unpack(self, lower: Lower) -> list[str]:
        """Unpack a layer; the paths that could not be made."""
        answer = await self._ask({"do": "unpack", "lower": lower.to_json()})
        _check(answer, "A layer cannot be unpacked")
        return [path for path in str(answer["result"]).split("\n") if path]

    async def pack(self, upper: str, below: str, take: Callable[[bytes], object]) -> None:
        """Pack a folder; ``take`` is called, in a thread, with the tar piece by piece.

        ``below`` is the folder it was laid upon.
        """
        reader, writer = os.pipe()
        reading = self._loop.run_in_executor(None, _read_all, reader, take)
        try:
            answer = await self._ask({"do": "pack", "upper": upper, "below": below}, [writer])
        finally:
            os.close(writer)
            await asyncio.shield(reading)
        _check(answer, "What a step changed cannot be read")

    async def remove(self, *paths: str) -> None:
        """Delete folders, whoever in the sandbox owns what is in them."""
        _check(
            await self._ask({"do": "remove", "paths": list(paths)}), "A folder cannot be removed"
        )

    async def measure(self, *paths: str) -> list[int]:
        """The bytes of disk that folders take."""
        if not paths:
            return []
        answer = await self._ask({"do": "measure", "paths": list(paths)})
        _check(answer, "A folder cannot be measured")
        return [int(size) for size in str(answer["result"]).split()]

    async def _ask(self, message: dict[str, Any], files: Sequence[int] = ()) -> dict[str, Any]:
        with self._lock:
            self._next += 1
            number = self._next
        answer: asyncio.Future[dict[str, Any]] = self._loop.create_future()
        self._waiting[number] = answer
        sending = self._loop.run_in_executor(None, self._send, {**message, "id": number}, files)
        try:
            await asyncio.shield(sending)
            return await asyncio.shield(answer)
        except asyncio.CancelledError:
            # What was not sent yet must be first: there is nothing to cancel else, and no answer.
            with contextlib.suppress(ExplorerError, OSError):
                await asyncio.shield(sending)
                self._send({"do": "cancel", "id": number}, ())
                await asyncio.shield(answer)
            raise
        finally:
            self._waiting.pop(number, None)

    def _send(self, message: dict[str, Any], files: Sequence[int]) -> None:
        try:
            with self._lock:
                send(self._sock, message, files)
        except OSError as error:
            raise _gone() from error

    def _listen(self) -> None:
        while True:
            try:
                received = receive(self._sock)
            except (OSError, ValueError):
                received = None
            if received is None:
                break
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._answered, received[0])
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._lost)

    def _answered(self, message: dict[str, Any]) -> None:
        future = self._waiting.get(int(message.get("id", _LOST)))
        if future is not None and not future.done():
            future.set_result(message)

    def _lost(self) -> None:
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(_gone())

    def hold(self, fd: int) -> None:
        """Keep a file open for as long as the worker lives."""
        self._held.append(fd)

    async def close(self) -> None:
        """End the worker and everything it runs. Cancelling this only stops waiting for it."""
        await asyncio.shield(self._loop.run_in_executor(None, self._end))

    def _end(self) -> None:
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        try:
            self._process.wait(_START)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        self._sock.close()
        while self._held:
            os.close(self._held.pop())


class _Pipe:
    """One stream of a command, read as it comes."""

    def __init__(self, stream: int, output: Output) -> None:
        self._stream = stream
        self._output = output
        self._loop = asyncio.get_running_loop()
        self._reader, self.writer = os.pipe()
        os.set_blocking(self._reader, False)
        self._done = self._loop.create_future()
        self._loop.add_reader(self._reader, self._read)

    def _read(self) -> None:
        try:
            data = os.read(self._reader, 1 << 16)
        except BlockingIOError:
            return
        if data:
            self._output(self._stream, data)
            return
        self._loop.remove_reader(self._reader)
        os.close(self._reader)
        if not self._done.done():
            self._done.set_result(None)

    def close_writer(self) -> None:
        os.close(self.writer)

    async def drained(self) -> None:
        await self._done


def _read_all(fd: int, take: Callable[[bytes], object]) -> None:
    with os.fdopen(fd, "rb", buffering=0) as pipe:
        while data := pipe.read(1 << 20):
            take(data)


def _start() -> tuple[subprocess.Popen[bytes], socket.socket, bool]:
    ours, theirs = socket.socketpair()
    words = [str(theirs.fileno())]
    if os.geteuid() != 0:
        words.append("user")
    process = subprocess.Popen(
        [*_program(), *words],
        pass_fds=(theirs.fileno(),),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    theirs.close()
    ours.settimeout(_START)
    many = True
    try:
        while True:
            received = receive(ours)
            if received is None:
                raise _gone()
            message = received[0]
            if "map" in message:
                many = map_users(process.pid)
                send(ours, {"mapped": many})
            elif "failed" in message:
                raise Unsupported(
                    "The sandbox cannot be made",
                    why=why_no_namespaces(message["failed"]),
                    hint="Build as root, or with --engine docker, podman or buildkit",
                )
            elif "ready" in message:
                break
    except BaseException:
        process.kill()
        process.wait()
        ours.close()
        raise
    ours.settimeout(None)
    return process, ours, many


def _program() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, "--sandbox-worker"]
    return [sys.executable, "-m", "explorer.build.engines.sandbox.worker"]


def _check(answer: dict[str, Any], what: str) -> None:
    if answer["code"]:
        why = str(answer.get("result") or "") or f"its process ended with {answer['code']}"
        raise Refused(what, why=why)


def _gone() -> Refused:
    return Refused(
        "The sandbox has gone",
        why="its process ended before its work was done",
        hint="Build again; if it keeps happening, try another engine",
    )
