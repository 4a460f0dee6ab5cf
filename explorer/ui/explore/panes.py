"""Splitters that begin with shares of whatever room there is, and then do as the user did."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from explorer.ui.settings import Settings
from explorer.ui.widgets.splitter import RememberingSplitter


class Panes(RememberingSplitter):
    """Until a handle is moved, each pane has its share of the room, ``shares`` in hundredths."""

    def __init__(
        self, orientation: Qt.Orientation, settings: Settings, key: str, parent: QWidget
    ) -> None:
        super().__init__(orientation, settings, key, parent)
        self._shares: Sequence[int] = ()
        self.splitterMoved.connect(self._moved)

    def share(self, widgets: Sequence[QWidget], shares: Sequence[int]) -> None:
        """Add the widgets with their shares; remembered sizes win."""
        self.fill(widgets, shares)
        is_remembered = not self._settings.data(self._key).isEmpty()
        self._shares = () if is_remembered else shares

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give out shares of the new size."""
        super().resizeEvent(event)
        self._give_out()

    def event(self, event: QEvent) -> bool:
        """Give out shares anew when a pane needs less than it did."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._give_out()
        return done

    def _give_out(self) -> None:
        if self._shares:
            is_across = self.orientation() is Qt.Orientation.Horizontal
            room = self.width() if is_across else self.height()
            # A pane can be elsewhere for a while: the others have its share.
            shares = self._shares[: self.count()]
            self.setSizes([room * share // sum(shares) for share in shares])

    def _moved(self, _position: int, _handle: int) -> None:
        self._shares = ()
