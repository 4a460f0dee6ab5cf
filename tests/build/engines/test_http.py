"""An engine that hangs up, falls silent, or talks nonsense in the middle."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from explorer.build.engines.http import EngineHttp
from explorer.errors import ExplorerError, NotFound, Refused, Unsupported
from explorer.sources.engines.endpoint import Endpoint

Answer = Callable[[str, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
_HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


@asynccontextmanager
async def engine(folder: Path, answer: Answer, patience: float = 30) -> AsyncIterator[EngineHttp]:
    """Something that listens, and answers each request as it is told."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            await answer(head.split(b" ")[1].decode(), reader, writer)
        finally:
            writer.close()

    path = folder / "s"
    server = await asyncio.start_unix_server(serve, path)
    async with server:
        endpoint = Endpoint("unix", str(path))
        async with EngineHttp("The engine", endpoint, patience=patience) as http:
            yield http


async def lines_of(http: EngineHttp) -> list[Any]:
    async with http.request("POST", "/build") as response:
        return [line async for line in http.lines(response)]


def test_lines_come_however_they_are_cut(tmp_path: Path) -> None:
    async def answer(path: str, reader: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(_HEAD + chunk(b'{"a": 1}\r\n{"b"') + chunk(b": 2}\n\n") + chunk(b'{"c": 3}'))
        writer.write(chunk(b""))
        await writer.drain()

    async def run() -> list[Any]:
        async with engine(tmp_path, answer) as http:
            return await lines_of(http)

    assert asyncio.run(run()) == [{"a": 1}, {"b": 2}, {"c": 3}]


@pytest.mark.parametrize("sent", [b"", _HEAD, _HEAD + chunk(b'{"a": 1}\n'), _HEAD + b"5\r\n{"])
def test_an_engine_that_hangs_up_has_stopped_answering(tmp_path: Path, sent: bytes) -> None:
    async def answer(path: str, reader: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(sent)
        await writer.drain()

    async def run() -> None:
        async with engine(tmp_path, answer) as http:
            await lines_of(http)

    with pytest.raises(Refused, match="stopped answering") as caught:
        asyncio.run(run())
    assert "still running" in caught.value.hint


def test_a_silent_engine_that_lives_is_waited_for(tmp_path: Path) -> None:
    pings = []

    async def answer(path: str, reader: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(_HEAD)
        if path == "/_ping":
            pings.append(path)
        else:
            while len(pings) < 3:
                await asyncio.sleep(0.01)
            writer.write(chunk(b'{"late": 1}\n'))
        writer.write(chunk(b""))
        await writer.drain()

    async def run() -> list[Any]:
        async with engine(tmp_path, answer, patience=0.02) as http:
            return await lines_of(http)

    assert asyncio.run(run()) == [{"late": 1}]


def test_a_silent_engine_that_does_not_say_that_it_lives_is_given_up(tmp_path: Path) -> None:
    async def answer(path: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(_HEAD if path == "/build" else b"")
        await writer.drain()
        await reader.read()

    async def run() -> None:
        async with engine(tmp_path, answer, patience=0.02) as http:
            await lines_of(http)

    with pytest.raises(Refused, match="does not answer"):
        asyncio.run(run())


@pytest.mark.parametrize(("status", "kind"), [(404, NotFound), (500, Refused), (403, Refused)])
def test_a_refusal_says_what_the_engine_says(
    tmp_path: Path, status: int, kind: type[ExplorerError]
) -> None:
    async def answer(path: str, reader: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 %d No\r\n\r\n" % status + b'{"message": "not today"}')
        await writer.drain()

    async def run() -> None:
        async with engine(tmp_path, answer) as http:
            await http.json("GET", "/x")

    with pytest.raises(kind, match="not today"):
        asyncio.run(run())


def test_what_goes_wrong_with_what_is_sent_is_told_as_it_is(tmp_path: Path) -> None:
    async def answer(path: str, reader: asyncio.StreamReader, writer: Any) -> None:
        await reader.read()

    async def body() -> AsyncIterator[bytes]:
        yield b"x"
        raise Refused("a file in the context cannot be read")

    async def run() -> None:
        async with engine(tmp_path, answer) as http, http.request("POST", "/", body=body()):
            pass

    with pytest.raises(Refused, match="a file in the context"):
        asyncio.run(run())


def test_no_socket_is_no_engine(tmp_path: Path) -> None:
    async def run() -> None:
        async with EngineHttp("The engine", Endpoint("unix", str(tmp_path / "no"))) as http:
            await http.json("GET", "/_ping")

    with pytest.raises(Unsupported, match="no such socket"):
        asyncio.run(run())
