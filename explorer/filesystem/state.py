"""The merged filesystem as of one layer, and what differs between two such states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from explorer.errors import NotFound
from explorer.filesystem.arrays import is_in
from explorer.filesystem.entry import Aspect, Change, Entry, EntryType
from explorer.filesystem.index import Array
from explorer.filesystem.names import display
from explorer.filesystem.providers import NOTHING, Providers
from explorer.filesystem.stack import Stack


class State:
    """What is visible after layer ``upto`` (-1: nothing) was put on the stack."""

    def __init__(self, stack: Stack, upto: int) -> None:
        self.stack = stack
        self.upto = upto
        self.visible: Array = stack.nothing_visible()
        for delta in stack.deltas[: upto + 1]:
            self.visible[delta.nodes] = delta.after
        self._names: dict[int, list[int]] | None = None

    def __contains__(self, node: int) -> bool:
        return bool(self.visible[node] != NOTHING)

    def nodes(self, below: int = 0) -> Array:
        """Every visible node of a subtree, its top included, in the order of paths."""
        stop = int(self.stack.trie.end[below])
        return np.flatnonzero(self.visible[below:stop] != NOTHING) + below

    def children(self, node: int) -> Iterator[int]:
        """The visible nodes directly below one, by name."""
        return (child for child in self.stack.trie.children(node) if child in self)

    def entry(self, node: int) -> Entry | None:
        """What is visible at a node."""
        provider = int(self.visible[node])
        return None if provider == NOTHING else self.stack.entry(node, provider)

    def find(self, path: bytes) -> int:
        """The visible node of a path; raises :class:`NotFound`."""
        node = self.stack.trie.find(path)
        if node is None or node not in self:
            where = (
                f"as of layer {self.upto}" if self.upto < len(self.stack) - 1 else "in the image"
            )
            raise NotFound(
                f"No {display(path)} {where}", hint="See its history with: layerscope timeline"
            )
        return node

    def links(self, node: int) -> tuple[bytes, ...]:
        """All visible paths of the same inode, itself included; empty for a single name."""
        provider = int(self.visible[node])
        if provider == NOTHING or provider >= self.stack.starts[-1]:
            return ()
        nodes = self._links_by_inode().get(self.stack.inode(provider), [])
        return tuple(self.stack.trie.paths(nodes)) if len(nodes) > 1 else ()

    def _links_by_inode(self) -> dict[int, list[int]]:
        if self._names is None:
            self._names = {}
            nodes = self.nodes()
            providers = self.visible[nodes]
            inodes = self.stack.inodes(providers)
            linked = is_in(inodes, inodes[inodes != providers])
            for node, inode in zip(nodes[linked].tolist(), inodes[linked].tolist(), strict=True):
                if inode != NOTHING:
                    self._names.setdefault(inode, []).append(node)
        return self._names

    def sizes(self) -> Array:
        """The bytes of content below and at each node; an inode counts at its first name only."""
        stack = self.stack
        nodes = self.nodes()
        inodes = stack.inodes(self.visible[nodes])
        inodes = np.where(inodes < stack.starts[-1], inodes, NOTHING)
        _, first = np.unique(inodes, return_index=True)
        first = first[inodes[first] != NOTHING]
        content = np.zeros(len(stack.trie) + 1, np.int64)
        kinds = stack.column("type", inodes[first])
        sizes = stack.column("size", inodes[first])
        content[nodes[first] + 1] = np.where(kinds == EntryType.FILE, sizes, 0)
        running = np.cumsum(content)
        total: Array = running[stack.trie.end] - running[: len(stack.trie)]
        return total

    def counts(self) -> Array:
        """How many visible entries each subtree holds, its top included."""
        running = np.concatenate(([0], np.cumsum(self.visible != NOTHING)))
        total: Array = running[self.stack.trie.end] - running[: len(self.stack.trie)]
        return total


@dataclass(frozen=True, slots=True, eq=False)
class ChangeSet:
    """What differs between two states: nodes, rising, with the provider before and after.

    ``kinds`` holds a :class:`Change` for each; a path the later state has from another layer but
    that differs in nothing is :attr:`Change.UNCHANGED` (its bytes are stored again all the same).
    """

    stack: Providers
    nodes: Array
    before: Array
    after: Array
    kinds: Array

    def __len__(self) -> int:
        return len(self.nodes)

    def kind(self, node: int) -> Change:
        """What happened at a node."""
        row = self.row(node)
        return Change(int(self.kinds[row])) if row is not None else Change.UNCHANGED

    def row(self, node: int) -> int | None:
        """The row of a node, or None if nothing happened there."""
        row = int(np.searchsorted(self.nodes, node))
        return row if row < len(self.nodes) and self.nodes[row] == node else None

    def what(self, row: int) -> tuple[Aspect, ...]:
        """What differs, for a modified path."""
        if self.kinds[row] != Change.MODIFIED:
            return ()
        return self.stack.aspects(int(self.before[row]), int(self.after[row]))

    def old(self, row: int) -> Entry | None:
        """The entry before, or None if it was absent."""
        return self._entry(row, self.before)

    def new(self, row: int) -> Entry | None:
        """The entry after, or None if it is gone."""
        return self._entry(row, self.after)

    def _entry(self, row: int, providers: Array) -> Entry | None:
        provider = int(providers[row])
        return None if provider == NOTHING else self.stack.entry(int(self.nodes[row]), provider)

    def only(self, *kinds: Change) -> ChangeSet:
        """The rows of some kinds of change."""
        rows = np.isin(self.kinds, kinds)
        return ChangeSet(
            self.stack, self.nodes[rows], self.before[rows], self.after[rows], self.kinds[rows]
        )

    def counts(self) -> dict[Change, int]:
        """How many paths were added, modified and removed."""
        return {kind: int((self.kinds == kind).sum()) for kind in Change if kind}


def compare(stack: Stack, before: State, after: State) -> ChangeSet:
    """The differences between two states of one stack."""
    nodes = np.flatnonzero(before.visible != after.visible)
    return change_set(stack, nodes, before.visible[nodes], after.visible[nodes])


def layer_changes(stack: Stack, layer: int) -> ChangeSet:
    """What one layer changes."""
    delta = stack.deltas[layer]
    return change_set(stack, delta.nodes, delta.before, delta.after)


def change_set(stack: Providers, nodes: Array, before: Array, after: Array) -> ChangeSet:
    """What differs, from the providers before and after at each node."""
    before, after = before.astype(np.int64), after.astype(np.int64)
    kinds = np.zeros(len(nodes), np.uint8)
    had, has = before != NOTHING, after != NOTHING
    kinds[~had & has] = Change.ADDED
    kinds[had & ~has] = Change.REMOVED
    both = np.flatnonzero(had & has)
    kinds[both[stack.differs(before[both], after[both])]] = Change.MODIFIED
    return ChangeSet(stack, nodes, before, after, kinds)
