"""The images of this machine's store, as the browser lists them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from explorer.oci import Reference
from explorer.progress import Job
from explorer.store.images import ImageStore, StoredImage
from explorer.transfer.browsing import natural
from explorer.ui.tasks import Operation


class LocalStore(QObject):
    """Reads and changes the store in threads."""

    listed = Signal(object)
    """The images by the names of their rows, in the order they are listed."""
    failed = Signal(str, object)
    """What was wanted, and the error that ended it."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.images: Mapping[str, StoredImage] = {}

    def read(self) -> None:
        """List what there is."""

        def listed(images: Mapping[str, StoredImage]) -> None:
            self.images = images
            self.listed.emit(images)

        self._start("Listing the local store", lambda _job: by_row(_images()), listed)

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
