"""The overlay against the slow and obvious model, for random stacks of layers."""

from __future__ import annotations

import gzip
import io

import numpy as np
from hypothesis import given, settings

from explorer.analysis.content import ContentReader
from explorer.blobs.access import InMemory
from explorer.blobs.compression import plain_chunks
from explorer.blobs.feeds import FileFeed, StreamFeed
from explorer.filesystem.entry import Change, Entry, EntryType
from explorer.filesystem.indexer import build_index
from explorer.filesystem.stack import Stack
from explorer.filesystem.state import State, compare, layer_changes
from explorer.sources.image import Layer
from explorer.sources.reading import IndexedLayer
from explorer.store.cache import Caches
from tests.factory import reference, tar_bytes
from tests.factory.strategies import layer_stacks

_KINDS = {
    EntryType.FILE: "reg",
    EntryType.DIR: "dir",
    EntryType.SYMLINK: "symlink",
    EntryType.CHAR: "char",
    EntryType.BLOCK: "block",
    EntryType.FIFO: "fifo",
}
_ASPECTS = {"type": "kind", "capability": "xattrs"}
everything = layer_stacks(implicit_parents=True, awkward=True)


class Built:
    """A stack of layers as ours, with content at hand."""

    def __init__(self, layers: reference.Stack, *, stream: bool = False) -> None:
        indexed: list[IndexedLayer] = []
        for number, entries in enumerate(layers):
            data = tar_bytes(entries)
            blob = InMemory(gzip.compress(data, 1, mtime=0) if stream else data)
            compression = "gzip" if stream else "none"
            feed = StreamFeed(plain_chunks(blob, "gzip"), 7) if stream else FileFeed(blob)
            index = build_index(feed)
            assert not index.damage
            layer = Layer(number, None, None, None, "", compression, blob.size, blob)
            indexed.append(IndexedLayer(layer, index, None, len(data)))
        self.contents = ContentReader(indexed, Caches.at())
        self.stack = Stack([layer.index for layer in indexed], self.contents)

    def content(self, provider: int) -> bytes:
        layer, entry = self.stack.split(self.stack.inode(provider))
        return b"".join(self.contents.open(layer, entry).chunks())

    def inode(self, state: State, node: int) -> reference.Inode:
        entry = state.entry(node)
        assert entry is not None
        provider = int(state.visible[node])
        return reference.Inode(
            kind=_KINDS[entry.type],
            mode=entry.mode,
            uid=entry.uid,
            gid=entry.gid,
            mtime=entry.mtime_ns // 1_000_000_000,
            content=self.content(provider) if entry.type is EntryType.FILE else b"",
            link=entry.link or b"",
            device=entry.device or (0, 0),
            xattrs=tuple(sorted(entry.xattrs.items())),
        )

    def merged(self, upto: int) -> reference.State:
        state = State(self.stack, upto)
        return {
            self.stack.trie.path(node)[1:]: self.inode(state, node)
            for node in state.nodes().tolist()
        }


def expected(state: reference.State) -> reference.State:
    return {
        path: reference.replace(inode, xattrs=tuple(sorted(inode.xattrs)))
        for path, inode in reference.anonymous(state).items()
    }


def without_root(state: reference.State) -> reference.State:
    return {path: inode for path, inode in state.items() if path}


@settings(max_examples=250, deadline=None)
@given(everything)
def test_the_merged_view_is_what_applying_layers_one_by_one_gives(layers: reference.Stack) -> None:
    built = Built(layers)
    for upto, state in enumerate(reference.states(layers)):
        assert without_root(built.merged(upto)) == without_root(expected(state))


@settings(max_examples=80, deadline=None)
@given(everything)
def test_a_compressed_layer_reads_as_a_plain_one(layers: reference.Stack) -> None:
    plain, stream = Built(layers), Built(layers, stream=True)
    assert plain.merged(len(layers) - 1) == stream.merged(len(layers) - 1)
    assert plain.stack.effects == stream.stack.effects


