"""Blobs on their way: kept where the way breaks off, gone on with, never taken for whole."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from explorer.errors import DigestMismatch
from explorer.oci import Descriptor, Digest, media
from explorer.store.images import ImageStore
from explorer.store.images.partial import PartialBlob, forget_partials

DATA = bytes(range(256)) * 100
BLOB = Descriptor(media.OCI_LAYER, Digest.of(DATA), len(DATA))


@pytest.fixture
def layout_store(tmp_path: Path) -> ImageStore:
    store = ImageStore.at(tmp_path / "images")
    store.layout.make()
    return store


def break_off(store: ImageStore, data: bytes) -> None:
    """A blob of which only so much comes."""
    with pytest.raises(ConnectionError), PartialBlob(store.layout, BLOB) as partial:
        partial.write(data)
        raise ConnectionError


def left(store: ImageStore) -> list[Path]:
    return sorted(store.layout.root.glob(".partial/*"))


def test_what_came_is_there_for_the_next_and_has_no_blob_s_name(layout_store: ImageStore) -> None:
    break_off(layout_store, DATA[:1000])
    assert not layout_store.layout.has(BLOB.digest)
    with PartialBlob(layout_store.layout, BLOB) as partial:
        assert partial.resumed == 1000
        partial.write(DATA[1000:])
        partial.finish("It")
    assert layout_store.layout.has(BLOB.digest, BLOB.size)
    assert layout_store.layout.document(BLOB.digest) == DATA
    assert not (layout_store.layout.root / ".partial").exists()


def test_what_turns_out_wrong_is_dropped(layout_store: ImageStore) -> None:
    break_off(layout_store, b"x" * 1000)
    with PartialBlob(layout_store.layout, BLOB) as partial:
        partial.write(DATA[1000:])
        with pytest.raises(DigestMismatch, match="A layer"):
            partial.finish("A layer")
    assert not left(layout_store)
    assert not layout_store.layout.has(BLOB.digest)


def test_two_at_once_do_not_write_into_one_file(layout_store: ImageStore) -> None:
    with PartialBlob(layout_store.layout, BLOB) as one:
        one.write(DATA[:10])
        with PartialBlob(layout_store.layout, BLOB) as two:
            assert two.resumed == 0
            two.write(DATA)
            two.finish("It")
        one.write(DATA[10:])
        one.finish("It")
    assert layout_store.layout.document(BLOB.digest) == DATA
    assert not left(layout_store)


def test_more_than_the_blob_has_is_begun_anew(layout_store: ImageStore) -> None:
    break_off(layout_store, DATA + b"more")
    with PartialBlob(layout_store.layout, BLOB) as partial:
        assert partial.resumed == 0


def test_nothing_is_kept_of_nothing(layout_store: ImageStore) -> None:
    break_off(layout_store, b"")
    assert not left(layout_store)


def test_what_nobody_came_back_for_is_dropped_after_a_week(layout_store: ImageStore) -> None:
    break_off(layout_store, DATA[:1000])
    (path,) = left(layout_store)
    assert forget_partials(layout_store.layout) == 0
    week = 7 * 24 * 3600
    os.utime(path, (path.stat().st_atime, path.stat().st_mtime - week - 1))
    assert forget_partials(layout_store.layout) == 1000
    assert not left(layout_store)


def test_clearing_the_store_takes_what_broke_off(layout_store: ImageStore) -> None:
    break_off(layout_store, DATA[:1000])
    assert layout_store.prune().bytes == 1000
    assert not left(layout_store)


def test_what_is_under_way_is_not_dropped(layout_store: ImageStore) -> None:
    with PartialBlob(layout_store.layout, BLOB) as partial:
        partial.write(DATA[:1000])
        assert forget_partials(layout_store.layout, older=-1.0) == 0
        partial.write(DATA[1000:])
        partial.finish("It")
