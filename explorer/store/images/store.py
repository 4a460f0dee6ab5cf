"""Images in the local store: names, and what they stand for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from explorer.errors import ExplorerError, NotFound
from explorer.oci import (
    Descriptor,
    Digest,
    ImageConfig,
    Manifest,
    Platform,
    Reference,
    parse_manifest,
)
from explorer.oci.annotations import REF_NAME
from explorer.progress import Job
from explorer.store.data import data_root
from explorer.store.images.held import (
    Held,
    by_digest,
    by_reference,
    is_start_of_digest,
    kept,
    named_as,
    only_named,
    reference_of,
    tagged,
)
from explorer.store.images.ingest import Ingest, clear, ingesting
from explorer.store.images.layout import Layout
from explorer.store.images.locks import locked
from explorer.store.images.partial import forget_partials
from explorer.store.images.reach import reach


@dataclass(frozen=True, slots=True)
class StoredImage:
    """One image of the store under one name; ``reference`` is None where it has none.

    ``size`` is what its blobs take on disk, ``unique_size`` what no other image of the store
    needs, both in bytes. ``image_id`` and ``created`` are of this machine's platform where the
    image has several. ``problem`` says what is wrong with it.
    """

    reference: Reference | None
    descriptor: Descriptor
    image_id: Digest | None
    created: datetime | None
    platforms: tuple[Platform, ...]
    size: int
    unique_size: int
    problem: str = ""

    @property
    def digest(self) -> Digest:
        """Of its manifest or index."""
        return self.descriptor.digest


@dataclass(frozen=True, slots=True)
class Pruned:
    """What a clean-up removed; ``bytes`` of disk are free again."""

    references: tuple[str, ...]
    blobs: int
    bytes: int


class ImageStore:
    """The images of one user. Any number of processes may use it at a time."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    @classmethod
    def at(cls, root: Path | None = None) -> ImageStore:
        """The store in a folder; the user's own by default. Nothing is made until it is needed."""
        return cls(Layout(root or data_root() / "images"))

    # -- looking ------------------------------------------------------------------------------

    def descriptors(self) -> tuple[Descriptor, ...]:
        """Everything named, in the order it came."""
        return self.layout.index().manifests

    def images(self) -> tuple[StoredImage, ...]:
        """Every image, the newest first. An image that is not whole says so."""
        descriptors = self.descriptors()
        needs = {d.digest: reach(self.layout, [d]).blobs for d in descriptors}
        users: dict[Digest, int] = {}
        for blobs in needs.values():
            for digest in blobs:
                users[digest] = users.get(digest, 0) + 1
        images = [self._image(d, needs[d.digest], users) for d in descriptors]
        return tuple(sorted(images, key=_newest_first))

    def _image(
        self, descriptor: Descriptor, blobs: dict[Digest, int], users: dict[Digest, int]
    ) -> StoredImage:
        image = StoredImage(
            reference=reference_of(descriptor),
            descriptor=descriptor,
            image_id=None,
            created=None,
            platforms=(),
            size=sum(blobs.values()),
            unique_size=sum(size for digest, size in blobs.items() if users[digest] == 1),
        )
        try:
            manifest, platforms = self._manifest_for_here(descriptor)
            config = ImageConfig.parse(self.layout.document(manifest.config.digest))
        except ExplorerError as error:
            return replace(image, problem=str(error))
        return replace(
            image,
            image_id=manifest.config.digest,
            created=config.created,
            platforms=platforms or (config.platform,),
        )

    def _manifest_for_here(self, descriptor: Descriptor) -> tuple[Manifest, tuple[Platform, ...]]:
        platforms: tuple[Platform, ...] = ()
        for _ in range(8):
            document = parse_manifest(
                self.layout.document(descriptor.digest), descriptor.media_type
            )
            if isinstance(document, Manifest):
                return document, platforms
            platforms = platforms or document.platforms
            chosen = document.select(Platform.host()) or next(iter(document.images), None)
            if chosen is None:
                break
            descriptor = chosen
        raise NotFound(f"Index {descriptor.digest.short} holds no image")

    def find(self, name: str) -> Descriptor:
        """What a reference, a digest or the beginning of one stands for.

        Raises :class:`NotFound`, with what is near.
        """
        descriptors = self.descriptors()
        for match in (by_reference(name), by_digest(name), self._by_image_id(name)):
            found = {d.digest: d for d in descriptors if match(d)}
            if len(found) == 1:
                return next(iter(found.values()))
            if found:
                raise NotFound(
                    f"{name} fits several images",
                    hint="Write more of the digest: " + ", ".join(str(d) for d in found),
                )
        raise self._not_found(name, descriptors)

    def _by_image_id(self, name: str) -> Callable[[Descriptor], bool]:
        start = name.removeprefix("sha256:")
        if not is_start_of_digest(start):
            return lambda _: False  # before a manifest of every image is read

        def matches(descriptor: Descriptor) -> bool:
            try:
                manifest, _ = self._manifest_for_here(descriptor)
            except ExplorerError:
                return False
            return manifest.config.digest.encoded.startswith(start)

        return matches

    def _not_found(self, name: str, descriptors: Sequence[Descriptor]) -> NotFound:
        names = [ref.familiar for ref in map(reference_of, descriptors) if ref is not None]
        held = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
        return NotFound(
            f"No image {name} in the local store",
            hint=f"It holds: {held}" if names else "It is empty: layerscope load FILE fills it",
        )

    # -- changing -----------------------------------------------------------------------------

    def ingest(self, job: Job | None = None) -> AbstractContextManager[Ingest]:
        """Bring blobs in; then :meth:`name` or :meth:`keep` what they make, inside the ``with``.

        Waits while a clean-up runs.
        """
        return ingesting(self.layout, job)

    def name(self, reference: Reference, descriptor: Descriptor) -> Descriptor | None:
        """Let a reference stand for an image; returns what it stood for before.

        An image that loses its last name stays, without one, until :meth:`prune`.
        """
        named = replace(descriptor, annotations={REF_NAME: str(tagged(reference))})
        return self._change(lambda held: named_as(held, named))

    def keep(self, descriptor: Descriptor) -> None:
        """Hold an image without a name, unless it has one."""
        bare = replace(descriptor, annotations={})
        self._change(lambda held: (kept(held, bare), None))

    def unname(self, reference: Reference) -> Descriptor:
        """Take a name away, and the image with its last one. Blobs go with :meth:`prune`.

        Raises :class:`NotFound`.
        """
        wanted = str(tagged(reference))

        def change(held: Held) -> tuple[Held, Descriptor | None]:
            gone = [d for d in held if d.annotations.get(REF_NAME) == wanted]
            return tuple(d for d in held if d not in gone), (gone[0] if gone else None)

        found = self._change(change)
        if found is None:
            raise self._not_found(reference.familiar, self.descriptors())
        return found

    def remove(self, digest: Digest) -> tuple[Descriptor, ...]:
        """Take an image away under all its names; returns them."""
        gone: list[Descriptor] = []

        def change(held: Held) -> tuple[Held, Descriptor | None]:
            gone.extend(d for d in held if d.digest == digest)
            return tuple(d for d in held if d.digest != digest), None

        self._change(change)
        return tuple(gone)

    def prune(self, job: Job | None = None, *, unnamed: bool = True) -> Pruned:
        """Remove images without a name, blobs that no image needs, and what a crash left.

        Waits for whoever brings blobs in.
        """
        if not self.layout.exists:
            return Pruned((), 0, 0)
        with locked(self.layout.use_lock, job=job):
            before = self.descriptors()
            if unnamed:
                self._change(lambda held: (only_named(held), None))
            left = self.descriptors()
            return self._sweep([d for d in before if d not in left])

    def _sweep(self, gone: Sequence[Descriptor]) -> Pruned:
        needed = reach(self.layout, self.descriptors()).blobs
        count = size = 0
        for digest, _, length in list(self.layout.blobs()):
            if digest not in needed:
                self.layout.remove(digest)
                count, size = count + 1, size + length
        size += clear(self.layout) + forget_partials(self.layout, older=0.0)
        return Pruned(tuple(str(d.digest) for d in gone), count, size)

    def _change(
        self, change: Callable[[Held], tuple[Held, Descriptor | None]]
    ) -> Descriptor | None:
        self.layout.make()
        with locked(self.layout.index_lock):
            before = self.layout.index().manifests
            after, result = change(before)
            if after != before:
                self.layout.write_index(after)
        return result


def _newest_first(image: StoredImage) -> tuple[float, str]:
    created = image.created.timestamp() if image.created is not None else 0.0
    return -created, str(image.reference or image.digest)
