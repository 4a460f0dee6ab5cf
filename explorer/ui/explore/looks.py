"""Layers as they come: each is told of at once, and now and then what is there is shown."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import sys
import time
from collections.abc import Callable, Iterator
from typing import Final

from PySide6.QtCore import QObject

from explorer.analysis.opened import OpenImage
from explorer.sources.image import Image, Layer
from explorer.sources.reading import IndexedLayer
from explorer.store.cache import Caches
from explorer.ui.explore.model import ViewerModel
from explorer.ui.tasks import Operation

_TURN: Final = 0.0001
_FIRST_LOOK: Final = 0.4
"""Seconds after which layers are shown before all are there."""
_LOOK_SHARE: Final = 8
"""Between two such looks lies at least this many times what the last one took."""


class Looks(QObject):
    """Between :meth:`listener` and :meth:`end` takes layers, and shows images of those so far."""

    def __init__(
        self,
        model: ViewerModel,
        caches: Caches,
        show: Callable[[OpenImage], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._model, self._caches, self._show = model, caches, show
        self._turn, self._at, self._on = 0, 0.0, False

    def listener(self, document: Image) -> Callable[[IndexedLayer], None]:
        """Begin to take layers: what is returned may be called with them from any thread."""
        self._turn += 1
        self._at, self._on = time.monotonic() + _FIRST_LOOK, True
        turn, loop = self._turn, asyncio.get_running_loop()

        def arrived(layer: IndexedLayer) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended with the window
                loop.call_soon_threadsafe(self._note, turn, document, layer)

        return arrived

    def end(self) -> None:
        """Take no more, and show nothing that is still being made."""
        self._on = False

    def note_all(self, image: OpenImage) -> None:
        """Tell of all layers of an image that were not told of yet, and are not unread."""
        for number, layer in enumerate(image.layers):
            if self._model.indexed[number] is None and not layer.unread:
                self._model.note_layer(number, layer)

    def _note(self, turn: int, document: Image, layer: IndexedLayer) -> None:
        """Tell of a layer, at every place where the image has it."""
        if turn != self._turn or not self._on:
            return
        for number, place in enumerate(document.layers):
            if _same(place, layer.layer) and self._model.indexed[number] is None:
                own = dataclasses.replace(layer, layer=place)
                self._model.note_layer(number, own)
        if time.monotonic() >= self._at and None in self._model.indexed:
            self._look(turn, document)

    def so_far(self, document: Image) -> list[IndexedLayer]:
        """The layers that are there; the others are empty."""
        return [
            indexed or IndexedLayer(layer, None, None, 0)
            for indexed, layer in zip(self._model.indexed, document.layers, strict=True)
        ]

    def _look(self, turn: int, document: Image) -> None:
        """Show what there is so far, as an image of which some layers are still empty."""
        self._at = float("inf")
        begun, layers = time.monotonic(), self.so_far(document)

        def show(image: OpenImage) -> None:
            now = time.monotonic()
            self._at = now + max(_FIRST_LOOK, _LOOK_SHARE * (now - begun))
            if turn == self._turn and self._on:
                self._show(image)

        Operation(self, "Showing the first layers").work(
            lambda job: OpenImage(document, layers, self._caches, job)
        ).success(show).quiet().replacing("look").start()


@contextlib.contextmanager
def taking_turns() -> Iterator[None]:
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
