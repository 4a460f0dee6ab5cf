"""Opening an image without ever holding up the window.

Documents first: they show the stack at once. Then the layers, several at a time; each appears as
soon as it is indexed, and what is there so far can be looked through meanwhile. Last, quietly,
the digests that were too large to check on the way.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import sys
import time
from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QObject, Signal

from explorer.analysis.opened import OpenImage, index_image, load_image
from explorer.errors import AmbiguousImage
from explorer.oci import Platform
from explorer.progress import Job
from explorer.sources.image import Image, Layer
from explorer.sources.reading import IndexedLayer, index_layer
from explorer.store.cache import Caches
from explorer.ui.explore.model import ViewerModel
from explorer.ui.tasks import Operation, Running, run_in_thread

_TURN: Final = 0.0001
_FIRST_LOOK: Final = 0.4
"""Seconds after which layers are shown before all are there."""
_LOOK_SHARE: Final = 8
"""Between two such looks lies at least this many times what the last one took."""


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
        self._attempt, self._outcome, self._look_at = 0, "", 0.0
        self._images: list[OpenImage] = []

    def open(self, location: str = "", platform: Platform | None = None) -> None:
        """Open the image, or another image or platform at the same place."""
        self.location, self.platform = location or self.location, platform
        self._attempt, self._outcome = self._attempt + 1, ""
        attempt = self._attempt
        self._model.clear()
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
        if self._running is not None:
            self._running.cancel()

    async def close(self) -> None:
        """Stop, and let go of every file."""
        self.cancel()
        images, self._images = self._images, []
        for image in images:
            await run_in_thread(image.close, keep=False)

    async def _open(self, job: Job) -> None:
        attempt = self._attempt
        document = await run_in_thread(load_image, self.location, self.platform, self._caches, job)
        job.check()
        self._model.set_document(document)
        loop, begun = asyncio.get_running_loop(), time.monotonic()
        self._look_at = begun + _FIRST_LOOK

        def arrived(layer: IndexedLayer) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended with the window
                loop.call_soon_threadsafe(self._note, attempt, document, layer)

        with _taking_turns():
            image = await run_in_thread(index_image, document, self._caches, job, on_layer=arrived)
        job.check()
        self._outcome = "done"
        for number, layer in enumerate(image.layers):
            if self._model.indexed[number] is None:
                self._model.note_layer(number, layer)
        self._show(image)
        self._verify(image)

    # -- layers as they come ------------------------------------------------------------------

    def _note(self, attempt: int, document: Image, layer: IndexedLayer) -> None:
        """Tell of a layer, at every place where the image has it."""
        if attempt != self._attempt or self._outcome != "":
            return
        for number, place in enumerate(document.layers):
            if _same(place, layer.layer) and self._model.indexed[number] is None:
                own = dataclasses.replace(layer, layer=place)
                self._model.note_layer(number, own)
        if time.monotonic() >= self._look_at and None in self._model.indexed:
            self._look(document)

    def _look(self, document: Image) -> None:
        """Show what there is so far, as an image of which some layers are still empty."""
        self._look_at = float("inf")
        begun = time.monotonic()
        layers = [
            indexed or IndexedLayer(layer, None, None, 0)
            for indexed, layer in zip(self._model.indexed, document.layers, strict=True)
        ]

        def show(image: OpenImage) -> None:
            now = time.monotonic()
            self._look_at = now + max(_FIRST_LOOK, _LOOK_SHARE * (now - begun))
            if self._outcome == "":
                self._show(image)

        Operation(self, "Showing the first layers").work(
            lambda job: OpenImage(document, layers, self._caches, job)
        ).success(show).quiet().replacing("look").start()

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
        if isinstance(error, AmbiguousImage):
            self.ambiguous.emit(error)
        else:
            self.failed.emit(error)

    def _finish(self, attempt: int) -> None:
        if attempt != self._attempt:
            return
        if self._outcome == "":
            self._outcome = "cancelled"
            self.cancelled.emit()
        self._running = None
        self.ended.emit()


@contextlib.contextmanager
def _taking_turns() -> Iterator[None]:
    """Have threads that compute give way to the window every tenth of a millisecond.

    A repaint hands the interpreter back with every call into Qt, and would wait the usual five
    milliseconds for it each time.
    """
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def _same(one: Layer, other: Layer) -> bool:
    if one.digest is not None or other.digest is not None:
        return one.digest == other.digest
    return one.diff_id == other.diff_id if one.diff_id is not None else one.index == other.index


def _can_verify(layer: IndexedLayer) -> bool:
    digest = layer.layer.digest or layer.layer.diff_id
    return (
        layer.verified is None
        and layer.index is not None
        and digest is not None
        and digest.verifiable
    )
