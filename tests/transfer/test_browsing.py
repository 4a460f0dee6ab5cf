"""What a list of tags tells of each, and what it costs to find out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.errors import NotFound, Refused
from explorer.oci import Descriptor, Digest, ImageConfig, Manifest, Platform, media
from explorer.registry import RegistryClient
from explorer.transfer.browsing import Known, Part, compare_parts, look, natural, read_part, resolve
from tests.registry.conftest import connected
from tests.registry.server import FaultyRegistry, serving

T = TypeVar("T")


def with_registry(work: Callable[[FaultyRegistry, RegistryClient], Awaitable[T]]) -> T:
    async def run() -> T:
        async with serving() as registry, connected() as client:
            return await work(registry, client)

    return asyncio.run(run())


def config(created: str = "2026-01-02T03:04:05Z", **run: Any) -> bytes:
    document = {
        "architecture": "amd64",
        "os": "linux",
        "created": created,
        "config": run,
        "rootfs": {"type": "layers", "diff_ids": []},
    }
    return json.dumps(document).encode()


def image(registry: FaultyRegistry, *layers: bytes, tag: str, data: bytes = b"") -> Descriptor:
    described = registry.blob("app", data or config(), media.OCI_CONFIG)
    blobs = tuple(registry.blob("app", layer) for layer in layers)
    return registry.manifest("app", Manifest(described, blobs), tag)


def test_a_tag_costs_three_requests_and_no_layer() -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        pushed = image(registry, b"layer" * 100, tag="1")
        found = await look(client, registry.reference("app:1"), {})
        assert found.descriptor == pushed
        assert found.size == 500 + len(config())
        assert found.created is not None
        assert found.created.year == 2026
        assert found.platforms == (Platform("linux", "amd64"),)
        assert registry.served == len(config())
        assert [r.method for r in registry.log if "/v2/app" in r.path] == ["HEAD", "GET", "GET"]

    with_registry(work)


def test_what_a_digest_stands_for_is_read_once() -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        pushed = image(registry, b"layer", tag="1")
        registry.manifests["app", "2"] = registry.manifests["app", str(pushed.digest)]
        known: Known = {}
        first = await look(client, registry.reference("app:1"), known)
        before = len(registry.log)
        assert await look(client, registry.reference("app:2"), known) is first
        assert [r.method for r in registry.log[before:]] == ["HEAD"]

    with_registry(work)


def test_a_moved_tag_is_read_anew() -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        known: Known = {}
        image(registry, b"old", tag="1")
        old = await look(client, registry.reference("app:1"), known)
        image(registry, b"newer", tag="1")
        new = await look(client, registry.reference("app:1"), known)
        assert old.descriptor != new.descriptor
        assert new.size == 5 + len(config())

    with_registry(work)


def test_of_an_index_this_machines_image_is_read_and_all_are_named() -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        host = str(Platform.host())
        other = "linux/s390x" if host != "linux/s390x" else "linux/amd64"
        mine, theirs = image(registry, b"mine", tag="m"), image(registry, b"theirs!", tag="t")
        index = registry.index("app", (theirs, other), (mine, host), tag="all")
        found = await look(client, registry.reference("app:all"), {})
        assert found.descriptor == index
        assert found.part is not None
        assert found.part.descriptor == mine
        assert [str(one) for one in found.platforms] == [other, host]
        part = await read_part(client, registry.reference("app:all"), found.images[0])
        assert part.descriptor == theirs
        assert part.size == 7 + len(config())

    with_registry(work)


def test_an_index_without_this_machines_image_shows_the_first() -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        strange = image(registry, b"strange", tag="s")
        registry.index("app", (strange, "plan9/mips64"), tag="all")
        found = await look(client, registry.reference("app:all"), {})
        assert found.part is not None
        assert found.part.descriptor == strange

    with_registry(work)


def test_a_damaged_configuration_leaves_the_size_known_and_says_why() -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        image(registry, b"layer", tag="1", data=b"not json")
        found = await look(client, registry.reference("app:1"), {})
        assert found.size == 5 + len(b"not json")
        assert found.created is None
        assert found.part is not None
        assert found.part.problem

    with_registry(work)


def test_an_artifact_says_what_it_is() -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        described = registry.blob("app", b"{}", media.OCI_EMPTY)
        chart = Manifest(described, (), artifact_type="application/vnd.cncf.helm.chart")
        registry.manifest("app", chart, "chart")
        found = await look(client, registry.reference("app:chart"), {})
        assert found.part is not None
        assert found.part.kind == "application/vnd.cncf.helm.chart"
        assert found.part.config is None

    with_registry(work)


def test_a_tag_that_is_gone_is_not_found_and_a_refusal_stays_one() -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        with pytest.raises(NotFound, match="app:9"):
            await resolve(client, registry.reference("app:9"))
        image(registry, b"layer", tag="1")
        registry.answers.append(("GET", "/manifests/", 403, {}))
        with pytest.raises(Refused):
            await look(client, registry.reference("app:1"), {})

    with_registry(work)


def test_names_are_sorted_as_people_count() -> None:
    names = ["v10", "v2", "1.10", "1.9", "latest", "Beta", "alpha", "1.9-rc1"]
    expected = ["1.9", "1.9-rc1", "1.10", "alpha", "Beta", "latest", "v2", "v10"]
    assert sorted(names, key=natural) == expected


@given(st.lists(st.text(max_size=12), max_size=8))
def test_any_names_can_be_sorted(names: list[str]) -> None:
    assert sorted(sorted(names, key=natural)) == sorted(names)


def part(*layers: bytes, data: bytes) -> Part:
    described = tuple(Descriptor(media.OCI_LAYER, Digest.of(one), len(one)) for one in layers)
    manifest = Manifest(Descriptor(media.OCI_CONFIG, Digest.of(data), len(data)), described)
    encoded = manifest.encode()
    return Part(
        Descriptor(manifest.media_type, Digest.of(encoded), len(encoded)),
        manifest,
        ImageConfig.parse(data),
    )


def test_two_images_are_compared_by_their_documents() -> None:
    a = part(b"base", b"old", data=config(Cmd=["serve"], Env=["A=1", "B=2"]))
    b = part(b"base", b"newer", data=config(Cmd=["serve"], Env=["A=1", "B=3", "C=4"], User="1"))
    found = compare_parts(a, b)
    assert [one.size for one in found.shared] == [4]
    assert [one.size for one in found.only_a] == [3]
    assert [one.size for one in found.only_b] == [5]
    assert found.config == (("Variable B", "2", "3"), ("User", "", "1"), ("Variable C", "", "4"))
