"""Paths in order: parents first, then siblings by the bytes of their names, however alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.blobs.access import InMemory
from explorer.blobs.feeds import FileFeed
from explorer.filesystem import union
from explorer.filesystem.index import LayerIndex
from explorer.filesystem.indexer import build_index
from explorer.filesystem.union import UnionTrie, unite
from tests.factory import file, tar_bytes

ALIKE = b"shared-for-sixteen-bytes-and-more-"
names = st.sampled_from(
    [b"a", b"b", b"b\xff", b"shared-f", b"shared-for-sixte", ALIKE, ALIKE + b"1", ALIKE + b"2"]
)
paths = st.lists(names, min_size=1, max_size=3).map(b"/".join)
layers = st.lists(st.lists(paths, max_size=20), min_size=1, max_size=3)


@pytest.fixture(params=[1, 2, 1 << 16], ids=["one by one", "two by two", "all at once"])
def piece(request: pytest.FixtureRequest) -> int:
    assert isinstance(request.param, int)
    return request.param


def indexed(members: list[bytes]) -> LayerIndex:
    return build_index(FileFeed(InMemory(tar_bytes([file(path, b"") for path in members]))))


def spelled(trie: UnionTrie) -> list[tuple[bytes, ...]]:
    return [tuple(trie.path(node).split(b"/"))[1:] for node in range(1, len(trie))]


@given(layers)
def test_every_path_of_every_layer_has_one_node_and_they_rise_by_name(
    stack: list[list[bytes]],
) -> None:
    trie = unite([indexed(members) for members in stack])
    expected = {
        tuple(path.split(b"/"))[:depth]
        for members in stack
        for path in members
        for depth in range(1, path.count(b"/") + 2)
    }
    assert spelled(trie) == sorted(expected)


def test_a_stack_taken_in_pieces_comes_out_the_same(
    piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    members = [ALIKE * (n % 3) + b"%d/%d" % (n % 5, n) for n in range(60)]
    stack = [indexed(members[:40]), indexed(members[20:])]
    whole = spelled(unite(stack))
    monkeypatch.setattr(union, "_PIECE", piece)
    assert spelled(unite(stack)) == whole
    assert whole == sorted(whole)


@pytest.mark.parametrize("looks", [0, 3, 1000], ids=["by table", "by both", "by looking"])
def test_a_path_is_found_by_its_names(looks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(union, "_FEW_NODES", 0)
    monkeypatch.setattr(union, "_FEW_LOOKS", looks)
    trie = unite([indexed([b"a/x", b"b", b"b/x", ALIKE + b"2/y"]), indexed([b"c", ALIKE + b"1"])])
    for node in range(len(trie)):
        assert trie.find(trie.path(node)) == node
    for absent in (b"/x", b"/a/y", b"/" + ALIKE, b"/zzz", b"/c/a", b"/a/x/deeper"):
        assert trie.find(absent) is None


def test_memory_is_given_back_where_a_stack_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(union, "give_back", lambda: asked.append(True))
    unite([indexed([b"a", b"b"])])
    assert not asked
    monkeypatch.setattr(union, "_MANY", 1)
    unite([indexed([b"a", b"b"])])
    assert asked
