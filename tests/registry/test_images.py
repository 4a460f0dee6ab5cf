"""Images into the store and out of it: what travels, what is spared, what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from aiohttp import web

from explorer.errors import Cancelled, DigestMismatch, ExplorerError, NotFound
from explorer.oci import Descriptor, Digest, ImageIndex, Platform, media
from explorer.progress import Job
from explorer.registry import RegistryClient
from explorer.store.images import ImageStore
from explorer.transfer.copy import Target, copy
from explorer.transfer.pull import pull
from explorer.transfer.push import StoreContent, known_repositories, push
from explorer.transfer.receipt import Receipt, Step
from tests.registry.conftest import connected
from tests.registry.server import FaultyRegistry, serving

T = TypeVar("T")
LAYERS = b"lower" * 1000, b"upper" * 1000


def with_registry(work: Callable[[FaultyRegistry, RegistryClient], Awaitable[T]]) -> T:
    async def run() -> T:
        async with serving() as registry, connected() as client:
            return await work(registry, client)

    return asyncio.run(run())


def fates(receipt: Receipt) -> list[str]:
    return [blob.fate for blob in receipt.blobs]


def is_whole(store: ImageStore) -> bool:
    """Nothing half-written is left, and every name leads somewhere."""
    left = list(store.layout.ingest.iterdir()) if store.layout.exists else []
    return not left and all(not image.problem for image in store.images())


def test_an_image_is_pulled_once_and_keeps_its_digest(store: ImageStore) -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        pushed = registry.image("app", *LAYERS)
        name = registry.reference("app:1")
        first = await pull(client, name, store)
        assert first.descriptor == pushed
        assert store.find(str(name)).digest == pushed.digest
        assert set(fates(first)) == {"moved"}
        served = registry.served
        again = await pull(client, name, store)
        assert set(fates(again)) == {"spared"}
        assert (again.moved, again.spared) == (0, first.moved)
        assert registry.served == served

    with_registry(work)
    assert is_whole(store)


def test_what_two_images_share_travels_once(store: ImageStore) -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        registry.image("one", *LAYERS)
        registry.image("two", LAYERS[0], b"its own")
        await pull(client, registry.reference("one:1"), store)
        second = await pull(client, registry.reference("two:1"), store)
        moved = {blob.descriptor.size for blob in second.blobs if blob.fate == "moved"}
        assert len(LAYERS[0]) not in moved
        assert len(b"its own") in moved

    with_registry(work)


def test_of_an_index_one_platform_is_pulled_or_all(store: ImageStore) -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        amd = registry.image("app", b"amd", tag="amd")
        arm = registry.image("app", b"arm", tag="arm")
        index = registry.index("app", (amd, "linux/amd64"), (arm, "linux/arm64"))
        name = registry.reference("app:1")
        one = await pull(client, name, store, platform=Platform.parse("linux/arm64"))
        assert one.descriptor.digest == arm.digest
        assert one.index is not None
        assert one.index.digest == index.digest
        everything = await pull(client, name, store, all_platforms=True)
        assert everything.descriptor.digest == index.digest
        assert [str(platform) for platform in everything.platforms] == [
            "linux/amd64",
            "linux/arm64",
        ]
        with pytest.raises(NotFound, match="linux/amd64, linux/arm64"):
            await pull(client, name, store, platform=Platform.parse("windows/amd64"))

    with_registry(work)
    assert is_whole(store)


def test_a_blob_damaged_on_the_way_is_fetched_once_more(store: ImageStore) -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        registry.image("app", *LAYERS)
        registry.corrupt = 1
        await pull(client, registry.reference("app:1"), store)

    with_registry(work)
    assert is_whole(store)


def test_a_blob_that_stays_damaged_is_refused_and_nothing_is_named(store: ImageStore) -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        registry.image("app", *LAYERS)
        registry.corrupt = 100
        with pytest.raises(DigestMismatch):
            await pull(client, registry.reference("app:1"), store)

    with_registry(work)
    assert is_whole(store)
    assert store.descriptors() == ()


def test_what_a_mirror_has_damaged_comes_from_the_host(store: ImageStore) -> None:
    async def run() -> None:
        async with serving() as registry, serving() as mirror:
            registry.image("app", *LAYERS)
            mirror.image("app", *LAYERS)
            mirror.corrupt = 100
            async with connected(mirrors={registry.host: (mirror.host,)}) as client:
                await pull(client, registry.reference("app:1"), store)
            assert len(mirror.asked("GET", "/blobs/")) == len(LAYERS) + 1

    asyncio.run(run())
    assert is_whole(store)


def test_an_index_that_names_itself_ends(store: ImageStore) -> None:
    """No index can hold its own digest; a registry that lies about one is found out."""

    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        wanted = Digest.of(b"the one")
        entry = Descriptor(media.OCI_INDEX, wanted, 300, platform=Platform.host())
        data = ImageIndex((entry,)).encode()
        registry.document("app", data, media.OCI_INDEX, "1", str(wanted))
        for everything in (True, False):
            with pytest.raises(ExplorerError):
                await pull(client, registry.reference("app:1"), store, all_platforms=everything)
        assert len(registry.log) < 10

    with_registry(work)


def test_indexes_in_indexes_are_followed_only_so_far(store: ImageStore) -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        below = registry.image("app", b"layer")
        for depth in range(20):
            below = registry.index("app", (below, str(Platform.host())), tag=f"d{depth}")
        for everything in (True, False):
            with pytest.raises(ExplorerError):
                await pull(client, registry.reference("app:d19"), store, all_platforms=everything)
        assert len(registry.log) < 40

    with_registry(work)


def test_a_stop_ends_a_pull_that_waits_for_a_silent_registry(store: ImageStore) -> None:
    job = Job()

    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        registry.image("app", *LAYERS)
        registry.stall, registry.cut = True, [1] * 9
        stop = asyncio.get_running_loop().call_later(0.2, job.cancel)
        with pytest.raises(Cancelled):
            await pull(client, registry.reference("app:1"), store, job=job)
        stop.cancel()

    with_registry(work)
    assert is_whole(store)


def test_every_layer_tells_how_far_it_is(store: ImageStore) -> None:
    steps: list[Step] = []

    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        registry.image("app", *LAYERS)
        await pull(client, registry.reference("app:1"), store, watch=steps.append)

    with_registry(work)
    last = {step.descriptor.digest: step for step in steps}
    assert all(step.fate == "moved" for step in last.values())
    assert all(step.done == step.descriptor.size for step in last.values())


def test_a_push_sends_only_what_is_missing_and_mounts_what_is_elsewhere(store: ImageStore) -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        registry.image("app", *LAYERS)
        pulled = await pull(client, registry.reference("app:1"), store)
        content, root = StoreContent(store.layout), pulled.descriptor
        target = registry.reference("team/copy:2")
        mounts = known_repositories(store, target)
        first = await push(client, content, root, target, mount_from=mounts.get)
        assert sorted(fates(first)) == ["mounted", "mounted", "mounted", "moved"]
        assert registry.taken == 0
        again = await push(client, content, root, target, mount_from=mounts.get)
        assert set(fates(again)) == {"spared"}
        assert registry.manifests["team/copy", "2"] == registry.manifests["app", "1"]

    with_registry(work)


def test_a_tag_is_set_when_all_it_needs_is_there(store: ImageStore) -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        amd = registry.image("app", b"amd", tag="amd")
        arm = registry.image("app", b"arm", tag="arm")
        index = registry.index("app", (amd, "linux/amd64"), (arm, "linux/arm64"))
        await pull(client, registry.reference("app:1"), store, all_platforms=True)
        registry.log.clear()
        target = registry.reference("new:1")
        await push(client, StoreContent(store.layout), index, target)
        assert registry.manifests["new", "1"] == registry.manifests["app", "1"]
        writes = [r.path for r in registry.log if r.method == "PUT"]
        assert writes[-1] == "/v2/new/manifests/1"
        assert {path for path in writes if "manifests" in path} == {
            f"/v2/new/manifests/{amd.digest}",
            f"/v2/new/manifests/{arm.digest}",
            "/v2/new/manifests/1",
        }

    with_registry(work)


def test_a_push_that_is_refused_sets_no_tag(store: ImageStore) -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        root = registry.image("app", *LAYERS)
        await pull(client, registry.reference("app:1"), store)
        registry.guard = lambda r: web.Response(status=403) if r.method == "POST" else None
        with pytest.raises(ExplorerError):
            await push(client, StoreContent(store.layout), root, registry.reference("new:1"))
        assert ("new", "1") not in registry.manifests

    with_registry(work)


def test_from_one_registry_to_another_only_what_is_missing_travels(store: ImageStore) -> None:
    async def run() -> None:
        async with serving() as one, serving() as two, connected() as client:
            pushed = one.image("app", *LAYERS)
            two.blob("app", LAYERS[0])
            target = Target.parse(f"docker://{two.host}/app:1")
            done = await copy(client, f"docker://{one.host}/app:1", target)
            assert done.descriptor.digest == pushed.digest
            assert two.manifests["app", "1"] == one.manifests["app", "1"]
            assert f"/v2/app/blobs/{Digest.of(LAYERS[0])}" not in {
                r.path for r in one.asked("GET", "/blobs/")
            }

    asyncio.run(run())
    assert not store.layout.exists


def test_a_registry_s_image_becomes_a_layout_with_the_same_digest(tmp_path: Path) -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        pushed = registry.image("app")
        target = Target.parse(f"oci:{tmp_path}/layout:team/app:1")
        await copy(client, f"docker://{registry.host}/app:1", target)
        assert (tmp_path / "layout" / pushed.digest.blob_path).is_file()
        back = Target("docker", registry.reference("back:1"))
        await copy(client, f"oci:{tmp_path}/layout", back)
        assert registry.manifests["back", "1"] == registry.manifests["app", "1"]

    with_registry(work)
