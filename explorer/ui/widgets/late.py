"""A place for a view that is made when somebody first looks there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

W = TypeVar("W", bound=QWidget)


class Late(QWidget, Generic[W]):
    """Holds the widget that ``make`` makes, from when it is shown or asked for.

    ``make`` takes the parent. What is made must catch up by itself with what it did not hear of.
    """

    def __init__(self, make: Callable[[QWidget], W], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make = make
        self._made: W | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    @property
    def is_made(self) -> bool:
        """Whether it has been made already."""
        return self._made is not None

    @property
    def widget(self) -> W:
        """The widget, made now if need be."""
        if self._made is None:
            self._made = self._make(self)
            self._layout.addWidget(self._made)
            self._made.show()  # not only when the event loop is back
            self.setFocusProxy(self._made)
        return self._made

    def showEvent(self, event: QShowEvent) -> None:
        """Make the widget: it is looked at."""
        _ = self.widget
        super().showEvent(event)
