"""Listing layers of an image in a registry: only those that the user asks for, when he does."""

from __future__ import annotations

from collections.abc import Callable, Collection

from PySide6.QtCore import QObject, Signal

from explorer.analysis.opened import OpenImage
from explorer.progress import Job
from explorer.store.cache import Caches
from explorer.ui import text
from explorer.ui.explore.looks import Looks, taking_turns
from explorer.ui.explore.model import ViewerModel
from explorer.ui.tasks import Operation, Running, run_in_thread


class Fetching(QObject):
    """Fetches what lists layers, a batch at a time; what is asked for meanwhile comes next.

    A layer's files are in the model as soon as it is there; what is cancelled or fails keeps those
    that came before.
    """

    started = Signal(object)
    """The :class:`Running` that fetches: watch it."""
    ended = Signal()
    """Nothing is being fetched any more."""
    failed = Signal(object, object)
    """An error, and the layers that were to be listed."""

    def __init__(
        self,
        model: ViewerModel,
        caches: Caches,
        show: Callable[[OpenImage], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._model, self._caches, self._show = model, caches, show
        self._looks = Looks(model, caches, show, self)
        self._image: OpenImage | None = None
        self._running: Running | None = None
        self._turn = 0

    def begin(self, image: OpenImage) -> None:
        """Serve an image that was opened from a registry."""
        self._turn += 1
        self._image = image

    def forget(self) -> None:
        """Serve none; what is being fetched ends."""
        self.cancel()
        self._looks.end()
        self._turn += 1
        self._image, self._running = None, None

    def ask(self, layers: Collection[int]) -> None:
        """List these layers, as far as they are not listed yet."""
        wanted = set(layers) & set(self._model.unread)
        if self._image is None or not wanted:
            return
        self._model.note_listing(self._model.listing | wanted)
        if self._running is None:
            self._start()

    def cancel(self) -> None:
        """Stop; layers that are there stay."""
        if self._running is not None:
            self._running.cancel()

    def _start(self) -> None:
        batch, image, turn = self._model.listing, self._image, self._turn
        assert image is not None
        name = f"layer {min(batch)}" if len(batch) == 1 else text.plural(len(batch), "layer")
        outcome: list[BaseException | None] = []

        def failed(error: BaseException) -> None:
            outcome.append(error)

        self._running = (
            Operation(self, f"Listing {name} of {image.image.title}")
            .work(lambda job: self._list(image, batch, job, outcome))
            .failure(failed)
            .finished(lambda: self._finish(turn, image, batch, outcome))
            .start()
        )
        self.started.emit(self._running)

    async def _list(
        self,
        image: OpenImage,
        batch: frozenset[int],
        job: Job,
        outcome: list[BaseException | None],
    ) -> None:
        arrived = self._looks.listener(image.image)
        with taking_turns():
            found = await run_in_thread(image.listing, batch, job, on_layer=arrived)
        job.check()
        outcome.append(None)
        self._looks.end()
        if self._image is image:
            self._looks.note_all(found)
            self._image = found
            self._show(found)

    def _finish(
        self,
        turn: int,
        image: OpenImage,
        batch: frozenset[int],
        outcome: list[BaseException | None],
    ) -> None:
        if turn != self._turn:
            return  # the page shows something else by now
        self._running = None
        self._looks.end()
        error = outcome[0] if outcome else None
        if not outcome or error is not None:
            self._keep_what_came(image)
        rest = self._model.listing - batch if outcome and error is None else frozenset()
        self._model.note_listing(rest)
        if rest:
            self._start()
            return
        self.ended.emit()
        if error is not None:
            self.failed.emit(error, batch)

    def _keep_what_came(self, image: OpenImage) -> None:
        """Show the layers that came before the end."""
        layers = self._looks.so_far(image.image)
        if [layer.unread for layer in layers] == [layer.unread for layer in image.layers]:
            return

        def show(found: OpenImage) -> None:
            if self._image is image:
                self._image = found
                self._show(found)

        (
            Operation(self, "Showing the layers that came")
            .work(lambda job: OpenImage(image.image, layers, self._caches, job))
            .success(show)
            .quiet()
            .start()
        )
