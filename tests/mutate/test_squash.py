"""Squashing layers: the same filesystem, in fewer of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings

from explorer.analysis.opened import open_image
from explorer.blobs.access import InMemory
from explorer.blobs.feeds import FileFeed
from explorer.errors import UsageError
from explorer.filesystem.indexer import build_index
from explorer.filesystem.stack import Stack
from explorer.filesystem.state import State
from explorer.mutate.squash import layer_tar, squash
from explorer.oci import Reference
from explorer.progress import Job
from explorer.store.images import ImageStore
from tests.factory import directory, docker_archive_v25, file, image, layer, reference, whiteout
from tests.factory.strategies import layer_stacks
from tests.stacks import open_stack

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def listing(stack: Stack, upto: int) -> dict[bytes, tuple[object, ...]]:
    """Every path with everything that shows of it but its layer, and its hard links."""
    state = State(stack, upto)
    found: dict[bytes, tuple[object, ...]] = {}
    for node in state.nodes().tolist()[1:]:
        entry = state.entry(node)
        assert entry is not None
        mtime = entry.mtime_ns // 1_000_000_000
        facts = (entry.type, entry.mode, entry.uid, entry.gid, entry.size, mtime, entry.link)
        found[entry.path] = (*facts, entry.device, dict(entry.xattrs), state.links(node))
    return found


@settings(max_examples=150, deadline=None)
@given(layer_stacks(implicit_parents=True, awkward=True))
def test_the_filesystem_is_the_same_from_whatever_layer_on(layers: reference.Stack) -> None:
    opened = open_stack(layers)
    wanted = listing(opened.stack, opened.top)
    for first in range(len(layers)):
        tar = b"".join(layer_tar(opened, first, Job()))
        index = build_index(FileFeed(InMemory(tar)))
        assert not index.damage
        below = [indexed.index for indexed in opened.layers[:first]]
        assert listing(Stack([*below, index]), first) == wanted


def make(tmp_path: Path) -> Path:
    """An archive of three layers, of which the last deletes what the second brought."""
    archive = docker_archive_v25(
        image(
            layer(directory("etc"), file("etc/motd", "hello")),
            layer(file("big", "x" * 100_000), file("etc/motd", "changed")),
            layer(whiteout("big")),
        )
    )
    path = tmp_path / "app.tar"
    archive.write(path)
    return path


def test_what_was_deleted_is_stored_no_more(tmp_path: Path, store: ImageStore) -> None:
    opened = open_image(str(make(tmp_path)))
    with store.ingest() as ingest:
        store.name(Reference.parse("small"), squash(opened, ingest, NOW, first=1))
    small = open_image("small")
    assert len(small.layers) == 2
    assert small.image.stored < 20_000 < opened.image.stored
    assert listing(small.stack, 1) == listing(opened.stack, 2)
    assert small.image.config.rootfs_diff_ids[0] == opened.image.config.rootfs_diff_ids[0]
    assert not small.problems
    assert small.image.config.history[-1].comment == "2 layers as one"
    again = open_image("small", verify=True)
    assert [layer.verified for layer in again.layers] == [True, True]


def test_a_layer_that_is_not_there_is_a_mistake(tmp_path: Path, store: ImageStore) -> None:
    opened = open_image(str(make(tmp_path)))
    with store.ingest() as ingest, pytest.raises(UsageError, match="layers 0 to 2"):
        squash(opened, ingest, NOW, first=3)
