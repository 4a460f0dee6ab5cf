"""Where a query looks: a merged filesystem, what changed, or every version in every layer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from weakref import WeakKeyDictionary

import numpy as np

from explorer.analysis.opened import OpenImage
from explorer.analysis.query.rows import Rows, provider_layers
from explorer.filesystem.entry import Change
from explorer.filesystem.index import Array
from explorer.filesystem.providers import NOTHING, Providers
from explorer.filesystem.stack import Stack
from explorer.filesystem.state import ChangeSet, State


class Everywhere(Enum):
    """The scope of every version of every path in every layer, deleted ones included."""

    EVERY_LAYER = "every layer"


EVERY_LAYER = Everywhere.EVERY_LAYER


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """A merged filesystem with the changes that led to it: its paths, and those removed.

    A path that did not change counts as unchanged, whatever made it.
    """

    state: State
    changes: ChangeSet


Scope = State | ChangeSet | Marked | int | Everywhere
"""A merged state, what changed between two, both at once, one layer's changes, or every layer.

In a merged state the layer of a path is the one that provides it, and its change is what that
layer did to it.
"""


def rows_of(image: OpenImage, scope: Scope) -> Rows:
    """The rows of a scope."""
    match scope:
        case State():
            return _merged(image, scope)
        case ChangeSet():
            return _changed(scope)
        case Marked():
            return _marked(scope)
        case int():
            return _layer(image.changes(scope), scope)
        case Everywhere():
            return _every(image.stack)


def _merged(image: OpenImage, state: State) -> Rows:
    nodes = state.nodes()

    def below(asked: Array) -> Array:
        return _below(state)[asked]

    def kinds(asked: Array) -> Array:
        return _last_kinds(image, state)[asked]

    known = kinds if state.stack is image.stack else None
    return Rows(state.stack, nodes, state.visible[nodes], below, known_kinds=known)


def _changed(changes: ChangeSet) -> Rows:
    stack = changes.stack

    def remover(nodes: Array, before: Array) -> Array:
        return _removers(stack, nodes, before)

    touched = remover if isinstance(stack, Stack) else None
    return Rows(stack, changes.nodes, changes.after, changes.before, touched, changes.kinds)


def _layer(changes: ChangeSet, layer: int) -> Rows:
    touched = np.full(len(changes), layer)
    return Rows(changes.stack, changes.nodes, changes.after, changes.before, touched, changes.kinds)


def _marked(marked: Marked) -> Rows:
    state, changes = marked.state, marked.changes
    present = state.visible != NOTHING
    present[changes.nodes[changes.kinds == Change.REMOVED]] = True
    nodes = np.flatnonzero(present)
    after = state.visible[nodes]
    before, kinds = after.copy(), np.zeros(len(nodes), np.uint8)
    told = np.flatnonzero(present[changes.nodes])
    places = np.searchsorted(nodes, changes.nodes[told])
    before[places], kinds[places] = changes.before[told], changes.kinds[told]

    def remover(nodes: Array, before: Array) -> Array:
        return _removers(changes.stack, nodes, before)

    return Rows(changes.stack, nodes, after, before, remover, kinds)


def _every(stack: Stack) -> Rows:
    """Every change of every layer, by path and then by layer."""
    counts = [len(delta.nodes) for delta in stack.deltas]
    layers = np.repeat(np.arange(len(counts)), counts)
    empty = [np.empty(0, np.int64)]
    nodes = np.concatenate([*(delta.nodes for delta in stack.deltas), *empty])
    before = np.concatenate([*(delta.before for delta in stack.deltas), *empty])
    after = np.concatenate([*(delta.after for delta in stack.deltas), *empty])
    order = np.argsort(nodes, kind="stable")
    return Rows(stack, nodes[order], after[order], before[order], layers[order])


_BELOW: WeakKeyDictionary[State, Array] = WeakKeyDictionary()


def _below(state: State) -> Array:
    """For each node, what the layer that last touched it found there."""
    known = _BELOW.get(state)
    if known is None:
        known = state.stack.nothing_visible()
        for delta in state.stack.deltas[: state.upto + 1]:
            known[delta.nodes] = delta.before
        _BELOW[state] = known
    return known


_LAST_KINDS: WeakKeyDictionary[State, Array] = WeakKeyDictionary()


def _last_kinds(image: OpenImage, state: State) -> Array:
    """For each node, what the layer that last touched it did."""
    known = _LAST_KINDS.get(state)
    if known is None:
        known = np.zeros(len(state.visible), np.uint8)
        for layer in range(state.upto + 1):
            changes = image.changes(layer)
            known[changes.nodes] = changes.kinds
        _LAST_KINDS[state] = known
    return known


def _removers(stack: Providers, nodes: Array, before: Array) -> Array:
    """For each removed path the layer that removed it: the first after what was there."""
    assert isinstance(stack, Stack)
    removers = np.full(len(nodes), -1, np.int64)
    since = provider_layers(stack, before)
    for layer, delta in enumerate(stack.deltas):
        pending = np.flatnonzero((removers < 0) & (since < layer))
        if not len(pending) or not len(delta.nodes):
            continue
        places = np.searchsorted(delta.nodes, nodes[pending])
        places[places == len(delta.nodes)] = 0
        found = (delta.nodes[places] == nodes[pending]) & (delta.after[places] == NOTHING)
        removers[pending[found]] = layer
    return removers
