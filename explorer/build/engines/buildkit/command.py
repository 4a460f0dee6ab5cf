"""Runs a command line that builds, and follows what it tells."""

from __future__ import annotations

import asyncio
import contextlib
import re
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from explorer.build.engines.buildkit.rawjson import decode
from explorer.build.engines.failure import BuildError
from explorer.build.engines.following import Following
from explorer.build.engines.vertices import Vertices
from explorer.errors import Refused

_MOST_LINE: Final = 16 << 20  # bytes
_PATIENCE: Final = 10.0  # seconds until a program that was asked to stop is made to
_LAST_WORDS: Final = 40  # lines
_GONE: Final = "Look whether buildkitd is still running, and build again"
_SIGNS: Final = ("connection refused", "error reading from server", "transport is closing",
                 "code = Unavailable")  # fmt: skip
_PLACE: Final = re.compile(r"^\S*Dockerfile:(\d+)$")
_LINE: Final = re.compile(r"parse error on line (\d+)|dockerfile parse error line (\d+)")
_ERROR: Final = re.compile(r"^(?:ERROR|error):\s*(?:failed to (?:build|solve):\s*)*(.*)", re.S)

Alive = Callable[[], Awaitable[bool]]
SILENCE: float = 30.0
"""Seconds without a word after which a builder is asked whether it is there."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program said in the end."""

    code: int
    output: str


async def ask(*command: str, seconds: float = 10.0) -> Answer | None:
    """Run a program that answers soon; None where it is not here, or does not answer."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return None
    try:
        async with asyncio.timeout(seconds):
            output, _ = await process.communicate()
    except TimeoutError:
        return None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return Answer(process.returncode or 0, output.decode("utf-8", "replace"))


async def build(
    command: Sequence[str], vertices: Vertices, following: Following, alive: Alive | None = None
) -> None:
    """Run a command to its end. Cancelling stops the build at the builder, too.

    ``alive`` asks the builder whether it is there; it is asked when nothing is told for long.
    Raises :class:`BuildError` with what it says where it fails, :class:`Refused` where it cannot
    be started.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=1 << 20,
            start_new_session=True,
        )
    except OSError as error:
        raise Refused(f"{command[0]} cannot be started", why=error.strerror or "") from error
    said: list[str] = []
    try:
        assert process.stdout is not None
        async for line in _lines(process.stdout, alive):
            status = decode(line)
            if status is not None:
                vertices.take(status)
            elif line.strip():
                said.append(line.decode("utf-8", "replace"))
                del said[:-_LAST_WORDS]
        code = await process.wait()
    finally:
        await _ended(process)
    if code:
        raise _failure(said, following, code, command[0])


async def _lines(stream: asyncio.StreamReader, alive: Alive | None) -> AsyncIterator[bytes]:
    pending = bytearray()
    while chunk := await _more(stream, alive):
        pending += chunk
        *whole, rest = pending.split(b"\n")
        for line in whole:
            yield bytes(line)
        pending = rest
        if len(pending) > _MOST_LINE:
            pending.clear()
    if pending:
        yield bytes(pending)


async def _more(stream: asyncio.StreamReader, alive: Alive | None) -> bytes:
    """What comes next, however long it takes while the builder is there."""
    while True:
        try:
            async with asyncio.timeout(SILENCE if alive is not None else None):
                return await stream.read(1 << 16)
        except TimeoutError:
            if alive is not None and not await alive():
                raise BuildError("BuildKit stopped answering", hint=_GONE) from None


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Ask a program that still runs to stop, then make it."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGINT)
        try:
            async with asyncio.timeout(_PATIENCE):
                await process.wait()
        except TimeoutError:
            process.kill()
    await process.wait()


def _failure(said: Sequence[str], following: Following, code: int, program: str) -> BuildError:
    if following.failure is not None:
        return following.failure
    place = next((m for line in said if (m := _PLACE.match(line.strip()))), None)
    texts = [m[1] for line in said if (m := _ERROR.match(line))]
    message = texts[-1] if texts else (said[-1] if said else f"{program} ended with code {code}")
    parsed = _LINE.search(message)
    line = int(place[1]) if place is not None else 0
    if parsed is not None:
        line = int(parsed[1] or parsed[2])
    if any(word in message for word in _SIGNS):
        return BuildError(f"BuildKit stopped answering: {message.strip()}", hint=_GONE)
    return BuildError(message.strip(), line=line, column=1 if line else 0)
