"""Blobs on their way into a registry that hangs up, forgets, or says no."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from aiohttp import web

from explorer.blobs.access import InMemory
from explorer.errors import DamagedImage, ExplorerError, Refused
from explorer.oci import Descriptor, Digest, media
from explorer.registry.uploads import BlobUpload
from tests.registry.conftest import connected
from tests.registry.server import FaultyRegistry, serving

DATA = bytes(range(256)) * 8192  # 2 MiB
BLOB = Descriptor(media.OCI_LAYER, Digest.of(DATA), len(DATA))


def sent(
    fault: Callable[[FaultyRegistry], object] = lambda _: None, chunk: int = 64 << 20
) -> tuple[FaultyRegistry, list[int], ExplorerError | None]:
    """The registry afterwards, what was told of the progress, and what went wrong."""
    told: list[int] = []

    async def run() -> tuple[FaultyRegistry, list[int], ExplorerError | None]:
        async with serving() as registry, connected(chunk=chunk) as client:
            fault(registry)
            where = registry.reference("app")
            try:
                await BlobUpload(client.wire, where, BLOB, told.append).send(InMemory(DATA))
            except ExplorerError as error:
                return registry, told, error
            return registry, told, None

    return asyncio.run(run())


def test_a_small_blob_takes_two_requests() -> None:
    registry, told, error = sent()
    assert error is None
    assert registry.blobs["app", str(BLOB.digest)] == DATA
    assert [r.method for r in registry.log if "/blobs/" in r.path] == ["POST", "PUT"]
    assert sum(told) == len(DATA)


def test_a_large_blob_goes_in_chunks_to_the_address_that_each_answer_names() -> None:
    registry, told, error = sent(chunk=900_000)
    assert error is None
    assert registry.blobs["app", str(BLOB.digest)] == DATA
    ranges = [r.headers.get("Content-Range") for r in registry.log if r.method in ("PATCH", "PUT")]
    assert ranges == ["0-899999", "900000-1799999", "1800000-2097151"]
    assert all(r.query["state"] == "a/b" for r in registry.asked("PATCH"))
    assert sum(told) == len(DATA)


def test_what_the_registry_took_before_it_hung_up_is_not_sent_again() -> None:
    registry, told, error = sent(lambda r: r.cut_uploads.append(1_000_000), chunk=1_500_000)
    assert error is None
    assert registry.blobs["app", str(BLOB.digest)] == DATA
    assert registry.taken == len(DATA)
    assert sum(told) == len(DATA)


def test_an_upload_that_the_registry_forgot_begins_anew() -> None:
    registry, told, error = sent(lambda r: r.answers.append(("PATCH", "", 404, {})), chunk=900_000)
    assert error is None
    assert registry.blobs["app", str(BLOB.digest)] == DATA
    assert sum(told) == len(DATA)


def test_a_registry_that_forgets_every_upload_is_told_from_one_that_lacks_a_name() -> None:
    def forgets(registry: FaultyRegistry) -> None:
        registry.answers += [("PUT", "", 404, {})] * 99

    _, _, error = sent(forgets)
    assert isinstance(error, Refused)
    assert error.why == "it forgot the upload before it was whole"


def test_an_upload_that_is_done_although_nobody_said_so_is_not_sent_again() -> None:
    def lose(registry: FaultyRegistry) -> None:
        genuine = registry.handle

        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            answer = await genuine(request)  # type: ignore[arg-type]
            if request.method == "PUT" and request.transport is not None:
                request.transport.close()
            return answer

        registry.handle = handle  # type: ignore[method-assign]

    async def run() -> FaultyRegistry:
        registry = FaultyRegistry()
        lose(registry)
        async with serving(registry), connected() as client:
            upload = BlobUpload(client.wire, registry.reference("app"), BLOB, lambda _: None)
            await upload.send(InMemory(DATA))
            return registry

    registry = asyncio.run(run())
    assert registry.taken == len(DATA)
    assert len(registry.asked("POST")) == 1


def test_an_upload_that_arrives_damaged_is_sent_once_more() -> None:
    def damage(registry: FaultyRegistry) -> None:
        body = {"errors": [{"code": "DIGEST_INVALID", "message": "no"}]}
        answers = [web.json_response(body, status=400)]
        registry.guard = lambda r: answers.pop() if r.method == "PUT" and answers else None

    registry, _, error = sent(damage)
    assert error is None
    assert registry.blobs["app", str(BLOB.digest)] == DATA
    assert len(registry.asked("PUT")) == 2


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_chunk_that_may_pass_later_is_sent_again(status: int) -> None:
    registry, _, error = sent(lambda r: r.answers.append(("PUT", "", status, {})))
    assert error is None
    assert registry.blobs["app", str(BLOB.digest)] == DATA


@pytest.mark.parametrize("status", [400, 401, 403, 413])
def test_a_refusal_is_final_and_names_the_host(status: int) -> None:
    registry, _, error = sent(lambda r: r.answers.append(("PUT", "", status, {})))
    assert isinstance(error, Refused)
    assert registry.host in str(error)
    assert len(registry.asked("PUT")) == 1


def test_a_registry_that_always_fails_is_given_up() -> None:
    registry, _, error = sent(lambda r: r.answers.extend([("PUT", "", 500, {})] * 20))
    assert isinstance(error, Refused)
    assert ("app", str(BLOB.digest)) not in registry.blobs


def test_a_mounted_blob_does_not_travel() -> None:
    async def run() -> FaultyRegistry:
        async with serving() as registry, connected() as client:
            registry.blob("base", DATA)
            upload = BlobUpload(client.wire, registry.reference("app"), BLOB, print)
            assert await upload.mounted("base")
            return registry

    registry = asyncio.run(run())
    assert registry.blobs["app", str(BLOB.digest)] == DATA
    assert registry.taken == 0


def test_what_cannot_be_mounted_is_sent_with_the_upload_that_began() -> None:
    async def run() -> FaultyRegistry:
        async with serving() as registry, connected() as client:
            upload = BlobUpload(client.wire, registry.reference("app"), BLOB, lambda _: None)
            assert not await upload.mounted("base")
            await upload.send(InMemory(DATA))
            return registry

    assert len(asyncio.run(run()).asked("POST")) == 1


def test_content_of_another_length_is_not_sent() -> None:
    async def run() -> None:
        async with serving() as registry, connected() as client:
            upload = BlobUpload(client.wire, registry.reference("app"), BLOB, print)
            with pytest.raises(DamagedImage, match="wrong length"):
                await upload.send(InMemory(DATA[:-1]))
            assert not registry.log

    asyncio.run(run())
