"""Opening an image without ever holding up the window.

Documents first: they show the stack at once. Then the layers, several at a time; each appears as
soon as it is indexed, and what is there so far can be looked through meanwhile. Last, quietly,
the digests that were too large to check on the way.
"""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import QObject, Signal

from explorer.analysis.opened import OpenImage, index_image, load_image
from explorer.errors import AmbiguousImage
from explorer.oci import Platform
from explorer.progress import Job
from explorer.sources.reading import IndexedLayer, index_layer, is_remote
from explorer.store.cache import Caches
from explorer.ui.explore.connecting import connect
from explorer.ui.explore.fetching import Fetching
from explorer.ui.explore.looks import Looks, taking_turns
from explorer.ui.explore.model import ViewerModel
from explorer.ui.tasks import Operation, Running, run_in_thread


class Opening(QObject):
    """Opens ``location`` into a model, again for every platform asked for."""

    started = Signal(object)
    """The :class:`Running` that opens it: watch it, cancel it."""
    ended = Signal()
    """Opening is over, well or not."""
    cancelled = Signal()
    """The user stopped it; what was read until then is in the model."""
    failed = Signal(object)
    """The error that ended it."""
    ambiguous = Signal(object)
    """The :class:`AmbiguousImage`: several images are there, and one must be named."""
    verified = Signal()
    """The digests of all layers are checked."""

    def __init__(self, location: str, model: ViewerModel, caches: Caches, parent: QObject) -> None:
        super().__init__(parent)
        self.location = location
        self.platform: Platform | None = None
        self._model, self._caches = model, caches
        self._running: Running | None = None
        self._attempt, self._outcome = 0, ""
        self._images: list[OpenImage] = []
        self._looks = Looks(model, caches, self._show, self)
        self.fetching = Fetching(model, caches, self._show, self)

    def open(self, location: str = "", platform: Platform | None = None) -> None:
        """Open the image, or another image or platform at the same place."""
        self.location, self.platform = location or self.location, platform
        self._attempt, self._outcome = self._attempt + 1, ""
        attempt = self._attempt
        self.fetching.forget()
        self._model.clear()
        self._model.location = self.location
        name = self.location.rpartition("/")[2] or self.location
        self._running = (
            Operation(self, f"Opening {name}")
            .work(self._open)
            .failure(self._fail)
            .finished(lambda: self._finish(attempt))
            .replacing("open")
            .start()
        )
        self.started.emit(self._running)

    def cancel(self) -> None:
        """Stop; what was read so far stays in view."""
        self.fetching.cancel()
        if self._running is not None:
            self._running.cancel()

    async def close(self) -> None:
        """Stop, and let go of every file."""
        self.cancel()
        images, self._images = self._images, []
        for image in images:
            await run_in_thread(image.close, keep=False)

    async def _open(self, job: Job) -> None:
        document = await run_in_thread(
            load_image, self.location, self.platform, self._caches, job, connect=connect
        )
        job.check()
        self._model.set_document(document)
        # Of a registry only documents are fetched unasked.
        fetch = () if self._model.is_remote else None
        arrived = self._looks.listener(document)
        with taking_turns():
            image = await run_in_thread(
                index_image, document, self._caches, job, on_layer=arrived, fetch=fetch
            )
        job.check()
        self._outcome = "done"
        self._looks.end()
        self._looks.note_all(image)
        self._show(image)
        self._verify(image)
        if self._model.is_remote:
            self.fetching.begin(image)

    def _show(self, image: OpenImage) -> None:
        self._images.append(image)
        self._model.set_image(image)

    # -- digests ------------------------------------------------------------------------------

    def _verify(self, image: OpenImage) -> None:
        """Check what was too large to be checked on the way, once the window is usable."""
        open_ends = [
            (number, layer.layer) for number, layer in enumerate(image.layers) if _can_verify(layer)
        ]
        if not open_ends:
            self.verified.emit()
            return

        async def check(job: Job) -> None:
            for number, layer in open_ends:
                checked = await run_in_thread(index_layer, layer, self._caches, job, verify=True)
                job.check()
                known = dataclasses.replace(
                    image.layers[number], verified=checked.verified, problem=checked.problem
                )
                image.layers[number] = known
                self._model.note_layer(number, known)

        Operation(self, "Checking digests").work(check).success(
            lambda _none: self.verified.emit()
        ).quiet().replacing("verify").start()

    # -- the end ------------------------------------------------------------------------------

    def _fail(self, error: BaseException) -> None:
        self._outcome = "failed"
        self._looks.end()
        if isinstance(error, AmbiguousImage):
            self.ambiguous.emit(error)
        else:
            self.failed.emit(error)

    def _finish(self, attempt: int) -> None:
        if attempt != self._attempt:
            return
        if self._outcome == "":
            self._outcome = "cancelled"
            self._looks.end()
            self.cancelled.emit()
        self._running = None
        self.ended.emit()


def _can_verify(layer: IndexedLayer) -> bool:
    digest = layer.layer.digest or layer.layer.diff_id
    return (
        layer.verified is None
        and layer.index is not None
        and digest is not None
        and digest.verifiable
        and not is_remote(layer.layer)  # it would be fetched for nothing else
    )
