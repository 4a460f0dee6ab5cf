"""The line of an image that lies in a registry: what is listed, and what looking cost so far."""

from __future__ import annotations

import contextlib
from collections.abc import Collection

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from explorer.sources.image import Image
from explorer.sources.traffic import Tally, Traffic
from explorer.ui import icons, text, theme
from explorer.ui.explore.model import ViewerModel
from explorer.ui.widgets.elided import ElidedLabel

_PAUSE_MS = 100
"""Figures change with every piece that arrives; they are shown ten times a second."""
_ICON = 16
_ROOM_FOR_PLACE = 760


class RemoteBar(QWidget):
    """Follows a model; not there for images that are on this machine."""

    list_wanted = Signal(object)
    """The user wants the files of these layers to be listed."""
    _told = Signal()

    def __init__(self, model: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._traffic: Traffic | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._picture = QLabel(self)
        self.words = ElidedLabel("", self)
        self.one = QPushButton("List files", self)
        self.all = QPushButton("List all", self)
        self.one.clicked.connect(lambda: self.list_wanted.emit(self._selected()))
        self.all.clicked.connect(lambda: self.list_wanted.emit(self._model.unread))
        self._soon = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._soon.timeout.connect(self._renew)
        self._told.connect(self._wait, Qt.ConnectionType.QueuedConnection)
        self._lay_out()
        self._paint_icon()
        theme.switch().changed.connect(self._paint_icon)
        model.documentChanged.connect(self._follow)
        for signal in (
            model.imageChanged,
            model.selectionChanged,
            model.listingChanged,
            model.layerIndexed,
        ):
            signal.connect(self._renew)
        self.hide()

    def forget(self) -> None:
        """Listen to nothing any more."""
        if self._traffic is not None:
            self._traffic.listener = None
            self._traffic = None

    def _follow(self) -> None:
        self.forget()
        document = self._model.document
        self._traffic = document.traffic if document is not None else None
        if self._traffic is not None:
            self._traffic.listener = self._hear
        self.setVisible(self._traffic is not None)
        self._renew()

    def _hear(self, _tally: Tally) -> None:
        """Called from whichever thread fetches."""
        with contextlib.suppress(RuntimeError):  # the page is gone by now
            self._told.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say where it is only where there is room for it: the picture says it, too."""
        super().resizeEvent(event)
        self._renew()

    def _wait(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _selected(self) -> tuple[int, ...]:
        return tuple(layer for layer in self._model.layers if layer in self._model.unread)

    def _renew(self) -> None:
        document, traffic = self._model.document, self._traffic
        if document is None or traffic is None:
            return
        unread, selected = self._model.unread, self._selected()
        said = " · ".join((self._state(), cost(traffic.now)))
        if self.width() >= _ROOM_FOR_PLACE:
            said = f"In a registry · {said}"
        self.words.setText(text.capitalised(said))
        self.words.setToolTip(_explained(traffic.now))
        self.one.setVisible(bool(selected) and set(selected) != set(unread))
        self.one.setText(f"List {_named(selected)} ({size_of(document, selected)})")
        self.all.setVisible(bool(unread))
        what = "the files" if len(unread) == len(document.layers) == 1 else "all"
        self.all.setText(f"List {what} ({size_of(document, unread)})")
        for button, layers in ((self.one, selected), (self.all, unread)):
            button.setToolTip(
                f"Fetch what lists the files of {_named(layers)}: all of it at most, "
                "a small part where the layer carries a table of contents"
            )

    def _state(self) -> str:
        count, unread = self._model.layer_count, len(self._model.unread)
        if self._model.image is None:
            return text.plural(count, "layer")
        if self._model.listing:
            return f"listing {_named(sorted(self._model.listing))}"
        if not unread:
            return "all layers are listed"
        if unread == count > 1:
            return f"none of {count} layers listed"
        return f"{unread} of {text.plural(count, 'layer')} not listed"

    def _paint_icon(self) -> None:
        ink = theme.colors().muted
        self._picture.setPixmap(icons.pixmap("registry", _ICON, self.devicePixelRatioF(), ink))

    def _lay_out(self) -> None:
        self._picture.setFixedSize(QSize(_ICON, _ICON))
        self._picture.setAccessibleName("In a registry")
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.space(3), 0, theme.space(3), theme.space(2))
        line.setSpacing(theme.space(2))
        line.addWidget(self._picture)
        line.addWidget(self.words, 1)
        line.addWidget(self.one)
        line.addWidget(self.all)


def cost(tally: Tally) -> str:
    """What looking cost, in a few words."""
    words = f"fetched {text.size(tally.fetched)}"
    return f"{words}, spared {text.size(tally.spared)}" if tally.spared else words


def size_of(document: Image, layers: Collection[int]) -> str:
    """The bytes of some layers as they are stored, each blob once, in words."""
    sizes = {
        layer.digest or layer.index: layer.stored
        for number in layers
        for layer in (document.layers[number],)
    }
    return text.size(sum(sizes.values()))


def _named(layers: Collection[int]) -> str:
    if len(layers) == 1:
        return f"layer {next(iter(layers))}"
    return text.plural(len(layers), "layer")


def _explained(tally: Tally) -> str:
    return (
        f"Fetched: {text.exact_size(tally.fetched)} in {text.plural(tally.requests, 'request')}\n"
        f"Spared: {text.exact_size(tally.spared)} that pulling the image would have brought"
    )
