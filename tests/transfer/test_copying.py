"""Copies between registries, the store, archives and layouts: what moves, what is left behind."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from explorer.errors import UsageError
from explorer.oci import Digest, Manifest, Platform, media, parse_manifest
from explorer.registry import RegistryClient
from explorer.store.images import ImageStore
from explorer.transfer.copy import Target, copy
from explorer.transfer.receipt import Receipt, Step
from tests.factory import Image, Index, docker_archive_v25
from tests.registry.conftest import connected
from tests.registry.server import FaultyRegistry, serving

T = TypeVar("T")
LAYERS = b"lower" * 1000, b"upper" * 1000


def with_registry(work: Callable[[FaultyRegistry, RegistryClient], Awaitable[T]]) -> T:
    async def run() -> T:
        async with serving() as registry, connected() as client:
            return await work(registry, client)

    return asyncio.run(run())


def fates(receipt: Receipt) -> set[str]:
    return {blob.fate for blob in receipt.blobs}


def test_a_layout_gets_only_what_it_lacks_and_keeps_no_lock(tmp_path: Path) -> None:
    folder = tmp_path / "layout"

    async def work(registry: FaultyRegistry, client: RegistryClient) -> tuple[Receipt, Receipt]:
        registry.image("one", *LAYERS)
        registry.image("two", LAYERS[0], b"its own")
        target = Target.parse(f"oci:{folder}:app:1")
        await copy(client, f"docker://{registry.host}/one:1", target)
        other = Target.parse(f"oci:{folder}:app:2")
        second = await copy(client, f"docker://{registry.host}/two:1", other)
        return second, await copy(client, f"docker://{registry.host}/two:1", other)

    second, again = with_registry(work)
    spared = {str(b.descriptor.digest) for b in second.blobs if b.fate == "spared"}
    assert str(Digest.of(LAYERS[0])) in spared
    assert (again.moved, again.spared) == (0, second.moved + second.spared)
    assert sorted(path.name for path in folder.iterdir()) == ["blobs", "index.json", "oci-layout"]
    names = [
        entry["annotations"]["io.containerd.image.name"]
        for entry in json.loads((folder / "index.json").read_bytes())["manifests"]
    ]
    assert names == ["docker.io/library/app:1", "docker.io/library/app:2"]


def test_an_index_goes_into_a_layout_whole_where_that_is_asked_for(tmp_path: Path) -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> str:
        amd = registry.image("app", b"amd", tag="amd")
        arm = registry.image("app", b"arm", tag="arm")
        index = registry.index("app", (amd, "linux/amd64"), (arm, "linux/arm64"))
        target = Target.parse(f"oci:{tmp_path}/layout")
        source = f"docker://{registry.host}/app:1"
        done = await copy(client, source, target, all_platforms=True)
        assert done.descriptor.digest == index.digest
        back = Target("docker", registry.reference("back:1"))
        again = await copy(client, f"oci:{tmp_path}/layout", back)
        assert again.descriptor.digest == index.digest
        return str(index.digest)

    digest = with_registry(work)
    (entry,) = json.loads((tmp_path / "layout/index.json").read_bytes())["manifests"]
    assert entry["digest"] == digest


def test_what_is_pushed_from_a_layout_is_not_copied_first(
    layout: Path, both: Index, tmp_path: Path, store: ImageStore
) -> None:
    steps: list[Step] = []

    async def work(registry: FaultyRegistry, client: RegistryClient) -> Receipt:
        target = Target("docker", registry.reference("app:1"))
        first = await copy(client, f"oci:{layout}", target, watch=steps.append)
        assert registry.manifests["app", "1"][0] == both.manifest
        assert fates(first) == {"moved"}
        return await copy(client, f"oci:{layout}", target)

    assert fates(with_registry(work)) == {"spared"}
    assert {step.fate for step in steps} >= {None, "moved"}
    assert not store.layout.exists


def test_layers_of_an_archive_go_to_a_registry_compressed(amd: Image, tmp_path: Path) -> None:
    """There is no manifest to keep, and nobody pulls plain layers."""
    path = docker_archive_v25(amd).write(tmp_path / "amd.tar")

    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        target = Target("docker", registry.reference("app:1"))
        await copy(client, f"docker-archive:{path}", target)
        sent = parse_manifest(registry.manifests["app", "1"][0])
        assert isinstance(sent, Manifest)
        assert {layer.media_type for layer in sent.layers} == {media.OCI_LAYER_GZIP}
        assert str(sent.config.digest) == amd.image_id
        await copy(client, f"docker-archive:{path}", target, packing="none")
        plain = parse_manifest(registry.manifests["app", "1"][0])
        assert isinstance(plain, Manifest)
        assert [str(layer.digest) for layer in plain.layers] == list(amd.diff_ids)

    with_registry(work)


def test_one_platform_comes_into_the_store_where_one_is_named(
    layout: Path, arm: Image, both: Index, store: ImageStore
) -> None:
    async def work(_: FaultyRegistry, client: RegistryClient) -> Receipt:
        wanted = Platform.parse("linux/arm64")
        return await copy(client, f"oci:{layout}", Target.parse("store:one:1"), platform=wanted)

    receipt = with_registry(work)
    assert str(store.find("one:1").digest) == str(receipt.descriptor.digest) == arm.digest
    assert receipt.platforms == (Platform.parse("linux/arm64"),)
    assert fates(receipt) == {"moved"}


@pytest.mark.parametrize("target", ["docker-archive:{}/x.tar", "docker-daemon:app:1", "podman:app"])
def test_what_takes_one_platform_refuses_all(target: str, layout: Path, tmp_path: Path) -> None:
    async def work(_: FaultyRegistry, client: RegistryClient) -> None:
        to = Target.parse(target.format(tmp_path))
        with pytest.raises(UsageError, match="one platform"):
            await copy(client, f"oci:{layout}", to, all_platforms=True)

    with_registry(work)


def test_a_file_is_no_layout(layout: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")

    async def work(_: FaultyRegistry, client: RegistryClient) -> None:
        with pytest.raises(UsageError, match="is a file"):
            await copy(client, f"oci:{layout}", Target.parse(f"oci:{tmp_path}/file"))

    with_registry(work)
    assert (tmp_path / "file").read_text() == "mine"


def test_a_folder_of_something_else_is_no_layout(layout: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter").write_text("dear")

    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        registry.image("app", b"layer")
        to = Target.parse(f"oci:{tmp_path}/mine")
        for source in (f"oci:{layout}", f"docker://{registry.host}/app:1"):
            with pytest.raises(UsageError, match="is no OCI layout: it holds letter"):
                await copy(client, source, to)

    with_registry(work)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter"]


def test_another_compression_on_the_way_keeps_the_image(
    layout: Path, amd: Image, store: ImageStore
) -> None:
    async def work(registry: FaultyRegistry, client: RegistryClient) -> None:
        there = Target("docker", registry.reference("app:1"))
        await copy(client, f"oci:{layout}", there, packing="zstd")
        source = f"docker://{registry.host}/app:1"
        done = await copy(client, source, Target.parse("store:back:1"), packing="gzip")
        assert done.requests > 0
        document = parse_manifest(store.layout.document(done.descriptor.digest))
        assert isinstance(document, Manifest)
        assert str(document.config.digest) == amd.image_id
        assert {layer.media_type for layer in document.layers} == {media.OCI_LAYER_GZIP}

    with_registry(work)
