"""Buttons that are only an icon, and the one that copies."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QToolButton, QWidget

from explorer.ui import icons


class IconButton(QToolButton):
    """A flat button with an icon, a name for screen readers, and the same on hover."""

    def __init__(
        self,
        icon: str,
        name: str,
        parent: QWidget | None = None,
        *,
        clicked: Callable[[], object] | None = None,
        size: int = 16,
    ) -> None:
        super().__init__(parent)
        self.setAutoRaise(True)
        self.setIconSize(QSize(size, size))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.set_name(name)
        icons.set_icon(self, icon)
        if clicked is not None:
            self.clicked.connect(lambda: clicked())

    def set_name(self, name: str) -> None:
        """Say what the button does, on hover and to screen readers."""
        self.setToolTip(name)
        self.setAccessibleName(name)


class CopyButton(IconButton):
    """Copies ``text()`` as it is when pressed, and says so with a tick for a moment."""

    def __init__(self, name: str, text: Callable[[], str], parent: QWidget | None = None) -> None:
        super().__init__("copy", name, parent)
        self._text = text
        self._name = name
        self._back = QTimer(self, singleShot=True, interval=1500)
        self._back.timeout.connect(self._settle)
        self.clicked.connect(self.copy)

    def copy(self) -> None:
        """Copy, and show that it is done."""
        QGuiApplication.clipboard().setText(self._text())
        icons.set_icon(self, "check", "good")
        self.set_name("Copied")
        self._back.start()

    def _settle(self) -> None:
        icons.set_icon(self, "copy")
        self.set_name(self._name)