@settings(max_examples=250, deadline=None)
@given(everything)
def test_the_changes_of_a_layer_are_what_differs_between_the_states_around_it(
    layers: reference.Stack,
) -> None:
    built = Built(layers)
    before: reference.State = {}
    for number, after in enumerate(reference.states(layers)):
        wanted = reference.differences(without_root(before), without_root(after))
        changes = layer_changes(built.stack, number)
        found = {}
        for row, node in enumerate(changes.nodes.tolist()):
            kind = Change(int(changes.kinds[row]))
            path = built.stack.trie.path(node)[1:]
            if kind is Change.UNCHANGED or not path:
                continue
            aspects = frozenset(_ASPECTS.get(a.word, a.word) for a in changes.what(row))
            if "kind" in aspects:
                aspects = wanted[path].aspects  # of another kind, the rest is not told apart
            found[path] = reference.Change(kind.word, aspects)
        assert found == wanted
        assert built.stack.effects[number].added == sum(
            change.kind == "added" for change in wanted.values()
        )
        before = after


@settings(max_examples=150, deadline=None)
@given(everything)
def test_any_two_states_compare_as_their_trees_do(layers: reference.Stack) -> None:
    built = Built(layers)
    states = [{}, *reference.states(layers)]
    for low in range(len(states)):
        for high in range(low, len(states)):
            wanted = reference.differences(without_root(states[low]), without_root(states[high]))
            changes = compare(
                built.stack, State(built.stack, low - 1), State(built.stack, high - 1)
            )
            found = {
                built.stack.trie.path(node)[1:]: Change(kind).word
                for node, kind in zip(changes.nodes.tolist(), changes.kinds.tolist(), strict=True)
                if kind and node
            }
            assert found == {path: change.kind for path, change in wanted.items()}


@settings(max_examples=150, deadline=None)
@given(everything)
def test_bytes_are_counted_once_for_each_inode(layers: reference.Stack) -> None:
    built = Built(layers)
    total = 0
    for effect, state in zip(built.stack.effects, reference.states(layers), strict=True):
        total += effect.contribution
        assert effect.cumulative == total == reference.visible_bytes(state)
    final = State(built.stack, len(layers) - 1)
    assert int(final.sizes()[0]) == total


@settings(max_examples=150, deadline=None)
@given(everything)
def test_hard_link_groups_are_the_paths_of_one_inode(layers: reference.Stack) -> None:
    built = Built(layers)
    final = State(built.stack, len(layers) - 1)
    groups = {
        frozenset(path[1:] for path in final.links(node)) for node in final.nodes().tolist()
    } - {frozenset()}
    assert groups == reference.link_groups(reference.merged(layers))


@settings(max_examples=100, deadline=None)
@given(everything)
def test_nodes_are_in_preorder_with_siblings_by_name(layers: reference.Stack) -> None:
    trie = Built(layers).stack.trie
    paths = [trie.path(node) for node in range(len(trie))]
    assert paths[0] == b"/"
    assert paths[1:] == sorted(paths[1:], key=lambda path: path.split(b"/"))
    for node, path in enumerate(paths):
        assert trie.find(path) == node
        below = [n for n, p in enumerate(paths) if p.startswith(path.rstrip(b"/") + b"/")]
        assert below in ([], list(range(node + (node > 0), int(trie.end[node])))) or node == 0
    assert np.array_equal(list(trie.paths(range(len(trie)))), paths)


@settings(max_examples=60, deadline=None)
@given(everything)
def test_entries_keep_what_the_tar_says(layers: reference.Stack) -> None:
    built = Built(layers)
    for index in built.stack.layers:
        assert index is not None
        for number in range(len(index)):
            entry: Entry = index.entry(number)
            assert entry.path.startswith(b"/")
            assert entry.mode <= 0o7777
            assert io.BytesIO(entry.path).read() == entry.path
