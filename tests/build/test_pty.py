"""Our end of a terminal: it never waits for the other one."""

from __future__ import annotations

import asyncio
import os
import pty
import sys
import termios
import tty
from collections.abc import Iterator

import pytest

from explorer.build.pty import MOST_TYPED, Pty

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")


@pytest.fixture
def ends() -> Iterator[tuple[Pty, int]]:
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    yield Pty(ours), theirs
    os.close(theirs)


async def _closed(mine: Pty) -> None:
    mine.close()
    mine.close()
    assert not mine.is_open
    assert mine.read() == b""
    mine.write(b"nobody")
    mine.resize(1, 1)


def test_nothing_to_read_is_not_the_end(ends: tuple[Pty, int]) -> None:
    mine, theirs = ends

    async def run() -> None:
        assert mine.read() is None
        os.write(theirs, b"printed")
        assert mine.read() == b"printed"
        await _closed(mine)

    asyncio.run(run())


def test_the_other_end_hangs_up() -> None:
    ours, theirs = pty.openpty()
    mine = Pty(ours)
    os.close(theirs)

    async def run() -> None:
        assert mine.read() == b""
        mine.write(b"nobody")
        await _closed(mine)

    asyncio.run(run())


def test_it_tells_its_size(ends: tuple[Pty, int]) -> None:
    mine, theirs = ends
    mine.resize(30, 100_000)
    assert termios.tcgetwinsize(theirs) == (30, 0xFFFF)
    asyncio.run(_closed(mine))


def test_what_is_typed_waits_for_a_program_that_does_not_read(ends: tuple[Pty, int]) -> None:
    mine, theirs = ends
    typed = bytes(range(1, 251)) * 1000

    async def run() -> None:
        mine.write(typed)
        mine.write(b"end")
        read = b""
        while not read.endswith(b"end"):
            read += await asyncio.to_thread(os.read, theirs, 4096)
        assert read == typed + b"end"
        await _closed(mine)

    asyncio.run(run())


def test_what_waits_is_bounded(ends: tuple[Pty, int]) -> None:
    mine, _ = ends

    async def run() -> None:
        for _ in range(3):
            mine.write(b"x" * MOST_TYPED)
        assert sum(map(len, mine._waiting)) <= MOST_TYPED
        await _closed(mine)

    asyncio.run(run())
