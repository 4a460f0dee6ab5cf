"""What a query is asked of: versions of paths, in columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar
from weakref import WeakKeyDictionary

import numpy as np

from explorer.filesystem.entry import Change, EntryType
from explorer.filesystem.index import Array
from explorer.filesystem.providers import NOTHING, Providers

_KINDS = {"size": "i8", "mtime": "i8", "type": "u1", "mode": "u2", "uid": "u4", "gid": "u4"}


class Columns:
    """The columns of all layers under the numbering of providers, hard links as their inodes.

    Kept as long as the providers live, so that the second question about a column costs nothing.
    """

    _kept: ClassVar[WeakKeyDictionary[Providers, Columns]] = WeakKeyDictionary()

    def __init__(self, providers: Providers) -> None:
        self._columns: dict[str, Array] = {}
        self._layers = providers.layers
        self._bound = providers.bound
        self._total = int(providers.starts[-1])

    @classmethod
    def of(cls, providers: Providers) -> Columns:
        """The columns of some providers."""
        known = cls._kept.get(providers)
        if known is None:
            known = cls._kept[providers] = cls(providers)
        return known

    def __getitem__(self, name: str) -> Array:
        """A column, indexed by provider: ``size``, ``type``, ``mode``, ``uid``, ``gid``, ``mtime``.

        ``own_type`` tells hard links from files.
        """
        known = self._columns.get(name)
        if known is None:
            known = self._columns[name] = self._make(name)
        return known

    def _make(self, name: str) -> Array:
        source = name.removeprefix("own_")
        implied = {"type": int(EntryType.DIR), "mode": 0o755}.get(source, 0)
        column = np.full(self._total + max(len(self._layers), 1), implied, _KINDS[source])
        start = 0
        for layer in self._layers:
            if layer is not None:
                column[start : start + len(layer)] = layer.columns[source]
                start += len(layer)
        if source == name and self._bound:
            links = np.fromiter(self._bound.keys(), np.int64, len(self._bound))
            inodes = np.fromiter(self._bound.values(), np.int64, len(self._bound))
            held = inodes != NOTHING
            column[links[held]] = column[inodes[held]]
            column[links[~held]] = int(EntryType.FILE) if name == "type" else 0
        return column


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Versions of paths, one a row: what stands at ``nodes`` after a step, and what stood before.

    Providers, :data:`NOTHING` where there is none; one of the two is there. ``was`` gives what
    stood before, ``touched`` the layer of a removal, when they are asked for; ``known_kinds`` are
    the changes (by node, if it is a function) where they can be had without comparing.
    """

    stack: Providers
    nodes: Array
    after: Array
    was: Array | Callable[[Array], Array]
    touched: Array | Callable[[Array, Array], Array] | None = None
    known_kinds: Array | Callable[[Array], Array] | None = None

    def __len__(self) -> int:
        return len(self.nodes)

    def take(self, chosen: Array) -> Rows:
        """Some of the rows, by number or by mask."""
        return replace(
            self,
            nodes=self.nodes[chosen],
            after=self.after[chosen],
            was=self.was[chosen] if isinstance(self.was, np.ndarray) else self.was,
            touched=self.touched[chosen] if isinstance(self.touched, np.ndarray) else self.touched,
            known_kinds=self.known_kinds[chosen]
            if isinstance(self.known_kinds, np.ndarray)
            else self.known_kinds,
        )

    def before(self) -> Array:
        """The providers before."""
        return self.was if isinstance(self.was, np.ndarray) else self.was(self.nodes)

    def shown(self) -> Array:
        """The version to look at: the one after, or of a removed path the one before."""
        gone = np.flatnonzero(self.after == NOTHING)
        if not len(gone):
            return self.after
        shown = self.after.copy()
        shown[gone] = self.take(gone).before()
        return shown

    def column(self, name: str) -> Array:
        """One column of what is shown; see :class:`Columns`."""
        column: Array = Columns.of(self.stack)[name][self.shown()]
        return column

    def layers(self) -> Array:
        """The layer of each row: the one that did it, else the one that provides what is shown."""
        if isinstance(self.touched, np.ndarray):
            return self.touched
        layers = provider_layers(self.stack, self.shown())
        gone = np.flatnonzero(self.after == NOTHING)
        if len(gone) and self.touched is not None:
            layers[gone] = self.touched(self.nodes[gone], self.take(gone).before())
        return layers

    def kinds(self) -> Array:
        """What happened, as :class:`Change`; content is read where only it can tell."""
        if isinstance(self.known_kinds, np.ndarray):
            return self.known_kinds
        if self.known_kinds is not None:
            return self.known_kinds(self.nodes)
        before = self.before()
        kinds = np.zeros(len(self), np.uint8)
        had, has = before != NOTHING, self.after != NOTHING
        kinds[~had & has] = Change.ADDED
        kinds[had & ~has] = Change.REMOVED
        both = np.flatnonzero(had & has & (before != self.after))
        kinds[both[self.stack.differs(before[both], self.after[both])]] = Change.MODIFIED
        return kinds


def provider_layers(stack: Providers, providers: Array) -> Array:
    """The layer of each provider."""
    total = int(stack.starts[-1])
    layers: Array = np.searchsorted(stack.starts, providers, side="right") - 1
    implied = providers >= total
    layers[implied] = providers[implied] - total
    return layers
