"""Three panes where there is room, else fewer beside each other."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from explorer.ui.settings import Settings
from explorer.ui.widgets.splitter import RememberingSplitter

_THREE = 980
"""Width from which on all stand beside each other."""
_TWO = 620
"""Width from which on the places stand beside the tags."""


class Panes(QWidget):
    """Places, tags, details: the details go below the tags, then the places above all."""

    def __init__(
        self,
        places: QWidget,
        tags: QWidget,
        details: QWidget,
        settings: Settings,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        across = Qt.Orientation.Horizontal
        self._inner = RememberingSplitter(across, settings, "registries/details", self)
        self._inner.fill([tags, details], [620, 380])
        self._outer = RememberingSplitter(across, settings, "registries/places", self)
        self._outer.fill([places, self._inner], [250, 900])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._outer)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Turn where the room asks for it."""
        width = event.size().width()
        _turn(self._inner, width >= _THREE, [620, 380], [60, 40])
        _turn(self._outer, width >= _TWO, [250, 900], [40, 60])
        super().resizeEvent(event)


def _turn(splitter: QSplitter, beside: bool, wide: list[int], low: list[int]) -> None:
    wanted = Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical
    if splitter.orientation() is not wanted:
        splitter.setOrientation(wanted)
        splitter.setSizes(wide if beside else [share * 10 for share in low])
