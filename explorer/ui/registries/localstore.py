"""The images of this machine's store, as the browser lists them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from explorer.errors import DamagedImage, ExplorerError
from explorer.oci import (
    Descriptor,
    Digest,
    ImageConfig,
    ImageIndex,
    Platform,
    Reference,
    parse_manifest,
)
from explorer.progress import Job
from explorer.store.images import ImageStore, StoredImage
from explorer.store.images.layout import Layout
from explorer.transfer.browsing import Look, Part, natural
from explorer.ui.tasks import Operation


@dataclass(frozen=True, slots=True)
class StoredLook:
    """What an image of the store is, and the images of its index that are here."""

    look: Look
    parts: Mapping[Digest, Part]


def stored_look(descriptor: Descriptor) -> StoredLook:
    """Read an image of the store; raises :class:`explorer.errors.ExplorerError`."""
    layout = ImageStore.at().layout
    parsed = parse_manifest(layout.document(descriptor.digest), descriptor.media_type)
    if not isinstance(parsed, ImageIndex):
        return StoredLook(Look(descriptor, None, stored_part(layout, descriptor)), {})
    held = [image for image in parsed.images if layout.has(image.digest)]
    parts = {image.digest: stored_part(layout, image) for image in held}
    chosen = parsed.select(Platform.host()) or next(iter(held), None)
    here = parts.get(chosen.digest) if chosen is not None else None
    return StoredLook(Look(descriptor, parsed, here), parts)


def stored_part(layout: Layout, descriptor: Descriptor) -> Part:
    """One image of the store; raises :class:`explorer.errors.ExplorerError`."""
    data = layout.document(descriptor.digest)
    manifest = parse_manifest(data, descriptor.media_type)
    if isinstance(manifest, ImageIndex):
        raise DamagedImage("An index leads to another index")
    where = Descriptor(manifest.media_type, descriptor.digest, len(data))
    if not manifest.is_image:
        return Part(where, manifest)
    try:
        return Part(where, manifest, ImageConfig.parse(layout.document(manifest.config.digest)))
    except ExplorerError as error:
        return Part(where, manifest, problem=str(error))


class LocalStore(QObject):
    """Reads and changes the store in threads."""

    listed = Signal(object)
    """The images by the names of their rows, in the order they are listed."""
    failed = Signal(str, object)
    """What was wanted, and the error that ended it."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.images: Mapping[str, StoredImage] = {}
        self.looks: dict[Digest, StoredLook] = {}

    def read(self) -> None:
        """List what there is."""

        def listed(images: Mapping[str, StoredImage]) -> None:
            self.images = images
            self.looks.clear()
            self.listed.emit(images)

        self._start("Listing the local store", lambda _job: by_row(_images()), listed)

    def look(self, image: StoredImage, shown: Callable[[StoredImage, StoredLook], object]) -> None:
        """Read how an image runs, and its layers, for all its platforms."""
        known = self.looks.get(image.digest)
        if known is not None:
            shown(image, known)
            return

        def read(found: StoredLook) -> None:
            self.looks[image.digest] = found
            shown(image, found)

        (
            Operation(self, "Reading an image")
            .work(lambda _job: stored_look(image.descriptor))
            .success(read)
            .failure(lambda error: self.failed.emit("Reading an image", error))
            .quiet()
            .replacing("look")
            .start()
        )

    def name(self, image: StoredImage, reference: Reference) -> None:
        """Give an image one more name."""
        self._change("Adding a name", lambda: ImageStore.at().name(reference, image.descriptor))

    def remove(self, image: StoredImage) -> None:
        """Take a name away; without one, the image."""

        def work() -> None:
            store = ImageStore.at()
            if image.reference is not None:
                store.unname(image.reference)
            else:
                store.remove(image.digest)
            store.prune(unnamed=False)

        self._change("Removing an image", work)

    def save(self, image: StoredImage, path: str, done: Callable[[], object]) -> None:
        """Write an image: as an OCI archive if its name ends so, else for ``docker load``."""

        def work(job: Job) -> None:
            from explorer.build.outputs import write_output
            from explorer.build.request import Output

            names = (image.reference,) if image.reference is not None else ()
            output = Output("oci" if path.endswith((".oci", ".oci.tar")) else "docker", path)
            write_output(output, str(image.digest), names, job)

        self._start(f"Saving {Path(path).name}", work, lambda _none: done())

    def _change(self, title: str, work: Callable[[], object]) -> None:
        self._start(title, lambda _job: work(), lambda _result: self.read())

    def _start(
        self, title: str, work: Callable[[Job], object], done: Callable[..., object]
    ) -> None:
        (
            Operation(self, title)
            .work(work)
            .success(done)
            .failure(lambda error: self.failed.emit(title, error))
            .start()
        )


def _images() -> Sequence[StoredImage]:
    return ImageStore.at().images()


def by_row(images: Sequence[StoredImage]) -> dict[str, StoredImage]:
    """Images by the names of their rows: as people call them, else by digest."""
    rows = {row_name(image): image for image in images}
    return {name: rows[name] for name in sorted(rows, key=natural)}


def row_name(image: StoredImage) -> str:
    """How an image is called in its row."""
    if image.reference is not None:
        return image.reference.familiar
    return f"<no name> {image.digest.short}"


def repository_names(images: Mapping[str, StoredImage]) -> list[str]:
    """The repositories of the images that have a name."""
    found = {one.reference.familiar_name for one in images.values() if one.reference is not None}
    return sorted(found, key=natural)
