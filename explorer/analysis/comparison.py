"""A comparison as it is shown: two images, or two states of one, in the same shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from explorer.analysis.compare import ConfigDifference, LayerSharing, compare_images
from explorer.analysis.content import FileContent
from explorer.analysis.opened import OpenImage
from explorer.analysis.packages import PackageDifference, compare_packages, packages
from explorer.analysis.renames import renames
from explorer.errors import NotFound
from explorer.filesystem.entry import Change, Entry, EntryType
from explorer.filesystem.providers import NOTHING
from explorer.filesystem.state import ChangeSet, State, compare
from explorer.progress import Job


@dataclass(frozen=True, slots=True)
class Renames:
    """By node: where an added file came from (``origin``), and where a removed one went."""

    origin: Mapping[int, bytes] = field(default_factory=dict)
    fate: Mapping[int, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What differs, read from ``a`` to ``b``; ``changes`` holds nothing that does not.

    Layers from number ``shift`` on in ``changes`` are those of ``b``, counted from there. The
    filesystems that are compared are ``before`` in ``a`` and ``after`` in ``b``.
    """

    a: OpenImage
    b: OpenImage
    config: tuple[ConfigDifference, ...]
    layers: LayerSharing
    changes: ChangeSet
    shift: int
    before: State
    after: State

    @property
    def differs(self) -> bool:
        """Whether there is any difference."""
        own_layers = self.a is not self.b and (self.layers.only_a or self.layers.only_b)
        return bool(self.config or own_layers or len(self.changes))

    def old(self, row: int) -> Entry | None:
        """The entry in ``a``."""
        return self.changes.old(row)

    def new(self, row: int) -> Entry | None:
        """The entry in ``b``, its layer counted there."""
        entry = self.changes.new(row)
        return replace(entry, layer=entry.layer - self.shift) if entry is not None else None

    def renames(self, job: Job | None = None) -> Renames:
        """The files that are removed at one path and added at another; read where need be."""
        paths = self.changes.stack.trie.path
        origin, fate = {}, {}
        for rename in renames(self.changes, job):
            origin[rename.new] = paths(rename.old)
            fate[rename.old] = paths(rename.new)
        return Renames(origin, fate)

    def packages(self, job: Job | None = None, notes: list[str] | None = None) -> PackageDifference:
        """The packages that differ; ``notes`` gathers what cannot be read."""
        return compare_packages(
            packages(self.a, self.before, job, notes=notes),
            packages(self.b, self.after, job, notes=notes),
        )

    def contents(self, row: int) -> tuple[FileContent | None, FileContent | None]:
        """The content before and after; None where there is no regular file."""
        return self._content(int(self.changes.before[row])), self._content(
            int(self.changes.after[row])
        )

    def _content(self, provider: int) -> FileContent | None:
        stack = self.changes.stack
        inode = stack.inode(provider) if provider != NOTHING else NOTHING
        if inode == NOTHING:
            return None
        layer, entry = stack.split(inode)
        index = stack.layers[layer] if entry >= 0 else None
        if index is None or index.type[entry] != EntryType.FILE:
            return None
        if self.shift and layer >= self.shift:
            return self.b.contents.open(layer - self.shift, entry)
        return self.a.contents.open(layer, entry)


def of_images(a: OpenImage, b: OpenImage) -> Comparison:
    """What differs between two images."""
    found = compare_images(a, b)
    changes = _real(found.changes)
    return Comparison(a, b, found.config, found.layers, changes, len(a.layers), a.final, b.final)


def of_states(image: OpenImage, first: int, last: int) -> Comparison:
    """What differs between an image as of layer ``first`` and as of ``last``; -1 is nothing.

    Raises :class:`NotFound` for a layer that is not there.
    """
    for layer in (first, last):
        if not -1 <= layer <= image.top:
            raise NotFound(f"No layer {layer}", why=f"the image has layers 0 to {image.top}")
    common = min(first, last)
    layers = LayerSharing(
        shared=tuple((number, number) for number in range(common + 1)),
        only_a=tuple(range(common + 1, first + 1)),
        only_b=tuple(range(common + 1, last + 1)),
    )
    before, after = image.state(first), image.state(last)
    changes = _real(compare(image.stack, before, after))
    return Comparison(image, image, (), layers, changes, 0, before, after)


def _real(changes: ChangeSet) -> ChangeSet:
    return changes.only(Change.ADDED, Change.MODIFIED, Change.REMOVED)
