"""Which entries of a layer stand at its end, where later ones replace earlier ones."""

from __future__ import annotations

import numpy as np

from explorer.filesystem.arrays import distinct
from explorer.filesystem.entry import EntryType
from explorer.filesystem.index import Array


def live_entries(columns: dict[str, Array]) -> Array:
    """Which entries stand at the end of the layer: the last of each path and sort."""
    nodes = columns["node"]
    live = np.ones(len(nodes), bool)
    last = np.zeros(len(columns["parent"]), np.uint32)
    last[nodes] = np.arange(len(nodes), dtype=np.uint32)
    earlier = np.flatnonzero(last[nodes] != np.arange(len(nodes), dtype=np.uint32))
    if len(earlier):
        several = np.zeros(len(last), bool)
        several[nodes[earlier]] = True
        rows = np.flatnonzero(several[nodes])
        kinds = columns["type"][rows].astype(np.int64)
        sort = np.where(kinds < EntryType.WHITEOUT, 0, kinds)
        key = nodes[rows].astype(np.int64) * 16 + sort
        order = np.argsort(key, kind="stable")
        ends = np.ones(len(order), bool)
        ends[:-1] = key[order][1:] != key[order][:-1]
        live[rows[order]] = ends
    _drop_below_replaced(columns, live)
    return live


def _drop_below_replaced(columns: dict[str, Array], live: Array) -> None:
    """A directory that the same layer later replaces by something else loses its children.

    That holds even if it becomes a directory again after that.
    """
    kinds, nodes, parent = columns["type"], columns["node"], columns["parent"]
    childful = np.zeros(len(parent), bool)
    childful[parent[1:]] = True
    replacing = (kinds != EntryType.DIR) & (kinds < EntryType.WHITEOUT) & childful[nodes]
    if not replacing.any():
        return
    own = np.full(len(parent), -1, np.int64)
    own[nodes[replacing]] = np.flatnonzero(replacing)  # of several, the last
    # The last replacement among a node's ancestors, by pointer doubling.
    replaced_at, ancestor = own[parent], parent.copy()
    replaced_at[0] = -1
    while ancestor.any():
        replaced_at = np.maximum(replaced_at, replaced_at[ancestor])
        ancestor = ancestor[ancestor]
    order = np.arange(len(nodes))
    above = replaced_at[nodes]
    live &= (above <= order) | (kinds >= EntryType.WHITEOUT)
    # Something put below a file or symlink makes a directory of it; a whiteout puts nothing.
    below = live & (above >= 0) & (kinds != EntryType.WHITEOUT)
    holders = distinct(parent[nodes[below]])
    while len(holders):
        live[own[holders][own[holders] >= 0]] = False
        holders = distinct(parent[holders[holders != 0]])
