"""Two panes beside each other where there is room, else one below the other."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

_ROOM = 620


class TurningSplitter(QSplitter):
    """The first pane has whatever room the second leaves."""

    def __init__(self, first: QWidget, second: QWidget, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        self.addWidget(first)
        self.addWidget(second)
        self.setStretchFactor(0, 1)
        self.setSizes([640, 360])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Turn where the room asks for it."""
        beside = event.size().width() >= _ROOM
        wanted = Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical
        if wanted is not self.orientation():
            self.setOrientation(wanted)
            self.setSizes([640, 360] if beside else [600, 400])
        super().resizeEvent(event)
