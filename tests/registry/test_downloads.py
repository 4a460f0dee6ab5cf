"""Blobs that are cut, stalled, damaged, too long or too short on their way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from explorer.errors import DamagedImage, DigestMismatch, ExplorerError, Refused
from explorer.oci import Descriptor
from explorer.registry import RegistryClient
from explorer.registry.downloads import read_blob
from tests.registry.conftest import PATIENCE, Waits, connected
from tests.registry.server import FaultyRegistry, serving

DATA = bytes(range(256)) * 4096  # 1 MiB


def fetched(
    fault: Callable[[FaultyRegistry], object], data: bytes = DATA
) -> tuple[bytes | ExplorerError, FaultyRegistry]:
    """What reading a blob gives, and the registry that gave it."""

    async def run() -> tuple[bytes | ExplorerError, FaultyRegistry]:
        async with serving() as registry, connected() as client:
            blob = registry.blob("app", data)
            fault(registry)
            try:
                return await _read(client, registry, blob), registry
            except ExplorerError as error:
                return error, registry

    return asyncio.run(run())


async def _read(client: RegistryClient, registry: FaultyRegistry, blob: Descriptor) -> bytes:
    pieces = read_blob(client.wire, registry.reference("app"), blob)
    return b"".join([piece async for piece in pieces])


def test_a_blob_that_is_cut_off_is_resumed_where_it_was() -> None:
    got, registry = fetched(lambda r: r.cut.extend([100_000, 200_000, 1]))
    assert got == DATA
    assert registry.served == len(DATA)  # nothing came twice
    ranges = [r.headers.get("Range") for r in registry.asked("GET", "/blobs/")]
    assert ranges == [None, "bytes=100000-", "bytes=300000-", "bytes=300001-"]


def test_a_registry_that_never_gets_further_is_given_up() -> None:
    got, registry = fetched(lambda r: r.cut.extend([10] + [0] * 20))
    assert isinstance(got, Refused)
    assert registry.host in str(got)
    assert "ended the connection" in str(got)
    assert len(registry.asked("GET", "/blobs/")) == PATIENCE.attempts


def test_a_registry_that_ignores_ranges_is_read_on_past_what_is_there() -> None:
    def forget_ranges(registry: FaultyRegistry) -> None:
        registry.cut.append(1000)
        registry.ranges = False

    got, _ = fetched(forget_ranges)
    assert got == DATA


def test_wrong_bytes_are_a_digest_mismatch_that_names_the_host() -> None:
    got, registry = fetched(lambda r: setattr(r, "corrupt", 1))
    assert isinstance(got, DigestMismatch)
    assert registry.host in str(got)


def test_too_many_bytes_are_refused() -> None:
    got, _ = fetched(lambda r: setattr(r, "lengthen", b"more"))
    assert isinstance(got, DamagedImage)
    assert "there are more" in str(got)


def test_a_silent_registry_is_given_up() -> None:
    async def run() -> None:
        patience = type(PATIENCE)(attempts=2, first=0.0, connect=5.0, silence=0.2)
        async with serving() as registry, connected(patience=patience) as client:
            blob = registry.blob("app", DATA)
            registry.stall, registry.cut = True, [10, *[0] * 9]
            with pytest.raises(Refused, match="stopped answering"):
                await _read(client, registry, blob)

    asyncio.run(run())


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_may_pass_is_asked_again(status: int) -> None:
    got, registry = fetched(lambda r: r.answers.extend([("GET", "/blobs/", status, {})] * 2))
    assert got == DATA
    assert len(registry.asked("GET", "/blobs/")) == 3


def test_retry_after_is_waited_for() -> None:
    waits = Waits()

    async def run() -> None:
        async with serving() as registry, connected(waits=waits) as client:
            blob = registry.blob("app", DATA)
            registry.answers.append(("GET", "/blobs/", 429, {"Retry-After": "17"}))
            assert await _read(client, registry, blob) == DATA

    asyncio.run(run())
    assert waits.seconds == [17.0]


def test_a_wait_that_is_too_long_is_told_instead() -> None:
    after = {"Retry-After": "3600"}
    got, registry = fetched(lambda r: r.answers.append(("GET", "/blobs/", 429, after)))
    assert isinstance(got, Refused)
    assert "in 3600 s" in str(got)
    assert len(registry.asked("GET", "/blobs/")) == 1


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [(401, 5, "who asks"), (403, 5, "may not"), (404, 3, "does not have"), (500, 5, "HTTP 500")],
)
def test_each_refusal_says_host_cause_and_code(status: int, code: int, words: str) -> None:
    got, registry = fetched(lambda r: r.answers.extend([("GET", "/blobs/", status, {})] * 9))
    assert isinstance(got, ExplorerError)
    assert got.exit_code == code
    assert words in str(got)
    assert registry.host in str(got)
