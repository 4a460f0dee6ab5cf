"""An opened image: its documents at once, its layers as they are indexed, then its filesystem.

An image in a registry (``docker://REF``) is looked into without being pulled. Documents come first,
with two to four requests; then only what is asked for::

    image = load_image("docker://alpine", job=job)            # the stack: sizes, history
    opened = index_image(image, caches, job, fetch=())        # with what needs no fetching
    opened.unread                                             # (0, 2): layers not yet listed
    opened = opened.listing([2], job, on_layer=show)          # fetch what lists layer 2
    image.traffic.listener = show_figures                     # requests, bytes fetched and spared

Each :class:`OpenImage` is a value that stays as it is; :meth:`OpenImage.listing` gives another one.
In its stack an unread layer is empty: what lies above it is right only as far as it does not depend
on it, and :attr:`OpenImage.complete` tells. A layer that carries a table of contents (eStargz,
zstd:chunked) is listed by that: its ``listed_by`` says so, ``verified`` stays None, and every file
of it is fetched alone, and verified, when its content is first read. All of it blocks: call it from
a worker thread. What is fetched counts on ``job`` and ends when that is cancelled; what arrived is
kept by digest, for all images and for the next time.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from explorer.analysis.content import ContentReader, FileContent
from explorer.analysis.indexing import LayerListener, index_layers, index_more
from explorer.errors import NotFound
from explorer.filesystem.entry import Entry, EntryType
from explorer.filesystem.names import absolute, display
from explorer.filesystem.stack import NOTHING, Stack
from explorer.filesystem.state import ChangeSet, State, compare, layer_changes
from explorer.oci import Instruction, Platform, Step
from explorer.oci.steps import steps
from explorer.progress import Job
from explorer.sources.choose import choose
from explorer.sources.image import Image, ImageSource
from explorer.sources.reading import IndexedLayer, hang_up
from explorer.sources.recognise import open_source
from explorer.sources.traffic import Traffic
from explorer.sources.transport import Location
from explorer.store.cache import Caches

if TYPE_CHECKING:
    from explorer.sources.registry.line import Connect


def load_image(
    name: str,
    platform: Platform | None = None,
    caches: Caches | None = None,
    job: Job | None = None,
    *,
    connect: Connect | None = None,
) -> Image:
    """Read the documents of the image the user named; layers are located, not read.

    ``connect`` makes the connections to a registry, where other options or credentials than the
    user's usual ones are wanted. Raises every error of :mod:`explorer.errors` that a source can
    meet.
    """
    location = Location.parse(name)
    source = open_source(location, caches or Caches.at(), job, connect)
    return choose(source, location.reference, platform)


def source_of(
    name: str,
    job: Job | None = None,
    caches: Caches | None = None,
    *,
    connect: Connect | None = None,
) -> ImageSource:
    """Everything at the place the user named; raises as :func:`load_image`."""
    return open_source(Location.parse(name), caches or Caches.at(), job, connect)


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
    fetch: Collection[int] | None = None,
) -> OpenImage:
    """Index all layers of an image, several at a time.

    ``fetch`` are the numbers of layers that may be fetched from a registry (all by default); others
    are listed only if that needs no request, and else stay :attr:`IndexedLayer.unread`.
    ``on_layer`` is called from a working thread as each layer is done, in no order. A damaged
    layer does not raise: see :attr:`OpenImage.problems`. Raises
    :class:`explorer.errors.Cancelled`, and :class:`explorer.errors.Refused` where a registry does
    not give what it should.
    """
    job = job or Job()
    indexed = index_layers(image, caches, job, on_layer, verify=verify, fetch=fetch)
    return OpenImage(image, indexed, caches, job)


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

    @property
    def traffic(self) -> Traffic | None:
        """What looking into an image of a registry costs; None for images that are here."""
        return self.image.traffic

    @cached_property
    def unread(self) -> tuple[int, ...]:
        """The layers of a registry that are not listed yet."""
        return tuple(number for number, layer in enumerate(self.layers) if layer.unread)

    def knows(self, layer: int) -> bool:
        """Whether what a layer changes is known: it is listed, and so is all that lies below."""
        return not self.unread or layer < self.unread[0]

    @property
    def complete(self) -> bool:
        """Whether every layer that can be listed is: else figures and states are not whole."""
        return not self.unread

    def listing(
        self,
        layers: Collection[int] | None = None,
        job: Job | None = None,
        *,
        on_layer: LayerListener | None = None,
    ) -> OpenImage:
        """The same image with more layers listed, fetched where they are not here.

        Without ``layers`` all of them. What this image knows already is taken over; it stays usable
        itself, and both are closed. Raises as :func:`index_image`.
        """
        job = job or Job()
        numbers = self.unread if layers is None else layers
        indexed = index_more(self.image, self.layers, numbers, self.caches, job, on_layer)
        return self if indexed is None else OpenImage(self.image, indexed, self.caches, job)

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
        """Release files; see :meth:`ContentReader.close`.

        What is being fetched for the image from a registry ends, and the connection with it; it
        opens again for whoever still reads.
        """
        hang_up(self.image.layers)
        self.contents.close(keep=keep)
