"""Waiting, stopping and going on: what is told meanwhile, and what is not fetched again."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest

from explorer.cli.transferring import Moving, Transferring
from explorer.errors import Cancelled, Refused
from explorer.oci import Descriptor, Digest, media
from explorer.progress import Job
from explorer.registry.wire import Waiting
from explorer.store.images import ImageStore
from explorer.transfer.pull import pull
from explorer.transfer.receipt import Step
from tests.registry.conftest import Waits, connected
from tests.registry.server import FaultyRegistry, serving

LARGE = bytes(range(256)) * 16384  # 4 MiB
SMALL = b"small" * 1000


def partials(store: ImageStore) -> list[Path]:
    return list(store.layout.root.glob(".partial/*"))


def stopped_pull(store: ImageStore, registry: FaultyRegistry) -> int:
    """A pull that is stopped in the middle of a layer; how many bytes of blobs had gone out."""

    async def run() -> int:
        job = Job()

        def watch(step: Step) -> None:
            if step.descriptor.size == len(LARGE) and step.done >= 1_000_000:
                job.cancel()

        async with serving(registry), connected() as client:
            registry.image("app", LARGE, SMALL)
            registry.cut, registry.stall = [len(LARGE) // 2] * 3, True
            with pytest.raises(Cancelled):
                await pull(client, registry.reference("app:1"), store, job=job, watch=watch)
        return registry.served

    return asyncio.run(run())


def test_a_pull_that_was_stopped_is_gone_on_with_by_the_next(store: ImageStore) -> None:
    registry = FaultyRegistry()
    before = stopped_pull(store, registry)
    (held,) = [path for path in partials(store) if path.stat().st_size > len(SMALL)]
    kept = held.stat().st_size
    assert kept == len(LARGE) // 2
    assert store.descriptors() == ()

    async def again() -> None:
        registry.cut, registry.stall, registry.release = [], False, asyncio.Event()
        async with serving(registry), connected() as client:
            receipt = await pull(client, registry.reference("app:1"), store)
        assert [blob.resumed for blob in receipt.blobs if blob.resumed] == [kept]
        whole = sum(blob.descriptor.size for blob in receipt.blobs)
        assert receipt.moved + receipt.spared == whole
        assert receipt.spared >= kept

    asyncio.run(again())
    ranges = [r.headers["Range"] for r in registry.asked("GET", "/blobs/") if "Range" in r.headers]
    assert ranges == [f"bytes={kept}-"]
    assert registry.served - before <= len(LARGE) - kept + len(SMALL) + 200
    assert not partials(store)
    assert all(not image.problem for image in store.images())


def test_what_was_left_and_is_wrong_is_fetched_from_the_start(store: ImageStore) -> None:
    registry = FaultyRegistry()
    stopped_pull(store, registry)
    for path in partials(store):
        path.write_bytes(b"x" * path.stat().st_size)

    async def again() -> None:
        registry.cut, registry.stall, registry.release = [], False, asyncio.Event()
        async with serving(registry), connected() as client:
            await pull(client, registry.reference("app:1"), store)

    asyncio.run(again())
    assert all(not image.problem for image in store.images())
    assert not partials(store)


# -- waiting --------------------------------------------------------------------------------------


def test_a_wait_that_the_registry_asks_for_is_kept_and_told() -> None:
    waits, told = Waits(), list[Waiting | None]()

    async def run() -> str:
        async with serving() as registry, connected(waits=waits) as client:
            client.wire.notice = told.append
            registry.image("app", b"layer")
            registry.answers.append(("GET", "/manifests/", 429, {"Retry-After": "3"}))
            await client.manifest(registry.reference("app:1"))
            return registry.host

    host = asyncio.run(run())
    assert waits.seconds == [3.0]
    assert [str(notice) for notice in told] == [f"waiting 3 s: rate limited by {host}", "None"]


def test_a_wait_beyond_patience_is_an_error_that_says_how_long() -> None:
    async def run() -> None:
        async with serving() as registry, connected() as client:
            registry.answers.append(("GET", "/manifests/", 429, {"Retry-After": "7200"}))
            with pytest.raises(Refused, match="too many requests") as raised:
                await client.manifest(registry.reference("app:1"))
            assert "in 7200 s" in str(raised.value)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("waiting", "words"),
    [
        (Waiting("a.example", 12.4, 429), "waiting 12 s: rate limited by a.example"),
        (
            Waiting("a.example", 1.0, 503),
            "waiting 1 s: a.example has a fault of its own (HTTP 503)",
        ),
        (Waiting("[::1]:5000", 2.0), "waiting 2 s: the connection to [::1]:5000 broke"),
    ],
)
def test_a_wait_says_why(waiting: Waiting, words: str) -> None:
    assert str(waiting) == words


# -- on stderr ------------------------------------------------------------------------------------

BLOB = Descriptor(media.OCI_LAYER, Digest.of(LARGE), 100_000_000)


def test_a_layer_tells_rate_and_time_left_by_its_last_seconds() -> None:
    moving = Moving("layer", 100_000_000)
    assert moving.told(0.0) == "0 B of 100 MB"
    moving.done = 40_000_000
    assert moving.told(2.0) == "40 MB of 100 MB, 20 MB/s, 3 s left"
    moving.done = 41_000_000
    assert moving.told(6.0).endswith("left")


def test_every_layer_on_its_way_has_a_line_and_a_wait_is_told_below() -> None:
    stream = io.StringIO()
    with Transferring("pulling", live=True, colour=False, stream=stream, patience=0.0) as shown:
        shown.job.expect(BLOB.size)
        shown.job.advance(41_000_000)
        shown.watch(Step(BLOB, 41_000_000))
        shown.notice(Waiting("[::1]:5000", 3.0, 429))
    text = stream.getvalue()
    assert BLOB.digest.short in text
    assert "41 MB of 100 MB" in text
    assert "pulling" in text
    assert "waiting 3 s: rate limited by [::1]:5000" in text


def test_a_layer_that_arrived_has_no_line() -> None:
    stream = io.StringIO()
    with Transferring("pulling", live=True, colour=False, stream=stream, patience=0.0) as shown:
        shown.watch(Step(BLOB, 41_000_000))
        shown.watch(Step(BLOB, BLOB.size, "moved"))
    assert BLOB.digest.short not in stream.getvalue()


def test_where_nobody_watches_only_waits_are_told() -> None:
    stream = io.StringIO()
    with Transferring("pulling", live=False, colour=False, stream=stream) as shown:
        shown.watch(Step(BLOB, 41_000_000))
        shown.notice(Waiting("a.example", 3.0, 429))
        shown.notice(None)
    assert stream.getvalue() == "layerscope: waiting 3 s: rate limited by a.example\n"
