"""An opened image: its documents at once, its layers as they are indexed, then its filesystem."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property, lru_cache

from explorer.analysis.content import ContentReader, FileContent
from explorer.errors import NotFound
from explorer.filesystem.entry import Entry, EntryType
from explorer.filesystem.names import absolute, display
from explorer.filesystem.stack import NOTHING, Stack
from explorer.filesystem.state import ChangeSet, State, compare, layer_changes
from explorer.oci import Instruction, Platform, Step
from explorer.oci.steps import steps
from explorer.progress import Job
from explorer.sources.choose import choose
from explorer.sources.image import Image, ImageSource, Layer
from explorer.sources.reading import IndexedLayer, index_layer
from explorer.sources.recognise import open_source
from explorer.sources.transport import Location
from explorer.store.cache import Caches

LayerListener = Callable[[IndexedLayer], None]


def load_image(
    name: str,
    platform: Platform | None = None,
    caches: Caches | None = None,
    job: Job | None = None,
) -> Image:
    """Read the documents of the image the user named; layers are located, not read.

    Raises every error of :mod:`explorer.errors` that a source can meet.
    """
    location = Location.parse(name)
    source = open_source(location, caches or Caches.at(), job)
    return choose(source, location.reference, platform)


def source_of(name: str, job: Job | None = None, caches: Caches | None = None) -> ImageSource:
    """Everything at the place the user named; raises as :func:`load_image`."""
    return open_source(Location.parse(name), caches or Caches.at(), job)


def open_image(
    name: str,
    platform: Platform | None = None,
    caches: Caches | None = None,
    job: Job | None = None,
    *,
    verify: bool = False,
    on_layer: LayerListener | None = None,
) -> OpenImage:
    """Load an image and index all its layers; see :func:`load_image` and :func:`index_image`."""
    caches = caches or Caches.at()
    image = load_image(name, platform, caches, job)
    return index_image(image, caches, job, verify=verify, on_layer=on_layer)


def index_image(
    image: Image,
    caches: Caches,
    job: Job | None = None,
    *,
    verify: bool = False,
    on_layer: LayerListener | None = None,
) -> OpenImage:
    """Index all layers of an image, several at a time.

    ``on_layer`` is called from a working thread as each layer is done, in no order. A damaged
    layer does not raise: see :attr:`OpenImage.problems`. Raises
    :class:`explorer.errors.Cancelled`.
    """
    job = job or Job()
    job.expect(sum(layer.blob.size for layer in _distinct(image.layers) if layer.blob is not None))

    def work(layer: Layer) -> IndexedLayer:
        done = index_layer(layer, caches, job, verify=verify)
        if on_layer is not None:
            on_layer(done)
        return done

    with ThreadPoolExecutor(os.cpu_count() or 2, "index") as pool:
        # The largest first, so that one does not remain for a single core at the end.
        futures: dict[object, Future[IndexedLayer]] = {}
        for layer in sorted(_distinct(image.layers), key=lambda layer: -layer.stored):
            futures[_identity(layer)] = pool.submit(work, layer)
        try:
            done = {key: future.result() for key, future in futures.items()}
        except BaseException:
            job.cancel()
            raise
    indexed = [_for_place(done[_identity(layer)], layer) for layer in image.layers]
    return OpenImage(image, indexed, caches, job)


def _identity(layer: Layer) -> object:
    # With the blob: an archive can give one digest to two different contents.
    return layer.digest or layer.diff_id or layer.index, layer.blob


def _distinct(layers: tuple[Layer, ...]) -> list[Layer]:
    return list({_identity(layer): layer for layer in reversed(layers)}.values())


def _for_place(done: IndexedLayer, layer: Layer) -> IndexedLayer:
    return IndexedLayer(layer, done.index, done.verified, done.size, done.problem)


class OpenImage:
    """An image with its layers indexed: everything that can be asked of it, for CLI and window.

    Layers are numbered from 0, the lowest. Safe to read from several threads.
    """

    def __init__(
        self, image: Image, layers: list[IndexedLayer], caches: Caches, job: Job | None = None
    ) -> None:
        self.image = image
        self.layers = layers
        self.caches = caches
        self.contents = ContentReader(layers, caches)
        self.stack = Stack([layer.index for layer in layers], self.contents, job)
        self.state = lru_cache(maxsize=8)(self._state)
        self.changes = lru_cache(maxsize=64)(self._changes)

    @property
    def top(self) -> int:
        """The number of the highest layer; -1 for an image without layers."""
        return len(self.layers) - 1

    @property
    def final(self) -> State:
        """The merged filesystem of all layers."""
        return self.state(self.top)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The history, aligned with the layers."""
        return steps(self.image.config.history, len(self.layers))

    @cached_property
    def instructions(self) -> dict[int, Instruction]:
        """What made each layer, as far as history tells."""
        return {
            step.layer: Instruction.from_history(step.history)
            for step in self.steps
            if step.layer is not None and step.history is not None
        }

    def created_by(self, layer: int) -> str:
        """The history line of a layer as it was written; empty if there is none."""
        for step in self.steps:
            if step.layer == layer:
                return step.created_by
        return ""

    @cached_property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with the archive, and with layers as a whole: damaged, mismatched.

        Absent layers are warnings.
        """
        layers = (
            f"layer {number}: {layer.problem}"
            for number, layer in enumerate(self.layers)
            if layer.problem and not layer.layer.missing and layer.layer.is_tar
        )
        return (self.image.damage, *layers) if self.image.damage else tuple(layers)

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """Everything unusual, in sentences: of the source, of the documents, of entries."""
        entries = [
            f"layer {number}: {problem}"
            for number, layer in enumerate(self.layers)
            if layer.index is not None
            for problem in layer.index.problems[:20]
        ]
        foreign = [
            f"layer {number}: {layer.problem}"
            for number, layer in enumerate(self.layers)
            if not layer.layer.is_tar
        ]
        return (*self.image.warnings, *self.problems, *foreign, *entries, *self.stack.problems[:20])

    def _state(self, upto: int) -> State:
        if not -1 <= upto <= self.top:
            raise NotFound(f"No layer {upto}", why=f"the image has layers 0 to {self.top}")
        return State(self.stack, upto)

    def _changes(self, first: int, last: int | None = None) -> ChangeSet:
        """What layer ``first`` changes, or all of ``first`` to ``last`` together."""
        last = first if last is None else last
        if first == last:
            self.state(first)
            return layer_changes(self.stack, first)
        return compare(self.stack, self.state(first - 1), self.state(last))

    def node(self, path: str | bytes) -> int:
        """The node of a path that any layer has; raises :class:`NotFound`."""
        raw = absolute(path)
        node = self.stack.trie.find(raw)
        if node is None:
            raise NotFound(
                f"No {display(raw)} in any layer", hint="Look for it with: layerscope find"
            )
        return node

    def content(self, provider: int) -> FileContent:
        """The content of a provider (see :class:`Stack`): a file, or what a hard link binds to."""
        inode = self.stack.inode(provider)
        layer, entry = self.stack.split(inode) if inode != NOTHING else (0, -1)
        if entry < 0:
            raise NotFound("There is no content to show", why="it is no regular file")
        return self.contents.open(layer, entry)

    def resolve(self, state: State, path: bytes, *, limit: int = 40) -> int:
        """The node a path leads to in a state, symlinks followed inside the image.

        Raises :class:`NotFound`, for loops too.
        """
        pending = [part for part in absolute(path).split(b"/") if part]
        trail: list[bytes] = []
        while pending:
            part = pending.pop(0)
            if part == b"..":
                trail = trail[:-1]
                continue
            if part == b".":
                continue
            node = state.find(b"/" + b"/".join((*trail, part)))
            entry: Entry | None = state.entry(node)
            if entry is None or entry.type is not EntryType.SYMLINK or not entry.link:
                trail.append(part)
                continue
            limit -= 1
            if limit < 0:
                raise NotFound(f"{display(path)} leads in circles", why="its symlinks form a loop")
            if entry.link.startswith(b"/"):
                trail = []
            pending = [piece for piece in entry.link.split(b"/") if piece] + pending
        return state.find(b"/" + b"/".join(trail))

    def close(self, *, keep: bool = True) -> None:
        """Release files; see :meth:`ContentReader.close`."""
        self.contents.close(keep=keep)
