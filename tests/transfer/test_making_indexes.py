"""One index of several images: what it lists, and what it refuses."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.errors import NotFound, UsageError
from explorer.oci import Descriptor, ImageIndex, Platform, Reference, parse_manifest
from explorer.registry import RegistryClient
from explorer.store.images import ImageStore
from explorer.transfer.index import MadeIndex, make_index
from tests.factory import Image, ImageBuilder, Index, docker_archive_v25, file, oci_layout
from tests.registry.conftest import connected
from tests.registry.server import serving

NAME = Reference.parse("made:1")


def made(store: ImageStore, *images: str, **annotations: str) -> MadeIndex:
    async def work() -> MadeIndex:
        async with connected() as client:
            return await make_index(client, NAME, images, store, annotations=annotations)

    return asyncio.run(work())


def listed(store: ImageStore, what: MadeIndex) -> ImageIndex:
    document = parse_manifest(store.layout.document(what.descriptor.digest))
    assert isinstance(document, ImageIndex)
    return document


def single(image: Image, path: Path) -> str:
    return f"oci:{oci_layout(image).extract(path)}"


def test_images_are_listed_in_their_order_with_their_platforms(
    amd: Image, arm: Image, tmp_path: Path, store: ImageStore
) -> None:
    images = [single(arm, tmp_path / "arm"), single(amd, tmp_path / "amd")]
    what = made(store, *images, who="us")
    index = listed(store, what)
    assert [str(d.digest) for d in index.manifests] == [arm.digest, amd.digest]
    assert list(map(str, what.platforms)) == ["linux/arm64", "linux/amd64"]
    assert index.annotations == {"who": "us"}
    assert store.find("made:1").digest == what.descriptor.digest
    assert [image.problem for image in store.images()] == [""]


def test_an_index_brings_its_platforms_and_what_is_attested(
    layout: Path, both: Index, tmp_path: Path, store: ImageStore
) -> None:
    riscv = ImageBuilder("linux/riscv64").add(file("arch", "riscv64")).build()
    what = made(store, f"oci:{layout}", single(riscv, tmp_path / "riscv"))
    digests = [str(entry.digest) for entry in listed(store, what).manifests]
    assert digests == [*(member.digest for member in both.members), riscv.digest]  # type: ignore[attr-defined]
    assert list(map(str, what.platforms)) == ["linux/amd64", "linux/arm64", "linux/riscv64"]


def test_a_docker_archive_is_taken_too(amd: Image, tmp_path: Path, store: ImageStore) -> None:
    path = docker_archive_v25(amd).write(tmp_path / "amd.tar")
    (entry,) = listed(store, made(store, str(path))).manifests
    assert entry.platform == Platform.parse("linux/amd64")


def test_the_same_image_twice_is_listed_once(
    amd: Image, layout: Path, tmp_path: Path, store: ImageStore
) -> None:
    what = made(store, single(amd, tmp_path / "amd"), f"oci:{layout}")
    assert len(listed(store, what).images) == 2


def test_two_images_of_one_platform_are_refused_by_name(
    amd: Image, tmp_path: Path, store: ImageStore
) -> None:
    other = ImageBuilder("linux/amd64").add(file("other", "x")).build()
    one, two = single(amd, tmp_path / "one"), single(other, tmp_path / "two")
    with pytest.raises(UsageError, match="both are for linux/amd64") as caught:
        made(store, one, two)
    assert one in str(caught.value)
    assert two in str(caught.value)
    assert store.descriptors() == ()


def test_an_image_without_a_platform_is_refused(
    amd: Image, tmp_path: Path, store: ImageStore
) -> None:
    config = amd.config.replace(b'"linux"', b'""').replace(b'"amd64"', b'""')
    with pytest.raises(UsageError, match="names no platform"):
        made(store, single(replace(amd, config=config), tmp_path / "x"))


@pytest.mark.parametrize("annotations", [{}, {"a": "b"}])
def test_images_of_a_registry_come_into_the_store_and_nothing_else_stays(
    annotations: dict[str, str], store: ImageStore
) -> None:
    """Also where the index that is made is the one that was there."""

    async def work() -> tuple[MadeIndex, list[Descriptor]]:
        async with serving() as registry, connected() as client:
            assert isinstance(client, RegistryClient)
            below = [registry.image("app", one.encode(), tag=one) for one in ("a", "b")]
            entries = [(below[0], "linux/amd64"), (below[1], "linux/arm64")]
            registry.index("app", *entries, tag="all")
            images = [f"docker://{registry.host}/app:all"]
            made = await make_index(client, NAME, images, store, annotations=annotations)
            return made, below

    what, below = asyncio.run(work())
    assert [entry.digest for entry in what.manifests] == [one.digest for one in below]
    (held,) = store.descriptors()
    assert held.digest == what.descriptor.digest == store.find(str(NAME)).digest
    store.prune()
    assert [image.problem for image in store.images()] == [""]


def test_what_is_not_there_makes_no_index(store: ImageStore, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        made(store, str(tmp_path / "nothing"))
    assert store.descriptors() == ()


def test_names_and_clean_ups_leave_the_members_of_an_index_alone(
    layout: Path, both: Index, store: ImageStore
) -> None:
    made(store, f"oci:{layout}")
    store.name(Reference.parse("second:1"), store.find("made:1"))
    store.unname(NAME)
    store.prune()
    held = {str(digest) for digest, _, _ in store.layout.blobs()}
    assert set(both.blobs()) - {both.digest} <= held
    store.unname(Reference.parse("second:1"))
    store.prune()
    assert list(store.layout.blobs()) == []
