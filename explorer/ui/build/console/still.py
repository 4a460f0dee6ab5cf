"""A place within which things may be laid out anew without moving anything around it."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from explorer.ui import theme


class Still(QWidget):
    """Gives its room to ``body``.

    With a layout, whatever changes its size inside would have the whole page laid out anew, which
    takes longer than the window may be away; a build changes something many times a second.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.body = QWidget(self)

    def sizeHint(self) -> QSize:
        """Always the same."""
        return QSize(theme.space(160), theme.space(60))

    def minimumSizeHint(self) -> QSize:
        """Always the same: less than what is inside asks for, which then is cut."""
        return QSize(theme.space(50), theme.space(24))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Pass the room on."""
        super().resizeEvent(event)
        self.body.resize(event.size())
