"""What differs between two images, or between two states of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from explorer.analysis.content import FileContent
from explorer.analysis.opened import OpenImage
from explorer.errors import DamagedImage
from explorer.filesystem.entry import Entry
from explorer.filesystem.index import Array
from explorer.filesystem.providers import NOTHING, Contents, Providers
from explorer.filesystem.state import ChangeSet, State, change_set
from explorer.filesystem.union import unite


@dataclass(frozen=True, slots=True)
class ConfigDifference:
    """One key of the configuration, as ``a`` and ``b`` have it; None where it is absent."""

    key: str
    a: Any
    b: Any


@dataclass(frozen=True, slots=True)
class LayerSharing:
    """Layer numbers: pairs that are the same in both, and those only one has."""

    shared: tuple[tuple[int, int], ...]
    only_a: tuple[int, ...]
    only_b: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ImageDifference:
    """Everything that differs between two images. ``changes`` is read from ``a`` to ``b``."""

    a: OpenImage
    b: OpenImage
    config: tuple[ConfigDifference, ...]
    layers: LayerSharing
    changes: ChangeSet

    def old(self, row: int) -> Entry | None:
        """The entry in ``a``, its layer counted there."""
        return self.changes.old(row)

    def new(self, row: int) -> Entry | None:
        """The entry in ``b``, its layer counted there."""
        entry = self.changes.new(row)
        return replace(entry, layer=entry.layer - len(self.a.layers)) if entry else None


def compare_images(a: OpenImage, b: OpenImage) -> ImageDifference:
    """Compare two images: configuration, layers, and the final filesystems."""
    return ImageDifference(a, b, compare_configs(a, b), compare_layers(a, b), _compare_files(a, b))


def compare_configs(a: OpenImage, b: OpenImage) -> tuple[ConfigDifference, ...]:
    """The keys of the configurations that differ; histories and layers are left to others."""
    left, right = _flat(a.image.config.raw), _flat(b.image.config.raw)
    keys = sorted({*left, *right})
    return tuple(
        ConfigDifference(key, left.get(key), right.get(key))
        for key in keys
        if left.get(key) != right.get(key)
    )


def _flat(config: Mapping[str, Any]) -> dict[str, Any]:
    """One level of keys; maps and ``NAME=value`` lists below ``config`` by their names."""
    out: dict[str, Any] = {
        key: value
        for key, value in config.items()
        if key not in ("config", "container_config", "history", "rootfs")
    }
    run = config.get("config")
    for key, value in run.items() if isinstance(run, Mapping) else ():
        if isinstance(value, Mapping):
            out.update({f"{key}.{name}": inner for name, inner in value.items()})
        elif key == "Env" and isinstance(value, list):
            pairs = (str(item).partition("=") for item in value)
            out.update({f"Env.{name}": text for name, _, text in pairs})
        else:
            out[key] = value
    # Docker writes many settings out that others leave away: empty is as good as absent.
    return {key: value for key, value in out.items() if not _empty(value)}


def _empty(value: Any) -> bool:
    return value is None or value is False or value in ("", [], {})


def compare_layers(a: OpenImage, b: OpenImage) -> LayerSharing:
    """Which layers both images have, by DiffID where it is known, else by digest."""
    left = [_identity(a, number) for number in range(len(a.layers))]
    right = [_identity(b, number) for number in range(len(b.layers))]
    shared: list[tuple[int, int]] = []
    taken: set[int] = set()
    for number, identity in enumerate(left):
        for other, candidate in enumerate(right):
            if identity == candidate and other not in taken:
                shared.append((number, other))
                taken.add(other)
                break
    mine = {number for number, _ in shared}
    return LayerSharing(
        shared=tuple(shared),
        only_a=tuple(n for n in range(len(left)) if n not in mine),
        only_b=tuple(n for n in range(len(right)) if n not in taken),
    )


def _identity(image: OpenImage, number: int) -> object:
    layer = image.layers[number].layer
    return layer.diff_id or layer.digest or (id(image), number)


class _Both:
    """Reads content of either image, the layers of the second counted after the first's."""

    def __init__(self, a: OpenImage, b: OpenImage) -> None:
        self._a, self._b = a, b

    def same(self, a: tuple[int, int], b: tuple[int, int]) -> bool:
        """As :meth:`Contents.same`; what is damaged differs."""
        try:
            return self._open(*a).same_as(self._open(*b))
        except DamagedImage:
            return False

    def _open(self, layer: int, entry: int) -> FileContent:
        count = len(self._a.layers)
        if layer < count:
            return self._a.contents.open(layer, entry)
        return self._b.contents.open(layer - count, entry)


def _compare_files(a: OpenImage, b: OpenImage) -> ChangeSet:
    layers = (*a.stack.layers, *b.stack.layers)
    trie = unite(layers)
    count_a, count_b = int(a.stack.starts[-1]), int(b.stack.starts[-1])
    bound = dict(a.stack.bound)
    bound.update(
        (link + count_a, inode + count_a if inode != NOTHING else NOTHING)
        for link, inode in b.stack.bound.items()
    )
    contents: Contents = _Both(a, b)
    joined = Providers(layers, trie, contents, bound)
    total = count_a + count_b
    before = np.full(len(trie), NOTHING, np.int64)
    after = before.copy()
    _place(a.final, before, trie.placed[: len(a.layers)], count_a, 0, total)
    _place(b.final, after, trie.placed[len(a.layers) :], count_b, count_a, total + len(a.layers))
    nodes = np.flatnonzero((before != NOTHING) | (after != NOTHING))
    return change_set(joined, nodes, before[nodes], after[nodes])


def _place(
    state: State, out: Array, placed: list[Array], count: int, shift: int, implied: int
) -> None:
    """Carry what is visible in one image over to the numbering of both."""
    trie = state.stack.trie
    where = np.zeros(len(trie), np.int64)
    for number, mapping in enumerate(placed):
        mine = np.flatnonzero(trie.origin_layer == number)
        where[mine] = mapping[trie.origin_node[mine]]
    visible = state.visible
    shown = np.flatnonzero(visible != NOTHING)
    providers = visible[shown]
    out[where[shown]] = np.where(providers < count, providers + shift, providers - count + implied)
