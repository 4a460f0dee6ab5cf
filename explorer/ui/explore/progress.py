"""The strip under the image bar while an image is being read: how far, how fast, and Cancel."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from explorer.ui import text, theme
from explorer.ui.explore.model import ViewerModel
from explorer.ui.jobs import describe
from explorer.ui.tasks import Running, tasks
from explorer.ui.widgets.bar import SlimBar
from explorer.ui.widgets.elided import ElidedLabel

_PATIENCE_MS = 250
"""What is read sooner needs no strip: it would only flicker."""


def listing_words(layers: Collection[int]) -> str:
    """What is being fetched from a registry."""
    if len(layers) == 1:
        return f"Listing layer {next(iter(layers))}"
    return f"Listing {text.plural(len(layers), 'layer')}"


class ReadingStrip(QWidget):
    """Follows one :class:`Running`; hidden while there is none."""

    cancel_wanted = Signal()

    def __init__(self, model: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._running: Running | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.words = ElidedLabel("", self)
        self.bar = SlimBar("Reading the image", self)
        self.cancel = QPushButton("Cancel", self)
        self.cancel.clicked.connect(self.cancel_wanted)
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self._appear)
        tasks().progressed.connect(self._renew)
        line = QHBoxLayout()
        line.setSpacing(theme.space(3))
        line.addWidget(self.words, 1)
        line.addWidget(self.cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.space(3), 0, theme.space(3), theme.space(2))
        layout.setSpacing(theme.space(1))
        layout.addLayout(line)
        layout.addWidget(self.bar)
        self.hide()

    def follow(self, running: Running) -> None:
        """Show how ``running`` goes, unless it is over in a moment."""
        self._running = running
        self._patience.start()
        self._renew()

    def rest(self) -> None:
        """There is nothing to show any more."""
        self._running = None
        self._patience.stop()
        self.hide()

    def _appear(self) -> None:
        self.setVisible(self._running is not None)
        self._renew()

    def _renew(self) -> None:
        running = self._running
        if running is None:
            return
        layers = self._model.indexed
        there = sum(layer is not None for layer in layers)
        parts = [f"Layer {there + 1} of {len(layers)}" if layers else "Finding the image"]
        if self._model.listing:
            parts = [listing_words(self._model.listing)]
        elif there == len(layers) > 0:
            parts = ["Stacking the layers"]
        if running.progress is not None:
            parts.append(describe(running))
        self.words.setText(" · ".join(parts))
        self.bar.show_fraction(running.fraction)
