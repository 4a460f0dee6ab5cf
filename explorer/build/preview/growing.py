"""A stack with one more layer, where only that layer is replayed."""

from __future__ import annotations

import numpy as np

from explorer.build.preview.inserting import Inserted, insert
from explorer.filesystem.index import Array, LayerIndex
from explorer.filesystem.providers import NOTHING, Contents, Providers
from explorer.filesystem.stack import Delta, Marks, Stack
from explorer.filesystem.state import State


def grown(below: Stack, layer: LayerIndex | None, contents: Contents) -> Stack:
    """The stack of the layers below and one more."""
    inserted = insert(below.trie, layer) if layer is not None and below.layers else None
    if inserted is None or layer is None:
        return Stack((*below.layers, layer), contents)
    return _Grown(below, layer, contents, inserted)


class _Grown(Stack):
    """Takes over what the layers below came to; equal in everything to a stack made at once."""

    def __init__(
        self, below: Stack, layer: LayerIndex, contents: Contents, inserted: Inserted
    ) -> None:
        layers = (*below.layers, layer)
        Providers.__init__(self, layers, inserted.trie, contents, below.bound)
        self.problems = list(below.problems)
        moved, old_total = inserted.moved, int(below.starts[-1])
        shift = int(self.starts[-1]) - old_total

        def renumbered(providers: Array) -> Array:
            # A directory that a layer only implies is numbered after all entries.
            return np.where(providers >= old_total, providers + shift, providers)

        self.deltas = [
            Delta(
                moved[delta.nodes].astype(np.uint32),
                renumbered(delta.before),
                renumbered(delta.after),
            )
            for delta in below.deltas
        ]
        self.marks = [
            Marks(moved[marks.whiteouts].astype(np.uint32), moved[marks.opaques].astype(np.uint32))
            for marks in below.marks
        ]
        self.effects = list(below.effects)
        visible = self.nothing_visible()
        visible[moved] = renumbered(State(below, len(below) - 1).visible)
        self._put(layer, visible)

    def _put(self, layer: LayerIndex, visible: Array) -> None:
        names = np.zeros(int(self.starts[-1]), np.int32)
        shown = self._content_inodes(visible[visible != NOTHING])
        names += np.bincount(shown, minlength=len(names)).astype(np.int32)
        before = visible.copy()
        self.marks.append(self._apply(len(self.layers) - 1, layer, visible))
        nodes = np.flatnonzero(visible != before).astype(np.uint32)
        delta = Delta(nodes, before[nodes], visible[nodes])
        self.deltas.append(delta)
        change = self._bytes_changed(delta, names)
        cumulative = (self.effects[-1].cumulative if self.effects else 0) + change
        self.effects.append(self._effect(delta, change, cumulative))
