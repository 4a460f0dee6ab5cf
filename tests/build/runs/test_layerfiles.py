"""What a step left in two builds, file by file."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.build.events import LayerMade
from explorer.build.runs.layerfiles import MOST, LayerFiles, compare_layers
from explorer.errors import NotFound
from explorer.filesystem.entry import Change
from explorer.oci import media
from explorer.store.cache import Caches
from explorer.store.images import ImageStore
from tests.factory import Entry, directory, file, layer, symlink
from tests.factory.layers import LayerCompression


@pytest.fixture
def store(tmp_path: Path) -> ImageStore:
    return ImageStore.at(tmp_path / "images")


def kept(store: ImageStore, *members: Entry, compression: LayerCompression = "none") -> LayerMade:
    made = layer(*members, compression=compression)
    with store.ingest() as ingest:
        blob = ingest.stream([made.blob], media.OCI_LAYER)
        ingest.put(b"{}", media.OCI_CONFIG)
    return LayerMade(str(blob.digest), str(made.diff_id), blob.size)


def compared(store: ImageStore, tmp_path: Path, old: LayerMade, new: LayerMade) -> LayerFiles:
    return compare_layers(old, new, store, Caches.at(tmp_path / "cache"))


@pytest.mark.parametrize("compression", ["none", "gzip", "zstd"])
def test_paths_are_added_modified_and_removed(
    store: ImageStore, tmp_path: Path, compression: LayerCompression
) -> None:
    old = kept(store, directory("app"), file("app/a", "1"), file("app/b", "22"), file("app/c", "x"))
    new = kept(
        store, directory("app"), file("app/a", "1"), file("app/b", "333"), file("app/d", "y"),
        compression=compression,
    )  # fmt: skip
    found = compared(store, tmp_path, old, new)
    assert [(row.path, row.change, row.how) for row in found.rows] == [
        ("/app/b", Change.MODIFIED, ("content",)),
        ("/app/c", Change.REMOVED, ()),
        ("/app/d", Change.ADDED, ()),
    ]
    assert found.same == 2
    assert found.count(Change.MODIFIED) == 1


def test_content_is_read_where_sizes_agree_and_times_do_not_count(
    store: ImageStore, tmp_path: Path
) -> None:
    old = kept(store, file("a", "1", mtime=1), file("b", "1", mtime=1))
    new = kept(store, file("a", "1", mtime=2), file("b", "2", mtime=2))
    found = compared(store, tmp_path, old, new)
    assert [row.path for row in found.rows] == ["/b"]


def test_modes_and_targets_are_told_with_both_values(store: ImageStore, tmp_path: Path) -> None:
    old = kept(store, file("run", "x", mode=0o644), symlink("link", "a"))
    new = kept(store, file("run", "x", mode=0o755), symlink("link", "b"))
    rows = compared(store, tmp_path, old, new).rows
    assert {row.path: row.how for row in rows} == {
        "/link": ("target a → b",),
        "/run": ("mode 0644 → 0755",),
    }


def test_of_very_many_the_rest_is_counted(store: ImageStore, tmp_path: Path) -> None:
    old = kept(store, file("a", ""))
    new = kept(store, *(file(f"f{number:05}", "") for number in range(MOST + 7)))
    found = compared(store, tmp_path, old, new)
    assert (len(found.rows), found.more) == (MOST, 8)


def test_a_layer_that_is_gone_is_said(store: ImageStore, tmp_path: Path) -> None:
    here, gone = (
        kept(store, file("a", "")),
        LayerMade("sha256:" + "0" * 64, "sha256:" + "0" * 64, 1),
    )
    with pytest.raises(NotFound, match="no longer kept"):
        compared(store, tmp_path, here, gone)
