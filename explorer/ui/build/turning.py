"""Two panes beside each other where there is room, else one below the other."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

_ROOM = 620


class TurningSplitter(QSplitter):
    """The first pane has ``share`` hundredths of the room until the handle is moved."""

    def __init__(self, first: QWidget, second: QWidget, parent: QWidget, *, share: int = 64):
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._share = share
        self._moved_by_hand = False
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        self.addWidget(first)
        self.addWidget(second)
        self.setStretchFactor(0, 1)
        self.splitterMoved.connect(self._moved)
        self._give_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Turn where the room asks for it."""
        beside = event.size().width() >= _ROOM
        wanted = Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical
        turned = wanted is not self.orientation()
        if turned:
            self.setOrientation(wanted)
        super().resizeEvent(event)
        if turned or not self._moved_by_hand:
            self._give_out()

    def _give_out(self) -> None:
        is_across = self.orientation() is Qt.Orientation.Horizontal
        room = self.width() if is_across else self.height()
        # One below the other the two need room alike.
        share = self._share if is_across else (self._share + 50) // 2
        first = room * share // 100
        self.setSizes([first, room - first])

    def _moved(self, _position: int, _handle: int) -> None:
        self._moved_by_hand = True
