"""Three panes where there is room, else fewer beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSplitter, QVBoxLayout, QWidget

from explorer.ui.settings import Settings
from explorer.ui.widgets.splitter import RememberingSplitter

_THREE: Final = 980
"""Width from which on all stand beside each other."""
_TWO: Final = 620
"""Width from which on the places stand beside the tags."""
_HALVES: Final = 420
"""Width from which on the places have the repositories beside them."""


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
        self._again = QTimer(self, singleShot=True, interval=0)
        self._again.timeout.connect(self._share)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._outer)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Turn where the room asks for it."""
        width = event.size().width()
        turned = _turn(self._inner, width >= _THREE)
        turned = _turn(self._outer, width >= _TWO) or turned
        super().resizeEvent(event)
        if turned:
            self._again.start()  # sizes hold only once the panes are where they belong

    def _share(self) -> None:
        _sizes(self._inner, (620, 380), (52, 48))
        _sizes(self._outer, (250, 900), (32, 68))


class HalvesPane(QWidget):
    """Two widgets, one below the other where the pane is narrow, else beside each other."""

    def __init__(self, first: QWidget, second: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._line = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(0)
        self._line.addWidget(first, 2)
        self._line.addWidget(second, 3)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Turn where the room asks for it."""
        wide = event.size().width() >= _HALVES
        self._line.setDirection(
            QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        )
        super().resizeEvent(event)


def _turn(splitter: QSplitter, beside: bool) -> bool:
    """Whether it had to be turned."""
    wanted = Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical
    if splitter.orientation() is wanted:
        return False
    splitter.setOrientation(wanted)
    return True


def _sizes(splitter: QSplitter, wide: Sequence[int], low: Sequence[int]) -> None:
    beside = splitter.orientation() is Qt.Orientation.Horizontal
    room = splitter.width() if beside else splitter.height()
    shares = wide if beside else low
    splitter.setSizes([room * share // sum(shares) for share in shares])
