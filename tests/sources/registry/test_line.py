"""Asking registries from ordinary threads."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncIterator

import pytest

from explorer.errors import Cancelled, UsageError
from explorer.progress import Job
from explorer.registry import RegistryClient
from explorer.sources.registry.line import Connect, Line


def threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name == "registry"}


async def number(_client: RegistryClient) -> int:
    return 42


async def forever(_client: RegistryClient) -> int:
    await asyncio.sleep(3600)
    return 0


async def wrong(_client: RegistryClient) -> int:
    raise UsageError("It makes no sense")


def stopped() -> Job:
    job = Job()
    threading.Timer(0.1, job.cancel).start()
    return job


def test_an_answer_comes_to_the_thread_that_asked(connect: Connect) -> None:
    assert Line(connect).ask(number, Job()) == 42


def test_an_error_comes_to_the_thread_that_asked(connect: Connect) -> None:
    with pytest.raises(UsageError, match="no sense"):
        Line(connect).ask(wrong, Job())


def test_who_waits_can_be_stopped(connect: Connect) -> None:
    with pytest.raises(Cancelled):
        Line(connect).ask(forever, stopped())


def test_a_stream_comes_in_order_and_never_far_ahead(connect: Connect) -> None:
    made: list[int] = []

    async def pieces(_client: RegistryClient) -> AsyncIterator[bytes]:
        for count in range(200):
            made.append(count)
            yield b"%d" % count

    stream = Line(connect).stream(pieces, Job())
    assert next(stream) == b"0"
    assert len(made) < 20
    assert [int(piece) for piece in stream] == list(range(1, 200))


def test_a_stream_that_stalls_can_be_stopped(connect: Connect) -> None:
    async def pieces(client: RegistryClient) -> AsyncIterator[bytes]:
        yield b"first"
        await forever(client)

    stream = Line(connect).stream(pieces, stopped())
    assert next(stream) == b"first"
    with pytest.raises(Cancelled):
        next(stream)


def test_a_stream_that_is_dropped_ends(connect: Connect) -> None:
    ended = threading.Event()

    async def pieces(client: RegistryClient) -> AsyncIterator[bytes]:
        try:
            yield b"first"
            await forever(client)
        finally:
            ended.set()

    line = Line(connect)
    stream = line.stream(pieces, Job())
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert ended.wait(5)


def test_nobody_holds_a_line_that_is_let_go_of(connect: Connect) -> None:
    before = threads()
    line = Line(connect)
    line.ask(number, Job())
    assert len(threads() - before) == 1
    del line
    gc.collect()
    assert threads() <= before


def test_to_hang_up_ends_what_goes_on_and_a_new_question_opens_it_again(connect: Connect) -> None:
    line = Line(connect)
    line.ask(number, Job())
    threading.Timer(0.1, line.close).start()
    with pytest.raises(Cancelled):
        line.ask(forever, Job())
    assert line.ask(number, Job()) == 42
    line.close()
