"""A splitter that remembers where the user left its handles."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QSplitter, QWidget

from explorer.ui.settings import Settings


class RememberingSplitter(QSplitter):
    """Restores its sizes from ``settings`` under ``key``, and keeps them at every move."""

    def __init__(
        self,
        orientation: Qt.Orientation,
        settings: Settings,
        key: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(orientation, parent)
        self._settings, self._key = settings, f"splitters/{key}"
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        self.splitterMoved.connect(self._keep)

    def fill(self, widgets: Sequence[QWidget], sizes: Sequence[int]) -> None:
        """Add the widgets, as wide as remembered or else as ``sizes``; the widest stretches."""
        for widget in widgets:
            self.addWidget(widget)
        for place, size in enumerate(sizes):
            self.setStretchFactor(place, 1 if size == max(sizes) else 0)
        state = self._settings.data(self._key)
        if state.isEmpty() or not self.restoreState(QByteArray(state)):
            self.setSizes(list(sizes))

    def _keep(self) -> None:
        self._settings.set_data(self._key, self.saveState())
