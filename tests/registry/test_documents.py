"""Manifests, lists and referrers from registries that mean harm or know less than others."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
from aiohttp import web

from explorer.errors import DamagedImage, DigestMismatch, ExplorerError, LimitExceeded, NotFound
from explorer.oci import Descriptor, Digest, Manifest, media
from explorer.registry import RegistryClient
from explorer.registry.client import MAX_MANIFEST
from tests.registry.conftest import connected
from tests.registry.server import FaultyRegistry, serving

T = TypeVar("T")


def with_registry(work: Callable[[FaultyRegistry, RegistryClient], Awaitable[T]]) -> T:
    async def run() -> T:
        async with serving() as registry, connected() as client:
            return await work(registry, client)

    return asyncio.run(run())


def test_a_manifest_keeps_its_bytes_type_and_digest() -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        pushed = registry.image("app", b"layer")
        found = await client.manifest(registry.reference("app:1"))
        assert found.descriptor == pushed
        assert Digest.of(found.data) == pushed.digest
        assert await client.resolve(registry.reference("app:1")) == pushed
        assert await client.resolve(registry.reference("app:2")) is None

    with_registry(work)


def test_a_manifest_of_a_hundred_megabytes_is_not_read() -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        registry.document("app", b" " * (100 << 20), media.OCI_MANIFEST, "1")
        with pytest.raises(LimitExceeded, match=f"{MAX_MANIFEST:,} bytes"):
            await client.manifest(registry.reference("app:1"))

    with_registry(work)


def test_another_manifest_than_the_digest_says_is_told() -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        wanted = registry.image("app", b"layer")
        data, kind = registry.manifests["app", "1"]
        registry.manifests["app", str(wanted.digest)] = data + b" ", kind
        with pytest.raises(DigestMismatch):
            await client.manifest(registry.reference(f"app@{wanted.digest}"))

    with_registry(work)


@pytest.mark.parametrize("data", [b"", b"<html>", b"[]", b"{}", b'{"schemaVersion":1}', b"\xff\0"])
def test_what_is_no_manifest_is_told(data: bytes) -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        registry.document("app", data, "text/html", "1")
        with pytest.raises(ExplorerError) as raised:
            await client.manifest(registry.reference("app:1"))
        assert raised.value.exit_code in (4, 6)

    with_registry(work)


def paged(pages: list[tuple[list[str], str]]) -> Callable[[web.Request], web.Response | None]:
    def guard(request: web.Request) -> web.Response | None:
        if "/tags/list" not in request.path:
            return None
        names, following = pages[int(request.query.get("page", "0"))]
        headers = {"Link": following} if following else {}
        return web.json_response({"tags": names}, headers=headers)

    return guard


def tags(guard: Callable[[web.Request], web.Response | None]) -> tuple[list[str], int]:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> tuple[list[str], int]:
        registry.guard = guard
        names = [name async for name in client.tags(registry.reference("app"))]
        return names, len(registry.asked("GET", "/tags/"))

    return with_registry(work)


def test_tags_are_read_page_by_page() -> None:
    absolute = '</v2/app/tags/list?page=1>; rel="next"'
    relative = "<list?page=2>; rel=next"
    assert tags(paged([(["a"], absolute), (["b"], relative), (["c"], "")])) == (["a", "b", "c"], 3)


def test_pages_that_lead_back_end_the_list() -> None:
    assert tags(paged([(["a"], '</v2/app/tags/list?page=0>; rel="next"')] * 2))[1] == 2


def test_pages_stay_on_the_host_that_was_asked() -> None:
    elsewhere = '<http://evil.example/v2/app/tags/list?page=1>; rel="next"'
    assert tags(paged([(["a"], elsewhere), (["b"], "")])) == (["a", "b"], 2)


def test_a_repository_without_tags_has_none() -> None:
    assert tags(lambda r: web.json_response({"name": "app", "tags": None}))[0] == []


def test_a_list_that_is_no_json_is_told() -> None:
    with pytest.raises(DamagedImage, match="no JSON object"):
        tags(lambda r: web.Response(text="<html>"))


def signature(subject: Descriptor) -> Manifest:
    config = Descriptor(media.OCI_EMPTY, Digest.of(b"{}"), 2)
    return Manifest(config, (), subject=subject, artifact_type="application/x-signature")


def test_referrers_are_kept_under_a_tag_where_there_is_no_api() -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        subject = registry.image("app", b"layer")
        where = registry.reference("app:1")
        assert await client.referrers(where, subject.digest) == ()
        signed = signature(subject)
        for _ in range(2):  # twice is once
            digest = await client.put_manifest(
                registry.reference(f"app@{Digest.of(signed.encode())}"),
                signed.encode(),
                signed.media_type,
            )
        (found,) = await client.referrers(where, subject.digest)
        assert (found.digest, found.artifact_type) == (digest, "application/x-signature")
        assert await client.referrers(where, subject.digest, "application/other") == ()

    with_registry(work)


def test_referrers_come_from_the_api_where_there_is_one() -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        subject = registry.image("app", b"layer")
        entry = Descriptor(media.OCI_MANIFEST, Digest.of(b"x"), 1, artifact_type="a/b").to_json()
        body = json.dumps({"schemaVersion": 2, "mediaType": media.OCI_INDEX, "manifests": [entry]})

        def guard(request: web.Request) -> web.Response | None:
            return web.Response(text=body) if "/referrers/" in request.path else None

        registry.guard = guard
        (found,) = await client.referrers(registry.reference("app:1"), subject.digest)
        assert found.artifact_type == "a/b"

    with_registry(work)


def test_a_manifest_is_deleted_by_digest_and_a_tag_by_name() -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        registry.image("app", b"layer")
        await client.delete(registry.reference("app:1"))
        with pytest.raises(NotFound):
            await client.delete(registry.reference("app:1"))

    with_registry(work)


def test_a_mirror_is_asked_first_and_the_host_where_it_has_nothing() -> None:
    async def run() -> None:
        async with serving() as registry, serving() as mirror:
            pushed = registry.image("app", b"layer")
            mirrors = {registry.host: (mirror.host,)}
            async with connected(mirrors=mirrors) as client:
                assert (await client.manifest(registry.reference("app:1"))).descriptor == pushed
                mirror.image("app", b"layer")
                before = len(registry.log)
                assert (await client.manifest(registry.reference("app:1"))).descriptor == pushed
                assert len(registry.log) == before
            assert mirror.log

    asyncio.run(run())
