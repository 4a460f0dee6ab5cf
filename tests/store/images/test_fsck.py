"""The check of the store, and its repair."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.oci import Digest
from explorer.store.images import ImageStore
from explorer.store.images.fsck import check, repair
from tests.store.images.test_store import APP, OTHER, add, blobs


@pytest.fixture
def store(tmp_path: Path) -> ImageStore:
    made = ImageStore.at(tmp_path / "images")
    add(made, APP, b"shared", b"one")
    add(made, OTHER, b"shared", b"two")
    return made


def test_a_whole_store_is_whole(store: ImageStore) -> None:
    health = check(store.layout)
    assert health.whole
    assert health.blobs == len(blobs(store)) == 7
    assert health.bytes == sum(size for _, _, size in store.layout.blobs())


def test_a_store_that_was_never_used_is_whole(tmp_path: Path) -> None:
    assert check(ImageStore.at(tmp_path / "none").layout).whole


def test_a_missing_blob_is_named_with_the_images_that_need_it(store: ImageStore) -> None:
    store.layout.blob(Digest.of(b"shared")).unlink()
    (fault,) = check(store.layout).faults
    assert "is not there" in fault.what
    assert fault.images == ("app:1", "registry.test/team/other:latest")


def test_a_changed_blob_is_found_and_its_image_removed(store: ImageStore) -> None:
    store.layout.blob(Digest.of(b"two")).write_bytes(b"tow")
    (fault,) = check(store.layout).faults
    assert fault.images == ("registry.test/team/other:latest",)
    assert "does not hash to its name" in fault.what
    repaired = repair(store.layout).repaired
    assert "removed image registry.test/team/other:latest" in repaired
    assert check(store.layout).whole
    assert [image.reference for image in store.images()] == [APP]


def test_a_lost_index_is_made_anew(store: ImageStore) -> None:
    digests = {image.digest for image in store.images()}
    (store.layout.root / "index.json").write_bytes(b"")
    assert not check(store.layout).whole
    assert "made index.json anew, with 2 images" in repair(store.layout).repaired
    assert {image.digest for image in store.images()} == digests
    assert check(store.layout).whole
